//! Which key and which hash count, whatever a post says of itself.

use super::*;

const URL: &str = "https://relay.example.org/hooks/twilio/messages";
const TOKEN: &str = "12345";

fn form() -> Form {
    [("From", "+14017122661"), ("Body", "hi ")].into_iter().collect()
}

fn keys(allowed: Allowed) -> SigningKeys {
    let shared = SharedKey::read_list("SK1:first,SK2:second").unwrap();
    SigningKeys { tokens: vec![TOKEN.to_owned(), "54321".to_owned()], shared, allowed }
}

/// What is said of a post signed with `secret` and `algorithm` that has `settings`.
fn said(allowed: Allowed, algorithm: Algorithm, secret: &str, settings: &[&str]) -> Result<(), Unproven> {
    let signature = sign_with(algorithm, secret, URL, &form());
    keys(allowed).verify(settings.iter().copied(), URL, &form(), &signature)
}

#[test]
fn without_the_header_or_without_a_hash_in_it_the_tokens_count_with_sha1() {
    for settings in [&[][..], &[""], &["  "], &["key=SK1"], &["later=1"]] {
        for token in [TOKEN, "54321"] {
            assert_eq!(said(Allowed::Any, Algorithm::Sha1, token, settings), Ok(()), "{settings:?}");
        }
        for (algorithm, secret) in
            [(Algorithm::Sha256, TOKEN), (Algorithm::Sha1, "first"), (Algorithm::Sha256, "first")]
        {
            assert_eq!(said(Allowed::Any, algorithm, secret, settings), Err(Unproven::Signature), "{settings:?}");
        }
    }
}

#[test]
fn the_header_chooses_a_key_and_a_hash_and_no_other_counts() {
    for settings in [
        "key=SK1,algorithm=HMAC_SHA256",
        "algorithm=HMAC_SHA256,key=SK1",
        " key = SK1 ,\talgorithm = HMAC_SHA256 ",
        "key=SK1,algorithm=HMAC_SHA256,later=a=b",
    ] {
        assert_eq!(said(Allowed::Any, Algorithm::Sha256, "first", &[settings]), Ok(()), "{settings}");
        for (algorithm, secret) in [
            (Algorithm::Sha1, "first"),
            (Algorithm::Sha256, "second"),
            (Algorithm::Sha256, TOKEN),
            (Algorithm::Sha1, TOKEN),
        ] {
            assert_eq!(said(Allowed::Any, algorithm, secret, &[settings]), Err(Unproven::Signature), "{settings}");
        }
    }
    assert_eq!(said(Allowed::Any, Algorithm::Sha1, "second", &["key=SK2,algorithm=HMAC_SHA1"]), Ok(()));
}

#[test]
fn a_header_that_says_nothing_certain_is_refused() {
    for (settings, why) in [
        (&["key=SK3,algorithm=HMAC_SHA256"][..], Unproven::Key),
        (&["key=sk1,algorithm=HMAC_SHA256"], Unproven::Key),
        (&["key=,algorithm=HMAC_SHA256"], Unproven::Key),
        (&["key=SK3"], Unproven::Key),
        (&["key=SK1,algorithm=HMAC_MD5"], Unproven::Hash),
        (&["key=SK1,algorithm=hmac_sha256"], Unproven::Hash),
        (&["key=SK1,algorithm=none"], Unproven::Hash),
        (&["key=SK1,algorithm="], Unproven::Hash),
        (&["algorithm=HMAC_SHA256"], Unproven::Header),
        (&["algorithm=HMAC_SHA1"], Unproven::Header),
        (&["KEY=SK1,algorithm=HMAC_SHA256"], Unproven::Header),
        (&["key=SK1,key=SK1,algorithm=HMAC_SHA256"], Unproven::Header),
        (&["key=SK1,algorithm=HMAC_SHA256,algorithm=HMAC_SHA1"], Unproven::Header),
        (&["key=SK1,algorithm=HMAC_SHA256,"], Unproven::Header),
        (&["SK1"], Unproven::Header),
        (&["key=SK1;algorithm=HMAC_SHA256"], Unproven::Key),
        (&["key=SK1,algorithm=HMAC_SHA256", "key=SK1,algorithm=HMAC_SHA256"], Unproven::Header),
        (&["key=SK1,algorithm=HMAC_SHA256", ""], Unproven::Header),
    ] {
        for (algorithm, secret) in [(Algorithm::Sha256, "first"), (Algorithm::Sha1, TOKEN), (Algorithm::Sha256, "")] {
            assert_eq!(said(Allowed::Any, algorithm, secret, settings), Err(why), "{settings:?}");
        }
    }
    let none = SigningKeys { shared: Vec::new(), ..keys(Allowed::Any) };
    let signature = sign(TOKEN, URL, &form());
    assert_eq!(none.verify(["key=SK1,algorithm=HMAC_SHA1"], URL, &form(), &signature), Err(Unproven::Key));
}

