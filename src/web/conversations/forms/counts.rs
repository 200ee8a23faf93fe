//! The length and cost of a text, counted by the code that cuts and sends it. The page counts one request by itself
//! while somebody types, and asks here about longer texts.

use rocket::FromForm;
use rocket::serde::Serialize;
use rocket::serde::json::Json;

use super::writing::lines;
use crate::domain::words::segment;
use crate::http::form::Form;
use crate::http::guards::Signed;

#[derive(FromForm)]
pub(in crate::web) struct Written {
    #[field(default = String::new())]
    body: String,
}

/// What a text comes to.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
pub(in crate::web) struct Counted {
    characters: usize,
    segments: u32,
    parts: usize,
    unicode: bool,
}

#[rocket::post("/count", data = "<form>")]
pub(in crate::web) fn create(form: Form<Written>, me: Signed<'_>) -> Json<Counted> {
    let count = segment::count(&lines(&form.body), me.desk.carrier.capabilities().max_body_chars);
    let segment::Count { characters, segments, parts, unicode } = count;
    Json(Counted { characters, segments, parts, unicode })
}
