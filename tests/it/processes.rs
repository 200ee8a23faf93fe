//! Real processes: `switchboard serve` against `switchboard simulator`, each on its own, so that the witness survives
//! whatever is done to the server. What was said and what the carrier took are compared at the end.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::str::FromStr;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tempfile::TempDir;

use crate::databases::Fresh;

pub mod traffic;
pub mod witness;

use traffic::{Said, Side, Traffic};
use witness::{ACCOUNT, Seen, TOKEN, Witness};

/// The published line.
pub const LINE: &str = "+18005550100";
/// The longest that anything observable is waited for; far longer than it takes on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A line, two reps with phones, forty masks.
fn setup() -> String {
    let people = [("ana", "+15055550121"), ("bo", "+15055550122")];
    let mut text = format!(
        "[[line]]\nnumber = \"{LINE}\"\nname = \"Bait\"\nmembers = [\"ana@example.com\", \"bo@example.com\"]\n"
    );
    for (name, phone) in people {
        text += "[[person]]\nrole = \"rep\"\n";
        for (key, value) in [("email", &*format!("{name}@example.com")), ("name", name), ("phone", phone)] {
            writeln!(text, "{key} = \"{value}\"").unwrap();
        }
    }
    for n in 1..=40 {
        writeln!(text, "[[mask]]\nnumber = \"+1800555{:04}\"", 1000 + n).unwrap();
    }
    text
}

