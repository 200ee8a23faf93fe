//! A view as index ranges, each in the order of the list, so that a page reads a few rows of each and a count at most a
//! thousand.
//!
//! The ranges contain the rights: a rep gets the rep's own conversations, and unassigned ones on the rep's lines.

use super::cursor::Cursor;
use super::statement::{Bind, Statement};
use super::view::{Condition, Rep, Sort, View, Which};
use super::words::by_words;
use crate::store::sql::{from_row, query_as};
use crate::store::views::Viewer;
use crate::store::{Result, Tx};

/// A label on more conversations than so many is looked for in the list; the conversations of a rarer one are looked up.
const COMMON: i64 = 2_000;
const HERE: &str = "c.closed_at IS NULL AND c.snoozed_until IS NULL";

/// A line of the house, and whether the reader is a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnLine {
    /// The line.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The reader answers it.
    pub own: bool,
}

/// What has to be known before a view can be read.
#[derive(Clone, Debug, Default)]
pub struct ViewContext {
    /// Every line, by name.
    pub lines: Vec<OwnLine>,
    /// The label that is chosen by is on few conversations.
    pub(super) rare: bool,
    /// Words that are looked for, in whatever the reader may see.
    pub(super) words: Option<String>,
}

from_row! {
    struct LineRow {
        id: i64,
        name: String,
        own: i64,
    }
}

impl ViewContext {
    /// Reads it for one view.
    pub async fn load(tx: &mut Tx, viewer: Viewer, view: View, words: Option<&str>) -> Result<Self> {
        let rows: Vec<LineRow> = query_as(
            "SELECT l.id, l.name, CASE WHEN EXISTS (SELECT 1 FROM line_members m WHERE m.line_id = l.id \
             AND m.person_id = $1) THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS own FROM lines l ORDER BY l.name, l.id")
            .bind(viewer.person).fetch_all(tx).await?;
        let lines = rows.into_iter().map(|LineRow { id, name, own }| OwnLine { id, name, own: own == 1 }).collect();
        let rare = match view.label {
            Some(label) => {
                let (uses,): (i64,) =
                    query_as("SELECT COUNT(*) FROM (SELECT 1 FROM conversation_labels WHERE label_id = $1 LIMIT $2) n")
                        .bind(label)
                        .bind(COMMON)
                        .fetch_one(tx)
                        .await?;
                uses < COMMON
            }
            None => false,
        };
        let words = words.map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned);
        Ok(ViewContext { lines, rare, words })
    }
}

/// Whose conversations an arm has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pinned {
    Anyhow,
    To(i64),
    Nobody,
}

/// Of which line an arm is; pairs have none.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Any,
    /// What one person has, asked of each row.
    Theirs(i64),
    Line(i64),
    Pairs,
}

/// One range.
#[derive(Clone, Copy)]
struct IndexRange {
    pinned: Pinned,
    of: Of,
}

/// The arms of a view, or the one condition that few rows meet.
pub(super) struct Plan {
    view: View,
    index_ranges: Vec<IndexRange>,
    /// Few rows: they are found by this, and everything else is asked of each.
    few: Option<Few>,
    viewer: Viewer,
}

enum Few {
    Snoozed,
    Failed,
    Mentions,
    Label,
    Condition(&'static str),
    Words(String),
}

/// A part of a view that comes before or after the others, and what orders it.
#[derive(Clone, Copy)]
pub(super) struct Stratum {
    condition: &'static str,
    key: &'static str,
    pub(super) down: bool,
}

impl Plan {
    pub(super) fn of(viewer: Viewer, view: View, context: &ViewContext) -> Self {
        let few = match (&context.words, view.which, view.state) {
            (Some(words), ..) => Some(Few::Words(words.clone())),
            (_, Which::Mentions, _) => Some(Few::Mentions),
            (_, Which::Snoozed, _) => Some(Few::Snoozed),
            (_, Which::Failed, _) => Some(Few::Failed),
            (.., Some(Condition::Failed)) => Some(Few::Condition("c.failed_at > 0")),
            (.., Some(Condition::Paused)) => Some(Few::Condition("c.paused_at > 0")),
            (.., Some(Condition::Flagged)) => Some(Few::Condition("c.flagged_at > 0")),
            _ if context.rare => Some(Few::Label),
            _ => None,
        };
        let index_ranges = if few.is_some() { Vec::new() } else { index_ranges(viewer, view, context) };
        Plan { view, index_ranges, few, viewer }
    }

