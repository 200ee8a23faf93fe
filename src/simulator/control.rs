//! The control API, for tests and benches that run the simulator as a process of its own: its texts, its counts, and
//! its faults. JSON; the page uses forms instead (`page.rs`).

use rocket::http::Status;
use rocket::response::status::Custom;
use rocket::serde::json::Json;
use rocket::{State, delete, get, post, put};
use serde::Deserialize;

use super::guard::SameSite;
use super::{Arrival, Count, Entry, Fault, Inbound, OwnNumber, PhoneKind, Shown, Simulator, Text, VirtualPhone};
use crate::domain::numbers::phone::Phone;

type Refused = Custom<String>;

fn phone(text: &str) -> Result<Phone, Refused> {
    Phone::parse(text).map_err(|why| Custom(Status::UnprocessableEntity, format!("{why}\n")))
}

/// The kept texts in the carrier's order, of one lane or phone if asked.
#[get("/texts?<from>&<to>&<after>&<limit>")]
pub(super) fn texts(
    simulator: &State<Simulator>,
    from: Option<&str>,
    to: Option<&str>,
    after: Option<u64>,
    limit: Option<usize>,
) -> Json<Vec<Text>> {
    let book = simulator.book();
    let found = book
        .iter()
        .filter(|text| from.is_none_or(|from| text.from == from) && to.is_none_or(|to| text.to == to))
        .filter(|text| after.is_none_or(|after| text.seq > after));
    Json(found.take(limit.unwrap_or(usize::MAX)).cloned().collect())
}

#[get("/count")]
pub(super) fn count(simulator: &State<Simulator>) -> Json<Count> {
    Json(simulator.count())
}

#[get("/wire")]
pub(super) fn wire(simulator: &State<Simulator>) -> Json<Vec<Entry>> {
    Json(simulator.0.wire.lines())
}

#[post("/reset")]
pub(super) fn reset(_guard: SameSite, simulator: &State<Simulator>) -> Status {
    simulator.reset();
    Status::NoContent
}

/// How its clock is wrong.
#[get("/clock")]
pub(super) fn clock(simulator: &State<Simulator>) -> Json<Shown> {
    Json(simulator.shows())
}

/// Sets its clock wrong, or right again with `{}`.
#[put("/clock", format = "json", data = "<shown>")]
pub(super) fn put_clock(_guard: SameSite, simulator: &State<Simulator>, shown: Json<Shown>) -> Status {
    simulator.show(shown.into_inner());
    Status::NoContent
}

/// Does what is due by the simulator's clock; for tests that run it by hand.
#[post("/settlement")]
pub(super) async fn settle(_guard: SameSite, simulator: &State<Simulator>) -> Json<usize> {
    Json(simulator.settle().await)
}

#[get("/faults", format = "json")]
pub(super) fn faults(simulator: &State<Simulator>) -> Json<Vec<Fault>> {
    Json(simulator.faults())
}

/// Replaces the whole list.
#[put("/faults", data = "<faults>")]
pub(super) fn set_faults(_guard: SameSite, simulator: &State<Simulator>, faults: Json<Vec<Fault>>) -> Json<Vec<Fault>> {
    simulator.0.faults.remove(|_| true);
    for fault in faults.into_inner() {
        simulator.fault(fault);
    }
    simulator.announce();
    Json(simulator.faults())
}

/// Adds one; the answer has its id.
#[post("/faults", format = "json", data = "<fault>")]
pub(super) fn add_fault(_guard: SameSite, simulator: &State<Simulator>, fault: Json<Fault>) -> Json<Fault> {
    let fault = fault.into_inner();
    let id = simulator.fault(fault.clone());
    Json(Fault { id, ..fault })
}

#[delete("/faults")]
pub(super) fn clear_faults(_guard: SameSite, simulator: &State<Simulator>) -> Status {
    simulator.mend_all();
    Status::NoContent
}

#[delete("/faults/<id>")]
pub(super) fn clear_fault(_guard: SameSite, simulator: &State<Simulator>, id: u64) -> Status {
    simulator.mend(id);
    Status::NoContent
}

#[get("/phones")]
pub(super) fn phones(simulator: &State<Simulator>) -> Json<Vec<VirtualPhone>> {
    Json(simulator.virtual_phones())
}

/// A phone to add, or what to change about one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PhoneChange {
    label: Option<String>,
    kind: Option<PhoneKind>,
    off: Option<bool>,
}

#[put("/phones/<number>", format = "json", data = "<change>")]
pub(super) fn put_phone(
    _guard: SameSite,
    simulator: &State<Simulator>,
    number: &str,
    change: Json<PhoneChange>,
) -> Result<Status, Refused> {
    let number = phone(number)?;
    let before = simulator.phones().find(number.as_str()).cloned();
    let kind = change.kind.or(before.as_ref().map(|phone| phone.kind)).unwrap_or_default();
    let label = change.label.clone().or(before.map(|phone| phone.label)).unwrap_or_else(|| number.to_string());
    simulator.introduce(number.as_str(), &label, kind);
    if let Some(off) = change.off {
        simulator.switch(number.as_str(), off);
    }
    Ok(Status::NoContent)
}

/// Somebody sends a text; the answer says what the webhook answered.
#[post("/phones/<number>/texts", format = "json", data = "<inbound>")]
pub(super) async fn send(
    _guard: SameSite,
    simulator: &State<Simulator>,
    number: &str,
    inbound: Json<Inbound>,
) -> Json<Arrival> {
    let inbound = Inbound { from: number.to_owned(), ..inbound.into_inner() };
    Json(simulator.send(inbound).await)
}

#[get("/numbers")]
pub(super) fn numbers(simulator: &State<Simulator>) -> Json<Vec<OwnNumber>> {
    Json(simulator.own_numbers())
}

/// A number to rent, or what to change about one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberChange {
    #[serde(default)]
    label: String,
    webhook: Option<String>,
}

#[put("/numbers/<number>", format = "json", data = "<change>")]
pub(super) fn put_number(
    _guard: SameSite,
    simulator: &State<Simulator>,
    number: &str,
    change: Json<NumberChange>,
) -> Result<Json<OwnNumber>, Refused> {
    let number = phone(number)?;
    change.webhook.as_deref().filter(|url| !url.is_empty()).map_or(Ok(()), |url| may_call(simulator, url))?;
    Ok(Json(simulator.own_number(number.as_str(), &change.label, change.webhook.as_deref())))
}

/// Where texts are posted to numbers without an address of their own.
#[put("/webhook", data = "<url>")]
pub(super) fn put_webhook(_guard: SameSite, simulator: &State<Simulator>, url: String) -> Result<Status, Refused> {
    let url = url.trim();
    may_call(simulator, url)?;
    simulator.call_at(url);
    Ok(Status::NoContent)
}

/// Whether texts may be posted to `url`.
fn may_call(simulator: &Simulator, url: &str) -> Result<(), Refused> {
    simulator.0.poster.may_call(url).map_err(|why| Custom(Status::UnprocessableEntity, format!("{why}\n")))
}

pub(super) fn routes() -> Vec<rocket::Route> {
    rocket::routes![
        texts,
        count,
        wire,
        reset,
        clock,
        put_clock,
        settle,
        faults,
        set_faults,
        add_fault,
        clear_faults,
        clear_fault,
        phones,
        put_phone,
        send,
        numbers,
        put_number,
        put_webhook
    ]
}
