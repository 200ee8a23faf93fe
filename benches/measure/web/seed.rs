//! A company's database after ten months: conversations of ten texts each, a fifth of them open, on either database.
//! The same numbers give the same rows, except for the current time, from which all times count back.

use std::io::{Error, Result};

use switchboard::clock::Clock;

use crate::database::{Filling, over};

/// Texts of a conversation.
pub const TEXTS: u64 = 10;
/// How many rows one statement writes.
const STRIDE: u64 = 100_000;
/// Over how long they are spread, in microseconds.
const SPAN: u64 = 300 * 86_400 * 1_000_000;
/// First instant of row ids, in milliseconds since 1970, and the node number that no server has.
const IDS_BEGIN: u64 = 1_577_836_800_000;
const NODE: u64 = 1023 << 12;
/// The first conversation's number.
pub const FIRST: u64 = 2_000;

/// Writes `conversations` with all that belongs to them into a database that `apply` has set up.
pub async fn fill(url: &str, conversations: u64) -> Result<()> {
    fill_all(url, conversations).await.map_err(Error::other)
}

async fn fill_all(url: &str, conversations: u64) -> std::result::Result<(), sqlx::Error> {
    let mut database = Filling::open(url).await?;
    database.run("BEGIN").await?;
    let now = Clock::system().now().0.unsigned_abs();
    let texts = conversations * TEXTS;
    let step = SPAN / texts.max(1);
    let begin = now - step * texts - 60_000_000;
    let numbers = [
        ("{n}", conversations),
        ("{customers}", conversations * 3 / 5),
        ("{open}", conversations - conversations / 5),
        ("{first}", FIRST),
        ("{begin}", begin),
        ("{step}", step),
        ("{ids}", IDS_BEGIN),
        ("{node}", NODE),
        ("{later}", now + 86_400 * 1_000_000),
    ];
    let fit = |sql: &str, from: u64, to: u64| over(sql, (from, to), &numbers);
    database.run(REPS.to_owned()).await?;
    database.run(words()).await?;
    database.run(fit(CUSTOMERS, 0, conversations * 3 / 5)).await?;
    database.run(LABELS.to_owned()).await?;
    for sql in [CONVERSATIONS, LABELLED, LEGS, OPENED, CLOSED] {
        database.run(fit(sql, 0, conversations)).await?;
    }
    for from in (0..texts).step_by(usize::try_from(STRIDE).unwrap_or(1)) {
        let to = (from + STRIDE).min(texts);
        for sql in [MESSAGES, DELIVERIES] {
            database.run(fit(sql, from, to)).await?;
        }
    }
    database.run("COMMIT").await?;
    database.end(Some(FIRST + conversations)).await
}

const REPS: &str = "
    CREATE TEMP TABLE reps AS
    SELECT row_number() OVER (ORDER BY id) - 1 AS i, id AS person FROM people WHERE role = 'rep';";

/// Eight words that most texts have, 64 that many have, 4,096 that few have.
fn words() -> String {
    const COMMON: [&str; 8] = ["the", "is", "boat", "do", "you", "have", "please", "when"];
    const MANY: [&str; 16] = [
        "kayak", "lure", "ramp", "dock", "invoice", "refund", "order", "delivery", "morning", "Saturday", "children",
        "jacket", "key", "price", "café", "öffnet",
    ];
    let mut rows: Vec<String> = COMMON.iter().enumerate().map(|(i, word)| format!("('c', {i}, '{word}')")).collect();
    rows.extend((0..64).map(|i| format!("('m', {i}, '{}{}')", MANY[i % 16], if i < 16 { "" } else { "s" })));
    rows.extend((0..4096).map(|i| format!("('r', {i}, 'zq{i}')")));
    format!(
        "CREATE TEMP TABLE words (kind TEXT, i BIGINT, word TEXT); INSERT INTO words VALUES {}; \
         CREATE UNIQUE INDEX words_i ON words (kind, i);",
        rows.join(", ")
    )
}

const CUSTOMERS: &str = "
    INSERT INTO customers (id, phone, name, created_at)
    SELECT 1000000 + n.i, '+1505' || (1000000 + n.i), CASE WHEN n.i % 3 = 0 THEN 'Customer ' || n.i END, {begin} FROM n";

const LABELS: &str = "
    INSERT INTO labels (id, name, created_at) VALUES (1, 'refund', 1), (2, 'late', 1), (3, 'praise', 1), (4, 'fault', 1),
        (5, 'spam', 1), (6, 'order', 1), (7, 'legal', 1), (8, 'again', 1)";

