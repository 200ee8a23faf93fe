//! Hours compared with a walk minute by minute that knows nothing of clock changes.

use chrono::{NaiveDateTime, Offset};
use proptest::prelude::*;

use super::day::Holiday;
use super::*;
use crate::clock::{days, hours as in_hours, minutes};

fn at(text: &str) -> At {
    At::from(chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc())
}

fn office() -> Hours {
    Hours::from_parts(
        "America/New_York",
        [("mon-fri", "9:00-17:00"), ("sat", "10:00-14:00")],
        ["12-25", "2026-12-24 9:00-12:00"],
    )
    .unwrap()
}

#[test]
fn an_office_opens_and_closes_by_the_clock_on_its_wall() {
    let office = office();
    // Monday 2026-11-23, 9:00 in New York is 14:00 UTC.
    for (time, open, since, next) in [
        ("2026-11-23T13:59:59Z", false, "2026-11-21T19:00:00Z", "2026-11-23T14:00:00Z"),
        ("2026-11-23T14:00:00Z", true, "2026-11-23T14:00:00Z", "2026-11-23T22:00:00Z"),
        ("2026-11-23T22:00:00Z", false, "2026-11-23T22:00:00Z", "2026-11-24T14:00:00Z"),
        ("2026-12-24T16:59:00Z", true, "2026-12-24T14:00:00Z", "2026-12-24T17:00:00Z"),
        ("2026-12-25T16:00:00Z", false, "2026-12-24T17:00:00Z", "2026-12-26T15:00:00Z"),
    ] {
        assert_eq!(office.open_at(at(time)), open, "{time}");
        assert_eq!(office.since(at(time)), Some(at(since)), "{time}");
        assert_eq!(office.next_change(at(time)), Some(at(next)), "{time}");
    }
}

#[test]
fn a_night_shift_belongs_to_the_day_on_which_it_begins() {
    let night = Hours::from_parts("Europe/Berlin", [("mon-sun", "22:00-06:00")], ["12-25"]).unwrap();
    assert!(night.open_at(at("2026-12-25T04:59:00Z")), "the rest of the night before a holiday");
    assert!(!night.open_at(at("2026-12-25T05:00:00Z")));
    assert!(!night.open_at(at("2026-12-25T22:00:00Z")));
    assert!(!night.open_at(at("2026-12-26T03:00:00Z")), "the night that would have begun on it");
}

#[test]
fn a_whole_week_open_never_changes_and_a_holiday_interrupts_it() {
    let always = Hours::from_parts("America/Sao_Paulo", [("mon-sun", "00:00-24:00")], []).unwrap();
    let now = at("2026-11-23T14:00:00Z");
    assert!(always.open_at(now));
    assert_eq!((always.since(now), always.next_change(now)), (None, None));
    let leap = Hours::from_parts("UTC", [("mon-sun", "00:00-24:00")], ["02-29"]).unwrap();
    assert_eq!(leap.next_change(now), Some(at("2028-02-29T00:00:00Z")));
    assert_eq!(leap.since(now), Some(at("2024-03-01T00:00:00Z")));
    let far = Hours::from_parts("UTC", [("mon-sun", "00:00-24:00")], ["2090-05-01"]).unwrap();
    assert_eq!((far.since(now), far.next_change(now)), (None, Some(at("2090-05-01T00:00:00Z"))));
}

