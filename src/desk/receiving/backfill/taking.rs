//! Receives the texts that wait, the earliest first.

use std::collections::HashSet;

use super::earlier::{Earlier, Unknown};
use super::say;
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::receiving::{self, Outcome};
use crate::desk::upkeep::readiness::{Epoch, PATIENCE};
use crate::desk::work::Missed;
use crate::domain::routing::comparison::is_compared;
use crate::store::Result;
use crate::store::receiving::arrivals::{self, Arrival, Whose};
use crate::store::routing::selected;

/// Texts read at once.
const SOME: i64 = 64;

/// What was taken in.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Texts that had been missed.
    pub(super) found: usize,
    /// Texts that had come and waited.
    pub(super) waited: usize,
    /// Numbers for which something could not be received.
    pub(super) left: HashSet<String>,
}

/// Takes in what waits of `whose`. What cannot be taken in keeps back the later texts of its sender; files and lists that cannot
/// be had do so for a quarter of an hour at most. What was sent before
/// `since` may have been relayed before the database went back.
///
/// # Errors
/// What the database said when it was asked what waits.
pub(super) async fn take_in(desk: &Desk, whose: Whose<'_>, (epoch, since): (Epoch, At)) -> Result<Taken> {
    // What comes meanwhile is taken in by the next look: else this would not end while texts come.
    let until = desk.clock.now();
    let mut taken = Taken::default();
    let mut kept_back: Vec<String> = Vec::new();
    let mut earlier = Earlier::default();
    let taking = Taking { desk, epoch, since, alone: matches!(whose, Whose::Phone(_)) };
    loop {
        let some = {
            let mut tx = desk.store.read().await?;
            arrivals::earliest(&mut tx, whose, &kept_back, until, SOME).await?
        };
        if some.is_empty() {
            return Ok(taken);
        }
        // What came by webhook needs nothing looked up: as many as wait in a row are taken in together.
        for some in some.chunk_by(|one, next| taking.is_plain(one) && taking.is_plain(next)) {
            let some: Vec<Arrival> = some.iter().filter(|one| !kept_back.contains(&one.from)).cloned().collect();
            let outcomes = taking.several(&some).await;
            for (arrival, outcome) in some.iter().zip(outcomes) {
                if kept_back.contains(&arrival.from) {
                    continue;
                }
                let outcome = match outcome {
                    Some(outcome) => Some(outcome),
                    None => taking.one(arrival.clone(), &mut earlier).await,
                };
                match outcome {
                    Some(Outcome::Duplicate) => {}
                    Some(_) if arrival.webhook => taken.waited += 1,
                    Some(_) => taken.found += 1,
                    None => {
                        taken.left.insert(arrival.to.clone());
                        kept_back.push(arrival.from.clone());
                    }
                }
            }
        }
    }
}

/// What is known while texts are taken in.
struct Taking<'a> {
    desk: &'a Desk,
    epoch: Epoch,
    since: At,
    /// Only one sender's texts are known to be there.
    alone: bool,
}

impl Taking<'_> {
    /// Whether a text that belongs to no conversation waits until its number is compared.
    fn asks_first(&self) -> bool {
        self.alone && self.desk.readiness.unlisted_for() < PATIENCE
    }

    /// It came by webhook with all that belongs to it, and cannot have been relayed before the database went back.
    fn is_plain(&self, arrival: &Arrival) -> bool {
        arrival.webhook && !arrival.lacks_files() && arrival.sent_at.is_none_or(|at| at >= self.since)
    }

    /// Takes in texts together, which are plain if there are several. `None` for each that is to be looked at alone.
    async fn several(&self, arrivals: &[Arrival]) -> Vec<Option<Outcome>> {
        let apart = vec![None; arrivals.len()];
        if arrivals.len() < 2 {
            return apart;
        }
        // What belongs to no conversation is looked at alone, and so is everybody where that cannot be found out.
        if self.asks_first() && !matches!(opens(self.desk, arrivals).await, Ok(false)) {
            return apart;
        }
        match receiving::receive_arrivals(self.desk, self.epoch, arrivals.to_vec()).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                tracing::warn!(%error, "texts that waited could not be stored together; each is tried alone");
                apart
            }
        }
    }

    /// What became of it; `None` if it goes on waiting.
    async fn one(&self, mut arrival: Arrival, earlier: &mut Earlier) -> Option<Outcome> {
        let desk = self.desk;
        if self.asks_first() {
            match opens(desk, std::slice::from_ref(&arrival)).await {
                Ok(false) => {}
                Ok(true) => return None,
                Err(error) => {
                    tracing::error!(%error, "it could not be found out where a text goes; that is tried again");
                    return None;
                }
            }
        }
        let long = arrival.arrived_at + PATIENCE <= desk.clock.now();
        if arrival.lacks_files() {
            match desk.carrier.media(&arrival.carrier_id).await {
                Ok(media) => arrival.media = media,
                Err(why) => {
                    say(&why);
                    if !long {
                        return None;
                    }
                    tracing::error!("the files of a text could not be had for 15 minutes: it is taken in without them");
                }
            }
            if arrival.lacks_files() {
                // What it was nobody can say any more; that something came is told.
                arrival.media = vec![(String::new(), String::new())];
            }
        }
        let missed = match arrival.sent_at.filter(|at| !arrival.webhook || *at < self.since) {
            Some(sent_at) => match earlier.had(desk, &arrival, sent_at).await {
                Ok(had) => Some(Missed { sent_at, had }),
                Err(Unknown::Carrier) if long => Some(Missed { sent_at, had: None }),
                Err(Unknown::Carrier) => return None,
                Err(Unknown::Store(error)) => {
                    tracing::error!(%error, "it could not be found out who had a customer; that is tried again");
                    return None;
                }
            },
            None => None,
        };
        match receiving::receive_arrival(desk, self.epoch, arrival, missed).await {
            Ok(outcome) => Some(outcome),
            Err(error) => {
                tracing::error!(%error, "a text that waited could not be stored; it is tried again");
                None
            }
        }
    }
}

/// Whether one of these belongs to no conversation on a number that was not compared yet: customers who wrote before get a
/// rep and a mask first, and a rep's answer may belong to one of their conversations.
async fn opens(desk: &Desk, arrivals: &[Arrival]) -> Result<bool> {
    let asked: Vec<(&str, &str)> = arrivals.iter().map(|one| (one.from.as_str(), one.to.as_str())).collect();
    let selected = selected::selected(&mut desk.store.read().await?, &asked).await?;
    let (since, now) = (desk.readiness.since(), desk.clock.now());
    Ok(selected.iter().any(|one| {
        let compared = one.compared.is_none_or(|(ours, compared)| is_compared(since, ours, compared, now));
        one.conversation.is_none() && one.number.is_some() && !compared
    }))
}
