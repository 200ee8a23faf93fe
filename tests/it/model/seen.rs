//! What the database shows after something happened: the rows that are new or changed since the last look.

use std::collections::{BTreeMap, BTreeSet};

use switchboard::clock::At;
use switchboard::store::sql::{query, query_as};
use switchboard::store::{Result, Store, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Talk {
    pub id: i64,
    pub line: i64,
    pub customer: String,
    pub pinned: Option<i64>,
    pub closed: bool,
    /// The first message that waits for somebody's phone.
    pub waits: Option<i64>,
    pub snoozed: Option<At>,
    pub waiting_since: Option<At>,
    pub last_at: At,
    /// Relaying is paused by the loop guard.
    pub paused: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    pub id: i64,
    pub talk: i64,
    pub role: String,
    pub person: Option<i64>,
    pub phone: String,
    pub number: i64,
    pub ended: bool,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: i64,
    pub talk: Option<i64>,
    pub person: Option<i64>,
    pub kind: String,
    pub outcome: String,
    pub why: Option<String>,
    pub body: String,
    /// The carrier's id, or the key of the form.
    pub key: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Delivery {
    pub id: i64,
    pub message: Option<i64>,
    pub leg: Option<i64>,
    pub talk: Option<i64>,
    pub part: i64,
    pub kind: String,
    pub number: i64,
    pub to: String,
    pub person: Option<i64>,
    pub body: String,
    pub state: String,
    pub rank: i64,
    pub why: Option<String>,
    pub accepted_at: At,
    pub valid_until: At,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub id: i64,
    pub talk: Option<i64>,
    pub kind: String,
    pub data: String,
}

/// What is written of people: of two things done at the same instant, only this may show which came last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// (phone, line; none for the pool) without consent, by the newest entry.
    pub withdrawn: BTreeSet<(String, Option<i64>)>,
    /// (phone, number) that nothing passes between, by the newest entry.
    pub blocks: BTreeSet<(String, i64)>,
    /// Customers whom staff have blocked, on a line or on all.
    pub kept_away: BTreeSet<(String, Option<i64>)>,
    /// Staff: duty, whether enabled, whether texts to the phone are off.
    pub staff: BTreeMap<i64, (String, bool, bool)>,
}

/// A look at the database.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// All conversations, legs and people, where the look was at everything.
    pub standing: Option<(Vec<Talk>, Vec<Leg>, Books)>,
    pub messages: Vec<Message>,
    /// Deliveries that were not there before.
    pub born: Vec<Delivery>,
    /// Deliveries that were there and may have changed.
    pub moved: Vec<Delivery>,
    pub events: Vec<Event>,
}

/// Remembers what was seen, so that a look shows only what is new.
#[derive(Debug, Default)]
pub struct Eyes {
    known: BTreeSet<i64>,
    since: At,
}

impl Eyes {
    /// Looks at the database at `now`.
    pub async fn look(&mut self, store: &Store, now: At, whole: bool) -> Result<Seen> {
        let mut tx = store.read().await?;
        let since = self.since.0;
        let standing =
            if whole { Some((talks(&mut tx).await?, legs(&mut tx).await?, books(&mut tx).await?)) } else { None };
        let mut messages = query(
            "SELECT id, conversation_id, author_id, kind, outcome, why, body, COALESCE(carrier_id, form_key) \
             FROM messages WHERE accepted_at >= $1 ORDER BY id",
        )
        .bind(since)
        .try_map(|row| {
            Ok(Message {
                id: row.try_get(0)?,
                talk: row.try_get(1)?,
                person: row.try_get(2)?,
                kind: row.try_get(3)?,
                outcome: row.try_get(4)?,
                why: row.try_get(5)?,
                body: row.try_get(6)?,
                key: row.try_get(7)?,
            })
        })
        .fetch_all(&mut tx)
        .await?;
        let deliveries = query(
            "SELECT id, message_id, leg_id, conversation_id, part, kind, number_id, to_phone, person_id, body, state, \
             carrier_rank, why, accepted_at, valid_until FROM deliveries WHERE updated_at >= $1 ORDER BY id",
        )
        .bind(since)
        .try_map(|row| {
            Ok(Delivery {
                id: row.try_get(0)?,
                message: row.try_get(1)?,
                leg: row.try_get(2)?,
                talk: row.try_get(3)?,
                part: row.try_get(4)?,
                kind: row.try_get(5)?,
                number: row.try_get(6)?,
                to: row.try_get(7)?,
                person: row.try_get(8)?,
                body: row.try_get(9)?,
                state: row.try_get(10)?,
                rank: row.try_get(11)?,
                why: row.try_get(12)?,
                accepted_at: At(row.try_get(13)?),
                valid_until: At(row.try_get(14)?),
            })
        })
        .fetch_all(&mut tx)
        .await?;
        let mut events = query("SELECT id, conversation_id, kind, data FROM events WHERE at >= $1 ORDER BY id")
            .bind(since)
            .try_map(|row| {
                Ok(Event { id: row.try_get(0)?, talk: row.try_get(1)?, kind: row.try_get(2)?, data: row.try_get(3)? })
            })
            .fetch_all(&mut tx)
            .await?;
        messages.retain(|row| self.known.insert(row.id));
        events.retain(|row| self.known.insert(row.id));
        let (born, moved) = deliveries.into_iter().partition(|row| self.known.insert(row.id));
        self.since = now;
        Ok(Seen { standing, messages, born, moved, events })
    }
}

