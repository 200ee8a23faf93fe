//! The JSON of a request, read into the value that a handler takes. The API refuses what does not fit, and names it.
//! Unknown members are refused as well: a mistyped member must not be ignored.

use std::time::Duration;

use rocket::data::{ByteUnit, FromData, Outcome};
use rocket::{Data, Request};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Error as Misfit, Segment};
use sha2::{Digest, Sha256};

use super::problem::{Fault, Problem};
use crate::secret::hex;

/// The longest body, in KiB.
const LONGEST: u64 = 64;
/// A body that takes longer to arrive is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A body.
pub(super) struct Body<T> {
    /// What it says.
    pub(super) value: T,
    /// Method and address: what it says it to.
    asked: String,
}

impl<T> Body<T> {
    /// The SHA-256 of what is asked: of method, address and what the body means, once what goes without saying is filled in.
    /// Two requests that mean the same have the same, however they are written.
    pub(super) fn hash(&self, meaning: &Value) -> String {
        hex(&Sha256::digest(format!("{}\n{meaning}", self.asked)))
    }
}

/// A body that may be left out: then it says what `T` says by itself.
pub(super) struct OrNothing<T>(pub(super) Body<T>);

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Send> FromData<'r> for Body<T> {
    type Error = ();

    async fn from_data(req: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read(req, data).await {
            Ok(body) => Outcome::Success(body),
            Err(problem) => Outcome::Error((problem.leave(req), ())),
        }
    }
}

#[rocket::async_trait]
impl<'r, T: DeserializeOwned + Default + Send> FromData<'r> for OrNothing<T> {
    type Error = ();

    async fn from_data(req: &'r Request<'_>, mut data: Data<'r>) -> Outcome<'r, Self> {
        let Ok(first) = tokio::time::timeout(PATIENCE, data.peek(1)).await else {
            return Outcome::Error((too_slow().leave(req), ()));
        };
        if first.is_empty() {
            return Outcome::Success(OrNothing(Body { value: T::default(), asked: asked(req) }));
        }
        Body::from_data(req, data).await.map(OrNothing)
    }
}

fn too_slow() -> Problem {
    Problem::new("too_slow", "The body did not arrive within 10 seconds.")
}

/// Method and address.
fn asked(req: &Request<'_>) -> String {
    format!("{} {}", req.method(), req.uri().path())
}

async fn read<T: DeserializeOwned>(req: &Request<'_>, data: Data<'_>) -> Result<Body<T>, Problem> {
    let json = req.content_type().is_some_and(|kind| {
        kind.top() == "application" && (kind.sub() == "json" || kind.sub().as_str().ends_with("+json"))
    });
    if !json {
        return Err(Problem::new("not_json", "Send JSON, with the header `Content-Type: application/json`."));
    }
    let packed = req.headers().get("content-encoding").any(|coding| !coding.trim().eq_ignore_ascii_case("identity"));
    if packed {
        return Err(Problem::new("not_json", "Send it as it is, without the header `Content-Encoding`."));
    }
    let bytes = match tokio::time::timeout(PATIENCE, data.open(ByteUnit::Kibibyte(LONGEST)).into_bytes()).await {
        Ok(Ok(bytes)) if bytes.is_complete() => bytes.into_inner(),
        Ok(Ok(_)) => return Err(Problem::new("too_large", format!("Send a body of at most {LONGEST} KiB."))),
        Ok(Err(_)) | Err(_) => {
            return Err(too_slow());
        }
    };
    Ok(Body { value: parse(&bytes)?, asked: asked(req) })
}

/// Reads a body's bytes.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value: Value = serde_json::from_slice(bytes).map_err(|why| {
        let why = format!("it is no JSON: {why}; send an object such as {{\"a\": \"b\"}}");
        Problem::refused([Fault::at("", &why)])
    })?;
    if let Some(pointer) = nul_in(&value, String::new()) {
        return Err(Problem::refused([Fault::at(pointer, "leave out the character U+0000, which no text can have")]));
    }
    serde_path_to_error::deserialize(value).map_err(|misfit| Problem::refused([fault(&misfit)]))
}

