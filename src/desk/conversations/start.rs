//! Starts a conversation with a number that has not written to us. One transaction checks it, pins it to its author,
//! and sends the first text.

use crate::clock::{At, hours};
use crate::desk::failure::unless_store;
use crate::desk::outbox::SHUT_OUT;
use crate::desk::replies::reply;
use crate::desk::routing::legs;
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::characters::seen;
use crate::domain::conversations::timeline::Event;
use crate::domain::customers::contact::{Card, Wrong};
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::numbers::phone::Phone;
use crate::domain::numbers::typed;
use crate::store::conversations::{access, messages};
use crate::store::customers::{self, contacts};
use crate::store::lines::{self, Starter};
use crate::store::routing::{numbers, opening, routes, starts};
use crate::store::{Error, Result, outbox, people};

/// A conversation to be started.
#[derive(Clone, Debug)]
pub struct Start {
    /// Who starts it, and has it then.
    pub by: PersonId,
    /// From which line, of which they are a member.
    pub line: NumberId,
    /// With which number, as it was typed; without a country code it is one of the line's country.
    pub phone: String,
    /// The first text; none if it is empty.
    pub body: String,
    /// What to call them, where we do not know a name yet.
    pub name: String,
    /// Names the form, which starts one conversation however often it is sent.
    pub form_key: Option<String>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Started {
    /// It began.
    New(ConversationId),
    /// There is an open one already, and the person may see it. Nothing was sent.
    There(ConversationId),
}

/// Starts a conversation, or finds the one that is open.
///
/// # Errors
/// [`Failure::Refused`] for the field `phone`, `line`, `body` or `name`, in words that say what is allowed.
pub async fn start(desk: &Desk, start: Start) -> Result<Started, Failure> {
    let home = numbers::home(&mut desk.store.read().await?, start.line).await?;
    let phone =
        typed::read(&start.phone, home.as_deref()).map_err(|wrong| Failure::refused("phone", wrong.to_string()))?;
    let name = Card::read(&start.name, "", "", "").map_err(|Wrong { field, why }| Failure::refused(field, why))?.name;
    let body = reply::fitting(&start.body)?;
    desk.work(Begin { start, phone, name, body }).await
}

struct Begin {
    start: Start,
    phone: Phone,
    name: Option<String>,
    body: String,
}

impl Verb for Begin {
    type Out = Started;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        let (desk, line) = (work.desk, self.start.line);
        let Some(rules) = opening::hold_line(work.tx, line).await? else { return Err(no_member()) };
        if let Some(key) = &self.start.form_key
            && let Some(begun) = messages::place_of_form(work.tx, key, self.start.by).await?
        {
            return Ok(Started::New(begun));
        }
        let Some(starter) = lines::starter(work.tx, line, self.start.by).await? else { return Err(no_member()) };
        if let Some(until) = self.too_many(work).await? {
            let minutes = until.since(work.now).as_secs().div_ceil(60);
            let why = format!(
                "you have begun {} conversations within the hour, which is the most: the next one can be in {minutes} minutes",
                desk.policies.support.first_texts_per_hour
            );
            return Err(Failure::refused("phone", why));
        }
        let countries =
            desk.policies.support_of(rules.policies.as_deref()).countries.told(&numbers::homes(work.tx).await?);
        if !countries.allow(self.phone.as_str()) {
            let why = format!(
                "conversations may be started with numbers of {countries} only: this one is of another country"
            );
            return Err(Failure::refused("phone", why));
        }
        if let Some(why) = self.ours(work).await? {
            return Err(Failure::refused("phone", why));
        }
        if let Some(open) = routes::live_on(work.tx, self.phone.as_str(), line).await? {
            return match access::viewer(work.tx, self.start.by, open).await? {
                Some(_) => Ok(Started::There(open)),
                // Whose it is, and whether there is one at all, is none of their business.
                None => Err(Failure::refused("phone", "you cannot start one with this number now: ask a manager")),
            };
        }
        if let Some(why) = self.unwanted(work).await? {
            return Err(Failure::refused("phone", why));
        }
        self.begin(work, &starter).await
    }
}

