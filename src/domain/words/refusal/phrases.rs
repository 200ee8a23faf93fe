//! Phrases that ask for an end, unless the words around them make them ordinary.

use super::compiled::{Phrase, Rules, Tail, Word};

/// How far before a phrase a "not" still turns it around.
const REACH: usize = 3;

/// Whether one of the phrases stands in the sentence and means what it says.
pub(super) fn hold(sentence: &[Word], rules: &Rules) -> bool {
    if quotes_a_footer(sentence, rules) {
        return false;
    }
    (0..sentence.len()).any(|at| {
        rules.phrases.iter().any(|phrase| {
            let ends = phrase.ends(&sentence[at..]);
            !ends.is_empty()
                && !turned(phrase, sentence, at, rules)
                && ends.iter().any(|end| closes(phrase.tail, &sentence[at + end..], rules))
        })
    })
}

/// "Reply STOP to opt out" tells how; a writer of it quotes.
fn quotes_a_footer(sentence: &[Word], rules: &Rules) -> bool {
    let (reply, key, weak) = (rules.named("reply"), rules.named("key"), rules.named("weak"));
    sentence.windows(2).enumerate().any(|(at, pair)| {
        let told = reply.has(&pair[0]) && !pair[1].apart && (key.has(&pair[1]) || weak.has(&pair[1]));
        told && sentence
            .get(at + 2)
            .is_none_or(|next| !rules.named("me").has(next) && !rules.named("texting").has(next))
    })
}

/// What stands behind a phrase lets it mean what it says.
fn closes(tail: Tail, rest: &[Word], rules: &Rules) -> bool {
    let polite = |words: &[Word]| words.iter().all(|word| rules.named("polite").has(word));
    match tail {
        Tail::Open => true,
        Tail::Wide => {
            rest.first().is_none_or(|word| word.apart || !rules.named("narrow").has(word)) || is_nowhere(rest, rules)
        }
        Tail::Clause => polite(&rest[..rest.iter().position(|word| word.apart).unwrap_or(rest.len())]),
        Tail::Shut => polite(rest),
    }
}

/// "At once", "to me", "on this number" narrow nothing down.
fn is_nowhere(rest: &[Word], rules: &Rules) -> bool {
    let is = |at: usize, name: &str| rest.get(at).is_some_and(|word| rules.named(name).has(word));
    is(0, "where") && (is(1, "me") || is(1, "once") || (is(1, "mine") && is(2, "number")))
}

/// What stands before a phrase makes it a question or the opposite.
fn turned(phrase: &Phrase, sentence: &[Word], at: usize, rules: &Rules) -> bool {
    let begin = (0..=at).rev().find(|place| sentence[*place].apart).unwrap_or(0);
    let before = &sentence[begin..at];
    if phrase.order {
        // "Do not" is an order as well; "I do not" is none.
        let mut back = before.iter().rev().skip_while(|word| rules.named("do").has(word));
        if back.next().is_some_and(|word| rules.named("subject").has(word)) {
            return true;
        }
    }
    if phrase.firm {
        return false;
    }
    let near = &before[before.len().saturating_sub(REACH)..];
    if near.iter().any(|word| rules.named("not").has(word)) {
        return true;
    }
    let mut asked = before.iter().skip_while(|word| rules.named("opener").has(word));
    match (asked.next(), asked.next()) {
        (Some(first), second) if rules.named("asks").has(first) => {
            second.is_none_or(|second| !rules.named("asks_not").has(second))
        }
        (Some(first), Some(second)) => rules.named("asks_i").has(first) && rules.named("i").has(second),
        _ => false,
    }
}
