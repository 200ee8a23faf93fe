//! Free text that reads like "leave me alone". It takes no effect by itself: a person decides.
//!
//! Regulators count any reasonable wording as a refusal, and the carrier only its exact words. Better one flag too few
//! than a list that cries wolf: each phrase here asks for an end, not for a pause or a favour.

/// Phrases that ask for an end wherever they stand. All in the words of [`folded`].
const PHRASES: &[&str] = &[
    "opt out",
    "opt me out",
    "opting out",
    "unsubscribe me",
    "take me off your list",
    "take me off the list",
    "take me off this list",
    "remove me from your list",
    "remove me from the list",
    "remove me from this list",
    "remove my number",
    "delete my number",
    "lose my number",
    "do not contact me",
    "never contact me",
    "stop contacting me",
    "stop texting me",
    "stop messaging me",
    "stop sending me texts",
    "stop sending me messages",
    "stop these texts",
    "stop these messages",
    "quit texting me",
    "never text me",
    "no more texts",
    "no more messages",
    "leave me alone",
];

/// Phrases that ask for an end only if nothing narrows them down: "don't text me before 9" asks for a time of day.
const BARE: &[&str] = &[
    "do not text me",
    "do not message me",
    "do not text this number",
    "do not want your texts",
    "do not want any texts",
    "do not want these texts",
    "do not want any more texts",
    "please stop texting",
    "please stop messaging",
    "stop texting",
];

/// Words after which a [`BARE`] phrase is still bare.
const TAILS: &[&str] =
    &["", "again", "anymore", "any more", "ever", "ever again", "please", "at all", "thanks", "thank you", "now"];

/// Words before a phrase that turn it around: "never opt out", "did you opt me out?"
const TURNS: &[&str] = &["how do i", "how to", "did i", "did you", "i did not", "do not", "never", "if i", "can i"];

/// Whether `body` reads like a refusal of further texts.
#[must_use]
pub fn reads_like(body: &str) -> bool {
    // Nobody explains in three paragraphs that they want no texts, and long bodies cost time.
    if body.len() > 400 {
        return false;
    }
    sentences(body).iter().any(|sentence| {
        places(sentence).any(|(before, rest)| {
            let free = || PHRASES.iter().any(|phrase| after(rest, phrase).is_some());
            let bare = || BARE.iter().any(|phrase| after(rest, phrase).is_some_and(|tail| TAILS.contains(&tail)));
            (free() || bare()) && !turned(before)
        })
    })
}

/// Where a word of `sentence` begins: what stands before, and the rest from there.
fn places(sentence: &str) -> impl Iterator<Item = (&str, &str)> {
    let begins = std::iter::once(0).chain(sentence.match_indices(' ').map(|(at, _)| at + 1));
    begins.map(|at| sentence.split_at(at)).map(|(before, rest)| (before.trim(), rest))
}

/// What stands after `phrase` if `rest` begins with it and a word ends there.
fn after<'a>(rest: &'a str, phrase: &str) -> Option<&'a str> {
    let after = rest.strip_prefix(phrase)?;
    (after.is_empty() || after.starts_with(' ')).then(|| after.trim())
}

fn turned(before: &str) -> bool {
    TURNS.iter().any(|turn| before == *turn || before.ends_with(&format!(" {turn}")))
}

/// The sentences of a body, in lower case, without marks, contractions written out.
fn sentences(body: &str) -> Vec<String> {
    body.split(['.', '!', '?', '\n', ';']).map(folded).filter(|sentence| !sentence.is_empty()).collect()
}

fn folded(text: &str) -> String {
    let text = text.to_lowercase().replace(['\u{2019}', '\u{2018}', '`'], "'");
    let text = text.replace("don't", "do not").replace("dont ", "do not ").replace("didn't", "did not");
    let words: String = text.chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_asks_for_an_end_is_flagged() {
        for body in [
            "please don't text me again",
            "Please don\u{2019}t text me anymore.",
            "STOP TEXTING ME",
            "stop texting me!!!",
            "Stop texting",
            "Wrong number. Please stop texting.",
            "Remove me from your list",
            "can you take me off the list please",
            "opt out",
            "I would like to opt out of this",
            "Opt-out",
            "I did not opt out then, but opt out now",
            "dont text me",
            "do not contact me again",
            "I don't want any more texts",
            "No more texts please",
            "lose my number",
            "Please unsubscribe me from this",
            "leave me alone",
            "Hi Ana, thanks for everything. Never text me again.",
        ] {
            assert!(reads_like(body), "{body}");
        }
    }

    #[test]
    fn what_asks_for_something_else_is_not() {
        for body in [
            "Stop by at 5?",
            "don't text me before 9, call",
            "Please don't text me while I drive",
            "do not text me at work, use the other number",
            "stop texting while driving lol",
            "I can't stop laughing",
            "How do I opt out?",
            "I did not opt out",
            "Did you opt me out?",
            "don't stop texting me",
            "the bus does not stop there any more",
            "The laptop outlet is broken",
            "can you take the lamp off the list",
            "no more text books left?",
            "Please cancel my order",
            "We adopt outdoor cats",
            "",
            "STOP",
        ] {
            assert!(!reads_like(body), "{body}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_can_be_texted_makes_it_fail(body in any::<String>()) {
            let _ = reads_like(&body);
        }

        #[test]
        fn case_and_marks_change_nothing(at in 0..PHRASES.len(), mark in "[.!?\n ]{0,3}") {
            let body = format!("{}{mark}", PHRASES[at].to_uppercase());
            prop_assert!(reads_like(&body));
        }
    }
}
