//! What was missed decides about what comes after it: nothing leaves to a person, and nothing of theirs is passed on, before it is
//! known what that person has sent while nobody listened.

use switchboard::clock::{At, hours, minutes, seconds};
use switchboard::desk::receiving::{self, backfill};
use switchboard::desk::upkeep::lapse;
use switchboard::simulator::{Fault, Kind};
use switchboard::store::receiving::arrivals::{self, Whose};

use crate::house::plan::only_ana;
use crate::house::{House, LINE, Plan};
use crate::{both_stores, databases};

/// Ana alone, and no line that says who a thread is about.
fn plainly(plan: &mut Plan) {
    only_ana(plan);
    plan.policies.support.context_line = false;
}

/// As [`plainly`], and HELP is ours to answer.
fn helping(plan: &mut Plan) {
    plainly(plan);
    plan.policies.delivery.carrier_answers_help = false;
}

/// Ana and Bo, and no line that says who a thread is about.
fn both_plainly(plan: &mut Plan) {
    plan.policies.support.context_line = false;
}

/// From now on nothing reaches the house.
fn deaf(house: &House) {
    house.simulator.fault(Fault::new(Kind::WebhookLost));
}

/// Joel has written to Ana, and Ana's answer waits, because the carrier had too much to do.
async fn an_answer_waits(house: &House) {
    let joel = house.customer(34);
    joel.texts("hello").await;
    house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).times(1));
    house.ana().texts_back("ready at five").await;
    assert_eq!(house.outbox_to(&joel.number).await, ["ready ready at five"]);
}

