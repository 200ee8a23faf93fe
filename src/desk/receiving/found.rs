//! What was looked up about a text that is taken in by itself.

use super::Item;
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::leg::Role;
use crate::domain::routing::{Facts, Past, Side, Texted};
use crate::domain::words::command::{self, Hash};
use crate::store::routing::routes::{self, LiveLeg, PastLeg};
use crate::store::routing::selected;
use crate::store::{Result, customers, people};

/// What was looked up about a text, beside the facts that decide.
pub(super) struct Found {
    /// The number that was texted, and whether it is a line.
    pub(super) number: (NumberId, bool),
    /// The live leg.
    pub(super) leg: Option<LiveLeg>,
    /// It began only after the text was sent.
    pub(super) younger: bool,
    /// The sender, if staff.
    pub(super) staff: Option<PersonId>,
    /// The newest ended leg, where none is live.
    pub(super) past: Option<PastLeg>,
    /// What the text asks of us, if it is a rep's and begins with `#`.
    pub(super) hash: Option<Hash>,
    /// Staff have blocked the sender.
    pub(super) blocked: bool,
}

/// Looks it up.
pub(super) async fn look_up(work: &mut UnitOfWork<'_>, item: &Item<'_>, number: (NumberId, bool)) -> Result<Found> {
    let (_desk, now) = (work.desk, work.now);
    let text = item.text;
    // Looked up again: a text of the same group may have opened or ended the leg.
    let selected = selected::selected(work.tx, &[(text.from.as_str(), text.to.as_str())]).await?;
    // A leg of a pair that is over is no way in, whether or not anybody has written down that it has ended.
    let selected: Vec<_> = selected.into_iter().filter(|one| !one.is_over(work.sent_at(), now)).collect();
    let conversation = selected.first().and_then(|one| one.conversation);
    let younger = work.missed().zip(selected.first()).is_some_and(|(sent_at, one)| one.began_after(sent_at));
    let legs = routes::live_legs(work.tx, conversation.as_slice()).await?;
    let leg = legs.into_iter().find(|leg| leg.phone == text.from && leg.number == number.0);
    let staff = people::by_phone(work.tx, &text.from).await?;
    let past = if leg.is_none() && !number.1 { routes::last_leg(work.tx, &text.from, number.0).await? } else { None };
    let hash = staff_thread(leg.as_ref(), past.as_ref(), staff).then(|| command::read(&text.body)).flatten();
    let blocked = customers::is_blocked(work.tx, &text.from, number.1.then_some(number.0)).await?;
    Ok(Found { number, leg, younger, staff, past, hash, blocked })
}

/// The facts that decide where the text goes.
pub(super) fn facts(item: &Item<'_>, found: &Found) -> Facts {
    Facts {
        texted: if found.number.1 { Texted::Line } else { Texted::Mask },
        from_ours: item.selected.from_ours,
        live: found.leg.as_ref().map(|leg| if leg.role == Role::Rep { Side::Rep } else { Side::Outside }),
        younger: found.younger,
        staff: found.staff.is_some(),
        past: match &found.past {
            None => Past::Never,
            Some(leg) if leg.moved() => Past::Moved,
            Some(leg) if leg.still_of(found.staff) => Past::Own,
            Some(_) => Past::Ended,
        },
        keyword: item.keyword,
        command: matches!(found.hash, Some(Hash::Command(_) | Hash::Wrong(_))),
        blocked: found.blocked,
    }
}

/// The text came by a rep's way in, now or before, or from a rep's phone where nobody ever was: there `#` is for us.
/// In a pair a rep's phone is a party like any other.
fn staff_thread(leg: Option<&LiveLeg>, past: Option<&PastLeg>, staff: Option<PersonId>) -> bool {
    match (leg, past) {
        (Some(leg), _) => leg.role == Role::Rep,
        (None, Some(past)) => past.person.is_some(),
        (None, None) => staff.is_some(),
    }
}
