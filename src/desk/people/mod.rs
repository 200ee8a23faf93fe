//! People: who is invited, what each may do, whose phone is whose. Admins change others; everybody may change some
//! things about themselves. Each change leaves an audit row, and the same transaction does what follows for customers.

mod accept;
pub mod came;
mod facts;
mod invite;
mod own;
pub(in crate::desk) mod password;
pub mod passwords;
mod phone;
pub(in crate::desk) mod prove;
mod save;
pub mod sessions;
pub mod setup;
mod texts_on;

pub use accept::{Accepted, accept};
pub use facts::Facts;
pub use invite::{Invited, NewPerson, invite, reset};
pub use own::{change_password, rename_oneself};
pub use phone::{confirm, remove, send_code};
pub use prove::keep_too_soon;
pub use save::save;
pub use texts_on::texts_on;
