//! The lists of conversations, by cursor: a list of 100,000 is as fast as one of 100.

use super::thread::called::{self, Called};
use super::{Contact, Viewer};
use crate::clock::At;
use crate::domain::conversations::kind::Kind;
use crate::domain::ids::{ConversationId, MessageId, PersonId};
use crate::domain::policy::Policies;
use crate::store::sql::{AssertSqlSafe, query, query_as};
use crate::store::{Result, Tx};
use index_ranges::Plan;
use statement::{Bind, Statement};

mod counts;
mod cursor;
mod index_ranges;
mod statement;
mod view;
mod words;

pub use counts::{Counts, LineCount, MOST, counts};
pub use cursor::Cursor;
pub use index_ranges::{OwnLine, ViewContext};
pub use view::{Condition, Rep, Sort, View, Which};

/// How many rows a page of the list has.
pub const PAGE: usize = 30;

/// A conversation in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The number that people say.
    pub id: ConversationId,
    /// The customer.
    pub contact: Contact,
    /// Two or more people of whom none is staff; the contact is all of them.
    pub pair: Option<Called>,
    /// The line's name; empty in a pair.
    pub line: String,
    /// The name of the rep it is pinned to.
    pub rep: Option<String>,
    /// When something was last said (in [`Which::Closed`]: when it was closed).
    pub at: At,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<At>,
    /// How long a customer of this line may wait.
    pub target: std::time::Duration,
    /// The beginning of what was last said.
    pub preview: String,
    /// Since when relaying is paused, because two machines answer each other.
    pub paused_at: Option<At>,
    /// The customer's first text that nobody responsible has seen.
    pub unread_from: Option<MessageId>,
    /// When a text to the customer failed that nobody has dealt with.
    pub failed_at: Option<At>,
    /// Put aside until then.
    pub snoozed_until: Option<At>,
    /// Closed.
    pub closed: bool,
    /// Nothing may be sent to the customer from this line.
    pub opted_out: bool,
    of_pair: bool,
    key: i64,
}

/// A page of rows and where the pages beside it begin.
#[derive(Clone, Debug)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// The page before this one, if there is one.
    pub previous: Option<Cursor>,
    /// The next page, if there is more.
    pub next: Option<Cursor>,
}

/// A page of `view` as `viewer` may see it; the first one, where there is nothing before the cursor any more. With words
/// in `context`, everything that they find.
pub async fn list(
    tx: &mut Tx,
    viewer: Viewer,
    view: View,
    context: &ViewContext,
    beside: Option<Cursor>,
    policies: &Policies,
) -> Result<Page> {
    let plan = Plan::of(viewer, view, context);
    let back = beside.is_some_and(|cursor| cursor.back);
    let mut rows = page(tx, viewer, &plan, beside, policies).await?;
    let cut = if back && rows.len() <= PAGE {
        // The page before is the first one; read downwards, it is full.
        let rows = page(tx, viewer, &plan, None, policies).await?;
        cut(rows, false, None)
    } else {
        if back {
            rows.truncate(PAGE + 1);
            rows.reverse();
        }
        cut(rows, back, beside)
    };
    named(tx, cut).await
}

/// Names the pairs among the rows.
async fn named(tx: &mut Tx, mut page: Page) -> Result<Page> {
    let pairs: Vec<ConversationId> = page.rows.iter().filter(|row| row.of_pair).map(|row| row.id).collect();
    let mut called = called::called(tx, &pairs).await?;
    for row in page.rows.iter_mut().filter(|row| row.of_pair) {
        row.pair = called.remove(&row.id);
        row.contact = row.pair.as_ref().map_or_else(|| row.contact.clone(), Called::contact);
    }
    Ok(page)
}

/// At most a page, and the cursors of its neighbours. A page that was read upwards has its surplus row first.
fn cut(mut rows: Vec<(usize, Row)>, back: bool, beside: Option<Cursor>) -> Page {
    let more = rows.len() > PAGE;
    if back && more {
        rows.remove(0);
    }
    rows.truncate(PAGE);
    let cursor = |back: bool, at: Option<&(usize, Row)>| {
        at.map(|(stratum, row)| Cursor { back, stratum: *stratum, key: row.key, id: row.id.0 })
    };
    let (before, after) = if back { (more, true) } else { (beside.is_some(), more) };
    let previous = cursor(true, rows.first()).filter(|_| before);
    let next = cursor(false, rows.last()).filter(|_| after);
    Page { rows: rows.into_iter().map(|(_, row)| row).collect(), previous, next }
}

