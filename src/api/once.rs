//! `Idempotency-Key`: a request with a key takes effect once within a day, however often it is sent, and gets the same
//! answer each time.

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::answer::{Answer, Answered};
use super::problem::{Fault, Problem};
use crate::desk::Desk;
use crate::desk::programs::Program;
use crate::desk::programs::once::{self, Begun, Made, Request as Asked};

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

/// Does `act` once for this caller's app, key and request (`hash`), and answers with what `show` says of what it made. If it took
/// effect, the answer is kept, so that the same request gets the same answer again; where the process died before that, the
/// answer is made from what is there. Without a key it is simply done.
pub(super) async fn once<A, S>(
    desk: &Desk,
    caller: &Program,
    key: Key,
    hash: &str,
    act: impl FnOnce(Program) -> A,
    show: impl FnOnce(Made) -> S,
) -> Answered
where
    A: Future<Output = Result<Made, Problem>>,
    S: Future<Output = Answered>,
{
    let Some(key) = key.0 else { return show(act(caller.clone()).await?).await };
    let asked = Asked { app: caller.app, key, hash: hash.to_owned() };
    let (turn, made, again) = match once::begin(desk, asked).await? {
        Begun::Go(turn) => {
            let made = act(Program { turn: Some(turn.clone()), ..caller.clone() }).await;
            (turn, made, false)
        }
        Begun::Made(turn, made) => (turn, Ok(made), true),
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
    let told = match made {
        Ok(made) => show(made).await.map(|answer| Answer { again, ..answer }),
        Err(problem) => Err(problem),
    };
    let kept = told.as_ref().ok().map(|answer| (answer.status, answer.json.clone()));
    if let Err(error) = once::end(desk, turn, kept).await {
        // What it made is known: a repetition is answered from that.
        tracing::error!(%error, "the answer to a request with a key could not be kept");
    }
    told
}
