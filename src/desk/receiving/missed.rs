//! Receives a text that waited: one that no webhook brought and that was found at the carrier, or one that came while
//! earlier texts of its sender were missing. It takes the same path as any text, in a transaction of its own.

use std::sync::OnceLock;

use super::{Earlier, Inbound, Outcome, counted, take_in};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::upkeep::readiness::Epoch;
use crate::desk::upkeep::tallies::MISSED_TEXTS;
use crate::desk::work::{Missed, UnitOfWork, Verb};
use crate::store::conversations::messages;
use crate::store::receiving::arrivals::{self, Arrival};
use crate::store::upkeep::tallies;
use crate::store::{self, Error, Result};
use crate::{faults, metrics};

/// Takes in a text that waits, unless it has come in meanwhile or somebody else takes it in. What its sender sent before is known to
/// be in since `epoch`. Returns when it is on disk.
///
/// # Errors
/// What the database said, or that it is not the one of `epoch` any more; it goes on waiting then.
pub async fn receive_arrival(desk: &Desk, epoch: Epoch, arrival: Arrival, missed: Option<Missed>) -> Result<Outcome> {
    let sent_at = arrival.sent_at.filter(|_| !arrival.webhook);
    let id = arrival.id;
    let text = Inbound::from(arrival).of_person();
    let outcome = desk.work_past(Late { epoch, text, id, sent_at, missed }, || faults::point("after_missed")).await?;
    counted(outcome)
}

/// Takes in texts that came and wait, in their order and in one transaction, as many as came at once are. `None` for one that is
/// to be taken in by itself ([`receive_arrival`]); it goes on waiting.
///
/// # Errors
/// As [`receive_arrival`].
pub async fn receive_arrivals(desk: &Desk, epoch: Epoch, arrivals: Vec<Arrival>) -> Result<Vec<Option<Outcome>>> {
    let outcomes = desk.work(Several { epoch, arrivals }).await?;
    for outcome in outcomes.iter().flatten() {
        metrics::text(outcome.word());
    }
    Ok(outcomes)
}

impl From<Arrival> for Inbound {
    fn from(arrival: Arrival) -> Self {
        Inbound {
            account: arrival.account,
            carrier_id: arrival.carrier_id,
            from: arrival.from,
            to: arrival.to,
            body: arrival.body,
            media: arrival.media,
            raw: arrival.raw,
            carrier_keyword: arrival.keyword,
            refuses: OnceLock::new(),
        }
    }
}

/// Its connection may have found out that the database went back: then nothing is known of what was sent before.
fn still(desk: &Desk, epoch: Epoch) -> Result<()> {
    if desk.readiness.epoch() == epoch { Ok(()) } else { Err(Error::GivenUp("the database went back meanwhile")) }
}

struct Several {
    epoch: Epoch,
    arrivals: Vec<Arrival>,
}

impl Verb for Several {
    type Out = Vec<Option<Outcome>>;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        still(work.desk, self.epoch)?;
        let mut outcomes = vec![Some(Outcome::Duplicate); self.arrivals.len()];
        let mine = arrivals::take_all(work.tx, &self.arrivals).await?;
        let texts: Vec<Inbound> = mine.iter().map(|&at| Inbound::from(self.arrivals[at].clone()).of_person()).collect();
        let came = take_in(work, &texts.iter().collect::<Vec<_>>(), Earlier::In).await?;
        for (&at, outcome) in mine.iter().zip(came) {
            outcomes[at] = outcome;
        }
        let left: Vec<Arrival> =
            mine.into_iter().filter(|&at| outcomes[at].is_none()).map(|at| self.arrivals[at].clone()).collect();
        arrivals::keep(work.tx, &left).await?;
        Ok(outcomes)
    }
}

struct Late {
    epoch: Epoch,
    text: Inbound,
    /// Its row among those that wait.
    id: i64,
    /// When it was sent, if it never reached us.
    sent_at: Option<At>,
    /// It may have been received before the database went back.
    missed: Option<Missed>,
}

impl Verb for Late {
    type Out = Option<Outcome>;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        work.catches_up(self.missed);
        still(work.desk, self.epoch)?;
        if !arrivals::take(work.tx, self.id).await? {
            return Ok(Some(Outcome::Duplicate));
        }
        let outcomes = take_in(work, &[&self.text], Earlier::In).await?;
        let outcome = outcomes.into_iter().next().ok_or(Error::GivenUp("the group lost a text"))?;
        if let Some(sent_at) = self.sent_at.filter(|_| outcome != Some(Outcome::Duplicate)) {
            messages::missed(work.tx, &self.text.account, &self.text.carrier_id, sent_at).await?;
            tallies::add(work.tx, MISSED_TEXTS, 1, now).await?;
        }
        faults::point("during_missed");
        Ok(outcome)
    }
}
