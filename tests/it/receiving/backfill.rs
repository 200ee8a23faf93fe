//! Texts that came by no webhook: found at the carrier, taken in once and in order, and nothing is sent twice for it.

use std::time::Duration;

use switchboard::carrier::{Arrived, Carrier, Inbox};
use switchboard::clock::{At, days, hours, minutes, seconds};
use switchboard::desk::receiving::backfill::{self, Turn};
use switchboard::desk::upkeep::lapse::may_lapse;
use switchboard::simulator::{Arrival, Fault, Inbound, Kind, Media};

use crate::both_stores;
use crate::databases::{self, Fresh};
use crate::house::{House, LINE, Plan};
use crate::processes::traffic::{Side, Traffic};
use crate::processes::{World, until};

fn only_ana(plan: &mut Plan) {
    plan.setup = plan.setup.replace("\"ana@example.com\", \"bo@example.com\"", "\"ana@example.com\"");
    plan.policies.support.context_line = false;
}

fn only_ana_and_one_mask(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 1;
}

/// From now on nothing reaches the house.
fn deaf(house: &House) {
    house.simulator.fault(Fault::new(Kind::WebhookLost));
}

fn hears_again(house: &House) {
    house.simulator.mend_all();
}

both_stores! {
    async fn what_was_texted_during_a_long_outage_is_all_there_afterwards_once_and_in_order(house: only_ana) {
        let (joel, kim) = (house.customer(34), house.customer(57));
        joel.texts("hello").await;
        let mask = house.ana().threads().remove(0);
        deaf(house);
        house.clock.pass(hours(1));
        joel.texts_in_vain(LINE, "anybody there").await;
        house.clock.pass(seconds(5));
        house.ana().texts_in_vain(&mask, "one moment").await;
        house.clock.pass(hours(3));
        kim.texts_in_vain(LINE, "I am new here").await;
        joel.texts_in_vain(LINE, "still waiting").await;
        house.clock.pass(hours(30));
        joel.texts_in_vain(LINE, "never mind").await;
        house.clock.pass(seconds(2));
        let house = house.restarts().await;
        hears_again(&house);
        assert!(!may_lapse(&house.desk), "nothing lapses before it is known what was missed");
        let turn = house.looks_for_missed_texts().await;
        assert_eq!((turn.found, turn.failed), (5, 0));
        assert!(may_lapse(&house.desk));
        let ana = house.ana();
        ana.shows(&["hello", "anybody there", "I am new here", "still waiting", "never mind"]);
        house.customer(34).shows(&["one moment"]);
        assert_eq!(ana.threads().len(), 2);
        assert_eq!(house.rows("messages WHERE sent_at IS NOT NULL AND outcome = 'relayed'").await, 5);
        assert_eq!(house.rows("messages WHERE sent_at > accepted_at").await, 0);

        house.pass(minutes(6)).await;
        assert_eq!(house.looks_for_missed_texts().await.found, 0, "what overlaps is known");
        assert_eq!(house.rows("messages").await, 6);
        assert_eq!(house.rows("deliveries").await, 6);
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'texts.missed'").await, 5);
    }

    async fn a_clock_that_was_ahead_when_a_number_was_added_hides_nothing_that_is_missed_afterwards(house: only_ana) {
        house.clock.set(At(house.clock.now().0) - days(2));
        let house = house.restarts().await;
        house.looks_for_missed_texts().await;
        deaf(&house);
        house.clock.pass(minutes(1));
        house.customer(34).texts_in_vain(LINE, "hello").await;
        house.clock.pass(minutes(1));
        let house = house.restarts().await;
        hears_again(&house);
        assert_eq!(house.looks_for_missed_texts().await.found, 1);
        house.ana().shows(&["hello"]);
    }

    async fn a_text_whose_webhook_may_still_be_under_way_is_not_called_missed(house: only_ana) {
        deaf(house);
        // What was sent within two seconds of the start counts as sent before it: the carrier's times are whole seconds.
        house.clock.pass(seconds(3));
        house.customer(34).texts_in_vain(LINE, "hello").await;
        house.pass(seconds(19)).await;
        assert_eq!(house.looks_for_missed_texts().await, Turn { compared: 1, failed: 0, found: 0 });
        house.pass(seconds(30)).await;
        assert_eq!(house.looks_for_missed_texts().await.found, 1, "the second turn comes soon after a start");
        house.ana().shows(&["hello"]);
        assert_eq!(house.looks_for_missed_texts().await.compared, 1, "the mask from which Ana answers now");
        assert_eq!(house.looks_for_missed_texts().await.compared, 0, "the next turn has not come");
        house.pass(minutes(5)).await;
        assert_eq!(house.looks_for_missed_texts().await.compared, 2, "the line and the mask");
        house.pass(days(1)).await;
        assert_eq!(house.looks_for_missed_texts().await.compared, 21, "once a day all of them");
    }

    async fn a_webhook_that_comes_at_the_same_instant_is_the_same_text(house: only_ana) {
        deaf(house);
        let arrival = house.simulator.text(&house.customer(34).number, LINE, "hello").await;
        let house = house.restarts().await;
        hears_again(&house);
        let again = Inbound {
            from: house.customer(34).number.clone(),
            to: LINE.to_owned(),
            body: "hello".to_owned(),
            sid: Some(arrival.sid),
            ..Inbound::default()
        };
        let webhooks = futures_util::future::join_all((0..4).map(|_| house.simulator.send(again.clone())));
        let (taken, turn) = tokio::join!(webhooks, house.looks_for_missed_texts());
        assert!(taken.iter().all(Arrival::taken), "{taken:?}");
        assert!(turn.found <= 1);
        house.runs_due_work().await;
        assert_eq!(house.rows("messages").await, 1);
        house.ana().shows(&["hello"]);
    }

    async fn a_leg_that_began_after_a_text_was_sent_is_not_its_leg(house: only_ana_and_one_mask) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let mask = house.ana().threads().remove(0);
        deaf(house);
        house.ana().texts_in_vain(&mask, "your secret is safe with us").await;
        hears_again(house);
        house.closes("ana@example.com").await;
        house.pass(hours(80)).await;
        house.customer(57).texts("I am somebody else").await;
        assert_eq!(house.ana().received().last().unwrap().from, mask, "the mask serves another now");
        let turn = house.looks_for_missed_texts().await;
        assert_eq!(turn.found, 1);
        house.customer(57).shows(&[]);
        assert_eq!(
            house.words("SELECT outcome || ': ' || why FROM messages WHERE sent_at IS NOT NULL").await,
            ["held: it was sent before this conversation began, and came in late"]
        );
    }

    async fn a_customers_earlier_text_joins_the_conversation_that_a_later_one_opened(house: only_ana) {
        deaf(house);
        house.customer(34).texts_in_vain(LINE, "my order is 4711").await;
        house.clock.pass(minutes(1));
        hears_again(house);
        house.customer(34).texts("hello?").await;
        house.looks_for_missed_texts().await;
        house.ana().shows(&["hello?", "my order is 4711"]);
        assert_eq!(house.rows("conversations").await, 1);
    }

    async fn a_text_that_was_sent_in_time_reopens_its_conversation_however_late_it_comes(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.closes("ana@example.com").await;
        house.pass(days(6)).await;
        deaf(house);
        joel.texts_in_vain(LINE, "one more thing").await;
        house.clock.pass(days(3));
        let house = house.restarts().await;
        hears_again(&house);
        assert_eq!(house.looks_for_missed_texts().await.found, 1);
        assert_eq!(house.rows("conversations").await, 1);
        assert_eq!(house.events("reopened").await.len(), 1);
        house.ana().shows(&["hello", "one more thing"]);
    }

    async fn a_stop_that_comes_in_late_takes_back_no_later_start(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        deaf(house);
        house.clock.pass(minutes(1));
        joel.texts_in_vain(LINE, "STOP").await;
        hears_again(house);
        house.clock.pass(minutes(1));
        joel.texts("START").await;
        house.looks_for_missed_texts().await;
        house.ana().texts_back("Welcome back").await;
        joel.shows(&["Welcome back"]);

        deaf(house);
        joel.texts_in_vain(LINE, "STOP").await;
        hears_again(house);
        house.pass(minutes(6)).await;
        house.looks_for_missed_texts().await;
        house.ana().texts_back("Anything else?").await;
        joel.shows(&["Welcome back"]);
    }

    async fn pictures_are_found_with_their_text(house: only_ana) {
        deaf(house);
        let picture = Media { url: "https://media.example/1".to_owned(), content_type: "image/jpeg".to_owned() };
        let from = house.customer(34).number.clone();
        let media = vec![picture];
        house.simulator.send(Inbound { from, to: LINE.to_owned(), media, ..Inbound::default() }).await;
        house.pass(minutes(1)).await;
        assert_eq!(house.looks_for_missed_texts().await.found, 1);
        house.ana().shows(&["[photo: open in the inbox]"]);
        let media = house.words("SELECT media FROM messages").await.remove(0);
        assert!(media.contains("/Media/ME") && media.contains("image/jpeg") && media.starts_with('['), "{media}");
    }

    async fn while_the_carrier_cannot_be_asked_nothing_lapses_for_a_day_at_most(house: only_ana) {
        deaf(house);
        house.customer(34).texts_in_vain(LINE, "hello").await;
        let house = house.restarts().await;
        house.carrier_goes_away().await;
        assert_eq!(house.looks_for_missed_texts().await, Turn { compared: 0, failed: 1, found: 0 });
        assert!(!may_lapse(&house.desk));
        switchboard::desk::upkeep::lapse::tally(&house.desk).await.unwrap();
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'carrier.unasked'").await, 1);
        house.clock.pass(hours(23));
        house.looks_for_missed_texts().await;
        assert!(!may_lapse(&house.desk));
        house.carrier_comes_back().await;
        hears_again(&house);
        assert_eq!(house.looks_for_missed_texts().await.found, 1);
        assert!(may_lapse(&house.desk));
        house.ana().shows(&["hello"]);
    }

    async fn after_a_day_without_the_carrier_things_lapse_again(house: only_ana) {
        let house = house.restarts().await;
        house.carrier_goes_away().await;
        house.clock.pass(hours(24));
        house.looks_for_missed_texts().await;
        assert!(may_lapse(&house.desk));
    }

    async fn nothing_older_than_a_number_is_taken_in(house: only_ana) {
        deaf(house);
        let second = "+18005550101";
        house.customer(34).texts_in_vain(second, "for those who had this number before").await;
        house.clock.pass(minutes(1));
        let line = format!("[[line]]\nnumber = \"{second}\"\nname = \"Tours\"\nmembers = [\"ana@example.com\"]");
        house.applies(&line).await;
        house.clock.pass(minutes(1));
        house.customer(35).texts_in_vain(second, "for us").await;
        house.clock.pass(hours(1));
        assert_eq!(house.looks_for_missed_texts().await.found, 1);
        assert_eq!(house.messages().await, ["relayed for us"]);
    }

    async fn from_a_restored_backup_nothing_is_sent_twice(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        // In the backup an answer waits for its turn.
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).times(1));
        house.ana().texts_back("ready at five").await;
        assert_eq!(house.outbox_to(&joel.number).await, ["ready ready at five"]);
        let backup = house.backup().await;
        house.pass(minutes(2)).await;
        house.ana().texts_back("or at six").await;
        joel.texts("six it is").await;
        joel.texts("thanks").await;
        joel.texts("thanks").await;
        let (answers, questions) = (joel.bodies(), house.ana().bodies());
        assert_eq!(answers, ["ready at five", "or at six"]);

        house.clock.pass(hours(2));
        let house = house.restored_from(backup).await;
        house.runs_due_work().await;
        assert_eq!(house.customer(34).bodies(), answers, "what waited leaves only when it is known to be unsent");
        assert_eq!(house.looks_for_missed_texts().await.found, 4);
        house.pass(minutes(10)).await;
        assert_eq!(house.customer(34).bodies(), answers);
        assert_eq!(house.ana().bodies(), questions);
        assert_eq!(house.rows("deliveries WHERE state NOT IN ('accepted', 'delivered')").await, 0);
        assert_eq!(house.rows("tallies WHERE name = 'texts.strange'").await, 1);
        house.customer(34).texts("see you").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "see you");
    }

    async fn after_a_plain_restart_what_waited_leaves_without_a_look(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).times(1));
        house.ana().texts_back("ready at five").await;
        let house = house.restarts().await;
        house.looks_for_missed_texts().await;
        house.pass(minutes(2)).await;
        house.customer(34).shows(&["ready at five"]);
        assert_eq!(house.rows("attempts WHERE outcome = 'earlier' OR looks > 0").await, 0);
    }

    async fn a_carrier_that_cannot_be_asked_holds_up_what_waited_for_a_quarter_of_an_hour_at_most(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).times(1));
        house.ana().texts_back("ready at five").await;
        let house = house.restarts().await;
        house.simulator.fault(Fault::new(Kind::ListUnavailable));
        house.clock.pass(minutes(14));
        house.looks_for_missed_texts().await;
        house.customer(34).shows(&[]);
        house.clock.pass(minutes(2));
        assert!(backfill::check_restored_outbox(&house.desk).await.unwrap());
        house.pass(Duration::from_mins(1)).await;
        house.customer(34).shows(&["ready at five"]);
    }
}

