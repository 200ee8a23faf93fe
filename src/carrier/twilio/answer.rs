//! What an answer proves: the text was taken, refused, certainly not sent, or nobody knows.
//!
//! The program sends a text again by itself only if it was certainly not sent, so every uncertain case counts as in
//! doubt.

use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

use crate::carrier::{Refusal, RefusalClass, Sent, Unanswered};
use crate::clock::At;
use crate::outgoing::causes;
use crate::wire::twilio::codes::{Class, Meaning, meaning};
use crate::wire::twilio::error::ApiError;
use crate::wire::twilio::message::{MessageResource, is_message_sid};

/// Longest wait that is taken from a carrier's `Retry-After`.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// "Resource not found": on a create request the only resource is the account.
const NOT_FOUND: i64 = 20404;

/// What the answer to a create request means. `body` is `None` if it did not come whole or was too long.
pub(super) fn judge(status: u16, after: Option<Duration>, body: Option<&[u8]>) -> Sent {
    let error = || ApiError::read(status, body.unwrap_or_default());
    match status {
        200..=299 => accepted(status, body),
        300..=399 => {
            let why = format!(
                "the API answers with a redirect (HTTP {status}), which is not followed: check TWILIO_API_BASE"
            );
            refused(RefusalClass::AccountSettings, None, why)
        }
        401 | 403 => {
            let code = error().code;
            refused(
                RefusalClass::AccountSettings,
                code,
                worded("the carrier refused the account's credentials", status, code),
            )
        }
        408 => in_doubt("the carrier gave up waiting for the request (HTTP 408)"),
        429 => Sent::NotSent { after, why: "the carrier takes no more requests for now (HTTP 429)".to_owned() },
        400..=499 => by_code(status, &error()),
        _ => in_doubt(&worded("the carrier failed", status, error().code)),
    }
}

/// What a request without an answer means.
pub(super) fn lost(error: &reqwest::Error) -> Sent {
    // A connection that never came about has carried nothing: no name, refused, no TLS, or too slow for one.
    if error.is_connect() {
        let why =
            if error.is_dns() { "the carrier's name could not be resolved" } else { "no connection to the carrier" };
        return Sent::Unreached { why: format!("{why}: {}", chain(error)) };
    }
    if error.is_timeout() {
        return in_doubt("the carrier did not answer in time");
    }
    in_doubt(&format!("the connection to the carrier broke: {}", chain(error)))
}

/// Why a list could not be had.
pub(super) fn unlisted(status: u16, body: &[u8]) -> Unanswered {
    let code = ApiError::read(status, body).code;
    match status {
        401 | 403 => Unanswered::Credentials(worded("check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN", status, code)),
        300..=399 | 404 => Unanswered::Unavailable(worded("there is no such account at TWILIO_API_BASE", status, code)),
        _ => Unanswered::Unavailable(worded("it refused to list", status, code)),
    }
}

/// When the carrier made an answer, by its own clock; cut to the second.
pub(super) fn date(headers: &HeaderMap) -> Option<At> {
    let date = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?.trim()).ok()?;
    Some(date.to_utc().into())
}

/// The carrier's wish for a pause: seconds, or a date beside the answer's own date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let wish = text(RETRY_AFTER)?;
    let date = |text: &str| DateTime::parse_from_rfc2822(text).ok();
    let seconds =
        wish.parse::<u64>().ok().or_else(|| u64::try_from((date(wish)? - date(text(DATE)?)?).num_seconds()).ok())?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// An error and its causes, without the address of the request, which can carry phone numbers.
pub(super) fn chain(error: &reqwest::Error) -> String {
    // The last cause says it best; the ones above only wrap it.
    let unknown = || if error.is_timeout() { "timed out" } else { "no cause given" }.to_owned();
    causes(error).last().map_or_else(unknown, ToString::to_string)
}

fn accepted(status: u16, body: Option<&[u8]>) -> Sent {
    let message = body.and_then(|body| serde_json::from_slice::<MessageResource>(body).ok());
    match message.filter(|message| is_message_sid(&message.sid)) {
        Some(message) => Sent::Accepted { id: message.sid },
        None => in_doubt(&format!("the carrier said yes (HTTP {status}) without naming the text")),
    }
}

