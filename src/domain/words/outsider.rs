//! What somebody who is not staff is told of why a text did not arrive. The reasons that staff read speak of settings,
//! accounts and the inbox, and a colleague's own words may be among them.

/// Reasons that make sense to anybody, as they are written where texts are judged and where the carrier's codes are read.
const PLAIN: &[&str] = &[
    "a landline cannot be texted",
    "a landline, or a network that cannot be reached",
    "it could not be sent in time",
    "no such phone, or no longer in use",
    "no texts are sent to this country",
    "not a mobile phone",
    "not a valid phone number",
    "not delivered in time",
    "phone switched off or out of reach",
    "texts to this phone are turned off",
    "the phone does not take texts from this number",
    "the recipient has opted out",
    "they opted out",
    "this phone cannot be reached",
    "this phone has blocked the number",
];

/// Where the reason is none of theirs.
const OTHERWISE: &str = "it could not be delivered";

/// `why` if it is plain to anybody, else that it did not arrive.
#[must_use]
pub fn reason(why: &str) -> &str {
    if PLAIN.contains(&why) { why } else { OTHERWISE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staffs_reasons_are_not_told_to_others() {
        assert_eq!(reason("they opted out"), "they opted out");
        for why in [
            "they are blocked: unblock them in the inbox to write",
            "the carrier refused the address for receipts: check the public URL",
            "Bo: he is rude, leave it",
            "",
        ] {
            assert_eq!(reason(why), "it could not be delivered");
        }
    }

    #[test]
    fn no_plain_reason_speaks_of_what_only_staff_have() {
        for why in PLAIN {
            assert!(
                !["inbox", "account", "setting", "mask", "number is", "carrier"].iter().any(|word| why.contains(word)),
                "{why}"
            );
        }
    }
}
