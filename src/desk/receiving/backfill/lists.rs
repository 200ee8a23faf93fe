//! Reads a list of texts to us, page by page, and stores what the database does not know: neither the list nor all
//! missed texts are ever in memory as a whole.

use std::collections::HashSet;
use std::time::Duration;

use super::{UNDER_WAY, ours};
use crate::carrier::{Arrived, Inbox, Unanswered};
use crate::clock::{At, minutes, seconds};
use crate::desk::Desk;
use crate::domain::numbers::phone::without_channel;
use crate::faults;
use crate::store::receiving::arrivals::{self, Arrival};
use crate::store::receiving::backfill::Compared;
use crate::store::routing::routes;
use crate::store::{Error, Job, Result, Tx};

/// A carrier lists a text at most so late, but for rare cases.
pub(super) const LATE: Duration = minutes(15);
const SECOND: Duration = seconds(1);
/// A million texts; more is a carrier that turns in circles.
const MOST_PAGES: usize = 1_000;

/// What is asked for.
pub(super) struct Asked<'a> {
    /// Whose texts.
    pub(super) whose: Inbox<'a>,
    /// Sent from then on.
    pub(super) from: At,
    /// Where the list is in order, the newest first, a page of known texts that are all older than this ends it.
    pub(super) known_until: Option<At>,
    /// What came before that is under way no more, or only to be told that it is known.
    pub(super) since: At,
}

/// Why a list was not read to its end.
pub(super) enum Unread {
    /// The carrier could not be asked.
    Carrier(Unanswered),
    /// What the database said.
    Store(Error),
}

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Unread::Store(error)
    }
}

/// Reads the list to its end, or to where everything is known, and keeps what is not known. `numbers` are ours.
///
/// # Errors
/// Why it was not read to its end.
pub(super) async fn keep(desk: &Desk, asked: &Asked<'_>, numbers: &[Compared]) -> Result<(), Unread> {
    let (mut seen, mut page) = (HashSet::new(), None::<String>);
    let (mut place, mut newest_first) = (0_i64, None::<At>);
    let mut in_order = true;
    loop {
        let mut read = match desk.carrier.inbound(asked.whose, asked.from, page.as_deref()).await {
            Ok(read) => read,
            Err(why) => return Err(Unread::Carrier(why)),
        };
        for text in &mut read.texts {
            if let Some(before) = newest_first.filter(|before| text.sent_at > *before) {
                // What is known of the two clocks may have grown by a second between two pages.
                if text.sent_at <= before + SECOND {
                    text.sent_at = before;
                } else {
                    in_order = false;
                }
            }
            newest_first = Some(text.sent_at);
        }
        let newest = read.texts.iter().map(|text| text.sent_at).max();
        let found = unknown(desk, asked, numbers, read.texts, &mut place).await?;
        let all_known = found.is_empty();
        if !all_known {
            desk.store.write(Keep { found }).await?;
            faults::point("backfill_kept");
        }
        let settled =
            all_known && in_order && newest.zip(asked.known_until).is_some_and(|(newest, known)| newest < known);
        match read.next {
            Some(next) if !settled => {
                if !seen.insert(next.clone()) || seen.len() > MOST_PAGES {
                    return Err(Unread::Carrier(Unanswered::Unavailable("its list has no end".to_owned())));
                }
                page = Some(next);
            }
            _ => {
                desk.readiness.listed();
                return Ok(());
            }
        }
    }
}

/// What of a page nobody has stored.
async fn unknown(
    desk: &Desk,
    asked: &Asked<'_>,
    numbers: &[Compared],
    texts: Vec<Arrived>,
    place: &mut i64,
) -> Result<Vec<Arrival>> {
    let now = desk.clock.now();
    let mut found = Vec::new();
    for text in texts {
        // Within a second the carrier's order says nothing sure; it lists the newest first.
        *place -= 1;
        let own = numbers.iter().find(|number| number.number == without_channel(&text.to));
        let ours = own.is_some_and(|own| text.sent_at.0 >= ours(own, now).0.div_euclid(1_000_000) * 1_000_000);
        if ours && (text.sent_at < asked.since || text.sent_at + UNDER_WAY <= now) {
            found.push(arrival(desk, text, *place, now));
        }
    }
    let ids: Vec<&str> = found.iter().map(|text| text.carrier_id.as_str()).collect();
    let mut tx = desk.store.read().await?;
    let known: HashSet<String> = routes::known(&mut tx, desk.carrier.account(), &ids).await?.into_iter().collect();
    drop(tx);
    found.retain(|text| !known.contains(&text.carrier_id));
    Ok(found)
}

fn arrival(desk: &Desk, text: Arrived, place: i64, now: At) -> Arrival {
    Arrival {
        id: desk.ids.next(now),
        account: desk.carrier.account().to_owned(),
        carrier_id: text.id,
        // By whichever of a carrier's channels it came: as a text that is posted.
        from: without_channel(&text.from).to_owned(),
        to: without_channel(&text.to).to_owned(),
        body: text.body,
        media: Vec::new(),
        has_media: text.has_media,
        keyword: None,
        raw: text.raw,
        webhook: false,
        sent_at: Some(text.sent_at),
        place,
        arrived_at: now,
    }
}

struct Keep {
    found: Vec<Arrival>,
}

impl Job for Keep {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        arrivals::keep(tx, &self.found).await
    }
}
