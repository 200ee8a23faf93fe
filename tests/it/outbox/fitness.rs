//! What the carrier refuses for one phone, for one number or for the whole account stops no more than that, is tried
//! again by itself, and goes on by itself.

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::upkeep::{identity, lapse};
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE};
use crate::web::browser::Browser;

/// Customers 34, 35 and 36 each have a thread on Ana's phone, in that order.
async fn acquainted(house: &House) -> Vec<String> {
    for n in [34, 35, 36] {
        house.customer(n).texts("hello").await;
    }
    let threads = house.ana().threads();
    assert_eq!(threads.len(), 3);
    threads
}

async fn paused(house: &House) -> Vec<String> {
    house.words("SELECT number FROM numbers WHERE paused_at IS NOT NULL ORDER BY number").await
}

async fn refused(house: &House) -> i64 {
    house.rows("attempts WHERE outcome = 'refused'").await
}

both_stores! {
    async fn one_phone_that_is_refused_stops_nobody_else_and_its_author_is_told(house: only_ana) {
        let threads = acquainted(house).await;
        let (joel, kim) = (house.customer(34), house.customer(35));
        for (round, code) in [21606, 21659, 21212].into_iter().enumerate() {
            let fault = house.simulator.fault(Fault::new(Kind::Refusal).code(code).to(&joel.number));
            let (one, two) = (format!("one {code}"), format!("two {code}"));
            house.ana().texts_to(&threads[0], &one).await;
            house.ana().texts_to(&threads[1], &two).await;
            assert_eq!(paused(house).await, Vec::<String>::new(), "{code}: one phone proves nothing");
            assert_eq!(kim.bodies().last(), Some(&two), "{code}: everybody else's go on");
            house.pass(minutes(20)).await;
            let rows = house.outbox_to(&joel.number).await;
            assert_eq!(rows.last(), Some(&format!("failed {one}")), "{code}");
            let told = house.ana().bodies().into_iter().filter(|body| body.starts_with("Not delivered")).count();
            assert_eq!(told, round + 1, "{:?}", house.ana().bodies());
            house.simulator.mend(fault);
            // What had stood against this phone is forgotten with the first text that it gets.
            house.ana().texts_to(&threads[0], &format!("again {code}")).await;
            assert_eq!(joel.bodies().last(), Some(&format!("again {code}")));
            assert_eq!(house.rows("sender_refusals").await, 0);
        }
    }

    async fn a_refused_text_is_tried_again_and_arrives_in_order(house: only_ana) {
        let threads = acquainted(house).await;
        let joel = house.customer(34);
        house.simulator.fault(Fault::new(Kind::Refusal).code(21606).to(&joel.number).times(2));
        house.ana().texts_to(&threads[0], "one").await;
        house.ana().texts_to(&threads[0], "two").await;
        joel.shows(&[]);
        house.pass(minutes(6)).await;
        joel.shows(&["one", "two"]);
        assert_eq!(paused(house).await, Vec::<String>::new());
    }

    async fn the_second_phone_pauses_the_number_alone_and_it_goes_on_by_itself(house: only_ana) {
        let threads = acquainted(house).await;
        let fault = house.simulator.fault(Fault::new(Kind::Refusal).code(21659).from(LINE));
        house.ana().texts_to(&threads[0], "one").await;
        assert_eq!(paused(house).await, Vec::<String>::new());
        house.ana().texts_to(&threads[1], "two").await;
        assert_eq!(paused(house).await, [LINE]);
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get("/conversations").await.shows(&["Bait and Tackle sends nothing", "It is tried again by itself"]);
        house.customer(34).texts("masks still send").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "masks still send");

        let before = refused(house).await;
        house.pass(hours(1)).await;
        let probes = refused(house).await - before;
        assert!((4..=12).contains(&probes), "{probes} probes in an hour");
        assert_eq!(paused(house).await, [LINE]);
        assert_eq!(house.rows("deliveries WHERE state = 'ready'").await, 2, "nothing is lost");
        assert_eq!(house.rows("deliveries WHERE kind = 'failure'").await, 0, "one alert, none a text");

        house.simulator.mend(fault);
        house.pass(minutes(16)).await;
        assert_eq!(paused(house).await, Vec::<String>::new());
        house.customer(34).shows(&["one"]);
        house.customer(35).shows(&["two"]);
        assert_eq!(house.rows("sender_refusals").await, 0);
        miriam.get("/conversations").await.hides(&["sends nothing"]);
    }

    async fn two_phones_that_are_refused_for_themselves_do_not_hold_up_a_third(house: only_ana) {
        let threads = acquainted(house).await;
        for n in [34, 35] {
            house.simulator.fault(Fault::new(Kind::Refusal).code(21606).to(&house.customer(n).number));
        }
        house.ana().texts_to(&threads[0], "one").await;
        house.ana().texts_to(&threads[1], "two").await;
        assert_eq!(paused(house).await, [LINE]);
        house.ana().texts_to(&threads[2], "three").await;
        house.pass(minutes(2)).await;
        house.customer(36).shows(&["three"]);
        assert_eq!(paused(house).await, Vec::<String>::new(), "a text to somebody else shows that the number is well");
        house.pass(minutes(30)).await;
        let failed = house.words("SELECT body FROM deliveries WHERE state = 'failed' ORDER BY id").await;
        assert_eq!(failed, ["one", "two"], "what is refused for itself fails, and its author is told");
        assert_eq!(paused(house).await, Vec::<String>::new());
    }

    async fn a_text_that_was_taken_between_two_refusals_keeps_the_number_going(house: only_ana) {
        let threads = acquainted(house).await;
        let joel = house.customer(34).number;
        let fault = house.simulator.fault(Fault::new(Kind::Refusal).code(21606).to(&joel));
        house.ana().texts_to(&threads[0], "one").await;
        house.ana().texts_to(&threads[2], "three").await;
        house.simulator.fault(Fault::new(Kind::Refusal).code(21606).to(&house.customer(35).number));
        house.ana().texts_to(&threads[1], "two").await;
        assert_eq!(paused(house).await, Vec::<String>::new());
        house.simulator.mend(fault);
    }

    async fn what_was_refused_is_forgotten_after_a_day_and_the_number_bears_no_mark_of_it(house: only_ana) {
        let threads = acquainted(house).await;
        house.simulator.fault(Fault::new(Kind::Refusal).code(21606).to(&house.customer(34).number));
        house.ana().texts_to(&threads[0], "one").await;
        house.ana().texts_to(&threads[1], "two").await;
        assert_eq!(house.words("SELECT number FROM numbers WHERE suspect = 1").await, [LINE]);
        house.pass(hours(2)).await;
        lapse::forget(&house.desk).await.unwrap();
        assert_eq!(house.words("SELECT number FROM numbers WHERE suspect = 1").await, [LINE], "it is still remembered");
        house.pass(hours(25)).await;
        lapse::forget(&house.desk).await.unwrap();
        assert_eq!(house.rows("sender_refusals").await, 0);
        assert_eq!(house.words("SELECT number FROM numbers WHERE suspect = 1").await, Vec::<String>::new());
    }

    async fn a_start_tries_at_once_what_was_paused(house: only_ana) {
        let threads = acquainted(house).await;
        let fault = house.simulator.fault(Fault::new(Kind::Refusal).code(21606).from(LINE));
        house.ana().texts_to(&threads[0], "one").await;
        house.ana().texts_to(&threads[1], "two").await;
        house.pass(minutes(40)).await;
        house.pass(seconds(70)).await;
        let before = refused(house).await;
        identity::try_paused(&house.desk.store, house.clock.now()).await.unwrap();
        house.runs_due_work().await;
        assert_eq!(refused(house).await - before, 1, "one text, not one for each that waits");
        assert_eq!(paused(house).await, [LINE], "still refused, so still paused");
        house.simulator.mend(fault);
        identity::try_paused(&house.desk.store, house.clock.now()).await.unwrap();
        house.runs_due_work().await;
        house.pass(seconds(1)).await;
        house.customer(34).shows(&["one"]);
        house.customer(35).shows(&["two"]);
    }

    async fn credentials_that_are_refused_stop_all_and_are_tried_by_one_text_at_a_time(house: only_ana) {
        let threads = acquainted(house).await;
        let fault = house.simulator.fault(Fault::new(Kind::Unauthorized));
        for (thread, n) in threads.iter().zip(34..) {
            house.ana().texts_to(thread, &format!("to {n}")).await;
        }
        assert_eq!(refused(house).await, 1, "one request is enough to know");
        assert_eq!(i64::try_from(paused(house).await.len()).unwrap(), house.rows("numbers").await);
        let miriam = Browser::of(house, "miriam@example.com").await;
        let page = miriam.get("/conversations").await;
        page.shows(&["Every number sends nothing"]).hides(&["Bait and Tackle sends nothing"]);
        house.pass(hours(1)).await;
        let probes = refused(house).await - 1;
        assert!((4..=12).contains(&probes), "{probes} probes in an hour, of all numbers together");
        house.simulator.mend(fault);
        house.pass(minutes(16)).await;
        assert_eq!(paused(house).await, Vec::<String>::new());
        for n in 34..37 {
            house.customer(n).shows(&[&format!("to {n}")]);
        }
        miriam.get("/conversations").await.hides(&["sends nothing"]);
    }

    async fn a_number_that_nobody_rents_does_not_hold_up_the_others(house: only_ana) {
        let threads = acquainted(house).await;
        let fault = house.simulator.fault(Fault::new(Kind::Unauthorized));
        house.ana().texts_to(&threads[0], "one").await;
        house.simulator.mend(fault);
        let line = switchboard::domain::ids::NumberId(house.number("SELECT id FROM numbers WHERE role = 'line'").await);
        let now = house.clock.now();
        identity::resume_fit(&house.desk.store, &[line], now + minutes(1), now).await.unwrap();
        house.runs_due_work().await;
        house.customer(34).shows(&["one"]);
        assert_eq!(house.rows("numbers WHERE paused_at IS NULL").await, 1, "the line alone");
        assert_eq!(house.rows("numbers WHERE pause_scope = 'account'").await, 0, "the account is well");
        house.customer(34).texts("are you there?").await;
        house.pass(minutes(2)).await;
        assert_eq!(house.ana().bodies().last().unwrap(), "are you there?", "a mask goes on as soon as it is taken");
    }
}

