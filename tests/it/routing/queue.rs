//! Picking and the queue: who gets a customer, who comes back to whom, and how those who wait are given away.

use switchboard::clock::{days, hours};
use switchboard::domain::people::person::Duty;

use crate::both_stores;
use crate::house::{House, LINE, Plan};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";

fn one_each(plan: &mut Plan) {
    plan.setup = plan.setup.replace("phone = ", "limit = 1\nphone = ");
}

fn least_busy(plan: &mut Plan) {
    plan.policies.support.pick = switchboard::domain::policy::PickPolicy::LeastBusy;
}

fn in_turn(plan: &mut Plan) {
    plan.policies.support.pick = switchboard::domain::policy::PickPolicy::RoundRobin;
}

/// Names of whoever has each conversation, oldest first; empty where nobody has it.
async fn pins(house: &House) -> Vec<String> {
    house.words("SELECT p.name FROM conversations c LEFT JOIN people p ON p.id = c.pinned_to ORDER BY c.id").await
}

both_stores! {
    async fn the_least_busy_gets_the_next_customer(house: least_busy) {
        for n in 1..=6 {
            house.customer(n).texts("hello").await;
        }
        let mut has = pins(house).await;
        has.sort();
        assert_eq!(has, ["Ana", "Ana", "Ana", "Bo", "Bo", "Bo"]);
        assert_eq!(house.events("picked").await[5]["policy"], "least_busy");
    }

    async fn in_turn_everybody_gets_every_other_customer(house: in_turn) {
        for n in 1..=5 {
            house.customer(n).texts("hello").await;
            house.pass(hours(1)).await;
        }
        let has = pins(house).await;
        assert!(has.windows(2).all(|pair| pair[0] != pair[1]), "{has:?}");
    }

    async fn a_returning_customer_goes_back_to_the_same_rep_within_thirty_days(house) {
        for n in 1..=6 {
            let joel = house.customer(n);
            joel.texts("first").await;
            let first = house.pinned().await;
            house.closes(MIRIAM).await;
            house.pass(days(8)).await;
            joel.texts("second").await;
            assert_eq!(house.pinned().await, first);
            assert_eq!(house.events("picked").await.last().unwrap()["policy"], "sticky");
            house.closes(MIRIAM).await;
        }
        assert_eq!(house.rows("conversations").await, 12);
    }

    async fn after_thirty_days_or_when_that_rep_is_no_candidate_somebody_is_picked_anew(house) {
        let joel = house.customer(34);
        joel.texts("first").await;
        let first = house.pinned().await;
        house.closes(MIRIAM).await;
        house.pass(days(8)).await;
        house.goes_away(&first).await;
        joel.texts("second").await;
        assert_ne!(house.pinned().await, first);
        assert_eq!(house.events("picked").await.last().unwrap()["policy"], "random");
        house.closes(MIRIAM).await;
        house.everybody_answers().await;
        house.pass(days(31)).await;
        joel.texts("third").await;
        assert_eq!(house.events("picked").await.last().unwrap()["policy"], "random");
    }

    async fn whoever_comes_on_duty_gets_who_waited_longest_and_their_texts_in_order(house: one_each) {
        house.nobody_answers().await;
        house.customer(1).texts("first, one").await;
        house.customer(2).texts("second").await;
        house.customer(1).texts("first, two").await;
        assert_eq!(pins(house).await, ["", ""]);
        house.takes_duty(ANA, ANA, Duty::On).await;
        assert_eq!(pins(house).await, ["Ana", ""], "Ana takes one at a time");
        house.ana().shows(&["••01, Bait and Tackle:\nfirst, one", "first, two"]);
        house.takes_duty(MIRIAM, BO, Duty::On).await;
        house.bo().shows(&["••02, Bait and Tackle:\nsecond"]);
        assert_eq!(house.events("duty").await.len(), 4, "two went and two came");
    }

    async fn a_close_and_a_transfer_make_room_for_whoever_waits(house: one_each) {
        for n in 1..=4 {
            house.customer(n).texts(&format!("text {n}")).await;
        }
        assert_eq!(pins(house).await[2..], ["", ""]);
        house.has_limit("bo@example.com", None).await;
        let anas = house.words("SELECT CAST(c.id AS TEXT) FROM conversations c JOIN people p ON p.id = c.pinned_to WHERE p.name = 'Ana'").await;
        house.transfers_one(MIRIAM, anas[0].parse().unwrap(), BO).await;
        let has = pins(house).await;
        assert!(!has.contains(&String::new()), "Ana had room for one, Bo for all: {has:?}");
    }

    async fn a_full_house_drains_in_the_order_in_which_customers_came(house: one_each) {
        for n in 1..=6 {
            house.customer(n).texts(&format!("text {n}")).await;
        }
        for done in 0..4 {
            let open = house.words("SELECT CAST(id AS TEXT) FROM conversations WHERE closed_at IS NULL ORDER BY id").await;
            house.closes_one(MIRIAM, open[0].parse().unwrap()).await;
            let waiting = house.rows("conversations WHERE closed_at IS NULL AND pinned_to IS NULL").await;
            assert_eq!(waiting, (3 - done).max(0));
            let has = pins(house).await;
            let first_free = has.iter().position(String::is_empty).unwrap_or(has.len());
            assert!(has[first_free..].iter().all(String::is_empty), "nobody overtakes: {has:?}");
        }
        house.runs_due_work().await;
    }

    async fn a_customer_who_waits_is_told_once_a_day_and_not_right_after_an_answer(house) {
        const NOTICE: &str = "Thanks for your text. Nobody can answer right now; you will hear from us as soon as somebody can.";
        house.nobody_answers().await;
        let joel = house.customer(34);
        joel.texts("anybody?").await;
        joel.texts("hello?").await;
        joel.shows(&[NOTICE]);
        house.pass(hours(23)).await;
        joel.texts("still there?").await;
        joel.shows(&[NOTICE]);
        house.pass(hours(2)).await;
        house.replies_on_web(MIRIAM, house.conversation().await, "Tomorrow.").await;
        joel.texts("fine").await;
        joel.shows(&[NOTICE, "Tomorrow."]);
        house.pass(switchboard::clock::minutes(6)).await;
        joel.texts("and when?").await;
        joel.shows(&[NOTICE, "Tomorrow.", NOTICE]);
    }

    async fn away_with_reassigning_gives_every_customer_to_somebody_else_with_what_waited(house) {
        let joel = house.customer(34);
        joel.texts("one").await;
        let (first, other) = if house.pinned().await == ANA { (ANA, BO) } else { (BO, ANA) };
        house.takes_duty(first, first, Duty::AwayReassign).await;
        assert_eq!(house.pinned().await, other);
        assert_eq!(house.events("taken_away").await[0]["why"], "away");
        joel.texts("two").await;
        assert_eq!(house.chosen().bodies().last().unwrap(), "••34, Bait and Tackle:\ntwo");
        house.takes_duty(other, other, Duty::AwayReassign).await;
        assert_eq!(house.pinned().await, "", "nobody is left: it waits where all members see it");
        joel.texts("three").await;
        house.takes_duty(first, first, Duty::On).await;
        assert_eq!(house.pinned().await, first);
        assert_eq!(house.chosen().bodies().last().unwrap(), "••34, Bait and Tackle:\nthree");
    }

    async fn disabling_a_person_gives_their_customers_away_and_signs_them_out(house) {
        house.has_role("miriam@example.com", "admin").await;
        house.customer(34).texts("one").await;
        let (first, other) = if house.pinned().await == ANA { (ANA, BO) } else { (BO, ANA) };
        let (by, whom) = (house.person(MIRIAM).await, house.person(first).await);
        switchboard::desk::routing::duty::set_enabled(&house.desk, by, whom, false).await.unwrap();
        house.runs_due_work().await;
        assert_eq!(house.pinned().await, other);
        assert_eq!(house.events("taken_away").await[0]["why"], "disabled");
        let not_oneself = switchboard::desk::routing::duty::set_enabled(&house.desk, by, by, false).await;
        assert!(not_oneself.is_err());
        // Meanwhile the phone is a customer's; from the return on it is a colleague's again.
        let phone = if first == ANA { house.ana() } else { house.bo() };
        phone.texts("I am a customer now").await;
        assert_eq!(house.rows("conversations WHERE closed_at IS NULL").await, 2);
        switchboard::desk::routing::duty::set_enabled(&house.desk, by, whom, true).await.unwrap();
        house.runs_due_work().await;
        assert_eq!(house.rows("conversations WHERE closed_at IS NULL").await, 1);
        assert_eq!(house.rows("legs WHERE ended_at IS NULL AND role = 'customer'").await, 1);
    }

    async fn picks_at_the_same_instant_give_nobody_more_than_the_limit(house: one_each) {
        let texts: Vec<_> = (1..=6).map(|n| house.customer(n)).collect();
        futures_util::future::join_all(texts.iter().map(|phone| phone.texts("hello"))).await;
        house.runs_due_work().await;
        let most = "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM conversations WHERE pinned_to IS NOT NULL AND closed_at IS NULL GROUP BY pinned_to) AS counts";
        assert_eq!(house.number(most).await, 1);
        assert_eq!(house.rows("conversations WHERE pinned_to IS NOT NULL").await, 2);
    }

    async fn a_text_to_the_line_brings_whoever_waits_first(house: one_each) {
        for n in 1..=3 {
            house.customer(n).texts(&format!("text {n}")).await;
        }
        assert_eq!(pins(house).await[2], "");
        // Room that was made behind the desk's back; no clockwork runs before the next text.
        house.has_limit("bo@example.com", Some(2)).await;
        house.simulator.text(&house.customer(4).number, LINE, "text 4").await;
        assert_eq!(pins(house).await[2..], ["Bo", ""]);
        house.runs_due_work().await;
    }

    async fn a_text_soon_after_the_close_reopens_the_conversation_with_the_same_rep(house) {
        let joel = house.customer(34);
        joel.texts("one").await;
        let rep = house.pinned().await;
        house.closes(MIRIAM).await;
        house.pass(days(6)).await;
        joel.texts("two").await;
        assert_eq!(house.rows("conversations").await, 1);
        assert_eq!(house.pinned().await, rep);
        assert_eq!(house.chosen().threads().len(), 1);
        assert_eq!(house.events("reopened").await[0]["why"], "the customer texted again");
        house.chosen().texts_back("hello again").await;
        assert_eq!(joel.bodies().last().unwrap(), "hello again");
    }
}
