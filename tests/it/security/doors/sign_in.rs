//! Signing in by password, for how long, and how often one may be wrong.

use std::time::{Duration, Instant};

use rocket::http::Status;

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::people::sessions;

use crate::both_stores;
use crate::web::browser::{Browser, PASSWORD, give_passwords};

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/conversations").await.status == Status::Ok
}

both_stores! {
    async fn case_17_only_hashes_of_tokens_and_passwords_are_stored(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let token = browser.client.cookies().get("__Host-switchboard").unwrap().value().to_owned();
        let stored = house.words("SELECT token_hash FROM sessions").await;
        assert_eq!((stored.len(), stored[0].len()), (1, 64));
        assert_ne!(stored[0], token);
        assert!(token.len() >= 43, "256 bits");
        browser.signs_in("not.an@address, a password", "x").await;
        assert!(!house.words("SELECT account FROM sign_in_failures").await[0].contains("password"));
    }

    async fn case_17_every_sign_in_is_a_new_session_and_signing_out_ends_it(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let first = browser.client.cookies().get("__Host-switchboard").unwrap().value().to_owned();
        browser.signs_in(" ANA@example.com ", PASSWORD).await;
        let second = browser.client.cookies().get("__Host-switchboard").unwrap().value().to_owned();
        assert_ne!(first, second);
        let out = browser.post("/sign-out", &[]).await;
        assert!(out.header("set-cookie").contains("Max-Age=0"), "{}", out.header("set-cookie"));
        assert!(sessions::who(&house.desk, &second, true).await.unwrap().is_none());
        assert!(!is_signed_in(&browser).await);
    }

    async fn case_15_an_unknown_person_and_a_wrong_password_look_alike(house) {
        give_passwords(house).await;
        house.has_no_password("bo@example.com").await;
        let browser = Browser::at(house).await;
        let mut told = Vec::new();
        for email in ["ana@example.com", "bo@example.com", "who@example.com"] {
            let answer = browser.signs_in(email, "wrong").await;
            told.push((answer.status, answer.body.replace(email, "E-MAIL")));
        }
        assert_eq!(told[0].0, Status::Unauthorized);
        assert!(told[0].1.contains("E-mail or password is wrong.") && told[0].1.contains("value=\"E-MAIL\""));
        assert!(told[0] == told[1] && told[1] == told[2]);
    }

    async fn case_15_after_five_wrong_passwords_the_wait_doubles_and_even_the_right_one_waits(house) {
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        for _ in 0..5 {
            assert_eq!(browser.signs_in("ana@example.com", "wrong").await.status, Status::Unauthorized);
        }
        for wait in [1, 2, 4] {
            let answer = browser.signs_in("ana@example.com", PASSWORD).await;
            assert_eq!(answer.status, Status::TooManyRequests);
            answer.shows(&["Too many wrong passwords. Try again in"]);
            assert_eq!(browser.signs_in("bo@example.com", PASSWORD).await.status, Status::SeeOther, "others may");
            house.clock.pass(seconds(wait));
            assert_eq!(browser.signs_in("ana@example.com", "wrong").await.status, Status::Unauthorized);
        }
        house.clock.pass(seconds(8));
        assert_eq!(browser.signs_in("ana@example.com", PASSWORD).await.status, Status::SeeOther);
        assert_eq!(browser.signs_in("ana@example.com", "wrong").await.status, Status::Unauthorized, "forgiven");
    }

    async fn case_15_many_wrong_passwords_at_once_do_not_pass_the_throttle_together(house) {
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        let attempts = (0..24).map(|_| browser.signs_in("ana@example.com", "wrong"));
        let answers = rocket::futures::future::join_all(attempts).await;
        let tried = answers.iter().filter(|answer| answer.status == Status::Unauthorized).count();
        assert!((5..=6).contains(&tried), "{tried} were tried");
    }

    async fn case_17_a_session_ends_after_eight_hours_without_use(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        for _ in 0..2 {
            house.clock.pass(minutes(478));
            assert!(is_signed_in(&browser).await, "use prolongs it");
        }
        house.clock.pass(hours(8));
        assert!(!is_signed_in(&browser).await);
    }

    async fn case_17_a_page_that_only_refreshes_itself_does_not_prolong_a_session(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        for _ in 0..7 {
            house.clock.pass(hours(1));
            assert_eq!(browser.refreshes("/conversations/list").await.status, Status::Ok);
        }
        house.clock.pass(hours(1));
        assert!(!is_signed_in(&browser).await);
    }

    async fn case_17_a_session_ends_after_a_day_however_much_it_is_used(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        for _ in 0..23 {
            house.clock.pass(hours(1));
            assert!(is_signed_in(&browser).await);
        }
        house.clock.pass(hours(1));
        assert!(!is_signed_in(&browser).await);
    }

    /// An unknown person costs as much time as a wrong password: a password is hashed either way.
    async fn case_15_an_unknown_person_and_a_wrong_password_last_alike(house) {
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        let mut least = [Duration::MAX; 2];
        for _ in 0..4 {
            for (email, least) in ["ana@example.com", "who@example.com"].into_iter().zip(&mut least) {
                let began = Instant::now();
                assert_eq!(browser.signs_in(email, "wrong").await.status, Status::Unauthorized);
                *least = began.elapsed().min(*least);
            }
        }
        let [known, unknown] = least;
        // Without the hash an answer takes a hundredth of it.
        assert!(unknown * 3 > known && known * 3 > unknown, "{known:?} and {unknown:?}");
    }

    /// At most a hundred failures an hour are let through for an account, however patiently somebody tries.
    async fn case_15_a_hundred_failures_an_hour_close_the_account_until_the_hour_is_over(house) {
        let account = switchboard::secret::hash_token("ana@example.com");
        give_passwords(house).await;
        for n in 0..100 {
            house.has_guessed(&account, "elsewhere", 3_000 - n).await;
        }
        let browser = Browser::at(house).await;
        assert_eq!(browser.signs_in("ana@example.com", PASSWORD).await.status, Status::TooManyRequests);
        house.clock.pass(minutes(9));
        assert_eq!(browser.signs_in("ana@example.com", PASSWORD).await.status, Status::TooManyRequests);
        house.clock.pass(minutes(2));
        assert_eq!(browser.signs_in("ana@example.com", PASSWORD).await.status, Status::SeeOther);
    }

    /// Nor from an address, whichever accounts are tried: twenty are free, then the wait doubles, and a hundred are the end.
    async fn case_15_whoever_guesses_at_many_accounts_is_stopped_by_the_address(house) {
        give_passwords(house).await;
        let guesser = Browser { address: Some("192.0.2.7:40000".parse().unwrap()), ..Browser::at(house).await };
        let other = Browser { address: Some("192.0.2.8:40000".parse().unwrap()), ..Browser::at(house).await };
        for n in 0..20 {
            assert_eq!(guesser.signs_in(&format!("p{n}@example.com"), "wrong").await.status, Status::Unauthorized, "{n}");
        }
        for (n, wait) in [1, 2, 4].into_iter().enumerate() {
            assert_eq!(guesser.signs_in("ana@example.com", PASSWORD).await.status, Status::TooManyRequests, "even the right one");
            assert_eq!(other.signs_in("ana@example.com", PASSWORD).await.status, Status::SeeOther, "others may");
            house.clock.pass(seconds(wait));
            assert_eq!(guesser.signs_in(&format!("q{n}@example.com"), "wrong").await.status, Status::Unauthorized);
        }
        assert_eq!(house.rows("sign_in_failures WHERE address = '192.0.2.7'").await, 23);
        for n in 0..77 {
            house.has_guessed(&format!("account {n}"), "192.0.2.7", 1_800 - n).await;
        }
        house.clock.pass(minutes(29));
        assert_eq!(guesser.signs_in("ana@example.com", PASSWORD).await.status, Status::TooManyRequests);
        assert_eq!(other.signs_in("ana@example.com", PASSWORD).await.status, Status::SeeOther);
        house.clock.pass(minutes(2));
        assert_eq!(guesser.signs_in("ana@example.com", PASSWORD).await.status, Status::SeeOther);
    }
}
