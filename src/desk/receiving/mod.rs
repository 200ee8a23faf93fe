//! Receives texts: stores each once, routes it, and writes what follows, in one transaction for the whole group.
//!
//! A plain text on a live leg takes the fast path, together with all others of its group and with the first texts of
//! new customers. Keywords, commands, texts without a live leg and customers who come back go one by one.

use std::collections::{BTreeSet, HashSet};
use std::sync::OnceLock;

use carry::{Plain, Way};
use ways::{Item, Ways};

use super::Desk;
use crate::clock::At;
use crate::desk::work::{self, GroupedVerb, UnitOfWork, Verb};
use crate::domain::change::Changed;
use crate::domain::ids::{ConversationId, MessageId, NumberId};
use crate::domain::message::{self, Author, Channel};
use crate::domain::numbers::phone::without_channel;
use crate::domain::words::files;
use crate::domain::words::keyword::{self, Keyword};
use crate::domain::words::refusal;
use crate::store::conversations::messages::NewMessage;
use crate::store::receiving::arrivals::{self, Arrival};
use crate::store::routing::{opening, routes, selected};
use crate::store::{Error, Result, Tx};
use crate::{faults, metrics};

pub mod backfill;
mod carry;
pub(in crate::desk) mod command;
mod found;
mod group;
mod held;
mod late;
mod missed;
mod newcomers;
mod open;
mod ready;
mod rep;
mod slow;
mod unsaid;
mod ways;

pub use missed::{receive_arrival, receive_arrivals};

/// A text as a carrier handed it in.
#[derive(Clone, Debug)]
pub struct Inbound {
    /// The account at the carrier.
    pub account: String,
    /// The carrier's id: with the account, what makes it the same text.
    pub carrier_id: String,
    /// Who sent it, as the carrier wrote it.
    pub from: String,
    /// Which of our numbers it was sent to.
    pub to: String,
    /// Verbatim.
    pub body: String,
    /// Addresses and types of pictures and files.
    pub media: Vec<(String, String)>,
    /// The webhook's body as it came.
    pub raw: String,
    /// What the carrier itself took it for, where it says so.
    pub carrier_keyword: Option<Keyword>,
    /// Whether it reads like a refusal, once that has been looked at.
    pub refuses: OnceLock<bool>,
}

/// What became of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It went to the other legs of its conversation (on the web at least).
    Relayed,
    /// It is kept for a manager to decide.
    Held,
    /// It is kept and goes nowhere, for a reason.
    Kept,
    /// It came from one of our own numbers.
    Refused,
    /// It was stored before.
    Duplicate,
    /// It is stored, and is passed on after what its sender has sent before.
    Waits,
}

impl Outcome {
    /// The word for it, in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Relayed => "relayed",
            Outcome::Held => "held",
            Outcome::Kept => "kept",
            Outcome::Refused => "refused",
            Outcome::Duplicate => "duplicate",
            Outcome::Waits => "waits",
        }
    }
}

/// Takes `text` in and sends what follows from it on its way. Returns when it is on disk.
///
/// # Errors
/// What the database said; nothing is stored then.
pub async fn receive(desk: &Desk, text: Inbound) -> Result<Outcome> {
    let text = text.of_person();
    // Here it is found out beside other texts, in the transaction one text after the other.
    text.refuses();
    let outcome = desk.work_grouped(Receive { text }, || faults::point("before_dispatch")).await?;
    counted(outcome)
}

struct Receive {
    text: Inbound,
}

/// Counts what became of a text, which must be known.
fn counted(outcome: Option<Outcome>) -> Result<Outcome> {
    let outcome = outcome.ok_or(Error::GivenUp("a text was left to itself"))?;
    metrics::text(outcome.word());
    Ok(outcome)
}

impl Verb for Receive {
    /// None if the text is to be taken in alone.
    type Out = Option<Outcome>;
    type Stop = Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Option<Outcome>> {
        take_in(work, &[&self.text], Earlier::Unknown).await?.pop().ok_or(Error::GivenUp("the group lost a text"))
    }
}

