//! A text without a live leg: held for a manager, and answered by a throttled notice.

use super::found::Found;
use super::{Item, Outcome, keep};
use crate::desk::consent::refusal;
use crate::desk::outbox::notice::{self, Whose, say};
use crate::desk::pairs::end_over;
use crate::desk::programs::events::Event;
use crate::desk::upkeep::lapse::may_lapse;
use crate::desk::work::UnitOfWork;
use crate::domain::message;
use crate::domain::outbox::delivery;
use crate::domain::programs::event::Kind;
use crate::domain::routing::Hold;
use crate::domain::words::text::Wording;
use crate::faults;
use crate::store::Result;

/// Holds a text with the conversation that it used to belong to.
pub(super) async fn hold(work: &mut UnitOfWork<'_>, item: &Item<'_>, found: &Found, hold: Hold) -> Result<Outcome> {
    let (desk, now) = (work.desk, work.now);
    let text = item.text;
    // In a pair a rep's phone is a party's like any other.
    let staff = found.staff.filter(|_| found.past.as_ref().is_none_or(|past| past.person.is_some()));
    let author = if staff.is_some() { message::Author::Rep } else { message::Author::Party };
    let kind = message::Kind::of_text(item.keyword.is_some());
    let mut message = text.message(desk, now, (author, kind), message::Outcome::Held, Some(hold.why()));
    message.conversation = found.past.as_ref().map(|leg| leg.conversation);
    message.author_id = staff;
    message.leg = found.past.as_ref().map(|leg| leg.id);
    let id = message.id;
    keep(work, message).await?;
    faults::point("after_held");
    if let Some(past) = &found.past
        && let Some(alias) = &past.alias
    {
        if may_lapse(desk) {
            // It is over by the clock alone: that is told first.
            end_over(work, &[past.conversation]).await?;
        }
        let data = text.as_told((id, Some(alias)), (message::Outcome::Held, Some(hold.why())), false);
        work.tell(Event::of(past.conversation, Kind::LateTextHeld, data));
    }
    if item.keyword.is_some() {
        return Ok(Outcome::Held);
    }
    if let Some(past) = found.past.as_ref().filter(|past| past.person.is_none()) {
        let said = (text.body.as_str(), (id, past.alias.as_deref()));
        refusal::look_at_unheard(work, past.conversation, said).await?;
    }
    let mask = found.number.0;
    let whose = Whose::from(found.past.as_ref().map(|leg| leg.conversation));
    if hold == Hold::Moved {
        let name = found.past.as_ref().and_then(|leg| leg.pinned_name.as_deref()).unwrap_or("somebody else");
        let body = say(work.tx, whose, Wording::Moved, &[("name", name)]).await?;
        notice::throttled(work, delivery::Kind::ToRep, mask, &text.from, &body).await?;
    } else {
        let body = say(work.tx, whose, Wording::Ended, &[]).await?;
        notice::throttled(work, delivery::Kind::Ended, mask, &text.from, &body).await?;
    }
    Ok(Outcome::Held)
}
