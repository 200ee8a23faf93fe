//! One conversation as a page shows it: its head, what was said and done, the composer, the details beside it.

use askama::Template;

use super::composer::{Composer, Typed, shut};
use super::failure::Failure;
use super::frame::viewer;
use super::labels::Labels;
use super::marks::Marks;
use super::presences::Presence;
use super::stamp::Stamp;
use super::timeline::{self, Item, Place};
use super::travel;
use crate::desk::Desk;
use crate::desk::sessions::Who;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::store::Tx;
use crate::store::views;
use crate::store::views::details::{self, Colleague, MayText};
use crate::store::views::list::View;
use crate::store::views::thread::{self, Head};
use crate::store::views::timeline as said;

#[derive(Template)]
#[template(path = "conversations/thread.html")]
pub(super) struct Thread {
    pub(super) head: Head,
    me: PersonId,
    member: bool,
    view: View,
    items: Vec<Item>,
    older: Option<MessageId>,
    newest: bool,
    seen: i64,
    unread: Option<i64>,
    problem: Option<String>,
    presence: Presence,
    marks: Marks,
    composer: Composer,
    pub(super) details: Details,
}

impl Thread {
    /// Members of the line may take what nobody has; managers among them also what somebody has, since a rep sees
    /// nothing of others.
    fn can_claim(&self) -> bool {
        self.member && self.head.rep != Some(self.me)
    }

    fn snoozed(&self) -> Option<Stamp> {
        self.head.snoozed_until.map(Stamp)
    }

    pub(super) fn title(&self) -> &str {
        self.head.contact.shown()
    }
}

/// Another conversation with the same customer.
struct EarlierItem {
    id: ConversationId,
    at: Stamp,
    preview: String,
}

/// A leg as the page shows it.
struct LegItem {
    rep: Option<String>,
    ours: String,
    since: Stamp,
}

#[derive(Template)]
#[template(path = "conversations/details.html")]
pub(super) struct Details {
    head: Head,
    view: View,
    since: Option<Stamp>,
    legs: Vec<LegItem>,
    may_text: String,
    earlier: Vec<EarlierItem>,
    colleagues: Vec<Colleague>,
    chosen: Option<PersonId>,
    transfer_note: String,
    transfer_why: Option<String>,
    staff_out: bool,
    out: bool,
    block_reason: String,
    block_why: Option<String>,
    evidence: String,
    consent_why: Option<String>,
    labels: Labels,
}

impl Details {
    fn is_chosen(&self, other: &Colleague) -> bool {
        self.chosen == Some(other.id)
    }
}

/// What a refused form puts back onto the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Back {
    pub(super) typed: Typed,
    pub(super) problem: Option<String>,
    pub(super) chosen: Option<PersonId>,
    pub(super) transfer_note: String,
    pub(super) transfer_why: Option<String>,
    pub(super) block_reason: String,
    pub(super) block_why: Option<String>,
    pub(super) evidence: String,
    pub(super) consent_why: Option<String>,
    pub(super) label_why: Option<String>,
}

impl Back {
    /// A refusal that is told above the thread, whichever field it is about.
    pub(super) fn told(_field: &str, why: String) -> Back {
        Back { problem: Some(why), ..Back::default() }
    }
}

/// Which part of a thread is looked at, and from where.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) view: View,
    /// Only what was said before this message.
    pub(super) before: Option<i64>,
    /// The message whose way is told.
    pub(super) travel: Option<i64>,
}

/// Reads it all, if this person may see it.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such conversation for this person.
pub(super) async fn load(
    tx: &mut Tx,
    desk: &Desk,
    who: &Who,
    id: ConversationId,
    Look { view, before, travel: asked }: Look,
    back: Back,
) -> Result<Thread, Failure> {
    let viewer = viewer(who);
    let head = thread::head(tx, viewer, id).await?.ok_or(Failure::NotFound)?;
    let may_text = details::may_text(tx, &head).await?;
    let timeline = said::timeline(tx, id, MessageId(before.unwrap_or(i64::MAX))).await?;
    let older = timeline.older;
    let last = timeline.said.last().map(|said| said.id).filter(|_| before.is_none());
    let legs = details::legs(tx, id).await?;
    let shut = shut(&head, may_text, legs.iter().any(|leg| leg.rep.is_none()));
    let customer = head.contact.shown();
    let travel = match asked.map(MessageId) {
        Some(message) => {
            let found = views::travel::travel(tx, id, message).await?;
            found.map(|found| (message, travel::trace(&found, id.0, customer)))
        }
        None => None,
    };
    let said = timeline.said.iter().map(|said| said.id.0);
    let seen = said.chain(timeline.leaving.iter().map(|one| one.id.0)).max().unwrap_or(0);
    let place = Place { id, view, before, customer, open: shut.is_none(), unread_from: head.unread_from, travel };
    let items = timeline::items(timeline, &place);
    let composer = Composer::load(tx, (desk, who), &head, shut, (view, seen), back.typed).await?;
    let presence = Presence::load(tx, id, who.id, desk.clock.now()).await?;
    let earlier = details::earlier(tx, viewer, &head).await?;
    let mut colleagues = match head.line {
        Some(line) => details::colleagues(tx, line).await?,
        None => Vec::new(),
    };
    let member = colleagues.iter().any(|other| other.id == who.id);
    let marks = Marks::load(tx, who, &head, view, (last, member)).await?;
    colleagues.retain(|other| Some(other.id) != head.rep);
    let details = Details {
        since: head.customer_since.map(Stamp),
        legs: legs
            .into_iter()
            .map(|leg| LegItem { rep: leg.rep, ours: leg.ours, since: Stamp(leg.opened_at) })
            .collect(),
        may_text: told(may_text),
        earlier: earlier
            .into_iter()
            .map(|other| EarlierItem { id: other.id, at: Stamp(other.at), preview: other.preview })
            .collect(),
        colleagues,
        chosen: back.chosen,
        transfer_note: back.transfer_note,
        transfer_why: back.transfer_why,
        staff_out: matches!(may_text, MayText::OptedOutByStaff(_)),
        out: !matches!(may_text, MayText::Yes | MayText::Again(_)),
        block_reason: back.block_reason,
        block_why: back.block_why,
        evidence: back.evidence,
        consent_why: back.consent_why,
        labels: Labels::load(tx, id, view, back.label_why).await?,
        view,
        head: head.clone(),
    };
    let newest = before.is_none();
    let unread = head.unread_from.map(|from| from.0);
    Ok(Thread {
        head,
        me: who.id,
        member,
        view,
        items,
        older,
        newest,
        seen,
        unread,
        problem: back.problem,
        presence,
        marks,
        composer,
        details,
    })
}

fn told(may_text: MayText) -> String {
    match may_text {
        MayText::Yes => "Yes. Never opted out.".to_owned(),
        MayText::Again(at) => format!("Yes, opted in again on {}.", Stamp(at).day()),
        MayText::OptedOutByStaff(at) => format!("No. A colleague entered on {} that they want none.", Stamp(at).day()),
        MayText::OptedOut(at) => format!("No, opted out on {}. Only they can lift it, by START.", Stamp(at).day()),
        MayText::Blocked(at) => format!("No, this line is blocked since {}. START lifts it.", Stamp(at).day()),
    }
}
