//! What staff enter about a customer's consent, and the decision about a text that reads like a refusal.

use rocket::FromForm;

use super::writing::{Answer, Pane, answer_in, lines};
use crate::desk::Failure;
use crate::desk::consent::{self, refusal};
use crate::domain::ids::LegId;
use crate::http::form::Form;
use crate::http::guards::Signed;
use crate::web::conversations::Number;
use crate::web::conversations::thread::Back;
use crate::web::page::refused::Refused;

#[derive(FromForm)]
pub(in crate::web) struct Entry {
    /// `no` enters an opt-out, `yes` takes one back.
    #[field(default = String::new())]
    given: String,
    #[field(default = String::new())]
    evidence: String,
    /// In a pair the leg of the party that it is about.
    party: Option<i64>,
}

#[rocket::post("/conversations/<id>/consent?<view>", data = "<form>")]
pub(in crate::web) async fn create(id: Number, view: Option<&str>, form: Form<Entry>, me: Signed<'_>) -> Answer {
    let evidence = lines(&form.evidence);
    let whose = (id.0, form.party.map(LegId));
    let outcome = match form.given.as_str() {
        "no" => consent::withdraw(me.desk, me.who.id, whose, &evidence).await,
        "yes" => consent::restore(me.desk, me.who.id, whose, &evidence).await,
        _ => Err(Failure::refused("given", "choose whether they may be texted: yes or no")),
    };
    answer_in(Pane::Details, outcome, me.0, (id.0, view), |field, why| {
        let party = form.party.map_or_else(String::new, |leg| leg.to_string());
        Back::beside(Refused { form: "consent", field, why, values: vec![("evidence", evidence), ("party", party)] })
    })
    .await
}

#[derive(FromForm)]
pub(in crate::web) struct Verdict {
    /// `yes`: the customer refused texts; `no`: they did not.
    #[field(default = String::new())]
    refused: String,
}

#[rocket::post("/conversations/<id>/refusal?<view>", data = "<form>")]
pub(in crate::web) async fn settle(id: Number, view: Option<&str>, form: Form<Verdict>, me: Signed<'_>) -> Answer {
    let outcome = match form.refused.as_str() {
        "yes" => refusal::settle(me.desk, me.who.id, id.0, true).await,
        "no" => refusal::settle(me.desk, me.who.id, id.0, false).await,
        _ => Err(Failure::refused("refused", "choose whether it was a refusal: yes or no")),
    };
    answer_in(Pane::Details, outcome, me.0, (id.0, view), Back::told).await
}
