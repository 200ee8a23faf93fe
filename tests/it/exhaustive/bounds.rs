//! What a run explores: who says what, how many processes there are, how often which thing goes wrong, and for how long.

use std::time::Duration;

use switchboard::clock::{At, seconds};
use switchboard::domain::recollection::Place;

use super::rules::Rules;
use super::world::{Author, Carrier, Database, Node, Set, World};

/// The instant at which every run begins.
const BEGINNING: At = At::from_seconds(1_800_000_000);

/// How often each thing may still go wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Left {
    /// A process dies.
    pub crashes: usize,
    /// A request of ours, or its answer, is lost.
    pub lost: usize,
    /// The carrier is too busy for a request (429).
    pub refused: usize,
    /// The answer to a webhook, or to a program, is lost.
    pub unanswered: usize,
    /// The carrier gives up a webhook.
    pub dropped: usize,
    /// The carrier's list cannot be had.
    pub unlisted: usize,
    /// An answer of the carrier does not say what time it is there.
    pub undated: usize,
    /// Receipts that come.
    pub receipts: usize,
    /// The database goes back to an earlier state; a backup is made before.
    pub back: usize,
}

/// How the database goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// While nothing runs, after the carrier's list has become complete: a backup is restored.
    Restored,
    /// Under running processes, at any time: a standby that lagged is promoted, a copy is started.
    Promoted,
}

/// The bounds of one run.
#[derive(Clone, Debug)]
pub struct Bounds {
    pub name: &'static str,
    /// What each says, in this order.
    pub scripts: Vec<(Author, &'static [&'static str])>,
    pub nodes: usize,
    pub reps: usize,
    pub masks: usize,
    /// Time passes by so much at once: as long as a lease at least, which is longer than a request may take.
    pub step: Duration,
    /// Things may go wrong for so many steps of time; then all has its time and goes well.
    pub steps: usize,
    pub left: Left,
    pub back: Back,
    /// Our clock is so many seconds ahead of the carrier's.
    pub ahead: i64,
    /// The instants in the carrier's list are so many seconds behind its own clock.
    pub stamped_behind: i64,
    /// A process does within a step of time what it can; else it may stand still at any point for as long as it likes.
    pub prompt: bool,
    /// The answer to a request is written as it comes; else anything may happen in between.
    pub swift: bool,
    /// By how many steps the carrier may list late.
    pub late: &'static [usize],
    pub rules: Rules,
}

impl Bounds {
    /// One process, one rep, a carrier that lists at once, and nothing that goes wrong.
    pub fn new(name: &'static str, scripts: &[(Author, &'static [&'static str])], steps: usize) -> Self {
        Bounds {
            name,
            scripts: scripts.to_vec(),
            nodes: 1,
            reps: 1,
            masks: 1,
            step: seconds(30),
            steps,
            left: Left::default(),
            back: Back::Restored,
            ahead: 0,
            stamped_behind: 0,
            prompt: true,
            swift: false,
            late: &[0],
            rules: Rules::default(),
        }
    }

    /// The instant of the carrier's clock after `steps` of time.
    pub fn instant(&self, steps: usize) -> At {
        BEGINNING + self.step * u32::try_from(steps).unwrap()
    }

    pub fn customers(&self) -> usize {
        1 + self.scripts.iter().map(|(author, _)| author.customer()).max().unwrap_or(0)
    }

    /// Everybody whose texts the carrier lists.
    pub fn people(&self) -> impl Iterator<Item = Author> {
        let reps = self.scripts.iter().map(|(author, _)| *author).filter(|author| matches!(author, Author::Rep(_)));
        (0..self.customers()).map(Author::Customer).chain(reps)
    }

    /// The words of somebody's `nth` text.
    pub fn words(&self, author: Author, nth: usize) -> &'static str {
        self.scripts.iter().find(|(who, _)| *who == author).map_or("", |(_, script)| script[nth])
    }

    /// Everything runs, and nobody has said anything.
    pub fn beginning(&self) -> World {
        let place = Place { life: 0, position: 0 };
        let node = Node {
            up: true,
            noted: Some(place),
            outbox_checked: true,
            compared: all(),
            dated: self.ahead == 0,
            ..Node::default()
        };
        World {
            now: 0,
            carrier: Carrier::default(),
            db: Database {
                place,
                stored: Set::default(),
                relayed: Set::default(),
                kept: Set::default(),
                held: Set::default(),
                pins: vec![None; self.customers()],
                outbox: Vec::new(),
                went_back_at: None,
            },
            backup: None,
            nodes: vec![node; self.nodes],
            left: self.left,
            tokens: 0,
            lives: 0,
            calm: false,
        }
    }
}

/// Everybody's texts have been compared: there were none.
fn all() -> Set {
    let mut set = Set::default();
    (0..12).for_each(|one| set.add(one));
    set
}
