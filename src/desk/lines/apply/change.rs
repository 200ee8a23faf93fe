//! One change that a set-up file makes, and how it is reported.

use std::fmt;

use crate::domain::numbers::phone::{Phone, masked};
use crate::domain::people::audit::Action;
use crate::domain::people::person::{Duty, Role};
use crate::domain::policy::Key;
use crate::domain::time::hours::Hours;
use crate::domain::words::text::Wording;

/// One change; people by e-mail address, numbers by E.164.
#[expect(missing_docs, reason = "the fields are named for what they hold: whose, from what, to what")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Somebody new.
    NewPerson(NewPerson),
    /// Another name.
    RenamePerson { email: String, from: String, to: String },
    /// Another rank.
    Role { email: String, from: Role, to: Role },
    /// Another phone, or none.
    Phone { email: String, from: Option<String>, to: Option<Phone> },
    /// Another limit of open conversations, or none.
    Limit { email: String, from: Option<i64>, to: Option<i64> },
    /// Another week of work, or none.
    Schedule { email: String, from: Option<Hours>, to: Option<Hours> },
    /// Another duty.
    Duty { email: String, from: Duty, to: Duty },
    /// Disabled, or enabled again.
    Disabled { email: String, disabled: bool },
    /// A new published number.
    NewLine { number: String, name: String, country: Option<String> },
    /// A line's other name.
    RenameLine { number: String, from: String, to: String },
    /// Other hours of a line, or none.
    LineHours { line: String, from: Option<Hours>, to: Option<Hours> },
    /// Another policy of a line's own, or none.
    Policy { line: String, key: Key, from: Option<String>, to: Option<String> },
    /// Other words of a line's own, or none.
    Text { line: String, wording: Wording, from: Option<String>, to: Option<String> },
    /// A new member of the pool.
    NewMask { number: String, country: Option<String> },
    /// A number's other country.
    Country { number: String, from: Option<String>, to: Option<String> },
    /// A number that had been released is ours again.
    BackInService { number: String },
    /// A new member of a line.
    Join { line: String, email: String },
    /// A member who leaves a line.
    Leave { line: String, email: String },
}

/// Somebody new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Lower case.
    pub email: String,
    /// As colleagues see it.
    pub name: String,
    /// Rank.
    pub role: Role,
    /// Where texts go.
    pub phone: Option<Phone>,
    /// Most open conversations at once.
    pub limit: Option<i64>,
}

impl Change {
    /// What the audit calls it.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Change::NewPerson(_) => Action::PersonAdded,
            Change::RenamePerson { .. } => Action::PersonRenamed,
            Change::Role { .. } => Action::RoleChanged,
            Change::Phone { to: None, .. } => Action::PhoneRemoved,
            Change::Phone { .. } => Action::PhoneChanged,
            Change::Limit { .. } => Action::LimitChanged,
            Change::Schedule { .. } => Action::ScheduleChanged,
            Change::Duty { .. } => Action::DutySet,
            Change::Disabled { disabled: true, .. } => Action::PersonDisabled,
            Change::Disabled { .. } => Action::PersonEnabled,
            Change::NewLine { .. } => Action::LineAdded,
            Change::RenameLine { .. } | Change::LineHours { .. } | Change::Policy { .. } | Change::Text { .. } => {
                Action::LineChanged
            }
            Change::NewMask { .. } => Action::MaskAdded,
            Change::Country { .. } => Action::NumberCountryChanged,
            Change::BackInService { .. } => Action::NumberBackInService,
            Change::Join { .. } => Action::LineJoined,
            Change::Leave { .. } => Action::LineLeft,
        }
    }

    /// Whom it is about: an e-mail address.
    pub(super) fn person(&self) -> Option<&str> {
        match self {
            Change::NewPerson(person) => Some(&person.email),
            Change::RenamePerson { email, .. }
            | Change::Role { email, .. }
            | Change::Phone { email, .. }
            | Change::Limit { email, .. }
            | Change::Schedule { email, .. }
            | Change::Duty { email, .. }
            | Change::Disabled { email, .. }
            | Change::Join { email, .. }
            | Change::Leave { email, .. } => Some(email),
            _ => None,
        }
    }

    /// Which number it is about.
    pub(super) fn number(&self) -> Option<&str> {
        match self {
            Change::NewLine { number, .. }
            | Change::RenameLine { number, .. }
            | Change::NewMask { number, .. }
            | Change::Country { number, .. }
            | Change::BackInService { number }
            | Change::LineHours { line: number, .. }
            | Change::Policy { line: number, .. }
            | Change::Text { line: number, .. }
            | Change::Join { line: number, .. }
            | Change::Leave { line: number, .. } => Some(number),
            _ => None,
        }
    }

    /// What of it was changed, where its kind does not say so.
    pub(super) fn detail(&self) -> Option<String> {
        match self {
            Change::RenameLine { .. } => Some("name".to_owned()),
            Change::LineHours { .. } => Some("hours".to_owned()),
            Change::Policy { key, .. } => Some(key.word().to_owned()),
            Change::Text { wording, .. } => Some(format!("text {}", wording.name())),
            Change::Role { from, to, .. } => Some(format!("{from} to {to}")),
            Change::Duty { to, .. } => Some(to.word().to_owned()),
            _ => None,
        }
    }
}

