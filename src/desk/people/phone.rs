//! Whose phone it is: a code is texted there and typed here, and from then on texts go there.

use serde_json::json;

use super::{hold_all, phones, record, whom};
use crate::clock::At;
use crate::desk::outbox::{Draft, Enqueued, enqueue};
use crate::desk::routing::relay::consent_scope;
use crate::desk::{Desk, Failure};
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::numbers::phone::Phone;
use crate::domain::numbers::typed;
use crate::domain::people::phone_code::{self, LIFE, Sent, Verdict, WINDOW, judge, next_at};
use crate::domain::pool::life;
use crate::secret::hash_token;
use crate::store::conversations::changes;
use crate::store::customers::{self, ledgers};
use crate::store::people::phone_codes::{self as table, PhoneCode};
use crate::store::routing::{numbers, opening, queue};
use crate::store::{Job, Result, Tx, lines, people};

/// The kind of a text that carries a code.
pub const PHONE_CODE: &str = "phone_code";

/// Texts a code to `phone`, which is to become `person`'s. `by` themselves or an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person for `by`; [`Failure::Refused`] for `phone`: that it is none, that
/// it is one of our numbers or another's phone, that there were three codes within the hour, or that no number of ours
/// can text it.
pub async fn send_code(desk: &Desk, by: PersonId, person: PersonId, phone: &str) -> Result<(), Failure> {
    let phone = typed::read(phone, None).map_err(|error| Failure::refused("phone", error.to_string()))?;
    let code = phone_code::code(|n| desk.chance.below(n));
    let sent = desk.store.write(SendCode { desk: desk.clone(), by, person, phone, code }).await??;
    desk.send(sent);
    Ok(())
}

struct SendCode {
    desk: Desk,
    by: PersonId,
    person: PersonId,
    phone: Phone,
    code: String,
}

impl Job for SendCode {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        hold_all(tx).await?;
        let (desk, now, phone) = (&self.desk, self.desk.clock.now(), self.phone.as_str());
        let Some(person) = whom(tx, self.by, self.person).await? else { return Ok(Err(Failure::NotFound)) };
        if person.phone.as_deref() == Some(phone) {
            return Ok(Err(Failure::refused("phone", "it is their phone already")));
        }
        if let Err(failure) = is_free(tx, phone).await? {
            return Ok(Err(failure));
        }
        if customers::is_blocked(tx, phone, None).await? {
            let why = "a customer with this phone is blocked, so nothing is sent there: unblock them first";
            return Ok(Err(Failure::refused("phone", why)));
        }
        let (theirs, there) = table::sent_since(tx, person.id, phone, now - WINDOW).await?;
        if let Some(at) = next_at(&theirs, now).max(next_at(&there, now)) {
            let minutes = at.since(now).as_secs().div_ceil(60);
            let why = format!("three codes were sent within the hour: the next one can be in {minutes} minutes");
            return Ok(Err(Failure::refused("phone", why)));
        }
        let Some(number) = sender(tx, person.id, phone).await? else {
            let why = "no number of ours can text this phone: add a line, or text START from the phone to it";
            return Ok(Err(Failure::refused("phone", why)));
        };
        let id = desk.ids.next(now);
        let code_hash = hash(id, person.id, &self.code);
        let (phone, expires_at) = (phone.to_owned(), now + LIFE);
        let code = PhoneCode { id, phone: phone.clone(), code_hash, expires_at, failures: 0, ended: false };
        table::insert(tx, person.id, &code, now).await?;
        record(desk, tx, (self.by, person.id), "phone_code_sent", &json!({}), now).await?;
        let draft = Draft {
            message: None,
            leg: None,
            conversation: None,
            kind: PHONE_CODE,
            number,
            to: phone,
            person: None,
            body: format!("{} is your Switchboard code. It proves that this phone is yours.", self.code),
            window_at: None,
        };
        enqueue(desk, tx, vec![draft], now).await.map(Ok)
    }
}

fn hash(id: i64, person: PersonId, code: &str) -> String {
    hash_token(&format!("{id} {person} {code}"))
}

/// Whether a phone is neither a number of ours nor an enabled person's.
async fn is_free(tx: &mut Tx, phone: &str) -> Result<Result<(), Failure>> {
    if numbers::all(tx).await?.iter().any(|number| number.number == phone) {
        return Ok(Err(Failure::refused("phone", "it is a number of ours: write the person's own phone")));
    }
    if people::by_phone(tx, phone).await?.is_some() {
        return Ok(Err(Failure::refused("phone", "it is another person's: take it from them first")));
    }
    Ok(Ok(()))
}

