//! Posts events to the addresses of integrators: once, signed, without following a redirect, and only to public
//! addresses. Other code decides whether and when to try again.

mod guard;
pub mod knock;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Url};

use crate::domain::programs::public_address;
use crate::outgoing::{AGENT, client};
use crate::wire::standard_webhooks::{ID, SIGNATURE, TIMESTAMP};

/// The longest that a post may take, from the first byte of the connection to the last of the answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);
const CONNECT: Duration = Duration::from_secs(5);
/// What an endpoint answers is not kept; so much is read, so that a connection can be used again.
const LONGEST_ANSWER: usize = 16 * 1024;
/// The longest address.
const LONGEST_URL: usize = 2000;

/// The courier of posts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Courier {
    allow_private: bool,
    timeout: Duration,
    clients: Arc<[OnceLock<Result<Client, String>>; 2]>,
}

/// One post.
#[derive(Clone, Debug)]
pub struct Post {
    /// Where.
    pub url: String,
    /// The event's id.
    pub id: String,
    /// When it is posted, in seconds since 1970.
    pub seconds: i64,
    /// Over id, time and body.
    pub signature: String,
    /// JSON.
    pub body: String,
}

/// What came of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The endpoint took it: any status of 200 to 299.
    Taken(u16),
    /// It answered otherwise, or not at all; why, in plain words.
    Refused(Option<u16>, String),
}

impl Courier {
    /// One that reaches private addresses, and plain http, only if told so.
    #[must_use]
    pub fn new(allow_private: bool) -> Self {
        Courier { allow_private, timeout: TIMEOUT, clients: Arc::default() }
    }

    /// The same with another patience; for tests.
    #[must_use]
    pub fn patient_for(self, timeout: Duration) -> Self {
        Courier { timeout, ..self }
    }

    /// How long a post may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// The address as it is kept, if events may be posted there as far as it shows. A name is looked up at each post.
    ///
    /// # Errors
    /// The remedy, in words.
    pub fn check(&self, url: &str) -> Result<String, String> {
        if url.len() > LONGEST_URL {
            return Err(format!("write an address of at most {LONGEST_URL} characters"));
        }
        let url = self.read(url)?;
        if url.fragment().is_some() {
            return Err("leave out everything from `#` on: it is never sent".to_owned());
        }
        Ok(url.into())
    }

    fn read(&self, url: &str) -> Result<Url, String> {
        let shape = "write an address such as https://app.example.com/switchboard";
        let url = Url::parse(url).map_err(|_| shape.to_owned())?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_private => {}
            "http" => {
                return Err(
                    "begin it with https://: what is posted must not be open to everybody on the way".to_owned()
                );
            }
            _ => return Err(shape.to_owned()),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("leave out the user and password before the host: posts are signed instead".to_owned());
        }
        let host = url.host_str().ok_or_else(|| shape.to_owned())?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let named_so = bare.trim_end_matches('.').to_ascii_lowercase();
        let local = named_so == "localhost" || named_so.ends_with(".localhost");
        let beside = bare.parse().is_ok_and(|ip| !public_address::is_public(ip));
        if !self.allow_private && (local || beside) {
            return Err(guard::REFUSED.to_owned());
        }
        Ok(url)
    }

    /// Makes a post, once.
    pub async fn hand(&self, post: &Post) -> Handed {
        let url = match self.read(&post.url) {
            Ok(url) => url,
            Err(why) => return Handed::Refused(None, why),
        };
        let client = match self.client(url.scheme() == "https") {
            Ok(client) => client,
            Err(why) => return Handed::Refused(None, why),
        };
        let request = client
            .post(url)
            .timeout(self.timeout)
            .header(CONTENT_TYPE, "application/json")
            .header(ID, &post.id)
            .header(TIMESTAMP, post.seconds)
            .header(SIGNATURE, &post.signature)
            .body(post.body.clone());
        match request.send().await {
            Err(error) => Handed::Refused(None, in_words(&error)),
            Ok(mut response) => {
                let status = response.status().as_u16();
                let mut read = 0;
                while let Ok(Some(chunk)) = response.chunk().await {
                    read += chunk.len();
                    if read > LONGEST_ANSWER {
                        break;
                    }
                }
                match status {
                    200..=299 => Handed::Taken(status),
                    300..=399 => {
                        let why = format!("it answered with a redirect (HTTP {status}), which is not followed");
                        Handed::Refused(Some(status), why)
                    }
                    _ => Handed::Refused(Some(status), format!("it answered HTTP {status}")),
                }
            }
        }
    }

    fn client(&self, secure: bool) -> Result<Client, String> {
        let made = self.clients[usize::from(secure)].get_or_init(|| {
            let mut client = client(AGENT, secure)
                .connect_timeout(CONNECT)
                .pool_max_idle_per_host(4)
                .pool_idle_timeout(Duration::from_secs(30));
            if !self.allow_private {
                client = client.dns_resolver(Arc::new(guard::OutIntoTheWorld));
            }
            client
                .build()
                .map_err(|_| "this machine has no certificates: install the package ca-certificates".to_owned())
        });
        made.clone()
    }
}

/// Why there was no answer. The address is left out: it may hold a secret.
fn in_words(error: &reqwest::Error) -> String {
    if guard::turned_back(error) {
        guard::REFUSED
    } else if error.is_dns() {
        "its name could not be found"
    } else if error.is_connect() {
        "no connection came about"
    } else if error.is_timeout() {
        "it did not answer in time"
    } else {
        "the connection broke"
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_this_network_is_refused_in_every_spelling() {
        let courier = Courier::new(false);
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://169.254.169.254/latest",
            "https://10.0.0.1:8443/x",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://0/",
            "https://[64:ff9b::a9fe:a9fe]/",
            "https://１２７.0.0.1/",
        ] {
            assert_eq!(courier.check(url), Err(guard::REFUSED.to_owned()), "{url}");
        }
        for (url, remedy) in [
            ("http://app.example.com/", "https://"),
            ("ftp://app.example.com/", "such as https://"),
            ("app.example.com", "such as https://"),
            ("https://", "such as https://"),
            ("https://ana:secret@app.example.com/", "user and password"),
            ("https://app.example.com/#here", "`#`"),
        ] {
            let said = courier.check(url).unwrap_err();
            assert!(said.contains(remedy), "{url}: {said}");
        }
        assert_eq!(courier.check("https://app.example.com/hook?x=1").unwrap(), "https://app.example.com/hook?x=1");
        let here = Courier::new(true);
        assert_eq!(here.check("http://127.0.0.1:9000").unwrap(), "http://127.0.0.1:9000/");
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_turned_back_before_anything_is_sent() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        // `localhost` and literal addresses are refused by `check`; this goes by the client alone.
        let courier = Courier::new(false);
        let client = courier.client(false).unwrap();
        let error = client.get(format!("http://localhost:{port}/")).send().await.unwrap_err();
        assert_eq!(in_words(&error), guard::REFUSED);
        let open = Courier::new(true).client(false).unwrap();
        let taken = tokio::spawn(async move { listener.accept().await.is_ok() });
        let _ = open.get(format!("http://localhost:{port}/")).timeout(Duration::from_millis(200)).send().await;
        assert!(taken.await.unwrap(), "without the guard it gets there");
    }
}
