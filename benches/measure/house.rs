//! The server under measurement, with its simulator, its database and its people.

use std::fmt::Write as _;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::http::once;
use crate::process::{Process, free_port};
use crate::texts::{ACCOUNT, LINE, TOKEN};

/// The program, built as this bench was.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_switchboard");
/// Somebody who sees everything and answers nobody.
pub const MANAGER: &str = "manager@example.com";
/// People who answer.
pub const REPS: usize = 50;
/// Numbers that stand in for people where nothing else is said.
pub const MASKS: usize = 100;
/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A set-up: where it lies and how it is reached.
pub struct House {
    pub folder: PathBuf,
    /// Where the server listens; kept over restarts, because signatures name it.
    pub port: u16,
    pub carrier: u16,
    pub database: String,
}

impl House {
    /// A folder for one run, with a line, its reps and so many masks.
    pub fn build(folder: &Path, database: Option<&str>, masks: usize) -> Result<Self> {
        let house = House {
            folder: folder.to_owned(),
            port: free_port()?,
            carrier: free_port()?,
            database: database.map_or_else(|| format!("sqlite:{}", file(folder).display()), str::to_owned),
        };
        let setup = folder.join("setup.toml");
        std::fs::write(&setup, plan(masks))?;
        let said = house.program().args(["apply", "--new"]).arg(&setup).output()?;
        if !said.status.success() {
            return Err(Error::other(format!("apply failed: {}", String::from_utf8_lossy(&said.stderr))));
        }
        Ok(house)
    }

    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        file(&self.folder)
    }

    fn program(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .current_dir(&self.folder)
            .env("DATABASE_URL", &self.database)
            .env("ROCKET_PORT", self.port.to_string())
            .env("SWITCHBOARD_CARRIER", "twilio")
            .env("TWILIO_ACCOUNT_SID", ACCOUNT)
            .env("TWILIO_AUTH_TOKEN", TOKEN)
            .env("TWILIO_API_BASE", format!("http://127.0.0.1:{}", self.carrier))
            .env("SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND", "1000")
            .env("SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY", "none")
            .env("SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR", "none");
        command
    }

    /// Starts the carrier.
    pub async fn simulate(&self) -> Result<Process> {
        let mut command = Command::new(PROGRAM);
        command.current_dir(&self.folder).arg("simulator").args(["--account", ACCOUNT, "--token", TOKEN]);
        command.args(["--port", &self.carrier.to_string()]);
        let process = Process::start(&mut command, &self.folder, "simulator")?;
        answers(self.carrier, "/simulator/count").await?;
        Ok(process)
    }

    /// Starts the server; also how long it took from its start until it said that it was ready.
    pub async fn serve(&self) -> Result<(Process, Duration)> {
        self.serve_at(self.port, "serve").await
    }

    /// As [`House::serve`], at another port: one more node. `name` its log.
    pub async fn serve_at(&self, port: u16, name: &str) -> Result<(Process, Duration)> {
        self.start(port, name, |_| {}).await
    }

    /// One more node at another port, which takes the webhooks that are signed for the first.
    pub async fn another(&self, name: &str) -> Result<(Process, u16)> {
        let (port, public) = (free_port()?, format!("http://127.0.0.1:{}", self.port));
        let reached = |program: &mut Command| {
            program.env("SWITCHBOARD_PUBLIC_URL", public);
        };
        let (process, _) = self.start(port, name, reached).await?;
        Ok((process, port))
    }

    async fn start(&self, port: u16, name: &str, more: impl FnOnce(&mut Command)) -> Result<(Process, Duration)> {
        let begun = Instant::now();
        let mut program = self.program();
        program.arg("serve").env("ROCKET_PORT", port.to_string());
        more(&mut program);
        let process = Process::start(&mut program, &self.folder, name)?;
        answers(port, "/health/ready").await?;
        Ok((process, begun.elapsed()))
    }

    /// A one-time link for somebody: its path.
    pub fn link(&self, email: &str) -> Result<String> {
        let said = self.program().args(["link", email]).output()?;
        let url = String::from_utf8_lossy(&said.stdout).trim().to_owned();
        let path = url.find("/link/").map(|at| url[at..].to_owned());
        path.ok_or_else(|| Error::other(format!("no link: {}", String::from_utf8_lossy(&said.stderr))))
    }

    /// A token for the API with these scopes.
    pub fn token(&self, scopes: &str) -> Result<String> {
        let said = self.program().args(["token", "bench", "--scopes", scopes]).output()?;
        if !said.status.success() {
            return Err(Error::other(format!("no token: {}", String::from_utf8_lossy(&said.stderr))));
        }
        Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    }

    /// What goes wrong at the carrier from now on, as its control API takes it.
    pub async fn faults(&self, list: &str) -> Result<()> {
        let (status, body) = once(self.carrier, "PUT", "/simulator/faults", list).await?;
        if status == 200 {
            return Ok(());
        }
        Err(Error::other(format!("the simulator answered {status}: {}", String::from_utf8_lossy(&body))))
    }

    /// A number of the server's metrics; the sum over labels.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        let (_, body) = once(self.port, "GET", "/metrics", "").await?;
        let text = String::from_utf8_lossy(&body);
        let values = text.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let plain = rest.starts_with(' ') || rest.starts_with('{');
            plain.then(|| rest.rsplit(' ').next()?.parse::<f64>().ok())?
        });
        Ok(values.sum())
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("bench.db")
}

/// Waits until `path` answers 200.
pub async fn answers(port: u16, path: &str) -> Result<()> {
    let begun = Instant::now();
    loop {
        if let Ok((200, _)) = once(port, "GET", path, "").await {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(Error::other(format!("nothing answers at port {port}; the logs lie in the run's folder")));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn plan(masks: usize) -> String {
    let member = |n: usize| format!("\"rep{n}@example.com\"");
    let members: Vec<String> = (0..REPS).map(member).collect();
    let mut text = format!("[[line]]\nnumber = \"{LINE}\"\nname = \"Bait\"\nmembers = [{}]\n", members.join(", "));
    for n in 0..masks {
        // Writing to memory does not fail.
        let _ = writeln!(text, "[[mask]]\nnumber = \"+1800555{:04}\"", 1000 + n);
    }
    for n in 0..REPS {
        let _ = writeln!(
            text,
            "[[person]]\nemail = {}\nname = \"Rep {n}\"\nrole = \"rep\"\nphone = \"+1307555{n:04}\"",
            member(n)
        );
    }
    text + &format!("[[person]]\nemail = \"{MANAGER}\"\nname = \"Miriam\"\nrole = \"manager\"\n")
}
