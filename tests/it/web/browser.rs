//! A browser in somebody's hands: it keeps cookies, says where its requests come from, and posts forms as pages have them.

use std::net::SocketAddr;
use std::sync::OnceLock;

use rocket::http::{ContentType, Header, Method, Status};
use rocket::local::asynchronous::{Client, LocalResponse};

use switchboard::app;
use switchboard::desk::people::sessions;
use switchboard::domain::ids::ConversationId;
use switchboard::hooks::Seal;
use switchboard::secret::Chance;
use switchboard::simulator::Simulator;
use switchboard::wire::twilio::signing_keys::SigningKeys;

use crate::house::{ACCOUNT, House, TOKEN};

/// Everybody's password, once [`Browser::of`] has set it.
pub const PASSWORD: &str = "tide table";

/// A browser.
pub struct Browser {
    pub client: Client,
    /// The `Host` header of its requests.
    pub host: String,
    /// The network address that its requests come from.
    pub address: Option<SocketAddr>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: Status,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// The first header of that name; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    /// Fails unless the page has each of these words, on one line or over the lines of its template.
    pub fn shows(&self, words: &[&str]) -> &Self {
        let joined = joined(&self.body);
        for word in words {
            assert!(self.body.contains(word) || joined.contains(word), "{word} is not in\n{}", self.body);
        }
        self
    }

    /// Fails if the page has any of these words, on one line or over the lines of its template.
    pub fn hides(&self, words: &[&str]) -> &Self {
        let joined = joined(&self.body);
        for word in words {
            assert!(!self.body.contains(word) && !joined.contains(word), "{word} is in\n{}", self.body);
        }
        self
    }

    /// The version that the form of the contact was opened with.
    pub fn card_seen(&self) -> String {
        let (_, form) = self.body.split_once("id=\"edit-contact\"").expect("the page has the form of the contact");
        let (_, rest) = form.split_once("name=\"seen\" value=\"").expect("the form has the field");
        rest.split('"').next().unwrap().to_owned()
    }

    /// The value of the form field of that name.
    pub fn field(&self, name: &str) -> String {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\"")).expect("the form has the field");
        rest.split('"').next().unwrap().to_owned()
    }
}

/// The page with the lines of its templates joined: by nothing beside a tag, and by a space between words.
fn joined(body: &str) -> String {
    let mut joined = String::with_capacity(body.len());
    for line in body.lines().map(str::trim_start) {
        if !joined.is_empty() && !joined.ends_with('>') && !line.starts_with('<') {
            joined.push(' ');
        }
        joined.push_str(line);
    }
    joined
}

/// Gives everybody the same password, hashed once a test run.
pub async fn give_passwords(house: &House) {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| sessions::hash_password(&Chance::seeded(1), PASSWORD).unwrap());
    house.everybody_has_the_password(hash).await;
}

impl Browser {
    /// A browser at the house's own address, signed in by nobody.
    pub async fn at(house: &House) -> Browser {
        Browser::on(house, "http://127.0.0.1:8000", "127.0.0.1:8000").await
    }

    /// A browser that reaches a house published at `public_url` under `host`.
    pub async fn on(house: &House, public_url: &str, host: &str) -> Browser {
        Browser::in_front_of(house, None, public_url, host).await
    }

    /// A browser at a house whose carrier is the simulator, which has its page there, signed in by nobody.
    pub async fn beside_the_simulator(house: &House) -> Browser {
        let simulator = Some(house.simulator.clone());
        Browser::in_front_of(house, simulator, "http://127.0.0.1:8000", "127.0.0.1:8000").await
    }

    async fn in_front_of(house: &House, simulator: Option<Simulator>, public_url: &str, host: &str) -> Browser {
        let rocket = app::build(app::Parts {
            figment: rocket::Config::figment().merge(("log_level", "off")),
            public_url: public_url.to_owned(),
            desk: house.desk.clone(),
            seal: Seal::new(ACCOUNT, SigningKeys::of_token(TOKEN, None)),
            simulator,
        });
        Browser { client: Client::tracked(rocket).await.unwrap(), host: host.to_owned(), address: None }
    }

    /// A browser in which this person has signed in.
    pub async fn of(house: &House, email: &str) -> Browser {
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        let answer = browser.signs_in(email, PASSWORD).await;
        assert_eq!((answer.status, answer.header("location")), (Status::SeeOther, "/conversations"));
        browser
    }

    pub async fn signs_in(&self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        read(self.client.get(path.to_owned()).header(host(&self.host)).dispatch().await).await
    }

    /// Begins to read something that may never end; what stands above it.
    pub async fn opens(&self, path: &str) -> Answer {
        let response = self.client.get(path.to_owned()).header(host(&self.host)).dispatch().await;
        Answer { status: response.status(), headers: headers(&response), body: String::new() }
    }

    /// Asks as our script does when nobody touched the page.
    pub async fn refreshes(&self, path: &str) -> Answer {
        let request = self.client.get(path.to_owned()).header(host(&self.host)).header(Header::new("x-by-itself", "1"));
        read(request.dispatch().await).await
    }

    /// Sends a form of one of our own pages.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Method::Post, path, fields, &[("Sec-Fetch-Site", "same-origin")]).await
    }

    pub async fn send(&self, method: Method, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
        let body: String = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = self.client.req(method, path.to_owned()).header(host(&self.host));
        request.add_header(ContentType::Form);
        if let Some(address) = self.address {
            request = request.remote(address);
        }
        for (name, value) in headers {
            request.add_header(Header::new((*name).to_owned(), (*value).to_owned()));
        }
        read(request.body(body).dispatch().await).await
    }

    /// Writes into the composer of a conversation's page and sends it.
    pub async fn replies(&self, conversation: ConversationId, body: &str) -> Answer {
        let page = self.get(&format!("/conversations/{conversation}")).await;
        let key = page.field("form_key");
        self.post(&format!("/conversations/{conversation}/replies"), &[("body", body), ("form_key", &key)]).await
    }
}

fn host(host: &str) -> Header<'static> {
    Header::new("Host", host.to_owned())
}

async fn read(response: LocalResponse<'_>) -> Answer {
    let (status, headers) = (response.status(), headers(&response));
    Answer { status, headers, body: response.into_string().await.unwrap_or_default() }
}

fn headers(response: &LocalResponse<'_>) -> Vec<(String, String)> {
    response.headers().iter().map(|header| (header.name().to_string(), header.value().to_owned())).collect()
}
