//! What the log says, read after the whole house has been driven: the real program, at its most talkative.

use std::time::Duration;

use base64::Engine as _;
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE, USER_AGENT};
use reqwest::{Client, Response};

use switchboard::simulator::{Fault, Kind};

use crate::databases::{self, Fresh};
use crate::processes::traffic::Traffic;
use crate::processes::witness::{ACCOUNT, TOKEN};
use crate::processes::{LINE, World, until};

const PASSWORD: &str = "four-quiet-tide-tables";
/// What would be a line of its own in a log that let it.
const FORGED: &str = "x\r\n2026-11-22T10:00:00.000000Z ERROR switchboard: forged entry\u{1b}[2J";

/// A browser of few words.
struct Visitor {
    client: Client,
    origin: String,
    cookie: String,
}

impl Visitor {
    fn of(world: &World) -> Visitor {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Visitor { client, origin: format!("http://127.0.0.1:{}", world.port), cookie: String::new() }
    }

    async fn get(&self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.origin)).header(COOKIE, &self.cookie);
        request.header(USER_AGENT, "a browser").send().await.unwrap()
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(format!("{}{path}", self.origin)).header(COOKIE, &self.cookie);
        let request = request.header(ORIGIN, &self.origin).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = request.body(body).send().await.unwrap();
        if let Some(cookie) = answer.headers().get(SET_COOKIE) {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        answer
    }
}

