//! Pairs: people who text each other through masks for one transaction.

use std::time::Duration;

use rocket::State as Kept;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::answer::{Answer, Answered};
use super::body::Body;
use super::caller::{May, PairsRead, PairsWrite};
use super::once::{Key, once};
use super::page::{Page, PageParams};
use super::problem::{Fault, Problem, ProblemDetails};
use crate::desk::programs::Program;
use crate::desk::programs::once::Made;
use crate::desk::{Desk, pairs};
use crate::domain::ids::ConversationId;
use crate::domain::numbers::typed::{self, Wrong};
use crate::store::views::pairs::{self as views, Stage, Wanted};

pub(super) mod ends;
pub(super) mod messages;
pub(super) mod opening;
pub(super) mod parties;
pub(super) mod shown;

use opening::NewPair;
use shown::{Missing, Pair, State};

/// A page of pairs.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Pairs {
    /// The newest first.
    data: Vec<Pair>,
    /// The `cursor` of the next page; none if this is the last.
    next_cursor: Option<String>,
}

/// The refusal of a pair for which masks are missing.
#[derive(Serialize, ToSchema)]
pub(super) struct PoolProblem {
    #[serde(flatten)]
    problem: ProblemDetails,
    /// How many masks are missing, and of which country. Of `pool_exhausted` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Vec<Missing>>,
}

/// Opens a pair
///
/// From then on each party reaches the others by texting their own mask. If an open pair of your app has the reference and
/// was asked for alike, it is that one (what goes without saying may be said or left out); otherwise, `reference_in_use`. Masks are chosen for all parties or for none.
#[utoipa::path(
    post, path = "/pairs", tag = "Pairs", operation_id = "openPair",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes the request take effect once.")),
    request_body = NewPair,
    responses(
        (status = 200, description = "It was open already, or was merged into an open one.", body = Pair),
        (status = 201, description = "It is open.", body = Pair,
         headers(("Location" = String, description = "Its address."))),
        (status = 409, description = "An open pair has the reference (`reference_in_use`), or a request with this \
         `Idempotency-Key` is being answered (`under_way`).", body = ProblemDetails,
         content_type = "application/problem+json"),
        (status = 429, description = "Your app has brought as many phones into pairs within an hour as it may \
         (`too_many_first_texts`), or makes too many requests (`too_many_requests`).", body = ProblemDetails,
         content_type = "application/problem+json"),
        (status = 503, description = "No masks are left (`pool_exhausted`), or the database did not answer \
         (`unavailable`).", body = PoolProblem, content_type = "application/problem+json"),
    ),
    security(("token" = ["pairs:write"])),
)]
#[rocket::post("/pairs", data = "<body>")]
pub(super) async fn create(may: May<PairsWrite>, key: Key, body: Body<NewPair>, desk: &Kept<Desk>) -> Answered {
    let opening = body.value.clone().read()?;
    let hash = body.hash(&opening::meaning(&opening));
    let act = async |program| {
        let opened = pairs::open(desk, opening, Some(program), hash.clone()).await?;
        Ok(Made { id: opened.id.0, new: opened.fresh })
    };
    let show = async |made: Made| {
        let pair = found(desk, &may.caller, ConversationId(made.id)).await?;
        if made.new { Answer::created(&pair) } else { Answer::ok(&pair) }
    };
    once(desk, &may.caller, key, &hash, act, show).await.map(|answer| answer.stands_in("pairs"))
}

/// The parameters of the list, for the description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described, not read: the handler reads them")]
pub(super) struct Filters {
    /// Only those that stand so.
    #[param(inline)]
    state: Option<State>,
    /// Only those with this reference, open or not.
    reference: Option<String>,
    /// Only those with a party who has or had this phone, with + (written %2B) and its country code.
    #[param(example = "+15055550131", pattern = r"^\+[1-9][0-9]{6,14}$")]
    phone: Option<String>,
}

/// Lists pairs
#[utoipa::path(
    get, path = "/pairs", tag = "Pairs", operation_id = "listPairs",
    params(Filters, PageParams),
    responses((status = 200, description = "A page of pairs, the newest first.", body = Pairs)),
    security(("token" = ["pairs:read"])),
)]
#[rocket::get("/pairs?<state>&<reference>&<phone>")]
pub(super) async fn index(
    state: Vec<&str>,
    reference: Vec<&str>,
    phone: Vec<&str>,
    may: May<PairsRead>,
    page: Page,
    desk: &Kept<Desk>,
) -> Answered {
    let filter = filter(&state, &reference, &phone)?;
    let wanted = Wanted { app: Some(may.caller.app), before: page.after.map(ConversationId), ..filter };
    let now = desk.clock.now();
    let mut rows = views::list(&mut desk.store.read().await?, &wanted, now, page.looks_up()).await?;
    let next_cursor = page.cut(&mut rows, |row| row.id.0);
    Answer::ok(&Pairs { data: rows.into_iter().map(|row| Pair::of(row, now)).collect(), next_cursor })
}

fn filter(state: &[&str], reference: &[&str], phone: &[&str]) -> Result<Wanted, Problem> {
    let mut faults = Vec::new();
    for (name, values) in [("state", state), ("reference", reference), ("phone", phone)] {
        faults.extend((values.len() > 1).then(|| Fault::twice(name)));
    }
    let [state, reference, phone] = [state, reference, phone].map(|values| values.first().copied());
    let wanted = state.map(Stage::read);
    if wanted == Some(None) {
        let words = Stage::ALL.map(Stage::word).join(", ");
        faults.push(Fault::parameter("state", &format!("choose one of {words}")));
    }
    if reference.is_some_and(|text| text.contains('\0')) {
        faults.push(Fault::parameter("reference", "leave out the character U+0000, which no reference has"));
    }
    let phone = match phone.map(|text| (text, typed::wanted(text))) {
        Some((text, Err(Wrong::NoCountry))) if text.starts_with(' ') => {
            faults.push(Fault::parameter("phone", "a + in an address is a blank: write %2B for it"));
            None
        }
        Some((_, Err(why))) => {
            faults.push(Fault::parameter("phone", &why.to_string()));
            None
        }
        Some((_, Ok(phone))) => Some(phone.to_string()),
        None => None,
    };
    if !faults.is_empty() {
        return Err(Problem::refused(faults));
    }
    Ok(Wanted { stage: wanted.flatten(), reference: reference.map(str::to_owned), phone, ..Wanted::default() })
}

/// Shows a pair
#[utoipa::path(
    get, path = "/pairs/{id}", tag = "Pairs", operation_id = "showPair",
    params(("id" = String, Path, description = "The pair's id.")),
    responses((status = 200, description = "The pair.", body = Pair)),
    security(("token" = ["pairs:read"])),
)]
#[rocket::get("/pairs/<id>")]
pub(super) async fn show(id: &str, may: May<PairsRead>, desk: &Kept<Desk>) -> Answered {
    Answer::ok(&found(desk, &may.caller, numbered(id)?).await?)
}

/// The caller's pair of that id. Another app's, and conversations that are none, are not told apart from those that are not
/// there.
async fn found(desk: &Desk, caller: &Program, id: ConversationId) -> Result<Pair, Problem> {
    let now = desk.clock.now();
    let row = views::one_of(&mut desk.store.read().await?, caller.app, id, now).await?;
    row.map(|row| Pair::of(row, now)).ok_or_else(Problem::not_found)
}

/// A span as it is compared, in milliseconds.
fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// The pair's id in an address.
fn numbered(id: &str) -> Result<ConversationId, Problem> {
    super::numbered(id, ConversationId)
}
