//! Form bodies: an ordered multimap that keeps what it does not know.