/// The number of ours that texts a code there: a line of the person's, another line, or a mask, whichever the phone has
/// neither blocked nor opted out of.
async fn sender(tx: &mut Tx, person: PersonId, phone: &str) -> Result<Option<NumberId>> {
    let own: Vec<NumberId> =
        lines::members(tx).await?.into_iter().filter(|(_, who)| *who == person).map(|(line, _)| line).collect();
    let mut all: Vec<_> = numbers::all(tx).await?.into_iter().filter(|n| n.state == life::State::Active).collect();
    all.sort_by_key(|n| (n.paused_at.is_some(), !own.contains(&n.id), !n.is_line, n.id));
    for number in all {
        let scope = consent_scope(number.id, number.is_line);
        let opted_out = ledgers::newest(tx, phone, &scope).await?.is_some_and(|newest| !newest.given);
        if !opted_out && !ledgers::is_blocked(tx, phone, number.id).await? {
            return Ok(Some(number.id));
        }
    }
    Ok(None)
}

/// Takes the code that was texted: from now on the phone is `person`'s and takes texts. What it had as a customer's phone
/// ends; the person's threads move to it. `by` themselves or an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person for `by`; [`Failure::Refused`] for `code`.
pub async fn confirm(desk: &Desk, by: PersonId, person: PersonId, code: &str) -> Result<(), Failure> {
    let code = phone_code::typed(code);
    let sent = desk.store.write(Confirm { desk: desk.clone(), by, person, code }).await??;
    desk.send(sent);
    Ok(())
}

struct Confirm {
    desk: Desk,
    by: PersonId,
    person: PersonId,
    code: String,
}

impl Job for Confirm {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        hold_all(tx).await?;
        let (desk, now) = (&self.desk, self.desk.clock.now());
        let Some(person) = whom(tx, self.by, self.person).await? else { return Ok(Err(Failure::NotFound)) };
        let over = || Failure::refused("code", "this code does not count any more: have another one sent");
        let Some(sent) = table::newest(tx, person.id).await? else { return Ok(Err(over())) };
        let facts = Sent { expires_at: sent.expires_at, failures: sent.failures, ended: sent.ended };
        match judge(facts, hash(sent.id, person.id, &self.code) == sent.code_hash, now) {
            Verdict::Right => {}
            Verdict::Over => return Ok(Err(over())),
            Verdict::Wrong { left } => {
                table::mistyped(tx, sent.id).await?;
                let tries = if left == 1 { "try is" } else { "tries are" };
                let why = format!("that is not the code; {left} {tries} left");
                return Ok(Err(Failure::refused("code", why)));
            }
        }
        // The phone may have become somebody's while the code was on its way.
        if let Err(Failure::Refused { why, .. }) = is_free(tx, &sent.phone).await? {
            return Ok(Err(Failure::refused("code", why)));
        }
        let Ok(phone) = Phone::parse(&sent.phone) else { return Ok(Err(over())) };
        table::end(tx, sent.id, now).await?;
        let done = change(desk, tx, person.id, person.phone.as_deref(), Some(&phone), now).await?;
        record(desk, tx, (self.by, person.id), "phone_changed", &json!({}), now).await?;
        Ok(Ok(done))
    }
}

async fn change(
    desk: &Desk,
    tx: &mut Tx,
    person: PersonId,
    from: Option<&str>,
    to: Option<&Phone>,
    now: At,
) -> Result<Enqueued> {
    for line in queue::lines_of(tx, person).await? {
        opening::hold_line(tx, line).await?;
    }
    people::set_phone(tx, person, None, now).await?;
    let done = phones::give(desk, tx, person, from, to, now).await?;
    changes::note(tx, &[(ConversationId(0), "duty")], now).await?;
    Ok(done)
}

/// Takes a person's phone away: their threads go on in the inbox. `by` themselves or an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person for `by`.
pub async fn remove(desk: &Desk, by: PersonId, person: PersonId) -> Result<(), Failure> {
    let sent = desk.store.write(Remove { desk: desk.clone(), by, person }).await??;
    desk.send(sent);
    Ok(())
}

struct Remove {
    desk: Desk,
    by: PersonId,
    person: PersonId,
}

impl Job for Remove {
    type Out = Result<Enqueued, Failure>;

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        hold_all(tx).await?;
        let (desk, now) = (&self.desk, self.desk.clock.now());
        let Some(person) = whom(tx, self.by, self.person).await? else { return Ok(Err(Failure::NotFound)) };
        let Some(phone) = person.phone else { return Ok(Ok(Enqueued::default())) };
        let done = change(desk, tx, person.id, Some(&phone), None, now).await?;
        record(desk, tx, (self.by, person.id), "phone_removed", &json!({}), now).await?;
        Ok(Ok(done))
    }
}
