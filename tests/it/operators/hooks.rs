//! What the carrier posts: only with its signature, over the address that is configured, and stored before it is
//! answered.

use rocket::http::{ContentType, Header, Status};
use rocket::local::asynchronous::{Client, LocalResponse};

use switchboard::desk::upkeep::tallies::WEBHOOK_REJECTED;
use switchboard::hooks::{self, Seal};
use switchboard::wire::twilio::form::Form;
use switchboard::wire::twilio::signature::{HEADER, sign};

use crate::both_stores;
use crate::house::{ACCOUNT, House, LINE};

const HOOK: &str = "/hooks/twilio/messages";
const NOW: &str = "a token of today";
const BEFORE: &str = "a token of yesterday";

async fn doors(house: &House) -> Client {
    let rocket = rocket::custom(rocket::Config { log_level: rocket::config::LogLevel::Off, ..Default::default() })
        .manage(house.desk.clone())
        .manage(Seal::new(ACCOUNT, NOW, Some(BEFORE)))
        .mount("/hooks/twilio", hooks::routes());
    Client::untracked(rocket).await.unwrap()
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
