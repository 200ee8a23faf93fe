//! Pages for people: a file per resource. This is their table of contents.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rocket::http::Method;
use rocket::{Route, routes};

mod answer;
mod audits;
mod blocks;
mod board;
mod canned;
pub mod catchers;
mod closures;
pub mod composer;
mod consents;
mod contacts;
pub mod conversations;
mod counts;
mod deliveries;
mod details;
mod drafts;
mod duty;
mod endpoints;
pub mod events;
mod exports;
mod failure;
mod fields;
pub mod frame;
mod health;
mod held;
pub mod here;
mod history;
mod hours;
mod labels;
mod lines;
mod links;
pub mod list;
mod live;
mod marks;
mod me;
mod merges;
mod notes;
mod own_phone;
mod palette;
mod parties;
mod people;
mod pins;
mod planned;
mod pool;
mod presences;
mod reassignments;
mod refused;
mod replies;
mod session_given;
mod sessions;
mod setup;
mod shown;
mod snoozes;
pub mod stamp;
mod starts;
mod thread;
pub mod timeline;
mod tokens;
mod travel;
mod views;
mod way_back;
pub mod words;
mod writing;

pub use health::Readiness;

/// Every page and form.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut all = routes![
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
        replies::again,
        planned::withdraw,
        planned::depart,
        planned::move_to,
        counts::create,
        drafts::create,
        presences::show,
        presences::create,
        canned::index,
        canned::create,
        canned::update,
        canned::delete,
        notes::create,
        pins::create,
        closures::create,
        marks::read,
        marks::mend,
        palette::index,
        labels::put_on,
        labels::take_off,
        labels::index,
        labels::create,
        labels::rename,
        snoozes::create,
        snoozes::delete,
        contacts::save,
        contacts::show,
        merges::create,
        merges::delete,
        starts::form,
        starts::create,
        blocks::create,
        blocks::delete,
        consents::create,
        consents::settle,
        duty::create,
        lines::index,
        lines::create,
        lines::show::show,
        lines::show::save,
        people::index,
        people::create,
        people::show::show,
        people::save::save_profile,
        people::save::save_schedule,
        people::save::save_lines,
        people::phone::send_code,
        people::phone::confirm,
        people::phone::remove,
        people::phone::texts_on,
        people::access::disable,
        people::access::enable,
        people::access::link,
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
        held::index,
        held::forward,
        held::reopen,
        held::dismiss,
        history::index,
        board::index,
        audits::index,
        exports::new,
        exports::create,
        deliveries::index,
        deliveries::show,
        deliveries::create,
        history::saved::create,
        history::saved::remove,
        reassignments::new,
        reassignments::create,
        views::index,
        live::stream,
        health::live,
        health::ready,
        health::counts,
    ];
    all.extend(pool::routes());
    all.extend(programs());
    all
}

/// The first parts of the addresses of pages: where somebody may be led after signing in. What is for those who are not
/// signed in, and what is no page, is left out.
fn first_parts() -> &'static BTreeSet<String> {
    static PARTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let apart = ["sign-in", "sign-out", "link", "setup", "live", "health", "metrics", "palette"];
        let pages = routes().into_iter().filter(|route| route.method == Method::Get);
        let firsts =
            pages.filter_map(|route| route.uri.path().trim_start_matches('/').split('/').next().map(str::to_owned));
        firsts
            .filter(|first| !first.is_empty() && !first.starts_with('<') && !apart.contains(&first.as_str()))
            .collect()
    });
    &PARTS
}

/// What admins set up for programs.
fn programs() -> Vec<Route> {
    routes![
        tokens::index,
        tokens::create,
        tokens::before_revoking,
        tokens::revoke,
        endpoints::index,
        endpoints::create,
        endpoints::show,
        endpoints::delete,
        endpoints::enable,
        endpoints::replay,
    ]
}
