//! The forms for the phone of a person, on the person's page: send a code, type it, or remove the phone.

use rocket::State;

use super::save::{Answer, Place, Refusal};
use crate::desk::{Desk, people};
use crate::domain::ids::PersonId;
use crate::http::Site;
use crate::http::form::Form;
use crate::http::guards::AdminOnly;
use crate::web::page::fields::{Posted, Sent};

#[rocket::post("/people/<id>/code", data = "<form>")]
pub(in crate::web) async fn send_code(
    id: i64,
    form: Form<Posted>,
    me: AdminOnly,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let (sent, place) = (Sent(form.into_inner().field), Place { desk, site, who: me.0, person: PersonId(id) });
    let outcome = people::send_code(desk, place.who.id, place.person, sent.value("phone")).await;
    place.answer("phone", sent, outcome.map_err(Refusal::from)).await
}

#[rocket::post("/people/<id>/phone", data = "<form>")]
pub(in crate::web) async fn confirm(
    id: i64,
    form: Form<Posted>,
    me: AdminOnly,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let (sent, place) = (Sent(form.into_inner().field), Place { desk, site, who: me.0, person: PersonId(id) });
    let outcome = people::confirm(desk, place.who.id, place.person, sent.value("code")).await;
    place.answer("phone", sent, outcome.map_err(Refusal::from)).await
}

#[rocket::post("/people/<id>/phone/removal")]
pub(in crate::web) async fn remove(id: i64, me: AdminOnly, desk: &State<Desk>, site: &State<Site>) -> Answer {
    let place = Place { desk, site, who: me.0, person: PersonId(id) };
    let outcome = people::remove(desk, place.who.id, place.person).await;
    place.answer("phone", Sent::default(), outcome.map_err(Refusal::from)).await
}

#[rocket::post("/people/<id>/phone/texts")]
pub(in crate::web) async fn texts_on(id: i64, me: AdminOnly, desk: &State<Desk>, site: &State<Site>) -> Answer {
    let place = Place { desk, site, who: me.0, person: PersonId(id) };
    let outcome = people::texts_on(desk, place.who.id, place.person).await;
    place.answer("phone", Sent::default(), outcome.map_err(Refusal::from)).await
}
