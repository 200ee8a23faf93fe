//! Who takes customers: duty that people set themselves, people who go, and what follows when hours begin or end.

use serde_json::json;

use super::handover;
use super::queue::{self, HeldLine};
use crate::clock::At;
use crate::desk::conversations::close;
use crate::desk::outbox::Enqueued;
use crate::desk::upkeep::lapse;
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::people::person::{Duty, Role};
use crate::domain::time::hours::Hours;
use crate::faults;
use crate::store::conversations::changes;
use crate::store::routing::queue::{self as table, Kept};
use crate::store::routing::routes;
use crate::store::{Job, Result, Tx, people};

/// Sets the duty of `person`, one's own or, as a manager, anybody's. On duty, waiting customers come at once; away with
/// reassigning, one's own customers go to others at once.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person, or it is somebody else's and `by` is no manager.
pub async fn set_duty(desk: &Desk, by: PersonId, person: PersonId, duty: Duty) -> Result<(), Failure> {
    let sent = desk.store.write(SetDuty { desk: desk.clone(), by, person, duty }).await??;
    desk.send(sent);
    Ok(())
}

struct SetDuty {
    desk: Desk,
    by: PersonId,
    person: PersonId,
    duty: Duty,
}

impl Job for SetDuty {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        if self.by != self.person {
            let role = people::by_id(tx, self.by).await?.filter(|person| !person.disabled).map(|person| person.role);
            if role.is_none_or(|role| role < Role::Manager) {
                return Ok(Err(Failure::NotFound));
            }
        }
        match change(&self.desk, tx, self.by, self.person, self.duty, now).await? {
            Some(sent) => Ok(Ok(sent)),
            None => Ok(Err(Failure::NotFound)),
        }
    }
}

/// Changes a duty and does what follows from it. Hold no line and no conversation before. `None` if there is no such
/// enabled person.
pub(in crate::desk) async fn change(
    desk: &Desk,
    tx: &mut Tx,
    by: PersonId,
    person: PersonId,
    duty: Duty,
    now: At,
) -> Result<Option<Enqueued>> {
    let lines = table::lines_of(tx, person).await?;
    hold(tx, &lines).await?;
    let Some(before) = table::set_duty(tx, person, duty).await? else { return Ok(None) };
    if before == duty {
        return Ok(Some(Enqueued::default()));
    }
    faults::point("after_duty");
    let data = json!({ "person": person.0.to_string(), "from": before.word(), "to": duty.word() });
    changes::event(tx, desk.ids.next(now), None, now, "duty", Some(by), &data).await?;
    crate::desk::people::record(desk, tx, (by, person), "duty_set", &data, now).await?;
    changes::note(tx, &[(ConversationId(0), "duty")], now).await?;
    follow(desk, tx, person, &lines, (duty == Duty::AwayReassign).then_some("away"), now).await.map(Some)
}

/// What follows when a person may have become a candidate, or (`gone`, with the reason) keeps no customers any more.
/// Hold nothing before but their lines.
pub(in crate::desk) async fn follow(
    desk: &Desk,
    tx: &mut Tx,
    person: PersonId,
    lines: &[NumberId],
    gone: Option<&'static str>,
    now: At,
) -> Result<Enqueued> {
    if let Some(why) = gone {
        return queue::repick_all(desk, tx, person, lines, why, now).await;
    }
    let mut done = Enqueued::default();
    for line in lines {
        done.add(queue::drain(desk, tx, *line, now).await?);
    }
    Ok(done)
}

async fn hold(tx: &mut Tx, lines: &[NumberId]) -> Result<()> {
    for line in lines {
        crate::store::routing::opening::hold_line(tx, *line).await?;
    }
    Ok(())
}

/// What follows when the rules of lines have changed: whoever waits on `lines` goes to whoever can take them now, and
/// texts that wait for the phones of reps who work now are sent.
pub(in crate::desk) async fn settle(desk: &Desk, tx: &mut Tx, lines: &[NumberId], now: At) -> Result<Enqueued> {
    let mut sent = Enqueued::default();
    for line in lines {
        sent.add(queue::drain(desk, tx, *line, now).await?);
    }
    for kept in table::kept(tx).await?.into_iter().filter(|kept| kept.waits && kept.shift.on_at(now)) {
        for conversation in routes::conversations(tx, &[kept.id]).await? {
            sent.add(handover::release(desk, tx, &conversation, now).await?);
        }
    }
    Ok(sent)
}

