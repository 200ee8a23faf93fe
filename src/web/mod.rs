//! Pages for people: a folder for each noun.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rocket::http::Method;
use rocket::{Route, routes};

pub mod account;
pub mod conversations;
pub mod customers;
mod lines;
pub mod managers;
pub mod page;
mod people;
mod pool;
pub mod programs;

pub use page::health::Readiness;

/// Every page and form.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut all = routes![
        account::sessions::home,
        account::sessions::form,
        account::sessions::create,
        account::sessions::delete,
        account::links::show,
        account::links::create,
        conversations::index,
        conversations::list_part,
        conversations::show,
        conversations::thread_part,
        conversations::forms::replies::create,
        conversations::forms::replies::again,
        conversations::forms::planned::withdraw,
        conversations::forms::planned::depart,
        conversations::forms::planned::move_to,
        conversations::forms::counts::create,
        conversations::forms::drafts::create,
        conversations::presences::show,
        conversations::presences::create,
        managers::canned::index,
        managers::canned::create,
        managers::canned::update,
        managers::canned::delete,
        conversations::forms::notes::create,
        conversations::forms::pins::create,
        conversations::forms::closures::create,
        conversations::forms::marks::read,
        conversations::forms::marks::mend,
        page::palette::index,
        conversations::forms::labels::put_on,
        conversations::forms::labels::take_off,
        conversations::forms::labels::index,
        conversations::forms::labels::create,
        conversations::forms::labels::rename,
        conversations::forms::snoozes::create,
        conversations::forms::snoozes::delete,
        customers::contacts::save,
        customers::contacts::show,
        customers::merges::create,
        customers::merges::delete,
        conversations::forms::starts::form,
        conversations::forms::starts::create,
        customers::blocks::create,
        customers::blocks::delete,
        conversations::forms::consents::create,
        conversations::forms::consents::settle,
        account::duty::create,
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
        account::me::show,
        account::me::rename,
        account::me::change_password,
        account::me::send_code,
        account::me::confirm,
        account::me::remove,
        account::me::texts_on,
        account::setup::show,
        account::setup::create,
        account::own_phone::texts_on,
        managers::held::index,
        managers::held::forward,
        managers::held::reopen,
        managers::held::dismiss,
        managers::history::index,
        managers::board::index,
        managers::audits::index,
        managers::exports::new,
        managers::exports::create,
        managers::deliveries::index,
        managers::deliveries::show,
        managers::deliveries::create,
        managers::history::saved::create,
        managers::history::saved::remove,
        managers::reassignments::new,
        managers::reassignments::create,
        conversations::views::index,
        page::live::stream,
        page::health::live,
        page::health::ready,
        page::health::counts,
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
        programs::tokens::index,
        programs::tokens::create,
        programs::tokens::before_revoking,
        programs::tokens::revoke,
        programs::endpoints::index,
        programs::endpoints::create,
        programs::endpoints::show,
        programs::endpoints::delete,
        programs::endpoints::enable,
        programs::endpoints::replay,
    ]
}