impl fmt::Display for Change {
    /// One line: `+` for what comes, `~` for what changes, `-` for what goes. People's phones show two digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::NewPerson(person) => {
                write!(f, "+ person {} \"{}\", {}", person.email, person.name, person.role)?;
                if let Some(phone) = &person.phone {
                    write!(f, ", phone {}", phone.masked())?;
                }
                person.limit.map_or(Ok(()), |limit| write!(f, ", limit {limit}"))
            }
            Change::RenamePerson { email, from, to } => write!(f, "~ person {email}: name \"{from}\" → \"{to}\""),
            Change::Role { email, from, to } => write!(f, "~ person {email}: role {from} → {to}"),
            Change::Phone { email, from, to } => {
                let (from, to) = (from.as_deref().map(masked), to.as_ref().map(Phone::masked));
                write!(f, "~ person {email}: phone {} → {}", or_none(from), or_none(to))
            }
            Change::Limit { email, from, to } => {
                write!(f, "~ person {email}: limit {} → {}", or_none(*from), or_none(*to))
            }
            Change::Schedule { email, from, to } => {
                write!(f, "~ person {email}: schedule {} → {}", or_always(from.as_ref()), or_always(to.as_ref()))
            }
            Change::Duty { email, from, to } => {
                write!(f, "~ person {email}: duty {} → {}", from.word(), to.word())
            }
            Change::Disabled { email, disabled: true } => write!(f, "~ person {email}: disabled"),
            Change::Disabled { email, disabled: false } => write!(f, "~ person {email}: enabled"),
            Change::NewLine { number, name, country } => {
                write!(f, "+ line {number} {name}{}", in_country(country.as_deref()))
            }
            Change::RenameLine { number, from, to } => write!(f, "~ line {number}: name \"{from}\" → \"{to}\""),
            Change::LineHours { line, from, to } => {
                write!(f, "~ line {line}: hours {} → {}", or_always(from.as_ref()), or_always(to.as_ref()))
            }
            Change::Policy { line, key, from, to } => {
                let words = |one: &Option<String>| one.clone().unwrap_or_else(|| "usual".to_owned());
                write!(f, "~ line {line}: {key} {} → {}", words(from), words(to))
            }
            Change::Text { line, wording, from, to } => {
                write!(f, "~ line {line}: text {} {} → {}", wording.name(), or_usual(from), or_usual(to))
            }
            Change::NewMask { number, country } => write!(f, "+ mask {number}{}", in_country(country.as_deref())),
            Change::Country { number, from, to } => {
                write!(f, "~ number {number}: country {} → {}", or_none(from.as_ref()), or_none(to.as_ref()))
            }
            Change::BackInService { number } => write!(f, "~ number {number}: back in service"),
            Change::Join { line, email } => write!(f, "+ member {email} of line {line}"),
            Change::Leave { line, email } => write!(f, "- member {email} of line {line}"),
        }
    }
}

fn or_none<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

fn or_always(hours: Option<&Hours>) -> String {
    hours.map_or_else(|| "always".to_owned(), ToString::to_string)
}

#[expect(clippy::ref_option, reason = "it is what a change holds")]
fn or_usual(body: &Option<String>) -> String {
    body.as_ref().map_or_else(|| "usual".to_owned(), |body| format!("\"{}\"", body.escape_debug()))
}

fn in_country(country: Option<&str>) -> String {
    country.map(|country| format!(" ({country})")).unwrap_or_default()
}
