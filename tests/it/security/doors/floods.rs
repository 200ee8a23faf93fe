//! Case 14: many who sign in at once hold up nobody else, and the queue in which they wait has an end.

use std::net::SocketAddr;
use std::time::Duration;

use rocket::futures::future::{join, join_all};
use rocket::http::{ContentType, Header, Status};
use rocket::tokio::time::timeout;

use crate::both_stores;
use crate::web::browser::{Browser, PASSWORD, give_passwords};

/// Somebody whom nobody knows tries from an address of their own; the status, and when they may come again.
async fn tries(browser: &Browser, n: u32) -> (Status, Option<String>) {
    let address = SocketAddr::from(([10, 1, u8::try_from(n / 250).unwrap(), u8::try_from(n % 250).unwrap()], 40_000));
    let form =
        browser.client.post("/sign-in").header(ContentType::Form).header(Header::new("Host", browser.host.clone()));
    let answer = form.remote(address).body(format!("email=p{n}@example.com&password=wrong")).dispatch().await;
    (answer.status(), answer.headers().get_one("retry-after").map(ToOwned::to_owned))
}

both_stores! {
    async fn case_14_a_hundred_sign_ins_at_once_do_not_hold_up_a_webhook(house) {
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        let sign_ins = join_all((0..100).map(|n| tries(&browser, n)));
        let texts = async {
            for n in 0..10 {
                // Room for a machine that is busy with other tests; alone it takes milliseconds.
                timeout(Duration::from_secs(10), house.customer(n).texts("Is the ramp open?")).await
                    .expect("a webhook waits for sign-ins");
            }
        };
        let (answers, ()) = join(sign_ins, texts).await;
        assert!(answers.iter().any(|(status, _)| *status == Status::Unauthorized));
    }

    async fn case_14_whoever_finds_the_queue_full_is_told_to_come_again_and_the_next_one_is_let_in(house) {
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        let answers = join_all((0..400).map(|n| tries(&browser, n))).await;
        let (hashed, told): (Vec<_>, Vec<_>) = answers.iter().partition(|(status, _)| *status == Status::Unauthorized);
        assert!(!told.is_empty() && !hashed.is_empty(), "{} were hashed, {} told", hashed.len(), told.len());
        for (status, again) in told {
            assert_eq!((*status, again.as_deref()), (Status::ServiceUnavailable, Some("2")));
        }
        assert_eq!(browser.signs_in("ana@example.com", PASSWORD).await.status, Status::SeeOther);
    }
}
