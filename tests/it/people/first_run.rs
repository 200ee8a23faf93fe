//! The first run with a real carrier: one link from the console, one page, one admin, and then never again.

use rocket::http::Status;

use switchboard::clock::minutes;
use switchboard::desk::people::setup::{self, First};

use crate::both_stores;
use crate::house::{House, Plan};
use crate::web::browser::{Answer, Browser};

const LONG: &str = "a tide table for everybody";

/// Nobody, and no line.
fn nobody(plan: &mut Plan) {
    plan.setup = String::new();
}

/// A line and masks, but nobody.
fn only_a_line(plan: &mut Plan) {
    "[[line]]\nnumber = \"+18005550100\"\nname = \"Bait and Tackle\"\n".clone_into(&mut plan.setup);
}

async fn link(house: &House) -> String {
    let token = house.desk.chance.token::<32>();
    assert!(setup::offer(&house.desk.store, &token, house.clock.now()).await.unwrap());
    format!("/setup/{token}")
}

const FIELDS: [(&str, &str); 6] = [
    ("field[name]", "Miriam Holt"),
    ("field[email]", "Miriam@Saltmarsh.example"),
    ("field[password]", LONG),
    ("field[again]", LONG),
    ("field[number]", "+12075550100"),
    ("field[line]", "Saltmarsh Boats"),
];

async fn fills_in(browser: &Browser, link: &str, but: &[(&str, &str)]) -> Answer {
    let fields: Vec<(&str, &str)> = FIELDS
        .iter()
        .map(|(name, value)| (*name, but.iter().find(|(other, _)| other == name).map_or(*value, |(_, value)| value)))
        .collect();
    browser.post(link, &fields).await
}

