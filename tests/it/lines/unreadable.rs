//! Hours and policies in the database that cannot be read close what they would have opened, are named, and keep `serve` from
//! starting: before, a line with broken hours was open day and night, and nothing said so.

use rocket::http::Status;
use serde_json::json;

use switchboard::clock::days;
use switchboard::desk::conversations::held;
use switchboard::domain::ids::MessageId;
use switchboard::domain::people::person::Duty;
use switchboard::domain::programs::scope::Scope;
use switchboard::simulator::{Inbound, Media};
use switchboard::store::upkeep::checkup;

use crate::api::Program;
use crate::both_stores;
use crate::house::plan::{only_ana, with_ada};
use crate::house::{House, LINE};
use crate::operators::looking::{get, run};
use crate::operators::program::Desk;
use crate::processes::{free_port, until};
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";

/// Somebody sends a picture without words.
async fn sends_a_picture(house: &House, from: &str, to: &str) {
    let media = vec![Media { url: "https://media.example/1".to_owned(), content_type: "image/jpeg".to_owned() }];
    let text = Inbound { from: from.to_owned(), to: to.to_owned(), media, ..Inbound::default() };
    house.simulator.send(text).await;
}

/// Of how many texts it cannot be read what came with them.
async fn unreadable_files(house: &House) -> usize {
    let mut tx = house.desk.store.read().await.unwrap();
    checkup::unreadable_files(&mut tx, MessageId(i64::MAX)).await.unwrap().0.len()
}

/// What is found unreadable.
async fn unreadable(house: &House) -> Vec<String> {
    let found = checkup::unreadable(&mut house.desk.store.read().await.unwrap()).await.unwrap();
    found.into_iter().map(|(what, _)| what).collect()
}

both_stores! {
    async fn a_line_whose_hours_cannot_be_read_is_closed_and_a_text_waits(house: only_ana) {
        assert!(unreadable(house).await.is_empty());
        house.sets("UPDATE lines SET hours = '{\"zone\": \"Mars/Base\", \"mon-sun\": \"00:00-24:00\"}'").await;
        house.customer(34).texts("hello").await;
        house.ana().shows(&[]);
        assert_eq!((house.pinned().await.as_str(), house.rows("conversations").await), ("", 1));
        assert_eq!(unreadable(house).await, ["hours of line Bait and Tackle"]);
        house.sets("UPDATE lines SET hours = NULL").await;
        house.customer(34).texts("are you there?").await;
        assert_eq!(house.pinned().await, ANA, "mended, it is as it was");
    }

    async fn somebody_whose_schedule_cannot_be_read_gets_nobody(house: only_ana) {
        house.sets("UPDATE people SET schedule = '[]' WHERE name = 'Ana'").await;
        house.customer(34).texts("hello").await;
        house.ana().shows(&[]);
        assert_eq!(unreadable(house).await, ["schedule of ana@example.com"]);
    }

    async fn policies_that_cannot_be_read_let_no_conversation_begin(house: only_ana) {
        house.sets("UPDATE lines SET policies = '{\"show_numbers\": true, \"countries\": \"Atlantis\"}'").await;
        assert_eq!(unreadable(house).await, ["policies of line Bait and Tackle"]);
        let ana = Browser::of(house, ANA).await;
        let line = house.number("SELECT MIN(id) FROM lines").await.to_string();
        let key = ana.get("/conversations/new").await.field("form_key");
        let form = [
            ("line", line.as_str()), ("phone", "+15055552034"), ("name", "Joel Marsh"), ("body", "Hello"), ("form_key", &key),
        ];
        let answer = ana.post("/conversations", &form).await;
        assert_ne!(answer.status, Status::SeeOther, "it was begun");
        assert_eq!(house.rows("conversations").await, 0);
    }

    /// A picture that cannot be read any more is not passed on as nothing, and what others said goes on.
    async fn a_picture_that_cannot_be_read_is_told_to_whoever_gets_the_conversation(house: only_ana) {
        house.takes_duty(ANA, ANA, Duty::Away).await;
        sends_a_picture(house, &house.customer(34).number, LINE).await;
        house.runs_due_work().await;
        assert_eq!(unreadable_files(house).await, 0);
        house.sets("UPDATE messages SET media = '{' WHERE media IS NOT NULL").await;
        assert_eq!(unreadable_files(house).await, 1);
        house.customer(34).texts("Is this the ramp?").await;
        house.takes_duty(ANA, ANA, Duty::On).await;
        house.ana().shows(&["••34, Bait and Tackle:\n[something came with it that cannot be read]", "Is this the ramp?"]);
        let ana = Browser::of(house, ANA).await;
        ana.get(&format!("/conversations/{}", house.conversation().await)).await
            .shows(&["Something came with it that cannot be read", "Is this the ramp?"]);
    }

    async fn a_held_picture_that_cannot_be_read_is_sent_on_as_a_file(house: only_ana) {
        house.customer(34).texts("hello").await;
        let mask = house.ana().threads().remove(0);
        house.closes(ANA).await;
        house.pass(days(8)).await;
        sends_a_picture(house, &house.ana().number, &mask).await;
        house.sets("UPDATE messages SET media = '[{\"url\": 1}]' WHERE outcome = 'held'").await;
        let held = MessageId(house.number("SELECT id FROM messages WHERE outcome = 'held'").await);
        held::forward(&house.desk, house.person("miriam@example.com").await, held).await.unwrap();
        house.runs_due_work().await;
        house.customer(34).shows(&["You were sent a file that cannot be read, but only words can be passed on here."]);
    }

    /// What cannot be read of one text that waits to be taken in keeps nobody else's waiting.
    async fn a_text_that_waits_with_files_that_cannot_be_read_keeps_nobody_waiting(house: only_ana) {
        let house = house.restarts().await;
        house.carrier_goes_away().await;
        for n in [34, 35] {
            sends_a_picture(&house, &house.customer(n).number, LINE).await;
        }
        assert_eq!(house.rows("arrivals").await, 2);
        house.sets(&format!("UPDATE arrivals SET media = '{{' WHERE from_phone = '{}'", house.customer(34).number)).await;
        house.carrier_comes_back().await;
        house.looks_for_missed_texts().await;
        assert_eq!((house.rows("arrivals").await, house.rows("messages WHERE media IS NOT NULL").await), (0, 2));
        let said = house.ana().bodies();
        assert!(said.len() == 2 && said.iter().all(|body| body.contains("open in the inbox]")), "{said:?}");
    }

    /// Words that this version does not know allow and tell nothing, and are shown to admins.
    async fn scopes_and_events_that_are_not_known_give_nothing_and_are_named(house: with_ada) {
        let program = Program::of(house).await;
        let wanted = json!({"url": "https://app.example.com/hook", "events": ["pair.ended"]});
        assert_eq!(program.post("endpoints", &wanted).await.status, 201);
        let reader = Program::may(house, &[Scope::PairsRead]).await;
        let unknown = async || {
            let found = checkup::unknown_words(&mut house.desk.store.read().await.unwrap()).await.unwrap();
            found.into_iter().map(|(_, why)| why).collect::<Vec<_>>()
        };
        assert!(unknown().await.is_empty());
        house.sets("UPDATE api_tokens SET scopes = 'pairs:read rockets:launch' WHERE scopes = 'pairs:read'").await;
        house.sets("UPDATE endpoints SET events = 'pair.ended rocket.launched'").await;
        assert_eq!(unknown().await, [
            "`rockets:launch` is no scope that this version knows",
            "`rocket.launched` is no event that this version knows",
        ]);
        assert_eq!(reader.get("pairs").await.status, 200);
        reader.post("endpoints", &wanted).await.problem(403, "forbidden");
        assert_eq!(program.get("endpoints").await.json()["data"][0]["events"], json!(["pair.ended", "rocket.launched"]));
        let ada = Browser::of(house, "ada@example.com").await;
        ada.get("/tokens").await.shows(&["not known to this version: rockets:launch"]);
        ada.get("/endpoints").await.shows(&["not known to this version: rocket.launched"]);
    }
}

