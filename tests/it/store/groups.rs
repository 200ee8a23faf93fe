//! Writes that are committed together: each caller gets its own result, whatever the others asked for.

use rocket::futures::future::join_all;

use switchboard::clock::At;
use switchboard::desk::outbox::deliver::{Taken, take};
use switchboard::desk::work::{Missed, UnitOfWork, Verb};
use switchboard::domain::ids::AttemptId;
use switchboard::domain::outbox::delivery::State;
use switchboard::domain::outbox::settlement::{News, Report};
use switchboard::simulator::{Fault, Kind};
use switchboard::store::{Error, Job, Result, Tx};

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

/// Takes in a text that was missed, if it was, and says what was known of one before it did.
struct TakesIn(Option<Missed>);

impl Verb for TakesIn {
    type Out = Option<At>;
    type Stop = Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out> {
        let before = work.missed();
        work.catches_up(self.0);
        Ok(before)
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

    /// Verbs that SQLite commits together are each about a text of their own.
    async fn nothing_is_known_of_a_text_that_another_verb_of_the_group_has_taken_in(house) {
        let missed = Missed { sent_at: house.clock.now(), had: None };
        let outs = join_all((0..32).map(|n| house.desk.work(TakesIn((n % 2 == 0).then_some(missed))))).await;
        for (n, before) in outs.into_iter().enumerate() {
            assert_eq!(before.unwrap(), None, "{n}");
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
