//! Sets of conversations: those of a customer, a colleague, a label, or all that somebody may see.

use super::super::Viewer;
use super::{Stage, Wanted};
use crate::domain::numbers::typed;
use crate::domain::search::{fold, number};
use crate::store::sql::{AssertSqlSafe, query_scalar};
use crate::store::{Result, Tx};

/// Conversations, as bits from the lowest on: their numbers lie close together.
#[derive(Clone, Debug, Default)]
pub(super) struct Set {
    base: i64,
    bits: Vec<u64>,
    count: usize,
}

impl Set {
    pub(super) fn of(ids: impl IntoIterator<Item = i64>) -> Set {
        let mut ids: Vec<i64> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let (Some(base), Some(last)) = (ids.first().copied(), ids.last()) else { return Set::default() };
        let mut bits = vec![0_u64; usize::try_from((last - base) / 64 + 1).unwrap_or(0)];
        for id in &ids {
            let at = id - base;
            if let Some(word) = usize::try_from(at / 64).ok().and_then(|word| bits.get_mut(word)) {
                *word |= 1 << (at % 64);
            }
        }
        Set { base, bits, count: ids.len() }
    }

    pub(super) fn has(&self, id: i64) -> bool {
        let at = id.wrapping_sub(self.base);
        let word = usize::try_from(at / 64).ok().filter(|_| at >= 0).and_then(|word| self.bits.get(word));
        word.is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn ids(&self) -> Vec<i64> {
        let set = |(word, bits): (usize, &u64)| {
            let (word, bits) = (i64::try_from(word).unwrap_or(0), *bits);
            (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word * 64 + bit)
        };
        self.bits.iter().enumerate().flat_map(set).map(|at| self.base + at).collect()
    }

    pub(super) fn and(&self, other: &Set) -> Set {
        Set::of(self.ids().into_iter().filter(|id| other.has(*id)))
    }
}

/// One column of ids, fetched as one text: a hundred thousand rows would cost more than the search.
async fn ids(tx: &mut Tx, of: &str, text: (&str, &str), number: i64) -> Result<Set> {
    let sql =
        format!("SELECT string_agg(CAST(x.id AS TEXT), ',') FROM ({of}) x WHERE $1 <> '' AND $2 <> '' AND $3 <> -1");
    let all: Option<String> =
        query_scalar(AssertSqlSafe(sql)).bind(text.0).bind(text.1).bind(number).fetch_one(tx).await?;
    Ok(Set::of(all.unwrap_or_default().split(',').filter_map(|id| id.parse().ok())))
}

async fn by_number(tx: &mut Tx, of: &str, number: i64) -> Result<Set> {
    ids(tx, of, (" ", " "), number).await
}

/// Conversations of customers who are found by a word from `low` on and before `high`, and whose card `viewer` may see;
/// those of a merged customer belong to the one who stands for both.
async fn by_word(tx: &mut Tx, viewer: Viewer, (low, high): (&str, &str)) -> Result<Set> {
    let of = |found: &str| {
        format!(
            "SELECT c.id FROM customer_words w {found} JOIN conversations c ON c.customer_id = u.id \
             WHERE w.word >= $1 AND w.word < $2 AND {}",
            viewer.knows()
        )
    };
    let own = of("JOIN customers u ON u.id = w.customer_id");
    let merged = of("JOIN customers u ON u.merged_into = w.customer_id");
    ids(tx, &format!("{own} UNION {merged}"), (low, high), 0).await
}

/// Conversations of customers whose number ends in two digits, which everybody sees.
async fn by_ending(tx: &mut Tx, (low, high): (&str, &str)) -> Result<Set> {
    let of = "SELECT c.id FROM customer_words w JOIN conversations c ON c.customer_id = w.customer_id \
              WHERE w.word >= $1 AND w.word < $2";
    ids(tx, of, (low, high), 0).await
}

/// Everything that begins like this comes before it.
fn after(beginning: &str) -> String {
    format!("{beginning}\u{10ffff}")
}

async fn of_customer(tx: &mut Tx, viewer: Viewer, who: &str) -> Result<Set> {
    if let Some(id) = who.strip_prefix('#').and_then(|id| id.trim().parse::<i64>().ok()) {
        return Ok(Set::of([id]));
    }
    if let Some(typed) = number::typed(who) {
        let word = format!("#{typed}");
        let range = (word.as_str(), &*after(&word));
        return match (viewer.sees_all(), typed.len()) {
            (true, _) => by_word(tx, viewer, range).await,
            (false, 2) => by_ending(tx, range).await,
            // A reader who sees only the last two digits would find out the others by asking for them.
            (false, _) => Ok(Set::default()),
        };
    }
    let mut all: Option<Set> = None;
    for word in fold::wanted(who) {
        let of = by_word(tx, viewer, (&word, &after(&word))).await?;
        all = Some(all.map_or_else(|| of.clone(), |all| all.and(&of)));
    }
    Ok(all.unwrap_or_default())
}

/// Pairs of this reference, or with a party who has or had this phone, written with its country code.
async fn of_pairs(tx: &mut Tx, who: &str) -> Result<Set> {
    let phone = typed::wanted(who).map_or_else(|_| "none".to_owned(), String::from);
    let of = "SELECT conversation_id AS id FROM pair_references WHERE reference = $1 \
              UNION SELECT conversation_id FROM legs WHERE phone = $2 AND role = 'party'";
    ids(tx, of, (who.trim(), &phone), 0).await
}

/// The conversations among which alone something is looked for; `None` for all.
pub(super) async fn only(tx: &mut Tx, viewer: Viewer, wanted: &Wanted) -> Result<Option<Set>> {
    let mut sets = Vec::new();
    if let Some(who) = &wanted.who {
        let customers = of_customer(tx, viewer, who).await?;
        // Only who sees pairs asks for them.
        let pairs = if viewer.sees_all() { of_pairs(tx, who).await? } else { Set::default() };
        sets.push(Set::of(customers.ids().into_iter().chain(pairs.ids())));
    }
    if let Some(label) = wanted.label {
        let of = "SELECT conversation_id AS id FROM conversation_labels WHERE label_id = $3";
        sets.push(by_number(tx, of, label.0).await?);
    }
    if let Some(person) = wanted.person {
        let of = "SELECT conversation_id AS id FROM conversation_people WHERE person_id = $3 \
                  UNION ALL SELECT id FROM conversations WHERE pinned_to = $3";
        sets.push(by_number(tx, of, person.0).await?);
    }
    if wanted.stage == Some(Stage::Open) {
        sets.push(open(tx).await?);
    }
    if !viewer.sees_all() {
        let of = "SELECT id FROM conversations WHERE pinned_to = $3 UNION ALL SELECT c.id FROM conversations c \
                  JOIN line_members m ON m.line_id = c.line_id AND m.person_id = $3 \
                  WHERE c.kind = 'support' AND c.pinned_to IS NULL";
        sets.push(by_number(tx, of, viewer.person.0).await?);
    }
    Ok(sets.into_iter().reduce(|one, other| one.and(&other)))
}

/// Open conversations.
pub(super) async fn open(tx: &mut Tx) -> Result<Set> {
    // Each half is a whole index; there is none over all that are open.
    let open = "SELECT id FROM conversations WHERE closed_at IS NULL AND pinned_to IS NOT NULL \
                UNION ALL SELECT id FROM conversations WHERE closed_at IS NULL AND pinned_to IS NULL";
    by_number(tx, open, 0).await
}

#[cfg(test)]
mod tests {
    use super::Set;

    #[test]
    fn a_set_has_what_was_put_into_it() {
        let set = Set::of([1001, 1064, 1065, 1001, 2000]);
        assert_eq!((set.len(), set.ids()), (4, vec![1001, 1064, 1065, 2000]));
        for (id, there) in [(1001, true), (1002, false), (1064, true), (1000, false), (9999, false), (0, false)] {
            assert_eq!(set.has(id), there, "{id}");
        }
        assert_eq!(set.and(&Set::of([1064, 2001, 2000])).ids(), [1064, 2000]);
        assert!(Set::default().ids().is_empty() && !Set::default().has(0));
    }
}
