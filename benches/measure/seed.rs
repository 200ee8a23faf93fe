//! Fills a database with texts of the past two months: half from customers and half from reps, each delivered, the
//! newest half still with the webhook that brought it.

use std::io::{Error, Result};
use std::path::Path;

use switchboard::clock::Clock;

use crate::database::Filling;

/// How many rows one statement writes.
const STRIDE: u64 = 100_000;
/// Over how long the texts are spread, in microseconds.
const SPAN: u64 = 60 * 86_400 * 1_000_000;
/// First instant of row ids, in milliseconds since 1970, and the node number that no server has.
const IDS_BEGIN: u64 = 1_577_836_800_000;
const NODE: u64 = 1023 << 12;

/// Adds `count` texts with their deliveries and attempts to the conversations that the database has.
pub async fn fill(database: &Path, count: u64) -> Result<()> {
    fill_all(database, count).await.map_err(Error::other)?;
    // What was written here must not go to disk while something is measured.
    std::fs::File::open(database)?.sync_all()
}

async fn fill_all(database: &Path, count: u64) -> std::result::Result<(), sqlx::Error> {
    let mut filling = Filling::open(&format!("sqlite:{}", database.display())).await?;
    let now = Clock::system().now().0.unsigned_abs();
    filling.run(LANES).await?;
    let step = (SPAN / count.max(1)).max(1);
    let begin = now - step * count - 3_600_000_000;
    for from in (0..count).step_by(usize::try_from(STRIDE).unwrap_or(1)) {
        let to = (from + STRIDE).min(count);
        filling.run("BEGIN").await?;
        for sql in [MESSAGES, DELIVERIES, ATTEMPTS] {
            let numbers = [
                ("{from}", from),
                ("{to}", to - 1),
                ("{begin}", begin),
                ("{step}", step),
                ("{ids}", IDS_BEGIN),
                ("{node}", NODE),
                ("{raw}", now - 30 * 86_400 * 1_000_000),
            ];
            let mut text = format!("{ROWS}{sql}");
            for (name, value) in numbers {
                text = text.replace(name, &value.to_string());
            }
            filling.run(text).await?;
        }
        filling.run("COMMIT").await?;
    }
    filling.end(None).await
}

const LANES: &str = "
    CREATE TEMP TABLE lanes AS
    SELECT row_number() OVER (ORDER BY c.id) - 1 AS i, c.id AS conversation, a.id AS customer_leg, a.phone AS customer,
        a.number_id AS line, b.id AS rep_leg, b.phone AS rep, b.number_id AS mask, b.person_id AS person
    FROM conversations c
    JOIN legs a ON a.conversation_id = c.id AND a.role = 'customer' AND a.ended_at IS NULL
    JOIN legs b ON b.conversation_id = c.id AND b.role = 'rep' AND b.ended_at IS NULL;
    CREATE UNIQUE INDEX temp.lanes_i ON lanes (i);";

/// One row a text: its place, its lane, when it came, who wrote it, and its id.
const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i < {to}),
    t AS (SELECT n.i AS i, conversation, customer_leg, customer, line, rep_leg, rep, mask, person,
            {begin} + n.i * {step} AS at, (n.i / 7) % 2 AS by_rep,
            ((({begin} + n.i * {step}) / 1000 - {ids}) << 22) | {node} | (n.i & 4095) AS id
          FROM n JOIN lanes l ON l.i = n.i % (SELECT COUNT(*) FROM lanes)) ";

const MESSAGES: &str = "
    INSERT INTO messages (id, conversation_id, author, author_id, way, kind, outcome, body, from_phone, to_number,
        leg_id, accepted_at, carrier_account, carrier_id, raw)
    SELECT t.id, t.conversation, CASE by_rep WHEN 1 THEN 'rep' ELSE 'customer' END,
        CASE by_rep WHEN 1 THEN t.person END, 'phone', 'text', 'relayed',
        'Is the red lure still there? I could come by at five. (' || t.i || ')',
        CASE by_rep WHEN 1 THEN t.rep ELSE t.customer END,
        (SELECT number FROM numbers WHERE id = CASE by_rep WHEN 1 THEN t.mask ELSE t.line END),
        CASE by_rep WHEN 1 THEN t.rep_leg ELSE t.customer_leg END,
        t.at, 'AC00000000000000000000000000000001', 'SM' || lower(hex(randomblob(16))),
        CASE WHEN t.at > {raw} THEN 'ToCountry=US&ToState=&SmsMessageSid=SM' || lower(hex(randomblob(16))) ||
            '&NumMedia=0&ToCity=&FromZip=87501&SmsSid=SM' || lower(hex(randomblob(16))) || '&FromState=NM' ||
            '&SmsStatus=received&FromCity=SANTA+FE&Body=Is+the+red+lure+still+there%3F+I+could+come+by+at+five.' ||
            '&FromCountry=US&To=%2B18005550100&ToZip=&NumSegments=1&MessageSid=SM' || lower(hex(randomblob(16))) ||
            '&AccountSid=AC00000000000000000000000000000001&From=' || t.customer || '&ApiVersion=2010-04-01' END
    FROM t ORDER BY t.i";

const DELIVERIES: &str = "
    INSERT INTO deliveries (id, message_id, leg_id, conversation_id, part, kind, number_id, to_phone, person_id, body,
        segments, state, carrier_rank, accepted_at, valid_until, fence, tries, updated_at)
    SELECT t.id, t.id, CASE by_rep WHEN 1 THEN t.customer_leg ELSE t.rep_leg END, t.conversation, 0, 'text',
        CASE by_rep WHEN 1 THEN t.line ELSE t.mask END, CASE by_rep WHEN 1 THEN t.customer ELSE t.rep END,
        CASE by_rep WHEN 1 THEN NULL ELSE t.person END,
        'Is the red lure still there? I could come by at five. (' || t.i || ')', 1, 'delivered', 4, t.at,
        t.at + 14400000000, 1, 1, t.at + 3000000
    FROM t ORDER BY t.i";

const ATTEMPTS: &str = "
    INSERT INTO attempts (id, delivery_id, secret, fence, node, started_at, lease_until, ended_at, outcome, carrier_id,
        looks)
    SELECT t.id, t.id, substr(lower(hex(randomblob(16))), 1, 22), 1, 0, t.at, t.at + 30000000, t.at + 50000,
        'accepted', 'SM' || lower(hex(randomblob(16))), 0
    FROM t ORDER BY t.i";
