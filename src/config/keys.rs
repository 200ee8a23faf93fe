//! Every key that an operator may set: its name, default, bounds and meaning stand only here.
//!
//! The reader of a setting, `--help` and `docs/CONFIGURATION.md` take all of that from here.

use std::net::IpAddr;
use std::time::Duration;

use super::address::{self, WebAddress};
pub use super::key::{Key, Takes};
use super::values;
use crate::domain::money::{Cents, Prices};
use crate::domain::numbers::country::Countries;
use crate::domain::people::peer::TrustedProxies;
use crate::domain::policy::PickPolicy;
use crate::wire::twilio::signing_keys::{Allowed, SharedKey};

/// A key that always has a value: what is set, or its default.
#[derive(Debug)]
pub struct Setting<T: 'static> {
    /// What the table says of it.
    pub key: Key,
    pub(super) read: fn(&Key, &str) -> Result<T, String>,
}

/// A key that has a value only where it is set; its default is nothing, or depends on other settings.
#[derive(Debug)]
pub struct Optional<T: 'static> {
    /// What the table says of it.
    pub key: Key,
    pub(super) read: fn(&Key, &str) -> Result<T, String>,
}

impl<T> Setting<T> {
    pub(super) fn usual(&self) -> T {
        (self.read)(&self.key, self.key.default).expect("the tests read every default")
    }
}

/// The tables of Rocket.toml in which every key is ours.
#[must_use]
pub fn tables() -> Vec<String> {
    let mut tables: Vec<String> =
        ALL.iter().filter_map(|key| key.path().split_once('.').map(|(table, _)| table.to_owned())).collect();
    tables.dedup();
    tables
}

const TRUTH: Takes = Takes::OneOf(&["true", "false"]);
const LONGEST: &str = "3650d";
const ANY_TIME: Takes = Takes::Range("0s", LONGEST, "");
const SOME_TIME: Takes = Takes::Range("1ms", LONGEST, "write more than 0");
const MASKS: Takes = Takes::Range("0", "100000", "write a number of masks, such as 3");
const PICKS: Takes =
    Takes::OneOf(&[PickPolicy::Random.word(), PickPolicy::LeastBusy.word(), PickPolicy::RoundRobin.word()]);
const SIGNATURES: Takes = Takes::OneOf(&[Allowed::Any.word(), Allowed::SharedKey.word(), Allowed::Sha256.word()]);
const CREDENTIAL: Takes = Takes::Secret("text without blanks");
const HOME_COUNTRIES: Takes = Takes::Text("home, all, or codes such as US, CA");

/// A row: its kind and name, the type of its value, its default, its bounds, what reads it, and what it sets.
macro_rules! keys {
    ($list:ident: [&Key; $count:literal]; $($kind:ident $name:ident: $value:ty = $default:expr, $takes:expr, $read:expr, $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub static $name: $kind<$value> = $kind {
                key: Key { name: stringify!($name), default: $default, takes: $takes, meaning: $meaning },
                read: $read,
            };
        )*
        /// The keys of this table, in the order in which they are explained.
        pub static $list: [&Key; $count] = [$(&$name.key),*];
    };
}

keys! { ROCKET: [&Key; 2];
    Setting ROCKET_ADDRESS: IpAddr = "127.0.0.1", Takes::Text("an IP address, such as 127.0.0.1"), values::parsed,
        "The address on which the program listens";
    Setting ROCKET_PORT: u16 = "8000", Takes::Range("0", "65535", "write a number from {least} to {most}, such as 8000"),
        values::whole, "The port on which the program listens; 0 takes a free one";
}

