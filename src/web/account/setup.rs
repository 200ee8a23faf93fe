//! The first run: the person who opens the link from the console becomes the first admin. Without the link, and as soon
//! as there is a person, there is no such page.

use std::collections::HashMap;

use askama::Template;
use rocket::State;

use super::session_given::Given;
use crate::desk::people::setup::{self, First, Worth};
use crate::desk::{self, Desk};
use crate::http::came::Came;
use crate::http::form::Form;
use crate::http::page::Page;
use crate::web::page::failure::Failure;
use crate::web::page::fields::{Field, Posted, Sent, Typed};

#[derive(Template)]
#[template(path = "setup/show.html")]
pub(in crate::web) struct Show {
    name: Field,
    email: Field,
    number: Field,
    line: Field,
    whys: HashMap<String, String>,
    /// There is a line already, so that none is asked for.
    has_line: bool,
}

impl Show {
    fn of(typed: &Typed, has_line: bool) -> Show {
        let field = |name, label, hint| typed.field("setup", name, label, hint, "");
        Show {
            name: field("name", "Name", "As colleagues see it."),
            email: field("email", "E-mail", "What you sign in with."),
            number: field(
                "number",
                "Number",
                "As +18005550100, rented from the carrier. Empty: add it later, under Lines.",
            ),
            line: field("line", "Name of the line", "What customers know it as: Bait and Tackle."),
            whys: ["password", "again"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), typed.why(name)?)))
                .collect(),
            has_line,
        }
    }

    fn why(&self, field: &str) -> Option<&String> {
        self.whys.get(field)
    }
}

#[rocket::get("/setup/<token>")]
pub(in crate::web) async fn show(token: &str, desk: &State<Desk>) -> Result<Page<Show>, Failure> {
    let has_line = open(desk, token).await?;
    Ok(Page::ok(Show::of(&Typed::default(), has_line)))
}

/// Whether there is a line already, while the link can be used.
async fn open(desk: &Desk, token: &str) -> Result<bool, Failure> {
    match setup::worth(desk, token).await? {
        Worth::Open { has_line } => Ok(has_line),
        Worth::Ended => Err(Failure::Gone(
            "This link has ended: it could be used for an hour. Start the program again, or run `switchboard link --setup` \
             where it runs, for another one.",
        )),
        Worth::Nothing => Err(Failure::NotFound),
    }
}

pub(in crate::web) type Answer = crate::web::page::answer::Answer<Show, Given>;

#[rocket::post("/setup/<token>", data = "<form>")]
pub(in crate::web) async fn create(token: &str, form: Option<Form<Posted>>, came: Came, desk: &State<Desk>) -> Answer {
    match finish(token, form, came, desk).await {
        Ok(answer) => answer,
        Err(failure) => Answer::Failed(failure),
    }
}

async fn finish(token: &str, form: Option<Form<Posted>>, came: Came, desk: &Desk) -> Result<Answer, Failure> {
    let has_line = open(desk, token).await?;
    let mut sent = Sent(form.map(|form| form.into_inner().field).unwrap_or_default());
    // Passwords are taken as they were typed, and never shown again.
    let mut take = |name: &str| sent.0.remove(name).unwrap_or_default();
    let (password, again) = (take("password"), take("again"));
    let value = |name: &str| sent.value(name).to_owned();
    let first = First {
        name: value("name"),
        email: value("email"),
        password,
        again,
        number: value("number"),
        line: value("line"),
        came: came.0,
    };
    match setup::finish(desk, token, first).await {
        Ok(keys) => Ok(Answer::Done(Given { keys, next: "/conversations".to_owned() })),
        Err(desk::Failure::Refused { field, why }) => {
            let typed = Typed::refused("setup", sent, field, why);
            Ok(Answer::Again(Box::new(Page::refused(Show::of(&typed, has_line)))))
        }
        Err(failure) => Err(failure.into()),
    }
}
