//! Merges two contacts of one person, and separates them again. Every conversation, leg and text keeps its phone: only
//! what people see is one.

use super::contact::HIDDEN;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, CustomerId, PersonId};
use crate::domain::people::person::Role;
use crate::store::Result;
use crate::store::conversations::access;
use crate::store::customers::contacts;
use crate::store::views::Viewer;
use crate::store::views::thread::namesakes::{self, Namesake};

/// Puts the customer of `conversation` together with another, who is named, or whose conversation's number is given as
/// `#1042`. The person who merges them must see a conversation of both. Afterwards both have one card and one name, those of the
/// customer of `conversation` first.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `with` if it
/// names nobody, several, or the same person.
pub async fn merge(desk: &Desk, by: PersonId, conversation: ConversationId, with: &str) -> Result<(), Failure> {
    desk.work(Merge { by, conversation, with: with.trim().to_owned() }).await
}

struct Merge {
    by: PersonId,
    conversation: ConversationId,
    with: String,
}

/// The conversation whose number `text` is: `#1042` or `1042`.
#[must_use]
pub fn numbered(text: &str) -> Option<ConversationId> {
    text.trim().trim_start_matches('#').parse().ok().map(ConversationId)
}

impl Verb for Merge {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (here, there) = self.both(work).await?;
        let held = contacts::hold(work.tx, &[here.1, there.1]).await?;
        let [ours, theirs] = held.as_slice() else { return Err(Failure::NotFound) };
        if ours == theirs {
            return Err(Failure::refused("with", "that is the same contact already"));
        }
        let both: Vec<CustomerId> = ours.iter().chain(theirs).copied().collect();
        let (Some(first), Some(second)) = (ours.first(), theirs.first()) else { return Err(Failure::NotFound) };
        let (card, other) = (contacts::card(work.tx, *first).await?, contacts::card(work.tx, *second).await?);
        let one = card.with(&other);
        contacts::join(work.tx, *first, theirs, card.name.is_none().then_some(*second)).await?;
        contacts::write(work.tx, *first, &one).await?;
        contacts::name(work.tx, &both, one.name.as_deref()).await?;
        tell(work, (|with| Event::Merged { with }, self.by), (here.0, there.0), &both).await?;
        Ok(())
    }
}

/// A conversation and its customer.
type Known = (ConversationId, CustomerId);

impl Merge {
    /// The two conversations and their customers, as far as the person may see them.
    async fn both(&self, work: &mut UnitOfWork<'_>) -> Result<(Known, Known), Failure> {
        let Some(viewer) = access::viewer(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        let Some(customer) = contacts::of(work.tx, self.conversation).await? else {
            return Err(Failure::refused("with", "nobody in it is a customer"));
        };
        if !viewer.manages && contacts::is_hidden(work.tx, self.conversation).await? {
            return Err(Failure::refused("with", HIDDEN));
        }
        let here = (self.conversation, customer);
        let nobody = || {
            let why = "nobody whom you may see is called so: write a name, or a conversation's number such as #1042";
            Err(Failure::refused("with", why))
        };
        if let Some(number) = numbered(&self.with) {
            let allowed = match access::viewer(work.tx, self.by, number).await? {
                Some(other) => other.manages || !contacts::is_hidden(work.tx, number).await?,
                None => false,
            };
            let customer = if allowed { contacts::of(work.tx, number).await? } else { None };
            return customer.map_or_else(nobody, |customer| Ok((here, (number, customer))));
        }
        let role = if viewer.manages { Role::Manager } else { Role::Rep };
        let found = namesakes::called(work.tx, Viewer { person: self.by, role }, &self.with, customer).await?;
        let mut exact = found.iter().filter(|one| one.is_called(&self.with));
        match (exact.next(), exact.next()) {
            (Some(Namesake { conversation, customer, .. }), None) => Ok((here, (*conversation, *customer))),
            _ if found.is_empty() => nobody(),
            _ => Err(Failure::refused("with", "choose which one you mean")),
        }
    }
}

/// Writes what was done into the timelines of both, and has all that show one of the names look again.
async fn tell(
    work: &mut UnitOfWork<'_>,
    (event, by): (fn(ConversationId) -> Event, PersonId),
    (here, there): (ConversationId, ConversationId),
    group: &[CustomerId],
) -> Result<()> {
    for (of, with) in [(here, there), (there, here)] {
        work.event(Some(of), Some(by), &event(with));
    }
    let open = contacts::open_conversations(work.tx, group).await?;
    let notes: Vec<_> = open.into_iter().chain([here, there]).map(|id| (id, Changed::Conversation)).collect();
    work.note(&notes);
    Ok(())
}

/// Takes apart what was put together: `contact` goes its own way again, or, if it is the one who stands for all, the
/// customer of `conversation` does. The person who separates them must see a conversation of both.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `contact` if
/// they may not see the other, or both are not together.
pub async fn separate(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    contact: CustomerId,
) -> Result<(), Failure> {
    desk.work(Separate { by, conversation, contact }).await
}

struct Separate {
    by: PersonId,
    conversation: ConversationId,
    contact: CustomerId,
}

impl Verb for Separate {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let Some(viewer) = access::viewer(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        // Unknown contacts and those of others look the same.
        let strange = || Err(Failure::refused("contact", "this contact is not together with that one"));
        let Some(customer) = contacts::of(work.tx, self.conversation).await? else { return strange() };
        let viewer = Viewer { person: self.by, role: if viewer.manages { Role::Manager } else { Role::Rep } };
        let there = namesakes::newest(work.tx, viewer, self.contact).await?;
        let group = contacts::hold(work.tx, &[customer]).await?.concat();
        let (Some(there), true) = (there, group.contains(&self.contact) && customer != self.contact) else {
            return strange();
        };
        let leaving = if group.first() == Some(&self.contact) { customer } else { self.contact };
        contacts::leave(work.tx, leaving).await?;
        tell(work, (|with| Event::Separated { with }, self.by), (self.conversation, there), &group).await?;
        Ok(())
    }
}