    /// The parts of the list in their order.
    pub(super) fn strata(&self) -> Vec<Stratum> {
        let base = match (&self.few, self.view.which) {
            (None | Some(Few::Label | Few::Condition(_)), Which::Closed) => "closed_at",
            (Some(Few::Failed), _) => "failed_at",
            _ => "last_at",
        };
        let newest = Stratum { condition: "", key: base, down: true };
        match self.view.order() {
            Sort::Newest => vec![newest],
            Sort::Oldest => vec![Stratum { down: false, ..newest }],
            Sort::Waiting => {
                let condition = " AND c.waiting_since IS NOT NULL";
                let waiting = Stratum { condition, key: "waiting_since", down: false };
                if self.view.which == Which::Waiting {
                    return vec![waiting];
                }
                vec![waiting, Stratum { condition: " AND c.waiting_since IS NULL", ..newest }]
            }
        }
    }

    /// At most `limit` rows of a stratum as `(id, k)`, beside the cursor if there is one; read upwards if it goes back.
    pub(super) fn rows(&self, sql: &mut Statement, stratum: Stratum, beside: Option<Cursor>, back: bool, limit: usize) {
        let down = stratum.down != back;
        let (than, order) = if down { ("<", "DESC") } else { (">", "ASC") };
        let own = if self.few.is_some() { "+" } else { "" };
        let key = format!("{own}c.{}", stratum.key);
        for (index, from) in self.conditions(sql).into_iter().enumerate() {
            let beside = beside.map(|cursor| {
                let (at, id) = (sql.bind(Bind::Whole(cursor.key)), sql.bind(Bind::Whole(cursor.id)));
                format!(" AND ({key}, c.id) {than} ({at}, {id})")
            });
            let (beside, condition) = (beside.unwrap_or_default(), stratum.condition);
            let union = if index == 0 { "" } else { " UNION ALL " };
            sql.push(&format!(
                "{union}SELECT * FROM (SELECT c.id AS id, c.{} AS k FROM conversations c WHERE {from}{condition}{beside} \
                 ORDER BY {key} {order}, c.id {order} LIMIT {limit}) arm{index}",
                stratum.key
            ));
        }
        if self.few.is_none() && self.index_ranges.is_empty() {
            sql.push("SELECT c.id AS id, c.last_at AS k FROM conversations c WHERE 1 = 0");
        }
    }

    /// How many rows there are, counted up to `most` in each arm.
    pub(super) fn count(&self, sql: &mut Statement, most: i64) {
        sql.push("CAST(0 AS BIGINT)");
        for (index, from) in self.conditions(sql).into_iter().enumerate() {
            sql.push(&format!(
                " + (SELECT COUNT(*) FROM (SELECT 1 FROM conversations c WHERE {from} LIMIT {most}) n{index})"
            ));
        }
    }

    /// The newest text from which on one of the rows is unread, looked for among up to `most` in each arm.
    pub(super) fn newest_unread(&self, sql: &mut Statement, most: i64) {
        let index_ranges = self.conditions(sql).into_iter().enumerate().map(|(index, from)| {
            format!("SELECT u FROM (SELECT c.unread_from AS u FROM conversations c WHERE {from} LIMIT {most}) n{index}")
        });
        let index_ranges = index_ranges.chain(["SELECT CAST(0 AS BIGINT) AS u".to_owned()]).collect::<Vec<_>>();
        sql.push(&format!("(SELECT MAX(u) FROM ({}) newest)", index_ranges.join(" UNION ALL ")));
    }