/// Disables a person, who keeps no customers, sessions or links; or enables them again. `by` an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such person or `by` is no admin; [`Failure::Refused`] if it is oneself, or the
/// phone has become another's meanwhile.
pub async fn set_enabled(desk: &Desk, by: PersonId, person: PersonId, enabled: bool) -> Result<(), Failure> {
    let sent = desk.store.write(SetEnabled { desk: desk.clone(), by, person, enabled }).await??;
    desk.send(sent);
    Ok(())
}

struct SetEnabled {
    desk: Desk,
    by: PersonId,
    person: PersonId,
    enabled: bool,
}

impl Job for SetEnabled {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let now = self.desk.clock.now();
        crate::desk::people::hold_all(tx).await?;
        let Some(whom) = crate::desk::people::by_admin(tx, self.by, self.person).await? else {
            return Ok(Err(Failure::NotFound));
        };
        if self.by == self.person {
            return Ok(Err(Failure::refused("enabled", "nobody can disable oneself: ask another admin")));
        }
        if whom.disabled != self.enabled {
            return Ok(Ok(Enqueued::default()));
        }
        if let (true, Some(phone)) = (self.enabled, &whom.phone)
            && people::by_phone(tx, phone).await?.is_some()
        {
            let why = "their phone is somebody else's now: give them another, or none, first";
            return Ok(Err(Failure::refused("enabled", why)));
        }
        let kind = if self.enabled { "person_enabled" } else { "person_disabled" };
        crate::desk::people::record(&self.desk, tx, (self.by, self.person), kind, &json!({}), now).await?;
        enable(&self.desk, tx, Some(self.by), self.person, self.enabled, now).await.map(Ok)
    }
}

/// Disables or enables a person and does what follows. Hold nothing before.
///
/// # Errors
/// What the database said; a conflict if the phone is another enabled person's.
pub(in crate::desk) async fn enable(
    desk: &Desk,
    tx: &mut Tx,
    by: Option<PersonId>,
    person: PersonId,
    enabled: bool,
    now: At,
) -> Result<Enqueued> {
    let lines = table::lines_of(tx, person).await?;
    hold(tx, &lines).await?;
    people::set_disabled(tx, person, (!enabled).then_some(now)).await?;
    if let Some(phone) = people::by_id(tx, person).await?.filter(|_| enabled).and_then(|person| person.phone) {
        close::end_as_customer(desk, tx, &phone, now).await?;
    }
    let data = json!({ "person": person.0.to_string() });
    let kind = if enabled { "enabled" } else { "disabled" };
    changes::event(tx, desk.ids.next(now), None, now, kind, by, &data).await?;
    changes::note(tx, &[(ConversationId(0), "duty")], now).await?;
    follow(desk, tx, person, &lines, (!enabled).then_some("disabled"), now).await
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
    let (did, sent) = desk.store.write(TurnJob { desk: desk.clone(), turn }).await?;
    desk.send(sent);
    Ok(did)
}

#[derive(Clone, Copy, Debug)]
enum Turn {
    Drain(NumberId),
    Release(ConversationId),
    Replace(ConversationId, PersonId),
}

struct TurnJob {
    desk: Desk,
    turn: Turn,
}

impl Job for TurnJob {
    type Out = (usize, Enqueued);

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let (desk, now) = (&self.desk, self.desk.clock.now());
        match &self.turn {
            Turn::Drain(line) => {
                let mut held_line = HeldLine::hold(desk, tx, *line, now).await?;
                let sent = queue::drain_held(desk, tx, &mut held_line, now).await?;
                Ok((held_line.given, sent))
            }
            Turn::Release(conversation_id) => {
                let Some(conversation) = routes::conversations(tx, &[*conversation_id]).await?.into_iter().next()
                else {
                    return Ok((0, Enqueued::default()));
                };
                let did = usize::from(conversation.waits_from.is_some());
                Ok((did, handover::release(desk, tx, &conversation, now).await?))
            }
            Turn::Replace(conversation_id, person) => {
                let Some(line) = table::line_of(tx, *conversation_id).await? else {
                    return Ok((0, Enqueued::default()));
                };
                let mut held_line = HeldLine::hold(desk, tx, line, now).await?;
                let conversation = routes::conversations(tx, &[*conversation_id]).await?.into_iter().next();
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
                        Ok((1, queue::replace(desk, tx, &mut held_line, &conversation, "rep_missing", now).await?))
                    }
                    _ => Ok((0, Enqueued::default())),
                }
            }
        }
    }
}

/// When anybody's hours begin or end next, after now.
pub async fn next_turn(desk: &Desk) -> Result<Option<At>> {
    let now = desk.clock.now();
    let all = table::schedules(&mut desk.store.read().await?).await?;
    Ok(all.iter().filter_map(|text| Hours::read(text).ok()?.next_change(now)).min())
}
