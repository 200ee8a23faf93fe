//! A reply from the web: a text to the customer, from the line.

use rocket::form::Form;
use rocket::{FromForm, State};

use super::composer::Typed;
use super::conversations::Number;
use super::thread::Back;
use super::writing::{Answer, answer, lines};
use crate::desk::{Desk, reply};
use crate::http::Site;
use crate::http::guards::Signed;

#[derive(FromForm)]
pub(super) struct Written {
    #[field(default = String::new())]
    body: String,
    form_key: Option<String>,
}

#[rocket::post("/conversations/<id>/replies?<view>", data = "<form>")]
pub(super) async fn create(
    id: Number,
    view: Option<&str>,
    form: Form<Written>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let Written { body, form_key } = form.into_inner();
    let body = lines(&body);
    let reply = reply::Reply { by: me.0.id, conversation: id.0, body: body.clone(), form_key };
    let outcome = reply::reply(desk, reply).await;
    answer(outcome, (desk, site, me.0), (id.0, view), |_, why| Back {
        typed: Typed { reply: body, reply_why: Some(why), ..Typed::default() },
        ..Back::default()
    })
    .await
}
