//! Moves texts on and reports it: queued, sent, delivered. A queue by time has what is still to do, so that a test can
//! do it by hand and a running carrier wakes only when something is due.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use super::book::Book;
use super::faults::Kind;
use super::posting::schedule::{Pending, Receipts};
use super::state::{Inner, Simulator};
use super::texts::{Post, Status, Text};
use crate::clock::At;
use crate::wire::twilio::form::Form;

/// How many receipts are under way at once.
const TOGETHER: usize = 64;

impl Simulator {
    /// Starts a text that was just taken on its way.
    pub(super) fn set_out(&self, book: &mut Book, seq: u64) {
        let now = self.now();
        let Some(text) = book.at(seq) else { return };
        let lost = text.status_callback.is_some() && text.faults.contains(&Kind::ReceiptsLost);
        if lost {
            self.0.wire.note(now, "receipt", &text.from, &text.to, "lost on the way");
        }
        let (silent, first) = (lost || text.status_callback.is_none(), text.faults.contains(&Kind::ReceiptFirst));
        match self.0.settings.receipts {
            // The code that answers the create posts it.
            _ if first && !silent => {}
            Receipts::Off => arrive(book, seq, now),
            Receipts::After { sent, delivered } if silent && sent.is_zero() && delivered.is_zero() => {
                arrive(book, seq, now);
            }
            Receipts::After { sent, .. } => {
                self.0.schedule.add(now + sent, Pending { seq, step: 0 });
                self.wake_runner();
            }
        }
    }

    /// Does what is due by the simulator's clock: late texts come into being, texts move on, receipts are posted and
    /// answered. Returns how many receipts were posted. For tests that set [`super::Settings::by_hand`].
    pub async fn settle(&self) -> usize {
        let mut posted = 0;
        loop {
            drop(self.book());
            let Some(pending) = self.0.schedule.due(self.now()) else { break };
            posted += self.run(pending).await;
        }
        posted
    }

    /// Posts all receipts of a text now, before its create is answered.
    pub(super) async fn report_first(&self, seq: u64) {
        let mut pending = Pending { seq, step: 0 };
        while self.report(pending).await.1 {
            pending.step += 1;
        }
    }

    async fn run(&self, pending: Pending) -> usize {
        let (posted, more) = self.report(pending).await;
        if more && let Receipts::After { delivered, .. } = self.0.settings.receipts {
            let next = Pending { step: pending.step + 1, ..pending };
            self.0.schedule.add(self.now() + delivered, next);
        }
        posted
    }

    /// Moves a text one step on and reports it as its faults allow: how many receipts were posted, and whether there
    /// is another step.
    async fn report(&self, Pending { seq, step }: Pending) -> (usize, bool) {
        let now = self.now();
        let (reports, course, text) = {
            let mut book = self.book();
            let Some(text) = book.at(seq).cloned() else { return (0, false) };
            let course = text.course();
            let reversed = text.faults.contains(&Kind::ReceiptsReversed);
            let mut reports = if reversed { course.clone() } else { course[step..=step].to_vec() };
            for (status, code) in &reports {
                book.advance(seq, *status, *code, now);
            }
            if reversed {
                reports.reverse();
            }
            (reports, if reversed { 0 } else { course.len() }, text)
        };
        self.announce();
        let mut posted = 0;
        let wanted = text.status_callback.as_deref().filter(|_| !text.faults.contains(&Kind::ReceiptsLost));
        if let Some(url) = wanted {
            let times = if text.faults.contains(&Kind::ReceiptsDoubled) { 2 } else { 1 };
            for (status, code) in reports {
                for _ in 0..times {
                    self.post_receipt(url, &text, status, code).await;
                    posted += 1;
                }
            }
        }
        (posted, step + 1 < course)
    }

    async fn post_receipt(&self, url: &str, text: &Text, status: Status, code: Option<i64>) {
        let settings = &self.0.settings;
        let form = receipt(&settings.account, text, status, code);
        let answer = self.0.poster.post(url, &form, settings.signer()).await;
        let at = self.now();
        self.0.wire.note(at, "receipt", &text.from, &text.to, format!("{}, {}", status.as_str(), answer.said()));
        let micros = u64::try_from(answer.took.as_micros()).unwrap_or(u64::MAX);
        let post = Post { what: status.as_str(), at, answer: answer.status, why: answer.why, micros };
        self.book().posted(text.seq, post);
        self.announce();
    }

    /// Starts the task that does what is due, unless a test does it by hand. It ends with the simulator.
    fn wake_runner(&self) {
        if self.0.settings.by_hand || self.0.schedule.runner.set(()).is_err() {
            return;
        }
        tokio::spawn(keep_running(Arc::downgrade(&self.0), self.0.schedule.wake.clone()));
    }

    /// As [`Simulator::set_out`] for texts that do not exist yet.
    pub(super) fn expect_late(&self) {
        self.wake_runner();
        self.0.schedule.wake.notify_one();
    }
}

/// Takes a text to its end without a word.
fn arrive(book: &mut Book, seq: u64, now: At) {
    for (status, code) in book.at(seq).map(Text::course).unwrap_or_default() {
        book.advance(seq, status, code, now);
    }
}

async fn keep_running(simulator: Weak<Inner>, wake: Arc<Notify>) {
    let together = Arc::new(Semaphore::new(TOGETHER));
    loop {
        let Some(simulator) = simulator.upgrade().map(Simulator) else { return };
        let late = simulator.book().next_late();
        let now = simulator.now();
        while let Some(pending) = simulator.0.schedule.due(now) {
            let Ok(place) = together.clone().acquire_owned().await else { return };
            let simulator = simulator.clone();
            tokio::spawn(async move {
                simulator.run(pending).await;
                drop(place);
            });
        }
        let next = [simulator.0.schedule.next(), late].into_iter().flatten().min();
        drop(simulator);
        let wait = next.map_or(Duration::from_mins(1), |at| at.since(now));
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// The receipt's parameters, in Twilio's words.
fn receipt(account: &str, text: &Text, status: Status, code: Option<i64>) -> Form {
    let mut form: Form = [
        ("ApiVersion", "2010-04-01"),
        ("AccountSid", account),
        ("From", &text.from),
        ("To", &text.to),
        ("MessageSid", &text.sid),
        ("SmsSid", &text.sid),
        ("MessageStatus", status.as_str()),
        ("SmsStatus", status.as_str()),
    ]
    .into_iter()
    .collect();
    if let Some(code) = code {
        form.push("ErrorCode", &code.to_string());
    }
    form
}
