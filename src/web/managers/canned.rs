//! Canned replies: everybody keeps their own, managers also those of a line and of the company.

use askama::Template;
use rocket::FromForm;
use rocket::response::Redirect;

use crate::desk;
use crate::desk::people::sessions::Who;
use crate::desk::replies::canned::{self, Kept};
use crate::domain::ids::{CannedReplyId, NumberId};
use crate::domain::people::person::Role;
use crate::domain::words::sentence::sentence;
use crate::http::form::Form;
use crate::http::guards::{Signed, Visit};
use crate::http::page::Page;
use crate::store::lines as table;
use crate::store::replies::canned::{self as kept, Owner};
use crate::web::conversations::forms::writing::lines;
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};

/// A form: of one that is kept, or of a new one.
struct Entry {
    /// 0 for a new one.
    id: i64,
    owner: String,
    shortcut: String,
    body: String,
    mine: bool,
    whys: Whys,
}

impl Entry {
    fn is_refused(&self) -> bool {
        self.whys.shortcut.is_some() || self.whys.body.is_some()
    }
}

/// What is wrong with which field.
#[derive(Clone, Debug, Default)]
struct Whys {
    shortcut: Option<String>,
    body: Option<String>,
}

/// Canned replies of one owner.
struct Group {
    name: String,
    /// Whether the reader may change them.
    open: bool,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "canned/index.html")]
pub(in crate::web) struct Index {
    frame: Frame,
    groups: Vec<Group>,
    fresh: Entry,
    /// Whose one may be, in the words of the form and in words for people.
    owners: Vec<(String, String)>,
}

/// The answer to a form.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<Index>;

#[derive(Clone, Debug, Default, FromForm)]
pub(in crate::web) struct Typed {
    /// `mine`, `company`, or a line's number.
    #[field(default = String::new())]
    owner: String,
    #[field(default = String::new())]
    shortcut: String,
    #[field(default = String::new())]
    body: String,
}

impl Typed {
    fn owner(&self, who: &Who) -> Option<Owner> {
        match self.owner.as_str() {
            "mine" | "" => Some(Owner::Person(who.id)),
            "company" => Some(Owner::Company),
            line => line.parse().ok().map(|line| Owner::Line(NumberId(line))),
        }
    }
}

fn word(owner: Owner) -> String {
    match owner {
        Owner::Person(_) => "mine".to_owned(),
        Owner::Company => "company".to_owned(),
        Owner::Line(line) => line.to_string(),
    }
}

/// What was refused: about which one (0: a new one), what was typed, and why.
type Back = Option<(i64, Typed, Whys)>;

async fn page(visit: Visit<'_>, back: Back) -> Result<Index, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let manages = visit.who.role >= Role::Manager;
    let known = kept::known(&mut tx, visit.who.id, manages).await?;
    let all_lines = table::all(&mut tx).await?;
    let frame = Frame::load(&mut tx, &visit, Here::Canned).await?;
    let mut owners = vec![("mine".to_owned(), "only me".to_owned())];
    if manages {
        owners.extend(all_lines.iter().map(|line| (line.id.to_string(), format!("whoever answers on {}", line.name))));
        owners.push(("company".to_owned(), "everybody".to_owned()));
    }
    let mut groups: Vec<Group> = Vec::new();
    for one in known {
        let (name, mine) = match one.owner {
            Owner::Person(_) => ("Yours".to_owned(), true),
            Owner::Line(_) => (one.line.clone().unwrap_or_default(), false),
            Owner::Company => ("Everybody's".to_owned(), false),
        };
        let typed = back.as_ref().filter(|(id, ..)| *id == one.id.0);
        let entry = Entry {
            id: one.id.0,
            owner: typed.map_or_else(|| word(one.owner), |(_, typed, _)| typed.owner.clone()),
            shortcut: typed.map_or(one.shortcut, |(_, typed, _)| typed.shortcut.clone()),
            body: typed.map_or(one.body, |(_, typed, _)| lines(&typed.body)),
            mine,
            whys: typed.map(|(.., whys)| whys.clone()).unwrap_or_default(),
        };
        match groups.iter_mut().find(|group| group.name == name && group.entries.iter().all(|one| one.mine == mine)) {
            Some(group) => group.entries.push(entry),
            None => groups.push(Group { open: mine || manages, name, entries: vec![entry] }),
        }
    }
    groups.sort_by_key(|group| (!group.entries.iter().any(|one| one.mine), group.name.clone()));
    let (typed, whys) = back.filter(|(id, ..)| *id == 0).map(|(_, typed, whys)| (typed, whys)).unwrap_or_default();
    let fresh = Entry {
        id: 0,
        owner: if typed.owner.is_empty() { "mine".to_owned() } else { typed.owner },
        shortcut: typed.shortcut,
        body: lines(&typed.body),
        mine: true,
        whys,
    };
    Ok(Index { frame, groups, fresh, owners })
}

#[rocket::get("/canned")]
pub(in crate::web) async fn index(me: Signed<'_>) -> Result<Page<Index>, Failure> {
    page(me.0, None).await.map(Page::ok)
}

async fn keep(visit: Visit<'_>, id: i64, typed: Typed) -> Answer {
    let Some(owner) = typed.owner(&visit.who) else { return Answer::Failed(Failure::NotFound) };
    let kept = Kept {
        id: (id != 0).then_some(CannedReplyId(id)),
        owner,
        shortcut: typed.shortcut.clone(),
        body: lines(&typed.body),
    };
    match canned::keep(visit.desk, visit.who.id, kept).await {
        Ok(()) => Answer::see("/canned".to_owned()),
        Err(desk::Failure::Refused { field, why }) => {
            let why = Some(sentence(&why));
            let whys = if field == "body" {
                Whys { body: why, ..Whys::default() }
            } else {
                Whys { shortcut: why, ..Whys::default() }
            };
            Answer::again(page(visit, Some((id, typed, whys))).await)
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}

#[rocket::post("/canned", data = "<form>")]
pub(in crate::web) async fn create(form: Form<Typed>, me: Signed<'_>) -> Answer {
    keep(me.0, 0, form.into_inner()).await
}

#[rocket::post("/canned/<id>", data = "<form>")]
pub(in crate::web) async fn update(id: i64, form: Form<Typed>, me: Signed<'_>) -> Answer {
    if id == 0 {
        return Answer::Failed(Failure::NotFound);
    }
    keep(me.0, id, form.into_inner()).await
}

#[rocket::post("/canned/<id>/removal")]
pub(in crate::web) async fn delete(id: i64, me: Signed<'_>) -> Result<Redirect, Failure> {
    canned::forget(me.desk, me.who.id, CannedReplyId(id)).await?;
    Ok(Redirect::to("/canned"))
}
