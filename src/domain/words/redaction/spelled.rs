//! Words for digits, in the languages that people text in.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// What a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// One digit, and hardly anything else.
    Digit,
    /// Two digits.
    Teen,
    /// Tens: one digit if a digit follows, else two.
    Tens,
    /// A digit beside other words for digits; else something else.
    Shy,
    /// So many digits in a word that was written together.
    Many(usize),
}

/// Words for one digit, which are hardly anything else.
const DIGITS: &str = "\
    zero naught nought one two three four five six seven eight nine niner \
    eins zwei zwo drei vier fünf fuenf sechs sieben acht neun \
    deux trois quatre cinq huit neuf \
    cero uno dos tres cuatro cinco seis siete ocho nueve \
    dois duas quatro sete oito nove \
    quattro cinque sette otto \
    ноль нуль один одна два две три четыре пять шесть семь восемь девять \
    чотири шість сім вісім \
    jeden dwa trzy cztery pięć sześć siedem osiem dziewięć \
    twee drie vijf zes zeven negen \
    noll två fyra seks syv sju åtta otte åtte nio \
    jedna dvě tři čtyři pět šest sedm osm devět \
    patru șase șapte opt nouă \
    μηδέν ένα δύο τρία τέσσερα πέντε έξι επτά εφτά οκτώ οχτώ εννέα εννιά \
    sıfır sifir üç dört beş altı yedi sekiz dokuz \
    satu tiga empat lima enam tujuh delapan lapan sembilan \
    sero isa dalawa tatlo apat anim pito walo siyam \
    zewo twa senk sis uit \
    صفر واحد اثنان اثنين ثلاثة أربعة اربعة خمسة ستة سبعة ثمانية تسعة \
    אפס אחת שתיים שלוש ארבע חמש שש שבע שמונה תשע \
    शून्य दो तीन चार पांच पाँच छह छः सात आठ नौ \
    ศูนย์ หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า \
    ゼロ れい いち さん よん ろく なな しち はち きゅう キュウ";

/// Words for two digits at once.
const TEENS: &str = "\
    ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen \
    zehn zwölf zwoelf dreizehn vierzehn fünfzehn fuenfzehn sechzehn siebzehn achtzehn neunzehn \
    dix onze douze treize quatorze quinze seize \
    diez doce trece catorce quince dieciséis diecisiete dieciocho diecinueve \
    dez doze treze catorze dezesseis dezasseis dezessete dezoito dezenove \
    dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove \
    десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать";

/// Words for tens, and for hundreds where numbers are said by them: one digit if another follows, else two.
const TENS: &str = "\
    twenty thirty forty fifty sixty seventy eighty ninety \
    zwanzig dreißig dreissig vierzig fünfzig fuenfzig sechzig siebzig achtzig neunzig \
    vingt trente quarante cinquante soixante septante huitante nonante \
    veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa \
    vinte trinta quarenta cinquenta sessenta oitenta \
    venti quaranta cinquanta sessanta settanta ottanta novanta \
    двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто \
    сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот \
    двадцять тридцять";

/// Words for digits that are other words, too: digits only beside a word that is nothing else.
const SHY: &str = "\
    null ein elf \
    un une sept \
    una once \
    um uma meia \
    sei due tre \
    nul een \
    ett en to fire fem sex ni \
    nula \
    unu doi trei cinci \
    bir iki \
    nol kosong dua \
    không một hai ba bốn năm sáu bảy tám chín \
    de kat sèt nèf \
    एक \
    まる に ご";

static WORDS: LazyLock<HashMap<String, Word>> = LazyLock::new(|| {
    let kinds = [(SHY, Word::Shy), (TENS, Word::Tens), (TEENS, Word::Teen), (DIGITS, Word::Digit)];
    kinds.iter().flat_map(|(words, kind)| words.split_whitespace().map(|word| (plain(word), *kind))).collect()
});

/// Repeats the digit behind it.
pub(super) fn repeats(word: &str) -> Option<usize> {
    match plain(word).as_str() {
        "double" | "doble" | "duplo" | "doppio" | "doppel" | "doppelt" | "dubbel" => Some(2),
        "triple" | "triplo" | "tripel" | "dreifach" => Some(3),
        _ => None,
    }
}

/// What a word stands for, if it stands for digits.
pub(super) fn word(said: &str) -> Option<Word> {
    // Nothing that is longer is a number in any language.
    if said.len() > 120 {
        return None;
    }
    let said = plain(said);
    WORDS.get(&said).copied().or_else(|| together(&said))
}

/// A word in small letters without accents.
fn plain(word: &str) -> String {
    word.to_lowercase().nfkd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\u{2bc}')).collect()
}

/// Several digits in one word: `fivefiveone`, `cincocero`, `fünfundfünfzig`.
fn together(said: &str) -> Option<Word> {
    // From each place on: how many digits the rest is, in how many words, and whether a digit stands in front.
    let mut rests: Vec<Option<(usize, usize, bool)>> = vec![None; said.len() + 1];
    rests[said.len()] = Some((0, 0, false));
    for (from, _) in said.char_indices().rev() {
        for to in from + 1..=said.len() {
            let Some((digits, words, leads)) = rests[to] else { continue };
            let here = match &said[from..to] {
                "o" | "oh" if words > 0 => Some((digits + 1, true)),
                // Five and fifty are two digits.
                "und" if words > 0 && from > 0 => Some((digits - 1, false)),
                "e" | "y" if words > 0 && from > 0 => Some((digits, leads)),
                part if part.len() < 3 => None,
                part => match WORDS.get(part) {
                    Some(Word::Digit) => Some((digits + 1, true)),
                    Some(Word::Teen) => Some((digits + 2, false)),
                    Some(Word::Tens) => Some((digits + if leads { 1 } else { 2 }, false)),
                    _ => None,
                },
            };
            if let Some((digits, leads)) = here {
                rests[from] = Some((digits, words + 1, leads));
                break;
            }
        }
    }
    rests[0].filter(|(_, words, _)| *words > 1).map(|(digits, ..)| Word::Many(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_digit_however_it_is_written() {
        for one in ["five", "FIVE", "fünf", "FÜNF", "fu\u{308}nf", "fuenf", "пять", "πέντε", "cinq", "três", "девять"]
        {
            assert_eq!(word(one), Some(Word::Digit), "{one}");
        }
        assert_eq!(["fifteen", "fifty", "un"].map(word), [Some(Word::Teen), Some(Word::Tens), Some(Word::Shy)]);
    }

    #[test]
    fn words_that_were_written_together_are_as_many_digits() {
        for (said, digits) in [
            ("fivefive", 2),
            ("fiveofive", 3),
            ("cincocerocinco", 3),
            ("fünfundfünfzig", 2),
            ("vierunddreißig", 2),
            ("cinquantacinque", 2),
            ("oneeightzeroone", 4),
            ("fiftyfive", 2),
            ("fivefifteen", 3),
        ] {
            assert_eq!(word(said), Some(Word::Many(digits)), "{said}");
        }
        for said in ["someone", "tennis", "stone", "often", "oh", "o", "und", "onward", "dose", "", "nones"] {
            assert_eq!(word(said), None, "{said}");
        }
        assert_eq!(word(&"o".repeat(5000)), None);
    }

    #[test]
    fn no_word_stands_in_two_lists() {
        let lists = [DIGITS, TEENS, TENS, SHY];
        assert_eq!(lists.iter().flat_map(|list| list.split_whitespace()).count(), WORDS.len());
    }
}
