//! People: let in by a link, given a phone by a code, changed by admins, disabled and enabled.

mod first_run;

use rocket::http::Status;

use switchboard::clock::{hours, minutes};
use switchboard::desk::people as desk_people;
use switchboard::domain::people::person::Duty;

use crate::both_stores;
use crate::house::plan::with_ada;
use crate::house::{House, LINE};
use crate::web::browser::{Answer, Browser, PASSWORD};

const LONG: &str = "a tide table for everybody";
const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const ADA: &str = "ada@example.com";

async fn page_of(house: &House, email: &str) -> String {
    format!("/people/{}", house.person(email).await)
}

/// The link that a page shows, as a path of ours.
fn link_in(house: &House, answer: &Answer) -> String {
    let (_, rest) = answer.body.split_once(&format!("value=\"{}", house.address)).expect("the page shows a link");
    rest.split('"').next().unwrap().to_owned()
}

async fn invites(house: &House, ada: &Browser, email: &str, role: &str) -> String {
    let fields = [("field[email]", email), ("field[name]", "Dee"), ("field[role]", role)];
    let answer = ada.post("/people", &fields).await;
    assert_eq!(answer.status, Status::Ok, "{}", answer.body);
    link_in(house, &answer)
}

/// The code in the newest text on a phone.
fn code_on(house: &House, phone: &str) -> String {
    let body = house.phone(phone).bodies().pop().expect("a text came");
    body.split(' ').next().unwrap().to_owned()
}

const CHOOSES: [(&str, &str); 3] = [("field[name]", "Dee Marsh"), ("field[password]", LONG), ("field[again]", LONG)];

