//! Shows a customer's whole number to somebody who may see it, and records that.

use serde_json::json;

use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, LegId, PersonId};
use crate::domain::people::audit::Action;
use crate::store::conversations::access;
use crate::store::customers::contacts;
use crate::store::people::audit::{self, Entry};
use crate::store::{Result, pairs};

/// The number of the customer of a conversation, for a manager or an admin. Each answer leaves one audit row.
///
/// # Errors
/// [`Failure::NotFound`] for everybody else, and where there is no customer.
pub async fn show(desk: &Desk, by: PersonId, conversation: ConversationId) -> Result<String, Failure> {
    desk.work(Show { by, conversation, party: None }).await
}

/// As [`show`], the number of a party of a pair, by the party's leg.
///
/// # Errors
/// [`Failure::NotFound`] for anybody but managers, or if no party of this pair has that leg.
pub async fn show_party(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    leg: LegId,
) -> Result<String, Failure> {
    desk.work(Show { by, conversation, party: Some(leg) }).await
}

struct Show {
    by: PersonId,
    conversation: ConversationId,
    party: Option<LegId>,
}

impl Verb for Show {
    type Out = String;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let viewer = access::viewer(work.tx, self.by, self.conversation).await?;
        if !viewer.is_some_and(|viewer| viewer.manages) {
            return Err(Failure::NotFound);
        }
        let (customer, phone) = match self.party {
            Some(leg) => (None, pairs::party(work.tx, self.conversation, leg).await?.map(|party| party.phone)),
            None => match contacts::of(work.tx, self.conversation).await? {
                Some(customer) => (Some(customer), contacts::phone(work.tx, customer).await?),
                None => (None, None),
            },
        };
        let Some(phone) = phone else { return Err(Failure::NotFound) };
        let data = self.party.map_or_else(|| json!({}), |leg| json!({ "leg": leg.to_string() }));
        let entry = Entry {
            conversation: Some(self.conversation),
            customer,
            ..Entry::new(work.desk.ids.next(now), now, self.by, Action::NumberShown, &data)
        };
        audit::record(work.tx, entry).await?;
        Ok(phone)
    }
}
