//! Phone numbers that people type: every door reads them alike, and says of a wrong one what is wrong with it.

use rocket::http::Status;
use serde_json::json;

use switchboard::clock::minutes;
use switchboard::desk::pool::drain;
use switchboard::domain::numbers::country::Countries;
use switchboard::domain::search::number;
use switchboard::domain::setup::Setup;

use crate::api::Program;
use crate::api::pairs::{FISHER, wish};
use crate::both_stores;
use crate::house::plan::with_ada;
use crate::house::{House, Plan, mask};
use crate::search::catches_up;
use crate::web::browser::{Answer, Browser};

const ADA: &str = "ada@example.com";
const ANA: &str = "ana@example.com";

/// Every way to write one number that no door refuses, with the number that is meant.
const MEANT: [(&str, &str); 14] = [
    ("+44 (0)20 7946 0960", "+442079460960"),
    ("+33 06 12 34 56 78", "+33612345678"),
    ("+61 0412 345 678", "+61412345678"),
    ("+81-090-1234-5678", "+819012345678"),
    ("+49 (0)30 123456", "+4930123456"),
    ("+62 0812 3456 7890", "+6281234567890"),
    ("+886 0912 345 678", "+886912345678"),
    ("+39 06 698 12345", "+390669812345"),
    ("+1 505 555 0188", "+15055550188"),
    ("\u{202d}+1 (505) 555-0189\u{202c}", "+15055550189"),
    ("+1\u{2011}505\u{2011}555\u{2011}0191", "+15055550191"),
    ("\u{ff0b}1 505 555\u{a0}0192", "+15055550192"),
    ("tel:+1-505-555-0193", "+15055550193"),
    ("+١٥٠٥٥٥٥٠١٩٤", "+15055550194"),
];

/// What every door refuses, and why.
const REFUSED: [(&str, &str); 8] = [
    ("+1212555013", "is too short: 9 digits follow the country code +1, where 10 belong"),
    ("+121255501333", "is too long: 11 digits follow the country code +1, where 10 belong"),
    ("+999123456789", "here is no country code +999"),
    ("+1800555010", "is too short"),
    ("+44 20 7946 09600", "is too long"),
    ("tel:+15055550188;ext=12", "has an extension"),
    ("+1 505 KAYAKS", "has letters in it"),
    ("+1 505 555 0188, 0199", "has signs in it"),
];

/// What a page says of a number that no plan has given out.
const DOUBT: &str = "About this number: its length is right, but no such number has been given out: look for a slip.";

fn everywhere(plan: &mut Plan) {
    with_ada(plan);
    plan.policies.support.countries = Countries::All;
    plan.policies.api.countries = Countries::All;
}

async fn starts(house: &House, browser: &Browser, phone: &str) -> Answer {
    let line = house.number("SELECT MAX(id) FROM lines").await.to_string();
    let key = browser.get("/conversations/new").await.field("form_key");
    browser
        .post("/conversations", &[("line", &line), ("phone", phone), ("name", ""), ("body", ""), ("form_key", &key)])
        .await
}

/// What a set-up file with this number as a mask, a line and a phone says.
fn mistakes(number: &str) -> Vec<String> {
    let person = "[[person]]\nemail = \"cleo@example.com\"\n";
    let files = [
        format!("[[mask]]\nnumber = \"{number}\""),
        format!("[[line]]\nnumber = \"{number}\""),
        format!("{person}phone = \"{number}\""),
    ];
    files.iter().flat_map(|file| file.parse::<Setup>().err().unwrap_or_default()).map(|one| one.to_string()).collect()
}

