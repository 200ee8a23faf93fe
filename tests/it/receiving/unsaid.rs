//! What cannot travel (pictures, files, nothing at all): nobody is texted an empty text, and nobody who is not staff
//! reads words that only staff understand.

use switchboard::clock::{days, minutes};
use switchboard::desk::Failure;
use switchboard::desk::conversations::held;
use switchboard::domain::ids::MessageId;
use switchboard::simulator::{Fault, Inbound, Kind, Media};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Phone};
use crate::pairs::opening;

const ANA: &str = "ana@example.com";
const WORDS_ONLY: &str = "Only words can be passed on here, not a photo. Please put it into words.";
const EMPTY: &str = "Not sent: your text is empty.";

/// Bodies in which nothing can be seen.
const BLANK: [&str; 6] = ["", " ", "\n\t", "\u{200b}", "\u{feff}\u{2060} \u{ad}", "\u{3164}\u{2800}"];

/// `from` sends files of these types to one of our numbers, with words.
async fn sends(from: &Phone<'_>, to: &str, body: &str, types: &[&str]) {
    let file = |kind: &&str| Media { url: "https://api.twilio.com/x".to_owned(), content_type: (*kind).to_owned() };
    let media = types.iter().map(file).collect();
    let text =
        Inbound { from: from.number.clone(), to: to.to_owned(), body: body.to_owned(), media, ..Inbound::default() };
    assert!(from.house.simulator.send(text).await.taken());
    from.house.runs_due_work().await;
}

/// Joel has written to Ana; her mask in his thread.
async fn joel_writes(house: &House) -> String {
    house.customer(34).texts("hello").await;
    house.ana().threads().remove(0)
}

/// Nothing that went out had nothing in it.
async fn nothing_empty_went_out(house: &House) {
    let sent = house.words("SELECT body FROM deliveries WHERE state <> 'suppressed'").await;
    assert!(sent.iter().all(|body| body.chars().any(char::is_alphanumeric)), "{sent:?}");
    assert!(house.states().await.iter().all(|state| state != "failed"), "{:?}", house.outbox().await);
}

