//! Customers without a rep, and reps who lose their customers: decides who gets whom while the line is locked, so that
//! nobody is missed and nobody counted twice.

use super::pin;
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::claim;
use crate::desk::work::UnitOfWork;
use crate::domain::conversations::timeline::{Event, Loss};
use crate::domain::ids::{ConversationId, CustomerId, NumberId, PersonId};
use crate::domain::policy::{PickPolicy, SupportPolicy};
use crate::domain::routing::pick::{self, Member, Pick};
use crate::faults;
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
    /// Who had the next customer before the database went back.
    pub(in crate::desk) had: Option<PersonId>,
}

impl HeldLine {
    /// Holds `line`; before any of its conversations.
    pub(in crate::desk) async fn hold(work: &mut UnitOfWork<'_>, line: NumberId) -> Result<HeldLine> {
        let (desk, now) = (work.desk, work.now);
        let rules = opening::hold_line(work.tx, line).await?.unwrap_or_default();
        let policy = desk.policies.support_of(rules.policies.as_deref());
        let counted = if policy.pick == PickPolicy::LeastBusy { Counted::All } else { Counted::Limited };
        let members = opening::members(work.tx, line, rules.hours.as_deref(), counted, now).await?;
        Ok(HeldLine { line, policy, members, greeting: rules.greeting, given: 0, had: None })
    }

    /// Somebody could take a customer now.
    pub(in crate::desk) fn has_candidate(&self) -> bool {
        self.members.iter().any(|one| one.member.obstacle().is_none())
    }

    /// Chooses somebody, who counts one conversation more from here on.
    pub(in crate::desk) async fn pick(&mut self, work: &mut UnitOfWork<'_>, last: Option<PersonId>) -> Result<Pick> {
        let (desk, now) = (work.desk, work.now);
        let pick = self.choose(desk, last, now);
        self.keep_turns(work.tx, pick.chosen.as_slice(), now).await?;
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

    /// Picks for a conversation that nobody has, `last` first, and gives it to the rep who was chosen. Without a candidate it
    /// goes on waiting, and the timeline says so.
    pub(in crate::desk) async fn assign(
        &mut self,
        work: &mut UnitOfWork<'_>,
        conversation: &Conversation,
        last: Option<PersonId>,
    ) -> Result<()> {
        let pick = self.pick(work, last).await?;
        let chosen = pick.chosen;
        work.event(Some(conversation.id), None, &Event::of_pick(pick));
        if let Some(chosen) = chosen {
            self.given += 1;
            pin::give(work, conversation, chosen, Loss::Picked).await?;
        }
        Ok(())
    }
}

/// Gives the conversations of `line` that nobody has to candidates, the longest waiting first.
pub async fn drain(work: &mut UnitOfWork<'_>, line: NumberId) -> Result<()> {
    let mut held_line = HeldLine::hold(work, line).await?;
    drain_held(work, &mut held_line).await
}

/// As [`drain`], of a line that is held already.
pub(in crate::desk) async fn drain_held(work: &mut UnitOfWork<'_>, held_line: &mut HeldLine) -> Result<()> {
    let now = work.now;
    if !held_line.has_candidate() {
        return Ok(());
    }
    let waiting = queue::unassigned(work.tx, held_line.line, MOST).await?;
    let conversations = routes::conversations(work.tx, &waiting).await?;
    for id in waiting {
        // Somebody may have taken or closed it before it was locked.
        let conversation = conversations
            .iter()
            .find(|conversation| conversation.id == id && conversation.pinned_to.is_none() && !conversation.closed);
        let Some(conversation) = conversation else { continue };
        if !held_line.has_candidate() {
            break;
        }
        let last = held_line.last_rep(work.tx, conversation.customer, now).await?;
        held_line.assign(work, conversation, last).await?;
        faults::point("during_drain");
    }
    Ok(())
}

/// Holds the line of `conversation`, if it has one, and returns it; before the conversation itself is held.
pub(in crate::desk) async fn hold_line_of(tx: &mut Tx, conversation: ConversationId) -> Result<Option<NumberId>> {
    let line = queue::line_of(tx, conversation).await?;
    if let Some(line) = line {
        opening::hold_line(tx, line).await?;
    }
    Ok(line)
}

/// Assigns customers who wait on the locked line of a conversation that just ended or went to somebody else: its rep may
/// take another.
pub(in crate::desk) async fn drain_after(work: &mut UnitOfWork<'_>, line: Option<NumberId>) -> Result<()> {
    match line {
        Some(line) => drain(work, line).await,
        None => Ok(()),
    }
}

/// Takes all open conversations on the lines from `person` and has others picked for them; what nobody can take waits
/// unassigned. Hold nothing before.
pub(in crate::desk) async fn repick_all(
    work: &mut UnitOfWork<'_>,
    person: PersonId,
    lines: &[NumberId],
    why: Loss,
) -> Result<()> {
    let mut freed = Freed::default();
    for line in lines {
        opening::hold_line(work.tx, *line).await?;
        let ids = queue::open_of(work.tx, person, *line).await?;
        let mut conversations = routes::conversations(work.tx, &ids).await?;
        conversations.retain(|conversation| conversation.pinned_to == Some(person) && !conversation.closed);
        for conversation in &conversations {
            work.event(Some(conversation.id), None, &Event::TakenAway { from: person, why });
            freed.add(pin::detach(work, conversation, why).await?);
            faults::point("during_repick");
        }
    }
    // Only now: what stood in the same lane for another of their conversations must not leave for their phone.
    claim::free(work, freed).await?;
    for line in lines {
        drain(work, *line).await?;
    }
    Ok(())
}

/// Picks anew for a conversation whose rep is missing, if there is anybody else; the line is held.
pub(in crate::desk) async fn replace(
    work: &mut UnitOfWork<'_>,
    held_line: &mut HeldLine,
    conversation: &Conversation,
    why: Loss,
) -> Result<()> {
    let Some(before) = conversation.pinned_to.filter(|_| held_line.has_candidate()) else { return Ok(()) };
    work.event(Some(conversation.id), None, &Event::TakenAway { from: before, why });
    let pick = held_line.pick(work, None).await?;
    let chosen = pick.chosen;
    work.event(Some(conversation.id), None, &Event::of_pick(pick));
    if let Some(chosen) = chosen {
        pin::give(work, conversation, chosen, why).await?;
    }
    Ok(())
}
