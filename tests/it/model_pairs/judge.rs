//! Judges what the program answered and wrote, one deed after the other.

use switchboard::clock::{At, minutes};
use switchboard::desk::receiving::Outcome;
use switchboard::domain::pairs::expiry::{Expiry, MOST_EXTENSIONS, Term, Wish};
use switchboard::domain::pairs::pair::{Opening, counterpart};

use super::deeds::{Answer, Deed};
use super::oracle::{Leg, Oracle, Pair};
use crate::model::oracle::{Event, hold};
use crate::model::seen::Seen;

/// What somebody writes whose pair takes addresses out, and what the others hear.
pub const ADDRESS: (&str, &str) = ("sam@example.com", "[removed]");

impl Oracle {
    /// A deed was done and answered so.
    pub fn takes_in(&mut self, deed: &Deed, answer: &Answer, seen: &mut Seen) -> Event {
        if let Answer::Broken(why) = answer {
            return Err(why.clone());
        }
        match deed {
            Deed::Text { key, from, to, body } => self.text(key, (from, to), body, answer, seen),
            Deed::Open { opening, hash } => self.open(opening, hash, answer, seen),
            Deed::Complete { pair } => self.moved(*pair, answer, |pair, now| match pair.wish {
                Wish::AfterCompletion(grace) if !pair.completed => {
                    pair.completed = true;
                    pair.moves(now + grace);
                    Ok(())
                }
                Wish::AfterCompletion(_) => Ok(()),
                _ => Err("not_completable"),
            }),
            Deed::Extend { pair, by } => self.moved(*pair, answer, |pair, _| {
                let span = match pair.wish {
                    Wish::Sliding(span) | Wish::AfterCompletion(span) => Some(span),
                    Wish::At(_) | Wish::After(_) => None,
                };
                let by = by.or(pair.extension).or(span).filter(|by| !by.is_zero()).ok_or("/by")?;
                let before = pair.ends_at;
                pair.moves(before + by);
                if pair.ends_at > before { Ok(()) } else { Err("at_hard_cap") }
            }),
            Deed::Close { pair, .. } => {
                let known = self.pairs.contains_key(pair);
                hold!((*answer == Answer::Done) == known, "closing {pair} was answered {answer:?}");
                self.ends(*pair);
                self.count("closed");
                Ok(())
            }
            Deed::Change { pair, alias, phone } => self.change(*pair, alias, phone, answer, seen),
            Deed::Say { pair, body, to } => self.say(*pair, body, to.as_deref(), answer, seen),
            Deed::Drain { mask } => {
                self.turns(*mask, ("active", "draining"), "a mask drains");
                Ok(())
            }
            Deed::Revive { mask } => {
                let drains = self.masks[mask].state == "draining";
                hold!((*answer == Answer::Done) == drains, "reviving {mask} was answered {answer:?}");
                self.turns(*mask, ("draining", "active"), "a mask is active again");
                Ok(())
            }
            Deed::Grow => {
                hold!(*answer == Answer::Done, "growing was answered {answer:?}");
                Ok(())
            }
        }
    }

    fn turns(&mut self, mask: i64, (from, to): (&str, &str), what: &'static str) {
        if let Some(one) = self.masks.get_mut(&mask).filter(|one| one.state == from) {
            to.clone_into(&mut one.state);
            self.count(what);
        }
    }

