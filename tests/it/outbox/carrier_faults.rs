//! Everything that a carrier can do to us, done by the simulator in a process of its own to the real server: nothing
//! is lost, nothing is sent twice, and every lane keeps its order.

use std::time::Duration;

use switchboard::simulator::{Fault, Kind};

use crate::databases::{self, Fresh};
use crate::processes::traffic::Traffic;
use crate::processes::{LINE, World, until};

/// Tells each story on both databases.
macro_rules! stories {
    ($($name:ident($database:ident) $body:block)*) => {$(
        mod $name {
            use super::*;

            async fn story($database: Fresh) $body

            #[tokio::test]
            async fn on_sqlite() {
                story(databases::sqlite()).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                story(databases::postgres().await).await;
            }
        }
    )*};
}

/// People text both ways while `faults` are on; those that are counted must all have struck.
async fn survives(database: Fresh, faults: &[Fault]) -> World {
    let mut world = World::open(database).await;
    let sides = world.acquaint(4).await;
    for fault in faults {
        world.witness.fault(fault.clone()).await;
    }
    let said = Traffic::of(&world.witness, sides, 4).ends().await;
    world.proves(&said).await;
    let lasting = faults.iter().filter(|fault| fault.times.is_none()).count();
    assert_eq!(world.witness.faults().await, lasting, "a fault did not strike as often as it should");
    world
}

/// Every text is known to have arrived: the carrier's receipts were understood.
async fn all_delivered(world: &World) {
    until("every receipt is taken in", async || {
        (world.number("SELECT COUNT(*) FROM deliveries WHERE state <> 'delivered'").await == 0).then_some(())
    })
    .await;
}

fn fault(kind: Kind) -> Fault {
    Fault::new(kind).times(6)
}

