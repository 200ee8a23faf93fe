//! A text arrives: verified, stored once, whole and verbatim, and only then answered.

use futures_util::future::join_all;

use switchboard::clock::{days, minutes};
use switchboard::desk::upkeep::lapse;
use switchboard::simulator::{Inbound, Media};

use crate::both_stores;
use crate::house::neighbours::webhook;
use crate::house::{LINE, PREVIOUS_TOKEN, TOKEN};

const JOEL: &str = "+15055552034";

fn text(sid: &str, body: &str) -> Inbound {
    let (from, to, body) = (JOEL.to_owned(), LINE.to_owned(), body.to_owned());
    Inbound { from, to, body, sid: Some(sid.to_owned()), ..Inbound::default() }
}

both_stores! {
    async fn the_same_webhook_five_times_at_once_is_stored_once(house) {
        let form = webhook("SM00000000000000000000000000000005", JOEL, "Is the ramp open?");
        let answers = join_all((0..5).map(|_| house.post("messages", &form, Some(TOKEN)))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        house.runs_due_work().await;
        assert_eq!(house.messages().await, ["relayed Is the ramp open?"]);
        house.chosen().shows(&["••34, Bait and Tackle:\nIs the ramp open?"]);
    }

    async fn a_replay_a_year_later_changes_nothing(house) {
        let sid = "SM00000000000000000000000000000006";
        house.simulator.send(text(sid, "Is the ramp open?")).await;
        house.runs_due_work().await;
        let rep = house.chosen();
        rep.texts_back("Open until six").await;
        let before = (house.messages().await, house.outbox().await);

        house.pass(days(365)).await;
        let replay = house.simulator.send(text(sid, "Is the ramp open?")).await;
        assert_eq!(replay.posts[0].answer, Some(200), "the carrier is not to try again");
        house.runs_due_work().await;
        assert_eq!((house.messages().await, house.outbox().await), before);
        assert_eq!(rep.received().len(), 1);
    }

    async fn a_webhook_that_comes_twice_and_to_the_fallback_as_well_is_one_text(house) {
        house.simulator.own_number(LINE, "Line", Some(&house.webhook()));
        let twice = Inbound { twice: true, fallback_too: true, ..text("SM00000000000000000000000000000007", "once") };
        assert!(house.simulator.send(twice).await.posts.len() >= 2);
        house.runs_due_work().await;
        assert_eq!(house.messages().await, ["relayed once"]);
    }

    async fn the_raw_form_is_kept_whole_and_dropped_after_thirty_days(house) {
        let extra = vec![("NewFangled".to_owned(), "a b&c".to_owned())];
        let odd = Inbound { extra, ..text("SM00000000000000000000000000000008", "hello") };
        assert!(house.simulator.send(odd).await.taken());
        house.runs_due_work().await;
        let raw = house.words("SELECT raw FROM messages").await;
        assert!(raw[0].contains("NewFangled=a+b%26c"), "{raw:?}");

        house.pass(days(29)).await;
        lapse::forget(&house.desk).await.unwrap();
        assert_eq!(house.rows("messages WHERE raw IS NOT NULL").await, 1);
        house.pass(days(1) + minutes(1)).await;
        lapse::forget(&house.desk).await.unwrap();
        assert_eq!(house.rows("messages WHERE raw IS NOT NULL").await, 0);
        assert_eq!(house.messages().await, ["relayed hello"], "the text itself stays");
    }

    async fn pictures_are_kept_with_the_text_and_named_to_the_rep(house) {
        let url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1";
        let media = vec![
            Media { url: url.to_owned(), content_type: "image/jpeg".to_owned() },
            Media { url: url.replace("ME1", "ME2"), content_type: "application/pdf".to_owned() },
        ];
        let with_photo = Inbound { media, ..text("MM00000000000000000000000000000009", "Is this the ramp?") };
        house.simulator.send(with_photo).await;
        house.runs_due_work().await;
        house.chosen().shows(&[
            "••34, Bait and Tackle:\nIs this the ramp?\n[photo: open in the inbox]\n[file: open in the inbox]",
        ]);
        let media = house.words("SELECT media FROM messages").await;
        assert!(media[0].contains(url) && media[0].contains("image/jpeg"), "{media:?}");
    }

    async fn a_picture_without_words_is_a_text_too(house) {
        let media = vec![Media { url: "https://api.twilio.com/x".to_owned(), content_type: "image/png".to_owned() }];
        house.simulator.send(Inbound { media, ..text("MM00000000000000000000000000000010", "") }).await;
        house.runs_due_work().await;
        house.chosen().shows(&["••34, Bait and Tackle:\n[photo: open in the inbox]"]);
    }

    async fn a_body_of_a_megabyte_is_taken_and_a_larger_one_refused_and_counted(house) {
        let mut form = webhook("SM00000000000000000000000000000011", JOEL, "hello");
        form.push("Filler", &"x".repeat(900_000));
        assert_eq!(house.hears(&form).await.status, 200);
        let mut form = webhook("SM00000000000000000000000000000012", JOEL, "hello again");
        form.push("Filler", &"x".repeat(1_100_000));
        assert_eq!(house.hears(&form).await.status, 413);
        assert_eq!(house.messages().await, ["relayed hello"]);
        lapse::tally(&house.desk).await.unwrap();
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'webhook.rejected'").await, 1);
    }

    async fn a_post_that_the_carrier_did_not_sign_is_refused_and_counted(house) {
        let form = webhook("SM00000000000000000000000000000013", JOEL, "let me in");
        assert_eq!(house.post("messages", &form, None).await.status, 403);
        assert_eq!(house.post("messages", &form, Some("not the token")).await.status, 403);
        let bent = house.simulator.send(Inbound { wrong_signature: true, ..text("SM1", "let me in") }).await;
        assert_eq!(bent.posts[0].answer, Some(403));
        house.runs_due_work().await;
        assert_eq!(house.messages().await, [""; 0]);
        lapse::tally(&house.desk).await.unwrap();
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'webhook.rejected'").await, 3);
    }

    async fn the_token_before_verifies_during_a_rotation(house) {
        let form = webhook("SM00000000000000000000000000000014", JOEL, "hello");
        assert_eq!(house.post("messages", &form, Some(PREVIOUS_TOKEN)).await.status, 200);
        house.runs_due_work().await;
        assert_eq!(house.messages().await, ["relayed hello"]);
    }

    async fn a_text_of_another_account_is_refused_though_the_token_is_right(house) {
        let form = [
            ("MessageSid", "SM00000000000000000000000000000015"),
            ("AccountSid", "AC00000000000000000000000000000002"),
            ("From", JOEL),
            ("To", LINE),
            ("Body", "hello"),
        ];
        assert_eq!(house.hears(&form.into_iter().collect()).await.status, 403);
        assert_eq!(house.rows("messages").await, 0);
    }

    async fn a_messaging_service_changes_nothing(house) {
        let mut form = webhook("SM00000000000000000000000000000016", JOEL, "hello");
        form.push("MessagingServiceSid", "MG00000000000000000000000000000001");
        assert_eq!(house.hears(&form).await.status, 200);
        let rep = house.chosen();
        rep.shows(&["••34, Bait and Tackle:\nhello"]);
        rep.texts_back("hi").await;
        house.customer(34).shows(&["hi"]);
        assert_eq!(house.customer(34).received()[0].from, LINE);
    }

    async fn words_travel_verbatim(house) {
        let joel = house.customer(34);
        let body = "  Héllo + “wörld” & 100% 😀👨‍👩‍👧\n2nd line\r\n\ttabbed\u{202e} \\ 'quoted' <b> ; DROP TABLE; €\n ";
        joel.texts(body).await;
        let rep = house.chosen();
        rep.shows(&[&format!("••34, Bait and Tackle:\n{body}")]);
        rep.texts_back(body).await;
        joel.shows(&[body]);
        let stored = house.words("SELECT body FROM messages").await;
        assert_eq!(stored, [body, body]);
    }

    async fn the_answer_says_nothing_to_the_person(house) {
        let form = webhook("SM00000000000000000000000000000017", JOEL, "hello");
        let answer = house.hears(&form).await;
        assert_eq!(answer.status, 200);
        assert!(answer.content_type.starts_with("text/xml"), "{answer:?}");
        assert_eq!(answer.body, r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#);
        house.customer(34).shows(&[]);
    }

    async fn while_the_database_refuses_the_carrier_is_asked_to_try_again_and_nothing_is_lost(house) {
        house.desk.store.close().await;
        let sid = "SM00000000000000000000000000000018";
        let refused = house.simulator.send(text(sid, "Is the ramp open?")).await;
        assert_eq!(refused.posts[0].answer, Some(503), "{refused:?}");

        let healed = house.second_node().await;
        let again = healed.simulator.send(text(sid, "Is the ramp open?")).await;
        assert_eq!(again.posts[0].answer, Some(200), "{again:?}");
        healed.runs_due_work().await;
        assert_eq!(healed.messages().await, ["relayed Is the ramp open?"]);
        healed.chosen().shows(&["••34, Bait and Tackle:\nIs the ramp open?"]);
    }
}
