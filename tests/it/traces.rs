//! Every change, by any door, leaves its trace: each route and each command that changes something stands here with the row
//! that it leaves. A new one without a line fails.

use std::collections::BTreeSet;

use rocket::http::{Method, Status};

use switchboard::desk::{self, contact, line, setup};
use switchboard::domain::hours::Hours;
use switchboard::domain::ids::NumberId;
use switchboard::domain::person::Duty;

use crate::both_stores;
use crate::floors;
use crate::house::House;
use crate::house::plan::with_ada;
use crate::route_table::doors;
use crate::web_browser::Browser;
use Trace::{Audit, Event, Own, Row, SignIn};

/// What is left behind.
#[derive(Clone, Copy)]
enum Trace {
    /// Rows of this kind in `audit`: who did it, and to what.
    Audit(&'static [&'static str]),
    /// Rows of this kind in `events`, in the timeline of the conversation, with who did it.
    Event(&'static [&'static str]),
    /// A row of this table, which says who and when.
    Row(&'static str),
    /// A row of `sign_ins`.
    SignIn,
    /// Nothing: it is one's own and changes nothing for anybody else.
    Own(&'static str),
}

const WEB: &[(&str, Trace)] = &[
    ("/canned", Audit(&["canned_reply_made"])),
    ("/canned/<id>", Audit(&["canned_reply_changed"])),
    ("/canned/<id>/removal", Audit(&["canned_reply_removed"])),
    ("/conversations", Event(&["started"])),
    ("/count", Own("what is typed")),
    ("/conversations/<id>/block", Event(&["blocked"])),
    ("/conversations/<id>/closure", Event(&["closed"])),
    ("/conversations/<id>/consent", Event(&["consent_restored", "consent_withdrawn"])),
    ("/conversations/<id>/contact", Audit(&["contact_changed"])),
    ("/conversations/<id>/draft", Own("a draft")),
    ("/conversations/<id>/exports", Audit(&["exported"])),
    ("/conversations/<id>/labels", Event(&["labelled"])),
    ("/conversations/<id>/labels/<label>/removal", Event(&["unlabelled"])),
    ("/conversations/<id>/mending", Audit(&["failures_seen"])),
    ("/conversations/<id>/merge", Event(&["merged"])),
    ("/conversations/<id>/messages/<message>/repetition", Row("messages")),
    ("/conversations/<id>/notes", Row("messages")),
    ("/conversations/<id>/number", Audit(&["number_shown"])),
    ("/conversations/<id>/pin", Event(&["claimed", "transferred"])),
    ("/conversations/<id>/planned/<planned>/departure", Row("planned_replies")),
    ("/conversations/<id>/planned/<planned>/time", Event(&["planned_moved"])),
    ("/conversations/<id>/planned/<planned>/withdrawal", Event(&["planned_cancelled"])),
    ("/conversations/<id>/presence", Own("who looks")),
    ("/conversations/<id>/reading", Own("what one has read")),
    ("/conversations/<id>/refusal", Event(&["no_refusal"])),
    ("/conversations/<id>/replies", Row("messages")),
    ("/conversations/<id>/separation", Event(&["separated"])),
    ("/conversations/<id>/snooze", Event(&["snoozed"])),
    ("/conversations/<id>/unblock", Event(&["unblocked"])),
    ("/conversations/<id>/waking", Event(&["woke"])),
    ("/deliveries/<id>/decision", Event(&["delivery_decided"])),
    ("/endpoints", Audit(&["endpoint_made"])),
    ("/endpoints/<id>/enabling", Audit(&["endpoint_enabled"])),
    ("/endpoints/<id>/posts/<event>/replay", Audit(&["event_replayed"])),
    ("/endpoints/<id>/removal", Audit(&["endpoint_deleted"])),
    ("/held/<id>/dismissal", Event(&["held_dismissed"])),
    ("/held/<id>/forward", Event(&["held_forwarded"])),
    ("/held/<id>/reopening", Event(&["reopened"])),
    ("/labels", Audit(&["label_made"])),
    ("/labels/<id>", Audit(&["label_renamed"])),
    ("/lines", Audit(&["line_added"])),
    ("/lines/<id>/<part>", Audit(&["line_changed", "line_joined", "line_left"])),
    ("/link/<token>", SignIn),
    ("/me/code", Audit(&["phone_code_sent"])),
    ("/me/name", Audit(&["person_renamed"])),
    ("/me/password", Audit(&["password_set"])),
    ("/me/phone", Audit(&["phone_changed"])),
    ("/me/phone/removal", Audit(&["phone_removed"])),
    ("/me/phone/texts", Audit(&["phone_unmuted"])),
    ("/people", Audit(&["person_invited"])),
    ("/people/<id>/code", Audit(&["phone_code_sent"])),
    ("/people/<id>/disabling", Audit(&["person_disabled"])),
    ("/people/<id>/duty", Audit(&["duty_set"])),
    ("/people/<id>/enabling", Audit(&["person_enabled"])),
    ("/people/<id>/lines", Audit(&["line_joined", "line_left"])),
    ("/people/<id>/link", Audit(&["link_made"])),
    ("/people/<id>/phone", Audit(&["phone_changed"])),
    ("/people/<id>/phone/removal", Audit(&["phone_removed"])),
    ("/people/<id>/phone/texts", Audit(&["phone_unmuted"])),
    ("/people/<id>/profile", Audit(&["person_renamed", "role_changed", "limit_changed"])),
    ("/people/<id>/schedule", Audit(&["schedule_changed"])),
    ("/phone/texts", Audit(&["phone_unmuted"])),
    ("/pool/drainings", Audit(&["mask_draining"])),
    ("/pool/masks/<id>/activation", Audit(&["mask_reactivated"])),
    ("/pool/masks/<id>/draining", Audit(&["mask_draining"])),
    ("/pool/orders", Audit(&["masks_ordered"])),
    ("/reassignments", Event(&["taken_away"])),
    ("/searches", Own("a search that one keeps for oneself")),
    ("/searches/<id>/removal", Own("a search that one keeps for oneself")),
    ("/setup/<token>", Audit(&["first_admin"])),
    ("/sign-in", SignIn),
    ("/sign-out", SignIn),
    ("/tokens", Audit(&["token_made"])),
    ("/tokens/<id>/revocation", Audit(&["token_revoked"])),
];

/// The source of the desk, in which every kind stands that it writes.
fn source() -> String {
    floors::files("src/desk", &[".rs"]).into_iter().map(|(_, text)| text).collect()
}

async fn audited(house: &House) -> Vec<String> {
    house.words("SELECT kind FROM audit ORDER BY id").await
}

both_stores! {
    async fn every_route_that_changes_something_says_what_it_leaves(house) {
        let client = doors(house).await;
        // Programs, carriers and the simulator have doors of their own, and other tests.
        let apart = ["/api/", "/hooks/", "/simulator", "/-/"];
        let mounted: BTreeSet<String> = client.rocket().routes()
            .filter(|route| !matches!(route.method, Method::Get | Method::Head))
            .map(|route| route.uri.path().to_owned())
            .filter(|address| !apart.iter().any(|start| address.starts_with(start)))
            .collect();
        let told: BTreeSet<String> = WEB.iter().map(|(address, _)| (*address).to_owned()).collect();
        let (silent, gone) = (mounted.difference(&told), told.difference(&mounted));
        let (silent, gone): (Vec<_>, Vec<_>) = (silent.collect(), gone.collect());
        assert!(silent.is_empty() && gone.is_empty(), "without a line here: {silent:?}; not there any more: {gone:?}");
        let source = source();
        for (address, trace) in WEB {
            match trace {
                Audit(kinds) | Event(kinds) => {
                    for kind in *kinds {
                        assert!(source.contains(&format!("\"{kind}\"")), "{address}: nothing writes {kind}");
                    }
                }
                Row(table) => assert!(house.rows(table).await >= 0),
                SignIn => {}
                Own(why) => assert!(!why.is_empty()),
            }
        }
    }

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
        let words = (switchboard::domain::text::Wording::ALL[0], Some("We are back soon.".to_owned()));
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
        let kept = desk::canned::Kept { id: None, owner: switchboard::store::canned::Owner::Company, shortcut: "hours".into(), body: "Until six.".into() };
        desk::canned::keep(&house.desk, by, kept.clone()).await.unwrap();
        let id = switchboard::domain::ids::CannedReplyId(house.number("SELECT id FROM canned_replies").await);
        desk::canned::keep(&house.desk, by, desk::canned::Kept { id: Some(id), body: "Until seven.".into(), ..kept }).await.unwrap();
        desk::canned::forget(&house.desk, by, id).await.unwrap();
        house.takes_duty("ada@example.com", "bo@example.com", Duty::Away).await;
        let card = { let page = ada.get(&format!("/conversations/{conversation}")).await; page.card_seen() };
        let typed = contact::Typed { name: "Joel".into(), tags: "boats".into(), seen: card, ..contact::Typed::default() };
        contact::edit(&house.desk, by, conversation, &typed).await.unwrap();
        house.sets("UPDATE conversations SET failed_at = 1").await;
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
        switchboard::desk::passwords::set(&house.desk, "ana@example.com", "hash".to_owned()).await.unwrap();
        switchboard::desk::sessions::make_link(&house.desk.store, "token", "ana@example.com", house.clock.now()).await.unwrap();
        let scopes = switchboard::domain::scope::Scopes::read("pairs:read").unwrap();
        let asked = desk::tokens::Asked { name: "crm".to_owned(), app: None, scopes, expires: None };
        desk::tokens::make(&house.desk, None, asked).await.unwrap();
        desk::pool::order::grow(&house.desk, desk::pool::By::Operator, "US", 1).await.unwrap();
        house.sets("UPDATE numbers SET paused_at = 1 WHERE role = 'line'").await;
        let now = house.clock.now();
        let fit = [switchboard::domain::ids::NumberId(house.number("SELECT MIN(id) FROM lines").await)];
        switchboard::desk::identity::resume_fit(&house.desk.store, &fit, now, now).await.unwrap();
        let newest: BTreeSet<String> = house.words("SELECT kind FROM acts WHERE origin = 'command'").await.into_iter().collect();
        for kind in ["password_set", "link_made", "token_made", "masks_ordered", "sending_resumed"] {
            assert!(newest.contains(kind), "{kind}: {newest:?}");
        }
        assert!(!setup::offer(&house.desk.store, "token", house.clock.now()).await.unwrap(), "there are people");
        let ada = Browser::of(house, "ada@example.com").await;
        ada.get("/audit").await.shows(&["the command line", "password set"]);
        let said = house.words("SELECT data FROM acts WHERE origin = 'command'").await.join(" ");
        assert!(!said.contains("+1") && !said.contains('@'), "ids and words only: {said}");
        house.runs_due_work().await;
    }
}
