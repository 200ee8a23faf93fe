//! Lines on the web: added, named and staffed by admins, and what a text from one number would come to.

use rocket::http::Status;

use switchboard::clock::{days, hours};
use switchboard::domain::people::person::Duty;

use crate::both_stores;
use crate::house::plan::with_ada;
use crate::house::{House, LINE, mask};
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const ADA: &str = "ada@example.com";

async fn line(house: &House) -> String {
    format!(
        "/lines/{}",
        house.number("SELECT l.id FROM lines l JOIN numbers n ON n.id = l.id WHERE n.number = '+18005550100'").await
    )
}

async fn asks(house: &House, ada: &Browser, number: &str) -> crate::web::browser::Answer {
    ada.post(&format!("{}/preview", line(house).await), &[("field[customer]", number)]).await
}

both_stores! {
    async fn a_line_is_added_by_a_number_that_nobody_uses_yet(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let add = async |number: &str, name: &str| ada.post("/lines", &[("field[number]", number), ("field[name]", name)]).await;
        let added = add("+12075550100", "Moorings").await;
        assert_eq!(added.status, Status::SeeOther);
        let page = added.header("location").split('#').next().unwrap().to_owned();
        ada.get(&page).await.shows(&["Moorings", "+12075550100", "The line has no members yet."]);
        assert_eq!(add(&mask(20), "Rentals").await.status, Status::SeeOther, "a mask that has stood for nobody");
        assert_eq!(house.rows("numbers WHERE role = 'line'").await, 3);
        house.customer(34).texts_to(&mask(20), "hello?").await;
        assert_eq!(house.words("SELECT l.name FROM conversations c JOIN lines l ON l.id = c.line_id").await, ["Rentals"]);

        house.customer(35).texts("hello?").await;
        let used = house.chosen().received().pop().unwrap().from;
        for (number, name, id, why) in [
            ("2075550101", "X", "why-number", "The country code is missing"),
            (LINE, "X", "why-number", "It is a line already"),
            (&used, "X", "why-number", "has stood for somebody"),
            ("+15055550121", "X", "why-number", "a colleague"),
            ("+12075550102", " ", "why-name", "It has 0 characters"),
        ] {
            let refused = add(number, name).await;
            assert_eq!(refused.status, Status::UnprocessableEntity, "{number}");
            refused.shows(&[&format!("id=\"{id}\" role=\"alert\""), why, &format!("value=\"{number}\"")]);
        }
        let miriam = Browser::of(house, "miriam@example.com").await;
        let refused = miriam.post("/lines", &[("field[number]", "+12075550103"), ("field[name]", "X")]).await;
        assert_eq!(refused.status, Status::NotFound);
    }

    async fn a_line_is_renamed_and_its_members_are_chosen(house: with_ada) {
        let (ada, page) = (Browser::of(house, ADA).await, line(house).await);
        assert_eq!(ada.post(&format!("{page}/name"), &[("field[name]", "Salt & Tackle")]).await.status, Status::SeeOther);
        ada.get(&format!("{page}?saved=name")).await.shows(&["Salt &#38; Tackle", "Saved."]);
        ada.post(&format!("{page}/name"), &[("field[name]", "")]).await.shows(&["id=\"why-name\" role=\"alert\""]);

        house.takes_duty(ADA, BO, Duty::Away).await;
        house.customer(34).texts("Is the ramp open?").await;
        assert_eq!(house.pinned().await, ANA);
        house.takes_duty(ADA, BO, Duty::On).await;
        let shown = ada.get(&page).await;
        let was = shown.field("field[was]");
        let bo = format!("field[person-{}]", house.person(BO).await);
        let miriam = format!("field[person-{}]", house.person("miriam@example.com").await);
        let saved = ada.post(&format!("{page}/members"), &[("field[was]", &was), (&bo, "on"), (&miriam, "on")]).await;
        assert_eq!(saved.header("location"), format!("{page}?saved=members#members"));
        house.runs_due_work().await;
        assert_ne!(house.pinned().await, ANA, "whoever leaves keeps no customers of the line");
        assert_eq!(house.words("SELECT kind FROM audit WHERE kind LIKE 'line%' ORDER BY id").await, ["line_changed", "line_joined", "line_left"]);
        // Somebody with the page of before changes nothing.
        let stale = ada.post(&format!("{page}/members"), &[("field[was]", &was), (&bo, "on")]).await;
        assert_eq!(stale.status, Status::UnprocessableEntity);
        stale.shows(&["Meanwhile somebody changed the members"]);
        assert_eq!(house.rows("line_members").await, 2);
    }

    async fn who_would_get_a_text_from_this_number_is_said_with_the_reason(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let joel = house.customer(34);
        let before = house.rows("messages").await + house.rows("events").await;
        asks(house, &ada, &joel.number).await
            .shows(&["A text from ••34 now: One of 2 gets it: Ana, Bo.", "It opens a conversation.", "each equally likely"]);
        house.takes_duty(ADA, ANA, Duty::Away).await;
        asks(house, &ada, &joel.number).await
            .shows(&["A text from ••34 now: Bo gets it.", "Nobody else can take a customer now.", "Ana is passed over: away."]);
        assert_eq!(house.rows("messages").await + house.rows("events").await, before + 1, "asking writes nothing");

        joel.texts("Is the ramp open?").await;
        let open = house.conversation().await;
        asks(house, &ada, &joel.number).await.shows(&["Bo gets it.", &format!("Conversation #{open} is open.")]);
        house.closes(BO).await;
        house.takes_duty(ADA, ANA, Duty::On).await;
        house.pass(hours(1)).await;
        asks(house, &ada, &joel.number).await
            .shows(&["Bo gets it.", &format!("It reopens conversation #{open}"), "They had this customer last"]);
        house.takes_duty(ADA, BO, Duty::Away).await;
        asks(house, &ada, &joel.number).await.shows(&["Ana gets it.", "Bo had this customer last, but cannot take them now."]);
        house.takes_duty(ADA, ANA, Duty::Away).await;
        asks(house, &ada, &joel.number).await.shows(&["Nobody gets it yet: it waits unassigned"]);
        house.pass(days(8)).await;
        // The session of before has ended.
        let ada = Browser::of(house, ADA).await;
        asks(house, &ada, &joel.number).await.shows(&["It opens a conversation."]);
    }

    async fn a_text_that_would_come_to_nothing_is_foretold_too(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        asks(house, &ada, "+15055550121").await.shows(&["Nobody gets it; a short help text goes back.", "The phone is Ana’s"]);
        asks(house, &ada, &mask(1)).await.shows(&["It is refused.", "one of ours"]);
        house.customer(34).texts("hello").await;
        house.blocks(house.conversation().await).await;
        asks(house, &ada, &house.customer(34).number).await.shows(&["It is kept, and nobody is told.", "have blocked"]);
        let wrong = asks(house, &ada, "207555013").await;
        assert_eq!(wrong.status, Status::UnprocessableEntity);
        wrong.shows(&["id=\"why-customer\" role=\"alert\"", "value=\"207555013\""]);
        assert_eq!(Browser::of(house, "miriam@example.com").await.post(&format!("{}/preview", line(house).await), &[("field[customer]", LINE)]).await.status, Status::NotFound);
    }
}
