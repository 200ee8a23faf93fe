//! Looks up what single people have sent, where something waits for that: a text to them, or one of theirs.

use std::time::Duration;

use futures_util::StreamExt as _;

use super::{Asked, SLACK, Unread, from, is_behind, lists, say, taking};
use crate::carrier::Inbox;
use crate::clock::{At, seconds};
use crate::desk::Desk;
use crate::desk::outbox::BEHIND;
use crate::desk::upkeep::readiness::{Epoch, PATIENCE};
use crate::desk::upkeep::tallies::UNLOOKED;
use crate::domain::ids::NumberId;
use crate::store::outbox::departures;
use crate::store::receiving::arrivals::{self, Whose};
use crate::store::receiving::backfill::{self as table, Compared};
use crate::store::{Job, Result, Tx};

/// People looked at in one turn.
const SOME: usize = 64;
/// After a list that could not be had, the next ones are asked for.
const PAUSE: Duration = seconds(2);
/// Lists asked for at once.
const AT_ONCE: usize = 16;

/// Somebody for whom something waits.
struct Wanted {
    phone: String,
    /// The number by which a text to them, or to which a text of theirs waits.
    number: Option<NumberId>,
    /// Texts of theirs wait.
    waits: bool,
}

/// Looks at everybody for whom something waits, takes in what they have sent, and lets go what waited. Returns how many were
/// looked at.
///
/// # Errors
/// What the database said. A carrier that cannot be asked is no error: it is asked again.
pub async fn people(desk: &Desk) -> Result<usize> {
    if desk.readiness.rests() {
        return Ok(0);
    }
    let (epoch, since, now, wanted, numbers) = {
        let mut tx = desk.store.read().await?;
        // Asked afterwards: the connection may have found out that the database went back.
        let (epoch, since, now) = (desk.readiness.epoch(), desk.readiness.since(), desk.clock.now());
        let mut wanted: Vec<Wanted> = desk
            .readiness
            .wanted(SOME)
            .into_iter()
            .map(|(phone, number)| Wanted { phone, number: Some(number), waits: false })
            .collect();
        let few = i64::try_from(SOME).unwrap_or(i64::MAX);
        for phone in arrivals::senders(&mut tx, few).await? {
            match wanted.iter_mut().find(|one| one.phone == phone) {
                Some(one) => one.waits = true,
                None => wanted.push(Wanted { phone, number: None, waits: true }),
            }
        }
        if wanted.is_empty() {
            return Ok(0);
        }
        (epoch, since, now, wanted, table::numbers(&mut tx, now).await?)
    };
    let behind: Vec<&Compared> = numbers.iter().filter(|number| is_behind(number, since, now)).collect();
    // A person may have written to any of them since that one was compared last.
    let from = behind.iter().map(|number| from(number, now)).min().unwrap_or(now);
    let all = futures_util::stream::iter(wanted)
        .map(|one| look_at(desk, one, (&numbers, &behind), (epoch, since, from)))
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<Result<bool>>>()
        .await;
    let mut looked = 0;
    for done in all {
        looked += usize::from(done?);
    }
    if looked > 0 {
        desk.ring();
    }
    Ok(looked)
}

/// False if nothing has come of it: the carrier cannot be asked, or something could not be taken in.
async fn look_at(
    desk: &Desk,
    one: Wanted,
    (numbers, behind): (&[Compared], &[&Compared]),
    (epoch, since, from): (Epoch, At, At),
) -> Result<bool> {
    let phone = one.phone.as_str();
    let known = desk.readiness.has_looked_at(phone)
        || behind.is_empty()
        || (!one.waits && one.number.is_some_and(|wanted| behind.iter().all(|number| number.id != wanted)));
    if !known {
        let asked = Asked { whose: Inbox::From(phone), from, known_until: None, since: since + SLACK };
        let unread = match lists::keep(desk, &asked, numbers).await {
            Ok(()) => None,
            Err(Unread::Carrier(why)) => Some(why),
            Err(Unread::Store(error)) => return Err(error),
        };
        if let Some(why) = unread {
            if !desk.readiness.rests() {
                say(&why);
                desk.readiness.rest(PAUSE);
            }
            if desk.readiness.unlisted_for() < PATIENCE {
                return Ok(false);
            }
            // What has come is passed on now; what is lost of the order is less than what more waiting would cost.
            let taken = taking::take_in(desk, Whose::Phone(phone), (epoch, since + SLACK)).await?;
            desk.tallies.add(UNLOOKED, i64::try_from(taken.waited).unwrap_or(i64::MAX));
            return Ok(taken.waited + taken.found > 0);
        }
    }
    let taken = taking::take_in(desk, Whose::Phone(phone), (epoch, since + SLACK)).await?;
    if !taken.left.is_empty() {
        return Ok(false);
    }
    if known {
        desk.readiness.want_no_more(phone);
    } else {
        desk.readiness.looked_at(epoch, phone);
    }
    if let Some(number) = one.number {
        desk.store.write(Wake { number, phone: one.phone, now: desk.clock.now() }).await?;
    }
    Ok(true)
}

struct Wake {
    number: NumberId,
    phone: String,
    now: At,
}

impl Job for Wake {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        departures::wake(tx, BEHIND, (&[self.number], Some(&self.phone)), self.now).await
    }
}
