//! Pairs and their texts as programs see them.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::opening::ExpiryKind;
use crate::api::problem::{Fault, Problem};
use crate::api::times::Instant;
use crate::clock::At;
use crate::desk::pairs::Refusal;
use crate::desk::pool::missing;
use crate::domain::outbox::delivery::State as Known;
use crate::domain::pairs::expiry::Ending;
use crate::domain::pairs::expiry::Expiry;
use crate::domain::time::duration;
use crate::domain::words::sentence::sentence;
use crate::store::views::pairs::{PairRow, SaidRow, Stage};

/// A pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::api) struct Pair {
    /// Its id.
    #[schema(example = "1043")]
    id: String,
    /// What you call it.
    #[schema(example = "bait-77")]
    reference: String,
    /// All that you call it: several if it was merged.
    references: Vec<String>,
    /// Where it stands: texts are passed on while it is `open` or `completed`.
    state: State,
    /// When it was opened.
    created_at: Instant,
    /// When it ends, as things stand.
    expires_at: Instant,
    /// What moves its end.
    expiry: PairExpiry,
    /// When it was completed.
    completed_at: Option<Instant>,
    /// When it ended.
    ended_at: Option<Instant>,
    /// Why it ended: `expired` or `closed`.
    #[schema(value_type = Option<EndedWhy>)]
    ended_why: Option<Ending>,
    /// Phone numbers, e-mail addresses and links are taken out of what is passed on.
    redact: bool,
    /// Who is in it.
    parties: Vec<PairParty>,
}

/// Why a pair ended, as the table keeps it.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "described, not made: the table has these words")]
pub(in crate::api) enum EndedWhy {
    /// Its time was up.
    Expired,
    /// Somebody ended it.
    Closed,
}

/// What became of a message, as the table keeps it.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "described, not made: the table has these words")]
pub(in crate::api) enum Outcome {
    /// It went to the others.
    Relayed,
    /// It came too late, or relaying was paused; nobody got it.
    Held,
    /// It was for us, as EXTEND is.
    Kept,
    /// It came from one of our own numbers.
    Refused,
}

/// Where a pair stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum State {
    /// Texts are passed on.
    Open,
    /// They are, until its grace is over.
    Completed,
    /// Nothing is passed on any more.
    Ended,
}

impl From<Stage> for State {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Open => State::Open,
            Stage::Completed => State::Completed,
            Stage::Ended => State::Ended,
        }
    }
}

/// What moves the end of a pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::api) struct PairExpiry {
    /// `fixed`, `sliding` or `after_completion`.
    #[schema(value_type = ExpiryKind, example = "after_completion")]
    kind: &'static str,
    /// Of `sliding`: so long after the last message.
    idle: Option<String>,
    /// Of `after_completion`: so long after its completion.
    #[schema(example = "30m")]
    grace: Option<String>,
    /// It ends no later than this.
    hard_end_at: Instant,
    /// You, and the parties if there is a warning, are told so long before the end.
    warn_before: Option<String>,
    /// A party who answers the warning with EXTEND moves the end by this.
    extend: Option<String>,
    /// How often parties have done so.
    extensions: u32,
}

/// Somebody in a pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::api) struct PairParty {
    /// What the others call them.
    #[schema(example = "Fisher")]
    alias: String,
    /// Their phone.
    #[schema(example = "+15055550131")]
    phone: String,
    /// The number that they text to reach the others; it stands for the others on their phone.
    #[schema(example = "+15055550201")]
    mask: String,
}

impl Pair {
    /// It as it stands at `now`.
    pub(super) fn of(row: PairRow, now: At) -> Self {
        let (stage, term) = (row.stage(now), *row.term());
        let spoken = |span| duration::words(span);
        let (idle, grace) = match term.expiry {
            Expiry::Fixed => (None, None),
            Expiry::Sliding(span) => (Some(spoken(span)), None),
            Expiry::AfterCompletion(span) => (None, Some(spoken(span))),
        };
        let over = stage == Stage::Ended;
        Pair {
            id: row.id.to_string(),
            reference: row.references.first().cloned().unwrap_or_default(),
            references: row.references,
            state: stage.into(),
            created_at: Instant(row.opened_at),
            expires_at: Instant(term.ends_at),
            expiry: PairExpiry {
                kind: term.expiry.kind().word(),
                idle,
                grace,
                hard_end_at: Instant(term.hard_end),
                warn_before: term.warn_before.map(spoken),
                extend: term.extension.map(spoken),
                extensions: term.extensions,
            },
            completed_at: term.completed_at.map(Instant),
            // Over by the clock is over, whether or not that is written down.
            ended_at: over.then(|| Instant(row.ended_at.unwrap_or(term.ends_at))),
            ended_why: over.then(|| row.ended_why.unwrap_or(Ending::Expired)),
            redact: row.pair.redact,
            parties: row
                .parties
                .into_iter()
                .map(|party| PairParty { alias: party.alias, phone: party.phone, mask: party.mask })
                .collect(),
        }
    }
}

