//! A carrier in memory that errs on demand, and the witness of what reached which phone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use switchboard::carrier::{
    Arrived, Capabilities, Carrier, Changed, Inbox, InboxPage, Listed, Offer, Outgoing, OwnedNumber, Recall, Refusal,
    RefusalClass, Sent, Setting, Unanswered,
};
use switchboard::clock::{At, Clock, seconds};
use tokio::sync::oneshot;

use super::oracle::Word;

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Taken and answered.
    Taken,
    /// Refused for good.
    Refused,
    /// Refused because the recipient opted out.
    OptedOut,
    /// Refused because the settings are wrong: of this number, or of the whole account.
    Settings { account: bool },
    /// The connection is refused.
    NotSent,
    /// Too many requests.
    Busy,
    /// The answer is lost and the request too.
    Lost,
    /// The answer is lost, the carrier has it from `after` on and lists it from `listed` on, in seconds.
    TakenSilently { after: u64, listed: u64 },
    /// Taken at once; the answer comes when the test lets it.
    AnsweredLate,
}

/// A text that the carrier has taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub id: String,
    /// The last part of the receipt address.
    pub token: String,
    /// Names the delivery, whichever attempt this is of.
    pub key: String,
    pub from: String,
    pub to: String,
    pub body: String,
    pub at: At,
    listed_at: At,
}

#[derive(Debug, Default)]
struct State {
    fates: BTreeMap<String, Fate>,
    taken: Vec<Taken>,
    /// (our number, their phone) between which the carrier itself lets nothing pass.
    blocked: BTreeSet<(String, String)>,
    opt_outs: Vec<String>,
    /// Texts that people have sent to our numbers, whether or not we were told.
    arrived: Vec<Arrived>,
    list_is_down: bool,
    /// Numbers that are rented from it.
    rented: BTreeMap<String, Setting>,
    gates: BTreeMap<String, oneshot::Sender<()>>,
}

#[derive(Debug)]
pub struct Faulty {
    clock: Clock,
    state: Mutex<State>,
}

impl Faulty {
    pub fn new(clock: &Clock) -> Self {
        Faulty { clock: clock.clone(), state: Mutex::default() }
    }

    /// Decides what becomes of the request with this receipt token.
    pub fn decide(&self, token: &str, fate: Fate) {
        self.state.lock().unwrap().fates.insert(token.to_owned(), fate);
    }

    /// The carrier reads opt-out words itself, before we do.
    pub fn hears(&self, number: &str, phone: &str, word: Option<Word>) {
        let pair = (number.to_owned(), phone.to_owned());
        let mut state = self.state.lock().unwrap();
        match word {
            Some(Word::Stop) => drop(state.blocked.insert(pair)),
            Some(Word::Start) => drop(state.blocked.remove(&pair)),
            Some(Word::Help) | None => {}
        }
    }

    /// Somebody has texted one of our numbers. The carrier's time is whole seconds.
    pub fn arrives(&self, id: &str, (from, to): (&str, &str), body: &str) -> At {
        let sent_at = At(self.clock.now().0.div_euclid(1_000_000) * 1_000_000);
        let text = Arrived {
            id: id.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            body: body.to_owned(),
            has_media: false,
            sent_at,
            raw: String::new(),
        };
        self.state.lock().unwrap().arrived.push(text);
        sent_at
    }

    pub fn list_is_down(&self, down: bool) {
        self.state.lock().unwrap().list_is_down = down;
    }

    /// Whether the request with this token stands at its gate.
    pub fn is_held(&self, token: &str) -> bool {
        self.state.lock().unwrap().gates.contains_key(token)
    }

    /// Lets the answer to this request through.
    pub fn answer(&self, token: &str) {
        if let Some(readiness) = self.state.lock().unwrap().gates.remove(token) {
            let _ = readiness.send(());
        }
    }

    /// The receipt tokens of requests that were refused because the recipient opted out, since the last call.
    pub fn opt_outs(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().opt_outs)
    }

    /// Everything taken by now, in the order in which the carrier had it.
    pub fn taken(&self) -> Vec<Taken> {
        let now = self.clock.now();
        let mut all: Vec<Taken> =
            self.state.lock().unwrap().taken.iter().filter(|one| one.at <= now).cloned().collect();
        all.sort_by_key(|one| one.at);
        all
    }

    fn take(state: &mut State, text: &Outgoing, token: &str, at: At, listed_at: At) -> String {
        let id = format!("SM{:032x}", state.taken.len() + 1);
        state.taken.push(Taken {
            id: id.clone(),
            token: token.to_owned(),
            key: text.idempotency_key.clone(),
            from: text.from.clone(),
            to: text.to.clone(),
            body: text.body.clone(),
            at,
            listed_at,
        });
        id
    }
}

fn refused(class: RefusalClass, code: i64, why: &str) -> Sent {
    Sent::Refused(Refusal { class, code: Some(code), why: why.to_owned() })
}

#[async_trait::async_trait]
impl Carrier for Faulty {
    fn account(&self) -> &str {
        super::rig::ACCOUNT
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { recall: Recall::List, max_body_chars: 1600 }
    }

    /// It is in this process, and so is its clock.
    fn ahead(&self) -> Option<i64> {
        Some(0)
    }

    async fn is_there(&self) -> bool {
        true
    }

