//! Forms that are sent with something wrong in every field, as they come back.

use std::collections::BTreeSet;

use rocket::http::{Method, Status};
use switchboard::desk::replies::reply::LONGEST;

use super::acts::{ADA, ANA, SCRIPT, Things};
use super::gallery::Gallery;
use crate::addresses::{examples, name, of_method};
use crate::house::House;
use crate::web::browser::Browser;

/// What does something without a word is no form that can be refused.
const WORDLESS: [&str; 8] =
    ["removal", "disabling", "enabling", "revocation", "sign-out", "closure", "withdrawal", "departure"];

/// Sends every form of the house with nothing in it, and then those that are refused only for what is in them.
pub async fn all(house: &House, gallery: &mut Gallery, things: &Things) {
    let ada = Browser::of(house, ADA).await;
    let examples = examples(house, ANA).await;
    let mut acts = BTreeSet::from(WORDLESS);
    for address in of_method(&ada, Method::Post) {
        if let Some(act) = WORDLESS.iter().find(|act| address.ends_with(*act)) {
            acts.remove(act);
            continue;
        }
        let answer = ada.post(&examples.fill(&address), &[]).await;
        if answer.status == Status::UnprocessableEntity && answer.header("content-type").starts_with("text/html") {
            gallery.keeps_refusal(&name(&address), &answer);
        }
    }
    assert!(acts.is_empty(), "no address ends in {acts:?}");
    let joel = format!("/conversations/{}", things.joel);
    let line = house.number("SELECT MIN(id) FROM lines").await;
    for (name, path, fields) in [
        ("block-too-long", format!("{joel}/block"), vec![("reason", "W".repeat(501))]),
        ("merge-with-nobody", format!("{joel}/merge"), vec![("with", SCRIPT.to_owned())]),
        ("merge-with-one-of-two", format!("{joel}/merge"), vec![("with", "Twin <&>".to_owned())]),
        ("snooze-until-never", format!("{joel}/snooze"), vec![("until", SCRIPT.to_owned())]),
        ("transfer-to-nobody", format!("{joel}/pin"), vec![("to", SCRIPT.to_owned()), ("note", SCRIPT.to_owned())]),
        (
            "reply-later-than-ever",
            format!("{joel}/replies"),
            vec![
                ("body", SCRIPT.to_owned()),
                ("form_key", "key".to_owned()),
                ("time.later", "at".to_owned()),
                ("time.at", "never".to_owned()),
            ],
        ),
        (
            "reply-too-long",
            format!("{joel}/replies"),
            vec![("body", "W".repeat(LONGEST + 1)), ("form_key", "key".to_owned())],
        ),
        ("line-name-empty", format!("/lines/{line}/name"), vec![("field[name]", String::new())]),
        (
            "person-known",
            "/people".to_owned(),
            vec![
                ("field[email]", "<x>".to_owned()),
                ("field[name]", "W".repeat(61)),
                ("field[role]", "king".to_owned()),
            ],
        ),
        ("label-known", "/labels".to_owned(), vec![("name", "refund".to_owned())]),
        (
            "canned-wrong",
            "/canned".to_owned(),
            vec![
                ("owner", "mine".to_owned()),
                ("shortcut", "two <words>".to_owned()),
                ("body", "{nothing}".to_owned()),
            ],
        ),
        ("sign-in-wrong", "/sign-in".to_owned(), vec![("email", SCRIPT.to_owned()), ("password", "x".to_owned())]),
    ] {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut answer = ada.post(&path, &fields).await;
        answer.body = answer.body.replace(&"W".repeat(LONGEST + 1), "(a text that is too long)");
        assert!(answer.status.code >= 400, "{name} was not refused");
        gallery.keeps_refusal(name, &answer);
    }
}
