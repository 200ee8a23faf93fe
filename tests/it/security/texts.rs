//! Nobody outside makes the house send a text, except by a signed webhook; and our own numbers do not talk to each other.

use rocket::http::{Header, Method, Status};

use crate::house::plan::with_ada;
use crate::house::{LINE, mask};
use crate::web::browser::Browser;
use crate::{addresses, both_stores};

both_stores! {
    /// No unauthenticated path causes a text.
    async fn case_29_nobody_outside_causes_a_text(house: with_ada) {
        let examples = addresses::furnish(house, "ana@example.com").await;
        // What waits now would leave by itself.
        house.runs_due_work().await;
        let browser = Browser::at(house).await;
        let fields = [
            ("body", "free texts"), ("form_key", "k"), ("to", LINE), ("phone", "+15055550190"), ("field[phone]", "+15055550190"),
            ("field[number]", LINE), ("field[code]", "000000"), ("email", "ana@example.com"), ("password", "a tide table"),
            ("duty", "away_reassign"), ("From", "+15055550190"), ("To", LINE), ("Body", "hello"), ("MessageSid", "SM1"),
            ("AccountSid", crate::house::ACCOUNT), ("until", "1h"), ("reason", "none"), ("evidence", "none"), ("field[when]", "always"),
            ("field[name]", "Eve"), ("field[email]", "eve@example.com"), ("field[role]", "admin"),
        ];
        let before = house.rows("deliveries").await;
        let messages = house.rows("messages").await;
        let mut asked = 0;
        for (method, address) in addresses::routes(&browser) {
            let path = examples.fill(&address);
            for headers in [&[("Sec-Fetch-Site", "same-origin")][..], &[("X-Twilio-Signature", "bm90aGluZw=="), ("Sec-Fetch-Site", "none")]] {
                let answer = browser.send(method, &path, &fields, headers).await;
                assert_ne!(answer.status.class(), rocket::http::StatusClass::ServerError, "{method} {path}");
                asked += 1;
            }
        }
        assert!(asked > 80, "only {asked} requests");
        house.runs_due_work().await;
        assert_eq!(house.rows("deliveries").await, before);
        assert_eq!(house.rows("messages").await, messages);
        assert_eq!(house.phone("+15055550190").received().len(), 0);
    }

    /// A link that is only known to its holder causes none either: it signs in, and that is all.
    async fn case_29_a_one_time_link_causes_no_text(house: with_ada) {
        let token = house.desk.chance.token::<32>();
        switchboard::desk::people::sessions::make_link(&house.desk.store, &token, "ana@example.com", house.clock.now()).await.unwrap();
        let browser = Browser::at(house).await;
        assert_eq!(browser.post(&format!("/link/{token}"), &[]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_eq!(house.rows("deliveries").await, 0);
    }

    /// One of our own numbers as sender is a loop: refused, and answered by nothing.
    async fn case_29_one_of_our_own_numbers_as_sender_is_a_loop_and_refused(house) {
        for to in [LINE.to_owned(), mask(2)] {
            house.phone(&mask(1)).texts_to(&to, "hello me").await;
        }
        assert_eq!(house.messages().await, ["refused hello me", "refused hello me"]);
        assert_eq!(house.rows("conversations").await + house.rows("deliveries").await, 0);
    }

    /// A webhook that is not signed is turned away before anything is read.
    async fn case_29_an_unsigned_webhook_causes_nothing(house) {
        let browser = Browser::at(house).await;
        let fields = [("From", "+15055552034"), ("To", LINE), ("Body", "hello"), ("MessageSid", "SM1"), ("AccountSid", crate::house::ACCOUNT)];
        for header in [Header::new("X-Twilio-Signature", ""), Header::new("X-Twilio-Signature", "AAAA"), Header::new("X-Nothing", "")] {
            let headers = [(header.name().as_str(), header.value())];
            let answer = browser.send(Method::Post, "/hooks/twilio/messages", &fields, &headers).await;
            assert_eq!(answer.status, Status::Forbidden);
        }
        assert_eq!(house.rows("messages").await + house.rows("deliveries").await, 0);
    }
}
