//! The thread as a page shows it: what was said and done, in the order of time, with days between, over all
//! conversations with the customer on the line.

use askama::Template;

use super::events::{self, Line, Trace};
use crate::clock::At;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::message::{Author, Channel, Kind, Outcome};
use crate::domain::words::mention::{self, Piece};
use crate::store::views::Contact;
use crate::store::views::list::View;
use crate::store::views::thread::past::Part;
use crate::store::views::thread::planned;
use crate::store::views::thread::timeline::{Done, Said, Timeline};
use crate::web::page::stamp::Stamp;
use crate::web::page::words::{self, Fate};

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
    /// Several people say something on that side, so that each is named.
    pub named: bool,
    /// How it came.
    pub way: Option<Way>,
    /// When.
    pub at: Stamp,
    /// What was said.
    pub body: String,
    /// Files that came with it, in words.
    pub files: Vec<String>,
    /// What became of it.
    pub fates: Vec<Fate>,
    /// Where a press sends it again, if it did not arrive and nobody did so before.
    pub again: Option<String>,
    /// Where its way is told.
    pub travel: String,
    /// Its way, if that was asked for.
    pub trace: Option<Trace>,
}

impl Bubble {
    fn has_words(&self) -> bool {
        !self.body.trim().is_empty()
    }

    fn is_empty(&self) -> bool {
        !self.has_words() && self.files.is_empty()
    }

    /// A reader sees whose it is; only a screen reader has to say it.
    fn is_by_the_customer(&self) -> bool {
        self.look.starts_with("in") && !self.named
    }

    /// Its way can be asked for, and was not.
    fn offers_travel(&self) -> bool {
        !self.travel.is_empty() && self.trace.is_none()
    }
}

/// A reply that waits for its time.
#[derive(Clone, Debug)]
pub struct Leaving {
    /// Its row.
    pub id: i64,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub body: String,
    /// It leaves at a time that somebody chose.
    pub scheduled: bool,
    /// When it leaves.
    pub due: Stamp,
    /// The address of what can be done to it, before the verb.
    pub base: String,
    /// The address behind the verb.
    pub query: String,
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
    pub pieces: Vec<Piece>,
}

/// What follows belongs to another conversation than what stands before.
#[derive(Clone, Debug)]
pub struct Turn {
    /// When the first of it was said.
    pub at: Stamp,
    /// Which conversation.
    pub id: ConversationId,
    /// Its phone, where that is not the one whose conversation the page is about.
    pub masked: Option<String>,
}

/// One line of the thread.
#[derive(Clone, Debug, Template)]
#[template(path = "conversations/item.html")]
pub enum Item {
    /// A new day begins.
    Day(Stamp),
    /// From here on nobody has read the customer's texts: so many.
    New(usize),
    /// Another conversation with the same customer.
    Turn(Turn),
    /// A bubble.
    Said(Bubble),
    /// A note.
    Note(NoteItem),
    /// Something done.
    System(Line),
    /// A reply that waits.
    Leaving(Leaving),
}

impl Item {
    fn at(&self) -> Stamp {
        match self {
            Item::Day(at) => *at,
            Item::Turn(turn) => turn.at,
            Item::Said(said) => said.at,
            Item::Note(note) => note.at,
            Item::System(line) => line.at,
            Item::Leaving(leaving) => leaving.due,
            Item::New(_) => Stamp(At::EPOCH),
        }
    }
}

/// What the items of a thread need to know of it.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The conversation.
    pub id: ConversationId,
    /// The view that the reader came from.
    pub view: View,
    /// Only what was said before this message is shown.
    pub before: Option<i64>,
    /// The customer.
    pub contact: &'a Contact,
    /// The conversations in the thread.
    pub parts: &'a [Part],
    /// Something can be sent.
    pub open: bool,
    /// All who say something are parties of a pair.
    pub of_pair: bool,
    /// The customer's first text that nobody has read.
    pub unread_from: Option<MessageId>,
    /// The message whose way was asked for, and that way.
    pub travel: Option<(MessageId, Trace)>,
}

