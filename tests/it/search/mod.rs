//! Finding again what was said: by word, customer, colleague, line, state, date; the same on both databases.

mod words;

use std::collections::BTreeSet;

use switchboard::clock::{At, days, seconds};
use switchboard::desk::search::index;
use switchboard::domain::ids::{ConversationId, LabelId, MessageId, NumberId, PersonId};
use switchboard::domain::people::person::Role;
use switchboard::domain::search::fold;
use switchboard::domain::search::question::Question;
use switchboard::store::Store;
use switchboard::store::views::Viewer;
use switchboard::store::views::search::{self, Fate, Kind, Stage, Wanted};

use crate::both_stores;
use crate::house::House;
use crate::seed::{self, Shape};

const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";

/// Lets the lists catch up.
pub async fn catches_up(house: &House) {
    house.clock.pass(seconds(5));
    index::index(&house.desk).await.unwrap();
}

async fn bodies(house: &House, email: &str, wanted: &Wanted) -> Vec<String> {
    let person = house.person(email).await;
    let role = if email == MIRIAM { Role::Manager } else { Role::Rep };
    let mut tx = house.desk.store.read().await.unwrap();
    let found = search::find(&mut tx, Viewer { person, role }, wanted, None).await.unwrap();
    found.hits.into_iter().map(|hit| hit.body).collect()
}

fn says(text: &str) -> Wanted {
    Wanted { question: Question::read(text), ..Wanted::default() }
}

fn by(who: &str) -> Wanted {
    Wanted { who: Some(who.to_owned()), ..Wanted::default() }
}

