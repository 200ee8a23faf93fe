//! The database: one SQL text for SQLite and PostgreSQL.
