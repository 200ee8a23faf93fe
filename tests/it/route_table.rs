//! Who gets what from which address: every mounted route, asked by everybody, held against `docs/ROUTES.md`.
//! A new route without a row fails; `ROUTES=write` writes the table anew, so that the change is seen where it is reviewed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use rocket::http::{ContentType, Cookie, Header, MediaType, Method, Status};
use rocket::local::asynchronous::Client;

use switchboard::app;
use switchboard::hooks::Seal;
use switchboard::secret::{Chance, hash_token};
use switchboard::simulator::{Settings, Simulator};
use switchboard::wire::twilio::signing_keys::SigningKeys;

use crate::addresses::{self, Examples};
use crate::databases;
use crate::house::plan::with_ada;
use crate::house::{ACCOUNT, House, Plan, TOKEN};

/// Who asks, in the order in which it is asked: whoever may do nothing comes first.
const WHO: [(&str, Option<&str>); 5] = [
    ("nobody", None),
    ("another rep", Some("bo@example.com")),
    ("rep", Some("ana@example.com")),
    ("manager", Some("miriam@example.com")),
    ("admin", Some("ada@example.com")),
];

/// Addresses at which there is nothing for anybody without something that only its holder knows, and those of the
/// simulator, which is never mounted beside a real carrier.
const SECRET: [&str; 3] = ["/link/<token>", "/setup/<token>", "/simulator/"];

const HEADER: &str = "\
# Routes

Every route of the program, with its answer to each kind of reader: nobody who is signed in, a rep who has nothing to do
with the matter, the rep whose conversation, held text, line or page it is, a manager, and an admin. The test sends each
form empty, from a page of the program, so 422 means that the handler was reached and read the form. It sends hooks
without a signature.

- `sign in`: the answer leads to the sign-in page
- `404`: there is no such thing, or not for this reader; the answer does not say which
- `303`: done, and the answer leads to another page
- any other number: that status

`tests/it/route_table.rs` asks every route and compares the answers with this table. It fails where a route has no row.
To write the table anew after a change, and then read what has changed:

```sh
ROUTES=write cargo test --features faults --test it -- route_table::
git diff docs/ROUTES.md
```

An address with a parameter needs an example that the rep owns: `EXAMPLES` in `tests/it/addresses.rs`. The test fails
where a route answers 404 to everybody, because its row would say nothing; the exceptions are one-time links and the
simulator.

";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ROUTES.md")
}

/// A house in which every example exists and is Ana's; Ada is the admin.
async fn furnished() -> (House, Examples) {
    let house = House::with(databases::sqlite(), Plan::default().but(with_ada)).await;
    let examples = addresses::furnish(&house, "ana@example.com").await;
    (house, examples)
}

pub async fn doors(house: &House) -> Client {
    let mut settings = Settings::new(ACCOUNT, TOKEN);
    settings.clock = house.clock.clone();
    settings.chance = Chance::seeded(3);
    settings.by_hand = true;
    let rocket = app::build(app::Parts {
        figment: rocket::Config::figment().merge(("log_level", "off")),
        public_url: "http://127.0.0.1:8000".to_owned(),
        desk: house.desk.clone(),
        seal: Seal::new(ACCOUNT, SigningKeys::of_token(TOKEN, None)),
        simulator: Some(Simulator::new(settings).unwrap()),
    });
    Client::untracked(rocket).await.unwrap()
}

/// A session of its own for each request, so that a row does not depend on the one before it.
async fn signs_in(house: &House, email: &str) -> String {
    let token = house.desk.chance.token::<32>();
    house.has_a_session(email, &hash_token(&token)).await;
    token
}

async fn ask(
    client: &Client,
    (method, format): (Method, Option<&MediaType>),
    path: &str,
    session: Option<String>,
) -> String {
    let mut request = client.req(method, path.to_owned()).header(Header::new("Host", "127.0.0.1:8000"));
    if let Some(token) = session {
        request = request.cookie(Cookie::new("__Host-switchboard", token));
    }
    if !matches!(method, Method::Get | Method::Head) {
        request.add_header(Header::new("Origin", "http://127.0.0.1:8000"));
        request.add_header(format.map_or(ContentType::Form, |format| ContentType(format.clone())));
    }
    let response = request.dispatch().await;
    let to = response.headers().get_one("location").unwrap_or_default();
    match response.status() {
        Status::SeeOther if to.starts_with("/sign-in?") || (to == "/sign-in" && path != "/sign-out") => {
            "sign in".to_owned()
        }
        status => status.code.to_string(),
    }
}

/// A row for each route, by address and method.
async fn rows() -> Vec<String> {
    let mut routes = BTreeMap::new();
    {
        let (house, _) = furnished().await;
        for route in doors(&house).await.rocket().routes() {
            routes.insert((route.uri.to_string(), route.method.to_string(), route.rank), route.format.clone());
        }
        house.is_left_tidy();
    }
    let mut rows = Vec::new();
    let mut fresh = None;
    for ((address, method, rank), format) in routes {
        let verb: Method = method.parse().unwrap();
        let mut row = format!("| `{method}` | `{address}` | {rank} |");
        let mut found = false;
        for (_, email) in WHO {
            // What one request does must not be seen by the next: whatever was done, was done to a house of its own.
            let (house, examples, client) = if let Some(untouched) = fresh.take() {
                untouched
            } else {
                let (house, examples) = furnished().await;
                let client = doors(&house).await;
                (house, examples, client)
            };
            let session = match email {
                Some(email) => Some(signs_in(&house, email).await),
                None => None,
            };
            let path = examples.fill(&address);
            let answer = ask(&client, (verb, format.as_ref()), &path, session).await;
            found |= answer != "404" && answer != "sign in";
            let did = verb != Method::Get && ["200", "201", "204", "303"].contains(&answer.as_str());
            write!(row, " {answer} |").unwrap();
            house.runs_due_work().await;
            if !did {
                fresh = Some((house, examples, client));
            }
        }
        let secret = SECRET.iter().any(|start| address.starts_with(start));
        assert!(found || secret, "nobody finds {address}: give it an example in tests/it/addresses.rs\n{row}");
        rows.push(row);
    }
    rows
}

#[tokio::test]
async fn every_route_answers_everybody_as_the_checked_in_table_says() {
    let rows = rows().await;
    let mut table = HEADER.to_owned();
    let columns: Vec<&str> = WHO.iter().map(|(who, _)| *who).collect();
    writeln!(table, "| method | address | rank | {} |", columns.join(" | ")).unwrap();
    writeln!(table, "| --- | --- | --- |{}", " --- |".repeat(WHO.len())).unwrap();
    for row in &rows {
        writeln!(table, "{row}").unwrap();
    }
    if std::env::var("ROUTES").is_ok_and(|routes| routes == "write") {
        std::fs::write(page(), &table).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(page()).unwrap_or_default();
    let has = |page: &str, row: &str| page.lines().any(|line| line == row);
    let new: Vec<&String> = rows.iter().filter(|row| !has(&kept, row)).collect();
    let gone: Vec<&str> =
        kept.lines().filter(|line| line.starts_with("| `") && !rows.iter().any(|row| row == line)).collect();
    assert!(
        kept == table,
        "docs/ROUTES.md is not what the program does; see there how it is written anew.\nnow: {new:#?}\nthere: {gone:#?}"
    );
}
