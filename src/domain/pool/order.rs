//! How orders of masks stand, and where they come from.

use crate::domain::vocabulary::words;

words! {
    /// How an order stands.
    State {
        /// Nothing has come of it yet.
        Open = "open",
        /// The mask is ours.
        Bought = "bought",
        /// It was given up.
        Failed = "failed",
    }
}

words! {
    /// Where an order comes from.
    Origin {
        /// An admin, on the web.
        Person = "person",
        /// Somebody who may run commands on the machine.
        Operator = "operator",
        /// The automatic mode.
        Automatic = "automatic",
    }
}
