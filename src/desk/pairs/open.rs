//! Opens a pair: chooses masks for all parties before it writes anything.

use super::first_texts::FirstTexts;
use super::{Done, Refusal, abroad, exhausted, news, over, tell, wanted_by};
use crate::desk::Desk;
use crate::desk::failure::unless_store;
use crate::desk::programs::Program;
use crate::desk::programs::once::Made;
use crate::desk::work::{GroupedVerb, Outcome, UnitOfWork, Verb};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::Event;
use crate::domain::ids::{AppId, ConversationId, LegId, NumberId};
use crate::domain::leg::Role;
use crate::domain::pairs::expiry::Term;
use crate::domain::pairs::pair::{Opening, Wrong, counterpart};
use crate::domain::routing::allocation::choose;
use crate::faults;
use crate::store::pairs::{self, NewPair, endings};
use crate::store::pool::refusals;
use crate::store::routing::opening::{self, NewLeg};
use crate::store::routing::routes;
use crate::store::{Error, Result, outbox};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Which pair.
    pub id: ConversationId,
    /// It was not there before.
    pub fresh: bool,
}

/// Joins the people of `opening` in a pair of the app of `by`, or of none; `body_hash` tells the same request from another with the same
/// reference.
///
/// # Errors
/// What the database said. The inner error: [`Refusal::Wrong`] for what is wrong with the request,
/// [`Refusal::Conflict`] if an open pair has the reference, [`Refusal::TooMany`], [`Refusal::PoolExhausted`].
pub async fn open(desk: &Desk, opening: Opening, by: Option<Program>, body_hash: String) -> Done<Opened> {
    let opening = opening.kept();
    let mut wrongs = opening.wrongs(desk.clock.now());
    for (i, party) in opening.parties.iter().enumerate() {
        wrongs.extend(abroad(desk, &format!("/parties/{i}/phone"), &party.phone));
    }
    if !wrongs.is_empty() {
        return Err(Refusal::Wrong(wrongs));
    }
    desk.work_grouped(Open { opening, by, body_hash }, || ()).await
}

/// What stands in for one party on the phones of the others.
struct Chosen {
    mask: NumberId,
    why: &'static str,
    others: String,
}

struct Open {
    opening: Opening,
    by: Option<Program>,
    body_hash: String,
}

impl Verb for Open {
    type Out = Opened;
    type Stop = Refusal;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        Open::run_many(&[self], work).await?.pop().ok_or(Error::GivenUp("the group lost a pair"))?
    }
}

impl GroupedVerb for Open {
    /// All are opened before anybody is welcomed: a welcome holds lanes, and opening what comes before them.
    async fn run_many<'a>(verbs: &'a [&'a Self], work: &'a mut UnitOfWork<'_>) -> Result<Vec<Outcome<Self>>> {
        let mut opened = Vec::with_capacity(verbs.len());
        let mut first_texts = FirstTexts::default();
        for verb in verbs {
            opened.push(unless_store(verb.open(work, &mut first_texts).await)?);
        }
        let new = |opened: &std::result::Result<Opened, Refusal>| {
            opened.as_ref().ok().filter(|opened| opened.fresh).map(|opened| opened.id)
        };
        let welcomed: Vec<ConversationId> = verbs
            .iter()
            .zip(&opened)
            .filter(|(verb, _)| !verb.opening.welcome.is_empty())
            .filter_map(|(_, opened)| new(opened))
            .collect();
        outbox::hold_lanes_of(work.tx, &welcomed).await?;
        for (verb, opened) in verbs.iter().zip(&opened) {
            if let Some(id) = new(opened) {
                verb.welcome(work, id).await?;
            }
        }
        for (verb, opened) in verbs.iter().zip(&opened) {
            let Ok(opened) = opened else { continue };
            if let Some(program) = &verb.by {
                program.made(work, Made { id: opened.id.0, new: opened.fresh });
            }
        }
        Ok(opened)
    }
}

impl Open {
    /// Whose pair it is to be.
    fn app(&self) -> Option<AppId> {
        self.by.as_ref().map(|program| program.app)
    }

