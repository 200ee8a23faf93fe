//! A rep's own words that are not for the customer: commands, STOP and START, and texts sent to a line.

use super::{Item, Outcome, keep};
use crate::clock::At;
use crate::desk::notice::{REP_ON_LINE, answer, throttled, words};
use crate::desk::outbox::{Enqueued, enqueue};
use crate::desk::{Desk, ledger};
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::keyword::Keyword;
use crate::store::routes::LiveLeg;
use crate::store::{Result, Tx, changes};

/// Takes in a command or STOP on a rep's live leg; `None` where the text is for the customer after all.
pub(super) async fn word(
    desk: &Desk,
    tx: &mut Tx,
    item: &Item<'_>,
    leg: &LiveLeg,
    now: At,
    done: &mut Enqueued,
) -> Result<Option<Outcome>> {
    let text = item.text;
    let command = text.body.trim_start().starts_with('#');
    let stop = item.keyword == Some(Keyword::Stop);
    if let (Some(word), Some(person)) = (item.keyword, leg.person) {
        ledger::rep_keyword(desk, tx, word, person, &text.from, leg.number, &text.carrier_id, now).await?;
    }
    if !command && !stop {
        // START and HELP take effect and are relayed: "Shall I book it?" "Yes".
        return Ok(None);
    }
    let (kind, why) = if stop { ("keyword", "texts to this phone are off") } else { ("command", "a command") };
    let mut message = text.message(desk, now, ("rep", kind), Outcome::Kept, Some(why));
    message.conversation = Some(leg.conversation);
    message.author_id = leg.person;
    message.leg = Some(leg.id);
    keep(desk, tx, message, Some(leg.conversation), now).await?;
    if stop {
        let data = serde_json::json!({ "person": leg.person.map(|id| id.0.to_string()) });
        changes::event(tx, desk.ids.next(now), Some(leg.conversation), now, "phone_off", leg.person, &data).await?;
    } else {
        add(done, enqueue(desk, tx, vec![answer(leg.number, &text.from, words::COMMAND)], now).await?);
    }
    Ok(Some(Outcome::Kept))
}

/// Takes in a rep's text to a line: it never opens a conversation, and gets a short help text.
pub(super) async fn on_line(
    desk: &Desk,
    tx: &mut Tx,
    item: &Item<'_>,
    (person, _name): (PersonId, String),
    line: NumberId,
    now: At,
    done: &mut Enqueued,
) -> Result<Outcome> {
    let text = item.text;
    let command = text.body.trim_start().starts_with('#');
    if let Some(word) = item.keyword {
        ledger::rep_keyword(desk, tx, word, person, &text.from, line, &text.carrier_id, now).await?;
    }
    let kind = if command { "command" } else { "text" };
    let mut message = text.message(desk, now, ("rep", kind), Outcome::Kept, Some("a rep texted a line"));
    message.author_id = Some(person);
    keep(desk, tx, message, None, now).await?;
    if command {
        add(done, enqueue(desk, tx, vec![answer(line, &text.from, words::COMMAND)], now).await?);
    } else if item.keyword.is_none() {
        // Once an hour: a phone that answers by itself would otherwise never stop.
        add(done, throttled(desk, tx, REP_ON_LINE, line, &text.from, words::REP_ON_LINE, now).await?);
    }
    Ok(Outcome::Kept)
}

fn add(done: &mut Enqueued, mut more: Enqueued) {
    done.waiting |= more.waiting;
    done.sendings.append(&mut more.sendings);
}
