//! Snoozes a conversation, and ends the snooze.

use rocket::FromForm;

use super::writing::{Answer, answer};
use crate::desk::conversations::snooze;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::thread::Back;
use crate::web::page::refused::Refused;

#[derive(FromForm)]
pub(in crate::web) struct Until {
    /// `tomorrow`, `next_week`, a picked time such as `2026-03-11T09:30`, or a span such as `1h30m`.
    #[field(default = String::new())]
    until: String,
}

#[rocket::post("/conversations/<id>/snooze?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<Until>, me: Signed<'_>) -> Answer {
    let outcome = snooze::snooze_until(me.desk, me.who.id, id.0, &form.until).await;
    answer(outcome, me.0, (id.0, view), |field, why| {
        Back::beside(Refused { form: "snooze", field, why, values: vec![("until", form.into_inner().until)] })
    })
    .await
}

#[rocket::post("/conversations/<id>/waking?<view>")]
pub(in crate::web) async fn delete(id: Number, view: Option<&str>, me: Signed<'_>) -> Answer {
    let outcome = snooze::unsnooze(me.desk, me.who.id, id.0).await;
    answer(outcome, me.0, (id.0, view), Back::told).await
}
