//! Who takes customers: the duty that people set, people who leave, and what follows when hours begin or end.

use serde_json::json;

use super::queue::{self, HeldLine};
use super::{end, handover};
use crate::clock::At;
use crate::desk::upkeep::lapse;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure, authority};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::{HouseEvent, Loss, Stored};
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::people::audit::Action;
use crate::domain::people::person::{Duty, Role};
use crate::faults;
use crate::store::routing::queue::{self as table, Kept};
use crate::store::routing::routes;
use crate::store::{self, Result, Tx, people};

/// Sets the duty of `person`, one's own or, as a manager, anybody's. On duty, waiting customers come at once; away with
/// reassigning, one's own customers go to others at once.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person, or it is somebody else's and `by` is no manager.
pub async fn set_duty(desk: &Desk, by: PersonId, person: PersonId, duty: Duty) -> Result<(), Failure> {
    desk.work(SetDuty { by, person, duty }).await?;
    Ok(())
}

struct SetDuty {
    by: PersonId,
    person: PersonId,
    duty: Duty,
}

impl Verb for SetDuty {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        if self.by != self.person {
            let role =
                people::by_id(work.tx, self.by).await?.filter(|person| !person.disabled).map(|person| person.role);
            if role.is_none_or(|role| role < Role::Manager) {
                return Err(Failure::NotFound);
            }
        }
        let there = change(work, self.by, self.person, self.duty).await?;
        there.then_some(()).ok_or(Failure::NotFound)
    }
}

/// Changes a duty and does what follows from it. Hold no line and no conversation before. False if there is no such
/// enabled person.
pub(in crate::desk) async fn change(
    work: &mut UnitOfWork<'_>,
    by: PersonId,
    person: PersonId,
    duty: Duty,
) -> Result<bool> {
    let lines = table::lines_of(work.tx, person).await?;
    hold(work.tx, &lines).await?;
    let Some(before) = table::set_duty(work.tx, person, duty).await? else { return Ok(false) };
    if before == duty {
        return Ok(true);
    }
    faults::point("after_duty");
    let event = HouseEvent::DutySet { person, from: before, to: duty };
    authority::record(work, (by, person), Action::DutySet, &Stored::from(&event).data).await?;
    work.house_event(Some(by), &event);
    work.note(&[(ConversationId(0), Changed::Duty)]);
    follow(work, person, &lines, (duty == Duty::AwayReassign).then_some(Loss::Away)).await?;
    Ok(true)
}

/// What follows when a person may have become a candidate, or (`gone`, with the reason) keeps no customers any more.
/// Hold nothing before but their lines.
pub(in crate::desk) async fn follow(
    work: &mut UnitOfWork<'_>,
    person: PersonId,
    lines: &[NumberId],
    gone: Option<Loss>,
) -> Result<()> {
    if let Some(why) = gone {
        return queue::repick_all(work, person, lines, why).await;
    }

    for line in lines {
        queue::drain(work, *line).await?;
    }
    Ok(())
}

async fn hold(tx: &mut Tx, lines: &[NumberId]) -> Result<()> {
    for line in lines {
        crate::store::routing::opening::hold_line(tx, *line).await?;
    }
    Ok(())
}

/// What follows when the rules of lines have changed: customers who wait on `lines` go to reps who can take them now, and
/// texts that wait for the phones of reps who work now are sent.
pub(in crate::desk) async fn settle(work: &mut UnitOfWork<'_>, lines: &[NumberId]) -> Result<()> {
    let now = work.now;
    for line in lines {
        queue::drain(work, *line).await?;
    }
    for kept in table::kept(work.tx).await?.into_iter().filter(|kept| kept.waits && kept.shift.on_at(now)) {
        for conversation in routes::conversations(work.tx, &[kept.id]).await? {
            handover::release(work, &conversation).await?;
        }
    }
    Ok(())
}

/// Disables a person, who keeps no customers, sessions or links; or enables them again. `by` an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such person or `by` is no admin; [`Failure::Refused`] if it is oneself, or the
/// phone has become another's meanwhile.
pub async fn set_enabled(desk: &Desk, by: PersonId, person: PersonId, enabled: bool) -> Result<(), Failure> {
    desk.work(SetEnabled { by, person, enabled }).await?;
    Ok(())
}

struct SetEnabled {
    by: PersonId,
    person: PersonId,
    enabled: bool,
}

