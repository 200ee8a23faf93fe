//! Replies that wait: undone, moved to another time, or sent now.

use rocket::FromForm;

use super::replies::Time;
use super::writing::{Answer, answer};
use crate::desk::Failure;
use crate::desk::replies::reschedule::{Change, reschedule};
use crate::domain::ids::PlannedReplyId;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::thread::Back;

#[rocket::post("/conversations/<id>/planned/<planned>/withdrawal?<view>")]
pub(in crate::web) async fn withdraw(id: Number, planned: i64, view: Option<&str>, me: Signed<'_>) -> Answer {
    let outcome = reschedule(me.desk, me.who.id, id.0, PlannedReplyId(planned), Change::TakeBack).await;
    answer(outcome, me.0, (id.0, view), Back::told).await
}

#[rocket::post("/conversations/<id>/planned/<planned>/departure?<view>")]
pub(in crate::web) async fn depart(id: Number, planned: i64, view: Option<&str>, me: Signed<'_>) -> Answer {
    let outcome = reschedule(me.desk, me.who.id, id.0, PlannedReplyId(planned), Change::SendNow).await;
    answer(outcome, me.0, (id.0, view), Back::told).await
}

#[derive(FromForm)]
pub(in crate::web) struct Moved {
    time: Time,
}

#[rocket::post("/conversations/<id>/planned/<planned>/time?<view>", data = "<form>")]
pub(in crate::web) async fn move_to(
    id: Number,
    planned: i64,
    view: Option<&str>,
    form: Form<Moved>,
    me: Signed<'_>,
) -> Answer {
    let outcome = match form.time.read(me.desk, &me.who, id.0).await {
        Ok(Some(at)) => reschedule(me.desk, me.who.id, id.0, PlannedReplyId(planned), Change::MoveTo(at)).await,
        Ok(None) => Err(Failure::refused("at", "choose when it is to be sent")),
        Err(failure) => Err(failure),
    };
    answer(outcome, me.0, (id.0, view), Back::told).await
}
