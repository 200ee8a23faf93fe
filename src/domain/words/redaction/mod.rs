//! Removes phone numbers, e-mail addresses, handles and links from what two strangers text each other, so that they
//! stay on their masks: also digits with spaces between them, spelled out in one of many languages, or in another
//! script.
//!
//! The stored text stays as it was written; only the relayed text changes. A determined person finds another way to
//! send a number: this helps honest people, and leaves what is no contact as it is.

use std::sync::LazyLock;

use contacts::Patterns;
use folded::Folded;

mod contacts;
mod folded;
mod numbers;
mod spelled;
#[cfg(test)]
mod tests;
mod tokens;

/// What stands where a number, an address or a link stood.
pub const REMOVED: &str = "[removed]";

static PATTERNS: LazyLock<Result<Patterns, regex::Error>> = LazyLock::new(Patterns::compile);

/// Compiles what contacts are found by: a program that relays texts calls this first, and does not start on an error.
///
/// # Errors
/// Says which pattern the program cannot read. It was built wrongly then, and would take nothing out.
pub fn ready() -> Result<(), String> {
    PATTERNS.as_ref().map(|_| ()).map_err(|error| format!("a pattern of contacts cannot be read: {error}"))
}

/// The body with numbers, addresses and links taken out; `None` if there is nothing to take out.
/// Without patterns nothing at all is passed on.
#[must_use]
pub fn redact(body: &str) -> Option<String> {
    let Ok(patterns) = &*PATTERNS else { return Some(REMOVED.to_owned()) };
    let folded = Folded::of(body);
    let mut cuts = patterns.contacts(&folded.text);
    cuts.extend(numbers::found(&folded.text, &patterns.whens(&folded.text)));
    if cuts.is_empty() {
        return None;
    }
    cuts.sort_unstable();
    let (mut out, mut at) = (String::with_capacity(body.len()), 0);
    for (start, end) in cuts {
        let (start, end) = (folded.origin(start), folded.origin(end));
        if end <= at {
            continue;
        }
        if start >= at {
            out.push_str(&body[at..start]);
            out.push_str(REMOVED);
        }
        at = end;
    }
    out.push_str(&body[at..]);
    Some(out)
}
