//! Fills a database with years of work, the same every time: conversations, what was said in them, what became of it.
//! It writes through the store, so that both databases get the same rows.

use switchboard::clock::At;
use switchboard::store::sql::QueryBuilder;
use switchboard::store::{Job, Result, Store, Tx};

/// How much.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Conversations.
    pub conversations: i64,
    /// Messages, spread evenly over them.
    pub messages: i64,
    /// Lines.
    pub lines: i64,
    /// Reps, each a member of every line.
    pub reps: i64,
    /// The newest conversations that are still open.
    pub open: i64,
    /// When the last message was said.
    pub until: At,
    /// Over how many days all of it happened.
    pub days: i64,
}

impl Shape {
    /// A hundred conversations and a thousand messages in three months.
    #[must_use]
    pub fn small(until: At) -> Shape {
        Shape { conversations: 100, messages: 1_000, lines: 2, reps: 4, open: 20, until, days: 90 }
    }
}

/// The first conversation's number.
pub const FIRST: i64 = 1001;
/// The manager's row.
pub const MANAGER: i64 = 1;
/// The admin's row.
pub const ADMIN: i64 = 2;
/// The first rep's row; the others follow.
pub const REPS: i64 = 10;
/// The first line's row; the others follow.
pub const LINES: i64 = 100;
/// The first mask's row; the others follow.
const MASKS: i64 = 200;
/// Row ids begin at this millisecond.
const IDS_BEGIN: i64 = 1_577_836_800_000;
/// Labels.
pub const LABELS: [&str; 4] = ["refund", "vip", "complaint", "rare"];

const COMMON: [&str; 40] = [
    "the", "you", "and", "we", "is", "for", "to", "boat", "can", "at", "deposit", "please", "thanks", "tomorrow",
    "yes", "booking", "open", "today", "morning", "kayak", "refund", "ramp", "two", "people", "back", "time", "our",
    "dock", "price", "paid", "lower", "wind", "early", "late", "phone", "office", "life", "jackets", "ok", "number",
];
const NAMES: [&str; 20] = [
    "Ana", "Ben", "Chloe", "Dev", "Priya", "Ravi", "Joel", "Bea", "Kit", "Rafael", "Ivy", "Luis", "Dana", "Oren",
    "Pia", "Max", "Theo", "Grace", "Zoë", "Łukasz",
];
const SURNAMES: [&str; 12] =
    ["Marsh", "Lund", "Romero", "Costa", "Chen", "Ortega", "Price", "Katz", "Strand", "Ivers", "Blum", "Tan"];

/// The same number for the same two, spread over all of them.
fn mix(a: i64, b: i64) -> u64 {
    let mut x =
        a.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.cast_unsigned().wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    x ^= x >> 31;
    x = x.wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 29)
}

fn below(a: i64, b: i64, most: i64) -> i64 {
    i64::try_from(mix(a, b) % most.unsigned_abs().max(1)).unwrap_or(0)
}

/// Syllables make twenty thousand words that nobody says often.
fn rare_word(n: i64) -> String {
    const BEGIN: [&str; 20] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi",
        "xo", "zu",
    ];
    const END: [&str; 10] = ["nd", "rt", "ll", "ck", "st", "m", "x", "sh", "ng", "p"];
    let pick = |list: &[&'static str], n: i64| list[usize::try_from(n).unwrap_or(0) % list.len()];
    format!("{}{}{}{}", pick(&BEGIN, n), pick(&BEGIN, n / 20), pick(&END, n / 400), pick(&END, n / 4000))
}

/// What the `n`-th message says. The first of the common words is in about half of all messages, the last in few.
#[must_use]
pub fn body(n: i64) -> String {
    let mut words = Vec::new();
    for (rank, word) in COMMON.iter().enumerate() {
        let rank = i64::try_from(rank).unwrap_or(0);
        if below(n, 1000 + rank, 1000) < 500 / (rank + 1) + 8 {
            words.push((*word).to_owned());
        }
    }
    for place in 0..3 + below(n, 2, 6) {
        // Squared: low numbers come more often than high ones.
        let at = below(n, 3000 + place, 142);
        words.push(rare_word(at * at + below(n, 4000 + place, 140)));
    }
    let at = usize::try_from(below(n, 5, i64::try_from(words.len()).unwrap_or(1))).unwrap_or(0);
    words.rotate_left(at);
    let mut text = words.join(" ");
    if below(n, 6, 7) == 0 {
        text.push('?');
    }
    text
}

