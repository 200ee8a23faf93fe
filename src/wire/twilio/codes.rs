//! The carrier's error codes: what follows from each, and what to tell people.
//!
//! Meanings are from Twilio's error dictionary. What follows is our judgement, in one table, so that people can discuss
//! it. The program does not send a text again by itself after a code that is not here.

/// What follows from a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The recipient has opted out: nothing more is sent there from this number until they opt in.
    OptedOut,
    /// This recipient or this text will never do.
    Permanent,
    /// The carrier's settings for this one sending number are wrong, or it may not text this one phone: the same codes
    /// are given for both, and only a second phone tells.
    ConfigNumber,
    /// The account's settings or credentials are wrong; all texts wait, and one at a time tries again.
    ConfigAccount,
    /// The carrier's settings forbid this destination only: this text will not do, texts to others are not affected.
    ConfigDestination,
    /// Refused now, likely taken later.
    Transient {
        /// Hours rather than minutes.
        long: bool,
    },
    /// Nobody can say whether it was sent.
    InDoubt,
    /// A code that is not in the table, or one that says nothing about a text of ours.
    Unknown,
}

/// A code's class and its meaning in plain words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What follows.
    pub class: Class,
    /// For people: fits after "not delivered: ". Without numbers or names.
    pub reason: &'static str,
}

use Class::{ConfigAccount, ConfigDestination, ConfigNumber, InDoubt, OptedOut, Permanent, Transient, Unknown};

const SOON: Class = Transient { long: false };
const LATER: Class = Transient { long: true };

/// What `code` means, on the answer to a request or in a receipt.
#[must_use]
pub fn meaning(code: i64) -> Meaning {
    let place = TABLE.binary_search_by_key(&code, |row| row.0);
    let (class, reason) = place.map_or((Unknown, "the carrier gave a reason that is not known here"), |at| {
        let (_, class, reason) = TABLE[at];
        (class, reason)
    });
    Meaning { class, reason }
}

