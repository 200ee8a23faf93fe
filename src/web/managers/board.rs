//! The live board, for managers: the state now, fetched again by itself until somebody pauses it.

use std::time::Duration;

use askama::Template;

use crate::clock::{At, hours};
use crate::domain::people::person::{Duty, initials};
use crate::domain::routing::waiting::{Wait, wait};
use crate::http::guards::{ManagerOnly, Visit};
use crate::http::page::Page;
use crate::secret::Ids;
use crate::store::views::managers::board::{self, Figures, Load, Waiting};
use crate::store::views::managers::headroom::{self, Headroom};
use crate::store::views::managers::{deliveries, held};
use crate::store::views::search::choices::{self, Choice};
use crate::store::views::thread::timeline::Text;
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};
use crate::web::page::stamp::Stamp;
use crate::web::page::words;

/// More jacks than this are not drawn one by one.
const JACKS: i64 = 16;

/// So long ago a text that did not arrive is still told.
const LATELY: Duration = hours(24);

/// What did not arrive, as the page shows it.
struct Lost {
    to: String,
    href: Option<String>,
    at: Stamp,
    why: String,
}

#[derive(Template)]
#[template(path = "board/index.html")]
pub(in crate::web) struct Board {
    frame: Frame,
    now: Stamp,
    line: Option<i64>,
    lines: Vec<Choice>,
    figures: Figures,
    waiting: Vec<Waiting>,
    loads: Vec<Load>,
    lost: Vec<Lost>,
    lost_lately: i64,
    headroom: Vec<Headroom>,
    held: i64,
    doubtful: i64,
    /// How long customers may wait where their line says nothing else.
    usual: Duration,
    paused: bool,
}

impl Board {
    fn ago(&self, at: &At) -> String {
        Stamp(*at).ago(&self.now).to_string()
    }

    fn stamp(at: &At) -> Stamp {
        Stamp(*at)
    }

    /// How a wait since `at` stands against what it may be.
    fn late(&self, at: &At, target: &Duration) -> &'static str {
        match wait(*at, *target, self.now.0) {
            Wait::Past => "bad",
            Wait::Close => "warn",
            Wait::Within => "",
        }
    }

    /// Somebody waits for longer than is usual.
    fn has_late(&self) -> bool {
        self.figures.oldest_waiting.is_some_and(|at| self.late(&at, &self.usual) == "bad")
    }

    fn is_line(&self, line: &i64) -> bool {
        self.line == Some(*line)
    }

    fn address(&self) -> String {
        self.line.map_or_else(|| "/board".to_owned(), |line| format!("/board?line={line}"))
    }

    /// The jacks of a load: late, full, free; none where there would be too many.
    fn jacks(load: &Load) -> Vec<&'static str> {
        let most = load.limit.unwrap_or(load.open).max(load.open);
        if most > JACKS {
            return Vec::new();
        }
        let kind = |n| {
            if n < load.waiting {
                "late"
            } else if n < load.open {
                "full"
            } else {
                "free"
            }
        };
        (0..most).map(kind).collect()
    }

    /// The jack and the word for somebody's duty, and until when that holds by their schedule.
    fn duty(load: &Load) -> (&'static str, &'static str, Option<Stamp>) {
        let until = load.until.map(Stamp);
        match load.duty {
            Duty::On if load.on_shift => ("ours", "on", until),
            Duty::On => ("none", "off", until),
            Duty::Away => ("rest", "away", None),
            Duty::AwayReassign => ("none", "away, reassign", None),
        }
    }

    /// The fewest masks that are free for the busiest phone of a country.
    fn free(&self) -> Option<(i64, i64)> {
        self.headroom.iter().map(|room| (room.masks - room.taken, room.masks)).min()
    }
}

async fn load(visit: Visit<'_>, line: Option<i64>, paused: bool) -> Result<Board, Failure> {
    let now = visit.now;
    let mut tx = visit.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &visit, Here::Board).await?;
    let lately = At(now.0 - LATELY.as_secs().cast_signed() * 1_000_000);
    let (failures, lost_lately) = board::failures(&mut tx, line, Ids::floor(lately)).await?;
    let lost = failures
        .into_iter()
        .map(|one| Lost {
            to: one.contact.shown().to_owned(),
            href: one.conversation.map(|id| format!("/conversations/{id}?at={0}#m{0}", one.message)),
            at: Stamp(one.at),
            why: words::told(&Text { state: one.state, to_rep: None, to_party: None, why: one.why }),
        })
        .collect();
    Ok(Board {
        now: Stamp(now),
        line,
        lines: choices::lines(&mut tx).await?,
        figures: board::figures(&mut tx, line).await?,
        waiting: board::waiting(&mut tx, line, &visit.desk.policies).await?,
        loads: board::loads(&mut tx, line, now).await?,
        lost,
        lost_lately,
        headroom: headroom::headroom(&mut tx, now).await?,
        held: held::count(&mut tx).await?,
        doubtful: deliveries::count(&mut tx).await?,
        usual: visit.desk.policies.support.answer_target,
        frame,
        paused,
    })
}

#[rocket::get("/board?<line>&<paused>")]
pub(in crate::web) async fn index(
    line: Option<i64>,
    paused: Option<&str>,
    me: ManagerOnly<'_>,
) -> Result<Page<Board>, Failure> {
    load(me.0, line, paused.is_some()).await.map(Page::ok)
}
