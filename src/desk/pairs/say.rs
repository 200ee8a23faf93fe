//! Sends a text of the program to the parties of a pair.

use super::{Done, Held, Refusal, hold_for, tell};
use crate::desk::Desk;
use crate::desk::programs::Program;
use crate::desk::programs::once::Made;
use crate::desk::work::{UnitOfWork, Verb};
use crate::domain::ids::{ConversationId, MessageId};
use crate::domain::pairs::pair::{LONGEST_TEXT, Wrong, words};
use crate::domain::words::name;
use crate::store::{Result, pairs};

/// What is to be said, and to whom.
#[derive(Clone, Debug)]
pub struct Saying {
    /// In which pair.
    pub pair: ConversationId,
    /// What.
    pub body: String,
    /// To the parties of these aliases; to all without.
    pub to: Option<Vec<String>>,
}

/// Says it. It is accepted when this returns: each party's text stands in the outbox. `by` a program, whose pairs are those
/// of its app, or nobody but the program itself.
///
/// # Errors
/// What the database said; the inner error [`Refusal::NotFound`], [`Refusal::Wrong`] for `/body` or `/to`, or
/// [`Refusal::Conflict`] if the pair has ended.
pub async fn say(desk: &Desk, by: Option<Program>, mut saying: Saying) -> Done<MessageId> {
    saying.to = saying.to.map(|names| names.iter().map(|one| name::kept(one)).collect());
    if let Err(wrong) = words("/body", &saying.body, LONGEST_TEXT) {
        return Err(Refusal::Wrong(vec![wrong]));
    }
    let said = desk.work(Say { by, saying }).await?;
    Ok(said)
}

struct Say {
    by: Option<Program>,
    saying: Saying,
}

impl Verb for Say {
    type Out = MessageId;
    type Stop = Refusal;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (saying, now) = (&self.saying, work.now);
        let Held { conversation, term, mut legs } = hold_for(work, self.by.as_ref(), saying.pair).await?;
        if let Some(names) = &saying.to {
            let known =
                |one: &String| legs.iter().any(|leg| leg.alias.as_deref().map(name::kept).as_ref() == Some(one));
            let wrongs: Vec<Wrong> = names
                .iter()
                .enumerate()
                .filter(|(_, name)| !known(name))
                .map(|(i, _)| {
                    Wrong::at(format!("/to/{i}"), "no party of this pair has this alias; write one of theirs")
                })
                .collect();
            if names.is_empty() {
                let wrong = Wrong::at("/to", "it names nobody; name parties by their aliases, or leave it out for all");
                return Err(Refusal::Wrong(vec![wrong]));
            }
            if !wrongs.is_empty() {
                return Err(Refusal::Wrong(wrongs));
            }
            legs.retain(|leg| leg.alias.as_deref().is_some_and(|alias| names.contains(&name::kept(alias))));
        }
        let message = tell(work, &conversation, &legs, &saying.body).await?;
        let later = term.after_message(now);
        if later != term {
            pairs::keep_terms(work.batch(), &[(conversation.id, later)]);
            work.flush().await?;
        }
        if let Some(program) = &self.by {
            program.made(work, Made { id: message.0, new: true });
        }
        Ok(message)
    }
}
