//! The list of conversations as a page shows it.

use askama::Template;

use super::frame::viewer;
use super::stamp::Stamp;
use crate::desk::sessions::Who;
use crate::domain::ids::ConversationId;
use crate::store::views::Contact;
use crate::store::views::list::{self, Counts, Cursor, View};
use crate::store::{self, Tx};

/// The view that an address names; all open conversations if it names none.
#[must_use]
pub fn view_of(word: Option<&str>) -> View {
    word.and_then(View::read).unwrap_or_default()
}

/// A row of the list as the page shows it.
struct RowItem {
    id: ConversationId,
    contact: Contact,
    line: String,
    rep: Option<String>,
    at: Stamp,
    waiting_since: Option<Stamp>,
    paused: bool,
    preview: String,
}

#[derive(Template)]
#[template(path = "conversations/list.html")]
pub(super) struct List {
    pub(super) view: View,
    rows: Vec<RowItem>,
    next: Option<Cursor>,
    after: Option<Cursor>,
    first: bool,
    current: Option<ConversationId>,
    count: Option<i64>,
    now: Stamp,
}

impl List {
    pub(super) async fn load(
        tx: &mut Tx,
        who: &Who,
        shown: Shown<'_>,
        counts: Counts,
        now: Stamp,
    ) -> store::Result<Self> {
        let Shown { view, after, current } = shown;
        let view = view_of(view);
        let after = after.and_then(Cursor::read);
        let page = list::list(tx, viewer(who), view, after.unwrap_or(Cursor::START)).await?;
        let rows = page
            .rows
            .into_iter()
            .map(|row| RowItem {
                id: row.id,
                contact: row.contact,
                line: row.line,
                rep: row.rep,
                at: Stamp(row.at),
                waiting_since: row.waiting_since.map(Stamp),
                paused: row.paused_at.is_some(),
                preview: row.preview,
            })
            .collect();
        Ok(List { view, rows, next: page.next, after, first: after.is_none(), current, count: counts.of(view), now })
    }

    /// Whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn is_current(&self, row: &RowItem) -> bool {
        self.current == Some(row.id)
    }

    /// The address of this list alone.
    pub(super) fn address(&self) -> String {
        let after = self.after.map(|after| format!("&after={after}")).unwrap_or_default();
        let current = self.current.map(|id| format!("&current={id}")).unwrap_or_default();
        format!("/conversations/list?view={}{after}{current}", self.view.word())
    }
}

/// Which list stands beside what.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) view: Option<&'a str>,
    pub(super) after: Option<&'a str>,
    pub(super) current: Option<ConversationId>,
}
