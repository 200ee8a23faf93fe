//! A text that never reached us and was found at the carrier: the same walk, in a transaction of its own, with what
//! tells people that something was missed.

use super::{Inbound, Outcome, Received, take_in};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::tallies::MISSED_TEXTS;
use crate::faults;
use crate::store::{Error, Job, Result, Tx, messages, tallies};

/// Takes in `text`, which was sent at `sent_at`, unless it has come in meanwhile. Returns when it is on disk.
///
/// # Errors
/// What the database said; nothing is stored then.
pub async fn receive_missed(desk: &Desk, text: Inbound, sent_at: At) -> Result<Outcome> {
    let text = text.of_person();
    let received = desk.store.write(Missed { desk: desk.catching_up(sent_at), text, sent_at }).await?;
    faults::point("after_missed");
    received.goes_on(desk)
}

struct Missed {
    desk: Desk,
    text: Inbound,
    sent_at: At,
}

impl Job for Missed {
    type Out = Received;

    async fn run(&self, tx: &mut Tx) -> Result<Received> {
        let (outcomes, done) = take_in(&self.desk, tx, &[&self.text]).await?;
        let outcome = outcomes.into_iter().next().ok_or(Error::GivenUp("the group lost a text"))?;
        if outcome != Some(Outcome::Duplicate) {
            messages::missed(tx, &self.text.account, &self.text.carrier_id, self.sent_at).await?;
            tallies::add(tx, MISSED_TEXTS, 1, self.desk.clock.now()).await?;
        }
        faults::point("during_missed");
        Ok(Received { outcome, sent: done })
    }
}