/// Something that was said in a pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::api) struct Message {
    /// Its id.
    #[schema(example = "76421")]
    id: String,
    /// When it was accepted.
    at: Instant,
    /// The alias of the party who wrote it; none if you had it said.
    from: Option<String>,
    /// As it was written.
    body: String,
    /// `relayed`: it went to the others. `held`: it came too late, or relaying was paused; nobody got it. `kept`: it was for
    /// us, as EXTEND is. `refused`: it came from one of our own numbers.
    #[schema(value_type = Outcome, example = "relayed")]
    outcome: String,
    /// Why it was not passed on.
    why: Option<String>,
    /// What became of it on each phone.
    deliveries: Vec<Delivery>,
}

/// What became of a message on somebody's phone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::api) struct Delivery {
    /// The alias of the party to whom it goes.
    #[schema(example = "Helper")]
    to: String,
    /// How far it is.
    state: DeliveryState,
    /// Why it did not arrive.
    why: Option<String>,
}

/// How far a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::api) enum DeliveryState {
    /// It is on its way to the carrier.
    Queued,
    /// The carrier has it.
    Sent,
    /// It is on the phone.
    Delivered,
    /// It will not arrive.
    Failed,
    /// Nobody knows whether the carrier has it; a person decides.
    Unknown,
}

impl DeliveryState {
    fn of(state: Known) -> Self {
        match state {
            Known::Ready | Known::Sending | Known::Unknown => DeliveryState::Queued,
            Known::Accepted | Known::Sent => DeliveryState::Sent,
            Known::Delivered => DeliveryState::Delivered,
            Known::Parked => DeliveryState::Unknown,
            Known::Undelivered | Known::Failed | Known::Suppressed | Known::Expired | Known::Dead => {
                DeliveryState::Failed
            }
        }
    }
}

impl From<SaidRow> for Message {
    fn from(row: SaidRow) -> Self {
        let delivery = |one: crate::store::views::pairs::SentRow| {
            let state = DeliveryState::of(one.state);
            let why = one.why.filter(|_| matches!(state, DeliveryState::Failed | DeliveryState::Unknown));
            Delivery { to: one.to, state, why }
        };
        Message {
            id: row.id.to_string(),
            at: Instant(row.at),
            from: row.from,
            body: row.body,
            outcome: row.outcome.word().to_owned(),
            why: row.why,
            deliveries: row.deliveries.into_iter().map(delivery).collect(),
        }
    }
}

/// Masks that are missing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::api) struct Missing {
    /// Of which country, as ISO 3166-1; none if a number's country is not known.
    #[schema(example = "US")]
    country: Option<String>,
    /// So many.
    masks: i64,
}

fn exhausted(missing: Vec<missing::Missing>) -> Problem {
    let missing: Vec<Missing> =
        missing.into_iter().map(|missing::Missing { country, masks }| Missing { country, masks }).collect();
    let said: Vec<String> = missing
        .iter()
        .map(|one| {
            let country = one.country.as_deref().unwrap_or("a country that is not known");
            format!("{} more {} for {country}", one.masks, if one.masks == 1 { "mask" } else { "masks" })
        })
        .collect();
    let detail = format!(
        "No mask is free for this: {} would do. Nothing was opened. An admin adds numbers under Pool, or by \
         `switchboard pool grow`; pairs that end give theirs back after their rest.",
        said.join(", ")
    );
    let missing = serde_json::to_value(missing).unwrap_or_default();
    Problem::new("pool_exhausted", detail).with("missing", missing)
}

fn too_many(most: u32, wait: Duration) -> Problem {
    let detail = format!(
        "Your app has brought {most} phones into pairs within the hour, which is the most. Nothing was done. Whoever runs \
         Switchboard can raise SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR."
    );
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    Problem::new("too_many_first_texts", detail).after(seconds)
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Problem::not_found(),
            Refusal::Wrong(wrongs) => {
                Problem::refused(wrongs.into_iter().map(|wrong| Fault::at(wrong.pointer, &wrong.why)))
            }
            Refusal::Conflict { code, why } => Problem::new(code, sentence(&why)),
            Refusal::TooMany { most, wait } => too_many(most, wait),
            Refusal::PoolExhausted(missing) => exhausted(missing),
            Refusal::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_delivery_has_a_word_for_programs() {
        use DeliveryState::{Delivered, Failed, Queued, Sent, Unknown};
        for (state, wanted) in [
            (Known::Ready, Queued),
            (Known::Sending, Queued),
            (Known::Unknown, Queued),
            (Known::Accepted, Sent),
            (Known::Sent, Sent),
            (Known::Delivered, Delivered),
            (Known::Undelivered, Failed),
            (Known::Failed, Failed),
            (Known::Suppressed, Failed),
            (Known::Expired, Failed),
            (Known::Dead, Failed),
            (Known::Parked, Unknown),
        ] {
            assert_eq!(DeliveryState::of(state), wanted, "{state:?}");
        }
    }

    #[test]
    fn an_empty_pool_says_what_would_do() {
        let missing =
            [(None, 1), (Some("US".to_owned()), 2)].map(|(country, masks)| missing::Missing { country, masks });
        let said = serde_json::to_value(exhausted(missing.into()).details("")).unwrap();
        assert_eq!(said["missing"], serde_json::json!([{"country": null, "masks": 1}, {"country": "US", "masks": 2}]));
        assert!(said["detail"].as_str().unwrap().contains("2 more masks for US"), "{said}");
    }
}
