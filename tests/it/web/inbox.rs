//! The inbox: who sees what, and that what people typed stays text.

use rocket::http::{Method, Status};

use switchboard::domain::ids::ConversationId;

use crate::both_stores;
use crate::house::House;
use crate::web::browser::Browser;

/// A conversation of Ana's and one of Bo's.
async fn one_each(house: &House) -> (ConversationId, ConversationId) {
    let anas = house.brings(34, "Is the ramp open?", "ana@example.com").await;
    (anas, house.brings(56, "Do you rent kayaks?", "bo@example.com").await)
}

both_stores! {
    async fn a_rep_sees_own_and_unassigned_conversations_and_a_manager_all(house) {
        let (anas, bos) = one_each(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        ana.get("/conversations").await.shows(&["Is the ramp open?"]).hides(&["kayaks"]);
        assert_eq!(ana.get(&format!("/conversations/{anas}")).await.status, Status::Ok);
        assert_eq!(ana.get(&format!("/conversations/{bos}")).await.status, Status::NotFound);
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get("/conversations").await.shows(&["Is the ramp open?", "Do you rent kayaks?"]);
        miriam.get("/conversations?view=mine").await.hides(&["ramp", "kayaks"]);
        house.nobody_answers().await;
        house.customer(57).texts("Anybody there?").await;
        ana.get("/conversations?view=unassigned").await.shows(&["Anybody"]).hides(&["ramp", "kayaks"]);
        house.applies("[[line]]\nnumber = \"+18005550101\"\nname = \"Tours\"\nmembers = [\"bo@example.com\"]\n").await;
        house.customer(58).texts_to("+18005550101", "A tour of the bay?").await;
        let tours = house.conversation().await;
        ana.get("/conversations").await.shows(&["ramp", "Anybody"]).hides(&["kayaks", "bay"]);
        assert_eq!(ana.get(&format!("/conversations/{tours}")).await.status, Status::NotFound);
        let bo = Browser::of(house, "bo@example.com").await;
        bo.get("/conversations?view=unassigned").await.shows(&["Anybody", "bay"]);
    }

    async fn unknown_and_forbidden_conversations_are_the_same_404_on_every_verb(house) {
        let (_, bos) = one_each(house).await;
        let ana = Browser::of(house, "ana@example.com").await;
        let to = house.person("ana@example.com").await.to_string();
        let verbs: [(Method, &str, Vec<(&str, &str)>); 7] = [
            (Method::Get, "", vec![]),
            (Method::Get, "/thread", vec![]),
            (Method::Post, "/replies", vec![("body", "hello")]),
            (Method::Post, "/notes", vec![("body", "hello")]),
            (Method::Post, "/pin", vec![]),
            (Method::Post, "/pin", vec![("to", &to)]),
            (Method::Post, "/closure", vec![]),
        ];
        for (method, verb, fields) in &verbs {
            let mut pages = Vec::new();
            for id in [bos.to_string(), "999999".into(), "0".into(), "-1".into(), "seven".into(), "9".repeat(40)] {
                let path = format!("/conversations/{id}{verb}");
                let answer = ana.send(*method, &path, fields, &[("Sec-Fetch-Site", "same-origin")]).await;
                assert_eq!(answer.status, Status::NotFound, "{method} {path}");
                pages.push(answer.body.replace(answer.header("x-request-id"), "ID"));
            }
            pages.dedup();
            assert_eq!(pages.len(), 1, "{method} {verb} tells them apart");
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM messages WHERE author = 'rep'").await, 0);
        assert_eq!(ana.get("/held").await.status, Status::NotFound);
    }

    async fn a_customers_number_is_in_no_page(house) {
        let (anas, _) = one_each(house).await;
        house.phone("+15055559876").texts_to(&crate::house::mask(3), "Who is there?").await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        for page in ["/conversations", "/held", "/conversations/list"] {
            miriam.get(page).await.hides(&["5552034", "5552056", "5559876"]);
        }
        for part in ["", "/thread"] {
            let page = miriam.get(&format!("/conversations/{anas}{part}")).await;
            page.shows(&["••34"]).hides(&["5552034", "+1505"]);
        }
    }

    async fn scripts_in_bodies_names_and_notes_stay_text(house) {
        let payloads = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</textarea><svg onload=alert(1)>", "{{7*7}}"];
        let joel = house.customer(34);
        for payload in payloads {
            joel.texts(payload).await;
        }
        let conversation = house.conversation().await;
        house.calls(conversation, "<b onmouseover=alert(1)>Joel").await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.replies(conversation, payloads[1]).await;
        miriam.post(&format!("/conversations/{conversation}/notes"), &[("body", payloads[0])]).await;
        house.runs_due_work().await;
        for page in ["/conversations".to_owned(), format!("/conversations/{conversation}")] {
            let page = miriam.get(&page).await;
            page.hides(&["<script>alert", "<img src=x", "<svg onload", "<b onmouseover"]);
            page.shows(&["&#60;b onmouseover=alert(1)&#62;Joel"]);
        }
    }

    async fn held_texts_are_shown_to_managers_with_the_reason(house) {
        house.phone("+15055559876").texts_to(&crate::house::mask(3), "Who is there?").await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get("/held").await.shows(&["••76", "Who is there?", "No conversation was ever there"]);
        miriam.get("/conversations").await.shows(&["Held<span class=\"n\">1</span>"]);
        Browser::of(house, "ana@example.com").await.get("/conversations").await.hides(&["/held"]);
    }

    async fn troubles_are_shown_to_those_who_can_mend_them(house) {
        house.line_is_paused().await;
        house.has_turned_away(3).await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        miriam.get("/conversations").await
            .shows(&["Bait and Tackle sends nothing: the account is suspended."]).hides(&["3 webhooks"]);
        house.has_role("miriam@example.com", "admin").await;
        miriam.get("/conversations").await.shows(&["3 webhooks were turned away"]);
        Browser::of(house, "ana@example.com").await.get("/conversations").await.hides(&["sends nothing", "3 webhooks"]);
    }

    async fn a_long_list_is_read_page_by_page_and_misses_nobody(house) {
        for n in 0..65 {
            house.customer(100 + n).texts(&format!("This is number {n}!")).await;
        }
        let miriam = Browser::of(house, "miriam@example.com").await;
        let mut address = "/conversations".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = miriam.get(&address).await.body;
            seen.extend(page.split("This is number ").skip(1).map(|rest| rest.split('!').next().unwrap().to_owned()));
            let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else { break };
            address = rest.split('"').next().unwrap().replace("&amp;", "&");
        }
        let all: Vec<String> = (0..65).rev().map(|n| n.to_string()).collect();
        assert_eq!(seen, all);
    }
}
