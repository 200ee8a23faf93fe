//! `serve` and `simulator`: how they begin, whom they refuse, how they end.

use super::super::program::Desk;

#[test]
fn an_empty_database_is_set_up_and_says_where_to_go_and_the_end_is_orderly() {
    let desk = Desk::new();
    let mut house = desk.starts(&[]);
    let address = house.says("Switchboard");
    assert!(address.starts_with("http://127.0.0.1:") && !address.ends_with(":0"), "{address}");
    assert!(house.says("Simulator").starts_with(&format!("{address}/simulator")));
    assert!(house.says("Sign in once").starts_with(&format!("{address}/link/")));
    let said = house.stops();
    assert_eq!(said.code, Some(0), "{said:?}");

    // Nobody has come in yet: the link is printed again, a new one.
    let mut again = desk.starts(&["serve"]);
    again.says("Sign in once");
    assert_eq!(again.stops().code, Some(0));
}

#[test]
fn a_second_serve_on_the_same_file_is_refused_while_other_commands_work() {
    let desk = Desk::new();
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    let second = desk.runs(&["serve"]);
    assert_eq!(second.code, Some(1));
    assert!(second.err.contains("another `switchboard serve`") && second.err.contains("DATABASE_URL"), "{second:?}");
    desk.file("setup.toml", "[[mask]]\nnumber = \"+18005550199\"");
    assert_eq!(desk.runs(&["apply", "setup.toml"]).out, "+ mask +18005550199\n1 change\n");
    assert_eq!(house.stops().code, Some(0));
}

#[test]
fn a_database_stays_with_the_carrier_account_that_it_was_served_with() {
    let desk = Desk::new();
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    assert_eq!(house.stops().code, Some(0));
    let desk = desk.at("AC1", "http://127.0.0.1:9");
    let said = desk.runs(&["serve"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("belongs to the simulator") && said.err.contains("the Twilio account AC1"), "{said:?}");
}

#[test]
fn a_real_carrier_without_people_says_what_to_do_and_mounts_no_simulator() {
    let desk = Desk::new().at("AC1", "http://127.0.0.1:9");
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    let said = house.stops();
    assert!(said.out.contains("/setup/") && !said.out.contains("imulator"), "{said:?}");
}

#[test]
fn the_simulator_is_not_shown_to_other_machines_unless_told() {
    let desk = Desk::new().with("ROCKET_ADDRESS", "0.0.0.0");
    let said = desk.runs(&["serve"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("not on 0.0.0.0") && said.err.contains("SWITCHBOARD_SIMULATOR_ANYWHERE"), "{said:?}");
    let desk = desk.with("SWITCHBOARD_SIMULATOR_ANYWHERE", "true");
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    assert_eq!(house.stops().code, Some(0));

    let public = || Desk::new().with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com");
    let said = public().runs(&["serve"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("https://texts.example.com") && said.err.contains("SWITCHBOARD_SIMULATOR_ANYWHERE"),
        "{said:?}"
    );
    for desk in [
        public().with("SWITCHBOARD_SIMULATOR_ANYWHERE", "true"),
        Desk::new().with("SWITCHBOARD_PUBLIC_URL", "https://localhost:8443"),
    ] {
        let mut house = desk.starts(&["serve"]);
        house.says("Switchboard");
        assert_eq!(house.stops().code, Some(0));
    }

    let alone = Desk::new().runs(&["simulator", "--address", "0.0.0.0"]);
    assert!(alone.code == Some(1) && alone.err.contains("SWITCHBOARD_SIMULATOR_ANYWHERE"), "{alone:?}");
    let mut alone = Desk::new().starts(&["simulator", "--port", "0"]);
    assert!(alone.says("Virtual phones:").ends_with("/simulator"));
    assert_eq!(alone.stops().code, Some(0));
}

#[test]
fn a_port_that_somebody_else_has_is_named_before_anything_is_written() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let desk = Desk::new().with("ROCKET_PORT", &port);
    let said = desk.runs(&["serve"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains(&format!("the port {port} on 127.0.0.1 is in use")) && said.err.contains("ROCKET_PORT"),
        "{said:?}"
    );
    assert!(!desk.folder.path().join("switchboard.db").exists());
}
