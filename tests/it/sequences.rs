//! Hundreds of random steps, and after each of them the two invariants: one live leg for a phone and number, and
//! nobody beside somebody else's resting mask. The carrier is the witness that nothing reached the wrong person.

use switchboard::clock::{hours, minutes};
use switchboard::desk::{close, pin};
use switchboard::domain::ids::ConversationId;
use switchboard::secret::Chance;

use crate::both_stores;
use crate::house::{House, LINE, Plan, mask};

const STEPS: usize = 120;
const REPS: [&str; 2] = ["+15055550121", "+15055550122"];

/// So few masks that they run out.
fn four_masks(plan: &mut Plan) {
    plan.masks = 4;
}

/// (conversation, customer's phone, rep's phone) of the live leg of `phone` on `number`, if there is one.
async fn pair(house: &House, phone: &str, number: &str) -> Option<String> {
    let sql = format!(
        "SELECT cu.phone FROM legs l JOIN numbers n ON n.id = l.number_id JOIN conversations c ON c.id = l.conversation_id \
         JOIN customers cu ON cu.id = c.customer_id \
         WHERE l.phone = '{phone}' AND n.number = '{number}' AND l.ended_at IS NULL"
    );
    house.words(&sql).await.pop()
}

async fn open(house: &House, chance: &Chance) -> Option<ConversationId> {
    let open = house.words("SELECT CAST(id AS TEXT) FROM conversations WHERE closed_at IS NULL ORDER BY id").await;
    open.get(chance.below(open.len())).map(|id| ConversationId(id.parse().unwrap()))
}

async fn invariants_hold(house: &House, step: usize) {
    let twice = "(SELECT 1 FROM legs WHERE ended_at IS NULL GROUP BY phone, number_id HAVING COUNT(*) > 1) AS twice";
    assert_eq!(house.rows(twice).await, 0, "step {step}: two live legs of one phone on one number");
    let beside = "legs v JOIN legs r ON r.phone = v.phone AND r.number_id = v.number_id AND r.id <> v.id \
                  WHERE r.opened_at <= v.opened_at AND r.rests_until > v.opened_at AND r.counterpart <> v.counterpart";
    assert_eq!(house.rows(beside).await, 0, "step {step}: a leg beside somebody else's resting one");
    let astray =
        "deliveries d JOIN legs l ON l.id = d.leg_id WHERE d.number_id <> l.number_id OR d.to_phone <> l.phone";
    assert_eq!(house.rows(astray).await, 0, "step {step}: a delivery that is not its leg's");
}

/// Everybody whom a text that contains `words` has reached, but for its author.
fn heard(house: &House, words: &str) -> Vec<(String, String)> {
    let texts = house.simulator.all().into_iter().filter(|text| text.status_callback.is_some());
    texts.filter(|text| text.body.ends_with(words)).map(|text| (text.from, text.to)).collect()
}

async fn step(house: &House, chance: &Chance, step: usize) {
    let (desk, miriam) = (&house.desk, house.person("miriam@example.com").await);
    let customer = house.customer(30 + u32::try_from(chance.below(7)).unwrap());
    let words = format!("<{step}>");
    match chance.below(10) {
        0..=3 => {
            customer.texts(&words).await;
            let pinned = house
                .words(&format!(
                    "SELECT p.phone FROM legs l JOIN conversations c ON c.id = l.conversation_id \
                     JOIN people p ON p.id = c.pinned_to WHERE l.phone = '{}' AND l.ended_at IS NULL",
                    customer.number
                ))
                .await;
            let heard = heard(house, &words);
            assert!(heard.len() <= 1, "step {step}: {heard:?}");
            assert!(heard.iter().all(|(from, to)| from != LINE && *to == pinned[0]), "step {step}: {heard:?}");
        }
        4..=6 => {
            let rep = house.phone(REPS[chance.below(2)]);
            let number = mask(1 + u32::try_from(chance.below(4)).unwrap());
            let expected = pair(house, &rep.number, &number).await;
            rep.texts_to(&number, &words).await;
            let expected: Vec<_> = expected.map(|to| (LINE.to_owned(), to)).into_iter().collect();
            assert_eq!(heard(house, &words), expected, "step {step}");
        }
        7 => {
            if let Some(conversation) = open(house, chance).await {
                close::close(desk, miriam, conversation).await.unwrap();
            }
        }
        8 => {
            if let Some(conversation) = open(house, chance).await {
                let to = house.person(["ana@example.com", "bo@example.com"][chance.below(2)]).await;
                pin::transfer(desk, miriam, conversation, to, None).await.unwrap();
            }
        }
        _ => house.pass([minutes(7), hours(5), hours(73)][chance.below(3)]).await,
    }
    house.runs_due_work().await;
}

both_stores! {
    async fn whatever_happens_nobody_gets_a_text_that_is_not_theirs(house: four_masks) {
        let chance = Chance::seeded(4711);
        for at in 0..STEPS {
            step(house, &chance, at).await;
            invariants_hold(house, at).await;
        }
        assert!(house.rows("conversations").await > 10 && house.rows("legs WHERE role = 'rep'").await > 10);
        let texts = house.simulator.all().into_iter().filter(|text| text.status_callback.is_some());
        let mut said: Vec<_> = texts.filter(|text| text.body.ends_with('>')).map(|text| text.body).collect();
        let all = said.len();
        said.sort();
        said.dedup();
        assert_eq!(said.len(), all, "something was sent twice");
    }
}
