//! What in an open conversation asks for attention: what is unread, what did not arrive; and the forms that end these
//! marks.

use askama::Template;
use rocket::{FromForm, State};

use super::Number;
use super::forms::writing::{Answer, answer};
use super::thread::Back;
use crate::desk::Desk;
use crate::desk::conversations::reading;
use crate::desk::people::sessions::Who;
use crate::domain::ids::{ConversationId, MessageId};
use crate::http::Site;
use crate::http::form::Form;
use crate::http::guards::Signed;
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

#[derive(FromForm)]
pub(in crate::web) struct Seen {
    /// The newest message that the page showed.
    last: Option<i64>,
}

#[rocket::post("/conversations/<id>/reading?<view>", data = "<form>")]
pub(in crate::web) async fn read(
    id: Number,
    view: Option<&str>,
    form: Form<Seen>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let outcome = reading::read(desk, me.0.id, id.0, form.last.map(MessageId)).await;
    answer(outcome, (desk, site, me.0), (id.0, view), Back::told).await
}

#[rocket::post("/conversations/<id>/mending?<view>")]
pub(in crate::web) async fn mend(
    id: Number,
    view: Option<&str>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
) -> Answer {
    let outcome = reading::mend(desk, me.0.id, id.0).await;
    answer(outcome, (desk, site, me.0), (id.0, view), Back::told).await
}