both_stores! {
    async fn what_was_said_is_found_by_its_words_newest_first(house) {
        house.customer(34).texts("Is the Déposit back?").await;
        house.clock.pass(seconds(1));
        house.customer(35).texts("deposit paid, thanks").await;
        house.clock.pass(seconds(1));
        house.customer(36).texts("返金してください").await;
        catches_up(house).await;
        assert_eq!(bodies(house, MIRIAM, &says("deposit")).await, ["deposit paid, thanks", "Is the Déposit back?"]);
        assert_eq!(bodies(house, MIRIAM, &says("deposit -paid")).await, ["Is the Déposit back?"]);
        assert_eq!(bodies(house, MIRIAM, &says("BACK OR thank*")).await.len(), 2);
        assert_eq!(bodies(house, MIRIAM, &says("返金")).await, ["返金してください"]);
        assert_eq!(bodies(house, MIRIAM, &says("refund")).await.len(), 0);
        assert_eq!(bodies(house, MIRIAM, &Wanted::default()).await.len(), 3);
    }

    async fn a_customer_is_found_by_name_and_by_number_however_it_is_typed(house) {
        house.customer(34).texts("hello").await;
        house.calls(house.conversation().await, "Joël Marsh").await;
        catches_up(house).await;
        for who in ["joel", "Marsh", "mar joe", "+1 505 555 2034", "(505) 555-2034", "2034", "34", "#1001"] {
            assert_eq!(bodies(house, MIRIAM, &by(who)).await, ["hello"], "{who}");
        }
        for who in ["ben", "2035", "#1002", "arsh"] {
            assert!(bodies(house, MIRIAM, &by(who)).await.is_empty(), "{who}");
        }
        house.calls(house.conversation().await, "Nora").await;
        catches_up(house).await;
        assert!(bodies(house, MIRIAM, &by("joel")).await.is_empty(), "a name that was changed finds nobody");
        assert_eq!(bodies(house, MIRIAM, &by("nora")).await, ["hello"]);
    }

    async fn a_rep_finds_only_own_and_unassigned_conversations_and_no_digits_of_a_number(house) {
        house.goes_away("bo@example.com").await;
        house.customer(34).texts("about Ana").await;
        house.goes_away("ana@example.com").await;
        house.comes_back("bo@example.com").await;
        house.customer(35).texts("about Bo").await;
        house.goes_away("bo@example.com").await;
        house.customer(36).texts("about nobody").await;
        catches_up(house).await;
        assert_eq!(bodies(house, ANA, &says("about")).await, ["about nobody", "about Ana"]);
        assert!(bodies(house, ANA, &says("Bo")).await.is_empty());
        assert!(bodies(house, ANA, &by("#1002")).await.is_empty());
        assert_eq!(bodies(house, ANA, &by("34")).await, ["about Ana"]);
        for more in ["+15055552034", "2034", "034"] {
            assert!(bodies(house, ANA, &by(more)).await.is_empty(), "{more}: by asking, a number could be found out");
        }
        assert_eq!(bodies(house, MIRIAM, &by("+15055552034")).await, ["about Ana"]);
        assert_eq!(bodies(house, MIRIAM, &says("about")).await.len(), 3);
    }

    async fn a_colleague_is_found_by_what_they_had_and_by_what_they_said(house) {
        house.goes_away("bo@example.com").await;
        house.customer(34).texts("one").await;
        house.transfers(MIRIAM, "bo@example.com").await;
        house.runs_due_work().await;
        catches_up(house).await;
        for email in [ANA, "bo@example.com"] {
            let wanted = Wanted { person: Some(house.person(email).await), ..Wanted::default() };
            assert_eq!(bodies(house, MIRIAM, &wanted).await, ["one"], "{email}");
        }
        let miriam = Wanted { person: Some(house.person(MIRIAM).await), ..Wanted::default() };
        assert!(bodies(house, MIRIAM, &miriam).await.is_empty());
        house.replies_on_web(MIRIAM, house.conversation().await, "two").await;
        catches_up(house).await;
        assert_eq!(bodies(house, MIRIAM, &miriam).await, ["two", "one"]);
    }

    async fn what_is_held_or_did_not_arrive_is_found_by_it(house) {
        use switchboard::simulator::{Fault, Kind as Trouble};
        house.customer(34).texts("first").await;
        house.simulator.fault(Fault::new(Trouble::Refusal).to(&house.customer(34).number).code(30_005));
        house.replies_on_web(MIRIAM, house.conversation().await, "lost").await;
        house.customer(35).texts_to(&crate::house::mask(3), "stray").await;
        catches_up(house).await;
        let fate = |fate| Wanted { fate: Some(fate), ..Wanted::default() };
        assert_eq!(bodies(house, MIRIAM, &fate(Fate::Held)).await, ["stray"]);
        assert_eq!(bodies(house, MIRIAM, &fate(Fate::Failed)).await, ["lost"]);
        assert_eq!(bodies(house, MIRIAM, &fate(Fate::Code(30_005))).await, ["lost"]);
        assert!(bodies(house, MIRIAM, &fate(Fate::Code(30_006))).await.is_empty());
        assert!(bodies(house, MIRIAM, &fate(Fate::Reason("100%".to_owned()))).await.is_empty());
    }

    async fn the_lists_catch_up_from_where_they_ended_and_twice_is_once(house) {
        house.customer(34).texts("one fish").await;
        catches_up(house).await;
        house.customer(34).texts("two fish").await;
        catches_up(house).await;
        assert_eq!(index::index(&house.desk).await.unwrap(), 0);
        let before = house.words("SELECT word FROM postings ORDER BY word, first").await;
        house.forgets_what_the_lists_have().await;
        assert!(index::index(&house.desk).await.unwrap() > 0);
        assert_eq!(house.words("SELECT word FROM postings ORDER BY word, first").await, before);
        assert_eq!(bodies(house, MIRIAM, &says("fish")).await, ["two fish", "one fish"]);
    }

    async fn while_texts_come_fast_the_lists_stay_behind_for_a_while_and_no_longer(house) {
        house.customer(34).texts("flood").await;
        house.clock.pass(seconds(5));
        house.is_flooded(600, None).await;
        house.all_came_just_now().await;
        assert_eq!(index::index(&house.desk).await.unwrap(), 0, "texts go first");
        house.the_first_came_before(20).await;
        assert!(index::index(&house.desk).await.unwrap() >= 500, "but not for ever");
        house.clock.pass(seconds(5));
        index::index(&house.desk).await.unwrap();
        assert_eq!(index::index(&house.desk).await.unwrap(), 0);
        assert_eq!(bodies(house, MIRIAM, &says("flood")).await.len(), 40, "a page full");
    }

    async fn two_that_index_at_once_add_everything_once(house) {
        for body in ["one fish", "two fish", "red fish"] {
            house.customer(34).texts(body).await;
        }
        house.clock.pass(seconds(5));
        let (one, other) = tokio::join!(index::index(&house.desk), index::index(&house.desk));
        assert!(one.unwrap() + other.unwrap() >= 3);
        assert_eq!(bodies(house, MIRIAM, &says("fish")).await, ["red fish", "two fish", "one fish"]);
        let lists = house.words("SELECT word FROM postings WHERE word = 'fish'").await;
        assert_eq!(lists.len(), 1, "three postings are one piece");
    }

    async fn lists_that_older_rules_made_serve_until_they_are_made_anew(house) {
        house.customer(34).texts("kayak パパ ref ١٢٣٤٥").await;
        house.calls(house.conversation().await, "İstanbul'da").await;
        house.is_flooded(1100, Some("more")).await;
        house.clock.pass(seconds(60));
        catches_up(house).await;
        house.lists_are_as_version_1_left_them().await;
        let kayak = async || bodies(house, MIRIAM, &says("kayak")).await.len();
        let behind = async || {
            let mut tx = house.desk.store.read().await.unwrap();
            index::behind_since(&mut tx, house.clock.now()).await.unwrap()
        };
        // What the old lists have is found, what they have not is not, and the page says so.
        assert_eq!((kayak().await, bodies(house, MIRIAM, &says("ハハ")).await.len()), (1, 1));
        assert!(bodies(house, MIRIAM, &says("12345")).await.is_empty() && behind().await.is_some());
        // Step by step, as far as the first new lists: nothing is hidden meanwhile, and what is said now is found at once.
        for _ in 0..3 {
            assert!(index::batch(&house.desk.store, &house.clock).await.unwrap() > 0);
            assert!(kayak().await == 1 && behind().await.is_some());
        }
        house.customer(35).texts("a canoe with パパ").await;
        house.clock.pass(seconds(60));
        index::batch(&house.desk.store, &house.clock).await.unwrap();
        assert_eq!(bodies(house, MIRIAM, &says("canoe パパ")).await, ["a canoe with パパ"]);
        assert!(behind().await.is_some());
        // Whatever stopped there, others go on from where it was, and two do no harm to each other.
        let done = tokio::join!(index::index(&house.desk), index::index(&house.desk));
        assert!(done.0.unwrap() + done.1.unwrap() > 0);
        assert_eq!((behind().await, index::index(&house.desk).await.unwrap()), (None, 0));
        for (question, found) in [("kayak", 1), ("12345", 1), ("#12345", 1), ("ハハ", 0), ("パパ", 2), ("canoe", 1), ("👍", 0), ("!", 0)] {
            assert_eq!(bodies(house, MIRIAM, &says(question)).await.len(), found, "{question}");
        }
        assert_eq!(all(&house.desk.store, Viewer { person: house.person(MIRIAM).await, role: Role::Manager }, &says("more")).await.len(), 1100);
        assert_eq!(bodies(house, MIRIAM, &by("istanbul")).await.len(), search::PAGE);
        let old = house.words("SELECT word FROM postings").await.into_iter().find(|word| !word.starts_with('\u{2}'));
        assert_eq!(old, None, "lists that are of no use any more go");
    }

    async fn an_older_program_beside_a_newer_one_leaves_its_lists_alone(house) {
        house.customer(34).texts("kayak").await;
        catches_up(house).await;
        house.lists_are_of_a_later_version().await;
        house.customer(34).texts("canoe").await;
        house.clock.pass(seconds(60));
        let before = house.words("SELECT word FROM postings ORDER BY word, first").await;
        index::index(&house.desk).await.unwrap();
        assert_eq!(house.words("SELECT word FROM postings ORDER BY word, first").await, before);
        assert_eq!(bodies(house, MIRIAM, &says("kayak")).await, ["kayak"]);
        let mut tx = house.desk.store.read().await.unwrap();
        assert!(index::behind_since(&mut tx, house.clock.now()).await.unwrap().is_some(), "and it says that it is behind");
    }

    async fn a_number_after_a_hash_is_that_of_a_conversation_or_one_that_was_said(house) {
        house.customer(34).texts("ref #1002").await;
        house.clock.pass(seconds(1));
        house.customer(35).texts("hello").await;
        catches_up(house).await;
        let asked = Wanted { conversation: Some(ConversationId(1002)), ..says("#1002") };
        assert_eq!(bodies(house, MIRIAM, &asked).await, ["hello", "ref #1002"]);
        assert_eq!(bodies(house, MIRIAM, &says("1002")).await, ["ref #1002"]);
        let own = bodies(house, ANA, &asked).await.len() + bodies(house, "bo@example.com", &asked).await.len();
        assert_eq!(own, 2, "each rep finds what they may see");
    }

    async fn punctuation_and_pictures_alone_do_not_stand_for_everything(house) {
        for body in ["thanks 👍🏽", "thanks 👎", "thanks!"] {
            house.customer(34).texts(body).await;
            house.clock.pass(seconds(1));
        }
        catches_up(house).await;
        assert_eq!(bodies(house, MIRIAM, &says("👍")).await, ["thanks 👍🏽"]);
        for vain in ["!", "🤷", "...", "?! :-)"] {
            assert!(bodies(house, MIRIAM, &says(vain)).await.is_empty(), "{vain}");
        }
        assert_eq!(bodies(house, MIRIAM, &says("  ")).await.len(), 3);
    }

    async fn a_clock_that_was_set_back_hides_nothing(house) {
        house.customer(34).texts("before").await;
        catches_up(house).await;
        house.clock.set(At::from_seconds(1_800_000_000 - 7200));
        index::index(&house.desk).await.unwrap();
        house.customer(34).texts("after").await;
        house.clock.set(At::from_seconds(1_800_000_000 + 60));
        index::index(&house.desk).await.unwrap();
        assert_eq!(bodies(house, MIRIAM, &says("after")).await, ["after"]);
    }
}