/// The metric and `doctor` count words and files that cannot be read, which do not keep `serve` from starting.
#[tokio::test]
async fn the_metric_and_doctor_tell_of_words_and_files_that_cannot_be_read() {
    let port = free_port();
    let desk = Desk::new().with("ROCKET_PORT", &port.to_string());
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    assert_eq!(desk.runs(&["token", "bait shop", "--scopes", "pairs:read"]).code, Some(0));
    let url = format!("sqlite:{}", desk.folder.path().join("switchboard.db").display());
    run(&url, "UPDATE api_tokens SET scopes = 'pairs:read rockets:launch'").await;
    run(
        &url,
        "INSERT INTO messages (id, author, way, kind, outcome, body, media, accepted_at) \
         VALUES (7, 'customer', 'phone', 'text', 'kept', '', '{', 1)",
    )
    .await;
    let said = desk.runs(&["doctor"]);
    assert!(said.out.contains("what came with 1 cannot be read, the newest with the text 7"), "{said:?}");
    assert!(
        said.out.contains("missing  scopes of token bait shop") && said.out.contains("`rockets:launch`"),
        "{said:?}"
    );
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    until("the metric counts both", async || {
        let (_, said) = get(&format!("http://127.0.0.1:{port}/metrics")).await;
        said.contains("\nswitchboard_unreadable_rules 2\n").then_some(())
    })
    .await;
    assert_eq!(house.stops().code, Some(0));
}

#[tokio::test]
async fn serve_does_not_start_with_them_and_doctor_names_them() {
    let desk = Desk::new();
    desk.file("setup.toml", "[[line]]\nnumber = \"+18005550100\"\nname = \"Bait and Tackle\"\n");
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    let url = format!("sqlite:{}", desk.folder.path().join("switchboard.db").display());
    run(&url, "UPDATE lines SET hours = '{'").await;
    let said = desk.runs(&["serve"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("the hours of line Bait and Tackle cannot be read") && said.err.contains("apply"),
        "{said:?}"
    );
    let said = desk.runs(&["doctor"]);
    assert!(said.out.contains("hours of line Bait and Tackle") && said.code == Some(1), "{said:?}");

    // The set-up file mends it.
    desk.file(
        "hours.toml",
        "[[line]]\nnumber = \"+18005550100\"\nhours = { zone = \"UTC\", mon-fri = \"09:00-17:00\" }\n",
    );
    let said = desk.runs(&["apply", "hours.toml"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    assert_eq!(house.stops().code, Some(0));
}
