//! The inbox: views, list, thread, details; and the parts of it that a page fetches again by itself.

use askama::Template;
use rocket::State;
use rocket::request::FromParam;

use super::composer::{Composer, Typed};
use super::failure::Failure;
use super::frame::{Frame, Here, viewer};
use super::stamp::Stamp;
use super::timeline::{self, Item};
use crate::desk::Desk;
use crate::desk::sessions::Who;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::http::Site;
use crate::http::guards::Signed;
use crate::http::page::Page;
use crate::store::views::details::{self, Colleague, MayText};
use crate::store::views::list::{self, Counts, Cursor, View};
use crate::store::views::thread::{self, Head};
use crate::store::views::{Contact, timeline as said};
use crate::store::{self, Tx};

/// A conversation's number in an address; anything else names none that exists.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub ConversationId);

impl<'a> FromParam<'a> for Number {
    type Error = std::convert::Infallible;

    fn from_param(text: &'a str) -> Result<Self, Self::Error> {
        Ok(Number(ConversationId(text.parse().unwrap_or(0))))
    }
}

/// The view that an address names; all open conversations if it names none.
#[must_use]
pub fn view_of(word: Option<&str>) -> View {
    word.and_then(View::read).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "conversations/inbox.html")]
pub(super) struct Inbox {
    frame: Frame,
    list: List,
    thread: Option<Thread>,
}

/// A row of the list as the page shows it.
struct RowItem {
    id: ConversationId,
    contact: Contact,
    line: String,
    rep: Option<String>,
    at: Stamp,
    waiting_since: Option<Stamp>,
    paused: bool,
    preview: String,
}

#[derive(Template)]
#[template(path = "conversations/list.html")]
pub(super) struct List {
    view: View,
    rows: Vec<RowItem>,
    next: Option<Cursor>,
    after: Option<Cursor>,
    first: bool,
    current: Option<ConversationId>,
    count: Option<i64>,
    now: Stamp,
}

impl List {
    async fn load(tx: &mut Tx, who: &Who, shown: Shown<'_>, counts: Counts, now: Stamp) -> store::Result<Self> {
        let Shown { view, after, current } = shown;
        let view = view_of(view);
        let after = after.and_then(Cursor::read);
        let page = list::list(tx, viewer(who), view, after.unwrap_or(Cursor::START)).await?;
        let rows = page
            .rows
            .into_iter()
            .map(|row| RowItem {
                id: row.id,
                contact: row.contact,
                line: row.line,
                rep: row.rep,
                at: Stamp(row.at),
                waiting_since: row.waiting_since.map(Stamp),
                paused: row.paused_at.is_some(),
                preview: row.preview,
            })
            .collect();
        Ok(List { view, rows, next: page.next, after, first: after.is_none(), current, count: counts.of(view), now })
    }

    fn is_current(&self, row: &RowItem) -> bool {
        self.current == Some(row.id)
    }

    /// The address of this list alone.
    fn address(&self) -> String {
        let after = self.after.map(|after| format!("&after={after}")).unwrap_or_default();
        let current = self.current.map(|id| format!("&current={id}")).unwrap_or_default();
        format!("/conversations/list?view={}{after}{current}", self.view.word())
    }
}

/// Which list stands beside what.
#[derive(Clone, Copy)]
struct Shown<'a> {
    view: Option<&'a str>,
    after: Option<&'a str>,
    current: Option<ConversationId>,
}

#[derive(Template)]
#[template(path = "conversations/thread.html")]
pub(super) struct Thread {
    head: Head,
    claimable: bool,
    view: View,
    items: Vec<Item>,
    older: Option<MessageId>,
    newest: bool,
    problem: Option<String>,
    composer: Composer,
    details: Details,
}

impl Thread {
    fn title(&self) -> &str {
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
}

async fn load_thread(
    tx: &mut Tx,
    desk: &Desk,
    who: &Who,
    id: ConversationId,
    (view, before): (View, Option<i64>),
    back: Back,
) -> Result<Thread, Failure> {
    let viewer = viewer(who);
    let head = thread::head(tx, viewer, id).await?.ok_or(Failure::NotFound)?;
    let may_text = details::may_text(tx, &head).await?;
    let timeline = said::timeline(tx, id, MessageId(before.unwrap_or(i64::MAX))).await?;
    let older = timeline.older;
    let items = timeline::items(timeline, head.contact.shown());
    let composer = Composer::new(&head, may_text, view, desk.chance.token::<16>(), back.typed);
    let legs = details::legs(tx, id).await?;
    let earlier = details::earlier(tx, viewer, &head).await?;
    let mut colleagues = match head.line {
        Some(line) => details::colleagues(tx, line).await?,
        None => Vec::new(),
    };
    colleagues.retain(|other| Some(other.id) != head.rep);
    // Only a member can have it: a button that is always refused is worse than none.
    let claimable = colleagues.iter().any(|other| other.id == who.id);
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
        view,
        head: head.clone(),
    };
    let newest = before.is_none();
    Ok(Thread { head, claimable, view, items, older, newest, problem: back.problem, composer, details })
}

