//! Collects the body of a request before a handler sees it: within a time, up to a length, and all long bodies together
//! within a limit of memory.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use hyper::body::{Body as _, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::limits::Limits;
use super::refused::Refused;
use crate::metrics;

/// Bytes that one permit stands for.
const PIECE: usize = 1024;

/// The room for long bodies, in pieces.
pub(super) fn room(limits: &Limits) -> Arc<Semaphore> {
    Arc::new(Semaphore::new((limits.bodies / PIECE).min(Semaphore::MAX_PERMITS)))
}

/// A body, and its share of the room while it is held.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) bytes: Vec<u8>,
    share: Option<OwnedSemaphorePermit>,
}

/// Collects `body`.
///
/// # Errors
/// [`Refused::TooSlow`], [`Refused::TooLong`], [`Refused::NoRoom`], or [`Refused::Unreadable`] if it broke off.
pub(super) async fn collect(body: Incoming, limits: &Limits, room: &Arc<Semaphore>) -> Result<Collected, Refused> {
    if body.is_end_stream() {
        return Ok(Collected::default());
    }
    if body.size_hint().lower() > limits.longest_body as u64 {
        return Err(Refused::TooLong);
    }
    timeout(limits.body, read(body, limits, room)).await.unwrap_or_else(|_| {
        metrics::connection_closed("late_body");
        Err(Refused::TooSlow)
    })
}

async fn read(mut body: Incoming, limits: &Limits, room: &Arc<Semaphore>) -> Result<Collected, Refused> {
    let mut collected = Collected::default();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        // What comes after the body, beside it, is nothing that anybody here reads.
        let Ok(data) = frame.map_err(|_| Refused::Unreadable)?.into_data() else { continue };
        let length = collected.bytes.len() + data.len();
        if length > limits.longest_body {
            return Err(Refused::TooLong);
        }
        collected.share(length, limits, room)?;
        collected.bytes.extend_from_slice(&data);
    }
    Ok(collected)
}

impl Collected {
    /// Takes what it needs of the room to hold `length` bytes.
    fn share(&mut self, length: usize, limits: &Limits, room: &Arc<Semaphore>) -> Result<(), Refused> {
        let wanted = length.saturating_sub(limits.small_body).div_ceil(PIECE);
        let more = wanted.saturating_sub(self.share.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if more == 0 {
            return Ok(());
        }
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let share = Arc::clone(room).try_acquire_many_owned(more).map_err(|_| Refused::NoRoom)?;
        match &mut self.share {
            Some(had) => had.merge(share),
            none => *none = Some(share),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_bodies_need_no_room_and_long_ones_share_what_there_is() {
        let limits =
            Limits { small_body: 2 * PIECE, bodies: 8 * PIECE, ..Limits::of(&rocket::Config::default(), 1024) };
        let room = room(&limits);
        let mut long = Collected::default();
        assert_eq!(long.share(4 * PIECE, &limits, &room), Ok(()));
        assert_eq!(long.share(9 * PIECE + 1, &limits, &room), Ok(()));
        assert_eq!(room.available_permits(), 0);
        assert_eq!(Collected::default().share(2 * PIECE, &limits, &room), Ok(()));
        assert_eq!(Collected::default().share(2 * PIECE + 1, &limits, &room), Err(Refused::NoRoom));
        drop(long);
        assert_eq!(Collected::default().share(2 * PIECE + 1, &limits, &room), Ok(()));
    }
}
