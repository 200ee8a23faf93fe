//! Pairs as integrators and managers see them: with their parties, their masks, and their texts.

use crate::clock::At;
use crate::domain::ids::{AppId, ConversationId, LegId, MessageId};
use crate::domain::message::{Channel, Outcome};
use crate::domain::outbox::delivery::State;
use crate::domain::pairs::expiry::Ending;
use crate::domain::pairs::expiry::Term;
use crate::store::pairs::{self, COLUMNS, Pair};
use crate::store::sql::{QueryBuilder, from_row, query};
use crate::store::{Result, Tx, padded, push_list};

/// A pair.
#[derive(Clone, Debug)]
pub struct PairRow {
    /// Which.
    pub id: ConversationId,
    /// What integrators call it, the first name first.
    pub references: Vec<String>,
    /// How long it has, and what is passed on in it.
    pub pair: Pair,
    /// When it was opened.
    pub opened_at: At,
    /// When somebody wrote down that it is over; its end may have come before that.
    pub ended_at: Option<At>,
    /// `expired` or `closed`, once that is written down.
    pub ended_why: Option<Ending>,
    /// Who is in it, in the order in which they were named.
    pub parties: Vec<PartyRow>,
}

/// Where a pair stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Texts are passed on.
    Open,
    /// They are, until the grace is over.
    Completed,
    /// Nothing is passed on any more.
    Ended,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Stage; 3] = [Stage::Open, Stage::Completed, Stage::Ended];

    /// The word for it in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Completed => "completed",
            Stage::Ended => "ended",
        }
    }

    /// The stage of that word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

impl PairRow {
    /// Where it stands at `now`.
    #[must_use]
    pub fn stage(&self, now: At) -> Stage {
        if self.ended_at.is_some() || self.pair.term.is_over(now, now) {
            Stage::Ended
        } else if self.pair.term.completed_at.is_some() {
            Stage::Completed
        } else {
            Stage::Open
        }
    }

    /// How long it has.
    #[must_use]
    pub fn term(&self) -> &Term {
        &self.pair.term
    }
}

/// Somebody in a pair.
#[derive(Clone, Debug)]
pub struct PartyRow {
    /// The newest leg.
    pub leg: LegId,
    /// What the others call them.
    pub alias: String,
    /// Their phone.
    pub phone: String,
    /// The mask that stands for the others on it.
    pub mask: String,
    /// It is still a way in, unless the pair is over.
    pub live: bool,
}

/// Which pairs are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// At this stage.
    pub stage: Option<Stage>,
    /// With this reference.
    pub reference: Option<String>,
    /// With a party who has or had this phone.
    pub phone: Option<String>,
    /// Of this app; of any, if `None`.
    pub app: Option<AppId>,
    /// Older than this one.
    pub before: Option<ConversationId>,
}

