//! The policies of the settings, each with its bounds.

use std::time::Duration;

use crate::domain::money::{Cents, Prices};
use crate::domain::numbers::country::Countries;
use crate::domain::people::peer::TrustedProxies;
use crate::domain::policy::{ApiPolicy, DeliveryPolicy, InboxPolicy, PickPolicy, Policies, PoolPolicy, SupportPolicy};
use crate::domain::time::duration;

use super::{Source, truth};

pub(super) fn read(source: &mut Source) -> Policies {
    Policies {
        support: support(source),
        pool: pool(source),
        inbox: inbox(source),
        delivery: delivery(source),
        api: api(source),
        proxies: source.read("SWITCHBOARD_TRUSTED_PROXIES", TrustedProxies::read).unwrap_or_default(),
    }
}

fn support(source: &mut Source) -> SupportPolicy {
    let usual = SupportPolicy::default();
    let words = PickPolicy::ALL.map(PickPolicy::word);
    SupportPolicy {
        idle_close: positive(source, "SWITCHBOARD_SUPPORT__IDLE_CLOSE", usual.idle_close),
        reopen_within: any(source, "SWITCHBOARD_SUPPORT__REOPEN_WITHIN", usual.reopen_within),
        sticky_for: any(source, "SWITCHBOARD_SUPPORT__STICKY_FOR", usual.sticky_for),
        hand_over_after: positive(source, "SWITCHBOARD_SUPPORT__HAND_OVER_AFTER", usual.hand_over_after),
        answer_target: positive(source, "SWITCHBOARD_SUPPORT__ANSWER_TARGET", usual.answer_target),
        pick: source.choose("SWITCHBOARD_SUPPORT__PICK", &words).and_then(PickPolicy::read).unwrap_or(usual.pick),
        context_line: source.read("SWITCHBOARD_SUPPORT__CONTEXT_LINE", truth).unwrap_or(usual.context_line),
        // Who sees customers' numbers is said line by line.
        show_numbers: usual.show_numbers,
        countries: source.read("SWITCHBOARD_SUPPORT__COUNTRIES", Countries::read).unwrap_or(usual.countries),
        first_texts_per_hour: source
            .read("SWITCHBOARD_SUPPORT__FIRST_TEXTS_PER_HOUR", first_texts)
            .unwrap_or(usual.first_texts_per_hour),
    }
}

fn pool(source: &mut Source) -> PoolPolicy {
    let usual = PoolPolicy::default();
    let budget = source.read("SWITCHBOARD_POOL__MONTHLY_BUDGET", budget);
    let policy = PoolPolicy {
        quarantine: any(source, "SWITCHBOARD_POOL__QUARANTINE", usual.quarantine),
        quarantine_floor: any(source, "SWITCHBOARD_POOL__QUARANTINE_FLOOR", usual.quarantine_floor),
        headroom: source.read("SWITCHBOARD_POOL__HEADROOM", percent).unwrap_or(usual.headroom),
        spares: source.read("SWITCHBOARD_POOL__SPARES", masks).unwrap_or(usual.spares),
        low_watermark: source.read("SWITCHBOARD_POOL__LOW_WATERMARK", masks).unwrap_or(usual.low_watermark),
        high_watermark: source.read("SWITCHBOARD_POOL__HIGH_WATERMARK", masks).unwrap_or(usual.high_watermark),
        monthly_budget: budget.unwrap_or(usual.monthly_budget),
        prices: source.read("SWITCHBOARD_POOL__PRICE", Prices::read).unwrap_or(usual.prices),
        automatic: source.read("SWITCHBOARD_POOL__AUTOMATIC", truth).unwrap_or(usual.automatic),
    };
    if policy.low_watermark.max(policy.spares) >= policy.high_watermark {
        source.mistake(format!(
            "SWITCHBOARD_POOL__HIGH_WATERMARK ({}) is not above SWITCHBOARD_POOL__LOW_WATERMARK ({}) and \
             SWITCHBOARD_POOL__SPARES ({}): the pool would be drained of what it has just bought; raise it",
            policy.high_watermark, policy.low_watermark, policy.spares
        ));
    }
    // What is bought without anybody's asking keeps to an amount that somebody wrote.
    if policy.automatic && budget.flatten().is_none() {
        source.mistake(
            "SWITCHBOARD_POOL__AUTOMATIC is true without SWITCHBOARD_POOL__MONTHLY_BUDGET: say what all masks may cost a \
             month, such as 50.00"
                .to_owned(),
        );
    }
    if policy.quarantine_floor > policy.quarantine {
        source.mistake(format!(
            "SWITCHBOARD_POOL__QUARANTINE_FLOOR ({}) is longer than SWITCHBOARD_POOL__QUARANTINE ({}): the floor is what \
             remains of the quarantine when masks are short; lower the floor, or raise the quarantine",
            duration::words(policy.quarantine_floor),
            duration::words(policy.quarantine)
        ));
    }
    policy
}

fn inbox(source: &mut Source) -> InboxPolicy {
    let usual = InboxPolicy::default();
    InboxPolicy { undo_window: source.read("SWITCHBOARD_INBOX__UNDO_WINDOW", short).unwrap_or(usual.undo_window) }
}

