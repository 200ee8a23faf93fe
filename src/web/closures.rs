//! The closing of a conversation.

use rocket::State;

use super::conversations::Number;
use super::thread::Back;
use super::writing::{Answer, answer};
use crate::desk::{Desk, close};
use crate::http::Site;
use crate::http::guards::Signed;

#[rocket::post("/conversations/<id>/closure?<view>")]
pub(super) async fn create(
    id: Number,
    view: Option<&str>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let outcome = close::close(desk, me.0.id, id.0).await;
    answer(outcome, (desk, site, me.0), (id.0, view), Back::told).await
}
