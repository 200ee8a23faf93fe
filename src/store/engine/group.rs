//! Waiting writes of many kinds in one queue: each runs with its kind, and each caller gets its own answer.

use std::any::{Any, TypeId};
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::store::{Error, Job, Result, Tx};

/// A job and the caller who waits for it.
pub(in crate::store) struct Waiting<J: Job> {
    job: J,
    out: Mutex<Option<J::Out>>,
    caller: Mutex<Option<oneshot::Sender<Result<J::Out>>>>,
}

/// A waiting job whose kind has been forgotten.
pub(in crate::store) trait Pending: Send + Sync {
    fn kind(&self) -> TypeId;
    fn as_any(&self) -> &dyn Any;
    /// Runs `group`, all of this one's kind, and keeps the results for [`Pending::answer`].
    fn run<'a>(&'a self, group: &'a [&'a dyn Pending], tx: &'a mut Tx) -> BoxFuture<'a, Result<()>>;
    fn answer(&self, outcome: Result<()>);
    /// Whether its result says that it is to run alone.
    fn runs_alone(&self) -> bool;
}

impl<J: Job> Waiting<J> {
    pub(in crate::store) fn queue(job: J) -> (Box<dyn Pending>, oneshot::Receiver<Result<J::Out>>) {
        let (caller, answer) = oneshot::channel();
        (Box::new(Waiting { job, out: Mutex::new(None), caller: Mutex::new(Some(caller)) }), answer)
    }
}

impl<J: Job> Pending for Waiting<J> {
    fn kind(&self) -> TypeId {
        TypeId::of::<J>()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn run<'a>(&'a self, group: &'a [&'a dyn Pending], tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
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
                *one.out.lock().unwrap_or_else(PoisonError::into_inner) = Some(out);
            }
            Ok(())
        })
    }

    fn runs_alone(&self) -> bool {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(J::runs_alone)
    }

    fn answer(&self, outcome: Result<()>) {
        let out = self.out.lock().unwrap_or_else(PoisonError::into_inner).take();
        let answer = outcome.and_then(|()| out.ok_or(Error::GivenUp("the job left no result")));
        if let Some(caller) = self.caller.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // A caller that has gone away (a closed connection) needs no answer; what was committed stands.
            let _ = caller.send(answer);
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
        AssertUnwindSafe(same[0].run(same, tx))
            .catch_unwind()
            .await
            .unwrap_or(Err(Error::GivenUp("a job panicked")))?;
    }
    Ok(())
}
