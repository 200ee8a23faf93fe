//! Our clock and the carrier's are apart, or nobody knows how far: a text in doubt is bound to what the carrier has made of it
//! or sent once, and what people sent meanwhile is taken in.

use switchboard::clock::{At, hours, minutes, seconds};
use switchboard::desk::upkeep::clocks;
use switchboard::simulator::{Fault, Kind, Shown};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Phone, Plan};
use crate::web::browser::Browser;

/// Ana answers alone, and our clock is so many seconds ahead of the carrier's.
fn ahead_by(plan: &mut Plan, seconds: i64) {
    only_ana(plan);
    plan.carrier_shows.ahead_millis = -1000 * seconds;
}

fn undated(plan: &mut Plan) {
    only_ana(plan);
    plan.carrier_shows.undated = true;
}

/// Joel has written to Ana, and the carrier reports on nothing.
async fn joel(house: &House) -> Phone<'_> {
    let joel = house.customer(34);
    joel.texts("hello").await;
    house.simulator.fault(Fault::new(Kind::ReceiptsLost));
    joel
}

/// The next request to Joel has no answer.
fn loses_an_answer(joel: &Phone<'_>, taken: bool) {
    joel.house.simulator.fault(Fault::new(Kind::Reset).taken(taken).to(&joel.number).times(1));
}

/// Somebody sets our clock right while no time passes.
fn corrects(house: &House, ahead: i64) {
    house.clock.set(At(house.clock.now().0 - ahead * 1_000_000));
}

/// The clocks are apart all the time.
async fn all_the_time(house: &House, ahead: i64) {
    let joel = joel(house).await;
    loses_an_answer(&joel, true);
    house.ana().texts_back("Open until six").await;
    house.pass(seconds(6)).await;
    assert_eq!(house.outbox_to(&joel.number).await, ["accepted Open until six"], "the first look finds it");

    // The same words, made a while ago by somebody else, are not it.
    house.sends_beside("See you", &joel.number).await;
    house.pass(minutes(10)).await;
    loses_an_answer(&joel, false);
    house.ana().texts_back("See you").await;
    house.pass(minutes(10)).await;
    joel.shows(&["Open until six", "See you", "See you"]);

    // What people sent meanwhile is dated by our clock.
    house.simulator.fault(Fault::new(Kind::WebhookLost));
    joel.texts_in_vain(LINE, "and on Sunday?").await;
    house.simulator.mend_all();
    house.pass(minutes(6)).await;
    assert_eq!(house.looks_for_missed_texts().await.found, 1);
    let when = "messages WHERE body = 'and on Sunday?' AND accepted_at - sent_at BETWEEN 355000000 AND 365000000";
    assert_eq!(house.rows(when).await, 1, "it was sent six minutes ago by our clock");
    house.pass(hours(3)).await;
    joel.shows(&["Open until six", "See you", "See you"]);
    assert_eq!(house.events("doubled").await.len(), 0);
    let there = clocks::compare(&house.desk).await.unwrap().unwrap();
    assert!((there + ahead * 1_000_000).abs() <= 500_000, "the carrier is ahead by {there} µs");
    let told = if ahead > 0 { " s ahead of the carrier" } else { " s behind the carrier" };
    Browser::of(house, "miriam@example.com").await.get("/conversations").await.shows(&["Our clock is ", told]);
}

/// Our clock is set right while texts are in doubt.
async fn in_the_middle(house: &House, ahead: i64) {
    // Requests after the clock was set back seem to be of before the start, and are looked for.
    house.is_about_lost_requests();
    let joel = joel(house).await;
    let list = house.simulator.fault(Fault::new(Kind::ListUnavailable));
    loses_an_answer(&joel, true);
    house.ana().texts_back("Open until six").await;
    let kim = house.customer(57);
    kim.texts("and I?").await;
    loses_an_answer(&kim, false);
    house.ana().texts_back("you too").await;
    house.pass(seconds(30)).await;
    corrects(house, ahead);
    house.pass(seconds(30)).await;
    house.simulator.mend(list);
    house.pass(minutes(10)).await;
    joel.shows(&["Open until six"]);
    kim.shows(&["you too"]);
    house.ana().texts_back("and bring bait").await;
    kim.shows(&["you too", "and bring bait"]);
    house.pass(hours(3)).await;
    joel.shows(&["Open until six"]);
    kim.shows(&["you too", "and bring bait"]);
    assert_eq!(house.events("doubled").await.len(), 0);
}

