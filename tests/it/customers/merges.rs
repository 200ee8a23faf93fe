//! Two contacts of one person, put together and taken apart: they show as one, and no text changes its addressee.

use rocket::http::Status;

use switchboard::clock::minutes;
use switchboard::desk::customers::contact::Typed;
use switchboard::domain::ids::ConversationId;
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::House;
use crate::house::plan::only_ana;
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";

/// Two phones, 34 and 71, write to Ana; their conversations.
async fn two(house: &House) -> (i64, i64) {
    house.customer(34).texts("Is the ramp open?").await;
    let one = house.conversation().await.0;
    house.customer(71).texts("It is me, on another phone").await;
    (one, house.conversation().await.0)
}

async fn named(house: &House, phone: u32, name: &str) {
    let of = "SELECT MAX(c.id) FROM conversations c JOIN customers u ON u.id = c.customer_id WHERE u.phone";
    let conversation = house.number(&format!("{of} = '{}'", house.customer(phone).number)).await;
    house.calls(ConversationId(conversation), name).await;
}

both_stores! {
    async fn merged_contacts_stand_together_in_details_and_timeline(house: only_ana) {
        let (one, two) = two(house).await;
        named(house, 34, "Joel Marsh").await;
        house.writes_card(ConversationId(two), Typed { notes: "two kids".to_owned(), ..Typed::default() }).await;
        let ana = Browser::of(house, ANA).await;
        let done = ana.post(&format!("/conversations/{one}/merge"), &[("with", &format!("#{two}"))]).await;
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, format!("/conversations/{one}?view=all#details").as_str()));
        for (here, there) in [(one, two), (two, one)] {
            ana.get(&format!("/conversations/{here}")).await.shows(&[
                "class=\"bubble\" dir=\"auto\">Is the ramp open?", "class=\"bubble\" dir=\"auto\">It is me, on another phone",
                "<h2 id=\"name\"><bdi>Joel Marsh</bdi>", "two kids", "Take apart",
                &format!("Ana put this contact together with that of #{there}"), &format!(">#{there}</a> · <bdi>••"),
            ]);
        }
        ana.get("/conversations?view=mine").await.hides(&["number ending in 71"]);
        // A text to one of them is news for the page of the other.
        ana.get(&format!("/conversations/{one}")).await.shows(&[&format!("data-of=\"{two} {one}\"")]);
        let again = ana.post(&format!("/conversations/{one}/merge"), &[("with", &two.to_string())]).await;
        again.shows(&["That is the same contact already.", &format!("value=\"{two}\"")]);
    }

    async fn a_queued_text_never_changes_its_addressee_whoever_is_merged(house: only_ana) {
        let (one, two) = two(house).await;
        let (joel, other) = (house.customer(34), house.customer(71));
        house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(60_000));
        house.simulator.fault(Fault::new(Kind::TooMany).to(&other.number).millis(60_000));
        house.replies_on_web(ANA, switchboard::domain::ids::ConversationId(one), "for 34").await;
        house.replies_on_web(ANA, switchboard::domain::ids::ConversationId(two), "for 71").await;
        let before = house.words("SELECT to_phone FROM deliveries WHERE state = 'ready' AND person_id IS NULL ORDER BY id").await;
        assert_eq!(before, [joel.number.clone(), other.number.clone()]);
        let ana = Browser::of(house, ANA).await;
        ana.post(&format!("/conversations/{one}/merge"), &[("with", &format!("#{two}"))]).await;
        assert_eq!(house.words("SELECT to_phone FROM deliveries WHERE state = 'ready' AND person_id IS NULL ORDER BY id").await, before);
        house.simulator.mend_all();
        house.pass(minutes(10)).await;
        joel.shows(&["for 34"]);
        other.shows(&["for 71"]);
        // An answer in either conversation goes to the phone of that conversation, and a text comes in where its phone is.
        assert_eq!(ana.replies(switchboard::domain::ids::ConversationId(two), "only 71").await.status, Status::SeeOther);
        house.pass(minutes(1)).await;
        joel.shows(&["for 34"]);
        other.shows(&["for 71", "only 71"]);
        joel.texts("from 34").await;
        assert_eq!(house.number("SELECT conversation_id FROM messages WHERE body = 'from 34'").await, one);
    }

    async fn merged_contacts_are_taken_apart_and_have_their_own_names_again(house: only_ana) {
        let (one, two) = two(house).await;
        named(house, 71, "J. Marsh").await;
        let ana = Browser::of(house, ANA).await;
        ana.post(&format!("/conversations/{one}/merge"), &[("with", "j.  marsh")]).await;
        ana.get(&format!("/conversations/{one}")).await.shows(&["<h2 id=\"name\"><bdi>J. Marsh</bdi>"]);
        let other = house.number("SELECT merged_into FROM customers WHERE merged_into IS NOT NULL").await;
        let done = ana.post(&format!("/conversations/{two}/separation"), &[("contact", &other.to_string())]).await;
        assert_eq!(done.status, Status::SeeOther);
        ana.get(&format!("/conversations/{one}")).await
            .shows(&["number ending in 34", &format!("Ana took this contact and that of #{two} apart")])
            .hides(&["It is me, on another phone</div>", "Take apart", "<h2 id=\"name\"><bdi>"]);
        ana.get(&format!("/conversations/{two}")).await.shows(&["<h2 id=\"name\"><bdi>J. Marsh</bdi>"]).hides(&["Is the ramp open?</div>"]);
        let again = ana.post(&format!("/conversations/{two}/separation"), &[("contact", &other.to_string())]).await;
        assert_eq!(again.status, Status::UnprocessableEntity, "they are not together");
    }

    async fn a_name_that_several_have_is_asked_about_and_nobody_is_guessed(house: only_ana) {
        let (one, two) = two(house).await;
        house.customer(72).texts("Hello").await;
        let three = house.conversation().await.0;
        named(house, 71, "Joel Marsh").await;
        named(house, 72, "Joel Martin").await;
        let ana = Browser::of(house, ANA).await;
        let which = ana.post(&format!("/conversations/{one}/merge"), &[("with", "joel mar")]).await;
        assert_eq!(which.status, Status::UnprocessableEntity);
        which.shows(&[
            "Choose which one you mean.", "value=\"joel mar\"", "id=\"act-merge\" open",
            &format!("name=\"choice\" value=\"#{two}\""), &format!("name=\"choice\" value=\"#{three}\""), "<bdi>Joel Martin</bdi>",
        ]);
        let nobody = ana.post(&format!("/conversations/{one}/merge"), &[("with", "100%")]).await;
        nobody.shows(&["id=\"merge-with-why\" role=\"alert\">Nobody whom you may see is called so"]).hides(&["name=\"choice\""]);
        ana.post(&format!("/conversations/{one}/merge"), &[("with", "joel mar"), ("choice", &format!("#{three}"))]).await;
        assert_eq!(house.events("merged").await.len(), 2);
        ana.get(&format!("/conversations/{one}")).await.shows(&["class=\"bubble\" dir=\"auto\">Hello"]);
    }

    async fn case_11_a_rep_merges_and_separates_only_whom_they_may_see(house) {
        house.goes_away("bo@example.com").await;
        let (one, two) = two(house).await;
        named(house, 71, "Joel Marsh").await;
        let (ana, bo, miriam) = (Browser::of(house, ANA).await, Browser::of(house, BO).await, Browser::of(house, MIRIAM).await);
        house.transfers(MIRIAM, BO).await;
        house.runs_due_work().await;
        for with in [format!("#{two}"), "#999999".to_owned(), "Joel Marsh".to_owned(), "joel".to_owned()] {
            let refused = ana.post(&format!("/conversations/{one}/merge"), &[("with", &with)]).await;
            assert_eq!(refused.status, Status::UnprocessableEntity);
            refused.shows(&["Nobody whom you may see is called so"]).hides(&["••71", "5552071", "name=\"choice\""]);
        }
        miriam.post(&format!("/conversations/{one}/merge"), &[("with", &format!("#{two}"))]).await;
        assert_eq!(house.events("merged").await.len(), 2);
        // Each sees in the common timeline only what they saw before.
        ana.get(&format!("/conversations/{one}")).await.hides(&["on another phone</div>", "Take apart"]);
        bo.get(&format!("/conversations/{two}")).await.hides(&["Is the ramp open?</div>", "Take apart"]);
        let other = house.number("SELECT id FROM customers WHERE merged_into IS NOT NULL").await;
        let hidden = ana.post(&format!("/conversations/{one}/separation"), &[("contact", &other.to_string())]).await;
        assert_eq!(hidden.status, Status::UnprocessableEntity);
        assert_eq!(house.rows("customers WHERE merged_into IS NOT NULL").await, 1);
    }

    async fn a_merged_contacts_new_name_is_everybodys_and_three_can_be_one(house: only_ana) {
        let (one, two) = two(house).await;
        house.customer(72).texts("Hello").await;
        let three = house.conversation().await.0;
        let ana = Browser::of(house, ANA).await;
        ana.post(&format!("/conversations/{two}/merge"), &[("with", &three.to_string())]).await;
        ana.post(&format!("/conversations/{one}/merge"), &[("with", &three.to_string())]).await;
        assert_eq!(house.rows("customers WHERE merged_into IS NOT NULL").await, 2);
        let page = ana.get(&format!("/conversations/{three}")).await;
        page.shows(&["Is the ramp open?</div>", "on another phone</div>", "Hello</div>"]);
        let seen = page.card_seen();
        ana.post(&format!("/conversations/{three}/contact"), &[("seen", &seen), ("name", "Joel"), ("notes", "three phones")]).await;
        assert_eq!(house.rows("customers WHERE name = 'Joel'").await, 3);
        ana.get(&format!("/conversations/{two}")).await.shows(&["three phones"]);
    }
}
