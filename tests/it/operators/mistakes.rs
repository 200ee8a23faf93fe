//! The mistakes that operators make, and who finds them: `serve` at its start, `doctor`, or both. Each is made, and the
//! program is run; `docs/OPERATIONS.md` has the same table.

use std::io::{Read, Write};
use std::net::TcpListener;

use super::doctor::{SETUP, rents, sets_up};
use super::program::{Desk, carrier};
use crate::processes::free_port;

const LINE: &str = "+18005550100";

/// What `serve` does.
#[derive(Clone, Copy, Debug)]
enum Serve {
    /// Ends at once with this code and says this.
    Refuses(i32, &'static str),
    /// Starts.
    Starts,
    /// Is not started; nothing is to be served here.
    Rests,
}
use Serve::{Refuses, Rests, Starts};

/// One mistake.
struct Mistake {
    /// As the table in the documents has it.
    name: &'static str,
    /// Settings, with places for what is only known when it runs.
    set: &'static [(&'static str, &'static str)],
    unset: &'static [&'static str],
    /// What the carrier is told about the line.
    number: &'static [(&'static str, &'static str)],
    serve: Serve,
    /// What `doctor` ends with, and what it says.
    doctor: (i32, &'static str),
}

const NONE: Mistake =
    Mistake { name: "", set: &[], unset: &[], number: &[], serve: Starts, doctor: (0, "Nothing is missing") };

const MISTAKES: [Mistake; 26] = [
    Mistake { name: "nothing is wrong", ..NONE },
    Mistake {
        name: "no account or no token",
        unset: &["TWILIO_AUTH_TOKEN"],
        serve: Refuses(2, "TWILIO_AUTH_TOKEN is missing"),
        doctor: (2, "TWILIO_AUTH_TOKEN is missing"),
        ..NONE
    },
    Mistake {
        name: "a wrong account",
        set: &[("TWILIO_ACCOUNT_SID", "AC2")],
        serve: Refuses(2, "does not know the Twilio account AC2"),
        doctor: (1, "it refuses the credentials"),
        ..NONE
    },
    Mistake {
        name: "a wrong token",
        set: &[("TWILIO_AUTH_TOKEN", "wrong")],
        serve: Refuses(2, "with this token"),
        doctor: (1, "it refuses the credentials"),
        ..NONE
    },
    Mistake {
        name: "a carrier that cannot be reached",
        set: &[("TWILIO_API_BASE", "http://127.0.0.1:9")],
        doctor: (2, "unseen   carrier: it cannot be asked"),
        ..NONE
    },
    Mistake {
        name: "a misspelt key",
        set: &[("DATABSE_URL", "sqlite:x.db")],
        unset: &["DATABASE_URL"],
        serve: Refuses(2, "did you mean DATABASE_URL?"),
        doctor: (2, "did you mean DATABASE_URL?"),
        ..NONE
    },
    Mistake {
        name: "a webhook at another place",
        number: &[("SmsUrl", "https://elsewhere.example/sms")],
        doctor: (1, "it posts inbound texts to https://elsewhere.example/sms"),
        ..NONE
    },
    Mistake { name: "no webhook", number: &[("SmsUrl", "")], doctor: (1, "it posts inbound texts nowhere"), ..NONE },
    Mistake {
        name: "a webhook by GET",
        number: &[("SmsMethod", "GET")],
        doctor: (1, "its webhook is asked by HTTP GET, which is refused"),
        ..NONE
    },
    Mistake {
        name: "a fallback by GET",
        number: &[("SmsFallbackMethod", "GET")],
        doctor: (1, "fallback: it is asked by HTTP GET"),
        ..NONE
    },
    Mistake {
        name: "an application over the webhook",
        number: &[("SmsApplicationSid", "AP1")],
        doctor: (1, "the application AP1 overrides its webhook"),
        ..NONE
    },
    Mistake {
        name: "no public address",
        unset: &["SWITCHBOARD_PUBLIC_URL"],
        set: &[("TWILIO_API_BASE", "https://carrier.invalid")],
        serve: Refuses(2, "SWITCHBOARD_PUBLIC_URL is not set"),
        doctor: (1, "leads to this machine only"),
        ..NONE
    },
    Mistake {
        name: "a public name without an address",
        set: &[("SWITCHBOARD_PUBLIC_URL", "https://texts.invalid")],
        doctor: (1, "missing  public address: https://texts.invalid"),
        ..NONE
    },
    Mistake { name: "`serve` does not run", serve: Rests, doctor: (1, "nothing listens there"), ..NONE },
    Mistake {
        name: "another service at the public address",
        set: &[("SWITCHBOARD_PUBLIC_URL", "{another service}")],
        doctor: (1, "another service answers there (HTTP 404)"),
        ..NONE
    },
    Mistake {
        name: "a proxy with nothing behind it",
        set: &[("SWITCHBOARD_PUBLIC_URL", "{a proxy}")],
        doctor: (1, "a proxy answers there (HTTP 502), and nothing serves behind it"),
        ..NONE
    },
    Mistake {
        name: "a redirect at the public address",
        set: &[("SWITCHBOARD_PUBLIC_URL", "{a redirect}")],
        doctor: (1, "it sends everybody on to https://www.example.com/ (HTTP 301)"),
        ..NONE
    },
    Mistake {
        name: "no TLS at the public address",
        set: &[("SWITCHBOARD_PUBLIC_URL", "{no TLS}")],
        doctor: (1, "no agreement on TLS"),
        ..NONE
    },
    Mistake {
        name: "a Switchboard with another database at the public address",
        set: &[("SWITCHBOARD_PUBLIC_URL", "{another database}")],
        doctor: (1, "a Switchboard answers there that serves another database"),
        ..NONE
    },
    Mistake {
        name: "the port is taken",
        set: &[("ROCKET_PORT", "{a taken port}"), ("SWITCHBOARD_PUBLIC_URL", "{a taken address}")],
        serve: Refuses(1, "is in use by another program"),
        doctor: (1, "another service answers there (HTTP 404)"),
        ..NONE
    },
    Mistake {
        name: "no folder for the database",
        set: &[("DATABASE_URL", "sqlite:nowhere/support.db")],
        serve: Refuses(1, "nowhere"),
        doctor: (1, "nowhere of DATABASE_URL does not exist"),
        ..NONE
    },
    Mistake {
        name: "a folder for a database",
        set: &[("DATABASE_URL", "sqlite:folder")],
        serve: Refuses(2, "is a folder and no database"),
        doctor: (1, "is a folder and no database"),
        ..NONE
    },
    Mistake {
        name: "a file that is no database",
        set: &[("DATABASE_URL", "sqlite:setup.toml")],
        serve: Refuses(2, "is not a database of this program"),
        doctor: (1, "is not a database of this program"),
        ..NONE
    },
    Mistake {
        name: "a damaged database",
        set: &[("DATABASE_URL", "sqlite:damaged.db")],
        serve: Rests,
        doctor: (1, "damaged.db is damaged"),
        ..NONE
    },
    Mistake {
        name: "a database with a second name (a hard link)",
        set: &[("DATABASE_URL", "sqlite:second.db")],
        serve: Refuses(2, "second.db is a file with 2 names"),
        doctor: (1, "second.db is a file with 2 names"),
        ..NONE
    },
    Mistake {
        name: "a database server that is down",
        set: &[("DATABASE_URL", "postgres://ana@127.0.0.1:9/support")],
        serve: Refuses(1, "no PostgreSQL answers at 127.0.0.1:9"),
        doctor: (1, "unseen   database: no PostgreSQL answers at 127.0.0.1:9"),
        ..NONE
    },
];

/// Answers everybody with `response`, for as long as the tests run.
fn answering(response: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else { continue };
            let mut request = [0; 1024];
            // Whoever goes away meanwhile hears nothing.
            let _ = connection.read(&mut request);
            let _ = connection.write_all(response.as_bytes());
        }
    });
    format!("http://{at}")
}

