//! The two databases: connections, transactions, groups of writes, the schema.

pub mod dialect;
pub(in crate::store) mod error;
pub(in crate::store) mod group;
pub mod lock_order;
pub(in crate::store) mod migrations;
pub(in crate::store) mod postgres;
pub(in crate::store) mod rows;
pub mod schema;
pub mod sql;
pub mod sqlite;
