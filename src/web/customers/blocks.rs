//! Blocks a customer, and ends the block.

use rocket::FromForm;

use crate::desk::consent::block;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::forms::writing::{Answer, Pane, answer_in, lines};
use crate::web::conversations::thread::Back;
use crate::web::page::refused::Refused;

#[derive(FromForm)]
pub(in crate::web) struct Why {
    #[field(default = String::new())]
    reason: String,
}

#[rocket::post("/conversations/<id>/block?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<Why>, me: Signed<'_>) -> Answer {
    let reason = lines(&form.reason);
    let outcome = block::block(me.desk, me.who.id, id.0, &reason).await;
    answer_in(Pane::Details, outcome, me.0, (id.0, view), |field, why| {
        Back::beside(Refused { form: "block", field, why, values: vec![("reason", reason)] })
    })
    .await
}

#[rocket::post("/conversations/<id>/unblock?<view>")]
pub(in crate::web) async fn delete(id: Number, view: Option<&str>, me: Signed<'_>) -> Answer {
    let outcome = block::unblock(me.desk, me.who.id, id.0).await;
    answer_in(Pane::Details, outcome, me.0, (id.0, view), Back::told).await
}
