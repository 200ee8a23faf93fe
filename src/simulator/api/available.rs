//! `AvailablePhoneNumbers`: numbers for rent. North American numbers only, all from the range kept for fiction.

use rocket::get;
use serde_json::json;

use super::answer::{Reply, not_found};
use super::auth::Caller;
use super::messages::sid;
use crate::simulator::Simulator;
use crate::wire::twilio::form::Form;

#[get("/2010-04-01/Accounts/<account>/AvailablePhoneNumbers/<country>/<file>")]
pub(super) async fn search(
    account: &str,
    country: &str,
    file: &str,
    caller: Caller,
    query: &rocket::http::uri::Origin<'_>,
) -> Reply {
    let query = Form::parse(query.query().map_or(&b""[..], |query| query.as_str().as_bytes()));
    caller
        .answer(account, async |simulator: Simulator, base| {
            let kind = sid(file);
            if !["US", "CA"].contains(&country) || !["Local", "TollFree"].contains(&kind) {
                return Err(not_found("numbers of this country and type"));
            }
            let area = query.get("AreaCode").and_then(|area| area.parse().ok());
            let size = query.get("PageSize").and_then(|size| size.parse().ok()).unwrap_or(50_usize).min(1000);
            let free = simulator.numbers().available(kind, area, query.get("Contains").unwrap_or(""), size);
            let items: Vec<_> = free
                .iter()
                .map(|number| {
                    json!({
                        "friendly_name": number, "phone_number": number, "iso_country": country, "lata": null,
                        "locality": null, "rate_center": null, "latitude": null, "longitude": null, "region": null,
                        "postal_code": null, "address_requirements": "none", "beta": false,
                        "capabilities": { "voice": true, "sms": true, "mms": true, "fax": false },
                    })
                })
                .collect();
            let uri = format!("{base}/2010-04-01/Accounts/{account}/AvailablePhoneNumbers/{country}/{file}");
            Ok(Reply::json(200, &json!({ "available_phone_numbers": items, "uri": uri })))
        })
        .await
}