async fn talks(tx: &mut Tx) -> Result<Vec<Talk>> {
    let rows = query(
        "SELECT c.id, c.line_id, u.phone, c.pinned_to, c.closed_at, c.snoozed_until, c.waits_from, c.waiting_since, c.last_at, \
         c.paused_at FROM conversations c \
         JOIN customers u ON u.id = c.customer_id ORDER BY c.id")
        .try_map(|row| Ok(Talk {
            id: row.try_get(0)?,
            line: row.try_get(1)?,
            customer: row.try_get(2)?,
            pinned: row.try_get(3)?,
            closed: row.try_get::<Option<i64>, _>(4)?.is_some(),
                snoozed: row.try_get::<Option<i64>, _>(5)?.map(At),
                waits: row.try_get(6)?,
                waiting_since: row.try_get::<Option<i64>, _>(7)?.map(At),
                last_at: At(row.try_get(8)?),
                paused: row.try_get::<Option<i64>, _>(9)?.is_some(),
        }))
        .fetch_all(tx).await?;
    Ok(rows)
}

async fn legs(tx: &mut Tx) -> Result<Vec<Leg>> {
    let rows = query("SELECT id, conversation_id, role, person_id, phone, number_id, ended_at FROM legs ORDER BY id")
        .try_map(|row| {
            Ok(Leg {
                id: row.try_get(0)?,
                talk: row.try_get(1)?,
                role: row.try_get(2)?,
                person: row.try_get(3)?,
                phone: row.try_get(4)?,
                number: row.try_get(5)?,
                ended: row.try_get::<Option<i64>, _>(6)?.is_some(),
            })
        })
        .fetch_all(tx)
        .await?;
    Ok(rows)
}

async fn books(tx: &mut Tx) -> Result<Books> {
    let withdrawn: Vec<(String, String)> = query_as(
        "SELECT phone, scope FROM consents a WHERE given = 0 AND NOT EXISTS \
         (SELECT 1 FROM consents b WHERE b.phone = a.phone AND b.scope = a.scope AND b.id > a.id)",
    )
    .fetch_all(tx)
    .await?;
    let blocks: Vec<(String, i64)> = query_as(
        "SELECT phone, number_id FROM blocks a WHERE blocked = 1 AND NOT EXISTS \
         (SELECT 1 FROM blocks b WHERE b.phone = a.phone AND b.number_id = a.number_id AND b.id > a.id)",
    )
    .fetch_all(tx)
    .await?;
    let kept_away: Vec<(String, Option<i64>)> = query_as(
        "SELECT phone, CAST(NULL AS BIGINT) FROM customers WHERE blocked_at IS NOT NULL \
         UNION ALL SELECT u.phone, k.line_id FROM line_blocks k JOIN customers u ON u.id = k.customer_id",
    )
    .fetch_all(tx)
    .await?;
    let staff = query("SELECT id, duty, disabled_at, phone_muted_at FROM people")
        .try_map(|row| {
            let (off, muted): (Option<i64>, Option<i64>) =
                (row.try_get("disabled_at")?, row.try_get("phone_muted_at")?);
            Ok((row.try_get("id")?, (row.try_get("duty")?, off.is_none(), muted.is_some())))
        })
        .fetch_all(tx)
        .await?;
    let line = |scope: &str| scope.strip_prefix("line:").and_then(|id| id.parse().ok());
    Ok(Books {
        withdrawn: withdrawn.into_iter().map(|(phone, scope)| (phone, line(&scope))).collect(),
        blocks: blocks.into_iter().collect(),
        kept_away: kept_away.into_iter().collect(),
        staff: staff.into_iter().collect(),
    })
}

impl Seen {
    pub fn books(&self) -> Option<&Books> {
        self.standing.as_ref().map(|(.., books)| books)
    }

    pub fn talks(&self) -> &[Talk] {
        self.standing.as_ref().map_or(&[], |(talks, ..)| talks)
    }

    pub fn legs(&self) -> &[Leg] {
        self.standing.as_ref().map_or(&[], |(_, legs, _)| legs)
    }

    /// Takes the one event of this kind in this conversation out of the look.
    pub fn event(&mut self, talk: Option<i64>, kind: &str) -> Result<Event, String> {
        let found = self.events.iter().position(|event| event.talk == talk && event.kind == kind);
        found.map(|at| self.events.remove(at)).ok_or_else(|| format!("no event {kind} in {talk:?}"))
    }

    /// Takes the message that came under this key out of the look.
    pub fn message(&mut self, key: &str) -> Result<Message, String> {
        let found = self.messages.iter().position(|row| row.key.as_deref() == Some(key));
        found.map(|at| self.messages.remove(at)).ok_or_else(|| format!("{key} is not stored"))
    }

    /// Takes the new texts of a message to a leg out of the look, in order of their parts.
    pub fn texts(&mut self, message: i64, leg: i64) -> Vec<Delivery> {
        let wanted = |row: &Delivery| row.message == Some(message) && row.leg == Some(leg) && row.kind == "text";
        let (mut found, rest): (Vec<_>, Vec<_>) = self.born.drain(..).partition(wanted);
        self.born = rest;
        found.sort_by_key(|row| row.part);
        found
    }

    /// Takes a new notice of this kind on this lane out of the look.
    pub fn notice(&mut self, kind: &str, number: i64, to: &str) -> Option<Delivery> {
        let wanted = |row: &Delivery| row.kind == kind && row.number == number && row.to == to;
        self.born.iter().position(wanted).map(|at| self.born.remove(at))
    }
}
