//! One unit of work: a transaction, and everything that follows from it. The unit collects what follows and writes it
//! at its end; the one place that commits ([`Desk::work`]) hands it on, so that no verb can forget it.

use futures_util::future::BoxFuture;

use super::failure::{Stop, unless_store};
use super::outbox::{Draft, Sending, Unsent, enqueue, notice};
use super::programs::events::{self, Event};
use super::programs::once::{Made, Turn};
use super::{Desk, Had};
use crate::clock::At;
use crate::domain::change::Changed;
use crate::domain::conversations::timeline;
use crate::domain::ids::{ConversationId, LegId, MessageId, PersonId};
use crate::store::conversations::changes;
use crate::store::conversations::events::{self as timeline_rows, NewEvent};
use crate::store::sql::Batch;
use crate::store::{Error, Job, Result, Tx};

/// What one verb, or a group of one kind, does in one transaction.
#[derive(Debug)]
pub struct UnitOfWork<'a> {
    /// The desk that does it.
    pub desk: &'a Desk,
    /// Its transaction.
    pub tx: &'a mut Tx,
    /// When it began, to be taken for the instant of all of it.
    pub now: At,
    missed: Option<Missed>,
    batch: Batch,
    follows: Follows,
}

/// What is written at the end, in this order.
#[derive(Debug, Default)]
struct Follows {
    unsent: Vec<Unsent>,
    marked: Vec<Unsent>,
    arrived: Vec<(MessageId, LegId)>,
    happened: Vec<NewEvent>,
    changed: Vec<(ConversationId, Changed)>,
    told: Vec<Event>,
    made: Vec<(Turn, Made)>,
    outgoing: Outgoing,
}

/// What leaves after the commit.
#[derive(Debug, Default)]
#[must_use = "what was begun is never requested unless it is handed on after the commit"]
pub struct Outgoing {
    /// Requests begun.
    pub sendings: Vec<Sending>,
    /// Something waits that may be due.
    pub waiting: bool,
    /// Open browsers have something to see.
    pub news: bool,
}

/// A text that no webhook brought, and that is received late.
#[derive(Clone, Copy, Debug)]
pub struct Missed {
    /// When it was sent.
    pub sent_at: At,
    /// Who had its sender then.
    pub had: Option<Had>,
}

impl<'a> UnitOfWork<'a> {
    /// Begins in a transaction that is open.
    pub fn begin(desk: &'a Desk, tx: &'a mut Tx) -> Self {
        let batch = Batch::of(tx);
        UnitOfWork { desk, tx, now: desk.clock.now(), missed: None, batch, follows: Follows::default() }
    }

    /// From here on it is about a text that no webhook brought: what goes into the outbox is first looked for in the carrier's
    /// list, because it may have been sent before the database went back.
    pub fn catches_up(&mut self, missed: Option<Missed>) {
        self.missed = missed;
    }

    /// Who had the sender of this text before the database went back.
    #[must_use]
    pub fn had(&self) -> Option<Had> {
        self.missed?.had
    }

    /// From here on it is about others than the sender of that text; returns what to give to [`UnitOfWork::is_for`] when that
    /// is over.
    pub fn is_for_others(&mut self) -> Option<Had> {
        self.missed.as_mut()?.had.take()
    }

    /// From here on it is about the sender of that text again.
    pub fn is_for(&mut self, had: Option<Had>) {
        if let Some(missed) = &mut self.missed {
            missed.had = had;
        }
    }

    /// When this text was sent, if it was missed then.
    #[must_use]
    pub fn missed(&self) -> Option<At> {
        self.missed.map(|missed| missed.sent_at)
    }

    /// When this text was sent, which is now unless it was missed. Sliding and idle ends and windows such as
    /// `reopen_within` are judged by it; fixed ends by now.
    #[must_use]
    pub fn sent_at(&self) -> At {
        self.missed().unwrap_or(self.now)
    }

    /// Writes that go to the database together, at the next [`UnitOfWork::flush`] at the latest. What reads any of them comes
    /// after that.
    pub fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Writes what the batch has, because a later step reads it.
    ///
    /// # Errors
    /// What the database said.
    pub async fn flush(&mut self) -> Result<()> {
        self.batch.execute(self.tx).await
    }

    /// Puts drafts into the outbox, in their order. Authors of what is not sent are told at the end.
    ///
    /// # Errors
    /// As [`enqueue`].
    pub async fn enqueue(&mut self, drafts: Vec<Draft>) -> Result<()> {
        let unsent = enqueue(self, drafts).await?;
        self.follows.unsent.extend(unsent);
        Ok(())
    }

