//! The request that opens a pair, read into what the desk takes. It names each mistake with its place.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::schema::{Discriminator, OneOfBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::millis;
use crate::api::problem::{Fault, Problem};
use crate::clock::At;
use crate::domain::numbers::typed;
use crate::domain::pairs::expiry::{GRACE, HARD_CAP, Wish};
use crate::domain::pairs::pair::{Opening, Party};
use crate::domain::time::duration;

/// A pair to be opened.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewPair {
    /// What you call it, such as the number of an order. One open pair has it; after its end it may be used again.
    #[schema(example = "bait-77", min_length = 1, max_length = 200)]
    reference: String,
    /// Who is joined: two people, or up to ten. In a group each text begins with the alias of its author.
    #[schema(min_items = 2, max_items = 10)]
    parties: Vec<NewParty>,
    /// When it ends.
    expiry: NewExpiry,
    /// What parties are told first, by their aliases.
    #[schema(example = json!({"Fisher": "Your helper is on the way. Text here to reach them."}))]
    welcome: Option<BTreeMap<String, String>>,
    /// Phone numbers, e-mail addresses and links are taken out of what is passed on, also those that are spelled out.
    #[schema(default = false)]
    redact: Option<bool>,
    /// If the same people have an open pair: `separate` gives them another thread behind other masks, `merge` adds this
    /// reference to the open one, which then lives as long as the longer of the two.
    #[schema(default = "separate")]
    same_people: Option<SamePeople>,
}

/// Somebody who is to be joined with others.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewParty {
    /// Their phone with + and its country code; it is kept as E.164. A number that its country cannot have is refused.
    #[schema(example = "+15055550131", pattern = r"^\+[1-9][0-9]{6,14}$")]
    phone: String,
    /// What the others call them; a word of yours, never a number.
    #[schema(example = "Fisher", min_length = 1, max_length = 20)]
    alias: String,
}

/// What happens if the same people have an open pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum SamePeople {
    /// Another thread behind other masks.
    Separate,
    /// The same thread.
    Merge,
}

/// What moves the end of a pair: nothing, each message, or its completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum ExpiryKind {
    /// Nothing: `at` or `after` says when it is.
    Fixed,
    /// Each message: it ends when nobody has written for `idle`.
    Sliding,
    /// Its completion: it ends `grace` after that, or at the hard cap.
    AfterCompletion,
}

/// When a pair ends, as it is read. The description has one object for each kind, so that nothing it says goes without saying
/// belongs to another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewExpiry {
    kind: ExpiryKind,
    at: Option<String>,
    after: Option<String>,
    idle: Option<String>,
    grace: Option<String>,
    hard_cap: Option<String>,
    warn_before: Option<String>,
    warning: Option<String>,
    extend: Option<String>,
}

