//! A carrier that cannot be reached: all texts wait for one shared state, the program asks the carrier until it
//! answers, and then sends.

use crate::carrier::Sent;
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::outbox::outage::next_question;
use crate::store::outbox::outage;
use crate::store::{self, Job, Result, Tx};

/// What became of a request, for what it shows about all others. `trial`: it was the one that was to find out.
pub(in crate::desk) async fn shows(desk: &Desk, sent: Shown, trial: bool) -> Result<()> {
    match sent {
        Shown::Silence(why) => {
            let now = desk.clock.now();
            let out = {
                let mut tx = desk.store.read().await?;
                outage::get(&mut tx).await?.is_none() && outage::silence(&mut tx, now).await?.is_outage()
            };
            if out && desk.store.write(Begin { why: why.clone(), now }).await? {
                tracing::error!(%why, "the carrier cannot be reached: texts wait, and it is asked every few seconds");
            }
        }
        Shown::Answer if trial => {
            if desk.work(End).await? {
                tracing::info!("the carrier can be reached again: what has waited is sent");
                desk.ring();
            }
        }
        Shown::Answer => {}
    }
    Ok(())
}

/// What a request shows about the carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::desk) enum Shown {
    /// It answered, whatever it said.
    Answer,
    /// It did not, or not as a carrier does; why, in plain words.
    Silence(String),
}

impl From<&Sent> for Shown {
    fn from(sent: &Sent) -> Self {
        match sent {
            Sent::Unreached { why } | Sent::InDoubt { why } => Shown::Silence(why.clone()),
            Sent::Accepted { .. } | Sent::Refused(_) | Sent::NotSent { .. } => Shown::Answer,
        }
    }
}

/// Whether it is time to ask a carrier that cannot be reached. The caller that hears yes asks, and no other does for a while.
pub async fn take(desk: &Desk) -> Result<bool> {
    let out = outage::get(&mut desk.store.read().await?).await?;
    if out.is_none_or(|out| out.trial || out.probe_at > desk.clock.now()) {
        return Ok(false);
    }
    desk.work(Take).await
}

/// Asks the carrier whether it is there. If it is, a text is tried next.
pub async fn ask(desk: &Desk) -> Result<()> {
    if desk.carrier.is_there().await {
        desk.work(Answers).await?;
        desk.ring();
    }
    Ok(())
}

/// Asks the carrier, if it is time. True if it was asked.
pub async fn probe(desk: &Desk) -> Result<bool> {
    let asks = take(desk).await?;
    if asks {
        ask(desk).await?;
    }
    Ok(asks)
}

struct Begin {
    why: String,
    now: At,
}

impl Job for Begin {
    type Out = bool;

    async fn run(&self, tx: &mut Tx) -> Result<bool> {
        outage::begin(tx, &self.why, self.now).await
    }
}

struct Take;

impl Verb for Take {
    type Out = bool;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        outage::take(work.tx, next_question(&work.desk.chance, now), now).await
    }
}

struct Answers;

impl Verb for Answers {
    type Out = ();
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        outage::answers(work.tx, now).await
    }
}

struct End;

impl Verb for End {
    type Out = bool;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        outage::end(work.tx, now).await
    }
}
