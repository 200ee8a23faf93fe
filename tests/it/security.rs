//! The security cases, each found by its number; what a case says in full stands at its test.

mod access;
mod exports;
mod guards;
mod journal;
mod links;
mod logs;
mod nul;
mod numbers;
mod pairs;
mod peers;
mod programs;
mod seal;
mod sign_in;
mod spending;
mod texts;
