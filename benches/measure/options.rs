//! The options of a run.

use std::path::PathBuf;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Texts that come, are stored and leave.
    Relay,
    /// Pages, searches and open inboxes.
    Web,
    /// Joining people and parting them again.
    Pairs,
    /// A bare handler behind Rocket's own listener and behind ours.
    Front,
    /// One, two and three nodes on one PostgreSQL server.
    Nodes,
}

/// The options of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long each stretch is measured, in seconds.
    pub seconds: u64,
    /// How many texts the big database holds; 0 leaves that part out.
    pub stored: u64,
    /// How many texts go through one process for the measurement of memory; 0 leaves that part out.
    pub soak: u64,
    /// A PostgreSQL server (superuser's URL) instead of SQLite.
    pub postgres: Option<String>,
    /// Where the run's folder is made.
    pub home: PathBuf,
    /// Keep the folder with logs and database.
    pub keep: bool,
    /// What is measured.
    pub what: What,
    /// How many conversations the database of the pages has, each with ten texts.
    pub conversations: u64,
    /// How many live legs the big database of the pairs has, and how many pairs expire at once.
    pub legs: u64,
    /// Leave out how fast pairs are opened, and measure only what expiry does.
    pub expiry: bool,
    /// How often each page is asked for.
    pub requests: u64,
    /// How many pages are open at once for the measurement of memory.
    pub inboxes: u64,
    /// Serve the bare handler at this port and do nothing else.
    pub bare: Option<u16>,
    /// The same behind our own listener.
    pub fronted: Option<u16>,
}

const HELP: &str = "\
scripts/bench relay|web|pairs|front|nodes [OPTION…]

  --seconds N      of `relay`, `pairs` and `nodes`: how long each stretch is measured (10)
  --quick          stretches of 3 s, a big database of 100,000
  --stored N       texts in the big database (1,000,000); 0 leaves it out
  --soak N         afterwards send N texts through one process and measure its memory (0)
  --conversations N  of `web`: how many the database has, each with ten texts (100,000)
  --requests N     of `web`: how often each page is asked for (300)
  --legs N         of `pairs`: how many live legs the big database has (1,000,000)
  --expiry         of `pairs`: only what others wait while as many pairs expire
  --inboxes N      of `web`: how many pages are open at once for the measurement of memory (500)
  --postgres URL   on PostgreSQL: a superuser's URL; a database is made and dropped there
  --home FOLDER    where the run's folder is made (the system's temporary folder)
  --keep           keep it";

impl Options {
    /// Reads the command line.
    ///
    /// # Errors
    /// What is wrong with it, or the help.
    pub fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Options {
            seconds: 10,
            stored: 1_000_000,
            soak: 0,
            postgres: None,
            home: std::env::temp_dir(),
            keep: false,
            what: What::Relay,
            conversations: 100_000,
            legs: 1_000_000,
            expiry: false,
            requests: 300,
            inboxes: 500,
            bare: None,
            fronted: None,
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value\n\n{HELP}"));
            match argument.as_str() {
                // Cargo adds it, and people may name the bench.
                "--bench" | "relay" => {}
                "web" => options.what = What::Web,
                "pairs" => options.what = What::Pairs,
                "front" => options.what = What::Front,
                "nodes" => options.what = What::Nodes,
                "--legs" => options.legs = number(&value()?)?.max(1_000),
                "--expiry" => options.expiry = true,
                "--conversations" => options.conversations = number(&value()?)?.max(100),
                "--requests" => options.requests = number(&value()?)?.max(1),
                "--inboxes" => options.inboxes = number(&value()?)?,
                "--seconds" => options.seconds = number(&value()?)?.clamp(1, 600),
                "--quick" => {
                    (options.seconds, options.stored) = (3, 100_000);
                    (options.conversations, options.requests, options.legs) = (10_000, 100, 100_000);
                }
                "--stored" => options.stored = number(&value()?)?,
                "--soak" => options.soak = number(&value()?)?,
                "--postgres" => options.postgres = Some(value()?),
                "--home" => options.home = value()?.into(),
                "--keep" => options.keep = true,
                "--serve-bare" => options.bare = u16::try_from(number(&value()?)?).ok(),
                "--serve-fronted" => options.fronted = u16::try_from(number(&value()?)?).ok(),
                _ => return Err(HELP.to_owned()),
            }
        }
        Ok(options)
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.replace([',', '_'], "").parse().map_err(|_| format!("{text} is no whole number"))
}