stories! {
    a_closed_port(database) {
        let mut world = World::open(database).await;
        let sides = world.acquaint(4).await;
        let traffic = Traffic::flows(&world.witness, sides);
        world.witness.closes(Duration::from_millis(700)).await;
        until("the port is open again", async || world.witness.count().await).await;
        let said = traffic.stops().await;
        world.proves(&said).await;
    }

    a_carrier_whose_name_cannot_be_resolved(database) {
        let mut world = World::open(database).await;
        let sides = world.acquaint(2).await;
        world.dies();
        let base = world.witness.base().to_owned();
        world.set("TWILIO_API_BASE", "http://nobody.localhost:9");
        world.serves(&[]).await;
        let said = Traffic::of(&world.witness, sides, 2).ends().await;
        // Nothing is requested before it is known what was missed, and that cannot be asked either.
        until("something waits", async || {
            let waits = "SELECT (SELECT COUNT(*) FROM arrivals) + (SELECT COUNT(*) FROM deliveries WHERE state = 'ready')";
            (world.number(waits).await > 0).then_some(())
        })
        .await;
        world.dies();
        world.set("TWILIO_API_BASE", &base);
        world.serves(&[]).await;
        world.proves(&said).await;
    }

    a_connection_closed_at_once(database) {
        survives(database, &[fault(Kind::Refused)]).await;
    }

    a_black_hole_that_takes_nothing(database) {
        survives(database, &[fault(Kind::BlackHole).taken(false)]).await;
    }

    a_black_hole_that_takes_the_text(database) {
        survives(database, &[fault(Kind::BlackHole).taken(true)]).await;
    }

    a_reset_before_the_text_is_taken(database) {
        survives(database, &[fault(Kind::Reset).taken(false)]).await;
    }

    a_reset_after_the_text_is_taken(database) {
        survives(database, &[fault(Kind::Reset).taken(true)]).await;
    }

    a_truncated_answer(database) {
        survives(database, &[fault(Kind::Truncated)]).await;
    }

    a_500_that_was_sent(database) {
        survives(database, &[fault(Kind::Error).taken(true)]).await;
    }

    a_500_that_was_not_sent(database) {
        survives(database, &[fault(Kind::Error).taken(false)]).await;
    }

    a_storm_of_429(database) {
        survives(database, &[Fault::new(Kind::TooMany).times(16).millis(1000)]).await;
    }

    a_401_pauses_until_the_next_start(database) {
        let mut world = World::open(database).await;
        let sides = world.acquaint(4).await;
        world.witness.fault(Fault::new(Kind::Unauthorized)).await;
        let said = Traffic::of(&world.witness, sides, 3).ends().await;
        until("sending is paused", async || {
            (world.number("SELECT COUNT(*) FROM numbers WHERE paused_at IS NULL").await == 0).then_some(())
        })
        .await;
        world.dies();
        world.witness.mends().await;
        world.serves(&[]).await;
        world.proves(&said).await;
    }

    a_200_with_junk_that_was_sent(database) {
        survives(database, &[fault(Kind::Junk).taken(true)]).await;
    }

    a_200_with_junk_that_was_not_sent(database) {
        survives(database, &[fault(Kind::Junk).taken(false)]).await;
    }

    a_text_that_is_taken_late(database) {
        survives(database, &[fault(Kind::AcceptedLate).millis(1200)]).await;
    }

    a_list_that_is_late(database) {
        survives(database, &[fault(Kind::Reset).taken(true), Fault::new(Kind::ListLate).millis(1000)]).await;
    }

    a_list_that_is_unavailable(database) {
        survives(database, &[fault(Kind::Reset).taken(true), fault(Kind::ListUnavailable), fault(Kind::ReceiptsLost)])
            .await;
    }

    receipts_that_are_lost(database) {
        survives(database, &[Fault::new(Kind::ReceiptsLost), fault(Kind::BlackHole).taken(true)]).await;
    }

    receipts_that_come_twice(database) {
        all_delivered(&survives(database, &[Fault::new(Kind::ReceiptsDoubled)]).await).await;
    }

    receipts_that_come_in_reverse(database) {
        all_delivered(&survives(database, &[Fault::new(Kind::ReceiptsReversed)]).await).await;
    }

    receipts_that_come_before_the_answer(database) {
        all_delivered(&survives(database, &[Fault::new(Kind::ReceiptFirst)]).await).await;
    }

    receipts_that_come_instead_of_the_answer(database) {
        let faults = [fault(Kind::ReceiptFirst), fault(Kind::BlackHole).taken(true), fault(Kind::ListUnavailable)];
        let mut world = World::open(database).await;
        let sides = world.acquaint(4).await;
        for fault in faults {
            world.witness.fault(fault).await;
        }
        let said = Traffic::of(&world.witness, sides, 3).ends().await;
        world.proves(&said).await;
    }

    a_webhook_that_is_retried(database) {
        survives(database, &[Fault::new(Kind::WebhookTwice)]).await;
    }

    a_webhook_that_goes_to_the_fallback_as_well(database) {
        let mut world = World::open(database).await;
        let sides = world.acquaint(4).await;
        let webhook = format!("http://127.0.0.1:{}/hooks/twilio/messages", world.port);
        world.witness.falls_back(LINE, &webhook, &webhook).await;
        for side in &sides {
            world.witness.falls_back(&side.to, &webhook, &webhook).await;
        }
        world.witness.fault(Fault::new(Kind::WebhookFallback)).await;
        let said = Traffic::of(&world.witness, sides, 4).ends().await;
        world.proves(&said).await;
    }

    everything_at_once(database) {
        let some = |kind| Fault::new(kind).chance(0.06);
        let faults = [
            some(Kind::Refused),
            some(Kind::BlackHole).taken(true),
            some(Kind::BlackHole).taken(false),
            some(Kind::Reset).taken(true),
            some(Kind::Reset).taken(false),
            some(Kind::Truncated),
            some(Kind::Error).taken(true),
            some(Kind::Error).taken(false),
            some(Kind::TooMany).millis(1000),
            some(Kind::Junk).taken(true),
            some(Kind::Junk).taken(false),
            some(Kind::AcceptedLate).millis(900),
            some(Kind::ListLate).millis(700),
            some(Kind::ListUnavailable),
            some(Kind::ReceiptsLost),
            some(Kind::ReceiptsDoubled),
            some(Kind::ReceiptsReversed),
            some(Kind::ReceiptFirst),
            some(Kind::WebhookTwice),
        ];
        let mut world = World::open(database).await;
        let sides = world.acquaint(8).await;
        for fault in faults {
            world.witness.fault(fault).await;
        }
        let said = Traffic::of(&world.witness, sides, 12).ends().await;
        world.witness.mends().await;
        world.proves(&said).await;
    }
}