both_stores! {
    async fn whoever_said_stop_while_nobody_listened_is_not_texted(house: plainly) {
        an_answer_waits(house).await;
        deaf(house);
        house.customer(34).texts_in_vain(LINE, "STOP").await;
        let house = house.restarts().await;
        house.simulator.mend_all();
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        // No turn of all numbers: the one person is looked at because something waits for them.
        house.pass(minutes(1)).await;
        house.customer(34).shows(&[]);
        assert_eq!(house.outbox_to(&house.customer(34).number).await, ["suppressed ready at five"]);
        assert_eq!(house.words("SELECT why FROM deliveries WHERE state = 'suppressed'").await, ["they opted out"]);
    }

    async fn a_refusal_on_the_reps_side_that_was_missed_holds_too(house: plainly) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&house.ana().number).times(1));
        joel.texts("are you there?").await;
        let mask = house.ana().threads().remove(0);
        deaf(house);
        house.ana().texts_in_vain(&mask, "STOP").await;
        let house = house.restarts().await;
        house.simulator.mend_all();
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        house.pass(minutes(1)).await;
        house.ana().shows(&["hello"]);
    }

    async fn what_waited_for_somebody_who_said_nothing_leaves_at_once(house: plainly) {
        an_answer_waits(house).await;
        let house = house.restarts().await;
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        house.pass(seconds(10)).await;
        house.customer(34).shows(&["ready at five"]);
        assert_eq!(house.rows("deliveries WHERE state = 'ready'").await, 0);
    }

    async fn without_lists_peoples_own_texts_wait_a_quarter_of_an_hour_and_the_programs_until_there_are_some(house: helping) {
        an_answer_waits(house).await;
        let kim = house.customer(57);
        house.simulator.fault(Fault::new(Kind::TooMany).to(&kim.number).times(1));
        kim.texts("HELP").await;
        let helped = house.outbox_to(&kim.number).await;
        assert_eq!(helped.len(), 1, "{helped:?}");
        assert!(helped[0].starts_with("ready "), "{helped:?}");
        let house = house.restarts().await;
        house.simulator.fault(Fault::new(Kind::ListUnavailable));
        house.pass(minutes(14)).await;
        house.customer(34).shows(&[]);
        house.clock.pass(minutes(2));
        assert!(backfill::check_restored_outbox(&house.desk).await.unwrap(), "after a quarter of an hour it is believed");
        house.pass(minutes(1)).await;
        house.customer(34).shows(&["ready at five"]);
        house.customer(57).shows(&[]);
        lapse::tally(&house.desk).await.unwrap();
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'texts.unlooked'").await, 1);
        house.simulator.mend_all();
        house.pass(minutes(1)).await;
        assert_eq!(house.customer(57).received().len(), 1, "the lists are there again");
    }

    async fn the_first_text_after_a_restart_does_not_overtake_those_that_were_missed(house: plainly) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        deaf(house);
        for n in 0..3 {
            house.clock.pass(seconds(2));
            joel.texts_in_vain(LINE, &n.to_string()).await;
            house.customer(57).texts_in_vain(LINE, &format!("new {n}")).await;
        }
        let house = house.restarts().await;
        house.simulator.mend_all();
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        let joel = house.customer(34);
        let arrival = house.simulator.text(&joel.number, LINE, "9").await;
        assert!(arrival.taken(), "it is stored and answered as ever: {arrival:?}");
        house.ana().shows(&["hello"]);
        house.runs_due_work().await;
        house.customer(57).texts("new 9").await;
        house.pass(minutes(1)).await;
        assert!(house.ana().bodies().iter().all(|body| !body.starts_with("new")), "the line was not compared yet");
        house.looks_for_missed_texts().await;
        house.pass(minutes(1)).await;
        let of = |start: &str| house.ana().bodies().into_iter().filter(|body| body.starts_with(start)).collect::<Vec<_>>();
        let plain: Vec<String> = house.ana().bodies().into_iter().filter(|body| !body.starts_with("new")).collect();
        assert_eq!(plain, ["hello", "0", "1", "2", "9"]);
        assert_eq!(of("new"), ["new 0", "new 1", "new 2", "new 9"]);
        assert_eq!(house.ana().threads().len(), 2);
        assert_eq!(house.rows("arrivals").await, 0);
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'texts.missed'").await, 6);
    }

    async fn a_stop_that_comes_first_after_a_restart_is_heard_in_its_turn(house: plainly) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        deaf(house);
        joel.texts_in_vain(LINE, "START").await;
        let house = house.restarts().await;
        house.simulator.mend_all();
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        house.customer(34).texts("STOP").await;
        house.pass(minutes(1)).await;
        house.ana().texts_back("anything else?").await;
        house.pass(minutes(1)).await;
        house.customer(34).shows(&[]);
    }

    async fn a_text_that_waits_is_passed_on_by_the_next_life_too(house: plainly) {
        house.customer(34).texts("hello").await;
        deaf(house);
        house.customer(34).texts_in_vain(LINE, "1").await;
        let house = house.restarts().await;
        house.simulator.mend_all();
        assert!(house.simulator.text(&house.customer(34).number, LINE, "2").await.taken());
        assert_eq!(house.rows("arrivals").await, 1);
        let house = house.restarts().await;
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        house.pass(minutes(1)).await;
        house.ana().shows(&["hello", "1", "2"]);
    }

    async fn many_that_wait_are_taken_in_together_each_persons_in_order(house: plainly) {
        for n in 0..4 {
            house.customer(100 + n).texts(&format!("hello {n}")).await;
        }
        deaf(house);
        house.customer(100).texts_in_vain(LINE, "0: missed").await;
        let house = house.restarts().await;
        house.simulator.mend_all();
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        for turn in 0..6 {
            for n in 0..5 {
                // One of them says STOP in between, and one is new.
                let body = if (turn, n) == (3, 1) { "STOP".to_owned() } else { format!("{n}: {turn}") };
                assert!(house.simulator.text(&house.customer(100 + n).number, LINE, &body).await.taken());
            }
        }
        assert_eq!(house.rows("arrivals").await, 30);
        house.looks_for_missed_texts().await;
        house.pass(minutes(1)).await;
        assert_eq!(house.rows("arrivals").await, 0);
        let told = house.ana().bodies();
        for n in 0..5 {
            let own: Vec<&str> = told.iter().map(String::as_str).filter(|body| body.starts_with(&format!("{n}: "))).collect();
            let mut wanted: Vec<String> = (0..6).map(|turn| format!("{n}: {turn}")).collect();
            match n {
                0 => wanted.insert(0, "0: missed".to_owned()),
                1 => drop(wanted.remove(3)),
                _ => {}
            }
            assert_eq!(own, wanted, "of customer {n}");
        }
        assert_eq!(house.rows("messages").await, 35);
        house.ana().texts_back("anything else?").await;
        house.pass(minutes(1)).await;
    }

    async fn the_same_webhook_again_while_it_waits_is_one_text(house: plainly) {
        house.customer(34).texts("hello").await;
        let house = house.restarts().await;
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        let joel = house.customer(34).number;
        let form = crate::house::neighbours::webhook("SM00000000000000000000000000000912", &joel, "again");
        for _ in 0..3 {
            let answer = house.post("messages", &form, Some(crate::house::TOKEN)).await;
            assert_eq!(answer.status, 200);
        }
        assert_eq!(house.rows("arrivals").await, 1);
        house.pass(minutes(1)).await;
        assert_eq!(house.post("messages", &form, Some(crate::house::TOKEN)).await.status, 200);
        house.pass(minutes(1)).await;
        house.ana().shows(&["hello", "again"]);
    }

    async fn while_lists_cannot_be_had_what_comes_is_passed_on_after_a_quarter_of_an_hour(house: plainly) {
        house.customer(34).texts("hello").await;
        let house = house.restarts().await;
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        house.simulator.fault(Fault::new(Kind::ListUnavailable));
        house.customer(34).texts("anybody there?").await;
        house.pass(minutes(14)).await;
        house.ana().shows(&["hello"]);
        house.pass(minutes(2)).await;
        house.ana().shows(&["hello", "anybody there?"]);
    }

    async fn after_a_clock_that_was_ahead_what_comes_does_not_overtake_what_waits(house: plainly) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).times(1));
        house.clock.pass(minutes(30));
        house.ana().texts_back("first").await;
        house.clock.set(At(house.clock.now().0 - 1_800_000_000));
        let house = house.restarts().await;
        house.looks_for_missed_texts().await;
        house.ana().texts_back("second").await;
        house.pass(minutes(60)).await;
        house.customer(34).shows(&["first", "second"]);
    }

    async fn whoever_first_wrote_after_the_backup_keeps_their_rep_and_mask(house: both_plainly) {
        let backup = house.backup().await;
        for n in 0..8 {
            let customer = house.customer(100 + n);
            customer.texts(&format!("question {n}")).await;
            house.clock.pass(seconds(3));
            customer.texts(&format!("more of {n}")).await;
            house.clock.pass(seconds(3));
        }
        // Two say the same.
        for n in [200, 201] {
            house.customer(n).texts("hello").await;
            house.clock.pass(seconds(3));
        }
        for n in [201, 200] {
            house.customer(n).texts(&format!("I am {n}")).await;
            house.clock.pass(seconds(3));
            house.chosen().texts_back(&format!("welcome {n}")).await;
            house.clock.pass(seconds(3));
        }
        let (ana, bo) = (house.ana().bodies(), house.bo().bodies());
        let threads = (house.ana().threads(), house.bo().threads());
        assert_eq!(ana.len() + bo.len(), 20);
        house.clock.pass(minutes(30));
        let house = house.restored_from(backup).await;
        assert_eq!(house.looks_for_missed_texts().await.found, 22);
        house.pass(minutes(10)).await;
        for n in 200..202 {
            house.customer(n).shows(&[&format!("welcome {n}")]);
        }
        assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 0, "answers belong to their conversations");
        assert_eq!((house.ana().bodies(), house.bo().bodies()), (ana, bo), "nothing is sent again");
        let newest = |number: &str, body: &str| {
            let sent = house.simulator.texts_to(number).into_iter().rev().find(|text| text.body == body);
            sent.map(|text| text.from)
        };
        for n in 200..202 {
            house.customer(n).texts(&format!("still {n}")).await;
            let (said, still) = (format!("I am {n}"), format!("still {n}"));
            let lanes = |phone: &str| (newest(phone, &said), newest(phone, &still));
            let (ana, bo) = (lanes(&house.ana().number), lanes(&house.bo().number));
            assert!(ana.0 == ana.1 && bo.0 == bo.1 && ana.0.is_some() != bo.0.is_some(), "{n}: {ana:?} {bo:?}");
        }
        assert_eq!((house.ana().threads(), house.bo().threads()), threads);
    }

    async fn a_reps_answer_waits_until_whoever_wrote_after_the_backup_has_their_rep_again(house: plainly) {
        let backup = house.backup().await;
        house.customer(34).texts("hello").await;
        house.clock.pass(seconds(3));
        house.ana().texts_back("one").await;
        house.clock.pass(minutes(1));
        let house = house.restored_from(backup).await;
        // Before any number is compared the rep goes on, and is looked at alone.
        house.ana().texts_back("two").await;
        backfill::people(&house.desk).await.unwrap();
        assert_eq!(house.rows("messages").await, 0);
        house.looks_for_missed_texts().await;
        house.pass(minutes(10)).await;
        assert_eq!(house.rows("messages WHERE outcome = 'held'").await, 0);
        house.ana().shows(&["hello"]);
        house.customer(34).shows(&["one", "two"]);
    }

    async fn a_webhook_that_the_lost_life_had_answered_in_vain_is_not_passed_on_again(house: plainly) {
        house.customer(34).texts("hello").await;
        let backup = house.backup().await;
        let joel = house.customer(34);
        joel.texts("is it ready?").await;
        house.ana().shows(&["hello", "is it ready?"]);
        let sid = house.words("SELECT carrier_id FROM messages WHERE body = 'is it ready?'").await.remove(0);
        let house = house.restored_from(backup).await;
        // The answer was lost with the database, so the carrier posts it again.
        let form = crate::house::neighbours::webhook(&sid, &house.customer(34).number, "is it ready?");
        assert_eq!(house.post("messages", &form, Some(crate::house::TOKEN)).await.status, 200);
        house.pass(minutes(10)).await;
        house.ana().shows(&["hello", "is it ready?"]);
        assert_eq!(house.rows("messages WHERE body = 'is it ready?'").await, 1);
    }

    async fn whoever_said_stop_after_the_backup_is_not_texted_from_it(house: plainly) {
        an_answer_waits(house).await;
        let backup = house.backup().await;
        house.simulator.mend_all();
        house.pass(minutes(2)).await;
        house.customer(34).shows(&["ready at five"]);
        house.customer(34).texts("STOP").await;
        house.clock.pass(hours(1));
        let house = house.restored_from(backup).await;
        backfill::check_restored_outbox(&house.desk).await.unwrap();
        house.pass(minutes(10)).await;
        house.customer(34).shows(&["ready at five"]);
    }
}

