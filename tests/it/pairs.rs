//! Two people, one transaction, no real numbers: what each of them sees, and when it is over.

use switchboard::clock::{At, days, hours, minutes, seconds};
use switchboard::desk::Failure;
use switchboard::desk::consent::{self, block, refusal};
use switchboard::desk::conversations::assign;
use switchboard::desk::conversations::{close, held, snooze};
use switchboard::desk::pairs::{self, Opened, Refusal, Saying};
use switchboard::desk::replies::{plan, reply};
use switchboard::domain::ids::{ConversationId, LegId, MessageId};
use switchboard::domain::numbers::phone::Phone as Number;
use switchboard::domain::pairs::expiry::Wish;
use switchboard::domain::pairs::pair::{Opening, Party};
use switchboard::store::views::pairs::{self as views, PairRow, Stage};

use crate::both_stores;
use crate::house::{House, LINE, Phone, Plan, mask};

pub const FISHER: &str = "+15055550131";
pub const HELPER: &str = "+15055550132";
pub const DRIVER: &str = "+15055550133";

pub fn party(phone: &str, alias: &str) -> Party {
    Party { phone: Number::parse(phone).unwrap(), alias: alias.to_owned() }
}

/// A pair of a fisher and a helper that ends half an hour after completion.
pub fn opening(reference: &str) -> Opening {
    Opening {
        reference: reference.to_owned(),
        parties: vec![party(FISHER, "Fisher"), party(HELPER, "Helper")],
        wish: Wish::AfterCompletion(minutes(30)),
        hard_cap: hours(24),
        warn_before: None,
        warning: None,
        extension: None,
        welcome: Vec::new(),
        redact: false,
        merge: false,
    }
}

/// The same with another kind of end.
pub fn ending(reference: &str, wish: Wish) -> Opening {
    Opening { wish, ..opening(reference) }
}

impl House {
    pub async fn joins(&self, opening: Opening) -> ConversationId {
        let Opened { id, fresh } = self.tries_to_join(opening).await.unwrap();
        assert!(fresh);
        id
    }

    pub async fn tries_to_join(&self, opening: Opening) -> Result<Opened, Refusal> {
        let hash = format!("{opening:?}");
        let opened = pairs::open(&self.desk, opening, None, hash).await;
        self.runs_due_work().await;
        opened
    }

    pub async fn pair(&self, id: ConversationId) -> PairRow {
        let mut tx = self.desk.store.read().await.unwrap();
        views::one(&mut tx, id, self.clock.now()).await.unwrap().unwrap()
    }

    pub async fn stage(&self, id: ConversationId) -> Stage {
        self.pair(id).await.stage(self.clock.now())
    }

    /// The mask that stands for the others on this party's phone.
    pub async fn mask_of(&self, id: ConversationId, alias: &str) -> String {
        self.pair(id).await.parties.into_iter().find(|party| party.alias == alias).unwrap().mask
    }

    pub fn fisher(&self) -> Phone<'_> {
        self.phone(FISHER)
    }

    pub fn helper(&self) -> Phone<'_> {
        self.phone(HELPER)
    }
}

