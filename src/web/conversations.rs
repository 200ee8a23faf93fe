//! The inbox: views, list, thread, details; and the parts of it that a page fetches again by itself.

use askama::Template;
use rocket::State;
use rocket::request::FromParam;
use rocket_db_pools::Connection;

use super::failure::Failure;
use super::frame::{Frame, Here};
use super::list::{self, List, Shown};
use super::stamp::Stamp;
use super::thread::{self, Back, Look, Thread};
use crate::desk::Desk;
use crate::desk::sessions::Who;
use crate::domain::ids::ConversationId;
use crate::http::Site;
use crate::http::db::Db;
use crate::http::guards::Signed;
use crate::http::page::Page;

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
    desk: &Desk,
    site: &Site,
    who: Who,
    id: ConversationId,
    (view, before, travel): (Option<&str>, Option<i64>, Option<i64>),
    back: Back,
) -> Result<Inbox, Failure> {
    let mut tx = desk.store.read().await?;
    let now = desk.clock.now();
    let shown = Shown { view, after: None, current: Some(id) };
    let thread =
        thread::load(&mut tx, desk, &who, id, Look { view: list::view_of(view), before, travel }, back).await?;
    let frame = Frame::load(&mut tx, who.clone(), Here::View(list::view_of(view)), site, now).await?;
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
    mut db: Connection<Db>,
) -> Result<Page<Inbox>, Failure> {
    let now = desk.clock.now();
    let frame = Frame::load(&mut db, me.0.clone(), Here::View(list::view_of(view)), site, now).await?;
    let shown = Shown { view, after, current: None };
    let list = List::load(&mut db, &me.0, shown, frame.counts, Stamp(now)).await?;
    Ok(Page::ok(Inbox { frame, list, thread: None }))
}

#[rocket::get("/conversations/<id>?<view>&<before>&<travel>", rank = 2)]
pub(super) async fn show(
    id: Number,
    view: Option<&str>,
    before: Option<i64>,
    travel: Option<i64>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Result<Page<Inbox>, Failure> {
    page(desk, site, me.0, id.0, (view, before, travel), Back::default()).await.map(Page::ok)
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
    mut db: Connection<Db>,
) -> Result<Page<ListPart>, Failure> {
    let now = desk.clock.now();
    let frame = Frame::load(&mut db, me.0.clone(), Here::View(list::view_of(view)), site, now).await?;
    let shown = Shown { view, after, current: current.map(ConversationId) };
    let list = List::load(&mut db, &me.0, shown, frame.counts, Stamp(now)).await?;
    Ok(Page::ok(ListPart { frame, list }))
}

/// Thread and details, for a page that fetches them again.
#[derive(Template)]
#[template(source = "{{ thread|safe }}{{ thread.details|safe }}", ext = "html")]
pub(super) struct ThreadPart {
    thread: Thread,
}

#[rocket::get("/conversations/<id>/thread?<view>&<before>&<travel>")]
pub(super) async fn thread_part(
    id: Number,
    view: Option<&str>,
    before: Option<i64>,
    travel: Option<i64>,
    me: Signed,
    desk: &State<Desk>,
    mut db: Connection<Db>,
) -> Result<Page<ThreadPart>, Failure> {
    let look = Look { view: list::view_of(view), before, travel };
    let thread = thread::load(&mut db, desk, &me.0, id.0, look, Back::default()).await?;
    Ok(Page::ok(ThreadPart { thread }))
}
