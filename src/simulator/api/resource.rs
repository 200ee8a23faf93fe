//! Texts and numbers as the API writes them (Twilio's documentation).

use serde_json::{Value, json};

use crate::clock::At;
use crate::simulator::{OwnNumber, Text};
use crate::wire::twilio::form::Form;
use crate::wire::twilio::message::{MessageResource, rfc2822};

/// A message resource; `base` is where the API is mounted.
pub(in crate::simulator) fn message(account: &str, base: &str, text: &Text) -> MessageResource {
    MessageResource {
        body: Some(text.body.clone()),
        date_sent: text.sent_at.map(rfc2822),
        date_updated: Some(rfc2822(text.updated_at)),
        direction: text.direction.as_str().to_owned(),
        error_code: text.error_code,
        from: Some(text.from.clone()),
        num_media: text.media.len().to_string(),
        num_segments: text.segments.to_string(),
        status: text.status.as_str().to_owned(),
        to: text.to.clone(),
        ..MessageResource::queued(&text.sid, account, base, text.created_at)
    }
}

/// Whether a text was sent on the days that the query asks for: `DateSent`, `DateSent>` (on or after) and `DateSent<`
/// (on or before), GMT dates, of which the first ten characters count.
pub(super) fn sent_within(text: &Text, query: &Form) -> bool {
    let day =
        |name: &str| query.get(name).filter(|value| !value.is_empty()).map(|value| value.get(..10).unwrap_or(value));
    let (on, from, until) = (day("DateSent"), day("DateSent>"), day("DateSent<"));
    if on.is_none() && from.is_none() && until.is_none() {
        return true;
    }
    let Some(sent) = text.sent_at.and_then(At::utc).map(|time| time.format("%Y-%m-%d").to_string()) else {
        return false;
    };
    let sent = sent.as_str();
    on.is_none_or(|day| sent == day) && from.is_none_or(|day| sent >= day) && until.is_none_or(|day| sent <= day)
}

/// A number resource.
pub(super) fn number(account: &str, base: &str, own: &OwnNumber) -> Value {
    json!({
        "sid": own.sid,
        "account_sid": account,
        "phone_number": own.number,
        "friendly_name": if own.friendly_name.is_empty() { &own.label } else { &own.friendly_name },
        "sms_url": own.sms_url,
        "sms_method": own.sms_method,
        "sms_fallback_url": own.sms_fallback_url,
        "sms_fallback_method": own.sms_fallback_method,
        "sms_application_sid": own.sms_application_sid,
        "voice_url": "",
        "status_callback": "",
        "capabilities": { "voice": true, "sms": true, "mms": true, "fax": false },
        "origin": "twilio",
        "status": "in-use",
        "beta": false,
        "address_requirements": "none",
        "api_version": "2010-04-01",
        "date_created": rfc2822(own.created_at),
        "date_updated": rfc2822(own.created_at),
        "uri": format!("{base}/2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{}.json", own.sid),
    })
}
