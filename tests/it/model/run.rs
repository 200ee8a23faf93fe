//! Does the steps of a sequence, one after the other, and has the oracle judge each.

use std::time::Duration;

use futures_util::future::join_all;
use switchboard::clock::{At, seconds};
use switchboard::desk::conversations::{idle, snooze};
use switchboard::desk::outbox::{claim, deliver, doubt, leases, receipts};
use switchboard::desk::routing::duty;
use switchboard::desk::upkeep::{identity, outage};
use switchboard::secret::Chance;
use switchboard::store::outbox::{attempts, departures};

use super::carrier::Fate;
use super::deeds::{Answer, Deed};
use super::oracle::{Begun, Event, Oracle};
use super::reports::Reports;
use super::rig::{Ground, Rig, Waiting};
use super::seen::{Eyes, Seen};
use super::sequences::{Game, Once, Tally};
use super::steps::{Act, Step, sequence, weather};
use super::{regressions, world};

/// A sequence that is being run.
pub struct Run {
    pub rig: Rig,
    pub oracle: Oracle,
    pub reports: Reports,
    pub(super) eyes: Eyes,
    /// Chance of the step that is being done.
    pub(super) chance: Chance,
    weather: usize,
    /// Counts what is said, so that no two things are the same.
    pub(super) said: u32,
    /// Every text that came in: a carrier may hand it in again.
    pub(super) texts: Vec<Deed>,
    /// Texts of which nobody has told us, and when they were sent.
    pub(super) missed: Vec<(Deed, At)>,
}

impl Game for Run {
    type Step = Step;

    fn sequence(seed: u64) -> Vec<Step> {
        sequence(seed)
    }

    fn kept() -> Vec<Once<Step>> {
        regressions::all()
    }

    async fn begin(ground: &Ground, seed: u64) -> Self {
        let rig = Rig::on(ground, seed).await;
        let oracle = world::found(rig.store(), &rig.clock, seed).await;
        Run {
            rig,
            oracle,
            reports: Reports::default(),
            eyes: Eyes::default(),
            chance: Chance::seeded(seed),
            weather: weather(seed),
            said: 0,
            texts: Vec::new(),
            missed: Vec::new(),
        }
    }

    async fn step(&mut self, step: &Step) -> Event {
        self.chance = Chance::seeded(u64::from(step.salt));
        // Something always lies between two things that happen one after the other.
        self.pass(Duration::from_millis(1 + u64::from(step.salt % 400)));
        match &step.act {
            Act::Together(acts) => self.together(acts).await,
            Act::Passes { seconds: span, worked } => self.passes(seconds(u64::from(*span)), *worked).await,
            Act::Works => self.works().await,
            Act::Restarts { made } => self.restarts(*made).await,
            Act::Reports { count } => self.hears_reports(*count).await,
            Act::Answers => self.answers_come().await,
            Act::ListFails(down) => {
                self.rig.carrier.list_is_down(*down);
                Ok(())
            }
            Act::Misses(act) => {
                let sent_at = At(self.now().0.div_euclid(1_000_000) * 1_000_000);
                let deed = self.named(act);
                self.missed.extend(deed.map(|deed| (deed, sent_at)));
                Ok(())
            }
            Act::Compares => self.compares().await,
            Act::Chatters { conversation, rounds } => {
                let Some([customer, rep]) = self.two_ends(*conversation) else { return Ok(()) };
                for _ in 0..*rounds {
                    for (end, body) in [(&customer, "I am away."), (&rep, "Thank you for your message.")] {
                        let deed = self.repeats(end, body);
                        self.does(&deed).await?;
                        self.pass(Duration::from_secs(2));
                    }
                }
                self.makes_requests().await
            }
            act => {
                let Some(deed) = self.named(act) else { return Ok(()) };
                self.does(&deed).await?;
                if self.chance.below(5) > 0 { self.makes_requests().await } else { Ok(()) }
            }
        }
    }

