//! Machines and people, made by seeded random numbers.

use super::*;
use crate::clock::seconds;
use crate::secret::Chance;

const START: At = At::from_seconds(1_000_000);
/// The most exchanges that may pass between machines.
const MOST: usize = 20;

/// What a machine answers at its `turn`.
type Machine = Box<dyn Fn(usize) -> Vec<String>>;

fn says(bodies: &'static [&'static str], at_once: usize) -> Machine {
    Box::new(move |turn| (0..at_once).map(|n| bodies[(turn * at_once + n) % bodies.len()].to_owned()).collect())
}

fn counts(bodies: &'static [&'static str], at_once: usize) -> Machine {
    let said = says(bodies, at_once);
    Box::new(move |turn| said(turn).iter().map(|body| format!("{body} ({})", turn * 7 + 3)).collect())
}

fn tells_the_time(bodies: &'static [&'static str], at_once: usize) -> Machine {
    let said = says(bodies, at_once);
    Box::new(move |turn| {
        said(turn)
            .iter()
            .map(|body| format!("{body}. Sent at {}:{:02}pm on 11/{}/26", 1 + turn / 60, turn % 60, 1 + turn % 28))
            .collect()
    })
}

fn says_how_often(before: &'static str, after: &'static str) -> Machine {
    Box::new(move |turn| vec![format!("{before}{}{after}", 120 + turn)])
}

fn machines() -> Vec<(&'static str, Machine)> {
    vec![
        ("one", says(&["I am out of the office until Monday"], 1)),
        ("one short", says(&["Away"], 1)),
        ("counter", counts(&["Your ticket was received, we answer soon"], 1)),
        ("short counter", counts(&["Auto"], 1)),
        ("time", tells_the_time(&["I'm driving"], 1)),
        ("two at once", says(&["I'm driving with Do Not Disturb on", "Reply urgent to break through"], 2)),
        ("two at once, counting", counts(&["I'm driving now and cannot answer", "Reply urgent to break through"], 2)),
        ("the same twice", says(&["Thanks for your message"], 2)),
        ("two in turn", says(&["Thanks for your message", "We have received your message"], 1)),
        ("two short in turn", says(&["ping", "pong"], 1)),
        ("three in turn", says(&["Thanks for your message", "We have received your message", "We answer soon"], 1)),
        ("three in turn, counting", counts(&["Thanks for your message", "We have received it", "We answer soon"], 1)),
        ("three short in turn, with the time", tells_the_time(&["a", "b", "c"], 1)),
        (
            "three pairs in turn",
            says(&["one of many", "two of many", "three of many", "four of many", "five of many", "six of many"], 2),
        ),
        ("counter in a script without spaces", says_how_often("您的工单", "已收到，我们会尽快回复")),
        ("short counter in a script without spaces", says_how_often("受付番号", "番です")),
        ("counter in Thai", says_how_often("หมายเลข", "ได้รับแล้ว")),
        ("counter at the end of a word", says_how_often("Auto", "")),
        ("counter at the beginning of a word", says_how_often("", "thanks")),
        (
            "ticket of letters and digits",
            Box::new(|turn| vec![format!("Your ticket {:x}b{turn} was received", turn * 77)]),
        ),
        ("in no order", {
            let chance = Chance::seeded(11);
            let bodies = ["Thanks for your message", "We have received your message", "We will answer you soon"];
            Box::new(move |_| vec![bodies[chance.below(3)].to_owned()])
        }),
    ]
}

/// How many exchanges pass between two machines, `apart` from text to text; `None` if more than a hundred.
fn pass(customer: &Machine, ours: &Machine, apart: std::time::Duration) -> Option<usize> {
    let (mut echo, mut now) = (Echo::default(), START);
    for turn in 0..100 {
        for (side, machine) in [(true, customer), (false, ours)] {
            for body in machine(turn) {
                // Every node reads what the last one kept.
                echo = Echo::read(echo.kept().as_deref());
                if echo.hear(side, &body, false, now) {
                    return Some(turn);
                }
                now = now + apart;
            }
        }
    }
    None
}

#[test]
fn of_any_two_machines_at_most_twenty_exchanges_pass() {
    for (one, customer) in machines() {
        for (other, ours) in machines() {
            for apart in [seconds(0), seconds(1), seconds(20)] {
                let passed = pass(&customer, &ours, apart);
                assert!(passed.is_some_and(|passed| passed <= MOST), "{one}, {other}, {apart:?}: {passed:?}");
            }
        }
    }
}

#[test]
fn machines_that_take_their_time_are_noticed_by_what_they_say() {
    let slow =
        [says(&["I am out of the office until Monday"], 1), counts(&["Your ticket was received, we answer soon"], 1)];
    assert!(pass(&slow[0], &slow[1], minutes(20)).is_some_and(|passed| passed <= MOST));
}

