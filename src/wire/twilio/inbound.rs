//! A text that arrives, as the carrier posts it.
//!
//! Only what identifies the text is required: geography and the rest may be missing, and new parameters appear
//! unannounced.

use super::form::Form;

/// Somebody's text to one of our numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundText {
    /// The carrier's id, `SM…` or `MM…`; by it a text is stored once.
    pub message_sid: String,
    /// The account that owns the number.
    pub account_sid: String,
    /// Who wrote: E.164, a short code, a name, or another channel's address.
    pub from: String,
    /// Our number.
    pub to: String,
    /// What was said; empty if there are only pictures.
    pub body: String,
    /// Pictures and other files, in order.
    pub media: Vec<Media>,
    /// Set if the carrier took the text for an opt-out word and has already answered it.
    pub opt_out: Option<OptOutType>,
    /// Parts that the text was sent in, as the carrier counts for its bill.
    pub segments: Option<u32>,
    /// All parameters as they came, encoded: also those that nothing here reads.
    pub raw: String,
}

/// A file that came with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// Where the carrier keeps it.
    pub url: String,
    /// Its MIME type as the carrier says; empty if it does not.
    pub content_type: String,
}

/// The effect that the carrier's own opt-out handling gave to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptOutType {
    /// The sender is blocked now.
    Stop,
    /// The sender is unblocked now.
    Start,
    /// The sender was sent the help text.
    Help,
}

/// A parameter without which a webhook means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {shape}; a webhook must carry it")]
pub struct BadField {
    /// The parameter's name.
    pub field: &'static str,
    /// What is there instead.
    pub shape: &'static str,
}

/// Longest id; Twilio's have 34 characters, a UUID 36.
const LONGEST_ID: usize = 64;
/// Longest address; Twilio's ids have 34 characters, channel addresses can be longer.
const LONGEST_NAME: usize = 255;
/// Twilio sends at most 10 files; what claims more is not believed.
const MOST_MEDIA: usize = 100;

impl InboundText {
    /// Reads a webhook's parameters.
    ///
    /// # Errors
    /// [`BadField`] names the first of `MessageSid`, `AccountSid`, `From`, `To` that is missing, empty, too long or of no
    /// shape that an id or an address has.
    pub fn read(form: &Form) -> Result<Self, BadField> {
        Ok(Self {
            message_sid: id(form, "MessageSid")?,
            account_sid: id(form, "AccountSid")?,
            from: sender(form, "From")?,
            to: sender(form, "To")?,
            body: clean(form.get("Body").unwrap_or("")),
            media: media(form),
            opt_out: form.get("OptOutType").and_then(OptOutType::read),
            segments: form.get("NumSegments").and_then(|count| count.parse().ok()),
            raw: form.encode(),
        })
    }
}

impl OptOutType {
    fn read(word: &str) -> Option<Self> {
        match word.trim().to_ascii_uppercase().as_str() {
            "STOP" => Some(OptOutType::Stop),
            "START" => Some(OptOutType::Start),
            "HELP" => Some(OptOutType::Help),
            _ => None,
        }
    }
}

/// An id: Twilio's are two letters and 32 hexadecimal digits, those of others who speak its contract UUIDs and the like.
/// Signed as it may be, one with a blank or a line break in it was made by somebody else.
pub(super) fn id(form: &Form, field: &'static str) -> Result<String, BadField> {
    let id = required(form, field)?;
    let shaped = id.len() <= LONGEST_ID && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if shaped { Ok(id) } else { Err(BadField { field, shape: "no id, which has letters and digits" }) }
}

