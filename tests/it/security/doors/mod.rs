//! How people come in, and who comes in too often.

mod floods;
mod links;
mod peers;
mod sign_in;
