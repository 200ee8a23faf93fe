//! What the carrier posts: only with its signature, over the address that is configured, and stored before it is
//! answered.

use rocket::http::{ContentType, Header, Status};
use rocket::local::asynchronous::{Client, LocalResponse};

use switchboard::desk::upkeep::tallies::WEBHOOK_REJECTED;
use switchboard::hooks::{self, Seal};
use switchboard::wire::twilio::form::Form;
use switchboard::wire::twilio::signature::{Algorithm, HEADER, sign, sign_with};
use switchboard::wire::twilio::signing_keys::{Allowed, SETTINGS_HEADER, SharedKey, Signer, SigningKeys};

use crate::both_stores;
use crate::house::{ACCOUNT, House, LINE};

const HOOK: &str = "/hooks/twilio/messages";
const NOW: &str = "a token of today";
const BEFORE: &str = "a token of yesterday";

async fn doors(house: &House) -> Client {
    sealed(house, Seal::new(ACCOUNT, SigningKeys::of_token(NOW, Some(BEFORE)))).await
}

async fn sealed(house: &House, seal: Seal) -> Client {
    let rocket = rocket::custom(rocket::Config { log_level: rocket::config::LogLevel::Off, ..Default::default() })
        .manage(house.desk.clone())
        .manage(seal)
        .mount("/hooks/twilio", hooks::routes());
    Client::untracked(rocket).await.unwrap()
}

/// Doors to which the same tokens and two shared keys are known.
async fn doors_with_shared_keys(house: &House, allowed: Allowed) -> Client {
    let keys = SigningKeys { shared: shared_keys(), allowed, ..SigningKeys::of_token(NOW, Some(BEFORE)) };
    sealed(house, Seal::new(ACCOUNT, keys)).await
}

fn shared_keys() -> Vec<SharedKey> {
    SharedKey::read_list("SK1:a-secret-of-one, SK2:a-secret-of-two").unwrap()
}

/// Posts `form` with `headers`.
async fn with_headers(doors: &Client, path: &str, headers: &[(&str, String)], form: &Form) -> Status {
    let request = doors.post(path.to_owned()).header(ContentType::Form).body(form.encode());
    let request = headers
        .iter()
        .fold(request, |request, (name, value)| request.header(Header::new((*name).to_owned(), value.clone())));
    request.dispatch().await.status()
}

fn text(sid: &str) -> Form {
    [
        ("MessageSid", sid),
        ("AccountSid", ACCOUNT),
        ("From", "+15055552001"),
        ("To", LINE),
        ("Body", " Do you rent\nkayaks? 🎣 & \"such\" "),
        ("Novelty", "a b"),
        ("Novelty", ""),
    ]
    .into_iter()
    .collect()
}

/// Posts `form` signed with `token` over the public address and `path`.
async fn post<'c>(doors: &'c Client, house: &House, path: &'c str, token: &str, form: &Form) -> LocalResponse<'c> {
    let url = format!("{}{path}", house.desk.public_url.get().unwrap());
    signed(doors, path, &sign(token, &url, form), form).await
}

async fn signed<'c>(doors: &'c Client, path: &'c str, signature: &str, form: &Form) -> LocalResponse<'c> {
    let request = doors.post(path).header(ContentType::Form).header(Header::new(HEADER, signature.to_owned()));
    request.header(Header::new("X-Forwarded-Host", "elsewhere.example")).body(form.encode()).dispatch().await
}