    /// The condition of each arm.
    fn conditions(&self, sql: &mut Statement) -> Vec<String> {
        if let Some(few) = &self.few {
            return vec![self.of_few(few, sql)];
        }
        if self.index_ranges.is_empty() {
            // Nothing may be bound that the statement does not use.
            return Vec::new();
        }
        let view = match self.view.which {
            Which::Unread => format!("{HERE} AND c.unread_from IS NOT NULL"),
            Which::Waiting => format!("{HERE} AND c.waiting_since IS NOT NULL"),
            Which::Closed => "c.closed_at IS NOT NULL".to_owned(),
            _ => HERE.to_owned(),
        };
        let rest = self.narrowed("", sql);
        self.index_ranges
            .iter()
            .map(|range| {
                let pinned = match range.pinned {
                    Pinned::Anyhow => String::new(),
                    Pinned::To(person) => format!(" AND c.pinned_to = {}", sql.bind(Bind::Whole(person))),
                    // On a line; what has none is a pair, which is nobody's either.
                    Pinned::Nobody => " AND c.pinned_to IS NULL".to_owned(),
                };
                let of = match range.of {
                    Of::Any => String::new(),
                    Of::Theirs(line) => format!(" AND +c.line_id = {}", sql.bind(Bind::Whole(line))),
                    Of::Line(line) => format!(" AND c.line_id = {}", sql.bind(Bind::Whole(line))),
                    Of::Pairs => " AND c.line_id IS NULL".to_owned(),
                };
                format!("{view}{pinned}{of}{rest}")
            })
            .collect()
    }

    /// What is asked of each row beside its arm. `own` keeps a database from going by it.
    fn narrowed(&self, own: &str, sql: &mut Statement) -> String {
        let state = match self.view.state {
            Some(Condition::Unread) => format!(" AND {own}c.unread_from IS NOT NULL"),
            Some(Condition::Waiting) => format!(" AND {own}c.waiting_since IS NOT NULL"),
            Some(Condition::Failed) => format!(" AND {own}c.failed_at IS NOT NULL"),
            Some(Condition::Paused) => format!(" AND {own}c.paused_at IS NOT NULL"),
            Some(Condition::Flagged) => format!(" AND {own}c.flagged_at IS NOT NULL"),
            None => String::new(),
        };
        // Not EXISTS: a database may turn that into a join, and then reads all of them for one page.
        let label = self.view.label.map(|label| {
            let label = sql.bind(Bind::Whole(label.0));
            format!(
                " AND (SELECT 1 FROM conversation_labels x WHERE x.conversation_id = c.id AND x.label_id = {label}) = 1"
            )
        });
        state + &label.unwrap_or_default()
    }

