//! Where one writes: a reply and a note, two forms that can never be taken for each other.

use askama::Template;

use super::stamp::Stamp;
use crate::domain::ids::ConversationId;
use crate::store::views::details::MayText;
use crate::store::views::list::View;
use crate::store::views::thread::Head;

/// Why nothing can be sent.
#[derive(Clone, Debug)]
pub struct Shut {
    /// In a sentence.
    pub what: String,
    /// What would change it, and what can be done meanwhile.
    pub why: &'static str,
}

/// What was typed into a form that was refused, and why.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Into the reply.
    pub reply: String,
    /// Why it was refused.
    pub reply_why: Option<String>,
    /// Into the note.
    pub note: String,
    /// Why it was refused.
    pub note_why: Option<String>,
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
    shut: Option<Shut>,
    noting: bool,
    reply: String,
    reply_why: Option<String>,
    note: String,
    note_why: Option<String>,
}

impl Composer {
    /// The composer under a thread. `form_key` is new with every page, so that a form that is sent twice counts once.
    #[must_use]
    pub fn new(head: &Head, may_text: MayText, view: View, form_key: String, typed: Typed) -> Self {
        let Typed { reply, reply_why, note, note_why } = typed;
        Composer {
            id: head.id,
            view,
            to: head.contact.shown().to_owned(),
            line: head.line_name.clone(),
            form_key,
            shut: shut(head, may_text),
            noting: note_why.is_some(),
            reply,
            reply_why,
            note,
            note_why,
        }
    }

    /// Changes when the page's composer must be put in another one's place, which else keeps what was typed.
    fn state(&self) -> String {
        self.shut.as_ref().map_or_else(|| "open".to_owned(), |shut| shut.what.clone())
    }
}

fn shut(head: &Head, may_text: MayText) -> Option<Shut> {
    let name = head.contact.shown();
    let said = |what: String, why| Some(Shut { what, why });
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
    if let Some((at, by)) = &head.blocked {
        return said(
            format!("{by} blocked {name} on {}.", Stamp(*at).day()),
            "What they text is kept and passed on to nobody. Unblock them in the details to write.",
        );
    }
    match may_text {
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
    }
}
