//! Between whom a conversation is.

use crate::domain::vocabulary::words;

words! {
    /// Between whom a conversation is.
    Kind {
        /// A customer and staff, by a line.
        Support = "support",
        /// The parties of a transaction, by masks alone.
        Pair = "pair",
    }
}
