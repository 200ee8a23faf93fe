//! The contact beside a thread: its card, its number behind one click, consent with what shows it, and legs as allowed.

use rocket::http::Status;

use switchboard::clock::hours;
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::plan::only_ana;
use crate::house::{House, LINE};
use crate::web::browser::{Answer, Browser};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";
const JOEL: &str = "+15055552034";

/// Joel (34) is Ana's customer; the path of their conversation.
async fn joel(house: &House) -> String {
    house.customer(34).texts("Is the ramp open?").await;
    format!("/conversations/{}", house.conversation().await)
}

/// Fills the form of the contact as the page has it, but for these fields.
async fn saves(browser: &Browser, path: &str, page: &Answer, fields: &[(&str, &str)]) -> Answer {
    let seen = page.card_seen();
    let mut all = vec![("seen", seen.as_str())];
    all.extend_from_slice(fields);
    browser.post(&format!("{path}/contact"), &all).await
}

both_stores! {
    async fn a_contact_is_written_by_whoever_sees_the_conversation_and_its_name_is_in_the_list_at_once(house: only_ana) {
        let path = joel(house).await;
        let ana = Browser::of(house, ANA).await;
        let page = ana.get(&path).await;
        let done = saves(&ana, &path, &page, &[
            ("name", " Joel  Marsh "), ("language", "English"), ("tags", "deposit, VIP, vip"), ("notes", "Two kids.\r\nNorth ramp."),
        ]).await;
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, format!("{path}?view=all#details").as_str()));
        let page = ana.get(&path).await;
        page.shows(&[
            "Joel Marsh", "<dd dir=\"auto\">English</dd>", ">deposit</li>", ">VIP</li>", "Two kids.\nNorth ramp.",
            "Ana named this contact Joel Marsh", "value=\"deposit, VIP\"",
        ]);
        ana.get("/conversations?view=mine").await.shows(&["<bdi>Joel Marsh</bdi>"]);
        // What is not the name is no event, and saving the same again changes nothing.
        saves(&ana, &path, &page, &[("name", "Joel Marsh"), ("language", "English"), ("tags", "VIP"), ("notes", "")]).await;
        let page = ana.get(&path).await;
        page.hides(&[">deposit</li>", "North ramp"]);
        saves(&ana, &path, &page, &[("name", "Joel Marsh"), ("language", "English"), ("tags", "vip, VIP")]).await;
        assert_eq!(house.events("renamed").await.len(), 1);
        saves(&ana, &path, &ana.get(&path).await, &[("name", "")]).await;
        ana.get(&path).await.shows(&["Ana took the name Joel Marsh away"]);
        house.customer(34).texts("hello?").await;
        house.ana().texts_back("#who").await;
        assert!(house.ana().bodies().last().unwrap().contains("••34"));
    }

    async fn a_refused_contact_form_keeps_what_was_typed_and_says_why_beside_the_field(house: only_ana) {
        let path = joel(house).await;
        let ana = Browser::of(house, ANA).await;
        let long = "x".repeat(31);
        let refused = saves(&ana, &path, &ana.get(&path).await, &[("name", "J"), ("tags", &long), ("notes", "<kept>")]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&[
            "id=\"contact-tags-why\" role=\"alert\">A tag has 31 characters and 30 is the most.", "value=\"J\"", &long,
            "&#60;kept&#62;</textarea>", "id=\"edit-contact\" open",
        ]);
        assert_eq!(house.words("SELECT name FROM customers").await, [""]);
    }

    async fn two_who_write_the_same_contact_do_not_overwrite_each_other(house: only_ana) {
        let path = joel(house).await;
        let (ana, miriam) = (Browser::of(house, ANA).await, Browser::of(house, MIRIAM).await);
        let (anas, miriams) = (ana.get(&path).await, miriam.get(&path).await);
        saves(&ana, &path, &anas, &[("name", "Joel"), ("notes", "Anas note")]).await;
        let refused = saves(&miriam, &path, &miriams, &[("name", "Joel M."), ("notes", "Miriams note")]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["changed this contact meanwhile", "Anas note", "Miriams note</textarea>"]);
        // The page that told her lets her decide.
        saves(&miriam, &path, &refused, &[("name", "Joel M."), ("notes", "Miriams note")]).await;
        ana.get(&path).await.shows(&["Joel M.", "Miriams note", "Miriam changed the name from Joel to Joel M."]);
    }

    async fn case_11_a_contact_of_somebody_elses_customer_is_not_found(house: only_ana) {
        let path = joel(house).await;
        let bo = Browser::of(house, BO).await;
        for at in [path.as_str(), "/conversations/999999"] {
            for what in ["contact", "number", "merge", "separation", "consent", "block", "closure", "snooze", "pin"] {
                let fields = [("name", "x"), ("with", "#1001"), ("contact", "1"), ("given", "no"), ("evidence", "x"), ("reason", "x"), ("until", "1h"), ("note", "x")];
                let answer = bo.post(&format!("{at}/{what}"), &fields).await;
                assert_eq!(answer.status, Status::NotFound, "{at}/{what}");
            }
        }
        assert_eq!(house.rows("audit").await, 0);
    }

    async fn a_manager_is_shown_the_number_by_one_click_and_each_look_leaves_one_audit_row(house: only_ana) {
        let path = joel(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        miriam.get(&path).await.shows(&[" data-number>", "is audited"]).hides(&[JOEL]);
        assert_eq!(house.rows("audit").await, 0);
        let shown = miriam.post(&format!("{path}/number"), &[]).await;
        assert_eq!((shown.status, shown.header("cache-control")), (Status::Ok, "no-store"));
        shown.shows(&[JOEL, "your look is written down"]);
        let conversation = house.conversation().await;
        let row = format!("audit WHERE kind = 'number_shown' AND conversation_id = {conversation} AND data = '{{}}'");
        assert_eq!((house.rows(&row).await, house.rows("audit").await), (1, 1));
        let by = house.number("SELECT actor_id FROM audit").await;
        assert_eq!(by, house.person(MIRIAM).await.0);
        // The same page, loaded again, hides it.
        miriam.get(&path).await.shows(&[" data-number>"]).hides(&[JOEL]);
        assert_eq!(house.rows("audit").await, 1);
    }

    async fn a_rep_is_shown_no_number_whoever_has_the_conversation(house: only_ana) {
        let path = joel(house).await;
        let ana = Browser::of(house, ANA).await;
        ana.get(&path).await.shows(&["managers see it"]).hides(&[JOEL, " data-number>"]);
        let refused = ana.post(&format!("{path}/number"), &[]).await;
        assert_eq!(refused.status, Status::NotFound);
        refused.hides(&[JOEL]);
        assert_eq!(house.rows("audit").await, 0);
    }

    async fn consent_is_shown_with_who_when_and_by_what(house: only_ana) {
        let path = joel(house).await;
        let ana = Browser::of(house, ANA).await;
        ana.post(&format!("{path}/consent"), &[("given", "no"), ("evidence", "rang us, 10 March")]).await;
        ana.get(&path).await.shows(&["entered by <bdi>Ana</bdi>", "rang us, 10 March", "Take it back", "<dd><bdi>Bait and Tackle</bdi></dd>"]);
        ana.post(&format!("{path}/consent"), &[("given", "yes"), ("evidence", "rang again")]).await;
        house.customer(34).texts("STOP").await;
        let message = house.number("SELECT MAX(id) FROM messages").await;
        ana.get(&path).await.shows(&[
            "keyword, by them", "“<span dir=\"auto\">STOP</span>”", &format!("{path}?view=all#m{message}"),
            "What held before", "rang again", "Only they can lift it",
        ]).hides(&["Take it back"]);
        house.customer(34).texts("START").await;
        ana.get(&path).await.shows(&["Yes, opted in again on", "“<span dir=\"auto\">START</span>”"]);
    }

    async fn a_carriers_refusal_is_shown_with_its_code(house: only_ana) {
        let path = joel(house).await;
        house.simulator.fault(Fault::new(Kind::Refusal).code(21610).to(JOEL).times(1));
        house.replies_on_web(ANA, house.conversation().await, "Until six").await;
        Browser::of(house, ANA).await.get(&path).await.shows(&["the carrier refused a text", "its code 21610"]);
    }

    async fn a_block_is_shown_with_who_when_and_why(house: only_ana) {
        let path = joel(house).await;
        let ana = Browser::of(house, ANA).await;
        ana.post(&format!("{path}/block"), &[("reason", "threats")]).await;
        ana.get(&path).await.shows(&["Blocked by <bdi>Ana</bdi>", "<dd dir=\"auto\">threats</dd>", "Unblock"]).hides(&["id=\"act-block\""]);
    }

    async fn a_rep_sees_the_thread_of_their_own_phone_and_a_manager_every_leg_and_until_when_masks_rest(house) {
        house.goes_away("bo@example.com").await;
        let path = joel(house).await;
        let (ana, miriam) = (Browser::of(house, ANA).await, Browser::of(house, MIRIAM).await);
        let mask = house.ana().threads()[0].clone();
        ana.get(&path).await.shows(&["Your phone", &mask, "<span class=\"lab\"><bdi>Bait and Tackle</bdi></span>"]).hides(&[LINE, "Ana</bdi>'s phone"]);
        house.transfers(MIRIAM, BO).await;
        house.runs_due_work().await;
        house.clock.pass(hours(1));
        let bo = Browser::of(house, BO).await;
        bo.get(&path).await.shows(&["Your phone"]).hides(&["rests until", "Ana</bdi>'s phone"]);
        miriam.get(&path).await.shows(&["Bo</bdi>'s phone", "Ana</bdi>'s phone", "its number rests until", "2027-01-18T08:00:00Z"]);
        house.clock.pass(hours(72));
        miriam.get(&path).await.hides(&["rests until"]);
    }

    async fn a_conversation_is_put_aside_until_a_picked_time_by_the_clock_on_the_wall(house: only_ana) {
        let path = joel(house).await;
        let ana = Browser::of(house, ANA).await;
        house.opens(r#"{ zone = "America/New_York", mon-sun = "00:00-24:00" }"#).await;
        // It is 3:00 in New York.
        ana.get(&path).await.shows(&["type=\"datetime-local\"", "value=\"2027-01-15T05:00\"", "Time zone America/New_York"]);
        let done = ana.post(&format!("{path}/snooze"), &[("until", "2027-01-18T09:30")]).await;
        assert_eq!(done.status, Status::SeeOther);
        let until = house.number("SELECT snoozed_until FROM conversations").await;
        assert_eq!(switchboard::clock::At(until).to_string(), "2027-01-18T14:30:00.000Z");
        let early = ana.post(&format!("{path}/snooze"), &[("until", "2027-01-14T09:30")]).await;
        assert_eq!(early.status, Status::UnprocessableEntity);
        early.shows(&["id=\"snooze-until-why\" role=\"alert\">Choose a time that is between 1 minute and 30 days", "value=\"2027-01-14T09:30\"", "id=\"act-snooze\" open"]);
        let never = ana.post(&format!("{path}/snooze"), &[("until", "someday")]).await;
        never.shows(&["Choose a date and a time"]);
    }

    async fn a_conversation_is_closed_with_a_note_for_colleagues(house: only_ana) {
        let path = joel(house).await;
        let ana = Browser::of(house, ANA).await;
        let long = ana.post(&format!("{path}/closure"), &[("note", &"x".repeat(501))]).await;
        assert_eq!(long.status, Status::UnprocessableEntity);
        long.shows(&["id=\"close-note-why\"", "501 characters and 500 is the most"]);
        assert_eq!(ana.post(&format!("{path}/closure"), &[("note", " deposit is back ")]).await.status, Status::SeeOther);
        let page = ana.get(&path).await;
        page.shows(&["<span class=\"said\" dir=\"auto\">deposit is back</span>", "Ana closed this"]);
        assert_eq!(house.customer(34).received().len(), 0);
        assert_eq!(house.rows("messages WHERE kind = 'note'").await, 1);
    }
}
