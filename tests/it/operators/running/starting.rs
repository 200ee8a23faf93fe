//! What is wrong at a start is told at once, with what, where and the remedy, before anything is changed.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::super::looking::get;
use super::super::program::Desk;
use crate::processes::binary;
use crate::processes::free_port;

const BASE: &str = "https://carrier.invalid";

#[test]
fn a_port_that_is_taken_is_named_before_anything_is_made() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let desk = Desk::new().with("ROCKET_PORT", &port);
    let said = desk.runs(&["serve"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains(&format!("the port {port} on 127.0.0.1 is in use")), "{said:?}");
    assert!(said.err.contains("set ROCKET_PORT to another port") && !said.err.contains("stopping"), "{said:?}");
    assert!(!desk.path("switchboard.db").exists(), "a database was made");
    let alone = desk.runs(&["simulator", "--port", &port]);
    assert!(alone.code == Some(1) && alone.err.contains("set --port to another port"), "{alone:?}");
}

#[test]
fn a_real_carrier_that_could_not_reach_us_is_refused() {
    let desk = Desk::new().with("ROCKET_PORT", "8000").at("AC1", BASE);
    let said = desk.runs(&["serve"]);
    assert!(said.code == Some(2) && said.err.contains("SWITCHBOARD_PUBLIC_URL is not set"), "{said:?}");
    let desk = desk.with("SWITCHBOARD_PUBLIC_URL", "http://localhost:8000");
    let said = desk.runs(&["serve"]);
    assert!(said.code == Some(2) && said.err.contains("leads to this machine only"), "{said:?}");
    assert!(!desk.path("switchboard.db").exists());
}

#[tokio::test]
async fn a_hangup_stops_nothing_outside_a_terminal() {
    let port = free_port();
    let desk = Desk::new().with("ROCKET_PORT", &port.to_string());
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    for _ in 0..2 {
        house.signal("HUP");
        assert_eq!(get(&format!("http://127.0.0.1:{port}/health/ready")).await.0, 200);
    }
    let said = house.stops();
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("SIGHUP") && said.err.contains("nothing was reloaded"), "{said:?}");
}

/// Run by Python, whose terminal the command is started in. Once it serves it gets a hangup; with `gone` in the place of
/// `there` because nothing is left of the terminal. Says how it ended, and then what it said.
const IN_A_TERMINAL: &str = r#"
import os, pty, signal, sys
how, command = sys.argv[1], sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execv(command[0], command)
def too_late(*_):
    os.kill(child, signal.SIGKILL)
signal.signal(signal.SIGALRM, too_late)
signal.alarm(60)
said = b""
while b"Switchboard" not in said:
    said += os.read(terminal, 4096)
if how == "there":
    os.kill(child, signal.SIGHUP)
    try:
        while more := os.read(terminal, 4096):
            said += more
    except OSError:
        pass
else:
    os.close(terminal)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
print(said.decode())
"#;

#[test]
fn a_hangup_in_a_terminal_stops_in_order_even_when_the_terminal_is_gone() {
    for how in ["there", "gone"] {
        let desk = Desk::new();
        desk.file("terminal.py", IN_A_TERMINAL);
        let program = binary::path().display().to_string();
        let said = desk.runs_by("python3", &["terminal.py", how, &program, "serve"]);
        assert!(said.out.starts_with("0\n"), "{how}: {said:?}");
        assert!(how == "gone" || said.out.contains("stopping: finishing what has begun"), "{said:?}");
        assert!(!desk.path("switchboard.db-wal").exists(), "{how}: the database was not closed");
    }
}

#[test]
fn a_server_that_is_down_is_named_at_once_and_never_with_the_password() {
    let desk = Desk::new().with("DATABASE_URL", "postgres://ana:tidetable@127.0.0.1:9/support");
    let begun = Instant::now();
    let doctor = desk.runs(&["doctor"]);
    assert_eq!(doctor.code, Some(2), "it could not look: {doctor:?}");
    assert!(doctor.out.contains("unseen   database: no PostgreSQL answers at 127.0.0.1:9"), "{doctor:?}");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    let begun = Instant::now();
    let migrate = desk.runs(&["migrate"]);
    assert!(begun.elapsed() < Duration::from_secs(9), "{:?}", begun.elapsed());
    assert!(migrate.code == Some(1) && migrate.err.contains("no PostgreSQL answers at 127.0.0.1:9"), "{migrate:?}");
    assert!(migrate.err.contains("Trying again for 5 s"), "what is tried is told at once: {migrate:?}");
    assert!(!format!("{doctor:?}{migrate:?}").contains("tidetable"));
}

