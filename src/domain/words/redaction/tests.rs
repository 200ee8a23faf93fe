//! Texts that must be changed, and texts that must not.

use proptest::prelude::*;

use super::*;

/// Fails with all that was not taken out whole of the sentence in which it stands.
fn all_are_taken_out(bodies: &[&str]) {
    let said = |body: &&str| redact(&format!("Call {body} please")).unwrap_or_else(|| (*body).to_owned());
    let left: Vec<String> = bodies.iter().map(said).filter(|said| said != "Call [removed] please").collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn the_patterns_are_compiled_before_anything_is_passed_on() {
    assert_eq!(ready(), Ok(()));
    for place in 0..4 {
        let mut sources = ["a"; 4];
        sources[place] = r"(?i)\p{Nonsense}";
        assert!(Patterns::of(sources).is_err(), "the pattern at {place} was taken");
    }
}

#[test]
fn numbers_are_taken_out_however_they_are_written() {
    all_are_taken_out(&[
        "+15055550131",
        "505-555-0131",
        "(505) 555 0131",
        "5 0 5 5 5 5 0 1 3 1",
        "5.0.5.5.5.5.0.1.3.1",
        "505~555~0131",
        "505🐟555🐟0131",
        "505:555:0131",
        "505\n555\n0131",
        "５０５５５５０１３１",
        "⑤⓪⑤⑤⑤⑤⓪①③①",
        "❺⓿❺❺❺❺⓿❶❸❶",
        "5️⃣0️⃣5️⃣5️⃣5️⃣5️⃣0️⃣1️⃣3️⃣1️⃣",
        "5\u{200b}055\u{200b}550131",
        "5\u{336}0\u{336}5\u{336}5\u{336}5\u{336}5\u{336}0\u{336}1\u{336}3\u{336}1\u{336}",
        "𝟓𝟎𝟓𝟓𝟓𝟓𝟎𝟏𝟑𝟏",
    ]);
}

#[test]
fn digits_of_every_script_are_taken_out() {
    all_are_taken_out(&[
        "٥٠٥٥٥٥٠١٣١",
        "۵۰۵۵۵۵۰۱۳۱",
        "५०५५५५०१३१",
        "৫০৫৫৫৫০১৩১",
        "៥០៥៥៥៥០១៣១",
        "៥០៥ ៥៥៥ ០១៣១",
        "๕๐๕๕๕๕๐๑๓๑",
        "໕໐໕໕໕໕໐໑໓໑",
        "၅၀၅၅၅၅၀၁၃၁",
        "༥༠༥༥༥༥༠༡༣༡",
        "᠕᠐᠕᠕᠕᠕᠐᠑᠓᠑",
        "௫௦௫௫௫௫௦௧௩௧",
        "五〇五五五五〇一三一",
        "伍零伍伍伍伍零壹叁壹",
        "오공오 오오오 공일삼일",
    ]);
    assert_eq!(redact("请打五〇五五五五〇一三一谢谢").unwrap(), format!("请打{REMOVED}谢谢"));
}

#[test]
fn spelled_numbers_are_taken_out_in_many_languages() {
    all_are_taken_out(&[
        "five oh five five five five zero one three one",
        "five o five five five five o one three one",
        "Five O Five, Five Five Five, O One Three One",
        "five zero five, triple five, oh one three one",
        "oh seven seven double oh nine zero zero one",
        "fiveofive fivefivefive ohonethreeone",
        "five-oh-five-five-five-five-oh-one-three-one",
        "five oh five dash five five five dash oh one three one",
        "five oh five five fifty five oh one thirty one",
        "cinco cero cinco 555 0131",
        "cinco cero cinco, cinco cinco cinco, cero uno tres uno",
        "cincuenta y cinco, treinta y uno, doce, veinte",
        "fünf null fünf fünf fünf fünf null eins drei eins",
        "fuenf null fuenf zwo zwo drei null eins",
        "null eins sieben eins fünfundfünfzig null acht",
        "zéro six douze trente-quatre cinquante-six soixante-dix-huit",
        "un deux trois quatre cinq six sept",
        "cinq zéro cinq un un sept zéro un trois un",
        "cinco zero cinco meia meia cinco zero um três um",
        "cinque zero cinque sei sei cinque zero uno tre uno",
        "пять ноль пять пять пять пять ноль один три один",
        "восемь девятьсот пять сто двадцать три сорок пять шестьдесят семь",
        "пять ноль пять двадцать два тридцать один ноль",
        "п'ять нуль п’ять шість сім вісім дев'ять нуль",
        "pięć zero pięć sześć siedem osiem dziewięć",
        "vijf nul vijf zes zeven een een drie een",
        "fem noll fem sju sju fem noll ett tre ett",
        "beş sıfır beş beş beş beş sıfır bir üç bir",
        "lima kosong lima satu dua tiga empat",
        "không chín không một hai ba bốn năm sáu bảy",
        "πέντε μηδέν πέντε έξι επτά οκτώ εννέα",
        "خمسة صفر خمسة خمسة خمسة خمسة صفر واحد",
        "पांच शून्य पांच पांच पांच एक एक तीन एक",
        "ゼロ きゅう ゼロ いち に さん よん",
        "ศูนย์แปดหนึ่งสองสามสี่ห้าหก",
    ]);
}

#[test]
fn letters_for_digits_and_words_between_digits_are_taken_out() {
    all_are_taken_out(&[
        "5o5 555 o131",
        "5O5 55O O131",
        "5O5-555-Ol3l3",
        "5 o 5 5 5 5 o 1 3 1",
        "5о5 555 о131",
        "505 555 0l31",
        "5zero5 5five5 0one31",
        "five05 555 zero131",
        "505 555 0I3I0",
        "505 then 555 then 0131",
        "505 and then 555 and then 0131",
        "505, then 555, then 0131",
        "505 dash 555 dash 0131",
        "505 followed by 555 followed by 0131",
        "505 dann 555 dann 0131",
        "505 puis 555 puis 0131",
        "505 y luego 555 y luego 0131",
        "505 depois 555 depois 0131",
        "505 e poi 555 e poi 0131",
        "505 потом 555 потом 0131",
        "505 тире 555 тире 0131",
        "5 and 0 and 5 and 5 and 5 and 5 and 0 and 1",
        "five zero five then 555 then 0131",
    ]);
}

#[test]
fn addresses_and_links_are_taken_out() {
    all_are_taken_out(&[
        "sam@example.com",
        "Sam.Boat@Example.COM",
        "sam.boat+bait @ example . com",
        "sam (at) example (dot) com",
        "sam[at]example[dot]com",
        "sam at example dot com",
        "sam at example dot co dot uk",
        "sam arroba example punto com",
        "sam собака example точка ru",
        "sam at gmail",
        "sam@gmail",
        "ＳＡＭ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "s\u{200b}am@exam\u{200b}ple.com",
        "https://example.com/a?b=c",
        "HTTPS://EXAMPLE.COM",
        "https : //example.com",
        "example.com",
        "example。com",
        "Example.Com",
        "www.example.org/x",
        "t.me/sam_boat",
        "wa.me/15055550131",
        "boats.example.io",
        "example.xn--p1ai",
        "example.рф",
        "example.photography/sam",
        "example dot com",
        "example [dot] com",
        "hxxp://example.com",
        "ftp://example.org",
        "tel:+15055550131",
        "whatsapp:+15055550131",
    ]);
    let said = redact("mail bob@example.com or https://example.com or 505 555 0199").unwrap();
    assert_eq!(said, "mail [removed] or [removed] or [removed]");
    assert_eq!(redact("my site is example.it").unwrap(), "my site is [removed]");
    assert_eq!(redact("see example.me for more").unwrap(), "see [removed] for more");
}

#[test]
fn handles_are_taken_out() {
    for (body, left) in [
        ("I am @joe_b there", "I am [removed] there"),
        ("@joe", "[removed]"),
        ("insta @joe.boats, yes", "insta [removed], yes"),
        ("(@Joe99)", "([removed])"),
        ("My ig name is joe_b", "My [removed]"),
        ("IG: joe_b please", "[removed] please"),
        ("Telegram: @joeb", "[removed]"),
        ("＠ｊｏｅ＿ｂ", "[removed]"),
    ] {
        assert_eq!(redact(body).as_deref(), Some(left), "{body}");
    }
}

#[test]
fn what_is_no_contact_stays() {
    let bodies = [
        "",
        "OK",
        // Dates and times.
        "See you at 10:30 on 2026-11-22",
        "From 22.11.2026 10:30 to 12:45",
        "22/11/26 10:30, 23/11/26 11:30",
        "On 2026/11/22 10:30:15",
        "22. 11. 2026 10:30",
        "Sept 22 2026, 10:30",
        "15 sept 2026",
        "Built 1998-2004, sold 2019–2024",
        "10:30-12:45 or 13:15-14:00",
        "At 1030 then 1245",
        // Sums.
        "It is $1,200.50 for 3 days",
        "The house costs $1,250,000",
        "It costs 1500000 pesos or $75000",
        "€ 1.250.000 oder 1.300.000 €",
        "25 dollars, 30 dollars, 45 dollars, 60 dollars",
        "20%, 30%, 40%, 50%",
        "Between 1200 and 1500 euros",
        "1200 o 1500 euros",
        "3 lb @ 5.50 each",
        "3 dozen @ $12.50. Then 4",
        "fish @5.50",
        // Orders, codes and measures.
        "Order 482913 is late",
        "Booking #20931, pier 12",
        "The other one 482913 is late",
        "Pier 7, slip 12, code 4431",
        "Code 12B34Z5678",
        "Canisters of 5l, 10l, 15l or 20l",
        "I am 5'10\" and 6'2\"",
        "Rooms 101, 102, 103",
        "Sizes 40, 42, 44, 46",
        "Orders 20931, 20932, 20933",
        "1 000 000 fish",
        "Meet at 40.7128, -74.0060",
        "1200 x 1500 x 20",
        // Words.
        "One of the two boats. Three people.",
        "One, two, three: go!",
        "Six or seven of us, one or two cars, four at most",
        "Oh five of us are here",
        "Oh no, I owe you one",
        "I have two and he has three and she has four",
        "twenty two or thirty five",
        "No one but the two of you, at one",
        "We tried once 12345",
        "It is due 11 22",
        "Somebody fired at two",
        "C'est un bateau et une voile, un ou deux, un peu",
        "J'en ai un, elle en a deux, lui trois",
        "Sei sei? Sono due o tre",
        "Uno o dos, tal vez tres",
        "Ein Boot, zwei Boote, eins nach dem andern",
        "Один или два, три раза",
        "Um ou dois, meia hora",
        "一个人,三五天,第一次",
        "이 일은 이사 후에 오일",
        // What looks like an address.
        "I am at the dock. Come now.",
        "Meet @ noon. Bring bait",
        "Meet me @noon or @home or @pier7",
        "Wait...what? OK.",
        "I am here.It is late",
        "See you there.Me too",
        "ok.no problem",
        "we are there.it is late",
        "Look at the dot there",
        "Look at the dot in the photo",
        "e.g. the pier, i.e. here, at 5 p.m.to 6",
        "Signal: weak, Tel: none",
        "his/hers, and/or, 24/7",
        "3.5 m of water, 12.5 kn of wind",
        "St.Louis or Mt.Hood",
    ];
    let changed: Vec<_> = bodies.iter().filter_map(|body| redact(body).map(|said| (body, said))).collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

#[test]
fn what_stands_around_it_stays() {
    let body = "Hé 👋 call 505 555 0131 or sam@example.com — or https://example.com! Ｏｋ";
    assert_eq!(redact(body).unwrap(), "Hé 👋 call [removed] or [removed] — or [removed] Ｏｋ");
    let body = "J'ai un bateau, 06 12 34 56 78, à 10:30 pour 25 €";
    assert_eq!(redact(body).unwrap(), "J'ai un bateau, [removed], à 10:30 pour 25 €");
    let body = "Oh, 5055550131. Two of us at 10:30 on 2026-11-22";
    assert_eq!(redact(body).unwrap(), "Oh, [removed]. Two of us at 10:30 on 2026-11-22");
}

proptest! {
    #[test]
    fn it_never_fails_and_never_leaves_a_plain_number(body in ".{0,60}", number in "[2-9][0-9]{9}", tail in " [a-z]{1,5}") {
        let said = redact(&format!("{body} {number}{tail}")).unwrap_or_default();
        prop_assert!(!said.contains(&number), "{}", said);
    }

    #[test]
    fn words_alone_are_left_as_they_are(body in "[b-eg-mp-z ]{0,60}") {
        prop_assert_eq!(redact(&body), None);
    }

    #[test]
    fn a_number_is_taken_out_in_any_script_and_parted_by_anything(
        number in "[2-9][0-9]{9}", zero in prop::sample::select(vec!['0', '٠', '०', '០', '๐', '၀', '０', '𝟎']),
        parting in prop::sample::select(vec!["", " ", "-", ".", "/", " · ", "🐟", ", ", "\u{200b}", " dash ", " then "]),
    ) {
        let digit = |c: char| char::from_u32(u32::from(zero) + c.to_digit(10).unwrap()).unwrap();
        let parts: Vec<String> = number.chars().map(|c| digit(c).to_string()).collect();
        prop_assert_eq!(redact(&format!("It is {}.", parts.join(parting))), Some(format!("It is {REMOVED}.")));
    }
}