#[tokio::test]
async fn each_mistake_is_found_by_whom_the_table_says() {
    let (carrier, base) = carrier("AC1");
    let other = Desk::new();
    let mut elsewhere = other.starts(&["serve"]);
    let another_database = elsewhere.says("Switchboard");
    let service = answering("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\nConnection: close\r\n\r\nNot here.");
    let taken_port = service.rsplit_once(':').unwrap().1.to_owned();
    let places = [
        ("{a proxy}", answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")),
        (
            "{a redirect}",
            answering(
                "HTTP/1.1 301 Moved Permanently\r\nLocation: https://www.example.com/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            ),
        ),
        ("{no TLS}", service.replace("http:", "https:")),
        ("{another database}", another_database),
        ("{a taken port}", taken_port),
        ("{a taken address}", service.clone()),
        ("{another service}", service),
    ];
    let documents = include_str!("../../../docs/OPERATIONS.md");
    for mistake in &MISTAKES {
        let port = free_port();
        let public = format!("http://127.0.0.1:{port}");
        let mut desk = Desk::new()
            .with("ROCKET_PORT", &port.to_string())
            .with("DATABASE_URL", "sqlite:support.db")
            .at("AC1", &base)
            .with("SWITCHBOARD_PUBLIC_URL", &public);
        desk.file("setup.toml", SETUP);
        assert_eq!(desk.runs(&["apply", "setup.toml"]).code, Some(0));
        std::fs::create_dir(desk.path("folder")).unwrap();
        assert_eq!(desk.runs(&["backup", "damaged.db"]).code, Some(0));
        let mut damaged = std::fs::read(desk.path("damaged.db")).unwrap();
        let middle = damaged.len() / 2;
        damaged[middle..middle + 8192].fill(0x5a);
        std::fs::write(desk.path("damaged.db"), damaged).unwrap();
        assert_eq!(desk.runs(&["backup", "first.db"]).code, Some(0));
        std::fs::hard_link(desk.path("first.db"), desk.path("second.db")).unwrap();
        for name in mistake.unset {
            desk = desk.without(name);
        }
        let mut public = public;
        for (name, value) in mistake.set {
            let place = places.iter().find(|(place, _)| place == value);
            let value = place.map_or(*value, |(_, place)| place.as_str());
            if *name == "SWITCHBOARD_PUBLIC_URL" {
                public = value.to_owned();
            }
            desk = desk.with(name, value);
        }
        let hook = format!("{public}/hooks/twilio/messages#rc=3&rp=all&rt=4000");
        for (key, value) in
            [("SmsMethod", "POST"), ("SmsFallbackMethod", "POST"), ("SmsApplicationSid", ""), ("SmsFallbackUrl", &hook)]
        {
            sets_up(&base, LINE, (key, value)).await;
        }
        rents(&base, LINE, &hook).await;
        rents(&base, "+18005550111", &hook).await;
        for change in mistake.number {
            sets_up(&base, LINE, *change).await;
        }

        let running = match mistake.serve {
            Refuses(code, why) => {
                let said = desk.runs(&["serve"]);
                assert!(said.code == Some(code) && said.err.contains(why), "{}: serve: {said:?}", mistake.name);
                None
            }
            Starts => {
                let mut house = desk.starts(&["serve"]);
                house.says("Switchboard");
                Some(house)
            }
            Rests => None,
        };
        let said = desk.runs(&["doctor"]);
        let (code, why) = mistake.doctor;
        let told = format!("{}{}", said.out, said.err);
        assert!(
            said.code == Some(code) && told.contains(why),
            "{}: doctor: {}\n{told}",
            mistake.name,
            said.code.unwrap_or(-1)
        );
        if let Some(house) = running {
            let said = house.stops();
            assert_eq!(said.code, Some(0), "{}: {said:?}", mistake.name);
        }
        let cells: Vec<String> = ["serve", "doctor"].map(|who| found(mistake, who)).to_vec();
        let row = format!("| {} | {} | {} |", mistake.name, cells[0], cells[1]);
        assert!(documents.contains(&row), "docs/OPERATIONS.md lacks the row\n{row}");
    }
    assert_eq!((elsewhere.stops().code, carrier.stops().code), (Some(0), Some(0)));
}

/// How the documents tell who finds a mistake.
fn found(mistake: &Mistake, who: &str) -> String {
    let word = match (who, mistake.serve, mistake.doctor.0) {
        ("serve", Refuses(..), _) => "refuses",
        ("serve", Starts, _) => "starts",
        ("serve", Rests, _) => "–",
        (_, _, 0) => "ends with 0",
        (_, _, 2) => "ends with 2",
        _ => "finds it",
    };
    word.to_owned()
}
