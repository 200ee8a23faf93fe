//! Sends a text that did not arrive again, once, as a new message. The old message stays as it is.

use super::plan::{Taken, Written, plan};
use super::reply::Reply;
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::store::conversations::{access, messages};
use crate::store::views::thread::timeline::REPEATS;

/// Sends what a message said once more, by `by`.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation, or it has no such message of staff;
/// [`Failure::Refused`] if that has arrived, or nothing can be sent now.
pub async fn repeat(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    message: MessageId,
) -> Result<Taken, Failure> {
    let found = {
        let mut tx = desk.store.read().await?;
        match access::viewer(&mut tx, by, conversation).await? {
            Some(_) => messages::unarrived(&mut tx, conversation, message).await?,
            None => None,
        }
    };
    let (body, failed) = found.ok_or(Failure::NotFound)?;
    if !failed {
        return Err(Failure::refused("message", "it has arrived, or is still on its way"));
    }
    // The key is the same at every press, on every page: the second press changes nothing.
    let reply = Reply { by, conversation, body, form_key: Some(format!("{REPEATS}{message}")) };
    plan(desk, Written { reply, seen: None, at: None, typed: false }).await
}
