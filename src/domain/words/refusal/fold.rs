//! A text as sentences of plain words: in lower case, without marks, accents, invisible characters and look-alikes,
//! with contractions written out, and with separated letters ("S T O P") joined.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::compiled::{Rules, Word};

/// Words between two full stops.
pub(super) type Sentence = Vec<Word>;

enum Item {
    Word(String, bool),
    Break,
}

/// What phones write when somebody reacts to a text, before the text in quotes.
const REACTIONS: [&str; 14] = [
    "liked",
    "loved",
    "disliked",
    "laughed at",
    "emphasized",
    "emphasised",
    "questioned",
    "le gusto",
    "le encanto",
    "me gusta",
    "me gusto",
    "a aime",
    "a adore",
    "aime",
];

/// Whether a body is somebody's reaction to another text, which it quotes.
pub(super) fn is_reaction(body: &str) -> bool {
    let plain: String = body.trim_start().chars().take(24).collect::<String>().nfkd().collect();
    let plain: String = plain.chars().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    REACTIONS.iter().any(|word| {
        plain.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with(['"', '“', '«', '„', '\'', '‘']))
    })
}

/// The sentences of a body.
pub(super) fn sentences(body: &str, rules: &Rules) -> Vec<Sentence> {
    let items = joined(items(body), rules);
    let mut all = vec![Sentence::new()];
    for item in items {
        match item {
            Item::Break => all.push(Sentence::new()),
            Item::Word(word, apart) => {
                let sentence = all.last_mut().expect("there is always one");
                let mut first = true;
                for text in written_out(&word) {
                    let id = rules.id(&text);
                    sentence.push(Word { text, id, apart: apart && first });
                    first = false;
                }
            }
        }
    }
    all.retain(|sentence| !sentence.is_empty());
    all
}

/// Words as they stand, apostrophes in them, and where sentences end.
fn items(body: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut word = String::new();
    let mut apart = false;
    let close = |word: &mut String, apart: &mut bool, items: &mut Vec<Item>| {
        let bare = word.trim_matches('\'');
        if !bare.is_empty() {
            items.push(Item::Word(bare.to_owned(), std::mem::take(apart)));
        }
        word.clear();
    };
    for c in body.chars().flat_map(plain).nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c)) {
        for c in c.to_lowercase().map(look_alike) {
            match c {
                _ if c.is_alphanumeric() => word.push(c),
                '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '′' => word.push('\''),
                '.' | '!' | '?' | '\n' | '\r' | ';' | '…' | '¿' | '¡' | '。' | '|' => {
                    close(&mut word, &mut apart, &mut items);
                    items.push(Item::Break);
                    apart = false;
                }
                // In a word it joins, between words it parts.
                '-' if !word.is_empty() => close(&mut word, &mut apart, &mut items),
                ',' | ':' | '-' | '–' | '—' | '(' | ')' | '"' | '“' | '”' | '«' | '»' | '/' | '\u{2028}' => {
                    close(&mut word, &mut apart, &mut items);
                    apart = true;
                }
                _ => close(&mut word, &mut apart, &mut items),
            }
        }
    }
    close(&mut word, &mut apart, &mut items);
    items
}

/// Signs that stand for words or letters and that no normal form resolves.
fn plain(c: char) -> impl Iterator<Item = char> {
    let letter = |from: u32| char::from_u32(u32::from('a') + (u32::from(c) - from)).unwrap_or(c);
    let (sign, word) = match c {
        // A stop sign is a word of its own.
        '🛑' => (None, " stop "),
        '\u{1f150}'..='\u{1f169}' => (Some(letter(0x1f150)), ""),
        '\u{1f170}'..='\u{1f189}' => (Some(letter(0x1f170)), ""),
        '\u{1f1e6}'..='\u{1f1ff}' => (Some(letter(0x1f1e6)), ""),
        '&' => (None, " and "),
        _ => (Some(c), ""),
    };
    word.chars().chain(sign)
}

/// Characters that nobody sees.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}')
}

/// Cyrillic and Greek letters that look like Latin ones, as those. Words of those languages are none of the vocabulary.
fn look_alike(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'е' | 'ε' => 'e',
        'і' | 'ι' | 'ı' => 'i',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'н' | 'η' => 'n',
        'о' | 'ο' | 'σ' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        _ => c,
    }
}

/// Letters that stand apart, with or without marks between them, are one word if it is a stop word.
fn joined(items: Vec<Item>, rules: &Rules) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::with_capacity(items.len());
    let single = |item: &Item| matches!(item, Item::Word(word, _) if word.chars().count() == 1);
    let mut at = 0;
    while at < items.len() {
        let run = items[at..].iter().take_while(|item| single(item) || matches!(item, Item::Break)).count();
        let letters: String = items[at..at + run]
            .iter()
            .filter_map(|item| match item {
                Item::Word(word, _) => Some(word.as_str()),
                Item::Break => None,
            })
            .collect();
        let is_word = run > 2 && rules.stops(&letters);
        for item in &items[at..at + if is_word { 0 } else { run.max(1) }] {
            out.push(match item {
                Item::Word(word, apart) => Item::Word(word.clone(), *apart),
                Item::Break => Item::Break,
            });
        }
        if is_word {
            out.push(Item::Word(letters, false));
            out.push(Item::Break);
        }
        at += run.max(1);
    }
    out
}

/// A word without its apostrophes: `don't` is two, and so is `m'envoyez`; what hangs on behind (`I'd`, `I'm`) says
/// nothing here.
fn written_out(word: &str) -> Vec<String> {
    let together = |text: &str| match text {
        "dont" | "donot" => Some(["do", "not"]),
        "doesnt" => Some(["does", "not"]),
        "didnt" => Some(["did", "not"]),
        "cant" | "cannot" => Some(["can", "not"]),
        "wont" => Some(["will", "not"]),
        "im" | "ive" | "id" => Some(["i", ""]),
        _ => None,
    };
    if let Some(words) = together(word) {
        return words.iter().filter(|word| !word.is_empty()).map(|word| (*word).to_owned()).collect();
    }
    let mut parts: Vec<&str> = word.split('\'').filter(|part| !part.is_empty()).collect();
    let mut negated = false;
    if parts.len() > 1 {
        match parts.last().copied() {
            Some("t") => {
                parts.pop();
                negated = true;
            }
            Some("s" | "d" | "m" | "ll" | "ve" | "re") => drop(parts.pop()),
            _ => {}
        }
    }
    let mut words: Vec<String> = parts.into_iter().map(str::to_owned).collect();
    if negated {
        if let Some(stem) = words.last_mut().filter(|stem| stem.ends_with('n') && stem.as_str() != "can") {
            stem.pop();
        }
        words.push("not".to_owned());
    }
    words
}
