//! Every named point at which the server can die, killed there under traffic that reaches it, and the promises held
//! against what the carrier has. Ten are killed in every run; all of them with `KILLS=all`, which prints a figure each.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use switchboard::simulator::{Fault, Kind};
use tokio::task::{JoinSet, LocalSet};

use super::rules::Rounds;
use crate::databases::{self, Fresh};
use crate::processes::traffic::{Said, Side, Traffic};
use crate::processes::{LINE, World, until};

/// What happens while the server comes to a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Story {
    /// People text both ways.
    Relay,
    /// People text both ways, and the carrier takes no more for now, now and then.
    Refused,
    /// People text both ways, and answers of the carrier are lost now and then.
    Doubt,
    /// People use the rules of the line.
    Rules,
    /// More customers than there are masks.
    Crowd,
    /// Texts were missed while the server was down.
    Missed,
    /// Requests were under way when the server died before.
    Recovery,
    /// The server starts.
    Start,
    /// Killed by the tests beside this one, which reach it in their own way.
    Beside,
}

/// Name, which time, and the story that leads there.
const POINTS: [(&str, u32, Story); 54] = [
    ("before_commit", 30, Story::Relay),
    ("after_commit", 30, Story::Relay),
    ("before_dispatch", 7, Story::Relay),
    ("before_answer", 7, Story::Relay),
    ("before_writes", 9, Story::Relay),
    ("after_writes", 9, Story::Relay),
    ("before_request", 7, Story::Relay),
    ("during_request", 60, Story::Beside),
    ("after_request", 7, Story::Relay),
    ("after_result", 7, Story::Relay),
    ("during_settlement", 9, Story::Relay),
    ("after_promotion", 9, Story::Relay),
    ("before_receipt", 7, Story::Relay),
    ("after_receipt", 7, Story::Relay),
    ("before_announcement", 5, Story::Relay),
    ("after_claim", 3, Story::Refused),
    ("during_claim", 3, Story::Refused),
    ("after_departure", 3, Story::Refused),
    ("before_look", 2, Story::Doubt),
    ("after_look", 2, Story::Doubt),
    ("after_open", 2, Story::Rules),
    ("after_pin", 1, Story::Rules),
    ("after_close", 2, Story::Rules),
    ("after_reopen", 2, Story::Rules),
    ("before_command", 5, Story::Rules),
    ("after_command", 5, Story::Rules),
    ("after_duty", 2, Story::Rules),
    ("during_drain", 1, Story::Rules),
    ("after_release", 1, Story::Rules),
    ("after_snooze", 1, Story::Rules),
    ("after_wake", 1, Story::Rules),
    ("during_ledger", 2, Story::Rules),
    ("after_held", 1, Story::Rules),
    ("during_repick", 1, Story::Beside),
    ("after_planned", 1, Story::Beside),
    ("after_pair", 1, Story::Beside),
    ("after_pair_legs", 1, Story::Beside),
    ("after_party_leg", 1, Story::Beside),
    ("after_pair_end", 1, Story::Beside),
    ("after_rest", 1, Story::Crowd),
    ("backfill_kept", 1, Story::Missed),
    ("backfill_listed", 1, Story::Missed),
    ("during_missed", 3, Story::Missed),
    ("after_missed", 2, Story::Missed),
    ("backfill_marked", 1, Story::Missed),
    ("vouch_listed", 1, Story::Start),
    ("before_vouch", 1, Story::Start),
    ("during_recovery", 1, Story::Recovery),
    ("after_join", 1, Story::Start),
    ("before_clockwork", 1, Story::Start),
    ("before_turn", 1, Story::Start),
    ("after_sweep", 1, Story::Start),
    ("after_forget", 1, Story::Start),
    ("during_migration", 0, Story::Beside),
];

/// The ten that every run kills at, beside those of the tests above.
const TELLING: [&str; 10] = [
    "before_writes",
    "after_writes",
    "during_settlement",
    "after_promotion",
    "during_claim",
    "after_look",
    "after_reopen",
    "during_drain",
    "during_missed",
    "before_vouch",
];

#[test]
fn every_point_in_the_code_is_in_the_list_and_every_listed_one_is_in_the_code() {
    let mut found = BTreeSet::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let listed: BTreeSet<String> = POINTS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(found, listed);
    assert_eq!(listed.len(), POINTS.len(), "a name stands twice");
    assert!(POINTS.len() >= 40);
    assert!(TELLING.iter().all(|name| listed.contains(*name)));
}

