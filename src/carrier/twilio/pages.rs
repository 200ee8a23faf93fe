//! Reads a list of the carrier to its end, page by page.
//!
//! The program sends again what the list does not show, so half a list is an error and not a short list.

use std::collections::HashSet;

use reqwest::Url;
use serde::de::DeserializeOwned;

use super::{Twilio, answer, read, unavailable};
use crate::carrier::Unanswered;

/// A page of 1,000 texts of 1,600 characters, each an escape of six bytes, and the rest of the resources.
const LONGEST_PAGE: usize = 32 * 1024 * 1024;
/// A million items; more between two numbers is a carrier that turns in circles.
const MOST_PAGES: usize = 1_000;

impl Twilio {
    /// Every item from `first` on. `parts` takes a page apart: its items, and the address of the next page.
    pub(super) async fn pages<P, I>(
        &self,
        first: Url,
        parts: impl Fn(P) -> (Vec<I>, Option<String>) + Send + Sync,
    ) -> Result<Vec<I>, Unanswered>
    where
        P: DeserializeOwned,
        I: Send,
    {
        let mut items = Vec::new();
        let mut seen = HashSet::new();
        let mut url = first;
        loop {
            if !seen.insert(url.clone()) || seen.len() > MOST_PAGES {
                return Err(unavailable("its list has no end"));
            }
            let (mut more, next) = parts(self.page(url.clone()).await?);
            items.append(&mut more);
            match next.filter(|next| !next.is_empty()) {
                None => return Ok(items),
                Some(next) => url = follow(&url, &next)?,
            }
        }
    }

    pub(super) async fn page<P: DeserializeOwned>(&self, url: Url) -> Result<P, Unanswered> {
        let response = self.get(url).await.map_err(|why| Unanswered::Unavailable(answer::chain(&why)))?;
        let status = response.status().as_u16();
        let body = read(response, LONGEST_PAGE).await;
        match status {
            200..=299 => {
                let body = body.map_err(Unanswered::Unavailable)?;
                // The parser's own words could repeat what people said.
                serde_json::from_slice(&body).map_err(|_| unavailable("its list makes no sense"))
            }
            _ => Err(answer::unlisted(status, &body.unwrap_or_default())),
        }
    }
}

/// The next page as the carrier names it, relative to the host. Never leaves the host: the request carries our token.
pub(super) fn follow(here: &Url, next: &str) -> Result<Url, Unanswered> {
    let url = here.join(next).map_err(|_| unavailable("its list names no next page that can be followed"))?;
    if url.origin() == here.origin() { Ok(url) } else { Err(unavailable("its list leads to another host")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_taken_as_it_stands_and_stays_on_the_host() {
        let here =
            Url::parse("http://127.0.0.1:8000/simulator/api/2010-04-01/Accounts/AC1/Messages.json?Page=0").unwrap();
        let next = "/simulator/api/2010-04-01/Accounts/AC1/Messages.json?From=%2B1&PageToken=PAMM";
        assert_eq!(follow(&here, next).unwrap().as_str(), format!("http://127.0.0.1:8000{next}"));
        let whole = format!("http://127.0.0.1:8000{next}");
        assert_eq!(follow(&here, &whole).unwrap().as_str(), whole);
        for away in ["http://127.0.0.1:8001/x", "https://127.0.0.1:8000/x", "//evil.example/x", "/\\evil.example/x"] {
            assert!(follow(&here, away).is_err(), "{away}");
        }
    }
}
