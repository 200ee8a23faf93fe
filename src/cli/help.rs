//! What `--help` says beyond the list of commands: examples, and every key of the environment.

use std::fmt::Write;

use crate::config::keys::{self, Key};

pub(super) const ABOUT: &str = "A support line that you can text: customers text one number, each is looked after by \
    one rep, and the rep answers from an ordinary phone or the web.\n\nWithout a command it serves: the inbox, the \
    carrier's webhooks and the sending, on SQLite and with a built-in simulator of the phone network unless told \
    otherwise. Every command brings the database up to date first.";

const EXAMPLES: &str = "\
Examples:
  switchboard                                     serve with SQLite and the simulator
  switchboard apply setup.toml --dry-run          show what a set-up file would change
  switchboard apply setup.toml                    change it
  switchboard person password ana@example.com     set a password, read from standard input
  switchboard link ana@example.com                print a link that signs Ana in, once
  switchboard pool plan                           say how many masks the traffic needs, and why
  switchboard pool grow 5 --country US --dry-run  say what five more masks would cost
  switchboard pool simulate --people 500 --jobs-per-hour 40 --hours 2 --quarantine 72h
  switchboard token crm --scopes pairs:write      print a token for the API
  switchboard token crm --revoke                  say what hangs on it, ask, and revoke it
  switchboard doctor                              say what is missing, in order, with the fix
  switchboard simulator --port 9100               the simulated carrier alone
  SWITCHBOARD_CARRIER=twilio switchboard serve    serve with a real carrier
";

/// Examples and the environment.
pub(super) fn after() -> String {
    let keys: Vec<&Key> = keys::ALL[..1].iter().chain(&keys::ROCKET).chain(&keys::ALL[1..]).collect();
    let width = keys.iter().map(|key| key.name.len()).max().unwrap_or(0);
    let mut text = format!("{EXAMPLES}\nEnvironment (or Rocket.toml, see README.md):\n");
    for key in keys {
        // Writing to a text does not fail.
        let _ = write!(text, "  {:width$}  {}", key.name, key.meaning);
        let _ = match key.default {
            "" => writeln!(text),
            default => writeln!(text, " [{default}]"),
        };
    }
    text.push_str(
        "Durations are a number and a unit: 500ms, 90s, 30m, 72h, 7d. Unknown SWITCHBOARD_ keys are refused.",
    );
    text
}
