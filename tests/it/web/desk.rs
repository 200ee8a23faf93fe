//! What colleagues do on the web: answer, take, hand over, note, close; and what reaches whose phone by it.

use futures_util::future::join_all;

use switchboard::clock::{minutes, seconds};
use switchboard::desk::Failure;
use switchboard::desk::conversations::assign;
use switchboard::desk::conversations::{close, note};
use switchboard::desk::replies::plan::plan;
use switchboard::desk::replies::reply::Reply;
use switchboard::domain::ids::ConversationId;
use switchboard::simulator::{Fault, Inbound, Kind, Media};

use crate::both_stores;
use crate::house::{House, LINE};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";
const ANAS_PHONE: &str = "+15055550121";

/// Joel (34) is Ana's customer.
async fn joel_is_anas(house: &House) -> crate::house::Phone<'_> {
    let joel = house.customer(34);
    house.goes_away("bo@example.com").await;
    joel.texts("Is the ramp open?").await;
    house.comes_back("bo@example.com").await;
    joel
}

both_stores! {
    async fn an_answer_from_the_web_comes_from_the_line_and_is_no_echo_to_its_author(house) {
        let joel = joel_is_anas(house).await;
        house.replies_on_web(ANA, house.conversation().await, "Open until six").await;
        joel.shows(&["Open until six"]);
        assert_eq!(joel.threads(), [LINE]);
        assert_eq!(house.ana().received().len(), 1);
    }

    async fn a_colleagues_answer_reaches_the_pinned_reps_phone_with_the_name(house) {
        let joel = joel_is_anas(house).await;
        house.replies_on_web(MIRIAM, house.conversation().await, "We open at eight").await;
        joel.shows(&["We open at eight"]);
        assert_eq!(house.ana().bodies()[1..], ["Miriam: We open at eight"]);
        assert_eq!(house.ana().threads().len(), 1);
        assert_eq!(house.pinned().await, ANA, "a manager's answer takes nothing away");
    }

    async fn a_rep_who_answers_an_unassigned_conversation_takes_it(house) {
        house.nobody_answers().await;
        let joel = house.customer(34);
        joel.texts("anybody?").await;
        house.replies_on_web(BO, house.conversation().await, "Bo here").await;
        assert_eq!(joel.bodies().last().unwrap(), "Bo here");
        assert_eq!(house.pinned().await, BO);
        joel.texts("great").await;
        house.bo().shows(&["••34, Bait and Tackle:\nanybody?", "great"]);
    }

    async fn whoever_claims_first_has_it(house) {
        house.nobody_answers().await;
        house.customer(34).texts("anybody?").await;
        let conversation = house.conversation().await;
        let claims = [house.person(ANA).await, house.person(BO).await].map(|by| assign::claim(&house.desk, by, conversation));
        let outcomes = join_all(claims).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert_eq!(house.events("claimed").await.len(), 1);
        assert_eq!(house.rows("legs WHERE role = 'rep' AND ended_at IS NULL").await, 1);
        house.runs_due_work().await;
    }

    async fn what_waited_for_the_old_phone_goes_to_the_new_one_in_order(house) {
        let joel = joel_is_anas(house).await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(ANAS_PHONE).millis(600_000));
        joel.texts("one").await;
        let media = vec![Media { url: "https://api.twilio.com/x".to_owned(), content_type: "image/png".to_owned() }];
        let from = joel.number.clone();
        let two = Inbound { from, to: LINE.to_owned(), body: "two".to_owned(), media, ..Inbound::default() };
        house.simulator.send(two).await;
        house.replies_on_web(MIRIAM, house.conversation().await, "A moment").await;
        joel.texts("three").await;
        house.transfers(MIRIAM, BO).await;
        house.runs_due_work().await;
        house.bo().shows(&[
            "••34, Bait and Tackle:\none",
            "two\n[photo: open in the inbox]",
            "Miriam: A moment",
            "three",
        ]);
        house.simulator.mend_all();
        house.pass(minutes(20)).await;
        assert_eq!(house.ana().received().len(), 1, "nothing more for the old phone");
        assert_eq!(house.bo().received().len(), 4);
        joel.shows(&["Only words can be passed on here, not a photo. Please put it into words.", "A moment"]);
    }

    async fn a_text_that_turns_out_unsent_after_the_transfer_goes_to_the_new_rep(house) {
        let joel = joel_is_anas(house).await;
        house.simulator.fault(Fault::new(Kind::Reset).to(ANAS_PHONE).times(1));
        joel.texts("one").await;
        joel.texts("two").await;
        house.transfers(MIRIAM, BO).await;
        house.pass(minutes(10)).await;
        assert_eq!(house.ana().received().len(), 1);
        let mut got: Vec<String> = house.bo().bodies();
        got.sort();
        assert_eq!(got.len(), 2, "{got:?}");
        assert!(got.iter().any(|body| body.ends_with("one")) && got.iter().any(|body| body.ends_with("two")));
    }

    async fn the_customer_notices_nothing_when_the_pin_moves(house) {
        let joel = joel_is_anas(house).await;
        house.ana().texts_back("Ana here").await;
        house.transfers(ANA, BO).await;
        joel.texts("and now?").await;
        house.bo().shows(&["••34, Bait and Tackle:\nand now?"]);
        house.bo().texts_back("Bo here").await;
        joel.shows(&["Ana here", "Bo here"]);
        assert_eq!(joel.threads(), [LINE]);
        assert_eq!(house.ana().received().len(), 1);
    }

    async fn a_conversation_goes_only_to_a_member_of_its_line(house) {
        joel_is_anas(house).await;
        let (ana, conversation) = (house.person(ANA).await, house.conversation().await);
        let miriam = house.person(MIRIAM).await;
        let refused = assign::transfer(&house.desk, ana, conversation, miriam, None).await;
        assert!(matches!(refused, Err(Failure::Refused { field: "to", .. })), "{refused:?}");
        house.is_disabled("bo@example.com").await;
        let refused = assign::transfer(&house.desk, ana, conversation, house.person(BO).await, None).await;
        assert!(matches!(refused, Err(Failure::Refused { field: "to", .. })), "{refused:?}");
        assert_eq!(house.pinned().await, ANA);
    }

    async fn a_note_is_kept_and_never_sent(house) {
        let joel = joel_is_anas(house).await;
        let (ana, conversation) = (house.person(ANA).await, house.conversation().await);
        note::note(&house.desk, ana, conversation, "he owes us a rod".to_owned(), None).await.unwrap();
        assign::transfer(&house.desk, ana, conversation, house.person(BO).await, Some("know him?".to_owned())).await.unwrap();
        house.runs_due_work().await;
        joel.shows(&[]);
        assert!(house.bo().received().is_empty());
        assert_eq!(house.messages().await[1..], ["kept he owes us a rod", "kept know him?"]);
    }

    async fn closing_ends_the_legs_and_what_was_accepted_before_still_goes(house) {
        let joel = joel_is_anas(house).await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(30_000).times(1));
        house.ana().texts_back("Open until six").await;
        house.ana().texts_back("Bye").await;
        joel.shows(&[]);
        house.closes(ANA).await;
        assert_eq!(house.rows("legs WHERE ended_at IS NULL").await, 0);
        house.pass(minutes(1)).await;
        joel.shows(&["Open until six", "Bye"]);
        let refused = house.tries_to_reply(house.person(ANA).await, house.conversation().await, "wait").await;
        assert!(matches!(refused, Err(Failure::Refused { field: "body", .. })), "{refused:?}");
    }

    async fn a_conversation_of_somebody_else_is_not_found_by_any_verb(house) {
        joel_is_anas(house).await;
        let (bo, mine) = (house.person(BO).await, house.conversation().await);
        for conversation in [mine, ConversationId(mine.0 + 1), ConversationId(0)] {
            let desk = &house.desk;
            let answers = [
                house.tries_to_reply(bo, conversation, "hello").await,
                note::note(desk, bo, conversation, "hello".to_owned(), None).await.map(drop),
                assign::claim(desk, bo, conversation).await,
                assign::transfer(desk, bo, conversation, bo, None).await,
                close::close(desk, bo, conversation).await,
            ];
            assert!(answers.iter().all(|answer| matches!(answer, Err(Failure::NotFound))), "{answers:?}");
        }
        house.is_disabled("miriam@example.com").await;
        let gone = house.tries_to_reply(house.person(MIRIAM).await, mine, "hello").await;
        assert!(matches!(gone, Err(Failure::NotFound)), "a disabled manager sees nothing: {gone:?}");
        assert_eq!(house.rows("messages").await, 1);
    }

    async fn the_same_form_sends_once_however_often_it_is_posted(house) {
        let joel = joel_is_anas(house).await;
        let (by, conversation) = (house.person(ANA).await, house.conversation().await);
        let form = || Reply { by, conversation, body: "Open until six".to_owned(), form_key: Some("f1".to_owned()) };
        let at_once = join_all((0..4).map(|_| plan(&house.desk, form().into()))).await;
        let ids: Vec<_> = at_once.into_iter().map(Result::unwrap).collect();
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        house.runs_due_work().await;
        assert_eq!(plan(&house.desk, form().into()).await.unwrap(), ids[0]);
        house.runs_due_work().await;
        joel.shows(&["Open until six"]);
        for _ in 0..2 {
            note::note(&house.desk, by, conversation, "a note".to_owned(), Some("f2".to_owned())).await.unwrap();
        }
        assert_eq!(house.rows("messages WHERE kind = 'note'").await, 1);
    }

    async fn a_forms_line_breaks_reach_the_phone_as_plain_ones(house) {
        let joel = joel_is_anas(house).await;
        house.replies_on_web(ANA, house.conversation().await, "one\r\ntwo").await;
        joel.shows(&["one\ntwo"]);
    }

    async fn nothing_and_too_much_are_refused_by_name(house) {
        joel_is_anas(house).await;
        let (ana, conversation) = (house.person(ANA).await, house.conversation().await);
        for body in [" \n ".to_owned(), "x".repeat(16_001)] {
            let refused = house.tries_to_reply(ana, conversation, &body).await;
            assert!(matches!(refused, Err(Failure::Refused { field: "body", .. })), "{refused:?}");
        }
        house.pass(seconds(1)).await;
        assert_eq!(house.rows("messages").await, 1);
    }
}
