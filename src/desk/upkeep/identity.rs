//! The carrier account of a database, and sending that is paused until settings are corrected.

use serde_json::json;

use crate::clock::At;
use crate::desk::failure::Stop;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, commands};
use crate::domain::ids::NumberId;
use crate::domain::people::audit::Action;
use crate::domain::proof;
use crate::secret::{Chance, Ids};
use crate::store::outbox::{self, fitness};
use crate::store::people::acts;
use crate::store::routing::numbers;
use crate::store::upkeep::{account_moves, settings};
use crate::store::{Error, Job, Result, Store, Tx};

/// Row ids for `node`, above all that are there: within a lane they are the order, and an earlier process may have made some while
/// its clock was ahead.
pub async fn ids(store: &Store, node: i64, now: At) -> Result<Ids> {
    let ids = Ids::of_node(node);
    let newest = outbox::newest(&mut store.read().await?).await?;
    if !ids.go_on_after(newest, now) {
        tracing::error!(
            "the database holds texts from more than a day ahead of this clock: set it right, or what comes now may overtake what \
             waits"
        );
    }
    Ok(ids)
}

/// Claims the database for the carrier account `account`, called `identity`; the first claim is remembered. The inner error
/// is the other account that it belongs to: by a claim, or because texts came in from that one while nobody had claimed it.
pub async fn claim(store: &Store, identity: &str, account: &str) -> Result<Result<(), String>> {
    let held = store.write(Claim { identity: identity.to_owned(), account: account.to_owned() }).await?;
    Ok(if held == identity { Ok(()) } else { Err(held) })
}

/// The carrier account that the database belongs to, if it has been served.
pub async fn claimed(store: &Store) -> Result<Option<String>> {
    settings::get(&mut store.read().await?, settings::CARRIER_ACCOUNT).await
}

struct Claim {
    identity: String,
    account: String,
}

impl Job for Claim {
    type Out = String;

    async fn run(&self, tx: &mut Tx) -> Result<String> {
        if let Some(held) = settings::get(tx, settings::CARRIER_ACCOUNT).await? {
            return Ok(held);
        }
        if let Some(other) = account_moves::another(tx, &self.account).await? {
            return Ok(other);
        }
        settings::remember(tx, settings::CARRIER_ACCOUNT, &self.identity).await
    }
}

/// What keeps a database from going to another account.
#[derive(Debug)]
pub enum Stays {
    /// It belongs to this account, or to none, and not to the one that was named.
    Belongs(Option<String>),
    /// So many texts are under way or in doubt, and only the old account can tell what became of them.
    Undecided(i64),
    /// The database did not do it.
    Store(Error),
}

impl From<Error> for Stays {
    fn from(error: Error) -> Self {
        Stays::Store(error)
    }
}

impl Stop for Stays {
    fn of_store(self) -> std::result::Result<Error, Self> {
        if let Stays::Store(error) = self { Ok(error) } else { Err(self) }
    }
}

/// Gives the database from the account `from` to the account `to`, and writes that down.
///
/// # Errors
/// Why it stays.
pub async fn give(desk: &Desk, from: &str, to: &str) -> Result<(), Stays> {
    desk.work(Give { from: from.to_owned(), to: to.to_owned() }).await
}

struct Give {
    from: String,
    to: String,
}

impl Verb for Give {
    type Out = ();
    type Stop = Stays;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        let held = settings::get(work.tx, settings::CARRIER_ACCOUNT).await?;
        if held.as_ref() != Some(&self.from) {
            return Err(Stays::Belongs(held));
        }
        let undecided = account_moves::undecided(work.tx).await?;
        if undecided > 0 {
            return Err(Stays::Undecided(undecided));
        }

        settings::set(work.tx, settings::CARRIER_ACCOUNT, &self.to).await?;
        let data = json!({ "from": self.from, "to": self.to });
        acts::by_command(work.tx, (work.desk.ids.next(now), now), Action::AccountMoved, None, &data).await?;
        Ok(())
    }
}

/// Gives the database a secret of its own, unless it has one: with it a server proves that it serves this database.
pub async fn name(store: &Store, chance: &Chance) -> Result<()> {
    if settings::get(&mut store.read().await?, settings::SERVER_KEY).await?.is_none() {
        store.write(Name(chance.token::<32>())).await?;
    }
    Ok(())
}

struct Name(String);

impl Job for Name {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        settings::remember(tx, settings::SERVER_KEY, &self.0).await.map(drop)
    }
}

/// The answer to `nonce` of a server of this database; `None` if it was never served, or that is no question.
pub async fn answer(store: &Store, nonce: &str) -> Result<Option<String>> {
    if !proof::is_question(nonce) {
        return Ok(None);
    }
    let key = settings::get(&mut store.read().await?, settings::SERVER_KEY).await?;
    Ok(key.map(|key| proof::answer(&key, nonce)))
}

/// Sixteen pieces of 64 KiB in base64: what a full group of texts may need. A disk on which texts find no room may have some left
/// for a short row.
const ROOM: (usize, usize) = (16, 48 * 1024);

/// Writes a row of its own for `who` asks, to know whether the database can be written. With `room`, also whether a mebibyte
/// finds room there; it is taken away again.
pub async fn try_to_write(store: &Store, who: &str, now: At, room: bool) -> Result<()> {
    let name = format!("{}.{who}", settings::WRITTEN_AT);
    if room {
        // By chance, and no piece near its copy: a database could press other texts together.
        let value = Chance::System.token::<{ ROOM.1 }>().repeat(ROOM.0);
        store.write(FindRoom(TryToWrite { name: name.clone(), value })).await?;
    }
    store.write(TryToWrite { name, value: now.to_string() }).await
}

struct TryToWrite {
    name: String,
    value: String,
}

impl Job for TryToWrite {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        settings::set(tx, &self.name, &self.value).await
    }
}

struct FindRoom(TryToWrite);

impl Job for FindRoom {
    type Out = ();
    const ALONE: bool = true;

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        self.0.run(tx).await
    }
}

/// Lets those numbers send again that the carrier says are `fit`; the account is well, or it would not have said so. The
/// others are each tried by themselves, at `probe_at`.
pub async fn resume_fit(store: &Store, fit: &[NumberId], probe_at: At, now: At) -> Result<()> {
    store.write(ResumeFit { fit: fit.to_vec(), probe_at, now }).await
}

struct ResumeFit {
    fit: Vec<NumberId>,
    probe_at: At,
    now: At,
}

impl Job for ResumeFit {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        fitness::hold_stopped(tx).await?;
        let mut resumed = 0;
        for number in numbers::all(tx).await?.iter().filter(|number| number.paused_at.is_some()) {
            if self.fit.contains(&number.id) {
                resumed += u64::from(fitness::resume(tx, number.id).await?);
                fitness::forgive(tx, number.id).await?;
            } else {
                fitness::stop_alone(tx, number.id, self.probe_at, self.now).await?;
            }
        }
        if resumed > 0 {
            let data = json!({ "numbers": resumed });
            acts::by_command(tx, (commands::ids().next(self.now), self.now), Action::SendingResumed, None, &data)
                .await?;
        }
        // None is left that stands still because of the account.
        fitness::resume_account(tx).await.map(drop)
    }
}

/// Has everything that is paused tried with the next text: the settings may be new.
pub async fn try_paused(store: &Store, now: At) -> Result<()> {
    store.write(TryPaused(now)).await
}

struct TryPaused(At);

impl Job for TryPaused {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        fitness::try_now(tx, self.0).await
    }
}