/// Names the member that does not fit.
fn fault(misfit: &Misfit<serde_json::Error>) -> Fault {
    let mut pointer = String::new();
    for step in misfit.path() {
        match step {
            Segment::Seq { index } => pointer = format!("{pointer}/{index}"),
            Segment::Map { key } => pointer = format!("{pointer}/{}", escaped(key)),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let why = misfit.inner().to_string();
    let missing = why.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
    match missing {
        Some(name) => Fault::at(format!("{pointer}/{}", escaped(name)), "it is missing: add it"),
        None => Fault::at(pointer, &in_json(&why)),
    }
}

/// What serde says of types, in the words of JSON.
fn in_json(why: &str) -> String {
    let (said, wanted) = why.rsplit_once("expected ").unwrap_or((why, ""));
    let wanted = match wanted {
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "true or false",
        of if of.starts_with("struct ") => "an object",
        of => of,
    };
    let said = said
        .replace("invalid type: map", "invalid type: object")
        .replace("invalid type: sequence", "invalid type: list");
    if wanted.is_empty() { said } else { format!("{said}expected {wanted}") }
}

/// A name as a step of a JSON pointer.
fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}

/// Where the first text stands that has a NUL in it, which PostgreSQL cannot keep.
fn nul_in(value: &Value, pointer: String) -> Option<String> {
    match value {
        Value::String(text) => text.contains('\0').then_some(pointer),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| nul_in(item, format!("{pointer}/{index}")))
        }
        Value::Object(members) => members.iter().find_map(|(name, item)| {
            if name.contains('\0') {
                return Some(pointer.clone());
            }
            nul_in(item, format!("{pointer}/{}", escaped(name)))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Party {
        phone: String,
        alias: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Pair {
        reference: String,
        parties: Vec<Party>,
    }

    fn refused(text: &str) -> Value {
        serde_json::to_value(parse::<Pair>(text.as_bytes()).map(drop).unwrap_err().details("")).unwrap()
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        for (text, pointer, word) in [
            (r#"{"parties": []}"#, "/reference", "missing"),
            (r#"{"reference": "a", "parties": [{"phone": "1"}, {}]}"#, "/parties/1/phone", "missing"),
            (r#"{"reference": "a", "parties": [{"phone": 5}]}"#, "/parties/0/phone", "expected a string"),
            (r#"{"reference": "a", "parties": {}}"#, "/parties", "expected a list"),
            (r#"{"reference": "a", "parties": [], "a/b": 1}"#, "/a~1b", "Unknown field `a/b`"),
            (
                r#"{"reference": "a", "parties": [{"phone": "1", "mask": "2"}]}"#,
                "/parties/0/mask",
                "nknown field `mask`",
            ),
            (r#"{"reference": "a", "parties": [{"phone": "a\u0000"}]}"#, "/parties/0/phone", "U+0000"),
        ] {
            let problem = refused(text);
            let fault = &problem["errors"][0];
            assert_eq!(
                (problem["status"].as_u64(), fault["pointer"].as_str()),
                (Some(422), Some(pointer)),
                "{problem}"
            );
            let said = |of: &Value| of["detail"].as_str().is_some_and(|detail| detail.contains(word));
            assert!(said(&problem) && said(fault), "{problem}");
        }
        for text in ["", "{", "[1", "{\"reference\": \"a\"} x", "nothing"] {
            assert!(refused(text)["detail"].as_str().unwrap().contains("no JSON"), "{text}");
        }
        let list = refused("[]")["detail"].as_str().unwrap().to_owned();
        assert!(list.contains("nvalid"), "{list}");
        assert_eq!(in_json("invalid type: sequence, expected struct Pair"), "invalid type: list, expected an object");
    }
}
