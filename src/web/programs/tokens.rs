//! Tokens of the API, for admins: made here, shown once, and revoked at once after the page has shown what depends on
//! them.

use askama::Template;
use rocket::response::Redirect;

use crate::desk;
use crate::desk::programs::right::{self, Hangs};
use crate::desk::programs::tokens::{self, Asked, Made};
use crate::domain::ids::TokenId;
use crate::domain::programs::scope::{Scope, Scopes};
use crate::domain::time::duration;
use crate::http::form::Form;
use crate::http::guards::{AdminOnly, Visit};
use crate::http::page::Page;
use crate::store::programs::api_tokens::{self as table, Token};
use crate::store::programs::apps;
use crate::web::page::failure::Failure;
use crate::web::page::fields::{Check, Field, Posted, Sent, Typed};
use crate::web::page::frame::{Frame, Here};
use crate::web::page::stamp::Stamp;

/// How long a token holds, to choose from.
const EXPIRIES: [(&str, &str); 4] =
    [("90d", "90 days"), ("30d", "30 days"), ("365d", "a year"), ("never", "for good, until it is revoked")];

/// A token in the table.
struct Row {
    token: Token,
    now: Stamp,
}

impl Row {
    /// Whether it lets anybody in.
    fn holds(&self) -> bool {
        self.token.holds(self.now.0)
    }

    /// Nobody has revoked it, and it is one of an app.
    fn is_revocable(&self) -> bool {
        self.token.revoked_at.is_none() && self.token.app.is_some()
    }

    /// How it stands, in words.
    fn state(&self) -> String {
        let Token { revoked_at, expires_at, backed, .. } = &self.token;
        match (revoked_at, expires_at) {
            (Some(at), _) => format!("revoked on {}", Stamp(*at).date()),
            (None, Some(at)) if *at <= self.now.0 => format!("expired on {}", Stamp(*at).date()),
            _ if !backed => "holds no more: whoever made it is no admin now".to_owned(),
            (None, Some(at)) => format!("until {}", Stamp(*at).date()),
            (None, None) => "for good".to_owned(),
        }
    }

    /// The day on which it was made.
    fn made(&self) -> String {
        Stamp(self.token.created_at).date()
    }

    /// When it was last used, in words.
    fn used(&self) -> String {
        match self.token.used_at {
            None => "never".to_owned(),
            Some(at) => match Stamp(at).ago(&self.now).to_string().as_str() {
                "now" => "just now".to_owned(),
                ago => format!("{ago} ago"),
            },
        }
    }
}

#[derive(Template)]
#[template(path = "tokens/index.html")]
pub(in crate::web) struct Index {
    frame: Frame,
    rows: Vec<Row>,
    fields: [Field; 3],
    scopes: Vec<Check>,
    why: Option<String>,
}

/// A token, shown once.
#[derive(Template)]
#[template(path = "tokens/shown.html")]
pub(in crate::web) struct Shown {
    frame: Frame,
    name: String,
    made: Made,
    scopes: Scopes,
}

/// What depends on a token, before it is revoked.
#[derive(Template)]
#[template(path = "tokens/revocation.html")]
pub(in crate::web) struct Revocation {
    frame: Frame,
    token: Token,
    hangs: Hangs,
}

impl Revocation {
    /// No endpoint depends on it.
    fn leaves_endpoints(&self) -> bool {
        self.hangs.quiet.is_empty() && self.hangs.go_on.is_empty()
    }
}