    async fn ends(&mut self) -> Event {
        self.comes_to_rest().await
    }

    fn over(self) -> Tally {
        self.rig.end();
        self.oracle.tally
    }
}

impl Run {
    fn pass(&self, span: Duration) {
        self.rig.clock.pass(span);
    }

    fn now(&self) -> At {
        self.rig.clock.now()
    }

    /// What is new in the database: everything, or only what carriers and time can change.
    pub(super) async fn look(&mut self, whole: bool) -> Event<Seen> {
        let now = self.now();
        self.eyes.look(self.rig.store(), now, whole).await.map_err(|why| why.to_string())
    }

    /// Somebody does something, on one of the nodes.
    async fn does(&mut self, deed: &Deed) -> Event {
        let node = self.chance.below(self.rig.desks.len());
        let answer = deed.done(&self.rig.desks[node]).await;
        let mut seen = self.look(true).await?;
        let judged = self.oracle.takes_in(deed, &answer, &mut seen);
        judged.map_err(|why| format!("{why}\nafter {deed:?}, answered {answer:?}"))?;
        self.oracle.follows(&mut seen, false)?;
        self.oracle.agrees(&seen).map_err(|why| format!("{why}\nafter {deed:?}"))?;
        self.begins(None)
    }

    /// Things happen at the same instant: in some order they must make sense.
    async fn together(&mut self, acts: &[Act]) -> Event {
        let deeds: Vec<Deed> = acts.iter().filter_map(|act| self.named(act)).collect();
        let nodes = self.rig.desks.len();
        let first = self.chance.below(nodes);
        let doing = deeds.iter().enumerate().map(|(i, deed)| deed.done(&self.rig.desks[(first + i) % nodes]));
        let answers: Vec<Answer> = join_all(doing).await;
        let seen = self.look(true).await?;
        let before = self.oracle.clone();
        let mut wrong = Vec::new();
        for order in orders(deeds.len()) {
            let (mut oracle, mut seen) = (before.clone(), seen.clone());
            let mut judge = || -> Event {
                for &i in &order {
                    oracle.takes_in(&deeds[i], &answers[i], &mut seen)?;
                }
                oracle.follows(&mut seen, false)?;
                oracle.agrees(&seen)
            };
            match judge() {
                Ok(()) => {
                    self.oracle = oracle;
                    self.oracle.count("together");
                    self.begins(Some(&before))?;
                    return self.makes_requests().await;
                }
                Err(why) => wrong.push(format!("in the order {order:?}: {why}")),
            }
        }
        let events: Vec<String> = seen.events.iter().map(|event| format!("{event:?}")).collect();
        Err(format!(
            "{deeds:?} were answered {answers:?}, which no order explains:\n{}\nthe timeline shows:\n{}",
            wrong.join("\n"),
            events.join("\n")
        ))
    }

    /// Requests that were begun are judged.
    pub(super) fn begins(&mut self, before: Option<&Oracle>) -> Event {
        for Waiting { sending, .. } in self.rig.collect() {
            let begun = Begun {
                delivery: sending.delivery.0,
                from: sending.from.clone(),
                to: sending.to.clone(),
                body: sending.body.clone(),
            };
            self.oracle.may_begin(&begun, before)?;
            self.reports.begun(&sending.token(), sending.delivery.0);
        }
        Ok(())
    }

    /// A carrier has done something: the oracle follows.
    pub(super) async fn follows(&mut self) -> Event {
        self.follows_all(false).await
    }

    /// Time has done something, too, if the clockwork `turned`.
    async fn follows_all(&mut self, turned: bool) -> Event {
        for token in self.rig.carrier.opt_outs() {
            if let Some(delivery) = self.reports.delivery(&token) {
                self.oracle.carrier_said_opted_out(delivery)?;
            }
        }
        let mut seen = self.look(turned).await?;
        self.oracle.follows(&mut seen, turned)?;
        self.oracle.agrees(&seen)?;
        self.begins(None)
    }