/// One row more than a page, beside the cursor and away from it, with the stratum of each.
async fn page(
    tx: &mut Tx,
    viewer: Viewer,
    plan: &Plan,
    beside: Option<Cursor>,
    policies: &Policies,
) -> Result<Vec<(usize, Row)>> {
    let strata = plan.strata();
    let back = beside.is_some_and(|cursor| cursor.back);
    let mut turns: Vec<usize> = (0..strata.len()).collect();
    if back {
        turns.reverse();
    }
    let mut rows = Vec::with_capacity(PAGE + 1);
    for turn in turns {
        let cursor = beside.filter(|cursor| cursor.stratum == turn);
        let passed = beside.is_some_and(|cursor| if back { turn > cursor.stratum } else { turn < cursor.stratum });
        if passed || rows.len() > PAGE {
            continue;
        }
        let wanted = PAGE + 1 - rows.len();
        let down = strata[turn].down != back;
        let mut sql = Statement::of(viewer);
        sql.push(&format!("SELECT c.id, {} AS contact, {COLUMNS} FROM (SELECT a.id, a.k FROM (", viewer.name()));
        plan.rows(&mut sql, strata[turn], cursor, back, wanted);
        let order = if down { "DESC" } else { "ASC" };
        sql.push(&format!(
            ") a ORDER BY a.k {order}, a.id {order} LIMIT {wanted}) page {JOINS} WHERE {} ORDER BY page.k {order}, page.id {order}",
            viewer.sees()
        ));
        rows.extend(read(tx, sql, policies).await?.into_iter().map(|row| (turn, row)));
    }
    Ok(rows)
}

/// Everybody who can have conversations, by name.
pub async fn people(tx: &mut Tx) -> Result<Vec<(PersonId, String)>> {
    let rows: Vec<(PersonId, String)> =
        query_as("SELECT id, name FROM people WHERE disabled_at IS NULL ORDER BY lower(name), id")
            .fetch_all(tx)
            .await?;
    Ok(rows)
}

const COLUMNS: &str = "u.phone, l.name AS line, p.name AS rep, COALESCE(c.closed_at, c.last_at) AS at, c.waiting_since, \
     c.preview, c.paused_at, l.policies, c.unread_from, c.failed_at, c.snoozed_until, c.closed_at, c.kind, page.k, \
     CASE WHEN (SELECT k.given FROM consents k WHERE k.phone = u.phone AND k.scope = 'line:' || c.line_id \
       ORDER BY k.id DESC LIMIT 1) = 0 OR (SELECT b.blocked FROM blocks b WHERE b.phone = u.phone \
       AND b.number_id = c.line_id ORDER BY b.id DESC LIMIT 1) = 1 THEN 1 ELSE 0 END AS opted_out";
const JOINS: &str = "JOIN conversations c ON c.id = page.id LEFT JOIN customers u ON u.id = c.customer_id \
     LEFT JOIN lines l ON l.id = c.line_id LEFT JOIN people p ON p.id = c.pinned_to";

async fn read(tx: &mut Tx, sql: Statement, policies: &Policies) -> Result<Vec<Row>> {
    let Statement { text, binds } = sql;
    let rows = {
        let mut query = query(AssertSqlSafe(text));
        for bind in binds {
            query = match bind {
                Bind::Whole(number) => query.bind(number),
                Bind::Words(words) => query.bind(words),
            };
        }
        query
            .try_map(|row| {
                let (name, phone): (Option<String>, Option<String>) = (row.try_get("contact")?, row.try_get("phone")?);
                let own: Option<String> = row.try_get("policies")?;
                Ok(Row {
                    id: row.try_get("id")?,
                    contact: Contact::on(name, phone.as_deref(), own.as_deref()),
                    pair: None,
                    of_pair: row.try_get::<Kind, _>("kind")? == Kind::Pair,
                    line: row.try_get::<Option<String>, _>("line")?.unwrap_or_default(),
                    rep: row.try_get("rep")?,
                    at: row.try_get("at")?,
                    waiting_since: row.try_get("waiting_since")?,
                    target: policies.support_of(own.as_deref()).answer_target,
                    preview: row.try_get("preview")?,
                    paused_at: row.try_get("paused_at")?,
                    unread_from: row.try_get("unread_from")?,
                    failed_at: row.try_get("failed_at")?,
                    snoozed_until: row.try_get("snoozed_until")?,
                    closed: row.try_get::<Option<At>, _>("closed_at")?.is_some(),
                    opted_out: row.try_get::<i32, _>("opted_out")? == 1,
                    key: row.try_get("k")?,
                })
            })
            .fetch_all(tx)
            .await
    }?;
    Ok(rows)
}
