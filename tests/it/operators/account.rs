//! Whose a database is: nobody's before the carrier knows the account, and another account's only when told so.

use switchboard::clock::minutes;
use switchboard::desk::upkeep::identity::{self, Stays};
use switchboard::simulator::{Fault, Kind};
use switchboard::wire::twilio::form::Form;
use switchboard::wire::twilio::signature;

use super::doctor::SETUP;
use super::program::{Desk, carrier};
use crate::both_stores;
use crate::databases::Fresh;
use crate::processes::free_port;

async fn posted(url: &str, form: &Form, content: &[(&str, String)]) -> u16 {
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let mut request = client.post(url).header("content-type", "application/x-www-form-urlencoded").body(form.encode());
    for (name, value) in content {
        request = request.header(*name, value);
    }
    request.send().await.unwrap().status().as_u16()
}

/// `account` rents a number.
pub async fn rents(base: &str, account: &str, number: &str) {
    let url = format!("{base}/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json");
    let form: Form = [("PhoneNumber", number)].into_iter().collect();
    let secret = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("{account}:secret"));
    assert_eq!(posted(&url, &form, &[("authorization", format!("Basic {secret}"))]).await, 201);
}

fn serves(desk: &Desk) {
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    let said = house.stops();
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn a_typo_in_the_account_is_told_and_claims_nothing() {
    let (carrier, base) = carrier("AC1");
    let desk = Desk::new().at("AC999", &base);
    let said = desk.runs(&["serve"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(
        said.err.contains("does not know the Twilio account AC999") && said.err.contains("given to nobody"),
        "{said:?}"
    );
    let desk = desk.at("AC1", &base);
    serves(&desk);
    let said = desk.at("AC999", &base).runs(&["serve"]);
    assert!(said.code == Some(1) && said.err.contains("belongs to the Twilio account AC1"), "{said:?}");
    assert_eq!(carrier.stops().code, Some(0));
}

#[tokio::test]
async fn while_the_carrier_cannot_be_asked_texts_are_taken_in_and_bind_the_database() {
    let port = free_port();
    let public = format!("http://127.0.0.1:{port}");
    let desk = Desk::new().with("ROCKET_PORT", &port.to_string()).with("SWITCHBOARD_PUBLIC_URL", &public);
    let desk = desk.at("AC1", "http://127.0.0.1:9");
    let setup = SETUP;
    desk.file("setup.toml", setup);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    let url = format!("{public}/hooks/twilio/messages");
    let text = [
        ("MessageSid", "SM00000000000000000000000000000001"),
        ("AccountSid", "AC1"),
        ("From", "+15055552001"),
        ("To", "+18005550100"),
        ("Body", "hello"),
    ];
    let form: Form = text.into_iter().collect();
    let signed = [(signature::HEADER, signature::sign("secret", &url, &form))];
    assert_eq!(posted(&url, &form, &signed).await, 200);
    let said = house.stops();
    assert!(said.code == Some(0) && said.err.contains("could not be asked whether it knows"), "{said:?}");
    let doctor = desk.runs(&["doctor"]);
    assert!(doctor.out.contains("the first `serve` gives the database to"), "nothing was claimed: {}", doctor.out);

    let (carrier, base) = carrier("AC2");
    let desk = desk.at("AC2", &base);
    let said = desk.runs(&["serve"]);
    assert!(said.code == Some(1) && said.err.contains("belongs to the Twilio account AC1"), "{said:?}");
    assert_eq!(carrier.stops().code, Some(0));
}

async fn a_database_goes_with_its_numbers_to_another_account_when_both_are_named(database: Fresh, in_use: &str) {
    let ((first, one), (second, two)) = (carrier("AC1"), carrier("AC2"));
    let desk = Desk::new().with("DATABASE_URL", &database.url).at("AC1", &one);
    desk.file("setup.toml", SETUP);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    let unclaimed = desk.at("AC2", &two);
    let said = unclaimed.runs(&["account", "move", "AC1", "AC2"]);
    assert!(said.code == Some(1) && !said.out.contains("belongs to the Twilio account AC2 now"), "{said:?}");
    let desk = unclaimed.at("AC1", &one);
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    let desk = desk.at("AC2", &two);
    let served = desk.runs(&["account", "move", "AC1", "AC2"]);
    assert!(served.code == Some(1) && served.err.contains(in_use), "{served:?}");
    assert_eq!(house.stops().code, Some(0));

    for (words, code, why) in [
        (["AC1", "AC3"], 2, "the settings name the Twilio account AC2"),
        (["AC2", "AC2"], 1, "are the same"),
        (["AC7", "AC2"], 1, "it belongs to the Twilio account AC1"),
        (["simulator", "AC2"], 1, "made-up people"),
        (["AC1", "AC2"], 1, "does not rent +18005550100"),
    ] {
        let said = desk.runs(&["account", "move", words[0], words[1]]);
        assert!(said.code == Some(code) && said.err.contains(why), "{words:?}: {said:?}");
    }
    rents(&two, "AC2", "+18005550100").await;
    let moved = desk.runs(&["account", "move", "AC1", "AC2"]);
    assert!(moved.code == Some(0) && moved.out.contains("belongs to the Twilio account AC2 now"), "{moved:?}");
    assert!(moved.out.contains("The mask +18005550111 is not rented there"), "{moved:?}");
    serves(&desk);
    let back = desk.at("AC1", &one).runs(&["serve"]);
    assert!(back.code == Some(1) && back.err.contains("belongs to the Twilio account AC2"), "{back:?}");
    assert_eq!((first.stops().code, second.stops().code), (Some(0), Some(0)));
}

mod moved {
    use super::a_database_goes_with_its_numbers_to_another_account_when_both_are_named as goes;
    use crate::databases;

    #[tokio::test]
    async fn on_sqlite() {
        goes(databases::sqlite(), "is using this database").await;
    }

    #[tokio::test]
    async fn on_postgres() {
        goes(databases::postgres().await, "1 `switchboard serve` run on this database").await;
    }
}

both_stores! {
    async fn a_move_waits_for_texts_in_doubt_and_is_written_down_for_good(house) {
        let store = &house.desk.store;
        let give = async |from: &str, to: &str| identity::give(&house.desk, from, to).await;
        assert!(matches!(give("AC1", "AC2").await, Err(Stays::Belongs(None))));
        assert_eq!(identity::claim(store, "AC1", "AC1").await.unwrap(), Ok(()));
        assert!(matches!(give("AC3", "AC2").await, Err(Stays::Belongs(Some(held))) if held == "AC1"));

        house.simulator.fault(Fault::new(Kind::ReceiptsLost));
        house.simulator.fault(Fault::new(Kind::Error).taken(true).times(1));
        house.customer(1).texts("Do you rent kayaks?").await;
        assert!(matches!(give("AC1", "AC2").await, Err(Stays::Undecided(1))));
        house.pass(minutes(5)).await;
        give("AC1", "AC2").await.unwrap();
        assert_eq!(identity::claimed(store).await.unwrap().as_deref(), Some("AC2"));
        assert_eq!(house.words("SELECT data FROM acts WHERE kind = 'account_moved' AND origin = 'command'").await, [r#"{"from":"AC1","to":"AC2"}"#]);
        assert_eq!(identity::claim(store, "AC1", "AC1").await.unwrap(), Err("AC2".to_owned()));
    }

    async fn a_database_with_texts_of_an_account_is_claimed_by_no_other(house) {
        house.customer(1).texts("Do you rent kayaks?").await;
        let account = crate::house::ACCOUNT;
        let store = &house.desk.store;
        assert_eq!(identity::claim(store, "AC2", "AC2").await.unwrap(), Err(account.to_owned()));
        assert_eq!(identity::claimed(store).await.unwrap(), None);
        assert_eq!(identity::claim(store, account, account).await.unwrap(), Ok(()));
    }
}