macro_rules! expiries {
    ($($(#[doc = $about:literal])* $name:ident($kind:ident) { $($(#[$more:meta])* $member:ident: $type:ty,)* })*) => {$(
        /// What moves the end.
        #[derive(Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        enum $kind {
            $kind,
        }

        $(#[doc = $about])*
        #[derive(Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "described, not read: see `NewExpiry`")]
        pub(in crate::api) struct $name {
            // Described by its type: what stands here would be described as another type.
            #[schema(inline)]
            kind: $kind,
            $($(#[$more])* $member: $type,)*
            /// It never lives longer than this, whatever moves its end.
            #[schema(example = "24h", pattern = "^([0-9]+(ms|s|m|h|d))+$", default = "30d")]
            hard_cap: Option<String>,
            /// You, and with `warning` the parties, are told so long before the end.
            #[schema(example = "10m", pattern = "^([0-9]+(ms|s|m|h|d))+$")]
            warn_before: Option<String>,
            /// What the parties are told then.
            #[schema(
                example = "This chat ends in 10 minutes. Text EXTEND for more time.",
                min_length = 1,
                max_length = 1600
            )]
            warning: Option<String>,
            /// A party who answers the warning with EXTEND moves the end by this, three times at most.
            #[schema(example = "30m", pattern = "^([0-9]+(ms|s|m|h|d))+$")]
            extend: Option<String>,
        }
    )*};
}

expiries! {
    /// It ends at a moment that nothing moves: say `at` or `after`, and not both.
    FixedExpiry(Fixed) {
        /// The moment, as RFC 3339.
        #[schema(example = "2030-03-10T16:05:00Z", format = DateTime)]
        at: Option<String>,
        /// So long after it is opened.
        #[schema(example = "4h", pattern = "^([0-9]+(ms|s|m|h|d))+$")]
        after: Option<String>,
    }
    /// It ends when nobody has written for some time.
    SlidingExpiry(Sliding) {
        /// So long after the last message.
        #[schema(example = "2h", pattern = "^([0-9]+(ms|s|m|h|d))+$")]
        idle: String,
    }
    /// It ends some time after its completion, or at the hard cap.
    AfterCompletionExpiry(AfterCompletion) {
        /// So long after its completion; 30 minutes unless you say otherwise.
        #[schema(example = "30m", pattern = "^([0-9]+(ms|s|m|h|d))+$", default = "30m")]
        grace: Option<String>,
    }
}

impl PartialSchema for NewExpiry {
    fn schema() -> RefOr<Schema> {
        let kinds = [
            ("fixed", FixedExpiry::name()),
            ("sliding", SlidingExpiry::name()),
            ("after_completion", AfterCompletionExpiry::name()),
        ];
        let mapping =
            kinds.iter().map(|(kind, name)| ((*kind).to_owned(), Ref::from_schema_name(&**name).ref_location));
        let one_of = kinds
            .iter()
            .fold(OneOfBuilder::new(), |one_of, (_, name)| one_of.item(Ref::from_schema_name(&**name)))
            .description(Some(
                "When a pair ends. Spans are whole numbers, each with its unit: `90s`, `30m`, `1h30m`, `7d`.",
            ))
            .discriminator(Some(Discriminator::with_mapping("kind", mapping.collect::<Vec<_>>())));
        RefOr::T(Schema::OneOf(one_of.build()))
    }
}

impl ToSchema for NewExpiry {}

/// What is asked for, once what goes without saying is filled in: two requests that mean the same are one.
pub(super) fn meaning(opening: &Opening) -> Value {
    let opening = opening.clone().kept();
    let parties = opening.parties.iter().map(|party| json!([party.phone.as_str(), party.alias]));
    let end = match opening.wish {
        Wish::At(at) => json!(["at", at.0]),
        Wish::After(span) => json!(["after", millis(span)]),
        Wish::Sliding(span) => json!(["sliding", millis(span)]),
        Wish::AfterCompletion(span) => json!(["after_completion", millis(span)]),
    };
    let mut welcome = opening.welcome.clone();
    welcome.sort_unstable();
    json!({
        "reference": opening.reference,
        "parties": parties.collect::<Vec<_>>(),
        "end": end,
        "hard_cap": millis(opening.hard_cap),
        "warn_before": opening.warn_before.map(millis),
        "warning": opening.warning,
        "extension": opening.extension.map(millis),
        "welcome": welcome,
        "redact": opening.redact,
        "merge": opening.merge,
    })
}

/// Mistakes as they are found.
#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, why: &str) {
        self.0.push(Fault::at(pointer, why));
    }

    /// A span that stands at `pointer`, if it does.
    fn span(&mut self, pointer: &str, text: Option<&String>) -> Option<Duration> {
        duration::parse(text?).map_err(|why| self.add(pointer, &why)).ok()
    }
}

