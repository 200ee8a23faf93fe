//! What stands beside a thread, and the one timeline of a customer over all conversations on a line.

use rocket::http::Status;

use switchboard::clock::days;

use crate::both_stores;
use crate::house::House;
use crate::house::plan::only_ana;
use crate::web::browser::{Answer, Browser};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";

/// Joel (34) was Ana's customer, and is again, in a second conversation.
async fn joel_comes_back(house: &House) -> (i64, i64) {
    house.customer(34).texts("Is the ramp open?").await;
    let first = house.conversation().await;
    house.replies_on_web(ANA, first, "Until six").await;
    house.closes(ANA).await;
    house.pass(days(8)).await;
    house.customer(34).texts("And on Sunday?").await;
    (first.0, house.conversation().await.0)
}

/// Fails unless the timeline has these words in this order.
fn in_order(page: &Answer, words: &[&str]) {
    let (_, timeline) = page.body.split_once("id=\"timeline\"").unwrap();
    let find = |word: &&str| timeline.find(*word).unwrap_or_else(|| panic!("{word} is missing"));
    let places: Vec<usize> = words.iter().map(find).collect();
    assert!(places.is_sorted(), "{words:?} stand at {places:?}");
}

both_stores! {
    async fn a_customers_conversations_are_one_timeline_with_their_closings_as_lines(house: only_ana) {
        let (first, second) = joel_comes_back(house).await;
        assert_ne!(first, second);
        let ana = Browser::of(house, ANA).await;
        let page = ana.get(&format!("/conversations/{second}")).await;
        in_order(&page, &[&format!(">#{first}</a>"), "Is the ramp open?", "Until six", "Ana closed this", "And on Sunday?"]);
        page.shows(&["Other conversations", &format!("#{first}, <bdi>Bait and Tackle</bdi>, with <bdi>Ana</bdi>")]);
        let earlier = ana.get(&format!("/conversations/{first}")).await;
        earlier.shows(&["Is the ramp open?"]).hides(&["class=\"bubble\" dir=\"auto\">And on Sunday?"]);
    }

    async fn what_was_said_before_goes_on_into_the_conversation_before(house: only_ana) {
        house.customer(34).texts("the very first").await;
        for n in 0..50 {
            house.customer(34).texts(&format!("old {n}.")).await;
        }
        house.closes(ANA).await;
        house.pass(days(8)).await;
        for n in 0..50 {
            house.customer(34).texts(&format!("new {n}.")).await;
        }
        let ana = Browser::of(house, ANA).await;
        let path = format!("/conversations/{}", house.conversation().await);
        let page = ana.get(&path).await;
        page.shows(&["old 20.", "old 49.", "new 0.", "new 49."]).hides(&["old 19.", "the very first"]);
        let (_, before) = page.body.split_once("before=").unwrap();
        let before = before.split('"').next().unwrap();
        let page = ana.get(&format!("{path}?before={before}")).await;
        page.shows(&["the very first", "old 0.", "old 19.", "Back to the newest"]).hides(&["old 20.", "new 0.", "before="]);
    }

    async fn each_conversation_of_the_timeline_keeps_its_own_rights(house) {
        house.goes_away("bo@example.com").await;
        let (first, second) = joel_comes_back(house).await;
        house.transfers(MIRIAM, BO).await;
        house.runs_due_work().await;
        let bo = Browser::of(house, BO).await;
        bo.get(&format!("/conversations/{second}")).await
            .shows(&["And on Sunday?"])
            .hides(&["Is the ramp open?", "Until six", &format!("#{first}"), "Other conversations"]);
        assert_eq!(bo.get(&format!("/conversations/{first}")).await.status, Status::NotFound);
        let miriam = Browser::of(house, MIRIAM).await;
        miriam.get(&format!("/conversations/{second}")).await.shows(&["Is the ramp open?", "And on Sunday?"]);
        // A cursor that names a text of a conversation which Bo may not see shows nothing of it either.
        let newest = house.number(&format!("SELECT MAX(id) FROM messages WHERE conversation_id = {first}")).await;
        bo.get(&format!("/conversations/{second}?before={newest}")).await.hides(&["Is the ramp open?", "Until six"]);
    }

    async fn a_transfer_says_who_is_there_and_how_much_they_have(house) {
        house.has_limit("bo@example.com", Some(4)).await;
        house.goes_away("bo@example.com").await;
        house.customer(34).texts("Is the ramp open?").await;
        let ana = Browser::of(house, ANA).await;
        let path = format!("/conversations/{}", house.conversation().await);
        ana.get(&path).await.shows(&["<optgroup label=\"Not now\">", "Bo (away, 0 open of 4)"]);
        house.comes_back("bo@example.com").await;
        ana.get(&path).await.shows(&["<optgroup label=\"Can take it now\">", "Bo (on duty, 0 open of 4)"]);
        // The clock stands on Friday, 15 January 2027, 8:00.
        house.works(BO, r#"{ zone = "UTC", mon = "09:00-17:00" }"#).await;
        ana.get(&path).await.shows(&["Bo (off duty until Monday 9:00, 0 open of 4)"]);
        let blank = ana.post(&format!("{path}/pin"), &[("to", ""), ("note", "knows <him>")]).await;
        assert_eq!(blank.status, Status::UnprocessableEntity);
        blank.shows(&["Choose somebody.", "id=\"transfer-to-why\" role=\"alert\"", "value=\"knows &#60;him&#62;\""]);
    }

    async fn case_23_direction_overrides_and_zero_width_characters_are_marked_and_isolated(house: only_ana) {
        house.customer(34).texts("Pay\u{200b}Pal invoice\u{202e}fdp.exe").await;
        house.customers_hide_something().await;
        let ana = Browser::of(house, ANA).await;
        let path = format!("/conversations/{}", house.conversation().await);
        let marks = ["Pay<i class=\"unseen\" title=\"U+200B\">zero-width character</i>Pal", "<i class=\"unseen\" title=\"U+202E\">direction override</i>fdp.exe"];
        let list = ana.get("/conversations?view=mine").await;
        list.shows(&marks).shows(&["<bdi>Jo<i class=\"unseen\""]).hides(&["\u{202e}", "\u{200b}"]);
        let page = ana.get(&path).await;
        page.shows(&marks).shows(&["<bdi>Jo<i class=\"unseen\""]).hides(&["\u{200b}"]);
        // Only the field in which the name is mended has it as it is.
        let fields: Vec<&str> = page.body.split('<').filter(|tag| tag.contains('\u{202e}')).collect();
        assert!(fields.len() == 1 && fields[0].contains("id=\"contact-name\""), "{fields:?}");
        ana.get(&path).await.shows(&["Jo[direction override]el · Switchboard</title>"]);
    }
}