/// The server comes back with an older state while the program runs.
#[tokio::test]
async fn a_database_that_goes_back_under_a_running_house_has_nothing_sent_again() {
    let house = House::with(databases::postgres().await, Plan::default().but(both_plainly)).await;
    let joel = house.customer(34);
    joel.texts("hello").await;
    let rep = house.chosen().number.clone();
    house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).times(1));
    house.phone(&rep).texts_back("ready at five").await;
    let older = house.backup().await;
    house.pass(minutes(2)).await;
    house.phone(&rep).texts_back("or at six").await;
    for n in 0..4 {
        house.customer(100 + n).texts(&format!("question {n}")).await;
        house.customer(34).texts(&format!("also {n}")).await;
        house.clock.pass(seconds(2));
    }
    let before = (house.ana().bodies(), house.bo().bodies(), joel.bodies());
    house.clock.pass(seconds(2));
    house.goes_back_to(&older).await;
    // The first questions meet connections that are gone.
    crate::processes::until("the database answers again", async || house.desk.store.now().await.ok()).await;
    assert!(
        !house.desk.readiness.is_outbox_checked() && !house.desk.readiness.has_compared_all(),
        "nothing is believed any more"
    );
    house.is_about_lost_requests();
    house.looks_for_missed_texts().await;
    house.pass(minutes(10)).await;
    assert_eq!((house.ana().bodies(), house.bo().bodies(), joel.bodies()), before);
    assert!(house.desk.readiness.is_outbox_checked() && house.desk.readiness.has_compared_all());
    joel.texts("see you").await;
    assert_eq!(house.phone(&rep).bodies().last().unwrap(), "see you");
}

