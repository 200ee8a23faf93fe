//! Both databases: one schema, plans that go by indexes, rows held in one order.

mod batches;
mod groups;
mod lock_order;
mod plans;
mod schema;
