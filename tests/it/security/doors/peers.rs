//! Whose wrong passwords count for whom: behind a proxy, over IPv6, and in a browser that has signed in before.

use rocket::http::{Method, Status};

use switchboard::clock::{days, hours, seconds};
use switchboard::domain::people::peer::TrustedProxies;

use crate::both_stores;
use crate::house::plan::with_ada;
use crate::house::{House, Plan};
use crate::web::browser::{Answer, Browser, PASSWORD, give_passwords};

const ANA: &str = "ana@example.com";
const PUBLIC: (&str, &str) = ("https://texts.example.com", "texts.example.com");

fn behind_a_proxy(plan: &mut Plan) {
    plan.policies.proxies = TrustedProxies::read("127.0.0.1, 10.0.0.0/8").unwrap();
}

/// Somebody who reaches the published house from `peer`.
async fn from(house: &House, peer: &str) -> Browser {
    Browser { address: Some(peer.parse().unwrap()), ..Browser::on(house, PUBLIC.0, PUBLIC.1).await }
}

async fn tries(browser: &Browser, forwarded: &[&str], email: &str, password: &str) -> Answer {
    let mut headers = vec![("Sec-Fetch-Site", "same-origin")];
    headers.extend(forwarded.iter().map(|line| ("X-Forwarded-For", *line)));
    browser.send(Method::Post, "/sign-in", &[("email", email), ("password", password)], &headers).await
}

async fn guesses(browser: &Browser, forwarded: &[&str], times: usize) {
    for n in 0..times {
        let answer = tries(browser, forwarded, &format!("nobody{n}@example.com"), "wrong").await;
        assert_eq!(answer.status, Status::Unauthorized, "{n}");
    }
}

/// Wrong passwords for one account from everywhere, until nobody is let in any more.
async fn locks(house: &House, email: &str) {
    for n in 0..5 {
        let stranger =
            Browser { address: Some(format!("203.0.113.{n}:4000").parse().unwrap()), ..Browser::at(house).await };
        assert_eq!(stranger.signs_in(email, "wrong").await.status, Status::Unauthorized);
    }
    let fresh = Browser { address: Some("203.0.113.99:4000".parse().unwrap()), ..Browser::at(house).await };
    assert_eq!(fresh.signs_in(email, PASSWORD).await.status, Status::TooManyRequests, "a browser that nobody knows");
}

fn device(browser: &Browser) -> String {
    browser.client.cookies().get("__Host-switchboard-device").unwrap().value().to_owned()
}

