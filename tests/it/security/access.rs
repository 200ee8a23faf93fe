//! Who may see and do what: unknown and forbidden are one answer, nobody gives themselves rights, and whoever is disabled
//! is out within a second.

use rocket::http::{ContentType, Header, Method, Status};
use rocket::tokio::time::timeout;

use switchboard::desk::people::sessions;
use switchboard::desk::routing::duty;

use crate::house::House;
use crate::house::plan::with_ada;
use crate::web::browser::{Answer, Browser, PASSWORD};
use crate::web::live::{all_can_be_heard, listen};
use crate::{addresses, both_stores};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const ADA: &str = "ada@example.com";

/// What an answer says, without what is another in every answer: its own id, keys of forms, and `id` that was asked for.
pub fn said(answer: &Answer, id: &str) -> (Status, String) {
    let body = answer.body.replace(answer.header("x-request-id"), "REQUEST");
    let mut parts = body.split("name=\"form_key\" value=\"");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        plain += part.split_once('"').unwrap().1;
    }
    (answer.status, plain.replace(id, "ID"))
}

async fn told(browser: &Browser, method: Method, path: &str) -> (Status, String) {
    said(&browser.send(method, path, &[], &[("Sec-Fetch-Site", "same-origin")]).await, "no id")
}

/// The person is locked out of everything: the session of `browser`, their password, `link`, and what is live.
async fn is_locked_out(house: &House, browser: &Browser, email: &str, link: &str) {
    for page in ["/conversations", "/me", "/live"] {
        assert_eq!(browser.get(page).await.status, Status::SeeOther, "{page}");
    }
    assert_eq!(browser.refreshes("/live").await.status, Status::Unauthorized);
    assert_eq!(browser.post("/me/name", &[("field[name]", "Eve")]).await.header("location"), "/sign-in");
    let elsewhere = Browser::at(house).await;
    assert_eq!(elsewhere.signs_in(email, PASSWORD).await.status, Status::Unauthorized);
    assert_eq!(elsewhere.get(link).await.status, Status::Gone);
    assert_eq!(elsewhere.post(link, &[]).await.status, Status::Gone);
    assert_eq!(elsewhere.get("/conversations").await.status, Status::SeeOther);
}

async fn link(house: &House, email: &str) -> String {
    let token = house.desk.chance.token::<32>();
    sessions::make_link(&house.desk.store, &token, email, house.clock.now()).await.unwrap();
    format!("/link/{token}")
}

