//! Joins people: masks are chosen for all of them before anything is written.

use serde_json::json;

use super::first_texts::FirstTexts;
use super::{Done, Refusal, abroad, exhausted, news, over, tell, wanted_by};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::outbox::Enqueued;
use crate::desk::programs::Program;
use crate::desk::programs::once::Made;
use crate::domain::ids::{AppId, ConversationId, LegId, NumberId};
use crate::domain::leg::Role;
use crate::domain::pairs::expiry::Term;
use crate::domain::pairs::pair::{Opening, Wrong, counterpart};
use crate::domain::routing::allocation::choose;
use crate::faults;
use crate::store::conversations::changes::{self, NewEvent};
use crate::store::pairs::{self, NewPair, partings};
use crate::store::pool::refusals;
use crate::store::routing::opening::{self, NewLeg};
use crate::store::routing::routes;
use crate::store::{Error, Job, Result, Tx, outbox};

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
        return Ok(Err(Refusal::Wrong(wrongs)));
    }
    let (opened, sent) = desk.store.write(Open { desk: desk.clone(), opening, by, body_hash }).await?;
    desk.send(sent);
    Ok(opened)
}

/// What stands in for one party on the phones of the others.
struct Chosen {
    mask: NumberId,
    why: &'static str,
    others: String,
}

struct Open {
    desk: Desk,
    opening: Opening,
    by: Option<Program>,
    body_hash: String,
}

impl Job for Open {
    type Out = (std::result::Result<Opened, Refusal>, Enqueued);
    const GROUPED: bool = true;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        let mut outs = Open::run_many(&[self], tx).await?;
        outs.pop().ok_or(Error::GivenUp("the group lost a pair"))
    }

    /// All are opened before anybody is welcomed: a welcome holds lanes, and opening what comes before them.
    async fn run_many<'a>(jobs: &'a [&'a Self], tx: &'a mut Tx) -> Result<Vec<Self::Out>> {
        let Some(first) = jobs.first() else { return Ok(Vec::new()) };
        let now = first.desk.clock.now();
        let mut opened = Vec::with_capacity(jobs.len());
        let mut first_texts = FirstTexts::default();
        for job in jobs {
            opened.push(job.open(tx, &mut first_texts, now).await?);
        }
        let new = |opened: &std::result::Result<Opened, Refusal>| {
            opened.as_ref().ok().filter(|opened| opened.fresh).map(|opened| opened.id)
        };
        let welcomed: Vec<ConversationId> = jobs
            .iter()
            .zip(&opened)
            .filter(|(job, _)| !job.opening.welcome.is_empty())
            .filter_map(|(_, opened)| new(opened))
            .collect();
        outbox::hold_lanes_of(tx, &welcomed).await?;
        let mut outs = Vec::with_capacity(jobs.len());
        for (job, opened) in jobs.iter().zip(opened) {
            let mut sent = Enqueued::default();
            if let Some(id) = new(&opened) {
                sent.add(job.welcome(tx, id, now).await?);
            }
            outs.push((opened, sent));
        }
        for (job, (opened, _)) in jobs.iter().zip(&outs) {
            let Ok(opened) = opened else { continue };
            if let Some(program) = &job.by {
                program.made(tx, Made { id: opened.id.0, new: opened.fresh }).await?;
            }
        }
        Ok(outs)
    }
}

impl Open {
    /// Whose pair it is to be.
    fn app(&self) -> Option<AppId> {
        self.by.as_ref().map(|program| program.app)
    }

    async fn open(&self, tx: &mut Tx, first_texts: &mut FirstTexts, now: At) -> Done<Opened> {
        let (desk, opening) = (&self.desk, &self.opening);
        let phones: Vec<&str> = opening.parties.iter().map(|party| party.phone.as_str()).collect();
        let ours = pairs::ours(tx, &phones).await?;
        let wrongs: Vec<Wrong> = (0..phones.len())
            .filter(|&i| ours.iter().any(|one| one == phones[i]))
            .map(|i| Wrong::at(format!("/parties/{i}/phone"), "this is one of our own numbers; write a person's phone"))
            .collect();
        if !wrongs.is_empty() {
            return Ok(Err(Refusal::Wrong(wrongs)));
        }
        // What is over by the clock alone gives its masks and its reference back before anybody asks for them.
        let mut stale = partings::over_with(tx, &phones, now).await?;
        let known = pairs::by_reference(tx, self.app(), &opening.reference).await?;
        stale.extend(known.iter().map(|(id, _)| *id));
        let ended = over::end_over(desk, tx, &stale, now).await?;
        let known = match known.filter(|(id, _)| !ended.contains(id)) {
            // Somebody else may have ended it while this waited for it: looked at again, now that it is held.
            Some(_) => pairs::by_reference(tx, self.app(), &opening.reference).await?,
            None => None,
        };
        if let Some((id, hash)) = known {
            return Ok(if hash == self.body_hash {
                Ok(Opened { id, fresh: false })
            } else {
                let why = format!(
                    "an open pair (id {id}) has the reference `{}` and was asked for in other words; use another reference, or end that one first",
                    opening.reference
                );
                Err(Refusal::conflict("reference_in_use", why))
            });
        }
        // Somebody else may end it while this waits for it: then there is another one, or none.
        let mut gone = None;
        while opening.merge
            && let Some(id) = pairs::of_same_people(tx, self.app(), &phones, now).await?
            && gone != Some(id)
        {
            if let Some(merged) = self.merge(tx, id, now).await? {
                return Ok(Ok(merged));
            }
            gone = Some(id);
        }
        if self.by.is_some() {
            let placed: Vec<(String, &str)> =
                phones.iter().enumerate().map(|(i, phone)| (format!("/parties/{i}/phone"), *phone)).collect();
            let wrongs = first_texts.abroad(desk, tx, &placed).await?;
            if !wrongs.is_empty() {
                return Ok(Err(Refusal::Wrong(wrongs)));
            }
        }
        let mut choices = Vec::with_capacity(phones.len());
        let mut without: Vec<&str> = Vec::new();
        for phone in &phones {
            let masks = opening::masks(tx, phone).await?;
            let others = counterpart(phone, &phones);
            let choice = choose(&masks, &others, now, desk.policies.pool.quarantine_floor, |n| desk.chance.below(n));
            match choice.mask() {
                Some(mask) => choices.push(Chosen { mask, why: choice.why(), others }),
                None => without.push(phone),
            }
        }
        if !without.is_empty() {
            return Ok(Err(exhausted(desk, tx, &without, &wanted_by(self.app(), &opening.reference), now).await?));
        }
        if let Some(app) = self.app()
            && let Err(refusal) = first_texts.take(desk, tx, (app, phones.len()), now).await?
        {
            return Ok(Err(refusal));
        }
        refusals::settle(tx, &phones, &wanted_by(self.app(), &opening.reference)).await?;
        let id = self.write(tx, &choices, now).await?;
        news::opened(desk, tx, id, &opening.reference, now).await?;
        Ok(Ok(Opened { id, fresh: true }))
    }

