//! Twilio, or another service with the same API at the API base: requests over HTTP, and what the answers prove.
//!
//! It has no idempotency key. So the client makes each request once, repeats none and follows no redirect; the
//! carrier's list shows what became of a request whose answer was lost.

mod answer;
mod lists;
mod pages;
mod rent;
#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Client, RequestBuilder, Response, Url};

use super::{
    Capabilities, Carrier, Changed, Inbox, InboxPage, Listed, Offer, Outgoing, OwnedNumber, Recall, Sent, Setting,
    Unanswered,
};
use crate::carrier::apart::Apart;
use crate::clock::{At, Clock};
use crate::outgoing::{AGENT, client};
use crate::wire::twilio::API_VERSION;
use crate::wire::twilio::create::{CreateMessage, MAX_BODY_CHARS, MAX_VALIDITY_SECONDS};
use crate::wire::twilio::number::{IncomingPhoneNumber, IncomingPhoneNumberPage};

/// An account and where to reach it.
#[derive(Clone)]
pub struct TwilioAccount {
    /// Scheme, host and perhaps a path, such as `https://api.twilio.com` or `http://127.0.0.1:8000/simulator/api`.
    pub api_base: String,
    /// The account's id, user name of every request.
    pub account_sid: String,
    /// Its primary token, password of every request.
    pub auth_token: String,
    /// Longest request from first byte of the connection to last byte of the answer. Connecting may take half of it,
    /// and never more than 5 s.
    pub request_timeout: Duration,
    /// Our clock, beside which the carrier's is measured.
    pub clock: Clock,
}

/// Why a client cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The API base is no web address.
    #[error("TWILIO_API_BASE is no http or https address: {0}")]
    ApiBase(String),
    /// The machine's certificate store could not be read.
    #[error(
        "the client for the carrier could not be made ({0}); for https the machine needs the package ca-certificates"
    )]
    Tls(String),
}

/// A client for one account. Keeps its connections open between requests.
pub struct Twilio {
    account: TwilioAccount,
    client: Client,
    authorization: HeaderValue,
    messages: Url,
    numbers: Url,
    apart: Apart,
}

/// Longest answer to one request that is read; a real one has about 1 kB.
const LONGEST_ANSWER: usize = 64 * 1024;
/// Below the minute after which the carrier closes a quiet connection: a request must not meet one that just closes.
const QUIET_CONNECTION: Duration = Duration::from_secs(30);
const QUIET_CONNECTIONS: usize = 256;
const LONGEST_CONNECT: Duration = Duration::from_secs(5);

impl Twilio {
    /// A client for `account`; makes no request yet.
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn new(account: TwilioAccount) -> Result<Self, Unusable> {
        let base = Url::parse(&account.api_base).map_err(|why| Unusable::ApiBase(why.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(Unusable::ApiBase("it needs a scheme and a host".to_owned()));
        }
        let client = client(AGENT, base.scheme() == "https")
            .timeout(account.request_timeout)
            .connect_timeout((account.request_timeout / 2).min(LONGEST_CONNECT))
            .pool_max_idle_per_host(QUIET_CONNECTIONS)
            .pool_idle_timeout(QUIET_CONNECTION)
            .tcp_nodelay(true);
        let credentials = format!("{}:{}", account.account_sid, account.auth_token);
        let authorization = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(credentials)));
        // Cannot fail: base64 is ASCII without control characters.
        let mut authorization = authorization.map_err(|why| Unusable::Tls(why.to_string()))?;
        authorization.set_sensitive(true);
        Ok(Self {
            client: client.build().map_err(|why| Unusable::Tls(answer::chain(&why)))?,
            authorization,
            messages: resource(&base, &account.account_sid, "Messages.json"),
            numbers: resource(&base, &account.account_sid, "IncomingPhoneNumbers.json"),
            apart: Apart::new(account.clock.clone()),
            account,
        })
    }

    async fn get(&self, url: Url) -> reqwest::Result<Response> {
        self.ask(self.client.get(url)).await
    }

    /// Makes a request of ours, and reads the carrier's clock off the answer.
    async fn ask(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let asked = self.apart.asked();
        let response = request.header(AUTHORIZATION, self.authorization.clone()).send().await?;
        if let Some(date) = answer::date(response.headers()) {
            self.apart.answered(asked, date);
        }
        Ok(response)
    }
}