impl GroupedVerb for Receive {
    fn runs_alone(outcome: &work::Outcome<Self>) -> bool {
        matches!(outcome, Ok(None))
    }

    async fn run_many<'a>(verbs: &'a [&'a Self], work: &'a mut UnitOfWork<'_>) -> Result<Vec<work::Outcome<Self>>> {
        let texts: Vec<&Inbound> = verbs.iter().map(|one| &one.text).collect();
        Ok(take_in(work, &texts, Earlier::Unknown).await?.into_iter().map(Ok).collect())
    }
}

/// Whether what came before a text may still be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Earlier {
    /// It may: a text that has just come waits while its sender's earlier ones are not known to be in.
    Unknown,
    /// Everything is in.
    In,
}

/// What became of each of these texts; nothing of those that are to be taken in alone. One text alone never is.
async fn take_in(work: &mut UnitOfWork<'_>, texts: &[&Inbound], earlier: Earlier) -> Result<Vec<Option<Outcome>>> {
    let mut outcomes = vec![Some(Outcome::Duplicate); texts.len()];
    let fresh = fresh(work.tx, texts).await?;
    let asked: Vec<(&str, &str)> = fresh.iter().map(|&i| (texts[i].from.as_str(), texts[i].to.as_str())).collect();
    let selected = selected::selected(work.tx, &asked).await?;
    let Ways { behind, mut slow, first, fast } = Ways::of(work, texts, fresh.into_iter().zip(selected), earlier);
    let arrivals: Vec<Arrival> = behind.iter().map(|&index| texts[index].as_arrival(work.desk, work.now)).collect();
    arrivals::keep(work.tx, &arrivals).await?;
    for index in behind {
        outcomes[index] = Some(Outcome::Waits);
    }
    hold_for(work, &first, &fast).await?;

    let opened = newcomers::open(work, &first).await?;
    let mut relayed = Vec::with_capacity(fast.len() + opened.len());
    for item in first {
        match opened.get(&item.index) {
            Some(&conversation) => relayed.push((item, conversation, Way::First)),
            None => slow.push(item),
        }
    }
    relayed.extend(fast.into_iter().filter_map(|item| {
        let conversation = item.selected.conversation?;
        Some((item, conversation, Way::Fast))
    }));
    let plain: Vec<Plain<'_>> =
        relayed.iter().map(|(item, conversation, way)| Plain::new(item.text, *conversation, *way)).collect();
    let carried = carry::carry(work, &plain).await?;
    for ((item, ..), outcome) in relayed.into_iter().zip(carried) {
        match outcome {
            Some(outcome) => outcomes[item.index] = Some(outcome),
            // Its leg ended between the look-up and the lock, or its rep is not there to get it.
            None => slow.push(item),
        }
    }
    slow.sort_unstable_by_key(|item| item.index);
    // Each holds a line and then conversations, which behind others would be out of order; and one after the other they would
    // keep what their whole group holds from other nodes.
    let alone = work.desk.store.is_shared() && texts.len() > 1;
    for item in slow {
        outcomes[item.index] = if alone { None } else { Some(slow::take_in(work, &item).await?) };
    }
    Ok(outcomes)
}

/// Which of these texts are not stored yet; of several that are the same, the first.
async fn fresh(tx: &mut Tx, texts: &[&Inbound]) -> Result<Vec<usize>> {
    let account = texts.first().map_or("", |text| text.account.as_str());
    let ids: Vec<&str> = texts.iter().map(|text| text.carrier_id.as_str()).collect();
    let known = routes::known(tx, account, &ids).await?;
    let mut seen: HashSet<&str> = known.iter().map(String::as_str).collect();
    Ok((0..texts.len()).filter(|&i| seen.insert(ids[i])).collect())
}

/// Holds lines, and then conversations, where what follows would hold them in the order in which the texts came.
async fn hold_in_order(tx: &mut Tx, lines: BTreeSet<NumberId>, conversations: &[ConversationId]) -> Result<()> {
    for line in lines {
        opening::hold_line(tx, line).await?;
    }
    routes::conversations(tx, conversations).await.map(drop)
}

