//! Who and what there is when a sequence begins, and how sequences differ in it.

use std::collections::BTreeMap;

use switchboard::clock::Clock;
use switchboard::domain::policy::PickPolicy;
use switchboard::secret::Chance;
use switchboard::store::Store;
use switchboard::store::sql::{query, query_as};

use super::oracle::{Hours, Number, Oracle, Own, Person};
use super::rig::run;

/// Two lines, one of them toll-free; reps of one, of both, one without a phone; managers with and without one.
pub const SETUP: &str = r#"
[[line]]
number = "+18005550100"
name = "Bait"
members = ["ana@example.com", "bo@example.com", "cy@example.com"]
[[line]]
number = "+15055550100"
name = "Tackle"
members = ["bo@example.com", "cy@example.com", "max@example.com"]
[[person]]
email = "ana@example.com"
name = "Ana"
role = "rep"
phone = "+15055550121"
[[person]]
email = "bo@example.com"
name = "Bo"
role = "rep"
phone = "+15055550122"
[[person]]
email = "cy@example.com"
name = "Cy"
role = "rep"
[[person]]
email = "max@example.com"
name = "Max"
role = "manager"
phone = "+15055550124"
[[person]]
email = "miriam@example.com"
name = "Miriam"
role = "manager"
[[person]]
email = "ada@example.com"
name = "Ada"
role = "admin"
[[mask]]
number = "+447700900999"
[[mask]]
number = "+18005551001"
[[mask]]
number = "+18005551002"
[[mask]]
number = "+15055551003"
[[mask]]
number = "+15055551004"
[[mask]]
number = "+15055551005"
[[mask]]
number = "+15055551006"
"#;

/// Who texts lines: phones, a short code, a name that cannot be answered.
pub const CUSTOMERS: [&str; 7] =
    ["+15055552001", "+15055552002", "+15055552003", "+15055552004", "+447700900005", "72345", "ACME"];

/// A number that is none of ours.
pub const ELSEWHERE: &str = "+15055559999";

/// How reps are picked in this sequence.
pub fn pick(seed: u64) -> PickPolicy {
    PickPolicy::ALL[usize::try_from(seed / 7 % 3).unwrap()]
}

/// Whether the carrier answers HELP in this sequence.
pub fn carrier_helps(seed: u64) -> bool {
    !seed.is_multiple_of(4)
}

/// Changes the world as this sequence has it, and tells the oracle who and what there is.
pub async fn found(store: &Store, clock: &Clock, seed: u64) -> Oracle {
    let chance = Chance::seeded(seed ^ 0x5eed);
    let masks = [1, 2, 3, 7, 7][chance.below(5)];
    let spare = format!(
        "UPDATE numbers SET state = 'draining' WHERE role = 'mask' AND id NOT IN \
         (SELECT id FROM numbers WHERE role = 'mask' ORDER BY number LIMIT {masks})"
    );
    run(store, &spare).await;
    for name in ["Ana", "Bo", "Cy", "Max"] {
        if let Some(limit) = [None, None, Some(1), Some(3)][chance.below(4)] {
            run(store, &format!("UPDATE people SET open_limit = {limit} WHERE name = '{name}'")).await;
        }
    }
    let spans = |odds: usize, ends: [i64; 2]| {
        let hours = Hours { from: ends[0] + i64::try_from(chance.below(3)).unwrap(), to: ends[1] };
        Some(hours).filter(|_| chance.below(odds) == 0)
    };
    let mut lines: BTreeMap<String, Option<Hours>> = BTreeMap::new();
    for name in ["Bait", "Tackle"] {
        lines.insert(name.to_owned(), spans(3, [5, 20]));
    }
    let mut works: BTreeMap<String, Option<Hours>> = BTreeMap::new();
    for name in ["Ana", "Bo", "Cy", "Max"] {
        works.insert(name.to_owned(), spans(3, [7, 15]));
    }
    for (table, column, all) in [("lines", "hours", &lines), ("people", "schedule", &works)] {
        for (name, hours) in all.iter().filter_map(|(name, hours)| Some((name, (*hours)?))) {
            run(store, &format!("UPDATE {table} SET {column} = '{}' WHERE name = '{name}'", hours.json())).await;
        }
    }
    let mut tx = store.read().await.unwrap();
    let numbers = query(
        "SELECT n.id, n.number, l.name FROM numbers n LEFT JOIN lines l ON l.id = n.id WHERE n.state = 'active' \
         ORDER BY n.number",
    )
    .try_map(|row| {
        let (e164, line): (String, Option<String>) = (row.try_get(1)?, row.try_get(2)?);
        let hours = line.as_ref().and_then(|name| lines[name]);
        let (abroad, own) = (!e164.starts_with("+1"), Own::new());
        Ok(Number { id: row.try_get(0)?, abroad, e164, line, hours, policies: own.clone(), words: own })
    })
    .fetch_all(&mut tx)
    .await
    .unwrap();
    let members: Vec<(i64, i64)> =
        query_as("SELECT person_id, line_id FROM line_members").fetch_all(&mut tx).await.unwrap();
    let people = query("SELECT id, name, role, phone, open_limit FROM people ORDER BY name")
        .try_map(|row| {
            let (id, name): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
            Ok(Person {
                id,
                hours: works.get(&name).copied().flatten(),
                name,
                manages: row.try_get::<String, _>(2)? != "rep",
                phone: row.try_get(3)?,
                muted: false,
                enabled: true,
                duty: "on".to_owned(),
                limit: row.try_get(4)?,
                lines: members.iter().filter(|(person, _)| *person == id).map(|(_, line)| *line).collect(),
            })
        })
        .fetch_all(&mut tx)
        .await
        .unwrap();
    Oracle::new(clock, people, numbers, pick(seed), carrier_helps(seed))
}
