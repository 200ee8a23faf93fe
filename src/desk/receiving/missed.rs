//! A text that waited to be taken in: one that never reached us and was found at the carrier, or one that came while earlier
//! texts of its sender were missing. The same walk as any text, in a transaction of its own.

use super::{Inbound, Outcome, Received, Turn, take_in};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::Enqueued;
use crate::desk::upkeep::readiness::Epoch;
use crate::desk::upkeep::tallies::MISSED_TEXTS;
use crate::store::conversations::messages;
use crate::store::receiving::arrivals::{self, Arrival};
use crate::store::upkeep::tallies;
use crate::store::{Error, Job, Result, Tx};
use crate::{faults, metrics};

/// Takes in a text that waits, unless it has come in meanwhile or somebody else takes it in. What its sender sent before is known to
/// be in since `epoch`. Returns when it is on disk.
///
/// # Errors
/// What the database said, or that it is not the one of `epoch` any more; it goes on waiting then.
pub async fn receive_arrival(desk: &Desk, epoch: Epoch, arrival: Arrival) -> Result<Outcome> {
    let missed = arrival.sent_at.filter(|_| !arrival.webhook);
    let id = arrival.id;
    let text = Inbound::from(arrival).of_person();
    let received = desk.store.write(Late { desk: desk.clone(), epoch, text, id, missed }).await?;
    faults::point("after_missed");
    received.goes_on(desk)
}

/// Takes in texts that came and wait, in their order and in one transaction, as many as came at once are. `None` for one that is
/// to be taken in by itself ([`receive_arrival`]); it goes on waiting.
///
/// # Errors
/// As [`receive_arrival`].
pub async fn receive_arrivals(desk: &Desk, epoch: Epoch, arrivals: Vec<Arrival>) -> Result<Vec<Option<Outcome>>> {
    let (outcomes, sent) = desk.store.write(Several { desk: desk.clone(), epoch, arrivals }).await?;
    for outcome in outcomes.iter().flatten() {
        metrics::text(outcome.word());
    }
    desk.send(sent);
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
        }
    }
}

/// Its connection may have found out that the database went back: then nothing is known of what was sent before.
fn still(desk: &Desk, epoch: Epoch) -> Result<()> {
    if desk.readiness.epoch() == epoch { Ok(()) } else { Err(Error::GivenUp("the database went back meanwhile")) }
}

struct Several {
    desk: Desk,
    epoch: Epoch,
    arrivals: Vec<Arrival>,
}

impl Job for Several {
    type Out = (Vec<Option<Outcome>>, Enqueued);

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        still(&self.desk, self.epoch)?;
        let mut outcomes = vec![Some(Outcome::Duplicate); self.arrivals.len()];
        let mine = arrivals::take_all(tx, &self.arrivals).await?;
        let texts: Vec<Inbound> = mine.iter().map(|&at| Inbound::from(self.arrivals[at].clone()).of_person()).collect();
        let (came, done) = take_in(&self.desk, tx, &texts.iter().collect::<Vec<_>>(), Turn::Come).await?;
        for (&at, outcome) in mine.iter().zip(came) {
            outcomes[at] = outcome;
        }
        let left: Vec<Arrival> =
            mine.into_iter().filter(|&at| outcomes[at].is_none()).map(|at| self.arrivals[at].clone()).collect();
        arrivals::keep(tx, &left).await?;
        Ok((outcomes, done))
    }
}

struct Late {
    desk: Desk,
    epoch: Epoch,
    text: Inbound,
    /// Its row among those that wait.
    id: i64,
    /// When it was sent, if it never reached us.
    missed: Option<At>,
}

impl Job for Late {
    type Out = Received;

    async fn run(&self, tx: &mut Tx) -> Result<Received> {
        still(&self.desk, self.epoch)?;
        if !arrivals::take(tx, self.id).await? {
            return Ok(Received { outcome: Some(Outcome::Duplicate), sent: Enqueued::default() });
        }
        let (outcomes, done) = take_in(&self.desk, tx, &[&self.text], Turn::Come).await?;
        let outcome = outcomes.into_iter().next().ok_or(Error::GivenUp("the group lost a text"))?;
        if let Some(sent_at) = self.missed.filter(|_| outcome != Some(Outcome::Duplicate)) {
            messages::missed(tx, &self.text.account, &self.text.carrier_id, sent_at).await?;
            tallies::add(tx, MISSED_TEXTS, 1, self.desk.clock.now()).await?;
        }
        faults::point("during_missed");
        Ok(Received { outcome, sent: done })
    }
}
