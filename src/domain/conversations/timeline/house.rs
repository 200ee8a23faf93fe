//! The events that concern no conversation: people, lines, labels and the pool of masks. No thread shows them.

use serde::{Deserialize, Serialize};

use super::id;
use super::parts::OfMask;
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::people::audit::Action;
use crate::domain::people::person::Duty;

/// Something that happened to no conversation. It is stored beside [`super::Event`], in the same form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum HouseEvent {
    /// A person takes customers or does not.
    #[serde(rename = "duty")]
    DutySet {
        /// Who.
        #[serde(with = "id")]
        person: PersonId,
        /// Their duty before.
        from: Duty,
        /// Their duty now.
        to: Duty,
    },
    /// A person may sign in again.
    Enabled {
        /// Who.
        #[serde(with = "id")]
        person: PersonId,
    },
    /// A person may sign in no more.
    Disabled {
        /// Who.
        #[serde(with = "id")]
        person: PersonId,
    },
    /// A number is a line.
    LineAdded {
        /// Which.
        #[serde(with = "id")]
        line: NumberId,
    },
    /// A line has other rules, texts or members.
    LineChanged {
        /// Which.
        #[serde(with = "id")]
        line: NumberId,
        /// What was changed.
        changed: Vec<String>,
    },
    /// There is another label.
    LabelMade {
        /// What it says.
        name: String,
    },
    /// A label says something else.
    LabelRenamed {
        /// What it said.
        from: String,
        /// What it says.
        to: String,
    },
    /// Masks were ordered.
    MasksOrdered {
        /// Of which country.
        country: String,
        /// How many.
        count: i64,
        /// What each costs a month.
        each: String,
    },
    /// The carrier had none.
    MasksRefused {
        /// Of which country.
        country: String,
        /// Why, in words for people.
        why: String,
    },
    /// The carrier gave us a mask.
    MaskBought {
        /// Which.
        #[serde(with = "id")]
        mask: NumberId,
        /// Of which country.
        country: String,
    },
    /// A mask gets no new legs.
    MaskDraining(OfMask),
    /// A mask gets new legs again.
    MaskReactivated(OfMask),
    /// A mask has no legs any more.
    MaskCooling(OfMask),
    /// A mask was given back to the carrier.
    MaskReleased(OfMask),
}

impl HouseEvent {
    /// What the audit calls it.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            HouseEvent::DutySet { .. } => Action::DutySet,
            HouseEvent::Enabled { .. } => Action::PersonEnabled,
            HouseEvent::Disabled { .. } => Action::PersonDisabled,
            HouseEvent::LineAdded { .. } => Action::LineAdded,
            HouseEvent::LineChanged { .. } => Action::LineChanged,
            HouseEvent::LabelMade { .. } => Action::LabelMade,
            HouseEvent::LabelRenamed { .. } => Action::LabelRenamed,
            HouseEvent::MasksOrdered { .. } => Action::MasksOrdered,
            HouseEvent::MasksRefused { .. } => Action::MasksRefused,
            HouseEvent::MaskBought { .. } => Action::MaskBought,
            HouseEvent::MaskDraining(_) => Action::MaskDraining,
            HouseEvent::MaskReactivated(_) => Action::MaskReactivated,
            HouseEvent::MaskCooling(_) => Action::MaskCooling,
            HouseEvent::MaskReleased(_) => Action::MaskReleased,
        }
    }
}
