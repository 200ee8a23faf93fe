//! Whether a text that is due may leave, by what is known of its addressee, of the database and of the carrier.
//!
//! Consent is judged last: what is known of it may be out of date until the addressee's own texts have been compared
//! with the carrier's list.

use std::time::Duration;

use crate::clock::minutes;

/// What is known when a text is to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// It has waited in the outbox, rather than being accepted just now.
    pub waited: bool,
    /// What waits is known not to be at the carrier already.
    pub outbox_checked: bool,
    /// The addressee's own texts have been compared with the carrier's list since this process began, and since the
    /// database last went back.
    pub compared: bool,
    /// For so long that list could not be had; zero if it was not asked for, or was had.
    pub unlisted_for: Duration,
    /// A person wrote it; nobody wrote what the system says by itself.
    pub by_person: bool,
    /// Why nothing may be sent to the addressee, in plain words.
    pub obstacle: Option<&'static str>,
    /// It may have been sent before the database went back.
    pub doubtful: bool,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// It is requested.
    Leaves,
    /// So it is, although nobody could ask what its addressee has said meanwhile: people are to be told.
    LeavesUnasked,
    /// It is looked for in the carrier's list first.
    Looks,
    /// It waits until it is known that what waits is not at the carrier already.
    AwaitsVouching,
    /// It waits until the addressee's own texts are in.
    AwaitsComparison,
    /// It is not sent, for this reason.
    Suppressed(&'static str),
}

/// What people have written does not wait longer for a list that cannot be had.
const PATIENCE: Duration = minutes(15);

/// Decides about one text.
#[must_use]
pub fn decide(known: &Known) -> Departure {
    if known.waited && !known.outbox_checked {
        return Departure::AwaitsVouching;
    }
    let given_up = known.by_person && known.unlisted_for >= PATIENCE;
    if !known.compared && !given_up {
        return Departure::AwaitsComparison;
    }
    match known.obstacle {
        Some(why) => Departure::Suppressed(why),
        None if known.doubtful => Departure::Looks,
        None if known.compared => Departure::Leaves,
        None => Departure::LeavesUnasked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Known = Known {
        waited: true,
        outbox_checked: true,
        compared: true,
        unlisted_for: Duration::ZERO,
        by_person: true,
        obstacle: None,
        doubtful: false,
    };

    #[test]
    fn consent_is_judged_only_once_it_is_known() {
        let opted_out = Known { obstacle: Some("they opted out"), ..FREE };
        assert_eq!(decide(&opted_out), Departure::Suppressed("they opted out"));
        assert_eq!(decide(&Known { compared: false, ..opted_out }), Departure::AwaitsComparison);
        assert_eq!(decide(&FREE), Departure::Leaves);
    }

    #[test]
    fn what_waits_is_vouched_for_first_and_what_is_new_needs_no_voucher() {
        assert_eq!(decide(&Known { outbox_checked: false, ..FREE }), Departure::AwaitsVouching);
        assert_eq!(decide(&Known { outbox_checked: false, waited: false, ..FREE }), Departure::Leaves);
        assert_eq!(decide(&Known { doubtful: true, ..FREE }), Departure::Looks);
    }

    #[test]
    fn a_list_that_cannot_be_had_holds_people_up_for_a_quarter_of_an_hour_and_the_system_for_ever() {
        let unlisted = |unlisted_for| Known { compared: false, unlisted_for, ..FREE };
        assert_eq!(decide(&unlisted(minutes(14))), Departure::AwaitsComparison);
        assert_eq!(decide(&unlisted(minutes(15))), Departure::LeavesUnasked);
        assert_eq!(decide(&Known { by_person: false, ..unlisted(minutes(60)) }), Departure::AwaitsComparison);
        let opted_out = Known { obstacle: Some("they opted out"), ..unlisted(minutes(60)) };
        assert_eq!(decide(&opted_out), Departure::Suppressed("they opted out"));
    }
}
