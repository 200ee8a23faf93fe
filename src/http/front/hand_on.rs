//! Passes a whole request to Rocket, and Rocket's answer back.
//!
//! It uses `rocket::local`: the same routing, guards and fairings as behind Rocket's own listener, without the
//! listener.

use std::io;
use std::net::SocketAddr;
use std::str::FromStr as _;
use std::sync::Arc;

use hyper::body::{Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, COOKIE, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper::{HeaderMap, Response, StatusCode, Version};
use rocket::http::uri::{Host, Origin};
use rocket::http::{ContentType, Cookie, Header, Method};
use rocket::local::asynchronous::{Client, LocalRequest, LocalResponse};
use tokio::io::AsyncReadExt as _;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use super::body::{self, Collected};
use super::limits::Limits;
use super::refused::Refused;
use super::reply::Reply;
use super::seat::{Doing, Seat};
use crate::http::{HOOKS, Site, as_sent};

/// Bodies up to this are sent in one piece, in bytes.
const ONE_PIECE: usize = 64 * 1024;
/// What is read at once of longer ones, in bytes.
const PIECE: usize = 16 * 1024;

/// What every request needs.
#[derive(Debug)]
pub(super) struct Within {
    pub(super) rocket: Client,
    pub(super) limits: Limits,
    pub(super) bodies: Arc<Semaphore>,
    /// Held by whatever is not finished yet.
    #[expect(dead_code, reason = "held, not read: the end waits until it is gone")]
    pub(super) busy: watch::Receiver<()>,
}

impl Within {
    pub(super) fn site(&self) -> Option<&Site> {
        self.rocket.rocket().state()
    }
}

/// A request that has been read to its end.
struct Whole {
    method: Method,
    uri: Origin<'static>,
    host: Option<Host<'static>>,
    headers: HeaderMap,
    body: Collected,
    peer: SocketAddr,
}

/// Answers one request.
///
/// # Errors
/// If the connection is to end without an answer: Rocket made one that HTTP does not allow.
pub(super) async fn answer(
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    seat: Arc<Seat>,
    within: Arc<Within>,
) -> io::Result<Response<Reply>> {
    let path = request.uri().path().to_owned();
    let whole = match read(request, peer, &seat, &within).await {
        Ok(whole) => whole,
        Err(refused) => {
            tracing::info!(status = refused.status().as_u16(), "a request was not handed on");
            return Ok(refused.answer(&path, within.site(), &seat));
        }
    };
    seat.now_does(Doing::Work);
    let (answer, answered) = oneshot::channel();
    // The client may leave; what has begun is finished all the same.
    let (to, on) = (Arc::clone(&seat), Arc::clone(&within));
    tokio::spawn(async move { hand_on(whole, to, on, answer).await });
    match answered.await {
        Ok(response) => {
            let response = response?;
            if path.starts_with(HOOKS) && response.status().is_success() {
                seat.proves_itself();
            }
            Ok(response)
        }
        // A panic outside of any handler, which has been logged.
        Err(_) => Ok(Refused::Broken.answer(&path, within.site(), &seat)),
    }
}

async fn read(
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    seat: &Seat,
    within: &Within,
) -> Result<Whole, Refused> {
    let (head, body) = request.into_parts();
    let host = host(&head.headers, head.version)?;
    let method = Method::from_str(head.method.as_str()).map_err(|()| Refused::UnknownMethod)?;
    let uri = head.uri.path_and_query().ok_or(Refused::Unreadable)?;
    let uri = Origin::parse_owned(uri.as_str().to_owned()).map_err(|_| Refused::Unreadable)?;
    seat.now_does(Doing::Body);
    let body = body::collect(body, &within.limits, &within.bodies).await?;
    Ok(Whole { method, uri, host, headers: head.headers, body, peer })
}

/// The one host that a request names; only the oldest HTTP may leave it out.
fn host(headers: &HeaderMap, version: Version) -> Result<Option<Host<'static>>, Refused> {
    let mut named = headers.get_all(HOST).into_iter();
    let (first, second) = (named.next(), named.next());
    match (first, second) {
        (Some(host), None) => {
            let host = host.to_str().map_err(|_| Refused::Unreadable)?;
            Host::parse_owned(host.to_owned()).map(Some).map_err(|_| Refused::Unreadable)
        }
        (None, _) if version < Version::HTTP_11 => Ok(None),
        _ => Err(Refused::Unreadable),
    }
}

type Answer = oneshot::Sender<io::Result<Response<Reply>>>;

