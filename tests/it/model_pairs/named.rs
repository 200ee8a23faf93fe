//! Gives the small numbers of a step their meaning in the world as it is.

use std::time::Duration;

use switchboard::clock::{days, hours, minutes};
use switchboard::domain::numbers::phone::Phone;
use switchboard::domain::pairs::expiry::Wish;
use switchboard::domain::pairs::pair::{Opening, Party};

use super::deeds::Deed;
use super::judge::{ADDRESS, EXTENSION};
use super::oracle::Leg;
use super::run::Run;
use super::steps::{Act, Words};

/// Who is joined: few people, so that they meet again and masks run out.
const PEOPLE: [&str; 5] = ["+15055552001", "+15055552002", "+15055552003", "+15055552004", "+447700900005"];
const ALIASES: [&str; 3] = ["Fisher", "Helper", "Driver"];

/// The `n`-th of these, counted round and round.
fn nth<T: Clone>(all: &[T], n: u8) -> Option<T> {
    if all.is_empty() { None } else { Some(all[usize::from(n) % all.len()].clone()) }
}

impl Run {
    /// What an act means now; `None` where there is nobody to do it or nothing to do it to.
    pub fn named(&mut self, act: &Act) -> Option<Deed> {
        match *act {
            Act::Opens { people, wish, reference, rest } => {
                let opening = self.opening(people, wish, reference, rest)?;
                let deed = Deed::Open { hash: format!("{opening:?}"), opening };
                self.openings.push(deed.clone());
                Some(deed)
            }
            Act::OpensAgain { opening, other } => {
                let Deed::Open { mut opening, hash } = nth(&self.openings, opening)? else { return None };
                if other {
                    opening.hard_cap += minutes(1);
                }
                Some(Deed::Open { hash: if other { format!("{opening:?}") } else { hash }, opening })
            }
            Act::Texts { leg, words } => {
                // A live leg is used more often than one that has ended.
                let legs = &self.oracle.legs;
                let live = legs.iter().filter(|leg| leg.ended_at.is_none());
                let all: Vec<Leg> = live.flat_map(|leg| vec![leg; 4]).chain(legs).cloned().collect();
                let leg = nth(&all, leg)?;
                let mask = self.oracle.masks[&leg.mask].number.clone();
                if let (Words::Again, false) = (words, self.texts.is_empty()) {
                    return Some(self.texts[self.chance.below(self.texts.len())].clone());
                }
                Some(self.text(&leg.phone, &mask, words))
            }
            Act::Errs { phone, mask } => {
                let masks: Vec<String> = self.oracle.masks.values().map(|mask| mask.number.clone()).collect();
                Some(self.text(nth(&PEOPLE, phone)?, &nth(&masks, mask)?, Words::Fresh))
            }
            Act::Completes { pair } => Some(Deed::Complete { pair: self.pair(pair)? }),
            Act::Extends { pair, minutes: by } => {
                let by = Some(minutes(u64::from(by))).filter(|by| *by > minutes(100));
                Some(Deed::Extend { pair: self.pair(pair)?, by })
            }
            Act::Closes { pair, on_web } => {
                Some(Deed::Close { pair: self.pair(pair)?, by: on_web.then_some(self.manager) })
            }
            Act::Changes { pair, party, phone } => {
                let pair = self.pair(pair)?;
                let alias = nth(&ALIASES, party)?.to_owned();
                let phone = self.phone(phone)?;
                Some(Deed::Change { pair, alias, phone })
            }
            Act::Says { pair, to } => {
                self.said += 1;
                let to = (to % 3 == 0).then(|| nth(&ALIASES, to / 3)).flatten().map(str::to_owned);
                Some(Deed::Say { pair: self.pair(pair)?, body: format!("<{}>", self.said), to })
            }
            Act::Shrinks { mask } => {
                let ids: Vec<i64> = self.oracle.masks.keys().copied().collect();
                Some(Deed::Drain { mask: nth(&ids, mask)? })
            }
            Act::Revives { mask } => {
                let ids: Vec<i64> = self.oracle.masks.keys().copied().collect();
                Some(Deed::Revive { mask: nth(&ids, mask)? })
            }
            Act::Grows => Some(Deed::Grow),
            Act::Passes { .. } | Act::Nears { .. } | Act::Works | Act::Restarts | Act::Together(_) => None,
        }
    }

    /// A pair, rather one of the last, or none that there is.
    fn pair(&self, n: u8) -> Option<i64> {
        let ids: Vec<i64> = self.oracle.pairs.keys().rev().copied().collect();
        if n == 0 { Some(999_999) } else { nth(&ids[..ids.len().min(4)], n) }
    }

    /// Somebody's phone, and now and then one of our own numbers.
    fn phone(&self, n: u8) -> Option<String> {
        if n < 250 {
            return nth(&PEOPLE, n).map(str::to_owned);
        }
        self.oracle.masks.values().next().map(|mask| mask.number.clone())
    }

    fn text(&mut self, from: &str, to: &str, words: Words) -> Deed {
        self.said += 1;
        let body = match words {
            Words::More => "EXTEND".to_owned(),
            Words::Address => format!("{} <{}>", ADDRESS.0, self.said),
            Words::Fresh | Words::Again => format!("<{}>", self.said),
        };
        let deed = Deed::Text { key: format!("SM{}", self.said), from: from.to_owned(), to: to.to_owned(), body };
        self.texts.push(deed.clone());
        deed
    }

    fn opening(&mut self, people: [u8; 3], wish: u8, reference: u8, rest: u8) -> Option<Opening> {
        self.said += 1;
        let count = if people[2].is_multiple_of(4) { 3 } else { 2 };
        let mut parties: Vec<Party> = Vec::with_capacity(count);
        for (n, alias) in people[..count].iter().zip(ALIASES) {
            let mut phone = self.phone(*n)?;
            // Mostly people who are not in it yet.
            for next in 0..5_u8 {
                if wish == 255 || parties.iter().all(|party| party.phone.as_str() != phone) {
                    break;
                }
                nth(&PEOPLE, n.wrapping_add(next))?.clone_into(&mut phone);
            }
            parties.push(Party { phone: Phone::parse(&phone).ok()?, alias: alias.to_owned() });
        }
        let has = |bit: u8| rest & bit != 0;
        let span: Duration = minutes(20 + u64::from(wish) % 100);
        Some(Opening {
            reference: format!("ref-{}", reference % 6),
            parties,
            wish: match wish % 5 {
                0 => Wish::After(span),
                1 => Wish::At(self.oracle.now() + span),
                2 => Wish::Sliding(span),
                3 => Wish::AfterCompletion(Duration::ZERO),
                _ => Wish::AfterCompletion(minutes(30)),
            },
            hard_cap: [hours(2), hours(6), days(3), days(30)][usize::from(rest) / 64],
            warn_before: has(1).then(|| minutes(15)),
            warning: (has(1) && has(2)).then(|| format!("Soon over <{}>. EXTEND for more.", self.said)),
            extension: (has(1) && has(2)).then_some(EXTENSION),
            welcome: if has(4) { vec![("Helper".to_owned(), format!("Hello <{}>", self.said))] } else { Vec::new() },
            redact: has(8),
            merge: has(16) && has(32),
        })
    }
}
