//! History: everything ever said, found by words, customers, colleagues, lines, states, dates; newest first.

use askama::Template;

use crate::desk;
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::people::person::Role;
use crate::domain::search::question::Question;
use crate::domain::time::hours;
use crate::http::guards::{Signed, Visit};
use crate::http::page::Page;
use crate::store::search::saved_searches::{self, SavedSearch};
use crate::store::views::search::choices::{self, Choice};
use crate::store::views::search::{self, Found};
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here, viewer};
use crate::web::page::stamp::Stamp;
use asked::{Asked, Wrong};
use found::{Group, groups};

pub mod asked;
mod found;

pub mod saved;

/// What a search can be narrowed to.
struct Choices {
    people: Vec<Choice>,
    lines: Vec<Choice>,
    labels: Vec<Choice>,
}

/// A name that could not be kept, and why.
#[derive(Default)]
struct Back {
    name: String,
    why: Option<String>,
}

#[derive(Template)]
#[template(path = "history/index.html")]
pub(in crate::web) struct History {
    frame: Frame,
    asked: Asked,
    wrong: Wrong,
    zone: String,
    choices: Choices,
    groups: Vec<Group>,
    hits: usize,
    next: Option<MessageId>,
    later: bool,
    saved: Vec<SavedSearch>,
    back: Back,
    behind: Option<Stamp>,
    manages: bool,
}

impl History {
    fn is(&self, field: &str, row: &i64) -> bool {
        self.asked.typed(field) == row.to_string()
    }

    /// What the search was narrowed to, each with the address of the search without it.
    fn chips(&self) -> Vec<(String, String)> {
        let named =
            |all: &[Choice], row: &str| all.iter().find(|(id, _)| id.to_string() == row).map(|(_, name)| name.clone());
        let chip = |(name, value): (&'static str, &str)| {
            let said = match name {
                "who" => format!("Customer {value}"),
                "rep" => format!("Sent by or assigned to {}", named(&self.choices.people, value)?),
                "line" => named(&self.choices.lines, value)?,
                "label" => format!("Label {}", named(&self.choices.labels, value)?),
                "state" => format!("In {value} conversations"),
                "kind" => {
                    if value == "notes" {
                        "Notes".to_owned()
                    } else {
                        "Texts".to_owned()
                    }
                }
                "fate" => {
                    if value == "held" {
                        "Held".to_owned()
                    } else {
                        "Not delivered".to_owned()
                    }
                }
                "error" => format!("Error {value}"),
                "from" => format!("From {value}"),
                "to" => format!("Up to {value}"),
                _ => return None,
            };
            Some((said, self.asked.without(name)))
        };
        self.asked.fields().into_iter().filter_map(chip).collect()
    }

    fn has_more(&self) -> bool {
        self.next.is_some() || self.later
    }

    /// There is something that can be given to another rep, or may be on another page.
    fn offers_reassigning(&self) -> bool {
        self.manages && (self.has_more() || self.groups.iter().any(|group| self.choosable(group).is_some()))
    }

    /// The conversation that can be given to another rep. Pairs cannot.
    fn choosable(&self, group: &Group) -> Option<ConversationId> {
        group.conversation.filter(|_| self.manages && !group.pair)
    }

    /// The conversation that can be exported.
    fn exportable(&self, group: &Group) -> Option<ConversationId> {
        group.conversation.filter(|_| self.manages)
    }

    /// There is a search to keep, or one was not kept.
    fn can_be_kept(&self) -> bool {
        !self.asked.is_empty() || self.back.why.is_some()
    }

    fn count(&self) -> String {
        let more = self.has_more();
        let (hits, conversations) = (self.hits, self.groups.len());
        match (hits, more) {
            (0, _) => "Nothing found".to_owned(),
            (_, true) => {
                format!(
                    "{hits} hits on this page, in {conversations} conversation{}",
                    if conversations == 1 { "" } else { "s" }
                )
            }
            (1, false) => "1 hit".to_owned(),
            (_, false) => {
                format!("{hits} hits in {conversations} conversation{}", if conversations == 1 { "" } else { "s" })
            }
        }
    }
}

async fn page(visit: Visit<'_>, asked: Asked, before: Option<i64>, back: Back) -> Result<History, Failure> {
    let now = visit.now;
    let mut tx = visit.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &visit, Here::History).await?;
    let choices = Choices {
        people: choices::people(&mut tx).await?,
        lines: choices::lines(&mut tx).await?,
        labels: choices::labels(&mut tx).await?,
    };
    let usual = choices::zone(&mut tx).await?;
    let (found, question, wrong) = match asked.wanted(&usual) {
        Ok(wanted) => {
            let found = search::find(&mut tx, viewer(&visit.who), &wanted, before.map(MessageId)).await?;
            (found, wanted.question, Wrong::default())
        }
        Err(wrong) => (Found::default(), Question::default(), wrong),
    };
    let typed = asked.typed("zone");
    let zone = if hours::check_zone(typed).is_ok() { typed.to_owned() } else { usual.clone() };
    let zone = if typed.is_empty() || wrong.zone.is_none() { zone } else { typed.to_owned() };
    Ok(History {
        hits: found.hits.len(),
        next: found.next,
        groups: groups(found.hits, &question),
        later: before.is_some(),
        saved: saved_searches::of(&mut tx, visit.who.id).await?,
        behind: desk::search::index::behind_since(&mut tx, now).await?.map(Stamp),
        manages: visit.who.role >= Role::Manager,
        frame,
        asked,
        wrong,
        zone,
        choices,
        back,
    })
}

#[rocket::get("/history?<before>&<asked..>")]
pub(in crate::web) async fn index(before: Option<i64>, asked: Asked, me: Signed<'_>) -> Result<Page<History>, Failure> {
    let page = page(me.0, asked, before, Back::default()).await?;
    let refused = page.wrong != Wrong::default();
    Ok(if refused { Page::refused(page) } else { Page::ok(page) })
}