    async fn open(&self, work: &mut UnitOfWork<'_>, first_texts: &mut FirstTexts) -> Done<Opened> {
        let (desk, now, opening) = (work.desk, work.now, &self.opening);
        let phones: Vec<&str> = opening.parties.iter().map(|party| party.phone.as_str()).collect();
        let ours = pairs::ours(work.tx, &phones).await?;
        let wrongs: Vec<Wrong> = (0..phones.len())
            .filter(|&i| ours.iter().any(|one| one == phones[i]))
            .map(|i| Wrong::at(format!("/parties/{i}/phone"), "this is one of our own numbers; write a person's phone"))
            .collect();
        if !wrongs.is_empty() {
            return Err(Refusal::Wrong(wrongs));
        }
        // What is over by the clock alone gives its masks and its reference back before anybody asks for them.
        let mut stale = endings::over_with(work.tx, &phones, now).await?;
        let known = pairs::by_reference(work.tx, self.app(), &opening.reference).await?;
        stale.extend(known.iter().map(|(id, _)| *id));
        let ended = over::end_over(work, &stale).await?;
        let known = match known.filter(|(id, _)| !ended.contains(id)) {
            // Somebody else may have ended it while this waited for it: looked at again, now that it is held.
            Some(_) => pairs::by_reference(work.tx, self.app(), &opening.reference).await?,
            None => None,
        };
        if let Some((id, hash)) = known {
            return if hash == self.body_hash {
                Ok(Opened { id, fresh: false })
            } else {
                let why = format!(
                    "an open pair (id {id}) has the reference `{}` and was asked for in other words; use another reference, or end that one first",
                    opening.reference
                );
                Err(Refusal::conflict("reference_in_use", why))
            };
        }
        // Somebody else may end it while this waits for it: then there is another one, or none.
        let mut gone = None;
        while opening.merge
            && let Some(id) = pairs::of_same_people(work.tx, self.app(), &phones, now).await?
            && gone != Some(id)
        {
            if let Some(merged) = self.merge(work, id).await? {
                return Ok(merged);
            }
            gone = Some(id);
        }
        if self.by.is_some() {
            let placed: Vec<(String, &str)> =
                phones.iter().enumerate().map(|(i, phone)| (format!("/parties/{i}/phone"), *phone)).collect();
            let wrongs = first_texts.abroad(work, &placed).await?;
            if !wrongs.is_empty() {
                return Err(Refusal::Wrong(wrongs));
            }
        }
        let mut choices = Vec::with_capacity(phones.len());
        let mut without: Vec<&str> = Vec::new();
        for phone in &phones {
            let masks = opening::masks(work.tx, phone).await?;
            let others = counterpart(phone, &phones);
            let choice = choose(&masks, &others, now, desk.policies.pool.quarantine_floor, |n| desk.chance.below(n));
            match choice.mask() {
                Some(mask) => choices.push(Chosen { mask, why: choice.why(), others }),
                None => without.push(phone),
            }
        }
        if !without.is_empty() {
            return Err(exhausted(work, &without, &wanted_by(self.app(), &opening.reference)).await?);
        }
        if let Some(app) = self.app() {
            first_texts.take(work, (app, phones.len())).await?;
        }
        refusals::settle(work.tx, &phones, &wanted_by(self.app(), &opening.reference)).await?;
        let id = self.write(work, &choices).await?;
        news::opened(work, id, &opening.reference).await?;
        Ok(Opened { id, fresh: true })
    }

    async fn write(&self, work: &mut UnitOfWork<'_>, choices: &[Chosen]) -> Result<ConversationId> {
        let (desk, now, opening) = (work.desk, work.now, &self.opening);
        let term = Term {
            extension: opening.extension,
            warn_before: opening.warn_before,
            ..Term::begin(opening.wish, opening.hard_cap, now)
        };
        let by = self.by.as_ref().map(|program| (program.app, program.token));
        let new = NewPair { term, warning: opening.warning.as_deref(), redact: opening.redact, by };
        let id = pairs::insert(work.tx, &new, now).await?;
        faults::point("after_pair");
        pairs::name(work.tx, desk.ids.next(now), (self.app(), id), &opening.reference, &self.body_hash).await?;
        let expiry = term.expiry.kind().word().to_owned();
        let opened = Event::PairOpened { reference: opening.reference.clone(), ends_at: term.ends_at, expiry };
        work.event(Some(id), None, &opened);
        let mut legs = Vec::with_capacity(choices.len());
        for (party, Chosen { mask, why, others }) in opening.parties.iter().zip(choices) {
            let leg = LegId(desk.ids.next(now));
            legs.push(NewLeg {
                id: leg,
                conversation: id,
                role: Role::Party,
                person: None,
                phone: party.phone.as_str(),
                number: *mask,
                counterpart: Some(others),
                alias: Some(&party.alias),
            });
            let alias = Some(party.alias.clone());
            let opened = Event::LegOpened { person: None, alias, leg, mask: *mask, why: (*why).to_owned() };
            work.event(Some(id), None, &opened);
        }
        opening::legs(work.tx, &legs, now).await?;
        faults::point("after_pair_legs");
        work.note(&[(id, Changed::Conversation)]);
        Ok(id)
    }

    /// Tells each party what the integrator wants them to be told first.
    async fn welcome(&self, work: &mut UnitOfWork<'_>, id: ConversationId) -> Result<()> {
        if self.opening.welcome.is_empty() {
            return Ok(());
        }
        let Some(conversation) = routes::conversations(work.tx, &[id]).await?.into_iter().next() else {
            return Ok(());
        };
        let legs = routes::live_legs(work.tx, &[id]).await?;
        for (alias, body) in &self.opening.welcome {
            let to: Vec<_> = legs.iter().filter(|leg| leg.alias.as_ref() == Some(alias)).cloned().collect();
            tell(work, &conversation, &to, body).await?;
        }
        Ok(())
    }

    /// The same people have an open pair: it gets this name, too, and lives as long as the longer of the two. Nothing if it
    /// has ended meanwhile.
    async fn merge(&self, work: &mut UnitOfWork<'_>, id: ConversationId) -> Result<Option<Opened>> {
        let (desk, now, opening) = (work.desk, work.now, &self.opening);
        let Some(held) = super::open_still(super::hold(work, id).await)? else { return Ok(None) };
        let asked = Term::begin(opening.wish, opening.hard_cap, now);
        let term = Term {
            ends_at: held.term.ends_at.max(asked.ends_at),
            hard_end: held.term.hard_end.max(asked.hard_end),
            // A warning that was given for the earlier end is given again.
            warned_at: held.term.warned_at.filter(|_| held.term.ends_at >= asked.ends_at),
            ..held.term
        };
        pairs::keep_terms(work.batch(), &[(id, term)]);
        work.flush().await?;
        pairs::name(work.tx, desk.ids.next(now), (self.app(), id), &opening.reference, &self.body_hash).await?;
        let merged = Event::PairMerged { reference: opening.reference.clone(), ends_at: term.ends_at };
        work.event(Some(id), None, &merged);
        work.note(&[(id, Changed::Conversation)]);
        news::opened(work, id, &opening.reference).await?;
        Ok(Some(Opened { id, fresh: false }))
    }
}