both_stores! {
    /// Unknown and forbidden ids give the same 404, on every verb.
    async fn case_11_unknown_and_forbidden_ids_are_the_same_answer_on_every_route(house: with_ada) {
        let bos = addresses::furnish(house, BO).await;
        let ana = Browser::of(house, ANA).await;
        let before = house.contents().await;
        let mut asked = 0;
        for (method, address) in addresses::routes(&ana).into_iter().filter(|(_, address)| bos.is_owned(address)) {
            let forbidden = told(&ana, method, &bos.fill(&address)).await;
            let unknown = told(&ana, method, &bos.fill_with(&address, Some(999_999))).await;
            assert_eq!(forbidden, unknown, "{method} {address} tells them apart");
            assert!(matches!(forbidden.0.code, 404 | 422), "{method} {address}: {}", forbidden.0);
            asked += 1;
        }
        assert!(asked >= 50, "only {asked} routes were asked");
        house.is_unchanged_since(&before).await;
    }

    /// So do ids in the second place of an address whose first is one's own, and in what follows the question mark.
    async fn case_11_ids_that_follow_an_own_one_are_the_same_answer_too(house: with_ada) {
        let bos = addresses::furnish(house, BO).await;
        let of = async |email: &str| {
            let id = house.person(email).await;
            house.number(&format!("SELECT MAX(id) FROM conversations WHERE pinned_to = {id}")).await
        };
        let (own, theirs, ana) = (of(ANA).await, of(BO).await, Browser::of(house, ANA).await);
        assert_eq!(ana.get(&format!("/conversations/{own}")).await.status, Status::Ok);
        let before = house.contents().await;
        let mut asked = 0;
        for (method, address) in addresses::routes(&ana) {
            if address.starts_with("/conversations/<id>/") && address.matches('<').count() == 2 {
                let (_, name) = address.rsplit_once('<').unwrap();
                let at = |second: i64| {
                    let address = address.replace(&format!("<{}>", name.split('>').next().unwrap()), &second.to_string());
                    bos.fill_with(&address, Some(own))
                };
                // In the right form, so that it is the id that is refused.
                let fields = [("minutes", "60"), ("when", "2027-02-01T09:00"), ("at", "2027-02-01T09:00"), ("body", "Until six.")];
                let mut answers = Vec::new();
                for second in [theirs, 999_999] {
                    let answer = ana.send(method, &at(second), &fields, &[("Sec-Fetch-Site", "same-origin")]).await;
                    answers.push(said(&answer, &second.to_string()));
                }
                assert_eq!(answers[0], answers[1], "{method} {address} tells them apart");
                asked += 1;
            }
        }
        assert!(asked >= 5, "only {asked} routes were asked");
        for query in ["at", "travel", "before"] {
            let mut answers = Vec::new();
            for id in [theirs, 999_999] {
                let page = ana.get(&format!("/conversations/{own}?{query}={id}")).await;
                answers.push(said(&page, &id.to_string()));
            }
            assert_eq!(answers[0], answers[1], "{query}");
        }
        // What stands in a form: a canned reply, a conversation to put together with, a contact to take apart, a text seen.
        let contact = house.number(&format!("SELECT customer_id FROM conversations WHERE id = {theirs}")).await;
        let forms = [("draft", "canned", 7_777), ("merge", "with", theirs), ("merge", "choice", theirs), ("separation", "contact", contact), ("reading", "last", theirs)];
        for (path, field, id) in forms {
            let mut answers = Vec::new();
            for id in [id, 999_999] {
                let id = id.to_string();
                let fields = [(field, id.as_str()), ("body", "x"), ("which", "reply")];
                let answer = ana.post(&format!("/conversations/{own}/{path}"), &fields).await;
                answers.push(said(&answer, &id));
            }
            assert_eq!(answers[0], answers[1], "{path} {field}");
        }
        let after = house.contents().await;
        for table in ["messages", "planned_replies", "conversations", "customers", "canned_replies", "deliveries", "drafts", "events"] {
            assert_eq!(after[table], before[table], "{table}");
        }
    }

    /// Ids in bodies, in lists and in optional parameters are authorised too.
    async fn case_11_ids_in_bodies_and_parameters_are_authorised_too(house: with_ada) {
        house.goes_away("bo@example.com").await;
        house.customer(34).texts("Is the ramp open?").await;
        let (ana, conversation) = (Browser::of(house, ANA).await, house.conversation().await);
        let pin = format!("/conversations/{conversation}/pin");
        // Miriam is no member of the line, and 999999 is nobody: handing on to either is refused in the same words.
        let miriam = house.person("miriam@example.com").await.to_string();
        let mut answers = Vec::new();
        for to in [miriam.as_str(), "999999", "-1"] {
            let answer = ana.post(&pin, &[("to", to)]).await;
            assert_eq!(answer.status, Status::UnprocessableEntity, "{to}");
            let (_, why) = answer.body.split_once("role=\"alert\"").expect("a reason");
            answers.push(why.split("</").next().unwrap().to_owned());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(house.pinned().await, ANA);
        // A line in a list that is not there takes nothing of the list.
        let (ada, bo) = (Browser::of(house, ADA).await, house.person(BO).await);
        let line = house.number("SELECT id FROM lines").await;
        let (was, known) = (line.to_string(), format!("field[line-{line}]"));
        let fields = [("field[was]", was.as_str()), (&known, "on"), ("field[line-12345]", "on")];
        assert_eq!(ada.post(&format!("/people/{bo}/lines"), &fields).await.status, Status::NotFound);
        let was = ada.get(&format!("/lines/{line}")).await.field("field[was]");
        let members = [("field[was]", was.as_str()), ("field[person-12345]", "on")];
        assert_eq!(ada.post(&format!("/lines/{line}/members"), &members).await.status, Status::NotFound);
        assert_eq!(house.rows("line_members").await, 2);
        // Where a page begins and what is open beside the list are no way around the rights.
        let other = Browser::of(house, BO).await;
        for path in [format!("/conversations/list?current={conversation}"), format!("/conversations?after={conversation}")] {
            let page = other.get(&path).await;
            assert_eq!(page.status, Status::Ok, "{path}");
            page.hides(&["ramp"]);
        }
    }

    /// Role, owner and number cannot be mass-assigned.
    async fn case_12_nobody_gives_themselves_a_role_an_owner_or_a_number(house: with_ada) {
        house.customer(34).texts("Is the ramp open?").await;
        let conversation = house.conversation().await;
        let email = house.pinned().await;
        let (rep, id) = (Browser::of(house, &email).await, house.person(&email).await.to_string());
        let ada = house.person(ADA).await.to_string();
        let greedy: Vec<(&str, &str)> = vec![
            ("field[name]", "Me"), ("field[role]", "admin"), ("field[limit]", "1"), ("field[phone]", "+15055550199"), ("field[id]", &ada),
            ("role", "admin"), ("phone", "+15055550199"), ("open_limit", "1"), ("email", "me@example.com"), ("id", &ada), ("by", &ada),
            ("author_id", &ada), ("pinned_to", &ada), ("from", "+18005550101"), ("number", "+18005550101"), ("to_phone", "+15055550199"),
            ("body", "Until six."), ("form_key", "k"), ("duty", "on"),
        ];
        for (path, status) in [
            ("/me/name".to_owned(), Status::SeeOther),
            (format!("/people/{id}/duty"), Status::SeeOther),
            (format!("/people/{id}/profile"), Status::NotFound),
            (format!("/conversations/{conversation}/replies"), Status::SeeOther),
        ] {
            assert_eq!(rep.post(&path, &greedy).await.status, status, "{path}");
        }
        house.runs_due_work().await;
        let person = "SELECT role || ' ' || email || ' ' || COALESCE(CAST(open_limit AS TEXT), '-') || ' ' || phone FROM people WHERE id = ";
        let phone = if email == ANA { "+15055550121" } else { "+15055550122" };
        assert_eq!(house.words(&format!("{person}{id}")).await, [format!("rep {email} - {phone}")]);
        assert_eq!(house.words(&format!("SELECT role FROM people WHERE id = {ada}")).await, ["admin"]);
        assert_eq!(house.customer(34).bodies(), ["Until six."], "the reply went to the customer");
        assert_eq!(house.customer(34).received()[0].from, crate::house::LINE, "from the line");
        assert_eq!(house.words("SELECT p.email FROM messages m JOIN people p ON p.id = m.author_id WHERE m.body = 'Until six.'").await, [email.as_str()]);
        assert_eq!(house.pinned().await, email);
        // An invitation makes what its three fields say, whatever else is sent.
        let admin = Browser::of(house, ADA).await;
        let invited = [
            ("field[email]", "dee@example.com"), ("field[name]", "Dee"), ("field[role]", "rep"), ("field[phone]", "+15055550199"),
            ("field[password]", "a tide table for dee"), ("field[id]", "7"), ("password_hash", "x"), ("phone_verified_at", "1"),
        ];
        assert_eq!(admin.post("/people", &invited).await.status, Status::Ok);
        assert_eq!(house.rows("people WHERE email = 'dee@example.com' AND role = 'rep' AND id <> 7 AND phone IS NULL AND password_hash IS NULL").await, 1);
    }

    /// Disabling a person ends sessions, live pages and links within a second.
    async fn case_13_whoever_is_disabled_is_out_within_a_second(house: with_ada) {
        let (ana, link) = (Browser::of(house, ANA).await, link(house, ANA).await);
        let (by, whom) = (house.person(ADA).await, house.person(ANA).await);
        let open = rocket::tokio::sync::Notify::new();
        let listening = listen(&ana, "", &[], |heard| {
            if heard.contains("listening") {
                open.notify_one();
            }
            false
        });
        let disabling = async {
            open.notified().await;
            duty::set_enabled(&house.desk, by, whom, false).await.unwrap();
            std::time::Instant::now()
        };
        let (_, disabled) = timeout(std::time::Duration::from_secs(10), rocket::futures::future::join(listening, disabling)).await.unwrap();
        let took = disabled.elapsed();
        // A beat of a second, and what a busy machine adds.
        assert!(took.as_millis() < 2_000, "the live page went on for {took:?}");
        assert_eq!(house.rows("sessions").await + house.rows("links").await, 0);
        is_locked_out(house, &ana, ANA, &link).await;
        // Back again, nothing of before lets anybody in but the password.
        duty::set_enabled(&house.desk, by, whom, true).await.unwrap();
        assert_eq!(ana.get("/conversations").await.status, Status::SeeOther);
        assert_eq!(ana.get(&link).await.status, Status::Gone);
        assert_eq!(ana.signs_in(ANA, PASSWORD).await.status, Status::SeeOther);
    }

    /// Should a session or a link ever be left behind, in a database that was put back or mended by hand, it opens nothing.
    async fn case_13_what_is_left_of_a_disabled_person_opens_nothing(house: with_ada) {
        let (ana, link) = (Browser::of(house, ANA).await, link(house, ANA).await);
        house.is_disabled_by_hand("ana@example.com").await;
        assert_eq!(house.rows("sessions").await + house.rows("links").await, 2, "they are left behind");
        is_locked_out(house, &ana, ANA, &link).await;
    }

    /// A database that was put back to before somebody was disabled has them disabled again by the set-up file.
    async fn case_13_in_a_restored_backup_somebody_is_disabled_again_by_the_set_up_file(house: with_ada) {
        let link = link(house, ANA).await;
        let backup = house.backup().await;
        duty::set_enabled(&house.desk, house.person(ADA).await, house.person(ANA).await, false).await.unwrap();
        house.runs_due_work().await;
        let restored = house.restored_from(backup).await;
        let ana = Browser::of(&restored, ANA).await;
        restored.applies("[[person]]\nemail = \"ana@example.com\"\ndisabled = true\n").await;
        is_locked_out(&restored, &ana, ANA, &link).await;
        restored.runs_due_work().await;
        restored.is_left_tidy();
    }

    /// A page that is open when its reader's rank changes hears nothing more by the rights of before.
    async fn case_13_a_live_page_ends_when_its_readers_rank_changes(house: with_ada) {
        house.customer(34).texts("Is the ramp open?").await;
        all_can_be_heard(house).await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        let open = rocket::tokio::sync::Notify::new();
        let listening = listen(&miriam, "", &[], |heard| {
            if heard.contains("listening") {
                open.notify_one();
            }
            false
        });
        let demoting = async {
            open.notified().await;
            house.has_role("miriam@example.com", "rep").await;
        };
        // It ends by itself: `listen` waits for that.
        rocket::futures::future::join(listening, demoting).await;
        let request = miriam.client.get("/conversations/list").header(ContentType::HTML);
        let answer = request.header(Header::new("Host", "127.0.0.1:8000")).dispatch().await;
        assert!(!answer.into_string().await.unwrap().contains("ramp"));
    }
}
