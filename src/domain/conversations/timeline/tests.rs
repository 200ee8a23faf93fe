//! The words and the JSON that databases keep.

use super::*;
use crate::domain::ids::LabelId;
use crate::domain::people::person::Duty;
use crate::domain::routing::pick::Rule;

fn pick(chosen: bool) -> Pick {
    Pick {
        policy: Rule::LeastBusy,
        candidates: if chosen { vec!["Ana".to_owned()] } else { Vec::new() },
        passed_over: vec![("Bo".to_owned(), "away".to_owned())],
        chosen: chosen.then_some(PersonId(3)),
        chosen_name: chosen.then(|| "Ana".to_owned()),
    }
}

fn word(text: &str) -> String {
    text.to_owned()
}

/// Every kind about a conversation, as it is stored. Rows of released versions look so: a line is added and never changed.
fn kinds() -> Vec<(&'static str, &'static str, Event)> {
    let picked =
        r#"{"candidates":["Ana"],"chosen":3,"chosen_name":"Ana","passed_over":[["Bo","away"]],"policy":"least_busy"}"#;
    let nobody =
        r#"{"candidates":[],"chosen":null,"chosen_name":null,"passed_over":[["Bo","away"]],"policy":"least_busy"}"#;
    let (person, leg, mask, message) = (PersonId(3), LegId(5), NumberId(6), MessageId(7));
    let handed = |from| Handover { to: PersonId(4), to_name: Some(word("Bo")), from, note: None };
    let label = || Labelling { label: LabelId(8), name: word("vip") };
    let blocking = |reason| Blocking { reason: word(reason), everywhere: true };
    let consent = |party: Option<&str>| Consent { evidence: word("by phone"), party: party.map(word) };
    let held = |reason: Option<&str>| HeldText { message, reason: reason.map(word) };
    let ends_at = At(9);
    let moved = |alias: Option<&str>| Moved { ends_at, alias: alias.map(word) };
    let why = || word("so");
    vec![
        ("opened", "{}", Event::Opened {}),
        ("started", "{}", Event::Started {}),
        ("picked", picked, Event::Picked(pick(true))),
        ("unassigned", nobody, Event::Unassigned(pick(false))),
        ("claimed", r#"{"from":null,"note":null,"to":"4","to_name":"Bo"}"#, Event::Claimed(handed(None))),
        (
            "transferred",
            r#"{"from":"3","note":null,"to":"4","to_name":"Bo"}"#,
            Event::Transferred(handed(Some(person))),
        ),
        ("taken_away", r#"{"from":"3","why":"rep_missing"}"#, Event::TakenAway { from: person, why: Loss::RepMissing }),
        ("released", r#"{"person":"3","to":"phone"}"#, Event::Released { person, to: Channel::Phone }),
        ("reopened", r#"{"why":"so"}"#, Event::Reopened { why: why() }),
        ("closed", "{}", Event::Closed { why: None, hours: None }),
        ("closed", r#"{"hours":72,"why":"idle"}"#, Event::Closed { why: Some(Closing::Idle), hours: Some(72) }),
        (
            "closed",
            r#"{"why":"the customer's phone was given to a colleague"}"#,
            Event::Closed { why: Some(Closing::Colleague), hours: None },
        ),
        ("snoozed", r#"{"until":9}"#, Event::Snoozed { until: ends_at }),
        ("woke", r#"{"why":"so"}"#, Event::Woke { why: why() }),
        ("labelled", r#"{"label":"8","name":"vip"}"#, Event::Labelled(label())),
        ("unlabelled", r#"{"label":"8","name":"vip"}"#, Event::Unlabelled(label())),
        ("renamed", r#"{"from":null,"to":"Joel"}"#, Event::Renamed { from: None, to: Some(word("Joel")) }),
        ("merged", r#"{"with":"1001"}"#, Event::Merged { with: ConversationId(1001) }),
        ("separated", r#"{"with":"1001"}"#, Event::Separated { with: ConversationId(1001) }),
        ("blocked", r#"{"everywhere":true,"reason":"abuse"}"#, Event::Blocked(blocking("abuse"))),
        ("unblocked", r#"{"everywhere":true,"reason":""}"#, Event::Unblocked(blocking(""))),
        ("consent_withdrawn", r#"{"evidence":"by phone"}"#, Event::ConsentWithdrawn(consent(None))),
        ("consent_restored", r#"{"evidence":"by phone","party":"Kim"}"#, Event::ConsentRestored(consent(Some("Kim")))),
        ("looks_like_refusal", r#"{"message":"7"}"#, Event::LooksLikeRefusal { message, party: None }),
        (
            "looks_like_refusal",
            r#"{"message":"7","party":"Kim"}"#,
            Event::LooksLikeRefusal { message, party: Some(word("Kim")) },
        ),
        ("no_refusal", r#"{"message":"7"}"#, Event::NoRefusal { message }),
        (
            "leg_opened",
            r#"{"leg":"5","mask":"6","person":"3","why":"so"}"#,
            Event::LegOpened { person: Some(person), alias: None, leg, mask, why: why() },
        ),
        (
            "leg_opened",
            r#"{"alias":"Kim","leg":"5","mask":"6","why":"so"}"#,
            Event::LegOpened { person: None, alias: Some(word("Kim")), leg, mask, why: why() },
        ),
        ("leg_rested", r#"{"leg":"5","mask":"6","person":"3"}"#, Event::LegRested { person, leg, mask }),
        ("no_mask", r#"{"person":"3","why":"so"}"#, Event::NoMask { person, why: why() }),
        ("phone_off", r#"{"person":"3"}"#, Event::PhoneOff { person: Some(person) }),
        ("phone_off", r#"{"person":null}"#, Event::PhoneOff { person: None }),
        ("loop_paused", "{}", Event::LoopPaused {}),
        ("held_forwarded", r#"{"message":"7","reason":null}"#, Event::HeldForwarded(held(None))),
        ("held_dismissed", r#"{"message":"7","reason":"spam"}"#, Event::HeldDismissed(held(Some("spam")))),
        ("planned_cancelled", r#"{"author":"3"}"#, Event::PlannedCancelled { author: person }),
        ("planned_moved", r#"{"author":"3"}"#, Event::PlannedMoved { author: person }),
        (
            "delivery_decided",
            r#"{"decision":"not_sent","delivery":"10","reason":null}"#,
            Event::DeliveryDecided { delivery: DeliveryId(10), decision: Decided::NotSent, reason: None },
        ),
        ("doubled", r#"{"delivery":"10"}"#, Event::Doubled { delivery: DeliveryId(10) }),
        (
            "pair_opened",
            r#"{"ends_at":9,"expiry":"fixed","reference":"T1"}"#,
            Event::PairOpened { reference: word("T1"), ends_at, expiry: word("fixed") },
        ),
        ("pair_merged", r#"{"ends_at":9,"reference":"T1"}"#, Event::PairMerged { reference: word("T1"), ends_at }),
        ("pair_completed", r#"{"alias":null,"ends_at":9}"#, Event::PairCompleted(moved(None))),
        ("pair_extended", r#"{"alias":"Kim","ends_at":9}"#, Event::PairExtended(moved(Some("Kim")))),
        ("pair_expiring", r#"{"ends_at":9}"#, Event::PairExpiring { ends_at }),
        ("pair_ended", r#"{"why":"closed"}"#, Event::PairEnded { why: Ending::Closed }),
        (
            "party_changed",
            r#"{"alias":"Kim","leg":"5","mask":"6","why":"so"}"#,
            Event::PartyChanged { alias: word("Kim"), leg, mask, why: why() },
        ),
    ]
}

#[test]
fn every_kind_keeps_its_word_and_its_json_and_is_read_again() {
    let kinds = kinds();
    for (kind, data, event) in &kinds {
        let stored = Stored::from(event);
        assert_eq!((stored.kind.as_str(), stored.data.to_string().as_str()), (*kind, *data));
        assert_eq!(Told::read(kind, data), Told::Event(event.clone()));
    }
    let mut known: Vec<&str> = kinds.iter().map(|(kind, ..)| *kind).collect();
    known.dedup();
    assert_eq!(known, names::<Event>(), "the table has every kind, in the order of the enum");
}

#[test]
fn every_kind_that_concerns_no_conversation_keeps_its_word_and_its_json() {
    let (person, mask) = (PersonId(3), NumberId(6));
    let kinds = [
        (
            "duty",
            r#"{"from":"on","person":"3","to":"away_reassign"}"#,
            HouseEvent::DutySet { person, from: Duty::On, to: Duty::AwayReassign },
        ),
        ("enabled", r#"{"person":"3"}"#, HouseEvent::Enabled { person }),
        ("disabled", r#"{"person":"3"}"#, HouseEvent::Disabled { person }),
        ("line_added", r#"{"line":"6"}"#, HouseEvent::LineAdded { line: mask }),
        (
            "line_changed",
            r#"{"changed":["members"],"line":"6"}"#,
            HouseEvent::LineChanged { line: mask, changed: vec![word("members")] },
        ),
        ("label_made", r#"{"name":"vip"}"#, HouseEvent::LabelMade { name: word("vip") }),
        (
            "label_renamed",
            r#"{"from":"vip","to":"VIP"}"#,
            HouseEvent::LabelRenamed { from: word("vip"), to: word("VIP") },
        ),
        (
            "masks_ordered",
            r#"{"count":2,"country":"US","each":"1.15"}"#,
            HouseEvent::MasksOrdered { country: word("US"), count: 2, each: word("1.15") },
        ),
        (
            "masks_refused",
            r#"{"country":"US","why":"none"}"#,
            HouseEvent::MasksRefused { country: word("US"), why: word("none") },
        ),
        ("mask_bought", r#"{"country":"US","mask":"6"}"#, HouseEvent::MaskBought { mask, country: word("US") }),
        ("mask_draining", r#"{"mask":"6"}"#, HouseEvent::MaskDraining(OfMask { mask })),
        ("mask_reactivated", r#"{"mask":"6"}"#, HouseEvent::MaskReactivated(OfMask { mask })),
        ("mask_cooling", r#"{"mask":"6"}"#, HouseEvent::MaskCooling(OfMask { mask })),
        ("mask_released", r#"{"mask":"6"}"#, HouseEvent::MaskReleased(OfMask { mask })),
    ];
    for (kind, data, event) in &kinds {
        let stored = Stored::from(event);
        assert_eq!((stored.kind.as_str(), stored.data.to_string().as_str()), (*kind, *data));
        let both = format!(r#"{{"kind":"{kind}","data":{data}}}"#);
        assert_eq!(serde_json::from_str::<HouseEvent>(&both).unwrap(), *event);
    }
    assert_eq!(kinds.each_ref().map(|(kind, ..)| *kind).as_slice(), names::<HouseEvent>().as_slice());
}

/// The words of every kind, in the order of the enum: serde names them where it finds another.
fn names<T: serde::de::DeserializeOwned + std::fmt::Debug>() -> Vec<String> {
    let refused = serde_json::from_str::<T>(r#"{"kind":"teleported","data":{}}"#).unwrap_err().to_string();
    let (_, kinds) = refused.split_once("expected one of ").unwrap();
    kinds.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn keys_that_this_version_does_not_know_are_passed_over() {
    let read = Told::read("reopened", r#"{"why":"so","later":{"version":2}}"#);
    assert_eq!(read, Told::Event(Event::Reopened { why: word("so") }));
}

#[test]
fn a_block_of_before_there_were_blocks_on_lines_is_read() {
    let blocking = Blocking { reason: word("abuse"), everywhere: false };
    assert_eq!(Told::read("blocked", r#"{"reason":"abuse"}"#), Told::Event(Event::Blocked(blocking)));
}

#[test]
fn what_cannot_be_read_is_told_by_its_word_and_reason() {
    let unknown =
        |kind: &str, why: Option<&str>| Told::Unknown { kind: word(kind), why: why.map(word), given_to: None };
    assert_eq!(Told::read("teleported", r#"{"why":"so"}"#), unknown("teleported", Some("so")));
    assert_eq!(Told::read("taken_away", r#"{"from":"3","why":"promoted"}"#), unknown("taken_away", Some("promoted")));
    assert_eq!(Told::read("closed", r#"{"why":"sold"}"#), unknown("closed", Some("sold")));
    assert_eq!(Told::read("merged", "no JSON"), unknown("merged", None));
    assert_eq!(Told::read("closed", "no JSON"), Told::Event(Event::Closed { why: None, hours: None }));
}

#[test]
fn who_was_given_a_conversation_is_known_though_a_newer_version_added_a_word() {
    let read = [
        Told::read("picked", r#"{"chosen":3,"chosen_name":"Cy","policy":"by_lot","candidates":[],"passed_over":[]}"#),
        Told::read("claimed", r#"{"to":"4","from":{"was":"a word"}}"#),
    ];
    assert!(read.iter().all(|told| matches!(told, Told::Unknown { .. })), "{read:?}");
    assert_eq!(read.map(|told| told.given_to()), [Some(PersonId(3)), Some(PersonId(4))]);
}

#[test]
fn a_pick_a_claim_and_a_transfer_give_a_conversation_to_somebody() {
    let given: Vec<(&str, i64)> =
        kinds().iter().filter_map(|(kind, _, event)| event.given_to().map(|to| (*kind, to.0))).collect();
    assert_eq!(given, [("picked", 3), ("claimed", 4), ("transferred", 4)]);
}
