//! The inbox: views, list, thread, details; and the parts of it that a page fetches again by itself.

pub mod composer;
pub(in crate::web) mod details;
pub mod events;
pub mod forms;
pub(in crate::web) mod labels;
pub mod list;
pub(in crate::web) mod marks;
pub(in crate::web) mod parties;
pub(in crate::web) mod presences;
pub(in crate::web) mod thread;
pub mod timeline;
pub(in crate::web) mod travel;
pub(in crate::web) mod views;

use askama::Template;
use rocket::request::FromParam;
use rocket::{Route, routes};
use rocket_db_pools::Connection;

use super::page::failure::Failure;
use super::page::frame::{Frame, Here};
use crate::desk::Desk;
use crate::domain::ids::{ConversationId, MessageId};
use crate::http::db::Db;
use crate::http::guards::{Signed, Visit};
use crate::http::page::Page;
use crate::store::views::list::Which;
use crate::store::views::thread::timeline as said;
use list::{List, Shown};
use thread::{Back, Look, Thread};

/// Lists, threads, and what is done there.
#[must_use]
pub(in crate::web) fn routes() -> Vec<Route> {
    routes![
        index,
        list_part,
        show,
        thread_part,
        forms::replies::create,
        forms::replies::again,
        forms::planned::withdraw,
        forms::planned::depart,
        forms::planned::move_to,
        forms::counts::create,
        forms::drafts::create,
        presences::show,
        presences::create,
        forms::notes::create,
        forms::pins::create,
        forms::closures::create,
        forms::marks::read,
        forms::marks::mend,
        forms::labels::put_on,
        forms::labels::take_off,
        forms::labels::index,
        forms::labels::create,
        forms::labels::rename,
        forms::snoozes::create,
        forms::snoozes::delete,
        forms::starts::form,
        forms::starts::create,
        forms::consents::create,
        forms::consents::settle,
        views::index,
    ]
}

/// A conversation's number in an address; anything else names none that exists.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub ConversationId);

impl<'a> FromParam<'a> for Number {
    type Error = std::convert::Infallible;

    fn from_param(text: &'a str) -> Result<Self, Self::Error> {
        Ok(Number(ConversationId(text.parse().unwrap_or(0))))
    }
}

#[derive(Template)]
#[template(path = "conversations/inbox.html")]
pub(super) struct Inbox {
    frame: Frame,
    list: List,
    thread: Option<Thread>,
}

/// The page with a conversation; after a refused form, with what was typed.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such conversation for this person.
pub(super) async fn page(
    visit: Visit<'_>,
    (id, shown): (ConversationId, Shown<'_>),
    (before, travel): (Option<i64>, Option<i64>),
    back: Back,
) -> Result<Inbox, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let look = Look { view: shown.view(), before, travel };
    let thread = thread::load(&mut tx, &visit, id, look, back).await?;
    let frame = Frame::load(&mut tx, &visit, Here::View(shown.view())).await?;
    let list = List::load(&mut tx, &visit, &frame, shown, (Some(id), false)).await?;
    Ok(Inbox { frame, list, thread: Some(thread) })
}

#[rocket::get("/conversations?<shown..>")]
pub(super) async fn index(shown: Shown<'_>, me: Signed<'_>, mut db: Connection<Db>) -> Result<Page<Inbox>, Failure> {
    let frame = Frame::load(&mut db, &me.0, Here::View(shown.view())).await?;
    let list = List::load(&mut db, &me.0, &frame, shown, (None, false)).await?;
    Ok(Page::ok(Inbox { frame, list, thread: None }))
}

/// The message before which a page ends: the one that was asked for, or one that shows `at` among its neighbours.
async fn end(desk: &Desk, id: ConversationId, before: Option<i64>, at: Option<i64>) -> Result<Option<i64>, Failure> {
    let Some(at) = at.filter(|_| before.is_none()) else { return Ok(before) };
    let mut tx = desk.store.read().await?;
    Ok(said::page_with(&mut tx, id, MessageId(at)).await?.map(|message| message.0))
}

#[rocket::get("/conversations/<id>?<before>&<travel>&<at>&<shown..>", rank = 2)]
pub(super) async fn show(
    id: Number,
    before: Option<i64>,
    travel: Option<i64>,
    at: Option<i64>,
    shown: Shown<'_>,
    me: Signed<'_>,
) -> Result<Page<Inbox>, Failure> {
    let before = end(me.desk, id.0, before, at).await?;
    page(me.0, (id.0, shown), (before, travel), Back::default()).await.map(Page::ok)
}

/// Views and list, for a page that fetches them again.
#[derive(Template)]
#[template(source = "{{ frame|safe }}{{ list|safe }}", ext = "html")]
pub(super) struct ListPart {
    frame: Frame,
    list: List,
}

#[rocket::get("/conversations/list?<current>&<shown..>")]
pub(super) async fn list_part(
    current: Option<i64>,
    shown: Shown<'_>,
    me: Signed<'_>,
    mut db: Connection<Db>,
) -> Result<Page<ListPart>, Failure> {
    let frame = Frame::load(&mut db, &me.0, Here::View(shown.view())).await?;
    let list = List::load(&mut db, &me.0, &frame, shown, (current.map(ConversationId), true)).await?;
    Ok(Page::ok(ListPart { frame, list }))
}

/// Thread and details, for a page that fetches them again.
#[derive(Template)]
#[template(source = "{{ thread|safe }}{{ thread.details|safe }}", ext = "html")]
pub(super) struct ThreadPart {
    thread: Thread,
}

#[rocket::get("/conversations/<id>/thread?<view>&<before>&<travel>&<at>")]
pub(super) async fn thread_part(
    id: Number,
    view: Option<&str>,
    before: Option<i64>,
    travel: Option<i64>,
    at: Option<i64>,
    me: Signed<'_>,
    mut db: Connection<Db>,
) -> Result<Page<ThreadPart>, Failure> {
    let before = end(me.desk, id.0, before, at).await?;
    let look = Look { view: list::view_of(view), before, travel };
    let thread = thread::load(&mut db, &me.0, id.0, look, Back::default()).await?;
    Ok(Page::ok(ThreadPart { thread }))
}