keys! { ALL: [&Key; 46];
    Setting DATABASE_URL: String = "sqlite:switchboard.db",
        Takes::Secret("sqlite:PATH or postgres://user:password@host/database"), values::database,
        "The database in which everything is kept";
    Optional SWITCHBOARD_PUBLIC_URL: WebAddress = "http://127.0.0.1:PORT",
        Takes::Text("https://HOST, or on this machine http://HOST"), |_, text| WebAddress::origin(text),
        "The address at which the carrier and browsers reach this program, and over which it checks the signatures of webhooks";
    Setting SWITCHBOARD_TRUSTED_PROXIES: TrustedProxies = "none",
        Takes::Text("none, or addresses and networks such as 127.0.0.1, 10.0.0.0/8"), |_, text| TrustedProxies::read(text),
        "The proxies in front of this program; only their X-Forwarded-For says who sent a request";
    Setting SWITCHBOARD_CARRIER: &'static str = "simulator", Takes::OneOf(&["simulator", "twilio"]), values::word,
        "The carrier that moves the texts";
    Setting SWITCHBOARD_CARRIER_ANSWERS_HELP: bool = "true", TRUTH, values::truth,
        "Whether the carrier answers HELP, as Twilio does except on short codes; otherwise this program answers it";
    Optional TWILIO_ACCOUNT_SID: String = "", CREDENTIAL, values::credential,
        "The account at Twilio; required with the carrier twilio";
    Optional TWILIO_AUTH_TOKEN: String = "", CREDENTIAL, values::credential,
        "The primary token of the account at Twilio; required with the carrier twilio";
    Optional TWILIO_AUTH_TOKEN_PREVIOUS: String = "", CREDENTIAL, values::credential,
        "A token that also verifies webhooks, while you replace it by another";
    Optional TWILIO_SHARED_KEYS: Vec<SharedKey> = "", Takes::Secret("ID:SECRET, or several with commas between them"),
        |_, text| SharedKey::read_list(text), "The shared keys with which Twilio may sign webhooks in place of the auth token";
    Setting TWILIO_SIGNATURES: Allowed = "any", SIGNATURES, values::signatures,
        "Which signatures of webhooks are accepted: any, those of a shared key, or those of a shared key with SHA-256";
    Setting TWILIO_API_BASE: WebAddress = address::TWILIO,
        Takes::Text("https://HOST/PATH, or on this machine http://HOST/PATH"), |_, text| WebAddress::parse(text),
        "The address of Twilio's API, or of another service that has the same API";
    Setting SWITCHBOARD_SIMULATOR_ANYWHERE: bool = "false", TRUTH, values::truth,
        "Whether other machines may use the simulator, and the simulator may post to them";
    Setting SWITCHBOARD_LOG: String = "info",
        Takes::Text("error, warn, info, debug, trace, or directives such as switchboard=debug,warn"), values::log_filter,
        "Which events are logged";
    Setting SWITCHBOARD_LOG_FORMAT: &'static str = "text", Takes::OneOf(&["text", "json"]), values::word,
        "The format of the log";

    Setting SWITCHBOARD_SUPPORT__IDLE_CLOSE: Duration = "72h", SOME_TIME, values::span,
        "The program closes a conversation in which nothing is said for this long";
    Setting SWITCHBOARD_SUPPORT__REOPEN_WITHIN: Duration = "7d", ANY_TIME, values::span,
        "A customer's text within this time after the closing reopens the conversation; a later one opens another";
    Setting SWITCHBOARD_SUPPORT__STICKY_FOR: Duration = "30d", ANY_TIME, values::span,
        "A customer who comes back within this time gets the same rep again, if that rep takes new customers";
    Setting SWITCHBOARD_SUPPORT__HAND_OVER_AFTER: Duration = "4h", SOME_TIME, values::span,
        "A rep who is off duty for this long while the line is open loses the customers who wait for an answer";
    Setting SWITCHBOARD_SUPPORT__ANSWER_TARGET: Duration = "30m", SOME_TIME, values::span,
        "The inbox marks a customer who waits longer than this for an answer";
    Setting SWITCHBOARD_SUPPORT__PICK: PickPolicy = "random", PICKS, values::pick,
        "How a rep is chosen for a customer";
    Setting SWITCHBOARD_SUPPORT__CONTEXT_LINE: bool = "true", TRUTH, values::truth,
        "Whether a new thread on a rep's phone begins with a line that names the customer";
    Setting SWITCHBOARD_SUPPORT__COUNTRIES: Countries = "home", HOME_COUNTRIES, |_, text| Countries::read(text),
        "The countries to whose numbers staff may begin conversations; home stands for the countries of the lines";
    Setting SWITCHBOARD_SUPPORT__FIRST_TEXTS_PER_HOUR: u32 = "30",
        Takes::Range("1", "100000", "write a whole number from {least} to {most}, such as 30"), values::whole,
        "The most conversations that one person may begin within an hour";

    Setting SWITCHBOARD_POOL__QUARANTINE: Duration = "72h", ANY_TIME, values::span,
        "How long a mask rests for a phone after the thread between them has ended, while there are enough masks";
    Setting SWITCHBOARD_POOL__QUARANTINE_FLOOR: Duration = "4h", ANY_TIME, values::span,
        "How long a mask rests at least, when masks are short";
    Setting SWITCHBOARD_POOL__HEADROOM: i64 = "20%",
        Takes::Range("0", "1000", "write a percentage from {least} to {most}, such as 20%"), values::percent,
        "How many masks the plan adds to what the busiest phone has, in percent";
    Setting SWITCHBOARD_POOL__SPARES: i64 = "2", MASKS, values::whole,
        "How many masks the plan adds beyond the headroom";
    Setting SWITCHBOARD_POOL__LOW_WATERMARK: i64 = "3", MASKS, values::whole,
        "With this many masks or fewer left for the busiest phone, managers are alerted and automatic mode buys one";
    Setting SWITCHBOARD_POOL__HIGH_WATERMARK: i64 = "20", MASKS, values::whole,
        "With more masks than this left for the busiest phone, automatic mode takes one out of service";
    Setting SWITCHBOARD_POOL__MONTHLY_BUDGET: Option<Cents> = "250.00",
        Takes::Text("an amount such as 50.00, or none for no limit"), values::budget,
        "The most that all masks together may cost in a calendar month";
    Setting SWITCHBOARD_POOL__PRICE: Prices = "1.15",
        Takes::Text("an amount such as 1.15, or with other amounts for single countries: 1.15, GB=1.00"),
        |_, text| Prices::read(text), "What a number costs a month, in the currency of the carrier's bill";
    Setting SWITCHBOARD_POOL__AUTOMATIC: bool = "false", TRUTH, values::truth,
        "Whether the program buys masks and gives them back by itself; it needs a monthly budget that is set";

    Setting SWITCHBOARD_INBOX__UNDO_WINDOW: Duration = "5s",
        Takes::Range("0s", "60s", "write at most {most}; {least} sends at once"), values::span,
        "How long a reply from the inbox can be undone before it is sent; 0s sends it at once";

    Setting SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT: Duration = "10s", SOME_TIME, values::span,
        "How long one request to the carrier may take";
    Setting SWITCHBOARD_DELIVERY__LEASE: Duration = "30s", SOME_TIME, values::span,
        "How long a request belongs to the node that makes it; longer than a request may take";
    Setting SWITCHBOARD_DELIVERY__PROOF_AFTER: Duration = "60s", SOME_TIME, values::span,
        "How long after a request without an answer a search of the carrier's list may first prove that the text was not sent";
    Setting SWITCHBOARD_DELIVERY__PROOF_AGAIN_AFTER: Duration = "60s", SOME_TIME, values::span,
        "How long after the first such search the second one follows; if neither finds the text, the program sends it again";
    Setting SWITCHBOARD_DELIVERY__BACKFILL_EVERY: Duration = "5m", SOME_TIME, values::span,
        "How often the program asks the carrier for texts that no webhook brought";
    Setting SWITCHBOARD_DELIVERY__VALID_FOR: Duration = "4h",
        Takes::Range("1s", LONGEST, "write at least {least}"), values::span,
        "The program gives up a text that it cannot send within this time";
    Optional SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND: f64 = "1, 3 or 100",
        Takes::Range("0.001", "100000", "write a number from {least} to {most}, such as 1 or 0.1"), values::decimal,
        "How many segments a second each number sends; by default 1 (long code), 3 (toll-free) or 100 (short code)";
    Setting SWITCHBOARD_DELIVERY__COUNTRIES: Countries = "all", Takes::Text("all, or codes such as US, CA"),
        |_, text| Countries::read_fixed(text),
        "The countries to whose numbers the program sends texts; managers are told of texts that it does not send";
    Setting SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY: Option<i64> = "10000",
        Takes::Limit("1", "1000000000", "write a whole number from {least} to {most}, or none for no limit"),
        values::limit,
        "The most segments that the program requests of the carrier in one day (UTC); the rest waits, and managers are told";

    Optional SWITCHBOARD_API__RATE_LIMIT: u32 = "",
        Takes::Range("1", "1000000", "write a whole number from {least} to {most}, or leave it out for no limit"),
        values::whole, "The most requests a minute that one token of the API may make at each node";
    Setting SWITCHBOARD_API__COUNTRIES: Countries = "home", HOME_COUNTRIES, |_, text| Countries::read(text),
        "The countries whose phones programs may bring into pairs; home stands for those of the lines and masks";
    // A pair of ten parties fits into the least.
    Setting SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR: Option<u32> = "1000",
        Takes::Limit("10", "1000000", "write a whole number from {least} to {most}, or none for no limit"),
        values::limit, "The most phones that one app may bring into pairs within an hour";

    Optional SWITCHBOARD_EVENTS__ALLOW_PRIVATE: bool = "true with the simulator, or false", TRUTH, values::truth,
        "Whether events may be posted to private addresses and by plain http";
}
