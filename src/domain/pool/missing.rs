//! How many masks are missing when no mask is free for somebody, and of which country.

use std::collections::BTreeMap;

use crate::domain::numbers::country;

/// Masks that are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// ISO 3166 code; `None` for phones whose digits tell no country.
    pub country: Option<String>,
    /// How many more.
    pub masks: i64,
}

/// What is missing for phones that each lack so many masks. A mask serves every phone of its country, so that the phone
/// that lacks most decides, and not their sum.
#[must_use]
pub fn missing<'a>(lacking: impl IntoIterator<Item = (&'a str, i64)>) -> Vec<Missing> {
    let mut most: BTreeMap<Option<&str>, i64> = BTreeMap::new();
    for (phone, lacks) in lacking.into_iter().filter(|(_, lacks)| *lacks > 0) {
        let entry = most.entry(country::of(phone)).or_default();
        *entry = (*entry).max(lacks);
    }
    most.into_iter().map(|(country, masks)| Missing { country: country.map(ToOwned::to_owned), masks }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mask_serves_every_phone_of_its_country() {
        let found = missing([("+15055550131", 1), ("+15055550132", 2), ("+442079460000", 1), ("+14165550121", 0)]);
        let told: Vec<_> = found.iter().map(|one| (one.country.as_deref(), one.masks)).collect();
        assert_eq!(told, [(Some("GB"), 1), (Some("US"), 2)]);
        assert_eq!(missing([("+15055550131", 0)]), []);
    }
}
