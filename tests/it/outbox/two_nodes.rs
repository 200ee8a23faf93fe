//! Two nodes on one database: for PostgreSQL, since SQLite has one. What one begins the other never repeats.

use futures_util::future::{join, join_all};

use switchboard::clock::minutes;
use switchboard::desk::conversations::assign;
use switchboard::desk::conversations::close;
use switchboard::desk::outbox::claim;
use switchboard::desk::routing::duty;
use switchboard::desk::search::index;
use switchboard::domain::ids::{ConversationId, NumberId};
use switchboard::domain::people::person::Duty;
use switchboard::simulator::{Fault, Inbound, Kind};
use switchboard::store::customers::ledgers;
use switchboard::wire::twilio::form::Form;

use crate::databases;
use crate::house::neighbours::webhook;
use crate::house::{ACCOUNT, House, LINE, Plan, TOKEN};

#[tokio::test]
async fn two_first_texts_on_two_nodes_end_in_one_conversation_with_one_rep() {
    let house = House::on(databases::postgres().await).await;
    let other = house.second_node().await;
    for round in 0_u32..8 {
        let joel = house.customer(100 + round);
        let form = |n| webhook(&format!("SM000000000000000000000000000{round:03}0{n}"), &joel.number, "hello");
        let forms = [form(1), form(2), form(3), form(4)];
        let posts = forms.iter().zip([&house, &other, &house, &other]);
        let answers = join_all(posts.map(|(form, node)| node.post("messages", form, Some(TOKEN)))).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        house.runs_due_work().await;
        other.runs_due_work().await;
        house.runs_due_work().await;
        assert_eq!(house.rows("conversations").await, i64::from(round) + 1);
        assert_eq!(house.events("picked").await.len(), usize::try_from(round).unwrap() + 1);
        let texts = house.ana().received().len() + house.bo().received().len();
        assert_eq!(texts, usize::try_from(round + 1).unwrap() * 4, "each text reached one rep, once");
    }
    house.is_left_tidy();
    other.is_left_tidy();
}

/// One node has put a text behind nothing, and it waits; what the other puts behind it leaves after it, whosever ids are higher.
#[tokio::test]
async fn what_waits_by_one_node_is_not_overtaken_by_what_another_puts_behind_it() {
    let house = House::on(databases::postgres().await).await;
    let joel = house.customer(34);
    joel.texts("hello").await;
    let rep = house.chosen().number.clone();
    let mask = house.phone(&rep).threads().remove(0);
    let other = house.second_node().await;
    house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).times(1));
    other.phone(&rep).texts_back("first").await;
    assert_eq!(house.outbox_to(&joel.number).await, ["ready first"]);
    let second: Form = [
        ("MessageSid", "SM00000000000000000000000000000301"),
        ("AccountSid", ACCOUNT),
        ("From", rep.as_str()),
        ("To", mask.as_str()),
        ("Body", "second"),
        ("NumMedia", "0"),
    ]
    .into_iter()
    .collect();
    assert_eq!(house.post("messages", &second, Some(TOKEN)).await.status, 200);
    house.pass(minutes(1)).await;
    house.customer(34).shows(&["first", "second"]);
    other.runs_due_work().await;
    house.is_left_tidy();
    other.is_left_tidy();
}

