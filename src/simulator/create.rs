//! Takes a text from the API: checks it as Twilio does, applies the faults, answers.

use std::time::Duration;

use super::api::{Reply, internal, message_json, unauthorized};
use super::faults::{Fault, Kind, Struck};
use super::state::Simulator;
use super::texts::{Direction, Fate, Media, Text};
use crate::domain::numbers::phone::Sender;
use crate::wire::twilio::create::CreateMessage;
use crate::wire::twilio::error::ApiError;
use crate::wire::twilio::form::Form;

/// Most pictures with one text (21623).
const MOST_MEDIA: usize = 10;

impl Simulator {
    /// Answers one request to create a message.
    pub(super) async fn create(&self, form: &Form, base: &str) -> Reply {
        let (from, to) = (form.get("From").unwrap_or(""), form.get("To").unwrap_or(""));
        let struck = self.0.faults.strike(from, to, |fault| !fault.everywhere && fault.kind.concerns_creates());
        if let Some(slow) = struck.find(Kind::Slow) {
            tokio::time::sleep(Duration::from_millis(slow.millis)).await;
        }
        if let Some(fault) = struck.first(|fault| fault.kind.prevents(fault)) {
            return self.fail(from, to, fault, None);
        }
        let text = match self.read(form, &struck) {
            Ok(text) => text,
            Err(problem) => {
                let outcome = format!("refused with {}", problem.code.unwrap_or_default());
                self.0.wire.note(self.now(), "send", from, to, outcome);
                self.announce();
                return problem.into();
            }
        };
        if let Some(late) = struck.find(Kind::AcceptedLate) {
            let at = text.created_at + Duration::from_millis(late.millis);
            let text = Text { created_at: at, updated_at: at, ..text };
            self.book().take_later(at, text);
            self.expect_late();
            return self.fail(from, to, late, None);
        }
        let answer = Reply::json(201, &message_json(self.account(), base, &text));
        let seq = {
            let mut book = self.book();
            let seq = book.take(text);
            self.set_out(&mut book, seq);
            seq
        };
        if struck.has(Kind::ReceiptFirst) {
            self.report_first(seq).await;
        }
        if let Some(fault) = struck.first(|fault| fault.kind.spoils_the_answer()) {
            return self.fail(from, to, fault, Some(answer));
        }
        self.0.wire.note(self.now(), "send", from, to, "201, queued");
        self.announce();
        answer
    }

    /// The answer that `fault` makes of `good`, the answer to a text that was taken.
    fn fail(&self, from: &str, to: &str, fault: &Fault, good: Option<Reply>) -> Reply {
        let taken = if good.is_some() { ", taken" } else { "" };
        self.0.wire.note(self.now(), "send", from, to, format!("{}{taken}", fault.kind.in_words()));
        self.announce();
        match fault.kind {
            Kind::BlackHole | Kind::AcceptedLate => Reply::Silent,
            Kind::Error => internal().into(),
            Kind::Unauthorized => unauthorized().into(),
            Kind::Refusal => ApiError::new(400, fault.code.unwrap_or(21211), "The message was refused.").into(),
            Kind::Junk => Reply::Json { status: 200, body: "<html>ok</html>".to_owned(), retry_after: None },
            Kind::TooMany => match ApiError::new(429, 20429, "Too Many Requests").into() {
                Reply::Json { status, body, .. } => {
                    Reply::Json { status, body, retry_after: Some(fault.millis.div_ceil(1000)) }
                }
                other => other,
            },
            Kind::Truncated => match good {
                Some(Reply::Json { status, body, .. }) => Reply::Cut { status, body },
                _ => Reply::Closed,
            },
            _ => Reply::Closed,
        }
    }

    /// Reads and checks a request.
    fn read(&self, form: &Form, struck: &Struck) -> Result<Text, ApiError> {
        let refuse = |code, why| Err(ApiError::new(400, code, why));
        let CreateMessage { to, from, mut body, media_urls, status_callback, smart_encoded, .. } =
            CreateMessage::read(form)?;
        if !matches!(Sender::read(&to), Sender::Phone(_) | Sender::ShortCode(_)) {
            return refuse(21211, "The 'To' number is not a valid phone number.");
        }
        if to == from {
            return refuse(21266, "'To' and 'From' number cannot be the same.");
        }
        if matches!(Sender::read(&from), Sender::Name(_)) {
            return refuse(21212, "The 'From' number is not a valid phone number.");
        }
        if self.0.settings.strict && self.numbers().find(&from).is_none() {
            return refuse(21659, "'From' is not a Twilio phone number or short code.");
        }
        if media_urls.len() > MOST_MEDIA {
            return refuse(21623, "Number of media files exceeds the limit of 10.");
        }
        if self.phones().is_blocked(&to, &from) {
            return refuse(21610, "Attempt to send to unsubscribed recipient.");
        }
        if smart_encoded == Some(true) {
            body = smart(&body);
        }
        let now = self.now();
        let media = media_urls.into_iter().map(|url| Media { url, content_type: String::new() }).collect::<Vec<_>>();
        Ok(Text {
            sid: self.new_sid(!media.is_empty()),
            status_callback,
            media,
            faults: struck.kinds(),
            fate: self.fate(&to, struck),
            ..Text::new(Direction::OutboundApi, from, to, body, now)
        })
    }

    fn fate(&self, to: &str, struck: &Struck) -> Fate {
        if let Some(fault) = struck.find(Kind::Failed) {
            return Fate::Failed(fault.code.unwrap_or(30008));
        }
        match struck.find(Kind::Undelivered) {
            Some(fault) => Fate::Undelivered(fault.code.unwrap_or(30003)),
            None if self.phones().is_off(to) => Fate::Undelivered(30003),
            None => Fate::Delivered,
        }
    }

    /// `SM` or `MM` and 32 random hexadecimal digits.
    pub(super) fn new_sid(&self, media: bool) -> String {
        format!("{}{}", if media { "MM" } else { "SM" }, self.0.settings.chance.hex::<16>())
    }
}

/// Twilio's smart encoding, the common part of it: characters that would double the price are replaced, so that the
/// list shows another body than was sent.
fn smart(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    for c in body.chars() {
        match c {
            '\u{201c}' | '\u{201d}' | '\u{201e}' | '«' | '»' => out.push('"'),
            '\u{2018}' | '\u{2019}' | '\u{201a}' | '`' | '´' => out.push('\''),
            '\u{2010}'..='\u{2015}' => out.push('-'),
            '…' => out.push_str("..."),
            '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' => out.push(' '),
            '\u{200b}' | '\u{feff}' => {}
            other => out.push(other),
        }
    }
    out
}

impl Kind {
    /// Strikes when a text is created.
    fn concerns_creates(self) -> bool {
        !matches!(
            self,
            Kind::ListLate | Kind::ListUnavailable | Kind::WebhookTwice | Kind::WebhookFallback | Kind::WebhookLost
        )
    }

    /// The text is not taken.
    fn prevents(self, fault: &Fault) -> bool {
        match self {
            Kind::Refused | Kind::TooMany | Kind::Unauthorized | Kind::Refusal => true,
            Kind::BlackHole | Kind::Reset | Kind::Error | Kind::Junk | Kind::Truncated => !fault.takes(),
            _ => false,
        }
    }

    /// The text is taken, but the answer is not what it should be.
    fn spoils_the_answer(self) -> bool {
        matches!(self, Kind::BlackHole | Kind::Reset | Kind::Error | Kind::Junk | Kind::Truncated)
    }
}