#[test]
fn equal_hours_are_written_alike() {
    let office = office();
    let json = office.to_json();
    assert_eq!(
        json,
        r#"{"zone":"America/New_York","mon-fri":"09:00-17:00","sat":"10:00-14:00","holidays":["12-25","2026-12-24 09:00-12:00"]}"#
    );
    assert_eq!(Hours::read(&json).unwrap(), office);
    for (json, word) in [
        (r#"{"zone":"Mars/Olympus","mon":"9:00-17:00"}"#, "no time zone"),
        (r#"{"zone":"UTC","monday":"9:00-17:00"}"#, "no day"),
        (r#"{"zone":"UTC","mon":"9-17"}"#, "9:00-17:00"),
        (r#"{"zone":"UTC","mon-fri":"9:00-17:00","tue":"closed"}"#, "tue has hours already"),
        (r#"{"zone":"UTC"}"#, "no day has hours"),
        (r#"{"zone":"UTC","mon":"9:00-17:00","holidays":["25 Dec"]}"#, "no date"),
        (r#"{"zone":"UTC","mon":"9:00-17:00","holidays":["12-25","12-25 9:00-12:00"]}"#, "given twice"),
        (r#"{"mon":"9:00-17:00"}"#, "zone"),
    ] {
        let why = Hours::read(json).unwrap_err();
        assert!(why.contains(word), "{json}: {why}");
    }
}

/// Whether it is open in each minute from `start` on, for `days` days, found without ever asking when a local time was:
/// a span is open once the clock has shown its begin or later, and until it has shown its end for the last time.
fn walk(hours: &Hours, start: At, length: u64) -> Vec<bool> {
    // A few days more on both sides: what has been shown before, and what will be shown after.
    let margin = 4 * 24 * 60;
    let clock: Vec<NaiveDateTime> = (0..length * 24 * 60 + 2 * margin)
        .map(|minute| {
            let utc = (start - minutes(margin) + minutes(minute)).utc().unwrap().naive_utc();
            utc + hours.zone.offset_from_utc_datetime(&utc).fix()
        })
        .collect();
    let mut shown = clock.clone();
    for minute in 1..shown.len() {
        shown[minute] = shown[minute].max(shown[minute - 1]);
    }
    let mut to_come = clock.clone();
    for minute in (0..to_come.len() - 1).rev() {
        to_come[minute] = to_come[minute].min(to_come[minute + 1]);
    }
    let mut open = vec![false; clock.len()];
    let (first, last) = (clock.iter().min().unwrap().date(), clock.iter().max().unwrap().date());
    for date in first.iter_days().take_while(|date| *date <= last) {
        for span in hours.open_on(date) {
            let local = |minutes: u16| date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes.into());
            // The date is within two days of its place in UTC, and the span ends on the next.
            let day = usize::try_from((date - first).num_days()).unwrap() * 24 * 60;
            for minute in day.saturating_sub(2 * 24 * 60)..clock.len().min(day + 4 * 24 * 60) {
                let closing = local(span.end);
                let still = to_come[minute] < closing || to_come.get(minute + 1).is_some_and(|next| *next <= closing);
                open[minute] |= shown[minute] >= local(span.begin) && still;
            }
        }
    }
    open[usize::try_from(margin).unwrap()..open.len() - usize::try_from(margin).unwrap()].to_vec()
}

/// A zone and a day a few days before one on which its clocks were changed.
const CHANGES: [(&str, &str); 14] = [
    ("America/New_York", "2026-03-06T00:00:00Z"),
    ("America/New_York", "2026-10-30T00:00:00Z"),
    ("Europe/Berlin", "2026-03-27T00:00:00Z"),
    ("Europe/Berlin", "2026-10-23T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-02T00:00:00Z"),
    ("America/Sao_Paulo", "2018-02-16T00:00:00Z"),
    ("America/Sao_Paulo", "2018-11-02T00:00:00Z"),
    ("America/Havana", "2026-10-30T00:00:00Z"),
    ("America/Havana", "2026-03-06T00:00:00Z"),
    ("Pacific/Apia", "2011-12-28T00:00:00Z"),
    ("Africa/Cairo", "2026-10-28T00:00:00Z"),
    ("Asia/Kolkata", "2026-11-20T00:00:00Z"),
    ("Antarctica/Troll", "2026-03-27T00:00:00Z"),
];

fn spans() -> impl Strategy<Value = Vec<Span>> {
    let edge = prop_oneof![0..=96_u16, 0..=12_u16].prop_map(|quarter| quarter * 15);
    proptest::collection::vec(edge, 0..=4).prop_map(|mut edges| {
        edges.sort_unstable();
        edges.dedup();
        let pairs: Vec<Span> = edges.chunks_exact(2).map(|two| Span { begin: two[0], end: two[1] }).collect();
        match edges.as_slice() {
            // An odd last edge begins a night.
            [first, .., last] if edges.len() % 2 == 1 && *last < 24 * 60 && *first > 0 => {
                pairs.into_iter().chain([Span { begin: *last, end: *first + 24 * 60 }]).collect()
            }
            _ => pairs,
        }
    })
}

fn hours() -> impl Strategy<Value = (Hours, At)> {
    let whole = Just(vec![Span { begin: 0, end: 24 * 60 }]);
    let day = prop_oneof![3 => spans(), 1 => whole];
    (0..CHANGES.len(), proptest::collection::vec(day, 7), proptest::option::of((0..6_u64, spans(), any::<bool>())))
        .prop_map(|(change, week, holiday)| {
            let (zone, start) = (CHANGES[change].0.parse().unwrap(), at(CHANGES[change].1));
            let week = <[Vec<Span>; 7]>::try_from(week).unwrap();
            let mut hours = Hours { zone, week, holidays: Holidays::default() };
            if let Some((after, spans, yearly)) = holiday {
                let date = hours.date(start).unwrap() + Days::new(after);
                hours.holidays.put(if yearly { Holiday::yearly(date) } else { Holiday::Once(date) }, spans);
            }
            (hours, start)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn open_is_what_a_walk_minute_by_minute_finds((hours, start) in hours()) {
        // Spans and jumps are made of quarters of an hour: the last minute of each and the first are enough.
        let edges = |minute: &(u64, bool)| matches!(minute.0 % 15, 0 | 14);
        for (minute, open) in (0_u64..).zip(walk(&hours, start, 6)).filter(edges) {
            let now = start + minutes(minute);
            prop_assert_eq!(hours.open_at(now), open, "{} {:?}", now, hours);
        }
    }

    #[test]
    fn changes_are_where_open_and_closed_meet((hours, start) in hours(), second in 0..6 * 86_400_u64) {
        let now = start + std::time::Duration::from_secs(second);
        let state = hours.open_at(now);
        let just = std::time::Duration::from_micros(1);
        if let Some(next) = hours.next_change(now) {
            prop_assert!(next > now);
            prop_assert_eq!(hours.open_at(next), !state);
            prop_assert_eq!(hours.open_at(next - just), state);
            prop_assert_eq!(hours.since(next), Some(next));
            prop_assert_eq!(hours.since(next - just), hours.since(now));
        } else {
            prop_assert_eq!(hours.open_at(now + days(7)), state);
        }
        if let Some(since) = hours.since(now) {
            prop_assert!(since <= now);
            prop_assert_eq!(hours.open_at(since), state);
            prop_assert_eq!(hours.open_at(since - just), !state);
            prop_assert_eq!(hours.next_change(since - just), Some(since));
        } else {
            prop_assert_eq!(hours.open_at(now - days(7)), state);
        }
        // Nothing changes in between.
        let end = hours.next_change(now).unwrap_or(now + days(8)).min(now + days(8));
        let begin = hours.since(now).unwrap_or(now - days(8)).max(now - days(8));
        let mut probe = begin;
        while probe < end {
            prop_assert_eq!(hours.open_at(probe), state, "{}", probe);
            probe = probe + in_hours(1);
        }
    }

    #[test]
    fn what_was_written_is_read_again((hours, _) in hours()) {
        prop_assume!(hours.week.iter().any(|day| !day.is_empty()));
        prop_assert_eq!(Hours::read(&hours.to_json()), Ok(hours));
    }
}
