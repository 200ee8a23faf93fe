//! A conversation, or everything with a customer, as a page to print, a table or JSON. Each leaves one audit row first.

use askama::Template;
use rocket::http::{ContentType, Header};
use rocket::response::{self, Responder, Response};
use rocket::{FromForm, Request};
use serde_json::json;

use crate::desk::conversations::export::{self, Export};
use crate::desk::people::sessions::Who;
use crate::domain::ids::ConversationId;
use crate::domain::message::{Author, Kind, Outcome};
use crate::domain::numbers::phone::masked;
use crate::domain::words::csv;
use crate::http::form::Form;
use crate::http::guards::{ManagerOnly, Visit};
use crate::http::page::Page;
use crate::store::Tx;
use crate::store::views::list::View;
use crate::store::views::managers::exports::{self, MOST, Spoken};
use crate::store::views::pairs::{PairRow, PartyRow};
use crate::store::views::thread::{self, Head};
use crate::web::conversations::Number;
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here, viewer};
use crate::web::page::stamp::Stamp;
use crate::web::page::words;

#[derive(Template)]
#[template(path = "exports/new.html")]
pub(in crate::web) struct New {
    frame: Frame,
    head: Head,
    whole: bool,
    numbers: bool,
    problem: Option<String>,
}

async fn form(visit: Visit<'_>, id: ConversationId, back: (bool, bool, Option<String>)) -> Result<New, Failure> {
    let mut tx = visit.desk.store.read().await?;
    let head = thread::head(&mut tx, viewer(&visit.who), id).await?.ok_or(Failure::NotFound)?;
    let frame = Frame::load(&mut tx, &visit, Here::View(View::default())).await?;
    let (whole, numbers, problem) = back;
    Ok(New { frame, head, whole, numbers, problem })
}

#[rocket::get("/conversations/<id>/exports/new")]
pub(in crate::web) async fn new(id: Number, me: ManagerOnly<'_>) -> Result<Page<New>, Failure> {
    form(me.0, id.0, (false, false, None)).await.map(Page::ok)
}

#[derive(FromForm)]
pub(in crate::web) struct Chosen {
    #[field(default = String::new())]
    what: String,
    #[field(name = "as", default = String::new())]
    form: String,
    #[field(default = String::new())]
    numbers: String,
}

/// One line of an export.
struct Line {
    at: Stamp,
    by: String,
    body: String,
    fate: String,
}

/// A conversation of an export.
struct Conversation {
    id: ConversationId,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "exports/print.html")]
pub(in crate::web) struct Print {
    title: String,
    number: Option<String>,
    by: String,
    now: Stamp,
    conversations: Vec<Conversation>,
}

/// A file to keep.
pub(in crate::web) struct File {
    name: String,
    kind: ContentType,
    body: String,
}

impl<'r> Responder<'r, 'static> for File {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(self.kind)
            // Our own words and a number: nothing in it needs quoting.
            .header(Header::new("Content-Disposition", format!("attachment; filename=\"{}\"", self.name)))
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(self.body.len(), std::io::Cursor::new(self.body))
            .ok()
    }
}

/// The answer to the form.
#[derive(rocket::Responder)]
pub(in crate::web) enum Answer {
    Print(Box<Page<Print>>),
    File(Box<File>),
    Again(Box<Page<New>>),
    Failed(Failure),
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Self {
        Answer::Failed(failure)
    }
}

/// What the export contains.
struct Copy {
    head: Head,
    number: Option<String>,
    spoken: Vec<Spoken>,
    /// Whole numbers are in it.
    numbers: bool,
}

impl Copy {
    fn by(&self, one: &Spoken) -> String {
        let by = match one.author {
            // Of parties each has a name of their own.
            Author::Party if one.author_name.is_some() => one.author_name.clone().unwrap_or_default(),
            Author::Customer | Author::Party => self
                .head
                .contact
                .name
                .clone()
                .or_else(|| self.number.clone())
                .unwrap_or_else(|| self.head.contact.masked.clone()),
            Author::Rep | Author::System => one.author_name.clone().unwrap_or_else(|| "Switchboard".to_owned()),
        };
        if one.kind == Kind::Note { format!("Note, {by}") } else { by }
    }

    /// The number that stands with a message: the customer's, or that of the party who wrote it.
    fn number_of(&self, one: &Spoken) -> String {
        match (&self.head.pair, &one.from) {
            (Some(_), Some(from)) => self.whole_or_end(from),
            (Some(_), None) => String::new(),
            (None, _) => self.number.clone().unwrap_or_else(|| self.head.contact.masked.clone()),
        }
    }

    fn whole_or_end(&self, phone: &str) -> String {
        if self.numbers { phone.to_owned() } else { masked(phone) }
    }
}

/// What became of it, in words.
fn fate(one: &Spoken) -> String {
    match one.outcome {
        Outcome::Held => "held".to_owned(),
        Outcome::Refused => "not passed on".to_owned(),
        Outcome::Relayed | Outcome::Kept if one.texts.iter().any(|text| text.to_party.is_some()) => {
            let fates: Vec<String> = words::to_parties(&one.texts).into_iter().map(|fate| fate.text).collect();
            fates.join("; ")
        }
        Outcome::Relayed | Outcome::Kept => words::of_texts(&one.texts).map(|fate| fate.text).unwrap_or_default(),
    }
}

