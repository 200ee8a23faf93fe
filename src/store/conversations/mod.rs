//! What was said and done in conversations, and who may see them.

pub mod access;
pub mod attention;
pub mod changes;
pub mod events;
pub mod held;
pub mod idle;
pub mod labels;
pub mod mentions;
pub mod messages;
pub mod news;
pub mod pins;
pub mod presences;
pub mod snoozes;
