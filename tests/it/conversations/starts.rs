//! A conversation that staff begin: with whom it may be, who has it, and what is sent.

use rocket::http::Status;

use switchboard::domain::numbers::country::Countries;

use crate::both_stores;
use crate::house::{House, LINE, Plan, mask};
use crate::web::browser::{Answer, Browser};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";

fn members(plan: &mut Plan) {
    plan.setup = plan.setup.replace("\"bo@example.com\"]", "\"miriam@example.com\"]");
}

fn only_america(plan: &mut Plan) {
    plan.policies.support.countries = Countries::read("US, CA").unwrap();
}

async fn starts(house: &House, browser: &Browser, phone: &str, body: &str) -> Answer {
    let line = house.number("SELECT MAX(id) FROM lines").await.to_string();
    let key = browser.get("/conversations/new").await.field("form_key");
    let fields =
        [("line", line.as_str()), ("phone", phone), ("name", "Joel Marsh"), ("body", body), ("form_key", &key)];
    let answer = browser.post("/conversations", &fields).await;
    house.runs_due_work().await;
    answer
}

both_stores! {
    async fn a_rep_starts_a_conversation_and_has_it(house) {
        let ana = Browser::of(house, ANA).await;
        ana.get("/conversations?view=mine").await.shows(&["href=\"/conversations/new\""]);
        let done = starts(house, &ana, "+1 (505) 555-2034", "Hello, your kayak is ready").await;
        let conversation = house.conversation().await;
        let there = format!("/conversations/{conversation}?view=mine#thread");
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, there.as_str()));
        let joel = house.customer(34);
        joel.shows(&["Hello, your kayak is ready"]);
        assert_eq!(joel.threads(), [LINE]);
        assert_eq!(house.pinned().await, ANA);
        ana.get(&format!("/conversations/{conversation}")).await.shows(&["<bdi>Joel Marsh</bdi>", "Ana began a conversation with Joel Marsh", "Your phone"]);
        // The answer goes to her, on the phone as well, and the greeting for those who write first is not sent.
        joel.texts("Great!").await;
        assert_eq!(house.ana().bodies(), ["Joel Marsh ••34, Bait and Tackle:\nGreat!"]);
        assert_eq!(house.rows("conversations").await, 1);
        assert_eq!(joel.received().len(), 1);
    }

    async fn a_manager_who_is_a_member_starts_one_without_a_first_text(house: members) {
        let miriam = Browser::of(house, MIRIAM).await;
        let done = starts(house, &miriam, "+15055552034", "  ").await;
        assert_eq!(done.status, Status::SeeOther);
        assert!(house.customer(34).received().is_empty());
        assert_eq!((house.pinned().await.as_str(), house.rows("messages").await), (MIRIAM, 0));
        house.replies_on_web(MIRIAM, house.conversation().await, "Hello").await;
        house.customer(34).shows(&["Hello"]);
    }

    async fn only_members_of_the_line_start_there(house) {
        let miriam = Browser::of(house, MIRIAM).await;
        miriam.get("/conversations/new").await.shows(&["You are a member of no line"]).hides(&["name=\"phone\""]);
        for line in [house.number("SELECT MAX(id) FROM lines").await, 1, 0] {
            let refused = miriam.post("/conversations", &[("line", &line.to_string()), ("phone", "+15055552034")]).await;
            assert_eq!(refused.status, Status::UnprocessableEntity);
        }
        assert_eq!(house.rows("conversations").await, 0);
    }

    async fn a_number_that_cannot_be_is_refused_in_plain_words_and_the_form_keeps_what_was_typed(house) {
        let ana = Browser::of(house, ANA).await;
        let refused = starts(house, &ana, "505 555 203", "Hello <you>").await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&[
            "id=\"phone-why\" role=\"alert\">It is too short: 9 digits follow the country code +1, where 10 belong.",
            "value=\"505 555 203\"", "value=\"Joel Marsh\"", "Hello &#60;you&#62;</textarea>",
        ]);
        starts(house, &ana, "+15055552034", &"x".repeat(16_001)).await.shows(&["id=\"body-why\"", "16001 characters"]);
        assert_eq!(house.rows("conversations").await, 0);
    }

    async fn our_own_numbers_and_colleagues_phones_are_refused(house) {
        let ana = Browser::of(house, ANA).await;
        for own in [LINE, &mask(3)] {
            starts(house, &ana, own, "Hello").await.shows(&["This is one of our own numbers"]);
        }
        starts(house, &ana, "+15055550122", "Hello").await.shows(&["This is a colleague&#39;s phone"]);
        assert_eq!((house.rows("conversations").await, house.rows("customers").await), (0, 0));
    }

    async fn whoever_opted_out_or_is_blocked_is_not_written_to(house) {
        let ana = Browser::of(house, ANA).await;
        house.customer(34).texts("STOP").await;
        starts(house, &ana, "+15055552034", "Hello").await.shows(&["They opted out"]);
        house.customer(34).texts("START").await;
        house.customer(34).texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        house.closes(MIRIAM).await;
        house.blocks(conversation).await;
        starts(house, &ana, "+15055552034", "Hello").await.shows(&["They are blocked"]);
        house.unblocks(conversation).await;
        assert_eq!(starts(house, &ana, "+15055552034", "Hello").await.status, Status::SeeOther);
        assert_eq!(house.customer(34).bodies().last().unwrap(), "Hello");
    }

    async fn only_allowed_countries_are_written_to_and_the_refusal_says_which(house: only_america) {
        let ana = Browser::of(house, ANA).await;
        ana.get("/conversations/new").await.shows(&["Bait and Tackle: CA, US only."]);
        starts(house, &ana, "+442079460000", "Hello").await
            .shows(&["Conversations may be started with numbers of CA, US only: this one is of another country."]);
        house.has_policy("countries", "\"GB\"").await;
        assert_eq!(starts(house, &ana, "+442079460000", "Hello").await.status, Status::SeeOther);
        starts(house, &ana, "+15055552034", "Hello").await.shows(&["numbers of GB only"]);
    }

    async fn an_open_conversation_is_gone_to_instead_if_it_may_be_seen(house) {
        house.goes_away("bo@example.com").await;
        house.customer(34).texts("Is the ramp open?").await;
        let open = house.conversation().await;
        let (ana, bo) = (Browser::of(house, ANA).await, Browser::of(house, BO).await);
        let done = starts(house, &ana, "+15055552034", "").await;
        assert_eq!(done.header("location"), format!("/conversations/{open}?view=mine#thread"));
        let kept = starts(house, &ana, "+15055552034", "Hello <Joel>").await;
        assert_eq!(kept.status, Status::UnprocessableEntity);
        kept.shows(&["Nothing was sent: your text stands below.", "Hello &#60;Joel&#62;</textarea>", "Is the ramp open?</div>"]);
        house.customer(34).shows(&[]);
        let refused = starts(house, &bo, "+15055552034", "Hello").await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["You cannot start one with this number now: ask a manager."]).hides(&["Ana", &format!("#{open}")]);
        assert_eq!(house.rows("conversations").await, 1);
    }

    async fn the_same_form_starts_one_conversation_however_often_it_is_sent(house) {
        let ana = Browser::of(house, ANA).await;
        let line = house.number("SELECT MAX(id) FROM lines").await.to_string();
        let fields = [("line", line.as_str()), ("phone", "+15055552034"), ("body", "Hello"), ("form_key", "k")];
        let (one, two) = tokio::join!(ana.post("/conversations", &fields), ana.post("/conversations", &fields));
        assert_eq!((one.status, one.header("location")), (Status::SeeOther, two.header("location")));
        house.runs_due_work().await;
        house.customer(34).shows(&["Hello"]);
        assert_eq!((house.rows("conversations").await, house.rows("legs WHERE ended_at IS NULL").await), (1, 2));
    }

    async fn a_conversation_that_was_closed_stays_closed_and_stands_before_the_new_one(house) {
        house.goes_away("bo@example.com").await;
        house.customer(34).texts("Is the ramp open?").await;
        house.closes(ANA).await;
        let ana = Browser::of(house, ANA).await;
        starts(house, &ana, "+15055552034", "It is open again").await;
        let new = house.conversation().await;
        ana.get(&format!("/conversations/{new}")).await.shows(&["Is the ramp open?</div>", "Ana closed this", "It is open again</div>"]);
        assert_eq!(house.rows("conversations WHERE closed_at IS NULL").await, 1);
        house.customer(34).texts("Good").await;
        assert_eq!(house.number("SELECT conversation_id FROM messages WHERE body = 'Good'").await, new.0);
    }
}