fn by_code(status: u16, error: &ApiError) -> Sent {
    let Some(code) = error.code else {
        // Without a code this is a proxy, or no Twilio at all; only these speak of the request itself.
        let class = match status {
            400 | 411 | 413..=415 | 422 | 431 => RefusalClass::Permanent,
            _ => RefusalClass::AccountSettings,
        };
        return refused(
            class,
            None,
            format!("the carrier refused without a reason (HTTP {status}); check TWILIO_API_BASE"),
        );
    };
    let Meaning { class, reason } = meaning(code);
    let class = match class {
        _ if code == NOT_FOUND => RefusalClass::AccountSettings,
        Class::OptedOut => RefusalClass::OptedOut,
        Class::Permanent | Class::ConfigDestination => RefusalClass::Permanent,
        Class::ConfigNumber => RefusalClass::NumberSettings,
        Class::ConfigAccount => RefusalClass::AccountSettings,
        Class::Transient { .. } => RefusalClass::Transient,
        Class::InDoubt => return in_doubt(&worded(reason, status, Some(code))),
        Class::Unknown => {
            let why = format!(
                "the carrier refused (code {code}): {}",
                discreet(error.message.as_deref().unwrap_or("no reason"))
            );
            return refused(RefusalClass::Permanent, Some(code), why);
        }
    };
    refused(class, Some(code), worded(reason, status, Some(code)))
}

fn refused(class: RefusalClass, code: Option<i64>, why: String) -> Sent {
    Sent::Refused(Refusal { class, code, why })
}

fn in_doubt(why: &str) -> Sent {
    Sent::InDoubt { why: why.to_owned() }
}

fn worded(reason: &str, status: u16, code: Option<i64>) -> String {
    code.map_or_else(|| format!("{reason} (HTTP {status})"), |code| format!("{reason} (code {code})"))
}

/// The carrier's own words, cut short and without anything that could be a phone number.
fn discreet(message: &str) -> String {
    let hidden = |c: char| if c.is_ascii_digit() { '•' } else { c };
    message.chars().filter(|c| !c.is_control()).take(200).map(hidden).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(status: u16, code: i64) -> RefusalClass {
        let body = ApiError::new(status, code, "To +15055550121 is not it").to_json();
        match judge(status, None, Some(body.as_bytes())) {
            Sent::Refused(refusal) => {
                assert!(!refusal.why.contains("5055550121"), "{}", refusal.why);
                assert_eq!(refusal.code, Some(code));
                refusal.class
            }
            other => panic!("{code}: {other:?}"),
        }
    }

    #[test]
    fn refusals_go_by_their_code() {
        assert_eq!(class(400, 21610), RefusalClass::OptedOut);
        assert_eq!(class(400, 21211), RefusalClass::Permanent);
        assert_eq!(class(400, 21408), RefusalClass::Permanent, "a country that is switched off must not stop a line");
        assert_eq!(class(400, 21606), RefusalClass::NumberSettings);
        assert_eq!(class(400, 21611), RefusalClass::Transient);
        assert_eq!(class(400, 99_999), RefusalClass::Permanent, "what is not known is not sent again");
        assert_eq!(class(404, 20404), RefusalClass::AccountSettings, "no such account: nothing is lost");
        assert_eq!(class(401, 20003), RefusalClass::AccountSettings);
        assert_eq!(class(403, 21610), RefusalClass::AccountSettings);
        let doubtful = ApiError::new(400, 20500, "m").to_json();
        assert!(matches!(judge(400, None, Some(doubtful.as_bytes())), Sent::InDoubt { .. }));
    }

    #[test]
    fn a_yes_without_a_name_is_in_doubt() {
        let named = br#"{"sid":"SM0123456789abcdef0123456789abcdef","status":"queued"}"#;
        let id = "SM0123456789abcdef0123456789abcdef".to_owned();
        assert_eq!(judge(201, None, Some(named)), Sent::Accepted { id });
        for body in [None, Some(&b""[..]), Some(b"<html>"), Some(b"{}"), Some(br#"{"sid":"SM1"}"#), Some(b"[1]")] {
            assert!(matches!(judge(200, None, body), Sent::InDoubt { .. }), "{body:?}");
        }
    }

    #[test]
    fn without_a_code_the_status_decides() {
        for (status, class) in [(400, RefusalClass::Permanent), (404, RefusalClass::AccountSettings)] {
            let answer = judge(status, None, Some(b"<html>"));
            assert!(matches!(&answer, Sent::Refused(refusal) if refusal.class == class), "{status}: {answer:?}");
        }
        for status in [408, 500, 502, 503, 599] {
            assert!(matches!(judge(status, None, None), Sent::InDoubt { .. }), "{status}");
        }
    }

    #[test]
    fn a_wish_for_a_pause_is_read_in_both_forms_and_bounded() {
        let wish = |retry: &str, date: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, retry.parse().unwrap());
            date.map(|date| headers.insert(DATE, date.parse().unwrap()));
            retry_after(&headers).map(|wait| wait.as_secs())
        };
        assert_eq!(wish("7", None), Some(7));
        assert_eq!(wish("9999999", None), Some(3600));
        let date = Some("Thu, 24 Aug 2023 05:01:45 GMT");
        assert_eq!(wish("Thu, 24 Aug 2023 05:02:45 GMT", date), Some(60));
        assert_eq!(wish("Thu, 24 Aug 2023 05:00:45 GMT", date), None);
        assert_eq!(wish("soon", date), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
