//! Waiting writes of many kinds in one queue: each runs with its kind, and each caller gets its own answer.

use std::any::{Any, TypeId};
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::store::{Error, Job, Result, Tx};

/// A job and the caller who waits for it.
pub(in crate::store) struct Waiting<J: Job> {
    job: J,
    out: Mutex<Option<J::Out>>,
    caller: Mutex<Option<oneshot::Sender<Result<()>>>>,
}

/// A waiting job whose kind has been forgotten: whatever handles it is compiled once, and not once a kind.
pub(in crate::store) trait Pending: Send + Sync {
    fn kind(&self) -> TypeId;
    fn as_any(&self) -> &dyn Any;
    /// As [`Job::GROUPED`].
    fn is_grouped(&self) -> bool;
    /// As [`Job::ALONE`].
    fn is_alone(&self) -> bool;
    /// Runs it and keeps its result.
    fn run<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>>;
    /// Runs `group`, all of this one's kind, and keeps their results.
    fn run_many<'a>(&'a self, group: &'a [&'a dyn Pending], tx: &'a mut Tx) -> BoxFuture<'a, Result<()>>;
    /// Says to the caller, who takes the result, that it is committed, or why it is not.
    fn answer(&self, outcome: Result<()>);
    /// Whether its result says that it is to run alone.
    fn runs_alone(&self) -> bool;
}

/// Said to the caller once the job is committed, or why it is not.
pub(in crate::store) type Answer = oneshot::Receiver<Result<()>>;

impl<J: Job> Waiting<J> {
    pub(in crate::store) fn new(job: J) -> (Arc<Self>, Answer) {
        let (caller, answer) = oneshot::channel();
        (Arc::new(Waiting { job, out: Mutex::default(), caller: Mutex::new(Some(caller)) }), answer)
    }

    /// The result of a job that was committed.
    pub(in crate::store) fn out(&self) -> Result<J::Out> {
        lock(&self.out).take().ok_or(Error::GivenUp("the job left no result"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<J: Job> Pending for Waiting<J> {
    fn kind(&self) -> TypeId {
        TypeId::of::<J>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is_grouped(&self) -> bool {
        J::GROUPED
    }

    fn is_alone(&self) -> bool {
        J::ALONE
    }

    fn run<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let out = self.job.run(tx).await?;
            *lock(&self.out) = Some(out);
            Ok(())
        })
    }

    fn run_many<'a>(&'a self, group: &'a [&'a dyn Pending], tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        if !J::GROUPED {
            return Box::pin(ready(Err(Error::GivenUp("a job that is not grouped runs by itself"))));
        }
        Box::pin(async move {
            let waiting: Vec<&Waiting<J>> =
                group.iter().filter_map(|pending| pending.as_any().downcast_ref()).collect();
            let jobs: Vec<&J> = waiting.iter().map(|one| &one.job).collect();
            let outs = J::run_many(&jobs, tx).await?;
            // With one too few, callers would get each other's results.
            if waiting.len() != group.len() || outs.len() != jobs.len() {
                return Err(Error::GivenUp("a group has not as many results as jobs"));
            }
            for (one, out) in waiting.into_iter().zip(outs) {
                *lock(&one.out) = Some(out);
            }
            Ok(())
        })
    }

    fn runs_alone(&self) -> bool {
        lock(&self.out).as_ref().is_some_and(J::runs_alone)
    }

    fn answer(&self, outcome: Result<()>) {
        if let Some(caller) = lock(&self.caller).take() {
            // A caller that has gone away (a closed connection) needs no answer; what was committed stands.
            let _ = caller.send(outcome);
        }
    }
}

/// Runs every kind of the group in turn, in the order in which the kinds first came.
///
/// # Errors
/// The first error; the transaction must then be rolled back. A panic in a job is such an error.
pub(in crate::store) async fn run_all(group: &[&dyn Pending], tx: &mut Tx) -> Result<()> {
    let mut kinds: Vec<(TypeId, Vec<&dyn Pending>)> = Vec::new();
    for pending in group {
        let kind = pending.kind();
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, same)) => same.push(*pending),
            None => kinds.push((kind, vec![*pending])),
        }
    }
    for (_, same) in &kinds {
        AssertUnwindSafe(run(same, tx)).catch_unwind().await.unwrap_or(Err(Error::GivenUp("a job panicked")))?;
    }
    Ok(())
}

/// Runs jobs of one kind.
async fn run(same: &[&dyn Pending], tx: &mut Tx) -> Result<()> {
    if same[0].is_grouped() {
        return same[0].run_many(same, tx).await;
    }
    for pending in same {
        pending.run(tx).await?;
    }
    Ok(())
}
