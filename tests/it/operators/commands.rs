//! Commands that do something and end.

use switchboard::config::keys;

use super::program::Desk;

const SETUP: &str = r#"
[[line]]
number = "+18005550100"
name = "Bait and Tackle"
members = ["ana@example.com"]

[[mask]]
number = "+18005550111"

[[person]]
email = "ana@example.com"
name = "Ana"
role = "rep"              # rep, manager, admin
phone = "+15055550121"    # optional
limit = 50                # open conversations, optional
"#;

#[test]
fn help_has_every_command_examples_and_every_key() {
    let said = Desk::new().runs(&["--help"]);
    assert_eq!(said.code, Some(0));
    for command in ["serve", "simulator", "migrate", "apply", "person", "link", "token", "doctor"] {
        assert!(said.out.contains(&format!("\n  {command} ")), "{command} is missing:\n{}", said.out);
    }
    assert!(said.out.contains("switchboard apply setup.toml --dry-run"));
    for key in keys::ALL.iter().chain(&keys::ROCKET) {
        assert!(
            said.out.contains(key.name) && said.out.contains(key.default),
            "{} is missing:\n{}",
            key.name,
            said.out
        );
    }
    let version = Desk::new().runs(&["--version"]);
    assert_eq!(version.out.trim(), concat!("switchboard ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn nonsense_in_the_environment_is_refused_by_every_command_with_its_key() {
    for command in [&["serve"][..], &["migrate"], &["doctor"], &["link", "ana@example.com"]] {
        let said =
            Desk::new().with("SWITCHBOARD_POOL__QUARANTENE", "1h").with("SWITCHBOARD_CARRIER", "pigeon").runs(command);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(
            said.err.contains("SWITCHBOARD_POOL__QUARANTENE is not a key: did you mean SWITCHBOARD_POOL__QUARANTINE?")
        );
        assert!(said.err.contains("SWITCHBOARD_CARRIER is `pigeon`: write one of simulator, twilio"), "{said:?}");
    }
    let port = Desk::new().with("ROCKET_PORT", "many").runs(&["migrate"]);
    assert!(port.code == Some(2) && port.err.contains("ROCKET_PORT"), "{port:?}");
    let typo = Desk::new().runs(&["aply"]);
    assert!(typo.code == Some(2) && typo.err.contains("apply"), "{typo:?}");
}

#[test]
fn a_rocket_toml_beside_the_program_counts() {
    let desk = Desk::new();
    desk.file("Rocket.toml", "[default]\ndatabase_url = \"sqlite:elsewhere.db\"\n[default.pool]\nquarantine = \"2h\"");
    let said = desk.runs(&["migrate"]);
    assert!(said.code == Some(2) && said.err.contains("QUARANTINE_FLOOR (4h)"), "{said:?}");
    let desk = desk.with("SWITCHBOARD_POOL__QUARANTINE_FLOOR", "1h");
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    assert!(desk.folder.path().join("elsewhere.db").exists());
}

#[test]
fn a_set_up_file_is_rehearsed_applied_and_then_changes_nothing() {
    let desk = Desk::new();
    desk.file("setup.toml", SETUP);
    let told = "+ person ana@example.com \"Ana\", rep, phone ••21, limit 50\n+ line +18005550100 Bait and Tackle\n\
                + member ana@example.com of line +18005550100\n+ mask +18005550111\n4 changes";
    let rehearsed = desk.runs(&["apply", "setup.toml", "--dry-run"]);
    assert_eq!((rehearsed.code, rehearsed.out.trim()), (Some(0), &*format!("{told}; nothing was written")));
    let applied = desk.runs(&["apply", "setup.toml"]);
    assert_eq!((applied.code, applied.out.trim()), (Some(0), told));
    let again = desk.runs(&["apply", "setup.toml"]);
    assert_eq!((again.code, again.out.trim()), (Some(0), "nothing to change"));
}

#[test]
fn mistakes_in_a_set_up_file_are_told_with_line_and_column() {
    let desk = Desk::new();
    desk.file(
        "setup.toml",
        &SETUP.replace("\"rep\" ", "\"boss\"").replace("\"ana@example.com\"]", "\"bo@example.com\"]"),
    );
    let said = desk.runs(&["apply", "setup.toml"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("setup.toml: line 13, column 8: role: `boss` is none"), "{said:?}");
    desk.file("setup.toml", &SETUP.replace("\"ana@example.com\"]", "\"bo@example.com\"]"));
    let said = desk.runs(&["apply", "setup.toml"]);
    assert!(said.err.contains("setup.toml: line 5, column 12: members: bo@example.com is nobody here"), "{said:?}");
    let said = desk.runs(&["apply", "missing.toml"]);
    assert!(said.code == Some(1) && said.err.contains("missing.toml cannot be read"), "{said:?}");
}

#[test]
fn a_password_comes_from_standard_input_and_a_link_goes_to_standard_output() {
    let desk = Desk::new();
    desk.file("setup.toml", SETUP);
    assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
    let short = desk.runs_with(&["person", "password", "ana@example.com"], "tide table\n");
    assert!(short.code == Some(1) && short.err.contains("10 characters: write 12 to 256"), "{short:?}");
    let set = desk.runs_with(&["person", "password", "Ana@Example.com"], "a tide table for ana\n");
    assert_eq!(set.code, Some(0), "{set:?}");
    let nobody = desk.runs_with(&["person", "password", "bo@example.com"], "a tide table for bo\n");
    assert!(nobody.code == Some(1) && nobody.err.contains("bo@example.com is nobody here"), "{nobody:?}");

    let unknown_port = desk.runs(&["link", "ana@example.com"]);
    assert!(unknown_port.err.contains("SWITCHBOARD_PUBLIC_URL"), "{unknown_port:?}");
    let desk = desk.with("SWITCHBOARD_PUBLIC_URL", "https://texts.example.com/");
    let link = desk.runs(&["link", "ana@example.com"]);
    let token = link.out.trim().strip_prefix("https://texts.example.com/link/").unwrap();
    assert_eq!(token.len(), 43, "{link:?}");
    assert_ne!(desk.runs(&["link", "ana@example.com"]).out, link.out);
}

#[test]
fn a_reader_who_has_had_enough_is_no_fault() {
    let desk = Desk::new();
    let masks: Vec<String> = (0..400).map(|n| format!("[[mask]]\nnumber = \"+1800556{n:04}\"\n")).collect();
    desk.file("setup.toml", &masks.concat());
    // As in `switchboard apply setup.toml | head -1`: whoever reads goes away after the first line.
    let (first, said) = desk.runs_for_its_first_line(&["apply", "setup.toml"]);
    assert_eq!(first, "+ mask +18005560000");
    assert!(said.code == Some(0) && said.err.is_empty(), "{said:?}");
    assert_eq!(desk.runs(&["apply", "setup.toml"]).out.trim(), "nothing to change", "all of it was done");
}
