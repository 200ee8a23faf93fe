//! Nothing that comes in an address has a null character, which PostgreSQL takes in no text. It becomes U+FFFD before a
//! route is chosen, as it does in a form (`form.rs`) and in a carrier's post (`wire::twilio::inbound`).

use std::borrow::Cow;

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::uri::Origin;
use rocket::{Data, Request};

/// What a carrier posts is signed over the address as it came.
const SIGNED: &str = "/hooks/";

/// Percent-encoded text in which every null character is a U+FFFD.
#[must_use]
pub fn encoded(text: &str) -> Cow<'_, str> {
    if text.contains("%00") || text.contains('\0') {
        Cow::Owned(text.replace("%00", "%EF%BF%BD").replace('\0', "%EF%BF%BD"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Cleans addresses.
pub struct Clean;

#[rocket::async_trait]
impl Fairing for Clean {
    fn info(&self) -> Info {
        Info { name: "no null characters", kind: Kind::Request }
    }

    async fn on_request(&self, req: &mut Request<'_>, _: &mut Data<'_>) {
        if req.uri().path().starts_with(SIGNED) {
            return;
        }
        let cleaned = match encoded(&req.uri().to_string()) {
            Cow::Owned(cleaned) => Origin::parse_owned(cleaned).ok(),
            Cow::Borrowed(_) => None,
        };
        if let Some(cleaned) = cleaned {
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
