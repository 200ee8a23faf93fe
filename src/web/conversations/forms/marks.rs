//! Somebody has read a conversation, or has dealt with what did not arrive.

use rocket::FromForm;

use super::writing::{Answer, answer};
use crate::desk::conversations::reading;
use crate::domain::ids::MessageId;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::thread::Back;

#[derive(FromForm)]
pub(in crate::web) struct Seen {
    /// The newest message that the page showed.
    last: Option<i64>,
}

#[rocket::post("/conversations/<id>/reading?<view>", data = "<form>")]
pub(in crate::web) async fn read(id: Number, view: Option<&str>, form: Form<Seen>, me: Signed<'_>) -> Answer {
    let outcome = reading::read(me.desk, me.who.id, id.0, form.last.map(MessageId)).await;
    answer(outcome, me.0, (id.0, view), Back::told).await
}

#[rocket::post("/conversations/<id>/mending?<view>")]
pub(in crate::web) async fn mend(id: Number, view: Option<&str>, me: Signed<'_>) -> Answer {
    let outcome = reading::mend(me.desk, me.who.id, id.0).await;
    answer(outcome, me.0, (id.0, view), Back::told).await
}
