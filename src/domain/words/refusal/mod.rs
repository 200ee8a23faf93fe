//! Texts that read like "no more texts from you". They take no effect by themselves: a person decides.
//!
//! Regulators count any reasonable wording as a refusal, and the carrier only its exact words. Texts that the carrier
//! reads ([`crate::domain::words::keyword`]) do not come here; all others do, of any length. Two ways lead to the flag:
//! a stop word that stands alone or only with courtesy (`bare`), and phrases that ask for an end (`phrases`). Both
//! prefer to flag, because a wrong flag costs a look and a missed refusal breaks a law. But people stop reading a list
//! with many false alarms, so the words before and behind a phrase can make it ordinary ("don't stop", "stop by at 5",
//! "opt out of the insurance"). The rules are compiled once, at the start of the program ([`ready`]).

mod bare;
mod compiled;
mod fold;
mod phrases;
mod vocabulary;

use super::keyword::{self, Keyword};
use compiled::Rules;

/// Compiles the rules, so that a program in which they are broken does not start. A test keeps them whole.
pub fn ready() {
    std::sync::LazyLock::force(&compiled::RULES);
}

/// Whether `body` reads like a refusal of further texts.
#[must_use]
pub fn reads_like(body: &str) -> bool {
    // The carrier's own word takes effect by itself, and a reaction quotes a text of ours, which may say how to opt out.
    if keyword::of(body) == Some(Keyword::Stop) || fold::is_reaction(body) {
        return false;
    }
    let rules: &Rules = &compiled::RULES;
    let sentences = fold::sentences(body, rules);
    bare::stands(&sentences, rules) || sentences.iter().any(|sentence| phrases::hold(sentence, rules))
}

#[cfg(test)]
mod tests;
