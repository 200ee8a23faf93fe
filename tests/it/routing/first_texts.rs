//! What a text costs: statements, counted on the thread that sends them.

use futures_util::future::join_all;

use std::sync::OnceLock;

use switchboard::desk::receiving::{self, Inbound, Outcome};
use switchboard::metrics::statements_here;

use crate::both_stores;
use crate::house::{ACCOUNT, House, LINE};

/// What one first text may cost on SQLite and on PostgreSQL, `BEGIN` and `COMMIT` included. If it costs less by now,
/// lower it.
const ALONE: [u64; 2] = [24, 21];
/// The same of a text in a thread that is there.
const LATER: [u64; 2] = [15, 11];
/// So many come at once.
const MANY: u64 = 64;

async fn comes_in(house: &House, n: u64) {
    comes_in_from(house, n, n).await;
}

async fn comes_in_from(house: &House, n: u64, customer: u64) {
    let text = Inbound {
        account: ACCOUNT.to_owned(),
        carrier_id: format!("SM{n:032}"),
        from: format!("+1505556{customer:04}"),
        to: LINE.to_owned(),
        body: "Do you have worms?".to_owned(),
        media: Vec::new(),
        raw: String::new(),
        carrier_keyword: None,
        refuses: OnceLock::new(),
    };
    assert_eq!(receiving::receive(&house.desk, text).await.unwrap(), Outcome::Relayed);
}

both_stores! {
    async fn a_first_text_costs_no_more_statements_than_it_did(house: many_masks) {
        let mut fewest = u64::MAX;
        for n in 0..4 {
            let before = statements_here();
            comes_in(house, n).await;
            // Others may ask the database something meanwhile.
            fewest = fewest.min(statements_here() - before);
            house.runs_due_work().await;
        }
        let most = ALONE[usize::from(house.desk.store.is_shared())];
        assert!(fewest <= most, "{fewest} statements");
    }

    async fn a_later_text_costs_no_more_statements_than_it_did(house: many_masks) {
        comes_in(house, 0).await;
        house.runs_due_work().await;
        let mut fewest = u64::MAX;
        for n in 1..5 {
            let before = statements_here();
            comes_in_from(house, n, 0).await;
            // Others may ask the database something meanwhile.
            fewest = fewest.min(statements_here() - before);
            house.runs_due_work().await;
        }
        let most = LATER[usize::from(house.desk.store.is_shared())];
        assert!(fewest <= most, "{fewest} statements");
    }

    async fn first_texts_that_come_at_once_share_their_statements(house: many_masks) {
        comes_in(house, 0).await;
        house.runs_due_work().await;
        let before = statements_here();
        join_all((1..=MANY).map(|n| comes_in(house, n))).await;
        let all = statements_here() - before;
        assert!(all < 2 * MANY, "{all} statements for {MANY} texts");
        house.runs_due_work().await;
        let threads = "SELECT COUNT(DISTINCT l.conversation_id) FROM legs l JOIN conversations c \
             ON c.id = l.conversation_id AND c.pinned_to = l.person_id JOIN deliveries d ON d.leg_id = l.id";
        assert_eq!(house.number(threads).await, 65, "each is on its rep's phone");
    }
}

fn many_masks(plan: &mut crate::house::Plan) {
    plan.masks = 65;
}
