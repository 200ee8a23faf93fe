//! The labels of a conversation, beside it.

use askama::Template;

use crate::domain::ids::ConversationId;
use crate::store::conversations::labels::{self, Label};
use crate::store::views::list::{View, Which};
use crate::store::{self, Tx};

/// The labels of an open conversation, and those that it may get.
#[derive(Template)]
#[template(path = "conversations/labels.html")]
pub(in crate::web) struct Labels {
    id: ConversationId,
    view: View,
    on: Vec<Label>,
    off: Vec<Label>,
    why: Option<String>,
}

impl Labels {
    /// `why` the last choice was refused, if it was.
    pub(in crate::web) async fn load(
        tx: &mut Tx,
        id: ConversationId,
        view: View,
        why: Option<String>,
    ) -> store::Result<Self> {
        let on = labels::of(tx, id).await?;
        let mut off = labels::all(tx).await?;
        off.retain(|label| on.iter().all(|other| other.id != label.id));
        Ok(Labels { id, view, on, off, why })
    }

    /// Whether the page says why the last choice was refused.
    pub(in crate::web) fn is_refused(&self) -> bool {
        self.why.is_some()
    }
}

/// All open conversations with a label.
pub(in crate::web) fn with(label: &Label) -> View {
    View { label: Some(label.id), ..View::of(Which::All) }
}
