//! One connection, from its first byte to its end.

use std::future::{Future as _, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use super::hand_on::{self, Within};
use super::refused::Refused;
use super::seats::Place;
use super::wire::Wire;
use crate::metrics;

/// How a connection ended.
enum End {
    /// By itself.
    Over,
    /// Its seat is needed, or the server stops.
    Cut,
    /// It was silent for too long.
    Late,
}

/// Serves requests until either side ends it.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, mut place: Place, within: Arc<Within>) {
    let seat = Arc::clone(&place.seat);
    // Small answers must not wait for one another; without it they are only slower.
    let _ = stream.set_nodelay(true);
    let limits = within.limits;
    let wire = Wire::new(stream, Arc::clone(&seat), limits.unread);
    let (mut stop, on, at) = (within.rocket.rocket().shutdown(), Arc::clone(&within), Arc::clone(&seat));
    let service = service_fn(move |request| Box::pin(hand_on::answer(request, peer, Arc::clone(&at), Arc::clone(&on))));
    let mut connection = Builder::new()
        .keep_alive(!limits.idle.is_zero())
        // Ours is shorter, and also ends what is idle.
        .header_read_timeout(None)
        .max_header_size(limits.longest_head)
        .max_buf_size(2 * limits.longest_head)
        .serve_connection(TokioIo::new(wire), service);
    let mut timer = pin!(sleep_until(Instant::now() + limits.head));
    let mut stopping = false;
    let end = poll_fn(|cx| {
        if Pin::new(&mut connection).poll(cx).is_ready() {
            return Poll::Ready(End::Over);
        }
        if !stopping && Pin::new(&mut stop).poll(cx).is_ready() {
            stopping = true;
            Pin::new(&mut connection).graceful_shutdown();
            if Pin::new(&mut connection).poll(cx).is_ready() {
                return Poll::Ready(End::Over);
            }
        }
        // hyper lets go of what is idle by itself, once the last answer has left, and waits for the rest of half a head.
        if (stopping && seat.is_half()) || Pin::new(&mut place.cut).poll(cx).is_ready() {
            return Poll::Ready(End::Cut);
        }
        let Some(expires) = seat.expires(&limits) else { return Poll::Pending };
        if timer.deadline() != expires {
            timer.as_mut().reset(expires);
        }
        timer.as_mut().poll(cx).map(|()| End::Late)
    })
    .await;
    if let End::Late = end
        && seat.is_half()
    {
        metrics::connection_closed("late_head");
        connection.into_parts().io.into_inner().tell(&Refused::TooSlow.bytes(within.site()));
    }
}
