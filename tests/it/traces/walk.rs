//! Somebody goes through the house and uses every route that changes something; what each left behind is noted.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::House;

/// What is left behind, by everybody or everything.
#[derive(Clone, Copy)]
pub enum Trace {
    /// Rows of these kinds in `audit`: who did it, and to what.
    Audit(&'static [&'static str]),
    /// Rows of these kinds in `events`, in the timeline of the conversation, with who did it.
    Event(&'static [&'static str]),
    /// Rows of these kinds in `acts`, with the app of the program that did it.
    Act(&'static [&'static str]),
    /// A row of this table, which says who and when.
    Row(&'static str),
    /// A row of `sign_ins`.
    SignIn,
    /// Several of these.
    All(&'static [Trace]),
    /// Nothing: it is one's own and changes nothing for anybody else.
    Own(&'static str),
}

impl Trace {
    /// What it comes to, as [`Walk`] notes it.
    fn promised(self) -> BTreeSet<String> {
        let of = |table: &str, kinds: &[&str]| kinds.iter().map(|kind| format!("{table} {kind}")).collect();
        match self {
            Trace::Audit(kinds) => of("audit", kinds),
            Trace::Event(kinds) => of("events", kinds),
            Trace::Act(kinds) => of("acts", kinds),
            Trace::Row(table) => [table.to_owned()].into(),
            Trace::SignIn => ["sign_ins".to_owned()].into(),
            Trace::All(traces) => traces.iter().flat_map(|trace| trace.promised()).collect(),
            Trace::Own(why) => {
                assert!(!why.is_empty());
                BTreeSet::new()
            }
        }
    }
}

/// Every trace with who left it, as `which row|who|what is noted`. What the house does by itself has nobody.
const TRACES: &str = "SELECT 'a' || id || '|' || actor_id || '|audit ' || kind FROM audit \
    UNION ALL SELECT 'e' || id || '|' || actor_id || '|events ' || kind FROM events WHERE conversation_id IS NOT NULL AND actor_id IS NOT NULL \
    UNION ALL SELECT 'c' || id || '|' || app_id || '|acts ' || kind FROM acts WHERE token_id IS NOT NULL \
    UNION ALL SELECT 's' || id || '|' || person_id || '|sign_ins' FROM sign_ins \
    UNION ALL SELECT 'm' || id || '|' || author_id || '|messages' FROM messages WHERE author_id IS NOT NULL \
    UNION ALL SELECT 'o' || m.id || '|' || x.app_id || '|messages' FROM messages m \
      JOIN pairs x ON x.conversation_id = m.conversation_id WHERE m.way = 'api' \
    UNION ALL SELECT 'p' || conversation_id || '|' || app_id || '|pairs' FROM pairs";

/// What was left at each address.
pub struct Walk<'a> {
    house: &'a House,
    before: BTreeSet<String>,
    left: BTreeMap<&'static str, BTreeSet<String>>,
    /// What went otherwise than it should, all of which is told at the end.
    broken: Vec<String>,
}

impl<'a> Walk<'a> {
    pub async fn through(house: &'a House) -> Walk<'a> {
        Walk { house, before: traces(house).await, left: BTreeMap::new(), broken: Vec::new() }
    }

    /// What happened until now was nothing of a route.
    pub async fn begins_anew(&mut self) {
        self.house.runs_due_work().await;
        self.before = traces(self.house).await;
    }

    /// `who` has used the route of this address. Whatever is new is theirs.
    pub async fn used(&mut self, address: &'static str, who: i64) {
        self.house.runs_due_work().await;
        let after = traces(self.house).await;
        let noted = self.left.entry(address).or_default();
        for new in after.difference(&self.before) {
            let mut parts = new.splitn(3, '|');
            let (by, what) = (parts.nth(1).unwrap(), parts.next().unwrap());
            if by == who.to_string() {
                noted.insert(what.to_owned());
            } else {
                self.broken.push(format!("{address}: it was {who}, and {new} says {by}"));
            }
        }
        self.before = after;
    }

    /// Something was refused that should have been done.
    pub fn refused(&mut self, address: &str, why: &str) {
        eprintln!("{address} was refused: {why}");
        self.broken.push(format!("{address} was refused: {why}"));
    }

    /// Fails unless every address of `table` was used, and left what it stands there with.
    pub fn kept(self, table: &[(&'static str, Trace)]) {
        let mut broken = self.broken;
        for (address, trace) in table {
            let Some(left) = self.left.get(address) else {
                broken.push(format!("{address} was never used"));
                continue;
            };
            let promised = trace.promised();
            // Who writes or signs in may leave more than one such row; who did what to whom is never by the way.
            let counts = |what: &&String| promised.contains(*what) || what.contains(' ');
            let left: BTreeSet<String> = left.iter().filter(counts).cloned().collect();
            if left != promised {
                broken.push(format!("{address} promises {promised:?} and left {left:?}"));
            }
        }
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    }
}

async fn traces(house: &House) -> BTreeSet<String> {
    house.words(TRACES).await.into_iter().collect()
}