/// Drives everything that handles a number, a body or a secret, and returns what must not be in the log.
async fn drive(world: &mut World) -> Vec<String> {
    let mut secrets: Vec<String> =
        [PASSWORD, "Dee-Marsh", "dee@example.com", "+15055550177", "hush-hush"].map(str::to_owned).into();
    let mut visitor = Visitor::of(world);
    // The first run, from the link on the console.
    let setup = until("the link is printed", async || {
        let log = world.logged();
        let (_, rest) = log.split_once("/setup/")?;
        Some(rest.split_whitespace().next()?.to_owned())
    })
    .await;
    let fields = [
        ("field[name]", "Dee-Marsh"),
        ("field[email]", "dee@example.com"),
        ("field[password]", PASSWORD),
        ("field[again]", PASSWORD),
        ("field[number]", LINE),
        ("field[line]", "Bait"),
    ];
    assert_eq!(visitor.post(&format!("/setup/{setup}"), &fields).await.status(), 303);
    // The rest of the set-up, then texts both ways, and what goes wrong at the carrier.
    world.applies().await;
    let sides = world.acquaint(3).await;
    world.witness.fault(Fault::new(Kind::Refusal).code(30006).chance(0.2).times(5)).await;
    world.witness.fault(Fault::new(Kind::Error).chance(0.2).times(5)).await;
    Traffic::of(&world.witness, sides.clone(), 4).ends().await;
    world.settles().await;
    secrets.extend(world.words("SELECT DISTINCT phone FROM customers").await);
    secrets.extend(world.words("SELECT DISTINCT phone FROM people WHERE phone IS NOT NULL").await);
    secrets.extend(world.words("SELECT DISTINCT number FROM numbers").await);
    secrets.extend(world.words("SELECT DISTINCT body FROM messages WHERE LENGTH(body) > 5").await);
    secrets.extend(world.words("SELECT DISTINCT secret FROM attempts").await);
    // Pages and forms, good and bad.
    let token = visitor.cookie.split('=').nth(1).unwrap().to_owned();
    for (path, status) in [
        ("/conversations", 200),
        ("/people", 200),
        ("/me", 200),
        ("/held?before=hush-hush", 200),
        ("/nowhere/hush-hush", 404),
        ("/conversations?view=%0d%0aforged+entry", 200),
    ] {
        assert_eq!(visitor.get(path).await.status(), status, "{path}");
    }
    for fields in [[("email", "dee@example.com"), ("password", "hush-hush")], [("email", FORGED), ("password", FORGED)]]
    {
        assert_eq!(visitor.post("/sign-in", &fields).await.status(), 401);
    }
    for (path, field, typed, status) in [
        ("/me/code", "field[phone]", "+15055550177", 303),
        ("/me/code", "field[phone]", FORGED, 422),
        ("/me/phone", "field[code]", "123456", 422),
    ] {
        assert_eq!(visitor.post(path, &[(field, typed)]).await.status(), status, "{path} {typed}");
    }
    let invited = visitor
        .post("/people", &[("field[email]", "eve@example.com"), ("field[name]", "Eve"), ("field[role]", "rep")])
        .await;
    let page = invited.text().await.unwrap();
    let link = page.split("/link/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let name = [("field[name]", FORGED), ("field[password]", PASSWORD), ("field[again]", PASSWORD)];
    assert_eq!(visitor.get(&format!("/link/{link}")).await.status(), 200);
    assert_eq!(visitor.post(&format!("/link/{link}"), &name).await.status(), 422);
    let strange = [("field[email]", FORGED), ("field[name]", FORGED), ("field[role]", FORGED)];
    assert_eq!(visitor.post("/people", &strange).await.status(), 422);
    let conversation = world.number("SELECT MAX(id) FROM conversations").await;
    for (path, body) in [("notes", FORGED), ("replies", "hush-hush")] {
        let answer = visitor.post(&format!("/conversations/{conversation}/{path}"), &[("body", body)]).await;
        assert_eq!(answer.status(), 303, "{path}");
    }
    let gone = visitor.post("/sign-out", &[]).await;
    assert!(gone.status() == 303 && gone.headers().contains_key(LOCATION));
    // A webhook that nobody signed, and one that was signed and says strange things.
    let unsigned = [("From", "+15055550177"), ("Body", FORGED)];
    assert_eq!(visitor.post("/hooks/twilio/messages", &unsigned).await.status(), 403);
    world.witness.texted("+15055550177", LINE, FORGED, "SMforged").await;
    world.settles().await;
    // What is shown to nobody, and what of it the database keeps.
    secrets.extend(world.words("SELECT password_hash FROM people WHERE password_hash IS NOT NULL").await);
    secrets.extend(world.words("SELECT token_hash FROM sessions").await);
    secrets.extend(world.words("SELECT token_hash FROM links").await);
    secrets.extend(world.words("SELECT body FROM deliveries WHERE to_phone = '+15055550177'").await);
    secrets.push(base64::engine::general_purpose::STANDARD.encode(format!("{ACCOUNT}:{TOKEN}")));
    secrets.extend([setup, token, link]);
    secrets
}

async fn the_log_keeps_secrets(database: Fresh) {
    let mut world = World::bare(database).await;
    world.set("SWITCHBOARD_LOG", "switchboard=trace,info");
    world.begins().await;
    let secrets = drive(&mut world).await;
    world.server.as_ref().unwrap().signal("TERM");
    world.ends().await;
    let log = world.logged();
    // What the program says on standard output is for whoever started it: the link of the first run is meant to be there.
    let (console, entries): (Vec<&str>, Vec<&str>) = log.lines().partition(|line| {
        ["Switchboard ", "Set it up ", "   ", "+ ", "- ", "~ ", "There is no"]
            .iter()
            .any(|start| line.starts_with(start))
            || line.ends_with(" changes")
    });
    assert!(entries.len() > 100, "only {} entries: was anything logged?\n{log}", entries.len());
    assert!(console.len() < 60, "{console:#?}");
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let told = entries.iter().find(|entry| entry.contains(secret.as_str()));
        assert!(told.is_none(), "{secret} is in the log: {told:?}");
    }
    for entry in &entries {
        let stamped = entry.len() > 20 && entry.as_bytes()[4] == b'-' && entry.as_bytes()[10] == b'T';
        assert!(stamped && !entry.contains('\u{1b}'), "a line that is no entry of ours: {entry:?}");
    }
    assert!(
        !entries.iter().any(|entry| entry.contains("forged entry")),
        "{:?}",
        entries.iter().find(|entry| entry.contains("forged"))
    );
}

/// Numbers and secrets are never in the log, and CR or LF cannot forge a line of it.
#[tokio::test]
async fn case_30_the_log_has_no_numbers_no_secrets_and_no_forged_lines_on_sqlite() {
    the_log_keeps_secrets(databases::sqlite()).await;
}

/// As on SQLite.
#[tokio::test]
async fn case_30_the_log_has_no_numbers_no_secrets_and_no_forged_lines_on_postgres() {
    the_log_keeps_secrets(databases::postgres().await).await;
}
