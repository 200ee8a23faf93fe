//! Keeps a customer away, and lets them in again.

use rocket::{FromForm, State};

use super::conversations::Number;
use super::refused::Refused;
use super::thread::Back;
use super::writing::{Answer, Pane, answer_in, lines};
use crate::desk::{Desk, block};
use crate::http::Site;
use crate::http::form::Form;
use crate::http::guards::Signed;

#[derive(FromForm)]
pub(super) struct Why {
    #[field(default = String::new())]
    reason: String,
}

#[rocket::post("/conversations/<id>/block?<view>", data = "<form>")]
pub(super) async fn create(
    id: Number,
    view: Option<&str>,
    form: Form<Why>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let reason = lines(&form.reason);
    let outcome = block::block(desk, me.0.id, id.0, &reason).await;
    answer_in(Pane::Details, outcome, (desk, site, me.0), (id.0, view), |field, why| {
        Back::beside(Refused { form: "block", field, why, values: vec![("reason", reason)] })
    })
    .await
}

#[rocket::post("/conversations/<id>/unblock?<view>")]
pub(super) async fn delete(
    id: Number,
    view: Option<&str>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let outcome = block::unblock(desk, me.0.id, id.0).await;
    answer_in(Pane::Details, outcome, (desk, site, me.0), (id.0, view), Back::told).await
}
