//! Turns the texts to the reader's own phone on, from any page that says that they are off.

use rocket::State;
use rocket::response::Redirect;

use crate::desk::{Desk, people};
use crate::http::guards::Signed;
use crate::web::page::failure::Failure;

#[rocket::post("/phone/texts")]
pub(in crate::web) async fn texts_on(me: Signed, desk: &State<Desk>) -> Result<Redirect, Failure> {
    people::texts_on(desk, me.0.id, me.0.id).await?;
    Ok(Redirect::to("/conversations"))
}
