//! Pairs as managers see them: beside support conversations, with who is in them, how long they have, and what became of
//! every text.

use rocket::http::Status;
use serde_json::Value;

use switchboard::clock::{hours, minutes};
use switchboard::desk::pairs;
use switchboard::desk::pool::measure::measure;
use switchboard::domain::ids::ConversationId;
use switchboard::domain::pairs::expiry::Wish;
use switchboard::domain::pairs::pair::Opening;

use crate::both_stores;
use crate::house::House;
use crate::pairs::{DRIVER, FISHER, HELPER, ending, opening};
use crate::search::catches_up;
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";

/// A pair in which both have said something; its number.
async fn at_the_dock(house: &House) -> i64 {
    let id = house.joins(opening("bait-77")).await;
    house.fisher().texts_to(&house.mask_of(id, "Fisher").await, "I am at slip 12").await;
    house.helper().texts_to(&house.mask_of(id, "Helper").await, "Rowing out").await;
    id.0
}

both_stores! {
    async fn a_manager_decides_about_a_partys_refusal_and_enters_one_on_the_page(house) {
        let id = at_the_dock(house).await;
        house.helper().texts_to(&house.mask_of(ConversationId(id), "Helper").await, "please stop").await;
        let miriam = Browser::of(house, MIRIAM).await;
        let page = format!("/conversations/{id}");
        miriam.get("/conversations?view=all&is=refusal").await.shows(&["Fisher and Helper"]);
        miriam.get(&page).await.shows(&["A text here reads like a refusal", "Helper seems to want no more texts"]);
        miriam.post(&format!("{page}/refusal"), &[("refused", "yes")]).await;
        let after = miriam.get(&page).await;
        after.hides(&["A text here reads like a refusal"]);
        after.shows(&["Miriam entered that Helper wants no more texts", ", opted out", "Take it back"]);
        let legs = house.pair(ConversationId(id)).await.parties;
        let leg = |alias: &str| legs.iter().find(|party| party.alias == alias).unwrap().leg.to_string();
        let (fisher, helper, entry) = (leg("Fisher"), leg("Helper"), format!("{page}/consent"));
        let refused = miriam.post(&entry, &[("given", "no"), ("evidence", " "), ("party", &fisher)]).await;
        refused.shows(&["the evidence is empty"]);
        miriam.post(&entry, &[("given", "no"), ("evidence", "by telephone"), ("party", &fisher)]).await;
        miriam.post(&entry, &[("given", "yes"), ("evidence", "a mistake"), ("party", &helper)]).await;
        let both = miriam.get(&page).await;
        both.shows(&["Miriam entered that Fisher wants no more texts: by telephone"]);
        both.shows(&["took back that Helper wants no texts: a mistake"]);
        let entries = house.words("SELECT phone || given FROM consents ORDER BY id").await;
        assert_eq!(entries, [format!("{HELPER}0"), format!("{FISHER}0"), format!("{HELPER}1")]);
    }

    async fn managers_find_pairs_in_the_list_by_their_people_and_reps_do_not(house) {
        let id = at_the_dock(house).await;
        house.customer(34).texts("Is the ramp open?").await;
        let miriam = Browser::of(house, MIRIAM).await;
        let list = miriam.get("/conversations?view=all").await;
        list.shows(&["<bdi>Fisher and Helper</bdi>", "Pair <bdi>bait-77</bdi>", "in 1 d 0 h", "Rowing out", "Is the ramp open?"]);
        for words in ["bait-77", &format!("%23{id}")] {
            let found = miriam.get(&format!("/conversations?q={words}")).await;
            found.shows(&["Fisher and Helper"]).hides(&["Is the ramp open?"]);
        }
        miriam.get("/conversations?q=bait-7").await.hides(&["Fisher and Helper"]);
        miriam.get("/conversations?view=unassigned").await.hides(&["Fisher and Helper"]);
        let ana = Browser::of(house, ANA).await;
        for address in ["/conversations?view=all", "/conversations?q=bait-77", "/conversations?view=closed", "/history?q=Rowing"] {
            ana.get(address).await.hides(&["Fisher", "Pair", "Rowing out"]);
        }
        house.pass(hours(25)).await;
        let miriam = Browser::of(house, MIRIAM).await;
        miriam.get("/conversations?view=all").await.hides(&["Fisher and Helper"]);
        miriam.get("/conversations?view=closed").await.shows(&["Fisher and Helper"]).hides(&["Ends "]);
    }

    async fn a_pair_that_is_nearly_over_says_so_in_the_list_and_one_that_is_over_before_anything_has_run(house) {
        house.joins(ending("bait-77", Wish::After(minutes(30)))).await;
        let miriam = Browser::of(house, MIRIAM).await;
        house.clock.pass(minutes(25));
        miriam.get("/conversations?view=all").await.shows(&["badge warn", "in 5 min"]);
        house.clock.pass(minutes(5));
        miriam.get("/conversations?view=all").await.shows(&["</svg>Over</span>"]).hides(&["badge warn"]);
        house.runs_due_work().await;
    }

    async fn a_thread_shows_who_said_what_and_what_became_of_it(house) {
        let id = at_the_dock(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        let page = miriam.get(&format!("/conversations/{id}")).await;
        page.shows(&[
            "<h2 id=\"name\"><bdi>Fisher and Helper</bdi></h2>", "<p>Pair <bdi>bait-77</bdi>", "data-ends role=\"timer\">in 1 d 0 h",
            "An app opened this pair: bait-77", "For Fisher: New to this phone.", "For Helper: New to this phone.",
            "<bdi>Fisher</bdi> ·", "<bdi>Helper</bdi> ·", "I am at slip 12", "Delivered", "This is between Fisher and Helper.",
        ]);
        page.hides(&["Claim", "id=\"later\"", "May we text?", "· unassigned", FISHER, HELPER, "name=\"to\""]);
        let (_, said) = page.body.split_once("travel=").unwrap();
        let message = said.split('#').next().unwrap();
        let travel = miriam.get(&format!("/conversations/{id}?travel={message}")).await;
        travel.shows(&["Fisher texted +1800555", "To the other legs of", "Helper, from +1800555"]).hides(&["hears the line"]);
    }

    async fn the_details_name_the_parties_and_show_a_number_only_to_a_look_that_is_written_down(house) {
        let id = at_the_dock(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        let path = format!("/conversations/{id}");
        let page = miriam.get(&path).await;
        let mask = house.mask_of(switchboard::domain::ids::ConversationId(id), "Helper").await;
        page.shows(&["••31", "••32", &format!("sees <span class=\"nowrap\">{mask}</span>"), "30 min after the app says that it is complete", "<b>"]);
        page.shows(&["class=\"jack full\"", "live since"]).hides(&[FISHER, HELPER]);
        let leg = house.number("SELECT id FROM legs WHERE alias = 'Helper'").await;
        let shown = miriam.post(&format!("{path}/number?party={leg}"), &[]).await;
        shown.shows(&[&format!("id=\"number\">{HELPER}</b>"), "••31"]).hides(&[FISHER]);
        assert_eq!(house.words("SELECT kind FROM audit").await, ["number_shown"]);
        miriam.get(&path).await.hides(&[HELPER]);
        for wrong in [format!("{path}/number?party=1"), format!("{path}/number")] {
            assert_eq!(miriam.post(&wrong, &[]).await.status, Status::NotFound);
        }
        house.helper().texts_to(&mask, "STOP").await;
        miriam.get(&path).await.shows(&[", opted out", "Helper opted out: STOP"]);
    }

    async fn a_manager_ends_a_pair_on_the_web_and_the_timeline_says_who(house) {
        let id = at_the_dock(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        let path = format!("/conversations/{id}");
        assert_eq!(miriam.post(&format!("{path}/closure"), &[("note", "they quarrelled")]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        let page = miriam.get(&path).await;
        page.shows(&["Miriam ended this", "they quarrelled", "because somebody ended it", "This pair has ended.", "ended, its number rests until"]);
        page.hides(&["data-ends", "closure"]);
        house.fisher().texts_to(&house.mask_of(switchboard::domain::ids::ConversationId(id), "Fisher").await, "Hello?").await;
        miriam.get("/held").await
            .shows(&["<bdi>Fisher</bdi>", "Hello?", "the pair <a", "stays ended"])
            .hides(&["Send it on", "Reopen the conversation"]);
        let id = house.number("SELECT id FROM messages WHERE outcome = 'held'").await;
        for verb in ["forward", "reopening"] {
            let answer = miriam.post(&format!("/held/{id}/{verb}"), &[]).await;
            assert_eq!(answer.status, Status::UnprocessableEntity);
            answer.shows(&["one that has ended stays ended"]);
        }
        assert_eq!(miriam.post(&format!("/held/{id}/dismissal"), &[("reason", "too late")]).await.status, Status::SeeOther);
    }

    async fn what_was_said_in_a_pair_is_found_by_its_words_its_reference_and_a_partys_number(house) {
        at_the_dock(house).await;
        house.joins(ending("bait-78", Wish::After(hours(2)))).await;
        catches_up(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        for asked in ["q=rowing", "q=slip&who=bait-77", "who=%2B15055550131", "who=%2B1+505+555-0132"] {
            let found = miriam.get(&format!("/history?{asked}")).await;
            found.shows(&["<bdi>Fisher and Helper</bdi>", "Pair bait-77"]).hides(&["nobody", "number ending in"]);
        }
        miriam.get("/history?q=rowing&who=bait-78").await.hides(&["Rowing"]);
        miriam.get("/history?q=rowing&who=%2B15055550199").await.hides(&["Rowing"]);
    }

    async fn a_copy_of_a_pair_names_its_parties_and_has_numbers_only_if_it_says_so(house) {
        let id = at_the_dock(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        let path = format!("/conversations/{id}/exports");
        miriam.get(&format!("{path}/new")).await.shows(&["the parties' whole numbers"]).hides(&["Everything with"]);
        let json = miriam.post(&path, &[("what", "conversation"), ("as", "json")]).await;
        let tree: Value = serde_json::from_str(&json.body).unwrap();
        assert_eq!(tree["pair"]["references"], serde_json::json!(["bait-77"]));
        assert_eq!(tree["pair"]["parties"][0]["alias"], "Fisher");
        assert_eq!(tree["pair"]["parties"][1]["number"], "••32");
        assert_eq!((&tree["messages"][0]["by"], &tree["messages"][0]["fate"]), (&"Fisher".into(), &"Delivered".into()));
        let csv = miriam.post(&path, &[("what", "conversation"), ("as", "csv")]).await;
        csv.shows(&["Fisher", "••31", "I am at slip 12"]).hides(&[FISHER, HELPER]);
        let whole = miriam.post(&path, &[("what", "conversation"), ("as", "csv"), ("numbers", "yes")]).await;
        whole.shows(&[FISHER, HELPER]);
        let page = miriam.post(&path, &[("what", "conversation"), ("as", "html")]).await;
        page.shows(&["Conversation #", "Fisher and Helper", "Rowing out"]).hides(&[FISHER, HELPER]);
    }

    async fn the_board_counts_lines_and_says_how_many_masks_the_busiest_party_has_left(house) {
        at_the_dock(house).await;
        house.joins(opening("bait-78")).await;
        let miriam = Browser::of(house, MIRIAM).await;
        miriam.get("/board").await.shows(&["<dt>Open</dt><dd><b>0</b>", "<dt>Unassigned</dt><dd><b>0</b>", "nobody</td><td class=\"num\">0 of 20"]);
        measure(&house.desk).await.unwrap();
        miriam.get("/board").await.shows(&["a party of a pair, <time", ">2 of 20"]);
        house.clock.pass(minutes(21));
        miriam.get("/board").await.hides(&["a party of a pair"]);
        house.customer(34).texts("Is the ramp open?").await;
        miriam.get("/board").await.shows(&["<dt>Open</dt><dd><b>1</b>", "<td class=\"num\">1 of 20"]);
    }

    async fn in_a_group_the_fate_of_a_text_is_told_of_each(house) {
        let mut group = opening("bait-77");
        group.parties.push(crate::pairs::party(DRIVER, "Driver"));
        let id = house.joins(Opening { reference: "bait-79".to_owned(), ..group }).await;
        house.phone(DRIVER).texts_to(&house.mask_of(id, "Driver").await, "STOP").await;
        house.fisher().texts_to(&house.mask_of(id, "Fisher").await, "Who has the oars?").await;
        let miriam = Browser::of(house, MIRIAM).await;
        let page = miriam.get(&format!("/conversations/{id}")).await;
        page.shows(&["Fisher, Helper and Driver", "Helper: Delivered", "Driver: Not sent"]);
        pairs::close(&house.desk, None, id).await.unwrap();
        miriam.get(&format!("/conversations/{id}")).await.shows(&["The app ended this"]);
    }
}
