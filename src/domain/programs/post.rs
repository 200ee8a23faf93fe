//! How the post of an event to an endpoint stands.

use crate::domain::vocabulary::words;

words! {
    /// How a post stands.
    State {
        /// It is due, under way, or behind another.
        Waiting = "waiting",
        /// The endpoint has it.
        Delivered = "delivered",
        /// It was given up.
        Failed = "failed",
    }
}
