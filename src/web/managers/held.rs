//! Held texts, for managers: what reached a number of ours and was relayed to nobody, why, and what to do about it.

use askama::Template;
use rocket::FromForm;

use crate::desk;
use crate::desk::conversations::held as decide;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::words::sentence::sentence;
use crate::http::form::Form;
use crate::http::guards::{ManagerOnly, Visit};
use crate::http::page::Page;
use crate::store::views::Contact;
use crate::store::views::managers::held;
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};
use crate::web::page::stamp::Stamp;

struct Row {
    id: MessageId,
    at: Stamp,
    from: Contact,
    to: String,
    body: String,
    why: String,
    conversation: Option<ConversationId>,
    closed: bool,
    of_pair: bool,
    problem: Option<String>,
    reason: String,
}

impl Row {
    /// There is somebody whom it can be sent on to. A pair that has ended stays ended.
    fn can_go_on(&self) -> bool {
        self.conversation.is_some() && !self.of_pair
    }
}

#[derive(Template)]
#[template(path = "held/index.html")]
pub(in crate::web) struct Held {
    frame: Frame,
    texts: Vec<Row>,
    older: Option<MessageId>,
    problem: Option<String>,
    before: Option<i64>,
    /// Whether a form was refused, so that what was typed stays.
    refused: bool,
}

impl Held {
    /// The address of this page, by which it is fetched again.
    fn address(&self) -> String {
        self.before.map_or_else(|| "/held".to_owned(), |before| format!("/held?before={before}"))
    }
}

/// What was refused, about which text, and the reason that was typed.
#[derive(Default)]
struct Back {
    message: Option<MessageId>,
    problem: Option<String>,
    reason: String,
}

/// The answer to a form.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<Held>;

async fn page(visit: Visit<'_>, before: Option<i64>, back: Back) -> Result<Held, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &visit, Here::Held).await?;
    let texts = held::list(&mut tx, MessageId(before.unwrap_or(i64::MAX))).await?;
    let full = i64::try_from(texts.len()).is_ok_and(|rows| rows >= held::PAGE);
    let older = texts.last().filter(|_| full).map(|last| last.id);
    let here = texts.iter().any(|text| Some(text.id) == back.message);
    let texts = texts
        .into_iter()
        .map(|text| Row {
            problem: back.problem.clone().filter(|_| Some(text.id) == back.message),
            reason: if Some(text.id) == back.message { back.reason.clone() } else { String::new() },
            id: text.id,
            at: Stamp(text.at),
            from: text.from,
            to: text.to,
            body: text.body,
            why: sentence(&text.why),
            conversation: text.conversation,
            closed: text.closed,
            of_pair: text.of_pair,
        })
        .collect();
    let refused = back.message.is_some();
    Ok(Held { frame, texts, older, problem: back.problem.filter(|_| !here), before, refused })
}

#[rocket::get("/held?<before>")]
pub(in crate::web) async fn index(before: Option<i64>, me: ManagerOnly<'_>) -> Result<Page<Held>, Failure> {
    page(me.0, before, Back::default()).await.map(Page::ok)
}

async fn answer(outcome: Result<(), desk::Failure>, visit: Visit<'_>, message: MessageId, reason: String) -> Answer {
    match outcome {
        Ok(()) => Answer::see("/held".to_owned()),
        Err(desk::Failure::Refused { why, .. }) => {
            let back = Back { message: Some(message), problem: Some(sentence(&why)), reason };
            Answer::again(page(visit, None, back).await)
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}

#[rocket::post("/held/<id>/forward")]
pub(in crate::web) async fn forward(id: i64, me: ManagerOnly<'_>) -> Answer {
    let outcome = decide::forward(me.desk, me.who.id, MessageId(id)).await;
    answer(outcome, me.0, MessageId(id), String::new()).await
}

#[rocket::post("/held/<id>/reopening")]
pub(in crate::web) async fn reopen(id: i64, me: ManagerOnly<'_>) -> Answer {
    let outcome = decide::reopen_for(me.desk, me.who.id, MessageId(id)).await;
    answer(outcome, me.0, MessageId(id), String::new()).await
}

#[derive(FromForm)]
pub(in crate::web) struct Why {
    #[field(default = String::new())]
    reason: String,
}

#[rocket::post("/held/<id>/dismissal", data = "<form>")]
pub(in crate::web) async fn dismiss(id: i64, form: Form<Why>, me: ManagerOnly<'_>) -> Answer {
    let reason = form.into_inner().reason;
    let outcome = decide::dismiss(me.desk, me.who.id, MessageId(id), &reason).await;
    answer(outcome, me.0, MessageId(id), reason).await
}
