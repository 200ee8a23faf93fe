//! Everything that can happen in a state, one commit or one message at a time.

use switchboard::domain::outbox::delivery::State;
use switchboard::domain::outbox::departure::Departure;

use super::bounds::Bounds;
use super::looks::List;
use super::requests::How;
use super::rules::Rule;
use super::world::{Author, Flight, Hook, Lane, Pair, Said, World};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Somebody's next text reaches the carrier; a program makes its next request.
    Says(Author),
    /// The carrier gives up a webhook.
    Drops { text: usize },
    /// A process starts.
    Starts { node: usize },
    /// It sees that the database has gone back.
    Notices { node: usize },
    /// It takes a text in, in one commit, and answers; or the answer is lost.
    TakesIn { node: usize, text: usize, answered: bool, chance: Option<Pair> },
    /// It marks a request as done, where that is a commit of its own.
    Marks { node: usize, text: usize },
    /// It holds one person's texts against the carrier's list.
    Compares { node: usize, author: Author, chance: Option<Pair> },
    /// It holds what waits against what the carrier has sent.
    Vouches { node: usize },
    /// It puts a request in doubt that belongs to nobody any more.
    Doubts { node: usize, token: usize },
    /// A request reaches the carrier, or does not; what it makes is listed so many steps later.
    Requests { node: usize, token: usize, how: How, late: usize },
    /// What became of it is written.
    Settles { node: usize, token: usize },
    /// The carrier's list is asked for.
    Looks { node: usize, token: usize, list: List },
    /// What it showed is written.
    Finds { node: usize },
    /// A text that has waited is decided about.
    Claims { node: usize, place: usize },
    /// The carrier reports on a message.
    Reports { node: usize, message: usize, word: &'static str },
    /// A process dies.
    Dies { node: usize },
    /// The database is backed up.
    BacksUp,
    /// It goes back to that backup.
    GoesBack,
    /// Time passes.
    Passes,
    /// Nothing goes wrong any more, nobody says anything more, and all of it has its time.
    Calms,
}

impl World {
    /// All that can happen now. Nothing can once it is calm.
    pub fn actions(&self, b: &Bounds, all: &mut Vec<Action>) {
        if self.calm {
            return;
        }
        let up = |node: &usize| self.nodes[*node].up;
        let before = all.len();
        self.said_next(b, all);
        for node in (0..self.nodes.len()).filter(up) {
            self.of_node(b, node, all);
            self.goes_wrong(node, all);
        }
        for node in (0..self.nodes.len()).filter(|node| !up(node)) {
            all.push(Action::Starts { node });
        }
        if self.left.back > 0 && self.backup.is_none() && !self.carrier.said.is_empty() {
            all.push(Action::BacksUp);
        }
        if self.may_go_back(b) {
            all.push(Action::GoesBack);
        }
        if !b.prompt || !all[before..].iter().any(|action| action.goes_well()) {
            all.push(if self.now < b.steps { Action::Passes } else { Action::Calms });
        }
    }

    /// What the people and programs do, and the carrier by itself.
    fn said_next(&self, b: &Bounds, all: &mut Vec<Action>) {
        for (author, script) in &b.scripts {
            let nth = self.carrier.said.iter().filter(|said| said.author == *author).count();
            // A rep answers what has come.
            let asked = !matches!(author, Author::Rep(_)) || self.via(*author).is_some();
            if nth < script.len() && asked {
                all.push(Action::Says(*author));
            }
        }
        let down = self.nodes.iter().all(|node| !node.up);
        if self.left.dropped > 0 && down {
            let texts = self.carrier.said.iter().enumerate();
            let tried = texts.filter(|(text, said)| {
                said.hook == Hook::Pending && !matches!(said.author, Author::Program(_)) && self.is_next_hook(*text)
            });
            all.extend(tried.map(|(text, _)| Action::Drops { text }));
        }
    }

