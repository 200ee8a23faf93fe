//! `Idempotency-Key`: a request takes effect once.

use serde_json::json;
use sqlx::ConnectOptions;

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::pairs::{Saying, say};
use switchboard::desk::programs::once;
use switchboard::desk::upkeep::lapse;
use switchboard::domain::ids::{AppId, ConversationId, TokenId};
use switchboard::domain::programs::scope::{Scope, Scopes};

use super::Program;
use super::pairs::wish;
use crate::house::House;
use crate::house::states::begins_to_write_what_requests_made;
use crate::processes::until;
use crate::{both_stores, databases};

both_stores! {
    async fn the_same_request_under_the_same_key_takes_effect_once_and_is_answered_alike(house) {
        let program = Program::of(house).await;
        let body = json!({"url": "https://app.example.com/hook", "events": ["pair.ended"]});
        let first = program.posts_once("endpoints", "a-1", &body).await;
        assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
        house.clock.pass(hours(23));
        let again = program.posts_once("endpoints", "a-1", &body).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
        assert_eq!(again.body, first.body);
        assert_eq!(house.rows("endpoints").await, 1);

        let other = json!({"url": "https://app.example.com/other", "events": ["pair.ended"]});
        let problem = program.posts_once("endpoints", "a-1", &other).await.problem(422, "key_reused");
        assert_eq!(problem["errors"][0]["header"], "Idempotency-Key");
        assert_eq!(house.rows("endpoints").await, 1);
        assert_eq!(program.posts_once("endpoints", "a-2", &other).await.status, 201);

        let stranger = Program::called(house, "crm").await;
        let theirs = stranger.posts_once("endpoints", "a-1", &body).await;
        assert_eq!((theirs.status, theirs.header("idempotency-replayed")), (201, ""), "another app has keys of its own");
    }

    async fn a_request_that_was_refused_may_be_mended_under_its_key(house) {
        let program = Program::of(house).await;
        let wrong = json!({"url": "ftp://app.example.com", "events": ["*"]});
        program.posts_once("endpoints", "b", &wrong).await.problem(422, "refused");
        let right = json!({"url": "https://app.example.com", "events": ["*"]});
        assert_eq!(program.posts_once("endpoints", "b", &right).await.status, 201);
        assert_eq!(house.rows("idempotency_keys").await, 1);
    }

    async fn a_request_that_is_being_answered_is_not_begun_again_until_its_process_must_be_dead(house) {
        let program = Program::of(house).await;
        let body = json!({"url": "https://app.example.com", "events": ["*"]});
        assert_eq!(program.posts_once("endpoints", "c", &body).await.status, 201);
        house.requests_are_under_way().await;
        let waiting = program.posts_once("endpoints", "c", &body).await;
        waiting.problem(409, "under_way");
        assert_eq!(waiting.header("retry-after"), "1");
        house.clock.pass(minutes(1));
        assert_eq!(program.posts_once("endpoints", "c", &body).await.status, 201);
    }

    /// The process died between the commit and the answer: what the request made is known, and it is answered from that, at
    /// once and also later.
    async fn what_took_effect_and_was_not_answered_is_not_made_again(house) {
        let program = Program::of(house).await;
        let endpoint = json!({"url": "https://app.example.com", "events": ["pair.ended"]});
        let mut fixed = wish("order-77");
        fixed["expiry"] = json!({"kind": "fixed", "after": "4h", "hard_cap": "7d"});
        let pair = program.opens(&fixed).await;
        let (messages, extension) = (format!("pairs/{pair}/messages"), format!("pairs/{pair}/extension"));
        for (path, body, table) in [
            ("endpoints", endpoint, "endpoints"),
            ("pairs", wish("order-78"), "pairs"),
            (&messages, json!({"body": "Your helper is 5 minutes away."}), "messages"),
            (&extension, json!({"by": "30m"}), "pairs"),
        ] {
            let first = program.posts_once(path, path, &body).await;
            assert!([200, 201].contains(&first.status), "{path}: {}", first.body);
            let rows = house.rows(table).await;
            for wait in [seconds(0), minutes(2)] {
                house.answers_were_lost().await;
                house.clock.pass(wait);
                let again = program.posts_once(path, path, &body).await;
                assert_eq!((again.status, again.header("idempotency-replayed")), (first.status, "true"), "{path}");
                assert_eq!(again.json()["id"], first.json()["id"], "{path}");
                assert_eq!(again.json().get("secret"), first.json().get("secret"), "{path}");
                assert_eq!(again.json().get("ends_at"), first.json().get("ends_at"), "{path}: made once");
            }
            assert_eq!(house.rows(table).await, rows, "{path}");
        }
        house.runs_due_work().await;
    }

    /// A request that stood still until it was begun anew makes nothing when it goes on.
    async fn a_request_that_was_begun_anew_meanwhile_makes_nothing(house) {
        let program = Program::of(house).await;
        let app = AppId(house.number("SELECT id FROM apps").await);
        let request = once::Request { app, key: "e".to_owned(), hash: "h".to_owned() };
        let once::Begun::Go(slow) = once::begin(&house.desk, request.clone()).await.unwrap() else { panic!("not new") };
        house.clock.pass(minutes(1));
        let once::Begun::Go(fast) = once::begin(&house.desk, request).await.unwrap() else { panic!("not over") };
        let by = |turn| Some(switchboard::desk::programs::Program {
            app,
            token: TokenId(1),
            scopes: Scopes::of([Scope::MessagesWrite]),
            turn: Some(turn),
        });
        let pair: ConversationId = ConversationId(program.opens(&wish("order-79")).await.parse().unwrap());
        let saying = || Saying { pair, body: "Your helper is 5 minutes away.".to_owned(), to: None };
        let before = house.rows("messages").await;
        let refused = say(&house.desk, by(slow), saying()).await;
        assert!(refused.unwrap_err().to_string().contains("begun anew"));
        assert_eq!(house.rows("messages").await, before);
        say(&house.desk, by(fast.clone()), saying()).await.unwrap();
        assert!(say(&house.desk, by(fast), saying()).await.is_err(), "nor is it made twice");
        assert_eq!(house.rows("messages").await, before + 1);
        house.runs_due_work().await;
    }

    async fn a_key_is_forgotten_after_a_day(house) {
        let program = Program::of(house).await;
        let body = json!({"url": "https://app.example.com", "events": ["*"]});
        assert_eq!(program.posts_once("endpoints", "d", &body).await.status, 201);
        house.clock.pass(hours(24) + seconds(1));
        lapse::forget(&house.desk).await.unwrap();
        assert_eq!(house.rows("idempotency_keys").await, 0);
        assert_eq!(program.posts_once("endpoints", "d", &body).await.header("idempotency-replayed"), "");
        assert_eq!(house.rows("endpoints").await, 2);
    }

    async fn a_key_that_is_none_is_refused(house) {
        let program = Program::of(house).await;
        let body = json!({"url": "https://app.example.com", "events": ["*"]});
        for key in ["", "é", &"k".repeat(256)] {
            let problem = program.posts_once("endpoints", key, &body).await.problem(422, "refused");
            assert_eq!(problem["errors"][0]["header"], "Idempotency-Key", "{key}");
        }
        assert_eq!(house.rows("endpoints").await, 0);
    }
}

/// A request is taken for dead while its transaction is about to end: what it makes is waited for, and not made again.
#[tokio::test]
async fn a_request_that_ends_late_is_waited_for_and_not_begun_anew() {
    let database = databases::postgres().await;
    let options: sqlx::postgres::PgConnectOptions = database.url.parse().unwrap();
    let house = House::on(database).await;
    Program::of(&house).await;
    let app = AppId(house.number("SELECT id FROM apps").await);
    let request = once::Request { app, key: "f".to_owned(), hash: "h".to_owned() };
    assert!(matches!(once::begin(&house.desk, request.clone()).await.unwrap(), once::Begun::Go(_)));
    house.clock.pass(minutes(1));
    let mut late = options.connect().await.unwrap();
    begins_to_write_what_requests_made(&mut late).await;
    let desk = house.desk.clone();
    let again = tokio::spawn(async move { once::begin(&desk, request).await });
    let waiting =
        "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    until("it waits", async || (house.number(waiting).await > 0).then_some(())).await;
    sqlx::raw_sql("COMMIT").execute(&mut late).await.unwrap();
    let begun = again.await.unwrap().unwrap();
    assert!(matches!(begun, once::Begun::Made(_, once::Made { id: 5, new: true })), "{begun:?}");
}