/// Every page of what the carrier lists for the line.
async fn all(carrier: &dyn Carrier, since: At) -> Vec<Arrived> {
    let (mut texts, mut page) = (Vec::new(), None);
    loop {
        let read = carrier.inbound(Inbox::To(LINE), since, page.as_deref()).await.unwrap();
        texts.extend(read.texts);
        page = read.next;
        if page.is_none() {
            return texts;
        }
    }
}

/// The carrier's list comes in pages of a thousand, all of which are followed.
#[tokio::test]
async fn a_list_of_many_pages_is_read_to_its_end() {
    let house = House::on(databases::sqlite()).await;
    deaf(&house);
    for n in 0..2500 {
        house.simulator.text("+15055552034", LINE, &n.to_string()).await;
    }
    house.simulator.text("+15055552034", &crate::house::mask(1), "elsewhere").await;
    let carrier = &house.desk.carrier;
    let listed = all(carrier.as_ref(), house.clock.now()).await;
    let mut bodies: Vec<u32> = listed.iter().map(|text| text.body.parse().unwrap()).collect();
    bodies.sort_unstable();
    assert_eq!(bodies, (0..2500).collect::<Vec<_>>());
    assert!(all(carrier.as_ref(), house.clock.now() + days(1)).await.is_empty(), "by day");
    assert!(carrier.outbound(LINE, house.clock.now()).await.unwrap().is_empty());
}

