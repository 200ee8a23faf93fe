//! Joins people in pairs for one transaction, and ends pairs. The API and the pages of managers use it; the texts of
//! parties go through `desk/receiving` like every text.

use std::time::Duration;

use super::Desk;

use super::outbox::relay;
use super::pool::missing::{Missing, missing, refuse};
use super::programs::Program;
use crate::desk::failure::Stop;
use crate::desk::work::UnitOfWork;
use crate::domain::change::Changed;
use crate::domain::ids::{AppId, ConversationId, MessageId};
use crate::domain::leg::Role;
use crate::domain::message::{Author, Channel};
use crate::domain::numbers::phone::Phone;
use crate::domain::pairs::expiry::Term;
use crate::domain::pairs::pair::Wrong;
use crate::store::conversations::messages::{self, NewMessage, Said, Unread, preview};
use crate::store::routing::routes::{self, Conversation, LiveLeg};
use crate::store::{self, Result, Tx};

mod extend;
mod first_texts;
mod lapse;
mod news;
mod open;
mod over;
mod party;
mod say;

pub(super) use extend::by_party as extend_by_party;
pub use extend::{complete, extend};
pub use lapse::{lapse, warn};
pub use open::{Opened, open};
pub use over::close;
pub(super) use over::{end_over, end_talk};
pub use party::change as change_party;
pub use say::{Saying, say};

/// Why something asked of a pair was not done.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such pair, or no such party in it.
    #[error("not found")]
    NotFound,
    /// What was asked is wrong in these places.
    #[error("refused")]
    Wrong(Vec<Wrong>),
    /// It cannot be done as things stand; a word for programs and one for people.
    #[error("{why}")]
    Conflict {
        /// Such as `reference_in_use`.
        code: &'static str,
        /// In plain words, with the remedy.
        why: String,
    },
    /// The app has brought so many phones into pairs within the hour that it has to wait until then.
    #[error("too many first texts")]
    TooMany {
        /// So many are the most.
        most: u32,
        /// So long until there is room.
        wait: Duration,
    },
    /// So many masks are missing in these countries.
    #[error("no mask is free")]
    PoolExhausted(Vec<Missing>),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Stop for Refusal {
    fn of_store(self) -> Result<store::Error, Self> {
        if let Refusal::Store(error) = self { Ok(error) } else { Err(self) }
    }
}

impl Refusal {
    fn conflict(code: &'static str, why: impl Into<String>) -> Self {
        Refusal::Conflict { code, why: why.into() }
    }

    fn over() -> Self {
        Refusal::conflict("pair_ended", "this pair has ended; open another")
    }
}

/// What was asked of a pair: done, or why not.
pub type Done<T> = std::result::Result<T, Refusal>;

/// What a pair with this reference of an app is called among what found no mask; each app has references of its own.
fn wanted_by(app: Option<AppId>, reference: &str) -> String {
    format!("pair {} {reference}", app.map_or(0, |app| app.0))
}

/// Says how many masks are missing for those of `phones` that have none to choose from, and counts what they wanted them
/// for as needed.
async fn exhausted(work: &mut UnitOfWork<'_>, phones: &[&str], wanted_by: &str) -> Result<Refusal> {
    refuse(work, phones, wanted_by).await?;
    Ok(Refusal::PoolExhausted(missing(work.desk, work.tx, phones, work.now).await?))
}

/// An open pair, held until the commit.
struct Held {
    conversation: Conversation,
    term: Term,
    legs: Vec<LiveLeg>,
}

/// What is wrong with a phone to which no texts are sent.
fn abroad(desk: &Desk, pointer: &str, phone: &Phone) -> Option<Wrong> {
    let policy = &desk.policies.delivery;
    (!policy.reaches(phone.as_str())).then(|| {
        let why = format!("texts are sent to numbers of {} only: this one is of another country", policy.countries);
        Wrong::at(pointer, why)
    })
}

/// Whether a pair is there for `by`: for a program, one of its app.
async fn sees(tx: &mut Tx, by: Option<&Program>, id: ConversationId) -> Result<bool> {
    match by {
        Some(program) => program.has(tx, id).await,
        None => Ok(true),
    }
}

/// As [`hold`], for a program: a pair of another app is not there.
async fn hold_for(work: &mut UnitOfWork<'_>, by: Option<&Program>, id: ConversationId) -> Done<Held> {
    if sees(work.tx, by, id).await? { hold(work, id).await } else { Err(Refusal::NotFound) }
}

/// Holds a pair that is open at `now`.
async fn hold(work: &mut UnitOfWork<'_>, id: ConversationId) -> Done<Held> {
    let (_desk, now) = (work.desk, work.now);
    let conversation = routes::conversations(work.tx, &[id]).await?.into_iter().next();
    let Some((conversation, pair)) =
        conversation.and_then(|conversation| conversation.pair.clone().map(|pair| (conversation, pair)))
    else {
        return Err(Refusal::NotFound);
    };
    if pair.ended || pair.term.is_over(work.sent_at(), now) {
        return Err(Refusal::over());
    }
    let legs = routes::live_legs(work.tx, &[id]).await?;
    let legs = legs.into_iter().filter(|leg| leg.role == Role::Party).collect();
    Ok(Held { conversation, term: pair.term, legs })
}

/// What [`hold`] says, with nothing for a pair that is over or that there is not.
fn open_still(held: Done<Held>) -> Result<Option<Held>, store::Error> {
    match held {
        Ok(held) => Ok(Some(held)),
        Err(Refusal::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Has the system say `body` to these parties, as a message of their conversation. Integrators are told of what does not
/// go out; whatever they are to be told first, tell them first.
async fn tell(work: &mut UnitOfWork<'_>, conversation: &Conversation, to: &[LiveLeg], body: &str) -> Result<MessageId> {
    let (desk, now) = (work.desk, work.now);
    let id = MessageId(desk.ids.next(now));
    let names: Vec<&str> = to.iter().filter_map(|leg| leg.alias.as_deref()).collect();
    let trace = Some(serde_json::json!({ "to": names }).to_string());
    let message = NewMessage {
        trace,
        ..NewMessage::ours(id, conversation.id, (Author::System, Channel::Api), body.to_owned(), now)
    };
    messages::insert(work.batch(), &[message]);
    let said = Said {
        id: conversation.id,
        last_at: now,
        inbound_at: None,
        waiting_since: None,
        preview: preview(body),
        loop_state: conversation.loop_state.clone(),
        paused_at: conversation.paused_at,
        waits_from: None,
        unread: Unread::default(),
    };
    messages::said(work.batch(), &[said]);
    work.flush().await?;
    let drafts = to.iter().map(|leg| relay::draft(conversation, leg, id, body.to_owned())).collect();
    work.enqueue(drafts).await?;
    work.note(&[(conversation.id, Changed::Message)]);
    Ok(id)
}