    /// Makes the requests that were begun, and those that these let follow.
    pub(super) async fn makes_requests(&mut self) -> Event {
        for _ in 0..200 {
            if self.rig.begun.is_empty() {
                return Ok(());
            }
            let (mut made, mut held) = (Vec::new(), Vec::new());
            for Waiting { sending, node, at } in std::mem::take(&mut self.rig.begun) {
                let desk = self.rig.desks[node].clone();
                if self.now() >= at + desk.lease() {
                    // What has stood still for so long is not made: others have looked for it meanwhile.
                    continue;
                }
                let fate = self.fate();
                let token = sending.token();
                self.rig.carrier.decide(&token, fate);
                if fate == Fate::AnsweredLate {
                    let task = tokio::spawn(async move { deliver::deliver(&desk, sending).await });
                    held.push((token, task));
                } else {
                    made.push(async move { deliver::deliver(&desk, sending).await });
                }
            }
            join_all(made).await;
            for (token, task) in held {
                while !self.rig.carrier.is_held(&token) && !task.is_finished() {
                    tokio::task::yield_now().await;
                }
                if self.rig.carrier.is_held(&token) {
                    self.rig.held.insert(token, task);
                }
            }
            self.follows().await?;
        }
        Err("requests never come to an end".to_owned())
    }

    fn fate(&mut self) -> Fate {
        if self.chance.below(100) >= self.weather {
            return Fate::Taken;
        }
        let fate = match self.chance.below(40) {
            0..5 => Fate::Refused,
            5..8 => Fate::OptedOut,
            8 => Fate::Settings { account: self.chance.below(2) == 0 },
            9..16 => Fate::NotSent,
            16..20 => Fate::Busy,
            20..26 => Fate::Lost,
            26..34 => {
                let after = u64::try_from(self.chance.below(2) * self.chance.below(25)).unwrap_or(0);
                Fate::TakenSilently { after, listed: u64::try_from(self.chance.below(110)).unwrap_or(0) }
            }
            _ => Fate::AnsweredLate,
        };
        self.oracle.count(match fate {
            Fate::Taken => "fate: taken",
            Fate::Refused => "fate: refused",
            Fate::OptedOut => "fate: opted out",
            Fate::Settings { .. } => "fate: settings",
            Fate::NotSent => "fate: not sent",
            Fate::Busy => "fate: busy",
            Fate::Lost => "fate: lost",
            Fate::TakenSilently { .. } => "fate: taken silently",
            Fate::AnsweredLate => "fate: answered late",
        });
        fate
    }

    /// Answers that were kept back come.
    async fn answers_come(&mut self) -> Event {
        for (token, task) in std::mem::take(&mut self.rig.held) {
            self.rig.carrier.answer(&token);
            task.await.map_err(|why| why.to_string())?;
            self.oracle.count("late answer");
            self.follows().await?;
        }
        self.makes_requests().await
    }

    async fn hears_reports(&mut self, count: u8) -> Event {
        self.reports.learn(&self.rig.carrier.taken());
        for _ in 0..count {
            let Some((token, report)) = self.reports.next(&self.chance) else { break };
            let opted_out = report.opted_out;
            self.oracle.count("receipt");
            let delivery = self.reports.delivery(&token);
            let rank = delivery.and_then(|id| self.oracle.outs.get(&id)).map(|out| out.rank);
            let news = rank.is_some_and(|rank| report.rank > rank);
            let node = self.chance.below(self.rig.desks.len());
            receipts::receipt(&self.rig.desks[node], &token, report).await.map_err(|why| why.to_string())?;
            if let (true, true, Some(delivery)) = (opted_out, news, delivery) {
                self.oracle.carrier_said_opted_out(delivery)?;
            }
            self.follows().await?;
        }
        self.makes_requests().await
    }

