//! What somebody typed into the search box, as words that must be there, may be there, or must not.

use super::fold;

/// A word to be found, or the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// Folded.
    pub text: String,
    /// Longer words that begin so will do.
    pub begins: bool,
}

/// Words that all must be there.
pub type Together = Vec<Word>;

/// What a message must say: of every group at least one alternative, and none of `without`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// Groups of alternatives.
    pub groups: Vec<Vec<Together>>,
    /// What it must not say.
    pub without: Vec<Together>,
    /// Something was typed, and nothing of it stands in any list, such as `!?`: nothing says so.
    pub vain: bool,
}

/// The least that a beginning must have, so that it does not stand for half the dictionary.
const LEAST: usize = 3;
/// The most groups and words of one question.
const MOST: usize = 12;

impl Question {
    /// Reads `deposit OR refund -cash kayak*`: everything must be there but what stands after a minus; around OR either.
    /// Any text can be read.
    #[must_use]
    pub fn read(text: &str) -> Question {
        let mut question = Question::default();
        let mut or = false;
        for token in text.split_whitespace().take(4 * MOST) {
            if token == "OR" {
                or = true;
                continue;
            }
            let (token, not) = match token.strip_prefix('-') {
                Some(rest) if !rest.is_empty() => (rest, true),
                _ => (token, false),
            };
            let together = together(token);
            if together.is_empty() {
                continue;
            }
            match question.groups.last_mut() {
                _ if not => question.without.push(together),
                Some(last) if or => last.push(together),
                _ => question.groups.push(vec![together]),
            }
            or = false;
        }
        question.groups.truncate(MOST);
        question.without.truncate(MOST);
        question.vain = question.is_empty() && !text.trim().is_empty();
        question
    }

    /// Nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.without.is_empty()
    }

    /// Whether a found text's word is one that was asked for.
    #[must_use]
    pub fn asks_for(&self, word: &str) -> bool {
        self.groups.iter().flatten().flatten().any(|wanted| wanted.meets(word))
    }
}

fn together(token: &str) -> Together {
    let begins = token.ends_with('*');
    let mut words: Together =
        fold::wanted(token).into_iter().map(|text| Word { text, begins: false }).take(MOST).collect();
    if let Some(last) = words.last_mut().filter(|last| begins && last.text.chars().count() >= LEAST) {
        last.begins = true;
    }
    words
}

impl Word {
    /// Whether a word of a text is this one.
    #[must_use]
    pub fn meets(&self, word: &str) -> bool {
        if self.begins { word.starts_with(&self.text) } else { word == self.text }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> (Vec<Vec<Vec<String>>>, Vec<Vec<String>>) {
        let words = |words: &Together| -> Vec<String> {
            words.iter().map(|word| format!("{}{}", word.text, if word.begins { "*" } else { "" })).collect()
        };
        let question = Question::read(text);
        let groups = question.groups.iter().map(|group| group.iter().map(words).collect()).collect();
        (groups, question.without.iter().map(words).collect())
    }

    fn owned(groups: &[&[&[&str]]]) -> Vec<Vec<Vec<String>>> {
        let words = |words: &&[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        groups.iter().map(|group| group.iter().map(words).collect()).collect()
    }

    #[test]
    fn words_alternatives_beginnings_and_what_must_not_be_there_are_read() {
        assert_eq!(plain("Deposit OR REFUND boat"), (owned(&[&[&["deposit"], &["refund"]], &[&["boat"]]]), vec![]));
        assert_eq!(plain("kayak* e-mail").0, owned(&[&[&["kayak*"]], &[&["e", "mail"]]]));
        assert_eq!(plain("boat -cash"), (owned(&[&[&["boat"]]]), vec![vec!["cash".to_owned()]]));
        assert_eq!(plain("ka*").0, owned(&[&[&["ka"]]]));
        assert_eq!(plain("OR - ! OR"), (vec![], vec![]));
    }

    #[test]
    fn what_stands_in_no_list_asks_in_vain_and_not_for_everything() {
        for vain in ["!", "?!", "...", ":-)", "OR", "€", "\u{200b}", "-!"] {
            assert!(Question::read(vain).vain, "{vain}");
        }
        for text in ["", "  ", "kayak", "👍", "-cash", "! kayak", "#20931"] {
            assert!(!Question::read(text).vain, "{text}");
        }
        assert_eq!(plain("👍🏽 ok").0, owned(&[&[&["👍"]], &[&["ok"]]]));
        assert_eq!(plain("#20931").0, owned(&[&[&["20931"]]]));
    }

    proptest! {
        #[test]
        fn anything_can_be_read(text in "\\PC{0,200}") {
            let question = Question::read(&text);
            prop_assert!(question.groups.len() <= MOST && question.groups.iter().flatten().flatten().all(|w| !w.text.is_empty()));
        }
    }
}
