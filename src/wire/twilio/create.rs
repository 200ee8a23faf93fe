//! The request that sends one text: the carrier's client writes it, the simulator reads it.

use super::error::ApiError;
use super::form::Form;

/// Longest body of one request, in characters (code 21617 above it).
pub const MAX_BODY_CHARS: usize = 1_600;
/// Longest validity, in seconds; also what the carrier takes if none is given.
pub const MAX_VALIDITY_SECONDS: u32 = 36_000;

/// `POST …/Messages.json`. Source: Twilio, "Create a Message".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateMessage {
    /// Their phone, E.164 or short code.
    pub to: String,
    /// Our number, E.164.
    pub from: String,
    /// The text, at most [`MAX_BODY_CHARS`] characters.
    pub body: String,
    /// Files to send with it.
    pub media_urls: Vec<String>,
    /// Where receipts go.
    pub status_callback: Option<String>,
    /// How long the carrier may go on trying, in seconds, 1 to [`MAX_VALIDITY_SECONDS`].
    pub validity_period: Option<u32>,
    /// Whether the carrier may replace characters that would double the price.
    pub smart_encoded: Option<bool>,
}

impl CreateMessage {
    /// The request's parameters.
    #[must_use]
    pub fn to_form(&self) -> Form {
        let mut form = Form::new();
        form.push("To", &self.to);
        form.push("From", &self.from);
        if !self.body.is_empty() {
            form.push("Body", &self.body);
        }
        for url in &self.media_urls {
            form.push("MediaUrl", url);
        }
        if let Some(url) = &self.status_callback {
            form.push("StatusCallback", url);
        }
        if let Some(seconds) = self.validity_period {
            form.push("ValidityPeriod", &seconds.to_string());
        }
        if let Some(smart) = self.smart_encoded {
            form.push("SmartEncoded", if smart { "true" } else { "false" });
        }
        form
    }

    /// Reads the request's parameters; ones that are not listed here are left aside, as the carrier leaves them.
    ///
    /// # Errors
    /// The carrier's own answer to a request with this fault (HTTP 400).
    pub fn read(form: &Form) -> Result<Self, ApiError> {
        let text = |name| form.get(name).unwrap_or("").to_owned();
        let some = |name| form.get(name).filter(|value| !value.is_empty()).map(str::to_owned);
        let read = Self {
            to: text("To"),
            from: text("From"),
            body: text("Body"),
            media_urls: form.all("MediaUrl").map(str::to_owned).collect(),
            status_callback: some("StatusCallback"),
            validity_period: some("ValidityPeriod").map(|seconds| seconds.parse().unwrap_or(0)),
            smart_encoded: some("SmartEncoded").map(|smart| smart.eq_ignore_ascii_case("true")),
        };
        match read.fault() {
            Some((code, message)) => Err(ApiError::new(400, code, message)),
            None => Ok(read),
        }
    }

    fn fault(&self) -> Option<(i64, &'static str)> {
        let callback = self.status_callback.as_deref().unwrap_or("http://");
        let checks = [
            (self.to.is_empty(), 21604, "A 'To' phone number is required."),
            (self.from.is_empty(), 21603, "A 'From' phone number is required."),
            // How it takes blanks is not written down: the strict reading is the safe one.
            (self.body.trim().is_empty() && self.media_urls.is_empty(), 21602, "Message body is required."),
            (self.body.chars().count() > MAX_BODY_CHARS, 21617, "The message body exceeds the 1600 character limit."),
            (
                self.validity_period.is_some_and(|s| s == 0 || s > MAX_VALIDITY_SECONDS),
                21624,
                "Invalid ValidityPeriod.",
            ),
            (!callback.starts_with("http://") && !callback.starts_with("https://"), 21609, "Invalid StatusCallback."),
        ];
        checks.into_iter().find(|(wrong, ..)| *wrong).map(|(_, code, message)| (code, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> CreateMessage {
        CreateMessage {
            to: "+15558675310".into(),
            from: "+15557122661".into(),
            body: "Hi & bye\n".into(),
            media_urls: vec!["https://a".into(), "https://b".into()],
            status_callback: Some("https://relay.example.org/receipts/x".into()),
            validity_period: Some(14_400),
            smart_encoded: Some(false),
        }
    }

    #[test]
    fn what_the_client_writes_the_simulator_reads() {
        let sent = Form::parse(whole().to_form().encode().as_bytes());
        assert_eq!(CreateMessage::read(&sent), Ok(whole()));
    }

    #[test]
    fn each_fault_has_the_carriers_code() {
        let faults: [(fn(&mut CreateMessage), i64); 7] = [
            (|c| c.to.clear(), 21604),
            (|c| c.from.clear(), 21603),
            (|c| (c.body.clear(), c.media_urls.clear()).0, 21602),
            (|c| (c.body = " \n".to_owned(), c.media_urls.clear()).0, 21602),
            (|c| c.body = "x".repeat(1601), 21617),
            (|c| c.validity_period = Some(36_001), 21624),
            (|c| c.status_callback = Some("ftp://x".into()), 21609),
        ];
        for (spoil, code) in faults {
            let mut request = whole();
            spoil(&mut request);
            let answer = CreateMessage::read(&request.to_form()).unwrap_err();
            assert_eq!((answer.status, answer.code), (400, Some(code)));
        }
        let mut longest = whole();
        longest.body = "ж".repeat(1600);
        assert!(CreateMessage::read(&longest.to_form()).is_ok());
    }
}
