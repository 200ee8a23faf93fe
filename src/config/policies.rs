//! The policies that the settings make, and those without any settings: the defaults of the table of keys.

use crate::domain::policy::{ApiPolicy, DeliveryPolicy, InboxPolicy, Policies, PoolPolicy, SupportPolicy};
use crate::domain::time::duration;

use super::{Source, keys};

pub(super) fn read(source: &mut Source) -> Policies {
    Policies {
        support: support(source),
        pool: pool(source),
        inbox: inbox(source),
        delivery: delivery(source),
        api: api(source),
        proxies: source.value(&keys::SWITCHBOARD_TRUSTED_PROXIES),
    }
}

fn support(source: &mut Source) -> SupportPolicy {
    SupportPolicy {
        idle_close: source.value(&keys::SWITCHBOARD_SUPPORT__IDLE_CLOSE),
        reopen_within: source.value(&keys::SWITCHBOARD_SUPPORT__REOPEN_WITHIN),
        sticky_for: source.value(&keys::SWITCHBOARD_SUPPORT__STICKY_FOR),
        hand_over_after: source.value(&keys::SWITCHBOARD_SUPPORT__HAND_OVER_AFTER),
        answer_target: source.value(&keys::SWITCHBOARD_SUPPORT__ANSWER_TARGET),
        pick: source.value(&keys::SWITCHBOARD_SUPPORT__PICK),
        context_line: source.value(&keys::SWITCHBOARD_SUPPORT__CONTEXT_LINE),
        // Who sees customers' numbers is said line by line.
        show_numbers: false,
        countries: source.value(&keys::SWITCHBOARD_SUPPORT__COUNTRIES),
        first_texts_per_hour: source.value(&keys::SWITCHBOARD_SUPPORT__FIRST_TEXTS_PER_HOUR),
    }
}

fn pool(source: &mut Source) -> PoolPolicy {
    let budget = source.set(&keys::SWITCHBOARD_POOL__MONTHLY_BUDGET);
    let policy = PoolPolicy {
        quarantine: source.value(&keys::SWITCHBOARD_POOL__QUARANTINE),
        quarantine_floor: source.value(&keys::SWITCHBOARD_POOL__QUARANTINE_FLOOR),
        headroom: source.value(&keys::SWITCHBOARD_POOL__HEADROOM),
        spares: source.value(&keys::SWITCHBOARD_POOL__SPARES),
        low_watermark: source.value(&keys::SWITCHBOARD_POOL__LOW_WATERMARK),
        high_watermark: source.value(&keys::SWITCHBOARD_POOL__HIGH_WATERMARK),
        monthly_budget: budget.unwrap_or_else(|| keys::SWITCHBOARD_POOL__MONTHLY_BUDGET.usual()),
        prices: source.value(&keys::SWITCHBOARD_POOL__PRICE),
        automatic: source.value(&keys::SWITCHBOARD_POOL__AUTOMATIC),
    };
    if policy.low_watermark.max(policy.spares) >= policy.high_watermark {
        source.mistake(format!(
            "{high} ({}) is not above {low} ({}) and {spares} ({}): the pool would be drained of what it has just bought; \
             raise it",
            policy.high_watermark,
            policy.low_watermark,
            policy.spares,
            high = keys::SWITCHBOARD_POOL__HIGH_WATERMARK.key.name,
            low = keys::SWITCHBOARD_POOL__LOW_WATERMARK.key.name,
            spares = keys::SWITCHBOARD_POOL__SPARES.key.name,
        ));
    }
    // What is bought without anybody's asking keeps to an amount that somebody wrote.
    if policy.automatic && budget.flatten().is_none() {
        source.mistake(format!(
            "{} is true without {}: say what all masks may cost a month, such as 50.00",
            keys::SWITCHBOARD_POOL__AUTOMATIC.key.name,
            keys::SWITCHBOARD_POOL__MONTHLY_BUDGET.key.name,
        ));
    }
    if policy.quarantine_floor > policy.quarantine {
        source.mistake(format!(
            "{} ({}) is longer than {} ({}): the floor is what remains of the quarantine when masks are short; lower the \
             floor, or raise the quarantine",
            keys::SWITCHBOARD_POOL__QUARANTINE_FLOOR.key.name,
            duration::spoken(policy.quarantine_floor),
            keys::SWITCHBOARD_POOL__QUARANTINE.key.name,
            duration::spoken(policy.quarantine),
        ));
    }
    policy
}

fn inbox(source: &mut Source) -> InboxPolicy {
    InboxPolicy { undo_window: source.value(&keys::SWITCHBOARD_INBOX__UNDO_WINDOW) }
}

fn delivery(source: &mut Source) -> DeliveryPolicy {
    let policy = DeliveryPolicy {
        request_timeout: source.value(&keys::SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT),
        lease: source.value(&keys::SWITCHBOARD_DELIVERY__LEASE),
        proof_after: source.value(&keys::SWITCHBOARD_DELIVERY__PROOF_AFTER),
        proof_again_after: source.value(&keys::SWITCHBOARD_DELIVERY__PROOF_AGAIN_AFTER),
        backfill_every: source.value(&keys::SWITCHBOARD_DELIVERY__BACKFILL_EVERY),
        valid_for: source.value(&keys::SWITCHBOARD_DELIVERY__VALID_FOR),
        carrier_answers_help: source.value(&keys::SWITCHBOARD_CARRIER_ANSWERS_HELP),
        segments_per_second: source.given(&keys::SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND),
        countries: source.value(&keys::SWITCHBOARD_DELIVERY__COUNTRIES),
        segments_per_day: source.value(&keys::SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY),
    };
    if policy.lease <= policy.request_timeout {
        source.mistake(format!(
            "{} ({}) is not longer than {} ({}): a request must have ended before its lease does; raise the lease, or \
             lower the time-out",
            keys::SWITCHBOARD_DELIVERY__LEASE.key.name,
            duration::spoken(policy.lease),
            keys::SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT.key.name,
            duration::spoken(policy.request_timeout),
        ));
    }
    policy
}

fn api(source: &mut Source) -> ApiPolicy {
    ApiPolicy {
        rate_limit: source.given(&keys::SWITCHBOARD_API__RATE_LIMIT),
        countries: source.value(&keys::SWITCHBOARD_API__COUNTRIES),
        first_texts_per_hour: source.value(&keys::SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR),
    }
}

/// The policies without any settings.
#[must_use]
pub fn usual_policies() -> Policies {
    read(&mut Source::empty())
}
