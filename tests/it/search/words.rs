//! What finds what, script by script: a question, a text, and whether the one finds the other.

use switchboard::domain::search::fold::{names, words};
use switchboard::domain::search::mark::marked;
use switchboard::domain::search::question::{Question, Word};

fn finds(question: &str, text: &str) -> bool {
    let (asked, has) = (Question::read(question), words(text));
    let says = |word: &Word| has.iter().any(|own| word.meets(own));
    let group = |group: &Vec<Vec<Word>>| group.iter().any(|together| together.iter().all(says));
    !asked.vain && asked.groups.iter().all(group) && !asked.without.iter().any(|together| together.iter().all(says))
}

#[rustfmt::skip]
const FINDS: &[(&str, &str)] = &[
    // Latin: case, accents, ligatures, width, however they are put together.
    ("deposit", "Is the Déposit back?"), ("Déposit", "deposit paid"), ("CREME", "crème brûlée"), ("creme", "cre\u{300}me"),
    ("crème", "creme"), ("strasse", "Straße"), ("STRASSE", "straße"), ("straße", "STRASSE"), ("Straẞe", "strasse"),
    ("fish", "ﬁsh"), ("ﬁsh", "fish"), ("full", "Ｆｕｌｌ"), ("ｆｕｌｌ", "full"), ("lodz", "Łódź"), ("oeuvre", "œuvre"),
    ("aero", "Ærø"), ("thor", "Þór"), ("nguyen", "Nguyễn"), ("nguyễn", "NGUYEN"), ("munchen", "München"), ("sao", "São Paulo"),
    ("malmo", "Malmö"), ("malmö", "malmo"), ("pinata", "piñata"), ("office", "oﬃce"),
    // Turkish: both letters i, and what follows an apostrophe.
    ("istanbul", "İstanbul'da"), ("ISTANBUL", "İstanbul’da"), ("İSTANBUL", "istanbul"), ("istanbul", "ISTANBUL'DAN"),
    ("izmir", "İzmir"), ("ILIK", "ılık su"), ("ılık", "ILIK"), ("i\u{307}stanbul", "Istanbul"), ("istanbul'da", "İSTANBUL'DA"),
    // Apostrophes: the word, and its parts.
    ("don't", "I DON’T know"), ("dont", "don't"), ("anna", "Anna's boat"), ("anna's", "Annaʼs boat"), ("eau", "l’eau"),
    ("leau", "l'eau"), ("brien", "O'Brien"), ("obrien", "O’Brien"), ("kayak", "'kayak'"), ("rock", "rock'n'roll"),
    // Greek: accents, final sigma.
    ("αθηνα", "Αθήνα"), ("ΑΘΗΝΑ", "αθήνα"), ("οδος", "ΟΔΟΣ"), ("ΟΔΌΣ", "οδός"), ("μαιος", "Μάϊος"),
    // Cyrillic: stress goes, letters stay; ё is mostly written е.
    ("замок", "за\u{301}мок"), ("за\u{301}мок", "замок"), ("МОЙ", "мой"), ("мой", "мои\u{306}"), ("еще", "Ещё раз"), ("ещё", "еще"),
    ("київ", "КИЇВ"), ("киї\u{301}в", "Київ"), ("мята", "мята"), ("мята", "м’ята м'ята мята"), ("ќерка", "ЌЕРКА"),
    // Hebrew: points; Arabic: vowels, the long stroke, the alef's hamza.
    ("שלום", "שָׁלוֹם"), ("שָׁלוֹם", "שלום"), ("צהל", "צה״ל"), ("سلام", "سَلَام"), ("سلام", "ســـلام"), ("سَلَامٌ", "سلام"), ("احمد", "أحمد"),
    ("أحمد", "احمد"), ("القران", "القرآن"), ("محمد", "مُحَمَّد"), ("مي\u{200c}خواهم", "ميخواهم"), ("ﺳﻼم", "سلام"),
    // Digits of every script.
    ("12345", "١٢٣٤٥"), ("١٢٣٤٥", "12345"), ("۱۲۳۴۵", "١٢٣٤٥"), ("20931", "ref २०९३१"), ("20931", "๒๐๙๓๑"), ("２０９３１", "20931"),
    ("၂၀", "20"), ("#20931", "ref #20931"), ("#20931", "ref 20931"), ("20931", "ref #20931"), ("#20931", "#٢٠٩٣١"), ("៥", "5"),
    ("1", "1️⃣ boat"), ("m2", "12 m²"),
    // Kana: both widths; sounds that are written together or apart.
    ("パパ", "ﾊﾟﾊﾟ"), ("ﾊﾟﾊﾟ", "パパ"), ("パパ", "ハ\u{309a}ハ\u{309a}"), ("かぎ", "かき\u{3099}"), ("ガイド", "ｶﾞｲﾄﾞです"), ("コーヒー", "ｺｰﾋｰ"),
    ("返金", "全額返金です"), ("第3回", "第３回"), ("キロ", "10㌔"),
    // Hangul in one piece and in parts; Chinese.
    ("환불", "환불을 원해요"), ("환불", "\u{1112}\u{116a}\u{11ab}\u{1107}\u{116e}\u{11af}"), ("\u{1112}\u{116a}\u{11ab}\u{1107}\u{116e}\u{11af}", "환불"), ("退款", "请退款"),
    // Indic, Thai, Lao, Khmer, Burmese: as they are written.
    ("दिन", "अच्छा दिन"), ("दान", "दान दिया"), ("নদী", "নদী"), ("தமிழ்", "தமிழ் உரை"), ("กิน", "ผมกินข้าว"), ("น้ำ", "น้ำแข็ง"),
    ("ខ្មែរ", "ភាសាខ្មែរ"), ("မြန်မာ", "မြန်မာစာ"), ("ລາວ", "ພາສາລາວ"), ("क\u{93c}लम", "\u{958}लम"),
    // Pictures, whatever the colour.
    ("👍", "ok 👍"), ("👍", "ok 👍🏽"), ("👍🏿", "👍"), ("❤", "❤️"), ("❤️", "❤"), ("🇩🇪", "🇩🇪!"), ("👨‍👩‍👧", "the 👨‍👩‍👧"), ("🤷", "🤷🏽‍♀️"), ("kayak 👍", "👍 kayak"),
    // What cannot be seen.
    ("kayak", "ka\u{ad}yak"), ("kayak", "\u{202a}kayak\u{202c}"), ("kayak", "ka\u{200b}yak"), ("ka\u{2060}yak", "kayak"), ("kayak", "kayak\u{200e}"), ("invoice", "invoice\u{202e}fdp.exe"), ("invoice", "\u{2068}invoice\u{2069}fdp"),
    // Signs beside words.
    ("kayak!", "kayak"), ("(kayak)", "my kayak."), ("! kayak", "kayak"), ("-👍 ok", "ok"), ("e-mail", "e mail"),
];

