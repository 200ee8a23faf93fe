//! Set-up files, right and wrong.

use super::{Place, Setup};
use crate::domain::people::person::Role;

const GOOD: &str = r#"
[[line]]
number = "+18005550100"
name = "Bait and Tackle"
members = ["Ana@Example.com", "bo@example.com"]

[[mask]]
number = "+18005550111"

[[person]]
email = "ana@example.com"
name = "Ana"
role = "rep"              # rep, manager, admin
phone = "+15055550121"    # optional
limit = 50                # open conversations, optional
"#;

#[test]
fn a_file_is_read_with_its_places() {
    let setup: Setup = GOOD.parse().unwrap();
    let [line] = &setup.lines[..] else { panic!("{setup:?}") };
    assert_eq!((line.number.value.as_str(), line.number.place), ("+18005550100", Place { line: 3, column: 10 }));
    let members: Vec<_> = line.members.iter().flatten().map(|member| member.value.as_str()).collect();
    assert_eq!(members, ["ana@example.com", "bo@example.com"]);
    let [ana] = &setup.people[..] else { panic!("{setup:?}") };
    assert_eq!((ana.role, ana.limit), (Some(Role::Rep), Some(Some(50))));
    assert_eq!(ana.phone.clone().unwrap().unwrap().value.as_str(), "+15055550121");
}

#[test]
fn what_is_not_mentioned_stays_apart_from_what_is_taken_away() {
    let setup: Setup = "[[person]]\nemail = \"ana@example.com\"".parse().unwrap();
    assert_eq!((&setup.people[0].phone, setup.people[0].limit), (&None, None));
    let taken = "[[person]]\nemail = \"ana@example.com\"\nphone = \"\"\nlimit = \"none\"\n[[line]]\nnumber = \"72345\"";
    let setup: Setup = taken.parse().unwrap();
    assert_eq!((&setup.people[0].phone, setup.people[0].limit), (&Some(None), Some(None)));
    assert_eq!(setup.lines[0].members, None);
    assert_eq!("".parse(), Ok(Setup::default()));
}

