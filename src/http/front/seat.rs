//! One connection's seat: what the connection does, since when, and when it has waited long enough. Its own task writes
//! that, others read it.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Limits;

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Doing {
    /// It sends the head of a request, or has just connected.
    Head = 0,
    /// It sends a body.
    Body = 1,
    /// It has had its answer and may ask again.
    Idle = 2,
    /// We answer.
    Work = 3,
    /// It listens to a stream.
    Stream = 4,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Seat {
    epoch: Instant,
    doing: AtomicU8,
    /// Milliseconds of the epoch at which that began.
    since: AtomicU64,
    /// Something of a head has come.
    begun: AtomicBool,
    /// An answer waits for somebody who does not read.
    unread: AtomicBool,
    /// It has brought a webhook that was taken.
    proven: AtomicBool,
}

impl Seat {
    pub(super) fn new(epoch: Instant) -> Self {
        let seat = Seat {
            epoch,
            doing: AtomicU8::new(Doing::Head as u8),
            since: AtomicU64::new(0),
            begun: AtomicBool::new(false),
            unread: AtomicBool::new(false),
            proven: AtomicBool::new(false),
        };
        seat.now_does(Doing::Head);
        seat
    }

    pub(super) fn doing(&self) -> Doing {
        match self.doing.load(Ordering::Relaxed) {
            0 => Doing::Head,
            1 => Doing::Body,
            2 => Doing::Idle,
            3 => Doing::Work,
            _ => Doing::Stream,
        }
    }

    pub(super) fn now_does(&self, doing: Doing) {
        self.since.store(millis(self.epoch.elapsed()), Ordering::Relaxed);
        self.doing.store(doing as u8, Ordering::Relaxed);
        self.begun.store(false, Ordering::Relaxed);
    }

    /// Bytes have come.
    pub(super) fn hears(&self) {
        match self.doing() {
            Doing::Idle => {
                self.now_does(Doing::Head);
                self.begun.store(true, Ordering::Relaxed);
            }
            Doing::Head => self.begun.store(true, Ordering::Relaxed),
            Doing::Body | Doing::Work | Doing::Stream => {}
        }
    }

    /// Whether a part of a head has come, and no more.
    pub(super) fn is_half(&self) -> bool {
        self.doing() == Doing::Head && self.begun.load(Ordering::Relaxed)
    }

    pub(super) fn is_unread(&self, unread: bool) {
        self.unread.store(unread, Ordering::Relaxed);
    }

    /// It has brought a webhook that was taken.
    pub(super) fn proves_itself(&self) {
        self.proven.store(true, Ordering::Relaxed);
    }

    /// When it has waited long enough for a head; bodies and streams have ends of their own.
    pub(super) fn expires(&self, limits: &Limits) -> Option<Instant> {
        let wait = match self.doing() {
            Doing::Head => limits.head,
            Doing::Idle => limits.idle,
            Doing::Body | Doing::Work | Doing::Stream => return None,
        };
        Some(self.epoch + Duration::from_millis(self.since.load(Ordering::Relaxed)) + wait)
    }

    /// In milliseconds of the epoch, since when it does what it does.
    pub(super) fn since(&self) -> u64 {
        self.since.load(Ordering::Relaxed)
    }

    /// Whether it has brought a webhook that was taken.
    pub(super) fn is_proven(&self) -> bool {
        self.proven.load(Ordering::Relaxed)
    }

    /// It has done this since then, for tests.
    #[cfg(test)]
    pub(super) fn has_done(&self, doing: Doing, since: u64) {
        self.now_does(doing);
        self.since.store(since, Ordering::Relaxed);
    }

    /// Since when it only waits for its peer.
    pub(super) fn waits(&self) -> Option<u64> {
        let doing = self.doing();
        let waits = self.unread.load(Ordering::Relaxed) || matches!(doing, Doing::Head | Doing::Body | Doing::Idle);
        waits.then(|| self.since.load(Ordering::Relaxed))
    }
}

pub(super) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_has_its_time_from_its_first_byte_and_silence_has_more() {
        let seat = Seat::new(Instant::now());
        let limits = Limits::of(&rocket::Config { keep_alive: 75, ..rocket::Config::default() }, 1024);
        let at = |seconds| Some(seat.epoch + Duration::from_secs(seconds));
        seat.has_done(Doing::Head, 3000);
        assert_eq!(seat.expires(&limits), at(13));
        seat.hears();
        assert!(seat.is_half());
        assert_eq!(seat.expires(&limits), at(13), "more bytes win no time");
        seat.has_done(Doing::Work, 4000);
        assert_eq!(seat.expires(&limits), None);
        seat.has_done(Doing::Idle, 5000);
        assert_eq!(seat.expires(&limits), at(80));
        seat.hears();
        assert!(seat.is_half() && seat.expires(&limits) < at(80));
    }
}