both_stores! {
    /// As it is prescribed, and nothing said about the proxy: all requests come from it, and it is nobody in particular.
    async fn case_15_nobody_locks_everybody_out_behind_a_proxy_that_is_not_named(house) {
        give_passwords(house).await;
        for peer in ["127.0.0.1:5000", "[::1]:5000", "172.17.0.1:5000", "203.0.113.5:5000", "[2001:db8::5]:5000"] {
            let proxy = from(house, peer).await;
            guesses(&proxy, &["203.0.113.7"], 21).await;
            assert_eq!(tries(&proxy, &["203.0.113.8"], ANA, PASSWORD).await.status, Status::SeeOther, "{peer}");
            assert_eq!(tries(&proxy, &[], ANA, PASSWORD).await.status, Status::SeeOther, "{peer}");
        }
        // One account is still not to be guessed at.
        let proxy = from(house, "127.0.0.1:5000").await;
        for _ in 0..5 {
            tries(&proxy, &["203.0.113.7"], "bo@example.com", "wrong").await;
        }
        assert_eq!(tries(&proxy, &["203.0.113.7"], "bo@example.com", PASSWORD).await.status, Status::TooManyRequests);
    }

    async fn case_15_a_named_proxy_says_who_asks_and_whoever_asks_cannot(house: behind_a_proxy) {
        give_passwords(house).await;
        let proxy = from(house, "127.0.0.1:5000").await;
        // What stands to the left of the last stranger is that stranger's invention.
        for n in 0..20 {
            let invented = format!("198.51.100.{n}, 203.0.113.7");
            assert_eq!(tries(&proxy, &[&invented, "10.1.2.3"], &format!("p{n}@example.com"), "wrong").await.status, Status::Unauthorized);
        }
        for forwarded in [&["203.0.113.7"][..], &["203.0.113.8, 203.0.113.7"], &["203.0.113.8", "203.0.113.7:4711, 10.9.9.9"]] {
            assert_eq!(tries(&proxy, forwarded, ANA, PASSWORD).await.status, Status::TooManyRequests, "{forwarded:?}");
        }
        assert_eq!(tries(&proxy, &["203.0.113.7, 203.0.113.8"], ANA, PASSWORD).await.status, Status::SeeOther, "others may");
    }

    async fn case_15_without_a_proxy_a_header_changes_nobody(house: behind_a_proxy) {
        give_passwords(house).await;
        let guesser = from(house, "203.0.113.7:4000").await;
        for n in 0..20 {
            let invented = format!("198.51.100.{n}");
            assert_eq!(tries(&guesser, &[&invented], &format!("p{n}@example.com"), "wrong").await.status, Status::Unauthorized);
        }
        assert_eq!(tries(&guesser, &["198.51.100.77"], ANA, PASSWORD).await.status, Status::TooManyRequests);
        assert_eq!(tries(&guesser, &["unknown"], ANA, PASSWORD).await.status, Status::TooManyRequests);
    }

    async fn case_15_an_address_of_ipv6_counts_as_its_network_and_a_mapped_one_as_ipv4(house: behind_a_proxy) {
        give_passwords(house).await;
        for n in 0..20 {
            let guesser = from(house, &format!("[2001:db8:1:2::{n:x}]:4000")).await;
            assert_eq!(tries(&guesser, &[], &format!("p{n}@example.com"), "wrong").await.status, Status::Unauthorized);
        }
        let same = from(house, "[2001:db8:1:2:ffff::1]:4000").await;
        assert_eq!(tries(&same, &[], ANA, PASSWORD).await.status, Status::TooManyRequests);
        let other = from(house, "[2001:db8:1:3::1]:4000").await;
        assert_eq!(tries(&other, &[], ANA, PASSWORD).await.status, Status::SeeOther);
        let mapped = from(house, "[::ffff:203.0.113.7]:4000").await;
        guesses(&mapped, &[], 20).await;
        let plain = from(house, "203.0.113.7:4000").await;
        assert_eq!(tries(&plain, &[], ANA, PASSWORD).await.status, Status::TooManyRequests);
    }

    async fn case_15_strangers_do_not_lock_out_a_browser_that_has_signed_in_before(house) {
        let ana = Browser::of(house, ANA).await;
        ana.post("/sign-out", &[]).await;
        locks(house, ANA).await;
        assert_eq!(ana.signs_in(ANA, PASSWORD).await.status, Status::SeeOther);
        assert_eq!(ana.get("/conversations").await.status, Status::Ok);
        locks_still(house, ANA).await;
        // Nor by the address that she shares with them.
        let office = Browser { address: Some("203.0.113.50:4000".parse().unwrap()), ..ana };
        let guesser = Browser { address: Some("203.0.113.50:4001".parse().unwrap()), ..Browser::at(house).await };
        guesses(&guesser, &[], 20).await;
        assert_eq!(guesser.signs_in("bo@example.com", PASSWORD).await.status, Status::TooManyRequests);
        assert_eq!(office.signs_in(ANA, PASSWORD).await.status, Status::SeeOther);
        assert_eq!(office.signs_in("bo@example.com", PASSWORD).await.status, Status::TooManyRequests, "it is hers, not Bo's");
    }

    async fn case_15_a_browser_that_has_signed_in_before_may_not_guess_for_long_either(house) {
        let ana = Browser::of(house, ANA).await;
        for _ in 0..5 {
            assert_eq!(ana.signs_in(ANA, "wrong").await.status, Status::Unauthorized);
        }
        assert_eq!(ana.signs_in(ANA, PASSWORD).await.status, Status::TooManyRequests);
        assert_eq!(Browser::at(house).await.signs_in(ANA, PASSWORD).await.status, Status::SeeOther, "elsewhere she may");
        house.clock.pass(seconds(1));
        assert_eq!(ana.signs_in(ANA, PASSWORD).await.status, Status::SeeOther);
        assert_eq!(ana.signs_in(ANA, "wrong").await.status, Status::Unauthorized, "forgiven");
    }

    async fn case_15_what_a_browser_is_known_by_is_random_hashed_and_new_at_every_sign_in(house) {
        give_passwords(house).await;
        let browser = Browser::on(house, PUBLIC.0, PUBLIC.1).await;
        let given = browser.signs_in(ANA, PASSWORD).await;
        let cookies: Vec<&String> = given.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")).map(|(_, value)| value).collect();
        let cookie = cookies.iter().find(|cookie| cookie.starts_with("__Host-switchboard-device=")).unwrap();
        for part in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/", "; Max-Age=15552000"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        let first = device(&browser);
        assert!(first.len() >= 43, "256 bits");
        assert_eq!(house.words("SELECT token_hash FROM devices").await, [switchboard::secret::hash_token(&first)]);
        // Somebody else at the same desk: both stay known there, under a name that nobody can have planted.
        browser.signs_in("bo@example.com", PASSWORD).await;
        assert_ne!(device(&browser), first);
        browser.post("/sign-out", &[]).await;
        assert_eq!(house.rows("devices").await, 2);
        locks(house, ANA).await;
        assert_eq!(browser.signs_in(ANA, PASSWORD).await.status, Status::SeeOther);
        let old = Browser::on(house, PUBLIC.0, PUBLIC.1).await;
        old.client.cookies().add(("__Host-switchboard-device", first));
        assert_eq!(old.signs_in(ANA, PASSWORD).await.status, Status::TooManyRequests, "the name of before");
    }

    async fn case_15_a_browser_is_forgotten_with_the_password_with_its_owner_and_after_half_a_year(house: with_ada) {
        let (ana, ada) = (Browser::of(house, ANA).await, Browser::of(house, "ada@example.com").await);
        let id = house.person(ANA).await;
        switchboard::desk::routing::duty::set_enabled(&house.desk, house.person("ada@example.com").await, id, false).await.unwrap();
        assert_eq!(house.rows(&format!("devices WHERE person_id = {id}")).await, 0);
        switchboard::desk::routing::duty::set_enabled(&house.desk, house.person("ada@example.com").await, id, true).await.unwrap();
        assert_eq!(ana.signs_in(ANA, PASSWORD).await.status, Status::SeeOther);
        let other = Browser::at(house).await;
        other.signs_in(ANA, PASSWORD).await;
        assert_eq!(house.rows(&format!("devices WHERE person_id = {id}")).await, 2);
        let new = "four cormorants on a pier";
        let fields = [("field[current]", PASSWORD), ("field[password]", new), ("field[again]", new)];
        assert_eq!(ana.post("/me/password", &fields).await.status, Status::SeeOther);
        assert_eq!(house.rows(&format!("devices WHERE person_id = {id}")).await, 1, "the one that chose it");
        assert_eq!(house.rows(&format!("devices WHERE person_id <> {id}")).await, 1, "Ada's is Ada's");
        house.clock.pass(days(180));
        give_passwords(house).await;
        locks(house, "ada@example.com").await;
        assert_eq!(ada.signs_in("ada@example.com", PASSWORD).await.status, Status::TooManyRequests);
    }

    async fn case_15_no_more_than_twenty_browsers_of_a_person_are_remembered(house) {
        give_passwords(house).await;
        for _ in 0..22 {
            house.clock.pass(seconds(1));
            assert_eq!(Browser::at(house).await.signs_in(ANA, PASSWORD).await.status, Status::SeeOther);
        }
        assert_eq!(house.rows("devices").await, 20);
    }

    async fn case_15_strangers_do_not_keep_anybody_from_changing_their_password_inside(house) {
        let ana = Browser::of(house, ANA).await;
        locks(house, ANA).await;
        let fields = |current| [("field[current]", current), ("field[password]", "four cormorants"), ("field[again]", "four cormorants")];
        for _ in 0..5 {
            ana.post("/me/password", &fields("wrong")).await.shows(&["That is not your password"]);
        }
        ana.post("/me/password", &fields(PASSWORD)).await.shows(&["Too many wrong passwords"]);
        house.clock.pass(seconds(1));
        assert_eq!(ana.post("/me/password", &fields(PASSWORD)).await.status, Status::SeeOther);
    }

    async fn case_15_failures_are_forgotten_whoever_they_were_about(house) {
        let proxy = from(house, "127.0.0.1:5000").await;
        guesses(&proxy, &[], 3).await;
        assert_eq!(house.rows("sign_in_failures").await, 3);
        house.clock.pass(hours(1));
        switchboard::desk::upkeep::lapse::forget(&house.desk).await.unwrap();
        assert_eq!(house.rows("sign_in_failures").await, 0);
    }
}

async fn locks_still(house: &House, email: &str) {
    let fresh = Browser { address: Some("203.0.113.98:4000".parse().unwrap()), ..Browser::at(house).await };
    assert_eq!(fresh.signs_in(email, PASSWORD).await.status, Status::TooManyRequests);
}