impl NewPair {
    /// What the desk takes. The rest of what may be wrong is found there.
    ///
    /// # Errors
    /// Everything that cannot be read.
    pub(super) fn read(self) -> Result<Opening, Problem> {
        let mut faults = Faults::default();
        let mut parties = Vec::with_capacity(self.parties.len());
        for (i, party) in self.parties.into_iter().enumerate() {
            match typed::read(&party.phone, None) {
                Ok(phone) => parties.push(Party { phone, alias: party.alias }),
                Err(why) => faults.add(format!("/parties/{i}/phone"), &why.to_string()),
            }
        }
        let expiry = self.expiry;
        let wish = expiry.wish(&mut faults);
        let hard_cap = faults.span("/expiry/hard_cap", expiry.hard_cap.as_ref()).unwrap_or(HARD_CAP);
        let warn_before = faults.span("/expiry/warn_before", expiry.warn_before.as_ref());
        let extension = faults.span("/expiry/extend", expiry.extend.as_ref());
        let (Some(wish), []) = (wish, &faults.0[..]) else { return Err(Problem::refused(faults.0)) };
        Ok(Opening {
            reference: self.reference,
            parties,
            wish,
            hard_cap,
            warn_before,
            warning: expiry.warning,
            extension,
            welcome: self.welcome.unwrap_or_default().into_iter().collect(),
            redact: self.redact.unwrap_or_default(),
            merge: self.same_people == Some(SamePeople::Merge),
        })
    }
}