    /// As [`UnitOfWork::enqueue`], of what nobody needs to be told of if it is not sent.
    pub async fn enqueue_quietly(&mut self, drafts: Vec<Draft>) -> Result<()> {
        enqueue(self, drafts).await.map(drop)
    }

    /// Requests that were begun leave after the commit.
    pub fn begins(&mut self, sendings: impl IntoIterator<Item = Sending>) {
        self.follows.outgoing.sendings.extend(sendings);
    }

    /// Something waits in the outbox that may be due after the commit.
    pub fn waits(&mut self) {
        self.follows.outgoing.waiting = true;
    }

    /// Texts were not sent: their authors are told at the end.
    pub fn unsent(&mut self, texts: impl IntoIterator<Item = Unsent>) {
        self.follows.unsent.extend(texts);
    }

    /// As [`UnitOfWork::unsent`], of texts whose conversations are marked already.
    pub fn unsent_and_marked(&mut self, texts: impl IntoIterator<Item = Unsent>) {
        self.follows.marked.extend(texts);
    }

    /// A part of each of these has arrived on its leg.
    pub fn arrived(&mut self, texts: impl IntoIterator<Item = (MessageId, LegId)>) {
        self.follows.arrived.extend(texts);
    }

    /// Whatever waits has a time of its own, which is known: nobody is woken for it.
    pub fn rests(&mut self) {
        self.follows.outgoing.waiting = false;
    }

    /// Open browsers are told that these conversations changed.
    pub fn note(&mut self, changed: &[(ConversationId, Changed)]) {
        self.follows.changed.extend_from_slice(changed);
    }

    /// Something happened that the timeline tells; `by` a person, if a person did it.
    pub fn event(&mut self, conversation: Option<ConversationId>, by: Option<PersonId>, event: &timeline::Event) {
        self.happened(conversation, by, event.into());
    }

    /// As [`UnitOfWork::event`], of what concerns no conversation.
    pub fn house_event(&mut self, by: Option<PersonId>, event: &timeline::HouseEvent) {
        self.happened(None, by, event.into());
    }

    fn happened(&mut self, conversation: Option<ConversationId>, actor: Option<PersonId>, event: timeline::Stored) {
        let id = self.desk.ids.next(self.now);
        self.follows.happened.push(NewEvent { id, conversation, actor, event });
    }

    /// Integrators' programs are told of this.
    pub fn tell(&mut self, event: Event) {
        self.follows.told.push(event);
    }

    /// A program's request made this: asked again, it is answered from that.
    pub fn made(&mut self, turn: Turn, made: Made) {
        self.follows.made.push((turn, made));
    }

    /// Writes what follows, and says what leaves after the commit.
    ///
    /// # Errors
    /// What the database said.
    #[must_use = "what follows is not written before this is awaited"]
    pub fn end(self) -> BoxFuture<'a, Result<Outgoing>> {
        Box::pin(self.ended())
    }

    async fn ended(mut self) -> Result<Outgoing> {
        self.flush().await?;
        let mut unsent = std::mem::take(&mut self.follows.unsent);
        notice::failed(self.tx, &unsent, self.now).await?;
        unsent.append(&mut self.follows.marked);
        notice::tell_authors(&mut self, &unsent).await?;
        let Follows { happened, changed, told, arrived, made, mut outgoing, .. } = std::mem::take(&mut self.follows);
        timeline_rows::insert(&mut self.batch, &happened, self.now);
        changes::note(&mut self.batch, &changed, self.now);
        self.flush().await?;
        events::delivered(&mut self, &arrived).await?;
        events::record(&mut self, &told).await?;
        events::failed(&mut self, &unsent).await?;
        for (turn, made) in made {
            turn.made(self.tx, made).await?;
        }
        outgoing.news = !changed.is_empty();
        Ok(outgoing)
    }
}

/// What one of a group came to.
pub type Outcome<V> = std::result::Result<<V as Verb>::Out, <V as Verb>::Stop>;

/// Something that can be done at the desk, in one transaction. It may run more than once before it is committed, and awaits
/// nothing but its unit of work. What was written before a refusal is committed all the same.
pub trait Verb: Send + Sync + Sized + 'static {
    /// What the caller gets after the commit.
    type Out: Send + 'static;

    /// Why it may not be carried out.
    type Stop: Stop;

    /// Does it.
    ///
    /// # Errors
    /// A refusal, or what the database said, which takes the transaction back.
    fn run<'a>(&'a self, work: &'a mut UnitOfWork<'_>) -> impl Future<Output = Outcome<Self>> + Send + 'a;
}