both_stores! {
    async fn a_reps_picture_reaches_the_customer_as_plain_words_and_the_rep_is_told(house: only_ana) {
        let mask = joel_writes(house).await;
        sends(&house.ana(), &mask, "our map", &["image/jpeg"]).await;
        sends(&house.ana(), &mask, "", &["image/jpeg", "image/png", "application/pdf"]).await;
        house.customer(34).shows(&[
            "our map\nYou were sent a photo, but only words can be passed on here.",
            "You were sent 2 photos and a file, but only words can be passed on here.",
        ]);
        assert_eq!(house.ana().bodies()[1..], [
            "Not sent to ••34: a photo. Only words can be sent from here; please put it into words.",
            "Not sent to ••34: 2 photos and a file. Only words can be sent from here; please put it into words.",
        ]);
        assert_eq!(house.messages().await, ["relayed hello", "relayed our map", "relayed "]);
    }

    async fn a_customers_picture_is_named_to_the_rep_and_the_customer_is_told_once_an_hour(house: only_ana) {
        let joel = house.customer(34);
        sends(&joel, LINE, "Is this the ramp?", &["image/jpeg"]).await;
        house.ana().shows(&["••34, Bait and Tackle:\nIs this the ramp?\n[photo: open in the inbox]"]);
        joel.shows(&[WORDS_ONLY]);
        house.pass(minutes(59)).await;
        sends(&joel, LINE, "", &["image/jpeg"]).await;
        assert_eq!(house.ana().bodies()[1..], ["[photo: open in the inbox]"]);
        joel.shows(&[WORDS_ONLY]);
        assert_eq!(house.words("SELECT preview FROM conversations").await, ["[a photo]"]);
        house.pass(minutes(1)).await;
        sends(&joel, LINE, "look", &["image/jpeg"]).await;
        joel.shows(&[WORDS_ONLY, WORDS_ONLY]);
    }

    async fn a_sender_with_a_name_is_told_nothing(house: only_ana) {
        sends(&house.phone("BAYBANK"), LINE, "Our new card", &["image/jpeg"]).await;
        assert_eq!(house.outbox_to("BAYBANK").await, [""; 0]);
        assert_eq!(house.ana().bodies().len(), 1);
    }

    async fn between_parties_a_picture_is_plain_words_and_its_sender_is_told(house) {
        let id = house.joins(opening("bait-77")).await;
        sends(&house.fisher(), &house.mask_of(id, "Fisher").await, "meet me here", &["image/jpeg"]).await;
        house.helper().shows(&["meet me here\nYou were sent a photo, but only words can be passed on here."]);
        house.fisher().shows(&[WORDS_ONLY]);
        sends(&house.helper(), &house.mask_of(id, "Helper").await, "", &["video/mp4"]).await;
        assert_eq!(house.fisher().bodies()[1..], ["You were sent a video, but only words can be passed on here."]);
        assert!(!house.outbox().await.iter().any(|row| row.contains("inbox")), "{:?}", house.outbox().await);
    }

    async fn between_parties_an_empty_text_is_said_to_be_one(house) {
        let id = house.joins(opening("bait-77")).await;
        let mine = house.mask_of(id, "Fisher").await;
        for blank in BLANK {
            house.fisher().texts_to(&mine, blank).await;
        }
        house.helper().shows(&["[empty text]"; BLANK.len()]);
        house.fisher().shows(&[]);
        nothing_empty_went_out(house).await;
    }

    async fn a_line_says_it_in_words_of_its_own(house: only_ana) {
        house.applies("[[line]]\nnumber = \"+18005550100\"\ntexts = { not_shown = \"({what})\", words_only = \"No {what}!\", media_not_sent = \"{what} stays here\", \
                       empty_not_sent = \"Nothing sent.\", empty = \"(nothing)\" }").await;
        let mask = joel_writes(house).await;
        sends(&house.ana(), &mask, "our map", &["image/jpeg"]).await;
        sends(&house.customer(34), LINE, "", &["image/jpeg"]).await;
        house.customer(34).texts(" ").await;
        house.ana().texts_back(" ").await;
        house.customer(34).shows(&["our map\n(a photo)", "No a photo!"]);
        assert_eq!(house.ana().bodies()[1..], ["a photo stays here", "[photo: open in the inbox]", "(nothing)", "Nothing sent."]);
    }

    async fn an_empty_text_of_a_customer_is_passed_on_as_one(house: only_ana) {
        for (n, blank) in (40..).zip(BLANK) {
            house.customer(n).texts(blank).await;
            house.customer(n).texts(blank).await;
        }
        let bodies = house.ana().bodies();
        let (first, second): (Vec<_>, Vec<_>) = (0..BLANK.len()).map(|at| (bodies[2 * at].clone(), bodies[2 * at + 1].clone())).unzip();
        assert_eq!(first, (40..46).map(|n| format!("••{n}, Bait and Tackle:\n[empty text]")).collect::<Vec<_>>());
        assert_eq!(second, ["[empty text]"; BLANK.len()]);
        assert_eq!(house.rows("conversations WHERE preview = '[empty text]'").await, 6);
        nothing_empty_went_out(house).await;
    }

    async fn an_empty_text_of_a_rep_goes_to_nobody_and_the_rep_is_told(house: only_ana) {
        joel_writes(house).await;
        for blank in BLANK {
            house.ana().texts_back(blank).await;
        }
        house.customer(34).shows(&[]);
        assert_eq!(house.ana().bodies()[1..], [EMPTY; 5], "five times in ten minutes: a phone that answers by itself would never stop");
        assert_eq!(house.rows("messages WHERE outcome = 'kept' AND why = 'it is empty'").await, 6);
        let (ana, conversation) = (house.person(ANA).await, house.conversation().await);
        for blank in BLANK {
            let typed = house.tries_to_reply(ana, conversation, blank).await;
            assert!(matches!(typed, Err(Failure::Refused { field: "body", .. })), "{typed:?}");
        }
        nothing_empty_went_out(house).await;
    }

    async fn a_held_picture_is_sent_on_in_plain_words_and_a_held_nothing_is_not(house: only_ana) {
        let mask = joel_writes(house).await;
        house.closes(ANA).await;
        house.pass(days(8)).await;
        sends(&house.ana(), &mask, "our map", &["image/jpeg"]).await;
        house.ana().texts_to(&mask, "\u{200b}").await;
        let miriam = house.person("miriam@example.com").await;
        let held = house.words("SELECT CAST(id AS TEXT) FROM messages WHERE outcome = 'held' ORDER BY id").await;
        let held: Vec<MessageId> = held.iter().map(|id| MessageId(id.parse().unwrap())).collect();
        held::forward(&house.desk, miriam, held[0]).await.unwrap();
        let empty = held::forward(&house.desk, miriam, held[1]).await;
        assert!(matches!(&empty, Err(Failure::Refused { why, .. }) if why.starts_with("it is empty")), "{empty:?}");
        house.runs_due_work().await;
        house.customer(34).shows(&["our map\nYou were sent a photo, but only words can be passed on here."]);
    }

    async fn a_command_that_comes_with_a_picture_says_that_only_its_words_count(house: only_ana) {
        let mask = joel_writes(house).await;
        sends(&house.ana(), &mask, "#note his map", &["image/jpeg"]).await;
        assert_eq!(house.ana().bodies()[1..], ["Noted, for staff only. Only its words count, not a photo."]);
        house.customer(34).shows(&[]);
    }

    async fn a_party_is_told_of_a_failure_in_words_that_are_not_staffs(house) {
        let id = house.joins(opening("bait-77")).await;
        house.simulator.fault(Fault::new(Kind::Refusal).code(30007).to(&house.helper().number).times(1));
        house.fisher().texts_to(&house.mask_of(id, "Fisher").await, "On my way").await;
        house.fisher().shows(&["Not delivered to the other side: it could not be delivered."]);
        let why = house.words("SELECT why FROM deliveries WHERE kind = 'text'").await;
        assert!(why[0].contains("spam"), "staff read the reason: {why:?}");
    }
}
