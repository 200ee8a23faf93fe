//! What a line does and says in its own way (model, sections 3 and 4), and what follows when that changes.

use std::collections::BTreeMap;
use std::time::Duration;

use switchboard::clock::{days, hours};
use switchboard::domain::policy::PickPolicy;

use super::{Event, Hours, Oracle, hold};
use crate::model::deeds::Answer;
use crate::model::seen::Seen;

/// A line's own policies or words, by their names; what is not here is as usual.
pub type Own = BTreeMap<&'static str, &'static str>;

/// What lines set in sequences; the last of each gives it up.
pub const POLICIES: [(&str, &[&str]); 6] = [
    ("pick", &["random", "least_busy", "round_robin"]),
    ("idle_close", &["10h", "100h"]),
    ("reopen_within", &["1h", "20d"]),
    ("sticky_for", &["1h", "60d"]),
    ("hand_over_after", &["1h", "9h"]),
    ("context_line", &["false"]),
];

/// What lines say in sequences instead of the usual words.
pub const WORDS: [(&str, &[&str]); 4] = [
    ("greeting", &["Welcome to {line}!", ""]),
    ("after_hours", &["Nobody is here.", ""]),
    ("ended", &["That was that.", ""]),
    ("context", &["{customer} of {line} says:"]),
];

/// What an admin changes about a line.
#[derive(Clone, Debug)]
pub enum Rule {
    Hours(Option<Hours>),
    /// All of its own policies, as they become.
    Policies(Own),
    Words(&'static str, Option<&'static str>),
}

fn span(words: &str) -> Duration {
    let count = words[..words.len() - 1].parse().unwrap_or(0);
    if words.ends_with('d') { days(count) } else { hours(count) }
}

impl Oracle {
    fn policy(&self, line: i64, key: &str) -> Option<&'static str> {
        self.numbers.get(&line).and_then(|one| one.policies.get(key).copied())
    }

    fn long(&self, line: i64, key: &str, usual: Duration) -> Duration {
        self.policy(line, key).map_or(usual, span)
    }

    pub(super) fn idle_close(&self, line: i64) -> Duration {
        self.long(line, "idle_close", hours(72))
    }

    pub(super) fn reopen_within(&self, line: i64) -> Duration {
        self.long(line, "reopen_within", days(7))
    }

    pub(super) fn sticky_for(&self, line: i64) -> Duration {
        self.long(line, "sticky_for", days(30))
    }

    pub(super) fn hand_over_after(&self, line: i64) -> Duration {
        self.long(line, "hand_over_after", hours(4))
    }

    pub(super) fn picks_by(&self, line: i64) -> PickPolicy {
        self.policy(line, "pick").and_then(PickPolicy::read).unwrap_or(self.pick)
    }

    /// The line of context before the first text of a thread, if there is one.
    pub(super) fn context(&self, line: i64, customer: &str) -> Option<String> {
        if self.policy(line, "context_line") == Some("false") {
            return None;
        }
        let words = self.words(line, "context").unwrap_or("{customer}, {line}:");
        let name = self.numbers.get(&line).and_then(|one| one.line.clone()).unwrap_or_default();
        Some(words.replace("{customer}", customer).replace("{line}", &name) + "\n")
    }

    /// What a line says instead of the usual words.
    pub(super) fn words(&self, line: i64, name: &str) -> Option<&'static str> {
        self.numbers.get(&line).and_then(|one| one.words.get(name).copied())
    }

    /// An admin has changed a line.
    pub(super) fn ruled(&mut self, line: i64, rule: &Rule, answer: &Answer, seen: &mut Seen) -> Event {
        hold!(*answer == Answer::Done, "an admin may do that to {line}: {answer:?}");
        let Some(number) = self.numbers.get_mut(&line) else { return Ok(()) };
        let changes = match rule {
            Rule::Hours(to) => std::mem::replace(&mut number.hours, *to) != *to,
            Rule::Policies(to) => std::mem::replace(&mut number.policies, to.clone()) != *to,
            Rule::Words(name, Some(words)) => number.words.insert(name, words) != Some(words),
            Rule::Words(name, None) => number.words.remove(name).is_some(),
        };
        if !changes {
            return Ok(());
        }
        self.count(match rule {
            Rule::Hours(_) => "rules: hours of a line",
            Rule::Policies(_) => "rules: policies of a line",
            Rule::Words(..) => "rules: words of a line",
        });
        seen.event(None, "line_changed")?;
        self.drains(line, seen)?;
        self.settles(seen)
    }

    /// Texts that wait for reps who work by the new rules are sent.
    pub(super) fn settles(&mut self, seen: &mut Seen) -> Event {
        let waiting = |talk: &super::Talk| {
            !talk.closed() && talk.waits.is_some() && talk.pinned.is_some_and(|rep| self.works(rep, talk.line))
        };
        let talks: Vec<i64> = self.talks.iter().filter(|(_, talk)| waiting(talk)).map(|(id, _)| *id).collect();
        for talk in talks {
            self.count("release: rules changed");
            self.releases(talk, seen)?;
        }
        Ok(())
    }
}
