//! Confirms a person's phone: the program texts a code there, the person types it here, and from then on texts go
//! there.

use serde_json::json;

use crate::desk::authority::{hold_all, record, whom};
use crate::desk::consent::consent_scope;
use crate::desk::outbox::Draft;
use crate::desk::routing::phones;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::numbers::phone::Phone;
use crate::domain::numbers::typed;
use crate::domain::outbox::delivery::Kind;
use crate::domain::people::audit::Action;
use crate::domain::people::phone_code::{self, LIFE, Sent, Verdict, WINDOW, judge, next_at};
use crate::domain::pool::life;
use crate::secret::hash_token;
use crate::store::customers::{self, ledgers};
use crate::store::people::phone_codes::{self as table, PhoneCode};
use crate::store::routing::{numbers, opening, queue};
use crate::store::{Result, Tx, lines, people};

/// Texts a code to `phone`, which is to become `person`'s. `by` themselves or an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person for `by`; [`Failure::Refused`] for `phone`: that it is none, that
/// it is one of our numbers or another's phone, that there were three codes within the hour, or that no number of ours
/// can text it.
pub async fn send_code(desk: &Desk, by: PersonId, person: PersonId, phone: &str) -> Result<(), Failure> {
    let phone = typed::read(phone, None).map_err(|error| Failure::refused("phone", error.to_string()))?;
    let code = phone_code::code(|n| desk.chance.below(n));
    desk.work(SendCode { by, person, phone, code }).await?;
    Ok(())
}

struct SendCode {
    by: PersonId,
    person: PersonId,
    phone: Phone,
    code: String,
}

impl Verb for SendCode {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (_desk, now) = (work.desk, work.now);
        hold_all(work.tx).await?;
        let (desk, now, phone) = (work.desk, now, self.phone.as_str());
        let Some(person) = whom(work.tx, self.by, self.person).await? else { return Err(Failure::NotFound) };
        if person.phone.as_deref() == Some(phone) {
            return Err(Failure::refused("phone", "it is their phone already"));
        }
        is_free(work.tx, phone).await?;
        if customers::is_blocked(work.tx, phone, None).await? {
            let why = "a customer with this phone is blocked, so nothing is sent there: unblock them first";
            return Err(Failure::refused("phone", why));
        }
        let (theirs, there) = table::sent_since(work.tx, person.id, phone, now - WINDOW).await?;
        if let Some(at) = next_at(&theirs, now).max(next_at(&there, now)) {
            let minutes = at.since(now).as_secs().div_ceil(60);
            let why = format!("three codes were sent within the hour: the next one can be in {minutes} minutes");
            return Err(Failure::refused("phone", why));
        }
        let Some(number) = sender(work.tx, person.id, phone).await? else {
            let why = "no number of ours can text this phone: add a line, or text START from the phone to it";
            return Err(Failure::refused("phone", why));
        };
        let id = desk.ids.next(now);
        let code_hash = hash(id, person.id, &self.code);
        let (phone, expires_at) = (phone.to_owned(), now + LIFE);
        let code = PhoneCode { id, phone: phone.clone(), code_hash, expires_at, failures: 0, ended: false };
        table::insert(work.tx, person.id, &code, now).await?;
        record(work, (self.by, person.id), Action::PhoneCodeSent, &json!({})).await?;
        let draft = Draft {
            message: None,
            leg: None,
            conversation: None,
            kind: Kind::PhoneCode,
            number,
            to: phone,
            person: None,
            body: format!("{} is your Switchboard code. It proves that this phone is yours.", self.code),
            window_at: None,
        };
        Ok(work.enqueue(vec![draft]).await?)
    }
}

fn hash(id: i64, person: PersonId, code: &str) -> String {
    hash_token(&format!("{id} {person} {code}"))
}

/// Whether a phone is neither a number of ours nor an enabled person's.
async fn is_free(tx: &mut Tx, phone: &str) -> Result<(), Failure> {
    if numbers::all(tx).await?.iter().any(|number| number.number == phone) {
        return Err(Failure::refused("phone", "it is a number of ours: write the person's own phone"));
    }
    if people::by_phone(tx, phone).await?.is_some() {
        return Err(Failure::refused("phone", "it is another person's: take it from them first"));
    }
    Ok(())
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
    desk.work(Confirm { by, person, code }).await?;
    Ok(())
}

struct Confirm {
    by: PersonId,
    person: PersonId,
    code: String,
}

impl Verb for Confirm {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let now = work.now;
        hold_all(work.tx).await?;

        let Some(person) = whom(work.tx, self.by, self.person).await? else { return Err(Failure::NotFound) };
        let over = || Failure::refused("code", "this code does not count any more: have another one sent");
        let Some(sent) = table::newest(work.tx, person.id).await? else { return Err(over()) };
        let facts = Sent { expires_at: sent.expires_at, failures: sent.failures, ended: sent.ended };
        match judge(facts, hash(sent.id, person.id, &self.code) == sent.code_hash, now) {
            Verdict::Right => {}
            Verdict::Over => return Err(over()),
            Verdict::Wrong { left } => {
                table::mistyped(work.tx, sent.id).await?;
                let tries = if left == 1 { "try is" } else { "tries are" };
                let why = format!("that is not the code; {left} {tries} left");
                return Err(Failure::refused("code", why));
            }
        }
        // The phone may have become somebody's while the code was on its way.
        is_free(work.tx, &sent.phone).await.map_err(|stop| match stop {
            Failure::Refused { why, .. } => Failure::refused("code", why),
            other => other,
        })?;
        let Ok(phone) = Phone::parse(&sent.phone) else { return Err(over()) };
        table::end(work.tx, sent.id, now).await?;
        change(work, person.id, person.phone.as_deref(), Some(&phone)).await?;
        record(work, (self.by, person.id), Action::PhoneChanged, &json!({})).await?;
        Ok(())
    }
}

async fn change(work: &mut UnitOfWork<'_>, person: PersonId, from: Option<&str>, to: Option<&Phone>) -> Result<()> {
    let now = work.now;
    for line in queue::lines_of(work.tx, person).await? {
        opening::hold_line(work.tx, line).await?;
    }
    people::set_phone(work.tx, person, None, now).await?;
    phones::give(work, person, from, to).await?;
    work.note(&[(ConversationId(0), Changed::Duty)]);
    Ok(())
}

/// Takes a person's phone away: their threads go on in the inbox. `by` themselves or an admin.
///
/// # Errors
/// [`Failure::NotFound`] if there is no such enabled person for `by`.
pub async fn remove(desk: &Desk, by: PersonId, person: PersonId) -> Result<(), Failure> {
    desk.work(Remove { by, person }).await?;
    Ok(())
}

struct Remove {
    by: PersonId,
    person: PersonId,
}

impl Verb for Remove {
    type Out = ();
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        hold_all(work.tx).await?;

        let Some(person) = whom(work.tx, self.by, self.person).await? else { return Err(Failure::NotFound) };
        let Some(phone) = person.phone else { return Ok(()) };
        change(work, person.id, Some(&phone), None).await?;
        record(work, (self.by, person.id), Action::PhoneRemoved, &json!({})).await?;
        Ok(())
    }
}