impl Shape {
    fn step(&self) -> i64 {
        (self.days * 86_400_000_000 / self.messages.max(1)).max(1)
    }

    /// When the `n`-th message was said.
    #[must_use]
    pub fn at(&self, n: i64) -> At {
        At(self.until.0 - (self.messages - n) * self.step())
    }

    fn id(at: At, counter: i64) -> i64 {
        ((at.0 / 1000 - IDS_BEGIN) << 22) | counter
    }

    /// The row of the `n`-th message.
    #[must_use]
    pub fn message_id(&self, n: i64) -> i64 {
        Shape::id(self.at(n), 1 + n % 1000)
    }

    /// The conversation of the `n`-th message: about ten at a time are going on.
    #[must_use]
    pub fn conversation_of(&self, n: i64) -> i64 {
        let each = (self.messages / self.conversations).max(1);
        let (block, within) = (n / (each * 10), n % (each * 10));
        FIRST + (block * 10 + within % 10).min(self.conversations - 1)
    }

    fn rep_of(&self, conversation: i64) -> i64 {
        REPS + below(conversation, 7, self.reps)
    }

    fn line_of(&self, conversation: i64) -> i64 {
        // The last line has few customers.
        let at = below(conversation, 8, 100);
        LINES + if at < 2 { self.lines - 1 } else { at % (self.lines - 1).max(1) }
    }

    fn customer_of(conversation: i64) -> i64 {
        1_000_000 + (conversation - FIRST) * 6 / 10
    }

    fn is_open(&self, conversation: i64) -> bool {
        conversation >= FIRST + self.conversations - self.open
    }

    fn has_nobody(&self, conversation: i64) -> bool {
        self.is_open(conversation) && conversation % 20 == 0
    }

    fn phone(customer: i64) -> String {
        format!("+1505{:07}", customer * 7919 % 10_000_000)
    }
}

/// Writes all of it.
pub async fn fill(store: &Store, shape: Shape) -> Result<()> {
    store.write(House(shape)).await?;
    for from in (0..shape.conversations).step_by(1000) {
        store.write(Conversations(shape, from, (from + 1000).min(shape.conversations))).await?;
    }
    for from in (0..shape.messages).step_by(1000) {
        store.write(Messages(shape, from, (from + 1000).min(shape.messages))).await?;
    }
    Ok(())
}

struct House(Shape);

impl Job for House {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let shape = self.0;
        let born = shape.at(0).0 - 1_000_000;
        let mut people = vec![
            (MANAGER, "miriam@example.com".to_owned(), "Miriam".to_owned(), "manager", None),
            (ADMIN, "ada@example.com".to_owned(), "Ada".to_owned(), "admin", None),
        ];
        people.extend((0..shape.reps).map(|n| {
            let name = format!("{} {n}", NAMES[usize::try_from(n).unwrap_or(0) % NAMES.len()]);
            (REPS + n, format!("rep{n}@example.com"), name, "rep", Some(format!("+1505555{:04}", 100 + n)))
        }));
        let numbers = (0..shape.lines).map(|n| (LINES + n, format!("+1800555{:04}", 100 + n), "line"));
        let masks = (0..50).map(|n| (MASKS + n, format!("+1800555{:04}", 1000 + n), "mask"));
        let numbers: Vec<_> = numbers.chain(masks).collect();
        let lines: Vec<(i64, String)> = (0..shape.lines).map(|n| (LINES + n, format!("Line {n}"))).collect();
        let members: Vec<(i64, i64)> =
            lines.iter().flat_map(|(line, _)| (0..shape.reps).map(|n| (*line, REPS + n))).collect();
        let mut q = QueryBuilder::new(
            "INSERT INTO people (id, email, name, role, phone, phone_verified_at, duty, created_at) ",
        );
        q.push_values(&people, |mut b, (id, email, name, role, phone)| {
            b.push_bind(*id)
                .push_bind(email)
                .push_bind(name)
                .push_bind(*role)
                .push_bind(phone.clone())
                .push_bind(phone.as_ref().map(|_| born))
                .push_bind("on")
                .push_bind(born);
        });
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new("INSERT INTO numbers (id, number, role, state, in_service_at) ");
        q.push_values(&numbers, |mut b, (id, number, role)| {
            b.push_bind(*id).push_bind(number).push_bind(*role).push_bind("active").push_bind(born);
        });
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new("INSERT INTO lines (id, name) ");
        q.push_values(&lines, |mut b, (id, name)| {
            b.push_bind(*id).push_bind(name);
        });
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new("INSERT INTO line_members (line_id, person_id) ");
        q.push_values(&members, |mut b, (line, person)| {
            b.push_bind(*line).push_bind(*person);
        });
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new("INSERT INTO labels (id, name, created_at) ");
        q.push_values(LABELS.iter().enumerate(), |mut b, (n, name)| {
            b.push_bind(i64::try_from(n).unwrap_or(0) + 1).push_bind(*name).push_bind(born);
        });
        q.build().execute(tx).await?;
        Ok(())
    }
}

