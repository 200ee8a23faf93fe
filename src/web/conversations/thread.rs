//! One conversation as a page shows it: its head, its timeline, the composer, the details beside it.

use askama::Template;
use futures_util::future::BoxFuture;

use super::composer::{Composer, Typed, shut};
use super::details::Details;
use super::marks::Marks;
use super::presences::Presence;
use super::timeline::{self, Item, Place};
use super::travel;
use crate::clock::At;
use crate::domain::ids::{ConversationId, LegId, MessageId, PersonId};
use crate::domain::message::Author;
use crate::http::guards::Visit;
use crate::store::views::list::View;
use crate::store::views::pairs::PairRow;
use crate::store::views::thread::{self, Head, details, past, timeline as said};
use crate::store::{Tx, lines, views};
use crate::web::page::failure::Failure;
use crate::web::page::frame::viewer;
use crate::web::page::refused::Refused;
use crate::web::page::stamp::{Left, Stamp};
use crate::web::page::words::doubtful;

#[derive(Template)]
#[template(path = "conversations/thread.html")]
pub(in crate::web) struct Thread {
    pub(in crate::web) head: Head,
    me: PersonId,
    member: bool,
    view: View,
    items: Vec<Item>,
    /// The conversations in the timeline, so that a change of any of them is shown.
    of: String,
    older: Option<MessageId>,
    newest: bool,
    seen: i64,
    unread: Option<i64>,
    problem: Option<String>,
    /// What is to be known of the customer's number, as long as no text has come from it.
    doubt: Option<String>,
    presence: Presence,
    marks: Marks,
    composer: Composer,
    pub(in crate::web) details: Details,
    now: At,
}

impl Thread {
    /// Members of the line may take what nobody has; managers among them also what somebody has, since a rep sees
    /// nothing of others.
    fn can_claim(&self) -> bool {
        self.member && self.head.rep != Some(self.me)
    }

    /// How long a pair has.
    fn left(&self, pair: &PairRow) -> Left {
        Left::of(pair.term().ends_at, self.now)
    }

    /// What is new is on this page, for one link to lead there.
    fn shows_unread(&self) -> bool {
        self.unread.is_some() && self.newest
    }

    fn snoozed(&self) -> Option<Stamp> {
        self.head.snoozed_until.map(Stamp)
    }

    pub(in crate::web) fn title(&self) -> &str {
        self.head.contact.shown()
    }
}

/// What a refused form puts back onto the page.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct Back {
    pub(in crate::web) typed: Typed,
    pub(in crate::web) problem: Option<String>,
    /// A form beside the thread.
    pub(in crate::web) beside: Refused,
    /// The customer's number, for the answer that shows it; a party's with their leg.
    pub(in crate::web) number: Option<(Option<LegId>, String)>,
    /// Why a label was refused.
    pub(in crate::web) label_why: Option<String>,
}

impl Back {
    /// A refusal that is told above the thread, whichever field it is about.
    pub(in crate::web) fn told(_field: &str, why: String) -> Back {
        Back { problem: Some(why), ..Back::default() }
    }

    /// A refusal of a form beside the thread: told there, and above the thread, which is what a phone shows.
    pub(in crate::web) fn beside(refused: Refused) -> Back {
        Back { problem: Some(refused.why.clone()), beside: refused, ..Back::default() }
    }
}

/// Which part of a thread is looked at, and from where.
#[derive(Clone, Copy)]
pub(in crate::web) struct Look {
    pub(in crate::web) view: View,
    /// Only what was said before this message.
    pub(in crate::web) before: Option<i64>,
    /// The message whose way is told.
    pub(in crate::web) travel: Option<i64>,
}

/// Reads it all, if this person may see it.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such conversation for this person.
pub(in crate::web) fn load<'a>(
    tx: &'a mut Tx,
    visit: &'a Visit<'_>,
    id: ConversationId,
    look: Look,
    back: Back,
) -> BoxFuture<'a, Result<Thread, Failure>> {
    Box::pin(read(tx, visit, id, look, back))
}

async fn read(
    tx: &mut Tx,
    visit: &Visit<'_>,
    id: ConversationId,
    Look { view, before, travel: asked }: Look,
    back: Back,
) -> Result<Thread, Failure> {
    let (who, now) = (&visit.who, visit.now);
    let viewer = viewer(who);
    let head = thread::head(tx, viewer, id).await?.ok_or(Failure::NotFound)?;
    let may_text = details::may_text(tx, &head).await?;
    let from = MessageId(before.unwrap_or(i64::MAX));
    let parts = past::together(tx, viewer, &head, from).await?;
    let ids: Vec<ConversationId> = parts.iter().map(|part| part.id).collect();
    let timeline = said::timeline(tx, id, &ids, from).await?;
    let wrote = timeline.older.is_some()
        || before.is_some()
        || timeline.said.iter().any(|said| said.author == Author::Customer);
    let doubt = head.doubt.filter(|_| !wrote).map(doubtful);
    let of = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let older = timeline.older;
    let last = timeline.said.iter().rev().find(|said| said.conversation == id);
    let last = last.map(|said| said.id).filter(|_| before.is_none());
    let shut = shut(&head, may_text, details::is_connected(tx, id).await?);
    let customer = head.contact.shown();
    let travel = match asked.map(MessageId) {
        Some(message) => {
            let found = views::thread::travel::travel(tx, id, message).await?;
            found.map(|found| (message, travel::trace(&found, id.0, customer)))
        }
        None => None,
    };
    let said = timeline.said.iter().filter(|said| said.conversation == id).map(|said| said.id.0);
    let seen = said.chain(timeline.leaving.iter().map(|one| one.id.0)).max().unwrap_or(0);
    let (contact, unread_from, open) = (&head.contact, head.unread_from, shut.is_none());
    let of_pair = head.pair.is_some();
    let place = Place { id, view, before, contact, parts: &parts, open, of_pair, unread_from, travel };
    let items = timeline::items(timeline, &place);
    let composer = Composer::load(tx, visit, (&head, shut), (view, seen), back.typed).await?;
    let presence = Presence::load(tx, id, who.id, now).await?;
    let member = match head.line {
        Some(line) => lines::is_member(tx, line, who.id).await?,
        None => false,
    };
    let marks = Marks::load(tx, who, &head, view, (last, member)).await?;
    let beside = (back.beside, back.number, back.label_why);
    let details = Details::load(tx, visit, &head, view, beside).await?;
    let newest = before.is_none();
    let unread = head.unread_from.map(|from| from.0);
    Ok(Thread {
        head,
        me: who.id,
        member,
        view,
        items,
        of,
        older,
        newest,
        seen,
        unread,
        problem: back.problem,
        doubt,
        presence,
        marks,
        composer,
        details,
        now,
    })
}
