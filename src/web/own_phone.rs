//! The texts to one's own phone, turned on from whatever page says that they are off.

use rocket::State;
use rocket::response::Redirect;

use super::failure::Failure;
use crate::desk::{Desk, people};
use crate::http::guards::Signed;

#[rocket::post("/phone/texts")]
pub(super) async fn texts_on(me: Signed, desk: &State<Desk>) -> Result<Redirect, Failure> {
    people::texts_on(desk, me.0.id, me.0.id).await?;
    Ok(Redirect::to("/conversations"))
}