/// The same text, posted to both nodes at once as a carrier does that believes one of them dead, is stored once.
#[tokio::test]
async fn the_same_text_on_two_nodes_is_one_text() {
    let house = House::on(databases::postgres().await).await;
    let other = house.second_node().await;
    let joel = house.customer(34);
    let form = webhook("SM00000000000000000000000000000201", &joel.number, "hello");
    let nodes = [&house, &other, &house, &other];
    let answers = join_all(nodes.map(|node| node.post("messages", &form, Some(TOKEN)))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    house.runs_due_work().await;
    other.runs_due_work().await;
    assert_eq!(house.messages().await, ["relayed hello"]);
    house.chosen().shows(&["••34, Bait and Tackle:\nhello"]);

    // A year later the carrier's list is replayed through the other node: nothing changes there either.
    let sid = Some("SM00000000000000000000000000000201".to_owned());
    let replay =
        Inbound { from: joel.number.clone(), to: LINE.to_owned(), body: "hello".to_owned(), sid, ..Inbound::default() };
    other.simulator.send(replay).await;
    other.runs_due_work().await;
    assert_eq!(house.messages().await, ["relayed hello"]);
}

#[tokio::test]
async fn lists_are_made_anew_by_two_nodes_at_once() {
    let house = House::on(databases::postgres().await).await;
    let other = house.second_node().await;
    for body in ["kayak ١٢٣", "canoe ١٢٣"] {
        house.customer(34).texts(body).await;
    }
    house.clock.pass(minutes(1));
    index::index(&house.desk).await.unwrap();
    house.lists_are_of_version_1_without("123").await;
    let (one, two) = join(index::index(&house.desk), index::index(&other.desk)).await;
    assert!(one.unwrap() + two.unwrap() >= 2);
    let found = house.words("SELECT word FROM postings ORDER BY word, first").await;
    let words = ["*", "/", "123", "canoe", "kayak"].map(|word| format!("\u{2}{word}"));
    assert_eq!(found.len(), words.len(), "each once, and nothing of the old ones: {found:?}");
    assert!(found.iter().zip(&words).all(|(found, word)| found.starts_with(word.as_str())), "{found:?}");
    assert_eq!(index::index(&other.desk).await.unwrap(), 0);
}

/// Both nodes come to rest, whichever holds what is left to do.
async fn both_rest(one: &House, other: &House) {
    for _ in 0..3 {
        one.runs_due_work().await;
        other.runs_due_work().await;
    }
}

#[tokio::test]
async fn what_both_nodes_find_waiting_leaves_once() {
    let house = House::on(databases::postgres().await).await;
    let other = house.second_node().await;
    for n in 0..12 {
        house.customer(10 + n).texts("hello").await;
    }
    other.runs_due_work().await;
    house.simulator.fault(Fault::new(Kind::TooMany).millis(30_000));
    for n in 0..12 {
        house.customer(10 + n).texts(&format!("<{n}>")).await;
    }
    both_rest(&house, &other).await;
    house.simulator.mend_all();
    house.clock.pass(minutes(1));
    // Both look at the same moment, again and again.
    while join(claim::claim(&house.desk), claim::claim(&other.desk)).await.0.unwrap().looked_at > 0 {
        join(house.makes_requests(), other.makes_requests()).await;
    }
    both_rest(&house, &other).await;
    // A request that a busy machine answers too late is in doubt, and settled by looks at the carrier's list.
    house.pass(minutes(10)).await;
    both_rest(&house, &other).await;
    let mut said: Vec<_> = [house.ana(), house.bo()].iter().flat_map(crate::house::Phone::bodies).collect();
    said.retain(|body| body.starts_with('<'));
    said.sort();
    let mut wanted: Vec<_> = (0..12).map(|n| format!("<{n}>")).collect();
    wanted.sort();
    assert_eq!(said, wanted, "{:?}", house.outbox().await);
    house.is_left_tidy();
    other.is_left_tidy();
}

#[tokio::test]
async fn a_transfer_on_one_node_and_texts_on_the_other_cross_without_loss() {
    let house = House::on(databases::postgres().await).await;
    let other = house.second_node().await;
    let joel = house.customer(34);
    other.simulator.text(&joel.number, LINE, "hello").await;
    both_rest(&house, &other).await;
    let (ana, bo, miriam) = (
        house.person("ana@example.com").await,
        house.person("bo@example.com").await,
        house.person("miriam@example.com").await,
    );
    let conversation = house.conversation().await;
    for round in 0..6 {
        let to = if round % 2 == 0 { ana } else { bo };
        let words = format!("<{round}>");
        let (moved, _) = join(
            assign::transfer(&house.desk, miriam, conversation, to, None),
            other.simulator.text(&joel.number, LINE, &words),
        )
        .await;
        moved.unwrap();
        both_rest(&house, &other).await;
        let heard = |phone: &crate::house::Phone<'_>| phone.bodies().iter().filter(|it| it.ends_with(&words)).count();
        assert_eq!(heard(&house.ana()) + heard(&house.bo()), 1, "round {round}: {:?}", house.outbox().await);
    }
    assert_eq!(house.rows("legs WHERE role = 'rep' AND ended_at IS NULL").await, 1);
}

#[tokio::test]
async fn an_opt_out_on_one_node_stops_the_other() {
    let house = House::on(databases::postgres().await).await;
    let other = house.second_node().await;
    let joel = house.customer(34);
    joel.texts("hello").await;
    other.runs_due_work().await;
    house.simulator.fault(Fault::new(Kind::TooMany).to(&joel.number).millis(30_000).times(1));
    house.chosen().texts_back("one").await;
    both_rest(&house, &other).await;
    house.clock.pass(minutes(1));
    let stop = other.simulator.text(&joel.number, LINE, "STOP");
    let (claimed, arrival) = join(claim::claim(&house.desk), stop).await;
    claimed.unwrap();
    assert!(arrival.taken());
    both_rest(&house, &other).await;
    // The simulator refuses what comes after a STOP (21610): either the claim came first and met that, or it did not.
    joel.shows(&[]);
    let rows = house.outbox_to(&joel.number).await;
    assert!(rows == ["suppressed one"] || rows == ["failed one"], "{rows:?}");
}

/// Ids of the second node are above those that the first makes at the same moment, as if its clock were ahead.
#[tokio::test]
async fn of_words_to_two_nodes_the_last_holds_whichever_nodes_clock_is_ahead() {
    let house = House::on(databases::postgres().await).await;
    let other = house.second_node().await;
    let joel = house.customer(34);
    joel.texts("hello").await;
    both_rest(&house, &other).await;
    let ana = house.ana().number;
    for (round, (words, out)) in [(["STOP", "START"], false), (["START", "STOP"], true)].into_iter().enumerate() {
        for (who, phone) in [("a", &joel.number), ("b", &ana)] {
            for ((n, body), node) in words.iter().enumerate().zip([&other, &house]) {
                let form = webhook(&format!("SM00000000000000000000000000030{round}{n}{who}"), phone, body);
                assert_eq!(node.post("messages", &form, Some(TOKEN)).await.status, 200);
            }
        }
        let said = |what: &str| format!("{what} in round {round}");
        let mut tx = house.desk.store.read().await.unwrap();
        let line = NumberId(house.number("SELECT id FROM numbers WHERE role = 'line'").await);
        let consent = ledgers::newest(&mut tx, &joel.number, &format!("line:{line}")).await.unwrap().unwrap();
        assert_eq!(consent.given, !out, "{}", said("the customer's consent"));
        for phone in [&joel.number, &ana] {
            assert_eq!(ledgers::is_blocked(&mut tx, phone, line).await.unwrap(), out, "{}", said(phone));
        }
        let off = house.rows("people WHERE phone_muted_at IS NOT NULL").await;
        assert_eq!(off, i64::from(out), "{}", said("the rep's phone"));
    }
}

/// A rep comes on duty, others close and take over, while first texts arrive, on both nodes at the same instants: nobody
/// has more customers than the limit, and nobody waits while somebody could take them.
#[tokio::test]
async fn picks_and_drains_on_two_nodes_miss_nobody_and_count_nobody_twice() {
    let plan = Plan::default().but(|plan| plan.setup = plan.setup.replace("phone = ", "limit = 2\nphone = "));
    let house = House::with(databases::postgres().await, plan).await;
    let other = house.second_node().await;
    let (ana, bo) = (house.person("ana@example.com").await, house.person("bo@example.com").await);
    for round in 0_u32..6 {
        let duty = if round % 2 == 0 { Duty::AwayReassign } else { Duty::On };
        let forms: Vec<_> = (0..4)
            .map(|n| {
                webhook(
                    &format!("SM00000000000000000000000000{round:03}1{n:02}"),
                    &house.customer(200 + round * 4 + n).number,
                    "hello",
                )
            })
            .collect();
        let posts = join_all(
            forms
                .iter()
                .zip([&house, &other, &house, &other])
                .map(|(form, node)| node.post("messages", form, Some(TOKEN))),
        );
        let oldest = house.number("SELECT MIN(id) FROM conversations WHERE closed_at IS NULL").await;
        let closing = async {
            // There may be none yet, or it may have gone to somebody else meanwhile.
            let _ = close::close(&other.desk, bo, ConversationId(oldest)).await;
        };
        let (answers, duty, ()) = tokio::join!(posts, duty::set_duty(&other.desk, ana, ana, duty), closing);
        duty.unwrap();
        assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
        let most = "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM conversations WHERE pinned_to IS NOT NULL \
                    AND closed_at IS NULL GROUP BY pinned_to) AS counts";
        assert!(house.number(most).await <= 2, "round {round}: somebody was counted too low");
        let free = "SELECT COUNT(*) FROM people p JOIN line_members m ON m.person_id = p.id WHERE p.duty = 'on' AND 2 > \
                    (SELECT COUNT(*) FROM conversations c WHERE c.pinned_to = p.id AND c.closed_at IS NULL)";
        let waits = house.rows("conversations WHERE pinned_to IS NULL AND closed_at IS NULL").await;
        assert!(waits == 0 || house.number(free).await == 0, "round {round}: {waits} wait and somebody is free");
        both_rest(&house, &other).await;
    }
    house.is_left_tidy();
    other.is_left_tidy();
}
