//! Whether a person may sign in: disabled and enabled, and a link by which the person chooses a password.

use rocket::State;

use super::save::{Answer, Place, Refusal};
use super::{Link, link_page};
use crate::desk::routing::duty;
use crate::desk::{self, Desk, people};
use crate::domain::ids::PersonId;
use crate::http::Site;
use crate::http::guards::AdminOnly;
use crate::http::page::Page;
use crate::store::people as store_people;
use crate::web::page::failure::Failure;
use crate::web::page::fields::Sent;

#[rocket::post("/people/<id>/disabling")]
pub(in crate::web) async fn disable(id: i64, me: AdminOnly, desk: &State<Desk>, site: &State<Site>) -> Answer {
    set(Place { desk, site, who: me.0, person: PersonId(id) }, false).await
}

#[rocket::post("/people/<id>/enabling")]
pub(in crate::web) async fn enable(id: i64, me: AdminOnly, desk: &State<Desk>, site: &State<Site>) -> Answer {
    set(Place { desk, site, who: me.0, person: PersonId(id) }, true).await
}

async fn set(place: Place<'_>, enabled: bool) -> Answer {
    let outcome = duty::set_enabled(place.desk, place.who.id, place.person, enabled).await;
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
pub(in crate::web) async fn link(id: i64, me: AdminOnly, desk: &State<Desk>, site: &State<Site>) -> Made {
    match people::reset(desk, me.0.id, PersonId(id)).await {
        Ok(token) => match shown(desk, site, me, PersonId(id), &token).await {
            Ok(page) => Made::Link(Box::new(page)),
            Err(failure) => Made::Failed(failure),
        },
        Err(refused @ desk::Failure::Refused { .. }) => {
            let place = Place { desk, site, who: me.0, person: PersonId(id) };
            Made::Not(Box::new(place.answer("access", Sent::default(), Err(Refusal::from(refused))).await))
        }
        Err(failure) => Made::Failed(failure.into()),
    }
}

async fn shown(desk: &Desk, site: &Site, me: AdminOnly, id: PersonId, token: &str) -> Result<Page<Link>, Failure> {
    let person = store_people::by_id(&mut desk.store.read().await?, id).await?.ok_or(Failure::NotFound)?;
    link_page((desk, site, me.0), (person.name, id.to_string()), token, !person.has_password).await
}