#[tokio::test]
async fn what_was_known_of_another_database_takes_nothing_in() {
    let house = House::with(databases::postgres().await, Plan::default().but(plainly)).await;
    house.customer(34).texts("hello").await;
    let house = house.restarts().await;
    backfill::check_restored_outbox(&house.desk).await.unwrap();
    assert!(house.simulator.text(&house.customer(34).number, LINE, "anybody there?").await.taken());
    let until = house.clock.now();
    let waits = async || {
        let mut tx = house.desk.store.read().await.unwrap();
        arrivals::earliest(&mut tx, Whose::Numbers(&[LINE.to_owned()]), &[], until, 10).await.unwrap()
    };
    let (epoch, waiting) = (house.desk.readiness.epoch(), waits().await);
    assert_eq!(waiting.len(), 1);
    // The connection that is to take it in finds an older state of the database.
    house.desk.store.timeline().turn();
    assert!(receiving::receive_arrival(&house.desk, epoch, waiting[0].clone(), None).await.is_err());
    assert!(receiving::receive_arrivals(&house.desk, epoch, waiting.clone()).await.is_err());
    assert_eq!(waits().await, waiting);
    house.looks_for_missed_texts().await;
    house.pass(minutes(10)).await;
    house.ana().shows(&["hello", "anybody there?"]);
}
