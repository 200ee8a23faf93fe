use proptest::prelude::*;

use super::*;

/// Words in many scripts, in each of which some characters are written with several code points.
const SCRIPTS: &[&str] = &[
    "தமிழ்மொழி க்ஷௌரம் ஸ்ரீ",
    "বাংলা ক্ষুদ্র র্যাব",
    "ខ្មែរ ស្ត្រី ព្រះពុទ្ធ",
    "မြန်မာ က္ကျွန်ုပ် ဗုဒ္ဓ",
    "ພາສາລາວ ເຂົ້າ ນ້ຳ",
    "ภาษาไทย น้ำ ผู้ใหญ่ กำลัง",
    "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af} \u{1109}\u{1161}\u{1105}\u{1161}\u{11bc}",
    "తెలుగు క్ష్మా స్త్రీ",
    "മലയാളം ക്ഷേത്രം സ്ത്രീ",
    "हिन्दी क्षत्रिय र्‍य श्रृंखला",
    "བོད་སྐད་ རྫོགས་ཆེན། སྒྲུབ",
    "ગુજરાતી ક્ષ સ્ત્રી",
    "සිංහල ක්‍ෂ ශ්‍රී",
    "ܣܘܪܝܝܐ ܫܠܡܐ̈",
    "ދިވެހި ބަސް",
    "עִבְרִית שָׁלוֹם",
    "العَرَبِيَّة مُدَرِّس",
    "Tiếng Việt e\u{323}\u{302} a\u{306}\u{301}",
    "👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ❤️‍🔥 🏴󠁧󠁢󠁥󠁮󠁧󠁿 #️⃣",
    "🇩🇪🇫🇷🇯🇵 🇧🇷",
    "你好 世界",
    "かﾞ き\u{3099}",
    "ᬓᬸᬭᬶᬂ ᬅᬓ᭄ᬱᬭ",
    "ꦲꦏ꧀ꦱꦫ ꦗꦮ",
    "a\r\nb \r\n",
];

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Where characters end, as the library of grapheme clusters has it.
fn ends(text: &str) -> Vec<usize> {
    text.grapheme_indices(true).map(|(at, character)| at + character.len()).collect()
}

#[test]
fn a_body_that_fits_is_one_part_as_it_stands() {
    for body in ["", " ", "one two", "x y\n"] {
        assert_eq!(split(body, 7), [body]);
    }
    assert_eq!(split(&"ж".repeat(1600), 1600).len(), 1);
    assert_eq!(split(&"😀".repeat(800), 1600).len(), 1);
    assert_eq!(split(&"😀".repeat(801), 1600).len(), 2);
}

#[test]
fn cuts_fall_between_words_and_lose_nothing() {
    assert_eq!(split("one two three", 8), ["one two ", "three"]);
    assert_eq!(split("one two three", 7), ["one two", " three"]);
    assert_eq!(split("one\ntwo three", 6), ["one\n", "two ", "three"]);
    assert_eq!(split("a\u{a0}b cd", 4), ["a\u{a0}b ", "cd"]);
}

#[test]
fn parts_are_even_and_a_blank_too_early_is_no_place_to_cut() {
    let lengths = |body: &str, limit| split(body, limit).iter().map(|part| units(part)).collect::<Vec<_>>();
    assert_eq!(lengths(&format!("你好 {}", "好".repeat(1950)), 1600), [977, 976]);
    assert_eq!(lengths(&format!("ab {}", "c".repeat(1599)), 1600), [801, 801]);
    assert_eq!(lengths(&"lorem ipsum ".repeat(142), 1600), [852, 852]);
    assert_eq!(lengths(&"a".repeat(1601), 1600), [801, 800]);
    assert_eq!(lengths(&"a".repeat(3200), 1600), [1600, 1600]);
    assert_eq!(lengths(&format!("{} {}", "a".repeat(1200), "b".repeat(500)), 1600), [1201, 500], "a word stays whole");
    assert_eq!(
        lengths(&format!("{} {}", "a".repeat(1400), "b".repeat(300)), 1600),
        [851, 850],
        "but not beside a rest"
    );
    let prose = "The ferry leaves at seven from the second pier ".repeat(68);
    assert_eq!(units(&prose), 3196);
    assert!(
        split(&prose, 1600).iter().all(|part| part.ends_with(' ') && units(part) > 1000),
        "{:?}",
        lengths(&prose, 1600)
    );
}

