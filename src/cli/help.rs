//! What `--help` says beyond the list of commands: examples, and every key of the environment.

use std::fmt::Write;

use crate::config::keys::{self, Key};

pub(super) const ABOUT: &str = "A support line that you can text: customers text one number, one rep looks after each \
    customer, and the rep answers from an ordinary phone or the web.\n\nWithout a command it runs `serve`: the inbox, the \
    carrier's webhooks and the sending, on SQLite and with a built-in simulator of the phone network unless settings say \
    otherwise. `serve` and `migrate` make the database and bring it up to date; `apply` makes it if there is none; commands \
    that only read it or change a row use it as it is. With a real carrier a command makes a database only with --new.";

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
  switchboard token crm --revoke                  say what depends on it, ask, and revoke it
  switchboard doctor                              say what is missing, in order, with the fix
  switchboard backup support-1129.db              copy the database while it is served
  switchboard restore support-1129.db             replace the database by that copy, and keep the old one
  switchboard account move AC…OLD AC…NEW          assign the database to the account of its numbers
  switchboard simulator --port 9100               run the simulated carrier alone
  SWITCHBOARD_CARRIER=twilio switchboard serve --new  serve with a real carrier, for the first time
";

/// Examples and the environment.
pub(super) fn after() -> String {
    let keys: Vec<&Key> = keys::ALL[..1].iter().chain(&keys::ROCKET).chain(&keys::ALL[1..]).copied().collect();
    let width = keys.iter().map(|key| key.name.len()).max().unwrap_or(0);
    let mut text = format!("{EXAMPLES}\nEnvironment (or Rocket.toml, see docs/CONFIGURATION.md):\n");
    for key in keys {
        // Writing to a text does not fail.
        let _ = write!(text, "  {:width$}  {}: {}", key.name, key.meaning, key.takes);
        let _ = match key.default {
            "" => writeln!(text),
            default => writeln!(text, " [{default}]"),
        };
    }
    text.push_str(
        "A duration is a number and a unit, or several: 500ms, 90s, 1h30m, 7d. The program refuses a name that is one typing \
         error from a key, and every unknown SWITCHBOARD_ key.\n\n\
         doctor ends with 0 if nothing is missing, 1 if something is, 2 if it could not look. Other commands end with 1 if \
         something is wrong with what was asked, 2 if with the settings or the database.",
    );
    text
}
