//! Who gets whom: candidates, picks, the queue that drains itself, and texts that wait for somebody (model, section 4).

use switchboard::domain::policy::PickPolicy;

use super::{Event, Oracle, hold};
use crate::model::seen::Seen;

impl Oracle {
    /// Whatever is said or done in a conversation keeps it from being idle.
    pub(super) fn touches(&mut self, seen: &Seen) {
        let now = self.now();
        let said = seen.messages.iter().filter_map(|row| row.talk);
        for talk in said.chain(seen.events.iter().filter_map(|event| event.talk)) {
            if let Some(held) = self.talks.get_mut(&talk) {
                held.touched_at = now;
            }
        }
    }

    /// Open conversations that are pinned to somebody.
    fn busy(&self, person: i64) -> i64 {
        let mine = self.talks.values().filter(|talk| talk.pinned == Some(person) && !talk.closed());
        i64::try_from(mine.count()).unwrap_or(i64::MAX)
    }

    /// Who could be given a conversation of this line now.
    pub(super) fn candidates(&self, line: i64) -> Vec<i64> {
        let able = |one: &&super::Person| {
            one.lines.contains(&line)
                && one.enabled
                && one.duty == "on"
                && self.works(one.id, line)
                && one.limit.is_none_or(|limit| self.busy(one.id) < limit)
        };
        self.people.values().filter(able).map(|one| one.id).collect()
    }

    /// Whom the policy may choose for a customer of `last`.
    fn choices(&self, line: i64, last: Option<i64>) -> Vec<i64> {
        let candidates = self.candidates(line);
        if let Some(last) = last.filter(|last| candidates.contains(last)) {
            return vec![last];
        }
        let fewest = |key: &dyn Fn(i64) -> i64| {
            let best = candidates.iter().map(|id| key(*id)).min();
            candidates.iter().copied().filter(|id| Some(key(*id)) == best).collect()
        };
        match self.picks_by(line) {
            PickPolicy::Random => candidates,
            PickPolicy::LeastBusy => fewest(&|id| self.busy(id)),
            PickPolicy::RoundRobin => fewest(&|id| self.picked.get(&(line, id)).map_or(i64::MIN, |at| at.0)),
        }
    }

    /// Whose customer it was last.
    pub(super) fn last_rep(&self, customer: &str, line: i64) -> Option<i64> {
        let since = self.now() - self.sticky_for(line);
        let theirs = self.talks.iter().filter(|(_, talk)| talk.customer == customer && talk.last_at > since);
        let newest = theirs.filter(|(_, talk)| talk.pinned.is_some()).max_by_key(|(id, talk)| (talk.last_at, **id));
        newest.and_then(|(_, talk)| talk.pinned)
    }

    /// Somebody was picked for a conversation of `line`, or nobody could be; was that right?
    pub(super) fn picks(&mut self, talk: i64, line: i64, last: Option<i64>, seen: &mut Seen) -> Event<Option<i64>> {
        // One that nobody could take at first may have been picked for a moment later: the earlier event is this one.
        let mut first = seen.events.iter().filter(|event| event.talk == Some(talk)).map(|event| event.kind.as_str());
        let kind = first.find(|kind| ["picked", "unassigned"].contains(kind)).unwrap_or("picked").to_owned();
        let event = seen.event(Some(talk), &kind)?;
        let data: serde_json::Value = serde_json::from_str(&event.data).map_err(|why| why.to_string())?;
        let picked = data["chosen"].as_i64();
        let choices = self.choices(line, last);
        let Some(id) = picked else {
            hold!(choices.is_empty(), "nobody was picked for {talk}, and {choices:?} could have been");
            self.count("pick: nobody");
            return Ok(None);
        };
        hold!(choices.contains(&id), "{id} was picked for {talk}, and only {choices:?} could be ({event:?})");
        self.count(if last == Some(id) { "pick: sticky" } else { "pick" });
        let now = self.now();
        if self.picks_by(line) == PickPolicy::RoundRobin {
            self.picked.insert((line, id), now);
        }
        Ok(picked)
    }