fn delivery(source: &mut Source) -> DeliveryPolicy {
    let usual = DeliveryPolicy::default();
    let policy = DeliveryPolicy {
        request_timeout: positive(source, "SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT", usual.request_timeout),
        lease: positive(source, "SWITCHBOARD_DELIVERY__LEASE", usual.lease),
        proof_after: positive(source, "SWITCHBOARD_DELIVERY__PROOF_AFTER", usual.proof_after),
        proof_again_after: positive(source, "SWITCHBOARD_DELIVERY__PROOF_AGAIN_AFTER", usual.proof_again_after),
        backfill_every: positive(source, "SWITCHBOARD_DELIVERY__BACKFILL_EVERY", usual.backfill_every),
        valid_for: source.read("SWITCHBOARD_DELIVERY__VALID_FOR", whole_seconds).unwrap_or(usual.valid_for),
        carrier_answers_help: source
            .read("SWITCHBOARD_CARRIER_ANSWERS_HELP", truth)
            .unwrap_or(usual.carrier_answers_help),
        segments_per_second: source.read("SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND", rate),
        countries: source.read("SWITCHBOARD_DELIVERY__COUNTRIES", Countries::read_fixed).unwrap_or(usual.countries),
        segments_per_day: source
            .read("SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY", segments)
            .unwrap_or(usual.segments_per_day),
    };
    if policy.lease <= policy.request_timeout {
        source.mistake(format!(
            "SWITCHBOARD_DELIVERY__LEASE ({}) is not longer than SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT ({}): a request \
             must have ended before its lease does; raise the lease, or lower the time-out",
            duration::words(policy.lease),
            duration::words(policy.request_timeout)
        ));
    }
    policy
}

fn api(source: &mut Source) -> ApiPolicy {
    let usual = ApiPolicy::default();
    ApiPolicy {
        rate_limit: source.read("SWITCHBOARD_API__RATE_LIMIT", requests),
        countries: source.read("SWITCHBOARD_API__COUNTRIES", Countries::read).unwrap_or(usual.countries),
        first_texts_per_hour: source
            .read("SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR", first_texts_of_apps)
            .unwrap_or(usual.first_texts_per_hour),
    }
}

fn any(source: &mut Source, name: &str, usual: Duration) -> Duration {
    source.read(name, duration::parse).unwrap_or(usual)
}

fn positive(source: &mut Source, name: &str, usual: Duration) -> Duration {
    source.read(name, more_than_nothing).unwrap_or(usual)
}

fn more_than_nothing(text: &str) -> Result<Duration, String> {
    duration::parse(text).and_then(|long| if long.is_zero() { Err("write more than 0".to_owned()) } else { Ok(long) })
}

/// Whoever waits longer for an answer to leave believes that it has left.
fn short(text: &str) -> Result<Duration, String> {
    let long = duration::parse(text)?;
    if long > Duration::from_mins(1) { Err("write at most 60s; 0s sends at once".to_owned()) } else { Ok(long) }
}

/// Carriers take validity in whole seconds.
fn whole_seconds(text: &str) -> Result<Duration, String> {
    let long = duration::parse(text)?;
    if long < Duration::from_secs(1) { Err("write at least 1s".to_owned()) } else { Ok(long) }
}

fn percent(text: &str) -> Result<i64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse().ok().filter(|percent| (0..=1000).contains(percent));
    number.ok_or_else(|| "write a percentage from 0 to 1000, such as 20%".to_owned())
}

fn masks(text: &str) -> Result<i64, String> {
    let number = text.parse().ok().filter(|count| (0..=100_000).contains(count));
    number.ok_or_else(|| "write a number of masks, such as 3".to_owned())
}

fn budget(text: &str) -> Result<Option<Cents>, String> {
    if text == "none" { Ok(None) } else { Cents::read(text).map(Some) }
}

fn requests(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| (1..=1_000_000).contains(count));
    count.ok_or_else(|| "write a whole number from 1 to 1000000, or leave it out for no limit".to_owned())
}

fn segments(text: &str) -> Result<Option<i64>, String> {
    if text == "none" {
        return Ok(None);
    }
    let count = text.parse().ok().filter(|count| (1..=1_000_000_000).contains(count));
    count.map(Some).ok_or_else(|| "write a whole number from 1 to 1000000000, or none for no limit".to_owned())
}

fn first_texts(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| (1..=100_000).contains(count));
    count.ok_or_else(|| "write a whole number from 1 to 100000, such as 30".to_owned())
}

/// A pair of ten parties fits into the least.
fn first_texts_of_apps(text: &str) -> Result<Option<u32>, String> {
    if text == "none" {
        return Ok(None);
    }
    let count = text.parse().ok().filter(|count| (10..=1_000_000).contains(count));
    count.map(Some).ok_or_else(|| "write a whole number from 10 to 1000000, or none for no limit".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let rate = text.parse().ok().filter(|rate: &f64| plain && (0.001..=100_000.0).contains(rate));
    rate.ok_or_else(|| "write a number from 0.001 to 100000, such as 1 or 0.1".to_owned())
}