/// A whole small year in both databases, and many questions: the same hits in the same order, and those that looking
/// through every message by hand gives.
#[tokio::test]
async fn both_databases_find_the_same_and_nothing_is_missed() {
    let until = At::from_seconds(1_800_000_000);
    let shape = Shape::small(until);
    let nobody = || crate::house::Plan { setup: String::new(), masks: 0, ..crate::house::Plan::default() };
    let (sqlite, postgres) = (
        House::with(crate::databases::sqlite(), nobody()).await,
        House::with(crate::databases::postgres().await, nobody()).await,
    );
    for house in [&sqlite, &postgres] {
        seed::fill(&house.desk.store, shape).await.unwrap();
        catches_up(house).await;
    }
    let managers = Viewer { person: PersonId(seed::MANAGER), role: Role::Manager };
    let rep = Viewer { person: PersonId(seed::REPS), role: Role::Rep };
    let words = [
        "the",
        "you and",
        "the -you",
        "refund OR deposit",
        "kay*",
        "nothing-like-it",
        "boat please",
        "rare*",
        "pe* OR the",
    ];
    let plain: Vec<Wanted> = words.iter().map(|text| says(text)).chain([Wanted::default()]).collect();
    let each: [(&str, fn(Wanted) -> Wanted); 9] = [
        ("nothing", |w| w),
        ("a line", |w| Wanted { line: Some(NumberId(seed::LINES + 1)), ..w }),
        ("a colleague", |w| Wanted { person: Some(PersonId(seed::REPS + 1)), ..w }),
        ("what is open", |w| Wanted { stage: Some(Stage::Open), ..w }),
        ("notes in what is closed", |w| Wanted { stage: Some(Stage::Closed), kind: Some(Kind::Notes), ..w }),
        ("texts under a label", |w| Wanted { kind: Some(Kind::Texts), label: Some(LabelId(1)), ..w }),
        ("an error's code", |w| Wanted { fate: Some(Fate::Code(30_003)), ..w }),
        ("a customer's name", |w| Wanted { who: Some("ive".to_owned()), ..w }),
        ("twenty days", |w| Wanted {
            from: Some(At::from_seconds(1_800_000_000) - days(40)),
            until: Some(At::from_seconds(1_800_000_000) - days(20)),
            ..w
        }),
    ];
    let mut unnarrowed = 0;
    for (narrowing, narrow) in each {
        let (mut hits, mut of_rep) = (0, 0);
        for wanted in plain.iter().cloned().map(narrow) {
            for (viewer, hits) in [(managers, &mut hits), (rep, &mut of_rep)] {
                let one = all(&sqlite.desk.store, viewer, &wanted).await;
                let other = all(&postgres.desk.store, viewer, &wanted).await;
                assert_eq!(one, other, "{wanted:?}");
                *hits += one.len();
            }
        }
        // Each has to leave something and to leave something out, or it was not asked for.
        if unnarrowed == 0 {
            assert!(hits > 2_000, "the questions hardly ask for anything: {hits}");
            unnarrowed = hits;
        } else {
            assert!(hits > 0 && hits < unnarrowed, "{narrowing}: {hits} of {unnarrowed}");
        }
        assert!(of_rep <= hits, "{narrowing}: a rep finds {of_rep}, managers {hits}");
    }
    // By hand, for words alone.
    for text in ["the", "you and", "refund OR deposit", "boat please"] {
        let found = all(&sqlite.desk.store, managers, &says(text)).await;
        let by_hand: Vec<i64> = (0..shape.messages)
            .rev()
            .filter(|n| meets(&fold::words(&seed::body(*n)), text))
            .map(|n| shape.message_id(n))
            .collect();
        assert_eq!(found, by_hand, "{text}");
    }
}

fn meets(words: &BTreeSet<String>, text: &str) -> bool {
    let has = |word: &str| words.contains(word);
    match text.split_once(" OR ") {
        Some((one, other)) => has(one) || has(other),
        None => text.split(' ').all(has),
    }
}

/// Every hit, page after page.
async fn all(store: &Store, viewer: Viewer, wanted: &Wanted) -> Vec<i64> {
    let mut before: Option<MessageId> = None;
    let mut found = Vec::new();
    loop {
        let page = search::find(&mut store.read().await.unwrap(), viewer, wanted, before).await.unwrap();
        found.extend(page.hits.iter().map(|hit| hit.id.0));
        before = page.next;
        if before.is_none() {
            return found;
        }
    }
}
