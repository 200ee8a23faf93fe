//! The texts to one's own phone.

use rocket::State;
use rocket::response::Redirect;

use super::failure::Failure;
use crate::desk::{Desk, own_phone};
use crate::http::guards::Signed;

#[rocket::post("/phone/texts")]
pub(super) async fn texts_on(me: Signed, desk: &State<Desk>) -> Result<Redirect, Failure> {
    own_phone::texts_on(desk, me.0.id).await?;
    Ok(Redirect::to("/conversations"))
}
