//! A text from a phone: into the record, then to the number's webhook, signed.
//!
//! Opt-out words take effect at the carrier before we get them, as with a real carrier (Twilio's documentation).

use serde::Deserialize;

use super::faults::Kind;
use super::phones::Word;
use super::posting::Answer;
use super::state::Simulator;
use super::texts::{Direction, Fate, Media, Post, Status, Text};
use crate::domain::numbers::phone::{Phone, Sender};
use crate::wire::twilio::form::Form;
use crate::wire::twilio::signing_keys::Signer;

/// A text from a phone, and how the carrier is to misbehave with it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inbound {
    /// Who it is from; over HTTP the address says it.
    pub from: String,
    /// Which number it is for.
    pub to: String,
    /// What it says.
    pub body: String,
    /// Pictures with it.
    pub media: Vec<Media>,
    /// Post it under this id instead of a new one: a replay.
    pub sid: Option<String>,
    /// Post it twice.
    pub twice: bool,
    /// Post it to the fallback address as well.
    pub fallback_too: bool,
    /// Parameters that nobody has heard of, signed like the others.
    pub extra: Vec<(String, String)>,
    /// Sign it with another token.
    pub wrong_signature: bool,
}

/// What became of a text from a phone.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Arrival {
    /// The carrier's id.
    pub sid: String,
    /// Every post, in order; empty if the number has no webhook.
    pub posts: Vec<Post>,
}

impl Arrival {
    /// At least one post was answered with a 2xx.
    #[must_use]
    pub fn taken(&self) -> bool {
        self.posts.iter().any(Post::taken)
    }
}

impl Simulator {
    /// Somebody types `body` on the phone `from` and sends it to our number `to`; returns when the webhook was answered.
    pub async fn text(&self, from: &str, to: &str, body: &str) -> Arrival {
        let (from, to, body) = (from.to_owned(), to.to_owned(), body.to_owned());
        self.send(Inbound { from, to, body, ..Inbound::default() }).await
    }

    /// As [`Simulator::text`], with everything that can be said about it.
    pub async fn send(&self, inbound: Inbound) -> Arrival {
        let struck = self.0.faults.strike(&inbound.from, &inbound.to, |fault| {
            matches!(fault.kind, Kind::WebhookTwice | Kind::WebhookFallback | Kind::WebhookLost)
        });
        let now = self.now();
        self.heed(&inbound);
        let text = Text {
            sid: inbound.sid.clone().unwrap_or_else(|| self.new_sid(!inbound.media.is_empty())),
            media: inbound.media.clone(),
            status: Status::Received,
            sent_at: Some(now),
            faults: struck.kinds(),
            ..Text::new(Direction::Inbound, inbound.from.clone(), inbound.to.clone(), inbound.body.clone(), now)
        };
        let form = self.webhook_form(&text, &inbound.extra);
        let sid = text.sid.clone();
        let known = inbound.sid.as_deref().and_then(|sid| self.book().seq_of(sid));
        let seq = known.unwrap_or_else(|| self.book().take(text));
        self.announce();
        let (url, fallback) = self.addresses(&inbound.to);
        let mut posts = Vec::new();
        if struck.has(Kind::WebhookLost) {
            self.0.wire.note(now, "webhook", &inbound.from, &inbound.to, "lost on the way");
        } else if let Some(url) = url {
            let right = self.0.settings.signer();
            let signer = if inbound.wrong_signature { Signer::Token("not the token") } else { right };
            let times = if inbound.twice || struck.has(Kind::WebhookTwice) { 2 } else { 1 };
            let mut arrived = false;
            for _ in 0..times {
                let answer = self.call(seq, &inbound, &url, &form, signer, &mut posts).await;
                arrived |= answer.taken();
                self.reply(&inbound, &answer);
            }
            let again = !arrived || inbound.fallback_too || struck.has(Kind::WebhookFallback);
            if let Some(fallback) = fallback.filter(|_| again) {
                let mut form = form.clone();
                form.push("ErrorCode", "11200");
                form.push("ErrorUrl", &url);
                self.call(seq, &inbound, &fallback, &form, signer, &mut posts).await;
            }
        } else {
            self.0.wire.note(now, "webhook", &inbound.from, &inbound.to, "the number has no webhook");
        }
        self.announce();
        Arrival { sid, posts }
    }