both_stores! {
    async fn an_invitation_lets_somebody_in_who_chooses_name_and_password(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let link = invites(house, &ada, "Dee@Example.com", "rep").await;
        ada.get("/people").await.shows(&["Dee", "invited, until"]);
        let dee = Browser::at(house).await;
        dee.get(&link).await.shows(&["Welcome, <bdi>Dee</bdi>", "dee@example.com", "method=\"post\""]);
        let short = dee.post(&link, &[("field[name]", "Dee Marsh"), ("field[password]", "short"), ("field[again]", "short")]).await;
        assert_eq!(short.status, Status::UnprocessableEntity);
        short.shows(&["value=\"Dee Marsh\"", "id=\"why-password\" role=\"alert\""]);
        let done = dee.post(&link, &CHOOSES).await;
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, "/conversations"));
        dee.get("/conversations").await.shows(&["Dee Marsh"]);
        assert_eq!(dee.post(&link, &CHOOSES).await.status, Status::Gone, "once");
        assert_eq!(Browser::at(house).await.signs_in("dee@example.com", LONG).await.status, Status::SeeOther);
        let audit = house.words("SELECT kind FROM audit ORDER BY id").await;
        assert_eq!(audit, ["person_invited", "password_set"]);
    }

    async fn an_invitation_is_refused_beside_the_field_and_only_admins_invite(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let fields = |email, name, role| [("field[email]", email), ("field[name]", name), ("field[role]", role)];
        for (sent, id) in [
            (fields("dee", "Dee", "rep"), "why-email"),
            (fields("Ana@example.com", "Dee", "rep"), "why-email"),
            (fields("dee@example.com", "Dee\r\nLevel: error", "rep"), "why-name"),
            (fields("dee@example.com", "Dee", "owner"), "why-role"),
        ] {
            let answer = ada.post("/people", &sent).await;
            assert_eq!(answer.status, Status::UnprocessableEntity, "{sent:?}");
            answer.shows(&[&format!("id=\"{id}\" role=\"alert\""), sent[0].1]);
        }
        for email in [ANA, "miriam@example.com"] {
            let browser = Browser::of(house, email).await;
            assert_eq!(browser.post("/people", &fields("dee@example.com", "Dee", "admin")).await.status, Status::NotFound);
            browser.get("/conversations").await.hides(&["href=\"/people\""]);
        }
        assert_eq!(house.rows("people").await, 4);
    }

    async fn a_link_for_another_password_signs_out_everywhere_and_a_newer_one_replaces_it(house: with_ada) {
        let (ada, ana) = (Browser::of(house, ADA).await, Browser::of(house, ANA).await);
        let page = page_of(house, ANA).await;
        let first = link_in(house, &ada.post(&format!("{page}/link"), &[]).await);
        let second = link_in(house, &ada.post(&format!("{page}/link"), &[]).await);
        let other = Browser::at(house).await;
        assert_eq!(other.get(&first).await.status, Status::Gone);
        other.get(&second).await.shows(&["Another password", ANA]).hides(&["field[name]"]);
        assert_eq!(ana.get("/conversations").await.status, Status::Ok, "nothing changed yet");
        assert_eq!(other.post(&second, &CHOOSES).await.status, Status::SeeOther);
        assert_eq!(ana.get("/conversations").await.status, Status::SeeOther, "signed out");
        assert_eq!(house.words("SELECT name FROM people WHERE email = 'ana@example.com'").await, ["Ana"]);
        assert_eq!(ana.signs_in(ANA, PASSWORD).await.status, Status::Unauthorized);
        assert_eq!(ana.signs_in(ANA, LONG).await.status, Status::SeeOther);
    }

    async fn role_and_limit_are_saved_with_an_audit_row_each(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let page = page_of(house, ANA).await;
        let form = ada.get(&page).await;
        let was = [
            ("field[was_name]", form.field("field[was_name]")),
            ("field[was_role]", form.field("field[was_role]")),
            ("field[was_limit]", form.field("field[was_limit]")),
        ];
        let mut fields: Vec<(&str, &str)> = was.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.extend([("field[name]", "Ana Ruiz"), ("field[role]", "manager"), ("field[limit]", "5")]);
        let saved = ada.post(&format!("{page}/profile"), &fields).await;
        assert_eq!((saved.status, saved.header("location")), (Status::SeeOther, format!("{page}?saved=profile#profile").as_str()));
        ada.get(&format!("{page}?saved=profile")).await.shows(&["Ana Ruiz", "Saved.", "value=\"5\""]);
        let audit = house.words("SELECT kind || ' ' || data FROM audit ORDER BY id").await;
        assert_eq!(audit, ["person_renamed {}", "role_changed {\"from\":\"rep\",\"to\":\"manager\"}", "limit_changed {\"from\":null,\"to\":5}"]);
        assert_eq!(house.rows("audit WHERE actor_id = (SELECT id FROM people WHERE email = 'ada@example.com')").await, 3);

        fields[1].1 = "rep";
        fields[5].1 = "none";
        let refused = ada.post(&format!("{page}/profile"), &fields).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["value=\"none\"", "id=\"why-limit\" role=\"alert\""]);
    }

    async fn a_form_about_somebody_who_was_changed_meanwhile_is_refused_and_says_what_is_new(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let page = page_of(house, ANA).await;
        let fields = [
            ("field[was_name]", "Ana"), ("field[was_role]", "rep"), ("field[was_limit]", ""),
            ("field[name]", "Ana R."), ("field[role]", "rep"), ("field[limit]", "9"),
        ];
        house.applies("[[person]]\nemail = \"ana@example.com\"\nrole = \"manager\"\nlimit = 3\n").await;
        let refused = ada.post(&format!("{page}/profile"), &fields).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["the role is now manager, and the limit is now 3", "value=\"Ana R.\"", "value=\"9\""]);
        assert_eq!(house.words("SELECT name FROM people WHERE email = 'ana@example.com'").await, ["Ana"]);
        // The page that came back is about her as she is now.
        let now = [("field[was_name]", "Ana"), ("field[was_role]", &refused.field("field[was_role]")), ("field[was_limit]", &refused.field("field[was_limit]")), fields[3], fields[4], fields[5]];
        assert_eq!(ada.post(&format!("{page}/profile"), &now).await.status, Status::SeeOther);
        assert_eq!(house.words("SELECT name || role FROM people WHERE email = 'ana@example.com'").await, ["Ana R.rep"]);
        let lines = ada.post(&format!("{page}/lines"), &[("field[was]", "7")]).await;
        lines.shows(&["the lines are others"]);
        let schedule = [("field[was]", "{\"zone\":\"UTC\",\"mon\":\"09:00-17:00\"}"), ("field[when]", "always")];
        ada.post(&format!("{page}/schedule"), &schedule).await.shows(&["the schedule is another"]);
        ada.post(&format!("{page}/schedule"), &[("field[was]", "nonsense"), ("field[when]", "always")]).await
            .shows(&["did not say what it was about"]);
    }

    async fn leaving_a_line_gives_its_customers_to_others_and_joining_brings_those_who_wait(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        house.takes_duty(ADA, BO, Duty::Away).await;
        house.customer(34).texts("anybody?").await;
        assert_eq!(house.pinned().await, ANA);
        let (page, line) = (page_of(house, ANA).await, house.number("SELECT id FROM lines").await.to_string());
        assert_eq!(ada.post(&format!("{page}/lines"), &[("field[was]", &line)]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_eq!(house.pinned().await, "", "nobody else can take them");
        let joined = format!("field[line-{line}]");
        assert_eq!(ada.post(&format!("{page}/lines"), &[("field[was]", ""), (&joined, "on")]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_eq!(house.pinned().await, ANA);
        assert_eq!(house.words("SELECT kind FROM audit WHERE kind <> 'duty_set' ORDER BY id").await, ["line_left", "line_joined"]);
        let unknown = ada.post(&format!("{page}/lines"), &[("field[was]", &line), ("field[line-7]", "on")]).await;
        assert_eq!(unknown.status, Status::NotFound);
        assert_eq!(house.pinned().await, ANA, "and nothing of it was done");
    }

    async fn a_schedule_is_saved_and_refused_beside_the_field(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let page = page_of(house, ANA).await;
        let week = [("field[was]", ""), ("field[when]", "week"), ("field[zone]", "Europe/Berlin"), ("field[mon]", "8:00-16:00")];
        assert_eq!(ada.post(&format!("{page}/schedule"), &week).await.status, Status::SeeOther);
        let shown = ada.get(&page).await;
        shown.shows(&["value=\"08:00-16:00\"", "value=\"Europe/Berlin\""]);
        let was = house.words("SELECT schedule FROM people WHERE email = 'ana@example.com'").await.remove(0);
        let wrong = [("field[was]", was.as_str()), ("field[when]", "week"), ("field[zone]", "Ohio"), ("field[tue]", "nine")];
        let refused = ada.post(&format!("{page}/schedule"), &wrong).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["value=\"nine\"", "id=\"why-tue\" role=\"alert\"", "id=\"why-zone\" role=\"alert\""]);
        // Ana does not work now (it is Friday), so Bo gets the customer.
        house.customer(34).texts("anybody?").await;
        assert_eq!(house.pinned().await, BO);
    }

    async fn a_phone_is_ones_own_once_the_code_that_was_texted_there_is_typed(house: with_ada) {
        let (ada, phone) = (Browser::of(house, ADA).await, "+15055550190");
        let sent = ada.post("/me/code", &[("field[phone]", phone)]).await;
        assert_eq!(sent.header("location"), "/me?saved=phone#phone");
        house.runs_due_work().await;
        assert_eq!(house.phone(phone).received()[0].from, LINE);
        let code = code_on(house, phone);
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
        let stored = house.words("SELECT code_hash FROM phone_codes").await;
        assert!(stored[0].len() == 64, "{stored:?}");
        ada.get("/me").await.shows(&["A code was texted to ••90"]).hides(&[&code]);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = ada.post("/me/phone", &[("field[code]", wrong)]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["That is not the code; 4 tries are left", "id=\"why-code\" role=\"alert\""]);
        let typed = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(ada.post("/me/phone", &[("field[code]", &typed)]).await.status, Status::SeeOther);
        ada.get("/me").await.shows(&[phone, "verified"]);
        ada.post("/me/phone", &[("field[code]", &code)]).await.shows(&["does not count any more"]);
        assert_eq!(house.words("SELECT kind FROM audit ORDER BY id").await, ["phone_code_sent", "phone_changed"]);
        assert_eq!(ada.post("/me/phone/removal", &[]).await.status, Status::SeeOther);
        assert_eq!(house.rows("people WHERE email = 'ada@example.com' AND phone IS NULL").await, 1);
    }

    async fn a_code_counts_for_ten_minutes_and_five_tries_and_there_are_three_an_hour(house: with_ada) {
        let (ada, phone) = (Browser::of(house, ADA).await, "+15055550190");
        let send = async |number: &str| {
            let answer = ada.post("/me/code", &[("field[phone]", number)]).await;
            house.runs_due_work().await;
            answer
        };
        send(phone).await;
        let first = code_on(house, phone);
        house.clock.pass(minutes(10));
        ada.post("/me/phone", &[("field[code]", &first)]).await.shows(&["does not count any more"]);
        send(phone).await;
        let second = code_on(house, phone);
        let wrong = if second == "123456" { "123457" } else { "123456" };
        for left in ["4 tries are", "3 tries are", "2 tries are", "1 try is", "0 tries are"] {
            ada.post("/me/phone", &[("field[code]", wrong)]).await.shows(&[left]);
        }
        ada.post("/me/phone", &[("field[code]", &second)]).await.shows(&["does not count any more"]);
        assert_eq!(send("+15055550191").await.status, Status::SeeOther);
        let refused = send(phone).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["Three codes were sent within the hour: the next one can be in 50 minutes", phone]);
        // Nor can somebody else have that phone texted again and again.
        let miriam = Browser::of(house, "miriam@example.com").await;
        assert_eq!(miriam.post("/me/code", &[("field[phone]", phone)]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_eq!(Browser::of(house, BO).await.post("/me/code", &[("field[phone]", phone)]).await.status, Status::UnprocessableEntity);
        house.clock.pass(hours(1));
        assert_eq!(send(phone).await.status, Status::SeeOther);
        let newest = code_on(house, phone);
        assert_eq!(ada.post("/me/phone", &[("field[code]", &newest)]).await.status, Status::SeeOther);
        assert_eq!(house.rows("people WHERE phone = '+15055550190'").await, 1);
    }

    async fn a_phone_of_ours_or_of_another_gets_no_code(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        for (phone, why) in [
            ("5055550190", "The country code is missing"),
            (LINE, "It is a number of ours"),
            ("+15055550121", "another person"),
        ] {
            let answer = ada.post("/me/code", &[("field[phone]", phone)]).await;
            assert_eq!(answer.status, Status::UnprocessableEntity, "{phone}");
            answer.shows(&[why, "id=\"why-phone\" role=\"alert\""]);
        }
        house.customer(91).texts("hello").await;
        house.blocks(house.conversation().await).await;
        ada.post("/me/code", &[("field[phone]", &house.customer(91).number)])
            .await
            .shows(&["A customer with this phone is blocked"]);
        // Somebody who opted out of the line is texted from a mask, and nobody who blocked all.
        house.customer(90).texts("STOP").await;
        assert_eq!(ada.post("/me/code", &[("field[phone]", &house.customer(90).number)]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_ne!(house.customer(90).received().pop().unwrap().from, LINE);
    }

    async fn a_customers_phone_that_becomes_a_colleagues_is_a_customers_no_more(house: with_ada) {
        let joel = house.customer(34);
        joel.texts("Is the ramp open?").await;
        let ada = Browser::of(house, ADA).await;
        let page = page_of(house, "miriam@example.com").await;
        assert_eq!(ada.post(&format!("{page}/code"), &[("field[phone]", &joel.number)]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        let code = code_on(house, &joel.number);
        assert_eq!(ada.post(&format!("{page}/phone"), &[("field[code]", &code)]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_eq!(house.rows("conversations WHERE closed_at IS NULL").await, 0);
        assert_eq!(house.rows("legs WHERE ended_at IS NULL").await, 0);
        ada.get(&page).await.shows(&[&joel.number]);
    }

    async fn a_reps_threads_move_along_to_the_new_phone(house: with_ada) {
        house.takes_duty(ADA, BO, Duty::Away).await;
        house.customer(34).texts("Is the ramp open?").await;
        let (ana, phone) = (Browser::of(house, ANA).await, "+15055550190");
        ana.post("/me/code", &[("field[phone]", phone)]).await;
        house.runs_due_work().await;
        ana.post("/me/phone", &[("field[code]", &code_on(house, phone))]).await;
        house.customer(34).texts("Hello?").await;
        assert_eq!(house.phone(phone).bodies().pop().unwrap(), "••34, Bait and Tackle:\nHello?");
        house.phone(phone).texts_back("Until six.").await;
        assert_eq!(house.customer(34).bodies(), ["Until six."]);
    }

    async fn a_stop_from_a_phone_shows_and_an_admin_turns_its_texts_on_again(house: with_ada) {
        house.takes_duty(ADA, BO, Duty::Away).await;
        house.customer(34).texts("Is the ramp open?").await;
        house.ana().texts_back("STOP").await;
        let (ada, page) = (Browser::of(house, ADA).await, page_of(house, ANA).await);
        ada.get("/people").await.shows(&["••21, texts are off"]);
        ada.get(&page).await.shows(&["Texts to it are off since"]);
        assert_eq!(ada.post(&format!("{page}/phone/texts"), &[]).await.status, Status::SeeOther);
        ada.get(&page).await.hides(&["Texts to it are off"]);
        assert_eq!(house.words("SELECT kind FROM audit WHERE kind <> 'duty_set'").await, ["phone_unmuted"]);
    }

    async fn the_last_admin_stays_one_and_can_be_disabled_by_nobody(house: with_ada) {
        let ada = Browser::of(house, ADA).await;
        let (page, id) = (page_of(house, ADA).await, house.person(ADA).await);
        let demote = [
            ("field[was_name]", "Ada"), ("field[was_role]", "admin"), ("field[was_limit]", ""),
            ("field[name]", "Ada"), ("field[role]", "rep"), ("field[limit]", ""),
        ];
        let refused = ada.post(&format!("{page}/profile"), &demote).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["This is the last admin", "id=\"why-role\" role=\"alert\""]);
        ada.post(&format!("{page}/disabling"), &[]).await.shows(&["Nobody can disable oneself"]);
        house.applies("[[person]]\nemail = \"eve@example.com\"\nname = \"Eve\"\nrole = \"admin\"\n").await;
        let eve = house.person("eve@example.com").await;
        // Each disables the other at the same moment: one of them stays.
        let both = rocket::futures::future::join(
            switchboard::desk::routing::duty::set_enabled(&house.desk, id, eve, false),
            switchboard::desk::routing::duty::set_enabled(&house.desk, eve, id, false),
        );
        let (one, other) = both.await;
        assert!(one.is_ok() != other.is_ok());
        assert_eq!(house.rows("people WHERE role = 'admin' AND disabled_at IS NULL").await, 1);
    }

    async fn whoever_is_disabled_loses_customers_and_comes_back_with_the_old_password(house: with_ada) {
        let (ada, ana) = (Browser::of(house, ADA).await, Browser::of(house, ANA).await);
        house.takes_duty(ADA, BO, Duty::Away).await;
        house.customer(34).texts("Is the ramp open?").await;
        house.takes_duty(ADA, BO, Duty::On).await;
        let page = page_of(house, ANA).await;
        assert_eq!(ada.post(&format!("{page}/disabling"), &[]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_eq!(house.pinned().await, BO);
        assert_eq!(ana.get("/conversations").await.status, Status::SeeOther);
        ada.get("/people").await.shows(&["disabled"]);
        ada.post(&format!("{page}/link"), &[]).await.shows(&["They are disabled: enable them first"]);
        assert_eq!(ada.post(&format!("{page}/enabling"), &[]).await.status, Status::SeeOther);
        assert_eq!(ana.signs_in(ANA, PASSWORD).await.status, Status::SeeOther);
        assert_eq!(house.words("SELECT kind FROM audit WHERE kind <> 'duty_set' ORDER BY id").await, ["person_disabled", "person_enabled"]);
    }

    async fn everybody_changes_their_own_name_and_password_and_nobody_elses(house: with_ada) {
        let (ana, other) = (Browser::of(house, ANA).await, Browser::of(house, ANA).await);
        assert_eq!(ana.post("/me/name", &[("field[name]", "Ana Ruiz")]).await.header("location"), "/me?saved=profile#profile");
        ana.get("/me?saved=profile").await.shows(&["Ana Ruiz", "Saved."]);
        ana.post("/me/name", &[("field[name]", "")]).await.shows(&["id=\"why-name\" role=\"alert\""]);
        let fields = |current, new, again| [("field[current]", current), ("field[password]", new), ("field[again]", again)];
        ana.post("/me/password", &fields("wrong", LONG, LONG)).await.shows(&["That is not your password", "id=\"why-current\""]);
        ana.post("/me/password", &fields(PASSWORD, LONG, "another")).await.shows(&["id=\"why-again\""]).hides(&[LONG]);
        assert_eq!(other.get("/me").await.status, Status::Ok);
        let done = ana.post("/me/password", &fields(PASSWORD, LONG, LONG)).await;
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, "/me?saved=password#password"));
        assert_eq!(ana.get("/me").await.status, Status::Ok, "this browser stays");
        assert_eq!(other.get("/me").await.status, Status::SeeOther, "the others are out");
        assert_eq!(ana.signs_in(ANA, LONG).await.status, Status::SeeOther);
        let bo = house.person(BO).await;
        let by = house.person(ANA).await;
        assert!(desk_people::send_code(&house.desk, by, bo, "+15055550190").await.is_err());
        assert!(desk_people::remove(&house.desk, by, bo).await.is_err());
        assert_eq!(house.bo().received().len(), 0);
    }

    async fn whoever_came_in_by_a_link_sets_a_first_password_without_one(house: with_ada) {
        let token = house.desk.chance.token::<32>();
        switchboard::desk::people::sessions::make_link(&house.desk.store, &token, ANA, house.clock.now()).await.unwrap();
        let ana = Browser::at(house).await;
        assert_eq!(ana.post(&format!("/link/{token}"), &[]).await.status, Status::SeeOther);
        ana.get("/me").await.hides(&["field[current]"]);
        let fields = [("field[password]", LONG), ("field[again]", LONG)];
        assert_eq!(ana.post("/me/password", &fields).await.status, Status::SeeOther);
        assert_eq!(Browser::at(house).await.signs_in(ANA, LONG).await.status, Status::SeeOther);
    }
}
