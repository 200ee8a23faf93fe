//! What the page's buttons do. Each form returns to the page on which it was; nothing here needs a script.

use askama::Template as _;
use rocket::form::{Form, FromForm};
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::response::content::RawHtml;
use rocket::{State, get, post};

use super::{Page, View, address};
use crate::domain::numbers::phone::Phone;
use crate::domain::numbers::typed;
use crate::simulator::alone::Alone;
use crate::simulator::guard::SameSite;
use crate::simulator::{Inbound, PhoneKind, Simulator};

type Html = (Status, RawHtml<String>);

fn render(simulator: &Simulator, status: Status, view: View) -> Html {
    match Page::of(simulator, view).render() {
        Ok(html) => (status, RawHtml(html)),
        Err(error) => (Status::InternalServerError, RawHtml(format!("<p>The page could not be written: {error}"))),
    }
}

#[get("/?<with>&<wire>")]
pub(in crate::simulator) fn show(
    simulator: &State<Simulator>,
    alone: Alone,
    with: Vec<String>,
    wire: Option<&str>,
) -> Html {
    let view = View { alone: alone.0, withs: with, whole_wire: wire == Some("all"), problem: None };
    render(simulator, Status::Ok, view)
}

fn back(withs: &[String], phone: &str) -> Redirect {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let anchor = if digits.is_empty() { String::new() } else { format!("#phone-{digits}") };
    Redirect::to(format!("{}{anchor}", address(&safe(withs))))
}

/// Only what the page itself writes there.
fn safe(withs: &[String]) -> Vec<String> {
    withs.iter().filter(|with| with.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')).cloned().collect()
}

/// A text typed on a phone.
#[derive(FromForm)]
pub(in crate::simulator) struct Typed {
    to: String,
    body: String,
    with: Vec<String>,
}

#[post("/phones/<number>/texts", rank = 2, data = "<typed>")]
pub(in crate::simulator) async fn text(
    _guard: SameSite,
    simulator: &State<Simulator>,
    number: &str,
    typed: Form<Typed>,
) -> Redirect {
    let Typed { to, body, with } = typed.into_inner();
    let on = simulator.phones().find(number).is_some_and(|phone| !phone.off);
    if on && !to.is_empty() && !body.is_empty() {
        simulator.send(Inbound { from: number.to_owned(), to, body, ..Inbound::default() }).await;
    }
    back(&with, number)
}

/// A phone to add.
#[derive(FromForm)]
pub(in crate::simulator) struct NewPhone {
    kind: String,
    label: Option<String>,
    number: Option<String>,
    with: Vec<String>,
}

#[post("/phones", data = "<new>")]
pub(in crate::simulator) fn add(
    _guard: SameSite,
    simulator: &State<Simulator>,
    alone: Alone,
    new: Form<NewPhone>,
) -> Result<Redirect, Html> {
    let NewPhone { kind, label, number, with } = new.into_inner();
    let kind = match kind.as_str() {
        "rep" => PhoneKind::Rep,
        "party" => PhoneKind::Party,
        _ => PhoneKind::Customer,
    };
    let number = match number.filter(|number| !number.trim().is_empty()) {
        Some(number) => typed::wanted(&number).map_err(|why| {
            let problem = Some(format!("The phone was not added: {why}."));
            let view = View { alone: alone.0, withs: with.clone(), whole_wire: false, problem };
            render(simulator, Status::UnprocessableEntity, view)
        })?,
        None => simulator.unused_number(),
    };
    let label = label.filter(|label| !label.trim().is_empty()).unwrap_or_else(|| simulator.unused_name(&number));
    simulator.introduce(number.as_str(), label.trim(), kind);
    Ok(back(&with, number.as_str()))
}

/// A phone to switch.
#[derive(FromForm)]
pub(in crate::simulator) struct Power {
    off: bool,
    with: Vec<String>,
}

#[post("/phones/<number>/power", data = "<power>")]
pub(in crate::simulator) fn power(
    _guard: SameSite,
    simulator: &State<Simulator>,
    number: &str,
    power: Form<Power>,
) -> Redirect {
    simulator.switch(number, power.off);
    back(&power.with, number)
}

/// The switches that are on.
#[derive(FromForm)]
pub(in crate::simulator) struct Switches {
    on: Vec<String>,
    with: Vec<String>,
}

#[post("/faults/switches", data = "<switches>")]
pub(in crate::simulator) fn set_switches(
    _guard: SameSite,
    simulator: &State<Simulator>,
    switches: Form<Switches>,
) -> Redirect {
    simulator.set_switches(&switches.on);
    Redirect::to(format!("{}#h-f", address(&safe(&switches.with))))
}

#[post("/faults/none", data = "<switches>")]
pub(in crate::simulator) fn no_faults(
    _guard: SameSite,
    simulator: &State<Simulator>,
    switches: Form<Switches>,
) -> Redirect {
    simulator.mend_all();
    Redirect::to(format!("{}#h-f", address(&safe(&switches.with))))
}

pub(in crate::simulator) fn routes() -> Vec<rocket::Route> {
    let mut routes = rocket::routes![show, text, add, power, set_switches, no_faults];
    routes.extend(rocket::routes![super::live::live, super::files::file]);
    routes.extend(crate::simulator::control::routes());
    routes
}

/// First names of customers that are made up.
const NAMES: [&str; 12] =
    ["Joel", "Nora", "Mateo", "Ingrid", "Tomas", "June", "Farid", "Wren", "Oskar", "Lucia", "Devi", "Hal"];

impl Simulator {
    /// A number from the range that is kept for fiction, which no phone has and the account does not rent.
    fn unused_number(&self) -> Phone {
        let (phones, numbers) = (self.virtual_phones(), self.own_numbers());
        let taken = |number: &str| {
            phones.iter().any(|phone| phone.number == number) || numbers.iter().any(|own| own.number == number)
        };
        let first = self.0.settings.chance.below(100);
        let free = (0..20_000)
            .map(|step| format!("+1{}555{:04}", 207 + step / 100, 100 + (first + step) % 100))
            .find(|number| !taken(number))
            .and_then(|number| Phone::parse(&number).ok());
        #[expect(clippy::expect_used, reason = "20,000 numbers of the right shape, and never as many phones")]
        free.expect("a free number")
    }

    fn unused_name(&self, number: &Phone) -> String {
        let phones = self.virtual_phones();
        if let Some(known) = phones.iter().find(|phone| phone.number == number.as_str()) {
            return known.label.clone();
        }
        let free = NAMES.iter().find(|name| !phones.iter().any(|phone| phone.label == **name));
        free.map_or_else(|| number.masked(), |name| (*name).to_owned())
    }
}
