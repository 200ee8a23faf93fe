//! Writes what staff know of a customer. Contacts that are one person have one card and one name.

use serde_json::json;

use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::customers::contact::{Card, Wrong};
use crate::domain::ids::{ConversationId, PersonId};
use crate::domain::people::audit::Action;
use crate::store::Result;
use crate::store::conversations::access;
use crate::store::customers::contacts;
use crate::store::people::audit::{self, Entry};

/// Why a rep may not read or write the card of somebody whom only others know.
pub const HIDDEN: &str =
    "this card is shown once the customer has texted this line: until then write a note in the thread";

/// A card as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// As staff call the customer.
    pub name: String,
    /// The language in which to write to them.
    pub language: String,
    /// Tags, with commas between them.
    pub tags: String,
    /// Whatever else colleagues should know.
    pub notes: String,
    /// [`Card::version`] of what the writer saw.
    pub seen: String,
}

/// Writes the card of the customer of a conversation; the timeline tells of another name.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for a field that is too
/// long, and for `seen` if a colleague has changed the card meanwhile.
pub async fn edit(desk: &Desk, by: PersonId, conversation: ConversationId, typed: &Typed) -> Result<(), Failure> {
    let read = Card::read(&typed.name, &typed.language, &typed.tags, &typed.notes);
    let card = read.map_err(|Wrong { field, why }| Failure::refused(field, why))?;
    let seen = typed.seen.clone();
    desk.work(Edit { by, conversation, card, seen }).await
}

struct Edit {
    by: PersonId,
    conversation: ConversationId,
    card: Card,
    seen: String,
}

impl Verb for Edit {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let customer = match access::viewer(work.tx, self.by, self.conversation).await? {
            Some(viewer) if !viewer.manages && contacts::is_hidden(work.tx, self.conversation).await? => {
                return Err(Failure::refused("name", HIDDEN));
            }
            Some(_) => contacts::of(work.tx, self.conversation).await?,
            None => return Err(Failure::NotFound),
        };
        let Some(customer) = customer else {
            return Err(Failure::refused("name", "nobody in it is a customer"));
        };
        let group = contacts::hold(work.tx, &[customer]).await?.concat();
        let Some(first) = group.first().copied() else { return Err(Failure::NotFound) };
        let before = contacts::card(work.tx, first).await?;
        if before == self.card {
            return Ok(());
        }
        if before.version() != self.seen {
            let why = "a colleague has changed this contact meanwhile: look again, and save once more to keep yours";
            return Err(Failure::refused("seen", why));
        }
        contacts::write(work.tx, first, &self.card).await?;
        let data = json!({ "changed": differences(&before, &self.card) });
        let entry = Entry {
            conversation: Some(self.conversation),
            customer: Some(first),
            ..Entry::new(desk.ids.next(now), now, self.by, Action::ContactChanged, &data)
        };
        audit::record(work.tx, entry).await?;
        let mut touched = vec![self.conversation];
        if before.name != self.card.name {
            contacts::name(work.tx, &group, self.card.name.as_deref()).await?;
            let renamed = Event::Renamed { from: before.name, to: self.card.name.clone() };
            let _id = desk.ids.next(now);
            work.event(Some(self.conversation), Some(self.by), &renamed);
            touched.extend(contacts::open_conversations(work.tx, &group).await?);
        }
        let notes: Vec<_> = touched.into_iter().map(|id| (id, Changed::Conversation)).collect();
        work.note(&notes);
        Ok(())
    }
}

/// Which fields of two cards differ.
fn differences(one: &Card, other: &Card) -> Vec<&'static str> {
    [
        ("name", one.name != other.name),
        ("language", one.language != other.language),
        ("tags", one.tags != other.tags),
        ("notes", one.notes != other.notes),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}
