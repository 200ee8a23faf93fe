//! The harness: the whole house on a database of its own, a clock that stands until it is turned, the simulator as
//! carrier over real HTTP, and actors who do what people do. A test that leaves due work undone fails.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rocket::Shutdown;
use tokio::sync::{Semaphore, mpsc};

use switchboard::carrier::twilio::{Twilio, TwilioAccount};
use switchboard::clock::{At, Clock};
use switchboard::courier::Courier;
use switchboard::desk::conversations::{idle, snooze};
use switchboard::desk::lines::apply::Apply;
use switchboard::desk::outbox::{Sending, claim, deliver, doubt, leases};
use switchboard::desk::programs::activity::Activity;
use switchboard::desk::receiving::backfill;
use switchboard::desk::replies::send_due;
use switchboard::desk::routing::duty;
use switchboard::desk::upkeep::readiness::Readiness;
use switchboard::desk::upkeep::tallies::Tallies;
use switchboard::desk::upkeep::{clock_jump, identity, outage};
use switchboard::desk::{self, Desk, pairs};
use switchboard::domain::ids::{ConversationId, PersonId};
use switchboard::domain::time::hours::Hours;
use switchboard::live::Live;
use switchboard::secret::Chance;
use switchboard::simulator::{self, Receipts, Simulator};
use switchboard::store::sql::{query_as, query_scalar};
use switchboard::store::{self, Store};
use switchboard::wire::twilio::signing_keys::SigningKeys;
use switchboard::{app, hooks};

use crate::databases::Fresh;

pub use asks::{carrier_is_content, unwatched};
use doors::{figment, open_doors};
pub use handset::Phone;
pub use plan::{Plan, mask};

mod acts;
mod asks;
mod contents;
mod doors;
mod handset;
pub mod neighbours;
pub mod plan;
pub mod states;

/// The published line of every house.
pub const LINE: &str = "+18005550100";
/// The account at the simulated carrier.
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// Signs what the carrier posts.
pub const TOKEN: &str = "12345";
/// Signed it before.
pub const PREVIOUS_TOKEN: &str = "54321";

