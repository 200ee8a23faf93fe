//! Shows a customer's whole number to somebody who may see it, and writes down that it was shown.

use serde_json::json;

use super::{Desk, Failure};
use crate::domain::ids::{ConversationId, PersonId};
use crate::store::audit::{self, Entry};
use crate::store::{Job, Result, Tx, access, contacts};

/// The kind of the audit row of each look.
pub const SHOWN: &str = "number_shown";

/// The number of the customer of a conversation, for a manager or an admin. Each answer leaves one audit row.
///
/// # Errors
/// [`Failure::NotFound`] for everybody else, and where there is no customer.
pub async fn show(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<String, Failure> {
    desk.store.write(Show { desk: desk.clone(), by, conversation }).await?
}

struct Show {
    desk: Desk,
    by: PersonId,
    conversation: ConversationId,
}

impl Job for Show {
    type Out = Result<String, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        let seer = access::seer(tx, self.by, self.conversation).await?;
        if !seer.is_some_and(|seer| seer.manages) {
            return Ok(Err(Failure::NotFound));
        }
        let Some(customer) = contacts::of(tx, self.conversation).await? else { return Ok(Err(Failure::NotFound)) };
        let Some(phone) = contacts::phone(tx, customer).await? else { return Ok(Err(Failure::NotFound)) };
        let data = json!({});
        let entry = Entry {
            conversation: Some(self.conversation),
            customer: Some(customer),
            ..Entry::new(self.desk.ids.next(now), now, self.by, SHOWN, &data)
        };
        audit::record(tx, entry).await?;
        Ok(Ok(phone))
    }
}
