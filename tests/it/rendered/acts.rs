//! What people do in a house until every page of it is full: names in six scripts, long ones, and characters that have to
//! be escaped, wherever somebody may write.

use std::time::Duration;

use serde_json::json;
use switchboard::clock::{days, hours, minutes};
use switchboard::desk::replies::plan;
use switchboard::desk::replies::reply::Reply;
use switchboard::domain::money::Cents;
use switchboard::domain::people::person::Duty;
use switchboard::simulator::{Fault, Inbound, Kind, Media};

use crate::api::Program;
use crate::api::pairs::{FISHER, mask_of, wish};
use crate::api::receiver::Receiver;
use crate::house::{House, LINE, Plan, mask};
use crate::search::catches_up;
use crate::web::browser::Browser;

pub const ADA: &str = "ada@example.com";
pub const ANA: &str = "ana@example.com";
pub const BO: &str = "bo@example.com";
pub const MIRIAM: &str = "miriam@example.com";

/// Characters that have to be escaped, one that cannot be seen, and one that turns the direction.
pub const SCRIPT: &str = "<script>alert(\"1\")</script> & 'more' \u{200b}\u{202e}";
/// In a script each.
pub const NAMES: [&str; 6] = ["Ἑλένη Παπαδοπούλου", "فاطمة الزهراء", "שרה לוי", "अनन्या शर्मा", "林小明", "Юрий Щёголев"];
/// As long as a name may be.
pub const LONG_NAME: &str = "Иннокентий-Вениамин Рождественский-Преображенский фон Мюнхау";
pub const LINE_NAME: &str = "Bait & \"Tackle\" <i>釣具</i>";
/// A second line.
const OTHER_LINE: &str = "+12075550100";

/// A house in which nobody has ever been.
pub fn nobody(plan: &mut Plan) {
    plan.setup = String::new();
    plan.masks = 0;
}

/// Everybody's name is in another script, and so is the line's.
pub fn six_scripts(plan: &mut Plan) {
    let person = |email: &str, name: &str, role: &str, more: &str| {
        format!("[[person]]\nemail = \"{email}\"\nname = '''{name}'''\nrole = \"{role}\"\n{more}\n")
    };
    let ada = "Ada \"the\" <b>first</b> & 'last'";
    plan.setup = [
        format!("[[line]]\nnumber = \"{LINE}\"\nname = '''{LINE_NAME}'''\nmembers = [\"{ANA}\", \"{BO}\"]\n"),
        format!("[[line]]\nnumber = \"{OTHER_LINE}\"\nname = '''{}'''\nmembers = [\"{ANA}\"]\n", NAMES[3]),
        person(ANA, NAMES[0], "rep", "phone = \"+15055550121\"\nlimit = 40"),
        person(BO, NAMES[1], "rep", "phone = \"+15055550122\"\nduty = \"away\""),
        person("dee@example.com", LONG_NAME, "rep", "schedule = { zone = \"UTC\", fri = \"07:00-17:00\" }"),
        person(MIRIAM, NAMES[2], "manager", ""),
        person(ADA, ada, "admin", ""),
    ]
    .concat();
    plan.policies.pool.monthly_budget = Some(Cents(5_000));
    plan.expects_silence();
}

/// What [`fill`] has made, for addresses and forms.
pub struct Things {
    /// A conversation in which nearly everything has happened, and its customer's second one.
    pub joel: i64,
    pub blocked: i64,
    pub opted_out: i64,
    pub flagged: i64,
    pub snoozed: i64,
    pub closed: i64,
    pub unassigned: i64,
    pub pair: i64,
    pub ended_pair: i64,
    pub doubt: i64,
    pub ended: i64,
    pub refused_by_carrier: i64,
    pub out_by_staff: i64,
    pub blocked_by_manager: i64,
    pub started: i64,
}

/// A customer's text, in the conversation that it opened or went to.
async fn writes(house: &House, customer: u32, body: &str) -> i64 {
    house.customer(customer).texts(body).await;
    house.conversation().await.0
}

/// Sends a form; fails if it is refused.
pub async fn does(browser: &Browser, path: &str, fields: &[(&str, &str)]) {
    let answer = browser.post(path, fields).await;
    assert!([200, 204, 303].contains(&answer.status.code), "{path} {fields:?}: {answer:?}");
    assert!(!answer.header("location").starts_with("/sign-in"), "{path}: nobody is signed in");
}

