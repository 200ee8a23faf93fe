//! A webhook's seal cannot be switched off, and what is sealed has the shape of what a carrier says.

use rocket::http::{ContentType, Header, Status};
use rocket::local::asynchronous::Client;

use switchboard::app;
use switchboard::desk::upkeep::lapse;
use switchboard::hooks::Seal;
use switchboard::wire::twilio::form::Form;
use switchboard::wire::twilio::signature;
use switchboard::wire::twilio::signing_keys::SigningKeys;

use crate::both_stores;
use crate::house::neighbours::webhook;
use crate::house::{ACCOUNT, House, LINE, TOKEN};
use crate::web::browser::{Browser, give_passwords};

const JOEL: &str = "+15055552034";

async fn sealed_with(house: &House, token: &str, previous: Option<&str>) -> Client {
    let rocket = app::build(app::Parts {
        figment: rocket::Config::figment().merge(("log_level", "off")),
        public_url: "http://127.0.0.1:8000".to_owned(),
        desk: house.desk.clone(),
        seal: Seal::new(ACCOUNT, SigningKeys::of_token(token, previous)),
        simulator: None,
    });
    Client::untracked(rocket).await.unwrap()
}

async fn posts(house: &House, client: &Client, path: &str, form: &Form, signature: Option<String>) -> Status {
    let _ = house;
    let mut request = client.post(format!("/hooks/twilio/{path}")).header(ContentType::Form).body(form.encode());
    if let Some(signature) = signature {
        request.add_header(Header::new(signature::HEADER, signature));
    }
    request.dispatch().await.status()
}

fn form(pairs: &[(&str, &str)]) -> Form {
    let mut all = vec![
        ("MessageSid", "SM00000000000000000000000000000009"),
        ("AccountSid", ACCOUNT),
        ("From", JOEL),
        ("To", LINE),
        ("Body", "hi"),
    ];
    for (name, value) in pairs {
        all.retain(|(known, _)| known != name);
        all.push((name, value));
    }
    all.into_iter().collect()
}