both_stores! {
    async fn every_door_reads_a_number_alike(house: everywhere) {
        let (ana, ada, program) = (Browser::of(house, ANA).await, Browser::of(house, ADA).await, Program::of(house).await);
        for (n, (typed, meant)) in MEANT.into_iter().enumerate() {
            let shown = typed.escape_unicode().to_string();
            assert_eq!(starts(house, &ana, typed).await.status, Status::SeeOther, "{shown}");
            assert_eq!(house.rows(&format!("customers WHERE phone = '{meant}'")).await, 1, "{shown}");
            catches_up(house).await;
            let found = number::typed(typed).unwrap();
            assert_eq!(house.rows(&format!("customer_words WHERE word = '#{found}'")).await, 1, "{shown} is searched for");
            assert!(mistakes(typed).is_empty(), "{shown}: {:?}", mistakes(typed));
            let setup: Setup = format!("[[mask]]\nnumber = \"{typed}\"").parse().unwrap();
            assert_eq!(setup.masks[0].number.value, meant);
            let line = format!("/lines/{}/preview", house.number("SELECT MAX(id) FROM lines").await);
            let ending = format!("••{}", &meant[meant.len() - 2..]);
            ada.post(&line, &[("field[customer]", typed)]).await.shows(&[&ending]);
            let mut pair = wish(&format!("bait-{n}"));
            pair["parties"][1]["phone"] = json!(typed);
            // A party abroad may find no mask of its country: then it was read, and the answer says so.
            let opened = program.post("pairs", &pair).await;
            assert!(opened.status == 201 || opened.json()["code"] == "pool_exhausted", "{shown}: {opened:?}");
            if opened.status == 201 {
                assert_eq!(opened.json()["parties"][1]["phone"], meant);
                let query: String = form_urlencoded::byte_serialize(typed.as_bytes()).collect();
                let listed = program.get(&format!("pairs?phone={query}")).await.json();
                assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{shown}");
            }
            let sent = ada.post("/me/code", &[("field[phone]", typed)]).await;
            assert_eq!(sent.status, Status::SeeOther, "{shown}: {}", sent.body);
            house.runs_due_work().await;
            house.clock.pass(minutes(20));
        }
        house.runs_due_work().await;
        let added = ada.post("/lines", &[("field[number]", "\u{202a}+1 (207) 555-0100\u{202c}"), ("field[name]", "Moorings")]).await;
        assert_eq!(added.status, Status::SeeOther);
        assert_eq!(house.rows("numbers WHERE number = '+12075550100' AND role = 'line'").await, 1);
        let short = ada.post("/lines", &[("field[number]", "７２３４５"), ("field[name]", "Short")]).await;
        assert_eq!((short.status, house.rows("numbers WHERE number = '72345'").await), (Status::SeeOther, 1));
        let typed = mask(3).replacen("+1", "+1 (", 1);
        assert!(drain::by_number(&house.desk, &format!("{}) {}", &typed[..7], &typed[7..])).await.is_ok(), "{typed}");
    }

    async fn every_door_refuses_what_no_number_can_be_and_says_why(house: everywhere) {
        let (ana, ada, program) = (Browser::of(house, ANA).await, Browser::of(house, ADA).await, Program::of(house).await);
        let line = format!("/lines/{}/preview", house.number("SELECT MAX(id) FROM lines").await);
        for (typed, why) in REFUSED {
            let refusals = [
                starts(house, &ana, typed).await,
                ada.post("/me/code", &[("field[phone]", typed)]).await,
                ada.post("/lines", &[("field[number]", typed), ("field[name]", "X")]).await,
                ada.post(&line, &[("field[customer]", typed)]).await,
            ];
            for refused in refusals {
                assert_eq!(refused.status, Status::UnprocessableEntity, "{typed}");
                refused.shows(&[why]);
            }
            let said = mistakes(typed);
            assert!(said.len() == 3 && said.iter().all(|one| one.contains(why)), "{typed}: {said:?}");
            let mut pair = wish("bait-1");
            pair["parties"][0]["phone"] = json!(typed);
            let problem = program.post("pairs", &pair).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["pointer"], "/parties/0/phone");
            assert!(problem["errors"][0]["detail"].as_str().unwrap().contains(why), "{problem}");
        }
        assert_eq!(house.rows("conversations").await + house.rows("customers").await + house.rows("pairs").await, 0);
        assert_eq!(house.rows("numbers WHERE number LIKE '%800555010'").await, 0);
        // What was stored before such numbers were refused is found by them.
        let id = program.opens(&wish("bait-2")).await;
        house.phone_was_taken_as(FISHER, "+1212555013").await;
        assert_eq!(program.get("pairs?phone=%2B1212555013").await.json()["data"][0]["id"], id);
        let blank = program.get("pairs?phone=+15055550131").await.problem(422, "refused");
        assert!(blank["errors"][0]["detail"].as_str().unwrap().contains("%2B"), "{blank}");
    }

    async fn a_number_without_a_country_code_is_one_of_the_lines_country(house: everywhere) {
        let (ana, ada) = (Browser::of(house, ANA).await, Browser::of(house, ADA).await);
        for (typed, meant) in [("505 555 0188", "+15055550188"), ("1 (505) 555-0189", "+15055550189"), ("011 44 20 7946 0960", "+442079460960")] {
            assert_eq!(starts(house, &ana, typed).await.status, Status::SeeOther, "{typed}");
            assert_eq!(house.rows(&format!("customers WHERE phone = '{meant}'")).await, 1, "{typed}");
        }
        starts(house, &ana, "555 0188").await.shows(&["The area code is missing"]);
        house.line_gets("country = \"GB\"").await;
        for (typed, meant) in [("020 7946 0961", "+442079460961"), ("07700 900123", "+447700900123"), ("0044 20 7946 0962", "+442079460962")] {
            assert_eq!(starts(house, &ana, typed).await.status, Status::SeeOther, "{typed}");
            assert_eq!(house.rows(&format!("customers WHERE phone = '{meant}'")).await, 1, "{typed}");
        }
        let line = format!("/lines/{}/preview", house.number("SELECT MAX(id) FROM lines").await);
        ada.post(&line, &[("field[customer]", "07700 900124")]).await.shows(&["••24"]);
        // A short code says nothing of a country.
        house.line_is_a_short_code("72345").await;
        starts(house, &ana, "505 555 0190").await.shows(&["The country code is missing"]);
    }

    /// A number that nobody has is taken, and the page that comes next says so.
    async fn a_number_that_nobody_has_is_taken_with_a_warning_on_the_next_page(house: everywhere) {
        let (ana, ada) = (Browser::of(house, ANA).await, Browser::of(house, ADA).await);
        for (typed, doubted) in [("+447700900123", true), ("+442079460960", false)] {
            let begun = starts(house, &ana, typed).await;
            assert_eq!(begun.status, Status::SeeOther, "{typed}");
            let place = begun.header("location").split('#').next().unwrap().to_owned();
            assert_eq!(ana.get(&place).await.body.contains(DOUBT), doubted, "{typed}");
            // Whoever has texted has the number, whatever the plan says.
            house.phone(typed).texts("It is me").await;
            ana.get(&place).await.hides(&[DOUBT]);
        }
        let ana_is = house.person(ANA).await;
        for (who, page, form) in [
            (&ada, "/me".to_owned(), "/me/code".to_owned()),
            (&ada, format!("/people/{ana_is}"), format!("/people/{ana_is}/code")),
        ] {
            who.get(&page).await.hides(&[DOUBT]);
            assert_eq!(who.post(&form, &[("field[phone]", "+447700900124")]).await.status, Status::SeeOther);
            who.get(&page).await.shows(&[DOUBT, "A code was texted to"]);
            house.runs_due_work().await;
            house.clock.pass(minutes(20));
        }
        for (typed, doubted) in [("+447700900125", true), ("+12075550100", false), ("72345", false)] {
            let added = ada.post("/lines", &[("field[number]", typed), ("field[name]", typed)]).await;
            assert_eq!(added.status, Status::SeeOther, "{typed}");
            let place = added.header("location").split('#').next().unwrap().to_owned();
            assert_eq!(ada.get(&place).await.body.contains(DOUBT), doubted, "{typed}");
        }
    }

    async fn what_carriers_deliver_is_not_judged(house) {
        for number in ["+1212555013", "+999123456789", "+121255501333"] {
            house.phone(number).texts("hello").await;
        }
        assert_eq!(house.rows("customers").await, 3);
    }
}

#[test]
fn a_set_up_file_warns_of_numbers_that_nobody_has() {
    let setup: Setup = "[[mask]]\nnumber = \"+18005550111\"\n[[mask]]\nnumber = \"+447700900123\"".parse().unwrap();
    let doubts: Vec<String> = setup.doubts.iter().map(ToString::to_string).collect();
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(doubts[0].starts_with("line 4, column 10: number: its length is right"), "{doubts:?}");
}
