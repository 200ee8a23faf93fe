//! A reply from the web: a text to the customer, from the line, now or later.

use rocket::FromForm;

use super::writing::{Answer, answer, lines};
use crate::clock::At;
use crate::desk::people::sessions::Who;
use crate::desk::replies::plan::{self, SEEN};
use crate::desk::replies::repeat;
use crate::desk::replies::reply::Reply;
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, MessageId};
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::composer::Typed;
use crate::web::conversations::thread::Back;

#[derive(FromForm)]
pub(in crate::web) struct Written {
    #[field(default = String::new())]
    body: String,
    form_key: Option<String>,
    /// The newest message that the page showed.
    seen: Option<i64>,
    time: Time,
}

/// When something is to be sent, as the two forms say that ask for it.
#[derive(Clone, Debug, Default, FromForm)]
pub(in crate::web) struct Time {
    /// `at`, or a choice such as `1h`; now if empty.
    #[field(default = String::new())]
    pub(in crate::web) later: String,
    /// A date and time, for `at`.
    #[field(default = String::new())]
    pub(in crate::web) at: String,
    /// The time zone of the reader's machine, if it told.
    #[field(default = String::new())]
    zone: String,
}

impl Time {
    /// The time that is meant; `None` if it is to leave at once.
    pub(in crate::web) async fn read(&self, desk: &Desk, who: &Who, id: ConversationId) -> Result<Option<At>, Failure> {
        let choice = match (self.later.as_str(), self.at.as_str()) {
            ("", "") => return Ok(None),
            ("", _) => {
                let why = "a time is picked: press \"Send then\", or empty it to send now";
                return Err(Failure::refused("at", why));
            }
            ("at", at) => at,
            (choice, _) => choice,
        };
        plan::time(desk, who.id, id, (choice, &self.zone)).await.map(Some)
    }
}

#[rocket::post("/conversations/<id>/replies?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<Written>, me: Signed<'_>) -> Answer {
    let Written { body, form_key, seen, time } = form.into_inner();
    let body = lines(&body);
    let reply = Reply { by: me.who.id, conversation: id.0, body: body.clone(), form_key };
    let outcome = match time.read(me.desk, &me.who, id.0).await {
        Ok(at) => plan::plan(me.desk, plan::Written { reply, seen, at, typed: true }).await,
        Err(failure) => Err(failure),
    };
    answer(outcome, me.0, (id.0, view), |field, why| {
        let typed = Typed { reply: Some(body), at: time.at, ..Typed::default() };
        let typed = match field {
            SEEN => Typed { asks: seen, ..typed },
            "at" => Typed { at_why: Some(why), ..typed },
            _ => Typed { reply_why: Some(why), ..typed },
        };
        Back { typed, ..Back::default() }
    })
    .await
}

/// Sends a text again that did not arrive.
#[rocket::post("/conversations/<id>/messages/<message>/repetition?<view>")]
pub(in crate::web) async fn again(id: Number, message: i64, view: Option<&str>, me: Signed<'_>) -> Answer {
    let outcome = repeat::repeat(me.desk, me.who.id, id.0, MessageId(message)).await;
    answer(outcome, me.0, (id.0, view), Back::told).await
}
