//! Somebody signs in: from where, by which way, and in which browser.
//!
//! Every way of signing in begins its session here, so that each leaves a row.

use std::time::Duration;

use crate::clock::{days, hours};
use crate::desk::Desk;
use crate::desk::work::UnitOfWork;
use crate::domain::ids::PersonId;
use crate::domain::people::audit::{Browser, How};
use crate::secret::{hash_token, keyed_hash};
use crate::store::Result;
use crate::store::people::sign_ins::{self, SignIn, Way};
use crate::store::people::{devices, sessions};
use crate::store::upkeep::settings;

/// A session that is not used ends after this.
pub const IDLE: Duration = hours(8);
/// Every session ends after this.
pub const ABSOLUTE: Duration = hours(24);
/// A browser is known for so long after its last sign-in.
pub const DEVICE_LIFE: Duration = days(180);

/// Where somebody comes from.
#[derive(Clone, Debug, Default)]
pub struct Came {
    /// What the network address counts as; `None` if it is not known.
    pub address: Option<String>,
    /// The token by which the browser is known, if it brought one; good or not.
    pub device: Option<String>,
}

/// What the browser of somebody who came in is given.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The token of the session.
    pub session: String,
    /// The token by which the browser is known the next time, in place of the one that it brought.
    pub device: String,
}

/// A session that is about to begin.
pub(in crate::desk) struct Arrival {
    token_hash: String,
    device_hash: String,
    before: Option<String>,
    address: Option<String>,
    how: How,
}

impl Arrival {
    /// Somebody comes in: what their browser is given, and what a job begins by [`Arrival::begin_in`].
    pub(in crate::desk) fn of(desk: &Desk, came: &Came, how: How) -> (Keys, Self) {
        let keys = Keys { session: desk.chance.token::<32>(), device: desk.chance.token::<32>() };
        let arrival = Arrival {
            token_hash: hash_token(&keys.session),
            device_hash: hash_token(&keys.device),
            before: came.device.as_deref().map(hash_token),
            address: came.address.clone(),
            how,
        };
        (keys, arrival)
    }

    /// Begins the session within a transaction, and writes down that it did.
    pub(in crate::desk) async fn begin_in(&self, work: &mut UnitOfWork<'_>, person: PersonId) -> Result<()> {
        let (desk, now) = (work.desk, work.now);
        sessions::drop_stale(work.tx, now - ABSOLUTE, now - IDLE).await?;
        sessions::insert(work.tx, &self.token_hash, person, now).await?;
        let since = now - DEVICE_LIFE;
        let before = self.before.as_deref();
        let known = match before {
            Some(before) => devices::knows(work.tx, before, person, since).await?,
            None => false,
        };
        devices::renew(work.tx, before, &self.device_hash, (person, now), since).await?;
        let entry = SignIn {
            id: desk.ids.next(now),
            at: now,
            person,
            way: Way::In(self.how, if known { Browser::Known } else { Browser::New }),
            origin: &origin(work, self.address.as_deref()).await?,
        };
        sign_ins::insert(work.tx, entry).await
    }
}

/// What stands for a network address where it is kept: equal for equal ones, and found again by nobody who has not this
/// database's key.
pub(in crate::desk) async fn origin(work: &mut UnitOfWork<'_>, address: Option<&str>) -> Result<String> {
    let desk = work.desk;
    let Some(address) = address else { return Ok(sign_ins::UNKNOWN.to_owned()) };
    let key = match settings::get(work.tx, settings::ORIGIN_KEY).await? {
        Some(key) => key,
        None => settings::remember(work.tx, settings::ORIGIN_KEY, &desk.chance.hex::<32>()).await?,
    };
    Ok(keyed_hash(&key, address)[..16].to_owned())
}
