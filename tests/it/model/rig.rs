//! The desk on a database of its own, with a clock that stands and a carrier in memory: no doors, no waiting.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use switchboard::clock::{At, Clock};
use switchboard::config::usual_policies;
use switchboard::courier::Courier;
use switchboard::desk::lines::apply::Apply;
use switchboard::desk::outbox::Sending;
use switchboard::desk::programs::activity::Activity;
use switchboard::desk::receiving::{self, Inbound, Outcome};
use switchboard::desk::upkeep::readiness::Readiness;
use switchboard::desk::upkeep::tallies::Tallies;
use switchboard::desk::{self, Desk};
use switchboard::domain::policy::Policies;
use switchboard::live::Live;
use switchboard::secret::{Chance, Ids};
use switchboard::store::sql::{AssertSqlSafe, query, query_scalar, raw};
use switchboard::store::{Job, Result, Store, Tx};
use tokio::sync::mpsc;

use super::carrier::Faulty;
use super::world;
use crate::databases::Fresh;

pub const ACCOUNT: &str = "AC00000000000000000000000000000002";
/// When every sequence begins: a Friday morning.
pub const START: At = At::from_seconds(1_800_000_000);

/// A database in which sequence after sequence begins alike.
pub enum Ground {
    /// A file that is emptied for each sequence: opening one, and preparing every statement again, takes longer than
    /// a sequence.
    Sqlite { store: Store, reset: Reset, _folder: tempfile::TempDir },
    /// A database that is emptied for each sequence; two pools stand for two nodes.
    Postgres { stores: Vec<Store>, reset: Reset, database: Fresh },
}

impl Ground {
    pub async fn sqlite() -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("ground.db").display())).await.unwrap();
        settle(&store).await;
        // What nothing may delete goes with its sequence.
        for trigger in words(&store, "SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1").await {
            if trigger.ends_with("_kept") {
                run(&store, &format!("DROP TRIGGER {trigger}")).await;
            }
        }
        let tables = words(
            &store,
            "SELECT name FROM sqlite_schema WHERE type = 'table' \
             AND name NOT LIKE 'sqlite#_%' ESCAPE '#' AND name <> '_sqlx_migrations' ORDER BY 1",
        )
        .await;
        let tables = after_what_they_name(&store, tables).await;
        let mut reset = Vec::new();
        for table in tables.iter().rev() {
            reset.push(format!("DELETE FROM {table}"));
        }
        for table in &tables {
            run(&store, &format!("CREATE TABLE ground_{table} AS SELECT * FROM {table}")).await;
            reset.push(format!("INSERT INTO {table} SELECT * FROM ground_{table}"));
        }
        run(&store, "CREATE TABLE ground_sequences AS SELECT * FROM sqlite_sequence").await;
        reset.push("UPDATE sqlite_sequence SET seq = 0".to_owned());
        reset.push(
            "UPDATE sqlite_sequence SET seq = ground.seq FROM ground_sequences AS ground \
             WHERE ground.name = sqlite_sequence.name"
                .to_owned(),
        );
        Ground::Sqlite { store, reset: Reset::of(&reset), _folder: folder }
    }

    pub async fn postgres() -> Self {
        let database = crate::databases::postgres().await;
        let stores = vec![Store::open(&database.url).await.unwrap(), Store::open(&database.url).await.unwrap()];
        settle(&stores[0]).await;
        let tables = words(
            &stores[0],
            "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = 'public' \
             AND tablename <> '_sqlx_migrations' ORDER BY 1",
        )
        .await;
        run(&stores[0], "CREATE SCHEMA ground").await;
        let mut reset = vec!["SET LOCAL session_replication_role = replica".to_owned()];
        for table in &tables {
            run(&stores[0], &format!("CREATE TABLE ground.{table} AS TABLE public.{table}")).await;
            reset.push(format!("DELETE FROM public.{table}"));
            reset.push(format!("INSERT INTO public.{table} SELECT * FROM ground.{table}"));
        }
        Ground::Postgres { stores, reset: Reset::of(&reset), database }
    }

    /// The stores of a sequence that begins now.
    async fn fresh(&self) -> Vec<Store> {
        let (stores, reset) = match self {
            Ground::Sqlite { store, reset, .. } => (std::slice::from_ref(store), reset),
            Ground::Postgres { stores, reset, .. } => (stores.as_slice(), reset),
        };
        stores[0].write(reset.clone()).await.unwrap();
        stores.to_vec()
    }

    pub async fn close(self) {
        match self {
            Ground::Sqlite { store, .. } => store.close().await,
            Ground::Postgres { stores, database, .. } => {
                for store in stores {
                    store.close().await;
                }
                drop(database);
            }
        }
    }
}

