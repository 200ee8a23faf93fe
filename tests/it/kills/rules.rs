//! People who use the rules of the line, round after round: they open, answer, put aside, transfer, close, reopen, leave
//! and come back, opt out and in. Whatever is said is posted until it is answered with a 2xx.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use tokio::task::JoinHandle;

use crate::processes::traffic::{Side, say};
use crate::processes::witness::Witness;
use crate::processes::{LINE, until};

const ANA: &str = "+15055550121";
const BO: &str = "+15055550122";

/// A round after the other, until it is stopped.
pub struct Rounds {
    task: JoinHandle<Vec<String>>,
    stop: Arc<AtomicBool>,
}

impl Rounds {
    pub fn begin(witness: &Witness) -> Rounds {
        let stop = Arc::new(AtomicBool::new(false));
        let people = People { witness: witness.clone(), said: Vec::new(), count: 0 };
        let task = tokio::task::spawn_local(people.go_on(Arc::clone(&stop)));
        Rounds { task, stop }
    }

    /// After the round that is being played; the ids of all that was said.
    pub async fn stop(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.unwrap()
    }
}

struct People {
    witness: Witness,
    said: Vec<String>,
    count: u32,
}

impl People {
    async fn go_on(mut self, stop: Arc<AtomicBool>) -> Vec<String> {
        let mut round = 0;
        while !stop.load(Ordering::SeqCst) {
            round += 1;
            self.round(round).await;
        }
        self.said
    }

    /// One text, with a word of its own at the end unless it must be exactly `body`.
    async fn texts(&mut self, from: &str, to: &str, body: &str) {
        self.count += 1;
        let side = Side { name: format!("rules {from}"), phone: from.to_owned(), to: to.to_owned(), said: 0 };
        let id = side.sid(self.count);
        say(&self.witness, &side, (body, &id), &AtomicU32::new(0)).await;
        self.said.push(id);
    }

    /// Texts the line, and waits until it is on somebody's phone: whose, and from which mask.
    async fn asks(&mut self, customer: &str, body: &str) -> (String, String) {
        self.texts(customer, LINE, body).await;
        let witness = self.witness.clone();
        until("a text reaches a rep", async || {
            let texts = witness.texts(0).await?;
            let text = texts.into_iter().rev().find(|text| text.outbound && text.body == body)?;
            Some((text.to, text.from))
        })
        .await
    }

    async fn round(&mut self, round: u32) {
        let customer = |n: u32| format!("+1505556{:04}", (round * 3 + n) % 10_000);
        let (first, second, third) = (customer(0), customer(1), customer(2));
        let (rep, mask) = self.asks(&first, &format!("hello {round}")).await;
        self.texts(&rep, &mask, &format!("answer {round}")).await;
        self.texts(&rep, &mask, "#note a good customer").await;
        self.texts(&rep, &mask, "#later 2h").await;
        self.asks(&first, &format!("one more thing {round}")).await;
        self.texts(&rep, &mask, if rep == ANA { "#transfer bo" } else { "#transfer ana" }).await;
        let (rep, mask) = self.asks(&first, &format!("and another {round}")).await;
        self.texts(&rep, &mask, "#close").await;
        let (rep, mask) = self.asks(&first, &format!("I forgot {round}")).await;
        // There never was a conversation behind the line's own number for a rep, nor behind a mask for a stranger.
        self.texts(&second, &mask, &format!("who is there {round}")).await;
        self.texts(ANA, LINE, "#away").await;
        self.texts(BO, LINE, "#away").await;
        self.texts(&third, LINE, &format!("is anybody there {round}")).await;
        self.texts(&third, LINE, &format!("hello? {round}")).await;
        self.texts(ANA, LINE, "#on").await;
        self.texts(BO, LINE, "#on").await;
        self.texts(&second, LINE, "STOP").await;
        self.texts(&second, LINE, "START").await;
        self.texts(&rep, &mask, "#close").await;
    }
}
