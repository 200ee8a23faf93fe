//! The security cases, each found by its number; what a case says in full stands at its test.

mod access;
mod doors;
mod exports;
mod guards;
mod journal;
mod lines;
mod logs;
mod nul;
mod numbers;
mod pairs;
mod programs;
mod seal;
mod spending;
mod texts;
