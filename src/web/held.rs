//! Held texts, for managers: what reached a number of ours and was passed on to nobody, and why.

use askama::Template;
use rocket::State;
use rocket_db_pools::Connection;

use super::failure::Failure;
use super::frame::{Frame, Here};
use super::stamp::Stamp;
use super::words::sentence;
use crate::desk::Desk;
use crate::domain::ids::{ConversationId, MessageId};
use crate::http::Site;
use crate::http::db::Db;
use crate::http::guards::ManagerOnly;
use crate::http::page::Page;
use crate::store::views::{Contact, held};

struct Row {
    at: Stamp,
    from: Contact,
    to: String,
    body: String,
    why: String,
    conversation: Option<ConversationId>,
}

#[derive(Template)]
#[template(path = "held/index.html")]
pub(super) struct Held {
    frame: Frame,
    texts: Vec<Row>,
    older: Option<MessageId>,
}

#[rocket::get("/held?<before>")]
pub(super) async fn index(
    before: Option<i64>,
    me: ManagerOnly,
    desk: &State<Desk>,
    site: &State<Site>,
    mut db: Connection<Db>,
) -> Result<Page<Held>, Failure> {
    let frame = Frame::load(&mut db, me.0, Here::Held, site, desk.clock.now()).await?;
    let texts = held::list(&mut db, MessageId(before.unwrap_or(i64::MAX))).await?;
    let full = i64::try_from(texts.len()).is_ok_and(|rows| rows >= held::PAGE);
    let older = texts.last().filter(|_| full).map(|last| last.id);
    let texts = texts
        .into_iter()
        .map(|text| Row {
            at: Stamp(text.at),
            from: text.from,
            to: text.to,
            body: text.body,
            why: sentence(&text.why),
            conversation: text.conversation,
        })
        .collect();
    Ok(Page::ok(Held { frame, texts, older }))
}