#[test]
fn a_start_that_waits_for_a_silent_server_can_be_stopped_at_once() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("postgres://ana@{}/support", silent.local_addr().unwrap());
    let desk = Desk::new().with("DATABASE_URL", &url);
    for signal in ["INT", "TERM"] {
        let house = desk.starts(&["serve"]);
        let (connection, _) = silent.accept().unwrap();
        let begun = Instant::now();
        house.signal(signal);
        let said = house.waits();
        assert_eq!(said.code, Some(0), "{signal}: {said:?}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{signal}: {:?}", begun.elapsed());
        drop(connection);
    }
    let said = desk.runs(&["migrate"]);
    assert!(said.code == Some(1) && said.err.contains("nothing answers at 127.0.0.1:"), "{said:?}");
}

#[test]
fn what_postgresql_refuses_is_told_in_our_words() {
    let server = std::env::var("TEST_POSTGRES_URL").unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    let desk = Desk::new().with("DATABASE_URL", &format!("{base}/nobody_has_made_this"));
    let said = desk.runs(&["migrate"]);
    assert!(said.code == Some(2) && said.err.contains("has no database nobody_has_made_this"), "{said:?}");
    assert!(said.err.contains("createdb") && !said.err.contains("at line"), "{said:?}");
    let (_, place) = base.rsplit_once('@').unwrap();
    let stranger = desk.with("DATABASE_URL", &format!("postgres://nobody_at_all:wrong@{place}/postgres"));
    let said = stranger.runs(&["doctor"]);
    assert!(said.code == Some(1) && said.out.contains("does not let the user nobody_at_all in"), "{said:?}");
    assert!(!said.out.contains("wrong") && !said.out.contains("at line"), "{said:?}");
}

#[test]
fn what_is_no_database_is_told_by_every_command() {
    // `link` asks for the address first.
    let desk = Desk::new().with("SWITCHBOARD_PUBLIC_URL", "http://127.0.0.1:9");
    desk.file("letter.txt", "Dear Sir or Madam");
    std::fs::create_dir(desk.path("folder")).unwrap();
    let mut desk = desk;
    for (url, why) in [
        ("sqlite:letter.txt", "is not a database of this program: it is no SQLite database"),
        ("sqlite:folder", "is a folder and no database"),
        ("sqlite:nowhere/support.db", "nowhere"),
    ] {
        desk = desk.with("DATABASE_URL", url);
        for command in [&["serve"][..], &["migrate"], &["doctor"], &["link", "ana@example.com"]] {
            let desk = &desk;
            let said = desk.runs_with(command, "");
            let told = format!("{}{}", said.out, said.err);
            assert!(said.code != Some(0) && told.contains(why), "{url} {command:?}: {said:?}");
            assert!(!told.contains("user and password"), "{told}");
        }
    }
}

#[test]
fn a_rocket_toml_that_cannot_be_read_is_told_with_its_place() {
    let desk = Desk::new().without("ROCKET_PORT");
    for (text, wanted) in [
        ("[default]\nport = 8000\naddress = 127.0.0.1\n", "Rocket.toml, line 3, column "),
        ("port = 8001\n", "port stands in no profile, where nobody reads it: write it below [default]"),
        ("[support]\nidle_close = \"1h\"\n", "write [default.support]"),
        ("[default.suport]\nidle_close = \"1h\"\n", "suport is not a key: did you mean support?"),
        (
            "[default]\npulbic_url = \"https://texts.example.com\"\n",
            "pulbic_url is not a key: did you mean public_url?",
        ),
        ("[defualt]\nport = 8001\n", "did you mean [default]?"),
    ] {
        desk.file("Rocket.toml", text);
        for command in ["serve", "doctor", "migrate"] {
            let said = desk.runs(&[command]);
            assert!(said.code == Some(2) && said.err.contains(wanted), "{text}: {said:?}");
            assert!(!said.err.contains("ROCKET_ADDRESS"), "{said:?}");
        }
    }
    desk.file("Rocket.toml", "[default]\ntemplate_dir = \"others\"\n");
    let said = desk.runs(&["migrate"]);
    assert!(said.code == Some(0) && said.err.contains("template_dir is not a key"), "{said:?}");
    let said = desk.with("ROCKET_CONFIG", "elsewhere.toml").runs(&["migrate"]);
    assert!(said.code == Some(2) && said.err.contains("ROCKET_CONFIG is elsewhere.toml"), "{said:?}");
}

