//! What in an open conversation asks for attention: what is unread, and what did not arrive.

use askama::Template;

use crate::desk::people::sessions::Who;
use crate::domain::ids::{ConversationId, MessageId};
use crate::store::conversations::attention;
use crate::store::views::list::View;
use crate::store::views::thread::Head;
use crate::store::{self, Tx};
use crate::web::page::stamp::Stamp;

/// The marks of a conversation, for the one who has it open.
#[derive(Template)]
#[template(path = "conversations/marks.html")]
pub(in crate::web) struct Marks {
    id: ConversationId,
    view: View,
    /// Up to where the page shows it, if that is to be taken note of.
    unread: Option<MessageId>,
    failed: Option<Stamp>,
}

impl Marks {
    /// `last` is the newest message on the page; `member`: the reader may have what nobody has.
    pub(in crate::web) async fn load(
        tx: &mut Tx,
        who: &Who,
        head: &Head,
        view: View,
        (last, member): (Option<MessageId>, bool),
    ) -> store::Result<Self> {
        let responsible = head.rep.map_or(member, |rep| rep == who.id);
        let unseen =
            head.unread_from.filter(|_| responsible).is_some_and(|first| last.is_some_and(|last| first <= last));
        let called = last.is_some() && attention::called(tx, who.id, head.id).await?;
        let unread = last.filter(|_| unseen || called);
        Ok(Marks { id: head.id, view, unread, failed: head.failed_at.map(Stamp) })
    }
}