fn no_member() -> Failure {
    Failure::refused("line", "choose a line of which you are a member")
}

impl Begin {
    /// Counts this one; until when the person has to wait, if they have begun too many within the hour. Whatever comes of
    /// it counts: whether a number can be written to says something about it.
    async fn too_many(&self, work: &mut UnitOfWork<'_>) -> Result<Option<At>> {
        let now = work.now;
        let most = i64::from(work.desk.policies.support.first_texts_per_hour);
        let earlier = starts::since(work.tx, self.start.by, now - hours(1), most).await?;
        if let (Some(first), true) = (earlier.last(), i64::try_from(earlier.len()).is_ok_and(|count| count >= most)) {
            return Ok(Some(*first + hours(1)));
        }
        starts::insert(work.tx, work.desk.ids.next(now), self.start.by, now).await?;
        Ok(None)
    }

    /// Why the number is one of our own, if it is.
    async fn ours(&self, work: &mut UnitOfWork<'_>) -> Result<Option<&'static str>> {
        if numbers::is_ours(work.tx, self.phone.as_str()).await? {
            return Ok(Some("this is one of our own numbers: write to a customer's"));
        }
        let colleague = people::by_phone(work.tx, self.phone.as_str()).await?.is_some();
        Ok(colleague.then_some("this is a colleague's phone: a conversation is with a customer"))
    }

    /// Why nothing may be sent to it from this line, if so.
    async fn unwanted(&self, work: &mut UnitOfWork<'_>) -> Result<Option<String>> {
        if customers::is_blocked(work.tx, self.phone.as_str(), Some(self.start.line)).await? {
            return Ok(Some(SHUT_OUT.to_owned()));
        }
        let lanes = outbox::lanes(work.tx, &[(self.start.line, self.phone.as_str().to_owned())]).await?;
        let out = lanes.first().is_some_and(|(_, lane)| lane.unwanted || lane.blocked);
        Ok(out.then(|| "they opted out: nothing is sent until they text START to this line".to_owned()))
    }

    async fn begin(&self, work: &mut UnitOfWork<'_>, starter: &Starter) -> Result<Started, Failure> {
        let (desk, now) = (work.desk, work.now);
        let (by, line) = (self.start.by, self.start.line);
        let customer = opening::customer(work.tx, desk.ids.next(now), self.phone.as_str(), now).await?;
        let made = opening::conversations(work.tx, line, &[(customer, Some(by))], now).await?;
        let (_, id) = made.into_iter().next().ok_or(Error::GivenUp("the conversation just opened has no id"))?;
        contacts::begun_by_staff(work.tx, id, self.name.as_deref()).await?;
        let theirs = !contacts::is_hidden(work.tx, id).await?;
        if theirs && self.name.is_some() && contacts::card(work.tx, customer).await?.name.is_none() {
            let group = contacts::group(work.tx, customer).await?;
            contacts::name(work.tx, &group, self.name.as_deref()).await?;
        }
        work.event(Some(id), Some(by), &Event::Started {});
        opening::legs(work.tx, &[legs::customer_leg(desk, id, line, self.phone.as_str(), now)], now).await?;

        if let Some(phone) = &starter.phone {
            legs::open_rep_leg(work, id, (by, phone), self.phone.as_str()).await?;
        }
        if !seen::is_blank(&self.body) {
            let admitted = unless_store(reply::admit(work, (by, id), None).await)?
                .map_err(|_| Error::GivenUp("the conversation just opened cannot be answered"))?;
            let first = (self.body.as_str(), self.start.form_key.clone());
            reply::accept(work, &admitted, first).await?;
        }
        work.note(&[(id, Changed::Conversation)]);
        Ok(Started::New(id))
    }
}
