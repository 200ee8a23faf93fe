//! Work that time or the outbox asks for.
