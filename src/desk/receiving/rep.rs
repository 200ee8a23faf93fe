//! A rep's own words that are not for the customer: commands, STOP, and texts to a line.

use super::command::{Order, Place, carry_out};
use super::found::Found;
use super::{Item, Outcome, keep};
use crate::desk::outbox::notice::{Whose, say, throttled};
use crate::desk::work::UnitOfWork;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::PersonId;
use crate::domain::message;
use crate::domain::outbox::delivery;
use crate::domain::routing::Keep;
use crate::domain::words::text::Wording;
use crate::faults;
use crate::store::Result;

/// Keeps a rep's word and answers it where an answer is due.
pub(super) async fn word(work: &mut UnitOfWork<'_>, item: &Item<'_>, found: &Found, what: Keep) -> Result<Outcome> {
    let (desk, now) = (work.desk, work.now);
    let text = item.text;
    let kind = match what {
        Keep::Command => message::Kind::Command,
        Keep::PhoneOff | Keep::OptedOut => message::Kind::Keyword,
        Keep::RepOnLine | Keep::Blocked => message::Kind::Text,
    };
    let past = found.past.as_ref().filter(|past| past.person.is_some());
    let conversation = found.leg.as_ref().map(|leg| leg.conversation).or(past.map(|past| past.conversation));
    let mut message = text.message(desk, now, (message::Author::Rep, kind), message::Outcome::Kept, Some(what.why()));
    message.conversation = conversation;
    message.author_id = found.leg.as_ref().and_then(|leg| leg.person).or(found.staff);
    message.leg = found.leg.as_ref().map(|leg| leg.id);
    let person = message.author_id;
    keep(work, message).await?;
    let number = found.number.0;
    match what {
        Keep::Command => {
            let (Some(person), Some(hash)) = (found.staff, found.hash.clone()) else { return Ok(Outcome::Kept) };
            let order =
                Order { person, phone: &text.from, number, place: place(found, person), media: text.media_types() };
            faults::point("before_command");
            carry_out(work, &order, hash).await?;
            faults::point("after_command");
        }
        // Once an hour: a phone that answers by itself would otherwise never stop. A keyword needs no help.
        Keep::RepOnLine if item.keyword.is_none() => {
            let body = say(work.tx, Whose::Line(number), Wording::RepOnLine, &[]).await?;
            throttled(work, delivery::Kind::RepOnLine, number, &text.from, &body).await?;
        }
        Keep::PhoneOff if conversation.is_some() => {
            work.event(conversation, person, &Event::PhoneOff { person });
        }
        Keep::RepOnLine | Keep::PhoneOff | Keep::OptedOut | Keep::Blocked => {}
    }
    Ok(Outcome::Kept)
}

/// The thread that a command is about. A leg that rests while its conversation is still the rep's is one, too.
fn place(found: &Found, person: PersonId) -> Place {
    match (&found.leg, &found.past) {
        (Some(leg), _) => Place::Thread(leg.conversation),
        (None, Some(past)) if !past.closed && past.pinned_to == Some(person) => Place::Thread(past.conversation),
        (None, Some(past)) if past.moved() => {
            let name = past.pinned_name.as_deref().unwrap_or("somebody else");
            Place::Nowhere(format!("Not done: this conversation is with {name} now."))
        }
        (None, None) if found.number.1 => Place::Line,
        (None, _) => Place::Nowhere("Not done: there is no conversation here any more.".to_owned()),
    }
}