/// Who sent a text, or whom it was sent to: a number, a short code, a name, or another channel's address. A name may have
/// blanks within, and nothing has one at an end, a line break, or a character that nobody sees.
pub(super) fn sender(form: &Form, field: &'static str) -> Result<String, BadField> {
    let sender = required(form, field)?;
    let unseen = |c: char| c.is_control() || (c.is_whitespace() && c != ' ') || is_format(c) || c == '\u{FFFD}';
    let number = sender.strip_prefix('+');
    let shaped = sender.trim() == sender
        && !sender.contains(unseen)
        && number.is_none_or(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    if shaped { Ok(sender) } else { Err(BadField { field, shape: "no number, name or address of a sender" }) }
}

/// Characters that nobody sees: joiners, marks of direction, fillers.
fn is_format(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// The value of a parameter that must be there.
pub(super) fn required(form: &Form, field: &'static str) -> Result<String, BadField> {
    let bad = |shape| Err(BadField { field, shape });
    match form.get(field) {
        None => bad("missing"),
        Some("") => bad("empty"),
        Some(value) if value.len() > LONGEST_NAME => bad("longer than 255 bytes"),
        Some(value) => Ok(clean(value)),
    }
}

/// The null character cannot be stored by PostgreSQL; a text that carries one is still a text.
#[must_use]
pub fn clean(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

fn media(form: &Form) -> Vec<Media> {
    let count = form.get("NumMedia").and_then(|count| count.parse::<usize>().ok()).unwrap_or(0).min(MOST_MEDIA);
    let one = |n: usize| {
        let url = form.get(&format!("MediaUrl{n}")).filter(|url| !url.is_empty())?;
        let content_type = form.get(&format!("MediaContentType{n}")).unwrap_or("");
        Some(Media { url: clean(url), content_type: clean(content_type) })
    };
    (0..count).filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Vec<(&'static str, &'static str)> {
        vec![
            ("MessageSid", "SM00000000000000000000000000000001"),
            ("AccountSid", "AC00000000000000000000000000000001"),
            ("From", "+14017122661"),
            ("To", "+15558675310"),
            ("Body", " Hi \n"),
        ]
    }

    fn read(pairs: &[(&str, &str)]) -> Result<InboundText, BadField> {
        InboundText::read(&pairs.iter().copied().collect())
    }

    #[test]
    fn a_text_is_read_as_it_stands_and_unknown_parameters_are_kept() {
        let mut pairs = text();
        pairs.extend([("NumSegments", "2"), ("Novelty", "a&b"), ("Novelty", "")]);
        let read = read(&pairs).unwrap();
        assert_eq!(
            (read.from.as_str(), read.to.as_str(), read.body.as_str()),
            ("+14017122661", "+15558675310", " Hi \n")
        );
        assert_eq!((read.segments, read.media.len(), read.opt_out), (Some(2), 0, None));
        assert_eq!(Form::parse(read.raw.as_bytes()).all("Novelty").collect::<Vec<_>>(), ["a&b", ""]);
    }

    #[test]
    fn pictures_come_in_order_and_a_body_may_be_missing() {
        let mut pairs = text();
        pairs.retain(|(name, _)| *name != "Body");
        pairs.extend([("NumMedia", "2"), ("MediaUrl1", "https://b"), ("MediaUrl0", "https://a")]);
        pairs.push(("MediaContentType0", "image/jpeg"));
        let read = read(&pairs).unwrap();
        assert_eq!(read.body, "");
        let media: Vec<_> = read.media.iter().map(|m| (m.url.as_str(), m.content_type.as_str())).collect();
        assert_eq!(media, [("https://a", "image/jpeg"), ("https://b", "")]);
    }

    #[test]
    fn an_opt_out_that_the_carrier_handled_is_told() {
        for (word, expected) in [("STOP", Some(OptOutType::Stop)), ("start", Some(OptOutType::Start)), ("x", None)] {
            let mut pairs = text();
            pairs.push(("OptOutType", word));
            assert_eq!(read(&pairs).unwrap().opt_out, expected);
        }
    }

    #[test]
    fn a_missing_field_is_named() {
        for field in ["MessageSid", "AccountSid", "From", "To"] {
            let mut pairs = text();
            pairs.retain(|(name, _)| *name != field);
            assert_eq!(read(&pairs), Err(BadField { field, shape: "missing" }));
            pairs.push((field, ""));
            assert_eq!(read(&pairs).unwrap_err().to_string(), format!("{field} is empty; a webhook must carry it"));
        }
    }

    #[test]
    fn ids_and_senders_have_the_shapes_of_ids_and_senders() {
        let with = |field: &str, value: &str| {
            let mut pairs: Vec<(&str, &str)> = text();
            pairs.retain(|(name, _)| *name != field);
            pairs.push((field, value));
            read(&pairs)
        };
        for id in ["SM00000000000000000000000000000001", "MM0a", "2f0c1f5e-7a0b-4d0e-9d43-1f6a3c1b2a10", "SM_1"] {
            assert!(with("MessageSid", id).is_ok(), "{id}");
        }
        let long = "S".repeat(65);
        for id in
            ["SM\r\n1", "SM 1", " SM1", "SM1\n", "SM\u{0}1", "SM\u{200B}1", "SM1;x", "<b>", "\u{FF33}M1", &long, " "]
        {
            assert_eq!(with("MessageSid", id).unwrap_err().field, "MessageSid", "{id:?}");
            assert_eq!(with("AccountSid", id).unwrap_err().field, "AccountSid", "{id:?}");
        }
        for sender in [
            "+14017122661",
            "72345",
            "BAIT",
            "Bait & Tackle",
            "whatsapp:+14017122661",
            "rcs:agent_1",
            "messenger:12",
            "anonymous@example.com",
        ] {
            assert!(with("From", sender).is_ok() && with("To", sender).is_ok(), "{sender}");
        }
        for sender in [
            "+1401\r\n7122661",
            "+14017122661\n",
            " 14017122661",
            "+1 401 712 2661",
            "+",
            "+1401x",
            "Bait\tTackle",
            "BA\u{202E}IT",
            "BAIT\u{200B}",
            "Bait\u{A0}Tackle",
            "BA\0IT",
            " ",
            "\u{85}",
        ] {
            assert_eq!(with("From", sender).unwrap_err().field, "From", "{sender:?}");
            assert_eq!(with("To", sender).unwrap_err().field, "To", "{sender:?}");
        }
    }

    #[test]
    fn a_null_character_does_not_keep_a_text_out_of_the_database() {
        let mut pairs = text();
        pairs[4].1 = "a\0b";
        assert_eq!(read(&pairs).unwrap().body, "a\u{FFFD}b");
    }
}
