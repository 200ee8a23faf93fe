//! The audit, for admins: who looked at hidden data, exported something, or changed what others may do.

use askama::Template;

use crate::clock::days;
use crate::domain::people::audit::{Action, Browser, How, Origin};
use crate::domain::vocabulary::MaybeKnown;
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
    match (&row.origin, &row.actor) {
        (MaybeKnown::Known(Origin::Person), Some(name)) => name.clone(),
        (MaybeKnown::Known(Origin::Program), Some(name)) => format!("the app {name}"),
        (MaybeKnown::Known(Origin::Command), _) => "the command line".to_owned(),
        (MaybeKnown::Known(Origin::House) | MaybeKnown::Unknown(_), Some(app)) => {
            format!("the house, about the app {app}")
        }
        (MaybeKnown::Known(Origin::Person | Origin::Program | Origin::House) | MaybeKnown::Unknown(_), None) => {
            "the house".to_owned()
        }
    }
}

/// What was done, in a sentence.
fn told(row: &Audited) -> String {
    let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
    match &row.action {
        MaybeKnown::Known(action) => sentence(*action, row, &data),
        MaybeKnown::Unknown(word) => word.replace('_', " "),
    }
}

fn sentence(action: Action, row: &Audited, data: &serde_json::Value) -> String {
    match action {
        Action::Exported => {
            let form = word(data, "as").to_uppercase();
            let numbers = if data["numbers"].as_bool() == Some(true) { "with numbers" } else { "without numbers" };
            let what = if row.customer.is_some() { "everything of the customer" } else { "the conversation" };
            format!("took out {what} as {form}, {numbers}, {} messages", data["messages"])
        }
        Action::BackedUp => format!("took a copy of the whole database with all numbers, {}", held(data)),
        Action::Restored => format!("put a copy in the place of the database, {}", held(data)),
        Action::NumberShown => "looked at the number".to_owned(),
        Action::MasksOrdered => {
            let (country, each) = (word(data, "country"), word(data, "each"));
            match data["count"].as_i64() {
                Some(1) => format!("ordered 1 mask of {country}, {each} a month"),
                _ => format!("ordered {} masks of {country}, {each} a month each", data["count"]),
            }
        }
        Action::SignedIn => {
            let browser = match Browser::read(word(data, "device")) {
                Some(Browser::Known) => "a browser that was known",
                Some(Browser::New) | None => "a new browser",
            };
            format!("signed in {}, from {}, in {browser}", door(How::read(word(data, "how"))), place(data))
        }
        Action::SignedOut => format!("signed out, from {}", place(data)),
        Action::LineChanged => format!("changed a line: {}", listed(data)),
        Action::ContactChanged => format!("changed a contact: {}", listed(data)),
        Action::LabelRenamed => format!("renamed the label {} to {}", word(data, "from"), word(data, "to")),
        Action::LabelMade => format!("made the label {}", word(data, "name")),
        Action::MaskDraining => "let a mask drain".to_owned(),
        Action::MaskReactivated => "made a mask active again".to_owned(),
        // Their words say it.
        Action::AccountMoved
        | Action::CannedReplyChanged
        | Action::CannedReplyMade
        | Action::CannedReplyRemoved
        | Action::DutySet
        | Action::EndpointDeleted
        | Action::EndpointDisabled
        | Action::EndpointEnabled
        | Action::EndpointMade
        | Action::EventReplayed
        | Action::FailuresSeen
        | Action::FirstAdmin
        | Action::LimitChanged
        | Action::LineAdded
        | Action::LineJoined
        | Action::LineLeft
        | Action::LinkMade
        | Action::MaskAdded
        | Action::MaskBought
        | Action::MaskCooling
        | Action::MaskReleased
        | Action::MasksRefused
        | Action::NumberBackInService
        | Action::NumberCountryChanged
        | Action::PairClosed
        | Action::PairCompleted
        | Action::PairExtended
        | Action::PartyChanged
        | Action::PasswordSet
        | Action::PersonAdded
        | Action::PersonDisabled
        | Action::PersonEnabled
        | Action::PersonInvited
        | Action::PersonRenamed
        | Action::PhoneChanged
        | Action::PhoneCodeSent
        | Action::PhoneRemoved
        | Action::PhoneUnmuted
        | Action::RoleChanged
        | Action::ScheduleChanged
        | Action::SendingResumed
        | Action::SetupLinkMade
        | Action::TokenMade
        | Action::TokenRevoked => action.word().replace('_', " "),
    }
}

/// By which door somebody came in, in words.
fn door(how: Option<How>) -> &'static str {
    match how {
        Some(How::Link) => "by a one-time link",
        Some(How::Invitation) => "by an invitation",
        Some(How::Reset) => "by a link to choose another password",
        Some(How::Setup) => "as the first admin",
        Some(How::NewPassword) => "anew, with another password",
        Some(How::Password) | None => "by password",
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
