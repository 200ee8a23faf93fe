//! First texts of new customers, all of a group together: facts of all, a pick for each, rows of all.
//!
//! A customer who has been here before takes the slow path (`open.rs`). So does everybody from the first customer on
//! for whose rep no mask is free: then other threads give up their masks, one after the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Item;
use super::open::opened;
use crate::desk::outbox::notice;
use crate::desk::routing::legs;
use crate::desk::routing::queue::{HeldLine, drain_held};
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{ConversationId, CustomerId, NumberId, PersonId};
use crate::domain::routing::allocation::{Choice, Mask, choose};
use crate::domain::routing::pick::Pick;
use crate::faults;
use crate::store::routing::opening;
use crate::store::{Error, Result};

/// Conversations by the index of the text that has opened them.
pub(super) type Opened = HashMap<usize, ConversationId>;

/// Opens a conversation for each of these texts whose sender nobody knows. The texts go on as plain ones.
///
/// # Errors
/// What the database said; a newcomer who is known meanwhile makes the group begin anew.
pub(super) async fn open(work: &mut UnitOfWork<'_>, first: &[Item<'_>]) -> Result<Opened> {
    let phones: Vec<&str> = first.iter().map(|item| item.text.from.as_str()).collect();
    let known = opening::known(work.tx, &phones).await?;
    let mut seen: HashSet<&str> = known.iter().map(String::as_str).collect();
    // Lines are held in the order of their ids.
    let mut lines: BTreeMap<NumberId, Vec<&Item<'_>>> = BTreeMap::new();
    for item in first {
        if let (true, Some((line, _))) = (seen.insert(&item.text.from), item.selected.number) {
            lines.entry(line).or_default().push(item);
        }
    }
    let mut opened = Opened::new();
    for (line, items) in lines {
        open_on(work, line, &items, &mut opened).await?;
    }
    Ok(opened)
}

/// A newcomer who gets a conversation, and who looks after it.
struct Plan<'a> {
    item: &'a Item<'a>,
    customer: CustomerId,
    pick: Pick,
    /// The rep who was picked, if that rep gets texts: who, by which phone, and the mask.
    rep: Option<(PersonId, String, Choice)>,
}

async fn open_on(
    work: &mut UnitOfWork<'_>,
    line: NumberId,
    items: &[&Item<'_>],
    opened_now: &mut Opened,
) -> Result<()> {
    let (desk, now) = (work.desk, work.now);
    let mut held_line = HeldLine::hold(work, line).await?;
    // Customers who wait already go first. Another node may have let somebody wait since the look-up.
    if desk.store.is_shared() || items.iter().any(|item| item.selected.waiting) {
        drain_held(work, &mut held_line).await?;
    }
    let plans = plan(work, &mut held_line, items).await?;
    let customers: Vec<(CustomerId, &str)> =
        plans.iter().map(|plan| (plan.customer, plan.item.text.from.as_str())).collect();
    opening::customers(work.tx, &customers, now).await?;
    let rows: Vec<(CustomerId, Option<PersonId>)> =
        plans.iter().map(|plan| (plan.customer, plan.pick.chosen)).collect();
    let made: HashMap<CustomerId, ConversationId> =
        opening::conversations(work.tx, line, &rows, now).await?.into_iter().collect();
    let mut new_legs = Vec::new();
    for plan in &plans {
        let conversation = *made.get(&plan.customer).ok_or(Error::GivenUp("the conversation just opened has no id"))?;
        let from = plan.item.text.from.as_str();
        opened(work, conversation, &plan.pick);
        new_legs.push(legs::customer_leg(desk, conversation, line, from, now));
        let rep = plan.rep.as_ref();
        new_legs.extend(rep.and_then(|(id, phone, mask)| legs::rep_leg(work, conversation, (*id, phone), from, *mask)));
        opened_now.insert(plan.item.index, conversation);
    }
    opening::legs(work.tx, &new_legs, now).await?;
    let chosen: Vec<PersonId> = plans.iter().filter_map(|plan| plan.pick.chosen).collect();
    held_line.keep_turns(work.tx, &chosen, now).await?;
    for (text, conversation) in plans.iter().filter_map(|plan| Some((plan.item.text, *made.get(&plan.customer)?))) {
        let words = (line, held_line.greeting.as_deref());
        notice::greet(work, conversation, words, &text.from).await?;
    }
    faults::point("after_open");
    Ok(())
}

/// Picks for each of these, up to the first one for whose rep no mask is free.
async fn plan<'a>(
    work: &mut UnitOfWork<'_>,
    held_line: &mut HeldLine,
    items: &[&'a Item<'a>],
) -> Result<Vec<Plan<'a>>> {
    let (desk, now) = (work.desk, work.now);
    let mut plans = Vec::with_capacity(items.len());
    let mut masks: HashMap<String, Vec<Mask>> = HashMap::new();
    for &item in items {
        let pick = held_line.choose(desk, None, now);
        let rep = match held_line.chosen(&pick).and_then(|one| Some((one.member.id, one.phone.clone()?))) {
            Some((id, phone)) => {
                let known = match masks.remove(&phone) {
                    Some(known) => known,
                    None => opening::masks(work.tx, &phone).await?,
                };
                let floor = desk.policies.pool.quarantine_floor;
                let choice = choose(&known, &item.text.from, now, floor, |n| desk.chance.below(n));
                let Some(taken) = choice.mask() else { break };
                masks.insert(phone.clone(), known.into_iter().filter(|mask| mask.id != taken).collect());
                Some((id, phone, choice))
            }
            None => None,
        };
        plans.push(Plan { item, customer: CustomerId(desk.ids.next(now)), pick, rep });
    }
    Ok(plans)
}
