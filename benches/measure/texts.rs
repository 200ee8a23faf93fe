//! Signed texts, made before they are needed: signing is the carrier's work, not the server's.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use switchboard::secret::Chance;
use switchboard::wire::twilio::form::Form;
use switchboard::wire::twilio::signature::{self, HEADER};

/// The account at the simulated carrier.
pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
/// Its token.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// The published line.
pub const LINE: &str = "+18005550100";
/// Customers who text it.
pub const CUSTOMERS: usize = 2_000;

/// The path of the inbound hook.
const HOOK: &str = "/hooks/twilio/messages";

/// The phone of the `n`-th customer, from 0.
pub fn customer(n: usize) -> String {
    format!("+1505555{n:04}")
}

/// A request and what its body says, by which the carrier's copy is known.
pub struct Text {
    pub request: Vec<u8>,
    pub body: String,
}

/// Texts from all customers in turn, each with an id and a body of its own.
pub struct Texts {
    port: u16,
    made: Cell<usize>,
    ready: RefCell<VecDeque<Text>>,
}

impl Texts {
    pub fn to(port: u16) -> Self {
        Texts { port, made: Cell::new(0), ready: RefCell::default() }
    }

    /// Makes sure that so many are ready.
    pub fn prepare(&self, count: usize) {
        while self.ready.borrow().len() < count {
            let text = self.make();
            self.ready.borrow_mut().push_back(text);
        }
    }

    /// The next text; made now if none is ready.
    pub fn next(&self) -> Text {
        let ready = self.ready.borrow_mut().pop_front();
        ready.unwrap_or_else(|| self.make())
    }

    fn make(&self) -> Text {
        let n = self.made.get();
        self.made.set(n + 1);
        let body = format!("Is the red lure still there? I could come by at five. ({n})");
        Text { request: post(self.port, &customer(n % CUSTOMERS), &body), body }
    }
}

/// A signed text from `from` to the line, as the carrier posts it to the server at `port`.
pub fn post(port: u16, from: &str, body: &str) -> Vec<u8> {
    let sid = format!("SM{}", Chance::System.hex::<16>());
    // What the carrier sends with a text, in its order.
    let form: Form = [
        ("ToCountry", "US"),
        ("ToState", ""),
        ("SmsMessageSid", sid.as_str()),
        ("NumMedia", "0"),
        ("ToCity", ""),
        ("FromZip", "87501"),
        ("SmsSid", sid.as_str()),
        ("FromState", "NM"),
        ("SmsStatus", "received"),
        ("FromCity", "SANTA FE"),
        ("Body", body),
        ("FromCountry", "US"),
        ("To", LINE),
        ("ToZip", ""),
        ("NumSegments", "1"),
        ("MessageSid", sid.as_str()),
        ("AccountSid", ACCOUNT),
        ("From", from),
        ("ApiVersion", "2010-04-01"),
    ]
    .into_iter()
    .collect();
    let url = format!("http://127.0.0.1:{port}{HOOK}");
    let signature = signature::sign(TOKEN, &url, &form);
    let form = form.encode();
    let request = format!(
        "POST {HOOK} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n\
             I-Twilio-Idempotency-Token: {sid}\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n\
             {HEADER}: {signature}\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    request.into_bytes()
}