#[async_trait]
impl Carrier for Twilio {
    fn account(&self) -> &str {
        &self.account.account_sid
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { recall: Recall::List, max_body_chars: MAX_BODY_CHARS }
    }

    fn ahead(&self) -> Option<i64> {
        self.apart.ahead()
    }

    async fn is_there(&self) -> bool {
        let mut first = self.numbers.clone();
        first.query_pairs_mut().append_pair("PageSize", "1");
        self.get(first).await.is_ok_and(|answer| !answer.status().is_server_error())
    }

    async fn send(&self, text: &Outgoing) -> Sent {
        let seconds = u32::try_from(text.validity.as_secs()).unwrap_or(MAX_VALIDITY_SECONDS);
        let form = CreateMessage {
            to: text.to.clone(),
            from: text.from.clone(),
            body: text.body.clone(),
            status_callback: Some(text.status_url.clone()),
            validity_period: Some(seconds.clamp(1, MAX_VALIDITY_SECONDS)),
            ..CreateMessage::default()
        };
        let request = self
            .client
            .post(self.messages.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.to_form().encode());
        match self.ask(request).await {
            Err(error) => answer::lost(&error),
            Ok(response) => {
                let (status, after) = (response.status().as_u16(), answer::retry_after(response.headers()));
                let body = read(response, LONGEST_ANSWER).await.ok();
                answer::judge(status, after, body.as_deref())
            }
        }
    }

    async fn list(&self, from: &str, to: &str) -> Result<Vec<Listed>, Unanswered> {
        self.texts_between(from, to).await
    }

    async fn inbound(&self, whose: Inbox<'_>, since: At, page: Option<&str>) -> Result<InboxPage, Unanswered> {
        self.texts_to_us(whose, since, page).await
    }

    async fn media(&self, id: &str) -> Result<Vec<(String, String)>, Unanswered> {
        self.files_of(id).await
    }

    async fn outbound(&self, from: &str, since: At) -> Result<Vec<Listed>, Unanswered> {
        self.texts_from(from, since).await
    }

    async fn sent_to(&self, to: &str, since: At) -> Result<Vec<Listed>, Unanswered> {
        self.texts_sent_to(to, since).await
    }

    async fn numbers(&self) -> Result<Vec<OwnedNumber>, Unanswered> {
        let mut first = self.numbers.clone();
        first.query_pairs_mut().append_pair("PageSize", "1000");
        let next = |page: IncomingPhoneNumberPage| (page.incoming_phone_numbers, page.paging.next_page_uri);
        Ok(self.pages(first, next).await?.into_iter().map(owned).collect())
    }

    async fn number(&self, number: &str) -> Result<Option<OwnedNumber>, Unanswered> {
        Ok(self.rented(number).await?.map(owned))
    }

    async fn offers(&self, country: &str, limit: usize) -> Result<Vec<Offer>, Unanswered> {
        self.offered(country, limit).await
    }

    async fn rent(&self, number: &str, setting: &Setting) -> Changed {
        self.buy(number, setting).await
    }

    async fn set_up(&self, number: &str, setting: &Setting) -> Changed {
        self.configure(number, setting).await
    }

    async fn release(&self, number: &str) -> Changed {
        self.give_back(number).await
    }
}

impl fmt::Debug for Twilio {
    /// Without account and token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Twilio").field("api_base", &self.account.api_base).finish_non_exhaustive()
    }
}

/// The address of one of the account's collections.
fn resource(base: &Url, account: &str, name: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Always there: an http address has a path.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend([API_VERSION, "Accounts", account, name]);
    }
    url
}

/// The body of an answer if it is at most `limit` bytes long and comes whole.
async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|why| answer::chain(&why))? {
        if body.len() + piece.len() > limit {
            return Err("the answer is too long".to_owned());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn owned(number: IncomingPhoneNumber) -> OwnedNumber {
    OwnedNumber {
        number: number.phone_number,
        name: number.friendly_name,
        inbound_url: number.sms_url,
        fallback_url: number.sms_fallback_url,
        inbound_method: number.sms_method,
        fallback_method: number.sms_fallback_method,
        overridden_by: Some(number.sms_application_sid).filter(|sid| !sid.is_empty()),
        texts: number.capabilities.sms,
    }
}

fn unavailable(why: &str) -> Unanswered {
    Unanswered::Unavailable(why.to_owned())
}
