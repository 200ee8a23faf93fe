//! How the databases answer what the clock asks about legs: by the index that was made for it, never by reading all legs.
//!
//! A long read keeps SQLite's log from being moved, so a plan that reads all legs is a fault long before it is slow here.

use sqlx::{AssertSqlSafe, Row as _};

use switchboard::store::Tx;
use switchboard::store::pool::{demand, masks};
use switchboard::store::receiving::backfill;
use switchboard::store::routing::numbers;

use crate::both_stores;
use crate::house::House;

/// A statement, what stands for its values, and the indexes that it must go by, each with the column that it begins with.
struct Asked {
    name: &'static str,
    sql: &'static str,
    values: &'static [&'static str],
    indexes: &'static [(&'static str, &'static str)],
}

const LIVE: (&str, &str) = ("legs_mask_live", "number_id");
const RESTING: (&str, &str) = ("legs_mask_resting", "number_id");

const ALL: [Asked; 6] = [
    Asked { name: "masks::load", sql: masks::LOAD, values: &["7", "1"], indexes: &[LIVE, RESTING] },
    Asked { name: "backfill::numbers", sql: backfill::NUMBERS, values: &["1"], indexes: &[LIVE, RESTING] },
    Asked {
        name: "demand::taken",
        sql: demand::TAKEN,
        values: &["8000000000000000", "'+15055600100'", "'+15055600160'"],
        indexes: &[("legs_live", "phone"), ("legs_resting", "phone")],
    },
    Asked {
        name: "demand::last_of_piece",
        sql: demand::LAST_OF_PIECE,
        values: &["'+15055600100'", "100"],
        indexes: &[("legs_", "phone")],
    },
    Asked { name: "numbers::ever_used", sql: numbers::EVER_USED, values: &["7"], indexes: &[LIVE, RESTING] },
    Asked { name: "numbers::unused_masks", sql: numbers::UNUSED_MASKS, values: &[], indexes: &[LIVE, RESTING] },
];

/// Legs of 5,000 phones, each with a live and two ended ones, on forty masks that are nobody else's.
async fn with_many_legs(house: &House) {
    house.customer(1).texts("hello").await;
    house
        .sets(
            "INSERT INTO numbers (id, number, role, country, state, in_service_at) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40) \
             SELECT 5000 + n.i, '+1866555' || CAST(1000 + n.i AS TEXT), 'mask', 'US', 'active', 1 FROM n",
        )
        .await;
    house
        .sets(
            "INSERT INTO legs (id, conversation_id, role, phone, number_id, opened_at, ended_at, rests_until) \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) \
             SELECT 1000000 + 3 * n.i + k.k, (SELECT MIN(id) FROM conversations), 'party', \
               '+1505' || CAST(5600000 + n.i AS TEXT), 5001 + (n.i + 7 * k.k) % 40, 1, \
               CASE WHEN k.k > 0 THEN 2 END, \
               CASE WHEN k.k = 1 THEN 3 WHEN k.k = 2 AND n.i % 50 = 0 THEN 9000000000000000 WHEN k.k = 2 THEN 4 END \
             FROM n CROSS JOIN (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2) k",
        )
        .await;
}

/// The database's plan, a step a line.
async fn plan(house: &House, asked: &Asked) -> String {
    let mut tx = house.desk.store.read().await.unwrap();
    match &mut tx {
        Tx::Sqlite(connection) => {
            // A plan alone does not make a connection look whether the schema has changed.
            sqlx::query("SELECT 1 FROM legs LIMIT 1").fetch_all(&mut **connection).await.unwrap();
            let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", asked.sql));
            let steps = sqlx::query(explain).fetch_all(&mut **connection).await.unwrap();
            steps.iter().map(|step| step.get::<String, _>(3) + "\n").collect()
        }
        Tx::Postgres(connection) => {
            // It plans by what it knows of the table, which its own housekeeping tells it elsewhere.
            for table in ["legs", "numbers"] {
                sqlx::query(AssertSqlSafe(format!("ANALYZE {table}"))).execute(&mut **connection).await.unwrap();
            }
            let mut sql = asked.sql.to_owned();
            for (n, value) in asked.values.iter().enumerate() {
                sql = sql.replace(&format!("${}", n + 1), value);
            }
            let explain = AssertSqlSafe(format!("EXPLAIN {sql}"));
            let steps = sqlx::query(explain).fetch_all(&mut **connection).await.unwrap();
            steps.iter().map(|step| step.get::<String, _>(0) + "\n").collect()
        }
    }
}

/// What is wrong with a plan; empty if nothing is.
fn faults(plan: &str, asked: &Asked) -> Vec<String> {
    let mut faults = Vec::new();
    let aliases = ["legs", "l"];
    for step in plan.lines().map(|step| step.trim().trim_start_matches("->").trim()) {
        let reads_all = aliases
            .iter()
            .any(|alias| step.strip_prefix("SCAN ").is_some_and(|rest| rest.split(' ').next() == Some(alias)));
        if reads_all || step.starts_with("Seq Scan on legs") || step.starts_with("Parallel Seq Scan on legs") {
            faults.push(format!("{} reads all legs: {step}", asked.name));
        }
    }
    for (index, column) in asked.indexes {
        // "USING COVERING INDEX legs_mask_live (number_id=? AND …)", or the scan and then "Index Cond: (number_id = …)".
        let at = plan.match_indices(index).map(|(at, _)| &plan[at..]);
        let mut conditions = at.map(|rest| rest.lines().take(2).collect::<String>());
        let begins = |rest: &String| {
            rest.contains(&format!("({column}="))
                || rest.contains(&format!("({column}>"))
                || rest
                    .split_once("Index Cond: ")
                    .is_some_and(|(_, condition)| condition.trim_start_matches('(').starts_with(&format!("{column} ")))
        };
        if !conditions.any(|rest| begins(&rest)) {
            faults.push(format!("{} does not go by {index} ({column}, …)", asked.name));
        }
    }
    if !faults.is_empty() {
        faults.push(plan.to_owned());
    }
    faults
}

both_stores! {
    async fn what_the_clock_asks_about_legs_goes_by_the_index_made_for_it(house) {
        with_many_legs(house).await;
        let mut all = Vec::new();
        for asked in &ALL {
            all.extend(faults(&plan(house, asked).await, asked));
        }
        assert!(all.is_empty(), "{}", all.join("\n"));
        let unused = numbers::unused_masks(&mut house.desk.store.read().await.unwrap()).await.unwrap();
        assert!(!unused.is_empty() && unused.iter().all(|number| !number.starts_with("+1866")), "{unused:?}");
    }

    /// The check above can fail: so it would without the migration that made the indexes.
    async fn without_the_indexes_the_plans_are_found_wanting(house) {
        with_many_legs(house).await;
        for index in ["legs_mask_live", "legs_mask_resting"] {
            house.sets(&format!("DROP INDEX {index}")).await;
        }
        for asked in ALL.iter().filter(|asked| asked.indexes.contains(&LIVE)) {
            let plan = plan(house, asked).await;
            assert!(!faults(&plan, asked).is_empty(), "{}: {plan}", asked.name);
        }
    }
}
