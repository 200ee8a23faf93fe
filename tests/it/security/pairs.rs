//! Two people who are joined behind masks: nobody reaches them by a guessed id, by a field too many, from a country that is
//! not texted, or without a signature.

use rocket::http::{Method, Status};

use switchboard::clock::minutes;
use switchboard::desk::pairs::{self, Refusal, Saying};
use switchboard::domain::ids::ConversationId;
use switchboard::domain::numbers::country::Countries;
use switchboard::domain::numbers::phone::Phone;
use switchboard::domain::pairs::expiry::Ending;

use crate::house::plan::with_ada;
use crate::house::{ACCOUNT, Plan, mask};
use crate::pairs::{DRIVER, opening, party, refused};
use crate::security::access::said;
use crate::web::browser::Browser;
use crate::{addresses, both_stores};

const ANA: &str = "ana@example.com";
const MIRIAM: &str = "miriam@example.com";
const LONDON: &str = "+442079460958";

fn only_us(plan: &mut Plan) {
    plan.policies.delivery.countries = Countries::read("US").unwrap();
}

both_stores! {
    /// To a rep a pair is as unknown as an id that nobody has, on every verb.
    async fn case_11_a_pair_and_an_unknown_id_are_the_same_answer_to_reps(house: with_ada) {
        let examples = addresses::furnish(house, "bo@example.com").await;
        let id = house.joins(opening("bait-77")).await.0;
        let ana = Browser::of(house, ANA).await;
        let before = house.contents().await;
        let mut asked = 0;
        for (method, address) in addresses::routes(&ana).into_iter().filter(|(_, one)| one.starts_with("/conversations/<id>")) {
            let mut answers = Vec::new();
            for id in [id, 999_999] {
                let answer = ana.send(method, &examples.fill_with(&address, Some(id)), &[], &[("Sec-Fetch-Site", "same-origin")]).await;
                answers.push(said(&answer, &id.to_string()));
            }
            assert_eq!(answers[0], answers[1], "{method} {address} tells them apart");
            assert!(matches!(answers[0].0.code, 404 | 422), "{method} {address}: {}", answers[0].0);
            asked += 1;
        }
        assert!(asked > 25, "only {asked} routes were asked");
        house.is_unchanged_since(&before).await;
    }

    /// What integrators ask of a pair does nothing to a conversation that is none.
    async fn case_11_a_support_conversation_and_an_unknown_id_are_the_same_to_the_verbs_of_pairs(house) {
        house.customer(34).texts("Is the ramp open?").await;
        let before = house.contents().await;
        for id in [house.conversation().await, ConversationId(999_999)] {
            let say = Saying { pair: id, body: "hello".to_owned(), to: None };
            let phone = Phone::parse(DRIVER).unwrap();
            let answers = [
                pairs::close(&house.desk, None, id).await,
                pairs::complete(&house.desk, None, id).await.map(drop),
                pairs::extend(&house.desk, None, id, Some(minutes(5))).await.map(drop),
                pairs::say(&house.desk, None, say).await.map(drop),
                pairs::change_party(&house.desk, None, id, "Helper".to_owned(), phone).await,
            ];
            assert!(answers.iter().all(|one| matches!(one, Err(Refusal::NotFound))), "{answers:?}");
        }
        house.is_unchanged_since(&before).await;
    }

    /// The number of a party of one pair is not had by way of another.
    async fn case_11_a_leg_of_another_pair_is_not_found_behind_this_one(house) {
        let mut other = opening("bait-78");
        other.parties = vec![party(DRIVER, "Driver"), party(LONDON, "Lady")];
        let (id, _) = (house.joins(opening("bait-77")).await, house.joins(other).await);
        let miriam = Browser::of(house, MIRIAM).await;
        let theirs = house.number("SELECT id FROM legs WHERE alias = 'Driver'").await;
        let mut answers = Vec::new();
        for leg in [theirs, 999_999] {
            let answer = miriam.post(&format!("/conversations/{id}/number?party={leg}"), &[]).await;
            assert_eq!(answer.status, Status::NotFound);
            answers.push(said(&answer, &leg.to_string()));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(house.rows("audit").await, 0);
    }

    /// Fields too many change nothing: not who is in it, what it is called, when it ended, or who did it.
    async fn case_12_fields_too_many_change_nothing_of_a_pair(house) {
        let id = house.joins(opening("bait-77")).await;
        let miriam = Browser::of(house, MIRIAM).await;
        let more = [
            ("note", ""), ("reference", "mine"), ("ended_at", "0"), ("ended_why", "expired"), ("kind", "support"), ("line_id", "1"),
            ("phone", DRIVER), ("alias", "Helper"), ("mask", "+18005551001"), ("token_id", "1"), ("actor_id", "1"), ("hard_end_at", "9"),
            ("by", "1"), ("redact", "1"), ("parties[0][phone]", DRIVER),
        ];
        let legs = "SELECT alias || phone || number_id FROM legs ORDER BY id";
        let before = house.words(legs).await;
        assert_eq!(miriam.post(&format!("/conversations/{id}/closure"), &more).await.status, Status::SeeOther);
        assert_eq!(house.words(legs).await, before);
        let pair = house.pair(id).await;
        assert_eq!((pair.references, pair.ended_why), (vec!["bait-77".to_owned()], Some(Ending::Closed)));
        assert_eq!((pair.ended_at, pair.pair.redact), (Some(house.clock.now()), false));
        let by = house.person(MIRIAM).await.0;
        assert_eq!(house.number("SELECT actor_id FROM events WHERE kind = 'pair_ended'").await, by);
        assert_eq!(house.words("SELECT kind FROM conversations").await, ["pair"]);
    }

    /// Where only some countries are texted, nobody of another is joined, nor comes in later.
    async fn case_28_nobody_of_another_country_is_joined(house: only_us) {
        let mut abroad = opening("bait-77");
        abroad.parties[1] = party(LONDON, "Helper");
        assert_eq!(refused(house.tries_to_join(abroad).await), ["/parties/1/phone"]);
        assert_eq!(house.rows("conversations").await + house.rows("legs").await + house.rows("deliveries").await, 0);
        let id = house.joins(opening("bait-77")).await;
        let phone = Phone::parse(LONDON).unwrap();
        let changed = pairs::change_party(&house.desk, None, id, "Helper".to_owned(), phone).await;
        assert_eq!(refused(changed), ["/phone"]);
        assert_eq!(house.rows("legs").await, 2);
    }

    /// Only a signed webhook has a text passed on to the other party.
    async fn case_29_an_unsigned_webhook_has_nothing_passed_on(house) {
        let id = house.joins(opening("bait-77")).await;
        let mine = house.mask_of(id, "Fisher").await;
        let browser = Browser::at(house).await;
        let fields = [("From", crate::pairs::FISHER), ("To", &mine), ("Body", "hello"), ("MessageSid", "SM1"), ("AccountSid", ACCOUNT)];
        for signature in ["", "AAAA"] {
            let headers = [("X-Twilio-Signature", signature)];
            let answer = browser.send(Method::Post, "/hooks/twilio/messages", &fields, &headers).await;
            assert_eq!(answer.status, Status::Forbidden);
        }
        house.runs_due_work().await;
        assert_eq!(house.rows("messages").await + house.rows("deliveries").await, 0);
    }

    /// Our own numbers are no parties, and what one of them sends to a mask is refused.
    async fn case_29_our_own_numbers_do_not_talk_in_a_pair(house) {
        let mut ours = opening("bait-77");
        ours.parties[1] = party(&mask(3), "Helper");
        assert_eq!(refused(house.tries_to_join(ours).await), ["/parties/1/phone"]);
        let id = house.joins(opening("bait-77")).await;
        house.phone(&mask(3)).texts_to(&house.mask_of(id, "Fisher").await, "hello me").await;
        assert_eq!(house.messages().await, ["refused hello me"]);
        assert_eq!(house.rows("deliveries").await, 0);
    }

    /// Two machines that answer each other in a pair are stopped.
    async fn case_29_two_machines_that_answer_each_other_in_a_pair_are_stopped(house) {
        let id = house.joins(opening("bait-77")).await;
        let (mine, theirs) = (house.mask_of(id, "Fisher").await, house.mask_of(id, "Helper").await);
        for _ in 0..12 {
            house.fisher().texts_to(&mine, "I am out of office").await;
            house.helper().texts_to(&theirs, "Your request was received").await;
        }
        assert!(house.helper().bodies().len() <= 6, "{:?}", house.helper().bodies());
        assert!(house.fisher().bodies().len() <= 6, "{:?}", house.fisher().bodies());
        assert_eq!(house.events("loop_paused").await.len(), 1);
        house.fisher().texts_to(&mine, "Sorry, I am here now").await;
        assert_eq!(house.helper().bodies().last().unwrap(), "Sorry, I am here now");
    }
}
