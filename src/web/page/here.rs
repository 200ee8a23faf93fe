//! Where a reader is: which entry of the menu is marked, and the word by which a page that fetches the menu again says
//! so.

use std::fmt;

use crate::store::views::list::View;

/// Where the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// In a view of conversations.
    View(View),
    /// At the form that starts a conversation.
    Start,
    /// At the held texts.
    Held,
    /// At the labels.
    Labels,
    /// At everything ever said.
    History,
    /// At the live board.
    Board,
    /// At the texts in doubt.
    Deliveries,
    /// At the list of who looked and who took something out.
    Audit,
    /// At the lines and their rules.
    Lines,
    /// At the pool of masks.
    Pool,
    /// At the people.
    People,
    /// At one's own page.
    Me,
    /// At the canned replies.
    Canned,
    /// At the tokens of the API.
    Tokens,
    /// At the endpoints of events.
    Endpoints,
}

/// Every place that is no view of conversations, with its word. No view has any of these words.
const PLACES: [(Here, &str); 14] = [
    (Here::Start, "start"),
    (Here::Held, "held"),
    (Here::Labels, "labels"),
    (Here::History, "history"),
    (Here::Board, "board"),
    (Here::Deliveries, "deliveries"),
    (Here::Audit, "audit"),
    (Here::Lines, "lines"),
    (Here::Pool, "pool"),
    (Here::People, "people"),
    (Here::Me, "me"),
    (Here::Canned, "canned"),
    (Here::Tokens, "tokens"),
    (Here::Endpoints, "endpoints"),
];

impl Here {
    /// The list that the views of the page stand beside.
    #[must_use]
    pub fn view(self) -> View {
        match self {
            Here::View(view) => view,
            _ => View::default(),
        }
    }

    /// Reads the word of an address, which is either a place's or a view's; anything else is the usual view.
    #[must_use]
    pub fn read(word: &str) -> Self {
        let place = PLACES.iter().find(|(_, known)| *known == word).map(|(place, _)| *place);
        place.unwrap_or_else(|| Here::View(View::read(word).unwrap_or_default()))
    }
}

/// The word for addresses, which [`Here::read`] reads.
impl fmt::Display for Here {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, PLACES.iter().find(|(place, _)| place == self)) {
            (Here::View(view), _) => view.fmt(f),
            (_, Some((_, word))) => f.write_str(word),
            (_, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_read_from_its_own_word() {
        let views = ["all", "mine", "unread.line-3.sort-oldest"].map(|word| Here::View(View::read(word).unwrap()));
        for here in PLACES.iter().map(|(place, _)| *place).chain(views) {
            assert_eq!(Here::read(&here.to_string()), here);
            assert!(!here.to_string().is_empty());
        }
        assert_eq!(Here::read("nowhere"), Here::View(View::default()));
        for (_, word) in PLACES {
            assert_eq!(View::read(word), None, "{word} names a view as well");
        }
    }
}
