//! The audit, for admins: who looked at hidden data, exported something, or changed what others may do.

use askama::Template;

use crate::clock::days;
use crate::http::guards::AdminOnly;
use crate::http::page::Page;
use crate::store::views::managers::audits::{self, About, Audited, Refused};
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};

/// Who was not let in is shown for so long.
const REFUSED: std::time::Duration = days(7);

#[derive(Template)]
#[template(path = "audit/index.html")]
pub(in crate::web) struct Audits {
    frame: Frame,
    about: About,
    rows: Vec<Audited>,
    refused: Vec<Refused>,
    older: Option<i64>,
}

impl Audits {
    fn only(&self) -> String {
        let conversation = self.about.conversation.map(|id| format!("conversation={id}&"));
        let customer = self.about.customer.map(|id| format!("customer={id}&"));
        conversation.into_iter().chain(customer).collect()
    }
}

/// Who did it, in words.
fn actor(row: &Audited) -> String {
    match (row.origin.as_str(), &row.actor) {
        ("person", Some(name)) => name.clone(),
        ("program", Some(name)) => format!("the app {name}"),
        ("command", _) => "the command line".to_owned(),
        (_, Some(app)) => format!("the house, about the app {app}"),
        _ => "the house".to_owned(),
    }
}

/// What was done, in a sentence.
fn told(row: &Audited) -> String {
    let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
    match row.kind.as_str() {
        crate::desk::conversations::export::EXPORTED => {
            let form = data["as"].as_str().unwrap_or_default().to_uppercase();
            let numbers = if data["numbers"].as_bool() == Some(true) { "with numbers" } else { "without numbers" };
            let what = if row.customer.is_some() { "everything of the customer" } else { "the conversation" };
            format!("took out {what} as {form}, {numbers}, {} messages", data["messages"])
        }
        "backed_up" => format!("took a copy of the whole database with all numbers, {}", held(&data)),
        "restored" => format!("put a copy in the place of the database, {}", held(&data)),
        "number_shown" => "looked at the number".to_owned(),
        "masks_ordered" => {
            let (country, each) = (word(&data, "country"), word(&data, "each"));
            match data["count"].as_i64() {
                Some(1) => format!("ordered 1 mask of {country}, {each} a month"),
                _ => format!("ordered {} masks of {country}, {each} a month each", data["count"]),
            }
        }
        "signed_in" => {
            let how = match data["how"].as_str().unwrap_or_default() {
                "link" => "by a one-time link",
                "invitation" => "by an invitation",
                "reset" => "by a link to choose another password",
                "setup" => "as the first admin",
                "new_password" => "anew, with another password",
                _ => "by password",
            };
            let known =
                if data["device"].as_str() == Some("known") { "a browser that was known" } else { "a new browser" };
            format!("signed in {how}, from {}, in {known}", place(&data))
        }
        "signed_out" => format!("signed out, from {}", place(&data)),
        "line_changed" => format!("changed a line: {}", listed(&data)),
        "contact_changed" => format!("changed a contact: {}", listed(&data)),
        "label_renamed" => format!("renamed the label {} to {}", word(&data, "from"), word(&data, "to")),
        "label_made" => format!("made the label {}", word(&data, "name")),
        "mask_draining" => "let a mask drain".to_owned(),
        "mask_reactivated" => "made a mask active again".to_owned(),
        other => other.replace('_', " "),
    }
}

/// The text at `key`.
fn word<'a>(data: &'a serde_json::Value, key: &str) -> &'a str {
    data[key].as_str().unwrap_or_default()
}

/// What a copy of the database holds.
fn held(data: &serde_json::Value) -> String {
    let newest = data["newest"].as_str().map(|at| format!(", the newest of {at}")).unwrap_or_default();
    format!("{} messages{newest}", data["messages"])
}

/// What stands for a network address.
fn place(data: &serde_json::Value) -> String {
    match data["origin"].as_str() {
        Some("unknown") | None => "an unknown address".to_owned(),
        Some(origin) => format!("address {origin}"),
    }
}

/// What was changed.
fn listed(data: &serde_json::Value) -> String {
    let all = data["changed"].as_array().map(Vec::as_slice).unwrap_or_default();
    let words: Vec<&str> = all.iter().chain(data.get("what")).filter_map(serde_json::Value::as_str).collect();
    words.join(", ")
}

#[rocket::get("/audit?<conversation>&<customer>&<before>")]
pub(in crate::web) async fn index(
    conversation: Option<i64>,
    customer: Option<i64>,
    before: Option<i64>,
    me: AdminOnly<'_>,
) -> Result<Page<Audits>, Failure> {
    let mut tx = me.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &me.0, Here::Audit).await?;
    let about = About { conversation, customer };
    let rows = audits::list(&mut tx, about, before.unwrap_or(i64::MAX)).await?;
    let first = before.is_none() && conversation.is_none() && customer.is_none();
    let refused = if first { audits::refused(&mut tx, me.now - REFUSED).await? } else { Vec::new() };
    let full = i64::try_from(rows.len()).is_ok_and(|count| count >= audits::PAGE);
    let older = rows.last().filter(|_| full).map(|last| last.id);
    Ok(Page::ok(Audits { frame, about, rows, refused, older }))
}
