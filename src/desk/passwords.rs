//! Sets a person's password.

use crate::domain::name;
use crate::store::{Job, Result, Store, Tx, people};

/// Sets the password of the enabled person with this e-mail address by its hash, and ends their sessions and unused
/// links; `false` if there is no such person.
///
/// # Errors
/// What the database said.
pub async fn set(store: &Store, email: &str, hash: String) -> Result<bool> {
    store.write(Set { email: name::address(email), hash }).await
}

struct Set {
    email: String,
    hash: String,
}

impl Job for Set {
    type Out = bool;

    async fn run(&self, tx: &mut Tx) -> Result<bool> {
        people::set_password(tx, &self.email, &self.hash).await
    }
}
