//! Duty: whether somebody takes customers, set by themselves or by a manager.

use rocket::form::Form;
use rocket::response::Redirect;
use rocket::{FromForm, State};

use super::failure::Failure;
use crate::desk::{Desk, duty};
use crate::domain::ids::PersonId;
use crate::domain::person::Duty;
use crate::http::guards::Signed;

#[derive(FromForm)]
pub(super) struct Chosen {
    duty: String,
    /// The line on whose page it was chosen.
    line: Option<i64>,
}

#[rocket::post("/people/<id>/duty", data = "<form>")]
pub(super) async fn create(id: i64, form: Form<Chosen>, me: Signed, desk: &State<Desk>) -> Result<Redirect, Failure> {
    let duty = Duty::read(&form.duty).ok_or(Failure::Refused("Choose one of the three duties."))?;
    duty::set_duty(desk, me.0.id, PersonId(id), duty).await?;
    Ok(Redirect::to(form.line.map_or_else(|| "/conversations".to_owned(), |line| format!("/lines/{line}#members"))))
}
