//! Events as the description of the API shows them: one webhook for each kind. `desk/programs/events.rs` and its
//! callers make what is posted; a test compares every kind of event with this.

use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::pairs::shown::{EndedWhy, Outcome, PairParty};
use super::times::Instant;
use crate::domain::programs::event::Kind;

/// The name of an event, or `*` for every one, also of kinds that are yet to come.
pub(super) enum EventName {}

impl PartialSchema for EventName {
    fn schema() -> RefOr<Schema> {
        let words = std::iter::once("*").chain(Kind::ALL.map(Kind::word));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("The name of an event, or `*` for every one, also of kinds that are yet to come."))
            .enum_values(Some(words))
            .into()
    }
}

impl ToSchema for EventName {}

macro_rules! data {
    ($($(#[doc = $about:literal])* $name:ident { $($(#[$more:meta])* $member:ident: $kind:ty,)* })*) => {$(
        $(#[doc = $about])*
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "described, not made: the desk writes what is posted")]
        pub(super) struct $name {
            /// Of which pair.
            #[schema(example = "1043")]
            pair_id: String,
            /// What you call it.
            #[schema(example = "bait-77")]
            reference: String,
            /// All that you call it, if it was merged.
            #[schema(nullable = false)]
            references: Option<Vec<String>>,
            $($(#[$more])* $member: $kind,)*
        }
    )*};
}

data! {
    /// The data of `pair.opened`.
    PairOpenedData {
        /// When it ends, as things stand.
        expires_at: Instant,
        /// It was open already, and has got this reference, too.
        merged: bool,
        /// Who is in it.
        parties: Vec<PairParty>,
    }
    /// The data of `pair.expiring` and `pair.completed`.
    PairEndData {
        /// When it ends, as things stand.
        expires_at: Instant,
    }
    /// The data of `pair.extended`.
    PairExtendedData {
        /// When it ends, as things stand.
        expires_at: Instant,
        /// The alias of the party who asked for it; none if you did.
        #[schema(required = true)]
        by: Option<String>,
    }
    /// The data of `pair.ended`.
    PairEndedData {
        /// `expired` or `closed`.
        #[schema(example = "expired")]
        why: EndedWhy,
    }
    /// The data of `party.changed`.
    PartyChangedData {
        /// What the others call them.
        #[schema(example = "Fisher")]
        alias: String,
        /// Their phone from now on.
        #[schema(example = "+15055550131")]
        phone: String,
        /// The number that they text from now on.
        #[schema(example = "+15055550201")]
        mask: String,
    }
    /// The data of `message.received` and `late_text.held`.
    PartyTextData {
        /// The id of the message.
        #[schema(example = "76421")]
        message_id: String,
        /// The alias of the party who wrote it.
        #[schema(example = "Fisher")]
        from: String,
        /// As it was written.
        body: String,
        /// The types of the files that came with it.
        #[schema(nullable = false, example = json!(["image/jpeg"]))]
        media: Option<Vec<String>>,
        /// What became of it, as in the list of messages.
        #[schema(example = "relayed")]
        outcome: Outcome,
        /// Why it was not passed on.
        #[schema(nullable = false)]
        why: Option<String>,
        /// It was a word such as STOP: nothing is sent to them any more.
        #[schema(nullable = false)]
        opted_out: Option<bool>,
    }
    /// The data of `message.delivered`.
    MessageDeliveredData {
        /// The id of the message.
        #[schema(example = "76421")]
        message_id: String,
        /// The alias of the party on whose phone it is.
        #[schema(example = "Helper")]
        to: String,
    }
    /// The data of `message.failed`.
    MessageFailedData {
        /// The id of the message.
        #[schema(example = "76421")]
        message_id: String,
        /// The alias of the party who does not get it.
        #[schema(example = "Helper")]
        to: String,
        /// Why, in plain words.
        why: String,
    }
}

/// The object that is the `data` of this kind.
pub(super) fn data_of(kind: Kind) -> String {
    match kind {
        Kind::PairOpened => PairOpenedData::name(),
        Kind::PairExpiring | Kind::PairCompleted => PairEndData::name(),
        Kind::PairExtended => PairExtendedData::name(),
        Kind::PairEnded => PairEndedData::name(),
        Kind::PartyChanged => PartyChangedData::name(),
        Kind::MessageReceived | Kind::LateTextHeld => PartyTextData::name(),
        Kind::MessageDelivered => MessageDeliveredData::name(),
        Kind::MessageFailed => MessageFailedData::name(),
    }
    .into_owned()
}

/// The webhooks of the description, by their kinds.
pub(super) fn webhooks() -> Value {
    let header = |name: &str, about: &str| json!({ "name": name, "in": "header", "required": true, "description": about, "schema": { "type": "string" } });
    let webhook = |kind: Kind| {
        let data = format!("#/components/schemas/{}", data_of(kind));
        json!({ "post": {
            "operationId": kind.word(),
            "summary": format!("Tells that {}", kind.meaning()),
            "parameters": [
                header("webhook-id", "The same each time that this event is posted."),
                header("webhook-timestamp", "When it is posted, in seconds since 1970."),
                header("webhook-signature", "By Standard Webhooks, with the secret of the endpoint."),
            ],
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object",
                "required": ["type", "timestamp", "data"],
                "properties": {
                    "type": { "const": kind.word() },
                    "timestamp": { "$ref": "#/components/schemas/Instant" },
                    "data": { "$ref": data },
                },
            } } } },
            "responses": {
                "2XX": { "description": "You have it." },
                "410": { "description": "You want no more: the endpoint is disabled." },
                "default": { "description": "It is posted again later." },
            },
            "security": [],
        } })
    };
    let all: Map<String, Value> = Kind::ALL.into_iter().map(|kind| (kind.word().to_owned(), webhook(kind))).collect();
    all.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::document::DOCUMENT;

    #[test]
    fn an_endpoint_wants_any_event_by_its_name() {
        let schemas = &DOCUMENT["components"]["schemas"];
        let mut words = vec!["*"];
        words.extend(Kind::ALL.map(Kind::word));
        assert_eq!(schemas["EventName"]["enum"], json!(words));
        for object in ["NewEndpoint", "Endpoint"] {
            let items = &schemas[object]["properties"]["events"]["items"];
            assert_eq!(items["$ref"], "#/components/schemas/EventName", "{object}");
        }
    }
}
