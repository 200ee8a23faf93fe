//! Signing in: by password, by link, for how long, and how often one may be wrong.

use rocket::http::Status;

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::sessions;

use crate::both_stores;
use crate::house::House;
use crate::web_browser::{Browser, PASSWORD, change, give_passwords};

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/conversations").await.status == Status::Ok
}

/// The address of a one-time link for this person.
async fn link(house: &House, email: &str) -> String {
    let token = house.desk.chance.token::<32>();
    let made = sessions::make_link(&house.desk.store, &token, email, house.clock.now()).await.unwrap();
    assert!(made.is_some());
    format!("/link/{token}")
}

both_stores! {
    async fn only_hashes_of_tokens_and_passwords_are_stored(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let token = browser.client.cookies().get("__Host-switchboard").unwrap().value().to_owned();
        let stored = house.words("SELECT token_hash FROM sessions").await;
        assert_eq!((stored.len(), stored[0].len()), (1, 64));
        assert_ne!(stored[0], token);
        assert!(token.len() >= 43, "256 bits");
        browser.signs_in("not.an@address, a password", "x").await;
        assert!(!house.words("SELECT account FROM sign_in_failures").await[0].contains("password"));
    }

    async fn every_sign_in_is_a_new_session_and_signing_out_ends_it(house) {
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

    async fn an_unknown_person_and_a_wrong_password_look_alike(house) {
        give_passwords(house).await;
        change(house, "UPDATE people SET password_hash = NULL WHERE email = 'bo@example.com'").await;
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

    async fn after_five_wrong_passwords_the_wait_doubles_and_even_the_right_one_waits(house) {
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

    async fn many_wrong_passwords_at_once_do_not_pass_the_throttle_together(house) {
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        let attempts = (0..24).map(|_| browser.signs_in("ana@example.com", "wrong"));
        let answers = rocket::futures::future::join_all(attempts).await;
        let tried = answers.iter().filter(|answer| answer.status == Status::Unauthorized).count();
        assert!((5..=6).contains(&tried), "{tried} were tried");
    }

    async fn a_session_ends_after_eight_hours_without_use(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        for _ in 0..2 {
            house.clock.pass(minutes(478));
            assert!(is_signed_in(&browser).await, "use prolongs it");
        }
        house.clock.pass(hours(8));
        assert!(!is_signed_in(&browser).await);
    }

    async fn a_page_that_only_refreshes_itself_does_not_prolong_a_session(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        for _ in 0..7 {
            house.clock.pass(hours(1));
            assert_eq!(browser.refreshes("/conversations/list").await.status, Status::Ok);
        }
        house.clock.pass(hours(1));
        assert!(!is_signed_in(&browser).await);
    }

    async fn a_session_ends_after_a_day_however_much_it_is_used(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        for _ in 0..23 {
            house.clock.pass(hours(1));
            assert!(is_signed_in(&browser).await);
        }
        house.clock.pass(hours(1));
        assert!(!is_signed_in(&browser).await);
    }

    async fn disabling_a_person_ends_their_sessions_and_links(house) {
        let browser = Browser::of(house, "ana@example.com").await;
        let link = link(house, "ana@example.com").await;
        change(house, "UPDATE people SET disabled_at = 1 WHERE email = 'ana@example.com'").await;
        assert!(!is_signed_in(&browser).await);
        assert_eq!(browser.signs_in("ana@example.com", PASSWORD).await.status, Status::Unauthorized);
        assert_eq!(browser.post(&link, &[]).await.status, Status::Gone);
    }

    async fn a_one_time_link_is_used_up_by_its_button_and_not_by_looking(house) {
        let browser = Browser::at(house).await;
        let link = link(house, "Ana@Example.com").await;
        for _ in 0..2 {
            browser.get(&link).await.shows(&["Sign in as Ana", "method=\"post\""]);
        }
        assert!(!is_signed_in(&browser).await, "looking signs nobody in");
        let answer = browser.post(&link, &[]).await;
        assert_eq!((answer.status, answer.header("location")), (Status::SeeOther, "/conversations"));
        assert!(is_signed_in(&browser).await);
        let again = Browser::at(house).await;
        assert_eq!(again.post(&link, &[]).await.status, Status::Gone);
        again.get(&link).await.shows(&["This link does not work"]);
        assert!(!is_signed_in(&again).await);
    }

    async fn a_one_time_link_lasts_a_day(house) {
        let browser = Browser::at(house).await;
        let link = link(house, "ana@example.com").await;
        house.clock.pass(hours(24));
        assert_eq!(browser.get(&link).await.status, Status::Gone);
        assert_eq!(browser.post(&link, &[]).await.status, Status::Gone);
        let nobodys = house.desk.chance.token::<32>();
        let made = sessions::make_link(&house.desk.store, &nobodys, "who@example.com", house.clock.now()).await.unwrap();
        assert!(made.is_none());
    }
}
