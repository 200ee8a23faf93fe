//! Numbers at Twilio: search, buy with webhooks in one request, set up, give back.
//!
//! To buy the same number again has the effect of buying it once, but no code here relies on that: after a lost answer
//! the program first looks in the account's list.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Url};

use super::{LONGEST_ANSWER, Twilio, answer, read, unavailable};
use crate::carrier::{Changed, Offer, Sent, Setting, Unanswered};
use crate::wire::twilio::error::ApiError;
use crate::wire::twilio::form::Form;
use crate::wire::twilio::number::{
    AvailablePhoneNumber, AvailablePhoneNumberPage, IncomingPhoneNumber, IncomingPhoneNumberPage,
};

/// What the carrier says of one number alone: not a valid one, not available, none left in its area.
const OF_THIS_NUMBER: [i64; 4] = [21421, 21422, 21451, 21452];
/// Longest answer to a search that is read: a thousand offers of some 500 bytes each.
const LONGEST_SEARCH: usize = 1024 * 1024;

impl Twilio {
    /// The number as the account rents it.
    pub(super) async fn rented(&self, number: &str) -> Result<Option<IncomingPhoneNumber>, Unanswered> {
        let mut first = self.numbers.clone();
        first.query_pairs_mut().append_pair("PhoneNumber", number).append_pair("PageSize", "1000");
        let next = |page: IncomingPhoneNumberPage| (page.incoming_phone_numbers, page.paging.next_page_uri);
        // The filter matches parts of numbers too.
        Ok(self.pages(first, next).await?.into_iter().find(|rented| rented.phone_number == number))
    }