#[test]
fn machines_that_answer_every_text_by_two_are_noticed_before_they_flood_anybody() {
    let (mut echo, mut relayed, mut answers) = (Echo::default(), 0, 1);
    for turn in 0..20 {
        let (from_customer, body) =
            if turn % 2 == 0 { (true, "I'm driving, text you later") } else { (false, "Thanks for your message!") };
        for _ in 0..answers {
            if echo.hear(from_customer, body, false, START) {
                assert!(relayed <= 64, "{relayed} were relayed");
                return;
            }
            relayed += 1;
        }
        answers *= 2;
    }
    panic!("never noticed");
}

#[test]
fn two_machines_that_say_one_thing_each_are_noticed_after_the_fifth_exchange() {
    let mut echo = Echo::default();
    let mut loops = Vec::new();
    for turn in 0..7 {
        let now = START + minutes(turn / 3);
        let _ = echo.hear(true, "I am out of office", false, now);
        loops.push(echo.hear(false, "Thanks for your message", false, now));
    }
    assert_eq!(loops, [false, false, false, false, false, true, true]);
    assert!(!echo.is_new(true, "I am OUT of office!", false) && echo.is_new(true, "Sorry, I am here", false));
    assert!(echo.is_new(true, "I am out of office", true), "a picture is always new");
}

#[test]
fn people_who_repeat_themselves_slowly_or_alone_are_no_loop() {
    let mut echo = Echo::default();
    assert!((0..50).all(|_| !echo.hear(true, "hello?", false, START)));
    let mut slow = Echo::default();
    assert!((0..40).all(|turn| {
        let now = START + minutes(turn * 3);
        let _ = slow.hear(true, "ok", false, now);
        !slow.hear(false, "ok", false, now)
    }));
    let mut conversation = Echo::default();
    assert!((0..40).all(|turn| !conversation.hear(true, &format!("{turn}"), false, START)
        && !conversation.hear(false, "ok", false, START)));
}

const QUICK: [&str; 12] = ["ok", "yes", "👍", "no", "sure", "thanks", "lol", "great", "haha", "k", "yep", "🙏"];
const LINES: [&str; 24] = [
    "hello",
    "are you there?",
    "is the boat free on Saturday?",
    "we are 4",
    "what does it cost",
    "that is fine",
    "see you then",
    "on my way",
    "running late",
    "which pier?",
    "pier 7",
    "at 5?",
    "can we bring a dog",
    "yes of course",
    "let me check",
    "one moment",
    "I will ask and come back to you",
    "it is booked, sorry",
    "how about Sunday",
    "Sunday works",
    "great, thank you so much",
    "do I pay now or there",
    "you can pay there",
    "thanks for your help",
];

/// One chat between people: who says what, with a picture or without, and how long after the last text.
fn chat(chance: &Chance) -> Vec<(bool, String, bool, std::time::Duration)> {
    let kind = chance.below(8);
    let mut said = Vec::new();
    let mut customer = true;
    while said.len() < 60 + chance.below(60) {
        let burst = match (kind, chance.below(10)) {
            (5, 0) => 30,
            (6, 0) => 15,
            (_, 0..3) => 2 + chance.below(4),
            _ => 1,
        };
        for _ in 0..burst {
            let picture = kind == 6 && (burst == 15 || chance.below(4) == 0);
            let body = match kind {
                // Nothing but short words, from both, as fast as they can be typed.
                0 => QUICK[chance.below(QUICK.len())].to_owned(),
                1 => QUICK[chance.below(4)].to_owned(),
                // One dictates numbers, the other says the same word.
                2 if customer => format!("{}", 100 + chance.below(900)),
                2 => "ok".to_owned(),
                // One tells a story, the other says the same word.
                3 if !customer => "ok".to_owned(),
                4 if chance.below(2) == 0 => QUICK[chance.below(QUICK.len())].to_owned(),
                _ if picture => String::new(),
                5 if burst == 30 => "hello?".to_owned(),
                _ => {
                    let line = LINES[chance.below(LINES.len())];
                    if chance.below(3) == 0 {
                        format!("{line} {}", QUICK[chance.below(QUICK.len())])
                    } else {
                        line.to_owned()
                    }
                }
            };
            said.push((customer, body, picture, seconds(chance.below(if kind < 3 { 3 } else { 60 }) as u64)));
        }
        customer = !customer;
    }
    said
}

#[test]
fn of_a_thousand_chats_between_people_none_pauses() {
    for seed in 0..1000 {
        let chance = Chance::seeded(seed);
        let (mut echo, mut now) = (Echo::default(), START);
        for (at, (from_customer, body, picture, apart)) in chat(&chance).into_iter().enumerate() {
            now = now + apart;
            assert!(!echo.hear(from_customer, &body, picture, now), "chat {seed} pauses at its text {at}: {body}");
        }
    }
}

#[test]
fn what_an_earlier_release_kept_is_forgotten() {
    let earlier = r#"{"customer":1,"ours":2,"customer_last":true,"count":4,"since":5}"#;
    assert_eq!(Echo::read(Some(earlier)), Echo::default());
    assert!(Echo::default().kept().is_some());
}
