//! A process dies while it joins people, gives one of them another phone, or parts them: nothing is half done, and the
//! next process does it all.

use std::process::Command;

use switchboard::desk::pairs;
use switchboard::domain::numbers::phone::Phone;

use crate::databases::{self, Fresh};
use crate::house::House;
use crate::pairs::opening;

/// The database on which this process is to die; it is a victim only if this is set.
const VICTIM: &str = "PAIRS_VICTIM";
const OTHER_PHONE: &str = "+15055550133";

/// Joins two people, changes a phone, and parts them; whoever has done a part of it before goes on.
async fn story(house: &House) {
    let id = pairs::open(&house.desk, opening("bait-77"), None, "the same".to_owned()).await.unwrap().id;
    let phone = Phone::parse(OTHER_PHONE).unwrap();
    pairs::change_party(&house.desk, None, id, "Helper".to_owned(), phone).await.unwrap();
    pairs::close(&house.desk, None, id).await.unwrap();
}

/// Not a test of its own: the process that is killed.
#[tokio::test]
async fn victim() {
    if let Ok(url) = std::env::var(VICTIM) {
        story(&House::on(databases::lent(url)).await).await;
    }
}

async fn killed_while_people_are_joined_and_parted(fresh: impl AsyncFn() -> Fresh) {
    for (point, pairs, legs) in
        [("after_pair", 0, 0), ("after_pair_legs", 0, 0), ("after_party_leg", 1, 2), ("after_pair_end", 1, 2)]
    {
        let database = fresh().await;
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kills::pairs::victim"])
            .env(VICTIM, &database.url)
            .env("FAULT_KILL_AT", point)
            .output()
            .unwrap();
        assert!(!ended.status.success(), "it came past {point}");
        let house = House::on(database).await;
        let live = "SELECT COUNT(*) FROM legs WHERE role = 'party' AND ended_at IS NULL";
        assert_eq!((house.rows("pairs").await, house.number(live).await), (pairs, legs), "killed at {point}");
        assert_eq!(house.rows("conversations").await, pairs, "killed at {point}");
        let moved = "SELECT COUNT(*) FROM legs WHERE phone = '+15055550133'";
        assert_eq!(house.number(moved).await, i64::from(point == "after_pair_end"), "killed at {point}");
        story(&house).await;
        house.runs_due_work().await;
        assert_eq!((house.rows("pairs").await, house.number(live).await), (1, 0), "after {point}");
        assert_eq!(house.events("pair_ended").await.len(), 1, "after {point}");
        house.is_left_tidy();
    }
}

mod joined_and_parted {
    use super::{databases, killed_while_people_are_joined_and_parted as killed};

    #[tokio::test]
    async fn on_sqlite() {
        killed(async || databases::sqlite()).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        killed(async || databases::postgres().await).await;
    }
}