/// Which node finds out does not matter, and one probe is one request.
#[tokio::test]
async fn two_nodes_probe_once_and_both_go_on() {
    let house = House::on(crate::databases::postgres().await).await;
    let other = house.second_node().await;
    let fault = house.simulator.fault(Fault::new(Kind::Refusal).code(21606).from(LINE));
    for n in 34..38 {
        house.customer(n).texts("hello").await;
        house.replies_on_web("miriam@example.com", house.conversation().await, "hi").await;
    }
    assert_eq!(paused(&house).await, [LINE]);
    let before = refused(&house).await;
    house.clock.pass(minutes(16));
    let (one, two) = tokio::join!(
        switchboard::desk::outbox::claim::claim(&house.desk),
        switchboard::desk::outbox::claim::claim(&other.desk)
    );
    one.and(two).unwrap();
    house.makes_requests().await;
    other.makes_requests().await;
    assert_eq!(refused(&house).await - before, 1, "two nodes made one probe");
    house.simulator.mend(fault);
    for _ in 0..3 {
        house.clock.pass(minutes(16));
        other.runs_due_work().await;
        house.runs_due_work().await;
    }
    assert_eq!(paused(&house).await, Vec::<String>::new());
    for n in 34..38 {
        house.customer(n).shows(&["hi"]);
    }
    house.is_left_tidy();
    other.is_left_tidy();
}
