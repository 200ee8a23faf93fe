//! Who else looks at a conversation, and who types in it: told to those who may see it, and only when it changes.

use rocket::http::Status;
use switchboard::clock::seconds;

use super::{anas, page};
use crate::both_stores;
use crate::web::browser::Browser;

/// The part of the page is there, and nobody is in it.
async fn sees_nobody(browser: &Browser, path: &str) {
    let part = browser.get(path).await;
    assert_eq!(part.status, Status::Ok);
    part.hides(&["Ana", "is looking", "is typing"]);
}

both_stores! {
    async fn others_see_who_looks_and_who_types_until_they_leave_or_fall_silent(house) {
        let conversation = anas(house).await;
        let (ana, miriam) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "miriam@example.com").await);
        let path = format!("/conversations/{conversation}/presence");
        assert_eq!(ana.post(&path, &[("sign", "looking")]).await.status, Status::NoContent);
        page(&miriam, conversation).await.shows(&["Ana is looking"]);
        page(&ana, conversation).await.hides(&["is looking"]);
        assert_eq!(ana.post(&path, &[("sign", "typing")]).await.status, Status::NoContent);
        miriam.get(&path).await.shows(&["Ana is typing"]);
        house.clock.pass(seconds(21));
        miriam.get(&path).await.shows(&["Ana is looking"]);
        house.clock.pass(seconds(20));
        sees_nobody(&miriam, &path).await;
        assert_eq!(ana.post(&path, &[("sign", "looking")]).await.status, Status::NoContent);
        miriam.get(&path).await.shows(&["Ana is looking"]);
        assert_eq!(ana.post(&path, &[("sign", "left")]).await.status, Status::NoContent);
        sees_nobody(&miriam, &path).await;
    }

    async fn browsers_are_told_of_changes_only(house) {
        let conversation = anas(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        let path = format!("/conversations/{conversation}/presence");
        let told = "changes WHERE kind = 'presence'";
        for (sign, pass, count) in [("looking", 0, 1), ("looking", 15, 1), ("typing", 5, 2), ("typing", 15, 2), ("looking", 1, 3), ("looking", 41, 4), ("left", 1, 5), ("left", 1, 5)] {
            house.clock.pass(seconds(pass));
            assert_eq!(ana.post(&path, &[("sign", sign)]).await.status, Status::NoContent);
            assert_eq!(house.rows(told).await, count, "{sign} after {pass} s");
        }
    }

    async fn nobody_is_seen_by_or_seen_in_what_they_may_not_see(house) {
        let conversation = anas(house).await;
        let (ana, bo) = (Browser::of(house, "ana@example.com").await, Browser::of(house, "bo@example.com").await);
        let path = format!("/conversations/{conversation}/presence");
        assert_eq!(ana.post(&path, &[("sign", "looking")]).await.status, Status::NoContent);
        assert_eq!(bo.get(&path).await.status, Status::NotFound);
        assert_eq!(bo.post(&path, &[("sign", "looking")]).await.status, Status::NotFound);
        assert_eq!(house.rows("presences").await, 1);
        house.transfers("miriam@example.com", "bo@example.com").await;
        sees_nobody(&bo, &path).await;
        house.runs_due_work().await;
    }
}
