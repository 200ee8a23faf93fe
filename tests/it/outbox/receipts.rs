//! Receipts: doubled, reversed, early or forged, a status never goes back and nobody else's text is touched.

use switchboard::clock::hours;
use switchboard::simulator::{Fault, Kind};
use switchboard::wire::twilio::form::Form;

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{ACCOUNT, House, PREVIOUS_TOKEN, TOKEN};

fn receipt(sid: &str, status: &str) -> Form {
    [("MessageSid", sid), ("AccountSid", ACCOUNT), ("MessageStatus", status)].into_iter().collect()
}

/// Where the carrier reports on the newest text to `phone`, and its id there.
fn newest(house: &House, phone: &str) -> (String, String) {
    let text = house.simulator.texts_to(phone).pop().unwrap();
    let url = text.status_callback.unwrap();
    (format!("receipts/{}", url.rsplit_once('/').unwrap().1), text.sid)
}

both_stores! {
    async fn receipts_doubled_reversed_early_or_lost_leave_every_text_where_it_ended(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        let kinds = [Kind::ReceiptsDoubled, Kind::ReceiptsReversed, Kind::ReceiptFirst];
        for (n, kind) in kinds.into_iter().enumerate() {
            house.simulator.fault(Fault::new(kind).to(&joel.number).times(1));
            house.ana().texts_back(&n.to_string()).await;
        }
        house.simulator.fault(Fault::new(Kind::ReceiptsReversed).to(&joel.number).times(1));
        house.simulator.fault(Fault::new(Kind::Undelivered).to(&joel.number).times(1));
        house.ana().texts_to(&house.ana().threads()[0], "3").await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost).to(&joel.number).times(1));
        house.ana().texts_to(&house.ana().threads()[0], "4").await;
        house.pass(hours(1)).await;
        let rows = house.outbox_to(&joel.number).await;
        assert_eq!(rows, ["delivered 0", "delivered 1", "delivered 2", "undelivered 3", "accepted 4"]);
        assert_eq!(joel.received().len(), 5);
    }

    async fn a_status_never_goes_back(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        house.ana().texts_back("Open until six").await;
        let (path, sid) = newest(house, &joel.number);
        for (said, stands) in [("queued", "accepted"), ("sent", "sent"), ("queued", "sent"), ("nonsense", "sent"),
            ("delivered", "delivered"), ("sent", "delivered"), ("failed", "delivered"), ("undelivered", "delivered")]
        {
            assert_eq!(house.post(&path, &receipt(&sid, said), Some(TOKEN)).await.status, 204, "{said}");
            assert_eq!(house.outbox_to(&joel.number).await, [format!("{stands} Open until six")], "after {said}");
        }
        house.runs_due_work().await;
        assert_eq!(house.ana().received().len(), 1, "nobody is told of a failure that was none");
    }

    async fn only_a_report_that_says_something_new_reaches_open_pages(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        house.ana().texts_back("Open until six").await;
        let (path, sid) = newest(house, &joel.number);
        for (said, new) in [("sent", 1), ("sent", 0), ("queued", 0), ("delivered", 1), ("delivered", 0), ("sent", 0)] {
            let before = house.rows("changes").await;
            assert_eq!(house.post(&path, &receipt(&sid, said), Some(TOKEN)).await.status, 204, "{said}");
            assert_eq!(house.rows("changes").await - before, new, "{said}");
        }
    }

    async fn a_receipt_touches_only_the_attempt_that_it_was_made_for(house: only_ana) {
        let joel = house.customer(34);
        joel.texts("hello").await;
        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        house.ana().texts_back("one").await;
        let (first, first_sid) = newest(house, &joel.number);
        house.ana().texts_back("two").await;
        let (second, second_sid) = newest(house, &joel.number);
        let (id, secret) = first.trim_start_matches("receipts/").split_once('-').unwrap();
        let (other_id, _) = second.trim_start_matches("receipts/").split_once('-').unwrap();
        let forged = [
            (second.clone(), &first_sid),
            (first.clone(), &second_sid),
            (format!("receipts/{other_id}-{secret}"), &second_sid),
            (format!("receipts/{id}-{}", "A".repeat(22)), &first_sid),
            (format!("receipts/{id}-"), &first_sid),
            (format!("receipts/{id}"), &first_sid),
            ("receipts/ffffffffffffffffff-x".to_owned(), &first_sid),
        ];
        for (path, sid) in forged {
            assert_eq!(house.post(&path, &receipt(sid, "failed"), Some(TOKEN)).await.status, 404, "{path}");
        }
        assert_eq!(house.post(&first, &receipt(&first_sid, "failed"), None).await.status, 403);
        assert_eq!(house.post(&first, &receipt(&first_sid, "failed"), Some("no")).await.status, 403);
        assert_eq!(house.outbox_to(&joel.number).await, ["accepted one", "accepted two"]);
        assert_eq!(house.post(&second, &receipt(&second_sid, "delivered"), Some(PREVIOUS_TOKEN)).await.status, 204);
        assert_eq!(house.outbox_to(&joel.number).await, ["accepted one", "delivered two"]);
    }
}
