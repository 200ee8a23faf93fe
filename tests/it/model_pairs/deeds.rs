//! What is done to pairs, with everything named, and what the program answers.

use std::time::Duration;

use switchboard::desk::conversations::close;
use switchboard::desk::pairs::{self, Done, Opened, Refusal, Saying};
use switchboard::desk::pool::{By, drain, order};
use switchboard::desk::receiving::Outcome;
use switchboard::desk::{Desk, Failure};
use switchboard::domain::ids::{ConversationId, NumberId, PersonId};
use switchboard::domain::numbers::phone::Phone;
use switchboard::domain::pairs::expiry::Term;
use switchboard::domain::pairs::pair::Opening;

use crate::model::rig::texted;

/// Something that is done at the desk.
#[derive(Clone, Debug)]
pub enum Deed {
    Text { key: String, from: String, to: String, body: String },
    Open { opening: Opening, hash: String },
    Complete { pair: i64 },
    Extend { pair: i64, by: Option<Duration> },
    Close { pair: i64, by: Option<i64> },
    Change { pair: i64, alias: String, phone: String },
    Say { pair: i64, body: String, to: Option<String> },
    Drain { mask: i64 },
    Revive { mask: i64 },
    Grow,
}

/// What the program answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Stored(Outcome),
    Opened(i64, bool),
    /// The end of the pair as it stands now.
    Ends(Term),
    Done,
    /// In one word or pointer.
    Refused(String),
    /// Nobody ought to see this.
    Broken(String),
}

fn answer<T>(done: Done<T>, said: impl FnOnce(T) -> Answer) -> Answer {
    match done {
        Ok(value) => said(value),
        Err(Refusal::NotFound) => Answer::Refused("not_found".to_owned()),
        Err(Refusal::Wrong(wrongs)) => {
            Answer::Refused(wrongs.into_iter().map(|wrong| wrong.pointer).collect::<Vec<_>>().join(" "))
        }
        Err(Refusal::Conflict { code, .. }) => Answer::Refused(code.to_owned()),
        Err(Refusal::PoolExhausted(missing)) if missing.iter().all(|one| one.masks > 0) && !missing.is_empty() => {
            Answer::Refused("pool_exhausted".to_owned())
        }
        Err(other) => Answer::Broken(format!("{other:?}")),
    }
}

fn of_staff<T>(result: Result<T, Failure>) -> Answer {
    match result {
        Ok(_) => Answer::Done,
        Err(Failure::NotFound) => Answer::Refused("not_found".to_owned()),
        Err(Failure::Refused { .. }) => Answer::Refused("refused".to_owned()),
        Err(other) => Answer::Broken(other.to_string()),
    }
}

impl Deed {
    /// Does it.
    pub async fn done(&self, desk: &Desk) -> Answer {
        match self.clone() {
            Deed::Text { key, from, to, body } => {
                let told = texted(desk, key, [from, to], body).await;
                told.map_or_else(|why| Answer::Broken(why.to_string()), Answer::Stored)
            }
            Deed::Open { opening, hash } => {
                answer(pairs::open(desk, opening, None, hash).await, |Opened { id, fresh }| Answer::Opened(id.0, fresh))
            }
            Deed::Complete { pair } => answer(pairs::complete(desk, None, ConversationId(pair)).await, Answer::Ends),
            Deed::Extend { pair, by } => {
                answer(pairs::extend(desk, None, ConversationId(pair), by).await, Answer::Ends)
            }
            Deed::Close { pair, by: None } => {
                answer(pairs::close(desk, None, ConversationId(pair)).await, |()| Answer::Done)
            }
            Deed::Close { pair, by: Some(by) } => {
                of_staff(close::close(desk, PersonId(by), ConversationId(pair)).await)
            }
            Deed::Change { pair, alias, phone } => {
                let phone = Phone::parse(&phone).unwrap();
                answer(pairs::change_party(desk, None, ConversationId(pair), alias, phone).await, |()| Answer::Done)
            }
            Deed::Say { pair, body, to } => {
                let saying = Saying { pair: ConversationId(pair), body, to: to.map(|one| vec![one]) };
                answer(pairs::say(desk, None, saying).await, |_| Answer::Done)
            }
            Deed::Drain { mask } => of_staff(drain::drain(desk, By::Operator, &[NumberId(mask)]).await),
            Deed::Revive { mask } => of_staff(drain::reactivate(desk, By::Operator, NumberId(mask)).await),
            Deed::Grow => of_staff(order::grow(desk, By::Operator, "US", 1).await),
        }
    }
}
