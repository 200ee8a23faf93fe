//! Events: told in the transaction of what happened, posted signed, in order, again and again, and to nobody who stands
//! beside us.

use std::time::Duration;

use rocket::http::Status;
use serde_json::json;

use switchboard::clock::{At, days, hours, minutes, seconds};
use switchboard::desk::programs::events::Event;
use switchboard::desk::programs::post;
use switchboard::desk::upkeep::lapse;
use switchboard::desk::work::{UnitOfWork, Verb};
use switchboard::domain::ids::ConversationId;
use switchboard::domain::programs::event::Kind;
use switchboard::store::{Error, Result};

use super::Program;
use super::receiver::Receiver;
use crate::house::plan::with_ada;
use crate::house::{House, Plan};
use crate::web::browser::Browser;
use crate::{both_stores, databases};

const ADA: &str = "ada@example.com";

fn out_in_the_world(plan: &mut Plan) {
    plan.reaches_private = false;
}

struct Tell(Vec<(ConversationId, Kind)>);

impl Verb for Tell {
    type Out = ();
    type Stop = Error;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<()> {
        for (pair, kind) in &self.0 {
            work.tell(Event::of(*pair, *kind, json!({ "n": 1 })));
        }
        Ok(())
    }
}

/// Tells of what happened, as the desk does within what it does.
async fn happens(house: &House, told: &[(ConversationId, Kind)]) {
    house.desk.work(Tell(told.to_vec())).await.unwrap();
}

/// Two conversations with names, about which something can happen.
async fn two(house: &House) -> (ConversationId, ConversationId) {
    house.customer(33).texts("hello").await;
    let one = house.conversation().await;
    house.customer(34).texts("hello").await;
    let other = house.conversation().await;
    Program::of(house).await;
    house.is_known_to_the_bait_shop(one, "bait-77").await;
    house.is_known_to_the_bait_shop(other, "bait-78").await;
    (one, other)
}

