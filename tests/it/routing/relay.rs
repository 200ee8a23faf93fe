//! One text, one rep, one answer.

use switchboard::clock::hours;

use crate::both_stores;
use crate::house::LINE;

both_stores! {
    async fn a_first_text_reaches_one_rep_and_the_answer_comes_from_the_line(house) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;

        let rep = house.chosen();
        rep.shows(&["••34, Bait and Tackle:\nIs the ramp open?"]);
        assert_eq!(house.ana().received().len() + house.bo().received().len(), 1, "one rep, not two");
        assert_ne!(rep.received()[0].from, LINE, "the rep sees a mask");

        rep.texts_back("Open until six").await;
        joel.shows(&["Open until six"]);
        assert_eq!(joel.received()[0].from, LINE);
        assert!(house.states().await.iter().all(|state| state == "delivered"), "{:?}", house.states().await);
    }

    async fn later_texts_stay_with_the_same_rep_without_the_context_line(house) {
        let joel = house.customer(34);
        joel.texts("one").await;
        let rep = house.chosen();
        for body in ["two", "three"] {
            joel.texts(body).await;
        }
        rep.shows(&["••34, Bait and Tackle:\none", "two", "three"]);
        assert_eq!(rep.threads().len(), 1);
        house.pass(hours(1)).await;
    }
}
