//! The page of virtual phones. Each phone shows only what its owner would see.
//!
//! The address says which thread a phone shows, so that the page works without a script and survives a reload.

pub(in crate::simulator) mod files;
pub(in crate::simulator) mod forms;
pub(in crate::simulator) mod live;
pub(in crate::simulator) mod switches;

use std::collections::BTreeMap;

use askama::Template;

use super::{PhoneKind, Simulator, Text, VirtualPhone};
use crate::clock::At;
use switches::Switch;

/// How many texts of a thread are shown.
const SHOWN: usize = 60;
/// How many lines of the wire log are shown, unless all are asked for.
const WIRE_LINES: usize = 9;

#[derive(Template)]
#[template(path = "simulator/phones.html")]
pub(super) struct Page {
    /// There is an inbox to lead to.
    inbox: bool,
    problem: Option<String>,
    /// The chosen threads, as the address has them.
    withs: Vec<String>,
    here: String,
    all_wire: String,
    columns: Vec<Column>,
    faults_on: usize,
    switches: Vec<Switch>,
    others: Vec<String>,
    wire: Vec<WireRow>,
}

struct Column {
    id: &'static str,
    title: &'static str,
    hint: &'static str,
    empty: &'static str,
    handsets: Vec<Handset>,
}

struct Handset {
    number: String,
    digits: String,
    pretty: String,
    label: String,
    off: bool,
    clock: String,
    threads: Vec<Thread>,
    peer: String,
    peer_label: String,
    to: String,
    lines: Vec<Line>,
}

impl Handset {
    /// Nothing can be typed on it: it is off, or has nobody to write to.
    fn is_mute(&self) -> bool {
        self.off || self.to.is_empty()
    }
}

struct Thread {
    key: String,
    tab: String,
    address: String,
    /// The carrier's place of its newest text.
    last: u64,
    current: bool,
}

enum Line {
    /// A pause in the talk, and when it ended.
    When(String),
    Text {
        own: bool,
        body: String,
    },
}

struct WireRow {
    time: String,
    what: &'static str,
    text: String,
}

/// What the address of the page says.
pub(super) struct View {
    /// The process is only the simulator.
    pub(super) alone: bool,
    pub(super) withs: Vec<String>,
    pub(super) whole_wire: bool,
    pub(super) problem: Option<String>,
}

pub(super) fn address(withs: &[String]) -> String {
    let query: Vec<String> = withs.iter().map(|with| format!("with={with}")).collect();
    if query.is_empty() { "/simulator".to_owned() } else { format!("/simulator?{}", query.join("&")) }
}

impl Page {
    pub(super) fn of(simulator: &Simulator, view: View) -> Self {
        let phones = simulator.virtual_phones();
        let withs: Vec<String> = view.withs.into_iter().filter(|with| is_key(with)).collect();
        let mut handsets = handsets(simulator, &phones, &withs);
        let mut column = |kind: PhoneKind| -> Vec<Handset> {
            let (mine, rest) = std::mem::take(&mut handsets).into_iter().partition(|(k, _)| *k == kind);
            handsets = rest;
            let mine: Vec<(PhoneKind, Handset)> = mine;
            mine.into_iter().map(|(_, handset)| handset).collect()
        };
        let mut columns = vec![
            Column {
                id: "customers",
                title: "Customers",
                hint: "text the line",
                empty: "Add a customer, and text the line.",
                handsets: column(PhoneKind::Customer),
            },
            Column {
                id: "reps",
                title: "Reps",
                hint: "each customer is a number of its own",
                empty: "Nobody answers from a phone. The inbox works without one.",
                handsets: column(PhoneKind::Rep),
            },
        ];
        let parties = column(PhoneKind::Party);
        if !parties.is_empty() {
            let (id, title, hint) = ("parties", "Parties", "neither sees the other’s number");
            columns.push(Column { id, title, hint, empty: "", handsets: parties });
        }
        let (switches, others) = simulator.switches();
        let faults_on = switches.iter().filter(|switch| switch.on).count() + others.len();
        let here = address(&withs);
        let all_wire = format!("{here}{}wire=all", if withs.is_empty() { '?' } else { '&' });
        let wire = wire_rows(simulator, &phones, if view.whole_wire { usize::MAX } else { WIRE_LINES });
        Page {
            inbox: !view.alone,
            problem: view.problem,
            withs,
            here,
            all_wire,
            columns,
            faults_on,
            switches,
            others,
            wire,
        }
    }
}

