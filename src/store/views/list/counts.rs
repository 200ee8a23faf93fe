//! The numbers beside the views: exact up to 999, with bounded work.

use super::index_ranges::{Plan, ViewContext};
use super::statement::{Bind, Statement};
use super::view::{View, Which};
use crate::domain::ids::NumberId;
use crate::store::sql::{AssertSqlSafe, query};
use crate::store::views::Viewer;
use crate::store::views::managers::held;
use crate::store::{Result, Tx};

/// The highest number that is told; beyond it there is only "more".
pub const MOST: i64 = 999;

/// The open conversations of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCount {
    /// The line.
    pub id: NumberId,
    /// Its name.
    pub name: String,
    /// How many, counted as in [`Counts`].
    pub open: i64,
}

impl LineCount {
    /// The words for the number.
    #[must_use]
    pub fn said(&self) -> String {
        Counts::said(self.open)
    }
}

/// How many conversations each view has; a number above [`MOST`] means more than that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    views: Vec<(Which, i64)>,
    /// Those of the reader's lines; managers see every line.
    pub lines: Vec<LineCount>,
    /// The unread ones on all lines, which the title tells.
    pub unread: i64,
    /// The newest text with which one of those began to be unread, as a message's id; 0 if there is none.
    pub newest_unread: i64,
    /// Held texts; 0 for those who may not see them.
    pub held: i64,
}

impl Counts {
    /// The number beside a view; closed ones are not counted, since they only become more.
    #[must_use]
    pub fn of(&self, which: Which) -> Option<i64> {
        self.views.iter().find(|(counted, _)| *counted == which).map(|(_, count)| *count)
    }

    /// The words for a number.
    #[must_use]
    pub fn said(count: i64) -> String {
        if count > MOST { format!("{MOST}+") } else { count.to_string() }
    }
}

/// Counts what `viewer` may see, on the line of `here` if it has one, all in one statement.
pub async fn counts(tx: &mut Tx, viewer: Viewer, here: View, context: &ViewContext) -> Result<Counts> {
    let counted: Vec<Which> = Which::EVERY.into_iter().filter(|which| *which != Which::Closed).collect();
    let lines = context.lines.iter().filter(|line| line.own || viewer.sees_all());
    let lines: Vec<(NumberId, &str)> = lines.map(|line| (NumberId(line.id), line.name.as_str())).collect();
    let plain = ViewContext { lines: context.lines.clone(), ..ViewContext::default() };
    let mut sql = Statement::of(viewer);
    let mut asked: Vec<View> = counted.iter().map(|which| here.beside(*which)).collect();
    asked.push(View::of(Which::Unread));
    asked.extend(lines.iter().map(|(id, _)| View::of(Which::All).on(Some(*id))));
    for (index, view) in asked.iter().enumerate() {
        sql.push(if index == 0 { "SELECT " } else { ", " });
        Plan::of(viewer, *view, &plain).count(&mut sql, MOST + 1);
    }
    sql.push(", ");
    Plan::of(viewer, View::of(Which::Unread), &plain).newest_unread(&mut sql, MOST + 1);
    // Every value is used, so that both databases know its type.
    sql.push(" WHERE $1 <> 0");
    let Statement { text, binds } = sql;
    let width = asked.len() + 1;
    let found: Vec<i64> = {
        let mut query = query(AssertSqlSafe(text));
        for bind in binds {
            query = match bind {
                Bind::Whole(number) => query.bind(number),
                Bind::Words(words) => query.bind(words),
            };
        }
        query.try_map(|row| (0..width).map(|column| row.try_get(column)).collect()).fetch_one(tx).await
    }?;
    let newest_unread = found.last().copied().unwrap_or_default();
    let mut found = found.into_iter();
    let views = counted.into_iter().zip(found.by_ref()).collect();
    let unread = found.next().unwrap_or_default();
    let lines = lines.into_iter().zip(found);
    let lines = lines.map(|((id, name), open)| LineCount { id, name: name.to_owned(), open }).collect();
    let held = if viewer.sees_all() { held::count(tx).await? } else { 0 };
    Ok(Counts { views, lines, unread, newest_unread, held })
}
