//! How a text leaves: at once where it can, in order, at its number's pace, in time or not at all.

use rocket::http::Status;
use unicode_segmentation::UnicodeSegmentation;

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::outbox::claim;
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE, Plan, carrier_is_content};
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";

/// Every number sends one segment a second.
fn slowly(plan: &mut Plan) {
    only_ana(plan);
    plan.policies.delivery.segments_per_second = Some(1.0);
}

/// Customers 10, 11, … each have a conversation with Ana; returns their ids.
async fn customers(house: &House, count: u32) -> Vec<switchboard::domain::ids::ConversationId> {
    let mut all = Vec::new();
    for n in 0..count {
        house.customer(10 + n).texts("hello").await;
        all.push(house.conversation().await);
    }
    house.pass(minutes(1)).await;
    all
}

/// When texts left the line, in seconds after the first, with the segments of each.
fn departures(house: &House) -> Vec<(f64, u32)> {
    let texts: Vec<_> = house.simulator.all().into_iter().filter(|text| text.from == LINE).collect();
    let first = texts.iter().map(|text| text.created_at).min().unwrap();
    let segments = |body: &str| switchboard::domain::words::segment::segments(body);
    texts.iter().map(|text| (text.created_at.since(first).as_secs_f64(), segments(&text.body))).collect()
}

