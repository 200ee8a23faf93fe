//! Which way each text of a group goes, before anything is held or written.

use std::collections::HashSet;

use super::{Earlier, Inbound};
use crate::clock::At;
use crate::desk::Desk;
use crate::desk::work::UnitOfWork;
use crate::domain::pairs::pair;
use crate::domain::routing::comparison::is_compared;
use crate::domain::words::command::begins;
use crate::domain::words::keyword::{self, Keyword};
use crate::store::routing::selected::Selected;

/// One text of a group on its way through.
pub(super) struct Item<'a> {
    pub(super) index: usize,
    pub(super) text: &'a Inbound,
    pub(super) selected: Selected,
    pub(super) keyword: Option<Keyword>,
}

/// The texts of a group, by the way that each goes.
#[derive(Default)]
pub(super) struct Ways<'a> {
    /// They wait until their senders' earlier ones are in.
    pub(super) behind: Vec<usize>,
    /// Plain texts on live legs.
    pub(super) fast: Vec<Item<'a>>,
    /// Those that may open a conversation.
    pub(super) first: Vec<Item<'a>>,
    pub(super) slow: Vec<Item<'a>>,
}

impl<'a> Ways<'a> {
    pub(super) fn of(
        work: &UnitOfWork<'_>,
        texts: &[&'a Inbound],
        selected: impl Iterator<Item = (usize, Selected)>,
        earlier: Earlier,
    ) -> Self {
        let (desk, now) = (work.desk, work.now);
        let since = (!desk.readiness.has_compared_all()).then(|| desk.readiness.since());
        let mut ways = Ways::default();
        let mut held_up: HashSet<(&str, &str)> = HashSet::new();
        for (index, selected) in selected {
            let text = texts[index];
            if earlier == Earlier::Unknown && waits(desk, text, &selected, since, now) {
                ways.behind.push(index);
                continue;
            }
            let keyword = text.carrier_keyword.or_else(|| keyword_of(&text.body, &text.to));
            let item = Item { index, text, selected, keyword };
            // A text behind one that goes another way must not overtake it.
            let lane = (text.from.as_str(), text.to.as_str());
            let is_behind = held_up.contains(&lane);
            if !is_behind && item.is_plain(work) {
                ways.fast.push(item);
            } else if held_up.insert(lane) && item.may_open(work) {
                ways.first.push(item);
            } else {
                ways.slow.push(item);
            }
        }
        ways
    }
}

impl Item<'_> {
    /// Whether it can be relayed on its live leg as it is.
    fn is_plain(&self, work: &UnitOfWork<'_>) -> bool {
        let Item { text, selected, keyword, .. } = self;
        selected.conversation.is_some()
            && !selected.waiting
            && selected.number.is_some()
            && !selected.from_ours
            && (keyword.is_none() || (*keyword == Some(Keyword::Help) && !text.help_is_ours(work.desk)))
            && !begins(&text.body)
            && !(selected.end.is_some() && pair::asks_for_more(&text.body))
            && work.missed().is_none_or(|sent_at| !selected.began_after(sent_at))
    }

    /// Whether it may be the first of a new conversation.
    fn may_open(&self, work: &UnitOfWork<'_>) -> bool {
        self.selected.conversation.is_none()
            && self.selected.number.is_some_and(|(_, is_line)| is_line)
            && !self.selected.from_ours
            && self.keyword.is_none()
            && work.missed().is_none()
    }
}

/// Whether a text has to wait until its sender's earlier ones are in: of its number or its sender it is not known that nothing
/// was missed (`since`: when numbers have to be compared, if not all are), or earlier ones wait.
fn waits(desk: &Desk, text: &Inbound, selected: &Selected, since: Option<At>, now: At) -> bool {
    let (Some((number, _)), Some((ours, compared)), false) = (selected.number, selected.compared, selected.from_ours)
    else {
        return false;
    };
    let known = since.is_none_or(|since| is_compared(since, ours, compared, now))
        // A customer without a thread gets one only after the customers who wrote before.
        || (selected.conversation.is_some() && desk.readiness.has_looked_at(&text.from));
    if known && !selected.behind {
        return false;
    }
    desk.readiness.want(&text.from, number);
    true
}

/// The keyword that a body is; START's twin YES does not undo a toll-free number's STOP.
fn keyword_of(body: &str, to: &str) -> Option<Keyword> {
    let toll_free = crate::domain::numbers::phone::Phone::parse(to).is_ok_and(|phone| phone.is_toll_free());
    if toll_free { keyword::of_toll_free(body) } else { keyword::of(body) }
}
