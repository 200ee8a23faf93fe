//! Customers without a rep, and reps without their customers: who gets whom, decided while the line is held, so that
//! nobody is missed and nobody counted twice.

use serde_json::json;

use super::pin;
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::{Enqueued, claim};
use crate::domain::ids::{ConversationId, CustomerId, NumberId, PersonId};
use crate::domain::policy::{PickPolicy, SupportPolicy};
use crate::domain::routing::pick::{self, Member, Pick};
use crate::faults;
use crate::store::conversations::changes;
use crate::store::conversations::pins::Freed;
use crate::store::routing::opening::{self, Counted, LineMember};
use crate::store::routing::queue;
use crate::store::routing::routes::{self, Conversation};
use crate::store::{Result, Tx};

/// Most conversations that one transaction gives away; the clockwork goes on with the rest.
const MOST: i64 = 50;

/// A line held until the commit, with its members as they stand.
pub(in crate::desk) struct HeldLine {
    /// Which.
    pub(in crate::desk) line: NumberId,
    /// The line's policy.
    pub(in crate::desk) policy: SupportPolicy,
    /// Its members, oldest first.
    pub(in crate::desk) members: Vec<LineMember>,
    /// What it says to somebody who opens a conversation, if it says anything.
    pub(in crate::desk) greeting: Option<String>,
    /// How many conversations have been given away meanwhile.
    pub(in crate::desk) given: usize,
    /// Who had the next customer in an earlier life of this database.
    pub(in crate::desk) had: Option<PersonId>,
}

impl HeldLine {
    /// Holds `line`; before any of its conversations.
    pub(in crate::desk) async fn hold(desk: &Desk, tx: &mut Tx, line: NumberId, now: At) -> Result<HeldLine> {
        let rules = opening::hold_line(tx, line).await?.unwrap_or_default();
        let policy = desk.policies.support_of(rules.policies.as_deref());
        let counted = if policy.pick == PickPolicy::LeastBusy { Counted::All } else { Counted::Limited };
        let members = opening::members(tx, line, rules.hours.as_deref(), counted, now).await?;
        Ok(HeldLine { line, policy, members, greeting: rules.greeting, given: 0, had: None })
    }

    /// Somebody could take a customer now.
    pub(in crate::desk) fn has_candidate(&self) -> bool {
        self.members.iter().any(|one| one.member.obstacle().is_none())
    }

    /// Chooses somebody, who counts one conversation more from here on.
    pub(in crate::desk) async fn pick(
        &mut self,
        desk: &Desk,
        tx: &mut Tx,
        last: Option<PersonId>,
        now: At,
    ) -> Result<Pick> {
        let pick = self.choose(desk, last, now);
        self.keep_turns(tx, pick.chosen.as_slice(), now).await?;
        Ok(pick)
    }

    /// As [`HeldLine::pick`], but whose turn it was is not written yet ([`HeldLine::keep_turns`]).
    pub(in crate::desk) fn choose(&mut self, desk: &Desk, last: Option<PersonId>, now: At) -> Pick {
        let facts: Vec<Member> = self.members.iter().map(|one| one.member.clone()).collect();
        let stays = self.had.take().and_then(|rep| pick::stay(&facts, rep));
        let picked = || pick::pick(self.policy.pick, &facts, last, |n| desk.chance.below(n));
        let pick = stays.unwrap_or_else(picked);
        if let Some(one) = self.members.iter_mut().find(|one| Some(one.member.id) == pick.chosen) {
            one.member.open += 1;
            one.member.picked_at = Some(now);
        }
        pick
    }

    /// Writes whose turn it was, where people take turns.
    pub(in crate::desk) async fn keep_turns(&self, tx: &mut Tx, chosen: &[PersonId], now: At) -> Result<()> {
        match self.policy.pick {
            PickPolicy::RoundRobin => queue::picked(tx, self.line, chosen, now).await,
            PickPolicy::Random | PickPolicy::LeastBusy => Ok(()),
        }
    }

    /// Whom a pick fell on, with the phone that takes their texts if they have one.
    pub(in crate::desk) fn chosen(&self, pick: &Pick) -> Option<&LineMember> {
        self.members.iter().find(|one| Some(one.member.id) == pick.chosen)
    }

    /// Whose customer it was, if the line still remembers.
    pub(in crate::desk) async fn last_rep(
        &self,
        tx: &mut Tx,
        customer: Option<CustomerId>,
        now: At,
    ) -> Result<Option<PersonId>> {
        match customer {
            Some(customer) => queue::last_rep(tx, customer, now - self.policy.sticky_for).await,
            None => Ok(None),
        }
    }