/// Replies in a conversation, at once or later.
async fn replies(browser: &Browser, id: i64, body: &str, later: Option<&str>) {
    let key = browser.get(&format!("/conversations/{id}")).await.field("form_key");
    let mut fields = vec![("body", body), ("form_key", key.as_str())];
    fields.extend(later.map(|later| ("time.later", later)));
    does(browser, &format!("/conversations/{id}/replies"), &fields).await;
}

async fn notes(browser: &Browser, id: i64, body: &str) {
    does(browser, &format!("/conversations/{id}/notes"), &[("body", body), ("form_key", body)]).await;
}

async fn names(browser: &Browser, id: i64, fields: &[(&str, &str)]) {
    let seen = browser.get(&format!("/conversations/{id}")).await.card_seen();
    does(browser, &format!("/conversations/{id}/contact"), &[fields, &[("seen", &seen)]].concat()).await;
}

/// Labels, canned replies, people, orders.
async fn furnish(house: &House, ada: &Browser) {
    for name in ["<em>deposit</em> & \"more\"", NAMES[4], "refund"] {
        does(ada, "/labels", &[("name", name)]).await;
    }
    for (owner, shortcut) in [("company", "hours"), ("mine", "ramp")] {
        let body = format!("{{customer}}, {{line}}: {SCRIPT}");
        does(ada, "/canned", &[("owner", owner), ("shortcut", shortcut), ("body", &body)]).await;
    }
    does(ada, "/searches", &[("name", SCRIPT), ("query", "q=ramp")]).await;
    does(ada, "/pool/orders", &[("count", "1"), ("country", "US")]).await;
    let eve = [("field[email]", "eve@example.com"), ("field[name]", "Eve <i>\"&\"</i>"), ("field[role]", "rep")];
    ada.post("/people", &eve).await;
    let eve = house.person("eve@example.com").await;
    let line = house.number("SELECT MAX(id) FROM lines").await;
    does(ada, &format!("/people/{eve}/lines"), &[("field[was]", ""), (&format!("field[line-{line}]"), "on")]).await;
    let fay = [("field[email]", "fay@example.com"), ("field[name]", "Fay"), ("field[role]", "rep")];
    ada.post("/people", &fay).await;
    let fay = house.person("fay@example.com").await;
    does(ada, &format!("/people/{fay}/disabling"), &[]).await;
}

/// What can be in a timeline: texts both ways, notes, pictures, what did not arrive, what is yet to leave.
async fn talks(house: &House, (ana, miriam): (&Browser, &Browser), joel: i64) {
    let phone = house.customer(34);
    names(
        ana,
        joel,
        &[
            ("name", "Joel <b>\"&\"</b> O'Marsh"),
            ("language", NAMES[3]),
            ("tags", &format!("{}, <i>boats</i>", NAMES[1])),
            ("notes", SCRIPT),
        ],
    )
    .await;
    phone.texts("").await;
    let media = |kind: &str| Media { url: "https://api.twilio.com/x".to_owned(), content_type: kind.to_owned() };
    let pictures = vec![media("image/png"), media("text/<b>vcard")];
    let from = phone.number.clone();
    house.simulator.send(Inbound { from, to: LINE.to_owned(), media: pictures, ..Inbound::default() }).await;
    house.runs_due_work().await;
    house.ana().texts_back(&format!("Open until six. {}", NAMES[2])).await;
    house.clock.pass(minutes(3));
    notes(ana, joel, &format!("@{} knows <b>them</b> & more", NAMES[2])).await;
    replies(miriam, joel, &format!("From the web: {SCRIPT}"), None).await;
    house.runs_due_work().await;
    house.simulator.fault(Fault::new(Kind::Undelivered).to(&phone.number).times(1));
    replies(ana, joel, "This one does not arrive.", None).await;
    house.runs_due_work().await;
    for label in house.words("SELECT CAST(id AS TEXT) FROM labels ORDER BY id").await.iter().take(2) {
        does(ana, &format!("/conversations/{joel}/labels"), &[("label", label)]).await;
    }
    for (given, why) in [("no", SCRIPT), ("yes", "rang again")] {
        does(miriam, &format!("/conversations/{joel}/consent"), &[("given", given), ("evidence", why)]).await;
    }
    let other = writes(house, 71, &format!("It is me, {LONG_NAME}")).await;
    does(ana, &format!("/conversations/{joel}/merge"), &[("with", &format!("#{other}"))]).await;
    does(ana, &format!("/conversations/{joel}/draft"), &[("body", SCRIPT)]).await;
    does(miriam, &format!("/conversations/{joel}/presence"), &[("sign", "looking")]).await;
    replies(ana, joel, &format!("Tomorrow: {}", NAMES[5]), Some("tomorrow")).await;
}

