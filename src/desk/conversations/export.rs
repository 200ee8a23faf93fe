//! Exports a conversation, or everything with a customer. Each export leaves one audit row.

use serde_json::json;

use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, CustomerId, PersonId};
use crate::domain::people::audit::Action;
use crate::store::Result;
use crate::store::conversations::access;
use crate::store::people::audit;

/// What the export contains.
#[derive(Clone, Debug)]
pub struct Export {
    /// Who takes it.
    pub by: PersonId,
    /// The conversation, or one of the customer's.
    pub conversation: ConversationId,
    /// The customer, if it is everything with them.
    pub customer: Option<CustomerId>,
    /// `html`, `csv` or `json`.
    pub form: &'static str,
    /// Whole numbers are in it.
    pub numbers: bool,
    /// How many messages.
    pub messages: usize,
}

/// Records the export; nothing may be exported before.
///
/// # Errors
/// [`Failure::NotFound`] for anybody but managers, or if there is no such conversation.
pub async fn record(desk: &Desk, export: Export) -> Result<(), Failure> {
    desk.work(Record { export }).await
}

struct Record {
    export: Export,
}

impl Verb for Record {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let Export { by, conversation, customer, form, numbers, messages } = &self.export;

        let Some(viewer) = access::viewer(work.tx, *by, *conversation).await? else {
            return Err(Failure::NotFound);
        };
        if !viewer.manages {
            return Err(Failure::NotFound);
        }
        let data = json!({ "as": form, "numbers": numbers, "messages": messages });
        let entry = audit::Entry {
            conversation: Some(*conversation),
            customer: *customer,
            ..audit::Entry::new(work.desk.ids.next(now), now, *by, Action::Exported, &data)
        };
        Ok(audit::record(work.tx, entry).await?)
    }
}
