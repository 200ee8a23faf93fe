//! Posts signed webhooks as Twilio documents it: what is retried, how long it waits, what the URL's fragment changes.
//!
//! Receivers must be tested with the real, weak defaults: one retry, and only if no connection was made.

pub(super) mod here;
pub(super) mod schedule;

use std::time::{Duration, Instant};

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;

use here::Here;

use crate::outgoing::client;
use crate::wire::twilio::form::Form;
use crate::wire::twilio::signing_keys::Signer;

/// The HTTP client of the simulator, and where it may post. It follows no redirect, so that nobody leads it elsewhere.
#[derive(Debug)]
pub(super) struct Poster {
    client: Client,
    here: Here,
}

/// What a receiver said.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    /// Its status; absent if there was no answer.
    pub(super) status: Option<u16>,
    /// Why there was no answer.
    pub(super) why: Option<String>,
    pub(super) content_type: Option<String>,
    /// The body of a short answer.
    pub(super) body: String,
    /// From the first attempt to the last answer.
    pub(super) took: Duration,
}

impl Answer {
    pub(super) fn taken(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// In words, for the log.
    pub(super) fn said(&self) -> String {
        let millis = self.took.as_millis();
        match (self.status, &self.why) {
            (Some(status), _) if (200..300).contains(&status) => format!("taken in {millis} ms ({status})"),
            (Some(status), _) => format!("refused with {status} after {millis} ms"),
            (None, why) => format!("no answer: {}", why.as_deref().unwrap_or("unknown")),
        }
    }
}

/// What is tried again, each by a word of the fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent words of a list")]
struct Policy {
    connect: bool,
    read: bool,
    client_errors: bool,
    server_errors: bool,
}

/// The connection overrides of a URL's fragment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Overrides {
    retries: u32,
    /// What is tried again.
    policy: Policy,
    read_timeout: Duration,
    total: Duration,
}

impl Overrides {
    fn read(url: &str) -> Self {
        let mut out = Overrides {
            retries: 1,
            policy: Policy { connect: true, read: false, client_errors: false, server_errors: false },
            read_timeout: Duration::from_secs(15),
            total: Duration::from_secs(15),
        };
        let fragment = url.split_once('#').map_or("", |(_, fragment)| fragment);
        for (key, value) in fragment.split('&').filter_map(|pair| pair.split_once('=')) {
            let millis = || value.parse().ok().map(|ms: u64| Duration::from_millis(ms.clamp(100, 15_000)));
            match key {
                "rc" => out.retries = value.parse().unwrap_or(1).min(5),
                "rt" => out.read_timeout = millis().unwrap_or(out.read_timeout),
                "tt" => out.total = millis().unwrap_or(out.total),
                "rp" => {
                    let has = |name| value.split(',').any(|policy| policy == name || policy == "all");
                    out.policy = Policy {
                        connect: has("ct"),
                        read: has("rt"),
                        client_errors: has("4xx"),
                        server_errors: has("5xx"),
                    };
                }
                _ => {}
            }
        }
        out
    }

    fn retries(&self, answer: &Result<Answer, reqwest::Error>) -> bool {
        match answer {
            Err(error) if error.is_connect() => self.policy.connect,
            Err(_) => self.policy.read,
            Ok(answer) => match answer.status.unwrap_or(0) {
                400..500 => self.policy.client_errors,
                500..600 => self.policy.server_errors,
                _ => false,
            },
        }
    }
}

impl Poster {
    pub(super) fn new(here: Here) -> Result<Self, reqwest::Error> {
        let client =
            client("TwilioProxy/1.1 (switchboard simulator)", true).connect_timeout(Duration::from_secs(5)).build()?;
        Ok(Poster { client, here })
    }

    /// Whether it may post to `url`.
    ///
    /// # Errors
    /// Why not, and the remedy.
    pub(super) fn may_call(&self, url: &str) -> Result<(), &'static str> {
        self.here.may_call(url)
    }

    /// Posts `form`, signed by `signer`, and again where the URL's settings say so.
    pub(super) async fn post(&self, url: &str, form: &Form, signer: Signer<'_>) -> Answer {
        if let Err(why) = self.may_call(url) {
            return Answer { why: Some(why.to_owned()), ..Answer::default() };
        }
        let overrides = Overrides::read(url);
        let bare = url.split_once('#').map_or(url, |(bare, _)| bare);
        let headers = signer.headers(bare, form);
        let body = form.encode();
        let begun = Instant::now();
        let mut tries = 0;
        loop {
            let left = overrides.total.saturating_sub(begun.elapsed());
            let answer = self.once(bare, &headers, &body, left.min(overrides.read_timeout)).await;
            let more = tries < overrides.retries && begun.elapsed() < overrides.total && overrides.retries(&answer);
            if !more {
                let answer = answer.unwrap_or_else(|error| Answer { why: Some(in_words(&error)), ..Answer::default() });
                return Answer { took: begun.elapsed(), ..answer };
            }
            tries += 1;
        }
    }

    async fn once(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: &str,
        wait: Duration,
    ) -> Result<Answer, reqwest::Error> {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        let request = self.client.post(url).header(CONTENT_TYPE, form).timeout(wait).body(body.to_owned());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let response = request.send().await?;
        let status = response.status().as_u16();
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(ToOwned::to_owned);
        // Reading to the end lets the connection be used again.
        let body = response.text().await.unwrap_or_default();
        Ok(Answer { status: Some(status), content_type, body, ..Answer::default() })
    }
}

/// A reqwest error without the URL in it: a receipt's address holds a token.
fn in_words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "it took too long".to_owned()
    } else if error.is_connect() {
        "the connection was refused".to_owned()
    } else if error.is_builder() {
        "the address is not a URL".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_fragment_only_connections_that_never_came_about_are_tried_again() {
        let plain = Overrides::read("https://relay.example.org/sms");
        let policy = Policy { connect: true, read: false, client_errors: false, server_errors: false };
        assert_eq!((plain.retries, plain.policy), (1, policy));
        assert_eq!(plain.total, Duration::from_secs(15));
    }

    #[test]
    fn a_fragment_changes_what_is_tried_again_within_its_bounds() {
        let all = Overrides::read("https://relay.example.org/sms?x=1#rc=9&rp=all&rt=4000&tt=1");
        let policy = Policy { connect: true, read: true, client_errors: true, server_errors: true };
        assert_eq!((all.retries, all.policy), (5, policy));
        assert_eq!((all.read_timeout, all.total), (Duration::from_secs(4), Duration::from_millis(100)));
        let some = Overrides::read("http://h/#rp=5xx,rt").policy;
        assert_eq!(some, Policy { connect: false, read: true, client_errors: false, server_errors: true });
    }
}