both_stores! {
    async fn a_text_is_born_on_its_way_and_the_next_in_its_lane_waits_for_it(house: only_ana) {
        let joel = house.customer(34);
        for body in ["one", "two", "three"] {
            house.simulator.text(&joel.number, LINE, body).await;
        }
        assert_eq!(house.states().await, ["sending", "ready", "ready"]);
        assert_eq!(house.rows("attempts").await, 1);
        house.makes_requests().await;
        assert_eq!(house.states().await, ["accepted", "sending", "ready"], "the first is resolved, the next may leave");
        house.runs_due_work().await;
        house.ana().shows(&["••34, Bait and Tackle:\none", "two", "three"]);
    }

    async fn other_lanes_do_not_wait_for_one_that_is_stuck(house: only_ana) {
        let (joel, kim) = (house.customer(34), house.customer(35));
        joel.texts("hello").await;
        kim.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(600_000).times(1));
        let threads = house.ana().threads();
        house.ana().texts_to(&threads[0], "to Joel").await;
        house.ana().texts_to(&threads[1], "to Kim").await;
        joel.shows(&[]);
        kim.shows(&["to Kim"]);
        house.pass(minutes(11)).await;
        joel.shows(&["to Joel"]);
    }

    async fn texts_of_a_lane_arrive_in_the_order_in_which_they_were_accepted(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("0").await;
        house.simulator.fault(Fault::new(Kind::TooMany).chance(0.4).millis(3000));
        house.simulator.fault(Fault::new(Kind::Reset).taken(false).chance(0.2));
        house.simulator.fault(Fault::new(Kind::Error).taken(true).chance(0.2));
        for n in 1..=12 {
            house.simulator.text(&joel.number, LINE, &n.to_string()).await;
            house.pass(seconds(2)).await;
        }
        house.pass(hours(1)).await;
        house.simulator.mend_all();
        house.pass(hours(1)).await;
        let bodies = house.ana().bodies();
        let numbers: Vec<_> = bodies.iter().filter_map(|body| body.lines().last()).collect();
        assert_eq!(numbers, (0..=12).map(|n| n.to_string()).collect::<Vec<_>>());
    }

    async fn a_number_sends_no_faster_than_its_pace_and_a_long_text_takes_as_many_places_as_segments(house: slowly) {
        let all = customers(house, 6).await;
        let long = "word ".repeat(80);
        for (at, conversation) in all.iter().enumerate() {
            house.replies_on_web(ANA, *conversation, if at == 1 { &long } else { "short" }).await;
        }
        assert_eq!(departures(house).len(), 1);
        house.pass(seconds(30)).await;
        let sent = departures(house);
        assert_eq!(sent.len(), 6);
        let segments = sent[1].1;
        assert!(segments >= 3, "the second text is long: {sent:?}");
        for pair in sent.windows(2) {
            let places = f64::from(pair[0].1);
            assert!(pair[1].0 - pair[0].0 >= places - 0.021, "{sent:?}");
        }
        assert!(sent[5].0 <= 5.0 + f64::from(segments), "and no slower: {sent:?}");
    }

    async fn retries_keep_the_pace_too(house: slowly) {
        let all = customers(house, 5).await;
        house.simulator.fault(Fault::new(Kind::TooMany).from(LINE).millis(60_000));
        for conversation in &all {
            house.replies_on_web(ANA, *conversation, "hello").await;
        }
        house.pass(seconds(30)).await;
        house.simulator.mend_all();
        house.pass(minutes(10)).await;
        let sent = departures(house);
        assert_eq!(sent.len(), 5);
        for pair in sent.windows(2) {
            assert!(pair[1].0 - pair[0].0 >= 0.979, "a burst after the carrier's pause: {sent:?}");
        }
    }

    async fn what_cannot_be_sent_in_time_expires_and_its_author_is_told(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let fault = house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(60_000));
        house.ana().texts_back("one").await;
        house.ana().texts_back("two").await;
        house.pass(hours(3) + minutes(59)).await;
        assert!(house.outbox_to(&joel.number).await.iter().all(|row| row.starts_with("ready")));
        house.pass(minutes(2)).await;
        assert_eq!(house.outbox_to(&joel.number).await, ["expired one", "expired two"]);
        let told = "Not delivered to ••34: it could not be sent in time.";
        assert_eq!(house.ana().bodies()[1..], [told, told]);
        house.simulator.mend(fault);
        house.pass(hours(1)).await;
        joel.shows(&[]);
    }

    /// However many fail together, a phone is told of five in ten minutes; the web shows every one.
    async fn a_phone_is_told_of_five_failures_in_ten_minutes_those_of_one_sweep_counted(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(60_000));
        for n in 1..=6 {
            house.ana().texts_back(&n.to_string()).await;
        }
        house.clock.pass(hours(4) + minutes(1));
        assert_eq!(claim::sweep(&house.desk).await.unwrap(), 6, "all in one sweep");
        house.runs_due_work().await;
        assert!(house.outbox_to(&joel.number).await.iter().all(|row| row.starts_with("expired")));
        let told = "Not delivered to ••34: it could not be sent in time.";
        assert_eq!(house.ana().bodies()[1..], [told; 5]);
        let page = format!("/conversations/{}", house.conversation().await);
        let page = Browser::of(house, ANA).await.get(&page).await;
        assert_eq!(page.body.matches("it could not be sent in time").count(), 6);
        // Nor is the sixth made up for later; but what fails once ten minutes are over is told again.
        house.pass(minutes(11)).await;
        assert_eq!(house.ana().bodies().len(), 1 + 5);
        house.ana().texts_back("7").await;
        house.pass(hours(4) + minutes(1)).await;
        assert_eq!(house.ana().bodies()[1..], [told; 6]);
        joel.shows(&[]);
    }

    async fn a_long_text_arrives_whole_in_parts_and_in_order(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let body = (0..600).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        house.replies_on_web(ANA, house.conversation().await, &body).await;
        house.pass(minutes(1)).await;
        let parts = joel.bodies();
        assert!(parts.len() >= 3 && parts.iter().all(|part| part.chars().count() <= 1600), "{}", parts.len());
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&parts.join(" ")), words(&body));
        let rows = house.words("SELECT CAST(part AS TEXT) FROM deliveries WHERE message_id = \
            (SELECT MAX(id) FROM messages) ORDER BY id").await;
        assert_eq!(rows, (0..parts.len()).map(|n| n.to_string()).collect::<Vec<_>>());
    }

    async fn a_long_text_of_any_script_arrives_in_even_parts_and_whole_characters(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        for (word, times) in [
            ("க்ஷௌஸ்ரீ", 300), ("ক্ষুদ্র", 300), ("ស្ត្រីព្រះ", 250), ("က္ကျွန်ုပ်", 250), ("ເຂົ້ານ້ຳ", 300), ("น้ำผู้ใหญ่", 250), ("క్ష్మాస్త్రీ", 200), ("ക്ഷേത്രം", 300), ("क्षत्रियश्रृंखला", 150),
            ("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}", 400), ("རྫོགས་ཆེན།", 250), ("👨‍👩‍👧‍👦🏳️‍🌈🇩🇪👍🏽", 90), ("e\u{323}\u{302}\u{301}", 500),
        ] {
            let body = word.repeat(times);
            let before = joel.received().len();
            house.replies_on_web(ANA, house.conversation().await, &body).await;
            house.pass(minutes(1)).await;
            let parts: Vec<String> = joel.bodies().split_off(before);
            assert_eq!(parts.concat(), body, "{word}");
            assert!(parts.len() == body.encode_utf16().count().div_ceil(1600), "{word}: {} parts", parts.len());
            let characters: usize = parts.iter().map(|part| part.graphemes(true).count()).sum();
            assert_eq!(characters, body.graphemes(true).count(), "{word} is cut inside a character");
            let lengths: Vec<usize> = parts.iter().map(|part| part.encode_utf16().count()).collect();
            assert!(lengths.iter().min().unwrap() * 10 > lengths.iter().max().unwrap() * 9, "{word}: {lengths:?}");
        }
        let early = format!("你好 {}", "好".repeat(1950));
        house.replies_on_web(ANA, house.conversation().await, &early).await;
        house.pass(minutes(1)).await;
        let lengths: Vec<usize> = joel.bodies().iter().rev().take(2).map(|part| part.chars().count()).collect();
        assert_eq!(lengths, [976, 977]);
    }

    async fn a_text_costs_what_the_page_said_that_it_would(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let (conversation, ana) = (house.conversation().await, Browser::of(house, ANA).await);
        for body in [
            "ramp".to_owned(), "a".repeat(1600), "a".repeat(1601), "word ".repeat(640), format!("{}😀", "word ".repeat(330)), format!("{}😀{}", "ж".repeat(900), "a".repeat(900)),
            "你好，世界 ".repeat(500), "[]{}".repeat(700), "नमस्ते दुनिया\r\n".repeat(150), format!("你好 {}", "好".repeat(1950)), "👨‍👩‍👧‍👦".repeat(200), "ก".repeat(16_000),
        ] {
            let counted = ana.post("/count", &[("body", &body)]).await;
            let counted: serde_json::Value = serde_json::from_str(&counted.body).unwrap();
            assert_eq!(ana.replies(conversation, &body).await.status, Status::SeeOther, "{} characters", body.chars().count());
            house.pass(minutes(5)).await;
            let newest = "deliveries WHERE message_id = (SELECT MAX(id) FROM messages)";
            let (parts, segments) = (house.rows(newest).await, house.number(&format!("SELECT CAST(SUM(segments) AS BIGINT) FROM {newest}")).await);
            assert_eq!((counted["parts"].as_i64(), counted["segments"].as_i64()), (Some(parts), Some(segments)), "{counted}");
            assert_eq!(counted["characters"].as_u64(), Some(body.replace("\r\n", "\n").chars().count() as u64));
            let billed: u32 = joel.received().iter().rev().take(usize::try_from(parts).unwrap()).map(|text| text.segments).sum();
            assert_eq!(i64::from(billed), segments, "the carrier's own count");
        }
    }

    async fn a_rep_learns_once_that_a_text_did_not_arrive_however_many_parts_failed(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::Undelivered).to(&joel.number));
        house.ana().texts_back(&"word ".repeat(700)).await;
        house.pass(minutes(1)).await;
        let told: Vec<_> = house.ana().bodies().into_iter().skip(1).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("Not delivered to ••34: "), "{told:?}");
        assert_eq!(house.ana().threads().len(), 1, "on the thread where it was written");
        assert_eq!(house.rows("deliveries WHERE state = 'undelivered' AND error_code = 30003").await, 3);
        house.pass(hours(5)).await;
        assert_eq!(joel.received().len(), 3, "a failure after acceptance is never sent again by itself");
    }

    async fn a_failure_of_a_web_answer_stands_on_the_web_and_is_texted_to_nobody(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::Refusal).code(21211).to(&joel.number));
        house.replies_on_web(ANA, house.conversation().await, "hi").await;
        assert_eq!(house.ana().received().len(), 1);
        let why = house.words("SELECT why FROM deliveries WHERE state = 'failed' AND error_code = 21211").await;
        assert!(why.len() == 1 && !why[0].is_empty(), "{why:?}");
    }

    async fn a_refused_connection_is_tried_again_and_nothing_is_sent_twice(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.carrier_goes_away().await;
        house.ana().texts_to(&house.ana().threads()[0], "Open until six").await;
        house.pass(seconds(20)).await;
        let rows = house.outbox_to(&joel.number).await;
        assert_eq!(rows, ["ready Open until six"], "surely not sent, so it waits and is not in doubt");
        house.carrier_comes_back().await;
        house.pass(minutes(6)).await;
        joel.shows(&["Open until six"]);
    }

    async fn the_carriers_wish_for_a_pause_is_honoured(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(90_000).times(1));
        house.ana().texts_back("one").await;
        house.pass(seconds(89)).await;
        // Something else in the lane must not make it leave sooner.
        house.ana().texts_back("two").await;
        joel.shows(&[]);
        house.pass(seconds(2)).await;
        joel.shows(&["one", "two"]);
    }

    async fn wrong_credentials_stop_all_numbers_and_nothing_is_lost(house: only_ana) {
        let (joel, kim) = (house.customer(34), house.customer(35));
        joel.texts("hello").await;
        let fault = house.simulator.fault(Fault::new(Kind::Unauthorized));
        house.ana().texts_back("one").await;
        house.ana().texts_back("two").await;
        kim.texts("hello too").await;
        let numbers = house.rows("numbers").await;
        assert_eq!(house.rows("numbers WHERE paused_at IS NOT NULL AND paused_why <> ''").await, numbers);
        assert_eq!(house.rows("attempts WHERE outcome = 'refused'").await, 1, "one request is enough to know");
        house.pass(hours(1)).await;
        assert_eq!(house.rows("deliveries WHERE state = 'ready'").await, 3);

        house.simulator.mend(fault);
        settings_are_mended(house).await;
        assert_eq!(house.rows("numbers WHERE paused_at IS NOT NULL").await, 0);
        house.runs_due_work().await;
        house.pass(seconds(5)).await;
        joel.shows(&["one", "two"]);
        assert!(house.ana().bodies().last().unwrap().ends_with("hello too"));
    }

    async fn a_number_with_wrong_settings_stops_alone(house: only_ana) {
        let (joel, kim) = (house.customer(34), house.customer(35));
        kim.texts("hello").await;
        house.ana().texts_back("before").await;
        joel.texts("hello").await;
        let fault = house.simulator.fault(Fault::new(Kind::Refusal).code(21606).from(LINE));
        house.ana().texts_back("one").await;
        house.ana().texts_to(&house.ana().threads()[0], "two").await;
        assert_eq!(house.words("SELECT number FROM numbers WHERE paused_at IS NOT NULL").await, [LINE]);
        joel.texts("masks still send").await;
        assert_eq!(house.ana().bodies().last().unwrap(), "masks still send");
        house.simulator.mend(fault);
        settings_are_mended(house).await;
        // What was refused for one phone waits for a minute.
        house.pass(minutes(1)).await;
        joel.shows(&["one"]);
        kim.shows(&["before", "two"]);
    }
}

/// Somebody has mended the settings.
async fn settings_are_mended(house: &House) {
    carrier_is_content(&house.desk.store, house.clock.now()).await.unwrap();
}