async fn copy(tx: &mut Tx, who: &Who, id: ConversationId, (whole, numbers): (bool, bool)) -> Result<Copy, Failure> {
    let head = thread::head(tx, viewer(who), id).await?.ok_or(Failure::NotFound)?;
    let ids = match head.customer.filter(|_| whole) {
        Some(customer) => exports::conversations(tx, customer).await?,
        None => vec![id],
    };
    let mut spoken = Vec::new();
    for id in ids {
        spoken.extend(exports::spoken(tx, id, (MOST + 1).saturating_sub(spoken.len())).await?);
    }
    let number = if numbers { exports::phone(tx, id).await? } else { None };
    Ok(Copy { head, number, spoken, numbers })
}

#[rocket::post("/conversations/<id>/exports", data = "<chosen>")]
pub(in crate::web) async fn create(id: Number, chosen: Form<Chosen>, me: ManagerOnly<'_>) -> Result<Answer, Failure> {
    let whole = chosen.what == "customer";
    let numbers = chosen.numbers == "yes";
    let as_form = match chosen.form.as_str() {
        "csv" => "csv",
        "json" => "json",
        _ => "html",
    };
    let copy = copy(&mut me.desk.store.read().await?, &me.who, id.0, (whole, numbers)).await?;
    if copy.spoken.len() > MOST {
        let why =
            format!("That is more than {MOST} messages, the most of one export: take the conversations one by one.");
        let page = form(me.0, id.0, (whole, numbers, Some(why))).await?;
        return Ok(Answer::Again(Box::new(Page::refused(page))));
    }
    let customer = copy.head.customer.filter(|_| whole);
    let messages = copy.spoken.len();
    export::record(me.desk, Export { by: me.who.id, conversation: id.0, customer, form: as_form, numbers, messages })
        .await?;
    let name = if whole { format!("customer-of-{}", id.0) } else { format!("conversation-{}", id.0) };
    Ok(match as_form {
        "csv" => {
            Answer::File(Box::new(File { name: format!("{name}.csv"), kind: ContentType::CSV, body: table(&copy) }))
        }
        "json" => {
            Answer::File(Box::new(File { name: format!("{name}.json"), kind: ContentType::JSON, body: tree(&copy) }))
        }
        _ => Answer::Print(Box::new(Page::ok(print(copy, whole, &me.who, Stamp(me.now))))),
    })
}

fn table(copy: &Copy) -> String {
    let head = ["conversation", "at", "author", "by", "way", "kind", "outcome", "body", "fate", "number"];
    let rows = copy.spoken.iter().map(|one| {
        let (id, at, by) = (one.conversation.to_string(), one.at.to_string(), copy.by(one));
        let number = copy.number_of(one);
        let (author, way, kind, outcome) = (one.author.word(), one.way.word(), one.kind.word(), one.outcome.word());
        csv::row([&id, &at, author, &by, way, kind, outcome, &one.body, &fate(one), &number])
    });
    csv::file(std::iter::once(csv::row(head)).chain(rows))
}

fn tree(copy: &Copy) -> String {
    let messages: Vec<_> = copy
        .spoken
        .iter()
        .map(|one| {
            json!({
                "id": one.id.to_string(), "conversation": one.conversation.0, "at": one.at.to_string(), "author": one.author,
                "by": copy.by(one), "way": one.way, "kind": one.kind, "outcome": one.outcome, "body": one.body, "fate": fate(one),
            })
        })
        .collect();
    if let Some(pair) = &copy.head.pair {
        return json!({ "pair": of_pair(copy, pair), "messages": messages }).to_string();
    }
    let number = copy.number.clone().unwrap_or_else(|| copy.head.contact.masked.clone());
    json!({ "customer": { "name": copy.head.contact.name, "number": number }, "messages": messages }).to_string()
}

fn of_pair(copy: &Copy, pair: &PairRow) -> serde_json::Value {
    let party =
        |one: &PartyRow| json!({ "alias": one.alias, "number": copy.whole_or_end(&one.phone), "mask": one.mask });
    let term = pair.term();
    json!({
        "id": pair.id.to_string(), "references": pair.references, "opened_at": pair.opened_at.to_string(),
        "ends_at": term.ends_at.to_string(), "hard_end_at": term.hard_end.to_string(),
        "ended_at": pair.ended_at.map(|at| at.to_string()), "ended_why": pair.ended_why,
        "parties": pair.parties.iter().map(party).collect::<Vec<_>>(),
    })
}

fn print(copy: Copy, whole: bool, who: &Who, now: Stamp) -> Print {
    let mut conversations: Vec<Conversation> = Vec::new();
    for one in &copy.spoken {
        if conversations.last().is_none_or(|conversation| conversation.id != one.conversation) {
            conversations.push(Conversation { id: one.conversation, lines: Vec::new() });
        }
        if let Some(conversation) = conversations.last_mut() {
            conversation.lines.push(Line {
                at: Stamp(one.at),
                by: copy.by(one),
                body: one.body.clone(),
                fate: fate(one),
            });
        }
    }
    let shown = copy.head.contact.shown();
    let title =
        if whole { format!("Everything with {shown}") } else { format!("Conversation #{} with {shown}", copy.head.id) };
    Print { title, number: copy.number, by: who.name.clone(), now, conversations }
}
