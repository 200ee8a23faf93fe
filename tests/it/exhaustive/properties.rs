//! What must hold in every state, and what must be seen in some, so that it does not hold for want of anything happening.

use switchboard::domain::outbox::delivery::State;

use super::bounds::Bounds;
use super::world::{Author, Lane, Pair, World};

pub const LOST: &str = "nothing is lost";
pub const DOUBLED: &str = "nothing is doubled";
pub const MISDELIVERED: &str = "a customer is with one rep";
pub const DISORDERED: &str = "what one says arrives in order";
pub const UNWANTED: &str = "nothing goes to whoever has opted out";
pub const FELL: &str = "a status never goes back";

impl World {
    fn of(&self, text: usize) -> (Author, usize) {
        (self.carrier.said[text].author, self.carrier.said[text].nth)
    }

    /// How many of these texts are somebody's with these words.
    fn count(&self, b: &Bounds, texts: impl Iterator<Item = usize>, (author, words): (Author, &str)) -> usize {
        let same = |text: &usize| {
            let (who, nth) = self.of(*text);
            who == author && b.words(who, nth) == words
        };
        texts.filter(same).count()
    }

    fn made(&self) -> impl Iterator<Item = usize> {
        self.carrier.made.iter().map(|made| made.text)
    }

    /// Texts of which there is a reason that they have not arrived.
    fn excused(&self, b: &Bounds) -> impl Iterator<Item = usize> {
        let kept = (0..self.carrier.said.len()).filter(|text| self.db.kept.has(*text));
        // A person decides whose customer it is, where more than one can have the rep who knows.
        let held = (0..self.carrier.said.len()).filter(|text| b.customers() > 1 && self.db.held.has(*text));
        let ended = self.db.outbox.iter().filter(|one| match (one.state, one.lane) {
            (State::Suppressed, Lane::Customer(who)) => self.has_opted_out(b, who),
            // Equal words cannot be told apart, so a person decides.
            (State::Parked, _) => b.has_equal_words(),
            _ => false,
        });
        kept.chain(held).chain(ended.map(|one| one.text))
    }

    /// Once everything has had its time, the carrier has each text, or somebody knows why not.
    pub fn loses_nothing(&self, b: &Bounds) -> bool {
        !self.calm
            || self.each(b).all(|said| {
                let all = self.count(b, 0..self.carrier.said.len(), said);
                self.count(b, self.made(), said) + self.count(b, self.excused(b), said) >= all
            })
    }

    /// The carrier has none of them more often than it was said.
    pub fn doubles_nothing(&self, b: &Bounds) -> bool {
        self.each(b).all(|said| self.count(b, self.made(), said) <= self.count(b, 0..self.carrier.said.len(), said))
    }

    fn each<'a>(&'a self, b: &'a Bounds) -> impl Iterator<Item = (Author, &'static str)> + 'a {
        let texts = (0..self.carrier.said.len()).map(|text| self.of(text));
        texts.map(|(author, nth)| (author, b.words(author, nth)))
    }

    /// Each customer's texts have gone to one rep from one mask, and nobody else's have.
    pub fn keeps_to_one_rep(&self) -> bool {
        let mut pairs: Vec<(usize, Pair)> = Vec::new();
        self.carrier.made.iter().all(|made| match (made.lane, self.of(made.text).0) {
            (Lane::Rep(pair), Author::Customer(who)) => {
                pairs.push((who, pair));
                pairs.iter().all(|(other, theirs)| (*other == who) == (*theirs == pair))
            }
            _ => true,
        })
    }

    /// In each lane, what one person said stands in its order; what is repeated counts once.
    pub fn keeps_order(&self) -> bool {
        let mut seen: Vec<(Lane, Author, usize)> = Vec::new();
        self.carrier.made.iter().all(|made| {
            let (author, nth) = self.of(made.text);
            let again = seen.contains(&(made.lane, author, nth));
            seen.push((made.lane, author, nth));
            again || seen.iter().all(|(lane, who, other)| (*lane, *who) != (made.lane, author) || *other <= nth)
        })
    }

    pub fn respects_opt_out(&self) -> bool {
        !self.carrier.made.iter().any(|made| made.unwanted)
    }

    pub fn never_falls(&self) -> bool {
        self.db.outbox.iter().all(|one| one.rank == one.highest)
    }

    /// Everything that was to be said has been said and has arrived.
    pub fn arrives(&self, b: &Bounds) -> bool {
        let said = self.carrier.said.len();
        said == b.scripts.iter().map(|(_, script)| script.len()).sum::<usize>() && self.carrier.made.len() >= said
    }

    pub fn has(&self, state: State) -> bool {
        self.db.outbox.iter().any(|one| one.state == state)
    }
}

impl Bounds {
    /// Somebody says the same twice.
    fn has_equal_words(&self) -> bool {
        self.scripts.iter().any(|(_, script)| (1..script.len()).any(|at| script[..at].contains(&script[at])))
    }
}
