//! `Idempotency-Key`: a request takes effect once.

use serde_json::json;

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::lapse;

use super::Program;
use crate::both_stores;

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
        house.sets("UPDATE idempotency_keys SET status = NULL, answer = NULL").await;
        let waiting = program.posts_once("endpoints", "c", &body).await;
        waiting.problem(409, "under_way");
        assert_eq!(waiting.header("retry-after"), "1");
        house.clock.pass(minutes(1));
        assert_eq!(program.posts_once("endpoints", "c", &body).await.status, 201);
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
