//! Who else looks at a conversation, and who types in it.

use askama::Template;
use rocket::FromForm;
use rocket::http::Status;
use rocket_db_pools::Connection;

use super::Number;
use crate::clock::At;
use crate::desk::conversations::presence::{self, Sign};
use crate::domain::ids::{ConversationId, PersonId};
use crate::http::db::Db;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::http::page::Page;
use crate::store::conversations::presences::{self, Present};
use crate::store::views::thread;
use crate::store::{self, Tx};
use crate::web::page::failure::Failure;
use crate::web::page::frame::viewer;

/// The others, in the head of a thread.
#[derive(Clone, Debug, Template)]
#[template(path = "conversations/presence.html")]
pub struct Presence {
    others: Vec<Present>,
}

impl Presence {
    pub(in crate::web) async fn load(tx: &mut Tx, id: ConversationId, me: PersonId, now: At) -> store::Result<Self> {
        Ok(Presence { others: presences::others(tx, id, me, now).await? })
    }

    /// In a sentence: who types, else who looks.
    fn told(&self) -> String {
        let names = |typing: bool| -> Vec<&str> {
            self.others.iter().filter(|one| one.typing == typing).map(|one| one.name.as_str()).collect()
        };
        let (typing, looking) = (names(true), names(false));
        let (who, what) = if typing.is_empty() { (looking, "looking") } else { (typing, "typing") };
        match who.as_slice() {
            [] => String::new(),
            [one] => format!("{one} is {what}"),
            [one, other] => format!("{one} and {other} are {what}"),
            [one, rest @ ..] => format!("{one} and {} others are {what}", rest.len()),
        }
    }
}

#[rocket::get("/conversations/<id>/presence")]
pub(in crate::web) async fn show(
    id: Number,
    me: Signed<'_>,
    mut db: Connection<Db>,
) -> Result<Page<Presence>, Failure> {
    thread::head(&mut db, viewer(&me.who), id.0).await?.ok_or(Failure::NotFound)?;
    Ok(Page::ok(Presence::load(&mut db, id.0, me.who.id, me.now).await?))
}

#[derive(FromForm)]
pub(in crate::web) struct Shown {
    /// `typing`, `left`, or anything else for looking.
    #[field(default = String::new())]
    sign: String,
}

#[rocket::post("/conversations/<id>/presence", data = "<form>")]
pub(in crate::web) async fn create(id: Number, form: Form<Shown>, me: Signed<'_>) -> Result<Status, Failure> {
    let sign = match form.sign.as_str() {
        "typing" => Sign::Typing,
        "left" => Sign::Left,
        _ => Sign::Looking,
    };
    presence::sign(me.desk, me.who.id, id.0, sign).await?;
    Ok(Status::NoContent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_types_is_told_before_whoever_looks() {
        let present = |name: &str, typing| Present { name: name.to_owned(), typing, seen_at: At::EPOCH };
        let told = |others: &[Present]| Presence { others: others.to_vec() }.told();
        assert_eq!(told(&[]), "");
        assert_eq!(told(&[present("Ana", false)]), "Ana is looking");
        assert_eq!(told(&[present("Ana", false), present("Bo", true)]), "Bo is typing");
        assert_eq!(told(&[present("Ana", false), present("Bo", false)]), "Ana and Bo are looking");
        let three = [present("Ana", true), present("Bo", true), present("Cy", true)];
        assert_eq!(told(&three), "Ana and 2 others are typing");
    }
}
