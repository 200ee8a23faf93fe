//! Real processes: `switchboard serve` against `switchboard simulator`, each on its own, so that the witness survives
//! whatever is done to the server. What was said and what the carrier took are compared at the end.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::databases::Fresh;

pub mod binary;
mod faults;
mod process;
mod promises;
pub mod traffic;
pub mod witness;

pub use process::{Process, free_port};
use witness::{ACCOUNT, TOKEN, Witness};

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
    Command::new(binary::path())
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
        self.start(&["apply", "--new", &file], self.port, extra).ends().await
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

    /// Runs a command to its end; what it printed.
    pub fn says(&self, words: &[&str]) -> String {
        let mut command = switchboard();
        command.args(words).env_clear().envs(self.with(self.port, &[])).current_dir(self.folder.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
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
        command.arg("-c").arg(format!("{first}; exec {} serve", binary::path().display()));
        // Without a log: the limit would be the log's too.
        self.server = Some(Process::start(command, &self.with(self.port, &[]), self.folder.path(), None));
        self.is_ready().await;
    }

    /// Starts the server, with `extra` variables, and waits until it is ready.
    pub async fn serves(&mut self, extra: &[(&str, &str)]) {
        self.server = Some(self.start(&["serve"], self.port, extra));
        self.is_ready().await;
    }

    /// As [`World::serves`], for the first time: the database is made.
    pub async fn begins(&mut self) {
        self.server = Some(self.start(&["serve", "--new"], self.port, &[]));
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
