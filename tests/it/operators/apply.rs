//! Set-up files: what they change, what they leave alone, and what they cannot be.

use switchboard::clock::hours;
use switchboard::desk::apply::{Apply, Outcome};
use switchboard::secret::Chance;

use crate::both_stores;
use crate::house::{House, LINE};

async fn applied(house: &House, text: &str, rehearse: bool) -> Outcome {
    let apply = Apply {
        setup: text.parse().unwrap(),
        ids: house.desk.ids.clone(),
        chance: Chance::seeded(1),
        now: house.clock.now(),
        quarantine: hours(72),
    };
    apply.on(&house.desk.store, rehearse).await.unwrap()
}

async fn changes(house: &House, text: &str) -> Vec<String> {
    applied(house, text, false).await.unwrap().iter().map(ToString::to_string).collect()
}

async fn mistakes(house: &House, text: &str) -> Vec<String> {
    applied(house, text, false).await.unwrap_err().iter().map(ToString::to_string).collect()
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
}
