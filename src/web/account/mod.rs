//! Signing in, and a person's own page.

pub(in crate::web) mod duty;
pub(in crate::web) mod links;
pub(in crate::web) mod me;
pub(in crate::web) mod own_phone;
pub(in crate::web) mod session_given;
pub(in crate::web) mod sessions;
pub(in crate::web) mod setup;

use rocket::{Route, routes};

/// Signing in and out, and everybody's own account.
#[must_use]
pub(in crate::web) fn routes() -> Vec<Route> {
    routes![
        sessions::home,
        sessions::form,
        sessions::create,
        sessions::delete,
        links::show,
        links::create,
        duty::create,
        me::show,
        me::rename,
        me::change_password,
        me::send_code,
        me::confirm,
        me::remove,
        me::texts_on,
        setup::show,
        setup::create,
        own_phone::texts_on,
    ]
}
