//! Drains masks: they get no new legs, keep those that they have, and go back to the carrier when no phone rests on
//! them.
//!
//! Until its last leg has ended, a draining mask can be made active again.

use super::{By, record};
use crate::clock::At;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::conversations::timeline::{HouseEvent, OfMask};
use crate::domain::ids::NumberId;
use crate::domain::numbers::{country, typed};
use crate::domain::pool::fewest::{Candidate, fewest, spared};
use crate::domain::pool::life::State;
use crate::domain::pool::need::Need;
use crate::store::engine::dialect;
use crate::store::pool::life;
use crate::store::pool::masks::{self, Mask};
use crate::store::{Result, Tx};

/// Active masks of `country`, or of all, with what depends on them.
async fn candidates(tx: &mut Tx, country: Option<&str>, now: At) -> Result<Vec<Candidate>> {
    let fits =
        |mask: &Mask| mask.owned.state == State::Active && country.is_none_or(|country| mask.owned.home() == country);
    let mut candidates = Vec::new();
    for mask in masks::all(tx).await?.into_iter().filter(fits) {
        let load = masks::load(tx, mask.id, now).await?;
        candidates.push(Candidate { id: mask.id, mask: mask.owned, live: load.live, resting: load.resting });
    }
    Ok(candidates)
}

/// Which masks would go if the pool shrank by `count` in `country`, or anywhere; nothing changes.
///
/// # Errors
/// [`Failure::Refused`] for `country` or `count`.
pub async fn choose(desk: &Desk, country: Option<&str>, count: i64) -> Result<Vec<Candidate>, Failure> {
    let country = country.map(|country| country.trim().to_uppercase()).filter(|country| !country.is_empty());
    if country.as_deref().is_some_and(|country| !country::is_told(country)) {
        return Err(Failure::refused("country", "write the code of a country, such as US, or nothing for all"));
    }
    let mut tx = desk.store.read().await?;
    let all = candidates(&mut tx, country.as_deref(), desk.clock.now()).await?;
    let there = i64::try_from(all.len()).unwrap_or(i64::MAX);
    if !(1..=there).contains(&count) {
        let why = match there {
            0 => "there is no active mask to drain".to_owned(),
            n => format!("write how many masks, from 1 to {n}"),
        };
        return Err(Failure::refused("count", why));
    }
    Ok(fewest(all, usize::try_from(count).unwrap_or(0)))
}

/// The mask that automatic mode may drain for a country, if there is one that nobody needs.
pub(super) async fn spare(tx: &mut Tx, country: &str, needs: &[Need], now: At) -> Result<Option<NumberId>> {
    let idle = spared(candidates(tx, Some(country), now).await?, needs);
    Ok(fewest(idle, 1).first().map(|one| one.id))
}

/// Lets these masks drain; those that do already stay as they are. Returns how many began to.
///
/// # Errors
/// [`Failure::NotFound`] if `by` is a person and no admin, or one of them is no mask of ours.
pub async fn drain(desk: &Desk, by: By, masks: &[NumberId]) -> Result<usize, Failure> {
    change(desk, by, masks, (State::Active, State::Draining), HouseEvent::MaskDraining).await
}

/// Makes a draining mask active again.
///
/// # Errors
/// [`Failure::NotFound`] as [`drain`]; [`Failure::Refused`] for `mask` if it does not drain any more.
pub async fn reactivate(desk: &Desk, by: By, mask: NumberId) -> Result<(), Failure> {
    match change(desk, by, &[mask], (State::Draining, State::Active), HouseEvent::MaskReactivated).await? {
        0 => Err(Failure::refused("mask", "it does not drain: look again where it stands")),
        _ => Ok(()),
    }
}

/// The number of that E.164 form among our masks.
///
/// # Errors
/// [`Failure::Refused`] for `number`.
pub async fn by_number(desk: &Desk, number: &str) -> Result<NumberId, Failure> {
    let number = typed::wanted(number).map_err(|wrong| Failure::refused("number", wrong.to_string()))?;
    let mut tx = desk.store.read().await?;
    let found = masks::all(&mut tx).await?.into_iter().find(|mask| mask.owned.number == number.as_str());
    let why = "it is no mask of ours: write it as `switchboard pool plan` does, such as +12055550100";
    found.map(|mask| mask.id).ok_or_else(|| Failure::refused("number", why))
}

async fn change(
    desk: &Desk,
    by: By,
    masks: &[NumberId],
    step: (State, State),
    tells: fn(OfMask) -> HouseEvent,
) -> Result<usize, Failure> {
    let mut masks = masks.to_vec();
    masks.sort_unstable();
    let job = Move { by, masks, step, tells };
    desk.work(job).await
}

struct Move {
    by: By,
    masks: Vec<NumberId>,
    step: (State, State),
    tells: fn(OfMask) -> HouseEvent,
}

impl Verb for Move {
    type Out = usize;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        dialect::one_at_a_time(work.tx, "pool", "").await?;
        self.by.may(work.tx).await?;

        let known = masks::all(work.tx).await?;
        if self.masks.iter().any(|id| known.iter().all(|mask| mask.id != *id)) {
            return Err(Failure::NotFound);
        }
        let mut count = 0;
        for id in &self.masks {
            if life::move_on(work.tx, *id, self.step, now).await? {
                count += 1;
                record(work, self.by, &(self.tells)(OfMask { mask: *id })).await?;
            }
        }
        Ok(count)
    }
}