fn mistakes(text: &str) -> Vec<String> {
    text.parse::<Setup>().unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn every_mistake_names_its_line_and_column() {
    let person = "[[person]]\nemail = \"ana@example.com\"\n";
    for (text, said) in [
        ("[[line]\nnumber = 1", "line 1, column 8: "),
        ("[[lime]]\nnumber = \"+18005550100\"", "line 1, column 3: unknown field `lime`"),
        ("[[line]]\nname = \"Bait\"", "line 1, column 1: missing field `number`"),
        (
            "[[line]]\nnumber = \"+18005550100\"\nname = \"B\\u0000t\"",
            "line 3, column 10: leave out the character U+0000",
        ),
        (
            "[[line]]\nnumber = \"+18005550100\"\n\"\\U00000000\" = 1",
            "line 3, column 2: leave out the character U+0000",
        ),
        ("[[line]]\nnumber = 18005550100", "line 2, column 10: invalid type: integer"),
        ("[[line]]\n number = \"800 555 0100\"", "line 2, column 11: number: the country code is missing"),
        ("[[mask]]\nnumber = \"72345\"", "line 2, column 10: number: the country code is missing"),
        ("[[mask]]\nnumber = \"+18005550111\"\ncountry = \"usa\"", "line 3, column 11: country: write two capital"),
        ("[[line]]\nnumber = \"72345\"\nmembers = [\"é\", \"ana\"]", "line 3, column 17: members: write an e-mail"),
        (&format!("{person}role = \"boss\""), "line 3, column 8: role: `boss` is none; write rep, manager or admin"),
        (&format!("{person}phone = \"5055550121\""), "line 3, column 9: phone: the country code is missing"),
        (&format!("{person}limit = 0"), "line 3, column 9: limit: write a whole number from 1 on"),
        (&format!("{person}limit = \"many\""), "line 3, column 9: limit: write a whole number from 1 on"),
        (&format!("{person}name = \"\""), "line 3, column 8: name: it has 0 characters"),
        (&format!("{person}nmae = \"Ana\""), "line 3, column 1: unknown field `nmae`"),
        (&format!("{person}duty = \"off\""), "line 3, column 8: duty: `off` is none; write one of on, away, away_re"),
        (&format!("{person}schedule = \"mornings\""), "line 3, column 12: schedule: write { zone = "),
        (&format!("{person}schedule = {{ mon = \"9:00-12:00\" }}"), "line 3, column 12: schedule: its zone is missing"),
        (&format!("{person}schedule = {{ zone = \"UTC\" }}"), "line 3, column 12: schedule: no day has hours"),
        (&format!("{person}days_off = [\"2027-02-30\"]"), "line 3, column 13: days_off: `2027-02-30` is no date"),
    ] {
        let found = mistakes(text);
        assert!(found.iter().any(|one| one.starts_with(said)), "{text}\n  {found:?}");
    }
}

#[test]
fn things_that_cannot_be_twice_are_told_where_they_stand_first() {
    let text = r#"
[[line]]
number = "+18005550100"
members = ["ana@example.com", "ANA@example.com"]
[[mask]]
number = "+18005550100"
[[person]]
email = "ana@example.com"
phone = "+18005550100"
[[person]]
email = "Ana@example.com"
phone = "+15055550121"
[[person]]
email = "bo@example.com"
phone = "+15055550121"
"#;
    assert_eq!(
        mistakes(text),
        [
            "line 4, column 31: members: ana@example.com is listed twice; keep one",
            "line 6, column 10: number: it is a line already, at line 3; a number is one line or one mask",
            "line 9, column 9: phone: it is a mask at line 6; write the person's own phone",
            "line 11, column 9: email: this person stands at line 8 already; keep one",
            "line 15, column 9: phone: it is ana@example.com's already; a phone belongs to one person",
        ]
    );
}

const LINE: &str = "[[line]]\nnumber = \"+18005550100\"\n";

#[test]
fn hours_holidays_policies_and_texts_are_read() {
    let text = format!(
        "{LINE}hours = {{ zone = \"America/New_York\", mon-fri = [\"9:00-12:00\", \"13:00-17:00\"], sat = \"22:00-6:00\" }}
holidays = [\"12-25\", \"2026-12-24 9:00-12:00\"]
policies = {{ pick = \"least_busy\", idle_close = \"usual\", show_numbers = true }}
texts = {{ greeting = \"Welcome to {{line}}.\", ended = \"usual\" }}"
    );
    let setup: Setup = text.parse().unwrap();
    let week = setup.lines[0].week.over(None).unwrap().unwrap();
    assert_eq!(
        week.to_string(),
        "mon-fri 09:00-12:00, 13:00-17:00, sat 22:00-06:00 (America/New_York; holidays 12-25, 2026-12-24 09:00-12:00)"
    );
    let policies: Vec<_> = setup.lines[0].policies.iter().map(|(key, to)| (key.word(), to.as_deref())).collect();
    assert_eq!(policies, [("idle_close", None), ("pick", Some("least_busy")), ("show_numbers", Some("true"))]);
    let texts: Vec<_> = setup.lines[0].texts.iter().map(|(text, to)| (text.name(), to.as_deref())).collect();
    assert_eq!(texts, [("ended", None), ("greeting", Some("Welcome to {line}."))]);
}

#[test]
fn every_mistake_in_the_rules_of_a_line_names_its_place() {
    for (rules, said) in [
        (
            "hours = { zone = \"UTC\", mon-fry = \"9:00-17:00\" }",
            "line 3, column 25: hours: mon-fry: `mon-fry` is no day",
        ),
        ("hours = { zone = \"UTC\", mon = \"9-17\" }", "line 3, column 31: hours: mon: `9-17` is no span of hours"),
        ("hours = { zone = \"UTC\", mon = 9 }", "line 3, column 31: hours: mon: write it in quotes"),
        ("hours = { zone = \"Ohio\", mon = \"9:00-17:00\" }", "line 3, column 18: hours: zone: `Ohio` is no time zone"),
        (
            "hours = { zone = \"UTC\", mon-fri = \"9:00-17:00\", tue = \"9:00-12:00\" }",
            "line 3, column 55: hours: tue: tue has",
        ),
        ("hours = 9", "line 3, column 9: invalid type: integer"),
        ("holidays = [\"25 Dec\"]", "line 3, column 13: holidays: `25` is no date"),
        ("holidays = [\"12-25\", \"12-25 9:00-12:00\"]", "line 3, column 22: holidays: 12-25 is given twice"),
        (
            "policies = { pic = \"random\" }",
            "line 3, column 14: policies: `pic` is no policy of a line; they are pick,",
        ),
        ("policies = { pick = \"best\" }", "line 3, column 21: policies: pick: `best` is no way to pick"),
        ("policies = { idle_close = 72 }", "line 3, column 27: policies: idle_close: write a whole number and a unit"),
        ("policies = { show_numbers = \"maybe\" }", "line 3, column 29: policies: show_numbers: write true or false"),
        (
            "texts = { greting = \"Hi\" }",
            "line 3, column 11: texts: `greting` is no text of the system; they are greeting,",
        ),
        (
            "texts = { moved = \"{nmae} has it\" }",
            "line 3, column 19: texts: moved: `{nmae}` is no field of this text; its only",
        ),
        ("texts = { moved = \"\" }", "line 3, column 19: texts: moved: it is empty"),
    ] {
        let found = mistakes(&format!("{LINE}{rules}"));
        assert!(found.iter().any(|one| one.starts_with(said)), "{rules}\n  {found:?}");
    }
}
