//! Puts a conversation aside until later, and takes it back.

use rocket::{FromForm, State};

use super::conversations::Number;
use super::refused::Refused;
use super::thread::Back;
use super::writing::{Answer, answer};
use crate::desk::{Desk, snooze};
use crate::http::Site;
use crate::http::form::Form;
use crate::http::guards::Signed;

#[derive(FromForm)]
pub(super) struct Until {
    /// `tomorrow`, `next_week`, a picked time such as `2026-03-11T09:30`, or a span such as `1h30m`.
    #[field(default = String::new())]
    until: String,
}

#[rocket::post("/conversations/<id>/snooze?<view>", data = "<form>")]
pub(super) async fn create(
    id: Number,
    view: Option<&str>,
    form: Form<Until>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let outcome = snooze::snooze_until(desk, me.0.id, id.0, &form.until).await;
    answer(outcome, (desk, site, me.0), (id.0, view), |field, why| {
        Back::beside(Refused { form: "snooze", field, why, values: vec![("until", form.into_inner().until)] })
    })
    .await
}

#[rocket::post("/conversations/<id>/waking?<view>")]
pub(super) async fn delete(
    id: Number,
    view: Option<&str>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let outcome = snooze::unsnooze(desk, me.0.id, id.0).await;
    answer(outcome, (desk, site, me.0), (id.0, view), Back::told).await
}
