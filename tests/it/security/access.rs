//! Who may see and do what: unknown and forbidden are one answer, nobody gives themselves rights, and whoever is disabled
//! is out within a second.

use rocket::http::{ContentType, Header, Method, Status};
use rocket::tokio::time::timeout;

use switchboard::desk::duty;

use crate::both_stores;
use crate::house::House;
use crate::house::plan::with_ada;
use crate::web_browser::{Browser, change};
use crate::web_live::{all_can_be_heard, listen};

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const ADA: &str = "ada@example.com";

/// Bo has a customer, and a text of Bo's is held.
async fn bos_matters(house: &House) -> [(&'static str, i64); 4] {
    house.sets("UPDATE people SET duty = 'away' WHERE name = 'Ana'").await;
    house.customer(33).texts("Is the ramp open?").await;
    house.transfers("miriam@example.com", ANA).await;
    house.runs_due_work().await;
    house.bo().texts_back("Until six.").await;
    house.customer(34).texts("Is the ramp open?").await;
    assert_eq!(house.pinned().await, BO);
    [
        ("/conversations/<", house.conversation().await.0),
        ("/held/<", house.number("SELECT MAX(id) FROM messages WHERE outcome = 'held'").await),
        ("/lines/<", house.number("SELECT MAX(id) FROM lines").await),
        ("/people/<", house.person(BO).await.0),
    ]
}

/// Every route with an id of one of these in it: method and address.
fn routes_about(browser: &Browser, prefix: &str) -> Vec<(Method, String)> {
    let routes = browser.client.rocket().routes();
    let about = routes.filter(|route| route.uri.path().starts_with(prefix));
    about.map(|route| (route.method, route.uri.path().to_owned())).collect()
}

async fn told(browser: &Browser, method: Method, path: &str) -> (Status, String) {
    let answer = browser.send(method, path, &[], &[("Sec-Fetch-Site", "same-origin")]).await;
    (answer.status, answer.body.replace(answer.header("x-request-id"), "ID"))
}

/// The address with 1 in place of every parameter that it still has.
fn with_examples(address: &str) -> String {
    let part = |part: &str| if part.starts_with('<') { "1".to_owned() } else { part.to_owned() };
    address.split('/').map(part).collect::<Vec<_>>().join("/")
}

both_stores! {
    /// Unknown and forbidden ids give the same 404, on every verb.
    async fn case_11_unknown_and_forbidden_ids_are_the_same_answer_on_every_route(house: with_ada) {
        let matters = bos_matters(house).await;
        let ana = Browser::of(house, ANA).await;
        let mut asked = 0;
        for (prefix, id) in matters {
            for (method, address) in routes_about(&ana, prefix) {
                let at = |id: &str| with_examples(&address.replacen("<id>", id, 1).replace("<part>", "hours"));
                let forbidden = told(&ana, method, &at(&id.to_string())).await;
                let unknown = told(&ana, method, &at("999999")).await;
                assert_eq!(forbidden, unknown, "{method} {address} tells them apart");
                assert!(matches!(forbidden.0.code, 404 | 422), "{method} {address}: {}", forbidden.0);
                asked += 1;
            }
        }
        assert!(asked >= 25, "only {asked} routes were asked");
        let undone = house.words("SELECT email FROM people p JOIN conversations c ON c.pinned_to = p.id ORDER BY c.id").await;
        assert_eq!(undone, [ANA, BO], "and nothing was done");
    }

    /// Ids in bodies, in lists and in optional parameters are authorised too.
    async fn case_11_ids_in_bodies_and_parameters_are_authorised_too(house: with_ada) {
        house.sets("UPDATE people SET duty = 'away' WHERE name = 'Bo'").await;
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
        let members = [("field[was]", "1"), ("field[person-12345]", "on")];
        assert_ne!(ada.post(&format!("/lines/{line}/members"), &members).await.status, Status::SeeOther);
        assert_eq!(house.rows("line_members").await, 2);
        // Where a page begins and what is open beside the list are no way around the rights.
        let other = Browser::of(house, BO).await;
        for path in [format!("/conversations/list?current={conversation}"), format!("/conversations?after={conversation}")] {
            other.get(&path).await.hides(&["ramp"]);
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
        for path in ["/me/name".to_owned(), format!("/people/{id}/duty"), format!("/people/{id}/profile"), format!("/conversations/{conversation}/replies")] {
            rep.post(&path, &greedy).await;
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
        let ana = Browser::of(house, ANA).await;
        let token = house.desk.chance.token::<32>();
        switchboard::desk::sessions::make_link(&house.desk.store, &token, ANA, house.clock.now()).await.unwrap();
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
        assert_eq!(ana.get("/conversations").await.status, Status::SeeOther);
        assert_eq!(ana.post(&format!("/link/{token}"), &[]).await.status, Status::Gone);
        assert_eq!(house.rows("sessions").await + house.rows("links").await, 0);
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
            change(house, "UPDATE people SET role = 'rep' WHERE email = 'miriam@example.com'").await;
        };
        // It ends by itself: `listen` waits for that.
        rocket::futures::future::join(listening, demoting).await;
        let request = miriam.client.get("/conversations/list").header(ContentType::HTML);
        let answer = request.header(Header::new("Host", "127.0.0.1:8000")).dispatch().await;
        assert!(!answer.into_string().await.unwrap().contains("ramp"));
    }
}
