//! Pages for people: a folder for each noun.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use rocket::Route;
use rocket::http::Method;

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
    [
        account::routes(),
        conversations::routes(),
        customers::routes(),
        lines::routes(),
        managers::routes(),
        page::routes(),
        people::routes(),
        pool::routes(),
        programs::routes(),
    ]
    .concat()
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
