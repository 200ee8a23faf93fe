//! One-time links by which people sign in.

use rocket::http::Status;

use switchboard::clock::hours;
use switchboard::desk::people::sessions;

use crate::both_stores;
use crate::house::House;
use crate::web::browser::Browser;

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
    async fn a_one_time_link_is_used_up_by_its_button_and_not_by_looking(house) {
        let browser = Browser::at(house).await;
        let link = link(house, "Ana@Example.com").await;
        for _ in 0..2 {
            browser.get(&link).await.shows(&["Sign in as <bdi>Ana</bdi>", "method=\"post\""]);
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