/// The server is gone while people text, long past the carrier's patience with webhooks; then it comes back.
async fn killed_and_started_again(database: Fresh) {
    let mut world = World::open(database).await;
    let sides = world.acquaint(3).await;
    let mut said = Traffic::of(&world.witness, sides.clone(), 2).ends().await;
    world.dies();
    for said in &mut said {
        for _ in 0..3 {
            said.last += 1;
            let (body, id) = (said.side.body(said.last), said.side.sid(said.last));
            let answers = world.witness.texted(&said.side.phone, &said.side.to, &body, &id).await.unwrap();
            assert!(answers.iter().all(Option::is_none), "nobody was there: {answers:?}");
        }
    }
    world.serves(&[]).await;
    let wanted: u32 = said.iter().map(|said| said.last).sum();
    until("what was missed is in", async || {
        let stored = world.number("SELECT COUNT(*) FROM messages WHERE carrier_id IS NOT NULL").await;
        (stored == i64::from(wanted)).then_some(())
    })
    .await;
    world.proves(&said).await;
    assert!(world.logged().contains("texts had not reached us and were found at the carrier"));
    let more: Vec<Side> = said.into_iter().map(|said| Side { said: said.last, ..said.side }).collect();
    let said = Traffic::of(&world.witness, more, 2).ends().await;
    world.proves(&said).await;
}

mod what_was_texted_while_the_server_was_dead_is_all_there_when_it_is_back {
    #[tokio::test]
    async fn on_sqlite() {
        super::killed_and_started_again(super::databases::sqlite()).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::killed_and_started_again(super::databases::postgres().await).await;
    }
}
