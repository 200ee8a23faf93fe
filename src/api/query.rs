//! The parameters of an address. The API refuses an unknown one by its name, like an unknown member of a body: if it
//! ignored a mistyped one, it would answer another question.

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::problem::{Fault, Problem};
use crate::domain::characters::slips;

/// Longest name that is told back, in characters.
const LONGEST: usize = 50;
/// Names that differ by so many letters at most are near.
const NEAR: usize = 2;

/// Which parameters a request may have in its address, by method and path; the description of the API says it. The server
/// that has the API manages one.
#[derive(Clone, Copy, Debug)]
pub struct Parameters(pub(super) fn(&str, &str) -> &'static [String]);

/// A request without parameters that its route does not know.
pub(super) struct Known;

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Known {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        match known(req) {
            Ok(()) => Outcome::Success(Known),
            Err(problem) => Outcome::Error((problem.leave(req), ())),
        }
    }
}

/// Refuses a request with parameters that its route does not know.
pub(super) fn known(req: &Request<'_>) -> Result<(), Problem> {
    let Some(query) = req.uri().query() else { return Ok(()) };
    let of = req.rocket().state::<Parameters>();
    let known = req.route().zip(of).map_or(&[][..], |(route, Parameters(of))| {
        let path = route.uri.unmounted_origin.path().as_str().replace('<', "{").replace('>', "}");
        of(route.method.as_str(), &path)
    });
    let faults = strangers(query.as_str(), known);
    if faults.is_empty() { Ok(()) } else { Err(Problem::refused(faults)) }
}

/// Every parameter of `query` that is not among `known`, with what it may have meant.
fn strangers(query: &str, known: &[String]) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        let name: String = name.chars().take(LONGEST).collect();
        if known.contains(&name) || seen.contains(&name) {
            continue;
        }
        let near = known.iter().map(|one| (apart(one, &name), one)).min().filter(|(apart, _)| *apart <= NEAR);
        let why = match (near, known) {
            (Some((_, near)), _) => format!("nobody knows it here: did you mean `{near}`?"),
            (None, []) => "this address takes no parameters: leave it out".to_owned(),
            (None, _) => format!("nobody knows it here: choose from {}", known.join(", ")),
        };
        faults.push(Fault::parameter(name.clone(), &why));
        seen.push(name);
    }
    faults
}

/// How many slips lie between two names, whatever the case.
fn apart(one: &str, other: &str) -> usize {
    let letters = |name: &str| name.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    slips::between(&letters(one), &letters(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(query: &str, known: &[&str]) -> Vec<(String, String)> {
        let known: Vec<String> = known.iter().map(|&one| one.to_owned()).collect();
        let details = serde_json::to_value(Problem::refused(strangers(query, &known)).details("")).unwrap();
        let errors = details["errors"].as_array().cloned().unwrap_or_default();
        let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        errors.iter().map(|one| (word(&one["parameter"]), word(&one["detail"]))).collect()
    }

    #[test]
    fn what_nobody_knows_is_named_with_what_it_may_have_meant() {
        let known = ["cursor", "limit", "phone", "reference", "state"];
        for (query, name, near) in [
            ("limt=5", "limt", "`limit`"),
            ("limti=5", "limti", "`limit`"),
            ("Limit=5", "Limit", "`limit`"),
            ("state=open&refrence=a", "refrence", "`reference`"),
            ("created_after=", "created_after", "cursor, limit, phone, reference, state"),
            ("p%68one=1&%6Cimits=2", "limits", "`limit`"),
            ("x", "x", "choose from"),
            ("=5", "", "choose from"),
        ] {
            let told = told(query, &known);
            assert!(told.len() == 1 && told[0].0 == name && told[0].1.contains(near), "{query}: {told:?}");
        }
        assert_eq!(told("limit=5&state=open&&", &known), []);
        assert_eq!(told("a=1&b=2&a=3", &known).len(), 2, "each once");
        assert!(told("a=1", &[])[0].1.contains("no parameters"));
        assert_eq!(told(&format!("{}=1", "é".repeat(500)), &known)[0].0.chars().count(), LONGEST);
    }
}
