//! Rows and writes that go to the database together: all of them arrive, whole and once, however many there are.

use switchboard::store::sql::{Batch, QueryBuilder, query};
use switchboard::store::{Error, Job, Result, Tx, search};

use crate::both_stores;
use crate::house::House;

type Row = (String, i64, Vec<u8>);

/// Writes rows by one call.
struct Keeps(Vec<Row>);

impl Job for Keeps {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        search::keep(tx, &self.0).await
    }
}

/// Writes a row each, in one batch; one in the middle as a statement that names its own places.
struct Together(Vec<Row>);

impl Job for Together {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let mut batch = Batch::of(tx);
        for (place, (word, first, list)) in self.0.iter().enumerate() {
            if place == 2 {
                let one = query("INSERT INTO postings (word, first, list) VALUES ($1, $2, $3)");
                batch.add(one.bind(word).bind(*first).bind(list));
                continue;
            }
            let mut q = QueryBuilder::new("INSERT INTO postings (word, first, list) ");
            q.push_values([()], |mut row, ()| {
                row.push_bind(word).push_bind(*first).push_bind(list);
            });
            batch.add(q.build());
        }
        batch.execute(tx).await?;
        // What was executed is not executed again.
        batch.execute(tx).await
    }
}

/// Writes what may be missing in a row, of each type.
struct Missing(Vec<Option<i64>>);

impl Job for Missing {
    type Out = Vec<(Option<i64>, Option<String>)>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let mut q = QueryBuilder::new("WITH v(place, number, word, list) AS (");
        q.push_values(self.0.iter().zip(0_i64..), |mut row, (number, place)| {
            let word = number.map(|number| format!("ναί {number}"));
            row.push_bind(place).push_bind(*number).push_bind(word.clone()).push_bind(word.map(String::into_bytes));
        });
        q.push(") SELECT number, word FROM v WHERE (list IS NULL) = (number IS NULL) AND place < ")
            .push_bind(1_000_i64)
            .push(" ORDER BY place");
        Ok(q.build_query_as().fetch_all(tx).await?)
    }
}

fn rows(word: &str, count: i64) -> Vec<Row> {
    (0..count).map(|n| (format!("{word} ሰላም '\"\\{{}},NULL"), n, n.to_be_bytes().to_vec())).collect()
}

async fn stored(house: &House) -> i64 {
    house.number("SELECT COUNT(*) FROM postings").await
}

both_stores! {
    async fn rows_of_any_number_are_all_written(house) {
        let mut all = 0;
        for count in [1, 7, 8, 9, 63, 64, 65, 200, 1_023, 1_024, 1_025, 2_500] {
            house.desk.store.write(Keeps(rows(&count.to_string(), count))).await.unwrap();
            all += count;
            assert_eq!(stored(house).await, all, "{count} rows");
        }
        let words = house.words("SELECT word FROM postings WHERE first = 2499").await;
        assert_eq!(words, ["2500 ሰላም '\"\\{},NULL"]);
    }

    async fn writes_of_a_batch_are_all_carried_out_once(house) {
        let writes: Vec<Row> = (0..6).map(|n| (format!("word {n}"), n, vec![0, 255])).collect();
        house.desk.store.write(Together(writes)).await.unwrap();
        let words = house.words("SELECT word FROM postings ORDER BY first").await;
        assert_eq!(words, ["word 0", "word 1", "word 2", "word 3", "word 4", "word 5"]);
    }

    async fn a_batch_of_which_one_write_fails_leaves_nothing(house) {
        let mut writes: Vec<Row> = (0..6).map(|n| (format!("word {n}"), n, vec![7])).collect();
        writes[5] = writes[4].clone();
        let failed = house.desk.store.write(Together(writes)).await;
        assert!(matches!(failed, Err(Error::Conflict(_))), "{failed:?}");
        assert_eq!(stored(house).await, 0);
    }

    async fn what_is_missing_in_a_row_is_missing_in_its_place(house) {
        for numbers in [vec![None], vec![None, None, Some(3)], vec![Some(i64::MIN), None, Some(i64::MAX)]] {
            let found = house.desk.store.write(Missing(numbers.clone())).await.unwrap();
            let wanted: Vec<_> = numbers.into_iter().map(|one| (one, one.map(|one| format!("ναί {one}")))).collect();
            assert_eq!(found, wanted);
        }
    }
}