#[rustfmt::skip]
const DOES_NOT_FIND: &[(&str, &str)] = &[
    // What is turned around is another word.
    ("invoicefdp", "invoice\u{202e}fdp.exe"),
    // Kana: dakuten and handakuten are letters.
    ("ハハ", "パパ"), ("パパ", "ハハ"), ("ババ", "パパ"), ("がき", "かぎ"), ("ハハ", "ﾊﾟﾊﾟ"), ("か", "が"), ("ハハ", "ハ\u{309a}ハ\u{309a}"), ("ビル", "ピル"),
    // Indic: vowel signs, viramas and the rest.
    ("दान", "दिन"), ("दन", "दिन"), ("दिन", "दीन"), ("कल", "काल"), ("कम", "क्म"), ("நன்", "நான்"), ("তার", "তারা"), ("ਕਲ", "ਕਾਲ"),
    // Thai, Lao, Khmer, Burmese: vowels and tones.
    ("กัน", "กิน"), ("กน", "กิน"), ("ไม้", "ไม่"), ("ขา", "ข้า"), ("ខមរ", "ខ្មែរ"), ("ລກ", "ລູກ"), ("မန", "မိန"),
    // Cyrillic letters that look like others with a mark.
    ("мои", "мой"), ("мой", "мои"), ("мои", "мои\u{306}"), ("киів", "київ"), ("угода", "ўгода"), ("герка", "ѓерка"),
    // Arabic: dots are other letters anyway, a hamza on another letter stays.
    ("سوال", "سؤال"), ("بيت", "بنت"),
    // Words are whole.
    ("kay", "kayak"), ("yak", "kayak"), ("can", "I can't"), ("don", "don't"), ("stanbul", "İstanbul'da"), ("da*", "İstanbul"), ("2093", "20931"),
    ("ab", "a b"), ("한불", "환불"), ("返済", "返金"), ("金返", "返金"),
    // Pictures and punctuation do not stand for everything.
    ("👍", "ok"), ("👍", "👎"), ("👍 kayak", "kayak"), ("😀", ""), ("🇩🇪", "🇫🇷"), ("!", "what! else?"), ("...", "anything"), (":-)", "a :-) b"), ("?!", "?!"),
    ("€", "64 €"), ("\u{200b}", "anything"), ("OR", "anything OR else"), ("-👍 ok", "ok 👍"),
    // Digits are not those of another number.
    ("12345", "١٢٣٤٦"), ("#20931", "ref 20932"),
];