#[test]
fn a_misspelt_name_is_refused_and_another_programs_name_is_not() {
    for (name, meant) in
        [("DATABSE_URL", "DATABASE_URL"), ("ROCKET_PROT", "ROCKET_PORT"), ("TWILIO_API_BSE", "TWILIO_API_BASE")]
    {
        let desk = Desk::new().without("ROCKET_PORT").with(name, "sqlite:x.db");
        let said = desk.runs(&["migrate"]);
        assert!(said.code == Some(2) && said.err.contains(&format!("did you mean {meant}?")), "{said:?}");
        assert!(desk.files().is_empty());
    }
    let others = Desk::new()
        .with("DATABASE_HOST", "db")
        .with("SOCKET_PORT", "1")
        .with("SWITCHBOARD_SERVICE_HOST", "10.0.0.1")
        .with("SWITCHBOARD_PORT_80_TCP_ADDR", "10.0.0.1");
    let said = others.runs(&["migrate"]);
    assert!(said.code == Some(0) && said.err.is_empty(), "{said:?}");
    let said = others.with("TWILIO_PHONE_NUMBER", "+18005550100").runs(&["migrate"]);
    assert!(said.code == Some(0) && said.err.contains("TWILIO_PHONE_NUMBER is not a key"), "{said:?}");
    assert!(!said.err.contains("+18005550100"), "a value was repeated: {said:?}");
}

#[test]
fn a_real_carrier_gets_no_new_database_unless_that_is_asked_for() {
    let desk = Desk::new().at("AC1", "http://127.0.0.1:9").careful();
    desk.file("setup.toml", "[[mask]]\nnumber = \"+18005550199\"");
    for command in [&["serve"][..], &[], &["migrate"], &["apply", "setup.toml"]] {
        let said = desk.runs(command);
        assert_eq!(said.code, Some(2), "{command:?}: {said:?}");
        assert!(said.err.contains("there is no database at switchboard.db") && said.err.contains("--new"), "{said:?}");
        assert!(!desk.path("switchboard.db").exists(), "{command:?}");
    }
    // An empty file is what a backup that failed leaves behind.
    desk.file("switchboard.db", "");
    assert_eq!(desk.runs(&["serve"]).code, Some(2));
    std::fs::remove_file(desk.path("switchboard.db")).unwrap();
    let said = desk.runs(&["apply", "setup.toml", "--new"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    assert_eq!(house.stops().code, Some(0));
    let said = desk.runs(&["migrate", "--new"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
}

/// A copy that is put in the place of the database, while the log of the one before still stands beside it.
#[test]
fn a_database_that_was_not_closed_is_looked_through_before_it_is_served() {
    let desk = Desk::new();
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    house.signal("KILL");
    house.waits();
    assert!(desk.path("switchboard.db-wal").metadata().unwrap().len() > 0, "it was not closed");
    let mut again = desk.starts(&["serve"]);
    again.says("Switchboard");
    let said = again.stops();
    assert!(said.err.contains("was not closed") && said.err.contains("is sound"), "{said:?}");

    // Every page behind the first two is lost, as of a file that was copied while it was written.
    let mut file = std::fs::read(desk.path("switchboard.db")).unwrap();
    file[2 * 4096..].fill(0xA5);
    std::fs::write(desk.path("switchboard.db"), file).unwrap();
    std::fs::write(desk.path("switchboard.db-wal"), [7; 64]).unwrap();
    let said = desk.runs(&["serve"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("is damaged") && said.err.contains("switchboard restore FILE"), "{said:?}");
}

/// With a blank token anybody could sign webhooks.
#[test]
fn a_blank_token_is_refused() {
    for blank in ["", " ", "\t"] {
        let desk = Desk::new().at("AC1", "http://127.0.0.1:9").with("TWILIO_AUTH_TOKEN", blank);
        let said = desk.runs(&["serve"]);
        assert!(said.code == Some(2) && said.err.contains("TWILIO_AUTH_TOKEN"), "{blank:?}: {said:?}");
    }
}
