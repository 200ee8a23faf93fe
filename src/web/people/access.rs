//! Whether a person may sign in: disabled and enabled, and a link by which the person chooses a password.

use super::save::{Answer, Place, Refusal};
use super::{Link, link_page};
use crate::desk::routing::duty;
use crate::desk::{self, people};
use crate::domain::ids::PersonId;
use crate::http::guards::{AdminOnly, Visit};
use crate::http::page::Page;
use crate::store::people as store_people;
use crate::web::page::failure::Failure;
use crate::web::page::fields::Sent;

#[rocket::post("/people/<id>/disabling")]
pub(in crate::web) async fn disable(id: i64, me: AdminOnly<'_>) -> Answer {
    set(Place { visit: me.0, person: PersonId(id) }, false).await
}

#[rocket::post("/people/<id>/enabling")]
pub(in crate::web) async fn enable(id: i64, me: AdminOnly<'_>) -> Answer {
    set(Place { visit: me.0, person: PersonId(id) }, true).await
}

async fn set(place: Place<'_>, enabled: bool) -> Answer {
    let outcome = duty::set_enabled(place.visit.desk, place.visit.who.id, place.person, enabled).await;
    place.answer("access", Sent::default(), outcome.map_err(Refusal::from)).await
}

/// The answer to asking for a link.
#[derive(rocket::Responder)]
pub(in crate::web) enum Made {
    Link(Box<Page<Link>>),
    Not(Box<Answer>),
    Failed(Failure),
}

#[rocket::post("/people/<id>/link")]
pub(in crate::web) async fn link(id: i64, me: AdminOnly<'_>) -> Made {
    match people::reset(me.desk, me.who.id, PersonId(id)).await {
        Ok(token) => match shown(me.0, PersonId(id), &token).await {
            Ok(page) => Made::Link(Box::new(page)),
            Err(failure) => Made::Failed(failure),
        },
        Err(refused @ desk::Failure::Refused { .. }) => {
            let place = Place { visit: me.0, person: PersonId(id) };
            Made::Not(Box::new(place.answer("access", Sent::default(), Err(Refusal::from(refused))).await))
        }
        Err(failure) => Made::Failed(failure.into()),
    }
}

async fn shown(visit: Visit<'_>, id: PersonId, token: &str) -> Result<Page<Link>, Failure> {
    let person = store_people::by_id(&mut visit.desk.store.read().await?, id).await?.ok_or(Failure::NotFound)?;
    link_page(visit, (person.name, id.to_string()), token, !person.has_password).await
}