    /// Whoever waits gets somebody, the longest waiting first, while there is anybody to be had.
    pub(super) fn drains(&mut self, line: i64, seen: &mut Seen) -> Event {
        while !self.candidates(line).is_empty() {
            let waiting =
                self.talks.iter().filter(|(_, talk)| talk.line == line && !talk.closed() && talk.pinned.is_none());
            let oldest = waiting.min_by_key(|(id, talk)| (talk.waiting_since.unwrap_or(talk.last_at), **id));
            let Some((talk, customer)) = oldest.map(|(id, talk)| (*id, talk.customer.clone())) else { break };
            self.count("queue: drained");
            let last = self.last_rep(&customer, line);
            let Some(picked) = self.picks(talk, line, last, seen)? else {
                return Err(format!("{talk} waits, and somebody could have it"));
            };
            self.give_to(talk, picked, seen)?;
        }
        Ok(())
    }

    /// Before a customer's text goes on: whoever waits goes first, and this conversation gets who and what it may have.
    pub(super) fn readies(&mut self, talk: i64, seen: &mut Seen) -> Event {
        let line = self.talk(talk)?.line;
        self.drains(line, seen)?;
        if self.is_missing(talk)? {
            self.replaces(talk, seen)?;
        }
        self.releases(talk, seen)?;
        let Some(rep) = self.talk(talk)?.pinned else { return Ok(()) };
        let has_leg = self.legs.iter().any(|leg| leg.talk == talk && leg.person == Some(rep) && leg.ended_at.is_none());
        match self.phone_of(rep) {
            Some(phone) if !has_leg && self.works(rep, line) => {
                self.count("leg: at a later text");
                self.open_rep_leg(talk, rep, &phone, false, seen)
            }
            _ => Ok(()),
        }
    }

    /// The rep has been off for four hours while the line was open.
    fn is_missing(&self, talk: i64) -> Event<bool> {
        let held = self.talk(talk)?;
        let since = held.pinned.and_then(|rep| self.missing_since(rep, held.line));
        Ok(since.is_some_and(|since| since.max(held.pinned_at) + self.hand_over_after(held.line) <= self.now()))
    }

    /// Somebody else is picked for a conversation whose rep is missing, if there is anybody.
    fn replaces(&mut self, talk: i64, seen: &mut Seen) -> Event {
        let line = self.talk(talk)?.line;
        if self.candidates(line).is_empty() {
            return Ok(());
        }
        self.count("hand over: rep missing");
        seen.event(Some(talk), "taken_away")?;
        match self.picks(talk, line, None, seen)? {
            Some(picked) => self.give_to(talk, picked, seen),
            None => Err(format!("nobody was picked for {talk}")),
        }
    }

    /// The conversation goes to `assignee`, with a leg for their phone and with what waits.
    pub(super) fn give_to(&mut self, talk: i64, assignee: i64, seen: &mut Seen) -> Event {
        self.takes_away(talk, seen)?;
        let now = self.now();
        if let Some(held) = self.talks.get_mut(&talk) {
            (held.pinned, held.pinned_at, held.snoozed) = (Some(assignee), now, None);
        }
        if let Some(phone) = self.phone_of(assignee) {
            self.open_rep_leg(talk, assignee, &phone, true, seen)?;
        }
        self.releases(talk, seen)
    }

    /// The rep loses the conversation: what still waited for their phone waits for whoever gets it.
    pub(super) fn takes_away(&mut self, talk: i64, seen: &mut Seen) -> Event {
        let Some(before) = self.talk(talk)?.pinned else { return Ok(()) };
        self.end_legs(talk, Some(before));
        let back = self.take_back(talk, before, seen)?;
        let now = self.now();
        if let Some(held) = self.talks.get_mut(&talk) {
            (held.pinned, held.pinned_at, held.snoozed) = (None, now, None);
            held.waits = held.waits.into_iter().chain(back).min();
        }
        Ok(())
    }

