//! Contacts that are one person: merged, and separated again.

use rocket::FromForm;

use crate::desk::customers::merge;
use crate::domain::ids::CustomerId;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::forms::writing::{Answer, Pane, answer_in};
use crate::web::conversations::thread::Back;
use crate::web::page::refused::Refused;

#[derive(FromForm)]
pub(in crate::web) struct With {
    /// A name, or a conversation's number.
    #[field(default = String::new())]
    with: String,
    /// The number of a conversation of the one who was meant, chosen from several.
    #[field(default = String::new())]
    choice: String,
}

#[rocket::post("/conversations/<id>/merge?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<With>, me: Signed<'_>) -> Answer {
    let With { with, choice } = form.into_inner();
    let meant = if choice.is_empty() { &with } else { &choice };
    let outcome = merge::merge(me.desk, me.who.id, id.0, meant).await;
    answer_in(Pane::Details, outcome, me.0, (id.0, view), |field, why| {
        Back::beside(Refused { form: "merge", field, why, values: vec![("with", with)] })
    })
    .await
}

#[derive(FromForm)]
pub(in crate::web) struct Apart {
    #[field(default = 0)]
    contact: i64,
}

#[rocket::post("/conversations/<id>/separation?<view>", data = "<form>")]
pub(in crate::web) async fn delete(id: Number, view: Option<&str>, form: Form<Apart>, me: Signed<'_>) -> Answer {
    let outcome = merge::separate(me.desk, me.who.id, id.0, CustomerId(form.contact)).await;
    answer_in(Pane::Details, outcome, me.0, (id.0, view), Back::told).await
}