impl Place<'_> {
    fn address(&self, verb: &str) -> String {
        format!("/conversations/{}/{verb}?view={}", self.id, self.view.word())
    }

    /// The customer of one of the conversations in the thread.
    fn contact_of(&self, id: ConversationId) -> &Contact {
        self.parts.iter().find(|part| part.id == id).map_or(self.contact, |part| &part.contact)
    }
}

/// Puts messages and events in order, days between them, a line before what is new, and what waits behind all.
#[must_use]
pub fn items(timeline: Timeline, place: &Place<'_>) -> Vec<Item> {
    let is_new = |said: &Said| {
        let here = said.conversation == place.id && said.author == Author::Customer;
        here && place.unread_from.is_some_and(|from| said.id >= from)
    };
    let first_new = timeline.said.iter().find(|said| is_new(said)).map(|said| said.id.0);
    let new = timeline.said.iter().filter(|said| is_new(said)).count();
    let said = timeline.said.into_iter().map(|said| (said.id.0, said.conversation, item(said, place)));
    let done = lines(timeline.done, place).into_iter().map(|(of, line)| (line.id, of, Item::System(line)));
    let (ended, waiting): (Vec<_>, Vec<_>) = timeline.leaving.into_iter().partition(|one| one.ended.is_some());
    let ended = ended.into_iter().map(|one| (one.id.0, place.id, not_sent(one)));
    let mut all: Vec<(i64, ConversationId, Item)> = said.chain(done).chain(ended).collect();
    // Row ids rise with time, and tell apart what happened in one microsecond.
    all.sort_by_key(|(id, _, item)| (item.at().0, *id));
    let mut items: Vec<Item> = Vec::with_capacity(all.len() + 8);
    let mut last = if all.iter().all(|(_, of, _)| *of == place.id) { Some(place.id) } else { None };
    for (id, of, item) in all {
        if items.last().is_none_or(|last| !last.at().same_day(item.at())) {
            items.push(Item::Day(item.at()));
        }
        if last.replace(of) != Some(of) {
            let masked = &place.contact_of(of).masked;
            let masked = Some(masked).filter(|masked| **masked != place.contact.masked).cloned();
            items.push(Item::Turn(Turn { at: item.at(), id: of, masked }));
        }
        if first_new == Some(id) && matches!(item, Item::Said(_)) {
            items.push(Item::New(new));
        }
        items.push(item);
    }
    items.extend(waiting.into_iter().map(|one| Item::Leaving(leaving(one, place))));
    items
}

fn leaving(one: planned::Leaving, place: &Place<'_>) -> Leaving {
    Leaving {
        id: one.id.0,
        author: one.author,
        body: one.body,
        scheduled: one.scheduled,
        due: Stamp(one.due_at),
        base: format!("/conversations/{}/planned/{}", place.id, one.id),
        query: format!("?view={}", place.view.word()),
    }
}

/// A reply that could not be sent when its time came.
fn not_sent(one: planned::Leaving) -> Item {
    let (at, why) = one.ended.unwrap_or((one.due_at, String::new()));
    let text = format!("Not sent: {why}. The text is back in {}'s draft", one.author);
    Item::Said(Bubble {
        id: one.id.0,
        look: "out fail".to_owned(),
        author: one.author,
        named: false,
        way: None,
        at: Stamp(at),
        body: one.body,
        files: Vec::new(),
        fates: vec![Fate { text, bad: true, never: true }],
        again: None,
        travel: String::new(),
        trace: None,
    })
}

/// The opening of a rep's leg is told with the event that caused it, or by itself if it came later.
fn lines(done: Vec<Done>, place: &Place<'_>) -> Vec<(ConversationId, Line)> {
    let mut lines: Vec<(ConversationId, Line)> = Vec::with_capacity(done.len());
    for event in done {
        let of = event.conversation;
        match (events::mask_step(&event), lines.last_mut().filter(|(id, last)| *id == of && last.at.0 == event.at)) {
            (Some(step), Some((_, last))) => {
                let fresh = || Trace { question: events::MASKS.to_owned(), steps: Vec::new() };
                last.trace.get_or_insert_with(fresh).steps.push(step);
            }
            _ => lines.push((of, events::line(event, place.contact_of(of).shown()))),
        }
    }
    lines
}

