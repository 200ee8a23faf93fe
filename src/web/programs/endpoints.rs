//! Endpoints for events, for admins: made and deleted here as well as by programs, with the last posts to each.

use askama::Template;
use rocket::response::Redirect;

use crate::desk;
use crate::desk::programs::endpoints::{self, Asked, By};
use crate::domain::ids::{AppId, EndpointId, EventId};
use crate::domain::programs::event::{Kind, Wanted};
use crate::domain::programs::post;
use crate::http::form::Form;
use crate::http::guards::{AdminOnly, Visit};
use crate::http::page::Page;
use crate::store::programs::apps;
use crate::store::programs::endpoints::{self as table, Endpoint, Maker};
use crate::store::programs::event_posts::{self, Posted as Post};
use crate::web::page::failure::Failure;
use crate::web::page::fields::{Check, Field, Posted, Sent, Typed};
use crate::web::page::frame::{Frame, Here};
use crate::web::page::stamp::Stamp;

/// Posts on the page of an endpoint.
const RECENT: i64 = 50;

/// An endpoint in the table.
struct Row {
    endpoint: Endpoint,
    waiting: i64,
}

#[derive(Template)]
#[template(path = "endpoints/index.html")]
pub(in crate::web) struct Index {
    frame: Frame,
    rows: Vec<Row>,
    url: Field,
    app: Field,
    all: bool,
    kinds: Vec<Check>,
    why: Option<String>,
}

/// A new endpoint's secret, shown once.
#[derive(Template)]
#[template(path = "endpoints/shown.html")]
pub(in crate::web) struct Shown {
    frame: Frame,
    endpoint: Endpoint,
    secret: String,
}

#[derive(Template)]
#[template(path = "endpoints/show.html")]
pub(in crate::web) struct Show {
    frame: Frame,
    endpoint: Endpoint,
    posts: Vec<Post>,
    now: Stamp,
}

impl Show {
    /// What still waits is posted without being asked, and where nothing is posted nothing can be asked for.
    fn can_replay(&self, post: &Post) -> bool {
        post.state != post::State::Waiting && self.endpoint.disabled.is_none()
    }
}

/// Whose pairs it gets events of, and what that right depends on, in words.
fn rests(endpoint: &Endpoint) -> String {
    let whose =
        endpoint.app.as_ref().map_or("the pairs of all apps".to_owned(), |app| format!("pairs of {}", app.name));
    match &endpoint.maker {
        Maker::Program(_, token) => format!("{whose}; added by the app, with the token {token}"),
        Maker::Person { name, .. } => format!("{whose}; added by {name}"),
        Maker::Nobody => whose,
    }
}

/// How a post stands, in words.
fn state(post: &Post, now: &Stamp) -> String {
    match (post.state, post.next_at) {
        (post::State::Delivered, _) => "delivered".to_owned(),
        (post::State::Failed, _) => "given up".to_owned(),
        (post::State::Waiting, None) => "waits behind another".to_owned(),
        (post::State::Waiting, Some(at)) if at <= now.0 => "on its way".to_owned(),
        (post::State::Waiting, Some(at)) => format!("again in {}", now.ago(&Stamp(at))),
    }
}

async fn page(visit: Visit<'_>, typed: Typed) -> Result<Index, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &visit, Here::Endpoints).await?;
    let waiting = event_posts::waiting(&mut tx).await?;
    let rows = table::all(&mut tx).await?.into_iter().map(|endpoint| {
        let waiting = waiting.iter().find(|(id, _)| *id == endpoint.id).map_or(0, |(_, count)| *count);
        Row { endpoint, waiting }
    });
    let hint = "Where events are posted, such as https://app.example.com/switchboard.";
    let kinds = Kind::ALL.into_iter().enumerate().map(|(index, kind)| {
        let name = format!("kind-{index}");
        let checked = typed.box_of("new", &name, false);
        Check { name, label: format!("{}: {}", kind.word(), kind.meaning()), checked }
    });
    let known: Vec<(String, String)> =
        apps::all(&mut tx).await?.into_iter().map(|app| (app.id.to_string(), app.name)).collect();
    let mut choices = vec![("", "all apps")];
    choices.extend(known.iter().map(|(id, name)| (id.as_str(), name.as_str())));
    let of_app = "It is told as long as you are an admin.";
    Ok(Index {
        frame,
        rows: rows.collect(),
        url: typed.field("new", "url", "Address", hint, ""),
        app: typed.field("new", "app", "Of the pairs of", of_app, "").of(&choices),
        all: typed.box_of("new", "all", true),
        kinds: kinds.collect(),
        why: typed.why("events"),
    })
}

