//! Makes requests to the carrier and settles their results, with everything that follows, in groups.

use std::collections::HashMap;
use std::time::Duration;

use super::hand_on::hand_on_late;
use super::{Sending, Unsent, notice};
use crate::carrier::{Outgoing, Sent};
use crate::clock::At;
use crate::desk::consent::ledger;
use crate::desk::upkeep::outage;
use crate::desk::work::{GroupedVerb, UnitOfWork, Verb};
use crate::desk::{Desk, outbox};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{AttemptId, ConversationId, DeliveryId, LegId, MessageId, NumberId};
use crate::domain::outbox::delivery::State;
use crate::domain::outbox::fitness::{Record, Verdict, WINDOW, next_probe};
use crate::domain::outbox::sending::{self, Next};
use crate::domain::outbox::settlement::{Effects, News, Row, Try, Unfit, judged, settle};
use crate::store::conversations::attention;
use crate::store::outbox::attempts::{self, Known};
use crate::store::outbox::fitness;
use crate::store::{self, Result, Tx};
use crate::{faults, metrics};

/// The shortest and longest time that carriers are told to go on trying.
const VALIDITY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_hours(10));
/// How often the result of a request is written again while the database does not take it.
const WRITES: u32 = 5;

/// Makes one request and settles it. Whatever fails on the way leaves the attempt to the rules for doubt.
pub async fn deliver(desk: &Desk, sending: Sending) {
    let now = desk.clock.now();
    faults::point("before_request");
    let outgoing = Outgoing {
        from: sending.from.clone(),
        to: sending.to.clone(),
        body: sending.body.clone(),
        status_url: desk.receipt_url(&sending.token()),
        validity: sending.valid_until.since(now).clamp(VALIDITY.0, VALIDITY.1),
        idempotency_key: format!("switchboard-{}", sending.delivery),
    };
    if sending.fence == 1 {
        metrics::first_send(now.since(sending.accepted_at).as_secs_f64());
    }
    let begun = std::time::Instant::now();
    let sent = if overdue(desk, &sending) {
        // Others may have looked for it and found nothing: what is not sent by now must not be sent.
        Sent::NotSent { after: None, why: "the program stood still for longer than the request was its own".to_owned() }
    } else {
        faults::during("during_request", desk.carrier.send(&outgoing)).await
    };
    metrics::send(word(&sent), begun.elapsed().as_secs_f64());
    faults::point("after_request");
    if let Sent::InDoubt { why } | Sent::Unreached { why } | Sent::NotSent { why, .. } = &sent {
        tracing::warn!(delivery = sending.delivery.0, attempt = sending.attempt.0, %why, "a request did not go through");
    }
    let shown = outage::Shown::from(&sent);
    let next = sending::next(sent, sending.fence, desk.carrier.capabilities().recall, desk.clock.now());
    for turn in 1..=WRITES {
        match take(desk, sending.attempt, None, News::Answer(next.clone())).await {
            Ok(_) => break,
            Err(store::Error::Conflict(_)) if matches!(next, Next::Accepted { .. }) => {
                let why = "the carrier answered with an id that belongs to another text".to_owned();
                // The lease puts it into doubt, too, only later.
                if let Err(error) = take(desk, sending.attempt, None, News::Answer(Next::Unknown { why })).await {
                    tracing::error!(attempt = sending.attempt.0, %error, "the doubt about a request could not be written");
                }
                break;
            }
            Err(error) => {
                tracing::error!(attempt = sending.attempt.0, %error, "the result of a request could not be written");
                if turn < WRITES {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
    faults::point("after_result");
    if let Err(error) = outage::shows(desk, shown, sending.probes).await {
        tracing::error!(%error, "what a request shows about the carrier could not be written");
    }
    drop(sending);
}

/// Its lease has run out before the request was made, by the clock that no one can set.
fn overdue(desk: &Desk, sending: &Sending) -> bool {
    sending.born.elapsed() >= desk.lease()
}

fn word(sent: &Sent) -> &'static str {
    match sent {
        Sent::Accepted { .. } => "accepted",
        Sent::Refused(_) => "refused",
        Sent::Unreached { .. } | Sent::NotSent { .. } => "not_sent",
        Sent::InDoubt { .. } => "in_doubt",
    }
}

/// Whether news found its attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was taken in (or had been before).
    Known,
    /// There is no such attempt, its secret is another, or the news is about another message.
    Stranger,
}

/// Takes in news about an attempt, and sends on its way what that frees. With `secret`, only if it is the attempt's.
pub async fn take(desk: &Desk, attempt: AttemptId, secret: Option<String>, news: News) -> Result<Taken> {
    desk.work_grouped(Settle { attempt, secret, news }, || ()).await
}

pub(in crate::desk) struct Settle {
    pub(in crate::desk) attempt: AttemptId,
    pub(in crate::desk) secret: Option<String>,
    pub(in crate::desk) news: News,
}

impl Verb for Settle {
    type Out = Taken;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Taken> {
        settle_all(work, &[self]).await?.pop().ok_or(store::Error::GivenUp("the group lost a result"))
    }
}

impl GroupedVerb for Settle {
    async fn run_many<'a>(verbs: &'a [&'a Self], work: &'a mut UnitOfWork<'_>) -> Result<Vec<Result<Taken>>> {
        Ok(settle_all(work, verbs).await?.into_iter().map(Ok).collect())
    }
}

/// Takes in news about several attempts, in one transaction.
pub(in crate::desk) async fn settle_all(work: &mut UnitOfWork<'_>, jobs: &[&Settle]) -> Result<Vec<Taken>> {
    let (desk, now) = (work.desk, work.now);
    let ids: Vec<AttemptId> = jobs.iter().map(|job| job.attempt).collect();
    let mut known = attempts::known(work.tx, &ids).await?;
    let stood: Vec<Try> = known.iter().map(|one| one.attempt.clone()).collect();
    // Two attempts of one delivery in one group must see each other's changes.
    let mut rows: HashMap<DeliveryId, Row> = HashMap::with_capacity(known.len());
    let mut after = Aftermath::default();
    let mut records = records(work.tx, jobs, &known).await?;
    let mut taken = Vec::with_capacity(jobs.len());
    for job in jobs {
        let found = known.iter_mut().find(|one| one.id == job.attempt);
        let Some(one) = found.filter(|one| job.secret.as_ref().is_none_or(|secret| same(secret, &one.secret))) else {
            taken.push(Taken::Stranger);
            continue;
        };
        let row = rows.entry(one.delivery).or_insert_with(|| one.row.clone());
        let before = row.state;
        let mut effects = settle(row, &mut one.attempt, job.news.clone(), &desk.policies.delivery, now);
        if let Some(unfit) = effects.unfit.take() {
            after.refuses(one, row, unfit, &mut effects, &mut records, now);
        } else if effects.taken {
            after.takes(one, &mut records, now);
        }
        taken.push(if effects.mismatch { Taken::Stranger } else { Taken::Known });
        after.parked.extend(one.message.filter(|_| row.state == State::Parked && before != State::Parked));
        let arrives = one.party && one.text && row.state == State::Delivered && before != State::Delivered;
        after.arrived.extend(one.message.zip(one.leg).filter(|_| arrives));
        after.add(one, row, effects);
    }
    // Much of what carriers report is known already, by the answer or by another report: that changes nothing.
    let (mut tries, mut deliveries) = (Vec::new(), Vec::new());
    for (one, stood) in known.into_iter().zip(stood) {
        let row = rows.get(&one.delivery).filter(|row| **row != one.row);
        let moved = one.attempt != stood;
        after.touched.extend(one.conversation.filter(|_| moved || row.is_some()));
        deliveries.extend(row.map(|row| (one.delivery, row.clone())));
        if moved {
            tries.push((one.id, one.attempt));
        }
    }
    deliveries.dedup_by_key(|(id, _)| *id);
    attempts::keep(work.batch(), &tries);
    attempts::keep_deliveries(work.batch(), &deliveries, now);
    work.flush().await?;
    faults::point("during_settlement");
    for (number, record) in records.into_iter().filter(|(_, record)| record.1) {
        fitness::keep(work.tx, number, &record.0).await?;
    }
    after.follow(work).await?;
    Ok(taken)
}

/// Compares without telling by the time how much of a secret was right.
fn same(given: &str, ours: &str) -> bool {
    use subtle::ConstantTimeEq;
    given.as_bytes().ct_eq(ours.as_bytes()).into()
}

/// What stands against numbers, and whether that has changed.
type Records = HashMap<NumberId, (Record, bool)>;

/// What stands against the numbers of which one is refused now, or has been and is taken now.
async fn records(tx: &mut Tx, jobs: &[&Settle], known: &[Known]) -> Result<Records> {
    let refused = |id: AttemptId| {
        jobs.iter().any(|job| job.attempt == id && matches!(job.news, News::Answer(Next::Unfit { account: false, .. })))
    };
    let concerned = known.iter().filter(|one| one.suspect || one.paused_at.is_some() || refused(one.id));
    let mut numbers: Vec<NumberId> = concerned.map(|one| one.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut records = Records::new();
    for number in numbers {
        records.insert(number, (fitness::record(tx, number).await?, false));
    }
    Ok(records)
}

/// What follows from news, once the rows are written.
#[derive(Default)]
struct Aftermath {
    freed: Vec<(NumberId, String)>,
    unsent: Vec<Unsent>,
    parked: Vec<MessageId>,
    /// Texts of pairs of which a part has arrived.
    arrived: Vec<(MessageId, LegId)>,
    opted_out: Vec<(String, (NumberId, bool), At, String)>,
    /// Numbers that pause, or (`None`) all because of the account.
    pauses: Vec<(Option<NumberId>, String)>,
    /// Numbers that go on; whichever is taken shows that the account is well, too.
    resumes: Vec<NumberId>,
    doubled: Vec<(Option<ConversationId>, DeliveryId)>,
    touched: Vec<ConversationId>,
    waiting: bool,
}

impl Aftermath {
    fn add(&mut self, one: &Known, row: &Row, effects: Effects) {
        if effects.freed {
            self.freed.push((one.number, one.to.clone()));
        }
        if effects.failed
            && one.text
            && let Some(message) = one.message
        {
            let why = row.why.clone().unwrap_or_else(|| "the carrier could not deliver it".to_owned());
            self.unsent.push(Unsent { message, leg: one.leg, why });
        }
        if effects.opted_out {
            self.opted_out.push((one.to.clone(), (one.number, one.is_line), one.accepted_at, one.id.0.to_string()));
        }
        if effects.doubled {
            self.doubled.push((one.conversation, one.delivery));
        }
        self.waiting |= effects.waiting;
    }

    /// A number, or the account, was refused: what that means for the text and for others.
    fn refuses(
        &mut self,
        one: &Known,
        row: &mut Row,
        unfit: Unfit,
        effects: &mut Effects,
        records: &mut Records,
        now: At,
    ) {
        if unfit.account {
            self.pauses.push((None, unfit.why));
            return;
        }
        let (record, changed) = records.entry(one.number).or_default();
        *changed = true;
        let verdict = record.refuses(&one.to, now);
        if verdict == Verdict::Pauses {
            self.pauses.push((Some(one.number), unfit.why.clone()));
        }
        judged(row, unfit, verdict, effects, now);
    }

    /// The carrier took a text: whatever stood against its number stands no more.
    fn takes(&mut self, one: &Known, records: &mut Records, now: At) {
        // What was sent before the refusal shows nothing.
        if one.paused_at.is_some_and(|at| one.attempt.started_at >= at) {
            self.resumes.push(one.number);
        }
        if let Some((record, changed)) = records.get_mut(&one.number)
            && one.attempt.started_at + WINDOW >= now
        {
            let before = record.clone();
            record.takes(&one.to);
            *changed |= *record != before;
        }
    }

    /// Stops what was refused and lets go on what was taken. People see it in the bar of every page, once.
    async fn stop_and_go(&mut self, work: &mut UnitOfWork<'_>) -> Result<()> {
        let (desk, now) = (work.desk, work.now);
        for (number, why) in &self.pauses {
            let probe_at = next_probe(0, &desk.chance, now);
            let news = match number {
                Some(number) => fitness::pause(work.tx, *number, why, probe_at, now).await?,
                None => fitness::pause_account(work.tx, why, probe_at, now).await?,
            };
            if news {
                tracing::error!(number = number.map(|id| id.0), %why, "sending is paused; it is tried again by itself");
            }
        }
        self.resumes.sort_unstable();
        self.resumes.dedup();
        let mut account = !self.resumes.is_empty() && fitness::resume_account(work.tx).await? > 0;
        for number in &self.resumes {
            if fitness::resume(work.tx, *number).await? || std::mem::take(&mut account) {
                tracing::info!(number = number.0, "the carrier takes texts again: sending goes on");
                self.waiting = true;
            }
        }
        Ok(())
    }

    async fn follow(mut self, work: &mut UnitOfWork<'_>) -> Result<()> {
        let now = work.now;
        for (phone, number, accepted_at, evidence) in &self.opted_out {
            ledger::refusal(work, phone, *number, *accepted_at, evidence).await?;
        }
        self.stop_and_go(work).await?;
        for (conversation, delivery) in &self.doubled {
            metrics::doubled();
            work.event(*conversation, None, &Event::Doubled { delivery: *delivery });
        }
        notice::failed(work.tx, &self.unsent, now).await?;
        attention::failed(work.tx, &self.parked, now).await?;
        note(work, &self.touched);
        // Not earlier: lanes are held from here on, and other writers to the same phones wait for them.
        let promoted = outbox::promote(work, std::mem::take(&mut self.freed)).await?;
        faults::point("after_promotion");
        work.unsent_and_marked(self.unsent);
        let ended = unsent_of(work.tx, &promoted.ended).await?;
        work.unsent(ended);
        hand_on_late(work, &promoted.lost).await?;
        note(work, &promoted.touched);
        if self.waiting {
            work.waits();
        }
        work.arrived(self.arrived);
        Ok(())
    }
}

/// Open browsers hear that deliveries of these conversations changed.
pub(in crate::desk) fn note(work: &mut UnitOfWork<'_>, touched: &[ConversationId]) {
    let notes: Vec<_> = touched.iter().map(|id| (*id, Changed::Delivery)).collect();
    work.note(&notes);
}

/// The messages behind deliveries that ended without a request.
pub async fn unsent_of(tx: &mut Tx, ended: &[(DeliveryId, String)]) -> Result<Vec<Unsent>> {
    let ids: Vec<DeliveryId> = ended.iter().map(|(id, _)| *id).collect();
    let found = store::outbox::notices::messages_of(tx, &ids).await?;
    Ok(found
        .into_iter()
        .filter_map(|(id, message, leg)| {
            let why = ended.iter().find(|(ended, _)| *ended == id)?.1.clone();
            Some(Unsent { message, leg, why })
        })
        .collect())
}
