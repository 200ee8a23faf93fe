//! Which lists of the index a search uses, and the walk through them from the newest message back.

use super::super::Viewer;
use super::sets::{self, Set};
use super::sources::{self, Source};
use super::{Kind, Stage, Wanted};
use crate::clock::days;
use crate::domain::ids::MessageId;
use crate::domain::search::keeping::Keeping;
use crate::domain::search::postings::Posting;
use crate::domain::search::question::Together;
use crate::domain::search::{EVERY, NOTES, lists, on_line};
use crate::secret::Ids;
use crate::store::search::keeping;
use crate::store::{Result, Tx};

/// So few conversations are looked through message by message.
const FEW: usize = 400;
/// Pieces of the rarest list that the first look takes in.
const FIRST: i64 = 4;
/// A further look takes in at most so many times as many.
const GROWTH: i64 = 4;
/// By how much an id's instant and the message's own may differ, when a clock was set.
const DRIFT: std::time::Duration = days(1);

/// Lists of which a message must be in all.
type All = Vec<Source>;

/// The walk.
pub(super) struct Walk {
    /// Of every group, a message must be in one alternative.
    groups: Vec<Vec<All>>,
    without: Vec<All>,
    only: Option<Set>,
    not: Option<Set>,
    low: i64,
    high: i64,
    depth: i64,
}

impl Walk {
    /// Begins before `before`, or at the newest.
    pub(super) async fn begin(tx: &mut Tx, viewer: Viewer, wanted: &Wanted, before: Option<MessageId>) -> Result<Walk> {
        let low = wanted.from.map_or(i64::MIN, |from| Ids::floor(from - DRIFT));
        let newest = wanted.until.map_or(i64::MAX, |until| Ids::floor(until + DRIFT));
        let high = before.map_or(newest, |before| newest.min(before.0));
        let (_, keeping) = keeping(tx).await?;
        let high = if wanted.question.vain && wanted.conversation.is_none() { low } else { high };
        let mut walk = Walk { groups: Vec::new(), without: Vec::new(), only: None, not: None, low, high, depth: FIRST };
        for group in &wanted.question.groups {
            let mut alternatives = Vec::new();
            for together in group {
                alternatives.push(all(tx, &keeping, together).await?);
            }
            // A number may be said, or be that of a conversation.
            if let Some(id) = wanted.conversation {
                alternatives.push(vec![sources::of(tx, &Set::of([id.0]), low, high).await?]);
            }
            walk.groups.push(alternatives);
        }
        for together in &wanted.question.without {
            walk.without.push(all(tx, &keeping, together).await?);
        }
        let word = |word: String| vec![Source::Words(keeping.lists(&word))];
        walk.groups.extend(wanted.line.map(|line| vec![word(on_line(line.0))]));
        walk.groups.extend(wanted.fate.clone().map(|fate| vec![vec![Source::Fate(fate)]]));
        match wanted.kind {
            Some(Kind::Notes) => walk.groups.push(vec![word(NOTES.to_owned())]),
            Some(Kind::Texts) => walk.without.push(word(NOTES.to_owned())),
            None => {}
        }
        if wanted.stage == Some(Stage::Closed) {
            walk.not = Some(sets::open(tx).await?);
        }
        match sets::only(tx, viewer, wanted).await? {
            Some(only) if only.len() <= FEW => walk.groups.push(vec![vec![sources::of(tx, &only, low, high).await?]]),
            only => walk.only = only,
        }
        if walk.groups.is_empty() {
            walk.groups.push(vec![word(EVERY.to_owned())]);
        }
        Ok(walk)
    }

    /// The candidates of the next stretch of time, oldest first; `None` at the end. Stretches grow, so that what is rare
    /// is found after few of them.
    pub(super) async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<Posting>>> {
        if self.high <= self.low {
            return Ok(None);
        }
        let mut from = i64::MAX;
        for group in &self.groups {
            let mut reach = i64::MIN;
            for all in group {
                let mut rarest = i64::MAX;
                for source in all {
                    rarest = rarest.min(source.reach(tx, self.high, self.depth).await?);
                }
                reach = reach.max(rarest);
            }
            from = from.min(reach);
        }
        let from = from.max(self.low).min(self.high - 1);
        let mut found: Option<Vec<Posting>> = None;
        for group in &self.groups {
            let mut any = Vec::new();
            for all in group {
                any = lists::either(any, load(tx, all, from, self.high).await?);
            }
            found = Some(match found {
                Some(found) => lists::both(&found, &any),
                None => any,
            });
            if found.as_ref().is_some_and(Vec::is_empty) {
                break;
            }
        }
        let mut found = found.unwrap_or_default();
        for all in &self.without {
            if !found.is_empty() {
                found = lists::without(found, &load(tx, all, from, self.high).await?);
            }
        }
        found.retain(|one| {
            self.only.as_ref().is_none_or(|only| only.has(one.conversation))
                && self.not.as_ref().is_none_or(|not| !not.has(one.conversation))
        });
        self.high = from;
        self.depth = self.depth.saturating_mul(GROWTH);
        Ok(Some(found))
    }

    /// Makes the next stretch no longer than is likely to give the `missing` hits, after the last one gave `hits`: what is
    /// read in vain is most of what a search costs.
    pub(super) fn aim(&mut self, missing: usize, hits: usize) {
        if hits == 0 {
            return;
        }
        let last = self.depth / GROWTH;
        let wanted = i64::try_from(missing).unwrap_or(i64::MAX).saturating_mul(last).saturating_mul(3);
        let given = i64::try_from(hits).unwrap_or(i64::MAX).saturating_mul(2);
        self.depth = (wanted / given).clamp(1, self.depth);
    }
}

async fn all(tx: &mut Tx, keeping: &Keeping, together: &Together) -> Result<All> {
    let mut all = Vec::new();
    for word in together {
        let lists = keeping.lists(&word.text);
        let mut begun = Vec::new();
        for list in lists.iter().filter(|_| word.begins) {
            begun.extend(sources::beginning(tx, list).await?);
        }
        // Nothing begins so: the word itself is in no list either.
        all.push(Source::Words(if begun.is_empty() { lists } else { begun }));
    }
    Ok(all)
}

async fn load(tx: &mut Tx, all: &All, low: i64, high: i64) -> Result<Vec<Posting>> {
    let mut found: Option<Vec<Posting>> = None;
    for source in all {
        let list = source.load(tx, low, high).await?;
        found = Some(match found {
            Some(found) => lists::both(&found, &list),
            None => list,
        });
    }
    Ok(found.unwrap_or_default())
}