    async fn call(
        &self,
        seq: u64,
        inbound: &Inbound,
        url: &str,
        form: &Form,
        signer: Signer<'_>,
        posts: &mut Vec<Post>,
    ) -> Answer {
        let answer = self.0.poster.post(url, form, signer).await;
        let at = self.now();
        self.0.wire.note(at, "webhook", &inbound.from, &inbound.to, answer.said());
        let micros = u64::try_from(answer.took.as_micros()).unwrap_or(u64::MAX);
        let what = Status::Received.as_str();
        let post = Post { what, at, answer: answer.status, why: answer.why.clone(), micros };
        self.book().posted(seq, post.clone());
        posts.push(post);
        answer
    }

    /// Where texts to `number` are posted, and where if that fails. An application wins over both (and is not ours).
    fn addresses(&self, number: &str) -> (Option<String>, Option<String>) {
        let some = |url: &str| (!url.is_empty()).then(|| url.to_owned());
        match self.numbers().find(number) {
            Some(own) if !own.sms_application_sid.is_empty() => (None, None),
            Some(own) => (some(&own.sms_url).or_else(|| self.webhook()), some(&own.sms_fallback_url)),
            None => (self.webhook(), None),
        }
    }

    /// Opt-out words: the whole message, one word. Toll-free networks do not take YES for START.
    fn heed(&self, inbound: &Inbound) {
        let Some(word) = Word::read(&inbound.body) else { return };
        // The default handling leaves short codes to their owner (Twilio's documentation).
        if matches!(Sender::read(&inbound.to), Sender::ShortCode(_)) {
            return;
        }
        let toll_free = Phone::parse(&inbound.to).is_ok_and(|number| number.is_toll_free());
        let yes = inbound.body.trim().eq_ignore_ascii_case("yes");
        let say = match word {
            Word::Stop if self.phones().block(&inbound.from, &inbound.to, true) => UNSUBSCRIBED,
            Word::Start if toll_free && yes => return,
            Word::Start if self.phones().block(&inbound.from, &inbound.to, false) => RESUBSCRIBED,
            Word::Help if !self.phones().is_blocked(&inbound.from, &inbound.to) => HELPED,
            _ => return,
        };
        if self.0.settings.auto_replies {
            self.say(inbound, say);
        }
    }

    /// A text/plain answer to a webhook is sent to the person as a text: a trap that a receiver must not step into.
    fn reply(&self, inbound: &Inbound, answer: &Answer) {
        let plain = answer.content_type.as_deref().is_some_and(|kind| kind.starts_with("text/plain"));
        if answer.taken() && plain && !answer.body.is_empty() {
            self.say(inbound, &answer.body);
        }
    }

    /// The carrier itself sends `body` back.
    fn say(&self, inbound: &Inbound, body: &str) {
        let now = self.now();
        let off = self.phones().is_off(&inbound.from);
        let mut book = self.book();
        let seq = book.take(Text {
            sid: self.new_sid(false),
            fate: if off { Fate::Undelivered(30003) } else { Fate::Delivered },
            ..Text::new(Direction::OutboundReply, inbound.to.clone(), inbound.from.clone(), body.to_owned(), now)
        });
        self.set_out(&mut book, seq);
    }

    /// The webhook's parameters (Twilio's documentation).
    fn webhook_form(&self, text: &Text, extra: &[(String, String)]) -> Form {
        let country = |number: &str| if number.starts_with("+1") { "US" } else { "" };
        let (media, segments) = (text.media.len().to_string(), text.segments.to_string());
        let mut form: Form = [
            ("ToCountry", country(&text.to)),
            ("ToState", ""),
            ("SmsMessageSid", &text.sid),
            ("NumMedia", &media),
            ("ToCity", ""),
            ("FromZip", ""),
            ("SmsSid", &text.sid),
            ("FromState", ""),
            ("SmsStatus", "received"),
            ("FromCity", ""),
            ("Body", &text.body),
            ("FromCountry", country(&text.from)),
            ("To", &text.to),
            ("ToZip", ""),
            ("NumSegments", &segments),
            ("MessageSid", &text.sid),
            ("AccountSid", &self.0.settings.account),
            ("From", &text.from),
            ("ApiVersion", "2010-04-01"),
        ]
        .into_iter()
        .collect();
        for (at, media) in text.media.iter().enumerate() {
            form.push(&format!("MediaUrl{at}"), &media.url);
            form.push(&format!("MediaContentType{at}"), &media.content_type);
        }
        for (name, value) in extra {
            form.push(name, value);
        }
        form
    }
}

const UNSUBSCRIBED: &str = "You have successfully been unsubscribed. You will not receive any more messages from this \
                            number. Reply START to resubscribe.";
const RESUBSCRIBED: &str = "You have successfully been re-subscribed to messages from this number. Reply HELP for help. \
                            Reply STOP to unsubscribe. Msg&Data Rates May Apply.";
const HELPED: &str = "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";
