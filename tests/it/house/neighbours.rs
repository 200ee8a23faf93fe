//! What happens around a house: another node on its database, a carrier that goes away, posts made by hand.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use switchboard::carrier::Outgoing;
use switchboard::desk::outbox::Sending;
use switchboard::desk::receiving::backfill::{self, Turn};
use switchboard::simulator;
use switchboard::wire::twilio::form::Form;
use switchboard::wire::twilio::signature;

use super::{ACCOUNT, House, LINE, Plan, TOKEN, figment, open_doors};
use crate::databases::Fresh;

/// An answer to a post.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: String,
}

impl House {
    /// Another node on the same database, clock and carrier. Texts come to it from now on.
    pub async fn second_node(&self) -> House {
        let plan = Plan { seed: 8, ..Plan::default() };
        let node = House::beside(Arc::clone(&self.database), plan, self.clock.clone(), self.simulator.clone(), 1).await;
        node.has_missed_nothing()
    }

    /// The next life of this house, after its process died: a second later, and nothing of what was missed is known.
    pub async fn restarts(&self) -> House {
        self.clock.pass(Duration::from_secs(1));
        drop(self.begun());
        self.next_life(Arc::clone(&self.database)).await
    }

    /// A copy of the database as it is now: a backup.
    pub async fn backup(&self) -> Arc<Fresh> {
        Arc::new(self.database.copy().await)
    }

    /// The server goes back to an older state of the database while this house runs.
    pub async fn goes_back_to(&self, backup: &Fresh) {
        self.database.goes_back_to(backup).await;
    }

    /// The next life of this house, on a backup.
    pub async fn restored_from(&self, backup: Arc<Fresh>) -> House {
        self.clock.pass(Duration::from_secs(1));
        self.next_life(backup).await
    }

    async fn next_life(&self, database: Arc<Fresh>) -> House {
        let plan = self.plan.clone();
        let next = House::beside(database, plan, self.clock.clone(), self.simulator.clone(), 0).await;
        next.is_about_lost_requests();
        next
    }

    /// Looks for texts that were missed, as the clockwork does; the house comes to rest.
    pub async fn looks_for_missed_texts(&self) -> Turn {
        let turn = backfill::turn(&self.desk).await.unwrap();
        backfill::check_restored_outbox(&self.desk).await.unwrap();
        self.runs_due_work().await;
        turn
    }

    /// Where this node takes texts in.
    pub fn webhook(&self) -> String {
        format!("{}/hooks/twilio/messages", self.address)
    }

    /// Posts `form` to one of the house's hooks, signed with `token` if there is one.
    pub async fn post(&self, path: &str, form: &Form, token: Option<&str>) -> Answer {
        let url = format!("{}/hooks/twilio/{path}", self.address);
        let mut request = client().post(&url).body(form.encode());
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(token) = token {
            request = request.header(signature::HEADER, signature::sign(token, &url, form));
        }
        let answer = request.send().await.unwrap();
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        Answer {
            status: answer.status().as_u16(),
            content_type: kind.unwrap_or_default(),
            body: answer.text().await.unwrap(),
        }
    }

    /// As [`House::post`] to the hook for texts, signed as the carrier does.
    pub async fn hears(&self, form: &Form) -> Answer {
        let answer = self.post("messages", form, Some(TOKEN)).await;
        self.runs_due_work().await;
        answer
    }

    /// Somebody sends a text from the line by another way than through the house.
    pub async fn sends_beside(&self, body: &str, to: &str) {
        let url = format!("{}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", self.carrier_address);
        let form: Form = [("From", LINE), ("To", to), ("Body", body)].into_iter().collect();
        let request = client().post(url).header("content-type", "application/x-www-form-urlencoded");
        let secret = base64::engine::general_purpose::STANDARD.encode(format!("{ACCOUNT}:{TOKEN}"));
        let request = request.header("authorization", format!("Basic {secret}")).body(form.encode());
        assert_eq!(request.send().await.unwrap().status().as_u16(), 201);
    }

    /// Takes the requests that commits have begun, and leaves it to the test when they are made.
    pub fn begun(&self) -> Vec<Sending> {
        self.is_about_lost_requests();
        let mut outgoing = self.outgoing.lock().unwrap();
        std::iter::from_fn(|| outgoing.try_recv().ok()).collect()
    }

    /// Makes the requests that commits have begun and forgets what the carrier answers, as a process does that dies
    /// at the wrong moment.
    pub async fn makes_requests_and_dies(&self) {
        for sending in self.begun() {
            let text = Outgoing {
                from: sending.from.clone(),
                to: sending.to.clone(),
                body: sending.body.clone(),
                status_url: self.desk.receipt_url(&sending.token()),
                validity: Duration::from_mins(1),
                idempotency_key: String::new(),
            };
            drop(self.desk.carrier.send(&text).await);
        }
    }

    /// The carrier's port is closed: connections are refused.
    pub async fn carrier_goes_away(&self) {
        let doors = self.doors.lock().unwrap().pop();
        doors.expect("the carrier is there").notify();
        let address: SocketAddr = self.carrier_address.trim_start_matches("http://").parse().unwrap();
        for _ in 0..2000 {
            if TcpListener::bind(address).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("the carrier does not go away");
    }

    /// The carrier is there again, at the same address.
    pub async fn carrier_comes_back(&self) {
        let (_, port) = self.carrier_address.rsplit_once(':').unwrap();
        let figment = figment().merge(("port", port.parse::<u16>().unwrap()));
        let doors = open_doors(simulator::rocket(self.simulator.clone(), figment)).await;
        self.doors.lock().unwrap().push(doors.1);
    }
}

/// A text as the carrier posts it, with nothing that is not needed.
pub fn webhook(sid: &str, from: &str, body: &str) -> Form {
    [("MessageSid", sid), ("AccountSid", ACCOUNT), ("From", from), ("To", LINE), ("Body", body), ("NumMedia", "0")]
        .into_iter()
        .collect()
}

fn client() -> reqwest::Client {
    // The process's default, as the program sets it; a second time changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}
