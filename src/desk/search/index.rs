//! Brings the search index up to date after the commit, in batches, each from where the last one ended.
//!
//! Adding what is already there changes nothing, so another node, or a restart, may repeat a batch. An index that other
//! rules for words have made is built again beside the old one, in the same batches, after new texts.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::{At, Clock, seconds};
use crate::desk::Desk;
use crate::domain::ids::CustomerId;
use crate::domain::search::keeping::{Keeping, Side, Step};
use crate::domain::search::postings::{Posting, pack};
use crate::domain::search::{EVERY, NOTES, fold, lists, number, on_line};
use crate::secret::Ids;
use crate::store::engine::dialect;
use crate::store::search::{self, KEEPING, Unlisted};
use crate::store::upkeep::settings;
use crate::store::{Job, Result, Store, Tx};

/// Messages, hand-overs or customers of one batch: few enough that webhooks do not wait behind it.
const BATCH: i64 = 500;
/// Pieces of lists that are taken away at once.
const CLEARED: i64 = 2_000;
/// So long nothing is written between two full batches: an operator's command that waits for SQLite's one write lock
/// looks for it about every 100 ms, and would otherwise never find it free while a large backlog is worked off.
const PAUSE: Duration = Duration::from_millis(10);
/// While texts pour in, the lists stay behind for up to so long: texts go first.
const PATIENCE: Duration = seconds(20);
/// Texts pour in if a batch of them came within so long.
const RUSH: Duration = seconds(1);
/// The last event that was looked at.
const EVENTS: &str = "search.events";

