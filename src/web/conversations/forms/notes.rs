//! A note: only staff see it.

use rocket::FromForm;

use super::writing::{Answer, answer, lines};
use crate::desk::conversations::note;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::composer::Typed;
use crate::web::conversations::thread::Back;

#[derive(FromForm)]
pub(in crate::web) struct Written {
    #[field(default = String::new())]
    body: String,
    form_key: Option<String>,
}

#[rocket::post("/conversations/<id>/notes?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<Written>, me: Signed<'_>) -> Answer {
    let Written { body, form_key } = form.into_inner();
    let body = lines(&body);
    let outcome = note::note(me.desk, me.who.id, id.0, body.clone(), form_key).await;
    answer(outcome, me.0, (id.0, view), |_, why| Back {
        typed: Typed { note: Some(body), note_why: Some(why), ..Typed::default() },
        ..Back::default()
    })
    .await
}