/// By code, ascending.
#[rustfmt::skip]
const TABLE: &[(i64, Class, &str)] = &[
    (11751, Permanent, "too large for the carrier"),
    (14107, Permanent, "stopped as a loop of automatic replies"),
    (14109, Permanent, "too many replies at once"),
    (20003, ConfigAccount, "the carrier refused the account's credentials"),
    (20005, ConfigAccount, "the carrier account is not active"),
    (20006, ConfigAccount, "the carrier account lacks a permission"),
    (20007, Permanent, "the carrier refused the size of a page"),
    (20008, ConfigAccount, "test credentials are set, which send nothing"),
    (20404, Permanent, "the carrier does not know the account or the resource"),
    (20409, SOON, "the carrier is still busy with an earlier change"),
    (20413, Permanent, "too large for the carrier"),
    (20422, Permanent, "the carrier refused a parameter"),
    (20429, SOON, "too many requests at once"),
    (20500, InDoubt, "a fault inside the carrier"),
    (20503, InDoubt, "the carrier was not available"),
    (21211, Permanent, "not a valid phone number"),
    (21212, ConfigNumber, "the sending number is not valid at the carrier"),
    (21214, Permanent, "this phone cannot be reached"),
    (21217, Permanent, "not a valid phone number"),
    (21219, ConfigDestination, "a trial account sends only to phones verified at the carrier"),
    (21265, Permanent, "a short code cannot be texted"),
    (21266, Permanent, "sender and recipient are the same number"),
    (21407, ConfigNumber, "the sending number cannot send texts"),
    (21408, ConfigDestination, "texting this country is switched off at the carrier"),
    (21481, Permanent, "the carrier refused a page token"),
    (21601, ConfigNumber, "the sending number cannot send texts"),
    (21602, Permanent, "there was nothing to send"),
    (21603, Permanent, "the request had no sender"),
    (21604, Permanent, "the request had no recipient"),
    (21606, ConfigNumber, "the sending number cannot be used by this account or for this phone"),
    (21608, ConfigDestination, "a trial account sends only to phones verified at the carrier"),
    (21609, ConfigAccount, "the carrier refused the address for receipts: check the public URL"),
    (21610, OptedOut, "the recipient has opted out"),
    (21611, LATER, "the sending number has too many texts waiting"),
    (21612, Permanent, "the sending number cannot reach this phone"),
    (21614, Permanent, "not a mobile phone"),
    (21616, ConfigNumber, "the sending number is ambiguous at the carrier"),
    (21617, Permanent, "too long for one text"),
    (21618, Permanent, "the carrier refused the wording"),
    (21619, Permanent, "there was nothing to send"),
    (21620, Permanent, "the address of a picture is not valid"),
    (21621, Permanent, "the sending number cannot send pictures"),
    (21622, Permanent, "pictures are switched off at the carrier"),
    (21623, Permanent, "too many pictures"),
    (21624, Permanent, "the carrier refused the validity period"),
    (21635, Permanent, "a landline cannot be texted"),
    (21659, ConfigNumber, "the sending number does not belong to the carrier account"),
    (21660, ConfigNumber, "the sending number belongs to another account"),
    (21661, ConfigNumber, "the sending number cannot send texts"),
    (21701, ConfigAccount, "the messaging service does not exist"),
    (21702, ConfigAccount, "the messaging service is not available"),
    (21703, ConfigAccount, "the messaging service has no suitable number"),
    (21704, ConfigAccount, "the messaging service has no numbers"),
    (21705, ConfigAccount, "the messaging service is not valid"),
    (30001, SOON, "too many texts waiting at the carrier"),
    (30002, ConfigAccount, "the carrier account was suspended"),
    (30003, LATER, "phone switched off or out of reach"),
    (30004, Permanent, "the phone does not take texts from this number"),
    (30005, Permanent, "no such phone, or no longer in use"),
    (30006, Permanent, "a landline, or a network that cannot be reached"),
    (30007, Permanent, "held back as spam by the carrier"),
    (30008, SOON, "the phone network failed without saying why"),
    (30009, Unknown, "a part of the incoming text is missing"),
    (30011, Permanent, "the phone network takes no pictures"),
    (30017, SOON, "the phone network is congested"),
    (30019, Permanent, "too large for the phone network"),
    (30022, SOON, "too many texts at once for the phone network"),
    (30023, LATER, "the day's limit of the phone network is used up"),
    (30027, LATER, "the day's limit of the phone network is used up"),
    (30032, ConfigNumber, "the toll-free number is not verified"),
    (30033, ConfigNumber, "the number's campaign is suspended"),
    (30034, ConfigNumber, "the number is not registered for texting"),
    (30035, LATER, "the number's registration is still being set up"),
    (30036, SOON, "not delivered in time"),
    (30037, ConfigAccount, "sending is switched off for the carrier account"),
    (30039, Unknown, "an incoming text was stopped as a loop"),
    (30410, InDoubt, "the phone network did not answer in time"),
    (30450, SOON, "held back for some minutes by fraud protection"),
    (30453, LATER, "held back for some hours by fraud protection"),
    (30454, ConfigAccount, "the limit of the trial account is used up"),
    (30485, InDoubt, "could not be delivered, without a reason"),
    (30500, SOON, "a fault inside the carrier"),
    (30610, InDoubt, "could not be delivered, without a reason"),
    (30615, InDoubt, "could not be delivered, without a reason"),
    (30620, InDoubt, "could not be delivered, without a reason"),
    (30630, OptedOut, "the recipient has opted out"),
    (63017, SOON, "too many texts at once for the account"),
    (63038, ConfigAccount, "the account's limit for today is used up"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn all_are(class: Class, codes: &[i64]) {
        for code in codes {
            assert_eq!(meaning(*code).class, class, "{code}");
            assert!(!meaning(*code).reason.is_empty());
        }
    }

    #[test]
    fn every_code_has_its_class() {
        all_are(OptedOut, &[21610, 30630]);
        all_are(
            Permanent,
            &[
                20404, 20413, 20422, 20007, 21481, 21211, 21214, 21217, 21265, 21266, 21602, 21619, 21603, 21604,
                21612, 21614, 21635, 21617, 21618, 21620, 21621, 21622, 21623, 21624, 30004, 30005, 30006, 30007,
                30011, 30019, 11751, 14107, 14109,
            ],
        );
        all_are(ConfigAccount, &[20003, 20005, 20006, 20008, 21609, 21701, 21702, 21703, 21704, 21705]);
        all_are(ConfigAccount, &[30002, 30037, 30454, 63038]);
        all_are(ConfigNumber, &[21212, 21601, 21661, 21407, 21606, 21659, 21660, 21616, 30032, 30033, 30034]);
        all_are(ConfigDestination, &[21408, 21608, 21219]);
        all_are(SOON, &[20409, 20429, 30001, 30008, 30017, 30022, 30036, 30450, 30500, 63017]);
        all_are(LATER, &[21611, 30003, 30023, 30027, 30035, 30453]);
        all_are(InDoubt, &[20500, 20503, 30410, 30485, 30610, 30615, 30620]);
        all_are(Unknown, &[30009, 30039]);
    }

    #[test]
    fn the_table_is_in_order_and_speaks_plainly() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(TABLE.iter().all(|(_, _, reason)| !reason.ends_with('.') && reason.len() < 80));
        assert_eq!(meaning(30003).reason, "phone switched off or out of reach");
    }

    #[test]
    fn an_unknown_code_is_unknown() {
        for code in [0, -1, 29999, 99999] {
            assert_eq!(meaning(code).class, Unknown);
        }
    }
}
