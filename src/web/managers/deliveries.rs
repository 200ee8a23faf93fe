//! Texts in doubt, for managers: what is known about each, what the carrier has, and what to do.

use askama::Template;
use rocket::FromForm;

use crate::carrier::Listed;
use crate::desk;
use crate::desk::outbox::decide;
use crate::domain::ids::DeliveryId;
use crate::domain::outbox::delivery::State;
use crate::domain::outbox::settlement::Outcome;
use crate::domain::vocabulary::MaybeKnown;
use crate::domain::words::sentence::sentence;
use crate::http::form::Form;
use crate::http::guards::{ManagerOnly, Visit};
use crate::http::page::Page;
use crate::store::views::managers::deliveries::{self as view, Attempt, Doubtful};
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};

#[derive(Template)]
#[template(path = "deliveries/index.html")]
pub(in crate::web) struct Deliveries {
    frame: Frame,
    texts: Vec<Doubtful>,
    next: Option<DeliveryId>,
    after: Option<i64>,
}

impl Deliveries {
    /// The address of this page, by which it is fetched again.
    fn address(&self) -> String {
        self.after.map_or_else(|| "/deliveries".to_owned(), |after| format!("/deliveries?after={after}"))
    }
}

/// A state in doubt, in words.
fn state(state: &State) -> &'static str {
    if *state == State::Parked { "Parked: nobody could find out" } else { "In doubt: we are finding out" }
}

#[rocket::get("/deliveries?<after>")]
pub(in crate::web) async fn index(after: Option<i64>, me: ManagerOnly<'_>) -> Result<Page<Deliveries>, Failure> {
    let mut tx = me.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &me.0, Here::Deliveries).await?;
    let texts = view::list(&mut tx, DeliveryId(after.unwrap_or(0))).await?;
    let full = i64::try_from(texts.len()).is_ok_and(|rows| rows >= view::PAGE);
    let next = texts.last().filter(|_| full).map(|last| last.id);
    Ok(Page::ok(Deliveries { frame, texts, next, after }))
}

#[derive(Template)]
#[template(path = "deliveries/show.html")]
pub(in crate::web) struct Delivery {
    frame: Frame,
    text: Doubtful,
    attempts: Vec<Attempt>,
    listed: Option<Vec<Listed>>,
    problem: Option<String>,
    reason: String,
    reason_why: Option<String>,
}

fn outcome(attempt: &Attempt) -> &str {
    let Some(outcome) = &attempt.outcome else { return "under way" };
    match outcome {
        MaybeKnown::Known(Outcome::Accepted) => "accepted",
        MaybeKnown::Known(Outcome::Unknown) => "no answer that tells whether it was sent",
        MaybeKnown::Known(Outcome::NotSent | Outcome::Unreached) => "surely not sent",
        MaybeKnown::Known(Outcome::Refused) => "refused",
        MaybeKnown::Known(Outcome::Earlier) => {
            "may have been made before the database was restored to an earlier state"
        }
        MaybeKnown::Unknown(word) => word,
    }
}

/// How often it was looked up, in words.
fn looked_up(attempt: &Attempt) -> String {
    match attempt.looks {
        0 => "not yet".to_owned(),
        1 => "once".to_owned(),
        looks => format!("{looks} times"),
    }
}

/// What was refused about which field, and what was typed.
#[derive(Default)]
struct Back {
    problem: Option<String>,
    reason: String,
    reason_why: Option<String>,
}

async fn page(visit: Visit<'_>, id: DeliveryId, back: Back) -> Result<Delivery, Failure> {
    // The carrier is asked first, and no connection is held meanwhile.
    let listed = decide::candidates(visit.desk, id).await?;
    let mut tx = visit.desk.store.read().await?;
    let text = view::show(&mut tx, id).await?.ok_or(Failure::NotFound)?;
    let attempts = view::attempts(&mut tx, id).await?;
    let frame = Frame::load(&mut tx, &visit, Here::Deliveries).await?;
    let Back { problem, reason, reason_why } = back;
    Ok(Delivery { frame, text, attempts, listed, problem, reason, reason_why })
}

#[rocket::get("/deliveries/<id>")]
pub(in crate::web) async fn show(id: i64, me: ManagerOnly<'_>) -> Result<Page<Delivery>, Failure> {
    page(me.0, DeliveryId(id), Back::default()).await.map(Page::ok)
}

#[derive(FromForm)]
pub(in crate::web) struct Decided {
    #[field(default = String::new())]
    decision: String,
    #[field(default = String::new())]
    carrier_id: String,
    #[field(default = String::new())]
    reason: String,
}

/// The answer to a form.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<Delivery>;

#[rocket::post("/deliveries/<id>/decision", data = "<form>")]
pub(in crate::web) async fn create(id: i64, form: Form<Decided>, me: ManagerOnly<'_>) -> Answer {
    let Decided { decision, carrier_id, reason } = form.into_inner();
    let (by, id) = (me.who.id, DeliveryId(id));
    let outcome = match decision.as_str() {
        "sent" => decide::was_sent(me.desk, by, id, Some(carrier_id).filter(|id| !id.is_empty())).await,
        "again" => decide::send_again(me.desk, by, id).await,
        "give_up" => decide::give_up(me.desk, by, id, &reason).await,
        _ => Err(desk::Failure::refused("decision", "choose what happened")),
    };
    match outcome {
        Ok(()) => Answer::see("/deliveries".to_owned()),
        Err(desk::Failure::Refused { field, why }) => {
            let why = Some(sentence(&why));
            let back = match field {
                "reason" => Back { reason, reason_why: why, ..Back::default() },
                _ => Back { reason, problem: why, ..Back::default() },
            };
            match page(me.0, id, back).await {
                Ok(page) => Answer::Again(Box::new(Page::refused(page))),
                // It is settled, so there is nothing left to show.
                Err(Failure::NotFound) => Answer::see("/deliveries".to_owned()),
                Err(failure) => Answer::Failed(failure),
            }
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}