#[test]
fn a_word_longer_than_a_part_is_cut_between_characters() {
    assert_eq!(split("abcdef", 4), ["abc", "def"]);
    assert_eq!(split("a😀😀", 4), ["a😀", "😀"]);
    assert_eq!(split("abce\u{301}d", 4), ["abc", "e\u{301}d"]);
    assert_eq!(split("ab👩\u{200d}🚀x", 6), ["ab", "👩\u{200d}🚀x"]);
    assert_eq!(split("👩\u{200d}🚀", 3), ["👩\u{200d}", "🚀"], "too long for a part however it is cut");
    let towering = format!("e{}", "\u{301}".repeat(4000));
    assert_eq!(split(&towering, 1600).iter().map(|part| units(part)).collect::<Vec<_>>(), [1600, 1600, 801]);
}

#[test]
fn no_part_is_blank() {
    assert_eq!(split("abcd   ", 4), ["abcd"]);
    assert_eq!(split(&format!("ab{}cd", " ".repeat(9)), 4), ["ab  ", "cd"]);
    assert_eq!(split("abcd efgh", 4), ["abcd", "efgh"]);
    assert_eq!(split(&format!("abcd{}", "\u{2800}".repeat(4)), 4), ["abcd"]);
}

#[test]
fn no_script_is_cut_inside_a_character() {
    for script in SCRIPTS {
        let long: String = script.split_whitespace().collect::<String>().repeat(400);
        for limit in [31, 70, 1600] {
            let parts = split(&long, limit);
            assert_eq!(parts.concat(), long, "{script}");
            let (ends, mut at) = (ends(&long), 0);
            for part in &parts {
                at += part.len();
                assert!(ends.contains(&at) && units(part) <= limit, "{script} is cut at {at}: {part}");
            }
        }
    }
}

proptest! {
    #[test]
    fn parts_fit_and_together_they_are_the_body(body in "(\\PC|[ \n]){0,80}", limit in 4usize..30) {
        let parts = split(&body, limit);
        for part in &parts {
            prop_assert!(units(part) <= limit);
            prop_assert!(parts.len() == 1 || !seen::is_blank(part));
        }
        let kept = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace() && !seen::is_unseen(*c)).collect() };
        prop_assert_eq!(kept(&parts.concat()), kept(&body));
    }

    #[test]
    fn words_stay_whole_and_parts_even(words in prop::collection::vec("[a-zж]{1,10}", 1..60), limit in 23usize..60) {
        let body = words.join(" ");
        let parts = split(&body, limit);
        let read: Vec<String> = parts.iter().flat_map(|p| p.split_whitespace()).map(str::to_owned).collect();
        prop_assert_eq!(read, words);
        let even = units(&body) / parts.len();
        for part in &parts {
            prop_assert!(parts.len() == 1 || units(part) * 3 >= even, "{} beside {even}", units(part));
        }
    }

    #[test]
    fn every_cut_is_between_characters(
        words in prop::collection::vec((0..SCRIPTS.len(), 1usize..4, prop::bool::ANY), 1..60), limit in 40usize..200
    ) {
        let mut body = String::new();
        for (script, times, blank) in words {
            body.push_str(&SCRIPTS[script].replace(' ', "").repeat(times));
            body.push_str(if blank { " " } else { "" });
        }
        let (ends, parts) = (ends(&body), split(&body, limit));
        let whole = parts.concat();
        prop_assert_eq!(whole.trim_end(), body.trim_end());
        let mut at = 0;
        for part in &parts {
            at += part.len();
            prop_assert!(ends.contains(&at) || at == body.len(), "cut at {at}: {part}");
            prop_assert!(units(part) <= limit);
        }
    }
}