both_stores! {
    async fn case_9_no_seal_no_empty_one_and_no_blank_key_lets_a_post_in(house) {
        let text = webhook("SM00000000000000000000000000000005", JOEL, "hi");
        let receipt: Form = [("MessageSid", "SM1"), ("MessageStatus", "sent"), ("AccountSid", ACCOUNT)].into_iter().collect();
        let mut refused = 0;
        for (token, previous) in [(TOKEN, None), (" ", None), ("", None), (TOKEN, Some(" ")), (TOKEN, Some("")), ("\t", Some("\n"))] {
            let client = sealed_with(house, token, previous).await;
            for (path, form) in [("messages", &text), ("receipts/abc", &receipt)] {
                let url = format!("{}/hooks/twilio/{path}", house.address);
                let forged = ["", " ", "\t", "\n", "x", "0"].map(|key| Some(signature::sign(key, &url, form)));
                let shapeless = [None, Some(String::new()), Some(" ".repeat(28)), Some("=".repeat(28)), Some("A".repeat(28)), Some("a".repeat(4000))];
                for signature in shapeless.into_iter().chain(forged) {
                    let status = posts(house, &client, path, form, signature.clone()).await;
                    assert_eq!(status, Status::Forbidden, "{token:?} {previous:?} {path} {signature:?}");
                    refused += 1;
                }
            }
        }
        let good = sealed_with(house, TOKEN, Some(" ")).await;
        let signed = signature::sign(TOKEN, &format!("{}/hooks/twilio/messages", house.address), &text);
        assert_eq!(posts(house, &good, "messages", &text, Some(signed)).await, Status::Ok, "the key itself still does");
        house.runs_due_work().await;
        assert_eq!(house.rows("messages").await, 1);
        lapse::tally(&house.desk).await.unwrap();
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'webhook.rejected'").await, refused);
    }

    async fn what_is_sealed_and_has_no_shape_of_a_carriers_is_refused_and_counted(house) {
        let odd = [
            ("MessageSid", "SM\r\n0000000000000000000000000000000"),
            ("MessageSid", "SM 0"),
            ("MessageSid", "SM\u{0}0"),
            ("MessageSid", ""),
            ("From", "+1505\r\n5552034"),
            ("From", " 15055552034"),
            ("From", "+15055552034\u{202E}"),
            ("From", "\t"),
            ("To", "+18005550100\n"),
            ("To", " "),
        ];
        for (name, value) in odd {
            assert_eq!(house.hears(&form(&[(name, value)])).await.status, 400, "{name} {value:?}");
        }
        let receipt: Form = [("MessageSid", "SM1\r\n"), ("MessageStatus", "sent"), ("AccountSid", ACCOUNT)].into_iter().collect();
        assert_eq!(house.post("receipts/abc", &receipt, Some(TOKEN)).await.status, 400);
        let nul: Form = [("MessageSid", "SM1"), ("MessageStatus", "se\0nt"), ("AccountSid", ACCOUNT)].into_iter().collect();
        assert_eq!(house.post("receipts/a%00b", &nul, Some(TOKEN)).await.status, 404, "nobody's, and no fault");
        assert_eq!(house.rows("messages").await, 0);
        lapse::tally(&house.desk).await.unwrap();
        assert_eq!(house.number("SELECT total FROM tallies WHERE name = 'webhook.rejected'").await, 11);
        // Ids of other carriers are UUIDs, and names may have blanks within.
        let uuid = "2f0c1f5e-7a0b-4d0e-9d43-1f6a3c1b2a10";
        assert_eq!(house.hears(&form(&[("MessageSid", uuid)])).await.status, 200);
        assert_eq!(house.hears(&form(&[("From", "Bait Shop"), ("MessageSid", "SM3")])).await.status, 200);
        assert_eq!(house.rows("messages").await, 2);
    }

    async fn case_14_passwords_are_hashed_by_argon2id_as_owasp_advises_each_with_its_own_salt(house) {
        let hash = || switchboard::desk::people::sessions::hash_password(&house.desk.chance, "four cormorants").unwrap();
        let (one, other) = (hash(), hash());
        assert_ne!(one, other, "salted");
        let parts: Vec<&str> = one.split('$').collect();
        assert_eq!((parts[1], parts[2]), ("argon2id", "v=19"));
        let figure = |name: &str| -> u32 {
            parts[3].split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).unwrap().parse().unwrap()
        };
        // 19 MiB, two passes, one lane: the least of the advice.
        assert!(figure("m") >= 19 * 1024 && figure("t") >= 2 && figure("p") >= 1, "{one}");
        assert!(parts[4].len() >= 22 && parts[5].len() >= 43, "a salt of 128 bits, a hash of 256");
    }

    /// Hashing has a queue of its own: a hundred sign-ins at once do not keep a carrier waiting until they are through.
    async fn case_14_a_hundred_sign_ins_at_once_do_not_hold_a_webhook_up(house) {
        use std::sync::atomic::{AtomicUsize, Ordering};
        give_passwords(house).await;
        let browser = Browser::at(house).await;
        let through = AtomicUsize::new(0);
        let sign_ins = rocket::futures::future::join_all((0..100).map(|n| {
            let (browser, through) = (&browser, &through);
            async move {
                browser.signs_in(&format!("p{n}@example.com"), "wrong").await;
                through.fetch_add(1, Ordering::SeqCst);
            }
        }));
        let text = async {
            // The sign-ins are on their way by then.
            rocket::tokio::task::yield_now().await;
            let answer = house.post("messages", &webhook("SM00000000000000000000000000000014", JOEL, "hi"), Some(TOKEN)).await;
            (answer.status, through.load(Ordering::SeqCst))
        };
        let (_, (status, before)) = rocket::futures::future::join(sign_ins, text).await;
        assert_eq!(status, 200);
        assert!(before < 100, "it came after all {before} of them");
        house.runs_due_work().await;
    }
}
