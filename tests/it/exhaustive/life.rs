//! The lives of processes and of the database: who dies and starts, what goes back to an earlier state, and who notices.

use switchboard::clock::At;
use switchboard::config::usual_policies;
use switchboard::domain::outbox::delivery::State;
use switchboard::domain::outbox::settlement::Outcome;
use switchboard::domain::recollection::Place;

use super::bounds::{Back, Bounds};
use super::rules::Rule;
use super::world::{Database, Lane, Node, Set, World, shifted};

impl Database {
    /// What waits in some lanes is looked up before it is requested.
    pub fn look_first(&mut self, lanes: impl Fn(Lane) -> bool) {
        for one in self.outbox.iter_mut().filter(|one| one.state == State::Ready && lanes(one.lane)) {
            one.look_from = one.look_from.or(Some(one.accepted_at));
        }
    }
}

impl World {
    /// Our clock.
    pub fn clock(&self, b: &Bounds) -> At {
        shifted(b.instant(self.now), b.ahead)
    }

    /// Something has been written.
    pub fn commit(&mut self, b: &Bounds, node: usize) {
        // Where it stands is of no use to processes that do not live on while it goes back.
        if b.left.back > 0 && b.back == Back::Promoted {
            self.db.place.position += 1;
        }
        self.nodes[node].noted = Some(self.db.place);
    }

    /// The database has gone back since the process used it last.
    pub fn is_stale(&self, b: &Bounds, node: usize) -> bool {
        let now = self.db.place;
        self.nodes[node].noted.is_some_and(|noted| {
            let life = if b.rules.has(Rule::LivesAreToldApart) { noted.life } else { now.life };
            Place { life, ..noted }.is_void(&now)
        })
    }

    /// What every transaction begins with: where the database stands is compared with what is remembered of it. If it has
    /// gone back, nothing is remembered, and everything that waits or is in doubt is doubted from now on.
    pub fn notice(&mut self, b: &Bounds, node: usize) {
        let stale = self.is_stale(b, node) && b.rules.has(Rule::MemoryEndsWithTheDatabase);
        self.nodes[node].noted = Some(self.db.place);
        if !stale {
            return;
        }
        let now = self.clock(b);
        let mind = &mut self.nodes[node];
        (mind.outbox_checked, mind.compared) = (false, Set::default());
        self.db.went_back_at = Some(now);
        self.db.look_first(|_| true);
        if b.rules.has(Rule::FullProofAfterGoingBack) {
            let doubtful = self.db.outbox.iter_mut().filter(|one| one.state == State::Unknown);
            for attempt in doubtful.flat_map(|one| one.attempts.iter_mut()).filter(|one| one.next_look_at.is_some()) {
                (attempt.outcome, attempt.doubt_since) = (Some(Outcome::Unknown), Some(now));
                (attempt.empty_at, attempt.listed_at) = (None, None);
                attempt.next_look_at = attempt.doubt().map(|doubt| doubt.next_look(&usual_policies().delivery, now));
            }
        }
        self.commit(b, node);
    }

    pub fn crash(&mut self, node: usize) {
        self.left.crashes -= 1;
        let run = self.nodes[node].run;
        self.nodes[node] = Node { run, ..Node::default() };
    }

    pub fn start(&mut self, node: usize) {
        let run = self.nodes[node].run + 1;
        let said_before = self.carrier.said.len();
        self.nodes[node] = Node { up: true, run, said_before, noted: Some(self.db.place), ..Node::default() };
    }

    pub fn back_up(&mut self) {
        self.backup = Some(Box::new(self.db.clone()));
    }

    /// Whether the database can go back now.
    pub fn may_go_back(&self, b: &Bounds) -> bool {
        let down = self.nodes.iter().all(|node| !node.up);
        let listed = self.carrier.made.iter().all(|made| made.listed_from <= self.now);
        self.left.back > 0 && self.backup.is_some() && (b.back == Back::Promoted || (down && listed))
    }

    /// The database is what it was when the backup was made.
    pub fn go_back(&mut self) {
        let Some(backup) = self.backup.take() else { return };
        self.left.back -= 1;
        self.lives += 1;
        self.db = *backup;
        self.db.place.life = self.lives;
        let said = self.carrier.said.len();
        self.nodes.iter_mut().filter(|node| node.up).for_each(|node| node.said_before = said);
    }
}