#[rocket::get("/endpoints")]
pub(in crate::web) async fn index(me: AdminOnly<'_>) -> Result<Page<Index>, Failure> {
    page(me.0, Typed::default()).await.map(Page::ok)
}

#[rocket::get("/endpoints/<id>")]
pub(in crate::web) async fn show(id: i64, me: AdminOnly<'_>) -> Result<Page<Show>, Failure> {
    let (mut tx, now) = (me.desk.store.read().await?, me.now);
    let endpoint = table::by_id(&mut tx, EndpointId(id)).await?.ok_or(Failure::NotFound)?;
    let posts = event_posts::recent(&mut tx, endpoint.id, RECENT).await?;
    let frame = Frame::load(&mut tx, &me.0, Here::Endpoints).await?;
    Ok(Page::ok(Show { frame, endpoint, posts, now: Stamp(now) }))
}

/// What a form asks for.
fn asked(sent: &Sent) -> Result<Asked, desk::Failure> {
    let app = match sent.value("app") {
        "" => None,
        id => {
            let known =
                id.parse().map_err(|_| desk::Failure::refused("app", "there is no such app: choose another"))?;
            Some(AppId(known))
        }
    };
    Ok(Asked { url: sent.value("url").to_owned(), wanted: wanted(sent)?, app })
}

/// What a form wants to be told of.
fn wanted(sent: &Sent) -> Result<Wanted, desk::Failure> {
    if sent.0.contains_key("all") {
        return Ok(Wanted::All);
    }
    let chosen = sent.checked("kind-").into_iter().filter_map(|index| Kind::ALL.get(usize::try_from(index).ok()?));
    Wanted::read(chosen.map(|kind| kind.word())).map_err(|_| desk::Failure::refused("events", "choose at least one"))
}

pub(in crate::web) type Answer = crate::web::page::answer::Answer<Index, Box<Page<Shown>>>;

#[rocket::post("/endpoints", data = "<form>")]
pub(in crate::web) async fn create(form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    let sent = Sent(form.into_inner().field);
    let made = match asked(&sent) {
        Ok(asked) => endpoints::make(me.desk, By::Person(me.who.id), asked).await,
        Err(refused) => Err(refused),
    };
    match made {
        Ok(made) => match shown(me.0, made).await {
            Ok(page) => Answer::Done(Box::new(page)),
            Err(failure) => Answer::Failed(failure),
        },
        Err(desk::Failure::Refused { field, why }) => {
            let typed = Typed::refused("new", sent, field, why);
            Answer::again(page(me.0, typed).await)
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}

async fn shown(visit: Visit<'_>, made: endpoints::Made) -> Result<Page<Shown>, Failure> {
    let frame = Frame::load(&mut visit.desk.store.read().await?, &visit, Here::Endpoints).await?;
    Ok(Page::ok(Shown { frame, endpoint: made.endpoint, secret: made.secret }))
}

#[rocket::post("/endpoints/<id>/removal")]
pub(in crate::web) async fn delete(id: i64, me: AdminOnly<'_>) -> Result<Redirect, Failure> {
    endpoints::delete(me.desk, By::Person(me.who.id), EndpointId(id)).await?;
    Ok(Redirect::to("/endpoints"))
}

#[rocket::post("/endpoints/<id>/enabling")]
pub(in crate::web) async fn enable(id: i64, me: AdminOnly<'_>) -> Result<Redirect, Failure> {
    endpoints::enable(me.desk, By::Person(me.who.id), EndpointId(id)).await?;
    Ok(Redirect::to(format!("/endpoints/{id}")))
}

#[rocket::post("/endpoints/<id>/posts/<event>/replay")]
pub(in crate::web) async fn replay(id: i64, event: i64, me: AdminOnly<'_>) -> Result<Redirect, Failure> {
    endpoints::replay(me.desk, By::Person(me.who.id), EndpointId(id), EventId(event)).await?;
    Ok(Redirect::to(format!("/endpoints/{id}")))
}
