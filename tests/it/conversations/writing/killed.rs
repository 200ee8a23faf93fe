//! The server dies in the middle of accepting a planned reply; after its next start the reply has left once.

use switchboard::store::sql::query;
use switchboard::store::{Job, Result, Store, Tx};

use crate::databases::{self, Fresh};
use crate::processes::{World, until};

struct Plan(&'static str);

impl Job for Plan {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        query(self.0).execute(tx).await?;
        Ok(())
    }
}

/// As somebody who may answer writes it: it is due at once.
const PLANNED: &str = "INSERT INTO planned_replies (id, conversation_id, author_id, to_phone, body, scheduled, created_at, due_at) \
    SELECT 77, c.id, c.pinned_to, u.phone, 'see you at nine', 1, c.opened_at, c.last_at FROM conversations c \
    JOIN customers u ON u.id = c.customer_id WHERE c.pinned_to IS NOT NULL AND c.closed_at IS NULL \
    AND c.id = (SELECT MIN(id) FROM conversations)";

async fn killed_while_it_leaves(database: Fresh) {
    let url = database.url.clone();
    let mut world = World::open(database).await;
    world.acquaint(1).await;
    world.dies();
    let store = Store::open(&url).await.unwrap();
    store.write(Plan(PLANNED)).await.unwrap();
    store.close().await;
    world.server = Some(world.start(&["serve"], world.port, &[("FAULT_KILL_AT", "after_planned:1")]));
    assert!(!world.ends().await.success(), "it came past after_planned");
    assert_eq!(world.number("SELECT COUNT(*) FROM planned_replies WHERE ended_at IS NULL").await, 1);
    world.serves(&[]).await;
    until("it has left", async || {
        (world.number("SELECT COUNT(*) FROM deliveries WHERE body = 'see you at nine' AND state = 'delivered'").await
            > 0)
        .then_some(())
    })
    .await;
    world.witness.collect().await;
    let sent = world.witness.seen.iter().filter(|text| text.outbound && text.body == "see you at nine").count();
    assert_eq!(sent, 1);
}

#[tokio::test]
async fn on_sqlite() {
    killed_while_it_leaves(databases::sqlite()).await;
}

#[tokio::test]
async fn on_postgres() {
    killed_while_it_leaves(databases::postgres().await).await;
}