/// An endpoint at `receiver`: its id and its secret.
pub async fn listens(house: &House, receiver: &Receiver, events: &[&str]) -> (String, String) {
    let made = Program::of(house).await.post("endpoints", &json!({"url": receiver.url, "events": events})).await.json();
    (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

both_stores! {
    /// Event endpoints get what is signed and dated.
    async fn case_25_an_event_is_posted_signed_and_dated(house) {
        let ((pair, _), receiver) = (two(house).await, Receiver::open().await);
        let (_, secret) = listens(house, &receiver, &["pair.opened", "message.received"]).await;
        happens(house, &[(pair, Kind::PairOpened), (pair, Kind::PairEnded)]).await;
        house.runs_due_work().await;
        let seen = receiver.seen();
        assert_eq!(seen.len(), 1, "it is told of what it wants to know");
        seen[0].is_signed_with(&secret);
        let headers = &seen[0].headers;
        assert_eq!(headers["webhook-timestamp"], "1800000000");
        assert_eq!(headers["content-type"], "application/json");
        assert!(headers["user-agent"].starts_with("switchboard/"));
        assert_eq!(seen[0].json(), json!({
            "type": "pair.opened",
            "timestamp": "2027-01-15T08:00:00.000Z",
            "data": { "pair_id": pair.to_string(), "reference": "bait-77", "n": 1 },
        }));
        assert_eq!(house.words("SELECT state FROM event_posts").await, ["delivered"]);
    }

    async fn what_happens_to_one_pair_arrives_in_its_order_and_holds_up_no_other(house) {
        let ((one, other), receiver) = (two(house).await, Receiver::open().await);
        listens(house, &receiver, &["*"]).await;
        happens(house, &[(one, Kind::PairOpened), (one, Kind::MessageReceived)]).await;
        receiver.answers(&["500"]);
        house.runs_due_work().await;
        assert_eq!(receiver.kinds(), ["pair.opened"], "the second waits behind the first");
        happens(house, &[(one, Kind::PairEnded), (other, Kind::PairOpened)]).await;
        house.runs_due_work().await;
        assert_eq!(receiver.kinds(), ["pair.opened", "pair.opened"], "the other pair's goes");
        assert_ne!(receiver.seen()[0].id(), receiver.seen()[1].id());
        house.pass(seconds(6)).await;
        let kinds = receiver.kinds();
        assert_eq!(kinds[2..], ["pair.opened", "message.received", "pair.ended"]);
        assert_eq!(receiver.seen()[0].id(), receiver.seen()[2].id(), "the same event has the same id");
    }

    async fn what_is_not_taken_is_tried_for_a_day_and_then_the_endpoint_is_disabled(house: with_ada) {
        let ((pair, _), receiver) = (two(house).await, Receiver::open().await);
        let (id, secret) = listens(house, &receiver, &["*"]).await;
        receiver.always("503");
        happens(house, &[(pair, Kind::PairOpened), (pair, Kind::PairEnded)]).await;
        let began = house.clock.now();
        house.pass(days(1)).await;
        let times: Vec<i64> = receiver.seen().iter().map(|seen| seen.headers["webhook-timestamp"].parse().unwrap()).collect();
        let pauses: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let wanted = [5, 300, 1800, 7200, 18_000, 36_000];
        assert_eq!(pauses.len(), wanted.len(), "{pauses:?}");
        for (pause, wanted) in pauses.iter().zip(wanted) {
            assert!((wanted..=wanted + wanted / 10 + 2).contains(pause), "{pauses:?}");
        }
        assert!(receiver.kinds().iter().all(|kind| kind == "pair.opened"), "the one behind it was never posted");
        let ada = Browser::of(house, ADA).await;
        ada.get("/board").await.shows(&["No events are posted to http://127.0.0.1", "HTTP 503", "enable it under Endpoints"]);
        let page = ada.get(&format!("/endpoints/{id}")).await;
        page.shows(&["given up", "waits behind another", "HTTP 503", "Enable it"]);
        let listed = Program::of(house).await.get("endpoints").await.json();
        assert!(listed["data"][0]["disabled_why"].as_str().unwrap().contains("HTTP 503"), "{listed}");
        assert!(house.clock.now() < began + days(2));

        // What happens meanwhile waits, and everything is posted in order once it is enabled.
        happens(house, &[(pair, Kind::LateTextHeld)]).await;
        house.pass(hours(1)).await;
        assert_eq!(receiver.seen().len(), 7);
        receiver.always("200");
        assert_eq!(ada.post(&format!("/endpoints/{id}/enabling"), &[]).await.status, Status::SeeOther);
        house.runs_due_work().await;
        assert_eq!(receiver.kinds()[7..], ["pair.opened", "pair.ended", "late_text.held"]);
        receiver.seen()[9].is_signed_with(&secret);
        ada.get("/board").await.hides(&["No events are posted"]);
    }

    async fn whoever_answers_gone_is_not_asked_again(house) {
        let ((pair, _), receiver) = (two(house).await, Receiver::open().await);
        listens(house, &receiver, &["*"]).await;
        receiver.answers(&["410"]);
        happens(house, &[(pair, Kind::PairOpened)]).await;
        house.pass(hours(1)).await;
        assert_eq!(receiver.seen().len(), 1);
        assert_eq!(house.rows("endpoints WHERE disabled_at IS NOT NULL").await, 1);
    }

    async fn a_post_is_made_again_when_somebody_asks_for_it(house: with_ada) {
        let ((pair, _), receiver) = (two(house).await, Receiver::open().await);
        let (id, secret) = listens(house, &receiver, &["*"]).await;
        happens(house, &[(pair, Kind::PairOpened), (pair, Kind::PairEnded)]).await;
        house.runs_due_work().await;
        house.clock.pass(hours(2));
        let ada = Browser::of(house, ADA).await;
        let event = house.number("SELECT MIN(id) FROM api_events").await;
        let again = format!("/endpoints/{id}/posts/{event}/replay");
        assert_eq!(Browser::of(house, "miriam@example.com").await.post(&again, &[]).await.status, Status::NotFound);
        assert_eq!(ada.post(&again, &[]).await.status, Status::SeeOther);
        assert_eq!(ada.post(&again, &[]).await.status, Status::UnprocessableEntity, "it is on its way anyway");
        house.runs_due_work().await;
        let seen = receiver.seen();
        assert_eq!(receiver.kinds(), ["pair.opened", "pair.ended", "pair.opened"]);
        assert_eq!((seen[0].id(), &seen[0].body), (seen[2].id(), &seen[2].body));
        let sent: Vec<i64> = seen.iter().map(|seen| seen.headers["webhook-timestamp"].parse().unwrap()).collect();
        assert!(sent[2] >= sent[0] + 7200, "dated anew");
        seen[2].is_signed_with(&secret);
        assert_eq!(ada.post(&format!("/endpoints/{id}/posts/999/replay"), &[]).await.status, Status::NotFound);
    }

    async fn a_redirect_is_not_followed(house) {
        let ((pair, _), receiver, elsewhere) = (two(house).await, Receiver::open().await, Receiver::open().await);
        listens(house, &receiver, &["*"]).await;
        receiver.answers(&[&format!("307 location: {}", elsewhere.url)]);
        happens(house, &[(pair, Kind::PairOpened)]).await;
        house.runs_due_work().await;
        assert_eq!((receiver.seen().len(), elsewhere.seen().len()), (1, 0));
        let said = house.words("SELECT error FROM event_posts").await;
        assert!(said[0].contains("redirect (HTTP 307)"), "{said:?}");
        house.pass(seconds(6)).await;
        assert_eq!(house.words("SELECT state FROM event_posts").await, ["delivered"]);
    }

    async fn an_endpoint_that_is_deleted_gets_nothing_more(house) {
        let ((pair, other), receiver) = (two(house).await, Receiver::open().await);
        let (id, _) = listens(house, &receiver, &["*"]).await;
        receiver.answers(&["500"]);
        happens(house, &[(pair, Kind::PairOpened)]).await;
        house.runs_due_work().await;
        assert_eq!(Program::of(house).await.delete(&format!("endpoints/{id}")).await.status, 204);
        happens(house, &[(pair, Kind::PairEnded), (other, Kind::PairOpened)]).await;
        house.pass(hours(1)).await;
        assert_eq!(receiver.seen().len(), 1);
    }

    async fn what_came_of_a_post_is_kept_when_its_endpoint_was_deleted_meanwhile(house) {
        let ((pair, _), receiver) = (two(house).await, Receiver::open().await);
        let (id, _) = listens(house, &receiver, &["*"]).await;
        happens(house, &[(pair, Kind::PairOpened)]).await;
        let under_way = post::take(&house.desk, &[], 64).await.unwrap();
        assert_eq!(Program::of(house).await.delete(&format!("endpoints/{id}")).await.status, 204);
        for due in under_way {
            post::deliver(&house.desk, due).await;
        }
        assert_eq!(receiver.seen().len(), 1);
        assert_eq!(house.words("SELECT state FROM event_posts").await, ["delivered"]);
    }

    /// An address that leads beside us is refused when it is connected to, whenever it came to lead there.
    async fn case_25_nothing_is_posted_to_what_stands_beside_us(house: out_in_the_world) {
        let ((pair, _), receiver) = (two(house).await, Receiver::open().await);
        let made = Program::of(house).await.post("endpoints", &json!({"url": "https://app.example.com", "events": ["*"]})).await;
        assert_eq!(made.status, 201);
        let here = receiver.url.replace("http:", "https:");
        house.endpoints_lead_to(&here).await;
        happens(house, &[(pair, Kind::PairOpened)]).await;
        house.runs_due_work().await;
        house.endpoints_lead_to(&receiver.url).await;
        house.pass(seconds(6)).await;
        let said = house.words("SELECT error FROM event_posts WHERE attempts = 2 AND state = 'waiting'").await;
        assert!(said[0].contains("https://"), "{said:?}");
        assert_eq!(receiver.seen().len(), 0);
    }

    async fn events_are_counted_within_their_pair_and_forgotten_after_a_month(house) {
        let ((one, other), receiver) = (two(house).await, Receiver::open().await);
        listens(house, &receiver, &["*"]).await;
        happens(house, &[(one, Kind::PairOpened), (other, Kind::PairOpened), (one, Kind::MessageReceived)]).await;
        happens(house, &[(one, Kind::PairEnded)]).await;
        let counted = house.words("SELECT CAST(seq AS TEXT) || ' ' || kind FROM api_events ORDER BY conversation_id, seq").await;
        assert_eq!(counted, ["1 pair.opened", "2 message.received", "3 pair.ended", "1 pair.opened"]);
        house.runs_due_work().await;
        house.clock.pass(days(30) + minutes(1));
        lapse::forget(&house.desk).await.unwrap();
        assert_eq!(house.rows("api_events").await + house.rows("event_posts").await, 0);
    }
}

/// Two nodes that look for work at once never post the same event twice.
#[tokio::test]
async fn two_nodes_share_the_posts() {
    let house = House::on(databases::postgres().await).await;
    let other = house.second_node().await;
    let (receiver, mut told) = (Receiver::open().await, Vec::new());
    listens(&house, &receiver, &["*"]).await;
    for n in 0..12 {
        house.customer(50 + n).texts("hello").await;
        let pair = house.conversation().await;
        house.is_known_to_the_bait_shop(pair, &format!("bait-{n}")).await;
        told.push((pair, Kind::PairOpened));
    }
    happens(&house, &told).await;
    for _ in 0..3 {
        let (ours, theirs) =
            rocket::futures::future::join(post::take(&house.desk, &[], 4), post::take(&other.desk, &[], 4)).await;
        let ours = ours.unwrap().into_iter().map(|due| post::deliver(&house.desk, due));
        let theirs = theirs.unwrap().into_iter().map(|due| post::deliver(&other.desk, due));
        rocket::futures::future::join_all(ours.collect::<Vec<_>>()).await;
        rocket::futures::future::join_all(theirs.collect::<Vec<_>>()).await;
    }
    house.runs_due_work().await;
    other.runs_due_work().await;
    let mut ids: Vec<String> = receiver.seen().iter().map(|seen| seen.id().to_owned()).collect();
    assert_eq!(ids.len(), 12);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 12);
    house.is_left_tidy();
    other.is_left_tidy();
}

/// A node that dies with posts under way: they are posted again when their time is over, under the same id.
#[tokio::test]
async fn what_a_dead_node_had_taken_is_posted_by_the_next() {
    let house = House::on(databases::sqlite()).await;
    let ((pair, _), receiver) = (two(&house).await, Receiver::open().await);
    listens(&house, &receiver, &["*"]).await;
    happens(&house, &[(pair, Kind::PairOpened)]).await;
    let taken: At = {
        let taken = post::take(&house.desk, &[], 8).await.unwrap();
        assert_eq!(taken.len(), 1);
        house.clock.now()
    };
    house.runs_due_work().await;
    assert_eq!(receiver.seen().len(), 0, "somebody has it");
    house.pass(Duration::from_secs(20)).await;
    assert_eq!(receiver.kinds(), ["pair.opened"]);
    assert!(house.clock.now() > taken);
    house.is_left_tidy();
}