both_stores! {
    async fn a_signed_text_is_answered_with_an_empty_document_once_it_is_stored(house) {
        let doors = doors(house).await;
        for token in [NOW, BEFORE, NOW] {
            let answer = post(&doors, house, HOOK, token, &text("SM1")).await;
            assert_eq!((answer.status(), answer.content_type()), (Status::Ok, Some(ContentType::XML)));
            assert!(answer.into_string().await.unwrap().ends_with("<Response/>"));
        }
        let stored = "SELECT body FROM messages WHERE carrier_id = 'SM1'";
        assert_eq!(house.words(stored).await, [" Do you rent\nkayaks? 🎣 & \"such\" "], "stored once, as it was written");
        let raw = house.words("SELECT raw FROM messages").await.remove(0);
        assert_eq!(Form::parse(raw.as_bytes()).all("Novelty").collect::<Vec<_>>(), ["a b", ""]);
        house.runs_due_work().await;
    }

    async fn a_messaging_service_and_a_query_change_nothing(house) {
        let doors = doors(house).await;
        let mut form = text("SM2");
        form.push("MessagingServiceSid", "MG00000000000000000000000000000001");
        let answer = post(&doors, house, "/hooks/twilio/messages?a=1&b=%20", NOW, &form).await;
        assert_eq!(answer.status(), Status::Ok);
        assert_eq!(house.number("SELECT COUNT(*) FROM messages WHERE outcome = 'relayed'").await, 1);
        house.runs_due_work().await;
    }

    async fn without_a_valid_signature_nothing_is_taken_in_and_it_is_counted(house) {
        let doors = doors(house).await;
        let form = text("SM3");
        let right = sign(NOW, &format!("{}{HOOK}", house.desk.public_url.get().unwrap()), &form);
        let wrong_bit = if right.starts_with('A') { right.replacen('A', "B", 1) } else { format!("A{}", &right[1..]) };
        let elsewhere = sign(NOW, &format!("https://elsewhere.example{HOOK}"), &form);
        for signature in ["", "nonsense", &wrong_bit, &elsewhere, &sign("another token", "x", &form)] {
            assert_eq!(signed(&doors, HOOK, signature, &form).await.status(), Status::Forbidden, "{signature}");
        }
        let unsigned = doors.post(HOOK).header(ContentType::Form).body(form.encode()).dispatch().await;
        assert_eq!(unsigned.status(), Status::Forbidden);
        let mut changed = text("SM3");
        changed.push("Extra", "1");
        assert_eq!(signed(&doors, HOOK, &right, &changed).await.status(), Status::Forbidden);
        assert_eq!(house.number("SELECT COUNT(*) FROM messages").await, 0);
        assert_eq!(house.desk.tallies.take(), [(WEBHOOK_REJECTED, 7)]);
    }

    async fn what_a_shared_key_signs_is_taken_in_with_either_hash_as_is_what_the_tokens_sign(house) {
        let doors = doors_with_shared_keys(house, Allowed::Any).await;
        let url = format!("{}{HOOK}", house.desk.public_url.get().unwrap());
        let keys = shared_keys();
        let signers = [
            Signer::Shared(&keys[0], Algorithm::Sha256),
            Signer::Shared(&keys[1], Algorithm::Sha256),
            Signer::Shared(&keys[0], Algorithm::Sha1),
            Signer::Token(NOW),
            Signer::Token(BEFORE),
        ];
        for (at, signer) in signers.into_iter().enumerate() {
            let form = text(&format!("SM1{at}"));
            assert_eq!(with_headers(&doors, HOOK, &signer.headers(&url, &form), &form).await, Status::Ok, "{signer:?}");
        }
        assert_eq!(house.number("SELECT COUNT(*) FROM messages WHERE carrier_id LIKE 'SM1%'").await, 5);
        // A name of a header has no case; blanks around its parts do not count.
        let form = text("SM16");
        let odd = [
            ("x-twilio-signature", sign_with(Algorithm::Sha256, &keys[0].secret, &url, &form)),
            ("x-TWILIO-webhooks-signature-SETTINGS", " algorithm = HMAC_SHA256 , key = SK1 ".to_owned()),
        ];
        assert_eq!(with_headers(&doors, HOOK, &odd, &form).await, Status::Ok);
        house.runs_due_work().await;
    }

    async fn the_settings_header_gives_nobody_a_right_that_the_operator_has_not_given(house) {
        let url = format!("{}{HOOK}", house.desk.public_url.get().unwrap());
        let (keys, form) = (shared_keys(), text("SM20"));
        let by = |algorithm, secret: &str, settings: &[&str]| {
            let signature = (HEADER, sign_with(algorithm, secret, &url, &form));
            let settings = settings.iter().map(|settings| (SETTINGS_HEADER, (*settings).to_owned()));
            [signature].into_iter().chain(settings).collect::<Vec<_>>()
        };
        let one = keys[0].secret.as_str();
        let forged = [
            by(Algorithm::Sha256, NOW, &["key=SK1,algorithm=HMAC_SHA256"]),
            by(Algorithm::Sha256, "", &["key=,algorithm=HMAC_SHA256"]),
            by(Algorithm::Sha256, "guess", &["key=guess,algorithm=HMAC_SHA256"]),
            by(Algorithm::Sha256, one, &["key=SK2,algorithm=HMAC_SHA256"]),
            by(Algorithm::Sha256, one, &["key=SK1,algorithm=HMAC_SHA512"]),
            by(Algorithm::Sha256, one, &["key=SK1,algorithm=HMAC_SHA1"]),
            by(Algorithm::Sha256, one, &["key=SK1"]),
            by(Algorithm::Sha256, one, &[]),
            by(Algorithm::Sha1, one, &[]),
            by(Algorithm::Sha256, one, &["algorithm=HMAC_SHA256"]),
            by(Algorithm::Sha256, one, &["SK1"]),
            by(Algorithm::Sha256, one, &["key=SK1,algorithm=HMAC_SHA256", "key=SK1,algorithm=HMAC_SHA256"]),
            by(Algorithm::Sha1, NOW, &["key=SK9"]),
        ];
        // Well signed, and of a kind that the operator has ruled out.
        let weak = [
            by(Algorithm::Sha1, NOW, &[]),
            by(Algorithm::Sha1, BEFORE, &[""]),
            by(Algorithm::Sha1, NOW, &["key=SK1"]),
            by(Algorithm::Sha1, one, &["key=SK1,algorithm=HMAC_SHA1"]),
        ];
        let mut refused = 0;
        for (allowed, ruled_out) in [(Allowed::Any, 0), (Allowed::SharedKey, 3), (Allowed::Sha256, 4)] {
            let doors = doors_with_shared_keys(house, allowed).await;
            for headers in forged.iter().chain(&weak[..ruled_out]) {
                assert_eq!(with_headers(&doors, HOOK, headers, &form).await, Status::Forbidden, "{allowed:?} {headers:?}");
                refused += 1;
            }
        }
        // Where no shared key is configured, the header names nothing.
        let plain = doors(house).await;
        let headers = by(Algorithm::Sha256, one, &["key=SK1,algorithm=HMAC_SHA256"]);
        assert_eq!(with_headers(&plain, HOOK, &headers, &form).await, Status::Forbidden);
        assert_eq!(house.number("SELECT COUNT(*) FROM messages").await, 0);
        assert_eq!(house.desk.tallies.take(), [(WEBHOOK_REJECTED, refused + 1)]);
        let strict = doors_with_shared_keys(house, Allowed::Sha256).await;
        let good = by(Algorithm::Sha256, one, &["key=SK1,algorithm=HMAC_SHA256"]);
        assert_eq!(with_headers(&strict, HOOK, &good, &form).await, Status::Ok);
        house.runs_due_work().await;
    }

    async fn receipts_are_signed_with_shared_keys_too(house) {
        house.customer(1).texts("Do you rent kayaks?").await;
        let doors = doors_with_shared_keys(house, Allowed::Sha256).await;
        let form: Form = [("MessageSid", "SM0ther"), ("MessageStatus", "failed"), ("AccountSid", ACCOUNT)].into_iter().collect();
        let path = "/hooks/twilio/receipts/1-secret";
        let url = format!("{}{path}", house.desk.public_url.get().unwrap());
        let good = Signer::Shared(&shared_keys()[1], Algorithm::Sha256).headers(&url, &form);
        assert_eq!(with_headers(&doors, path, &good, &form).await, Status::NotFound, "let in, and nobody's");
        let weak = Signer::Token(NOW).headers(&url, &form);
        assert_eq!(with_headers(&doors, path, &weak, &form).await, Status::Forbidden);
    }

    async fn a_signed_body_that_is_no_form_is_told_that_it_cannot_be_read(house) {
        let doors = doors(house).await;
        let body = r#"{"property": "value", "boolean": true}"#;
        let digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
        for (path, body, expected) in [
            (format!("{HOOK}?bodySHA256={digest}"), body, Status::BadRequest),
            (format!("{HOOK}?bodySHA256={digest}"), "{}", Status::Forbidden),
            (format!("{HOOK}?bodySHA256={}", &digest[1..]), body, Status::Forbidden),
            (HOOK.to_owned(), body, Status::Forbidden),
        ] {
            let signature = sign(NOW, &format!("{}{path}", house.desk.public_url.get().unwrap()), &Form::new());
            let request = doors.post(path.clone()).header(ContentType::JSON).header(Header::new(HEADER, signature));
            assert_eq!(request.body(body).dispatch().await.status(), expected, "{path} {body}");
        }
    }

    async fn another_account_of_the_same_owner_is_turned_away(house) {
        let doors = doors(house).await;
        let form: Form = text("SM4").pairs().map(|(name, value)| {
            (name, if name == "AccountSid" { "AC00000000000000000000000000000002" } else { value })
        }).collect();
        assert_eq!(post(&doors, house, HOOK, NOW, &form).await.status(), Status::Forbidden);
    }

    async fn what_is_too_long_or_says_nothing_is_told_so(house) {
        let doors = doors(house).await;
        let mut long = text("SM5");
        long.push("Padding", &"x".repeat(1024 * 1024));
        assert_eq!(post(&doors, house, HOOK, NOW, &long).await.status(), Status::PayloadTooLarge);
        let mut fits = text("SM6");
        fits.push("Padding", &"x".repeat(900 * 1024));
        // A busy machine may need longer than the carrier waits, and then the carrier tries again.
        let mut answer = Status::ServiceUnavailable;
        for _ in 0..20 {
            if answer == Status::ServiceUnavailable {
                answer = post(&doors, house, HOOK, NOW, &fits).await.status();
            }
        }
        assert_eq!(answer, Status::Ok);
        let nameless: Form = [("AccountSid", ACCOUNT), ("Body", "hi")].into_iter().collect();
        assert_eq!(post(&doors, house, HOOK, NOW, &nameless).await.status(), Status::BadRequest);
        house.runs_due_work().await;
    }

    async fn while_the_database_refuses_the_carrier_is_asked_to_try_again(house) {
        let doors = doors(house).await;
        house.desk.store.close().await;
        assert_eq!(post(&doors, house, HOOK, NOW, &text("SM7")).await.status(), Status::ServiceUnavailable);
    }

    async fn a_receipt_moves_only_the_text_whose_address_it_came_to(house) {
        house.customer(1).texts("Do you rent kayaks?").await;
        let doors = doors(house).await;
        let carrier_id = house.words("SELECT carrier_id FROM attempts").await.remove(0);
        let receipt = |sid: &str, status: &str| -> Form {
            [("MessageSid", sid), ("MessageStatus", status), ("AccountSid", ACCOUNT)].into_iter().collect()
        };
        for token in ["nonsense", "1-secret", "7fffffffffffffff-x"] {
            let path = format!("/hooks/twilio/receipts/{token}");
            let status = post(&doors, house, &path, NOW, &receipt(&carrier_id, "failed")).await.status();
            assert_eq!(status, Status::NotFound);
        }
        assert_eq!(house.states().await, ["delivered"]);
        let id = house.number("SELECT id FROM attempts").await;
        let secret = house.words("SELECT secret FROM attempts").await.remove(0);
        let path = format!("/hooks/twilio/receipts/{id:x}-{secret}");
        let again = post(&doors, house, &path, NOW, &receipt(&carrier_id, "delivered")).await;
        assert_eq!(again.status(), Status::NoContent);
        let other = post(&doors, house, &path, NOW, &receipt("SM0ther", "failed")).await;
        assert_eq!(other.status(), Status::NotFound);
        let unsigned = signed(&doors, &path, "", &receipt(&carrier_id, "failed")).await;
        assert_eq!(unsigned.status(), Status::Forbidden);
        assert_eq!(house.states().await, ["delivered"]);
    }
}