struct Conversations(Shape, i64, i64);

impl Job for Conversations {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let (shape, from, to) = (self.0, self.1, self.2);
        let each = (shape.messages / shape.conversations).max(1);
        let all: Vec<i64> = (FIRST + from..FIRST + to).collect();
        let first = |id: i64| (id - FIRST) / 10 * each * 10 + (id - FIRST) % 10;
        let opened = |id: i64| shape.at(first(id)).0 - 1000;
        let last = |id: i64| shape.at((first(id) + (each - 1) * 10).min(shape.messages - 1)).0;
        let mut customers: Vec<i64> = all.iter().map(|id| Shape::customer_of(*id)).collect();
        customers.dedup();
        let mut q = QueryBuilder::new("INSERT INTO customers (id, phone, name, created_at) ");
        q.push_values(&customers, |mut b, id| {
            let name = (id % 3 != 0).then(|| {
                let of = |list: &[&str], n: i64| list[usize::try_from(n).unwrap_or(0) % list.len()].to_owned();
                format!("{} {}", of(&NAMES, *id), of(&SURNAMES, id / 20))
            });
            b.push_bind(*id).push_bind(Shape::phone(*id)).push_bind(name).push_bind(shape.at(0).0);
        });
        q.push(" ON CONFLICT (id) DO NOTHING");
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new(
            "INSERT INTO conversations (id, kind, line_id, customer_id, pinned_to, pinned_at, opened_at, closed_at, \
             last_at, last_inbound_at, waiting_since, preview, unread_from) ",
        );
        q.push_values(&all, |mut b, id| {
            let open = shape.is_open(*id);
            let waits = (open && id % 3 == 0).then(|| last(*id));
            b.push_bind(*id)
                .push_bind("support")
                .push_bind(shape.line_of(*id))
                .push_bind(Shape::customer_of(*id))
                .push_bind((!shape.has_nobody(*id)).then(|| shape.rep_of(*id)))
                .push_bind(opened(*id))
                .push_bind(opened(*id))
                .push_bind((!open).then(|| last(*id) + 3_600_000_000))
                .push_bind(last(*id))
                .push_bind(last(*id))
                .push_bind(waits)
                .push_bind(body(*id))
                .push_bind(waits.map(|_| shape.message_id(first(*id))));
        });
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new(
            "INSERT INTO legs (id, conversation_id, role, person_id, phone, number_id, opened_at, ended_at) ",
        );
        q.push_values(all.iter().flat_map(|id| [(*id, true), (*id, false)]), |mut b, (id, customer)| {
            // Only the newest of a customer on a line is open, since no two live legs may be the same.
            let ended = Some(last(id) + 3_600_000_000);
            let (role, person) = if customer { ("customer", None) } else { ("rep", Some(shape.rep_of(id))) };
            let phone = if customer {
                Shape::phone(Shape::customer_of(id))
            } else {
                format!("+1505555{:04}", 100 + shape.rep_of(id) - REPS)
            };
            let number = if customer { shape.line_of(id) } else { MASKS + id % 50 };
            b.push_bind(id * 2 + i64::from(customer))
                .push_bind(id)
                .push_bind(role)
                .push_bind(person)
                .push_bind(phone.clone())
                .push_bind(number)
                .push_bind(opened(id))
                .push_bind(ended);
        });
        q.build().execute(tx).await?;
        let mut q = QueryBuilder::new("INSERT INTO events (id, conversation_id, at, kind, data) ");
        q.push_values(all.iter().flat_map(|id| [(*id, "opened"), (*id, "picked")]), |mut b, (id, kind)| {
            let data = if kind == "picked" {
                format!(
                    "{{\"chosen\":{},\"policy\":\"random\",\"candidates\":[],\"passed_over\":[]}}",
                    shape.rep_of(id)
                )
            } else {
                "{}".to_owned()
            };
            let counter = 3000 + i64::from(kind == "picked");
            b.push_bind(Shape::id(At(opened(id)), counter))
                .push_bind(id)
                .push_bind(opened(id))
                .push_bind(kind)
                .push_bind(data);
        });
        q.build().execute(tx).await?;
        let labels: Vec<(i64, i64)> = all
            .iter()
            .filter_map(|id| match id % 1000 {
                0 => Some((*id, 3)),
                1..50 => Some((*id, 1)),
                50..150 => Some((*id, 2)),
                _ if id % 25_013 == 7 => Some((*id, 4)),
                _ => None,
            })
            .collect();
        if !labels.is_empty() {
            let mut q = QueryBuilder::new("INSERT INTO conversation_labels (conversation_id, label_id, added_at) ");
            q.push_values(&labels, |mut b, (id, label)| {
                b.push_bind(*id).push_bind(*label).push_bind(opened(*id));
            });
            q.build().execute(tx).await?;
        }
        Ok(())
    }
}

