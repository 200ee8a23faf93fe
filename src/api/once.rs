//! `Idempotency-Key`: a request with a key takes effect once, however often it is sent within a day, and is answered alike.

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::answer::{Answer, Told};
use super::problem::{Fault, Problem};
use crate::desk::Desk;
use crate::desk::once::{self, Begun, Request as Asked};
use crate::desk::programs::Program;

const HEADER: &str = "Idempotency-Key";
/// The longest key, in characters.
const LONGEST: usize = 255;

/// The header, if it came.
pub(super) struct Key(Option<String>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Key {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        let mut keys = req.headers().get("idempotency-key");
        match (keys.next(), keys.next()) {
            (None, _) => Outcome::Success(Key(None)),
            (Some(key), None) if is_good(key) => Outcome::Success(Key(Some(key.to_owned()))),
            _ => {
                let why = format!("send it once, with 1 to {LONGEST} printable ASCII characters, such as a UUID");
                Outcome::Error((Problem::refused([Fault::header(HEADER, &why)]).leave(req), ()))
            }
        }
    }
}

fn is_good(key: &str) -> bool {
    (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// Does `work` once for this caller's app, key and request (`hash`); what it came to is kept if it took effect, so that the same
/// request gets the same answer again. Without a key it is simply done.
pub(super) async fn once<W>(desk: &Desk, caller: &Program, key: Key, hash: &str, work: W) -> Told
where
    W: Future<Output = Told>,
{
    let Some(key) = key.0 else { return work.await };
    let asked = Asked { app: caller.app, key, hash: hash.to_owned() };
    let begun = match once::begin(desk, &asked).await? {
        Begun::Go(begun) => begun,
        Begun::Again(status, json) => return Ok(Answer { status, json, again: true, location: None }),
        Begun::Other => {
            let why = "another request came with this key: choose a new key for a new request";
            return Err(Problem::new("key_reused", "").because([Fault::header(HEADER, why)]));
        }
        Begun::UnderWay => {
            let detail = "A request with this `Idempotency-Key` is being answered: ask again in a second.";
            return Err(Problem::new("under_way", detail).after(1));
        }
    };
    let told = work.await;
    let kept = told.as_ref().ok().map(|answer| (answer.status, answer.json.clone()));
    if let Err(error) = once::end(desk, &asked, begun, kept).await {
        // It took effect all the same; a repetition within a minute is told to wait.
        tracing::error!(%error, "the answer to a request with a key could not be kept");
    }
    told
}