#[test]
fn what_is_written_otherwise_is_found() {
    let missed: Vec<_> = FINDS.iter().filter(|(question, text)| !finds(question, text)).collect();
    assert!(missed.is_empty(), "{} of {} are missed: {missed:?}", missed.len(), FINDS.len());
}

#[test]
fn what_is_another_word_is_not_found() {
    let found: Vec<_> = DOES_NOT_FIND.iter().filter(|(question, text)| finds(question, text)).collect();
    assert!(found.is_empty(), "{} of {} are found: {found:?}", found.len(), DOES_NOT_FIND.len());
}

/// Whatever a text says, a question for the same finds it.
#[test]
fn every_text_finds_itself() {
    for (question, text) in FINDS.iter().chain(DOES_NOT_FIND) {
        for one in [question, text] {
            let asked = Question::read(one);
            let plain = asked.without.is_empty() && !asked.vain && !one.contains("OR") && !one.contains('*');
            assert!(!plain || finds(one, one), "{one}");
        }
    }
}

#[test]
fn what_was_found_is_marked_in_the_text() {
    for (question, text, hit) in [
        ("istanbul", "İstanbul'da", "İstanbul"),
        ("12345", "ref ١٢٣٤٥.", "١٢٣٤٥"),
        ("パパ", "ﾊﾟﾊﾟと", "ﾊﾟﾊﾟ"),
        ("กิน", "ผมกินข้าว", "กิน"),
        ("👍", "ok 👍🏽!", "👍🏽"),
        ("キロ", "10㌔", "㌔"),
    ] {
        let hits = marked(text, &Question::read(question)).into_iter().filter(|one| one.hit);
        assert_eq!(hits.map(|one| one.text).collect::<String>(), hit, "{question}");
    }
}

#[test]
fn names_are_found_by_how_their_words_begin() {
    for (typed, name) in
        [("joel", "Joël Marsh"), ("mar jo", "Joël Marsh"), ("ÖZ", "Çağla Öz"), ("cag", "Çağla Öz"), ("anna", "Д’Anna")]
    {
        assert!(names(name, typed), "{typed}");
    }
    for (typed, name) in
        [("oel", "Joël Marsh"), ("joel bell", "Joël Marsh"), ("!", "Joël"), ("", "Joël"), ("мои", "Мой")]
    {
        assert!(!names(name, typed), "{typed}");
    }
}