    fn of_few(&self, few: &Few, sql: &mut Statement) -> String {
        let view = match self.view.which {
            // What is looked for by words is looked for everywhere.
            _ if matches!(few, Few::Words(_)) => "",
            Which::All | Which::Mine | Which::Unassigned => " AND c.closed_at IS NULL AND +c.snoozed_until IS NULL",
            Which::Unread => " AND c.closed_at IS NULL AND +c.snoozed_until IS NULL AND +c.unread_from IS NOT NULL",
            Which::Waiting => " AND c.closed_at IS NULL AND +c.snoozed_until IS NULL AND +c.waiting_since IS NOT NULL",
            Which::Snoozed => " AND +c.closed_at IS NULL",
            Which::Closed => " AND +c.closed_at IS NOT NULL",
            Which::Mentions | Which::Failed => "",
        };
        let whose = match (self.view.which, self.view.rep) {
            _ if matches!(few, Few::Words(_)) => String::new(),
            (Which::Mine, _) => " AND +c.pinned_to = $1".to_owned(),
            (Which::Unassigned, _) | (_, Some(Rep::Nobody)) => {
                " AND +c.pinned_to IS NULL AND c.kind = 'support'".to_owned()
            }
            (_, Some(Rep::Person(person))) => format!(" AND +c.pinned_to = {}", sql.bind(Bind::Whole(person.0))),
            (_, None) => String::new(),
        };
        let line = self.view.line.filter(|_| !matches!(few, Few::Words(_)));
        let line = line.map(|line| format!(" AND +c.line_id = {}", sql.bind(Bind::Whole(line.0)))).unwrap_or_default();
        let found = match few {
            Few::Snoozed => "c.snoozed_until > 0".to_owned(),
            Few::Failed => "c.failed_at > 0".to_owned(),
            Few::Mentions => {
                "c.id IN (SELECT m.conversation_id FROM mentions m WHERE m.person_id = $1 AND m.seen_at IS NULL)"
                    .to_owned()
            }
            Few::Label => {
                let label = sql.bind(Bind::Whole(self.view.label.map_or(0, |label| label.0)));
                format!("c.id IN (SELECT x.conversation_id FROM conversation_labels x WHERE x.label_id = {label})")
            }
            Few::Condition(condition) => (*condition).to_owned(),
            Few::Words(words) => by_words(words, self.viewer, sql),
        };
        let narrowed = match few {
            Few::Words(_) => String::new(),
            Few::Label => self.state_of_few(),
            _ => self.narrowed("+", sql),
        };
        format!("{found}{view}{whose}{line}{narrowed} AND {}", self.viewer.sees())
    }

    fn state_of_few(&self) -> String {
        let without =
            Plan { view: View { label: None, ..self.view }, index_ranges: Vec::new(), few: None, viewer: self.viewer };
        without.narrowed("+", &mut Statement { text: String::new(), binds: Vec::new() })
    }
}

fn index_ranges(viewer: Viewer, view: View, context: &ViewContext) -> Vec<IndexRange> {
    let me = viewer.person.0;
    let all = viewer.sees_all();
    let chosen = match (view.which, view.rep) {
        (Which::Mine, None) => Some(Pinned::To(me)),
        (Which::Mine, Some(Rep::Person(person))) if person.0 == me => Some(Pinned::To(me)),
        (Which::Unassigned, None | Some(Rep::Nobody)) | (_, Some(Rep::Nobody)) if view.which != Which::Mine => {
            Some(Pinned::Nobody)
        }
        (Which::Mine | Which::Unassigned, Some(_)) => return Vec::new(),
        (_, Some(Rep::Person(person))) => Some(Pinned::To(person.0)),
        (_, _) => None,
    };
    let whose: Vec<Pinned> = match chosen {
        Some(Pinned::To(person)) if !all && person != me => Vec::new(),
        Some(pinned) => vec![pinned],
        None if all => vec![Pinned::Anyhow],
        None => vec![Pinned::To(me), Pinned::Nobody],
    };
    let mut index_ranges = Vec::new();
    if view.which == Which::Closed && matches!(view.state, Some(Condition::Unread | Condition::Waiting)) {
        // A closing ends both.
        return index_ranges;
    }
    for pinned in whose {
        // What one person has open is little, and is in order whichever lines it is of.
        if matches!(pinned, Pinned::To(_)) && view.which != Which::Closed {
            let of = view.line.map_or(Of::Any, |line| Of::Theirs(line.0));
            index_ranges.push(IndexRange { pinned, of });
            continue;
        }
        let lines = context.lines.iter().filter(|line| view.line.is_none_or(|chosen| chosen.0 == line.id));
        let lines = lines.filter(|line| all || line.own || pinned != Pinned::Nobody);
        index_ranges.extend(lines.map(|line| IndexRange { pinned, of: Of::Line(line.id) }));
        if view.line.is_none() && pinned != Pinned::Nobody {
            index_ranges.push(IndexRange { pinned, of: Of::Pairs });
        }
    }
    index_ranges
}