impl Verb for SetEnabled {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        authority::hold_all(work.tx).await?;
        let Some(whom) = authority::by_admin(work.tx, self.by, self.person).await? else {
            return Err(Failure::NotFound);
        };
        if self.by == self.person {
            return Err(Failure::refused("enabled", "nobody can disable oneself: ask another admin"));
        }
        if whom.disabled != self.enabled {
            return Ok(());
        }
        if let (true, Some(phone)) = (self.enabled, &whom.phone)
            && people::by_phone(work.tx, phone).await?.is_some()
        {
            let why = "their phone is somebody else's now: give them another, or none, first";
            return Err(Failure::refused("enabled", why));
        }
        let action = if self.enabled { Action::PersonEnabled } else { Action::PersonDisabled };
        authority::record(work, (self.by, self.person), action, &json!({})).await?;
        Ok(enable(work, Some(self.by), self.person, self.enabled).await?)
    }
}

/// Disables or enables a person and does what follows. Hold nothing before.
///
/// # Errors
/// What the database said; a conflict if the phone is another enabled person's.
pub(in crate::desk) async fn enable(
    work: &mut UnitOfWork<'_>,
    by: Option<PersonId>,
    person: PersonId,
    enabled: bool,
) -> Result<()> {
    let now = work.now;
    let lines = table::lines_of(work.tx, person).await?;
    hold(work.tx, &lines).await?;
    people::set_disabled(work.tx, person, (!enabled).then_some(now)).await?;
    if let Some(phone) = people::by_id(work.tx, person).await?.filter(|_| enabled).and_then(|person| person.phone) {
        end::end_as_customer(work, &phone).await?;
    }
    let event = if enabled { HouseEvent::Enabled { person } } else { HouseEvent::Disabled { person } };
    work.house_event(by, &event);
    work.note(&[(ConversationId(0), Changed::Duty)]);
    follow(work, person, &lines, (!enabled).then_some(Loss::Disabled)).await
}

/// Does what hours that began or ended ask for: gives waiting customers to candidates, texts reps what waited for them,
/// and picks anew for customers whose rep stays away while their line is open. Returns how much there was.
pub async fn turn(desk: &Desk) -> Result<usize> {
    faults::point("before_turn");
    let now = desk.clock.now();
    let (lines, kept) = {
        let mut tx = desk.store.read().await?;
        (table::queued_lines(&mut tx).await?, table::kept(&mut tx).await?)
    };
    let mut did = 0;
    for line in lines {
        did += run(desk, Turn::Drain(line)).await?;
    }
    for one in kept {
        if one.waits && one.shift.on_at(now) {
            did += run(desk, Turn::Release(one.id)).await?;
        } else if lapse::may_lapse(desk) && one.unanswered && is_missing(desk, &one, now) {
            did += run(desk, Turn::Replace(one.id, one.person)).await?;
        }
    }
    Ok(did)
}

/// The rep of this conversation has been off for so long while the line was open that somebody else is picked.
fn is_missing(desk: &Desk, one: &Kept, now: At) -> bool {
    let after = desk.policies.support_of(one.policies.as_deref()).hand_over_after;
    one.shift.missing_since(one.pinned_at, now).is_some_and(|since| since + after <= now)
}

async fn run(desk: &Desk, turn: Turn) -> Result<usize> {
    desk.work(TurnJob { turn }).await
}

#[derive(Clone, Copy, Debug)]
enum Turn {
    Drain(NumberId),
    Release(ConversationId),
    Replace(ConversationId, PersonId),
}

struct TurnJob {
    turn: Turn,
}

impl Verb for TurnJob {
    type Out = usize;
    type Stop = store::Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        match &self.turn {
            Turn::Drain(line) => {
                let mut held_line = HeldLine::hold(work, *line).await?;
                queue::drain_held(work, &mut held_line).await?;
                Ok(held_line.given)
            }
            Turn::Release(conversation_id) => {
                let Some(conversation) = routes::conversations(work.tx, &[*conversation_id]).await?.into_iter().next()
                else {
                    return Ok(0);
                };
                let did = usize::from(conversation.waits_from.is_some());
                handover::release(work, &conversation).await?;
                Ok(did)
            }
            Turn::Replace(conversation_id, person) => {
                let Some(line) = table::line_of(work.tx, *conversation_id).await? else {
                    return Ok(0);
                };
                let mut held_line = HeldLine::hold(work, line).await?;
                let conversation = routes::conversations(work.tx, &[*conversation_id]).await?.into_iter().next();
                let still = |conversation: &routes::Conversation| {
                    conversation.pinned_to == Some(*person)
                        && !conversation.closed
                        && conversation.waiting_since.is_some()
                };
                let after = held_line.policy.hand_over_after;
                let missing = |conversation: &routes::Conversation| {
                    conversation.missing_since(now).is_some_and(|since| since + after <= now)
                };
                match conversation.filter(still).filter(missing) {
                    Some(conversation) if held_line.has_candidate() => {
                        queue::replace(work, &mut held_line, &conversation, Loss::RepMissing).await?;
                        Ok(1)
                    }
                    _ => Ok(0),
                }
            }
        }
    }
}
