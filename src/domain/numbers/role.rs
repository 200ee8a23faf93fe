//! What one of our numbers is for.

use crate::domain::vocabulary::words;

words! {
    /// What one of our numbers is for.
    Role {
        /// It is published: customers text it.
        Line = "line",
        /// It stands for a person on another person's phone.
        Mask = "mask",
    }
}