fn told(may_text: MayText) -> String {
    match may_text {
        MayText::Yes => "Yes. Never opted out.".to_owned(),
        MayText::Again(at) => format!("Yes, opted in again on {}.", Stamp(at).day()),
        MayText::OptedOut(at) => format!("No, opted out on {}. Only they can lift it, by START.", Stamp(at).day()),
        MayText::Blocked(at) => format!("No, this line is blocked since {}. START lifts it.", Stamp(at).day()),
    }
}

/// The page with a conversation; after a refused form, with what was typed.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such conversation for this person.
pub(super) async fn page(
    desk: &Desk,
    site: &Site,
    who: Who,
    id: ConversationId,
    view: Option<&str>,
    before: Option<i64>,
    back: Back,
) -> Result<Inbox, Failure> {
    let mut tx = desk.store.read().await?;
    let now = desk.clock.now();
    let shown = Shown { view, after: None, current: Some(id) };
    let thread = load_thread(&mut tx, desk, &who, id, (view_of(view), before), back).await?;
    let frame = Frame::load(&mut tx, who.clone(), Here::View(view_of(view)), site, now).await?;
    let list = List::load(&mut tx, &who, shown, frame.counts, Stamp(now)).await?;
    Ok(Inbox { frame, list, thread: Some(thread) })
}

#[rocket::get("/conversations?<view>&<after>")]
pub(super) async fn index(
    view: Option<&str>,
    after: Option<&str>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Result<Page<Inbox>, Failure> {
    let mut tx = desk.store.read().await?;
    let now = desk.clock.now();
    let frame = Frame::load(&mut tx, me.0.clone(), Here::View(view_of(view)), site, now).await?;
    let shown = Shown { view, after, current: None };
    let list = List::load(&mut tx, &me.0, shown, frame.counts, Stamp(now)).await?;
    Ok(Page::ok(Inbox { frame, list, thread: None }))
}

#[rocket::get("/conversations/<id>?<view>&<before>", rank = 2)]
pub(super) async fn show(
    id: Number,
    view: Option<&str>,
    before: Option<i64>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Result<Page<Inbox>, Failure> {
    page(desk, site, me.0, id.0, view, before, Back::default()).await.map(Page::ok)
}

/// Views and list, for a page that fetches them again.
#[derive(Template)]
#[template(source = "{{ frame|safe }}{{ list|safe }}", ext = "html")]
pub(super) struct ListPart {
    frame: Frame,
    list: List,
}

#[rocket::get("/conversations/list?<view>&<after>&<current>")]
pub(super) async fn list_part(
    view: Option<&str>,
    after: Option<&str>,
    current: Option<i64>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Result<Page<ListPart>, Failure> {
    let mut tx = desk.store.read().await?;
    let now = desk.clock.now();
    let frame = Frame::load(&mut tx, me.0.clone(), Here::View(view_of(view)), site, now).await?;
    let shown = Shown { view, after, current: current.map(ConversationId) };
    let list = List::load(&mut tx, &me.0, shown, frame.counts, Stamp(now)).await?;
    Ok(Page::ok(ListPart { frame, list }))
}

/// Thread and details, for a page that fetches them again.
#[derive(Template)]
#[template(source = "{{ thread|safe }}{{ thread.details|safe }}", ext = "html")]
pub(super) struct ThreadPart {
    thread: Thread,
}

#[rocket::get("/conversations/<id>/thread?<view>&<before>")]
pub(super) async fn thread_part(
    id: Number,
    view: Option<&str>,
    before: Option<i64>,
    me: Signed,
    desk: &State<Desk>,
) -> Result<Page<ThreadPart>, Failure> {
    let mut tx = desk.store.read().await?;
    let thread = load_thread(&mut tx, desk, &me.0, id.0, (view_of(view), before), Back::default()).await?;
    Ok(Page::ok(ThreadPart { thread }))
}
