//! People, for admins: everybody in one table, and a form that invites somebody.

pub(super) mod access;
pub(super) mod phone;
pub(super) mod phone_part;
pub(super) mod save;
pub(super) mod show;

use askama::Template;
use rocket::{Route, routes};

use super::page::failure::Failure;
use super::page::fields::{Field, Posted, Sent, Typed};
use super::page::frame::{Frame, Here};
use super::page::stamp::Stamp;
use super::page::words;
use crate::desk;
use crate::desk::people::{NewPerson, invite};
use crate::domain::numbers::phone::masked;
use crate::domain::people::person::{Duty, Role};
use crate::http::form::Form;
use crate::http::guards::{AdminOnly, Visit};
use crate::http::page::Page;
use crate::store::views::people::{self as view, Seen};

/// People and their phones.
#[must_use]
pub(in crate::web) fn routes() -> Vec<Route> {
    routes![
        index,
        create,
        show::show,
        save::save_profile,
        save::save_schedule,
        save::save_lines,
        phone::send_code,
        phone::confirm,
        phone::remove,
        phone::texts_on,
        access::disable,
        access::enable,
        access::link,
    ]
}

/// The roles to choose from, each with what it means.
const ROLES: [(&str, &str); 3] = [
    ("rep", "Rep: answers customers of their lines"),
    ("manager", "Manager: sees and reassigns everything"),
    ("admin", "Admin: also sets up people and lines"),
];

/// A person in the table.
struct Row {
    seen: Seen,
    now: Stamp,
}

impl Row {
    /// Their phone in a word or two.
    fn phone(&self) -> String {
        match &self.seen.person.phone {
            None => "none".to_owned(),
            Some(phone) if self.seen.muted_at.is_some() => format!("{}, texts are off", masked(phone)),
            Some(phone) => masked(phone),
        }
    }

    /// The jack for their duty.
    fn jack(&self) -> &'static str {
        match self.seen.person.duty {
            _ if self.seen.person.disabled => "none",
            Duty::On => "ours",
            Duty::Away | Duty::AwayReassign => "rest",
        }
    }

    /// Their duty in words.
    fn duty(&self) -> &'static str {
        if self.seen.person.disabled { "off" } else { words::duty(&self.seen.person.duty).0 }
    }

    /// Whether and when they came in, in words.
    fn state(&self) -> String {
        let Seen { person, link_until, here_at, .. } = &self.seen;
        match (here_at, link_until) {
            _ if person.disabled => "disabled".to_owned(),
            (Some(at), _) => match Stamp(*at).ago(&self.now).to_string().as_str() {
                "now" => "here now".to_owned(),
                ago => format!("here {ago} ago"),
            },
            (None, Some(until)) => format!("invited, until {}, {}", Stamp(*until).day(), Stamp(*until).clock()),
            (None, None) if person.has_password => "signed out".to_owned(),
            (None, None) => "has not come in yet".to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "people/index.html")]
pub(super) struct Index {
    frame: Frame,
    rows: Vec<Row>,
    fields: [Field; 3],
}

async fn page(visit: Visit<'_>, typed: Typed) -> Result<Index, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let now = visit.now;
    let frame = Frame::load(&mut tx, &visit, Here::People).await?;
    let rows = view::all(&mut tx, now).await?.into_iter().map(|seen| Row { seen, now: Stamp(now) }).collect();
    let field = |name, label, hint, value| typed.field("invite", name, label, hint, value);
    let fields = [
        field("email", "E-mail", "What they sign in with.", ""),
        field("name", "Name", "As colleagues see it. They can change it.", ""),
        field("role", "Role", "", "rep").of(&ROLES),
    ];
    Ok(Index { frame, rows, fields })
}

#[rocket::get("/people")]
pub(super) async fn index(me: AdminOnly<'_>) -> Result<Page<Index>, Failure> {
    page(me.0, Typed::default()).await.map(Page::ok)
}

/// A link that is shown once.
#[derive(Template)]
#[template(path = "people/link.html")]
pub(super) struct Link {
    frame: Frame,
    /// Whose.
    name: String,
    person: String,
    address: String,
    /// They choose their first password by it.
    invitation: bool,
}

/// The page that shows a link, with the host from the configuration, never from the request.
async fn link_page(
    visit: Visit<'_>,
    (name, person): (String, String),
    token: &str,
    invitation: bool,
) -> Result<Page<Link>, Failure> {
    let frame = Frame::load(&mut visit.desk.store.read().await?, &visit, Here::People).await?;
    let origin = visit.desk.public_url.get().map_or_else(|| visit.site.origin(), String::as_str);
    Ok(Page::ok(Link { frame, name, person, address: format!("{origin}/link/{token}"), invitation }))
}

pub(super) type Answer = crate::web::page::answer::Answer<Index, Box<Page<Link>>>;

#[rocket::post("/people", data = "<form>")]
pub(super) async fn create(form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    let sent = Sent(form.into_inner().field);
    let refused = match sent.value("role").parse::<Role>() {
        Err(why) => desk::Failure::refused("role", why.to_string()),
        Ok(role) => {
            let new = NewPerson { email: sent.value("email").to_owned(), name: sent.value("name").to_owned(), role };
            match invite(me.desk, me.who.id, new).await {
                Ok(invited) => {
                    let whose = (sent.value("name").to_owned(), invited.person.to_string());
                    let page = link_page(me.0, whose, &invited.token, true).await;
                    return page.map_or_else(Answer::Failed, |page| Answer::Done(Box::new(page)));
                }
                Err(failure) => failure,
            }
        }
    };
    let desk::Failure::Refused { field, why } = refused else { return Answer::Failed(refused.into()) };
    let typed = Typed::refused("invite", sent, field, why);
    Answer::again(page(me.0, typed).await)
}
