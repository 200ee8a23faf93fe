//! The bounds of every run. `EXHAUSTIVE=1` widens them, as `scripts/model exhaustive` does.

use switchboard::clock::minutes;

use super::bounds::{Back, Bounds, Left};
use super::world::Author::{Customer, Program, Rep};

/// How much more than in the suite: 0 there.
fn more() -> usize {
    std::env::var("EXHAUSTIVE").map_or(0, |more| more.parse().expect("EXHAUSTIVE is a small number"))
}

/// Requests and answers are lost, the carrier lists late, the process dies or stands still.
pub fn answers() -> Bounds {
    let left = Left { crashes: 1, lost: 1, unlisted: more(), ..Left::default() };
    let bounds = Bounds::new("answers", &[(Customer(0), &["a", "b"])], 1 + more());
    Bounds { left, prompt: false, late: &[0, 3], ..bounds }
}

/// Receipts come in any order, twice, early and late.
pub fn receipts() -> Bounds {
    let left = Left { crashes: 1, lost: 1, receipts: 3, ..Left::default() };
    Bounds { left, prompt: false, ..Bounds::new("receipts", &[(Customer(0), &["a"])], 1 + more()) }
}

/// Two processes share the work; each may stand still for minutes in the middle of a request, or of a look.
pub fn nodes() -> Bounds {
    let left = Left { refused: 1, lost: more(), crashes: more(), ..Left::default() };
    let bounds = Bounds::new("nodes", &[(Customer(0), &["a"])], 4 + more());
    Bounds { nodes: 2, left, prompt: false, step: minutes(1), ..bounds }
}

/// Somebody opts out while a text to them waits and nothing runs; the webhook may never come.
pub fn stop() -> Bounds {
    let left = Left { crashes: 1, refused: 1, dropped: 1, lost: more(), ..Left::default() };
    Bounds { left, ..Bounds::new("stop", &[(Customer(0), &["STOP"]), (Program(0), &["p", "q"])], 1 + more()) }
}

/// Somebody writes while nothing runs; some of it comes by webhook and some never does.
pub fn restart() -> Bounds {
    let left = Left { crashes: 1, dropped: 2, unanswered: 1, lost: more(), ..Left::default() };
    Bounds { left, ..Bounds::new("restart", &[(Customer(0), &["a", "b", "c"])], 1 + more()) }
}

/// A program repeats a request that was not answered.
pub fn keys() -> Bounds {
    let left = Left { crashes: 1, unanswered: 1, lost: 1, ..Left::default() };
    Bounds { left, ..Bounds::new("keys", &[(Program(0), &["p", "q"])], 1 + more()) }
}

/// Equal words cannot be told apart.
pub fn equal() -> Bounds {
    let left = Left { crashes: 1, lost: 2, ..Left::default() };
    Bounds { left, ..Bounds::new("equal words", &[(Customer(0), &["ok", "ok"])], 1 + more()) }
}

/// A backup is restored; a customer has written since.
pub fn restore() -> Bounds {
    let left = Left { crashes: 1, back: 1, refused: more(), ..Left::default() };
    Bounds { left, reps: 2, ..Bounds::new("restore", &[(Customer(0), &["a", "b"])], 1 + more()) }
}

/// A backup is restored; a rep has answered since.
pub fn answered() -> Bounds {
    let left = Left { crashes: 1, back: 1, refused: more(), ..Left::default() };
    let scripts: [(_, &'static [&'static str]); 2] = [(Customer(0), &["a"]), (Rep(0), &["r"])];
    Bounds { left, reps: 2, ..Bounds::new("restore, answered", &scripts, 1 + more()) }
}

/// A backup is restored in which a text waited that has left since.
pub fn waiting() -> Bounds {
    let left = Left { crashes: 1, back: 1, refused: 1, ..Left::default() };
    Bounds { left, ..Bounds::new("restore, waiting", &[(Customer(0), &["a"])], 1 + more()) }
}

/// A backup is restored that does not know of one customer, and another one writes for the first time.
pub fn newcomer() -> Bounds {
    let left = Left { crashes: 1, back: 1, ..Left::default() };
    let scripts: [(_, &'static [&'static str]); 2] = [(Customer(0), &["a"]), (Customer(1), &["n"])];
    Bounds { left, reps: 2, swift: more() == 0, ..Bounds::new("restore, newcomer", &scripts, more()) }
}

/// A backup is restored; two customers have begun with the same words since.
pub fn alike() -> Bounds {
    let left = Left { crashes: 1, back: 1, ..Left::default() };
    let scripts: [(_, &'static [&'static str]); 2] = [(Customer(0), &["hi"]), (Customer(1), &["hi"])];
    Bounds { left, reps: 2, swift: more() == 0, ..Bounds::new("restore, alike", &scripts, more()) }
}

/// And one of them writes on. All of this is too much for the suite; a trace is not.
pub fn alike_and_more() -> Bounds {
    let scripts: [(_, &'static [&'static str]); 2] = [(Customer(0), &["hi", "x"]), (Customer(1), &["hi"])];
    Bounds { scripts: scripts.to_vec(), ..alike() }
}

/// A standby that lagged is promoted under running processes, and the carrier lists late.
pub fn promotion() -> Bounds {
    let left = Left { back: 1, lost: 1, crashes: more(), ..Left::default() };
    let bounds = Bounds::new("promotion", &[(Customer(0), &["a", "b"])], 2 + more());
    Bounds { left, reps: 2, back: Back::Promoted, late: &[0, 2], ..bounds }
}

/// So it is under two processes, of which one may not look for long.
pub fn two_promoted() -> Bounds {
    let left = Left { back: 1, refused: 1, ..Left::default() };
    let bounds = Bounds::new("promotion, two nodes", &[(Customer(0), &["a"])], 1 + more());
    Bounds { nodes: 2, left, back: Back::Promoted, ..bounds }
}

/// Our clock is ahead of the carrier's, or behind it, and its list lags behind its own clock; what was missed while the
/// process was down may have been sent by an earlier life.
pub fn clock(ahead: i64) -> Bounds {
    let left = Left { crashes: 1, lost: 1, undated: 1, back: 1, ..Left::default() };
    let name = if ahead < 0 { "clock behind" } else { "clock ahead" };
    Bounds { left, ahead, stamped_behind: 30, ..Bounds::new(name, &[(Customer(0), &["a"])], 1 + more()) }
}

/// The carrier's answers do not say what time it is there, for as long as proof takes.
pub fn undated() -> Bounds {
    let left = Left { lost: 1, undated: 7, crashes: more(), ..Left::default() };
    Bounds { left, ahead: 90, ..Bounds::new("undated", &[(Customer(0), &["a"])], 6 + more()) }
}
