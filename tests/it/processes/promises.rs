//! What is held against the carrier's account at the end, and how a test looks into the database beside the server.

use std::collections::HashMap;
use std::str::FromStr;

use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::traffic::{Said, Side, Traffic};
use super::witness::Seen;
use super::{World, until};

impl World {
    /// `count` customers write, and each gets to know the mask behind which a rep answers: two sides each.
    pub async fn acquaint(&self, count: u32) -> Vec<Side> {
        let customers: Vec<Side> = (1..=count).map(Side::customer).collect();
        Traffic::of(&self.witness, customers.clone(), 1).ends().await;
        until("every first text arrives", async || {
            let texts = self.witness.texts(0).await?;
            let reps = customers.iter().map(|customer| {
                let first = texts.iter().find(|text| text.outbound && text.body == customer.body(1))?;
                Some(Side::rep(&customer.name, &first.to, &first.from))
            });
            let reps: Vec<Side> = reps.collect::<Option<_>>()?;
            Some(customers.iter().cloned().map(Side::after_the_first).chain(reps).collect())
        })
        .await
    }

    /// Waits until nothing is left to be sent or found out, as long as it gets less.
    pub async fn settles(&self) {
        // A text that waits to be taken in has no delivery yet.
        let open = "SELECT (SELECT COUNT(*) FROM deliveries WHERE state IN ('ready', 'sending', 'unknown')) \
            + (SELECT COUNT(*) FROM arrivals)";
        let mut left = i64::MAX;
        while left > 0 {
            left =
                until("another delivery is settled", async || Some(self.number(open).await).filter(|now| *now < left))
                    .await;
        }
    }

    /// Waits until all is settled and fails unless everything that was said was stored once, reached the carrier
    /// once and in order, and nothing else did.
    pub async fn proves(&mut self, said: &[Said]) {
        self.settles().await;
        self.witness.collect().await;
        let total: u32 = said.iter().map(|said| said.last).sum();
        for said in said {
            said.check(&self.witness.seen);
        }
        let outbound = self.witness.seen.iter().filter(|text| text.outbound).count();
        assert_eq!(outbound, total as usize, "texts at the carrier that nobody sent");
        assert_eq!(self.witness.count().await.unwrap()["doubled"], 0);
        for (what, sql, wanted) in [
            ("texts stored", "SELECT COUNT(*) FROM messages WHERE carrier_id IS NOT NULL", i64::from(total)),
            ("deliveries", "SELECT COUNT(*) FROM deliveries", i64::from(total)),
            (
                "deliveries that did not go well",
                "SELECT COUNT(*) FROM deliveries WHERE state NOT IN ('accepted', 'sent', 'delivered')",
                0,
            ),
            ("texts known to be doubled", "SELECT COUNT(*) FROM events WHERE kind = 'doubled'", 0),
        ] {
            assert_eq!(self.number(sql).await, wanted, "{what}");
        }
    }

    /// Waits until all is settled and fails unless every text of `said` was stored once, everything that the carrier took
    /// from us belongs to one delivery and once, nothing was lost, and every lane kept its order.
    pub async fn keeps_its_promises(&mut self, said: &[String]) {
        self.settles().await;
        self.witness.collect().await;
        let stored = self.words("SELECT carrier_id FROM messages WHERE carrier_id IS NOT NULL").await;
        for sid in said {
            assert_eq!(stored.iter().filter(|id| *id == sid).count(), 1, "{sid} is not stored once");
        }
        let lanes = "SELECT a.carrier_id || ' ' || d.number_id || '>' || d.to_phone FROM attempts a \
                     JOIN deliveries d ON d.id = a.delivery_id WHERE a.carrier_id IS NOT NULL ORDER BY d.id";
        let sent: Vec<(String, String)> = self.words(lanes).await.iter().map(|row| split(row)).collect();
        let ours: Vec<&Seen> = self.witness.seen.iter().filter(|text| text.outbound).collect();
        let mut newest: HashMap<&str, u64> = HashMap::new();
        for (sid, lane) in &sent {
            let seen = ours.iter().find(|text| text.sid == *sid);
            let seq = seen.unwrap_or_else(|| panic!("{sid} is bound, and the carrier never had it")).seq;
            let before = newest.insert(lane, seq).unwrap_or(0);
            assert!(before < seq, "a lane is out of order");
        }
        assert_eq!(ours.len(), sent.len(), "the carrier took texts that belong to no delivery");
        for (what, sql) in [
            (
                "deliveries that did not go well",
                "SELECT COUNT(*) FROM deliveries WHERE state NOT IN \
              ('accepted', 'sent', 'delivered', 'suppressed')",
            ),
            ("texts known to be doubled", "SELECT COUNT(*) FROM events WHERE kind = 'doubled'"),
            (
                "deliveries with two requests that were taken",
                "SELECT COUNT(*) FROM (SELECT delivery_id FROM attempts \
              WHERE carrier_id IS NOT NULL GROUP BY delivery_id HAVING COUNT(*) > 1) doubled",
            ),
        ] {
            assert_eq!(self.number(sql).await, 0, "{what}");
        }
    }

    /// The texts in the one column that a query gives.
    pub async fn words(&self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.database.url.starts_with("sqlite:") {
            let options = sqlx::sqlite::SqliteConnectOptions::from_str(&self.database.url).unwrap();
            let mut connection = options.connect().await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        } else {
            let options = sqlx::postgres::PgConnectOptions::from_str(&self.database.url).unwrap();
            let mut connection = options.connect().await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        }
    }

    /// The one number that a query gives.
    pub async fn number(&self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.database.url.starts_with("sqlite:") {
            // Read only: the log of a server that was killed stays where it is.
            let options = sqlx::sqlite::SqliteConnectOptions::from_str(&self.database.url).unwrap().read_only(true);
            let mut connection = options.connect().await.unwrap();
            let found = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        } else {
            let options = sqlx::postgres::PgConnectOptions::from_str(&self.database.url).unwrap();
            // A server that is busy with the deaths of others may drop a connection that is only beginning.
            let mut connection = until("the database lets us in", async || options.connect().await.ok()).await;
            let found = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            found
        }
    }
}

fn split(row: &str) -> (String, String) {
    let (sid, lane) = row.split_once(' ').unwrap();
    (sid.to_owned(), lane.to_owned())
}
