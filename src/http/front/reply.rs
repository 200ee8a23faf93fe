//! The body of an answer: whole, or as it comes. When it ends, the peer may ask again.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::mpsc;

use super::seat::{Doing, Seat};

#[derive(Debug)]
enum Part {
    Whole(Option<Bytes>),
    Coming(mpsc::Receiver<io::Result<Bytes>>),
}

/// A body on its way to a seat.
#[derive(Debug)]
pub(super) struct Reply {
    part: Part,
    seat: Arc<Seat>,
}

impl Reply {
    pub(super) fn whole(body: Vec<u8>, seat: Arc<Seat>) -> Self {
        let part = Part::Whole((!body.is_empty()).then(|| body.into()));
        Reply { part, seat }
    }

    /// What comes through `pieces`; an error there breaks the connection off, so that no half answer looks whole.
    pub(super) fn coming(pieces: mpsc::Receiver<io::Result<Bytes>>, seat: Arc<Seat>) -> Self {
        Reply { part: Part::Coming(pieces), seat }
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.part {
            Part::Whole(body) => Poll::Ready(body.take().map(|body| Ok(Frame::data(body)))),
            Part::Coming(pieces) => pieces.poll_recv(cx).map(|piece| piece.map(|piece| piece.map(Frame::data))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.part, Part::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match &self.part {
            Part::Whole(body) => SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64)),
            Part::Coming(_) => SizeHint::default(),
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.seat.now_does(Doing::Idle);
    }
}
