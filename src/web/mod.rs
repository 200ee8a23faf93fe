//! Pages for people: a file per resource. This is their table of contents.

use rocket::{Route, routes};

mod blocks;
pub mod catchers;
mod closures;
pub mod composer;
mod consents;
pub mod conversations;
mod duty;
pub mod events;
mod failure;
pub mod frame;
mod health;
mod held;
mod lines;
mod links;
pub mod list;
mod live;
mod notes;
mod own_phone;
mod pins;
mod replies;
mod session_given;
mod sessions;
mod snoozes;
pub mod stamp;
mod thread;
pub mod timeline;
pub mod words;
mod writing;

/// Every page and form.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![
        sessions::home,
        sessions::form,
        sessions::create,
        sessions::delete,
        links::show,
        links::create,
        conversations::index,
        conversations::list_part,
        conversations::show,
        conversations::thread_part,
        replies::create,
        notes::create,
        pins::create,
        closures::create,
        snoozes::create,
        snoozes::delete,
        blocks::create,
        blocks::delete,
        consents::create,
        consents::settle,
        duty::create,
        lines::index,
        lines::show,
        lines::save,
        own_phone::texts_on,
        held::index,
        held::forward,
        held::reopen,
        held::dismiss,
        live::stream,
        health::live,
        health::ready,
        health::counts,
    ]
}
