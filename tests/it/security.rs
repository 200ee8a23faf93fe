//! The security cases, each found by its number; what a case says in full stands at its test.

mod access;
mod exports;
mod floods;
mod guards;
mod links;
mod logs;
mod numbers;
mod pairs;
mod programs;
mod sign_in;
mod spending;
mod texts;
