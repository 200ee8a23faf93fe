//! Twilio's REST API, as far as a support line uses it: a file for each resource.
//!
//! It can be mounted anywhere; the addresses that it gives out begin with that place.

pub(super) mod answer;
mod auth;
mod available;
mod list;
mod media;
mod messages;
mod numbers;
mod resource;

pub(super) use answer::{Reply, internal, unauthorized};
pub(super) use resource::message as message_json;

/// The API's routes.
#[must_use]
pub fn routes() -> Vec<rocket::Route> {
    rocket::routes![
        messages::create,
        messages::list,
        messages::get,
        messages::update,
        messages::delete,
        media::list,
        numbers::list,
        numbers::create,
        numbers::get,
        numbers::update,
        numbers::delete,
        available::search,
    ]
}