const CONVERSATIONS: &str = "
    INSERT INTO conversations (id, kind, line_id, customer_id, pinned_to, opened_at, closed_at, last_at, last_inbound_at,
        waiting_since, preview, pinned_at, snoozed_until, unread_from, failed_at)
    SELECT {first} + n.i, 'support', (SELECT id FROM numbers WHERE role = 'line'), 1000000 + n.i % {customers},
        CASE WHEN n.i % 40 <> 0 THEN (SELECT person FROM reps WHERE reps.i = n.i % 50) END,
        {begin} + n.i * 10 * {step}, CASE WHEN n.i < {open} THEN {begin} + (n.i * 10 + 9) * {step} + 1000000 END,
        {begin} + (n.i * 10 + 9) * {step}, {begin} + (n.i * 10 + 8) * {step},
        CASE WHEN n.i >= {open} AND n.i % 5 = 2 THEN {begin} + (n.i * 10 + 8) * {step} END,
        'Is the boat still there? I could come by at five.', {begin} + n.i * 10 * {step},
        CASE WHEN n.i >= {open} AND n.i % 50 = 1 THEN {later} END,
        CASE WHEN n.i >= {open} AND n.i % 10 = 3
            THEN ((({begin} + (n.i * 10 + 8) * {step}) / 1000 - {ids}) << 22) | {node} | ((n.i * 10 + 8) & 4095) END,
        CASE WHEN n.i >= {open} AND n.i % 67 = 5 THEN {begin} + (n.i * 10 + 9) * {step} END
    FROM n";

const LABELLED: &str = "
    INSERT INTO conversation_labels (conversation_id, label_id, added_at)
    SELECT {first} + n.i, 1 + n.i % 12, {begin} FROM n WHERE n.i % 12 < 8";

const LEGS: &str = "
    INSERT INTO legs (id, conversation_id, role, phone, number_id, opened_at, ended_at, ended_why)
    SELECT 1000000 + n.i, {first} + n.i, 'customer', '+1505' || (1000000 + n.i % {customers}),
        (SELECT id FROM numbers WHERE role = 'line'), {begin} + n.i * 10 * {step},
        CASE WHEN n.i < {open} THEN {begin} + (n.i * 10 + 9) * {step} + 1000000 END,
        CASE WHEN n.i < {open} THEN 'closed' END
    FROM n";

const OPENED: &str = "
    INSERT INTO events (id, conversation_id, at, kind, data)
    SELECT 10000000 + n.i, {first} + n.i, {begin} + n.i * 10 * {step}, 'opened', '{}' FROM n";

const CLOSED: &str = "
    INSERT INTO events (id, conversation_id, at, kind, data)
    SELECT 20000000 + n.i, {first} + n.i, {begin} + (n.i * 10 + 9) * {step} + 1000000, 'closed', '{}'
    FROM n WHERE n.i < {open}";

/// Common words once or twice in every text, one of 64 in each, one of 4,096 in every fourth.
const MESSAGES: &str = "
    INSERT INTO messages (id, conversation_id, author, author_id, way, kind, outcome, body, from_phone, to_number, leg_id,
        accepted_at, carrier_account, carrier_id)
    SELECT ((({begin} + n.i * {step}) / 1000 - {ids}) << 22) | {node} | (n.i & 4095), {first} + n.i / 10,
        CASE n.i % 2 WHEN 1 THEN 'rep' ELSE 'customer' END,
        CASE n.i % 2 WHEN 1 THEN (SELECT person FROM reps WHERE reps.i = (n.i / 10) % 50) END,
        CASE n.i % 4 WHEN 3 THEN 'web' ELSE 'phone' END, 'text', 'relayed',
        'Hello, ' || (SELECT word FROM words WHERE kind = 'c' AND words.i = n.i * 7919 / 8 % 8) || ' ' ||
            (SELECT word FROM words WHERE kind = 'm' AND words.i = n.i * 7919 / 64 % 64) || ' ' ||
            (SELECT word FROM words WHERE kind = 'c' AND words.i = n.i * 7919 / 512 % 8) || ' I could come by at five' ||
            CASE WHEN n.i % 4 = 0 THEN ' ' || (SELECT word FROM words WHERE kind = 'r' AND words.i = n.i * 7919 % 4096)
                ELSE '' END || '.',
        CASE n.i % 2 WHEN 0 THEN '+1505' || (1000000 + n.i / 10 % {customers}) END,
        CASE n.i % 2 WHEN 0 THEN (SELECT number FROM numbers WHERE role = 'line') END,
        CASE n.i % 2 WHEN 0 THEN 1000000 + n.i / 10 END,
        {begin} + n.i * {step}, CASE n.i % 2 WHEN 0 THEN 'AC00000000000000000000000000000001' END,
        CASE n.i % 2 WHEN 0 THEN 'SM' || (1000000000 + n.i) END
    FROM n";

const DELIVERIES: &str = "
    INSERT INTO deliveries (id, message_id, leg_id, conversation_id, part, kind, number_id, to_phone, body, segments, state,
        carrier_rank, accepted_at, valid_until, fence, tries, error_code, why, updated_at)
    SELECT ((({begin} + n.i * {step}) / 1000 - {ids}) << 22) | {node} | (n.i & 4095),
        ((({begin} + n.i * {step}) / 1000 - {ids}) << 22) | {node} | (n.i & 4095), 1000000 + n.i / 10, {first} + n.i / 10,
        0, 'text', (SELECT id FROM numbers WHERE role = 'line'), '+1505' || (1000000 + n.i / 10 % {customers}),
        'Hello', 1, CASE WHEN n.i % 211 = 7 THEN 'undelivered' ELSE 'delivered' END, 4, {begin} + n.i * {step},
        {begin} + n.i * {step} + 14400000000, 1, 1, CASE WHEN n.i % 211 = 7 THEN 30003 END,
        CASE WHEN n.i % 211 = 7 THEN 'the phone was switched off or out of reach' END, {begin} + n.i * {step} + 3000000
    FROM n WHERE n.i % 2 = 1";