    /// Numbers that can be bought: local ones, and mobile ones in countries that have none for texts.
    pub(super) async fn offered(&self, country: &str, limit: usize) -> Result<Vec<Offer>, Unanswered> {
        for kind in ["Local.json", "Mobile.json"] {
            let found = self.search(country, kind, limit).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    async fn search(&self, country: &str, kind: &str, limit: usize) -> Result<Vec<Offer>, Unanswered> {
        let mut url = self.beside_numbers(&["AvailablePhoneNumbers", country, kind]);
        url.query_pairs_mut()
            .append_pair("SmsEnabled", "true")
            .append_pair("ExcludeAllAddressRequired", "true")
            .append_pair("PageSize", &limit.clamp(1, 1000).to_string());
        let response = self.get(url).await.map_err(|why| Unanswered::Unavailable(answer::chain(&why)))?;
        let status = response.status().as_u16();
        let body = read(response, LONGEST_SEARCH).await;
        match status {
            // The country has no numbers of this kind.
            404 => Ok(Vec::new()),
            200..=299 => {
                let body = body.map_err(Unanswered::Unavailable)?;
                let page: AvailablePhoneNumberPage =
                    serde_json::from_slice(&body).map_err(|_| unavailable("its offers make no sense"))?;
                let usable = |offer: &AvailablePhoneNumber| {
                    offer.capabilities.sms && matches!(offer.address_requirements.as_str(), "" | "none")
                };
                let offers = page.available_phone_numbers.into_iter().filter(usable);
                Ok(offers.map(|one| Offer { number: one.phone_number, country: country.to_owned() }).collect())
            }
            _ => Err(answer::unlisted(status, &body.unwrap_or_default())),
        }
    }

    pub(super) async fn buy(&self, number: &str, setting: &Setting) -> Changed {
        let mut form = form(setting);
        form.push("PhoneNumber", number);
        self.change(Method::POST, self.numbers.clone(), &form).await
    }

    pub(super) async fn configure(&self, number: &str, setting: &Setting) -> Changed {
        match self.rented(number).await {
            // The carrier describes no way to take an application off a number: an empty id is none of its ids.
            Ok(Some(rented)) if !rented.sms_application_sid.is_empty() => Changed::Refused(
                "an application of the account takes the texts of this number: take it off in the carrier's console"
                    .to_owned(),
            ),
            Ok(Some(rented)) => self.change(Method::POST, self.one(&rented), &form(setting)).await,
            Ok(None) => Changed::Gone("the account does not rent it".to_owned()),
            Err(why) => Changed::NotDone(why.to_string()),
        }
    }

    pub(super) async fn give_back(&self, number: &str) -> Changed {
        match self.rented(number).await {
            Ok(Some(rented)) => match self.change(Method::DELETE, self.one(&rented), &Form::default()).await {
                Changed::Gone(_) => Changed::Done,
                other => other,
            },
            Ok(None) => Changed::Done,
            Err(why) => Changed::NotDone(why.to_string()),
        }
    }

    async fn change(&self, method: Method, url: Url, form: &Form) -> Changed {
        let request = self
            .client
            .request(method, url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.encode());
        match self.ask(request).await {
            Err(error) => match answer::lost(&error) {
                Sent::Unreached { why } | Sent::NotSent { why, .. } => Changed::NotDone(why),
                Sent::InDoubt { why } => Changed::InDoubt(why),
                // Without an answer there is neither a yes nor a no.
                other => Changed::InDoubt(format!("{other:?}")),
            },
            Ok(response) => {
                let status = response.status().as_u16();
                let body = read(response, LONGEST_ANSWER).await.ok();
                judge(status, body.as_deref())
            }
        }
    }

    /// The address of something that stands beside the collection of rented numbers.
    fn beside_numbers(&self, parts: &[&str]) -> Url {
        let mut url = self.numbers.clone();
        // Always there: an http address has a path.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop().extend(parts);
        }
        url
    }

    fn one(&self, rented: &IncomingPhoneNumber) -> Url {
        self.beside_numbers(&["IncomingPhoneNumbers", &format!("{}.json", rented.sid)])
    }
}

/// The settings as a form. What is not set is left out: the carrier's description takes nothing that is empty. A number that
/// is bought has no application, which would silently win over the addresses.
fn form(setting: &Setting) -> Form {
    [
        ("FriendlyName", setting.name.as_str()),
        ("SmsUrl", &setting.inbound_url),
        ("SmsMethod", "POST"),
        ("SmsFallbackUrl", &setting.inbound_url),
        ("SmsFallbackMethod", "POST"),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .collect()
}

/// What the answer to a change proves. `body` is `None` if it did not come whole.
fn judge(status: u16, body: Option<&[u8]>) -> Changed {
    let code = ApiError::read(status, body.unwrap_or_default()).code;
    let told =
        |what: &str| code.map_or_else(|| format!("{what} (HTTP {status})"), |code| format!("{what} (code {code})"));
    match status {
        200..=299 => Changed::Done,
        300..=399 => Changed::Refused(told("the API answers with a redirect: check TWILIO_API_BASE")),
        401 | 403 => Changed::Refused(told("the carrier refused the account's credentials")),
        404 | 410 => Changed::Gone(told("the carrier does not know the number")),
        429 => Changed::NotDone(told("the carrier takes no more requests for now")),
        408 | 500.. => Changed::InDoubt(told("the carrier failed")),
        _ if code.is_some_and(|code| OF_THIS_NUMBER.contains(&code)) => {
            Changed::Gone(told("the number is not available any more"))
        }
        _ => Changed::Refused(told(reason(code))),
    }
}

/// Source: Twilio's error dictionary.
fn reason(code: Option<i64>) -> &'static str {
    match code {
        Some(21404) => "a trial account can rent no more numbers",
        Some(21613 | 21615 | 21631 | 21649) => {
            "numbers of this country need an address or papers: rent one at the carrier, and add it to the set-up file"
        }
        Some(21406) => "the carrier takes no fallback without an address for texts",
        _ => "the carrier refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_proves_no_more_than_it_says() {
        let error = |status, code| judge(status, Some(ApiError::new(status, code, "m").to_json().as_bytes()));
        assert_eq!(judge(201, Some(b"{}")), Changed::Done);
        assert_eq!(judge(204, None), Changed::Done);
        assert!(matches!(error(400, 21422), Changed::Gone(_)));
        assert!(matches!(error(404, 20404), Changed::Gone(_)));
        assert!(matches!(error(400, 21404), Changed::Refused(why) if why.contains("trial")));
        assert!(matches!(error(400, 21615), Changed::Refused(why) if why.contains("address")));
        assert!(matches!(error(401, 20003), Changed::Refused(_)));
        assert!(matches!(error(429, 20429), Changed::NotDone(_)));
        assert!(matches!(judge(302, None), Changed::Refused(_)));
        for status in [408, 500, 503] {
            assert!(matches!(judge(status, None), Changed::InDoubt(_)), "{status}");
        }
    }
}