/// A frequent verb, of which several are done in one unit of work: [`Desk::work_grouped`].
pub trait GroupedVerb: Verb {
    /// As [`Job::runs_alone`].
    #[must_use]
    fn runs_alone(_: &Outcome<Self>) -> bool {
        false
    }

    /// Does the work of several, in their order; set-based where it pays.
    ///
    /// # Errors
    /// What the database said, which takes the transaction of the whole group back; then each runs alone.
    fn run_many<'a>(
        verbs: &'a [&'a Self],
        work: &'a mut UnitOfWork<'_>,
    ) -> impl Future<Output = Result<Vec<Outcome<Self>>>> + Send + 'a;
}

/// A verb and its desk.
struct Done<V> {
    desk: Desk,
    verb: V,
}

impl<V: Verb> Done<V> {
    async fn alone(&self, tx: &mut Tx) -> Result<(Outcome<V>, Outgoing)> {
        let mut work = UnitOfWork::begin(&self.desk, tx);
        let outcome = unless_store(self.verb.run(&mut work).await)?;
        Ok((outcome, work.end().await?))
    }
}

impl<V: Verb> Job for Done<V> {
    type Out = (Outcome<V>, Outgoing);

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        self.alone(tx).await
    }
}

/// A verb that is done together with others of its kind.
struct Together<V>(Done<V>);

impl<V: GroupedVerb> Job for Together<V> {
    type Out = (Outcome<V>, Outgoing);
    const GROUPED: bool = true;

    fn runs_alone((outcome, _): &Self::Out) -> bool {
        V::runs_alone(outcome)
    }

    async fn run(&self, tx: &mut Tx) -> Result<Self::Out> {
        self.0.alone(tx).await
    }

    async fn run_many<'a>(jobs: &'a [&'a Self], tx: &'a mut Tx) -> Result<Vec<Self::Out>> {
        let Some(first) = jobs.first() else { return Ok(Vec::new()) };
        let mut work = UnitOfWork::begin(&first.0.desk, tx);
        let verbs: Vec<&V> = jobs.iter().map(|job| &job.0.verb).collect();
        let outcomes = V::run_many(&verbs, &mut work).await?;
        // What leaves goes with the first answer: all answers follow the same commit.
        let mut outgoing = Some(work.end().await?);
        let outs: Vec<_> = outcomes
            .into_iter()
            .map(|outcome| {
                let leaves = if V::runs_alone(&outcome) { None } else { outgoing.take() };
                (outcome, leaves.unwrap_or_default())
            })
            .collect();
        match outgoing {
            Some(left) if !left.sendings.is_empty() => Err(Error::GivenUp("a group left its requests to nobody")),
            _ => Ok(outs),
        }
    }
}

impl Desk {
    /// Does `verb` in a transaction, and hands on what follows after the commit.
    ///
    /// # Errors
    /// Why the verb was not carried out, after a lost race has been run again a few times.
    pub async fn work<V: Verb>(&self, verb: V) -> Outcome<V> {
        self.work_past(verb, || ()).await
    }

    /// As [`Desk::work`], past a kill point between the commit and what follows.
    ///
    /// # Errors
    /// As [`Desk::work`].
    pub async fn work_past<V: Verb>(&self, verb: V, point: impl FnOnce()) -> Outcome<V> {
        let done = self.store.write(Done { desk: self.clone(), verb }).await?;
        self.follow(done, point)
    }

    /// As [`Desk::work_past`], together with others of this kind that wait.
    ///
    /// # Errors
    /// As [`Desk::work`].
    pub async fn work_grouped<V: GroupedVerb>(&self, verb: V, point: impl FnOnce()) -> Outcome<V> {
        let done = self.store.write(Together(Done { desk: self.clone(), verb })).await?;
        self.follow(done, point)
    }

    fn follow<T>(&self, (outcome, outgoing): (T, Outgoing), point: impl FnOnce()) -> T {
        point();
        self.hand_on(outgoing);
        outcome
    }

    /// Does `verb`, and takes everything back: what would happen.
    ///
    /// # Errors
    /// As [`Desk::work`].
    pub async fn rehearse<V: Verb>(&self, verb: V) -> Outcome<V> {
        self.store.rehearse(Done { desk: self.clone(), verb }).await?.0
    }

    /// Sends what a commit has begun, has what waits looked at as soon as it is due, and has browsers told of news.
    fn hand_on(&self, outgoing: Outgoing) {
        if outgoing.waiting {
            self.ring();
        }
        for sending in outgoing.sendings {
            // The receiver is gone only when the process stops; the lease then puts the attempt into doubt.
            let _ = self.outgoing.send(sending);
        }
        if outgoing.news {
            self.live.nudge();
        }
    }
}