/// As [`hold_in_order`], for a group. First texts on one line alone hold it before anything else, and plain texts alone their
/// conversations.
async fn hold_for(work: &mut UnitOfWork<'_>, first: &[Item<'_>], fast: &[Item<'_>]) -> Result<()> {
    let lines: BTreeSet<NumberId> = first.iter().filter_map(|item| Some(item.selected.number?.0)).collect();
    if !work.desk.store.is_shared() || lines.is_empty() || (lines.len() == 1 && fast.is_empty()) {
        return Ok(());
    }
    let conversations: Vec<_> = fast.iter().filter_map(|item| item.selected.conversation).collect();
    hold_in_order(work.tx, lines, &conversations).await
}

impl Inbound {
    /// A phone number is the same person on all channels of a carrier, and answers go by SMS. The stored webhook keeps the
    /// channel.
    fn of_person(mut self) -> Self {
        for number in [&mut self.from, &mut self.to] {
            let bare = without_channel(number);
            if bare.len() < number.len() {
                *number = bare.to_owned();
            }
        }
        self
    }

    fn as_arrival(&self, desk: &Desk, now: At) -> Arrival {
        Arrival {
            id: desk.ids.next(now),
            account: self.account.clone(),
            carrier_id: self.carrier_id.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            body: self.body.clone(),
            media: self.media.clone(),
            has_media: false,
            keyword: self.carrier_keyword,
            raw: self.raw.clone(),
            webhook: true,
            sent_at: None,
            place: 0,
            arrived_at: now,
        }
    }

    fn message(
        &self,
        desk: &Desk,
        now: At,
        (author, kind): (Author, message::Kind),
        outcome: message::Outcome,
        why: Option<&str>,
    ) -> NewMessage {
        NewMessage {
            id: MessageId(desk.ids.next(now)),
            conversation: None,
            author,
            author_id: None,
            way: Channel::Phone,
            kind,
            outcome,
            why: why.map(str::to_owned),
            trace: None,
            body: self.body.clone(),
            media: files::to_keep(&self.media),
            from_phone: Some(self.from.clone()),
            to_number: Some(self.to.clone()),
            leg: None,
            accepted_at: now,
            carrier_account: Some(self.account.clone()),
            carrier_id: Some(self.carrier_id.clone()),
            raw: Some(self.raw.clone()),
            form_key: None,
        }
    }

    /// Whether it reads as if its sender refused texts: [`refusal::reads_like`].
    fn refuses(&self) -> bool {
        *self.refuses.get_or_init(|| refusal::reads_like(&self.body))
    }

    /// A HELP in this text is ours to answer, not the carrier's.
    fn help_is_ours(&self, desk: &Desk) -> bool {
        let answers = desk.policies.delivery.carrier_answers_help;
        keyword::help_is_ours(&self.to, self.carrier_keyword.is_some(), answers)
    }

    /// It as integrators are told of it: a text of a party, and what became of it.
    fn as_told(
        &self,
        (id, alias): (MessageId, Option<&str>),
        (outcome, why): (message::Outcome, Option<&str>),
        opted_out: bool,
    ) -> serde_json::Value {
        let mut data = serde_json::json!({
            "message_id": id.to_string(), "from": alias, "body": self.body, "outcome": outcome.word(),
        });
        if !self.media.is_empty() {
            data["media"] = self.media_types().into();
        }
        if let Some(why) = why {
            data["why"] = why.into();
        }
        if opted_out {
            data["opted_out"] = true.into();
        }
        data
    }

    pub(super) fn media_types(&self) -> Vec<String> {
        self.media.iter().map(|(_, kind)| kind.clone()).collect()
    }
}

/// Keeps a text that goes nowhere, with the conversation that it names, if it names one.
async fn keep(work: &mut UnitOfWork<'_>, message: NewMessage) -> Result<()> {
    let kind = if message.outcome == message::Outcome::Held { Changed::Held } else { Changed::Message };
    let conversation = message.conversation.unwrap_or(ConversationId(0));
    crate::store::conversations::messages::insert(work.batch(), &[message]);
    work.flush().await?;
    work.note(&[(conversation, kind)]);
    Ok(())
}