pub fn refused<T: std::fmt::Debug>(done: Result<T, Refusal>) -> Vec<String> {
    match done {
        Err(Refusal::Wrong(wrongs)) => wrongs.into_iter().map(|wrong| wrong.pointer).collect(),
        Err(Refusal::Conflict { code, .. }) => vec![code.to_owned()],
        Err(Refusal::PoolExhausted(missing)) => {
            missing.into_iter().map(|one| format!("{} {}", one.country.unwrap_or_default(), one.masks)).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// With a warning 10 minutes before the end, to which EXTEND gives another hour.
fn warned(opening: Opening) -> Opening {
    Opening {
        warn_before: Some(minutes(10)),
        warning: Some("Over in 10 minutes. EXTEND for more.".to_owned()),
        extension: Some(hours(1)),
        ..opening
    }
}

fn two_masks(plan: &mut Plan) {
    plan.masks = 2;
}

fn one_mask(plan: &mut Plan) {
    plan.masks = 1;
}

both_stores! {
    async fn two_people_text_each_other_and_neither_sees_the_others_number(house) {
        let id = house.joins(opening("bait-77")).await;
        let (mine, theirs) = (house.mask_of(id, "Fisher").await, house.mask_of(id, "Helper").await);
        house.fisher().texts_to(&mine, "I am at slip 12").await;
        house.helper().shows(&["I am at slip 12"]);
        assert_eq!(house.helper().received()[0].from, theirs);
        house.helper().texts_back("Rowing out 🚣\nFive minutes").await;
        house.fisher().shows(&["Rowing out 🚣\nFive minutes"]);
        assert_eq!(house.fisher().received()[0].from, mine);
        assert_eq!(house.messages().await, ["relayed I am at slip 12", "relayed Rowing out 🚣\nFive minutes"]);
    }

    async fn a_pair_says_its_welcome_and_what_the_app_says_to_one_or_all(house) {
        let welcome = vec![("Fisher".to_owned(), "Your helper is on the way.".to_owned())];
        let id = house.joins(Opening { welcome, ..opening("bait-77") }).await;
        house.fisher().shows(&["Your helper is on the way."]);
        house.helper().shows(&[]);
        let say = |body: &str, to: Option<Vec<String>>| Saying { pair: id, body: body.to_owned(), to };
        pairs::say(&house.desk, None, say("Half way.", None)).await.unwrap();
        pairs::say(&house.desk, None, say("Slip 12.", Some(vec!["Helper".to_owned()]))).await.unwrap();
        house.runs_due_work().await;
        house.fisher().shows(&["Your helper is on the way.", "Half way."]);
        house.helper().shows(&["Half way.", "Slip 12."]);
        let wrong = pairs::say(&house.desk, None, say("?", Some(vec!["Helper".to_owned(), "Nobody".to_owned()]))).await;
        assert_eq!(refused(wrong), ["/to/1"]);
        assert_eq!(refused(pairs::say(&house.desk, None, say("?", Some(Vec::new()))).await), ["/to"]);
        assert_eq!(refused(pairs::say(&house.desk, None, say(" ", None)).await), ["/body"]);
    }

    async fn one_second_after_its_end_nothing_is_relayed_even_if_nothing_has_run(house) {
        let id = house.joins(ending("bait-77", Wish::After(hours(2)))).await;
        let mine = house.mask_of(id, "Fisher").await;
        house.clock.pass(minutes(119) + seconds(59));
        house.fisher().texts_to(&mine, "in time").await;
        house.helper().shows(&["in time"]);
        house.clock.pass(seconds(1));
        assert_eq!(house.number("SELECT COUNT(*) FROM pairs WHERE ended_at IS NOT NULL").await, 0, "nothing has run");
        let arrival = house.simulator.text(FISHER, &mine, "too late").await;
        assert!(arrival.taken());
        house.runs_due_work().await;
        house.helper().shows(&["in time"]);
        assert_eq!(house.messages().await, ["relayed in time", "held too late"]);
        house.fisher().shows(&["This conversation has ended. Your text was kept, but not passed on."]);
        assert_eq!(house.stage(id).await, Stage::Ended);
        assert_eq!(house.events("pair_ended").await[0]["why"], "expired");
    }

    async fn a_sliding_end_moves_with_every_text_and_stops_at_the_cap(house) {
        let wish = Opening { hard_cap: hours(3), ..ending("bait-77", Wish::Sliding(hours(1))) };
        let id = house.joins(wish).await;
        let began = house.clock.now();
        let mine = house.mask_of(id, "Fisher").await;
        for turn in 0..3 {
            house.pass(minutes(50)).await;
            house.fisher().texts_to(&mine, &format!("turn {turn}")).await;
        }
        assert_eq!(house.pair(id).await.term().ends_at, began + hours(3));
        house.pass(minutes(31)).await;
        house.fisher().texts_to(&mine, "turn 3").await;
        assert_eq!(house.helper().bodies().len(), 3);
        assert_eq!(house.stage(id).await, Stage::Ended);
    }

    async fn completion_begins_the_grace_and_only_where_the_end_waits_for_it(house) {
        let id = house.joins(opening("bait-77")).await;
        house.pass(hours(5)).await;
        assert_eq!(house.stage(id).await, Stage::Open);
        let term = pairs::complete(&house.desk, None, id).await.unwrap();
        assert_eq!(term.ends_at, house.clock.now() + minutes(30));
        house.pass(minutes(10)).await;
        assert_eq!(pairs::complete(&house.desk, None, id).await.unwrap().ends_at, term.ends_at, "once");
        assert_eq!(house.stage(id).await, Stage::Completed);
        house.pass(minutes(20)).await;
        assert_eq!(house.stage(id).await, Stage::Ended);
        assert_eq!(refused(pairs::complete(&house.desk, None, id).await), ["pair_ended"]);
        let other = house.joins(ending("bait-78", Wish::After(hours(1)))).await;
        assert_eq!(refused(pairs::complete(&house.desk, None, other).await), ["not_completable"]);
    }

    async fn an_app_extends_never_past_the_cap(house) {
        let id = house.joins(Opening { hard_cap: hours(3), ..ending("bait-77", Wish::After(hours(1))) }).await;
        let began = house.clock.now();
        assert_eq!(refused(pairs::extend(&house.desk, None, id, None).await), ["/by"]);
        let term = pairs::extend(&house.desk, None, id, Some(hours(1))).await.unwrap();
        assert_eq!(term.ends_at, began + hours(2));
        let term = pairs::extend(&house.desk, None, id, Some(hours(9))).await.unwrap();
        assert_eq!(term.ends_at, began + hours(3));
        assert_eq!(refused(pairs::extend(&house.desk, None, id, Some(hours(1))).await), ["at_hard_cap"]);
        let sliding = house.joins(ending("bait-78", Wish::Sliding(hours(1)))).await;
        let term = pairs::extend(&house.desk, None, sliding, None).await.unwrap();
        assert_eq!(term.ends_at, began + hours(2), "its idle time again");
    }

    async fn parties_answer_the_warning_with_extend_three_times_at_most(house) {
        let id = house.joins(warned(ending("bait-77", Wish::After(hours(1))))).await;
        let mine = house.mask_of(id, "Fisher").await;
        house.fisher().texts_to(&mine, "extend").await;
        house.helper().shows(&["extend"]);
        for turn in 1..=3 {
            house.pass(minutes(if turn == 1 { 50 } else { 60 })).await;
            assert_eq!(house.fisher().bodies().last().unwrap(), "Over in 10 minutes. EXTEND for more.");
            house.fisher().texts_to(&mine, " Extend ").await;
            assert_eq!(house.fisher().bodies().last().unwrap(), "This chat stays open for another 1 h 10 min.");
            assert_eq!(house.helper().bodies().last().unwrap(), "This chat stays open for another 1 h 10 min.");
            assert_eq!(house.pair(id).await.term().extensions, turn);
        }
        house.pass(minutes(60)).await;
        house.fisher().texts_to(&mine, "EXTEND").await;
        assert_eq!(house.helper().bodies().last().unwrap(), "EXTEND", "after three times it is text");
        house.pass(minutes(10)).await;
        assert_eq!(house.stage(id).await, Stage::Ended);
        assert_eq!(house.events("pair_expiring").await.len(), 4);
    }

    async fn extend_is_heard_in_other_clothes_and_not_in_a_sentence(house) {
        let id = house.joins(warned(ending("bait-77", Wish::After(hours(1))))).await;
        let mine = house.mask_of(id, "Fisher").await;
        house.pass(minutes(50)).await;
        for sentence in ["extend it", "Shall we extend?", "extended stay"] {
            house.fisher().texts_to(&mine, sentence).await;
            assert_eq!(house.helper().bodies().last().unwrap(), sentence);
        }
        for (turn, said) in (1..).zip(["“Extend.”", "please ＥＸＴＥＮＤ!", "\u{200e}Extend\u{200b}, thanks"]) {
            house.fisher().texts_to(&mine, said).await;
            assert_eq!(house.pair(id).await.term().extensions, turn, "{said}");
            assert!(house.helper().bodies().last().unwrap().starts_with("This chat stays open"), "{said}");
            house.pass(minutes(60)).await;
        }
    }

    async fn the_end_gives_the_masks_back_after_their_rest_and_the_same_two_get_the_same(house: two_masks) {
        let first = house.joins(opening("bait-77")).await;
        let masks = [house.mask_of(first, "Fisher").await, house.mask_of(first, "Helper").await];
        pairs::close(&house.desk, None, first).await.unwrap();
        pairs::close(&house.desk, None, first).await.unwrap();
        assert_eq!(house.events("pair_ended").await.len(), 1);
        let second = house.joins(opening("bait-78")).await;
        assert_eq!([house.mask_of(second, "Fisher").await, house.mask_of(second, "Helper").await], masks);
        let mine = house.mask_of(second, "Fisher").await;
        house.fisher().texts_to(&mine, "Again").await;
        house.helper().shows(&["Again"]);
        let said = house.number(&format!("SELECT COUNT(*) FROM messages WHERE conversation_id = {second}")).await;
        assert_eq!(said, 1, "it belongs to the second transaction");
    }

    async fn two_transactions_of_the_same_two_have_threads_of_their_own(house) {
        let (first, second) = (house.joins(opening("bait-77")).await, house.joins(opening("bait-78")).await);
        let (one, other) = (house.mask_of(first, "Fisher").await, house.mask_of(second, "Fisher").await);
        assert_ne!(one, other);
        house.fisher().texts_to(&one, "first").await;
        house.fisher().texts_to(&other, "second").await;
        assert_eq!(house.helper().threads(), [house.mask_of(first, "Helper").await, house.mask_of(second, "Helper").await]);
    }

    async fn merged_transactions_share_a_thread_and_the_later_end(house) {
        let first = house.joins(ending("bait-77", Wish::After(hours(1)))).await;
        let merged = Opening { merge: true, ..ending("bait-78", Wish::After(hours(3))) };
        let Opened { id, fresh } = house.tries_to_join(merged.clone()).await.unwrap();
        assert_eq!((id, fresh), (first, false));
        let pair = house.pair(first).await;
        assert_eq!(pair.references, ["bait-77", "bait-78"]);
        assert_eq!(pair.term().ends_at, house.clock.now() + hours(3));
        assert_eq!(house.tries_to_join(merged).await.unwrap().id, first, "asked again it is the same");
    }

    async fn a_merged_pair_is_warned_of_again_before_its_later_end(house) {
        let warned = Opening {
            warn_before: Some(minutes(10)),
            warning: Some("Over in 10 minutes. EXTEND for more.".to_owned()),
            extension: Some(hours(1)),
            ..ending("bait-77", Wish::After(hours(1)))
        };
        let id = house.joins(warned).await;
        house.pass(minutes(55)).await;
        house.tries_to_join(Opening { merge: true, ..ending("bait-78", Wish::After(hours(5))) }).await.unwrap();
        house.fisher().texts_to(&house.mask_of(id, "Fisher").await, "EXTEND").await;
        assert_eq!(house.helper().bodies().last().unwrap(), "EXTEND", "nobody was warned of the later end");
        house.pass(minutes(291)).await;
        assert_eq!(house.events("pair_expiring").await.len(), 2);
    }

    async fn a_reference_names_one_open_pair(house) {
        let id = house.joins(opening("bait-77")).await;
        assert_eq!(house.tries_to_join(opening("bait-77")).await.unwrap(), Opened { id, fresh: false });
        let other = ending("bait-77", Wish::After(hours(1)));
        assert_eq!(refused(house.tries_to_join(other.clone()).await), ["reference_in_use"]);
        house.clock.pass(days(2));
        let next = house.tries_to_join(other).await.unwrap();
        assert!(next.fresh && next.id != id, "the first is over by the clock");
    }

    async fn a_group_hears_who_says_what(house) {
        let mut group = opening("bait-77");
        group.parties.push(Party { phone: Number::parse(DRIVER).unwrap(), alias: "Driver".to_owned() });
        let id = house.joins(group).await;
        house.phone(DRIVER).texts_to(&house.mask_of(id, "Driver").await, "on my way").await;
        house.fisher().shows(&["Driver: on my way"]);
        house.helper().shows(&["Driver: on my way"]);
        house.phone(DRIVER).shows(&[]);
    }

    async fn contacts_are_taken_out_of_what_is_passed_on_and_kept_as_they_were_said(house) {
        let id = house.joins(Opening { redact: true, ..opening("bait-77") }).await;
        let mine = house.mask_of(id, "Fisher").await;
        house.fisher().texts_to(&mine, "Call five oh five 555 0131 or sam@example.com").await;
        house.helper().shows(&["Call [removed] or [removed]"]);
        assert_eq!(house.messages().await, ["relayed Call five oh five 555 0131 or sam@example.com"]);
    }

    async fn spelled_digits_other_scripts_and_handles_are_taken_out_and_harmless_texts_stay_as_they_are(house) {
        let id = house.joins(Opening { redact: true, ..opening("bait-77") }).await;
        let mine = house.mask_of(id, "Fisher").await;
        for said in [
            "five o five, five five five, oh one three one", "5o5 555 o131", "505 then 555 then 0131", "៥០៥ ៥៥៥ ០១៣១",
            "fünf null fünf fünf fünf eins eins", "пять ноль пять пять один три один", "@joe_b", "HTTPS://Example.Com/x",
        ] {
            house.fisher().texts_to(&mine, said).await;
            assert_eq!(house.helper().bodies().pop().as_deref(), Some("[removed]"), "{said}");
        }
        for said in ["One of the two boats is mine", "C'est un bateau", "See you on 2026-11-22 at 10:30", "It is $1,250", "Order 482913"] {
            house.fisher().texts_to(&mine, said).await;
            assert_eq!(house.helper().bodies().pop().as_deref(), Some(said));
        }
    }

    async fn a_wrong_request_is_refused_at_its_place(house) {
        let mut ours = opening("bait-77");
        ours.parties[0].phone = Number::parse(LINE).unwrap();
        ours.parties[1].phone = Number::parse(&mask(1)).unwrap();
        assert_eq!(refused(house.tries_to_join(ours).await), ["/parties/0/phone", "/parties/1/phone"]);
        let mut same = opening("bait-77");
        same.parties[1].phone = same.parties[0].phone.clone();
        assert_eq!(refused(house.tries_to_join(same).await), ["/parties/1/phone"]);
        assert_eq!(refused(house.tries_to_join(ending("bait-77", Wish::At(At::EPOCH))).await), ["/expiry/at"]);
        assert_eq!(house.rows("pairs").await, 0);
    }

    async fn a_pair_without_masks_is_refused_and_says_how_many_are_missing(house: one_mask) {
        house.joins(opening("bait-77")).await;
        assert_eq!(refused(house.tries_to_join(opening("bait-78")).await), ["US 1"]);
        assert_eq!(house.rows("pairs").await, 1);
    }

    async fn another_phone_gets_the_same_mask_and_the_old_one_is_out(house) {
        let id = house.joins(opening("bait-77")).await;
        let theirs = house.mask_of(id, "Helper").await;
        let change = |phone: &str| pairs::change_party(&house.desk, None, id, "Helper".to_owned(), Number::parse(phone).unwrap());
        change(DRIVER).await.unwrap();
        assert_eq!(house.mask_of(id, "Helper").await, theirs);
        house.fisher().texts_to(&house.mask_of(id, "Fisher").await, "hello").await;
        house.phone(DRIVER).shows(&["hello"]);
        house.helper().shows(&[]);
        house.helper().texts_to(&theirs, "am I still there?").await;
        house.fisher().shows(&[]);
        house.phone(DRIVER).texts_back("yes").await;
        house.fisher().shows(&["yes"]);
        assert_eq!(refused(change(FISHER).await), ["/phone"]);
        assert_eq!(refused(change(LINE).await), ["/phone"]);
        let nobody = pairs::change_party(&house.desk, None, id, "Nobody".to_owned(), Number::parse(DRIVER).unwrap()).await;
        assert!(matches!(nobody, Err(Refusal::NotFound)));
    }

    async fn a_party_who_opts_out_gets_nothing_and_the_other_is_told_by_alias(house) {
        let id = house.joins(opening("bait-77")).await;
        house.helper().texts_to(&house.mask_of(id, "Helper").await, "STOP").await;
        house.fisher().shows(&["Helper opted out. Texts to them are not sent until they text START."]);
        house.fisher().texts_back("Are you there?").await;
        house.helper().shows(&[]);
        let told = house.fisher().bodies().pop().unwrap();
        assert!(told.starts_with("Not delivered to the other side: ") && !told.contains("32"), "{told}");
    }

    async fn a_party_who_refuses_in_plain_clothes_is_passed_on_and_a_manager_decides(house) {
        let id = house.joins(opening("bait-77")).await;
        let miriam = house.person("miriam@example.com").await;
        for said in ["Stop.", "please stop", "remove me", "I revoke my consent", "ＳＴＯＰ"] {
            house.helper().texts_to(&house.mask_of(id, "Helper").await, said).await;
            assert_eq!(house.number("SELECT COUNT(*) FROM conversations WHERE flagged_at IS NOT NULL").await, 1, "{said:?}");
            refusal::settle(&house.desk, miriam, id, false).await.unwrap();
        }
        house.fisher().shows(&["Stop.", "please stop", "remove me", "I revoke my consent", "ＳＴＯＰ"]);
        assert_eq!(house.rows("consents").await, 0, "none of them takes effect by itself");
        house.fisher().texts_to(&house.mask_of(id, "Fisher").await, "leave me alone!").await;
        let told = house.words("SELECT data FROM events WHERE kind = 'looks_like_refusal' ORDER BY id DESC").await;
        assert!(told.len() == 6 && told[0].contains("Fisher") && told[1].contains("Helper"), "{told:?}");

        refusal::settle(&house.desk, miriam, id, true).await.unwrap();
        let entry = house.words("SELECT phone || ' ' || scope || ' ' || origin FROM consents WHERE given = 0").await;
        assert_eq!(entry, [format!("{FISHER} pool staff")]);
        let before = house.fisher().bodies().len();
        house.helper().texts_to(&house.mask_of(id, "Helper").await, "are you there?").await;
        assert_eq!(house.fisher().bodies().len(), before, "nothing is sent to whoever is out");

        let legs = house.pair(id).await.parties;
        let leg = |alias: &str| legs.iter().find(|party| party.alias == alias).map(|party| party.leg);
        let not_out = consent::restore(&house.desk, miriam, (id, leg("Helper")), "he rang").await;
        assert!(matches!(not_out, Err(Failure::Refused { field: "evidence", .. })), "{not_out:?}");
        consent::restore(&house.desk, miriam, (id, leg("Fisher")), "he rang").await.unwrap();
        house.helper().texts_to(&house.mask_of(id, "Helper").await, "and now?").await;
        assert_eq!(house.fisher().bodies().last().map(String::as_str), Some("and now?"));
        let nobody = consent::withdraw(&house.desk, miriam, (id, Some(LegId(1))), "said so").await;
        assert!(matches!(nobody, Err(Failure::NotFound)), "{nobody:?}");
    }

    async fn a_refusal_after_the_end_is_held_and_a_manager_is_asked(house) {
        let id = house.joins(opening("bait-77")).await;
        let mask = house.mask_of(id, "Helper").await;
        pairs::close(&house.desk, None, id).await.unwrap();
        house.helper().texts_to(&mask, "Stop. Thank you").await;
        house.helper().texts_to(&mask, "no more texts").await;
        assert_eq!(house.number("SELECT COUNT(*) FROM events WHERE kind = 'looks_like_refusal'").await, 1, "one question at a time");
        let miriam = house.person("miriam@example.com").await;
        refusal::settle(&house.desk, miriam, id, true).await.unwrap();
        let entry = house.words("SELECT phone || ' ' || scope || ' ' || origin FROM consents WHERE given = 0").await;
        assert_eq!(entry, [format!("{HELPER} pool staff")]);
    }

    async fn a_reps_phone_is_a_party_like_any_other(house) {
        let mut with_ana = opening("bait-77");
        with_ana.parties[1].phone = Number::parse(&house.ana().number).unwrap();
        let id = house.joins(with_ana).await;
        let theirs = house.mask_of(id, "Helper").await;
        house.ana().texts_to(&theirs, "#close").await;
        house.fisher().shows(&["#close"]);
        pairs::close(&house.desk, None, id).await.unwrap();
        house.ana().texts_to(&theirs, "still there?").await;
        house.fisher().shows(&["#close"]);
        assert_eq!(house.words("SELECT author FROM messages WHERE outcome = 'held'").await, ["party"]);
    }

    async fn a_support_conversation_and_a_pair_of_the_same_phone_do_not_meet(house) {
        let id = house.joins(opening("bait-77")).await;
        house.fisher().texts("I need help with my boat").await;
        house.fisher().texts_to(&house.mask_of(id, "Fisher").await, "at slip 12").await;
        house.helper().shows(&["at slip 12"]);
        assert_eq!(house.number("SELECT COUNT(*) FROM conversations WHERE kind = 'support'").await, 1);
        let waits = house.number("SELECT COUNT(*) FROM conversations WHERE kind = 'pair' AND (waiting_since IS NOT NULL OR unread_from IS NOT NULL)").await;
        assert_eq!(waits, 0, "nobody of ours is asked to answer a pair");
    }

    async fn a_manager_ends_a_pair_and_nobody_answers_it_or_puts_it_aside(house) {
        let id = house.joins(opening("bait-77")).await;
        let (miriam, ana) = (house.person("miriam@example.com").await, house.person("ana@example.com").await);
        assert!(matches!(close::close(&house.desk, ana, id).await, Err(Failure::NotFound)), "reps do not see pairs");
        let refused = |done: Result<(), Failure>| assert!(matches!(done, Err(Failure::Refused { .. })), "{done:?}");
        refused(snooze::snooze(&house.desk, miriam, id, house.clock.now() + hours(1)).await);
        refused(assign::claim(&house.desk, miriam, id).await);
        refused(assign::transfer(&house.desk, miriam, id, ana, None).await);
        refused(block::block(&house.desk, miriam, id, "rude").await);
        refused(consent::withdraw(&house.desk, miriam, (id, None), "said so").await);
        let hello = reply::Reply { by: miriam, conversation: id, body: "hello".to_owned(), form_key: None };
        refused(plan::plan(&house.desk, hello.into()).await.map(drop));
        close::close_saying(&house.desk, miriam, id, "they quarrelled").await.unwrap();
        house.runs_due_work().await;
        assert_eq!(house.stage(id).await, Stage::Ended);
        let ended = house.number("SELECT COUNT(*) FROM events WHERE kind = 'pair_ended' AND actor_id IS NOT NULL").await;
        assert_eq!(ended, 1);
        assert_eq!(house.number("SELECT COUNT(*) FROM legs WHERE ended_at IS NULL").await, 0);
        house.fisher().texts_to(&house.mask_of(id, "Fisher").await, "still there?").await;
        house.helper().shows(&[]);
        let message = MessageId(house.number("SELECT id FROM messages WHERE outcome = 'held'").await);
        refused(held::forward(&house.desk, miriam, message).await);
        refused(held::reopen_for(&house.desk, miriam, message).await);
        held::dismiss(&house.desk, miriam, message, "too late").await.unwrap();
    }

    async fn a_phone_that_has_the_mask_in_another_pair_gets_another(house) {
        let first = house.joins(opening("bait-77")).await;
        let mut second = opening("bait-78");
        second.parties[1].phone = Number::parse(DRIVER).unwrap();
        let second = house.joins(second).await;
        // The driver takes over from the helper, with the same fisher, and so has two threads.
        let driver = Number::parse(DRIVER).unwrap();
        pairs::change_party(&house.desk, None, first, "Helper".to_owned(), driver).await.unwrap();
        assert_ne!(house.mask_of(first, "Helper").await, house.mask_of(second, "Helper").await);
        for (id, body) in [(first, "first"), (second, "second")] {
            house.fisher().texts_to(&house.mask_of(id, "Fisher").await, body).await;
        }
        house.phone(DRIVER).shows(&["first", "second"]);
        assert_eq!(house.phone(DRIVER).threads(), [house.mask_of(first, "Helper").await, house.mask_of(second, "Helper").await]);
    }

    async fn many_ended_pairs_are_tidied_in_pieces(house) {
        let phone = |n: u32| Number::parse(&format!("+1505556{n:04}")).unwrap();
        for n in 0..450 {
            let mut one = ending(&format!("job-{n}"), Wish::After(minutes(5)));
            one.parties[0].phone = phone(2 * n);
            one.parties[1].phone = phone(2 * n + 1);
            let opened = pairs::open(&house.desk, one, None, String::new()).await;
            assert!(opened.is_ok());
        }
        house.clock.pass(minutes(6));
        assert_eq!(pairs::lapse(&house.desk).await.unwrap(), 450);
        assert_eq!(house.number("SELECT COUNT(*) FROM legs WHERE ended_at IS NULL AND role = 'party'").await, 0);
        assert_eq!(pairs::lapse(&house.desk).await.unwrap(), 0);
        house.runs_due_work().await;
    }
}
