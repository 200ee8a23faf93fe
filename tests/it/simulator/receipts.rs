//! Receipts: signed, in order, and in every disorder that can be asked for.

use switchboard::clock::{Clock, seconds};
use switchboard::simulator::{Fault, Kind, Receipts, Status};

use super::{JOEL, LINE, Stand};

#[tokio::test]
async fn receipts_are_signed_and_follow_the_text() {
    let stand = Stand::new().await;
    let (_, made) = stand.create(JOEL, "On its way").await;
    assert!(stand.receiver.got().is_empty(), "the first status has no receipt");
    assert_eq!(stand.simulator.settle().await, 2);
    assert_eq!(stand.receiver.values("MessageStatus"), ["sent", "delivered"]);
    for post in stand.receiver.got() {
        assert!(post.genuine);
        assert_eq!(post.path, format!("/receipts/{JOEL}"));
        assert_eq!(post.form.get("MessageSid"), made["sid"].as_str());
        assert_eq!((post.form.get("To"), post.form.get("From")), (Some(JOEL), Some(LINE)));
    }
    let count = stand.simulator.count();
    assert_eq!((count.receipts, count.receipts_taken), (2, 2));
}

#[tokio::test]
async fn receipts_wait_for_their_time() {
    let after = Receipts::After { sent: seconds(2), delivered: seconds(3) };
    let stand = Stand::with(|settings| settings.receipts = after).await;
    stand.create(JOEL, "Slowly").await;
    assert_eq!(stand.simulator.settle().await, 0);
    stand.clock.pass(seconds(2));
    assert_eq!(stand.simulator.settle().await, 1);
    assert_eq!(stand.simulator.texts_to(JOEL)[0].status, Status::Sent);
    stand.clock.pass(seconds(3));
    assert_eq!(stand.simulator.settle().await, 1);
    assert_eq!(stand.receiver.values("MessageStatus"), ["sent", "delivered"]);
}

#[tokio::test]
async fn receipts_can_be_off_and_the_text_still_arrives() {
    let stand = Stand::with(|settings| settings.receipts = Receipts::Off).await;
    stand.create(JOEL, "Quietly").await;
    assert_eq!(stand.simulator.settle().await, 0);
    assert_eq!(stand.simulator.texts_to(JOEL)[0].status, Status::Delivered);
}

#[tokio::test]
async fn a_running_carrier_posts_receipts_by_itself() {
    let stand = Stand::with(|settings| {
        settings.by_hand = false;
        settings.clock = Clock::system();
    })
    .await;
    for n in 0..20 {
        stand.create(JOEL, &format!("text {n}")).await;
    }
    while stand.simulator.count().receipts_taken < 40 {
        tokio::task::yield_now().await;
    }
    assert!(stand.receiver.got().iter().all(|post| post.genuine));
}

#[tokio::test]
async fn receipts_are_lost_doubled_reversed_or_early_on_demand() {
    for (kind, expected) in [
        (Kind::ReceiptsLost, &[][..]),
        (Kind::ReceiptsDoubled, &["sent", "sent", "delivered", "delivered"]),
        (Kind::ReceiptsReversed, &["delivered", "sent"]),
        (Kind::Failed, &["failed"]),
        (Kind::Undelivered, &["sent", "undelivered"]),
    ] {
        let stand = Stand::new().await;
        stand.simulator.fault(Fault::new(kind));
        assert_eq!(stand.create(JOEL, "Hello").await.0, 201);
        stand.simulator.settle().await;
        assert_eq!(stand.receiver.values("MessageStatus"), expected, "{kind:?}");
        assert_ne!(stand.simulator.texts_to(JOEL)[0].status, Status::Queued);
    }
    let stand = Stand::new().await;
    stand.simulator.fault(Fault::new(Kind::ReceiptFirst));
    stand.simulator.fault(Fault::new(Kind::ReceiptsReversed));
    assert_eq!(stand.create(JOEL, "Hello").await.0, 201);
    assert_eq!(stand.receiver.values("MessageStatus"), ["delivered", "sent"], "posted before the answer");
    assert_eq!(stand.simulator.settle().await, 0);
}

#[tokio::test]
async fn a_receipt_is_posted_again_only_as_its_address_says() {
    let stand = Stand::new().await;
    stand.receiver.answers(500, "text/plain", "");
    stand.create(JOEL, "Once").await;
    stand.simulator.settle().await;
    assert_eq!(stand.receiver.values("MessageStatus"), ["sent", "delivered"], "a 500 is not tried again");
    let callback = format!("{}/receipts/again?m=1#rc=2&rp=all", stand.receiver.base);
    stand.receiver.answers(500, "text/plain", "");
    stand.receiver.answers(503, "text/plain", "");
    let pairs = [("To", JOEL), ("From", LINE), ("Body", "x"), ("StatusCallback", callback.as_str())];
    stand.post(&stand.messages(), &pairs).await.unwrap();
    stand.simulator.settle().await;
    let posts = &stand.receiver.got()[2..];
    let statuses: Vec<_> = posts.iter().map(|post| post.form.get("MessageStatus").unwrap()).collect();
    assert_eq!(statuses, ["sent", "sent", "sent", "delivered"]);
    assert!(posts.iter().all(|post| post.genuine && post.path == "/receipts/again?m=1"), "the fragment is not sent");
}