#[test]
fn what_the_operator_does_not_allow_is_refused_although_it_is_signed_well() {
    let ways = [
        (Algorithm::Sha1, TOKEN, &[][..]),
        (Algorithm::Sha1, TOKEN, &["key=SK1"]),
        (Algorithm::Sha1, "first", &["key=SK1,algorithm=HMAC_SHA1"]),
        (Algorithm::Sha256, "first", &["key=SK1,algorithm=HMAC_SHA256"]),
    ];
    for (allowed, from) in [(Allowed::Any, 0), (Allowed::SharedKey, 2), (Allowed::Sha256, 3)] {
        for (at, (algorithm, secret, settings)) in ways.into_iter().enumerate() {
            let expected = if at < from { Err(Unproven::Kind) } else { Ok(()) };
            assert_eq!(said(allowed, algorithm, secret, settings), expected, "{allowed:?} {settings:?}");
        }
        assert_eq!(Allowed::read(allowed.word()), Some(allowed));
    }
}

#[test]
fn a_key_is_read_from_an_id_and_a_secret_and_never_shown() {
    let keys = SharedKey::read_list(" SK1:a+/b= , SK2:c:d").unwrap();
    assert_eq!(keys[0], SharedKey { id: "SK1".to_owned(), secret: "a+/b=".to_owned() });
    assert_eq!(keys[1], SharedKey { id: "SK2".to_owned(), secret: "c:d".to_owned() });
    for wrong in [
        "",
        ",",
        "SK1",
        "SK1:",
        ":hush",
        "SK1:hush,",
        "SK 1:hush",
        "SK1:hu sh",
        "SK1:hush\n1",
        "a=b:hush",
        "SK1:hush,SK1:other",
    ] {
        let said = SharedKey::read_list(wrong).unwrap_err();
        assert!(said.starts_with("write ") && !said.contains("hu"), "{wrong:?}: {said}");
    }
    // One key alone is none that a list could not hold.
    assert!(SharedKey::read("SK1:hush,SK2:other").is_err());
    let shown = format!(
        "{:?}",
        SigningKeys { shared: SharedKey::read_list("SK1:hush").unwrap(), ..SigningKeys::of_token("hush", None) }
    );
    assert!(shown.contains("SK1") && !shown.contains("hush"), "{shown}");
}

#[test]
fn what_signs_a_post_is_what_verifies_it() {
    let keys = keys(Allowed::Any);
    for signer in [
        Signer::Token(TOKEN),
        Signer::Shared(&keys.shared[0], Algorithm::Sha256),
        Signer::Shared(&keys.shared[1], Algorithm::Sha1),
    ] {
        let headers = signer.headers(URL, &form());
        let settings = headers.iter().filter(|(name, _)| *name == SETTINGS_HEADER).map(|(_, value)| value.as_str());
        assert_eq!(keys.verify(settings, URL, &form(), &headers[0].1), Ok(()), "{signer:?}");
    }
    assert!(!format!("{:?}", Signer::Shared(&keys.shared[0], Algorithm::Sha1)).contains("first"));
}