async fn settle(store: &Store) {
    let clock = Clock::test(START);
    let carrier = Arc::new(Faulty::new(&clock));
    let (desk, _outgoing) = desk((1000, store.clone()), &clock, carrier, usual_policies(), 1);
    let apply = Apply { setup: world::SETUP.parse().unwrap() };
    apply.on(&desk, false).await.unwrap();
}

/// A desk, and the requests that it begins.
fn desk(
    (node, store): (i64, Store),
    clock: &Clock,
    carrier: Arc<Faulty>,
    policies: Policies,
    seed: u64,
) -> (Desk, mpsc::UnboundedReceiver<Sending>) {
    let (begun, outgoing) = mpsc::unbounded_channel();
    let public_url = OnceLock::new();
    public_url.set("http://127.0.0.1:1".to_owned()).unwrap();
    let readiness = Readiness::new(clock, store.timeline());
    let desk = Desk::new(desk::Parts {
        store,
        clock: clock.clone(),
        chance: Chance::seeded(seed),
        ids: Ids::of_node(node),
        node,
        policies,
        carrier,
        live: Live::default(),
        public_url,
        room: Arc::new(tokio::sync::Semaphore::new(desk::ROOM)),
        outgoing: begun,
        wake: tokio::sync::Notify::new(),
        tallies: Tallies::default(),
        readiness,
        activity: Activity::new(Courier::new(true)),
    });
    // Nothing was missed: the carrier in memory hands every text in.
    let epoch = desk.readiness.epoch();
    desk.readiness.catch_up(epoch);
    desk.readiness.all_compared(epoch);
    desk.readiness.outbox_checked(epoch);
    (desk, outgoing)
}

/// Empties a database and puts the ground back.
#[derive(Clone)]
pub struct Reset(Arc<str>);

impl Reset {
    fn of(statements: &[String]) -> Self {
        Reset(statements.join(";\n").into())
    }
}

impl Job for Reset {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        // All at once, and not kept prepared: that is for the statements of the desk.
        let sql = AssertSqlSafe(self.0.to_string());
        raw(tx, sql).await?;
        Ok(())
    }
}

struct Run(String);

impl Job for Run {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let sql = AssertSqlSafe(self.0.clone());
        crate::house::unwatched(tx).await?;
        query(sql).execute(tx).await?;
        Ok(())
    }
}

/// Runs a statement for which there is no verb.
pub async fn run(store: &Store, sql: &str) {
    store.write(Run(sql.to_owned())).await.unwrap();
}

async fn words(store: &Store, sql: &str) -> Vec<String> {
    let mut tx = store.read().await.unwrap();
    let sql = AssertSqlSafe(sql.to_owned());
    query_scalar(sql).fetch_all(&mut tx).await.unwrap()
}

/// The tables of a SQLite database so that each comes after those that its foreign keys name. (To put the checks off
/// instead is a setting, and whoever sets one has every statement prepared again.)
async fn after_what_they_name(store: &Store, mut tables: Vec<String>) -> Vec<String> {
    let mut named = BTreeMap::new();
    for table in &tables {
        let sql =
            format!("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list('{table}') WHERE \"table\" <> '{table}'");
        named.insert(table.clone(), words(store, &sql).await);
    }
    let mut ordered: Vec<String> = Vec::new();
    while !tables.is_empty() {
        let ready = |table: &String| named[table].iter().all(|other| ordered.contains(other));
        let (next, rest): (Vec<_>, Vec<_>) = tables.into_iter().partition(ready);
        assert!(!next.is_empty(), "the tables {rest:?} name each other in a ring");
        ordered.extend(next);
        tables = rest;
    }
    ordered
}

