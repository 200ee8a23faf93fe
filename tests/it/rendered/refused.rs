//! Forms that are sent with something wrong in every field, as they come back.

use rocket::http::{Method, Status};

use super::acts::{ADA, ANA, SCRIPT, Things};
use super::gallery::Gallery;
use crate::addresses::{examples, routes};
use crate::house::House;
use crate::web::browser::Browser;

/// Sends every form of the house with nothing in it, and then those that are refused only for what is in them.
pub async fn all(house: &House, gallery: &mut Gallery, things: &Things) {
    let ada = Browser::of(house, ADA).await;
    let examples = examples(house, ANA).await;
    let mut addresses: Vec<String> =
        routes(&ada).into_iter().filter(|(method, _)| *method == Method::Post).map(|(_, address)| address).collect();
    addresses.sort();
    addresses.dedup();
    for address in addresses {
        // What does something without a word is no form that can be refused.
        if ["removal", "disabling", "enabling", "revocation", "sign-out", "closure", "withdrawal", "departure"]
            .iter()
            .any(|act| address.ends_with(act))
        {
            continue;
        }
        let answer = ada.post(&examples.fill(&address), &[]).await;
        if answer.status == Status::UnprocessableEntity && answer.header("content-type").starts_with("text/html") {
            let words: Vec<&str> = address.split(['/', '<', '>']).filter(|word| !word.is_empty()).collect();
            gallery.keeps_refusal(&words.join("-"), &answer);
        }
    }
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
        ("reply-too-long", format!("{joel}/replies"), vec![("body", "W".repeat(2000)), ("form_key", "key".to_owned())]),
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
        gallery.keeps_refusal(name, &ada.post(&path, &fields).await);
    }
}
