//! Finds the words in place of what cannot be relayed of a text that is received, and the words that tell its sender.

use super::Inbound;
use crate::desk::outbox::notice::{Whose, say};
use crate::desk::outbox::unsaid::{Unsaid, what};
use crate::domain::leg::Role;
use crate::domain::numbers::phone::masked;
use crate::domain::words::files::Files;
use crate::domain::words::text::Wording;
use crate::store::routing::routes::{Conversation, LiveLeg};
use crate::store::{Result, Tx};

/// A text that is about to be relayed by the leg `from`: what it leaves unsaid, and what its sender is told of that,
/// if anything.
pub(in crate::desk) async fn of_text(
    tx: &mut Tx,
    conversation: &Conversation,
    from: &LiveLeg,
    text: &Inbound,
) -> Result<Option<(Unsaid, Option<String>)>> {
    let (whose, files) = (Whose::In(conversation.id), Files::Of(text.media_types()));
    let Some(unsaid) = Unsaid::of(tx, whose, &text.body, &files).await? else { return Ok(None) };
    let what = what(&files);
    let told = match (from.role, files.are_none()) {
        (Role::Rep, true) => Some(say(tx, whose, Wording::EmptyNotSent, &[]).await?),
        (Role::Rep, false) => {
            let customer = conversation.customer_phone.as_deref().map(masked).unwrap_or_default();
            let values = [("customer", customer.as_str()), ("what", what.as_str())];
            Some(say(tx, whose, Wording::MediaNotSent, &values).await?)
        }
        // That it was empty is passed on.
        (Role::Customer | Role::Party, true) => None,
        (Role::Customer | Role::Party, false) => Some(say(tx, whose, Wording::WordsOnly, &[("what", &what)]).await?),
    };
    Ok(Some((unsaid, told)))
}
