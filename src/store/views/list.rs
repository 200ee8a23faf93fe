//! The list of conversations, newest first, by cursor: a list of 100,000 is as fast as one of 100.

use sqlx::AssertSqlSafe;

use super::{Contact, Viewer};
use crate::clock::At;
use crate::domain::ids::ConversationId;
use crate::on;
use crate::store::{Result, Tx};

/// How many rows a page of the list has.
pub const PAGE: usize = 30;

/// Which conversations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// Open and pinned to the viewer.
    Mine,
    /// Open and pinned to nobody.
    Unassigned,
    /// Every open one that the viewer may see and nobody has put aside.
    #[default]
    All,
    /// Open ones that are put aside until later.
    Snoozed,
    /// Closed ones.
    Closed,
}

impl View {
    /// All of them in the order of the page.
    pub const EVERY: [View; 5] = [View::All, View::Mine, View::Unassigned, View::Snoozed, View::Closed];

    /// The word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            View::Mine => "mine",
            View::Unassigned => "unassigned",
            View::All => "all",
            View::Snoozed => "snoozed",
            View::Closed => "closed",
        }
    }

    /// Reads the word of an address; anything else is no view.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        View::EVERY.into_iter().find(|view| view.word() == word)
    }

    /// The condition on `c` and the column that orders it.
    fn terms(self) -> (&'static str, &'static str) {
        match self {
            View::Mine => ("c.closed_at IS NULL AND c.snoozed_until IS NULL AND c.pinned_to = $1", "c.last_at"),
            View::Unassigned => {
                ("c.closed_at IS NULL AND c.snoozed_until IS NULL AND c.pinned_to IS NULL", "c.last_at")
            }
            View::All => ("c.closed_at IS NULL AND c.snoozed_until IS NULL", "c.last_at"),
            View::Snoozed => ("c.closed_at IS NULL AND c.snoozed_until IS NOT NULL", "c.last_at"),
            View::Closed => ("c.closed_at IS NOT NULL", "c.closed_at"),
        }
    }
}

/// Where a page of the list begins: after the row with this time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    at: i64,
    id: i64,
}

impl Cursor {
    /// Before every row.
    pub const START: Cursor = Cursor { at: i64::MAX, id: i64::MAX };

    /// Reads what its `Display` wrote.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (at, id) = text.split_once('.')?;
        Some(Cursor { at: at.parse().ok()?, id: id.parse().ok()? })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at, self.id)
    }
}

/// A conversation in the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The number that people say.
    pub id: ConversationId,
    /// The customer.
    pub contact: Contact,
    /// The line's name; empty in a pair.
    pub line: String,
    /// The name of the rep it is pinned to.
    pub rep: Option<String>,
    /// When something was last said (in [`View::Closed`]: when it was closed).
    pub at: At,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<At>,
    /// The beginning of what was last said.
    pub preview: String,
    /// Since when relaying is paused, because two machines answer each other.
    pub paused_at: Option<At>,
}

/// A page of rows and where the next one begins.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<Row>,
    /// The next page, if there is more.
    pub next: Option<Cursor>,
}

type Raw = (
    i64,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    i64,
    Option<i64>,
    String,
    Option<i64>,
    Option<String>,
);

/// A page of `view` as `viewer` may see it.
///
/// # Errors
/// What the database said.
pub async fn list(tx: &mut Tx, viewer: Viewer, view: View, after: Cursor) -> Result<Rows> {
    let (condition, order) = view.terms();
    let sees = viewer.sees();
    let limit = PAGE + 1;
    let sql = format!(
        "SELECT c.id, u.name, u.phone, l.name, p.name, {order}, c.waiting_since, c.preview, c.paused_at, \
         l.policies \
         FROM conversations c LEFT JOIN customers u ON u.id = c.customer_id LEFT JOIN lines l ON l.id = c.line_id \
         LEFT JOIN people p ON p.id = c.pinned_to \
         WHERE {condition} AND {sees} AND ({order}, c.id) < ($2, $3) ORDER BY {order} DESC, c.id DESC LIMIT {limit}"
    );
    let raw: Vec<Raw> = on!(tx, c => sqlx::query_as(AssertSqlSafe(sql))
        .bind(viewer.person.0).bind(after.at).bind(after.id).fetch_all(c).await)?;
    let more = raw.len() > PAGE;
    let rows: Vec<Row> = raw.into_iter().take(PAGE).map(row).collect();
    let next = rows.last().filter(|_| more).map(|last| Cursor { at: last.at.0, id: last.id.0 });
    Ok(Rows { rows, next })
}

fn row((id, name, phone, line, rep, at, waiting_since, preview, paused_at, policies): Raw) -> Row {
    Row {
        id: ConversationId(id),
        contact: Contact::on(name, phone.as_deref(), policies.as_deref()),
        line: line.unwrap_or_default(),
        rep,
        at: At(at),
        waiting_since: waiting_since.map(At),
        preview,
        paused_at: paused_at.map(At),
    }
}

/// How many conversations each open view has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// [`View::All`].
    pub all: i64,
    /// [`View::Mine`].
    pub mine: i64,
    /// [`View::Unassigned`].
    pub unassigned: i64,
    /// [`View::Snoozed`].
    pub snoozed: i64,
    /// Held texts; 0 for those who may not see them.
    pub held: i64,
}

impl Counts {
    /// The number beside a view; closed ones are not counted, since they only become more.
    #[must_use]
    pub fn of(&self, view: View) -> Option<i64> {
        match view {
            View::All => Some(self.all),
            View::Mine => Some(self.mine),
            View::Unassigned => Some(self.unassigned),
            View::Snoozed => Some(self.snoozed),
            View::Closed => None,
        }
    }
}

/// Counts what `viewer` may see.
///
/// # Errors
/// What the database said.
pub async fn counts(tx: &mut Tx, viewer: Viewer) -> Result<Counts> {
    let sum = |of: &str| format!("COALESCE(CAST(SUM(CASE WHEN {of} THEN 1 ELSE 0 END) AS BIGINT), 0)");
    let sql = format!(
        "SELECT {}, {}, {}, {} FROM conversations c WHERE c.closed_at IS NULL AND {}",
        sum("c.snoozed_until IS NULL"),
        sum("c.snoozed_until IS NULL AND c.pinned_to = $1"),
        sum("c.snoozed_until IS NULL AND c.pinned_to IS NULL"),
        sum("c.snoozed_until IS NOT NULL"),
        viewer.sees()
    );
    let (all, mine, unassigned, snoozed) =
        on!(tx, c => sqlx::query_as(AssertSqlSafe(sql)).bind(viewer.person.0).fetch_one(c).await)?;
    let held = if viewer.sees_all() { super::held::count(tx).await? } else { 0 };
    Ok(Counts { all, mine, unassigned, snoozed, held })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_and_views_read_what_they_wrote() {
        let cursor = Cursor { at: 1_800_000_000_000_000, id: 1042 };
        assert_eq!(Cursor::read(&cursor.to_string()), Some(cursor));
        assert_eq!(Cursor::read("1;2"), None);
        for view in View::EVERY {
            assert_eq!(View::read(view.word()), Some(view));
        }
        assert_eq!(View::read("everything"), None);
    }
}
