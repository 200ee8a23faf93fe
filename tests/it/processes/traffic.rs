//! People who text, each one text after the other: the next leaves when the carrier has seen a 2xx for the one before.
//! What is not answered with a 2xx is posted again under the same id, as a webhook with `#rc=…&rp=all` would be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::witness::{Seen, Witness};
use super::{LINE, PATIENCE};

/// Between two texts of one person, so that the carrier can keep them all.
const BREATH: Duration = Duration::from_millis(40);

/// One person on one thread: a customer to the line, or a rep to a mask.
#[derive(Clone, Debug)]
pub struct Side {
    /// Begins every body.
    pub name: String,
    pub phone: String,
    pub to: String,
    /// Texts said before.
    pub said: u32,
}

impl Side {
    pub fn customer(n: u32) -> Side {
        Side { name: format!("customer {n}"), phone: format!("+1505555{:04}", 2000 + n), to: LINE.to_owned(), said: 0 }
    }

    pub fn rep(customer: &str, phone: &str, mask: &str) -> Side {
        Side { name: format!("rep of {customer}"), phone: phone.to_owned(), to: mask.to_owned(), said: 0 }
    }

    pub fn after_the_first(self) -> Side {
        Side { said: 1, ..self }
    }

    /// The body of the `n`-th text.
    pub fn body(&self, n: u32) -> String {
        format!("{} says {n} {}", self.name, spelled(n))
    }

    /// The carrier's id of the `n`-th text: the same at every post of it.
    pub fn sid(&self, n: u32) -> String {
        let mut name = 0xcbf2_9ce4_8422_2325_u64;
        for byte in self.name.bytes() {
            name = (name ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        format!("SM{name:016x}{n:016x}")
    }
}

/// The number in letters, so that no two texts say the same but for their digits, as those of two machines would.
fn spelled(n: u32) -> String {
    n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
}

/// What a side has said in all: the texts 1 to `last`, each accepted.
#[derive(Clone, Debug)]
pub struct Said {
    pub side: Side,
    pub last: u32,
}

impl Said {
    /// Fails unless each text was taken by the carrier once, all on one lane and in order.
    pub fn check(&self, seen: &[Seen]) {
        let begin = format!("{} says ", self.side.name);
        let ours: Vec<(&Seen, u32)> = seen
            .iter()
            .filter(|text| text.outbound)
            .filter_map(|text| Some((text, text.body.strip_prefix(&begin)?.split(' ').next()?.parse().ok()?)))
            .collect();
        let taken: Vec<u32> = ours.iter().map(|(_, n)| *n).collect();
        let wanted: Vec<u32> = (1..=self.last).collect();
        let missing: Vec<&u32> = wanted.iter().filter(|n| !taken.contains(n)).collect();
        assert!(missing.is_empty(), "{}: lost {missing:?}", self.side.name);
        let mut sorted = taken.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, wanted, "{}: sent twice", self.side.name);
        assert_eq!(taken, wanted, "{}: out of order", self.side.name);
        for (text, n) in &ours {
            let lane = (&text.from, &text.to);
            assert_eq!(lane, (&ours[0].0.from, &ours[0].0.to), "{}: text {n} went elsewhere", self.side.name);
        }
    }
}

/// Sides that are texting.
pub struct Traffic {
    tasks: JoinSet<Said>,
    stop: Arc<AtomicBool>,
    /// Posts that were answered with a 5xx.
    pub refused: Arc<AtomicU32>,
}

impl Traffic {
    /// All sides text at once, `count` texts each.
    pub fn of(witness: &Witness, sides: Vec<Side>, count: u32) -> Traffic {
        let (stop, refused) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let mut tasks = JoinSet::new();
        for side in sides {
            let (witness, stop, refused) = (witness.clone(), Arc::clone(&stop), Arc::clone(&refused));
            tasks.spawn(async move {
                let mut last = side.said;
                while last < side.said.saturating_add(count) && !stop.load(Ordering::SeqCst) {
                    last += 1;
                    say(&witness, &side, (&side.body(last), &side.sid(last)), &refused).await;
                    tokio::time::sleep(BREATH).await;
                }
                Said { side, last }
            });
        }
        Traffic { tasks, stop, refused }
    }

    /// All sides text until they are stopped.
    pub fn flows(witness: &Witness, sides: Vec<Side>) -> Traffic {
        Traffic::of(witness, sides, u32::MAX)
    }

    /// Has everybody stop after the text that they are at, and waits for that.
    pub async fn stops(self) -> Vec<Said> {
        self.stop.store(true, Ordering::SeqCst);
        self.ends().await
    }

    /// Waits until everybody has said what they had to say.
    pub async fn ends(mut self) -> Vec<Said> {
        let mut all = Vec::new();
        while let Some(said) = self.tasks.join_next().await {
            all.push(said.unwrap());
        }
        all
    }
}

/// Has one text posted until it is answered with a 2xx.
pub async fn say(witness: &Witness, side: &Side, (body, sid): (&str, &str), refused: &AtomicU32) {
    // A server that is killed again and again may take long to get to a certain text.
    let deadline = Instant::now() + 3 * PATIENCE;
    loop {
        let answers = witness.texted(&side.phone, &side.to, body, sid).await.unwrap_or_default();
        if answers.iter().flatten().any(|status| (200..300).contains(status)) {
            return;
        }
        if answers.iter().flatten().any(|status| *status >= 500) {
            refused.fetch_add(1, Ordering::SeqCst);
        }
        assert!(Instant::now() < deadline, "{body} was never taken; the last answers were {answers:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