/// `PHONE.NUMBER`, digits only.
fn is_key(with: &str) -> bool {
    with.split_once('.').is_some_and(|(phone, ours)| {
        [phone, ours].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

fn key(phone: &str, ours: &str) -> String {
    format!("{}.{}", digits(phone), digits(ours))
}

/// The phone's side and our side of a text.
fn sides(text: &Text) -> (&str, &str) {
    if text.direction == super::Direction::Inbound { (&text.from, &text.to) } else { (&text.to, &text.from) }
}

fn handsets(simulator: &Simulator, phones: &[VirtualPhone], withs: &[String]) -> Vec<(PhoneKind, Handset)> {
    let own = simulator.own_numbers();
    let published: Vec<&str> = own.iter().filter(|own| !own.label.is_empty()).map(|own| own.number.as_str()).collect();
    let label = |ours: &str| own.iter().find(|own| own.number == ours).map_or("", |own| own.label.as_str());
    let now = simulator.now();
    let book = simulator.book();
    // Of each thread on a phone: its first and its newest text.
    let mut conversations: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
    for text in book.iter().filter(|text| text.direction == super::Direction::Inbound || text.reaches_the_phone()) {
        conversations.entry(sides(text)).or_insert((text.seq, text.seq)).1 = text.seq;
    }
    let handset = |phone: &VirtualPhone| {
        let mut talked: Vec<(&str, u64, u64)> = conversations
            .range((phone.number.as_str(), "")..)
            .take_while(|((number, _), _)| *number == phone.number)
            .map(|((_, ours), (first, last))| (*ours, *first, *last))
            .collect();
        talked.sort_by_key(|(_, first, _)| *first);
        let newest = talked.iter().max_by_key(|(.., last)| *last).map(|(ours, ..)| *ours);
        let untouched = published.iter().filter(|line| !talked.iter().any(|(ours, ..)| ours == *line));
        let offered: Vec<(&str, u64)> =
            talked.iter().map(|(ours, _, last)| (*ours, *last)).chain(untouched.map(|line| (*line, 0))).collect();
        let chosen = offered.iter().map(|(ours, _)| *ours).find(|ours| withs.contains(&key(&phone.number, ours)));
        let current = chosen.or(newest).or(published.first().copied()).unwrap_or("");
        let lines = lines(book.iter().filter(|text| sides(text) == (&phone.number, current)));
        let threads = offered
            .iter()
            .map(|(ours, last)| Thread {
                key: key(&phone.number, ours),
                tab: tab(ours, label(ours)),
                address: with(withs, &phone.number, ours),
                last: *last,
                current: *ours == current,
            })
            .collect();
        let handset = Handset {
            digits: digits(&phone.number),
            pretty: pretty(&phone.number),
            label: phone.label.clone(),
            off: phone.off,
            clock: time(now, "clock"),
            threads,
            peer: if current.is_empty() { "No number to text".to_owned() } else { pretty(current) },
            peer_label: if label(current).is_empty() { "Text message" } else { label(current) }.to_owned(),
            to: current.to_owned(),
            number: phone.number.clone(),
            lines,
        };
        (phone.kind, handset)
    };
    phones.iter().map(handset).collect()
}

/// The last texts of a thread, with the time wherever the talk paused for more than a quarter of an hour.
fn lines<'a>(texts: impl DoubleEndedIterator<Item = &'a Text>) -> Vec<Line> {
    let mut shown: Vec<&Text> = texts
        .rev()
        .filter(|text| text.direction == super::Direction::Inbound || text.reaches_the_phone())
        .take(SHOWN)
        .collect();
    shown.reverse();
    let mut lines = Vec::new();
    let mut before = At::EPOCH;
    for text in shown {
        if text.created_at.since(before) > crate::clock::minutes(15) {
            lines.push(Line::When(time(text.created_at, "when")));
        }
        before = text.created_at;
        let pictures = match text.media.len() {
            0 => String::new(),
            1 => " [a picture]".to_owned(),
            count => format!(" [{count} pictures]"),
        };
        let own = text.direction == super::Direction::Inbound;
        lines.push(Line::Text { own, body: format!("{}{pictures}", text.body) });
    }
    lines
}

/// The page's address with another thread on one phone.
fn with(withs: &[String], phone: &str, ours: &str) -> String {
    let mine = format!("{}.", digits(phone));
    let mut withs: Vec<String> = withs.iter().filter(|with| !with.starts_with(&mine)).cloned().collect();
    withs.push(key(phone, ours));
    format!("{}#phone-{}", address(&withs), digits(phone))
}

/// As people write a number: `(207) 555-0134`.
fn pretty(number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 && rest.is_ascii() => {
            format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..])
        }
        _ => number.to_owned(),
    }
}

fn tab(ours: &str, label: &str) -> String {
    if label.is_empty() {
        let tail: String = ours.chars().skip(ours.chars().count().saturating_sub(4)).collect();
        format!("…{tail}")
    } else {
        label.to_owned()
    }
}

/// A time element in UTC; the script writes it in the reader's zone. It holds nothing that somebody typed.
fn time(at: At, kind: &str) -> String {
    let shown = at.utc().unwrap_or_default();
    let words = shown.format(if kind == "log" { "%H:%M:%S" } else { "%H:%M" });
    format!("<time datetime=\"{at}\" data-time=\"{kind}\">{words}</time>")
}

fn wire_rows(simulator: &Simulator, phones: &[VirtualPhone], most: usize) -> Vec<WireRow> {
    let own = simulator.own_numbers();
    let name = |number: &str| {
        let phone = phones.iter().find(|phone| phone.number == number).map(|phone| &phone.label);
        let line = || own.iter().find(|own| own.number == number).map(|own| &own.label);
        phone.or_else(line).filter(|label| !label.is_empty()).cloned().unwrap_or_else(|| pretty(number))
    };
    let rows = simulator.0.wire.lines().into_iter().take(most);
    rows.map(|entry| {
        let text = match (entry.from.is_empty(), entry.to.is_empty()) {
            (false, false) => format!("{} to {}: {}", name(&entry.from), name(&entry.to), entry.outcome),
            (true, false) => format!("to {}: {}", name(&entry.to), entry.outcome),
            (false, true) => format!("from {}: {}", name(&entry.from), entry.outcome),
            (true, true) => entry.outcome,
        };
        WireRow { time: time(entry.at, "log"), what: entry.what, text }
    })
    .collect()
}