async fn page(visit: Visit<'_>, typed: Typed) -> Result<Index, Failure> {
    let (mut tx, now) = (visit.desk.store.read().await?, visit.now);
    let frame = Frame::load(&mut tx, &visit, Here::Tokens).await?;
    let rows = table::all(&mut tx).await?.into_iter().map(|token| Row { token, now: Stamp(now) }).collect();
    let known = apps::all(&mut tx).await?;
    let mut choices = vec![("", "the one of that name, or a new one")];
    choices.extend(known.iter().map(|app| (app.name.as_str(), app.name.as_str())));
    let of_app = "Tokens of one app are let in to the same pairs and endpoints: to replace a token, choose its app.";
    let fields = [
        typed.field("new", "name", "Name", "What it is for, such as the name of the program.", ""),
        typed.field("new", "app", "App", of_app, "").of(&choices),
        typed.field("new", "expires", "It holds", "", "90d").of(&EXPIRIES),
    ];
    let scopes = Scope::ALL.into_iter().enumerate().map(|(index, scope)| {
        let name = format!("scope-{index}");
        let checked = typed.box_of("new", &name, false);
        Check { name, label: format!("{}: {}", scope.word(), scope.meaning()), checked }
    });
    Ok(Index { frame, rows, fields, scopes: scopes.collect(), why: typed.why("scopes") })
}

#[rocket::get("/tokens")]
pub(in crate::web) async fn index(me: AdminOnly<'_>) -> Result<Page<Index>, Failure> {
    page(me.0, Typed::default()).await.map(Page::ok)
}

/// What a form asks for.
fn asked(sent: &Sent) -> Result<Asked, desk::Failure> {
    let chosen = sent.checked("scope-").into_iter().filter_map(|index| Scope::ALL.get(usize::try_from(index).ok()?));
    let scopes = Scopes::of(chosen.copied());
    if scopes == Scopes::default() {
        return Err(desk::Failure::refused("scopes", "choose at least one: without it the token may do nothing"));
    }
    let expires = match sent.value("expires") {
        "never" => None,
        long => Some(duration::parse(long).map_err(|why| desk::Failure::refused("expires", why))?),
    };
    let app = Some(sent.value("app").to_owned()).filter(|app| !app.is_empty());
    Ok(Asked { name: sent.value("name").to_owned(), app, scopes, expires })
}

pub(in crate::web) type Answer = crate::web::page::answer::Answer<Index, Box<Page<Shown>>>;

#[rocket::post("/tokens", data = "<form>")]
pub(in crate::web) async fn create(form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    let sent = Sent(form.into_inner().field);
    let made = match asked(&sent) {
        Ok(asked) => tokens::make(me.desk, Some(me.who.id), asked.clone()).await.map(|made| (asked, made)),
        Err(refused) => Err(refused),
    };
    match made {
        Ok((asked, made)) => match shown(me.0, asked, made).await {
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

async fn shown(visit: Visit<'_>, asked: Asked, made: Made) -> Result<Page<Shown>, Failure> {
    let frame = Frame::load(&mut visit.desk.store.read().await?, &visit, Here::Tokens).await?;
    Ok(Page::ok(Shown { frame, name: asked.name, made, scopes: asked.scopes }))
}

#[rocket::get("/tokens/<id>/revocation")]
pub(in crate::web) async fn before_revoking(id: i64, me: AdminOnly<'_>) -> Result<Page<Revocation>, Failure> {
    let (mut tx, now) = (me.desk.store.read().await?, me.now);
    let token = table::by_id(&mut tx, TokenId(id)).await?.filter(|token| token.revoked_at.is_none());
    let Some((token, app)) = token.and_then(|token| token.app.clone().map(|app| (token, app))) else {
        return Err(Failure::NotFound);
    };
    let hangs = right::hangs(&mut tx, token.id, &app, now).await?;
    let frame = Frame::load(&mut tx, &me.0, Here::Tokens).await?;
    Ok(Page::ok(Revocation { frame, token, hangs }))
}

#[rocket::post("/tokens/<id>/revocation")]
pub(in crate::web) async fn revoke(id: i64, me: AdminOnly<'_>) -> Result<Redirect, Failure> {
    tokens::revoke(me.desk, Some(me.who.id), TokenId(id)).await?;
    Ok(Redirect::to("/tokens"))
}
