//! What became of a text that we sent, as the carrier reports it.
//!
//! Reports come in any order, twice, or not at all; the rank of their words says which one is news.

use super::form::Form;
use super::inbound::{BadField, id, required};

/// A delivery receipt. The carrier may leave out everything but the id and the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The carrier's id of the text.
    pub message_sid: String,
    /// The carrier's word, such as `delivered`; may be one that nobody here knows.
    pub status: String,
    /// Why it failed, if it did.
    pub error_code: Option<i64>,
    /// The phone network's own time, `YYMMDDhhmm` in a zone it does not tell; for people.
    pub raw_dlr_done_date: Option<String>,
}

impl Receipt {
    /// Reads a receipt's parameters.
    ///
    /// # Errors
    /// [`BadField`] names `MessageSid` or `MessageStatus` if it is missing, or `MessageSid` if it has no id's shape.
    pub fn read(form: &Form) -> Result<Self, BadField> {
        Ok(Self {
            message_sid: id(form, "MessageSid").or_else(|bad| match form.get("MessageSid") {
                // An id that is none is not passed over for its older name.
                Some(_) => Err(bad),
                None => id(form, "SmsSid").or(Err(bad)),
            })?,
            status: required(form, "MessageStatus").or_else(|bad| required(form, "SmsStatus").or(Err(bad)))?,
            error_code: form.get("ErrorCode").and_then(|code| code.trim().parse().ok()),
            raw_dlr_done_date: required(form, "RawDlrDoneDate").ok(),
        })
    }

    /// The rank of its status; see [`rank`].
    #[must_use]
    pub fn rank(&self) -> Option<i64> {
        rank(&self.status)
    }
}

/// How far along a status is; only a higher one is news. `None` for a word that nobody here knows.
/// Source: Twilio, "Track outbound message status".
#[must_use]
pub fn rank(status: &str) -> Option<i64> {
    match status {
        "accepted" | "scheduled" => Some(0),
        "queued" => Some(1),
        "sending" => Some(2),
        "sent" => Some(3),
        "failed" | "undelivered" | "canceled" | "delivered" | "partially_delivered" => Some(4),
        "read" => Some(5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_may_be_a_mere_subset() {
        let short = Receipt::read(&Form::parse(b"MessageSid=SM1&MessageStatus=sent")).unwrap();
        assert_eq!((short.message_sid.as_str(), short.rank(), short.error_code), ("SM1", Some(3), None));
        let long = b"MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003&RawDlrDoneDate=2601151830&From=%2B1";
        let long = Receipt::read(&Form::parse(long)).unwrap();
        assert_eq!((long.rank(), long.error_code), (Some(4), Some(30003)));
        assert_eq!(long.raw_dlr_done_date.as_deref(), Some("2601151830"));
        let old = Receipt::read(&Form::parse(b"SmsSid=SM1&SmsStatus=delivered")).unwrap();
        assert_eq!((old.message_sid.as_str(), old.status.as_str()), ("SM1", "delivered"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let said = Receipt::read(&Form::parse(b"MessageStatus=sent")).unwrap_err();
        assert_eq!(said.field, "MessageSid");
        assert_eq!(Receipt::read(&Form::parse(b"MessageSid=SM1")).unwrap_err().field, "MessageStatus");
        let forged = Receipt::read(&Form::parse(b"MessageSid=SM%0D%0A1&SmsSid=SM1&MessageStatus=sent")).unwrap_err();
        assert_eq!(forged.field, "MessageSid");
    }

    #[test]
    fn the_rank_rises_along_every_path() {
        for path in [
            &["accepted", "queued", "sending", "sent", "delivered", "read"][..],
            &["scheduled", "queued", "sent", "undelivered"],
            &["queued", "failed"],
            &["scheduled", "canceled"],
        ] {
            assert!(path.windows(2).all(|pair| rank(pair[0]) < rank(pair[1])), "{path:?}");
        }
        assert_eq!(rank("delivered"), rank("undelivered"), "one end does not replace another");
        assert_eq!(rank("teleported"), None);
    }
}
