//! The audit, for admins: who looked at hidden data, exported something, or changed what others may do.

use askama::Template;

use crate::clock::days;
use crate::domain::people::audit::{Browser, Deed, How, Origin};
use crate::domain::vocabulary::Shown;
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
        (Shown::Known(Origin::Person), Some(name)) => name.clone(),
        (Shown::Known(Origin::Program), Some(name)) => format!("the app {name}"),
        (Shown::Known(Origin::Command), _) => "the command line".to_owned(),
        (Shown::Known(Origin::House) | Shown::Unknown(_), Some(app)) => format!("the house, about the app {app}"),
        (Shown::Known(Origin::Person | Origin::Program | Origin::House) | Shown::Unknown(_), None) => {
            "the house".to_owned()
        }
    }
}

/// What was done, in a sentence.
fn told(row: &Audited) -> String {
    let data: serde_json::Value = serde_json::from_str(&row.data).unwrap_or_default();
    match &row.deed {
        Shown::Known(deed) => sentence(*deed, row, &data),
        Shown::Unknown(word) => word.replace('_', " "),
    }
}

fn sentence(deed: Deed, row: &Audited, data: &serde_json::Value) -> String {
    match deed {
        Deed::Exported => {
            let form = word(data, "as").to_uppercase();
            let numbers = if data["numbers"].as_bool() == Some(true) { "with numbers" } else { "without numbers" };
            let what = if row.customer.is_some() { "everything of the customer" } else { "the conversation" };
            format!("took out {what} as {form}, {numbers}, {} messages", data["messages"])
        }
        Deed::BackedUp => format!("took a copy of the whole database with all numbers, {}", held(data)),
        Deed::Restored => format!("put a copy in the place of the database, {}", held(data)),
        Deed::NumberShown => "looked at the number".to_owned(),
        Deed::MasksOrdered => {
            let (country, each) = (word(data, "country"), word(data, "each"));
            match data["count"].as_i64() {
                Some(1) => format!("ordered 1 mask of {country}, {each} a month"),
                _ => format!("ordered {} masks of {country}, {each} a month each", data["count"]),
            }
        }
        Deed::SignedIn => {
            let browser = match Browser::read(word(data, "device")) {
                Some(Browser::Known) => "a browser that was known",
                Some(Browser::New) | None => "a new browser",
            };
            format!("signed in {}, from {}, in {browser}", door(How::read(word(data, "how"))), place(data))
        }
        Deed::SignedOut => format!("signed out, from {}", place(data)),
        Deed::LineChanged => format!("changed a line: {}", listed(data)),
        Deed::ContactChanged => format!("changed a contact: {}", listed(data)),
        Deed::LabelRenamed => format!("renamed the label {} to {}", word(data, "from"), word(data, "to")),
        Deed::LabelMade => format!("made the label {}", word(data, "name")),
        Deed::MaskDraining => "let a mask drain".to_owned(),
        Deed::MaskReactivated => "made a mask active again".to_owned(),
        // Their words say it.
        Deed::AccountMoved
        | Deed::CannedReplyChanged
        | Deed::CannedReplyMade
        | Deed::CannedReplyRemoved
        | Deed::DutySet
        | Deed::EndpointDeleted
        | Deed::EndpointDisabled
        | Deed::EndpointEnabled
        | Deed::EndpointMade
        | Deed::EventReplayed
        | Deed::FailuresSeen
        | Deed::FirstAdmin
        | Deed::LimitChanged
        | Deed::LineAdded
        | Deed::LineJoined
        | Deed::LineLeft
        | Deed::LinkMade
        | Deed::MaskAdded
        | Deed::NumberBackInService
        | Deed::NumberCountryChanged
        | Deed::PairClosed
        | Deed::PairCompleted
        | Deed::PairExtended
        | Deed::PartyChanged
        | Deed::PasswordSet
        | Deed::PersonAdded
        | Deed::PersonDisabled
        | Deed::PersonEnabled
        | Deed::PersonInvited
        | Deed::PersonRenamed
        | Deed::PhoneChanged
        | Deed::PhoneCodeSent
        | Deed::PhoneRemoved
        | Deed::PhoneUnmuted
        | Deed::RoleChanged
        | Deed::ScheduleChanged
        | Deed::SendingResumed
        | Deed::SetupLinkMade
        | Deed::TokenMade
        | Deed::TokenRevoked => deed.word().replace('_', " "),
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