    async fn send(&self, text: &Outgoing) -> Sent {
        let now = self.clock.now();
        let token = text.status_url.rsplit('/').next().unwrap_or_default().to_owned();
        let readiness = {
            let mut state = self.state.lock().unwrap();
            let blocked = state.blocked.contains(&(text.from.clone(), text.to.clone()));
            let fate = state.fates.remove(&token).unwrap_or(Fate::Taken);
            let reaches = !matches!(fate, Fate::NotSent | Fate::Busy | Fate::Lost | Fate::Settings { .. });
            match fate {
                _ if blocked && reaches => {
                    state.opt_outs.push(token);
                    return refused(RefusalClass::OptedOut, 21610, "the recipient has opted out");
                }
                Fate::OptedOut => {
                    state.blocked.insert((text.from.clone(), text.to.clone()));
                    state.opt_outs.push(token);
                    return refused(RefusalClass::OptedOut, 21610, "the recipient has opted out");
                }
                Fate::Taken => return Sent::Accepted { id: Faulty::take(&mut state, text, &token, now, now) },
                Fate::Refused => return refused(RefusalClass::Permanent, 21211, "the number does not exist"),
                Fate::Settings { account: true } => {
                    return refused(RefusalClass::AccountSettings, 20003, "the credentials are wrong");
                }
                Fate::Settings { account: false } => {
                    return refused(RefusalClass::NumberSettings, 21606, "the number cannot send");
                }
                Fate::NotSent => return Sent::Unreached { why: "the connection was refused".to_owned() },
                Fate::Busy => return Sent::NotSent { after: Some(seconds(3)), why: "too many requests".to_owned() },
                Fate::Lost => return Sent::InDoubt { why: "the connection broke".to_owned() },
                Fate::TakenSilently { after, listed } => {
                    let (at, listed) = (now + seconds(after), now + seconds(listed.max(after)));
                    Faulty::take(&mut state, text, &token, at, listed);
                    return Sent::InDoubt { why: "no answer came in time".to_owned() };
                }
                Fate::AnsweredLate => {
                    let id = Faulty::take(&mut state, text, &token, now, now);
                    let (open, opened) = oneshot::channel();
                    state.gates.insert(token, open);
                    (id, opened)
                }
            }
        };
        // A test that drops the gate drops this request too.
        let _ = readiness.1.await;
        Sent::Accepted { id: readiness.0 }
    }

    async fn list(&self, from: &str, to: &str) -> Result<Vec<Listed>, Unanswered> {
        let now = self.clock.now();
        let state = self.state.lock().unwrap();
        if state.list_is_down {
            return Err(Unanswered::Unavailable("the list is down".to_owned()));
        }
        let listed = state.taken.iter().filter(|one| one.from == from && one.to == to && one.listed_at <= now);
        Ok(listed
            .map(|one| Listed {
                id: one.id.clone(),
                from: one.from.clone(),
                to: one.to.clone(),
                body: one.body.clone(),
                created_at: one.at,
                sure: true,
                status: "sent".to_owned(),
                error_code: None,
            })
            .collect())
    }

    async fn inbound(&self, whose: Inbox<'_>, since: At, page: Option<&str>) -> Result<InboxPage, Unanswered> {
        let state = self.state.lock().unwrap();
        if state.list_is_down {
            return Err(Unanswered::Unavailable("the list is down".to_owned()));
        }
        let asked = |one: &&Arrived| match whose {
            Inbox::To(number) => one.to == number,
            Inbox::From(phone) => one.from == phone,
        };
        // The newest first, on pages of three.
        let skip: usize = page.map_or(0, |page| page.parse().unwrap());
        let listed: Vec<Arrived> =
            state.arrived.iter().rev().filter(|one| one.sent_at >= since).filter(asked).cloned().collect();
        let next = (listed.len() > skip + 3).then(|| (skip + 3).to_string());
        Ok(InboxPage { texts: listed.into_iter().skip(skip).take(3).collect(), next })
    }

    async fn media(&self, _: &str) -> Result<Vec<(String, String)>, Unanswered> {
        Ok(Vec::new())
    }

    async fn outbound(&self, _: &str, _: At) -> Result<Vec<Listed>, Unanswered> {
        Ok(Vec::new())
    }

    async fn sent_to(&self, _: &str, _: At) -> Result<Vec<Listed>, Unanswered> {
        Ok(Vec::new())
    }

    async fn numbers(&self) -> Result<Vec<OwnedNumber>, Unanswered> {
        Ok(self.state.lock().unwrap().rented.iter().map(owned).collect())
    }

    async fn number(&self, number: &str) -> Result<Option<OwnedNumber>, Unanswered> {
        Ok(self.state.lock().unwrap().rented.get_key_value(number).map(owned))
    }

    async fn offers(&self, country: &str, count: usize) -> Result<Vec<Offer>, Unanswered> {
        let state = self.state.lock().unwrap();
        let all = (4000..).map(|n| format!("+1505555{n}")).filter(|number| !state.rented.contains_key(number));
        Ok(all.take(count).map(|number| Offer { number, country: country.to_owned() }).collect())
    }

    async fn rent(&self, number: &str, setting: &Setting) -> Changed {
        self.state.lock().unwrap().rented.insert(number.to_owned(), setting.clone());
        Changed::Done
    }

    async fn set_up(&self, _: &str, _: &Setting) -> Changed {
        Changed::Done
    }

    async fn release(&self, number: &str) -> Changed {
        self.state.lock().unwrap().rented.remove(number);
        Changed::Done
    }
}

fn owned((number, setting): (&String, &Setting)) -> OwnedNumber {
    OwnedNumber {
        number: number.clone(),
        name: setting.name.clone(),
        inbound_url: setting.inbound_url.clone(),
        fallback_url: setting.inbound_url.clone(),
        inbound_method: "POST".to_owned(),
        fallback_method: "POST".to_owned(),
        overridden_by: None,
        texts: true,
    }
}
