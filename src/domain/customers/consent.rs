//! Where the entries of the ledgers come from.

use crate::domain::vocabulary::words;

words! {
    /// Where an entry about consent, or about a block, comes from.
    Source {
        /// The person texted a word such as STOP.
        Keyword = "keyword",
        /// The carrier refused a text.
        Carrier = "carrier",
        /// A colleague entered it.
        Staff = "staff",
    }
}