    /// What a process does by itself when all goes well.
    fn of_node(&self, b: &Bounds, node: usize, all: &mut Vec<Action>) {
        let mind = &self.nodes[node];
        if self.is_stale(b, node) && b.rules.has(Rule::MemoryEndsWithTheDatabase) {
            all.push(Action::Notices { node });
        }
        // Before anything has happened, one process is as good as another.
        let first = self.carrier.made.is_empty() && self.tokens == 0 && node > 0;
        for text in (0..self.carrier.said.len()).filter(|text| !first && self.is_next_hook(*text)) {
            self.choices(b, node, self.carrier.said[text].author, |chance| {
                all.push(Action::TakesIn { node, text, answered: true, chance });
                if self.left.unanswered > 0 {
                    all.push(Action::TakesIn { node, text, answered: false, chance });
                }
            });
        }
        let marks = (0..self.carrier.said.len()).filter(|text| mind.unmarked.has(*text));
        all.extend(marks.map(|text| Action::Marks { node, text }));
        for author in b.people() {
            if self.has_to_compare(b, node, author) {
                self.choices(b, node, author, |chance| all.push(Action::Compares { node, author, chance }));
            }
        }
        if !mind.outbox_checked {
            all.push(Action::Vouches { node });
        }
        all.extend(self.orphans(b).map(|token| Action::Doubts { node, token }));
        for flight in &mind.flights {
            self.of_flight(b, node, flight, all);
        }
        if mind.looking.is_some() {
            all.push(Action::Finds { node });
        } else {
            let looks = |list| self.doubtful(b).into_iter().map(move |token| Action::Looks { node, token, list });
            all.extend(looks(List::Had));
            if self.left.unlisted > 0 {
                all.extend(looks(List::Unavailable));
            }
            if self.left.undated > 0 {
                all.extend(looks(List::Undated));
            }
        }
        let due = (0..self.db.outbox.len()).filter(|place| self.may_claim(b, node, *place));
        all.extend(due.map(|place| Action::Claims { node, place }));
    }

    fn of_flight(&self, b: &Bounds, node: usize, flight: &Flight, all: &mut Vec<Action>) {
        let token = flight.token;
        let requests = |how, late| Action::Requests { node, token, how, late };
        if flight.answer.is_some() {
            return all.push(Action::Settles { node, token });
        }
        if self.is_overdue(b, flight.born) {
            return all.push(requests(How::Overdue, 0));
        }
        for late in b.late {
            all.push(requests(How::Answered, *late));
            if self.left.lost > 0 {
                all.push(requests(How::AnswerLost, *late));
            }
        }
        if self.left.lost > 0 {
            all.push(requests(How::Lost, 0));
        }
        if self.left.refused > 0 {
            all.push(requests(How::Refused, 0));
        }
    }

    fn goes_wrong(&self, node: usize, all: &mut Vec<Action>) {
        if self.left.crashes > 0 {
            all.push(Action::Dies { node });
        }
        if self.left.receipts > 0 {
            for message in 0..self.carrier.made.len() {
                all.extend(["sent", "delivered"].map(|word| Action::Reports { node, message, word }));
            }
        }
    }

    /// The carrier tells us of this text now: it does so in order for each sender.
    fn is_next_hook(&self, text: usize) -> bool {
        let said = &self.carrier.said[text];
        let earlier = || self.carrier.said[..text].iter().filter(|one| one.author == said.author);
        // A request that is being done is not begun anew.
        let under_way = self.nodes.iter().any(|node| node.unmarked.has(text));
        said.hook == Hook::Pending && !under_way && earlier().all(|one| one.hook != Hook::Pending)
    }

    fn has_to_compare(&self, b: &Bounds, node: usize, author: Author) -> bool {
        let mind = &self.nodes[node];
        let known = |author: Author| mind.compared.has(author.index());
        // Lines first: what a rep says is about something.
        if matches!(author, Author::Rep(who) if !known(Author::Customer(who))) {
            return false;
        }
        let open = !known(author) || self.is_put_off(author);
        open && self.next_missed(b, author).is_none_or(|text| self.may_take_in(b, text))
    }

