//! Gives a party another phone: the old leg ends and its mask rests; a new leg opens on the same mask, if that mask is
//! free for the new phone.

use serde_json::json;

use super::first_texts::FirstTexts;
use super::{Done, Held, Refusal, abroad, exhausted, hold_for, news, over};
use crate::desk::Desk;
use crate::desk::programs::Program;
use crate::desk::routing::legs::wanted_by;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{ConversationId, LegId};
use crate::domain::leg::{Ended, Role};
use crate::domain::numbers::phone::Phone;
use crate::domain::pairs::pair::{Wrong, counterpart};
use crate::domain::people::audit::Action;
use crate::domain::routing::allocation::{Choice, choose};
use crate::domain::words::name;
use crate::faults;
use crate::store::Result;
use crate::store::pairs::{self, endings};
use crate::store::pool::refusals;
use crate::store::routing::opening::{self, NewLeg};

/// Gives the party called `alias` the phone `phone`. The one that they have changes nothing. `by` a program, whose pairs
/// are those of its app, or nobody but the program itself.
///
/// # Errors
/// What the database said; the inner error [`Refusal::NotFound`], [`Refusal::Wrong`] for `/phone`,
/// [`Refusal::Conflict`] if the pair has ended, [`Refusal::TooMany`], or [`Refusal::PoolExhausted`].
pub async fn change(desk: &Desk, by: Option<Program>, pair: ConversationId, alias: String, phone: Phone) -> Done<()> {
    if let Some(wrong) = abroad(desk, "/phone", &phone) {
        return Err(Refusal::Wrong(vec![wrong]));
    }
    let alias = name::kept(&alias);
    desk.work(Change { by, pair, alias, phone }).await
}

struct Change {
    by: Option<Program>,
    pair: ConversationId,
    alias: String,
    phone: Phone,
}

impl Verb for Change {
    type Out = ();
    type Stop = Refusal;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, now, phone) = (work.desk, work.now, self.phone.as_str());
        // A pair of the new phone that is over by the clock alone is no obstacle.
        let stale = endings::over_with(work.tx, &[phone], now).await?;
        let stale: Vec<ConversationId> = stale.into_iter().filter(|id| *id != self.pair).collect();
        over::end_over(work, &stale).await?;
        let Held { legs, .. } = hold_for(work, self.by.as_ref(), self.pair).await?;
        let Some(old) = legs.iter().find(|leg| leg.alias.as_deref().map(name::kept).as_ref() == Some(&self.alias))
        else {
            return Err(Refusal::NotFound);
        };
        // As it was kept, which before was as it was typed.
        let alias = old.alias.as_deref().unwrap_or_default();
        if old.phone == phone {
            return Ok(());
        }
        let wrong = |why: &str| Err(Refusal::Wrong(vec![Wrong::at("/phone", why)]));
        if legs.iter().any(|leg| leg.phone == phone) {
            return wrong("another party of this pair has this phone; each needs their own");
        }
        if !pairs::ours(work.tx, &[phone]).await?.is_empty() {
            return wrong("this is one of our own numbers; write a person's phone");
        }
        let mut first_texts = FirstTexts::default();
        if self.by.is_some() {
            let wrongs = first_texts.abroad(work, &[("/phone".to_owned(), phone)]).await?;
            if !wrongs.is_empty() {
                return Err(Refusal::Wrong(wrongs));
            }
        }
        let everybody: Vec<&str> =
            legs.iter().map(|leg| if leg.id == old.id { phone } else { leg.phone.as_str() }).collect();
        let others = counterpart(phone, &everybody);
        let masks = opening::masks(work.tx, phone).await?;
        // The same mask, so that the others' threads and theirs stay as they are, unless it rests for somebody else.
        let same = masks.iter().find(|mask| mask.id == old.number && mask.active && !mask.live).filter(|mask| {
            let rests = |until| until > now;
            mask.last.as_ref().is_none_or(|last| last.counterpart == others || !last.rests_until.is_some_and(rests))
        });
        let floor = desk.policies.pool.quarantine_floor;
        let choice = match same {
            Some(mask) => Choice::Same(mask.id),
            None => choose(&masks, &others, now, floor, |n| desk.chance.below(n)),
        };
        let Some(number) = choice.mask() else {
            return Err(exhausted(work, &[phone], &wanted_by(self.pair)).await?);
        };
        if let Some(program) = &self.by {
            first_texts.take(work, (program.app, 1)).await?;
        }
        refusals::settle(work.tx, &[phone], &wanted_by(self.pair)).await?;
        endings::end_leg(work.tx, old.id, Ended::PartyMoved, now, now + desk.policies.pool.quarantine).await?;
        faults::point("after_party_leg");
        let leg = LegId(desk.ids.next(now));
        let new = NewLeg {
            id: leg,
            conversation: self.pair,
            role: Role::Party,
            person: None,
            phone,
            number,
            counterpart: Some(&others),
            alias: Some(alias),
        };
        opening::legs(work.tx, &[new], now).await?;
        for leg in legs.iter().filter(|leg| leg.id != old.id) {
            pairs::set_counterpart(work.tx, leg.id, &counterpart(&leg.phone, &everybody)).await?;
        }
        let why = choice.why().to_owned();
        let changed = Event::PartyChanged { alias: alias.to_owned(), leg, mask: number, why };
        work.event(Some(self.pair), None, &changed);
        work.note(&[(self.pair, Changed::Conversation)]);
        news::changed(work, self.pair, alias).await?;
        if let Some(program) = &self.by {
            let data = json!({ "leg": leg.0.to_string() });
            program.record(work, (Action::PartyChanged, Some(self.pair)), &data).await?;
        }
        Ok(())
    }
}
