//! A text on its way in: stored once, passed on in order, kept where it belongs to nobody.

mod backfill;
mod commands;
mod held;
mod loops;
mod receive;
mod restarts;
mod strays;
mod unsaid;
