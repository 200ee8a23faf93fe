//! Removes null characters from addresses, because PostgreSQL stores none. Each becomes U+FFFD before a route is
//! chosen, as in a form (`form.rs`) and in a carrier's post (`wire::twilio::inbound`).

use std::borrow::Cow;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::{Data, Request};

use super::HOOKS;

/// Percent-encoded text in which every null character is a U+FFFD.
#[must_use]
pub fn encoded(text: &str) -> Cow<'_, str> {
    if has_null(text) {
        Cow::Owned(text.replace("%00", "%EF%BF%BD").replace('\0', "%EF%BF%BD"))
    } else {
        Cow::Borrowed(text)
    }
}

fn has_null(text: &str) -> bool {
    text.contains("%00") || text.contains('\0')
}

/// Cleans addresses.
pub struct Clean;

#[rocket::async_trait]
impl Fairing for Clean {
    fn info(&self) -> Info {
        Info { name: "no null characters", kind: Kind::Request }
    }

    async fn on_request(&self, req: &mut Request<'_>, _: &mut Data<'_>) {
        let (path, query) = (req.uri().path(), req.uri().query());
        let null = has_null(path.as_str()) || query.is_some_and(|query| has_null(query.as_str()));
        // What a carrier posts is signed over the address as it came.
        if !null || path.starts_with(HOOKS) {
            return;
        }
        if let Ok(cleaned) = Origin::parse_owned(encoded(&req.uri().to_string()).into_owned()) {
            req.set_uri(cleaned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_null_character_is_replaced_and_nothing_else_is() {
        for (text, clean) in [
            ("q=a%00b&who=%00", "q=a%EF%BF%BDb&who=%EF%BF%BD"),
            ("a%2500b", "a%2500b"),
            ("a%%00", "a%%EF%BF%BD"),
            ("%000", "%EF%BF%BD0"),
            ("a%0", "a%0"),
            ("a\0b", "a%EF%BF%BDb"),
            ("%C0%80", "%C0%80"),
        ] {
            assert_eq!(encoded(text), clean);
        }
    }
}
