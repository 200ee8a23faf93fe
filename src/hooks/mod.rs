//! What carriers post: answers fast, decides nothing.