    fn text(&mut self, key: &str, (from, to): (&str, &str), body: &str, answer: &Answer, seen: &mut Seen) -> Event {
        let Answer::Stored(outcome) = answer else { return Err(format!("a text was answered {answer:?}")) };
        if !self.keys.insert(key.to_owned()) {
            hold!(*outcome == Outcome::Duplicate, "taken in twice: {outcome:?}");
            self.count("text: again");
            return Ok(());
        }
        let now = self.now();
        let stored = seen.message(key)?;
        hold!(stored.outcome == outcome.word(), "answered {outcome:?} and stored {stored:?}");
        let Some(mask) = self.masks.iter().find(|(_, mask)| mask.number == to && mask.state != "released") else {
            hold!(*outcome != Outcome::Relayed && stored.why.is_some(), "nobody has {to}, and: {stored:?}");
            self.count("text: to a mask that was given back");
            return Ok(());
        };
        let mask = *mask.0;
        let last = self.last(from, mask).cloned();
        hold!(stored.talk == last.as_ref().map(|leg| leg.pair), "{stored:?} was said on {last:?}");
        let live = last.clone().filter(|leg| leg.ended_at.is_none() && !self.pairs[&leg.pair].is_over(now));
        let Some(mine) = live else {
            // Whoever comes too late may be the first to notice: then it is written down before their text is held.
            if let Some(pair) = last.map(|leg| leg.pair).filter(|pair| self.pairs[pair].is_over(now)) {
                self.ends(pair);
            }
            hold!(*outcome == Outcome::Held, "nobody is there, and: {stored:?}");
            hold!(stored.why.is_some(), "held for no reason: {stored:?}");
            self.count("text: held");
            return self.notice(mask, from, seen);
        };
        let legs = self.live(mine.pair);
        let pair = self.pairs.get_mut(&mine.pair).ok_or("no such pair")?;
        let may_extend = pair.extension.filter(|_| pair.warned && pair.extensions < MOST_EXTENSIONS);
        let before = pair.ends_at;
        if let (Some(by), true) = (may_extend, body == "EXTEND")
            && (before + by).min(pair.hard_end) > before
        {
            pair.moves(before + by);
            pair.extensions += 1;
            hold!(*outcome == Outcome::Kept, "asked for more time, and: {stored:?}");
            self.count("text: asks for more time");
            return self.system(mine.pair, "This chat stays open for another ", &legs, seen);
        }
        hold!(*outcome == Outcome::Relayed, "{from} has {mine:?}, and: {stored:?}");
        pair.hears(now);
        let said = if pair.redact { body.replace(ADDRESS.0, ADDRESS.1) } else { body.to_owned() };
        let heard = if legs.len() > 2 { format!("{}: {said}", mine.alias) } else { said };
        let others: Vec<(Leg, String)> =
            legs.into_iter().filter(|leg| leg.id != mine.id).map(|leg| (leg, heard.clone())).collect();
        self.count(if others.len() > 1 { "text: relayed in a group" } else { "text: relayed" });
        self.texts(stored.id, &others, seen)
    }

    /// The system says something that begins like this to all of these.
    pub fn system(&mut self, pair: i64, begins: &str, to: &[Leg], seen: &mut Seen) -> Event {
        let of = |one: &crate::model::seen::Message| {
            one.talk == Some(pair) && one.body.starts_with(begins) && one.key.is_none()
        };
        let at = seen.messages.iter().position(of).ok_or_else(|| format!("nobody said {begins:?} in {pair}"))?;
        let said = seen.messages.remove(at);
        let wanted: Vec<(Leg, String)> = to.iter().map(|leg| (leg.clone(), said.body.clone())).collect();
        self.texts(said.id, &wanted, seen)
    }

