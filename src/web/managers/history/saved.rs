//! Saved searches: saved on the page that shows what they find, deleted by a button beside them.

use rocket::FromForm;
use rocket::response::Redirect;

use super::{Asked, Back, History, page};
use crate::desk;
use crate::desk::search::saved_search;
use crate::domain::ids::SavedSearchId;
use crate::domain::words::sentence::sentence;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::page::failure::Failure;

#[derive(FromForm)]
pub(in crate::web) struct Kept {
    #[field(default = String::new())]
    name: String,
    #[field(default = String::new())]
    query: String,
}

/// The answer to a form.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<History>;

#[rocket::post("/searches", data = "<form>")]
pub(in crate::web) async fn create(form: Form<Kept>, me: Signed<'_>) -> Answer {
    let Kept { name, query } = form.into_inner();
    let asked = Asked::read(&query);
    let query = asked.query();
    match saved_search::keep(me.desk, me.who.id, &name, &query).await {
        Ok(()) => Answer::see(format!("/history?{query}")),
        Err(desk::Failure::Refused { why, .. }) => {
            let back = Back { name, why: Some(sentence(&why)) };
            Answer::again(page(me.0, asked, None, back).await)
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}

#[rocket::post("/searches/<id>/removal")]
pub(in crate::web) async fn remove(id: i64, me: Signed<'_>) -> Result<Redirect, Failure> {
    saved_search::forget(me.desk, me.who.id, SavedSearchId(id)).await?;
    Ok(Redirect::to("/history"))
}