/// Conversations in every other state.
async fn others(house: &House, (ana, miriam): (&Browser, &Browser)) -> [i64; 10] {
    let at = |id: i64, act: &str| format!("/conversations/{id}/{act}");
    let blocked = writes(house, 35, NAMES[0]).await;
    does(ana, &at(blocked, "draft"), &[("body", SCRIPT)]).await;
    does(ana, &at(blocked, "block"), &[("reason", SCRIPT)]).await;
    house.customer(35).texts("You again").await;
    let opted_out = writes(house, 36, NAMES[1]).await;
    house.customer(36).texts("STOP").await;
    let flagged = writes(house, 37, "please stop texting me").await;
    let snoozed = writes(house, 38, NAMES[3]).await;
    does(ana, &at(snoozed, "snooze"), &[("until", "next_week")]).await;
    let closed = writes(house, 39, NAMES[4]).await;
    notes(miriam, closed, "Nothing to <do>").await;
    does(ana, &at(closed, "closure"), &[("note", SCRIPT)]).await;
    writes(house, 40, &"W".repeat(400)).await;
    let refused = writes(house, 43, "Do you hear me?").await;
    house.simulator.fault(Fault::new(Kind::Refusal).code(21610).to(&house.customer(43).number).times(1));
    replies(ana, refused, "Loud and clear.", None).await;
    house.runs_due_work().await;
    let out = writes(house, 44, NAMES[2]).await;
    does(miriam, &at(out, "consent"), &[("given", "no"), ("evidence", SCRIPT)]).await;
    let by_manager = writes(house, 45, NAMES[5]).await;
    does(miriam, &at(by_manager, "block"), &[("reason", SCRIPT)]).await;
    house.customer(60).texts_to(&mask(20), SCRIPT).await;
    for twin in [flagged, snoozed] {
        names(ana, twin, &[("name", "Twin <&>")]).await;
    }
    let other_line = house.number("SELECT MAX(id) FROM lines").await.to_string();
    let key = ana.get("/conversations/new").await.field("form_key");
    let phone = house.customer(34).number;
    let start = [("line", other_line.as_str()), ("phone", &phone), ("name", ""), ("body", ""), ("form_key", &key)];
    does(ana, "/conversations", &start).await;
    let started = house.conversation().await.0;
    let mask = house.number("SELECT MIN(number_id) FROM legs WHERE role = 'rep' AND ended_at IS NULL").await;
    let ada = Browser::of(house, ADA).await;
    does(&ada, &format!("/pool/masks/{mask}/draining"), &[]).await;
    house.takes_duty(MIRIAM, ANA, Duty::Away).await;
    let unassigned = writes(house, 41, &format!("متى تفتحون؟ {SCRIPT}")).await;
    [blocked, opted_out, flagged, snoozed, closed, unassigned, refused, out, by_manager, started]
}

/// Two pairs of a program, one of which has ended; what its endpoint was told.
async fn pairs(house: &House, miriam: &Browser) -> (i64, i64) {
    let shop = Program::called(house, "<b>bait</b> & \"shop\"").await;
    let receiver = Receiver::open().await;
    shop.post("endpoints", &json!({"url": format!("{}?a=1&b=2", receiver.url), "events": ["*"]})).await;
    let (mut ids, mut masks) = (Vec::new(), Vec::new());
    for (reference, name) in [("a-1 <&>", NAMES[0]), ("a-2", "Fisher")] {
        let mut wish = wish(reference);
        wish["parties"][0]["alias"] = json!(name);
        let pair = shop.post("pairs", &wish).await.json();
        let id = pair["id"].as_str().unwrap_or_else(|| panic!("{pair}")).to_owned();
        masks.push(mask_of(&pair, name));
        house.phone(FISHER).texts_to(&masks[masks.len() - 1], SCRIPT).await;
        ids.push(id);
    }
    let page = format!("/conversations/{}", ids[0]);
    let party = miriam.get(&page).await.field("party");
    does(miriam, &format!("{page}/consent"), &[("given", "no"), ("evidence", SCRIPT), ("party", &party)]).await;
    shop.does(&format!("pairs/{}/closure", ids[1])).await;
    house.phone(FISHER).texts_to(&masks[1], &format!("Too late: {SCRIPT}")).await;
    (ids[0].parse().unwrap(), ids[1].parse().unwrap())
}

