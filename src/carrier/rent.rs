//! Renting numbers, setting them up and giving them back: the requests to a carrier, and what its answers prove.

/// A number that could be rented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// E.164.
    pub number: String,
    /// ISO 3166 code.
    pub country: String,
}

/// How a number of ours is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// What it is called at the carrier; at most 64 characters.
    pub name: String,
    /// Where its texts are posted, by HTTP POST, and where if that fails, with the settings behind the `#`.
    pub inbound_url: String,
}

/// What the answer to a change proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was done.
    Done,
    /// This number cannot be had, or not so; another one may be.
    Gone(String),
    /// It was refused, and would be of any other number of the country too: the settings of the account, an address that
    /// must be proved.
    Refused(String),
    /// It never reached the carrier, or was turned away for now: surely not done.
    NotDone(String),
    /// Nobody knows: look the number up.
    InDoubt(String),
}
