//! What staff know of a customer: the card, which everybody may change who sees the conversation, and the number, which
//! managers see by a click that leaves an audit row.

use rocket::FromForm;

use crate::desk::customers::contact::{self, Typed};
use crate::desk::customers::number;
use crate::domain::ids::LegId;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::http::page::Page;
use crate::web::conversations::forms::writing::{Answer, Pane, answer_in, lines};
use crate::web::conversations::list::Shown;
use crate::web::conversations::thread::Back;
use crate::web::conversations::{self, Number};
use crate::web::page::failure::Failure;
use crate::web::page::refused::Refused;

#[derive(FromForm)]
pub(in crate::web) struct Card {
    #[field(default = String::new())]
    name: String,
    #[field(default = String::new())]
    language: String,
    #[field(default = String::new())]
    tags: String,
    #[field(default = String::new())]
    notes: String,
    #[field(default = String::new())]
    seen: String,
}

#[rocket::post("/conversations/<id>/contact?<view>", data = "<form>")]
pub(in crate::web) async fn save(id: Number, view: Option<&str>, form: Form<Card>, me: Signed<'_>) -> Answer {
    let Card { name, language, tags, notes, seen } = form.into_inner();
    let typed = Typed { name, language, tags, notes: lines(&notes), seen };
    let outcome = contact::edit(me.desk, me.who.id, id.0, &typed).await;
    answer_in(Pane::Details, outcome, me.0, (id.0, view), |field, why| {
        let Typed { name, language, tags, notes, .. } = typed;
        let values = vec![("name", name), ("language", language), ("tags", tags), ("notes", notes)];
        Back::beside(Refused { form: "contact", field, why, values })
    })
    .await
}

/// Shows the number, in a pair that of the party with this leg, in the answer and nowhere else: the page, loaded again, hides it.
#[rocket::post("/conversations/<id>/number?<view>&<party>")]
pub(in crate::web) async fn show(
    id: Number,
    view: Option<&str>,
    party: Option<i64>,
    me: Signed<'_>,
) -> Result<Answer, Failure> {
    let leg = party.map(LegId);
    let number = match leg {
        Some(leg) => number::show_party(me.desk, me.who.id, id.0, leg).await?,
        None => number::show(me.desk, me.who.id, id.0).await?,
    };
    let back = Back { number: Some((leg, number)), ..Back::default() };
    let page = conversations::page(me.0, (id.0, Shown::of(view)), (None, None), back).await?;
    Ok(Answer::Again(Box::new(Page::ok(page))))
}