struct Messages(Shape, i64, i64);

impl Job for Messages {
    type Out = ();

    async fn run(&self, tx: &mut Tx) -> Result<()> {
        let (shape, from, to) = (self.0, self.1, self.2);
        let theirs = |n: i64| (n / 10) % 2 == 0;
        let note = |n: i64| !theirs(n) && below(n, 9, 15) == 0;
        let mut q = QueryBuilder::new(
            "INSERT INTO messages (id, conversation_id, author, author_id, way, kind, outcome, body, accepted_at) ",
        );
        q.push_values(from..to, |mut b, n| {
            let conversation = shape.conversation_of(n);
            let held = theirs(n) && below(n, 10, 2000) == 0;
            b.push_bind(shape.message_id(n))
                .push_bind(conversation)
                .push_bind(if theirs(n) { "customer" } else { "rep" })
                .push_bind((!theirs(n)).then(|| shape.rep_of(conversation)))
                .push_bind(if theirs(n) { "phone" } else { "web" })
                .push_bind(if note(n) { "note" } else { "text" })
                .push_bind(if note(n) {
                    "kept"
                } else if held {
                    "held"
                } else {
                    "relayed"
                })
                .push_bind(body(n))
                .push_bind(shape.at(n).0);
        });
        q.build().execute(tx).await?;
        let sent: Vec<i64> = (from..to).filter(|n| !note(*n)).collect();
        let mut q = QueryBuilder::new(
            "INSERT INTO deliveries (id, message_id, conversation_id, part, kind, number_id, to_phone, person_id, body, \
             segments, state, carrier_rank, accepted_at, valid_until, fence, tries, error_code, why, updated_at) ",
        );
        q.push_values(&sent, |mut b, n| {
            let conversation = shape.conversation_of(*n);
            let rep = theirs(*n).then(|| shape.rep_of(conversation));
            let failed = rep.is_none() && below(*n, 11, 50) == 0;
            let gone = failed && below(*n, 12, 3) == 0;
            let phone = match rep {
                Some(rep) => format!("+1505555{:04}", 100 + rep - REPS),
                None => Shape::phone(Shape::customer_of(conversation)),
            };
            let at = shape.at(*n).0;
            b.push_bind(shape.message_id(*n) + 1000)
                .push_bind(shape.message_id(*n))
                .push_bind(conversation)
                .push_bind(0_i64)
                .push_bind("text")
                .push_bind(if rep.is_some() { MASKS + conversation % 50 } else { shape.line_of(conversation) })
                .push_bind(phone.clone())
                .push_bind(rep)
                .push_bind("")
                .push_bind(1_i64)
                .push_bind(if failed { "undelivered" } else { "delivered" })
                .push_bind(4_i64)
                .push_bind(at)
                .push_bind(at + 14_400_000_000)
                .push_bind(1_i64)
                .push_bind(1_i64)
                .push_bind(failed.then_some(if gone { 30_005_i64 } else { 30_003 }))
                .push_bind(failed.then_some(if gone {
                    "the number does not exist"
                } else {
                    "the phone is switched off"
                }))
                .push_bind(at);
        });
        q.build().execute(tx).await?;
        Ok(())
    }
}
