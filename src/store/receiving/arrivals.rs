//! Texts that wait to be received, so that each person's texts come in the order in which they were sent.

use crate::clock::At;
use crate::domain::words::keyword::Keyword;
use crate::store::sql::{QueryBuilder, Row, query, query_scalar};
use crate::store::{Result, Tx, pieces, push_list};

/// A text that waits, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Row id.
    pub id: i64,
    /// The account at the carrier.
    pub account: String,
    /// The carrier's id.
    pub carrier_id: String,
    /// Who sent it.
    pub from: String,
    /// To which of our numbers.
    pub to: String,
    /// Verbatim.
    pub body: String,
    /// Addresses and types of its files, where they are known.
    pub media: Vec<(String, String)>,
    /// The carrier is to be asked for its files.
    pub has_media: bool,
    /// What the carrier took it for, where it said so.
    pub keyword: Option<Keyword>,
    /// The webhook, or the item of the list, as it came.
    pub raw: String,
    /// The carrier posted it.
    pub webhook: bool,
    /// When it was sent, where the carrier's list showed it.
    pub sent_at: Option<At>,
    /// The order of those sent at one instant, the smaller the earlier.
    pub place: i64,
    /// When it came to us.
    pub arrived_at: At,
}

impl Arrival {
    /// Whether files came with it that are still to be asked for.
    #[must_use]
    pub fn lacks_files(&self) -> bool {
        self.has_media && self.media.is_empty()
    }
}

/// Keeps texts until they are taken in. Of one that waits already, only when it was sent is noted, where that is known.
pub async fn keep(tx: &mut Tx, arrivals: &[Arrival]) -> Result<()> {
    // In one order on every node.
    let mut arrivals: Vec<&Arrival> = arrivals.iter().collect();
    arrivals.sort_unstable_by(|a, b| (&a.account, &a.carrier_id).cmp(&(&b.account, &b.carrier_id)));
    arrivals.dedup_by(|a, b| (&a.account, &a.carrier_id) == (&b.account, &b.carrier_id));
    for piece in pieces(tx, &arrivals) {
        let mut q = QueryBuilder::new(
            "INSERT INTO arrivals (id, carrier_account, carrier_id, from_phone, to_number, body, media, has_media, keyword, \
             raw, webhook, sent_at, place, arrived_at) ",
        );
        q.push_values(piece, |mut b, one| {
            let media = (!one.media.is_empty()).then(|| serde_json::json!(one.media).to_string());
            b.push_bind(one.id)
                .push_bind(one.account.clone())
                .push_bind(one.carrier_id.clone())
                .push_bind(one.from.clone())
                .push_bind(one.to.clone())
                .push_bind(one.body.clone())
                .push_bind(media)
                .push_bind(i64::from(one.has_media))
                .push_bind(one.keyword.map(Keyword::word))
                .push_bind(one.raw.clone())
                .push_bind(i64::from(one.webhook))
                .push_bind(one.sent_at)
                .push_bind(one.place)
                .push_bind(one.arrived_at);
        });
        q.push(
            " ON CONFLICT (carrier_account, carrier_id) DO UPDATE SET sent_at = excluded.sent_at, \
             place = excluded.place WHERE excluded.sent_at IS NOT NULL",
        );
        q.build().execute(tx).await?;
    }
    Ok(())
}

/// Whose texts.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Those of one person, to whichever of our numbers.
    Phone(&'a str),
    /// Those to these numbers.
    Numbers(&'a [String]),
}

/// The earliest texts of `whose` that wait since `until` or longer, at most `limit`, none of these senders' `but`.
pub async fn earliest(tx: &mut Tx, whose: Whose<'_>, but: &[String], until: At, limit: i64) -> Result<Vec<Arrival>> {
    if matches!(whose, Whose::Numbers([])) {
        return Ok(Vec::new());
    }
    let rows = {
        let mut q = QueryBuilder::new(
            "SELECT id, carrier_account, carrier_id, from_phone, to_number, body, media, has_media, keyword, raw, webhook, \
             sent_at, place, arrived_at FROM arrivals WHERE ",
        );
        match whose {
            Whose::Phone(phone) => {
                q.push("from_phone = ").push_bind(phone.to_owned());
            }
            Whose::Numbers(numbers) => {
                q.push("to_number IN (");
                push_list(&mut q, numbers.iter().cloned());
            }
        }
        q.push(" AND arrived_at <= ").push_bind(until);
        if !but.is_empty() {
            q.push(" AND from_phone NOT IN (");
            push_list(&mut q, but.iter().cloned());
        }
        q.push(" ORDER BY COALESCE(sent_at, arrived_at), place, id LIMIT ").push_bind(limit);
        q.build().try_map(|row| read(&row)).fetch_all(tx).await
    }?;
    Ok(rows)
}

fn read(row: &Row) -> sqlx::Result<Arrival> {
    let media: Option<String> = row.try_get("media")?;
    // What cannot be read of one text must not keep others': the carrier is asked for its files again.
    let media = media.map_or(Ok(Vec::new()), |media| serde_json::from_str(&media));
    if let Err(error) = &media {
        tracing::error!(%error, "what came with a text that waits cannot be read: the carrier is asked for it");
    }
    let lost = media.is_err();
    let keyword: Option<String> = row.try_get("keyword")?;
    Ok(Arrival {
        id: row.try_get("id")?,
        account: row.try_get("carrier_account")?,
        carrier_id: row.try_get("carrier_id")?,
        from: row.try_get("from_phone")?,
        to: row.try_get("to_number")?,
        body: row.try_get("body")?,
        media: media.unwrap_or_else(|_| Vec::new()),
        has_media: lost || row.try_get::<i64, _>("has_media")? == 1,
        keyword: keyword.as_deref().and_then(Keyword::read),
        raw: row.try_get("raw")?,
        webhook: row.try_get::<i64, _>("webhook")? == 1,
        sent_at: row.try_get("sent_at")?,
        place: row.try_get("place")?,
        arrived_at: row.try_get("arrived_at")?,
    })
}

/// Takes a text out of those that wait; false if somebody else has taken it in. The transaction that takes it out holds
/// it until the commit, ahead of every other row.
pub async fn take(tx: &mut Tx, id: i64) -> Result<bool> {
    let gone = query("DELETE FROM arrivals WHERE id = $1").bind(id).execute(tx).await?.rows_affected();
    if gone > 0 {
        tx.holds("arrivals", std::iter::once(id));
    }
    Ok(gone > 0)
}

/// As [`take`], of several: the places in `arrivals` of those that were there, in their order.
pub async fn take_all(tx: &mut Tx, arrivals: &[Arrival]) -> Result<Vec<usize>> {
    // Held in the order in which they are kept.
    let mut order: Vec<usize> = (0..arrivals.len()).collect();
    order.sort_unstable_by_key(|&at| (&arrivals[at].account, &arrivals[at].carrier_id));
    let mut there = Vec::with_capacity(arrivals.len());
    for at in order {
        if take(tx, arrivals[at].id).await? {
            there.push(at);
        }
    }
    there.sort_unstable();
    Ok(there)
}

/// People whose texts wait, at most `limit`, those who came first first.
pub async fn senders(tx: &mut Tx, limit: i64) -> Result<Vec<String>> {
    let rows: Vec<String> = query_scalar(
        "SELECT from_phone FROM arrivals GROUP BY from_phone ORDER BY MIN(arrived_at), from_phone LIMIT $1",
    )
    .bind(limit)
    .fetch_all(tx)
    .await?;
    Ok(rows)
}
