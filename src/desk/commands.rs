//! Ids for rows that commands write without a desk.

use std::sync::LazyLock;

use crate::secret::Ids;

/// The node number of commands: serving nodes count from 0.
pub const NODE: i64 = 1023;

static IDS: LazyLock<Ids> = LazyLock::new(|| Ids::of_node(NODE));

/// The ids of this process's commands.
#[must_use]
pub fn ids() -> &'static Ids {
    &IDS
}
