//! Policies for the tests of the rules. What holds without a setting is the config's to say.

use super::{DeliveryPolicy, PickPolicy, PoolPolicy, SupportPolicy};
use crate::clock::{days, hours, minutes, seconds};
use crate::domain::money::Prices;
use crate::domain::numbers::country::Countries;

impl SupportPolicy {
    pub(crate) fn sample() -> Self {
        SupportPolicy {
            idle_close: hours(72),
            reopen_within: days(7),
            sticky_for: days(30),
            hand_over_after: hours(4),
            answer_target: minutes(30),
            pick: PickPolicy::Random,
            context_line: true,
            show_numbers: false,
            countries: Countries::Home,
            first_texts_per_hour: 30,
        }
    }
}

impl PoolPolicy {
    pub(crate) fn sample() -> Self {
        PoolPolicy {
            quarantine: hours(72),
            quarantine_floor: hours(4),
            headroom: 20,
            spares: 2,
            low_watermark: 3,
            high_watermark: 20,
            monthly_budget: None,
            prices: Prices::default(),
            automatic: false,
        }
    }
}

impl DeliveryPolicy {
    pub(crate) fn sample() -> Self {
        DeliveryPolicy {
            request_timeout: seconds(10),
            lease: seconds(30),
            proof_after: seconds(60),
            proof_again_after: seconds(60),
            backfill_every: minutes(5),
            valid_for: hours(4),
            carrier_answers_help: true,
            segments_per_second: None,
            countries: Countries::All,
            segments_per_day: None,
        }
    }
}
