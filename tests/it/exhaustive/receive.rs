//! What comes in: by webhook, by a program's request, and by the comparison with the carrier's list.

use switchboard::clock::At;
use switchboard::config::usual_policies;
use switchboard::domain::routing::adoption::{Adoption, Missed, Relayed, adopt, carries};
use switchboard::domain::routing::{Facts, Past, Route, Side, Texted, route};
use switchboard::domain::words::keyword::{self, Keyword};

use super::bounds::Bounds;
use super::rules::Rule;
use super::world::{Author, Hook, Lane, Pair, Pin, Said, World, shifted};

impl World {
    /// The carrier tells a process of a text, or a program asks it to send one.
    pub fn hook(&mut self, b: &Bounds, node: usize, text: usize, answered: bool, chance: Option<Pair>) {
        self.notice(b, node);
        let program = matches!(self.carrier.said[text].author, Author::Program(_));
        if !self.db.stored.has(text) {
            self.take_in(b, node, text, false, chance);
            self.commit(b, node);
            if program && !b.rules.has(Rule::MarkWithTheWork) {
                self.db.stored.remove(text);
                self.nodes[node].unmarked.add(text);
                return;
            }
        }
        if answered {
            self.carrier.said[text].hook = Hook::Answered;
        } else {
            self.left.unanswered -= 1;
        }
    }

    /// A request that was done is marked as done, and answered.
    pub fn mark(&mut self, b: &Bounds, node: usize, text: usize) {
        self.nodes[node].unmarked.remove(text);
        self.db.stored.add(text);
        self.carrier.said[text].hook = Hook::Answered;
        self.commit(b, node);
    }

    /// One person's texts are held against the carrier's list: the oldest that was missed is taken in, or there is none.
    pub fn compare(&mut self, b: &Bounds, node: usize, author: Author, chance: Option<Pair>) {
        self.notice(b, node);
        self.nodes[node].dated = true;
        match self.next_missed(b, author) {
            Some(text) if self.may_take_in(b, text) => {
                self.take_in(b, node, text, true, chance);
                self.commit(b, node);
            }
            Some(_) => {}
            None => self.nodes[node].compared.add(author.index()),
        }
    }

    /// The oldest text of somebody that has not been carried on.
    pub fn next_missed(&self, b: &Bounds, author: Author) -> Option<usize> {
        let sought = |text: usize| b.rules.has(Rule::TakeInWhatWasMissed) || self.db.stored.has(text);
        (0..self.carrier.said.len())
            .find(|text| self.carrier.said[*text].author == author && !self.db.relayed.has(*text) && sought(*text))
    }

    /// Whether a text can be carried on now: not while it would need a rep, and the carrier's list may not show yet who has
    /// got it.
    pub fn may_take_in(&self, b: &Bounds, text: usize) -> bool {
        let said = &self.carrier.said[text];
        let opens = matches!(said.author, Author::Customer(who) if self.db.pins[who].is_none());
        let policy = usual_policies().delivery;
        let settled = self.db.went_back_at.is_none_or(|at| self.clock(b) >= at + policy.listed_within());
        !opens || settled || !b.rules.has(Rule::PickOnlyWhenListed)
    }

    /// Somebody's text is stored, but not carried on yet: nothing of theirs overtakes it.
    pub fn is_put_off(&self, author: Author) -> bool {
        (0..self.carrier.said.len()).any(|text| {
            self.carrier.said[text].author == author && self.db.stored.has(text) && !self.db.relayed.has(text)
        })
    }

    /// What has been stored of a customer's words says that they want nothing.
    pub fn has_opted_out(&self, b: &Bounds, customer: usize) -> bool {
        self.last_word(b, customer, |text| self.db.stored.has(text)) == Some(Keyword::Stop)
    }

    /// The last of a customer's words that turned texts off or on, among some of their texts.
    pub fn last_word(&self, b: &Bounds, customer: usize, among: impl Fn(usize) -> bool) -> Option<Keyword> {
        let said = self.carrier.said.iter().enumerate();
        let theirs = said.filter(|(text, said)| said.author == Author::Customer(customer) && among(*text));
        let words = theirs.filter_map(|(_, said)| keyword::of(b.words(said.author, said.nth)));
        words.filter(|word| *word != Keyword::Help).last()
    }

