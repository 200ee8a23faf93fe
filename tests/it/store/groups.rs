//! Writes that are committed together: each caller gets its own result, whatever the others asked for.

use rocket::futures::future::join_all;

use switchboard::desk::outbox::deliver::{Taken, take};
use switchboard::domain::ids::AttemptId;
use switchboard::domain::outbox::delivery::State;
use switchboard::domain::outbox::settlement::{News, Report};
use switchboard::simulator::{Fault, Kind};
use switchboard::store::{Job, Result, Tx};

use crate::both_stores;
use crate::house::House;
use crate::house::plan::only_ana;

/// A write whose kind loses the first result of every group.
struct Loses(usize);

impl Job for Loses {
    type Out = usize;
    const GROUPED: bool = true;

    async fn run(&self, _: &mut Tx) -> Result<usize> {
        Ok(self.0)
    }

    async fn run_many<'a>(jobs: &'a [&'a Self], _: &'a mut Tx) -> Result<Vec<usize>> {
        let lost = usize::from(jobs.len() > 1);
        Ok(jobs.iter().skip(lost).map(|job| job.0).collect())
    }
}

/// News that the text of an attempt has come to `state`.
fn report(id: &str, (rank, state): (i64, State)) -> News {
    News::Report(Report { id: id.to_owned(), rank, state: Some(state), code: None, why: None, opted_out: false })
}

/// The attempts in their order, each with its secret and the carrier's id.
async fn attempts(house: &House) -> Vec<(AttemptId, String, String)> {
    let rows = house.words("SELECT a.id || ' ' || a.secret || ' ' || a.carrier_id FROM attempts a ORDER BY a.id").await;
    let read = |row: &String| {
        let parts: Vec<&str> = row.split(' ').collect();
        (AttemptId(parts[0].parse().unwrap()), parts[1].to_owned(), parts[2].to_owned())
    };
    rows.iter().map(read).collect()
}

both_stores! {
    async fn a_group_with_fewer_results_than_jobs_gives_nobody_anothers(house) {
        let answers = join_all((0..32).map(|n| house.desk.store.write(Loses(n)))).await;
        for (n, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.unwrap(), n);
        }
    }

    /// News of several attempts, some forged, in the order opposite to that in which they are read.
    async fn news_that_is_settled_together_is_answered_each_by_itself(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        for n in 0..8 {
            house.ana().texts_back(&n.to_string()).await;
        }
        let mut known = attempts(house).await;
        known.reverse();
        let settled = join_all(known.iter().enumerate().map(|(n, (id, secret, sid))| {
            let secret = if n % 3 == 0 { "forged".to_owned() } else { secret.clone() };
            take(&house.desk, *id, Some(secret), report(sid, (3, State::Delivered)))
        })).await;
        for (n, taken) in settled.into_iter().enumerate() {
            assert_eq!(taken.unwrap(), if n % 3 == 0 { Taken::Stranger } else { Taken::Known }, "{n}");
        }
    }

    /// Two pieces of news of one text in one group: the second is judged by what the first has changed.
    async fn news_of_one_text_that_comes_together_is_settled_in_its_order(house: only_ana) {
        house.customer(34).texts("hello").await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        house.ana().texts_back("Open until six").await;
        let (id, secret, sid) = attempts(house).await.pop().unwrap();
        let (sent, delivered) = (report(&sid, (2, State::Sent)), report(&sid, (3, State::Delivered)));
        let news = [delivered, sent].map(|news| take(&house.desk, id, Some(secret.clone()), news));
        for taken in join_all(news).await {
            assert_eq!(taken.unwrap(), Taken::Known);
        }
        assert_eq!(house.outbox_to(&house.customer(34).number).await, ["delivered Open until six"]);
    }
}
