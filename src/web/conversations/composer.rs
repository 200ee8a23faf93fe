//! The composer: a reply and a note, two forms that nobody can confuse.

use askama::Template;

use crate::domain::ids::{CannedReplyId, ConversationId};
use crate::domain::words::canned::filled;
use crate::domain::words::segment::{self, Count};
use crate::http::guards::Visit;
use crate::store::conversations::mentions;
use crate::store::conversations::news::{self, News};
use crate::store::replies::{canned, drafts};
use crate::store::views::list::View;
use crate::store::views::thread::Head;
use crate::store::views::thread::details::MayText;
use crate::store::{self, Tx};
use crate::web::page::stamp::Stamp;

/// Why nothing can be sent.
#[derive(Clone, Debug)]
pub struct Shut {
    /// In a sentence.
    pub what: String,
    /// What would change it, and what can be done meanwhile.
    pub why: String,
}

/// What was typed into a form that was refused, and why.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Into the reply; as its draft is if `None`.
    pub reply: Option<String>,
    /// Why it was refused.
    pub reply_why: Option<String>,
    /// The time that was picked for it.
    pub at: String,
    /// Why that was refused.
    pub at_why: Option<String>,
    /// Others have written since its writer saw this message.
    pub asks: Option<i64>,
    /// Into the note; as its draft is if `None`.
    pub note: Option<String>,
    /// Why it was refused.
    pub note_why: Option<String>,
}

/// A canned reply to choose.
#[derive(Clone, Debug)]
struct Offer {
    id: CannedReplyId,
    shortcut: String,
    text: String,
}

/// The composer.
#[derive(Clone, Debug, Template)]
#[template(path = "conversations/composer.html")]
pub struct Composer {
    id: ConversationId,
    view: View,
    to: String,
    line: String,
    form_key: String,
    seen: i64,
    shut: Option<Shut>,
    noting: bool,
    reply: String,
    reply_why: Option<String>,
    at: String,
    at_why: Option<String>,
    news: Vec<News>,
    note: String,
    note_why: Option<String>,
    offers: Vec<Offer>,
    people: Vec<String>,
    /// One request takes so many UTF-16 units.
    most: usize,
}

impl Composer {
    /// The composer under a thread whose newest message is `seen`. Its form key is new with every page, so that a form
    /// that is sent twice counts once.
    pub(in crate::web) async fn load(
        tx: &mut Tx,
        visit: &Visit<'_>,
        (head, shut): (&Head, Option<Shut>),
        (view, seen): (View, i64),
        typed: Typed,
    ) -> store::Result<Self> {
        let (desk, who) = (visit.desk, &visit.who);
        let draft = drafts::of(tx, who.id, head.id).await?;
        let news = match typed.asks {
            Some(seen) => news::since(tx, head.id, who.id, seen).await?,
            None => Vec::new(),
        };
        let offers = if shut.is_none() { canned::usable(tx, who.id, head.line).await? } else { Vec::new() };
        let people = mentions::candidates(tx, head.id).await?;
        Ok(Composer {
            id: head.id,
            view,
            to: head.contact.shown().to_owned(),
            line: head.line_name.clone(),
            form_key: desk.chance.token::<16>(),
            seen,
            shut,
            noting: typed.note_why.is_some(),
            reply: typed.reply.unwrap_or(draft.reply),
            reply_why: typed.reply_why,
            at: typed.at,
            at_why: typed.at_why,
            news,
            note: typed.note.unwrap_or(draft.note),
            note_why: typed.note_why,
            offers: offers
                .into_iter()
                .map(|one| Offer { id: one.id, text: in_words(&one.body, head, &who.name), shortcut: one.shortcut })
                .collect(),
            most: desk.carrier.capabilities().max_body_chars,
            people: people.into_iter().filter(|(id, _)| *id != who.id).map(|(_, name)| name).collect(),
        })
    }

    /// Changes when the page's composer must be put in another one's place, which else keeps what was typed.
    fn state(&self) -> String {
        self.shut.as_ref().map_or_else(|| "open".to_owned(), |shut| shut.what.clone())
    }

    /// How long the reply is, as the script tells while one types.
    fn count(&self) -> String {
        let Count { characters, segments, parts, unicode } = segment::count(&self.reply, self.most);
        if characters == 0 {
            return String::new();
        }
        format!(
            "{characters} character{} · {segments} segment{}{}{}",
            if characters == 1 { "" } else { "s" },
            if segments == 1 { "" } else { "s" },
            if parts > 1 { format!(" in {parts} texts") } else { String::new() },
            if unicode { " · Unicode" } else { "" }
        )
    }
}

/// Why nothing can be sent to the customer of a conversation; `None` if something can. `reachable`: the customer has a
/// live leg.
#[must_use]
pub fn shut(head: &Head, may_text: MayText, reachable: bool) -> Option<Shut> {
    let name = head.contact.shown();
    let said = |what: String, why: &str| Some(Shut { what, why: why.to_owned() });
    if let Some(pair) = &head.pair {
        return if pair.ended_at.is_some() {
            said("This pair has ended.".to_owned(), "What they text now is held. You can still write a note.")
        } else {
            let why = "They text each other, and the app speaks to them. You can write a note, or end it.";
            said(format!("This is between {name}."), why)
        };
    }
    if head.closed_at.is_some() {
        return said(
            "This conversation is closed.".to_owned(),
            "What the customer texts next opens a new one. You can still write a note.",
        );
    }
    if !head.answerable {
        return said(
            format!("{name} cannot be answered."),
            "It is the name of a sender, not a number. You can write a note, or close this.",
        );
    }
    if let Some(blocked) = &head.blocked {
        return said(
            format!("{} blocked {name} on {}.", blocked.by, Stamp(blocked.since).day()),
            if blocked.liftable {
                "What they text is kept and passed on to nobody. Unblock them in the details to write."
            } else {
                "What they text is kept and passed on to nobody. A manager can unblock them."
            },
        );
    }
    let opted = match may_text {
        MayText::OptedOutByStaff(at) => said(
            format!("A colleague entered on {} that {name} wants no texts.", Stamp(at).day()),
            "Nothing may be sent until they text START to this line, or it is taken back in the details.",
        ),
        MayText::OptedOut(at) => said(
            format!("{name} opted out on {}.", Stamp(at).day()),
            "Nothing may be sent until they text START to this line. You can write a note, or close this.",
        ),
        MayText::Blocked(at) => said(
            format!("{name} blocks this line since {}.", Stamp(at).day()),
            "The carrier refuses texts until they text START to it. You can write a note, or close this.",
        ),
        MayText::Yes | MayText::Again(_) => None,
    };
    if opted.is_some() {
        return opted;
    }
    if !reachable {
        return said(
            format!("{name} cannot be reached here any more."),
            "What the customer texts next opens a new conversation. You can write a note, or close this.",
        );
    }
    let why = head.line_paused.as_deref()?;
    let why = if why.is_empty() { "its settings at the carrier are wrong" } else { why.trim_end_matches('.') };
    said(
        format!("{} sends nothing now: {why}.", head.line_name),
        "It is tried again by itself, and an admin can mend it: switchboard doctor names the fix. You can write a note meanwhile.",
    )
}

/// A canned reply as it stands in a reply of `rep` in this conversation.
pub(in crate::web) fn in_words(body: &str, head: &Head, rep: &str) -> String {
    filled(body, head.contact.name.as_deref(), rep, &head.line_name)
}
