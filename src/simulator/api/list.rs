//! Pages of a list: size, place, and the addresses of the neighbours.
//!
//! Every address begins with the place where the API is mounted, so that a client can follow it as it is.

use serde_json::{Value, json};

use crate::wire::twilio::error::ApiError;
use crate::wire::twilio::form::Form;

/// Which page is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) size: usize,
    number: usize,
    /// The last item of the page before.
    pub(super) token: Option<String>,
}

impl Page {
    const LARGEST: usize = 1000;

    /// Reads `PageSize` (50 when absent, at most 1000), `Page` and `PageToken`.
    pub(super) fn read(query: &Form) -> Result<Self, ApiError> {
        let number = |name: &str, default: usize| match query.get(name) {
            None | Some("") => Ok(default),
            Some(text) => {
                text.parse().map_err(|_| ApiError::new(400, 20001, &format!("{name} must be a whole number")))
            }
        };
        let size = number("PageSize", 50)?;
        if size > Self::LARGEST {
            return Err(ApiError::new(400, 20007, "Page size must be at most 1000"));
        }
        let token = match query.get("PageToken") {
            None | Some("") => None,
            Some(text) => {
                Some(text.strip_prefix("PA").ok_or_else(|| ApiError::new(400, 21481, "Invalid PageToken"))?.to_owned())
            }
        };
        Ok(Page { size: size.max(1), number: number("Page", 0)?, token })
    }

    /// How many items lie before the page, when no token says where it begins.
    pub(super) fn skip(&self) -> usize {
        if self.token.is_some() { 0 } else { self.number.saturating_mul(self.size) }
    }

    /// The list's frame, without its items. `next` is the last item shown, if there are more.
    pub(super) fn frame(&self, base: &str, path: &str, query: &Form, shown: usize, next: Option<&str>) -> Value {
        let address = |number: usize, token: Option<&str>| {
            let mut form: Form =
                query.pairs().filter(|(name, _)| !["PageSize", "Page", "PageToken"].contains(name)).collect();
            form.push("PageSize", &self.size.to_string());
            form.push("Page", &number.to_string());
            if let Some(token) = token {
                form.push("PageToken", &format!("PA{token}"));
            }
            format!("{base}{path}?{}", form.encode())
        };
        let start = self.number.saturating_mul(self.size);
        json!({
            "first_page_uri": address(0, None),
            "next_page_uri": next.map(|last| address(self.number + 1, Some(last))),
            "previous_page_uri": (self.number > 0).then(|| address(self.number - 1, None)),
            "uri": address(self.number, self.token.as_deref()),
            "page": self.number,
            "page_size": self.size,
            "start": start,
            "end": start + shown.saturating_sub(1),
        })
    }
}
