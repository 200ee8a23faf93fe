//! Turns the texts to the reader's own phone on, from any page that says that they are off.

use rocket::response::Redirect;

use crate::desk::people;
use crate::http::guards::Signed;
use crate::web::page::failure::Failure;

#[rocket::post("/phone/texts")]
pub(in crate::web) async fn texts_on(me: Signed<'_>) -> Result<Redirect, Failure> {
    people::texts_on(me.desk, me.who.id, me.who.id).await?;
    Ok(Redirect::to("/conversations"))
}