    fn open(&mut self, opening: &Opening, hash: &str, answer: &Answer, seen: &mut Seen) -> Event {
        let now = self.now();
        let phones: Vec<&str> = opening.parties.iter().map(|party| party.phone.as_str()).collect();
        let all = 0..phones.len();
        let twice = all.clone().filter(|i| phones[..*i].contains(&phones[*i])).map(|i| format!("/parties/{i}/phone"));
        let past = matches!(opening.wish, Wish::At(at) if at <= now).then(|| "/expiry/at".to_owned());
        let ours = all
            .filter(|i| self.masks.values().any(|mask| mask.number == phones[*i] && mask.state != "released"))
            .map(|i| format!("/parties/{i}/phone"));
        let wrong: Vec<String> = twice.chain(past).collect();
        let wrong = if wrong.is_empty() { ours.collect() } else { wrong };
        if !wrong.is_empty() {
            self.count("opened: refused");
            return refused(answer, &wrong.join(" "));
        }
        self.tidies(&phones, None);
        let named = |pair: &Pair| pair.references.iter().find(|(name, _)| *name == opening.reference).cloned();
        let known = self.pairs.iter().find_map(|(id, pair)| named(pair).map(|(_, hash)| (*id, hash)));
        if let Some((id, asked)) = known {
            if !self.pairs[&id].is_over(now) {
                if asked == hash {
                    hold!(*answer == Answer::Opened(id, false), "{id} was asked for before, and: {answer:?}");
                    self.count("opened: again");
                    return Ok(());
                }
                self.count("opened: the reference is in use");
                return refused(answer, "reference_in_use");
            }
            self.ends(id);
        }
        let same = if opening.merge { self.of_same_people(opening) } else { Vec::new() };
        if !same.is_empty() {
            let Answer::Opened(id, false) = answer else { return Err(format!("not merged: {answer:?}")) };
            hold!(same.contains(id), "merged into {id} and not into one of {same:?}");
            let asked = Term::begin(opening.wish, opening.hard_cap, now);
            let pair = self.pairs.get_mut(id).ok_or("no such pair")?;
            pair.hard_end = pair.hard_end.max(asked.hard_end);
            let later = pair.ends_at.max(asked.ends_at);
            pair.moves(later);
            pair.references.push((opening.reference.clone(), hash.to_owned()));
            self.count("opened: merged");
            return Ok(());
        }
        let allowed: Vec<(String, (Vec<i64>, &'static str))> = phones
            .iter()
            .map(|phone| counterpart(phone, &phones))
            .zip(&phones)
            .map(|(others, phone)| (others.clone(), self.allowed(phone, &others)))
            .collect();
        if allowed.iter().any(|(_, (masks, _))| masks.is_empty()) {
            self.count("opened: no mask");
            return refused(answer, "pool_exhausted");
        }
        let Answer::Opened(id, true) = answer else { return Err(format!("not opened: {answer:?}")) };
        let ends_at = match opening.wish {
            Wish::At(at) => at,
            Wish::After(span) | Wish::Sliding(span) => now + span,
            Wish::AfterCompletion(_) => now + opening.hard_cap,
        };
        let pair = Pair {
            wish: opening.wish,
            ends_at: ends_at.min(now + opening.hard_cap),
            hard_end: now + opening.hard_cap,
            completed: false,
            extension: opening.extension,
            extensions: 0,
            warn_before: opening.warn_before,
            warning: opening.warning.clone(),
            warned: false,
            redact: opening.redact,
            references: vec![(opening.reference.clone(), hash.to_owned())],
            ended: false,
        };
        hold!(self.pairs.insert(*id, pair).is_none(), "{id} was there before");
        for (party, (others, (masks, rung))) in opening.parties.iter().zip(allowed) {
            self.count(rung);
            self.sees_leg(*id, (&party.alias, party.phone.as_str(), others), &masks, seen)?;
        }
        for (alias, body) in &opening.welcome {
            let to: Vec<Leg> = self.live(*id).into_iter().filter(|leg| leg.alias == *alias).collect();
            self.system(*id, body, &to, seen)?;
        }
        self.count("opened");
        Ok(())
    }

    /// An app moves the end of a pair.
    fn moved(
        &mut self,
        pair: i64,
        answer: &Answer,
        moves: impl FnOnce(&mut Pair, At) -> Result<(), &'static str>,
    ) -> Event {
        let now = self.now();
        let Some(one) = self.pairs.get_mut(&pair) else { return refused(answer, "not_found") };
        if one.is_over(now) {
            return refused(answer, "pair_ended");
        }
        if let Err(why) = moves(one, now) {
            return refused(answer, why);
        }
        let Answer::Ends(term) = answer else { return Err(format!("the end was moved, and: {answer:?}")) };
        hold!(term.ends_at == one.ends_at, "{pair} ends at {} and was told to end at {}", one.ends_at, term.ends_at);
        hold!(!matches!(term.expiry, Expiry::Fixed) || !one.completed, "a fixed end was completed");
        self.count("moved");
        Ok(())
    }

    fn change(&mut self, pair: i64, alias: &str, phone: &str, answer: &Answer, seen: &Seen) -> Event {
        let now = self.now();
        self.tidies(&[phone], Some(pair));
        let Some(one) = self.pairs.get(&pair) else { return refused(answer, "not_found") };
        if one.is_over(now) {
            return refused(answer, "pair_ended");
        }
        let legs = self.live(pair);
        let Some(old) = legs.iter().find(|leg| leg.alias == alias) else { return refused(answer, "not_found") };
        if old.phone == phone {
            hold!(*answer == Answer::Done, "nothing to change, and: {answer:?}");
            return Ok(());
        }
        let ours = self.masks.values().any(|mask| mask.number == phone && mask.state != "released");
        if ours || legs.iter().any(|leg| leg.phone == phone) {
            return refused(answer, "/phone");
        }
        let everybody: Vec<&str> =
            legs.iter().map(|leg| if leg.id == old.id { phone } else { leg.phone.as_str() }).collect();
        let others = counterpart(phone, &everybody);
        let (allowed, rung) = if self.may_stay(old.mask, phone, &others) {
            (vec![old.mask], "changed: the same mask")
        } else {
            self.allowed(phone, &others)
        };
        if allowed.is_empty() {
            self.count("changed: no mask");
            return refused(answer, "pool_exhausted");
        }
        hold!(*answer == Answer::Done, "not changed: {answer:?}");
        self.count(rung);
        for leg in self.legs.iter_mut().filter(|leg| leg.pair == pair && leg.ended_at.is_none()) {
            if leg.id == old.id {
                leg.ended_at = Some(now);
            } else {
                leg.counterpart = counterpart(&leg.phone, &everybody);
            }
        }
        self.count("changed");
        self.sees_leg(pair, (alias, phone, others), &allowed, seen)
    }

    fn say(&mut self, pair: i64, body: &str, to: Option<&str>, answer: &Answer, seen: &mut Seen) -> Event {
        let now = self.now();
        let mut legs = self.live(pair);
        let Some(one) = self.pairs.get_mut(&pair) else { return refused(answer, "not_found") };
        if one.is_over(now) {
            return refused(answer, "pair_ended");
        }
        if let Some(to) = to {
            legs.retain(|leg| leg.alias == to);
        }
        if legs.is_empty() {
            return refused(answer, "/to/0");
        }
        hold!(*answer == Answer::Done, "not said: {answer:?}");
        one.hears(now);
        self.count("said by the app");
        self.system(pair, body, &legs, seen)
    }

    /// Every background job has run: warnings that are due are given, and what is over is written down.
    pub fn time_has_passed(&mut self, seen: &mut Seen) -> Event {
        let now = self.now();
        for id in self.pairs.keys().copied().collect::<Vec<_>>() {
            let pair = &self.pairs[&id];
            if pair.ended {
                continue;
            }
            if pair.is_over(now) {
                self.ends(id);
                self.count("expired");
                continue;
            }
            let Some(before) = pair.warn_before.filter(|_| !pair.warned) else { continue };
            if pair.ends_at.since(now) > before {
                continue;
            }
            let warning = pair.warning.clone();
            self.pairs.entry(id).and_modify(|pair| pair.warned = true);
            self.count("warned");
            if let Some(warning) = warning {
                let legs = self.live(id);
                self.system(id, &warning, &legs, seen)?;
            }
        }
        Ok(())
    }
}

/// How long an extension is, where parties may ask for one.
pub const EXTENSION: std::time::Duration = minutes(40);

fn refused(answer: &Answer, why: &str) -> Event {
    hold!(*answer == Answer::Refused(why.to_owned()), "ought to be refused as {why}, and: {answer:?}");
    Ok(())
}
