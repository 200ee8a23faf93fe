//! Hours and policies in the database that cannot be read close what they would have opened, are named, and keep `serve` from
//! starting: before, a line with broken hours was open day and night, and nothing said so.

use rocket::http::Status;

use switchboard::store::checkup;

use crate::both_stores;
use crate::house::House;
use crate::house::plan::only_ana;
use crate::operators::looking::run;
use crate::operators::program::Desk;
use crate::web_browser::Browser;

const ANA: &str = "ana@example.com";

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