/// Hands a text in, as the carrier does.
pub async fn texted(desk: &Desk, key: String, [from, to]: [String; 2], body: String) -> Result<Outcome> {
    let text = Inbound {
        account: ACCOUNT.to_owned(),
        carrier_id: key,
        from,
        to,
        body,
        media: Vec::new(),
        raw: String::new(),
        carrier_keyword: None,
        refuses: OnceLock::new(),
    };
    receiving::receive(desk, text).await
}

/// A request that a commit has begun and nobody has made yet.
pub struct Waiting {
    pub sending: Sending,
    pub node: usize,
    pub at: At,
}

/// The desk of one sequence, or two on two nodes.
pub struct Rig {
    pub desks: Vec<Desk>,
    pub clock: Clock,
    pub carrier: Arc<Faulty>,
    /// What was begun before is nobody's any more.
    pub since: At,
    /// Requests begun and not made.
    pub begun: Vec<Waiting>,
    /// Requests whose answers are kept back, by their receipt tokens.
    pub held: BTreeMap<String, tokio::task::JoinHandle<()>>,
    outgoing: Vec<mpsc::UnboundedReceiver<Sending>>,
    seed: u64,
}

impl Rig {
    pub async fn on(ground: &Ground, seed: u64) -> Self {
        let stores = ground.fresh().await;
        let clock = Clock::test(START);
        let carrier = Arc::new(Faulty::new(&clock));
        let mut rig = Rig {
            desks: Vec::new(),
            clock,
            carrier,
            since: START,
            begun: Vec::new(),
            held: BTreeMap::new(),
            outgoing: Vec::new(),
            seed,
        };
        for (node, store) in stores.into_iter().enumerate() {
            rig.boot(node, store);
        }
        rig
    }

    /// Starts the process of a node.
    fn boot(&mut self, node: usize, store: Store) {
        let mut policies = usual_policies();
        policies.support.pick = world::pick(self.seed);
        // A reply is on its way when its form is answered.
        policies.inbox.undo_window = Duration::ZERO;
        policies.delivery.carrier_answers_help = world::carrier_helps(self.seed);
        policies.delivery.segments_per_second = if self.seed.is_multiple_of(3) { None } else { Some(1000.0) };
        let number = i64::try_from(node).unwrap();
        let seed = self.seed.wrapping_add(u64::try_from(self.clock.now().0).unwrap());
        let (desk, outgoing) = desk((number, store), &self.clock, self.carrier.clone(), policies, seed);
        if node < self.desks.len() {
            self.desks[node] = desk;
            self.outgoing[node] = outgoing;
        } else {
            self.desks.push(desk);
            self.outgoing.push(outgoing);
        }
    }

    pub fn store(&self) -> &Store {
        &self.desks[0].store
    }

    /// The process of the first node ends and starts again.
    pub fn restart(&mut self) {
        self.held.values().for_each(tokio::task::JoinHandle::abort);
        self.held.clear();
        self.clock.pass(std::time::Duration::from_secs(2));
        self.since = self.clock.now();
        self.begun.retain(|one| one.node > 0);
        let store = self.desks[0].store.clone();
        self.boot(0, store);
    }

    /// The requests that commits have begun since the last call.
    pub fn collect(&mut self) -> &[Waiting] {
        let at = self.clock.now();
        let before = self.begun.len();
        for (node, outgoing) in self.outgoing.iter_mut().enumerate() {
            while let Ok(sending) = outgoing.try_recv() {
                self.begun.push(Waiting { sending, node, at });
            }
        }
        &self.begun[before..]
    }

    pub fn end(self) {
        self.held.values().for_each(tokio::task::JoinHandle::abort);
    }
}
