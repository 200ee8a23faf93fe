//! Moves a pair's end: the integrator completes or extends it, or a party answers the warning with EXTEND.

use std::time::Duration;

use serde_json::json;

use super::{Done, Held, Refusal, hold, hold_for, news, open_still, tell};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::programs::Program;
use crate::desk::programs::once::Made;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{Event, Moved};
use crate::domain::ids::{ConversationId, LegId};
use crate::domain::pairs::expiry::{Term, Unmoved};
use crate::domain::pairs::pair::Wrong;
use crate::domain::people::audit::Action;
use crate::domain::programs::event::Kind;
use crate::domain::time::duration;
use crate::store::{Result, pairs};

/// The transaction is complete: its grace begins now. A second time changes nothing. `by` a program, whose pairs are those
/// of its app, or nobody but the program itself.
///
/// # Errors
/// What the database said; the inner error [`Refusal::NotFound`], or [`Refusal::Conflict`] if it has ended or does not
/// wait for completion.
pub async fn complete(desk: &Desk, by: Option<Program>, id: ConversationId) -> Done<Term> {
    desk.work(Move { by, id, how: How::Complete }).await
}

/// Ends `longer` later than it would, or, without it, as much later as its kind of end says; never past the hard cap. `by` as
/// for [`complete`].
///
/// # Errors
/// What the database said; the inner error [`Refusal::NotFound`], [`Refusal::Wrong`] for `/by`, or
/// [`Refusal::Conflict`] if it has ended or cannot end later.
pub async fn extend(desk: &Desk, by: Option<Program>, id: ConversationId, longer: Option<Duration>) -> Done<Term> {
    desk.work(Move { by, id, how: How::Extend(longer) }).await
}

/// What happens, as integrators are told of it and as the timeline shows it.
type What = (Kind, fn(Moved) -> Event);
const COMPLETED: What = (Kind::PairCompleted, Event::PairCompleted);
const EXTENDED: What = (Kind::PairExtended, Event::PairExtended);

#[derive(Clone, Copy)]
enum How {
    Complete,
    Extend(Option<Duration>),
}

struct Move {
    by: Option<Program>,
    id: ConversationId,
    how: How,
}

impl Verb for Move {
    type Out = Term;
    type Stop = Refusal;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let term = hold_for(work, self.by.as_ref(), self.id).await?.term;
        let (what, action, moved) = match self.how {
            How::Complete => (COMPLETED, Action::PairCompleted, completed(term, now)?),
            How::Extend(by) => (EXTENDED, Action::PairExtended, extended(term, by, now)?),
        };
        if moved != term {
            keep(work, self.id, (what, None), moved).await?;
            if let Some(program) = &self.by {
                let data = json!({ "ends_at": moved.ends_at.0 });
                program.record(work, (action, Some(self.id)), &data).await?;
            }
        }
        if let Some(program) = &self.by {
            program.made(work, Made { id: self.id.0, new: false });
        }
        Ok(moved)
    }
}

fn completed(term: Term, now: At) -> std::result::Result<Term, Refusal> {
    term.complete(now).ok_or_else(|| {
        let why = "its end does not wait for completion; close it, or open pairs with the expiry `after_completion`";
        Refusal::conflict("not_completable", why)
    })
}

fn extended(term: Term, by: Option<Duration>, now: At) -> std::result::Result<Term, Refusal> {
    let Some(by) = by.or(term.extension).or(term.expiry.span()).filter(|by| !by.is_zero()) else {
        let why = "nothing says by how much; write a span such as 30m";
        return Err(Refusal::Wrong(vec![Wrong::at("/by", why)]));
    };
    term.extend(by, now).map_err(|unmoved| match unmoved {
        Unmoved::Over => Refusal::over(),
        Unmoved::AtCap => Refusal::conflict(
            "at_hard_cap",
            format!(
                "it already lives as long as it may, until {}; ask for a longer hard_cap when you open one",
                term.hard_end
            ),
        ),
    })
}

async fn keep(
    work: &mut UnitOfWork<'_>,
    id: ConversationId,
    ((told, event), alias): (What, Option<&str>),
    term: Term,
) -> Result<()> {
    pairs::keep_terms(work.batch(), &[(id, term)]);
    work.flush().await?;
    let event = event(Moved { ends_at: term.ends_at, alias: alias.map(str::to_owned) });
    work.event(Some(id), None, &event);
    work.note(&[(id, Changed::Conversation)]);
    news::moved(work, (id, told), term, alias);
    Ok(())
}

/// A party asks for more time by the leg `leg`. Everybody in the pair is told until when it is open. False if it is
/// just text: no warning was given, or not for this end, or it was extended often enough.
pub(in crate::desk) async fn by_party(work: &mut UnitOfWork<'_>, (id, leg): (ConversationId, LegId)) -> Result<bool> {
    let now = work.now;
    let Some(Held { conversation, term, legs }) = open_still(hold(work, id).await)? else { return Ok(false) };
    let Some(longer) = term.extend_by_party(now) else { return Ok(false) };
    let alias = legs.iter().find(|one| one.id == leg).and_then(|one| one.alias.clone());
    keep(work, id, (EXTENDED, alias.as_deref()), longer).await?;
    let left = longer.ends_at.since(now);
    // Whole minutes: nobody counts the seconds of an hour.
    let left = Duration::from_mins((left.as_secs() / 60).max(1));
    let body = format!("This chat stays open for another {}.", duration::spoken(left));
    tell(work, &conversation, &legs, &body).await?;
    Ok(true)
}
