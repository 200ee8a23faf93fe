//! Set-up files: what they change, what they leave alone, and what they cannot be.

use switchboard::clock::minutes;
use switchboard::desk::lines::apply::{Apply, Change, Unchanged};
use switchboard::simulator::{Fault, Kind};

use crate::both_stores;
use crate::house::{House, LINE};

async fn applied(house: &House, text: &str, rehearse: bool) -> Result<Vec<Change>, Unchanged> {
    let apply = Apply { setup: text.parse().unwrap() };
    apply.on(&house.desk, rehearse).await
}

async fn changes(house: &House, text: &str) -> Vec<String> {
    applied(house, text, false).await.unwrap().iter().map(ToString::to_string).collect()
}

async fn mistakes(house: &House, text: &str) -> Vec<String> {
    match applied(house, text, false).await {
        Err(Unchanged::Mistakes(mistakes)) => mistakes.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

const CLEO: &str = r#"
[[person]]
email = "Cleo@Example.com"
name = "Cleo"
role = "rep"
phone = "+15055550123"
limit = 3
"#;

both_stores! {
    async fn a_second_time_nothing_changes(house) {
        assert_eq!(changes(house, CLEO).await, ["+ person cleo@example.com \"Cleo\", rep, phone ••23, limit 3"]);
        assert!(changes(house, CLEO).await.is_empty());
        let there = "SELECT COUNT(*) FROM people WHERE duty = 'on' AND phone_verified_at IS NOT NULL AND open_limit = 3";
        assert_eq!(house.number(there).await, 1);
    }

    async fn a_rehearsal_says_the_same_and_changes_nothing(house) {
        let rehearsed = applied(house, CLEO, true).await.unwrap();
        assert_eq!(house.number("SELECT COUNT(*) FROM people").await, 3);
        assert_eq!(applied(house, CLEO, false).await.unwrap(), rehearsed);
    }

    async fn a_member_left_out_leaves_and_what_is_not_mentioned_stays(house) {
        let text = format!("[[line]]\nnumber = \"{LINE}\"\nmembers = [\"bo@example.com\", \"miriam@example.com\"]");
        assert_eq!(
            changes(house, &text).await,
            [
                format!("+ member miriam@example.com of line {LINE}"),
                format!("- member ana@example.com of line {LINE}"),
            ]
        );
        assert_eq!(house.words("SELECT name FROM lines").await, ["Bait and Tackle"]);
        assert_eq!(house.number("SELECT COUNT(*) FROM numbers WHERE role = 'mask'").await, 20);
        let all = "SELECT COUNT(*) FROM people WHERE phone IS NOT NULL";
        assert_eq!(house.number(all).await, 2);
    }

    async fn people_and_lines_change_piece_by_piece(house) {
        let text = r#"
            [[line]]
            number = "+18005550100"
            name = "Tackle and Bait"
            country = "US"
            [[line]]
            number = "+18005550101"
            name = "Boats"
            members = []
            [[person]]
            email = "ana@example.com"
            name = "Ana Ruiz"
            role = "manager"
            phone = ""
            limit = 9
        "#;
        assert_eq!(
            changes(house, text).await,
            [
                "~ person ana@example.com: name \"Ana\" → \"Ana Ruiz\"",
                "~ person ana@example.com: role rep → manager",
                "~ person ana@example.com: phone ••21 → none",
                "~ person ana@example.com: limit none → 9",
                "~ number +18005550100: country none → US",
                "~ line +18005550100: name \"Bait and Tackle\" → \"Tackle and Bait\"",
                "+ line +18005550101 Boats",
            ]
        );
        assert!(changes(house, text).await.is_empty());
    }

    async fn two_people_can_swap_their_phones(house) {
        let text = r#"
            [[person]]
            email = "ana@example.com"
            phone = "+15055550122"
            [[person]]
            email = "bo@example.com"
            phone = "+15055550121"
        "#;
        assert_eq!(changes(house, text).await.len(), 2);
        assert_eq!(
            house.words("SELECT phone FROM people WHERE phone IS NOT NULL ORDER BY email").await,
            ["+15055550122", "+15055550121"]
        );
    }

    async fn what_does_not_fit_the_database_is_told_and_nothing_is_written(house) {
        let text = r#"[[line]]
number = "+18005550100"
members = ["nobody@example.com"]
[[line]]
number = "+18005551001"
[[line]]
number = "+18005550109"
[[mask]]
number = "+15055550122"
[[person]]
email = "dora@example.com"
role = "rep"
[[person]]
email = "miriam@example.com"
phone = "+15055550121"
name = "Renamed"
[[person]]
email = "eve@example.com"
name = "Eve"
role = "rep"
phone = "+18005551002"
"#;
        let told = mistakes(house, text).await;
        let wanted = [
            "line 3, column 12: members: nobody@example.com is nobody here",
            "line 5, column 10: number: it is a mask already",
            "line 7, column 10: number: this line is new here; say its name as well",
            "line 9, column 10: number: it is bo@example.com's phone",
            "line 11, column 9: email: dora@example.com is new here; say name and role as well",
            "line 15, column 9: phone: it is ana@example.com's; a phone belongs to one person",
            "line 21, column 9: phone: it is a mask of ours",
        ];
        for (told, wanted) in told.iter().zip(wanted) {
            assert!(told.starts_with(wanted), "{told}\n{wanted}");
        }
        assert_eq!(told.len(), wanted.len(), "{told:?}");
        assert_eq!(house.words("SELECT name FROM people WHERE email = 'miriam@example.com'").await, ["Miriam"]);
    }

    async fn a_customer_whose_phone_becomes_a_colleagues_is_a_customer_no_more(house) {
        house.customer(1).texts("Do you rent kayaks?").await;
        let phone = house.customer(1).number;
        changes(house, &format!("[[person]]\nemail = \"miriam@example.com\"\nphone = \"{phone}\"")).await;
        assert_eq!(house.number("SELECT COUNT(*) FROM legs WHERE ended_at IS NULL").await, 0);
        assert_eq!(house.number("SELECT COUNT(*) FROM conversations WHERE closed_at IS NULL").await, 0);
        assert_eq!(house.number("SELECT COUNT(*) FROM events WHERE kind = 'closed'").await, 1);
    }

    async fn a_colleagues_threads_move_to_the_new_phone(house) {
        house.customer(1).texts("Do you rent kayaks?").await;
        let rep = house.chosen();
        let email = house.words(&format!("SELECT email FROM people WHERE phone = '{}'", rep.number)).await.remove(0);
        changes(house, &format!("[[person]]\nemail = \"{email}\"\nphone = \"+15055550199\"")).await;
        house.customer(1).texts("And boats?").await;
        let new_phone = house.phone("+15055550199");
        assert!(new_phone.received().last().unwrap().body.ends_with("And boats?"));
        assert_eq!(rep.received().len(), 1, "the old phone got a text that was not for it any more");
        new_phone.texts_back("Both.").await;
        assert_eq!(house.customer(1).received().last().unwrap().body, "Both.");
    }

    async fn hours_policies_and_texts_of_a_line_change_key_by_key(house) {
        let text = r#"
            [[line]]
            number = "+18005550100"
            hours = { zone = "America/New_York", mon-fri = "9:00-17:00" }
            holidays = ["12-25"]
            policies = { pick = "round_robin", idle_close = "48h" }
            texts = { greeting = "Welcome to {line}.", ended = "This is over." }
        "#;
        assert_eq!(
            changes(house, text).await,
            [
                "~ line +18005550100: hours always → mon-fri 09:00-17:00 (America/New_York; holidays 12-25)",
                "~ line +18005550100: idle_close usual → 2 d",
                "~ line +18005550100: pick usual → round_robin",
                "~ line +18005550100: text ended usual → \"This is over.\"",
                "~ line +18005550100: text greeting usual → \"Welcome to {line}.\"",
            ]
        );
        assert!(changes(house, text).await.is_empty());
        let less = r#"
            [[line]]
            number = "+18005550100"
            hours = { zone = "America/New_York", mon-thu = "9:00-17:00" }
            policies = { idle_close = "usual" }
            texts = { ended = "usual" }
        "#;
        assert_eq!(
            changes(house, less).await,
            [
                "~ line +18005550100: hours mon-fri 09:00-17:00 (America/New_York; holidays 12-25) → \
                 mon-thu 09:00-17:00 (America/New_York; holidays 12-25)",
                "~ line +18005550100: idle_close 2 d → usual",
                "~ line +18005550100: text ended \"This is over.\" → usual",
            ]
        );
        assert_eq!(house.words("SELECT policies FROM lines").await, ["{\"pick\":\"round_robin\"}"]);
        assert_eq!(house.words("SELECT name FROM line_texts").await, ["greeting"]);
        let always = "[[line]]\nnumber = \"+18005550100\"\nhours = \"none\"\npolicies = { pick = \"usual\" }";
        assert_eq!(changes(house, always).await.len(), 2);
        assert_eq!(house.number("SELECT COUNT(*) FROM lines WHERE hours IS NULL AND policies IS NULL").await, 1);
        let alone = "[[line]]\nnumber = \"+18005550100\"\nholidays = [\"12-25\"]";
        assert!(mistakes(house, alone).await[0].starts_with("line 3, column 12: dates are left out of a week"));
    }

    async fn people_get_schedules_and_duties(house) {
        let text = r#"
            [[person]]
            email = "dora@example.com"
            name = "Dora"
            role = "rep"
            schedule = { zone = "Europe/Berlin", mon-fri = "8:00-12:00" }
            days_off = ["2027-01-18"]
            duty = "away"
        "#;
        assert_eq!(
            changes(house, text).await,
            [
                "+ person dora@example.com \"Dora\", rep",
                "~ person dora@example.com: schedule always → mon-fri 08:00-12:00 (Europe/Berlin; holidays 2027-01-18)",
                "~ person dora@example.com: duty on → away",
            ]
        );
        assert!(changes(house, text).await.is_empty());
    }

    async fn whoever_is_disabled_keeps_no_customers_and_their_phone_is_free(house) {
        house.customer(34).texts("Do you rent kayaks?").await;
        let before = house.pinned().await;
        let phone = house.chosen().number;
        let other = if before == "ana@example.com" { "bo@example.com" } else { "ana@example.com" };
        let text = format!(
            "[[person]]\nemail = \"{before}\"\ndisabled = true\n[[person]]\nemail = \"miriam@example.com\"\nphone = \"{phone}\""
        );
        assert_eq!(
            changes(house, &text).await,
            [format!("~ person {before}: disabled"), format!("~ person miriam@example.com: phone none → ••{}", &phone[10..])]
        );
        assert_eq!(house.pinned().await, other);
        house.runs_due_work().await;
        assert_eq!(house.chosen().bodies(), ["••34, Bait and Tackle:\nDo you rent kayaks?"]);
        assert!(changes(house, &text).await.is_empty());
        let back = format!("[[person]]\nemail = \"{before}\"\ndisabled = false");
        assert!(mistakes(house, &back).await[0].contains("their phone is somebody else's by now"));
        let bare = format!("{back}\nphone = \"none\"");
        assert_eq!(
            changes(house, &bare).await,
            [format!("~ person {before}: phone ••{} → none", &phone[10..]), format!("~ person {before}: enabled")]
        );
        assert_eq!(house.number("SELECT COUNT(*) FROM people WHERE phone IS NOT NULL").await, 2);
    }

    async fn whoever_leaves_a_line_leaves_its_customers_to_the_others(house) {
        house.customer(34).texts("Do you rent kayaks?").await;
        let other = if house.pinned().await == "ana@example.com" { "bo@example.com" } else { "ana@example.com" };
        changes(house, &format!("[[line]]\nnumber = \"{LINE}\"\nmembers = [\"{other}\"]")).await;
        assert_eq!(house.pinned().await, other);
        changes(house, &format!("[[line]]\nnumber = \"{LINE}\"\nmembers = []")).await;
        assert_eq!(house.pinned().await, "", "nobody is left to have the customer");
        changes(house, &format!("[[line]]\nnumber = \"{LINE}\"\nmembers = [\"miriam@example.com\"]")).await;
        assert_eq!(house.pinned().await, "miriam@example.com");
    }

    async fn a_limit_raised_or_hours_opened_bring_the_customers_who_wait(house) {
        let closed = r#"[[line]]
            number = "+18005550100"
            members = ["ana@example.com"]
            hours = { zone = "UTC", mon-sun = "18:00-20:00" }
            [[person]]
            email = "ana@example.com"
            limit = 1"#;
        changes(house, closed).await;
        house.customer(34).texts("one").await;
        house.customer(35).texts("two").await;
        assert_eq!(house.number("SELECT COUNT(*) FROM conversations WHERE pinned_to IS NULL").await, 2);
        changes(house, "[[line]]\nnumber = \"+18005550100\"\nhours = \"none\"").await;
        house.runs_due_work().await;
        assert_eq!(house.ana().bodies(), ["••34, Bait and Tackle:\none"]);
        changes(house, "[[person]]\nemail = \"ana@example.com\"\nlimit = \"none\"").await;
        assert_eq!(house.number("SELECT COUNT(*) FROM conversations WHERE pinned_to IS NULL").await, 0);
        house.runs_due_work().await;
        assert_eq!(house.ana().bodies().len(), 2);
    }

    async fn texts_that_waited_for_the_old_phone_go_to_the_new_one(house) {
        house.customer(34).texts("one").await;
        let rep = house.chosen();
        let email = house.pinned().await;
        house.simulator.fault(Fault::new(Kind::TooMany).to(&rep.number).millis(600_000));
        house.customer(34).texts("two").await;
        house.customer(34).texts("three").await;
        changes(house, &format!("[[person]]\nemail = \"{email}\"\nphone = \"+15055550199\"")).await;
        house.pass(minutes(10)).await;
        assert_eq!(rep.bodies(), ["••34, Bait and Tackle:\none"]);
        assert_eq!(house.phone("+15055550199").bodies(), ["••34, Bait and Tackle:\ntwo", "three"]);
    }

    async fn the_example_in_the_docs_can_be_applied_and_a_second_time_changes_nothing(house) {
        let example = include_str!("../../../docs/setup.toml");
        // Its phones and numbers are its own.
        changes(house, "[[person]]\nemail = \"ana@example.com\"\nphone = \"none\"\n[[person]]\nemail = \"bo@example.com\"\nphone = \"none\"").await;
        assert!(changes(house, example).await.len() > 10);
        assert!(changes(house, example).await.is_empty());
    }

    async fn the_last_admin_can_be_neither_disabled_nor_made_anything_else(house) {
        let ada = "[[person]]\nemail = \"ada@example.com\"\nname = \"Ada\"\nrole = \"admin\"\n";
        changes(house, ada).await;
        let person = |email: &str, what: &str| format!("[[person]]\nemail = \"{email}\"\n{what}\n");
        let bo = person("bo@example.com", "role = \"admin\"");
        let both = format!("{bo}{}", person("ada@example.com", "role = \"rep\""));
        for what in ["disabled = true", "role = \"manager\"", "role = \"rep\"\ndisabled = true"] {
            let told = mistakes(house, &person("ada@example.com", what)).await;
            assert!(told.len() == 1 && told[0].starts_with("line 2, column 9: email: ada@example.com is the last admin"), "{told:?}");
        }
        assert_eq!(house.words("SELECT role FROM people WHERE email = 'ada@example.com' AND disabled_at IS NULL").await, ["admin"]);
        // With another one it can be done, also in the same file.
        assert_eq!(changes(house, &both).await.len(), 2);
        let told = mistakes(house, &format!("{}{}", person("bo@example.com", "disabled = true"), person("ana@example.com", "limit = 3"))).await;
        assert!(told[0].contains("bo@example.com is the last admin"), "{told:?}");
        let new = "[[person]]\nemail = \"eve@example.com\"\nname = \"Eve\"\nrole = \"admin\"\n";
        assert!(!changes(house, &format!("{}{new}", person("bo@example.com", "disabled = true"))).await.is_empty());
    }
}
