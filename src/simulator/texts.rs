//! A text as the carrier stores it.
//!
//! Its end is decided when it is taken, so that phones and receipts always agree.

use serde::Serialize;

use super::faults::Kind;
use crate::clock::At;
use crate::domain::words::segment;

/// Which way a text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From a phone to one of our numbers.
    Inbound,
    /// Made by the API.
    OutboundApi,
    /// The answer to an inbound webhook, or the carrier's own answer to a keyword.
    OutboundReply,
}

impl Direction {
    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::OutboundApi => "outbound-api",
            Direction::OutboundReply => "outbound-reply",
        }
    }
}

/// How far a text has come, in Twilio's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Taken.
    Queued,
    /// Handed to the network.
    Sent,
    /// On the phone.
    Delivered,
    /// Not on the phone, and it will not be.
    Undelivered,
    /// Never handed to the network.
    Failed,
    /// Came in.
    Received,
}

impl Status {
    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Queued => "queued",
            Status::Sent => "sent",
            Status::Delivered => "delivered",
            Status::Undelivered => "undelivered",
            Status::Failed => "failed",
            Status::Received => "received",
        }
    }
}

/// What a text will come to; decided when it is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Reaches the phone.
    Delivered,
    /// Is sent and does not reach the phone, with this code.
    Undelivered(i64),
    /// Is never sent, with this code.
    Failed(i64),
}

/// A picture that travels with a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Media {
    /// Where it can be fetched.
    pub url: String,
    /// Its content type, such as `image/jpeg`.
    pub content_type: String,
}

/// One post to us, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Post {
    /// `received` for an inbound text, else the status that was reported.
    pub what: &'static str,
    /// When.
    pub at: At,
    /// The status of the answer; absent if there was none.
    pub answer: Option<u16>,
    /// Why there was no answer.
    pub why: Option<String>,
    /// How long it took, in microseconds.
    pub micros: u64,
}

impl Post {
    /// Answered with a 2xx.
    #[must_use]
    pub fn taken(&self) -> bool {
        self.answer.is_some_and(|status| (200..300).contains(&status))
    }
}

/// A text as the carrier keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct Text {
    /// The carrier's order: rises by one with every text that it takes.
    pub seq: u64,
    /// `SM` (with media `MM`) and 32 hexadecimal digits.
    pub sid: String,
    /// Which way it goes.
    pub direction: Direction,
    /// Who it is from.
    pub from: String,
    /// Who it is for.
    pub to: String,
    /// What it says.
    pub body: String,
    /// Pictures with it.
    pub media: Vec<Media>,
    /// Segments that are billed.
    pub segments: u32,
    /// How far it has come.
    pub status: Status,
    /// Why it did not arrive.
    pub error_code: Option<i64>,
    /// Where receipts are posted.
    pub status_callback: Option<String>,
    /// When it was taken.
    pub created_at: At,
    /// When it was handed to the network; for an inbound text, when the webhook was called.
    pub sent_at: Option<At>,
    /// When its status last changed.
    pub updated_at: At,
    /// The faults that struck it.
    pub faults: Vec<Kind>,
    /// What was posted about it, in order; at most the first 8.
    pub posts: Vec<Post>,
    /// What it will come to.
    #[serde(skip)]
    pub(super) fate: Fate,
    /// Deleted through the API; keeps its place in the order.
    #[serde(skip)]
    pub(super) deleted: bool,
}

impl Text {
    /// A text that is on its way and will arrive.
    pub(super) fn new(direction: Direction, from: String, to: String, body: String, now: At) -> Self {
        Text {
            seq: 0,
            sid: String::new(),
            direction,
            from,
            to,
            segments: segment::segments(&body),
            body,
            media: Vec::new(),
            status: Status::Queued,
            error_code: None,
            status_callback: None,
            created_at: now,
            sent_at: None,
            updated_at: now,
            faults: Vec::new(),
            posts: Vec::new(),
            fate: Fate::Delivered,
            deleted: false,
        }
    }

    /// How many posts are kept with a text.
    pub(super) const POSTS: usize = 8;

    /// The statuses that are reported after it was taken, with their error codes, in order.
    pub(super) fn course(&self) -> Vec<(Status, Option<i64>)> {
        match self.fate {
            Fate::Delivered => vec![(Status::Sent, None), (Status::Delivered, None)],
            Fate::Undelivered(code) => vec![(Status::Sent, None), (Status::Undelivered, Some(code))],
            Fate::Failed(code) => vec![(Status::Failed, Some(code))],
        }
    }

    /// Whether the person it is for gets to see it.
    #[must_use]
    pub fn reaches_the_phone(&self) -> bool {
        self.direction != Direction::Inbound && self.fate == Fate::Delivered
    }
}
