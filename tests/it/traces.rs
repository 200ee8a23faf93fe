//! Every change, by any door, leaves its trace: each route that changes something stands in `web.rs` with the row that it leaves,
//! is used there, and is held against what it left. Each command is in `operators::commands`.

use std::collections::BTreeSet;

use rocket::http::Status;

use switchboard::desk;
use switchboard::desk::customers::contact;
use switchboard::desk::lines::line;
use switchboard::desk::people::setup;
use switchboard::domain::ids::NumberId;
use switchboard::domain::people::person::Duty;
use switchboard::domain::time::hours::Hours;

use crate::both_stores;
use crate::house::House;
use crate::house::plan::with_ada;
use crate::web::browser::Browser;

mod walk;
mod web;

async fn audited(house: &House) -> Vec<String> {
    house.words("SELECT kind FROM audit ORDER BY id").await
}

both_stores! {
    async fn what_people_change_leaves_a_row_with_who_did_it(house: with_ada) {
        let ada = Browser::of(house, "ada@example.com").await;
        let by = house.person("ada@example.com").await;
        let the_line = NumberId(house.number("SELECT id FROM lines").await);
        house.customer(34).texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        assert_eq!(audited(house).await, [""; 0]);

        // Hours, policies, words and the name of a line, by the page of each.
        ada.post(&format!("/lines/{the_line}/name"), &[("field[name]", "Salt and Tackle")]).await;
        let hours = Hours::read(r#"{"zone": "America/New_York", "mon-fri": "09:00-17:00"}"#).unwrap();
        let rules = line::Rules { hours: Some(Some(hours)), ..line::Rules::default() };
        line::change(&house.desk, by, the_line, rules).await.unwrap();
        let words = (switchboard::domain::words::text::Wording::ALL[0], Some("We are back soon.".to_owned()));
        let rules = line::Rules { texts: vec![words], ..line::Rules::default() };
        line::change(&house.desk, by, the_line, rules).await.unwrap();
        line::change(&house.desk, by, the_line, line::Rules::default()).await.unwrap();
        assert_eq!(audited(house).await, ["line_changed"; 3], "and nothing for nothing");
        let what = house.words("SELECT data FROM audit ORDER BY id").await;
        assert!(what[0].contains("name") && what[1].contains("hours") && what[2].contains("text"), "{what:?}");

        assert_eq!(ada.post("/lines", &[("field[number]", "+12075550100"), ("field[name]", "Second")]).await.status, Status::SeeOther);
        ada.post("/labels", &[("name", "Deposit")]).await;
        let label = house.number("SELECT id FROM labels").await;
        ada.post(&format!("/labels/{label}"), &[("name", "Deposits")]).await;
        let kept = desk::replies::canned::Kept { id: None, owner: switchboard::store::replies::canned::Owner::Company, shortcut: "hours".into(), body: "Until six.".into() };
        desk::replies::canned::keep(&house.desk, by, kept.clone()).await.unwrap();
        let id = switchboard::domain::ids::CannedReplyId(house.number("SELECT id FROM canned_replies").await);
        desk::replies::canned::keep(&house.desk, by, desk::replies::canned::Kept { id: Some(id), body: "Until seven.".into(), ..kept }).await.unwrap();
        desk::replies::canned::forget(&house.desk, by, id).await.unwrap();
        house.takes_duty("ada@example.com", "bo@example.com", Duty::Away).await;
        let card = { let page = ada.get(&format!("/conversations/{conversation}")).await; page.card_seen() };
        let typed = contact::Typed { name: "Joel".into(), tags: "boats".into(), seen: card, ..contact::Typed::default() };
        contact::edit(&house.desk, by, conversation, &typed).await.unwrap();
        house.answers_in_vain(conversation).await;
        ada.post(&format!("/conversations/{conversation}/mending"), &[]).await;
        let all = audited(house).await;
        assert_eq!(all[3..], [
            "line_added", "label_made", "label_renamed", "canned_reply_made", "canned_reply_changed", "canned_reply_removed",
            "duty_set", "contact_changed", "failures_seen",
        ]);
        assert_eq!(house.rows(&format!("audit WHERE actor_id <> {by}")).await, 0);
        let changed = house.words("SELECT data FROM audit WHERE kind = 'contact_changed'").await;
        assert!(changed[0].contains("name") && changed[0].contains("tags") && !changed[0].contains("Joel"), "{changed:?}");
        ada.get("/audit").await.shows(&["changed a line: name", "made the label Deposit", "changed a contact: name, tags"]);
        house.runs_due_work().await;
    }

    async fn what_commands_change_leaves_a_row_of_its_own(house: with_ada) {
        // The house was furnished as `apply` does it.
        let kinds: BTreeSet<String> = house.words("SELECT kind FROM acts WHERE origin = 'command'").await.into_iter().collect();
        for kind in ["person_added", "line_added", "mask_added", "line_joined"] {
            assert!(kinds.contains(kind), "{kind}: {kinds:?}");
        }
        house.applies("[[person]]\nemail = \"bo@example.com\"\nrole = \"manager\"\nphone = \"\"\nlimit = 3\nduty = \"away\"").await;
        house.applies("[[line]]\nnumber = \"+18005550100\"\nname = \"Salt\"\nmembers = [\"ana@example.com\"]\nhours = \"none\"").await;
        house.applies("[[person]]\nemail = \"bo@example.com\"\ndisabled = true").await;
        let since = house.words("SELECT c.kind FROM acts c LEFT JOIN people p ON p.id = c.person_id \
            WHERE c.kind NOT IN ('person_added', 'line_added', 'mask_added', 'line_joined') ORDER BY c.id").await;
        assert_eq!(since, ["role_changed", "phone_removed", "limit_changed", "duty_set", "line_changed", "line_left", "person_disabled"]);
        let bo = house.person("bo@example.com").await;
        assert_eq!(house.rows(&format!("acts WHERE kind = 'role_changed' AND person_id = {bo}")).await, 1);
        switchboard::desk::people::passwords::set(&house.desk, "ana@example.com", "hash".to_owned()).await.unwrap();
        switchboard::desk::people::sessions::make_link(&house.desk.store, "token", "ana@example.com", house.clock.now()).await.unwrap();
        let scopes = switchboard::domain::programs::scope::Scopes::read("pairs:read").unwrap();
        let asked = desk::programs::tokens::Asked { name: "crm".to_owned(), app: None, scopes, expires: None };
        desk::programs::tokens::make(&house.desk, None, asked).await.unwrap();
        desk::pool::order::grow(&house.desk, desk::pool::By::Operator, "US", 1).await.unwrap();
        house.line_is_paused().await;
        let now = house.clock.now();
        let fit = [switchboard::domain::ids::NumberId(house.number("SELECT MIN(id) FROM lines").await)];
        switchboard::desk::upkeep::identity::resume_fit(&house.desk.store, &fit, now, now).await.unwrap();
        let held = switchboard::store::copies::backup::Held { messages: 12, newest: Some(now), account: None };
        desk::upkeep::copies::taken(&house.desk.store, &held, now).await.unwrap();
        house.was_put_back(&held.told()).await;
        let newest: BTreeSet<String> = house.words("SELECT kind FROM acts WHERE origin = 'command'").await.into_iter().collect();
        for kind in ["password_set", "link_made", "token_made", "masks_ordered", "sending_resumed", "backed_up"] {
            assert!(newest.contains(kind), "{kind}: {newest:?}");
        }
        assert!(!setup::offer(&house.desk.store, "token", house.clock.now()).await.unwrap(), "there are people");
        let ada = Browser::of(house, "ada@example.com").await;
        ada.get("/audit").await.shows(&[
            "the command line", "password set",
            &format!("took a copy of the whole database with all numbers, 12 messages, the newest of {now}"),
            &format!("put a copy in the place of the database, 12 messages, the newest of {now}"),
        ]);
        let said = house.words("SELECT data FROM acts WHERE origin = 'command'").await.join(" ");
        assert!(!said.contains("+1") && !said.contains('@'), "ids and words only: {said}");
        house.runs_due_work().await;
    }
}