fn gather(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, found);
            continue;
        }
        let code = std::fs::read_to_string(&path).unwrap();
        for call in ["faults::point(\"", "faults::during(\""] {
            found.extend(code.split(call).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
}

/// Dies at a point, is started again, and keeps its promises.
async fn killed_at(database: Fresh, (name, nth, story): (&'static str, u32, Story)) {
    let mut world = World::open(database).await;
    let point = format!("{name}:{nth}");
    let armed = [("FAULT_KILL_AT", point.as_str())];
    let sides = if story == Story::Rules || story == Story::Crowd { Vec::new() } else { world.acquaint(4).await };
    match story {
        Story::Refused => world.witness.fault(Fault::new(Kind::TooMany).chance(0.5).times(30)).await,
        Story::Doubt => world.witness.fault(Fault::new(Kind::Reset).taken(false).chance(0.3).times(20)).await,
        Story::Recovery => world.witness.fault(Fault::new(Kind::Slow).millis(300)).await,
        _ => {}
    }
    if story == Story::Rules {
        world.dies();
        world.server = Some(world.start(&["serve"], world.port, &armed));
        let rounds = Rounds::begin(&world.witness);
        dies_at(&mut world, name).await;
        world.serves(&[]).await;
        let said = rounds.stop().await;
        return world.keeps_its_promises(&said).await;
    }
    let traffic = match story {
        Story::Crowd => {
            world.dies();
            world.server = Some(world.start(&["serve"], world.port, &armed));
            Traffic::of(&world.witness, (1..=120).map(Side::customer).collect(), 1)
        }
        Story::Missed => {
            world.dies();
            let said = said_in_vain(&world, sides).await;
            world.server = Some(world.start(&["serve"], world.port, &armed));
            dies_at(&mut world, name).await;
            world.serves(&[]).await;
            until("what was missed is in", async || {
                let stored = world.number("SELECT COUNT(*) FROM messages WHERE sent_at IS NOT NULL").await;
                (stored >= 3 * i64::try_from(said.len()).unwrap()).then_some(())
            })
            .await;
            return world.proves(&said).await;
        }
        Story::Recovery => {
            let traffic = Traffic::flows(&world.witness, sides);
            super::dies_in_flight(&mut world).await;
            world.server = Some(world.start(&["serve"], world.port, &armed));
            traffic
        }
        Story::Start => {
            let traffic = Traffic::flows(&world.witness, sides);
            world.dies();
            world.server = Some(world.start(&["serve"], world.port, &armed));
            traffic
        }
        _ => {
            world.dies();
            world.server = Some(world.start(&["serve"], world.port, &armed));
            Traffic::flows(&world.witness, sides)
        }
    };
    dies_at(&mut world, name).await;
    world.serves(&[]).await;
    world.witness.mends().await;
    let said = if story == Story::Crowd { traffic.ends().await } else { traffic.stops().await };
    if story == Story::Crowd {
        let said: Vec<String> = said.iter().map(|said| said.side.sid(1)).collect();
        return world.keeps_its_promises(&said).await;
    }
    world.proves(&said).await;
}

async fn dies_at(world: &mut World, name: &str) {
    let ended = world.ends().await;
    assert!(!ended.success(), "it came past {name}");
}

/// Nobody is there while everybody says three more things.
async fn said_in_vain(world: &World, sides: Vec<Side>) -> Vec<Said> {
    let mut all = Vec::new();
    for side in sides {
        for n in side.said + 1..=side.said + 3 {
            let answers = world.witness.texted(&side.phone, &side.to, &side.body(n), &side.sid(n)).await.unwrap();
            assert!(answers.iter().all(Option::is_none), "nobody was there: {answers:?}");
        }
        all.push(Said { last: side.said + 3, side });
    }
    all
}

async fn killed_at_all(fresh: impl AsyncFn() -> Fresh, on: &str) {
    let long = std::env::var("KILLS").is_ok_and(|kills| kills == "all");
    let wanted =
        POINTS.into_iter().filter(|(name, _, story)| *story != Story::Beside && (long || TELLING.contains(name)));
    let mut running = JoinSet::new();
    let (mut killed, mut failed) = (0, Vec::new());
    for point in wanted {
        while running.len() >= 3 {
            killed += 1;
            failed.extend(running.join_next().await.and_then(Result::err).map(|error| error.to_string()));
        }
        let database = fresh().await;
        running.spawn_local(async move {
            let begun = Instant::now();
            killed_at(database, point).await;
            eprintln!("killed at {}, {:.1} s", point.0, begun.elapsed().as_secs_f64());
        });
    }
    while let Some(done) = running.join_next().await {
        killed += 1;
        failed.extend(done.err().map(|error| error.to_string()));
    }
    eprintln!("{on}: killed at {killed} points, {} failed", failed.len());
    assert!(failed.is_empty(), "{failed:?}");
}

#[tokio::test]
async fn killed_at_named_points_on_sqlite() {
    LocalSet::new().run_until(killed_at_all(async || databases::sqlite(), "SQLite")).await;
}

#[tokio::test]
async fn killed_at_named_points_on_postgres() {
    LocalSet::new().run_until(killed_at_all(async || databases::postgres().await, "PostgreSQL")).await;
}

/// A manager's file takes everybody from a rep, and the command that does it dies in the middle: nobody is half taken.
async fn killed_while_everybody_is_picked_anew(database: Fresh) {
    let mut world = World::open(database).await;
    let sides = world.acquaint(4).await;
    let (customers, reps): (Vec<Side>, Vec<Side>) = sides.into_iter().partition(|side| side.to == LINE);
    let name = if reps[0].phone.ends_with('1') { "ana" } else { "bo" };
    let theirs = reps.iter().filter(|side| side.phone == reps[0].phone).count();
    let person = format!("email = \"{name}@example.com\"\n");
    let away = format!("{person}duty = \"away_reassign\"\n");
    let ended = world.applies_with((&person, &away), &[("FAULT_KILL_AT", "during_repick:1")]).await;
    assert!(!ended.success(), "it came past during_repick");
    let taken = "SELECT COUNT(*) FROM events WHERE kind = 'taken_away'";
    assert_eq!(world.number(taken).await, 0);
    assert!(world.applies_with((&person, &away), &[]).await.success());
    assert_eq!(world.number(taken).await, i64::try_from(theirs).unwrap());
    let said = Traffic::of(&world.witness, customers, 2).ends().await;
    let said: Vec<String> =
        said.iter().flat_map(|said| (1..=said.last).map(|n| said.side.sid(n)).collect::<Vec<_>>()).collect();
    world.keeps_its_promises(&said).await;
}

mod while_everybody_is_picked_anew {
    #[tokio::test]
    async fn on_sqlite() {
        super::killed_while_everybody_is_picked_anew(super::databases::sqlite()).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::killed_while_everybody_is_picked_anew(super::databases::postgres().await).await;
    }
}
