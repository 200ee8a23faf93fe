//! Links that let somebody in, and the first run: used once, for a day, and nobody comes in without one.

use rocket::http::Status;

use switchboard::clock::{hours, minutes};
use switchboard::desk::people::{self, passwords, sessions, setup};
use switchboard::domain::people::person::Role;

use crate::both_stores;
use crate::house::plan::with_ada;
use crate::house::{House, Plan};
use crate::web::browser::{Browser, PASSWORD};

const ADA: &str = "ada@example.com";
const LONG: &str = "a tide table for everybody";

/// A sign-in link, an invitation and a link for another password, each with its token.
async fn three_links(house: &House) -> [String; 3] {
    let sign_in = house.desk.chance.token::<32>();
    sessions::make_link(&house.desk.store, &sign_in, "bo@example.com", house.clock.now()).await.unwrap();
    let ada = house.person(ADA).await;
    let new = people::NewPerson { email: "dee@example.com".into(), name: "Dee".into(), role: Role::Rep };
    let invited = people::invite(&house.desk, ada, new).await.unwrap();
    passwords::set(&house.desk, "ana@example.com", "x".to_owned()).await.unwrap();
    let reset = people::reset(&house.desk, ada, house.person("ana@example.com").await).await.unwrap();
    [sign_in, invited.token, reset]
}

const CHOOSES: [(&str, &str); 3] = [("field[name]", "Dee"), ("field[password]", LONG), ("field[again]", LONG)];

both_stores! {
    /// Invite and reset links are hashed, and work once, after any number of looks.
    async fn case_18_links_are_hashed_and_work_once(house: with_ada) {
        let links = three_links(house).await;
        let stored = house.words("SELECT token_hash FROM links").await;
        assert!(stored.len() == 3 && stored.iter().all(|hash| hash.len() == 64), "{stored:?}");
        for token in links {
            assert!(!stored.contains(&token) && token.len() >= 43, "256 bits, and only the hash is kept");
            let (path, browser) = (format!("/link/{token}"), Browser::at(house).await);
            for _ in 0..3 {
                browser.get(&path).await.shows(&["method=\"post\"", "<button"]);
            }
            assert_eq!(browser.get("/conversations").await.status, Status::SeeOther, "looking signs nobody in");
            assert_eq!(browser.post(&path, &CHOOSES).await.header("location"), "/conversations");
            let other = Browser::at(house).await;
            assert_eq!(other.get(&path).await.status, Status::Gone);
            assert_eq!(other.post(&path, &CHOOSES).await.status, Status::Gone);
            assert_eq!(other.get("/conversations").await.status, Status::SeeOther);
        }
    }

    /// They can be used for 24 hours.
    async fn case_18_links_last_a_day(house: with_ada) {
        let links = three_links(house).await;
        let browser = Browser::at(house).await;
        house.clock.pass(hours(23));
        for token in &links {
            assert_eq!(browser.get(&format!("/link/{token}")).await.status, Status::Ok);
        }
        house.clock.pass(hours(1));
        for token in &links {
            assert_eq!(browser.get(&format!("/link/{token}")).await.status, Status::Gone);
            assert_eq!(browser.post(&format!("/link/{token}"), &CHOOSES).await.status, Status::Gone);
        }
    }

    /// Their host comes from the configuration: no header of a request changes it.
    async fn case_18_a_links_host_comes_from_the_configuration(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let ana = house.person("ana@example.com").await;
        let lies = [
            ("Sec-Fetch-Site", "same-origin"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "gopher"),
            ("Forwarded", "host=evil.example"), ("X-Original-Host", "evil.example"),
        ];
        let answer = ada.send(rocket::http::Method::Post, &format!("/people/{ana}/link"), &[], &lies).await;
        answer.shows(&[&format!("value=\"{}/link/", house.address)]).hides(&["evil.example", "gopher"]);
        // Nor does the one header that every request has.
        let lied_to = Browser::on(house, "https://texts.example.com", "evil.example").await;
        assert_eq!(lied_to.signs_in(ADA, PASSWORD).await.status, Status::SeeOther);
        let answer = lied_to.post(&format!("/people/{ana}/link"), &[]).await;
        assert_eq!(answer.status, Status::Ok);
        answer.shows(&[&format!("value=\"{}/link/", house.address)]).hides(&["evil.example"]);
        let new = [("field[email]", "dee@example.com"), ("field[name]", "Dee"), ("field[role]", "rep")];
        let answer = lied_to.post("/people", &new).await;
        assert_eq!(answer.status, Status::Ok);
        answer.shows(&[&format!("value=\"{}/link/", house.address)]).hides(&["evil.example"]);
    }

    /// No default account: whatever the set-up made has no password, and the first run needs the token of the console.
    async fn case_19_there_is_no_default_account(house: with_ada) {
        let browser = Browser::at(house).await;
        for email in ["admin@example.com", ADA, "ana@example.com", "admin", "root", ""] {
            for password in ["", "admin", "password", "switchboard", "nobody", "changeme"] {
                let answer = browser.signs_in(email, password).await;
                assert_eq!(answer.status, Status::Unauthorized, "{email} {password}");
                // The throttle, which would answer the sixth without looking at it, is another test's business.
                house.clock.pass(minutes(2));
            }
            house.clock.pass(hours(2));
        }
        assert_eq!(browser.get("/conversations").await.status, Status::SeeOther);
    }

    async fn case_19_the_first_run_needs_the_token_of_the_console(house: nobody) {
        let browser = Browser::at(house).await;
        let fields = [("field[name]", "Eve"), ("field[email]", "eve@example.com"), ("field[password]", LONG), ("field[again]", LONG)];
        let token = house.desk.chance.token::<32>();
        let guesses = ["", "setup", "token", &token[..42]];
        for step in 0..2 {
            for guess in guesses {
                let path = format!("/setup/{guess}");
                assert_eq!(browser.get(&path).await.status, Status::NotFound, "{step} {path}");
                assert_eq!(browser.post(&path, &fields).await.status, Status::NotFound, "{step} {path}");
            }
            setup::offer(&house.desk.store, &token, house.clock.now()).await.unwrap();
        }
        let hash = house.words("SELECT value FROM settings WHERE name = 'setup_link'").await.remove(0);
        let hash = hash.split(' ').next().unwrap();
        assert_eq!(browser.post(&format!("/setup/{hash}"), &fields).await.status, Status::NotFound, "a stolen hash is no token");
        assert_eq!(house.rows("people").await, 0);
    }
}

fn nobody(plan: &mut Plan) {
    plan.setup = String::new();
}