both_stores! {
    async fn the_link_makes_the_first_admin_and_the_line_and_is_gone_for_ever(house: nobody) {
        let link = link(house).await;
        let browser = Browser::at(house).await;
        for _ in 0..2 {
            browser.get(&link).await.shows(&["Who are you?", "method=\"post\"", "Number"]);
        }
        assert_eq!(house.rows("people").await, 0, "looking makes nobody");
        let done = fills_in(&browser, &link, &[]).await;
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, "/conversations"));
        browser.get("/people").await.shows(&["Miriam Holt", "miriam@saltmarsh.example", "Saltmarsh Boats"]);
        assert_eq!(house.words("SELECT role FROM people").await, ["admin"]);
        assert_eq!(house.rows("line_members").await, 1, "customers reach the one who is there");
        assert_eq!(house.words("SELECT kind FROM audit ORDER BY id").await, ["first_admin", "line_added"]);
        assert_eq!(house.rows("settings WHERE name = 'setup_link'").await, 0);
        for browser in [&browser, &Browser::at(house).await] {
            assert_eq!(browser.get(&link).await.status, Status::NotFound);
            assert_eq!(fills_in(browser, &link, &[]).await.status, Status::NotFound);
        }
        let again = house.desk.chance.token::<32>();
        assert!(!setup::offer(&house.desk.store, &again, house.clock.now()).await.unwrap(), "there are people");
        assert_eq!(browser.get(&format!("/setup/{again}")).await.status, Status::NotFound);
        let signs_in = Browser::at(house).await.signs_in("miriam@saltmarsh.example", LONG).await;
        assert_eq!(signs_in.header("location"), "/conversations");
    }

    async fn a_restart_replaces_the_link_and_only_its_hash_is_stored(house: nobody) {
        let (first, second) = (link(house).await, link(house).await);
        let browser = Browser::at(house).await;
        assert_eq!(browser.get(&first).await.status, Status::NotFound);
        assert_eq!(fills_in(&browser, &first, &[]).await.status, Status::NotFound);
        assert_eq!(browser.get(&second).await.status, Status::Ok);
        let stored = house.words("SELECT value FROM settings WHERE name = 'setup_link'").await;
        let (hash, until) = stored[0].split_once(' ').unwrap();
        assert!(hash.len() == 64 && !second.contains(hash), "{stored:?}");
        assert_eq!(until, (house.clock.now() + switchboard::clock::hours(1)).0.to_string());
    }

    async fn a_refused_page_keeps_what_was_typed_but_no_password_and_says_why_beside_the_field(house: nobody) {
        let link = link(house).await;
        let browser = Browser::at(house).await;
        let wrong: [(&[(&str, &str)], &str, &str); 7] = [
            (&[("field[name]", " ")], "why-name", "It has 0 characters"),
            (&[("field[email]", "miriam")], "why-email", "Write an e-mail address"),
            (&[("field[password]", "short"), ("field[again]", "short")], "why-password", "has 5 characters: write 12 to 256"),
            (&[("field[again]", "another tide table")], "why-again", "It is not the same as above"),
            (&[("field[number]", "2075550100")], "why-number", "The country code is missing"),
            (&[("field[number]", "")], "why-number", "It has no digits"),
            (&[("field[line]", "")], "why-line", "It has 0 characters"),
        ];
        for (but, id, why) in wrong {
            let answer = fills_in(&browser, &link, but).await;
            assert_eq!(answer.status, Status::UnprocessableEntity, "{but:?}");
            answer.shows(&[&format!("id=\"{id}\" role=\"alert\""), why]).hides(&[LONG]);
            if id != "why-name" {
                answer.shows(&["value=\"Miriam Holt\""]);
            }
        }
        assert_eq!(house.rows("people").await + house.rows("lines").await, 0);
        let later = fills_in(&browser, &link, &[("field[number]", ""), ("field[line]", "")]).await;
        assert_eq!(later.status, Status::SeeOther, "the line can come later");
    }

    async fn the_link_ends_after_an_hour_and_says_where_there_is_another(house: nobody) {
        let link = link(house).await;
        let browser = Browser::at(house).await;
        house.clock.pass(minutes(59));
        assert_eq!(browser.get(&link).await.status, Status::Ok);
        house.clock.pass(minutes(1));
        for ended in [browser.get(&link).await, fills_in(&browser, &link, &[]).await] {
            assert_eq!(ended.status, Status::Gone);
            ended.shows(&["This link has ended", "switchboard link --setup"]);
        }
        assert_eq!(house.rows("people").await, 0);
        assert_eq!(browser.get("/setup/somebody-elses").await.status, Status::NotFound);
        let another = self::link(house).await;
        assert_eq!(fills_in(&browser, &another, &[]).await.status, Status::SeeOther);
        assert_eq!(browser.get(&another).await.status, Status::NotFound, "and never again");
    }

    async fn a_password_that_is_tried_first_is_refused_at_every_door(house: nobody) {
        let link = link(house).await;
        let browser = Browser::at(house).await;
        for (password, told) in [("Password1234", "common words"), ("the holt of miriam", "your name"), ("boats at saltmarsh", "e-mail address")] {
            let refused = fills_in(&browser, &link, &[("field[password]", password), ("field[again]", password)]).await;
            assert_eq!(refused.status, Status::UnprocessableEntity, "{password}");
            refused.shows(&[told]).hides(&[password]);
        }
        assert_eq!(fills_in(&browser, &link, &[]).await.status, Status::SeeOther);
        let fields = [("field[current]", LONG), ("field[password]", "qwertyuiop12"), ("field[again]", "qwertyuiop12")];
        browser.post("/me/password", &fields).await.shows(&["row of neighbouring keys"]);
        let made = browser.post("/people", &[("field[name]", "Dee Marsh"), ("field[email]", "dee@example.com"), ("field[role]", "rep")]).await;
        let at = made.body.find("/link/").unwrap();
        let invitation: String = made.body[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || "/-_".contains(*c)).collect();
        let dee = Browser::at(house).await;
        let fields = [("field[name]", "Dee Marsh"), ("field[password]", "my marsh of reeds"), ("field[again]", "my marsh of reeds")];
        dee.post(&invitation, &fields).await.shows(&["your name"]);
    }

    async fn a_line_of_a_set_up_file_is_not_asked_for_again(house: only_a_line) {
        let link = link(house).await;
        let browser = Browser::at(house).await;
        browser.get(&link).await.shows(&["is there already"]).hides(&["field[number]"]);
        assert_eq!(fills_in(&browser, &link, &[]).await.status, Status::SeeOther);
        assert_eq!(house.words("SELECT name FROM lines").await, ["Bait and Tackle"]);
    }

    async fn two_who_hold_the_link_make_one_admin(house: nobody) {
        let link = link(house).await;
        let token = link.trim_start_matches("/setup/").to_owned();
        let first = |name: &str| First {
            name: name.to_owned(),
            email: format!("{name}@example.com"),
            password: LONG.to_owned(),
            again: LONG.to_owned(),
            ..First::default()
        };
        let both = rocket::futures::future::join(
            setup::finish(&house.desk, &token, first("ada")),
            setup::finish(&house.desk, &token, first("eve")),
        );
        let (one, other) = both.await;
        assert!(one.is_ok() != other.is_ok(), "exactly one of them");
        assert_eq!(house.rows("people").await, 1);
    }
}
