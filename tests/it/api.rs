//! The API of integrators' programs: who is let in, what is refused and how, and what is told to whom.

mod apart;
mod asked;
mod endpoints;
mod events;
mod once;
pub mod pairs;
mod problems;
pub mod receiver;
mod rights;
mod tokens;
mod told;
mod upgrade;
mod walk;

use rocket::http::{ContentType, Header, Method};
use rocket::local::asynchronous::Client;
use serde_json::Value;

use switchboard::app;
use switchboard::desk::programs::tokens as desk_tokens;
use switchboard::domain::programs::scope::{Scope, Scopes};
use switchboard::hooks::Seal;
use switchboard::wire::twilio::signing_keys::SigningKeys;

use crate::house::{ACCOUNT, House, TOKEN};

pub const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

/// A program of an integrator.
pub struct Program {
    client: Client,
    /// What it shows; nothing if empty.
    pub token: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// The first header of that name; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.body))
    }

    /// Fails unless it is a problem with this status and code; returns it.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json();
        assert_eq!((self.status, problem["code"].as_str().unwrap_or_default()), (status, code), "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        assert_eq!(problem["type"], format!("/api/v1/reference#problem-{code}"));
        let said = |member: &str| problem[member].as_str().is_some_and(|text| !text.is_empty());
        assert!(said("title") && said("detail"), "{problem}");
        problem
    }

    /// Fails unless nothing is there; returns what it says, without what is another in every answer.
    pub fn says_not_found(&self) -> String {
        self.problem(404, "not_found");
        self.body.replace(self.header("x-request-id"), "ID")
    }
}

/// A token of the app `bait shop` with these scopes.
pub async fn token(house: &House, scopes: &[Scope]) -> String {
    token_of(house, "bait shop", scopes).await
}

/// A token of this app, which is made if it is new.
pub async fn token_of(house: &House, app: &str, scopes: &[Scope]) -> String {
    let scopes = Scopes::of(scopes.iter().copied());
    let asked = desk_tokens::Asked { name: app.to_owned(), app: None, scopes, expires: None };
    desk_tokens::make(&house.desk, None, asked).await.unwrap().token
}

impl Program {
    /// A program without a token.
    pub async fn at(house: &House) -> Program {
        let rocket = app::build(app::Parts {
            figment: rocket::Config::figment().merge(("log_level", "off")),
            public_url: "http://127.0.0.1:8000".to_owned(),
            desk: house.desk.clone(),
            seal: Seal::new(ACCOUNT, SigningKeys::of_token(TOKEN, None)),
            simulator: None,
        });
        Program { client: Client::untracked(rocket).await.unwrap(), token: String::new() }
    }

    /// A program of that app, with a token that may do everything.
    pub async fn called(house: &House, app: &str) -> Program {
        Program { token: token_of(house, app, &Scope::ALL).await, ..Program::at(house).await }
    }

    /// A program of the app `bait shop` with a token that may do everything.
    pub async fn of(house: &House) -> Program {
        Program { token: token(house, &Scope::ALL).await, ..Program::at(house).await }
    }

    /// A program with a token of these scopes.
    pub async fn may(house: &House, scopes: &[Scope]) -> Program {
        Program { token: token(house, scopes).await, ..Program::at(house).await }
    }

    /// The methods and addresses of the API's routes, each parameter in braces.
    pub fn routes(&self) -> Vec<(Method, String)> {
        let routes = self.client.rocket().routes().filter(|route| route.uri.base() == "/api/v1");
        let braced = |path: &str| path.replace('<', "{").replace('>', "}");
        routes.map(|route| (route.method, braced(route.uri.unmounted_origin.path().as_str()))).collect()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::Get, path, "", &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::Delete, path, "", &[]).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::Post, path, &body.to_string(), &JSON).await
    }

    /// As [`Program::post`], with a key that makes it take effect once.
    pub async fn posts_once(&self, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [JSON[0], ("Idempotency-Key", key)];
        self.send(Method::Post, path, &body.to_string(), &headers).await
    }

    /// Sends it as it is; a path that does not begin with a slash is one of version 1.
    pub async fn send(&self, method: Method, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/{path}") };
        let mut request = self.client.req(method, path).header(Header::new("Host", "127.0.0.1:8000"));
        if !self.token.is_empty() {
            request.add_header(Header::new("Authorization", format!("Bearer {}", self.token)));
        }
        for (name, value) in headers {
            match *name {
                "Content-Type" => request.add_header(value.parse::<ContentType>().unwrap()),
                _ => request.add_header(Header::new((*name).to_owned(), (*value).to_owned())),
            }
        }
        let response = request.body(body).dispatch().await;
        let status = response.status().code;
        let headers = response.headers().iter().map(|h| (h.name().to_string(), h.value().to_owned())).collect();
        Answer { status, headers, body: response.into_string().await.unwrap_or_default() }
    }
}
