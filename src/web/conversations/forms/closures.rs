//! The closing of a conversation, with a note for colleagues if there is something to say.

use rocket::{FromForm, State};

use super::writing::{Answer, answer, lines};
use crate::desk::Desk;
use crate::desk::conversations::close;
use crate::http::Site;
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
pub(in crate::web) async fn create(
    id: Number,
    view: Option<&str>,
    form: Form<Closing>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let note = lines(&form.note);
    let outcome = close::close_saying(desk, me.0.id, id.0, &note).await;
    answer(outcome, (desk, site, me.0), (id.0, view), |field, why| {
        Back::beside(Refused { form: "close", field, why, values: vec![("note", note)] })
    })
    .await
}
