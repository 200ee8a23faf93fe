//! The carrier's own account of what happened, over the control API of a simulator in a process of its own.

use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder};
use serde::Deserialize;
use serde_json::{Value, json};
use switchboard::simulator::Fault;

/// The account at the carrier.
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// Its token.
pub const TOKEN: &str = "12345";

/// A text as the carrier has it.
#[derive(Clone, Debug, Deserialize)]
pub struct Seen {
    pub seq: u64,
    pub sid: String,
    pub from: String,
    pub to: String,
    pub body: String,
    pub direction: String,
    #[serde(skip)]
    pub outbound: bool,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Witness {
    base: String,
    client: Client,
    /// What has been collected, in the carrier's order.
    pub seen: Vec<Seen>,
}

impl Witness {
    pub fn at(base: &str) -> Self {
        // Another test may have chosen it already; all choose the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap();
        Witness { base: base.to_owned(), client, seen: Vec::new() }
    }

    /// Where its API is.
    pub fn base(&self) -> &str {
        &self.base
    }

    fn url(&self, path: &str) -> String {
        format!("{}/simulator/{path}", self.base)
    }

    /// The answer to a request; `None` while the carrier cannot be reached.
    async fn asked(request: RequestBuilder) -> Option<Value> {
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        assert!(status.is_success(), "the carrier's control API: {status} {text}");
        Some(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    fn json(request: RequestBuilder, body: &Value) -> RequestBuilder {
        request.header(CONTENT_TYPE, "application/json").body(body.to_string())
    }

    /// What it counts.
    pub async fn count(&self) -> Option<Value> {
        Self::asked(self.client.get(self.url("count"))).await
    }

    /// Webhooks that were answered with a 2xx.
    pub async fn taken(&self) -> u64 {
        let count = super::until("the carrier tells what it counts", async || self.count().await).await;
        count["webhooks_taken"].as_u64().unwrap()
    }

    /// The texts that it took after the one at `seq`, in its order.
    pub async fn texts(&self, seq: u64) -> Option<Vec<Seen>> {
        let texts = Self::asked(self.client.get(self.url(&format!("texts?after={seq}")))).await?;
        let mut texts: Vec<Seen> = serde_json::from_value(texts).unwrap();
        for text in &mut texts {
            text.outbound = text.direction != "inbound";
        }
        Some(texts)
    }

    /// Collects what is new; it keeps the last 10,000 only.
    pub async fn collect(&mut self) {
        let last = self.seen.last().map_or(0, |text| text.seq);
        let new = super::until("the carrier tells what it has", async || self.texts(last).await).await;
        self.seen.extend(new);
    }

    /// Whether a GET of `url` is answered with a 2xx.
    pub async fn says_ok(&self, url: &str) -> bool {
        self.client.get(url).send().await.is_ok_and(|answer| answer.status().is_success())
    }

    /// Turns a fault on.
    pub async fn fault(&self, fault: Fault) {
        let fault = serde_json::to_value(fault).unwrap();
        Self::asked(Self::json(self.client.post(self.url("faults")), &fault)).await.unwrap();
    }

    /// The faults that are on.
    pub async fn faults(&self) -> usize {
        let request = self.client.get(self.url("faults")).header("Accept", "application/json");
        Self::asked(request).await.unwrap().as_array().unwrap().len()
    }

    /// Turns all faults off.
    pub async fn mends(&self) {
        Self::asked(self.client.delete(self.url("faults"))).await.unwrap();
    }

    /// Closes its port for so long.
    pub async fn closes(&self, time: Duration) {
        Self::asked(self.client.post(self.url(&format!("outage/{}", time.as_millis())))).await;
    }

    /// Posts texts to `url` from now on.
    pub async fn calls_at(&self, url: &str) {
        Self::asked(self.client.put(self.url("webhook")).body(url.to_owned())).await.unwrap();
    }

    /// Rents `number` and gives it a fallback address.
    pub async fn falls_back(&self, number: &str, webhook: &str, fallback: &str) {
        let body = json!({ "webhook": webhook });
        let own =
            Self::asked(Self::json(self.client.put(self.url(&format!("numbers/{number}"))), &body)).await.unwrap();
        let sid = own["sid"].as_str().unwrap();
        let url = format!("{}/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers/{sid}.json", self.base);
        let form: switchboard::wire::twilio::form::Form = [("SmsFallbackUrl", fallback)].into_iter().collect();
        let request = self.client.post(url).basic_auth(ACCOUNT, Some(TOKEN));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.encode());
        Self::asked(request).await.unwrap();
    }

    /// Somebody texts; what every post of it was answered with. `None` while the carrier cannot be reached.
    pub async fn texted(&self, from: &str, to: &str, body: &str, sid: &str) -> Option<Vec<Option<u16>>> {
        let text = json!({ "to": to, "body": body, "sid": sid });
        let request = self.client.post(self.url(&format!("phones/{from}/texts")));
        let arrival = Self::asked(Self::json(request, &text)).await?;
        let posts = arrival["posts"].as_array()?;
        Some(posts.iter().map(|post| post["answer"].as_u64().and_then(|status| u16::try_from(status).ok())).collect())
    }
}