impl NewExpiry {
    fn wish(&self, faults: &mut Faults) -> Option<Wish> {
        let own: &[&str] = match self.kind {
            ExpiryKind::Fixed => &["at", "after"],
            ExpiryKind::Sliding => &["idle"],
            ExpiryKind::AfterCompletion => &["grace"],
        };
        for (name, value) in [("at", &self.at), ("after", &self.after), ("idle", &self.idle), ("grace", &self.grace)] {
            if value.is_some() && !own.contains(&name) {
                let why = format!("it belongs to another kind of expiry; this one takes {}", own.join(" or "));
                faults.add(format!("/expiry/{name}"), &why);
            }
        }
        match self.kind {
            ExpiryKind::Fixed => match (&self.at, &self.after) {
                (Some(at), None) => {
                    let read = DateTime::parse_from_rfc3339(at).map(|time| At::from(time.to_utc()));
                    let why = "write a moment as RFC 3339, such as 2030-03-10T16:05:00Z";
                    read.map_err(|_| faults.add("/expiry/at", why)).ok().map(Wish::At)
                }
                (None, after @ Some(_)) => faults.span("/expiry/after", after.as_ref()).map(Wish::After),
                _ => {
                    faults.add("/expiry", "say when it ends: by `at`, or by `after`, and not by both");
                    None
                }
            },
            ExpiryKind::Sliding => {
                if self.idle.is_none() {
                    faults.add("/expiry/idle", "it is missing: add a span such as 2h");
                }
                faults.span("/expiry/idle", self.idle.as_ref()).map(Wish::Sliding)
            }
            ExpiryKind::AfterCompletion => {
                let grace = self.grace.as_ref().map_or(Some(GRACE), |grace| faults.span("/expiry/grace", Some(grace)));
                grace.map(Wish::AfterCompletion)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{hours, minutes};

    fn read(expiry: &str) -> Result<Opening, Vec<String>> {
        let parties = r#"[{"phone": "+15055550131", "alias": "Fisher"}, {"phone": "+15055550132", "alias": "Helper"}]"#;
        let text = format!(r#"{{"reference": "bait-77", "parties": {parties}, "expiry": {expiry}}}"#);
        let new: NewPair = serde_json::from_str(&text).unwrap();
        new.read().map_err(|problem| {
            let problem = serde_json::to_value(problem.details("")).unwrap();
            let errors = problem["errors"].as_array().unwrap();
            errors.iter().map(|one| one["pointer"].as_str().unwrap().to_owned()).collect()
        })
    }

    #[test]
    fn each_kind_of_end_is_read() {
        let wish = |expiry: &str| read(expiry).unwrap().wish;
        assert_eq!(wish(r#"{"kind": "fixed", "after": "4h"}"#), Wish::After(hours(4)));
        let at = At::from_seconds(1_800_000_000);
        assert_eq!(wish(r#"{"kind": "fixed", "at": "2027-01-15T09:00:00+01:00"}"#), Wish::At(at));
        assert_eq!(wish(r#"{"kind": "sliding", "idle": "2h"}"#), Wish::Sliding(hours(2)));
        assert_eq!(wish(r#"{"kind": "after_completion"}"#), Wish::AfterCompletion(minutes(30)));
        let all = r#"{"kind": "after_completion", "grace": "0s", "hard_cap": "24h", "warn_before": "10m",
            "warning": "Soon.", "extend": "30m"}"#;
        let opening = read(all).unwrap();
        assert_eq!((opening.hard_cap, opening.warn_before), (hours(24), Some(minutes(10))));
        assert_eq!((opening.extension, opening.warning.as_deref()), (Some(minutes(30)), Some("Soon.")));
    }

    #[test]
    fn requests_that_mean_the_same_are_the_same() {
        let meant = |expiry: &str| meaning(&read(expiry).unwrap());
        let plain = meant(r#"{"kind": "after_completion"}"#);
        for same in [
            r#"{"kind": "after_completion", "grace": "30m", "hard_cap": "30d"}"#,
            r#"{"hard_cap": "720h", "grace": "1800s", "kind": "after_completion", "warning": null}"#,
        ] {
            assert_eq!(meant(same), plain, "{same}");
        }
        assert_ne!(meant(r#"{"kind": "after_completion", "grace": "31m"}"#), plain);
        let at = |text: &str| meant(&format!(r#"{{"kind": "fixed", "at": "{text}"}}"#));
        assert_eq!(at("2030-03-10T16:05:00Z"), at("2030-03-10T17:05:00.000+01:00"));
        assert_ne!(at("2030-03-10T16:05:00Z"), at("2030-03-10T16:05:01Z"));
    }

    /// A generated client sends what the description says goes without saying.
    #[test]
    fn what_the_description_says_goes_without_saying_is_taken() {
        let document = &*crate::api::document::DOCUMENT;
        let choices = document["components"]["schemas"]["NewExpiry"]["discriminator"]["mapping"].as_object().unwrap();
        assert_eq!(choices.keys().collect::<Vec<_>>(), ["after_completion", "fixed", "sliding"]);
        for (kind, to) in choices {
            let schema = document.pointer(to.as_str().unwrap().trim_start_matches('#')).unwrap();
            assert_eq!(schema["properties"]["kind"]["enum"], json!([kind]), "{schema}");
            assert_eq!(schema["additionalProperties"], json!(false), "{schema}");
            let mut expiry = json!({ "kind": kind });
            for (name, member) in schema["properties"].as_object().unwrap() {
                let required = schema["required"].as_array().unwrap().iter().any(|one| one == name);
                if !member["default"].is_null() {
                    expiry[name] = member["default"].clone();
                } else if required && name != "kind" {
                    expiry[name] = member["examples"][0].as_str().or(member["example"].as_str()).unwrap().into();
                }
            }
            if kind == "fixed" {
                expiry["after"] = json!("4h");
            }
            assert!(read(&expiry.to_string()).is_ok(), "{expiry}");
            assert_eq!(expiry.get("grace").is_some(), kind == "after_completion", "{expiry}");
        }
    }

    #[test]
    fn everything_that_cannot_be_read_is_named() {
        for (expiry, wanted) in [
            (r#"{"kind": "fixed"}"#, &["/expiry"][..]),
            (r#"{"kind": "fixed", "at": "tomorrow"}"#, &["/expiry/at"]),
            (r#"{"kind": "fixed", "at": "2030-03-10T16:05:00Z", "after": "4h"}"#, &["/expiry"]),
            (r#"{"kind": "sliding"}"#, &["/expiry/idle"]),
            (r#"{"kind": "sliding", "idle": "2h", "grace": "1h"}"#, &["/expiry/grace"]),
            (
                r#"{"kind": "after_completion", "grace": "soon", "hard_cap": "1"}"#,
                &["/expiry/grace", "/expiry/hard_cap"],
            ),
        ] {
            assert_eq!(read(expiry).unwrap_err(), wanted, "{expiry}");
        }
    }
}