    /// Calls `each` with every pair that chance could give a customer to, if somebody has to; once with none otherwise.
    fn choices(&self, b: &Bounds, node: usize, author: Author, mut each: impl FnMut(Option<Pair>)) {
        if !matches!(author, Author::Customer(who) if self.db.pins[who].is_none()) {
            return each(None);
        }
        let relayed = if b.rules.has(Rule::PickNobodyElses) { self.relayed(b, node) } else { Vec::new() };
        let mut any = false;
        // Before anybody has been given to anybody, one choice is as good as another.
        let first = self.lives == 0 && self.db.pins.iter().all(Option::is_none) && self.carrier.made.is_empty();
        for rep in 0..if first { 1 } else { b.reps } {
            for mask in 0..if first { 1 } else { b.masks } {
                let pair = Pair { rep, mask };
                if self.is_free(pair) && relayed.iter().all(|one| one.pair != pair) {
                    any = true;
                    each(Some(pair));
                }
            }
        }
        if !any {
            each(None);
        }
    }

    /// Attempts whose lease has run out, or whose process is dead.
    fn orphans(&self, b: &Bounds) -> impl Iterator<Item = usize> {
        let now = self.clock(b);
        let open = self.db.outbox.iter().flat_map(|one| &one.attempts).filter(|one| one.ended_at.is_none());
        let orphan = open.filter(move |one| {
            let node = &self.nodes[one.node];
            one.lease_until <= now || !node.up || one.run < node.run
        });
        orphan.map(|one| one.token)
    }

    fn may_claim(&self, b: &Bounds, node: usize, place: usize) -> bool {
        let one = &self.db.outbox[place];
        let awaits = |departure| matches!(departure, Departure::AwaitsVouching | Departure::AwaitsComparison);
        one.state == State::Ready
            && one.due_at.is_none_or(|at| at <= self.clock(b))
            && self.head(one.lane) == Some(place)
            && !self.db.is_busy(one.lane, b.rules)
            && !awaits(self.departure(b, node, place, true))
    }

    /// To which mask a rep answers: from which the customer's first text came.
    fn via(&self, author: Author) -> Option<Pair> {
        let of_customer = |text: usize| self.carrier.said[text].author == Author::Customer(author.customer());
        self.carrier.made.iter().find_map(|made| match made.lane {
            Lane::Rep(pair) if of_customer(made.text) => Some(pair),
            _ => None,
        })
    }

    /// What is, once this has happened.
    pub fn after(&self, b: &Bounds, action: Action) -> Self {
        let mut next = self.clone();
        match action {
            Action::Says(author) => {
                let nth = self.carrier.said.iter().filter(|said| said.author == author).count();
                let via = if matches!(author, Author::Rep(_)) { self.via(author) } else { None };
                let at = b.instant(self.now);
                next.carrier.said.push(Said { author, nth, via, at, hook: Hook::Pending });
            }
            Action::Drops { text } => {
                next.left.dropped -= 1;
                next.carrier.said[text].hook = Hook::Dropped;
            }
            Action::Starts { node } => next.start(node),
            Action::Notices { node } => next.notice(b, node),
            Action::TakesIn { node, text, answered, chance } => next.hook(b, node, text, answered, chance),
            Action::Marks { node, text } => next.mark(b, node, text),
            Action::Compares { node, author, chance } => next.compare(b, node, author, chance),
            Action::Vouches { node } => next.vouch(b, node),
            Action::Doubts { node, token } => next.lease(b, node, token),
            Action::Requests { node, token, how, late } => {
                next.carry(b, node, token, how, late);
                if b.swift {
                    next.settle(b, node, token);
                }
            }
            Action::Settles { node, token } => next.settle(b, node, token),
            Action::Looks { node, token, list } => next.ask(b, node, token, list),
            Action::Finds { node } => next.find(b, node),
            Action::Claims { node, place } => next.claim(b, node, place),
            Action::Reports { node, message, word } => next.receipt(b, node, message, word),
            Action::Dies { node } => next.crash(node),
            Action::BacksUp => next.back_up(),
            Action::GoesBack => next.go_back(),
            Action::Passes => next.now += 1,
            Action::Calms => next.calms(b),
        }
        next
    }
}
