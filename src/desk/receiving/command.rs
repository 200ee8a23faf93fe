//! Carries out the command in a rep's text, in the transaction that receives the text, by the same verbs as the web.

use crate::clock::At;
use crate::desk::Failure;
use crate::desk::conversations::{assign, close, note, snooze};
use crate::desk::outbox::notice::{Whose, answer, say};
use crate::desk::outbox::relay::customer_label;
use crate::desk::outbox::unsaid;
use crate::desk::routing::{duty, muting};
use crate::desk::work::UnitOfWork;
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::message::Channel;
use crate::domain::people::colleague::{self, Unclear};
use crate::domain::people::person::Duty;
use crate::domain::words::command::{Command, Hash, span_words};
use crate::domain::words::files::Files;
use crate::domain::words::text::Wording;
use crate::store::routing::routes::{self, Conversation};
use crate::store::views::colleagues;
use crate::store::{Result, Tx};

/// Where a command was texted.
#[derive(Clone, Debug)]
pub(in crate::desk) enum Place {
    /// To a line, which is for customers.
    Line,
    /// In the thread of this conversation, which the rep has.
    Thread(ConversationId),
    /// On a mask where the rep has no conversation any more; what to say of it.
    Nowhere(String),
}

/// A command as it came.
#[derive(Clone, Debug)]
pub(in crate::desk) struct Order<'a> {
    /// Who texted it.
    pub(in crate::desk) person: PersonId,
    /// From this phone.
    pub(in crate::desk) phone: &'a str,
    /// To this number.
    pub(in crate::desk) number: NumberId,
    /// In which thread.
    pub(in crate::desk) place: Place,
    /// The types of pictures and files that came with it.
    pub(in crate::desk) media: Vec<String>,
}

/// Does what `hash` asks, and answers on the number that it was texted to.
pub(in crate::desk) async fn carry_out(work: &mut UnitOfWork<'_>, order: &Order<'_>, hash: Hash) -> Result<()> {
    let said = match hash {
        Hash::Command(command) => obey(work, order, command).await?,
        Hash::Wrong(mistake) => format!("{mistake}. Nothing was sent to the customer. #help lists the commands."),
        // Callers relay it; on a line it has no reader.
        Hash::Text(_) => line_help(work.tx, order).await?,
    };
    let said = match order.media.as_slice() {
        [] => said,
        types => format!("{said} Only its words count, not {}.", unsaid::what(&Files::Of(types.to_vec()))),
    };
    let number = reachable_number(work.tx, order).await?;
    work.enqueue(vec![answer(number, order.phone, &said)]).await?;
    Ok(())
}

async fn obey(work: &mut UnitOfWork<'_>, order: &Order<'_>, command: Command) -> Result<String> {
    match (command, &order.place) {
        (Command::Help, Place::Line) => line_help(work.tx, order).await,
        (Command::Help, Place::Thread(conversation)) => {
            say(work.tx, Whose::In(*conversation), Wording::CommandHelp, &[]).await
        }
        (Command::Help, Place::Nowhere(_)) => say(work.tx, Whose::Nobody, Wording::CommandHelp, &[]).await,
        (Command::Away, _) => {
            duty::change(work, order.person, order.person, Duty::Away).await?;
            Ok("You are away: no new customers. Your own customers' texts still come. #on brings you back.".to_owned())
        }
        (Command::On, _) => {
            duty::change(work, order.person, order.person, Duty::On).await?;
            muting::texts_on(work, order.person, order.phone).await?;
            Ok("You are on: new customers may come, and their texts reach this phone.".to_owned())
        }
        (command, Place::Line) => {
            let named = command.to_string();
            let named = named.split(' ').next().unwrap_or_default();
            Ok(format!("{named} works in a customer's thread. {}", line_help(work.tx, order).await?))
        }
        (_, Place::Nowhere(why)) => Ok(why.clone()),
        (command, Place::Thread(conversation)) => in_thread(work, (order.person, *conversation), command).await,
    }
}

/// What works on a line.
async fn line_help(tx: &mut Tx, order: &Order<'_>) -> Result<String> {
    say(tx, Whose::Line(order.number), Wording::CommandLine, &[]).await
}

