//! A PostgreSQL server that goes away or falls silent: whoever asks hears so in time. The carrier waits 4 s.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::super::looking::get;
use crate::databases::{self, Fresh};
use crate::house::neighbours::webhook;
use crate::house::{House, TOKEN};
use crate::processes::until;

/// What lies between the program and its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Open,
    /// Nothing goes through, and nobody is told.
    Silent,
    /// Connections are cut off, and new ones too.
    Cut,
    /// Nothing goes through what was connected before, for ever, and nobody is told; new connections are as if it were open.
    Lost,
}

/// A way to a server that can be closed.
struct Relay {
    at: SocketAddr,
    line: watch::Sender<Line>,
}

impl Relay {
    async fn to(server: String) -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (line, state) = watch::channel(Line::Open);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *state.borrow() == Line::Cut {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&server).await else { continue };
                let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                let is_new = *state.borrow() == Line::Lost;
                tokio::spawn(pump(from_client, to_server, state.clone(), is_new));
                tokio::spawn(pump(from_server, to_client, state.clone(), is_new));
            }
        });
        Relay { at, line }
    }
}

async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut line: watch::Receiver<Line>, is_new: bool) {
    let passes = |line: &Line| *line != Line::Silent && (*line != Line::Lost || is_new);
    let mut piece = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            read = from.read(&mut piece) => read,
            cut = line.wait_for(|line| *line == Line::Cut) => { drop(cut); return }
        };
        let Ok(length @ 1..) = read else { return };
        let Ok(open) = line.wait_for(passes).await.map(|line| *line != Line::Cut) else {
            return;
        };
        if !open || to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}

/// The longest that an answer may take: less than the carrier waits, with room for a busy machine.
const IN_TIME: Duration = Duration::from_millis(3900);

async fn hears_no(house: &House, line: Line) {
    let begun = Instant::now();
    let text = webhook("SM00000000000000000000000000000001", "+15055552001", "hello");
    let receipt = [("MessageSid", "SM00000000000000000000000000000002"), ("MessageStatus", "delivered")];
    let receipt = receipt.into_iter().collect();
    let ready = format!("{}/health/ready", house.address);
    let alive = format!("{}/health/live?nonce=abcdefghijklmnopqrst", house.address);
    let (text, receipt, ready, alive) = tokio::join!(
        house.post("messages", &text, Some(TOKEN)),
        house.post("receipts/1f-abcdef", &receipt, Some(TOKEN)),
        get(&ready),
        get(&alive)
    );
    assert_eq!((text.status, receipt.status, ready.0), (503, 503, 503), "{line:?}");
    assert_eq!(alive, (200, "live\n".to_owned()), "{line:?}");
    assert!(begun.elapsed() < IN_TIME, "{line:?}: {:?}", begun.elapsed());
}

/// A house whose way to its database is a relay.
async fn behind_a_relay(database: &Fresh) -> (Relay, House) {
    let (before, rest) = database.url.rsplit_once('@').unwrap();
    let (server, name) = rest.split_once('/').unwrap();
    let relay = Relay::to(server.to_owned()).await;
    let house = House::on(databases::lent(format!("{before}@{}/{name}", relay.at))).await;
    (relay, house)
}

#[tokio::test]
async fn an_outage_is_answered_in_time_and_nothing_is_lost_by_it() {
    let database = databases::postgres().await;
    let (relay, house) = behind_a_relay(&database).await;
    let text = webhook("SM00000000000000000000000000000001", "+15055552001", "hello");

    for line in [Line::Silent, Line::Cut] {
        relay.line.send_replace(line);
        hears_no(&house, line).await;
        relay.line.send_replace(Line::Open);
        // The carrier tries again; what was written late is found there, and stands there once.
        let mut status = 0;
        for _ in 0..50 {
            status = house.post("messages", &text, Some(TOKEN)).await.status;
            if status == 200 {
                break;
            }
        }
        assert_eq!(status, 200, "{line:?}");
    }
    house.runs_due_work().await;
    assert_eq!(house.messages().await, ["relayed hello"]);
    house.is_left_tidy();
}

#[tokio::test]
async fn a_server_that_is_lost_in_the_middle_of_a_commit_holds_up_what_was_under_way_and_nothing_else() {
    let database = databases::postgres().await;
    let (relay, house) = behind_a_relay(&database).await;
    let mut other = PgConnection::connect(&database.url).await.unwrap();
    sqlx::raw_sql("BEGIN; SELECT id FROM numbers FOR UPDATE").execute(&mut other).await.unwrap();

    let first = webhook("SM00000000000000000000000000000001", "+15055552001", "hello");
    let second = webhook("SM00000000000000000000000000000002", "+15055552002", "good morning");
    let posted = async || loop {
        // The pool finds out one by one which of its connections are lost.
        if house.post("messages", &second, Some(TOKEN)).await.status == 200 {
            break;
        }
    };
    let (stuck, ()) = tokio::join!(house.post("messages", &first, Some(TOKEN)), async {
        let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
                       AND datname = current_database()";
        until("a commit is under way", async || {
            let count: i64 = sqlx::query_scalar(waiting).fetch_one(&mut other).await.unwrap();
            (count > 0).then_some(())
        })
        .await;
        relay.line.send_replace(Line::Lost);
        sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
        posted().await;
    });
    assert_eq!(stuck.status, 503);
    while house.post("messages", &first, Some(TOKEN)).await.status != 200 {}
    house.runs_due_work().await;
    let mut told = house.messages().await;
    told.sort_unstable();
    assert_eq!(told, ["relayed good morning", "relayed hello"]);
}