    async fn restarts(&mut self, made: bool) -> Event {
        if made {
            for Waiting { sending, node, .. } in self.rig.begun.iter().filter(|one| one.node == 0) {
                let text = switchboard::carrier::Outgoing {
                    from: sending.from.clone(),
                    to: sending.to.clone(),
                    body: sending.body.clone(),
                    status_url: self.rig.desks[*node].receipt_url(&sending.token()),
                    validity: seconds(60),
                    idempotency_key: format!("switchboard-{}", sending.delivery),
                };
                drop(self.rig.desks[*node].carrier.send(&text).await);
            }
            // The answers die with the process.
            drop(self.rig.carrier.opt_outs());
        }
        self.oracle.count("restart");
        self.rig.restart();
        identity::try_paused(self.rig.store(), self.now()).await.map_err(|why| why.to_string())?;
        self.follows().await
    }

    /// Everything that is due now is done.
    pub(super) async fn works(&mut self) -> Event {
        for _ in 0..2_000 {
            self.makes_requests().await?;
            if !self.oracle.something_is_open() {
                return Ok(());
            }
            let mut busy = false;
            for node in 0..self.rig.desks.len() {
                let desk = self.rig.desks[node].clone();
                let said = |why: switchboard::store::Error| why.to_string();
                let since = if node == 0 { self.rig.since } else { super::rig::START };
                busy |= claim::claim(&desk).await.map_err(said)?.looked_at > 0;
                busy |= claim::sweep(&desk).await.map_err(said)? > 0;
                busy |= outage::probe(&desk).await.map_err(said)?;
                busy |= doubt::look(&desk).await.map_err(said)? > 0;
                busy |= leases::leases(&desk, since).await.map_err(said)? > 0;
            }
            if busy {
                self.follows().await?;
                continue;
            }
            for desk in self.rig.desks.clone() {
                let said = |why: switchboard::store::Error| why.to_string();
                busy |= duty::turn(&desk).await.map_err(said)? > 0;
                busy |= snooze::wake(&desk).await.map_err(said)? > 0;
                busy |= idle::close_idle(&desk).await.map_err(said)? > 0;
                // What one node closed may make room on which the other would act: the oracle looks in between.
                if busy {
                    break;
                }
            }
            if !busy {
                return self.oracle.nothing_is_due();
            }
            self.follows_all(true).await?;
        }
        Err("the desk never comes to rest".to_owned())
    }

    /// Time passes, with all that falls due on the way, or all at once at the end by somebody else's step.
    pub(super) async fn passes(&mut self, span: Duration, worked: bool) -> Event {
        if !worked {
            self.pass(span);
            return Ok(());
        }
        let end = self.now() + span;
        self.works().await?;
        while self.now() < end {
            let left = end.since(self.now());
            let due = if self.oracle.something_is_open() { self.next_due().await? } else { None };
            let step = due.map_or(left, |at| at.since(self.now()));
            self.pass(step.max(Duration::from_millis(1)).min(left));
            self.works().await?;
        }
        Ok(())
    }

    async fn next_due(&self) -> Event<Option<At>> {
        let said = |why: switchboard::store::Error| why.to_string();
        let mut tx = self.rig.store().read().await.map_err(said)?;
        let due = departures::next_due(&mut tx, self.now()).await.map_err(said)?;
        let look = attempts::next_look(&mut tx).await.map_err(said)?.filter(|at| *at > self.now());
        Ok([due, look, self.oracle.next_due()].into_iter().flatten().min())
    }

    /// From now on the carrier does what it is asked.
    pub fn heals(&mut self) {
        self.weather = 0;
        self.rig.carrier.list_is_down(false);
    }
}

/// Every order of `n` things.
fn orders(n: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for i in 0..n {
        let longer = |order: &Vec<usize>| {
            (0..=order.len())
                .map(|at| {
                    let mut order = order.clone();
                    order.insert(at, i);
                    order
                })
                .collect::<Vec<_>>()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}
