//! The virtual phones: whose they are, whether they are switched on, and which of our numbers they have blocked.
//!
//! The carrier stores the blocks, as a real one does: our own ledgers only mirror them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Whose phone it is; decides only where the page shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhoneKind {
    /// Somebody who texts a line.
    #[default]
    Customer,
    /// Somebody who answers.
    Rep,
    /// Somebody in a pair.
    Party,
}

/// A virtual phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VirtualPhone {
    /// E.164.
    pub number: String,
    /// Whose it is, for people.
    pub label: String,
    /// In which column of the page it stands.
    pub kind: PhoneKind,
    /// Switched off: texts to it end as undelivered, 30003.
    pub off: bool,
}

/// A word that a carrier acts on (Twilio's documentation). Read here and not by the domain's rules: a carrier that shared
/// our reading could not show us where we are wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Stop,
    Start,
    Help,
}

impl Word {
    /// The whole message must be the one word.
    pub(super) fn read(body: &str) -> Option<Self> {
        match body.trim().to_ascii_uppercase().as_str() {
            "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT" => Some(Word::Stop),
            "START" | "UNSTOP" | "YES" => Some(Word::Start),
            "HELP" | "INFO" => Some(Word::Help),
            _ => None,
        }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Phones {
    all: Vec<VirtualPhone>,
    place: BTreeMap<String, usize>,
    /// (phone, our number).
    blocked: BTreeSet<(String, String)>,
}

impl Phones {
    pub(super) fn all(&self) -> &[VirtualPhone] {
        &self.all
    }

    pub(super) fn find(&self, number: &str) -> Option<&VirtualPhone> {
        self.place.get(number).map(|&at| &self.all[at])
    }

    /// Adds a phone, or renames the one with that number.
    pub(super) fn introduce(&mut self, number: &str, label: &str, kind: PhoneKind) {
        if let Some(&at) = self.place.get(number) {
            label.clone_into(&mut self.all[at].label);
            self.all[at].kind = kind;
        } else {
            self.place.insert(number.to_owned(), self.all.len());
            self.all.push(VirtualPhone { number: number.to_owned(), label: label.to_owned(), kind, off: false });
        }
    }

    /// Switches a phone off or on, if there is one.
    pub(super) fn switch(&mut self, number: &str, off: bool) {
        if let Some(&at) = self.place.get(number) {
            self.all[at].off = off;
        }
    }

    pub(super) fn is_off(&self, number: &str) -> bool {
        self.find(number).is_some_and(|phone| phone.off)
    }

    /// The person on `phone` no longer wants texts from `ours`, or wants them again; whether that is a change.
    pub(super) fn block(&mut self, phone: &str, ours: &str, blocked: bool) -> bool {
        let pair = (phone.to_owned(), ours.to_owned());
        if blocked { self.blocked.insert(pair) } else { self.blocked.remove(&pair) }
    }

    pub(super) fn is_blocked(&self, phone: &str, ours: &str) -> bool {
        !self.blocked.is_empty() && self.blocked.contains(&(phone.to_owned(), ours.to_owned()))
    }

    /// Forgets all blocks and switches every phone on; the phones stay.
    pub(super) fn reset(&mut self) {
        self.blocked.clear();
        for phone in &mut self.all {
            phone.off = false;
        }
    }
}