/// Turns scenarios into two tests each, one a database. `house: plan` is a house that `fn plan(&mut Plan)` changes.
#[macro_export]
macro_rules! both_stores {
    ($($(#[$meta:meta])* async fn $name:ident($house:ident $(: $plan:path)?) $body:block)*) => {$(
        mod $name {
            #[expect(clippy::allow_attributes, reason = "whether it is needed depends on the scenario")]
            #[allow(unused_imports, reason = "a scenario uses what it needs")]
            use super::*;

            async fn scenario($house: &$crate::house::House) $body

            #[tokio::test]
            async fn on_sqlite() {
                let plan = $crate::house::Plan::default() $(.but($plan))?;
                let house = $crate::house::House::with($crate::databases::sqlite(), plan).await;
                scenario(&house).await;
                house.is_left_tidy();
            }

            #[tokio::test]
            async fn on_postgres() {
                let plan = $crate::house::Plan::default() $(.but($plan))?;
                let house = $crate::house::House::with($crate::databases::postgres().await, plan).await;
                scenario(&house).await;
                house.is_left_tidy();
            }
        }
    )*};
}

/// A house in which a test lives.
pub struct House {
    pub desk: Desk,
    pub simulator: Simulator,
    pub clock: Clock,
    /// Where the house listens.
    pub address: String,
    carrier_address: String,
    outgoing: Mutex<mpsc::UnboundedReceiver<Sending>>,
    doors: Mutex<Vec<Shutdown>>,
    started_at: At,
    plan: Plan,
    /// Requests that ended by their lease, because nobody made them.
    lapsed: AtomicI64,
    /// Requests of this node that nobody had made when the house last came to rest.
    unmade: AtomicI64,
    /// The test is about requests that nobody makes.
    loses_requests: AtomicBool,
    // Last, so that the database outlives everything that uses it.
    database: Arc<Fresh>,
}

impl House {
    pub async fn on(database: Fresh) -> House {
        House::with(database, Plan::default()).await
    }

    pub async fn with(database: Fresh, plan: Plan) -> House {
        let clock = Clock::test(At::from_seconds(1_800_000_000));
        let simulator = new_simulator(&clock, plan.auto_replies);
        simulator.show(plan.carrier_shows);
        let house = House::beside(Arc::new(database), plan, clock, simulator, 0).await;
        house.has_missed_nothing()
    }

    /// Nothing was missed by a house that has just been built.
    pub fn has_missed_nothing(self) -> House {
        let epoch = self.desk.readiness.epoch();
        self.desk.readiness.catch_up(epoch);
        self.desk.readiness.all_compared(epoch);
        self.desk.readiness.outbox_checked(epoch);
        self
    }

    /// Another life on the same database, clock and carrier; what was missed before it is not known yet.
    pub async fn beside(database: Arc<Fresh>, plan: Plan, clock: Clock, simulator: Simulator, node: i64) -> House {
        let carrier_doors = open_doors(simulator::rocket(simulator.clone(), figment())).await;
        let store = Store::open(&database.url).await.unwrap();
        let ids = identity::ids(&store, node, clock.now()).await.unwrap();
        let (setup, kept) = (plan.setup(), plan.clone());
        let carrier = Twilio::new(TwilioAccount {
            api_base: carrier_doors.0.clone(),
            account_sid: ACCOUNT.to_owned(),
            auth_token: TOKEN.to_owned(),
            request_timeout: plan.patience,
            clock: clock.clone(),
        });
        let (begun, outgoing) = mpsc::unbounded_channel();
        let readiness = Readiness::new(&clock, store.timeline());
        let desk = Desk::new(desk::Parts {
            store,
            clock: clock.clone(),
            chance: Chance::seeded(plan.seed),
            ids,
            node,
            policies: plan.policies,
            carrier: Arc::new(carrier.unwrap()),
            live: Live::default(),
            public_url: std::sync::OnceLock::new(),
            room: Arc::new(Semaphore::new(desk::ROOM)),
            outgoing: begun,
            wake: tokio::sync::Notify::new(),
            tallies: Tallies::default(),
            readiness,
            activity: Activity::new(Courier::new(plan.reaches_private).patient_for(Duration::from_millis(500))),
        });
        Apply { setup }.on(&desk, false).await.unwrap();
        let doors = app::build(app::Parts {
            figment: figment(),
            public_url: "http://127.0.0.1:8000".to_owned(),
            desk: desk.clone(),
            seal: hooks::Seal::new(ACCOUNT, SigningKeys::of_token(TOKEN, Some(PREVIOUS_TOKEN))),
            simulator: None,
        });
        let own_doors = open_doors(doors).await;
        desk.public_url.set(own_doors.0.clone()).unwrap();
        simulator.call_at(&format!("{}/hooks/twilio/messages", own_doors.0));
        desk::upkeep::clocks::compare(&desk).await.unwrap();
        House {
            desk,
            simulator,
            started_at: clock.now(),
            plan: kept,
            lapsed: AtomicI64::new(0),
            unmade: AtomicI64::new(0),
            loses_requests: AtomicBool::new(false),
            clock,
            address: own_doors.0,
            carrier_address: carrier_doors.0,
            outgoing: Mutex::new(outgoing),
            doors: Mutex::new(vec![own_doors.1, carrier_doors.1]),
            database,
        }
    }

    /// Does everything that is due now, until nothing is.
    pub async fn runs_due_work(&self) {
        for _ in 0..10_000 {
            let mut busy = clock_jump::replan(&self.desk).await.unwrap();
            busy |= self.makes_requests().await;
            busy |= self.simulator.settle().await > 0;
            busy |= backfill::people(&self.desk).await.unwrap() > 0;
            busy |= outage::probe(&self.desk).await.unwrap();
            busy |= claim::claim(&self.desk).await.unwrap().looked_at > 0;
            busy |= claim::sweep(&self.desk).await.unwrap() > 0;
            busy |= idle::close_idle(&self.desk).await.unwrap() > 0;
            busy |= snooze::wake(&self.desk).await.unwrap() > 0;
            busy |= send_due::send_due(&self.desk).await.unwrap() > 0;
            busy |= pairs::warn(&self.desk).await.unwrap() > 0;
            busy |= pairs::lapse(&self.desk).await.unwrap() > 0;
            busy |= duty::turn(&self.desk).await.unwrap() > 0;
            busy |= doubt::look(&self.desk).await.unwrap() > 0;
            busy |= self.posts_events().await;
            let lapsed = leases::leases(&self.desk, self.started_at).await.unwrap();
            self.lapsed.fetch_add(lapsed.try_into().unwrap(), Ordering::Relaxed);
            busy |= lapsed > 0;
            if !busy {
                let own = format!("attempts WHERE ended_at IS NULL AND node = {}", self.desk.node);
                self.unmade.store(self.rows(&own).await, Ordering::Relaxed);
                return;
            }
        }
        panic!("the house never comes to rest");
    }

    /// Makes the requests that commits have begun, all at once; whether there were any.
    pub async fn makes_requests(&self) -> bool {
        let mut all = tokio::task::JoinSet::new();
        while let Ok(sending) = self.outgoing.lock().unwrap().try_recv() {
            let desk = self.desk.clone();
            all.spawn(async move { deliver::deliver(&desk, sending).await });
        }
        let any = !all.is_empty();
        while let Some(done) = all.join_next().await {
            done.unwrap();
        }
        any
    }

    /// Posts the events that are due, all at once; whether there were any.
    async fn posts_events(&self) -> bool {
        let due = desk::programs::post::take(&self.desk, &[], 64).await.unwrap();
        let any = !due.is_empty();
        let all = due.into_iter().map(|due| desk::programs::post::deliver(&self.desk, due));
        rocket::futures::future::join_all(all).await;
        any
    }

    /// Forgets the requests that commits have begun, as a process that dies does.
    pub fn dies_before_sending(&self) -> usize {
        self.is_about_lost_requests();
        self.forgets_requests()
    }

    /// As a desk that drops what it has begun.
    pub fn forgets_requests(&self) -> usize {
        std::iter::from_fn(|| self.outgoing.lock().unwrap().try_recv().ok()).count()
    }

    /// In this test requests may be begun that nobody makes, so that they end by their lease.
    pub fn is_about_lost_requests(&self) {
        self.loses_requests.store(true, Ordering::Relaxed);
    }

    /// Lets time pass, second by second or in steps that are never longer than what is waited for.
    pub async fn pass(&self, span: Duration) {
        let end = self.clock.now() + span;
        self.runs_due_work().await;
        while self.clock.now() < end {
            let left = end.since(self.clock.now());
            let step =
                self.next_step().await.map_or(left, |at| at.since(self.clock.now()).max(Duration::from_millis(1)));
            self.clock.pass(step.min(left));
            self.runs_due_work().await;
        }
    }

    async fn next_step(&self) -> Option<At> {
        let now = self.clock.now();
        let mut tx = self.desk.store.read().await.unwrap();
        let due = store::outbox::departures::next_due(&mut tx, now).await.unwrap();
        let look = store::outbox::attempts::next_look(&mut tx).await.unwrap().filter(|at| *at > now);
        let post = store::programs::event_posts::next_due(&mut tx).await.unwrap().filter(|at| *at > now);
        drop(tx);
        let kept = "SELECT hours FROM lines WHERE hours IS NOT NULL UNION \
                    SELECT schedule FROM people WHERE schedule IS NOT NULL AND disabled_at IS NULL";
        let turns = self.words(kept).await;
        let turn = turns.iter().filter_map(|text| Hours::read(text).ok()?.next_change(now)).min();
        let planned = self.least_after(now, "due_at", "planned_replies").await;
        let ends = self.least_after(now, "ends_at", "pairs").await;
        let warns = self.least_after(now, "warns_at", "pairs").await;
        [due, look, turn, planned, post, ends, warns].into_iter().flatten().min()
    }

    /// The first time after `now` in a column of what has not ended.
    async fn least_after(&self, now: At, column: &str, table: &str) -> Option<At> {
        let sql = format!("SELECT MIN({column}) FROM {table} WHERE ended_at IS NULL AND {column} > {}", now.0);
        Some(self.number(&sql).await).filter(|at| *at > 0).map(At)
    }

    pub fn is_left_tidy(&self) {
        let undone = self.outgoing.lock().unwrap().len();
        assert_eq!(undone, 0, "requests were begun and never made: call runs_due_work() before the end");
        let unmade = (self.lapsed.load(Ordering::Relaxed), self.unmade.load(Ordering::Relaxed));
        let excused = self.loses_requests.load(Ordering::Relaxed);
        assert!(excused || unmade == (0, 0), "requests were dropped (ended by their lease, still waiting): {unmade:?}");
    }

    pub fn customer(&self, n: u32) -> Phone<'_> {
        Phone { house: self, number: format!("+1505555{:04}", 2000 + n) }
    }

    pub fn phone(&self, number: &str) -> Phone<'_> {
        Phone { house: self, number: number.to_owned() }
    }

    pub fn ana(&self) -> Phone<'_> {
        self.phone("+15055550121")
    }

    pub fn bo(&self) -> Phone<'_> {
        self.phone("+15055550122")
    }

    /// Ana's or Bo's phone, whichever got the newest text.
    pub fn chosen(&self) -> Phone<'_> {
        let newest = |phone: &Phone<'_>| phone.received().last().map(|text| text.seq);
        if newest(&self.ana()) > newest(&self.bo()) { self.ana() } else { self.bo() }
    }

    /// The id of the person with this e-mail address.
    pub async fn person(&self, email: &str) -> PersonId {
        PersonId(self.number(&format!("SELECT id FROM people WHERE email = '{email}'")).await)
    }

    /// The newest conversation.
    pub async fn conversation(&self) -> ConversationId {
        ConversationId(self.number("SELECT MAX(id) FROM conversations").await)
    }

    /// The one whole number that a query gives; 0 where it gives none.
    pub async fn number(&self, sql: &str) -> i64 {
        let mut tx = self.desk.store.read().await.unwrap();
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        let found: Option<i64> = query_scalar(sql).fetch_one(&mut tx).await.unwrap();
        found.unwrap_or(0)
    }

    /// The texts in the one column that a query gives.
    pub async fn words(&self, sql: &str) -> Vec<String> {
        let mut tx = self.desk.store.read().await.unwrap();
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        let rows: Vec<(Option<String>,)> = query_as(sql).fetch_all(&mut tx).await.unwrap();
        rows.into_iter().map(|(word,)| word.unwrap_or_default()).collect()
    }

    /// The states of all deliveries, oldest first.
    pub async fn states(&self) -> Vec<String> {
        self.words("SELECT state FROM deliveries ORDER BY id").await
    }

    /// A colleague answers on the web.
    pub async fn replies_on_web(&self, email: &str, conversation: ConversationId, body: &str) {
        let by = self.person(email).await;
        let reply = desk::replies::reply::Reply { by, conversation, body: body.to_owned(), form_key: None };
        desk::replies::plan::plan(&self.desk, reply.into()).await.unwrap();
        self.runs_due_work().await;
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.doors.get_mut().unwrap().drain(..).for_each(Shutdown::notify);
    }
}

fn new_simulator(clock: &Clock, answers_keywords: bool) -> Simulator {
    let mut settings = simulator::Settings::new(ACCOUNT, TOKEN);
    // The carrier's is another clock: it goes on when ours is set.
    settings.clock = clock.beside();
    settings.chance = Chance::seeded(11);
    settings.receipts = Receipts::at_once();
    settings.by_hand = true;
    settings.auto_replies = answers_keywords;
    Simulator::new(settings).unwrap()
}
