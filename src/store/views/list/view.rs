//! Which conversations a list shows and in which order, as one word of an address.
//!
//! Every link and form of a page carries the word, so that people return to the same list.

use std::fmt;

use crate::domain::ids::{LabelId, NumberId, PersonId};

/// The views of the inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Every open one that the viewer may see and nobody has put aside.
    #[default]
    All,
    /// Open and pinned to the viewer.
    Mine,
    /// Open and pinned to nobody.
    Unassigned,
    /// Open, with a text that nobody responsible has seen.
    Unread,
    /// Open, with a customer who waits for an answer.
    Waiting,
    /// Where somebody called the viewer and the viewer has not looked.
    Mentions,
    /// Open ones that are put aside until later.
    Snoozed,
    /// With a text that did not reach the customer and that nobody has dealt with.
    Failed,
    /// Closed ones.
    Closed,
}

impl Which {
    /// All of them in the order of the page.
    pub const EVERY: [Which; 9] = [
        Which::All,
        Which::Mine,
        Which::Unassigned,
        Which::Unread,
        Which::Waiting,
        Which::Mentions,
        Which::Snoozed,
        Which::Failed,
        Which::Closed,
    ];

    /// The word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Which::All => "all",
            Which::Mine => "mine",
            Which::Unassigned => "unassigned",
            Which::Unread => "unread",
            Which::Waiting => "waiting",
            Which::Mentions => "mentions",
            Which::Snoozed => "snoozed",
            Which::Failed => "failed",
            Which::Closed => "closed",
        }
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// What was last said first.
    Newest,
    /// What was last said last.
    Oldest,
    /// The longest wait first, then those who do not wait, newest first.
    Waiting,
}

impl Sort {
    /// All of them in the order of the page.
    pub const EVERY: [Sort; 3] = [Sort::Newest, Sort::Oldest, Sort::Waiting];

    /// The word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Sort::Newest => "newest",
            Sort::Oldest => "oldest",
            Sort::Waiting => "waiting",
        }
    }
}

/// How a conversation stands, to choose by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// As [`Which::Unread`].
    Unread,
    /// As [`Which::Waiting`].
    Waiting,
    /// As [`Which::Failed`].
    Failed,
    /// Relaying is paused.
    Paused,
    /// A text reads like a refusal of further texts.
    Flagged,
}

impl Condition {
    /// All of them in the order of the page.
    pub const EVERY: [Condition; 5] =
        [Condition::Unread, Condition::Waiting, Condition::Failed, Condition::Paused, Condition::Flagged];

    /// The word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Condition::Unread => "unread",
            Condition::Waiting => "waiting",
            Condition::Failed => "failed",
            Condition::Paused => "paused",
            Condition::Flagged => "refusal",
        }
    }
}

/// Whose conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rep {
    /// Pinned to nobody.
    Nobody,
    /// Pinned to this person.
    Person(PersonId),
}

/// A list: which conversations, chosen by what, in which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Which.
    pub which: Which,
    /// Only those of this line.
    pub line: Option<NumberId>,
    /// Only those of this rep.
    pub rep: Option<Rep>,
    /// Only those with this label.
    pub label: Option<LabelId>,
    /// Only those that stand so.
    pub state: Option<Condition>,
    /// The order, where it is not the usual one.
    pub sort: Option<Sort>,
}

impl View {
    /// All of a view, in its usual order.
    #[must_use]
    pub fn of(which: Which) -> Self {
        View { which, ..View::default() }
    }

    /// Another view of the same line, in its usual order.
    #[must_use]
    pub fn beside(&self, which: Which) -> Self {
        View { which, line: self.line, ..View::default() }
    }

    /// The same view on one line, or on all.
    #[must_use]
    pub fn on(&self, line: Option<NumberId>) -> Self {
        View { line, ..View::of(self.which) }
    }

    /// The order: by default the longest wait first where everybody waits, else the newest first.
    #[must_use]
    pub fn order(&self) -> Sort {
        match (self.which, self.sort) {
            // Nobody waits in what is closed.
            (Which::Closed, Some(Sort::Waiting)) => Sort::Newest,
            (_, Some(sort)) => sort,
            (Which::Waiting, None) => Sort::Waiting,
            (_, None) => Sort::Newest,
        }
    }

    /// Whether fewer are shown than the view has.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        self.rep.is_some() || self.label.is_some() || self.state.is_some()
    }

    /// The word in addresses.
    #[must_use]
    pub fn word(&self) -> String {
        self.to_string()
    }

    /// Reads the word of an address; what names no view is none. Parts that say nothing are passed over.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        let mut parts = word.split('.');
        let first = parts.next()?;
        let mut view = View::of(Which::EVERY.into_iter().find(|which| which.word() == first)?);
        for (name, value) in parts.filter_map(|part| part.split_once('-')) {
            view.narrow(name, value);
        }
        Some(view)
    }

    /// Chooses by one thing more, as an address or a form says it: `line`, `rep`, `label`, `state` or `sort`. A value that
    /// says nothing takes the choice back.
    pub fn narrow(&mut self, name: &str, value: &str) {
        let number: Option<i64> = value.parse().ok();
        match name {
            "line" => self.line = number.map(NumberId),
            "rep" if value == "nobody" => self.rep = Some(Rep::Nobody),
            "rep" => self.rep = number.map(|id| Rep::Person(PersonId(id))),
            "label" => self.label = number.map(LabelId),
            "state" => self.state = Condition::EVERY.into_iter().find(|state| state.word() == value),
            "sort" => self.sort = Sort::EVERY.into_iter().find(|sort| sort.word() == value),
            _ => {}
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.which.word())?;
        if let Some(line) = self.line {
            write!(f, ".line-{line}")?;
        }
        match self.rep {
            Some(Rep::Nobody) => f.write_str(".rep-nobody")?,
            Some(Rep::Person(person)) => write!(f, ".rep-{person}")?,
            None => {}
        }
        if let Some(label) = self.label {
            write!(f, ".label-{label}")?;
        }
        if let Some(state) = self.state {
            write!(f, ".state-{}", state.word())?;
        }
        if let Some(sort) = self.sort {
            write!(f, ".sort-{}", sort.word())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_from_its_own_word() {
        for which in Which::EVERY {
            assert_eq!(View::read(which.word()), Some(View::of(which)));
        }
        let narrow = View {
            which: Which::Unread,
            line: Some(NumberId(3)),
            rep: Some(Rep::Person(PersonId(5))),
            label: Some(LabelId(7)),
            state: Some(Condition::Flagged),
            sort: Some(Sort::Oldest),
        };
        assert_eq!(narrow.word(), "unread.line-3.rep-5.label-7.state-refusal.sort-oldest");
        assert_eq!(View::read(&narrow.word()), Some(narrow));
        assert_eq!(View::read("all.rep-nobody").unwrap().rep, Some(Rep::Nobody));
    }

    #[test]
    fn what_says_nothing_is_passed_over() {
        assert_eq!(View::read("everything"), None);
        assert_eq!(View::read("mine.line-x.sort-best.colour-red.line"), Some(View::of(Which::Mine)));
    }
}
