//! What pages show, read with the reader's own rights.
//!
//! The statements themselves contain the rights, so that a page cannot show what its reader may not see.

use super::customers::CARD_HIDDEN;
use crate::domain::ids::PersonId;
use crate::domain::people::person::Role;
use crate::domain::policy::LinePolicy;

pub mod colleagues;
pub mod list;
pub mod managers;
pub mod pairs;
pub mod people;
pub mod search;
pub mod thread;

/// The places of a list of `rows` ([`crate::store::padded`]) in a statement whose first free parameter is `first`.
fn params<T>(first: usize, rows: &[T]) -> String {
    let places: Vec<String> = (first..).take(crate::store::padded(rows).count()).map(|n| format!("${n}")).collect();
    places.join(", ")
}

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub struct Viewer {
    /// The person.
    pub person: PersonId,
    /// The person's rank.
    pub role: Role,
}

impl Viewer {
    /// Managers and admins see everybody's conversations.
    #[must_use]
    pub fn sees_all(self) -> bool {
        self.role >= Role::Manager
    }

    /// What this viewer calls the customer `u` of conversation `c`: managers by the card, a rep only where the card is
    /// theirs to see.
    pub(super) fn name(self) -> String {
        if self.sees_all() {
            "u.name".to_owned()
        } else {
            format!("CASE WHEN {CARD_HIDDEN} THEN c.called ELSE u.name END")
        }
    }

    /// The condition under which this viewer sees the card of customer `u` of conversation `c`.
    pub(super) fn knows(self) -> String {
        if self.sees_all() { "1 = 1".to_owned() } else { format!("NOT {CARD_HIDDEN}") }
    }

    /// The condition under which this viewer sees conversation `c`; the person's id is parameter `$1`.
    pub(super) fn sees(self) -> &'static str {
        if self.sees_all() {
            // Uses the parameter, so that both statements are bound alike.
            "$1 <> 0"
        } else {
            "(+c.pinned_to = $1 OR (c.kind = 'support' AND +c.pinned_to IS NULL \
             AND +c.line_id IN (SELECT line_id FROM line_members WHERE person_id = $1)))"
        }
    }
}

/// A customer as everybody sees them: by name, else by the last two digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The name, if one is known.
    pub name: Option<String>,
    /// `••34`; whole where the line shows numbers, and whole for a short code or a name.
    pub masked: String,
}

impl Contact {
    /// As [`Contact::new`]; the whole number where the line's `policies` show it.
    fn on(name: Option<String>, phone: Option<&str>, policies: Option<&str>) -> Self {
        let shows = policies.and_then(|json| LinePolicy::read(json).ok()?.show_numbers).unwrap_or(false);
        let contact = Contact::new(name, phone);
        match phone.filter(|_| shows) {
            Some(phone) => Contact { masked: phone.to_owned(), ..contact },
            None => contact,
        }
    }

    fn new(name: Option<String>, phone: Option<&str>) -> Self {
        let name = name.filter(|name| !name.trim().is_empty());
        Contact { name, masked: phone.map(crate::domain::numbers::phone::masked).unwrap_or_default() }
    }

    /// It hides a number: short codes and names hide nobody.
    #[must_use]
    pub fn is_masked(&self) -> bool {
        self.masked.starts_with('•')
    }

    /// The last two digits, for readers: "number ending in 34".
    #[must_use]
    pub fn ending(&self) -> &str {
        self.masked.trim_start_matches('•')
    }

    /// Name or `••34`.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.masked)
    }
}