    /// What waits is texted to the rep, in order, if the rep is at work.
    pub(super) fn releases(&mut self, talk: i64, seen: &mut Seen) -> Event {
        let held = self.talk(talk)?.clone();
        let (Some(first), Some(rep)) = (held.waits, held.pinned) else { return Ok(()) };
        let phone = self.phone_of(rep);
        if phone.is_some() && !self.works(rep, held.line) {
            return Ok(());
        }
        self.count("release");
        seen.event(Some(talk), "released")?;
        let now = self.now();
        if let Some(phone) = phone {
            let has_leg =
                self.legs.iter().any(|leg| leg.talk == talk && leg.person == Some(rep) && leg.ended_at.is_none());
            if !has_leg {
                self.open_rep_leg(talk, rep, &phone, false, seen)?;
            }
            let waiting: Vec<i64> =
                self.texts.range(first..).filter(|(_, text)| text.talk == talk).map(|(id, _)| *id).collect();
            let waiting: Vec<i64> = waiting.into_iter().filter(|message| !self.went(*message)).collect();
            self.hand_on(talk, &waiting, seen)?;
        }
        if let Some(held) = self.talks.get_mut(&talk) {
            held.waits = None;
            held.touched_at = now;
        }
        Ok(())
    }

    /// A message has gone whole to a colleague's phone.
    fn went(&self, message: i64) -> bool {
        let ended = |out: &super::Out| ["suppressed", "expired"].contains(&out.state.as_str());
        let of_it = || self.outs.values().filter(|out| out.message == Some(message) && out.kind == "text");
        of_it().any(|out| out.person.is_some() && !of_it().any(|part| part.leg == out.leg && ended(part)))
    }

    /// What hours that begin or end ask for, once the clockwork has looked.
    pub(super) fn turns(&mut self, seen: &mut Seen) -> Event {
        let lines: Vec<i64> = self.numbers.values().filter(|one| one.line.is_some()).map(|one| one.id).collect();
        for line in lines {
            self.drains(line, seen)?;
        }
        let open: Vec<i64> = self.talks.iter().filter(|(_, talk)| !talk.closed()).map(|(id, _)| *id).collect();
        for talk in open {
            let held = self.talk(talk)?.clone();
            let Some(rep) = held.pinned else { continue };
            if held.waits.is_some() && self.works(rep, held.line) {
                self.count("release: hours began");
                self.releases(talk, seen)?;
            } else if held.waiting_since.is_some() && self.is_missing(talk)? {
                self.replaces(talk, seen)?;
            }
        }
        Ok(())
    }

    /// All open conversations of a person go to others, line by line.
    pub(super) fn repicks(&mut self, person: i64, seen: &mut Seen) -> Event {
        let lines: Vec<i64> = self.numbers.values().filter(|one| one.line.is_some()).map(|one| one.id).collect();
        self.repicks_on(person, &lines, seen)
    }

    /// Those on some lines do.
    pub(super) fn repicks_on(&mut self, person: i64, lines: &[i64], seen: &mut Seen) -> Event {
        for &line in lines {
            let theirs = |talk: &super::Talk| talk.pinned == Some(person) && !talk.closed() && talk.line == line;
            let talks: Vec<i64> = self.talks.iter().filter(|(_, talk)| theirs(talk)).map(|(id, _)| *id).collect();
            let any = !talks.is_empty();
            for talk in talks {
                self.count("taken away");
                seen.event(Some(talk), "taken_away")?;
                self.takes_away(talk, seen)?;
            }
            if any || lines.len() == 1 || self.people[&person].lines.contains(&line) {
                self.drains(line, seen)?;
            }
        }
        Ok(())
    }
}
