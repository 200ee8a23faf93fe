//! Contacts that are one person: put together, and taken apart again.

use rocket::{FromForm, State};

use super::conversations::Number;
use super::refused::Refused;
use super::thread::Back;
use super::writing::{Answer, Pane, answer_in};
use crate::desk::{Desk, merge};
use crate::domain::ids::CustomerId;
use crate::http::Site;
use crate::http::form::Form;
use crate::http::guards::Signed;

#[derive(FromForm)]
pub(super) struct With {
    /// A name, or a conversation's number.
    #[field(default = String::new())]
    with: String,
    /// The number of a conversation of the one who was meant, chosen from several.
    #[field(default = String::new())]
    choice: String,
}

#[rocket::post("/conversations/<id>/merge?<view>", data = "<form>")]
pub(super) async fn create(
    id: Number,
    view: Option<&str>,
    form: Form<With>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let With { with, choice } = form.into_inner();
    let meant = if choice.is_empty() { &with } else { &choice };
    let outcome = merge::merge(desk, me.0.id, id.0, meant).await;
    answer_in(Pane::Details, outcome, (desk, site, me.0), (id.0, view), |field, why| {
        Back::beside(Refused { form: "merge", field, why, values: vec![("with", with)] })
    })
    .await
}

#[derive(FromForm)]
pub(super) struct Apart {
    #[field(default = 0)]
    contact: i64,
}

#[rocket::post("/conversations/<id>/separation?<view>", data = "<form>")]
pub(super) async fn delete(
    id: Number,
    view: Option<&str>,
    form: Form<Apart>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let outcome = merge::separate(desk, me.0.id, id.0, CustomerId(form.contact)).await;
    answer_in(Pane::Details, outcome, (desk, site, me.0), (id.0, view), Back::told).await
}
