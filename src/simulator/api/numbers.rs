//! `IncomingPhoneNumbers`: the numbers that the account rents.

use rocket::data::Data;
use rocket::{delete, get, post};
use serde_json::json;

use super::answer::{Reply, internal, not_found, unauthorized};
use super::auth::Caller;
use super::list::Page;
use super::messages::{form, sid};
use super::resource;
use crate::domain::numbers::phone::Phone;
use crate::simulator::numbers::NumberChange;
use crate::simulator::{Kind, Simulator};
use crate::wire::twilio::error::ApiError;
use crate::wire::twilio::form::Form;

fn change(form: &Form) -> NumberChange {
    let field = |name: &str| form.get(name).map(ToOwned::to_owned);
    NumberChange {
        label: None,
        friendly_name: field("FriendlyName"),
        sms_url: field("SmsUrl"),
        sms_method: field("SmsMethod"),
        sms_fallback_url: field("SmsFallbackUrl"),
        sms_fallback_method: field("SmsFallbackMethod"),
        sms_application_sid: field("SmsApplicationSid"),
    }
}

#[get("/2010-04-01/Accounts/<account>/IncomingPhoneNumbers.json")]
pub(super) async fn list(account: &str, caller: Caller, query: &rocket::http::uri::Origin<'_>) -> Reply {
    let query = Form::parse(query.query().map_or(&b""[..], |query| query.as_str().as_bytes()));
    caller
        .answer(account, async |simulator: Simulator, base| {
            let page = Page::read(&query)?;
            let numbers = simulator.numbers();
            let wanted = query.get("PhoneNumber").unwrap_or("");
            let begin = page
                .token
                .as_deref()
                .and_then(|sid| numbers.all().iter().position(|own| own.sid == sid))
                .map_or(0, |at| at + 1);
            let mut found = numbers.all()[begin..]
                .iter()
                .filter(|own| wanted.is_empty() || own.number.contains(wanted.trim_matches('*')))
                .skip(page.skip());
            let items: Vec<_> = found.by_ref().take(page.size).collect();
            let next = found.next().and(items.last()).map(|own| own.sid.clone());
            let shown: Vec<_> = items.iter().map(|own| resource::number(simulator.account(), &base, own)).collect();
            let path = format!("/2010-04-01/Accounts/{}/IncomingPhoneNumbers.json", simulator.account());
            let mut body = page.frame(&base, &path, &query, shown.len(), next.as_deref());
            body["incoming_phone_numbers"] = json!(shown);
            Ok(Reply::json(200, &body))
        })
        .await
}

#[post("/2010-04-01/Accounts/<account>/IncomingPhoneNumbers.json", data = "<data>")]
pub(super) async fn create(account: &str, caller: Caller, data: Data<'_>) -> Reply {
    caller
        .answer(account, async |simulator: Simulator, base| {
            let form = form(data).await?;
            let number = match (form.get("PhoneNumber"), form.get("AreaCode")) {
                (Some(number), _) => {
                    Phone::parse(number).map_err(|_| ApiError::new(400, 21421, "PhoneNumber is invalid"))?.to_string()
                }
                (None, Some(area)) => {
                    let area = area.parse().map_err(|_| ApiError::new(400, 21451, "Invalid area code"))?;
                    let free = simulator.numbers().available("Local", Some(area), "", 1).pop();
                    free.ok_or_else(|| ApiError::new(400, 21452, "No phone numbers found in area code"))?
                }
                (None, None) => return Err(ApiError::new(400, 21421, "PhoneNumber or AreaCode is needed")),
            };
            spoiled(&simulator, &number, || {
                let sid = format!("PN{}", simulator.0.settings.chance.hex::<16>());
                let own = simulator.numbers().rent(&number, sid, simulator.now(), change(&form));
                simulator.announce();
                Ok(Reply::json(201, &resource::number(simulator.account(), &base, &own)))
            })
        })
        .await
}

#[get("/2010-04-01/Accounts/<account>/IncomingPhoneNumbers/<file>")]
pub(super) async fn get(account: &str, file: &str, caller: Caller) -> Reply {
    caller
        .answer(account, async |simulator: Simulator, base| changed(&simulator, &base, file, NumberChange::default()))
        .await
}

#[post("/2010-04-01/Accounts/<account>/IncomingPhoneNumbers/<file>", data = "<data>")]
pub(super) async fn update(account: &str, file: &str, caller: Caller, data: Data<'_>) -> Reply {
    caller
        .answer(account, async |simulator: Simulator, base| {
            let form = form(data).await?;
            let number = number_of(&simulator, file);
            spoiled(&simulator, &number, || changed(&simulator, &base, file, change(&form)))
        })
        .await
}

fn changed(simulator: &Simulator, base: &str, file: &str, change: NumberChange) -> Result<Reply, ApiError> {
    let mut numbers = simulator.numbers();
    let own = numbers.by_sid_mut(sid(file)).ok_or_else(|| not_found("number"))?;
    own.change(change);
    Ok(Reply::json(200, &resource::number(simulator.account(), base, own)))
}

#[delete("/2010-04-01/Accounts/<account>/IncomingPhoneNumbers/<file>")]
pub(super) async fn delete(account: &str, file: &str, caller: Caller) -> Reply {
    caller
        .answer(account, async |simulator: Simulator, _| {
            let number = number_of(&simulator, file);
            spoiled(&simulator, &number, || {
                let found = simulator.numbers().release(sid(file));
                simulator.announce();
                if found { Ok(Reply::Nothing) } else { Err(not_found("number")) }
            })
        })
        .await
}

fn number_of(simulator: &Simulator, file: &str) -> String {
    simulator.numbers().by_sid_mut(sid(file)).map(|own| own.number.clone()).unwrap_or_default()
}

/// Makes a change unless a fault prevents it, and answers unless a fault spoils that.
fn spoiled(
    simulator: &Simulator,
    number: &str,
    change: impl FnOnce() -> Result<Reply, ApiError>,
) -> Result<Reply, ApiError> {
    let struck = simulator.0.faults.strike_number(number);
    let Some(fault) = struck.first(|_| true) else { return change() };
    simulator.0.wire.note(simulator.now(), "number", "", number, fault.kind.in_words());
    if fault.takes() {
        change()?;
    }
    Ok(match fault.kind {
        Kind::Refused | Kind::Reset => Reply::Closed,
        Kind::BlackHole => Reply::Silent,
        Kind::Junk => Reply::Json { status: 500, body: "<html>".to_owned(), retry_after: None },
        Kind::TooMany => Reply::from(ApiError::new(429, 20429, "Too many requests")),
        Kind::Unauthorized => unauthorized().into(),
        Kind::Refusal => ApiError::new(400, fault.code.unwrap_or(21422), "The number is not available").into(),
        _ => internal().into(),
    })
}
