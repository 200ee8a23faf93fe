//! The forms for the phone of a person, on the person's page: send a code, type it, or remove the phone.

use super::save::{Answer, Place, Refusal};
use crate::desk::people;
use crate::domain::ids::PersonId;
use crate::http::form::Form;
use crate::http::guards::AdminOnly;
use crate::web::page::fields::{Posted, Sent};

#[rocket::post("/people/<id>/code", data = "<form>")]
pub(in crate::web) async fn send_code(id: i64, form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    let (sent, place) = (Sent(form.into_inner().field), Place { visit: me.0, person: PersonId(id) });
    let outcome = people::send_code(place.visit.desk, place.visit.who.id, place.person, sent.value("phone")).await;
    place.answer("phone", sent, outcome.map_err(Refusal::from)).await
}

#[rocket::post("/people/<id>/phone", data = "<form>")]
pub(in crate::web) async fn confirm(id: i64, form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    let (sent, place) = (Sent(form.into_inner().field), Place { visit: me.0, person: PersonId(id) });
    let outcome = people::confirm(place.visit.desk, place.visit.who.id, place.person, sent.value("code")).await;
    place.answer("phone", sent, outcome.map_err(Refusal::from)).await
}

#[rocket::post("/people/<id>/phone/removal")]
pub(in crate::web) async fn remove(id: i64, me: AdminOnly<'_>) -> Answer {
    let place = Place { visit: me.0, person: PersonId(id) };
    let outcome = people::remove(place.visit.desk, place.visit.who.id, place.person).await;
    place.answer("phone", Sent::default(), outcome.map_err(Refusal::from)).await
}

#[rocket::post("/people/<id>/phone/texts")]
pub(in crate::web) async fn texts_on(id: i64, me: AdminOnly<'_>) -> Answer {
    let place = Place { visit: me.0, person: PersonId(id) };
    let outcome = people::texts_on(place.visit.desk, place.visit.who.id, place.person).await;
    place.answer("phone", Sent::default(), outcome.map_err(Refusal::from)).await
}
