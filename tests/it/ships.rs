//! What people get, driven as they would: contacts are taken out between two phones, and a kill loses nothing. `scripts/test
//! ships` runs these, the walk-through of the API, the commands and the tour against the release binary.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::databases::{self, Fresh};
use crate::floors;
use crate::processes::binary;
use crate::processes::traffic::Traffic;
use crate::processes::{World, until};

const FISHER: &str = "+15055550161";
const HELPER: &str = "+15055550162";

/// A kill point kills the program that was built for tests, and nothing else: so a run against another one is seen.
#[tokio::test]
async fn the_program_that_is_run_is_the_one_that_was_named() {
    let mut world = World::new(databases::sqlite()).await;
    let point = [("FAULT_KILL_AT", "after_join:1")];
    if binary::is_named() {
        world.serves(&point).await;
        world.dies();
    } else {
        world.server = Some(world.start(&["serve"], world.port, &point));
        assert!(!world.ends().await.success(), "it has no kill points");
    }
}

/// No test runs the program but by the one name for it.
#[test]
fn nothing_else_names_the_program() {
    let names_it = |(path, text): (String, String)| text.contains(concat!("CARGO_BIN_EXE", "_")).then_some(path);
    let found: Vec<String> = floors::files("tests/it", &[".rs"]).into_iter().filter_map(names_it).collect();
    assert_eq!(found, ["tests/it/processes/binary.rs"]);
}

/// Asks the API of a served world.
async fn asks(world: &World, token: &str, path: &str, body: &Value) -> Value {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap();
    let request = client.post(format!("http://127.0.0.1:{}/api/v1{path}", world.port));
    let request = request.header(AUTHORIZATION, format!("Bearer {token}")).header(CONTENT_TYPE, "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

/// The mask behind which a party of the pair writes to the others.
fn mask(pair: &Value, alias: &str) -> String {
    let parties = pair["parties"].as_array().unwrap();
    let party = parties.iter().find(|party| party["alias"] == alias).unwrap();
    party["mask"].as_str().unwrap().to_owned()
}

/// Two people, joined by a program with contacts hidden, text each other over the carrier.
async fn contacts_are_taken_out(database: Fresh) {
    let world = World::open(database).await;
    let token = world.says(&["token", "boats", "--scopes", "pairs:write"]);
    let opened = json!({
        "reference": "bait-77", "redact": true, "expiry": { "kind": "after_completion" },
        "parties": [{ "phone": FISHER, "alias": "Fisher" }, { "phone": HELPER, "alias": "Helper" }],
    });
    let pair = asks(&world, token.trim(), "/pairs", &opened).await;
    let mask = mask(&pair, "Fisher");
    let texts = [
        ("mail bob@example.com or https://example.com or 505 555 0199", "mail [removed] or [removed] or [removed]"),
        ("HTTPS://Example.COM, t.me/abc, bob at gmail dot com", "[removed] [removed] [removed]"),
        ("five o five, five five five, oh one three one", "[removed]"),
        ("5o5 555 o131 and 505 then 555 then 0131", "[removed] and [removed]"),
        ("៥០៥ ៥៥៥ ០១៣១ @joe_b", "[removed] [removed]"),
        (
            "One of the two boats, on 2026-11-22 at 10:30 for $1,250",
            "One of the two boats, on 2026-11-22 at 10:30 for $1,250",
        ),
    ];
    for (n, (said, shown)) in texts.into_iter().enumerate() {
        let sid = format!("SM{:032x}", 0xa11_ce00 + n);
        let answers = world.witness.texted(FISHER, &mask, said, &sid).await.unwrap();
        assert!(answers.iter().flatten().any(|status| *status < 300), "{said}: {answers:?}");
        let came = until("the text arrives", async || {
            let texts = world.witness.texts(0).await?;
            texts.into_iter().filter(|text| text.outbound && text.to == HELPER).nth(n)
        })
        .await;
        assert_eq!(came.body, shown, "{said}");
    }
}

/// People text both ways, and the server is killed and started again four times meanwhile.
async fn a_kill_loses_nothing(database: Fresh) {
    let mut world = World::open(database).await;
    let sides = world.acquaint(4).await;
    let traffic = Traffic::flows(&world.witness, sides);
    for _ in 0..4 {
        let wanted = world.witness.taken().await + 20;
        until("texts are taken in", async || (world.witness.taken().await >= wanted).then_some(())).await;
        world.dies();
        world.serves(&[]).await;
    }
    let said = traffic.stops().await;
    assert!(said.iter().map(|said| said.last).sum::<u32>() >= 80);
    world.proves(&said).await;
}

mod contacts {
    #[tokio::test]
    async fn on_sqlite() {
        super::contacts_are_taken_out(super::databases::sqlite()).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::contacts_are_taken_out(super::databases::postgres().await).await;
    }
}

mod kill {
    #[tokio::test]
    async fn on_sqlite() {
        super::a_kill_loses_nothing(super::databases::sqlite()).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        super::a_kill_loses_nothing(super::databases::postgres().await).await;
    }
}
