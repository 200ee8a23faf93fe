//! What keeps a program from texting the world: the countries of the people in its pairs, and how many phones its app
//! may bring into pairs within an hour. Texts in open pairs, and answers, do not count.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use super::Refusal;
use crate::clock::{At, hours};
use crate::desk::work::UnitOfWork;
use crate::domain::ids::AppId;
use crate::domain::numbers::country::Countries;
use crate::domain::pairs::pair::Wrong;
use crate::store::routing::numbers;
use crate::store::{Result, pairs};

/// What one write knows of it, so that a group of writes reads it once.
#[derive(Default)]
pub(super) struct FirstTexts {
    countries: Option<Countries>,
    /// When each app brought phones in within the hour, the newest first, at most as many as it may.
    begun: HashMap<AppId, VecDeque<At>>,
}

impl FirstTexts {
    /// What is wrong with those of `phones`, each with its place in the request, that are of another country.
    pub(super) async fn abroad(&mut self, work: &mut UnitOfWork<'_>, phones: &[(String, &str)]) -> Result<Vec<Wrong>> {
        let desk = work.desk;
        if desk.policies.api.countries == Countries::All {
            return Ok(Vec::new());
        }
        let countries = match &self.countries {
            Some(countries) => countries,
            None => self.countries.insert(desk.policies.api.countries.told(&numbers::homes_of_all(work.tx).await?)),
        };
        let wrongs = phones.iter().filter(|(_, phone)| !countries.allow(phone)).map(|(pointer, _)| {
            let why =
                format!("programs may join people with numbers of {countries} only: this one is of another country");
            Wrong::at(pointer.clone(), why)
        });
        Ok(wrongs.collect())
    }

    /// Why `app` may not bring `count` more phones in at `now`, if so; else they are counted.
    pub(super) async fn take(
        &mut self,
        work: &mut UnitOfWork<'_>,
        (app, count): (AppId, usize),
    ) -> Result<(), Refusal> {
        let (desk, now) = (work.desk, work.now);
        let Some(most) = desk.policies.api.first_texts_per_hour else { return Ok(()) };
        let room = usize::try_from(most).unwrap_or(usize::MAX);
        let begun = match self.begun.entry(app) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                new.insert(pairs::begun_since(work.tx, app, now - hours(1), i64::from(most)).await?.into())
            }
        };
        // The phones beyond the newest ones that leave room for these must be an hour old first.
        if let Some(oldest) = begun.get(room.saturating_sub(count)) {
            return Err(Refusal::TooMany { most, wait: (*oldest + hours(1)).since(now) });
        }
        for _ in 0..count {
            begun.push_front(now);
        }
        Ok(())
    }
}