async fn in_thread(
    work: &mut UnitOfWork<'_>,
    (by, conversation): (PersonId, ConversationId),
    command: Command,
) -> Result<String> {
    let now = work.now;
    let outcome = match command {
        Command::Who => Ok(who(work.tx, by, conversation, now).await?),
        Command::Note(text) => {
            let kept = note::note_in(work, (by, conversation), (Channel::Phone, None), &text).await;
            kept.map(|_| "Noted, for staff only.".to_owned())
        }
        Command::Close => close::close_in(work, (by, conversation), None).await.map(|()| "Closed.".to_owned()),
        Command::Later(span) => {
            let put = snooze::snooze_in(work, (by, conversation), Some(now + span)).await;
            put.map(|()| {
                format!("Put aside for {}. You will be reminded, or hear at once if they write.", span_words(span))
            })
        }
        Command::Transfer(name) => match assignee(work.tx, by, conversation, &name, now).await {
            Err(unclear) => Err(unclear),
            Ok((to, name)) => {
                assign::move_in(work, (by, conversation), Some(to), None).await.map(|()| format!("{name} has it now."))
            }
        },
        Command::Help | Command::Away | Command::On => Ok(String::new()),
    };
    match outcome {
        Ok(said) => Ok(said),
        Err(Failure::Refused { why, .. }) => Ok(format!("Not done: {why}.")),
        Err(Failure::NotFound) => Ok("Not done: this conversation is not yours any more.".to_owned()),
        Err(Failure::Store(error)) => Err(error),
    }
}

/// Whom the thread is with, since when, and who has it.
async fn who(tx: &mut Tx, by: PersonId, conversation_id: ConversationId, now: At) -> Result<String> {
    let conversations = routes::conversations(tx, &[conversation_id]).await?;
    let Some(conversation) = conversations.first() else { return Ok(String::new()) };
    let since = ago(now, conversation.opened_at);
    let with = if conversation.pinned_to == Some(by) { "you" } else { "a colleague" };
    let line = conversation.line_name.as_deref().map(|line| format!(", {line}")).unwrap_or_default();
    Ok(format!("{}{line}, #{conversation_id}. Began {since}. With {with}.", customer_label(conversation)))
}

/// How long ago in words.
fn ago(now: At, at: At) -> String {
    let minutes = now.since(at).as_secs() / 60;
    match (minutes / 1440, minutes / 60, minutes) {
        (0, 0, 0) => "just now".to_owned(),
        (0, 0, minutes) => format!("{minutes} min ago"),
        (0, hours, _) => format!("{hours} h ago"),
        (days, ..) => format!("{days} d ago"),
    }
}

/// The colleague whom `name` means.
///
/// # Errors
/// [`Failure::Refused`] for the field `to`, in words for the rep.
async fn assignee(
    tx: &mut Tx,
    by: PersonId,
    conversation_id: ConversationId,
    name: &str,
    now: At,
) -> Result<(PersonId, String), Failure> {
    let conversations = routes::conversations(tx, &[conversation_id]).await?;
    let line = conversations.first().and_then(|conversation: &Conversation| conversation.line);
    let members = match line {
        Some(line) => colleagues::of(tx, line, now).await?,
        None => Vec::new(),
    };
    let others: Vec<(PersonId, String)> =
        members.into_iter().filter(|one| one.id != by).map(|one| (one.id, one.name)).collect();
    if others.is_empty() {
        return Err(Failure::refused("to", "nobody else is on this line"));
    }
    let names = |of: &[String]| of.join(", ");
    let why = match colleague::called(name, &others) {
        Ok(id) => {
            let name = others.into_iter().find(|(other, _)| *other == id).map(|(_, name)| name).unwrap_or_default();
            return Ok((id, name));
        }
        Err(Unclear::Several(several)) => {
            format!("that may be {}. Text #transfer and the whole name", names(&several))
        }
        Err(Unclear::Nobody) => {
            let all: Vec<String> = others.into_iter().map(|(_, name)| name).collect();
            format!("nobody on this line is called so. There are {}", names(&all))
        }
    };
    Err(Failure::refused("to", why))
}

/// Where the answer goes: the thread may have moved to another mask, because its own is blocked.
async fn reachable_number(tx: &mut Tx, order: &Order<'_>) -> Result<NumberId> {
    let Place::Thread(conversation) = order.place else { return Ok(order.number) };
    let legs = routes::live_legs(tx, &[conversation]).await?;
    Ok(legs.iter().find(|leg| leg.person == Some(order.person)).map_or(order.number, |leg| leg.number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{days, hours, minutes};

    #[test]
    fn times_are_told_in_their_largest_unit() {
        let at = At::from_seconds(1000);
        assert_eq!(ago(at, at), "just now");
        assert_eq!(ago(at + minutes(59), at), "59 min ago");
        assert_eq!(ago(at + hours(23), at), "23 h ago");
        assert_eq!(ago(at + days(3), at), "3 d ago");
    }
}