/// At most `limit` pairs, newest first, as they stand at `now`.
pub async fn list(tx: &mut Tx, wanted: &Wanted, now: At, limit: i64) -> Result<Vec<PairRow>> {
    let rows = {
        let mut q = QueryBuilder::new("SELECT c.id, c.opened_at, x.ended_why, ");
        q.push(COLUMNS).push(" FROM pairs x JOIN conversations c ON c.id = x.conversation_id WHERE 1 = 1");
        match wanted.stage {
            Some(Stage::Open) => {
                q.push(" AND x.ended_at IS NULL AND x.completed_at IS NULL AND x.ends_at > ").push_bind(now);
            }
            Some(Stage::Completed) => {
                q.push(" AND x.ended_at IS NULL AND x.completed_at IS NOT NULL AND x.ends_at > ").push_bind(now);
            }
            Some(Stage::Ended) => {
                q.push(" AND (x.ended_at IS NOT NULL OR x.ends_at <= ").push_bind(now).push(")");
            }
            None => {}
        }
        if let Some(reference) = &wanted.reference {
            q.push(" AND x.conversation_id IN (SELECT conversation_id FROM pair_references WHERE reference = ")
                .push_bind(reference.clone())
                .push(")");
        }
        if let Some(phone) = &wanted.phone {
            q.push(" AND x.conversation_id IN (SELECT conversation_id FROM legs WHERE role = 'party' AND phone = ")
                .push_bind(phone.clone())
                .push(")");
        }
        if let Some(app) = wanted.app {
            q.push(" AND x.app_id = ").push_bind(app);
        }
        if let Some(before) = wanted.before {
            q.push(" AND x.conversation_id < ").push_bind(before);
        }
        q.push(" ORDER BY x.conversation_id DESC LIMIT ").push_bind(limit);
        q.build()
            .try_map(|row| {
                let (id, opened_at) = (row.try_get("id")?, row.try_get("opened_at")?);
                Ok((id, opened_at, row.try_get("ended_why")?, row.try_get("ended_at")?, pairs::read(&row)?))
            })
            .fetch_all(tx)
            .await
    }?;
    let mut found: Vec<PairRow> = rows
        .into_iter()
        .filter_map(|(id, opened_at, ended_why, ended_at, pair)| {
            let pair = pair?;
            Some(PairRow { id, references: Vec::new(), pair, opened_at, ended_at, ended_why, parties: Vec::new() })
        })
        .collect();
    fill(tx, &mut found).await?;
    Ok(found)
}

/// One pair; `None` if there is none of that id.
pub async fn one(tx: &mut Tx, id: ConversationId, now: At) -> Result<Option<PairRow>> {
    find(tx, Wanted::default(), id, now).await
}

/// One pair of an app; `None` if it has none of that id.
pub async fn one_of(tx: &mut Tx, app: AppId, id: ConversationId, now: At) -> Result<Option<PairRow>> {
    find(tx, Wanted { app: Some(app), ..Wanted::default() }, id, now).await
}

async fn find(tx: &mut Tx, wanted: Wanted, id: ConversationId, now: At) -> Result<Option<PairRow>> {
    let next = ConversationId(id.0.saturating_add(1));
    let found = list(tx, &Wanted { before: Some(next), ..wanted }, now, 1).await?;
    Ok(found.into_iter().find(|pair| pair.id == id))
}

from_row! {
    struct FillRow {
        conversation_id: ConversationId,
        id: LegId,
        alias: Option<String>,
        phone: String,
        number: String,
        ended_at: Option<At>,
    }
}

/// Adds what they are called, and who is in them.
async fn fill(tx: &mut Tx, found: &mut [PairRow]) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = found.iter().map(|pair| pair.id.0).collect();
    let names: Vec<(i64, String)> = {
        let mut q =
            QueryBuilder::new("SELECT conversation_id, reference FROM pair_references WHERE conversation_id IN (");
        push_list(&mut q, padded(&ids).copied());
        q.push(" ORDER BY id");
        q.build_query_as().fetch_all(tx).await
    }?;
    let legs: Vec<FillRow> = {
        let mut q = QueryBuilder::new(
            "SELECT l.conversation_id, l.id, l.alias, l.phone, n.number, l.ended_at FROM legs l \
             JOIN numbers n ON n.id = l.number_id WHERE l.role = 'party' AND l.conversation_id IN (",
        );
        push_list(&mut q, padded(&ids).copied());
        q.push(" ORDER BY l.id");
        q.build_query_as().fetch_all(tx).await
    }?;
    for pair in found {
        pair.references =
            names.iter().filter(|(id, _)| *id == pair.id.0).map(|(_, reference)| reference.clone()).collect();
        for leg in legs.iter().filter(|leg| leg.conversation_id == pair.id) {
            let row = PartyRow {
                leg: leg.id,
                alias: leg.alias.clone().unwrap_or_default(),
                phone: leg.phone.clone(),
                mask: leg.number.clone(),
                live: leg.ended_at.is_none(),
            };
            // A party who got another phone has several legs: the newest counts, in the place of the first.
            match pair.parties.iter_mut().find(|party| party.alias == row.alias) {
                Some(party) => *party = row,
                None => pair.parties.push(row),
            }
        }
    }
    Ok(())
}

