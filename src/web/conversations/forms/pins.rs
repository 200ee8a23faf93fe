//! The pin of a conversation: claimed for oneself, or moved to a colleague.

use rocket::FromForm;

use super::writing::{Answer, answer, list};
use crate::desk::Failure;
use crate::desk::conversations::assign;
use crate::domain::ids::PersonId;
use crate::domain::people::person::Role;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::thread::Back;
use crate::web::page::refused::Refused;

#[derive(FromForm)]
pub(in crate::web) struct Moved {
    /// Whom to; without it, oneself.
    to: Option<String>,
    note: Option<String>,
}

#[rocket::post("/conversations/<id>/pin?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<Moved>, me: Signed<'_>) -> Answer {
    let Moved { to, note } = form.into_inner();
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    let chosen = to.as_deref().and_then(|to| to.parse().ok()).map(PersonId);
    let outcome = match (&to, chosen) {
        (None, _) => assign::claim(me.desk, me.who.id, id.0).await.map(drop),
        (Some(_), Some(to)) => assign::transfer(me.desk, me.who.id, id.0, to, note.clone()).await.map(drop),
        (Some(_), None) => Err(Failure::refused("to", "Choose somebody.")),
    };
    // Who hands a conversation on may not see it any more.
    if outcome.is_ok() && to.is_some() && me.who.role < Role::Manager {
        return list(view);
    }
    answer(outcome, me.0, (id.0, view), |field, why| {
        let values = vec![("to", to.clone().unwrap_or_default()), ("note", note.unwrap_or_default())];
        match to {
            Some(_) => Back::beside(Refused { form: "transfer", field, why, values }),
            None => Back::told(field, why),
        }
    })
    .await
}