/// Adds everything that is not there yet, unless texts come so fast that it can wait. Returns how much was added.
pub async fn index(desk: &Desk) -> Result<usize> {
    let mut all = 0;
    loop {
        let done = batch(&desk.store, &desk.clock).await?;
        all += done;
        if done == 0 {
            return Ok(all);
        }
        if i64::try_from(done).is_ok_and(|done| done >= BATCH) {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Adds one batch of each kind, unless texts come so fast that it can wait; where nothing is to be added, goes one step on
/// with making lists anew. Returns how much that was. What is to be written is worked out before the write begins, so that
/// texts wait for nothing but the writing.
pub async fn batch(store: &Store, clock: &Clock) -> Result<usize> {
    let mut tx = store.read().await?;
    let end = end(&mut tx, clock).await?;
    let (kept, keeping) = search::keeping(&mut tx).await?;
    let from = place(keeping.head, end);
    if in_a_rush(&mut tx, from, clock.now()).await? {
        return Ok(0);
    }
    let mut sorted = None;
    if !keeping.is_of_the_future() {
        let new = sort(&mut tx, keeping.writes(), (from, end)).await?;
        sorted = new.map(|sorted| (Keeping { head: sorted.last, ..keeping }, sorted));
    }
    let from = cursor(&mut tx, EVENTS, end).await?;
    let more = !search::handovers(&mut tx, from, end, 1).await?.is_empty()
        || !search::unlisted_customers(&mut tx, 1).await?.is_empty();
    let mut step = Step::Rest;
    if sorted.is_none() && !more {
        step = keeping.next();
        if let Step::Add(anew) = step {
            let old = sort(&mut tx, keeping.side.other(), (anew.at, anew.until.saturating_add(1))).await?;
            sorted = old.map(|sorted| (keeping.added(anew, Some(sorted.last)), sorted));
        }
    }
    drop(tx);
    if sorted.is_none() && !more && step == Step::Rest {
        return Ok(0);
    }
    store.write(Batch { clock: clock.clone(), kept, keeping, sorted, more, step }).await
}

/// Whether texts pour in, more than a batch of them waits after `from`, and none has waited for long.
async fn in_a_rush(tx: &mut Tx, from: i64, now: At) -> Result<bool> {
    let backlog = search::backlog(tx, from, BATCH).await?;
    Ok(backlog.is_some_and(|(oldest, batch_ago)| now - RUSH < batch_ago && now - PATIENCE < oldest))
}

/// Messages that are to be added, and the pieces of lists that they make.
struct Sorted {
    from: i64,
    last: i64,
    count: usize,
    took_part: Vec<(i64, i64)>,
    pieces: Vec<(String, i64, Vec<u8>)>,
    gone: Vec<(String, i64)>,
}

struct Batch {
    clock: Clock,
    /// How the lists stood when this was worked out, and as what the database remembered it.
    kept: Option<String>,
    keeping: Keeping,
    /// What is added, and how the lists stand then.
    sorted: Option<(Keeping, Sorted)>,
    more: bool,
    step: Step,
}

impl Job for Batch {
    type Out = usize;

    async fn run(&self, tx: &mut Tx) -> Result<usize> {
        dialect::one_at_a_time(tx, "search", "").await?;
        // Something has come between, from another node: nothing is written, and it is to be read again.
        if settings::get(tx, KEEPING).await? != self.kept {
            return Ok(1);
        }
        let mut done = match &self.sorted {
            Some((then, sorted)) => keep(tx, then, sorted).await?,
            None => self.go_on(tx).await?,
        };
        if self.more {
            let end = end(tx, &self.clock).await?;
            done += handovers(tx, end).await? + customers(tx).await?;
        }
        Ok(done)
    }
}

impl Batch {
    /// Goes a step on with making lists anew. Returns how much that was, at least 1 if there may be more to do.
    async fn go_on(&self, tx: &mut Tx) -> Result<usize> {
        let keeping = self.keeping;
        let (then, done) = match self.step {
            Step::Rest => return Ok(0),
            Step::Begin(begun) => (begun, 1),
            Step::Clear(side) => match search::clear(tx, side, CLEARED).await? {
                0 => (Keeping { spent: false, ..keeping }, 1),
                // As much writing as a batch of messages, and as much of a pause after it.
                _ => return Ok(usize::try_from(BATCH).unwrap_or(1)),
            },
            Step::Customers(at) => {
                let next = search::customers_after(tx, at, BATCH).await?;
                let last = next.last().map(|(id, ..)| id.0);
                let done = list(tx, next).await?;
                (Keeping { customers: last, ..keeping }, done.max(usize::from(self.kept.is_some())))
            }
            Step::Add(anew) => (keeping.added(anew, None), 1),
        };
        if done > 0 {
            settings::set(tx, KEEPING, &then.written()).await?;
        }
        Ok(done)
    }
}

/// Everything before this row is there.
async fn end(tx: &mut Tx, clock: &Clock) -> Result<i64> {
    Ok(Ids::floor(dialect::settled(tx, clock.now()).await?).max(1))
}

/// The row after which the lists are not complete. A clock that was set back makes ids that are lower than some that were
/// added: from there it begins again.
fn place(head: i64, end: i64) -> i64 {
    i64::min(head, end)
}

async fn cursor(tx: &mut Tx, name: &str, end: i64) -> Result<i64> {
    let kept = settings::get(tx, name).await?;
    Ok(place(kept.and_then(|value| value.parse().ok()).unwrap_or(0), end))
}

/// Reads what is to be added next, to the lists of `side`; `None` if that is nothing.
async fn sort(tx: &mut Tx, side: Side, (from, end): (i64, i64)) -> Result<Option<Sorted>> {
    let new = search::unlisted(tx, from, end, BATCH).await?;
    let Some(last) = new.last().map(|one| one.id) else { return Ok(None) };
    let mut took_part: Vec<(i64, i64)> = new.iter().filter_map(|one| one.author.zip(one.conversation)).collect();
    took_part.sort_unstable();
    took_part.dedup();
    let (pieces, gone) = join(tx, side, &new).await?;
    Ok(Some(Sorted { from, last, count: new.len(), took_part, pieces, gone }))
}

/// Writes what was read, unless a message has come between.
async fn keep(tx: &mut Tx, then: &Keeping, sorted: &Sorted) -> Result<usize> {
    if search::count(tx, sorted.from, sorted.last).await? != sorted.count {
        return Ok(1);
    }
    search::drop_pieces(tx, &sorted.gone).await?;
    search::keep(tx, &sorted.pieces).await?;
    search::took_part(tx, &sorted.took_part).await?;
    settings::set(tx, KEEPING, &then.written()).await?;
    Ok(sorted.count)
}

/// The lists that a message belongs to.
fn lists_of(one: &Unlisted, side: Side) -> impl Iterator<Item = String> {
    let mut words = fold::words(&one.body);
    words.insert(EVERY.to_owned());
    words.extend(one.note.then(|| NOTES.to_owned()));
    words.extend(one.line.map(on_line));
    words.into_iter().map(move |word| side.list(&word))
}

/// The pieces with which messages are in the lists of their words, and which pieces are in others then.
async fn join(tx: &mut Tx, side: Side, new: &[Unlisted]) -> Result<(Vec<(String, i64, Vec<u8>)>, Vec<(String, i64)>)> {
    let mut lists: BTreeMap<String, Vec<Posting>> = BTreeMap::new();
    for one in new {
        let posting = Posting { message: one.id, conversation: one.conversation.unwrap_or(0) };
        for word in lists_of(one, side) {
            lists.entry(word).or_default().push(posting);
        }
    }
    let span = |list: &Vec<Posting>| Some((list.first()?.message, list.last()?.message));
    let spans =
        lists.iter().filter_map(|(word, list)| span(list).map(|(low, high)| (word.clone(), low, high))).collect();
    let mut gone = Vec::new();
    for (word, first, old) in search::pieces_of(tx, &spans).await? {
        if let Some(list) = lists.get_mut(&word) {
            *list = lists::either(std::mem::take(list), old);
            gone.push((word, first));
        }
    }
    let rows: Vec<(String, i64, Vec<u8>)> = lists
        .into_iter()
        .flat_map(|(word, list)| pack(&list).into_iter().map(move |(first, bytes)| (word.clone(), first, bytes)))
        .collect();
    let kept: std::collections::BTreeSet<(&String, i64)> = rows.iter().map(|(word, first, _)| (word, *first)).collect();
    gone.retain(|(word, first)| !kept.contains(&(word, *first)));
    Ok((rows, gone))
}

async fn handovers(tx: &mut Tx, end: i64) -> Result<usize> {
    let from = cursor(tx, EVENTS, end).await?;
    let events = search::handovers(tx, from, end, 4 * BATCH).await?;
    let Some(last) = events.last().map(|event| event.0) else { return Ok(0) };
    let count = events.len();
    let mut rows: Vec<(i64, i64)> = events
        .into_iter()
        .filter_map(|(_, conversation, told)| told.given_to().map(|to| to.0).zip(conversation))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    search::took_part(tx, &rows).await?;
    settings::set(tx, EVENTS, &last.to_string()).await?;
    Ok(count)
}

async fn customers(tx: &mut Tx) -> Result<usize> {
    let new = search::unlisted_customers(tx, BATCH).await?;
    list(tx, new).await
}

/// Lets customers be found by the words of their names and by their numbers.
async fn list(tx: &mut Tx, new: Vec<(CustomerId, String, Option<String>)>) -> Result<usize> {
    let rows: Vec<(CustomerId, String, Vec<String>)> = new
        .into_iter()
        .map(|(id, phone, name)| {
            let name = name.unwrap_or_default();
            let mut words: Vec<String> = fold::words(&name).into_iter().collect();
            words.push(format!("#{}", number::backward(&phone)));
            (id, name, words)
        })
        .collect();
    search::list_customers(tx, &rows).await?;
    Ok(rows.len())
}

/// Since when what was said cannot be found yet, if that is longer than usual: it was not added, or not by its new words.
pub async fn behind_since(tx: &mut Tx, now: At) -> Result<Option<At>> {
    let (_, keeping) = search::keeping(tx).await?;
    let end = Ids::floor(now - seconds(30)).max(1);
    let new = search::behind(tx, place(keeping.head, end), end).await?;
    let old = match keeping.missing() {
        Some((from, until)) => search::behind(tx, from, until.saturating_add(1)).await?,
        None => None,
    };
    Ok(old.into_iter().chain(new).min().map(At))
}
