//! The closing of a conversation, with a note for colleagues if there is something to say.

use rocket::FromForm;

use super::writing::{Answer, answer, lines};
use crate::desk::conversations::close;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::thread::Back;
use crate::web::page::refused::Refused;

#[derive(FromForm)]
pub(in crate::web) struct Closing {
    #[field(default = String::new())]
    note: String,
}

#[rocket::post("/conversations/<id>/closure?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<Closing>, me: Signed<'_>) -> Answer {
    let note = lines(&form.note);
    let outcome = close::close_saying(me.desk, me.who.id, id.0, &note).await;
    answer(outcome, me.0, (id.0, view), |field, why| {
        Back::beside(Refused { form: "close", field, why, values: vec![("note", note)] })
    })
    .await
}
