//! Announcements to an open page: something changed in a conversation that its reader may see, without content.
//!
//! The page fetches what it shows with its own rights, so a stream that somebody overhears, or that is late, reveals
//! nothing.

use std::time::Duration;

use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::response::stream::{Event, EventStream};
use rocket::serde::json::json;
use rocket::tokio::select;
use rocket::tokio::sync::broadcast::error::RecvError;
use rocket::tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use rocket::{Request, Shutdown, State};

use super::frame::viewer;
use crate::desk::Desk;
use crate::desk::people::sessions;
use crate::domain::change::Change;
use crate::http::guards::{Signed, Token};
use crate::http::refusal::Refusal;
use crate::live::Listening;
use crate::secret::hash_token;
use crate::store;
use crate::store::conversations::changes;
use crate::store::views::Viewer;
use crate::store::views::thread::audience::{self, Hears};

/// Rights are checked again this often: somebody who was disabled hears nothing any more.
const BEAT: Duration = Duration::from_secs(1);
/// Announcements are gathered for so long, so that a burst costs one look-up.
const GATHER: Duration = Duration::from_millis(50);
/// The least time between two look-ups for one stream.
const GAP: Duration = Duration::from_millis(500);
/// A stream without news says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A browser that was away for longer than so many changes is told to load its page anew.
const TOO_MANY: usize = 2_000;

/// The cursor with which a browser comes back after a lost connection.
pub(in crate::web) struct LastEvent(Option<i64>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LastEvent {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        Outcome::Success(LastEvent(req.headers().get_one("last-event-id").and_then(|id| id.parse().ok())))
    }
}

/// The right to one more stream of a session.
pub(in crate::web) struct Admitted(Listening);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Admitted {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        let Outcome::Success(Token(token)) = Token::from_request(req).await else {
            return Outcome::Error((Status::Unauthorized, ()));
        };
        let Some(desk) = req.rocket().state::<Desk>() else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        if let Some(listening) = desk.live.admit(hash_token(&token)) {
            return Outcome::Success(Admitted(listening));
        }
        Refusal("This session listens in so many places already. Close some tabs.").leave(req);
        Outcome::Error((Status::TooManyRequests, ()))
    }
}

/// One reader's place in the feed.
struct Listener {
    desk: Desk,
    token: String,
    viewer: Viewer,
    cursor: i64,
    /// The timeline of the database in which the cursor is.
    timeline: u64,
}

impl Listener {
    /// What the reader may hear of `news`, which rises by cursor; each conversation once.
    async fn hear(&mut self, news: Vec<Change>) -> store::Result<Vec<Event>> {
        let news: Vec<Change> = news.into_iter().filter(|change| change.id > self.cursor).collect();
        let Some(last) = news.last().map(|change| change.id) else { return Ok(Vec::new()) };
        let heard = audience::hears(&mut self.desk.store.read().await?, self.viewer, &news).await?;
        self.cursor = last;
        Ok(heard.into_iter().map(|heard| event(&heard)).collect())
    }

    /// Everything since the cursor, when announcements may have been missed.
    async fn catch_up(&mut self) -> store::Result<Vec<Event>> {
        let mut events = Vec::new();
        loop {
            let news = changes::after(&mut self.desk.store.read().await?, self.cursor).await?;
            if news.is_empty() {
                return Ok(events);
            }
            events.extend(self.hear(news).await?);
            if events.len() > TOO_MANY {
                return Ok(vec![self.anew().await?]);
            }
        }
    }

    /// The page is to be loaded anew: its cursor is of no use any more.
    async fn anew(&mut self) -> store::Result<Event> {
        self.timeline = self.desk.store.timeline().number();
        self.cursor = changes::newest(&mut self.desk.store.read().await?).await?;
        Ok(Event::json(&json!({ "kind": "all" })).event("change").id(self.cursor.to_string()))
    }

    /// Whether the database holds an older state than the one that the page was made from.
    async fn has_gone_back(&self) -> store::Result<bool> {
        Ok(self.timeline != self.desk.store.timeline().number()
            || self.cursor > changes::newest(&mut self.desk.store.read().await?).await?)
    }

    /// Whether the reader is still signed in, with the same rights: a reader who lost or gained some loads the page again.
    async fn signed_in(&self) -> bool {
        let who = sessions::who(&self.desk, &self.token, false).await;
        matches!(who, Ok(Some(who)) if who.role == self.viewer.role)
    }
}

fn event(heard: &Hears) -> Event {
    match heard.conversation {
        Some(id) => Event::json(&json!({ "conversation": id.to_string(), "kind": heard.kind })),
        None => Event::json(&json!({ "kind": "list" })),
    }
    .event("change")
    .id(heard.cursor.to_string())
}

#[rocket::get("/live?<after>")]
pub(in crate::web) async fn stream(
    after: Option<i64>,
    last: LastEvent,
    me: Signed<'_>,
    token: Token,
    admitted: Admitted,
    desk: &State<Desk>,
    mut end: Shutdown,
) -> EventStream![Event] {
    let mut announced = desk.live.subscribe();
    let desk = desk.inner().clone();
    let start = match last.0.or(after) {
        Some(cursor) => cursor,
        None => match desk.store.read().await {
            Ok(mut tx) => changes::newest(&mut tx).await.unwrap_or(0),
            Err(_) => 0,
        },
    };
    let timeline = desk.store.timeline();
    let number = timeline.number();
    let mut listener = Listener { desk, token: token.0, viewer: viewer(&me.who), cursor: start, timeline: number };
    let stream = EventStream! {
        // Held as long as the stream is.
        let _listening = admitted.0;
        // An event and no comment: a page knows by it that what is sent gets through.
        yield Event::data("listening").event("listening");
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut news: Vec<Change> = Vec::new();
        let mut told_at = Instant::now();
        // What was announced before this stream listened is read from the feed.
        let mut missed = true;
        let mut due = Some(told_at);
        loop {
            select! {
                change = announced.recv() => {
                    match change {
                        Ok(change) => news.push(change),
                        Err(RecvError::Lagged(_)) => missed = true,
                        Err(RecvError::Closed) => break,
                    }
                    due = due.or_else(|| Some((Instant::now() + GATHER).max(told_at + GAP)));
                }
                () = sleep_until(due.unwrap_or(told_at)), if due.is_some() => {
                    due = None;
                    told_at = Instant::now();
                    let gathered = std::mem::take(&mut news);
                    let told = if std::mem::take(&mut missed) {
                        match listener.has_gone_back().await {
                            Ok(true) => listener.anew().await.map(|anew| vec![anew]),
                            Ok(false) => listener.catch_up().await,
                            Err(error) => Err(error),
                        }
                    } else {
                        listener.hear(gathered).await
                    };
                    match told {
                        Ok(events) => for event in events { yield event; },
                        // The browser comes back by itself, with its cursor.
                        Err(error) => { tracing::warn!(%error, "a live page could not be served"); break; }
                    }
                }
                _ = beat.tick() => {
                    if !listener.signed_in().await {
                        break;
                    }
                    if listener.timeline != timeline.number() {
                        missed = true;
                        due = due.or_else(|| Some(Instant::now()));
                    }
                }
                () = &mut end => break,
            }
        }
    };
    stream.heartbeat(HEARTBEAT)
}
