//! The carrier's record: the last 10,000 texts in the order in which they were taken, and counts that outlive them.
//!
//! Tests and benches trust these counts: they say what the carrier was sent, whatever the sender believes.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};

use serde::Serialize;

use super::texts::{Direction, Post, Status, Text};
use crate::clock::At;

/// Counts since the start or the last reset, including texts no longer kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Texts taken, both ways.
    pub texts: u64,
    /// Of these, made by the API.
    pub outbound: u64,
    /// Of these, from phones.
    pub inbound: u64,
    /// Outbound texts whose from, to and body all equal an earlier one's.
    pub doubled: u64,
    /// Texts still kept.
    pub kept: usize,
    /// Receipts posted.
    pub receipts: u64,
    /// Receipts answered with a 2xx.
    pub receipts_taken: u64,
    /// Inbound webhooks posted.
    pub webhooks: u64,
    /// Inbound webhooks answered with a 2xx.
    pub webhooks_taken: u64,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Book {
    limit: usize,
    texts: VecDeque<Text>,
    next: u64,
    by_sid: HashMap<String, u64>,
    /// Fingerprints of (from, to, body); 8 bytes for each distinct outbound text, kept for good.
    seen: HashSet<u64>,
    hasher: RandomState,
    count: Count,
    /// Texts that come into being later.
    late: BTreeMap<(At, u64), Text>,
}

impl Book {
    pub(super) fn new(limit: usize) -> Self {
        Book {
            limit: limit.max(1),
            texts: VecDeque::new(),
            next: 1,
            by_sid: HashMap::new(),
            seen: HashSet::new(),
            hasher: RandomState::new(),
            count: Count::default(),
            late: BTreeMap::new(),
        }
    }

    /// Takes a text: gives it the next place in the order, counts it, and lets go of the oldest.
    pub(super) fn take(&mut self, mut text: Text) -> u64 {
        let seq = self.next;
        self.next += 1;
        text.seq = seq;
        self.count.texts += 1;
        if text.direction == Direction::Inbound {
            self.count.inbound += 1;
        } else {
            self.count.outbound += 1;
            if !self.seen.insert(self.hasher.hash_one((&text.from, &text.to, &text.body))) {
                self.count.doubled += 1;
            }
        }
        self.by_sid.insert(text.sid.clone(), seq);
        self.texts.push_back(text);
        if self.texts.len() > self.limit
            && let Some(oldest) = self.texts.pop_front()
        {
            self.by_sid.remove(&oldest.sid);
        }
        seq
    }

    /// Puts a text aside that is taken only at `at`.
    pub(super) fn take_later(&mut self, at: At, text: Text) {
        let key = (at, self.late.len() as u64);
        self.late.insert(key, text);
    }

    /// Takes the texts whose time has come, and returns their places.
    pub(super) fn ripen(&mut self, now: At) -> Vec<u64> {
        let mut ripe = Vec::new();
        while let Some(entry) = self.late.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let text = entry.remove();
            ripe.push(self.take(text));
        }
        ripe
    }

    /// When the next late text is due.
    pub(super) fn next_late(&self) -> Option<At> {
        self.late.keys().next().map(|key| key.0)
    }

    pub(super) fn get(&self, sid: &str) -> Option<&Text> {
        self.at(*self.by_sid.get(sid)?)
    }

    pub(super) fn at(&self, seq: u64) -> Option<&Text> {
        let first = self.texts.front()?.seq;
        self.texts.get(usize::try_from(seq.checked_sub(first)?).ok()?)
    }

    pub(super) fn at_mut(&mut self, seq: u64) -> Option<&mut Text> {
        let first = self.texts.front()?.seq;
        self.texts.get_mut(usize::try_from(seq.checked_sub(first)?).ok()?)
    }

    pub(super) fn seq_of(&self, sid: &str) -> Option<u64> {
        self.by_sid.get(sid).copied()
    }

    /// All kept texts, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Text> {
        self.texts.iter().filter(|text| !text.deleted)
    }

    /// Moves a text on.
    pub(super) fn advance(&mut self, seq: u64, status: Status, code: Option<i64>, now: At) {
        if let Some(text) = self.at_mut(seq) {
            text.status = status;
            text.error_code = code;
            text.updated_at = now;
            if status == Status::Sent {
                text.sent_at = Some(now);
            }
        }
    }

    /// Enters what came of a post.
    pub(super) fn posted(&mut self, seq: u64, post: Post) {
        let inbound = post.what == Status::Received.as_str();
        let taken = u64::from(post.taken());
        if inbound {
            self.count.webhooks += 1;
            self.count.webhooks_taken += taken;
        } else {
            self.count.receipts += 1;
            self.count.receipts_taken += taken;
        }
        if let Some(text) = self.at_mut(seq)
            && text.posts.len() < Text::POSTS
        {
            text.posts.push(post);
        }
    }

    pub(super) fn count(&self) -> Count {
        Count { kept: self.texts.len(), ..self.count }
    }

    /// Changes a text's body to nothing (the API's redaction).
    pub(super) fn redact(&mut self, sid: &str) {
        if let Some(text) = self.seq_of(sid).and_then(|seq| self.at_mut(seq)) {
            text.body.clear();
        }
    }

    /// Forgets one text (the API's delete), keeping its place; whether there was one.
    pub(super) fn remove(&mut self, sid: &str) -> bool {
        let Some(seq) = self.by_sid.remove(sid) else { return false };
        if let Some(text) = self.at_mut(seq) {
            text.deleted = true;
        }
        true
    }

    /// Forgets everything; the order goes on, so that no place is given twice.
    pub(super) fn clear(&mut self) {
        let next = self.next;
        *self = Book::new(self.limit);
        self.next = next;
    }
}