async fn hand_on(whole: Whole, seat: Arc<Seat>, within: Arc<Within>, answer: Answer) {
    let Whole { method, uri, host, headers, body, peer } = whole;
    let mut request = within.rocket.req(method, uri).remote(peer);
    if let Some(host) = host {
        request.inner_mut().set_host(host);
    }
    let mut request = with_headers(request, &headers);
    request.set_body(&body.bytes);
    as_sent::note(request.inner());
    let mut response = request.dispatch().await;
    // The body's share of the room goes back: it has been read.
    drop(body);
    let head = match head_of(&response) {
        Ok(head) => head,
        Err(error) => {
            tracing::error!(%error, "an answer could not be sent");
            // Nobody may be listening.
            let _ = answer.send(Err(error));
            return;
        }
    };
    if method == Method::Head || matches!(head.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        let bodiless = without_body(head, response.body().preset_size(), method == Method::Head);
        let _ = answer.send(Ok(bodiless.map(|()| Reply::whole(Vec::new(), seat))));
        return;
    }
    match response.body().preset_size() {
        Some(size) if size <= ONE_PIECE => {
            let mut bytes = Vec::with_capacity(size);
            let read = response.read_to_end(&mut bytes).await;
            let mut head = head;
            head.headers_mut().remove(CONTENT_LENGTH);
            let _ = answer.send(read.map(|_| head.map(|()| Reply::whole(bytes, seat))));
        }
        size => {
            let mut head = head;
            if let Some(size) = size {
                head.headers_mut().insert(CONTENT_LENGTH, size.into());
            }
            let (pieces, coming) = mpsc::channel(1);
            if response.content_type() == Some(ContentType::EventStream) {
                seat.now_does(Doing::Stream);
            }
            let _ = answer.send(Ok(head.map(|()| Reply::coming(coming, seat))));
            pass_on(response, &pieces).await;
        }
    }
}

fn with_headers<'c>(mut request: LocalRequest<'c>, headers: &HeaderMap) -> LocalRequest<'c> {
    // Rocket knows only headers that are UTF-8.
    let readable = |value: &HeaderValue| std::str::from_utf8(value.as_bytes()).ok().map(ToOwned::to_owned);
    for value in headers.get_all(COOKIE).into_iter().filter_map(readable) {
        for one in value.split(';') {
            if let Ok(cookie) = Cookie::parse_encoded(one.trim().to_owned()) {
                request = request.cookie(cookie);
            }
        }
    }
    for (name, value) in headers {
        // These were about the connection and how the body came.
        if [CONNECTION, TRANSFER_ENCODING].contains(name) {
            continue;
        }
        if let Some(value) = readable(value) {
            request.add_header(Header::new(name.as_str().to_owned(), value));
        }
    }
    request
}

fn head_of(response: &LocalResponse<'_>) -> io::Result<Response<()>> {
    let wrong = |error: hyper::http::Error| io::Error::new(io::ErrorKind::InvalidData, error);
    let mut head = Response::builder().status(response.status().code).body(()).map_err(wrong)?;
    for header in response.headers().iter() {
        let name = HeaderName::from_bytes(header.name.as_str().as_bytes()).map_err(|error| wrong(error.into()))?;
        let value = HeaderValue::from_bytes(header.value().as_bytes()).map_err(|error| wrong(error.into()))?;
        // How a body travels is hyper's to say.
        if name != TRANSFER_ENCODING {
            head.headers_mut().append(name, value);
        }
    }
    Ok(head)
}

/// An answer that has no body but may say how long it would be.
fn without_body(mut head: Response<()>, size: Option<usize>, says_length: bool) -> Response<()> {
    match size {
        Some(size) if says_length => drop(head.headers_mut().insert(CONTENT_LENGTH, size.into())),
        _ if says_length => {}
        _ => drop(head.headers_mut().remove(CONTENT_LENGTH)),
    }
    head
}

/// Passes a body on as it comes, until it ends or nobody listens any more.
async fn pass_on(mut response: LocalResponse<'_>, pieces: &mpsc::Sender<io::Result<Bytes>>) {
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        let read = tokio::select! {
            read = response.read_buf(&mut piece) => read,
            () = pieces.closed() => return,
        };
        let sent = match read {
            Ok(0) => return,
            Ok(_) => pieces.send(Ok(piece.into())).await,
            Err(error) => pieces.send(Err(error)).await,
        };
        if sent.is_err() {
            return;
        }
    }
}
