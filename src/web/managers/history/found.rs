//! Hits as the page shows them: grouped by conversation, with the text before each.

use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::message::{Kind, Outcome};
use crate::domain::search::mark::{Stretch, excerpt, marked};
use crate::domain::search::question::Question;
use crate::store::views::Contact;
use crate::store::views::search::Hit;
use crate::web::page::stamp::Stamp;
use crate::web::page::words::{self, Fate};

/// About so many characters of a text are shown.
const ROOM: usize = 280;
/// And of what was said just before.
const LESS: usize = 120;

/// One line of what was said.
pub(super) struct Line {
    pub(super) id: MessageId,
    pub(super) at: Stamp,
    pub(super) by: String,
    pub(super) body: Vec<Stretch>,
    pub(super) note: bool,
    pub(super) hit: bool,
    pub(super) fate: Option<Fate>,
}

/// The hits of one conversation, oldest first.
pub(super) struct Group {
    pub(super) conversation: Option<ConversationId>,
    pub(super) contact: Contact,
    pub(super) line: String,
    /// Nobody of ours has it, and nobody's number stands for it.
    pub(super) pair: bool,
    pub(super) rep: Option<String>,
    pub(super) closed: Option<Stamp>,
    pub(super) lines: Vec<Line>,
}

impl Group {
    /// The number is told beside the name.
    pub(super) fn tells_number(&self) -> bool {
        self.contact.name.is_some() && !self.pair
    }

    /// Where a hit stands among what was said around it.
    pub(super) fn href(&self, line: &Line) -> String {
        self.conversation.map_or_else(|| "/held".to_owned(), |id| format!("/conversations/{id}?at={0}#m{0}", line.id))
    }
}

/// Groups in the order of their newest hits.
pub(super) fn groups(hits: Vec<Hit>, question: &Question) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for hit in hits {
        let at = groups.iter().position(|group| group.conversation.is_some() && group.conversation == hit.conversation);
        let at = at.unwrap_or_else(|| {
            groups.push(Group {
                conversation: hit.conversation,
                contact: hit.contact.clone(),
                line: hit.line.clone(),
                pair: hit.of_pair,
                rep: hit.rep.clone(),
                closed: hit.closed_at.map(Stamp),
                lines: Vec::new(),
            });
            groups.len() - 1
        });
        // From the newest back: what comes later stood before.
        let lines = &mut groups[at].lines;
        if let Some(after) = lines.last()
            && after.id == hit.id
        {
            lines.pop();
        }
        let before = hit.before.clone();
        let customer = hit.contact.shown().to_owned();
        lines.push(line(hit, question));
        lines.extend(before.map(|near| Line {
            id: near.id,
            at: Stamp(near.at),
            by: by(near.theirs, near.author_name, &customer),
            body: excerpt(vec![Stretch { text: near.body, hit: false }], LESS),
            note: false,
            hit: false,
            fate: None,
        }));
    }
    for group in &mut groups {
        group.lines.reverse();
    }
    groups
}

fn by(theirs: bool, author: Option<String>, customer: &str) -> String {
    if theirs {
        // Of parties each has a name of their own.
        return author.unwrap_or_else(|| customer.to_owned());
    }
    author.unwrap_or_else(|| "Switchboard".to_owned())
}

fn line(hit: Hit, question: &Question) -> Line {
    let theirs = hit.author.is_outside();
    let held = |what: &str| Fate {
        text: hit.why.as_deref().map_or_else(|| what.to_owned(), |why| format!("{what}: {why}")),
        bad: true,
        never: false,
    };
    let fate = match (hit.kind, hit.outcome) {
        (Kind::Note | Kind::Command, _) => None,
        (_, Outcome::Held) => Some(held("Held")),
        (_, Outcome::Refused) => Some(held("Not passed on")),
        (_, Outcome::Relayed | Outcome::Kept) if theirs => None,
        (_, Outcome::Relayed | Outcome::Kept) => words::of_texts(&hit.texts),
    };
    let note = hit.kind == Kind::Note;
    let by = by(theirs, hit.author_name, hit.contact.shown());
    Line {
        id: hit.id,
        at: Stamp(hit.at),
        by: if note { format!("Note, {by}") } else { by },
        body: excerpt(marked(&hit.body, question), ROOM),
        note,
        hit: true,
        fate,
    }
}