fn item(said: Said, place: &Place<'_>) -> Item {
    let at = Stamp(said.at);
    match said.kind {
        Kind::Note => Item::Note(NoteItem {
            id: said.id.0,
            author: said.author_name.unwrap_or_else(|| "somebody".to_owned()),
            at,
            pieces: mention::pieces(&said.body, &said.names),
        }),
        Kind::Keyword | Kind::Command => {
            let customer = place.contact_of(said.conversation).shown();
            Item::System(Line { id: said.id.0, at, text: word_of(&said, customer), trace: None })
        }
        Kind::Text => Item::Said(bubble(said, place)),
    }
}

/// What takes effect instead of being passed on is no bubble: nobody got it.
fn word_of(said: &Said, customer: &str) -> String {
    let by = match said.author {
        Author::Rep => said.author_name.as_deref().unwrap_or("A rep"),
        Author::Customer | Author::Party | Author::System => said.author_name.as_deref().unwrap_or(customer),
    };
    let word = said.body.trim();
    match said.kind {
        Kind::Keyword if said.author == Author::Customer || said.outcome == Outcome::Relayed => {
            format!("{by} opted out: {word}")
        }
        Kind::Command if said.author == Author::Party => format!("{by} asked for more time: {word}"),
        Kind::Keyword => format!("{by} texted {word}"),
        Kind::Command | Kind::Text | Kind::Note => format!("{by} texted a command: {word}"),
    }
}

fn bubble(said: Said, place: &Place<'_>) -> Bubble {
    let inbound = said.author.is_outside();
    let mut fates: Vec<Fate> = Vec::new();
    let to_customer = if inbound || place.of_pair { None } else { words::to_customer(&said) };
    let not_relayed = match said.outcome {
        Outcome::Held => Some("Held, passed on to nobody"),
        Outcome::Refused => Some("Not passed on"),
        Outcome::Kept => Some("Kept, passed on to nobody"),
        Outcome::Relayed => None,
    };
    if let Some(what) = not_relayed {
        let why = said.why.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        fates.push(Fate { text: format!("{what}{why}"), bad: true, never: true });
    }
    let look = match (inbound, &to_customer) {
        (true, _) => "in",
        (false, Some(fate)) if fate.never => "out never",
        (false, Some(fate)) if fate.bad => "out fail",
        (false, None) if not_relayed.is_some() => "out never",
        (false, _) => "out",
    };
    let unarrived = said.author == Author::Rep && said.outcome == Outcome::Relayed && words::is_unarrived(&said);
    let here = said.conversation == place.id;
    let again = (unarrived && !said.repeated && place.open && here)
        .then(|| place.address(&format!("messages/{}/repetition", said.id)));
    fates.extend(to_customer);
    if place.of_pair {
        fates.extend(words::to_parties(&said.texts));
    }
    if unarrived && said.repeated {
        fates.push(Fate { text: "Sent again".to_owned(), bad: false, never: false });
    }
    fates.extend(words::to_reps(&said));
    let files = words::files(&said.files);
    let author = match (inbound, said.author_name) {
        (true, Some(alias)) => alias,
        (true, None) => place.contact_of(said.conversation).shown().to_owned(),
        (false, Some(name)) => name,
        (false, None) if place.of_pair => "The app".to_owned(),
        (false, None) => "Switchboard".to_owned(),
    };
    let way = match said.way {
        _ if inbound => None,
        Channel::Phone => Some(Way { icon: "phone", label: "from a phone" }),
        Channel::Web => Some(Way { icon: "web", label: "from the web inbox" }),
        Channel::Api => Some(Way { icon: "api", label: "from the API" }),
        Channel::System => None,
    };
    let id = said.id;
    let before = place.before.filter(|_| here).map(|before| format!("&before={before}")).unwrap_or_default();
    let trace = place.travel.as_ref().filter(|(of, _)| *of == id).map(|(_, trace)| trace.clone());
    Bubble {
        id: id.0,
        look: look.to_owned(),
        author,
        named: inbound && place.of_pair,
        way,
        at: Stamp(said.at),
        body: said.body,
        files,
        fates,
        again,
        travel: format!("/conversations/{}?view={}{before}&travel={id}#m{id}", said.conversation, place.view.word()),
        trace,
    }
}
