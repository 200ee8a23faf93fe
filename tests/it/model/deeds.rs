//! What somebody does, with everything named, and what the program answers.

use std::time::Duration;

use switchboard::desk::consent::{self, block, refusal};
use switchboard::desk::conversations::assign;
use switchboard::desk::conversations::{close, held, note, snooze};
use switchboard::desk::lines::apply::{Apply, Unchanged};
use switchboard::desk::lines::line;
use switchboard::desk::receiving::Outcome;
use switchboard::desk::replies::{plan, reply};
use switchboard::desk::routing::duty;
use switchboard::desk::{Desk, Failure, people};
use switchboard::domain::ids::{ConversationId, MessageId, NumberId, PersonId};
use switchboard::domain::people::person::Duty;
use switchboard::domain::policy::{Key, LinePolicy};
use switchboard::domain::time::hours::Hours;
use switchboard::domain::words::text::Wording;

use super::oracle::{Decision, Rule, Setup};
use super::rig::texted;

/// Something that is done at the desk.
#[derive(Clone, Debug)]
pub enum Deed {
    Text { key: String, from: String, to: String, body: String },
    Reply { key: String, by: i64, talk: i64, body: String },
    Note { key: String, by: i64, talk: i64, body: String },
    Claim { by: i64, talk: i64 },
    Transfer { by: i64, talk: i64, to: i64 },
    Close { by: i64, talk: i64 },
    Block { by: i64, talk: i64, blocked: bool },
    Consent { by: i64, talk: i64, given: bool },
    Settle { by: i64, talk: i64, refused: bool },
    Duty { by: i64, person: i64, duty: &'static str },
    Enable { by: i64, person: i64, enabled: bool },
    Snooze { by: i64, talk: i64, span: Duration },
    Decide { by: i64, message: i64, how: Decision },
    Rule { by: i64, line: i64, rule: Rule },
    SetUp { text: String, what: Setup },
    TextsOn { person: i64 },
}

/// What the program answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A text was taken in.
    Stored(Outcome),
    Done,
    NotFound,
    Refused,
    /// Nobody ought to see this.
    Broken(String),
}

fn answer<T>(result: Result<T, Failure>) -> Answer {
    match result {
        Ok(_) => Answer::Done,
        Err(Failure::NotFound) => Answer::NotFound,
        Err(Failure::Refused { .. }) => Answer::Refused,
        Err(other) => Answer::Broken(other.to_string()),
    }
}

/// What an admin's form says.
fn rules(rule: &Rule) -> line::Rules {
    let mut rules = line::Rules::default();
    match rule {
        Rule::Hours(hours) => rules.hours = Some(hours.map(|hours| Hours::read(&hours.json()).unwrap())),
        Rule::Policies(own) => {
            let mut policies = LinePolicy::default();
            for (key, words) in own {
                policies.set(Key::read(key).unwrap(), Some(words)).unwrap();
            }
            rules.policies = Some(policies);
        }
        Rule::Words(name, words) => rules.texts.push((Wording::read(name).unwrap(), words.map(str::to_owned))),
    }
    rules
}

impl Deed {
    /// Does it.
    pub async fn done(&self, desk: &Desk) -> Answer {
        match self.clone() {
            Deed::Text { key, from, to, body } => {
                let told = texted(desk, key, [from, to], body).await;
                told.map_or_else(|why| Answer::Broken(why.to_string()), Answer::Stored)
            }
            Deed::Reply { key, by, talk, body } => {
                let (by, conversation) = (PersonId(by), ConversationId(talk));
                answer(plan::plan(desk, reply::Reply { by, conversation, body, form_key: Some(key) }.into()).await)
            }
            Deed::Note { key, by, talk, body } => {
                answer(note::note(desk, PersonId(by), ConversationId(talk), body, Some(key)).await)
            }
            Deed::Claim { by, talk } => answer(assign::claim(desk, PersonId(by), ConversationId(talk)).await),
            Deed::Transfer { by, talk, to } => {
                answer(assign::transfer(desk, PersonId(by), ConversationId(talk), PersonId(to), None).await)
            }
            Deed::Snooze { by, talk, span } => {
                let until = desk.clock.now() + span;
                answer(snooze::snooze(desk, PersonId(by), ConversationId(talk), until).await)
            }
            Deed::Block { by, talk, blocked } => {
                let (by, talk) = (PersonId(by), ConversationId(talk));
                answer(if blocked {
                    block::block(desk, by, talk, "rude").await
                } else {
                    block::unblock(desk, by, talk).await
                })
            }
            Deed::Consent { by, talk, given } => {
                let (by, talk) = (PersonId(by), ConversationId(talk));
                answer(if given {
                    consent::restore(desk, by, (talk, None), "a mistake").await
                } else {
                    consent::withdraw(desk, by, (talk, None), "said so by phone").await
                })
            }
            Deed::Settle { by, talk, refused } => {
                answer(refusal::settle(desk, PersonId(by), ConversationId(talk), refused).await)
            }
            Deed::Duty { by, person, duty } => {
                let duty = Duty::read(duty).unwrap();
                answer(duty::set_duty(desk, PersonId(by), PersonId(person), duty).await)
            }
            Deed::Enable { by, person, enabled } => {
                answer(duty::set_enabled(desk, PersonId(by), PersonId(person), enabled).await)
            }
            Deed::Close { by, talk } => answer(close::close(desk, PersonId(by), ConversationId(talk)).await),
            Deed::Decide { by, message, how } => {
                let (by, message) = (PersonId(by), MessageId(message));
                answer(match how {
                    Decision::Forward => held::forward(desk, by, message).await,
                    Decision::Reopen => held::reopen_for(desk, by, message).await,
                    Decision::Dismiss => held::dismiss(desk, by, message, "of no use").await,
                })
            }
            Deed::Rule { by, line, rule } => {
                answer(line::change(desk, PersonId(by), NumberId(line), rules(&rule)).await)
            }
            Deed::SetUp { text, .. } => {
                let setup = match text.parse() {
                    Ok(setup) => setup,
                    Err(mistakes) => return Answer::Broken(format!("{mistakes:?} in {text}")),
                };
                match (Apply { setup }).on(desk, false).await {
                    Ok(_) => Answer::Done,
                    Err(Unchanged::Mistakes(mistakes)) => Answer::Broken(format!("{mistakes:?} in {text}")),
                    Err(Unchanged::Store(why)) => Answer::Broken(why.to_string()),
                }
            }
            Deed::TextsOn { person } => answer(people::texts_on(desk, PersonId(person), PersonId(person)).await),
        }
    }
}
