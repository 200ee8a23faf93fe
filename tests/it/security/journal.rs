//! Who came in, who went out and who was not let in stands where admins see it, and nobody who guesses fills the disk.

use rocket::http::Status;

use switchboard::clock::{days, hours};
use switchboard::desk::people::{self, sessions};
use switchboard::desk::upkeep::lapse;
use switchboard::store::people::sign_ins;
use switchboard::store::{Job, Result, Tx};

use crate::both_stores;
use crate::house::plan::with_ada;
use crate::web::browser::{Browser, PASSWORD, give_passwords};

const ANA: &str = "ana@example.com";

struct Guesses(switchboard::clock::At);

impl Job for Guesses {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        for n in 0..400 {
            sign_ins::refuse(
                tx,
                (None, &format!("{n:016x}"), switchboard::domain::people::audit::Refused::Wrong),
                1,
                self.0,
            )
            .await?;
        }
        Ok(())
    }
}

both_stores! {
    async fn whoever_comes_in_or_goes_out_leaves_a_row_with_how_and_from_where(house: with_ada) {
        give_passwords(house).await;
        let ana = Browser { address: Some("203.0.113.7:4000".parse().unwrap()), ..Browser::at(house).await };
        ana.signs_in(ANA, PASSWORD).await;
        ana.post("/sign-out", &[]).await;
        ana.signs_in(ANA, PASSWORD).await;
        let token = house.desk.chance.token::<32>();
        sessions::make_link(&house.desk.store, &token, "bo@example.com", house.clock.now()).await.unwrap();
        let bo = Browser { address: Some("203.0.113.8:4000".parse().unwrap()), ..Browser::at(house).await };
        assert_eq!(bo.post(&format!("/link/{token}"), &[]).await.status, Status::SeeOther);
        let rows = house.words("SELECT kind || ' ' || how || ' ' || device FROM sign_ins ORDER BY id").await;
        assert_eq!(rows, ["signed_in password new", "signed_out  ", "signed_in password known", "signed_in link new"]);
        let origins = house.words("SELECT origin FROM sign_ins ORDER BY id").await;
        assert!(origins[0] == origins[1] && origins[1] == origins[2] && origins[2] != origins[3], "{origins:?}");
        assert!(origins.iter().all(|origin| origin.len() == 16 && !origin.contains("113")), "hashed: {origins:?}");
        let key = house.words("SELECT value FROM settings WHERE name = 'origin_key'").await;
        assert_eq!(origins[0], switchboard::secret::keyed_hash(&key[0], "203.0.113.7")[..16]);
        let ada = Browser::of(house, "ada@example.com").await;
        ada.get("/audit").await.shows(&["signed in by password", "signed in by a one-time link", "signed out", &origins[0], "a browser that was known"]);
    }

    async fn whoever_is_not_let_in_is_counted_by_hour_account_and_origin(house: with_ada) {
        give_passwords(house).await;
        let guesser = Browser { address: Some("203.0.113.7:4000".parse().unwrap()), ..Browser::at(house).await };
        for _ in 0..5 {
            guesser.signs_in(ANA, "wrong").await;
        }
        for _ in 0..3 {
            assert_eq!(guesser.signs_in(ANA, PASSWORD).await.status, Status::TooManyRequests);
        }
        guesser.signs_in("who@example.com", "wrong").await;
        people::keep_too_soon(&house.desk).await.unwrap();
        let id = house.person(ANA).await;
        let counts = house.words("SELECT kind || ' ' || CAST(total AS TEXT) FROM sign_in_refusals ORDER BY person_id, kind").await;
        assert_eq!(counts, ["wrong 1", "too_soon 3", "wrong 5"]);
        assert_eq!(house.rows(&format!("sign_in_refusals WHERE person_id = {id}")).await, 2);
        assert_eq!(house.rows("sign_ins").await, 0, "nobody came in");
        house.clock.pass(hours(1));
        guesser.signs_in(ANA, "wrong").await;
        assert_eq!(house.rows(&format!("sign_in_refusals WHERE person_id = {id} AND kind = 'wrong'")).await, 2, "another hour");
        let ada = Browser::of(house, "ada@example.com").await;
        ada.get("/audit").await.shows(&["Not let in", "<bdi>Ana</bdi>", "nobody here", "<td>5</td><td>3</td>"]);
    }

    async fn whoever_guesses_does_not_fill_the_disk(house) {
        house.desk.store.write(Guesses(house.clock.now())).await.unwrap();
        assert_eq!(house.rows("sign_in_refusals").await, 301);
        assert_eq!(house.number("SELECT total FROM sign_in_refusals WHERE origin = 'others'").await, 100);
        house.clock.pass(days(91));
        lapse::forget(&house.desk).await.unwrap();
        assert_eq!(house.rows("sign_in_refusals").await, 0);
    }

    async fn an_address_that_leads_nowhere_is_no_fault_after_signing_in(house) {
        give_passwords(house).await;
        for next in ["/\t/x", "//x.example", "/conversations\r\nx", "/nowhere", "/held\0", "/\\x", "/%09/x", "javascript:x", "/é"] {
            let answer = Browser::at(house).await.post("/sign-in", &[("email", ANA), ("password", PASSWORD), ("next", next)]).await;
            assert_eq!((answer.status, answer.header("location")), (Status::SeeOther, "/conversations"), "{next:?}");
        }
        let answer = Browser::at(house).await.post("/sign-in", &[("email", ANA), ("password", PASSWORD), ("next", "/held?before=7")]).await;
        assert_eq!(answer.header("location"), "/held?before=7");
    }
}
