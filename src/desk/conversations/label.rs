//! Labels: managers make and rename them; everybody who sees a conversation puts them on it.

use crate::desk::authority;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{Event, HouseEvent, Labelling};
use crate::domain::ids::{ConversationId, LabelId, PersonId};
use crate::domain::people::person::Role;
use crate::domain::words::name;
use crate::store::conversations::access;
use crate::store::conversations::labels::{self, Label};
use crate::store::{Result, people};

/// The longest name, in characters.
pub const LONGEST: usize = 40;

/// Makes a label, or gives `label` another name.
///
/// # Errors
/// [`Failure::NotFound`] unless a manager asks, and where there is no such label; [`Failure::Refused`] for the field
/// `name`.
pub async fn name(desk: &Desk, by: PersonId, label: Option<LabelId>, name: &str) -> Result<(), Failure> {
    let name = name::one_line(name);
    if name.is_empty() {
        return Err(Failure::refused("name", "write a name first"));
    }
    if name.chars().count() > LONGEST {
        return Err(Failure::refused("name", format!("the name is longer than {LONGEST} characters: shorten it")));
    }
    if name.chars().any(char::is_control) {
        return Err(Failure::refused("name", "the name has characters that cannot be shown: write plain words"));
    }
    desk.work(Naming { by, label, name }).await
}

struct Naming {
    by: PersonId,
    label: Option<LabelId>,
    name: String,
}

impl Verb for Naming {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now) = (work.desk, work.now);
        let manages = people::by_id(work.tx, self.by).await?.is_some_and(|by| !by.disabled && by.role >= Role::Manager);
        let all = labels::all(work.tx).await?;
        let before = self.label.and_then(|id| all.iter().find(|label| label.id == id));
        if !manages || (self.label.is_some() && before.is_none()) {
            return Err(Failure::NotFound);
        }
        let folded = name::key(&self.name);
        let same = |other: &&Label| name::key(&other.name) == folded && Some(other.id) != self.label;
        if let Some(other) = all.iter().find(same) {
            let why = format!("there is a label \u{201c}{}\u{201d} already: choose another name", other.name);
            return Err(Failure::refused("name", why));
        }
        let event = match before {
            Some(label) if label.name == self.name => return Ok(()),
            Some(label) => {
                labels::rename(work.tx, label.id, &self.name).await?;
                HouseEvent::LabelRenamed { from: label.name.clone(), to: self.name.clone() }
            }
            None => {
                labels::insert(work.tx, LabelId(desk.ids.next(now)), &self.name, now).await?;
                HouseEvent::LabelMade { name: self.name.clone() }
            }
        };
        authority::record_house(work, self.by, &event).await?;
        Ok(())
    }
}

/// Puts a label on a conversation, or takes it off. What is so already stays so.
///
/// # Errors
/// [`Failure::NotFound`] where the person may not see the conversation; [`Failure::Refused`] for the field `label`.
pub async fn put(
    desk: &Desk,
    by: PersonId,
    conversation: ConversationId,
    label: LabelId,
    on: bool,
) -> Result<(), Failure> {
    desk.work(Put { by, conversation, label, on }).await
}

struct Put {
    by: PersonId,
    conversation: ConversationId,
    label: LabelId,
    on: bool,
}

impl Verb for Put {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let Some((conversation, _)) = access::conversation(work.tx, self.by, self.conversation).await? else {
            return Err(Failure::NotFound);
        };
        let Some(label) = labels::all(work.tx).await?.into_iter().find(|label| label.id == self.label) else {
            return Err(Failure::refused("label", "there is no such label: choose another one"));
        };
        let labelling = Labelling { label: label.id, name: label.name };
        let (changed, event) = if self.on {
            (labels::put_on(work.tx, conversation.id, label.id, self.by, now).await?, Event::Labelled(labelling))
        } else {
            (labels::take_off(work.tx, conversation.id, label.id).await?, Event::Unlabelled(labelling))
        };
        if changed {
            work.event(Some(conversation.id), Some(self.by), &event);
            work.note(&[(conversation.id, Changed::Conversation)]);
        }
        Ok(())
    }
}