    /// Picks for a conversation that nobody has, `last` first, and gives it to whoever was chosen. Without a candidate it
    /// goes on waiting, and the timeline says so.
    pub(in crate::desk) async fn assign(
        &mut self,
        desk: &Desk,
        tx: &mut Tx,
        conversation: &Conversation,
        last: Option<PersonId>,
        now: At,
        done: &mut Enqueued,
    ) -> Result<()> {
        let pick = self.pick(desk, tx, last, now).await?;
        let event = if pick.chosen.is_some() { "picked" } else { "unassigned" };
        changes::event(tx, desk.ids.next(now), Some(conversation.id), now, event, None, &json!(pick)).await?;
        if let Some(chosen) = pick.chosen {
            self.given += 1;
            done.add(pin::give(desk, tx, conversation, chosen, event, now).await?);
        }
        Ok(())
    }
}

/// Gives the conversations of `line` that nobody has to candidates, the longest waiting first.
pub async fn drain(desk: &Desk, tx: &mut Tx, line: NumberId, now: At) -> Result<Enqueued> {
    let mut held_line = HeldLine::hold(desk, tx, line, now).await?;
    drain_held(desk, tx, &mut held_line, now).await
}

/// As [`drain`], of a line that is held already.
pub(in crate::desk) async fn drain_held(
    desk: &Desk,
    tx: &mut Tx,
    held_line: &mut HeldLine,
    now: At,
) -> Result<Enqueued> {
    let mut done = Enqueued::default();
    if !held_line.has_candidate() {
        return Ok(done);
    }
    let waiting = queue::unassigned(tx, held_line.line, MOST).await?;
    let conversations = routes::conversations(tx, &waiting).await?;
    for id in waiting {
        // Somebody may have taken or closed it before it was locked.
        let conversation = conversations
            .iter()
            .find(|conversation| conversation.id == id && conversation.pinned_to.is_none() && !conversation.closed);
        let Some(conversation) = conversation else { continue };
        if !held_line.has_candidate() {
            break;
        }
        let last = held_line.last_rep(tx, conversation.customer, now).await?;
        held_line.assign(desk, tx, conversation, last, now, &mut done).await?;
        faults::point("during_drain");
    }
    Ok(done)
}

/// Holds the line of `conversation`, if it has one, and returns it; before the conversation itself is held.
pub(in crate::desk) async fn hold_line_of(tx: &mut Tx, conversation: ConversationId) -> Result<Option<NumberId>> {
    let line = queue::line_of(tx, conversation).await?;
    if let Some(line) = line {
        opening::hold_line(tx, line).await?;
    }
    Ok(line)
}

/// Drains the line, which is held, of something that just ended or went to somebody else: whoever had it may take
/// another.
pub(in crate::desk) async fn drain_after(
    desk: &Desk,
    tx: &mut Tx,
    line: Option<NumberId>,
    now: At,
) -> Result<Enqueued> {
    match line {
        Some(line) => drain(desk, tx, line, now).await,
        None => Ok(Enqueued::default()),
    }
}

/// Takes all open conversations on the lines from `person` and has others picked for them; what nobody can take waits
/// unassigned. Hold nothing before.
pub(in crate::desk) async fn repick_all(
    desk: &Desk,
    tx: &mut Tx,
    person: PersonId,
    lines: &[NumberId],
    why: &'static str,
    now: At,
) -> Result<Enqueued> {
    let mut freed = Freed::default();
    for line in lines {
        opening::hold_line(tx, *line).await?;
        let ids = queue::open_of(tx, person, *line).await?;
        let mut conversations = routes::conversations(tx, &ids).await?;
        conversations.retain(|conversation| conversation.pinned_to == Some(person) && !conversation.closed);
        for conversation in &conversations {
            let data = json!({ "from": person.0.to_string(), "why": why });
            changes::event(tx, desk.ids.next(now), Some(conversation.id), now, "taken_away", None, &data).await?;
            freed.add(pin::detach(desk, tx, conversation, why, now).await?);
            faults::point("during_repick");
        }
    }
    // Only now: what stood in the same lane for another of their conversations must not leave for their phone.
    let mut done = claim::free(desk, tx, freed, now).await?;
    for line in lines {
        done.add(drain(desk, tx, *line, now).await?);
    }
    Ok(done)
}

/// Picks anew for a conversation whose rep is missing, if there is anybody else; the line is held.
pub(in crate::desk) async fn replace(
    desk: &Desk,
    tx: &mut Tx,
    held_line: &mut HeldLine,
    conversation: &Conversation,
    why: &'static str,
    now: At,
) -> Result<Enqueued> {
    let mut done = Enqueued::default();
    let Some(before) = conversation.pinned_to.filter(|_| held_line.has_candidate()) else { return Ok(done) };
    let data = json!({ "from": before.0.to_string(), "why": why });
    changes::event(tx, desk.ids.next(now), Some(conversation.id), now, "taken_away", None, &data).await?;
    let pick = held_line.pick(desk, tx, None, now).await?;
    changes::event(tx, desk.ids.next(now), Some(conversation.id), now, "picked", None, &json!(pick)).await?;
    if let Some(chosen) = pick.chosen {
        done.add(pin::give(desk, tx, conversation, chosen, why, now).await?);
    }
    Ok(done)
}
