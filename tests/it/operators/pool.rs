//! `pool` beside a carrier in a process of its own, and a town that needs none.

use super::program::{Desk, carrier};

const SETUP: &str = r#"
[[line]]
number = "+18005550100"
name = "Bait and Tackle"
members = ["ana@example.com"]

[[person]]
email = "ana@example.com"
name = "Ana"
role = "admin"
phone = "+15055550121"
"#;

#[tokio::test]
async fn masks_are_planned_bought_and_given_up_on_the_command_line() {
    let (carrier, base) = carrier("AC1");
    let desk = Desk::new()
        .at("AC1", &base)
        .with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com")
        .with("SWITCHBOARD_POOL__MONTHLY_BUDGET", "4");
    desk.file("setup.toml", SETUP);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    let empty = desk.runs(&["pool", "plan"]);
    assert_eq!((empty.code, empty.out.as_str()), (Some(0), "No masks, and nobody who would need one.\n"), "{empty:?}");

    let rehearsed = desk.runs(&["pool", "grow", "3", "--country", "us", "--dry-run"]);
    let cost = "3 masks of US at 1.15 a month each: 3.45; all masks then cost 3.45 of 4.00 this month";
    assert!(rehearsed.code == Some(0) && rehearsed.out.contains(cost), "{rehearsed:?}");
    assert!(rehearsed.out.contains("nothing was ordered\n"), "{rehearsed:?}");
    let dear = desk.runs(&["pool", "grow", "4"]);
    assert!(dear.code == Some(1) && dear.err.contains("4.00 is the budget: it allows 3 more"), "{dear:?}");

    let bought = desk.runs(&["pool", "grow", "3"]);
    assert_eq!((bought.code, bought.out.matches("+ mask +1").count()), (Some(0), 3), "{bought:?}");
    let doctor = desk.runs(&["doctor"]);
    assert_eq!(doctor.out.matches("rented, and its webhook leads here").count(), 3, "{}", doctor.out);
    assert_eq!(doctor.out.matches("fallback: leads here").count(), 3, "{}", doctor.out);

    let planned = desk.runs(&["pool", "plan"]);
    assert!(planned.out.contains("All masks cost 3.45 this month; the budget is 4.00."), "{planned:?}");
    let told: serde_json::Value = serde_json::from_str(&desk.runs(&["pool", "plan", "--json"]).out).unwrap();
    assert_eq!((&told["countries"][0]["masks"], &told["countries"][0]["country"]), (&3.into(), &"US".into()), "{told}");

    let first = told["masks"][0]["number"].as_str().unwrap();
    let rehearsed = desk.runs(&["pool", "shrink", "1", "--dry-run"]);
    assert!(rehearsed.out.contains("0 live, 0 at rest") && rehearsed.out.contains("would save 1.15"), "{rehearsed:?}");
    let gone = desk.runs(&["pool", "shrink", "--number", first]);
    assert!(gone.code == Some(0) && gone.out.contains("1 drains: no new legs"), "{gone:?}");
    let told: serde_json::Value = serde_json::from_str(&desk.runs(&["pool", "plan", "--json"]).out).unwrap();
    assert_eq!((&told["countries"][0]["masks"], &told["countries"][0]["leaving"]), (&2.into(), &1.into()), "{told}");
    assert_eq!(desk.runs(&["pool", "shrink", "--number", "+12055559999"]).code, Some(1));
    assert_eq!(carrier.stops().code, Some(0));
}

#[test]
fn a_purchase_without_an_address_for_the_carrier_is_refused() {
    let desk = Desk::new()
        .with("SWITCHBOARD_CARRIER", "twilio")
        .with("TWILIO_ACCOUNT_SID", "AC1")
        .with("TWILIO_AUTH_TOKEN", "secret");
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    let refused = desk.runs(&["pool", "grow", "1", "--country", "US"]);
    assert!(refused.code == Some(1) && refused.err.contains("SWITCHBOARD_PUBLIC_URL is not set"), "{refused:?}");
}

#[test]
fn a_town_is_simulated_with_a_table_and_a_picture() {
    let desk = Desk::new();
    let town = ["pool", "simulate", "--people", "60", "--jobs-per-hour", "6", "--hours", "2", "--quarantine", "12h"];
    let once = desk.runs(&[&town[..], &["--seed", "7", "--plot", "town.svg"]].concat());
    assert_eq!(once.code, Some(0), "{once:?}");
    for told in [
        "60 people, 6 jobs an hour of 2 h each, then 12 h of quarantine",
        "99.9 % at most",
        "jobs without",
        "finds none",
    ] {
        assert!(once.out.contains(told), "{told}\n{}", once.out);
    }
    let picture = std::fs::read_to_string(desk.folder.path().join("town.svg")).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("the job cannot begin"), "{picture}");
    assert_eq!(desk.runs(&[&town[..], &["--seed", "7"]].concat()).out, once.out, "the same seed, the same answer");
    let helpers =
        ["--workers", "10", "--customers", "20000", "--jobs-per-hour", "35", "--hours", "3.43", "--work-hours", "8"];
    let town = desk.runs(&[&["pool", "simulate"], &helpers[..], &["--quarantine", "72h", "--floor", "4h"]].concat());
    assert!(town.out.contains("10 workers and 20000 customers, 35 jobs an hour in 8 hours a day"), "{town:?}");
    let enough =
        town.out.lines().find_map(|line| line.split_once(" masks: no more than one job in a thousand finds none"));
    let enough: u32 = enough.and_then(|(masks, _)| masks.parse().ok()).unwrap();
    assert!((28..=50).contains(&enough), "{town:?}");
    let half = desk.runs(&["pool", "simulate", "--workers", "10", "--jobs-per-hour", "35", "--hours", "3"]);
    assert!(half.code == Some(2) && half.err.contains("--customers"), "{half:?}");
    let alone = desk.runs(&["pool", "simulate", "--people", "1", "--jobs-per-hour", "6", "--hours", "2"]);
    assert!(alone.code == Some(1) && alone.err.contains("a job takes two people"), "{alone:?}");
}
