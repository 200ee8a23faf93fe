//! Duty: whether somebody takes customers, set by themselves or by a manager.

use rocket::FromForm;
use rocket::response::Redirect;

use crate::desk::routing::duty;
use crate::domain::ids::PersonId;
use crate::domain::people::person::Duty;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::page::failure::Failure;

#[derive(FromForm)]
pub(in crate::web) struct Chosen {
    duty: String,
    /// The line on whose page it was chosen.
    line: Option<i64>,
    /// Or the page of people on which it was.
    back: Option<String>,
}

#[rocket::post("/people/<id>/duty", data = "<form>")]
pub(in crate::web) async fn create(id: i64, form: Form<Chosen>, me: Signed<'_>) -> Result<Redirect, Failure> {
    let duty = Duty::read(&form.duty).ok_or(Failure::Refused("Choose one of the three duties."))?;
    duty::set_duty(me.desk, me.who.id, PersonId(id), duty).await?;
    Ok(Redirect::to(match (form.line, form.back.as_deref()) {
        (Some(line), _) => format!("/lines/{line}#members"),
        (None, Some("person")) => format!("/people/{id}#duty"),
        (None, Some("me")) => "/me#duty".to_owned(),
        (None, _) => "/conversations".to_owned(),
    }))
}
