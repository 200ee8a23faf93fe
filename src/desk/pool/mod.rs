//! The pool of masks: what the traffic needs, orders and draining, and an automatic mode.
//!
//! An order is a row: the code that wants masks writes it, and a process with a carrier carries it out. So the page,
//! the command line and automatic mode work in the same way, and the next process finds a lost answer.

pub mod automatic;
pub mod buy;
pub mod drain;
pub mod measure;
pub mod missing;
pub mod order;
pub mod plan;
mod settle;
pub mod turn;

use super::authority::{self, admin};
use super::{Desk, Failure};
use crate::carrier::Setting;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{HouseEvent, Stored};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::pool::order::Origin;
use crate::store::people::acts;
use crate::store::{Result, Tx};
use crate::wire::twilio::webhook::TRY_AGAIN;

/// What our masks are called at the carrier; a number of that name whose texts are posted here was bought by us.
pub const NAME: &str = "Switchboard mask";

/// Who wants something of the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// An admin, on the web.
    Person(PersonId),
    /// Somebody who may run commands on this machine.
    Operator,
    /// The pool itself.
    Automatic,
}

impl By {
    /// Where its orders come from.
    const fn origin(self) -> Origin {
        match self {
            By::Person(_) => Origin::Person,
            By::Operator => Origin::Operator,
            By::Automatic => Origin::Automatic,
        }
    }

    fn person(self) -> Option<PersonId> {
        if let By::Person(person) = self { Some(person) } else { None }
    }

    /// A person must be an admin.
    async fn may(self, tx: &mut Tx) -> Result<(), Failure> {
        let may = match self {
            By::Person(person) => admin(tx, person).await?,
            By::Operator | By::Automatic => true,
        };
        may.then_some(()).ok_or(Failure::NotFound)
    }
}

/// Writes down what was done: an event, for a person or a command a row of their own, and word to open pages.
async fn record(work: &mut UnitOfWork<'_>, by: By, event: &HouseEvent) -> Result<()> {
    work.note(&[(ConversationId(0), Changed::Pool)]);
    if let By::Person(actor) = by {
        return authority::record_house(work, actor, event).await;
    }
    work.house_event(None, event);
    if by == By::Operator {
        let (desk, now) = (work.desk, work.now);
        acts::by_command(work.tx, (desk.ids.next(now), now), event.action(), None, &Stored::from(event).data).await?;
    }
    Ok(())
}

/// How a mask is set up at the carrier.
fn setting(desk: &Desk) -> Setting {
    Setting { name: NAME.to_owned(), inbound_url: format!("{}{TRY_AGAIN}", desk.inbound_url()) }
}