/// Our clock is set right while the program does not run: nothing of it is noticed but by the carrier's clock.
async fn between_two_lives(house: &House, ahead: i64) {
    let joel = joel(house).await;
    let list = house.simulator.fault(Fault::new(Kind::ListUnavailable));
    loses_an_answer(&joel, true);
    house.ana().texts_back("Open until six").await;
    let kim = house.customer(57);
    kim.texts("and I?").await;
    let thread = house.ana().threads().pop().unwrap();
    house.simulator.text(&house.ana().number, &thread, "you too").await;
    house.makes_requests_and_dies().await;
    corrects(house, ahead);
    let house = house.restarts().await;
    house.simulator.mend(list);
    house.looks_for_missed_texts().await;
    house.pass(minutes(10)).await;
    let (joel, kim) = (house.customer(34), house.customer(57));
    joel.shows(&["Open until six"]);
    kim.shows(&["you too"]);
    let open = house.words("SELECT state FROM deliveries WHERE state NOT IN ('accepted', 'delivered')").await;
    assert_eq!(open, [""; 0], "all is settled within minutes");
    joel.texts("thanks").await;
    house.ana().texts_back("any time").await;
    joel.shows(&["Open until six", "any time"]);
    house.pass(hours(3)).await;
    joel.shows(&["Open until six", "any time"]);
    kim.shows(&["you too"]);
    assert_eq!(house.events("doubled").await.len(), 0);
}

macro_rules! apart {
    ($($name:ident $ahead:literal)*) => {$(
        mod $name {
            use super::*;

            fn apart(plan: &mut Plan) {
                ahead_by(plan, $ahead);
            }

            both_stores! {
                async fn all_the_time(house: apart) {
                    super::super::all_the_time(house, $ahead).await;
                }

                async fn until_it_is_set_right(house: apart) {
                    super::super::in_the_middle(house, $ahead).await;
                }

                async fn until_it_is_set_right_and_the_program_begins_anew(house: apart) {
                    super::super::between_two_lives(house, $ahead).await;
                }
            }
        }
    )*};
}

apart! {
    ahead_by_ninety_seconds 90
    behind_by_ninety_seconds -90
    ahead_by_ten_minutes 600
    behind_by_ten_minutes -600
    ahead_by_two_hours 7200
    behind_by_two_hours -7200
}

both_stores! {
    async fn an_undated_list_binds_what_it_shows_and_proves_what_it_does_not(house: undated) {
        assert_eq!(clocks::compare(&house.desk).await.unwrap(), None);
        let joel = joel(house).await;
        loses_an_answer(&joel, true);
        house.ana().texts_back("Open until six").await;
        house.pass(minutes(10)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["accepted Open until six"]);
        loses_an_answer(&joel, false);
        house.ana().texts_back("See you").await;
        house.pass(minutes(10)).await;
        joel.shows(&["Open until six", "See you"]);
    }

    async fn an_undated_list_rules_nothing_out_by_time_and_a_person_decides_after_a_quarter_of_an_hour(house: undated) {
        let joel = joel(house).await;
        house.sends_beside("See you", &joel.number).await;
        house.pass(minutes(10)).await;
        loses_an_answer(&joel, false);
        house.ana().texts_back("See you").await;
        house.ana().texts_back("and bring bait").await;
        house.pass(minutes(14)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["unknown See you", "ready and bring bait"]);
        house.pass(minutes(2)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["parked See you", "accepted and bring bait"]);
        house.pass(hours(3)).await;
        joel.shows(&["See you", "and bring bait"]);
    }

    async fn what_began_while_nobody_knew_the_offset_is_not_ruled_out_by_the_one_that_is_known_later(house: undated) {
        let joel = joel(house).await;
        house.sends_beside("See you", &joel.number).await;
        house.pass(minutes(10)).await;
        loses_an_answer(&joel, false);
        house.ana().texts_back("See you").await;
        house.simulator.show(Shown::default());
        assert_eq!(clocks::compare(&house.desk).await.unwrap(), Some(0));
        house.pass(minutes(14)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["unknown See you"]);
        house.pass(minutes(2)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["parked See you"]);
        joel.shows(&["See you"]);
    }

    async fn seconds_are_nothing_that_people_must_know(house: four_seconds) {
        let off = "carrier_clock WHERE off_since IS NOT NULL";
        assert_eq!((house.rows("carrier_clock").await, house.rows(off).await), (1, 0));
        corrects(house, -3);
        clocks::compare(&house.desk).await.unwrap();
        assert_eq!(house.rows(off).await, 1, "seven are");
        corrects(house, 7);
        clocks::compare(&house.desk).await.unwrap();
        assert_eq!(house.rows(off).await, 0);
    }
}

fn four_seconds(plan: &mut Plan) {
    ahead_by(plan, 4);
}