    fn take_in(&mut self, b: &Bounds, node: usize, text: usize, missed: bool, chance: Option<Pair>) {
        let said = self.carrier.said[text].clone();
        let program = matches!(said.author, Author::Program(_));
        let known = program || self.nodes[node].compared.has(said.author.index());
        let behind = !program && self.is_put_off(said.author);
        let unlisted = !self.may_take_in(b, text);
        self.db.stored.add(text);
        if !missed && (!known || behind || unlisted) && b.rules.has(Rule::MissedBeforeWebhook) {
            return;
        }
        self.db.relayed.add(text);
        let shifts = b.rules.has(Rule::ShiftWhatWasMissed);
        let sent_at = missed.then(|| if shifts { shifted(said.at, b.ahead) } else { said.at });
        let word = keyword::of(b.words(said.author, said.nth));
        let pin = self.db.pins[said.author.customer()];
        let facts = Facts {
            texted: Texted::Line,
            from_ours: false,
            live: pin.map(|_| Side::Outside),
            younger: pin.zip(sent_at).is_some_and(|(pin, sent_at)| pin.since > sent_at),
            staff: false,
            past: Past::Never,
            keyword: word,
            command: false,
            blocked: false,
        };
        let lane = match said.author {
            Author::Program(who) => Some(Lane::Customer(who)),
            Author::Customer(who) => match (route(&facts), pin) {
                (Route::Into, Some(pin)) => Some(Lane::Rep(pin.pair)),
                (Route::Open, _) => {
                    self.db.pins[who] = self.pick(b, node, text, sent_at, chance);
                    self.db.pins[who].map(|pin| Lane::Rep(pin.pair))
                }
                (Route::Kept(_), _) => {
                    self.db.kept.add(text);
                    return;
                }
                _ => None,
            },
            Author::Rep(who) => {
                let live = pin.filter(|pin| said.via == Some(pin.pair)).map(|_| Side::Rep);
                let facts = Facts { texted: Texted::Mask, live, staff: true, ..facts };
                (route(&facts) == Route::Into).then_some(Lane::Customer(who))
            }
        };
        match lane {
            Some(lane) => self.enqueue(b, node, text, lane, sent_at),
            None => self.db.held.add(text),
        }
    }

    /// Nobody has this pair.
    pub fn is_free(&self, pair: Pair) -> bool {
        self.db.pins.iter().flatten().all(|pin| pin.pair != pair)
    }

    /// What the carrier lists as sent from masks to reps, by pairs that nobody has, and nobody here knows of.
    pub fn relayed(&self, b: &Bounds, node: usize) -> Vec<Relayed<'static, Pair>> {
        let made = self.carrier.made.iter().enumerate();
        made.filter(|(id, made)| made.listed_from <= self.now && !self.db.is_bound(*id, usize::MAX))
            .filter_map(|(_, made)| match made.lane {
                Lane::Rep(pair) if self.is_free(pair) => {
                    let said = &self.carrier.said[made.text];
                    let body = b.words(said.author, said.nth);
                    Some(Relayed { pair, body, made_at: self.ours(b, node, made.at) })
                }
                _ => None,
            })
            .collect()
    }

    /// Gives a customer to a rep: to whoever has got the text already, else by chance. Nobody, if that is not sure.
    fn pick(&self, b: &Bounds, node: usize, text: usize, sent_at: Option<At>, chance: Option<Pair>) -> Option<Pin> {
        let now = self.clock(b);
        let author = self.carrier.said[text].author;
        let held = |(at, said): (usize, &Said)| said.author == author && self.db.held.has(at);
        if b.rules.has(Rule::HoldWhatFollows) && self.carrier.said.iter().enumerate().any(held) {
            return None;
        }
        let by_chance = chance.map(|pair| Pin { pair, since: now });
        if sent_at.is_none() || !b.rules.has(Rule::AdoptThePair) {
            return by_chance;
        }
        let said = |of: &dyn Fn(usize) -> bool| -> Vec<Missed> {
            let all = self.carrier.said.iter().enumerate().filter(|(at, _)| of(*at));
            all.map(|(_, said)| Missed { body: b.words(said.author, said.nth), sent_at: shifted(said.at, b.ahead) })
                .collect()
        };
        let open = |at: usize| !self.db.relayed.has(at) || self.db.held.has(at);
        let missed = said(&|at| at >= text && self.carrier.said[at].author == author && (at == text || open(at)));
        let others = said(&|at| {
            let other = self.carrier.said[at].author;
            let unsure = matches!(other, Author::Customer(who) if self.db.pins[who].is_none());
            other != author && unsure && open(at) && b.rules.has(Rule::AdoptOnlyWhatIsSure)
        });
        let listed = self.relayed(b, node);
        let since = |began: At| if b.rules.has(Rule::AdoptTheAge) { began } else { now };
        match adopt(&missed, &others, &listed) {
            Adoption::Nobody => by_chance,
            Adoption::Pair(pair, began) => Some(Pin { pair, since: since(began) }),
            Adoption::Several if b.rules.has(Rule::AdoptOnlyWhatIsSure) => None,
            // The oldest that shows the first text.
            Adoption::Several => {
                let shows = listed.iter().filter(|one| carries(one.body, missed[0].body));
                let pair = shows.min_by_key(|one| one.made_at)?.pair;
                Some(Pin { pair, since: now })
            }
        }
    }
}