    async fn write(&self, tx: &mut Tx, choices: &[Chosen], now: At) -> Result<ConversationId> {
        let (desk, opening) = (&self.desk, &self.opening);
        let term = Term {
            extension: opening.extension,
            warn_before: opening.warn_before,
            ..Term::begin(opening.wish, opening.hard_cap, now)
        };
        let by = self.by.as_ref().map(|program| (program.app, program.token));
        let new = NewPair { term, warning: opening.warning.as_deref(), redact: opening.redact, by };
        let id = pairs::insert(tx, &new, now).await?;
        faults::point("after_pair");
        pairs::name(tx, desk.ids.next(now), (self.app(), id), &opening.reference, &self.body_hash).await?;
        let data = json!({ "reference": opening.reference, "ends_at": term.ends_at.0, "expiry": term.expiry.word() });
        let mut events =
            vec![NewEvent { id: desk.ids.next(now), conversation: id, kind: "pair_opened", actor: None, data }];
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
            let data = json!({
                "alias": party.alias, "leg": leg.0.to_string(), "mask": mask.0.to_string(), "why": why,
            });
            events.push(NewEvent { id: desk.ids.next(now), conversation: id, kind: "leg_opened", actor: None, data });
        }
        opening::legs(tx, &legs, now).await?;
        faults::point("after_pair_legs");
        changes::events(tx, &events, now).await?;
        changes::note(tx, &[(id, "conversation")], now).await?;
        Ok(id)
    }

    /// Tells each party what the integrator wants them to be told first.
    async fn welcome(&self, tx: &mut Tx, id: ConversationId, now: At) -> Result<Enqueued> {
        let mut sent = Enqueued::default();
        if self.opening.welcome.is_empty() {
            return Ok(sent);
        }
        let Some(talk) = routes::talks(tx, &[id]).await?.into_iter().next() else { return Ok(sent) };
        let legs = routes::live_legs(tx, &[id]).await?;
        for (alias, body) in &self.opening.welcome {
            let to: Vec<_> = legs.iter().filter(|leg| leg.alias.as_ref() == Some(alias)).cloned().collect();
            sent.add(tell(&self.desk, tx, &talk, &to, body, now).await?.1);
        }
        Ok(sent)
    }

    /// The same people have an open pair: it gets this name, too, and lives as long as the longer of the two. Nothing if it
    /// has ended meanwhile.
    async fn merge(&self, tx: &mut Tx, id: ConversationId, now: At) -> Result<Option<Opened>> {
        let (desk, opening) = (&self.desk, &self.opening);
        let Ok(held) = super::hold(desk, tx, id, now).await? else { return Ok(None) };
        let asked = Term::begin(opening.wish, opening.hard_cap, now);
        let term = Term {
            ends_at: held.term.ends_at.max(asked.ends_at),
            hard_end: held.term.hard_end.max(asked.hard_end),
            // A warning that was given for the earlier end is given again.
            warned_at: held.term.warned_at.filter(|_| held.term.ends_at >= asked.ends_at),
            ..held.term
        };
        pairs::keep_terms(tx, &[(id, term)]).await?;
        pairs::name(tx, desk.ids.next(now), (self.app(), id), &opening.reference, &self.body_hash).await?;
        let data = json!({ "reference": opening.reference, "ends_at": term.ends_at.0 });
        changes::event(tx, desk.ids.next(now), Some(id), now, "pair_merged", None, &data).await?;
        changes::note(tx, &[(id, "conversation")], now).await?;
        news::opened(desk, tx, id, &opening.reference, now).await?;
        Ok(Some(Opened { id, fresh: false }))
    }
}
