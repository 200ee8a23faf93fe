//! E-mail addresses, links and handles; and texts with digits that are no phone numbers: dates, times, prices, places.

use regex::{Captures, Regex};

use crate::faults;

/// What contacts are found by.
pub(super) struct Patterns {
    email: Regex,
    link: Regex,
    handle: Regex,
    when: Regex,
}

/// From where to where, in bytes.
pub(super) type Span = (usize, usize);

const EMAIL: &str = concat!(
    r"(?i)",
    // sam@example.com, sam @ example . com, sam (at) example (dot) com.
    r"[\w.+%-]+(?:@\s?|\s+@\s+|\s*[(\[{<]\s*(?:at|@)\s*[)\]}>])\s*[\p{L}\d-]+",
    r"(?:(?:\.|\s+\.\s+|\s*[(\[{<]\s*(?:dot|\.)\s*[)\]}>]\s*|\s+dot\s+)[\p{L}\d-]+)*",
    r"(?:\.|\s+\.\s+|\s*[(\[{<]\s*(?:dot|\.)\s*[)\]}>]\s*|\s+dot\s+|\.\s+(?-i:com|net|org)\b)\p{L}[\p{L}\d-]+",
    // sam at example dot com.
    r"|[\w.+%-]+\s+(?:at|arroba|arobase|chiocciola|собака)\s+[\p{L}\d-]+",
    r"(?:\s*(?:\.|\s(?:dot|punto|point|punkt|ponto|точка)\s)\s*[\p{L}\d-]+)*",
    r"\s*(?:\.|\s(?:dot|punto|point|punkt|ponto|точка)\s)\s*",
    r"(?:com|net|org|info|edu|co|io|de|uk|fr|it|es|ch|at|nl|ru|ua|br|mx|eu|me|us|ca|au)\b",
    // sam at gmail, sam@work: a name, not a number of things.
    r"|[\w.+%-]+\s+at\s+(?:gmail|hotmail|icloud|protonmail|gmx)\b",
    r"|[\d_.+%-]*\p{L}[\w.+%-]*@\p{L}[\w-]+",
);

const LINK: &str = concat!(
    r"(?i)",
    // Anything with a scheme, also where the colon was pulled apart.
    r"\b[a-z][a-z0-9+.-]*\s?:\s?//\s?\S+",
    r"|\b(?:tel|sms|mailto|whatsapp|tg|signal|skype|facetime|viber):[+@\w/?]\S*",
    r"|\bwww\d?\s?\.\s?\S+",
    // A name of the net. What is also a word is looked at again.
    r"|\b(?P<host>(?:[\p{L}\d-]+\.)+)(?:",
    r"(?:com|net|org|biz|edu|gov|io|dev|gg|ly|xyz|tv|uk|ca|de|fr|nl|ch|se|dk|fi|pl|pt|eu|mx|br|ar|au|nz|jp|cn|ru|ua|",
    r"kr|tw|hk|sg|ph|th|vn|gr|cz|sk|hu|ro|bg|hr|lt|lv|ee|ie|il|ae|za|ng|ke|eg|cl|pe|ve|uy|bo|cr|gt|hn|sv|cu|tr|xn--[a-z\d-]+|рф|укр)",
    r"|(?P<word>info|co|app|ai|link|chat|page|site|online|shop|store|club|live|boats|fish|fishing|fun|team|group|blog|cloud|email|",
    r"me|to|us|it|in|at|no|be|is|am|so|es|my|id|do|si|la)",
    r")\b(?P<path>[/?#:]\S*)?",
    // Whatever has a path behind its dot.
    r"|\b[a-z\d][\p{L}\d-]*\.[a-z]{2,}/[^\s/]\S*",
    r"|\b[\p{L}\d-]+\s*(?:\(\s*dot\s*\)|\[\s*dot\s*\]|\{\s*dot\s*\})\s*[a-z]{2,}\b(?:\s*(?:slash|/)\s*\S+)?",
    r"|\b[\p{L}\d-]+\s+(?:dot|punkt|ponto|точка)\s+(?:com|net|org|io|co|de|ru)\b(?:\s*(?:slash|/)\s*\S+)?",
    r"|\b[\p{L}\d-]+\s+punto\s+(?:com|net|org|it|es)\b",
);

const HANDLE: &str = concat!(
    r"(?i)",
    r"(?:^|[^\w@.+%-])(?P<handle>@(?P<name>[\p{L}_][\w.]*\w))",
    r"|\b(?P<named>(?:insta|instagram|ig|snap|snapchat|telegram|tiktok|venmo|cashapp|wechat|whatsapp|skype|kik|discord|facebook|fb|",
    r"messenger|viber)\s?[:=]\s?@?[\w.]{3,}",
    r"|(?:insta|instagram|ig|snap|snapchat|telegram|tiktok|discord)(?:\s+\w+)?\s+is\s+@?\w*[\d_]\w*)",
);

