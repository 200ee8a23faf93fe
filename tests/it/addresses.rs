//! Every address with something real in place of its parameters: for the tests that ask all routes of the house.

use std::collections::BTreeSet;

use rocket::http::{Method, Status};

use crate::house::House;
use crate::web::browser::Browser;

/// What stands for a parameter where an address begins so: the first of them counts. What is not named here is 1.
/// The objects are the owner's: a conversation, a text that is held, themselves, their line. `{owner}` is their row.
const EXAMPLES: [(&str, &str); 10] = [
    ("/conversations/<", "SELECT MAX(id) FROM conversations WHERE pinned_to = {owner}"),
    ("/held/<", "SELECT MAX(id) FROM messages WHERE outcome = 'held'"),
    ("/lines/<id>", "SELECT MAX(id) FROM lines"),
    ("/people/<id>", "SELECT id FROM people WHERE id = {owner}"),
    ("/deliveries/<", "SELECT MAX(id) FROM deliveries"),
    ("/searches/<", "SELECT MAX(id) FROM saved_searches"),
    ("/pool/masks/<", "SELECT MIN(id) FROM numbers WHERE role = 'mask'"),
    ("/canned/<", "SELECT MAX(id) FROM canned_replies"),
    ("/tokens/<", "SELECT MAX(id) FROM api_tokens"),
    ("/endpoints/<", "SELECT MAX(id) FROM endpoints"),
];

/// Words that stand for a parameter of that name in any address.
const WORDS: [(&str, &str); 2] = [("part", "hours"), ("name", "app.css")];

/// Something real for every parameter, as [`furnish`] made it.
pub struct Examples(Vec<(&'static str, i64)>);

impl Examples {
    /// The address with an example in place of each parameter.
    pub fn fill(&self, address: &str) -> String {
        self.fill_with(address, None)
    }

    /// As [`Examples::fill`], with `id` in place of the first parameter if that is a thing of the owner.
    pub fn fill_with(&self, address: &str, id: Option<i64>) -> String {
        let path = address.split('?').next().unwrap();
        let known = self.0.iter().find(|(start, _)| path.starts_with(start)).map(|(_, id)| *id);
        let mut first = id;
        let parts = path.split('/').map(|part| {
            let Some(name) = part.strip_prefix('<').and_then(|part| part.strip_suffix('>')) else {
                return part.to_owned();
            };
            let word = WORDS.iter().find(|(known, _)| *known == name);
            word.map_or_else(|| first.take().or(known).unwrap_or(1).to_string(), |(_, word)| (*word).to_owned())
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Whether an address is about a thing of the owner.
    pub fn is_owned(&self, address: &str) -> bool {
        self.0.iter().any(|(start, _)| address.starts_with(start))
    }
}

/// Makes every example in a house with nothing in it: `owner`, a rep, has a customer, a text of theirs is held, they
/// wrote a text, planned one, keep a canned reply and a search. The other rep has a customer of their own. What stands in
/// a conversation has its number, so that one example serves an address with two parameters.
pub async fn furnish(house: &House, owner: &str) -> Examples {
    let (phone, other) = match owner {
        "ana@example.com" => (house.ana(), "bo@example.com"),
        _ => (house.bo(), "ana@example.com"),
    };
    house.goes_away(other).await;
    house.customer(33).texts("Is the ramp open?").await;
    house.transfers("miriam@example.com", other).await;
    house.runs_due_work().await;
    phone.texts_back("Until six.").await;
    house.customer(34).texts("Is the ramp open?").await;
    assert_eq!(house.pinned().await, owner);
    house.each_has_written_and_planned().await;
    house.parks_the_newest_text().await;
    house.has_app_with_endpoint(5).await;
    house.was_told_event_5(5).await;
    let id = house.person(owner).await;
    house.has_canned_reply(7777, id).await;
    house.has_saved_search(1, id).await;
    assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 1);
    examples(house, owner).await
}

/// The newest of each kind of thing that there is in a house; those that have an owner are `owner`'s.
pub async fn examples(house: &House, owner: &str) -> Examples {
    let id = house.person(owner).await;
    let mut examples = Vec::new();
    for (start, sql) in EXAMPLES {
        examples.push((start, house.number(&sql.replace("{owner}", &id.to_string())).await));
    }
    Examples(examples)
}

/// Every route of the house: method, and address without its query.
pub fn routes(browser: &Browser) -> Vec<(Method, String)> {
    browser.client.rocket().routes().map(|route| (route.method, route.uri.path().to_owned())).collect()
}

/// The addresses of every route with this method that ends, sorted, each once.
pub fn of_method(browser: &Browser, method: Method) -> BTreeSet<String> {
    let routes = routes(browser).into_iter().filter(|(of, _)| *of == method).map(|(_, address)| address);
    routes.filter(|address| address != "/live").collect()
}

/// An address as the name of a page.
pub fn name(address: &str) -> String {
    address.split(['/', '<', '>']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// Every page of the house that `browser` can open, with an example in place of each parameter.
pub async fn pages(browser: &Browser, examples: &Examples) -> Vec<(String, crate::web::browser::Answer)> {
    let mut pages = Vec::new();
    for address in of_method(browser, Method::Get) {
        let path = examples.fill(&address);
        let answer = browser.get(&path).await;
        if answer.status == Status::Ok {
            pages.push((path, answer));
        }
    }
    pages
}