/// Looks every 25 ms until there is something to see.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// A port below the range from which the system takes those of outgoing connections: a restarted process finds it free.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 7000).unwrap();
    loop {
        let port = 12_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 8000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A process of ours; killed with its guard.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts `command` with nothing in its environment but `settings`.
    fn start(mut command: Command, settings: &[(String, String)], folder: &Path, log: Option<&Path>) -> Process {
        command.env_clear().envs(settings.iter().cloned()).current_dir(folder).stdin(Stdio::null());
        match log {
            Some(log) => {
                let file = File::options().create(true).append(true).open(log).unwrap();
                command.stdout(file.try_clone().unwrap()).stderr(file);
            }
            None => drop(command.stdout(Stdio::null()).stderr(Stdio::null())),
        }
        Process(command.spawn().unwrap())
    }

    /// Sends it the signal of this name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("/bin/sh").arg("-c").arg(format!("kill -{name} {}", self.0.id())).status().unwrap();
        assert!(sent.success(), "the process is gone");
    }

    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().unwrap()
    }

    /// Waits until it ends by itself.
    pub async fn ends(&mut self) -> ExitStatus {
        until("the process ends", async || self.ended()).await
    }

    /// kill -9.
    pub fn dies(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A served database, and the carrier that sees what comes of it.
pub struct World {
    /// The carrier's control API.
    pub witness: Witness,
    /// The server, while it runs.
    pub server: Option<Process>,
    settings: Vec<(String, String)>,
    pub port: u16,
    folder: TempDir,
    carrier: Option<Process>,
    // Last, so that the database outlives everything that uses it.
    pub database: Fresh,
}

fn switchboard() -> Command {
    Command::new(env!("CARGO_BIN_EXE_switchboard"))
}

impl World {
    /// The carrier runs, the database is set up, and the server is ready.
    pub async fn open(database: Fresh) -> World {
        let mut world = World::new(database).await;
        world.serves(&[]).await;
        world
    }

    /// The carrier runs; nothing has touched the database yet.
    pub async fn bare(database: Fresh) -> World {
        let folder = tempfile::tempdir().unwrap();
        let (port, carrier_port) = (free_port(), free_port());
        let mut command = switchboard();
        command.args(["simulator", "--account", ACCOUNT, "--token", TOKEN]);
        command.arg("--port").arg(carrier_port.to_string());
        command.arg("--webhook").arg(format!("http://127.0.0.1:{port}/hooks/twilio/messages"));
        let carrier = Process::start(command, &[], folder.path(), Some(&folder.path().join("carrier.log")));
        let witness = Witness::at(&format!("http://127.0.0.1:{carrier_port}"));
        let settings = [
            ("DATABASE_URL", database.url.as_str()),
            ("ROCKET_ADDRESS", "127.0.0.1"),
            ("SWITCHBOARD_CARRIER", "twilio"),
            ("TWILIO_API_BASE", witness.base()),
            ("TWILIO_ACCOUNT_SID", ACCOUNT),
            ("TWILIO_AUTH_TOKEN", TOKEN),
            ("SWITCHBOARD_SUPPORT__CONTEXT_LINE", "false"),
            ("SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT", "500ms"),
            ("SWITCHBOARD_DELIVERY__LEASE", "2s"),
            ("SWITCHBOARD_DELIVERY__PROOF_AFTER", "1s"),
            ("SWITCHBOARD_DELIVERY__PROOF_AGAIN_AFTER", "1s"),
            ("SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND", "1000"),
        ];
        let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let world = World { witness, server: None, settings, port, folder, carrier: Some(carrier), database };
        until("the carrier answers", async || world.witness.count().await).await;
        world
    }

    /// As [`World::bare`], with the database set up.
    pub async fn new(database: Fresh) -> World {
        let world = World::bare(database).await;
        world.applies().await;
        world
    }

    /// Sets the database up by the command that people use.
    pub async fn applies(&self) {
        let ended = self.applies_with(("", ""), &[]).await;
        assert!(ended.success(), "apply: {ended}");
    }

    /// As [`World::applies`], with some words of the file replaced and `extra` variables; how it ended.
    pub async fn applies_with(&self, (words, by): (&str, &str), extra: &[(&str, &str)]) -> ExitStatus {
        let file = self.folder.path().join("setup.toml");
        std::fs::write(&file, setup().replacen(words, by, 1)).unwrap();
        let file = file.display().to_string();
        self.start(&["apply", &file], self.port, extra).ends().await
    }

    /// Sets `name` from the next start on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("server.log")
    }

    /// What the server has logged so far.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Starts a command with `extra` variables beside the settings.
    pub fn start(&self, words: &[&str], port: u16, extra: &[(&str, &str)]) -> Process {
        let mut command = switchboard();
        command.args(words);
        let log = self.log();
        Process::start(command, &self.with(port, extra), self.folder.path(), Some(&log))
    }

    fn with(&self, port: u16, extra: &[(&str, &str)]) -> Vec<(String, String)> {
        let extra = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut settings: Vec<_> = self.settings.iter().cloned().chain(extra).collect();
        settings.push(("ROCKET_PORT".to_owned(), port.to_string()));
        settings
    }

    /// Starts the server from a shell that has run `first`, such as a limit.
    pub async fn serves_after(&mut self, first: &str) {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(format!("{first}; exec {} serve", env!("CARGO_BIN_EXE_switchboard")));
        // Without a log: the limit would be the log's too.
        self.server = Some(Process::start(command, &self.with(self.port, &[]), self.folder.path(), None));
        self.is_ready().await;
    }

    /// Starts the server, with `extra` variables, and waits until it is ready.
    pub async fn serves(&mut self, extra: &[(&str, &str)]) {
        self.server = Some(self.start(&["serve"], self.port, extra));
        self.is_ready().await;
    }

    async fn is_ready(&mut self) {
        let World { server, witness, port, .. } = self;
        let server = server.as_mut().unwrap();
        let url = format!("http://127.0.0.1:{port}/health/ready");
        until("the server is ready", async || {
            assert!(server.ended().is_none(), "the server ended before it was ready");
            witness.says_ok(&url).await.then_some(())
        })
        .await;
    }

    /// Starts another node on the same database; where it takes webhooks.
    pub async fn another(&self, extra: &[(&str, &str)]) -> (Process, String) {
        let port = free_port();
        let node = self.start(&["serve"], port, extra);
        let url = format!("http://127.0.0.1:{port}/health/ready");
        until("the other node is ready", async || self.witness.says_ok(&url).await.then_some(())).await;
        (node, format!("http://127.0.0.1:{port}/hooks/twilio/messages"))
    }

    /// kill -9.
    pub fn dies(&mut self) {
        self.server.take().unwrap().dies();
    }

    /// Waits until the server ends by itself, and says how.
    pub async fn ends(&mut self) -> ExitStatus {
        let mut server = self.server.take().unwrap();
        server.ends().await
    }

    /// `count` customers write, and each gets to know the mask behind which a rep answers: two sides each.
    pub async fn acquaint(&self, count: u32) -> Vec<Side> {
        let customers: Vec<Side> = (1..=count).map(Side::customer).collect();
        Traffic::of(&self.witness, customers.clone(), 1).ends().await;
        until("every first text arrives", async || {
            let texts = self.witness.texts(0).await?;
            let reps = customers.iter().map(|customer| {
                let first = texts.iter().find(|text| text.outbound && text.body == customer.body(1))?;
                Some(Side::rep(&customer.name, &first.to, &first.from))
            });
            let reps: Vec<Side> = reps.collect::<Option<_>>()?;
            Some(customers.iter().cloned().map(Side::after_the_first).chain(reps).collect())
        })
        .await
    }

    /// Waits until nothing is left to be sent or found out.
    pub async fn settles(&self) {
        until("every delivery is settled", async || {
            let open = "SELECT COUNT(*) FROM deliveries WHERE state IN ('ready', 'sending', 'unknown')";
            (self.number(open).await == 0).then_some(())
        })
        .await;
    }

    /// Waits until all is settled and fails unless everything that was said was stored once, reached the carrier
    /// once and in order, and nothing else did.
    pub async fn proves(&mut self, said: &[Said]) {
        self.settles().await;
        self.witness.collect().await;
        let total: u32 = said.iter().map(|said| said.last).sum();
        for said in said {
            said.check(&self.witness.seen);
        }
        let outbound = self.witness.seen.iter().filter(|text| text.outbound).count();
        assert_eq!(outbound, total as usize, "texts at the carrier that nobody sent");
        assert_eq!(self.witness.count().await.unwrap()["doubled"], 0);
        for (what, sql, wanted) in [
            ("texts stored", "SELECT COUNT(*) FROM messages WHERE carrier_id IS NOT NULL", i64::from(total)),
            ("deliveries", "SELECT COUNT(*) FROM deliveries", i64::from(total)),
            (
                "deliveries that did not go well",
                "SELECT COUNT(*) FROM deliveries WHERE state NOT IN ('accepted', 'sent', 'delivered')",
                0,
            ),
            ("texts known to be doubled", "SELECT COUNT(*) FROM events WHERE kind = 'doubled'", 0),
        ] {
            assert_eq!(self.number(sql).await, wanted, "{what}");
        }
    }

    /// Waits until all is settled and fails unless every text of `said` was stored once, everything that the carrier took
    /// from us belongs to one delivery and once, nothing was lost, and every lane kept its order.
    pub async fn keeps_its_promises(&mut self, said: &[String]) {
        self.settles().await;
        self.witness.collect().await;
        let stored = self.words("SELECT carrier_id FROM messages WHERE carrier_id IS NOT NULL").await;
        for sid in said {
            assert_eq!(stored.iter().filter(|id| *id == sid).count(), 1, "{sid} is not stored once");
        }
        let lanes = "SELECT a.carrier_id || ' ' || d.number_id || '>' || d.to_phone FROM attempts a \
                     JOIN deliveries d ON d.id = a.delivery_id WHERE a.carrier_id IS NOT NULL ORDER BY d.id";
        let sent: Vec<(String, String)> = self.words(lanes).await.iter().map(|row| split(row)).collect();
        let ours: Vec<&Seen> = self.witness.seen.iter().filter(|text| text.outbound).collect();
        let mut newest: HashMap<&str, u64> = HashMap::new();
        for (sid, lane) in &sent {
            let seen = ours.iter().find(|text| text.sid == *sid);
            let seq = seen.unwrap_or_else(|| panic!("{sid} is bound, and the carrier never had it")).seq;
            let before = newest.insert(lane, seq).unwrap_or(0);
            assert!(before < seq, "a lane is out of order");
        }
        assert_eq!(ours.len(), sent.len(), "the carrier took texts that belong to no delivery");
        for (what, sql) in [
            (
                "deliveries that did not go well",
                "SELECT COUNT(*) FROM deliveries WHERE state NOT IN \
              ('accepted', 'sent', 'delivered', 'suppressed')",
            ),
            ("texts known to be doubled", "SELECT COUNT(*) FROM events WHERE kind = 'doubled'"),
            (
                "deliveries with two requests that were taken",
                "SELECT COUNT(*) FROM (SELECT delivery_id FROM attempts \
              WHERE carrier_id IS NOT NULL GROUP BY delivery_id HAVING COUNT(*) > 1) doubled",
            ),
        ] {
            assert_eq!(self.number(sql).await, 0, "{what}");
        }
    }

    /// The texts in the one column that a query gives.
    pub async fn words(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.database.url.starts_with("sqlite:") {
            let options = sqlx::sqlite::SqliteConnectOptions::from_str(&self.database.url).unwrap();
            let mut connection = options.connect().await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        } else {
            let options = sqlx::postgres::PgConnectOptions::from_str(&self.database.url).unwrap();
            let mut connection = options.connect().await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        }
    }

    /// The one number that a query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.database.url.starts_with("sqlite:") {
            let options = sqlx::sqlite::SqliteConnectOptions::from_str(&self.database.url).unwrap();
            let mut connection = options.connect().await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        } else {
            let options = sqlx::postgres::PgConnectOptions::from_str(&self.database.url).unwrap();
            let mut connection = options.connect().await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        }
    }
}

fn split(row: &str) -> (String, String) {
    let (sid, lane) = row.split_once(' ').unwrap();
    (sid.to_owned(), lane.to_owned())
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.server.take());
        drop(self.carrier.take());
        if std::thread::panicking() {
            let log = self.logged();
            let lines: Vec<&str> = log.lines().collect();
            eprintln!("the end of the server's log:\n{}", lines[lines.len().saturating_sub(60)..].join("\n"));
        }
    }
}
