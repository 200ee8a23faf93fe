//! kill -9 of the real server, at named points and at random moments under load: nothing is lost, nothing is sent
//! twice, and every lane keeps its order. The carrier is a process of its own, so it remembers what really happened.

use std::time::Duration;

use switchboard::secret::Chance;
use switchboard::simulator::{Fault, Kind};

use crate::databases::{self, Fresh};
use crate::processes::traffic::{Side, Traffic};
use crate::processes::{World, until};

mod pairs;
mod points;
mod rules;

/// One test for each point and database.
macro_rules! killed {
    ($($name:ident: $point:expr),* $(,)?) => {$(
        mod $name {
            #[tokio::test]
            async fn on_sqlite() {
                super::killed_at(super::databases::sqlite(), $point).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                super::killed_at(super::databases::postgres().await, $point).await;
            }
        }
    )*};
}

killed! {
    before_the_commit: "before_commit:30",
    after_the_commit: "after_commit:30",
    after_the_commit_before_the_request_is_handed_on: "before_dispatch:7",
    after_the_commit_before_the_answer: "before_answer:7",
    after_a_claim: "after_claim:3",
    before_the_request: "before_request:7",
    during_the_request: "during_request:60",
    after_the_request_before_its_result_is_written: "after_request:7",
    after_the_result_is_written: "after_result:7",
    during_recovery: "during_recovery:1",
}

/// People text, the server dies at `point`, is started again, and people go on for a while.
async fn killed_at(database: Fresh, point: &str) {
    let mut world = World::open(database).await;
    let sides = world.acquaint(4).await;
    match point.split(':').next().unwrap() {
        // So slow that the request is under way when the server dies.
        "during_request" => world.witness.fault(Fault::new(Kind::Slow).millis(200)).await,
        // A claim is of texts that have waited: these are to be sent again.
        "after_claim" => world.witness.fault(Fault::new(Kind::TooMany).chance(0.5).times(30)).await,
        // What is recovered is what another kill has left.
        "during_recovery" => {
            world.witness.fault(Fault::new(Kind::Slow).millis(300)).await;
            let traffic = Traffic::flows(&world.witness, sides.clone());
            dies_in_flight(&mut world).await;
            world.server = Some(world.start(&["serve"], world.port, &[("FAULT_KILL_AT", point)]));
            let ended = world.ends().await;
            assert!(!ended.success(), "it came past {point}");
            return goes_on(world, traffic).await;
        }
        _ => {}
    }
    world.dies();
    // What waits since before may lead it there before it is ready.
    world.server = Some(world.start(&["serve"], world.port, &[("FAULT_KILL_AT", point)]));
    let traffic = Traffic::flows(&world.witness, sides);
    let ended = world.ends().await;
    assert!(!ended.success(), "it came past {point}");
    goes_on(world, traffic).await;
}

/// kill -9 while requests are under way: at least one of them has no result in the database.
async fn dies_in_flight(world: &mut World) {
    let in_flight =
        async |world: &World| world.number("SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL").await > 0;
    loop {
        until("a request is under way", async || in_flight(world).await.then_some(())).await;
        world.dies();
        if !world.database.url.starts_with("sqlite:") {
            // A transaction whose end was asked for ends all the same.
            let sessions =
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
            until("its sessions have ended", async || (world.number(sessions).await == 0).then_some(())).await;
        }
        // What was under way when we looked may have had its result by the time of the kill.
        if in_flight(world).await {
            return;
        }
        world.serves(&[]).await;
    }
}

async fn goes_on(mut world: World, traffic: Traffic) {
    world.serves(&[]).await;
    world.witness.mends().await;
    let said = traffic.stops().await;
    world.proves(&said).await;
}

/// Forty kills on one database while people text both ways, newcomers among them, and a tenth of the requests fail.
async fn killed_at_random(database: Fresh) {
    let seed = Chance::System.below(1_000_000) as u64;
    eprintln!("the moments of the kills come from the seed {seed}");
    let chance = Chance::seeded(seed);
    let mut world = World::open(database).await;
    let mut sides = world.acquaint(8).await;
    sides.extend((9..=12).map(Side::customer));
    for fault in [
        Fault::new(Kind::Reset).taken(true).chance(0.03),
        Fault::new(Kind::Reset).taken(false).chance(0.03),
        Fault::new(Kind::Error).taken(true).chance(0.02),
        Fault::new(Kind::BlackHole).taken(false).chance(0.02),
        Fault::new(Kind::Slow).millis(60).chance(0.3),
    ] {
        world.witness.fault(fault).await;
    }
    let traffic = Traffic::flows(&world.witness, sides);
    for kill in 0..40 {
        if kill % 2 == 0 {
            // Far enough for people to get on, however slow the machine is.
            let wanted = world.witness.taken().await + 1 + chance.below(12) as u64;
            until("texts are taken in", async || (world.witness.taken().await >= wanted).then_some(())).await;
        }
        tokio::time::sleep(Duration::from_millis(chance.below(600) as u64)).await;
        world.dies();
        if kill % 2 == 0 {
            // The next kill may come at any moment of the start and of the recovery.
            world.server = Some(world.start(&["serve"], world.port, &[]));
        } else {
            world.serves(&[]).await;
        }
        world.witness.collect().await;
    }
    world.witness.mends().await;
    let said = traffic.stops().await;
    world.proves(&said).await;
}

mod at_forty_random_moments {
    #[tokio::test]
    async fn on_sqlite() {
        super::killed_at_random(super::databases::sqlite()).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::killed_at_random(super::databases::postgres().await).await;
    }
}

/// The schema is brought up to date again and again, and the process dies a little later each time.
async fn killed_during_migration(database: Fresh) {
    let mut world = World::bare(database).await;
    let mut deaths = 0;
    for millis in [0, 1, 2, 3, 5, 8, 12, 18, 25, 40, 60, 100, 200, 400, 800, 60_000] {
        let point = format!("during_migration:{millis}");
        let mut migration = world.start(&["migrate", "--new"], world.port, &[("FAULT_KILL_AT", &point)]);
        if migration.ends().await.success() {
            break;
        }
        deaths += 1;
    }
    assert!(deaths > 0, "no migration was cut off");
    world.applies().await;
    world.serves(&[]).await;
    let sides = world.acquaint(2).await;
    let said = Traffic::of(&world.witness, sides, 2).ends().await;
    world.proves(&said).await;
}

mod during_migration {
    #[tokio::test]
    async fn on_sqlite() {
        super::killed_during_migration(super::databases::sqlite()).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::killed_during_migration(super::databases::postgres().await).await;
    }
}
