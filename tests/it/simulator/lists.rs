//! Lists and their pages: messages, numbers, numbers for rent.

use super::{ACCOUNT, JOEL, LINE, Stand, TOKEN, read};
use rocket::http::Status;
use serde_json::Value;
use switchboard::clock::days;
use switchboard::simulator;

/// Follows a list to its end, as its addresses say, relative to the host.
async fn follow(stand: &Stand, host: &str, first: &str, member: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = Some(first.to_owned());
    while let Some(path) = next {
        let (status, page) = stand.get(&format!("{host}{path}")).await;
        assert_eq!(status, 200, "{page}");
        items.extend(page[member].as_array().unwrap().iter().cloned());
        next = page["next_page_uri"].as_str().map(ToOwned::to_owned);
    }
    items
}

fn field(items: &[Value], name: &str) -> Vec<String> {
    items.iter().map(|item| item[name].as_str().unwrap_or("").to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_followed_to_its_end_wherever_it_is_mounted() {
    let stand = Stand::new().await;
    for n in 0..7 {
        stand.create(JOEL, &format!("text {n}")).await;
        stand.create("+12075550199", "for somebody else").await;
    }
    let rocket = rocket::custom(super::figment())
        .manage(stand.simulator.clone())
        .mount("/simulator/api", simulator::api_routes());
    let (inside, shutdown) = super::launch(rocket).await;
    for (host, prefix) in [(&stand.base, ""), (&inside, "/simulator/api")] {
        let first = format!("{prefix}/2010-04-01/Accounts/{ACCOUNT}/Messages.json?PageSize=3&To=%2B12075550134");
        let found = follow(&stand, host, &first, "messages").await;
        assert_eq!(field(&found, "body"), ["text 6", "text 5", "text 4", "text 3", "text 2", "text 1", "text 0"]);
    }
    shutdown.notify();
}

#[tokio::test]
async fn a_text_that_comes_between_two_pages_moves_nothing() {
    let stand = Stand::new().await;
    for n in 0..4 {
        stand.create(JOEL, &format!("text {n}")).await;
    }
    let (_, page) = stand.get(&format!("{}?PageSize=2", stand.messages())).await;
    stand.create(JOEL, "text 4").await;
    let rest = follow(&stand, &stand.base, page["next_page_uri"].as_str().unwrap(), "messages").await;
    assert_eq!(field(&rest, "body"), ["text 1", "text 0"]);
}

#[tokio::test]
async fn a_list_is_narrowed_by_numbers_and_by_the_day_of_sending() {
    let stand = Stand::new().await;
    stand.create(JOEL, "yesterday").await;
    stand.simulator.settle().await;
    stand.clock.pass(days(1));
    stand.simulator.text(JOEL, LINE, "today").await;
    stand.create(JOEL, "still queued").await;
    let ask = async |query: &str| {
        field(&follow(&stand, "", &format!("{}?{query}", stand.messages()), "messages").await, "body")
    };
    assert_eq!(ask("From=%2B12075550134").await, ["today"]);
    assert_eq!(ask("To=%2B12075550134").await, ["still queued", "yesterday"]);
    assert_eq!(ask("DateSent=2027-01-15").await, ["yesterday"]);
    assert_eq!(ask("DateSent%3E=2027-01-16").await, ["today"]);
    assert_eq!(ask("DateSent%3C=2027-01-15").await, ["yesterday"]);
}

#[tokio::test]
async fn nonsense_about_pages_is_refused() {
    let stand = Stand::new().await;
    for (query, code) in [("PageSize=5000", 20007), ("PageToken=x", 21481), ("Page=second", 20001)] {
        let (status, problem) = stand.get(&format!("{}?{query}", stand.messages())).await;
        assert_eq!((status, problem["code"].as_i64()), (400, Some(code)));
    }
}

#[tokio::test]
async fn a_number_is_found_rented_configured_and_given_back() {
    let stand = Stand::new().await;
    let account = format!("{}/2010-04-01/Accounts/{ACCOUNT}", stand.base);
    let (_, free) =
        stand.get(&format!("{account}/AvailablePhoneNumbers/US/TollFree.json?PageSize=2&Contains=0111")).await;
    let number = free["available_phone_numbers"][1]["phone_number"].as_str().unwrap();
    let rented = format!("{account}/IncomingPhoneNumbers.json");
    let (status, own) =
        read(stand.post(&rented, &[("PhoneNumber", number), ("SmsUrl", "https://a/")]).await.unwrap()).await;
    assert_eq!((status, own["phone_number"].as_str()), (201, Some(number)));
    let one = format!("{account}/IncomingPhoneNumbers/{}.json", own["sid"].as_str().unwrap());
    let (_, changed) = read(stand.post(&one, &[("SmsUrl", "https://b/")]).await.unwrap()).await;
    assert_eq!(changed["sms_url"], "https://b/");
    assert_eq!(stand.get(&one).await.1["sms_url"], "https://b/");

    stand.simulator.own_number(LINE, "Bait and Tackle", None);
    stand.simulator.own_number("+18005550112", "", None);
    let first = format!("/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json?PageSize=1");
    let all = follow(&stand, &stand.base, &first, "incoming_phone_numbers").await;
    assert_eq!(field(&all, "phone_number"), [number, LINE, "+18005550112"]);
    let (_, again) = stand.get(&format!("{account}/AvailablePhoneNumbers/US/TollFree.json?PageSize=200")).await;
    assert!(!again.to_string().contains(number), "a rented number is not for rent");

    let gone = stand.client.delete(&one).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap();
    assert_eq!(gone.status().as_u16(), Status::NoContent.code);
    assert_eq!(stand.get(&one).await.0, 404);
}