/// A date, a time of the day, a range of years, a price, a place on the map: its digits are nobody's number.
const WHEN: &str = concat!(
    r"(?i)",
    r"\b(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])\b",
    r"|\b(?:0?[1-9]|[12]\d|3[01])(?:[./-]\s?|\s)(?:0?[1-9]|[12]\d|3[01])(?:[./-]\s?|\s)(?:19|20)\d\d\b",
    r"|\b(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|[12]\d|3[01])[./]\d\d\b",
    r"|\b(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d\b",
    r"|\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\b",
    r"|[$€£¥₹₽]\s?(?:\d{1,3}(?:[,.'’]\d{3})*|\d{4,7})(?:[.,]\d\d)?\b",
    r"|\b(?:\d{1,3}(?:[,.'’]\d{3})*|\d{4,7})(?:[.,]\d\d)?\s?(?:[$€£¥₹₽]|(?:usd|eur|gbp|chf|cad|aud|mxn|brl|dollars?|bucks|euros?|pounds|pesos|reais|rubles|рублей|руб)\b)",
    r"|\b[1-9]\d{0,2}(?:[ .,'’]000)+\b",
    r"|[-+]?\b\d{1,2}\.\d{4,},\s?[-+]?\d{1,3}\.\d{4,}\b",
);

/// What stands behind an `@` where somebody is to be met: no handle.
const PLACES: [&str; 46] = [
    "home",
    "work",
    "noon",
    "midnight",
    "night",
    "dawn",
    "dusk",
    "sunrise",
    "sunset",
    "lunch",
    "dinner",
    "breakfast",
    "school",
    "church",
    "the",
    "my",
    "your",
    "our",
    "his",
    "her",
    "their",
    "this",
    "that",
    "all",
    "everyone",
    "here",
    "there",
    "least",
    "most",
    "dock",
    "docks",
    "pier",
    "marina",
    "harbor",
    "harbour",
    "beach",
    "boat",
    "slip",
    "gate",
    "office",
    "hotel",
    "airport",
    "station",
    "bar",
    "gym",
    "park",
];

/// What stands before a name of the net whose end is a word, too.
const CUES: [&str; 22] = [
    "visit", "see", "site", "website", "web", "page", "url", "link", "on", "at", "to", "via", "auf", "unter", "sur",
    "en", "su", "write", "check", "from", "is", "my",
];

impl Patterns {
    pub(super) fn compile() -> Result<Self, regex::Error> {
        Self::of([EMAIL, faults::spoiled("link", LINK), HANDLE, WHEN])
    }

    pub(super) fn of([email, link, handle, when]: [&str; 4]) -> Result<Self, regex::Error> {
        Ok(Patterns {
            email: Regex::new(email)?,
            link: Regex::new(link)?,
            handle: Regex::new(handle)?,
            when: Regex::new(when)?,
        })
    }

    /// Where addresses, links and handles stand in a folded text.
    pub(super) fn contacts(&self, text: &str) -> Vec<Span> {
        let emails = self.email.find_iter(text).map(|found| (found.start(), found.end()));
        let links = self.link.captures_iter(text).filter_map(|found| link(text, &found));
        let handles = self.handle.captures_iter(text).filter_map(|found| handle(&found));
        emails.chain(links).chain(handles).collect()
    }

    /// Where digits stand that are nobody's number.
    pub(super) fn whens(&self, text: &str) -> Vec<Span> {
        let found: Vec<Span> = self.when.find_iter(text).map(|found| (found.start(), found.end())).collect();
        found.iter().copied().filter(|span| stands_alone(text, *span, &found)).collect()
    }
}

/// A link, unless it is the end of one sentence and the first word of the next, without the space between them.
fn link(text: &str, found: &Captures<'_>) -> Option<Span> {
    let whole = found.get(0)?;
    let span = (whole.start(), whole.end());
    let Some((host, word)) = found.name("host").zip(found.name("word")) else { return Some(span) };
    if found.name("path").is_some() {
        return Some(span);
    }
    let begins_a_sentence = word.as_str().starts_with(char::is_uppercase)
        && (word.as_str().chars().skip(1).any(char::is_lowercase) || !host.as_str().starts_with(char::is_uppercase));
    if begins_a_sentence {
        return None;
    }
    let cue = text[..span.0].split_whitespace().next_back().map(str::to_lowercase);
    let cued = cue.is_some_and(|cue| CUES.contains(&cue.trim_matches(|c: char| !c.is_alphanumeric())));
    let goes_on = text[span.1..].strip_prefix(char::is_whitespace);
    let goes_on = goes_on.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() && !c.is_uppercase()));
    // Words of more than two letters are hardly ever begun small after a full stop.
    (cued || !goes_on || word.as_str().len() > 2).then_some(span)
}

fn handle(found: &Captures<'_>) -> Option<Span> {
    if let Some(named) = found.name("named") {
        return Some((named.start(), named.end()));
    }
    let (whole, name) = found.name("handle").zip(found.name("name"))?;
    let name = name.as_str().to_lowercase();
    (!PLACES.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit()))).then_some((whole.start(), whole.end()))
}

/// Whether it is not a piece cut out of a longer row of digits; beside another of its kind it may stand.
fn stands_alone(text: &str, (from, to): Span, all: &[Span]) -> bool {
    let joins = |c: char| matches!(c, '.' | '/' | '-' | ',' | '\'' | '+' | '–');
    let goes_on =
        |rest: &str, c: char| c.is_ascii_digit() || joins(c) && rest.starts_with(|c: char| c.is_ascii_digit());
    let after = text[to..].chars().next().is_some_and(|c| {
        let begins = to + c.len_utf8();
        goes_on(&text[begins..], c) && !all.iter().any(|other| other.0 == begins)
    });
    let before = text[..from].chars().next_back().is_some_and(|c| {
        let ends = from - c.len_utf8();
        let last = text[..ends].chars().next_back().map_or(0, char::len_utf8);
        goes_on(&text[ends - last..ends], c) && !all.iter().any(|other| other.1 == ends)
    });
    !before && !after
}
