//! The clock is set an hour forward or back while texts wait and requests are under way: nothing is lost or sent twice,
//! nothing waits an hour longer, and nothing lapses for five minutes.

use std::time::Duration;

use switchboard::clock::{At, hours, minutes, seconds};
use switchboard::desk::outbox::{deliver, leases};
use switchboard::desk::upkeep::lapse;
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::{House, Phone, Plan};

fn only_ana(plan: &mut Plan) {
    plan.setup = plan.setup.replace("\"ana@example.com\", \"bo@example.com\"", "\"ana@example.com\"");
    plan.policies.support.context_line = false;
    plan.policies.delivery.valid_for = minutes(30);
}

fn only_ana_and_silence(plan: &mut Plan) {
    only_ana(plan);
    plan.expects_silence();
}

const HOUR: i64 = 3_600_000_000;

/// Somebody sets the clock.
fn jumps(house: &House, by: i64) {
    house.clock.set(At(house.clock.now().0 + by));
}

/// Joel has written, and an answer waits for its second try.
async fn an_answer_waits(house: &House) -> Phone<'_> {
    let joel = house.customer(34);
    joel.texts("hello").await;
    house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).times(1));
    house.ana().texts_back("ready at five").await;
    house.ana().texts_back("or at six").await;
    assert_eq!(house.outbox_to(&joel.number).await, ["ready ready at five", "ready or at six"]);
    joel
}

both_stores! {
    async fn an_hour_forward_expires_nothing_that_waits(house: only_ana) {
        let joel = an_answer_waits(house).await;
        jumps(house, HOUR);
        house.pass(minutes(2)).await;
        joel.shows(&["ready at five", "or at six"]);
    }

    async fn an_hour_back_makes_nothing_wait_an_hour_longer(house: only_ana) {
        // Requests of before the jump count from a clock that was an hour ahead.
        house.is_about_lost_requests();
        let joel = an_answer_waits(house).await;
        jumps(house, -HOUR);
        house.pass(minutes(2)).await;
        joel.shows(&["ready at five", "or at six"]);
        house.customer(57).texts("and I?").await;
        house.ana().texts_back("you too").await;
        house.customer(57).shows(&["you too"]);
    }

    async fn a_request_under_way_keeps_its_lease(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let mask = house.ana().threads().remove(0);
        for (by, body) in [(HOUR, "one"), (-HOUR, "two")] {
            assert!(house.simulator.text(&house.ana().number, &mask, body).await.taken());
            let begun = house.begun();
            assert_eq!(begun.len(), 1);
            jumps(house, by);
            assert_eq!(leases::leases(&house.desk, At::EPOCH).await.unwrap(), 0, "its time is not over");
            for sending in begun {
                deliver::deliver(&house.desk, sending).await;
            }
            house.runs_due_work().await;
            house.pass(minutes(10)).await;
        }
        joel.shows(&["one", "two"]);
        assert_eq!(house.rows("attempts WHERE doubt_since IS NOT NULL").await, 0);
    }

    async fn a_request_that_died_before_the_clock_was_set_back_is_looked_for_in_minutes(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let mask = house.ana().threads().remove(0);
        assert!(house.simulator.text(&house.ana().number, &mask, "ready at five").await.taken());
        drop(house.begun());
        jumps(house, -HOUR);
        house.pass(minutes(10)).await;
        joel.shows(&["ready at five"]);
    }

    async fn two_looks_that_a_jump_brings_together_prove_nothing(house: only_ana_and_silence) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        // Taken, and listed a minute and a half late.
        house.simulator.fault(Fault::new(Kind::AcceptedLate).millis(90_000).to(&joel.number).times(1));
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        house.ana().texts_back("ready at five").await;
        house.pass(seconds(65)).await;
        assert_eq!(house.rows("attempts WHERE empty_at IS NOT NULL").await, 1, "the first look that counts");
        jumps(house, HOUR);
        house.runs_due_work().await;
        house.clock.pass(Duration::from_millis(10));
        house.runs_due_work().await;
        assert_eq!(house.outbox_to(&joel.number).await, ["unknown ready at five"]);
        house.pass(minutes(10)).await;
        joel.shows(&["ready at five"]);
    }

    async fn nothing_lapses_for_five_minutes(house: only_ana) {
        for by in [HOUR, -HOUR] {
            assert!(lapse::may_lapse(&house.desk));
            jumps(house, by);
            assert!(!lapse::may_lapse(&house.desk));
            house.pass(seconds(299)).await;
            assert!(!lapse::may_lapse(&house.desk));
            house.pass(seconds(1)).await;
            assert!(lapse::may_lapse(&house.desk));
        }
        house.pass(hours(1)).await;
        assert!(lapse::may_lapse(&house.desk), "time that passes is no jump");
    }
}