/// Fills the house; Ana has nearly everybody.
pub async fn fill(house: &House) -> Things {
    let ada = Browser::of(house, ADA).await;
    furnish(house, &ada).await;
    let ended = writes(house, 34, "Is the ramp open?").await;
    let thread = house.ana().threads().pop().unwrap();
    house.closes_one(ANA, ended).await;
    house.pass(days(8)).await;
    house.ana().texts_to(&thread, &format!("Too late: {SCRIPT}")).await;
    let (ana, miriam) = (Browser::of(house, ANA).await, Browser::of(house, MIRIAM).await);
    let stranger = Browser::at(house).await;
    for email in [ANA, "who@example.com"] {
        stranger.signs_in(email, "wrong").await;
    }
    let joel = writes(house, 34, &format!("Is the ramp open? {SCRIPT}")).await;
    talks(house, (&ana, &miriam), joel).await;
    let [
        blocked,
        opted_out,
        flagged,
        snoozed,
        closed,
        unassigned,
        refused_by_carrier,
        out_by_staff,
        blocked_by_manager,
        started,
    ] = others(house, (&ana, &miriam)).await;
    let (pair, ended_pair) = pairs(house, &miriam).await;
    house.simulator.fault(Fault::new(Kind::Error).taken(false).to(&house.customer(40).number).times(1));
    let doubtful = house.number("SELECT MAX(conversation_id) FROM messages WHERE body LIKE 'WWW%'").await;
    replies(&miriam, doubtful, &format!("In doubt: {SCRIPT}"), None).await;
    house.makes_requests().await;
    let doubt = house.number("SELECT MAX(id) FROM deliveries WHERE state = 'unknown'").await;
    catches_up(house).await;
    Things {
        joel,
        blocked,
        opted_out,
        flagged,
        snoozed,
        closed,
        unassigned,
        pair,
        ended_pair,
        doubt,
        ended,
        refused_by_carrier,
        out_by_staff,
        blocked_by_manager,
        started,
    }
}

/// A line that nobody answers, few masks, no money, and a minute to take replies back.
pub fn little(plan: &mut Plan) {
    plan.setup = format!("[[line]]\nnumber = \"{LINE}\"\nname = \"Bait\"\npolicies = {{ show_numbers = true }}\n");
    plan.masks = 3;
    plan.policies.pool.monthly_budget = None;
    plan.policies.inbox.undo_window = minutes(1);
}

/// More texts are held and in doubt than a page has room for.
pub async fn crowd(house: &House) {
    house.simulator.fault(Fault::new(Kind::ReceiptsLost));
    for n in 1..=52 {
        house.customer(n).texts_to(&mask(20), &format!("Held {n}")).await;
        house.customer(n).texts(&format!("Is the ramp open? {n}")).await;
        house.simulator.fault(Fault::new(Kind::Error).taken(true).to(&house.customer(n).number).times(1));
        let reply = Reply {
            by: house.person(MIRIAM).await,
            conversation: house.conversation().await,
            body: format!("In doubt {n}"),
            form_key: None,
        };
        plan::plan(&house.desk, reply.into()).await.unwrap();
        house.makes_requests().await;
        // The line sends as many segments a second as it may.
        house.clock.pass(Duration::from_millis(20));
    }
    for n in 1..=81 {
        house.customer(1).texts(&format!("Still there? {n}")).await;
    }
}

/// The carrier refuses the account, Ana's phone takes no texts, and the search is behind.
pub async fn trouble(house: &House) {
    let joel = house.customer(34);
    joel.texts("Is the ramp open?").await;
    catches_up(house).await;
    let thread = house.ana().threads().pop().unwrap();
    house.ana().texts_to(&thread, "STOP").await;
    house.simulator.fault(Fault::new(Kind::Unauthorized));
    house.replies_on_web(MIRIAM, house.conversation().await, "Open until six").await;
    house.clock.pass(hours(1));
    joel.texts("Are you there?").await;
}