/// Something that was said in a pair.
#[derive(Clone, Debug)]
pub struct SaidRow {
    /// Which.
    pub id: MessageId,
    /// When it was accepted.
    pub at: At,
    /// The alias of the party who said it; `None` if the system did.
    pub from: Option<String>,
    /// How it came in.
    pub way: Channel,
    /// As it was said.
    pub body: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was not passed on.
    pub why: Option<String>,
    /// What became of it on each phone.
    pub deliveries: Vec<SentRow>,
}

/// What became of a message on somebody's phone.
#[derive(Clone, Debug)]
pub struct SentRow {
    /// The alias of the party to whom it goes.
    pub to: String,
    /// How far it is.
    pub state: State,
    /// Why it did not arrive.
    pub why: Option<String>,
}

from_row! {
    struct SaidRaw {
        message_id: MessageId,
        alias: Option<String>,
        state: State,
        why: Option<String>,
    }
}

/// At most `limit` messages of a pair, oldest first, after `after`.
pub async fn said(tx: &mut Tx, pair: ConversationId, after: MessageId, limit: i64) -> Result<Vec<SaidRow>> {
    let mut rows = query(
        "SELECT m.id, m.accepted_at, l.alias, m.way, m.body, m.outcome, m.why FROM messages m \
         LEFT JOIN legs l ON l.id = m.leg_id WHERE m.conversation_id = $1 AND m.id > $2 AND m.kind <> 'note' \
         ORDER BY m.id LIMIT $3",
    )
    .bind(pair)
    .bind(after)
    .bind(limit)
    .try_map(|row| {
        Ok(SaidRow {
            id: row.try_get("id")?,
            at: row.try_get("accepted_at")?,
            from: row.try_get("alias")?,
            way: row.try_get("way")?,
            body: row.try_get("body")?,
            outcome: row.try_get("outcome")?,
            why: row.try_get("why")?,
            deliveries: Vec::new(),
        })
    })
    .fetch_all(tx)
    .await?;
    if rows.is_empty() {
        return Ok(rows);
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let sent: Vec<SaidRaw> = {
        let mut q = QueryBuilder::new(
            "SELECT d.message_id, l.alias, d.state, d.why FROM deliveries d JOIN legs l ON l.id = d.leg_id \
             WHERE d.kind = 'text' AND d.message_id IN (",
        );
        push_list(&mut q, padded(&ids).copied());
        q.push(" ORDER BY d.id");
        q.build_query_as().fetch_all(tx).await
    }?;
    for row in &mut rows {
        for SaidRaw { alias, state, why, .. } in sent.iter().filter(|one| one.message_id == row.id) {
            let to = alias.clone().unwrap_or_default();
            match row.deliveries.iter_mut().find(|one| one.to == to) {
                // A text in parts is as far as its part that is furthest behind.
                Some(one) if rank(*state) < rank(one.state) => (one.state, one.why) = (*state, why.clone()),
                Some(_) => {}
                None => row.deliveries.push(SentRow { to, state: *state, why: why.clone() }),
            }
        }
    }
    Ok(rows)
}

/// How far a text is: what failed first, then what is on its way, then what has arrived.
fn rank(state: State) -> usize {
    const ORDER: [State; 12] = [
        State::Dead,
        State::Failed,
        State::Undelivered,
        State::Suppressed,
        State::Expired,
        State::Parked,
        State::Unknown,
        State::Ready,
        State::Sending,
        State::Accepted,
        State::Sent,
        State::Delivered,
    ];
    ORDER.iter().position(|one| *one == state).unwrap_or(0)
}
