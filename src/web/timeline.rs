//! The thread as a page shows it: what was said and done, in the order of time, with days between.

use askama::Template;

use super::events::{self, Line, Trace};
use super::stamp::Stamp;
use super::words::{self, Fate};
use crate::store::views::timeline::{Done, Said, Timeline};

/// How a message came.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The icon.
    pub icon: &'static str,
    /// For readers.
    pub label: &'static str,
}

/// A bubble.
#[derive(Clone, Debug)]
pub struct Bubble {
    /// The message's row.
    pub id: i64,
    /// Classes of the style sheet: `in` or `out`, and the worst that became of it.
    pub look: String,
    /// Who said it.
    pub author: String,
    /// How it came.
    pub way: Option<Way>,
    /// When.
    pub at: Stamp,
    /// What was said.
    pub body: String,
    /// What became of it.
    pub fates: Vec<Fate>,
}

/// A note.
#[derive(Clone, Debug)]
pub struct NoteItem {
    /// The message's row.
    pub id: i64,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: Stamp,
    /// What it says.
    pub body: String,
}

/// One line of the thread.
#[derive(Clone, Debug, Template)]
#[template(path = "conversations/item.html")]
pub enum Item {
    /// A new day begins.
    Day(Stamp),
    /// A bubble.
    Said(Bubble),
    /// A note.
    Note(NoteItem),
    /// Something done.
    System(Line),
}

impl Item {
    fn at(&self) -> Stamp {
        match self {
            Item::Day(at) => *at,
            Item::Said(said) => said.at,
            Item::Note(note) => note.at,
            Item::System(line) => line.at,
        }
    }
}

/// Puts messages and events in order and days between them. `customer` is how the customer is called.
#[must_use]
pub fn items(timeline: Timeline, customer: &str) -> Vec<Item> {
    let said = timeline.said.into_iter().map(|said| (said.id.0, item(said, customer)));
    let done = lines(timeline.done, customer).into_iter().map(|line| (line.id, Item::System(line)));
    let mut all: Vec<(i64, Item)> = said.chain(done).collect();
    // Row ids rise with time, and tell apart what happened in one microsecond.
    all.sort_by_key(|(id, item)| (item.at().0, *id));
    let mut items: Vec<Item> = Vec::with_capacity(all.len() + 8);
    for (_, item) in all {
        if items.last().is_none_or(|last| !last.at().same_day(item.at())) {
            items.push(Item::Day(item.at()));
        }
        items.push(item);
    }
    items
}

/// The opening of a rep's leg is told with the event that caused it, or by itself if it came later.
fn lines(done: Vec<Done>, customer: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::with_capacity(done.len());
    for event in done {
        match (events::mask_step(&event), lines.last_mut().filter(|last| last.at.0 == event.at)) {
            (Some(step), Some(last)) => {
                let fresh = || Trace { question: "Which mask?".to_owned(), steps: Vec::new() };
                last.trace.get_or_insert_with(fresh).steps.push(step);
            }
            _ => lines.push(events::line(event, customer)),
        }
    }
    lines
}

fn item(said: Said, customer: &str) -> Item {
    let at = Stamp(said.at);
    match said.kind.as_str() {
        "note" => Item::Note(NoteItem {
            id: said.id.0,
            author: said.author_name.unwrap_or_else(|| "somebody".to_owned()),
            at,
            body: said.body,
        }),
        "keyword" | "command" => Item::System(Line { id: said.id.0, at, text: word_of(&said, customer), trace: None }),
        _ => Item::Said(bubble(said, customer)),
    }
}

/// What takes effect instead of being passed on is no bubble: nobody got it.
fn word_of(said: &Said, customer: &str) -> String {
    let by = if said.author == "rep" { said.author_name.as_deref().unwrap_or("A rep") } else { customer };
    let word = said.body.trim();
    match said.kind.as_str() {
        "keyword" if said.author == "customer" => format!("{by} opted out: {word}"),
        "keyword" => format!("{by} texted {word}"),
        _ => format!("{by} texted a command: {word}"),
    }
}

fn bubble(said: Said, customer: &str) -> Bubble {
    let inbound = matches!(said.author.as_str(), "customer" | "party");
    let mut fates: Vec<Fate> = Vec::new();
    let to_customer = if inbound { None } else { words::to_customer(&said) };
    let not_relayed = match said.outcome.as_str() {
        "held" => Some("Held, passed on to nobody"),
        "refused" => Some("Not passed on"),
        "kept" => Some("Kept, passed on to nobody"),
        _ => None,
    };
    if let Some(what) = not_relayed {
        let why = said.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        fates.push(Fate { text: format!("{what}{why}"), bad: true });
    }
    let look = match (inbound, &to_customer) {
        (true, _) => "in",
        (false, Some(fate)) if fate.bad => "out fail",
        (false, None) if not_relayed.is_some() => "out never",
        (false, _) => "out",
    };
    fates.extend(to_customer);
    fates.extend(words::to_reps(&said));
    let author = match (inbound, said.author_name) {
        (true, _) => customer.to_owned(),
        (false, Some(name)) => name,
        (false, None) => "Switchboard".to_owned(),
    };
    let way = match said.way.as_str() {
        _ if inbound => None,
        "phone" => Some(Way { icon: "phone", label: "from a phone" }),
        "web" => Some(Way { icon: "web", label: "from the web inbox" }),
        "api" => Some(Way { icon: "api", label: "from the API" }),
        _ => None,
    };
    Bubble { id: said.id.0, look: look.to_owned(), author, way, at: Stamp(said.at), body: said.body, fates }
}
