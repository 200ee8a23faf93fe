//! The rules: pure decisions over values and `now`, without input or output.

pub mod change;
pub mod characters;
pub mod conversations;
pub mod customers;
pub mod ids;
pub mod leg;
pub mod message;
pub mod money;
pub mod numbers;
pub mod outbox;
pub mod pairs;
pub mod people;
pub mod policy;
pub mod pool;
pub mod programs;
pub mod proof;
pub mod recollection;
pub mod routing;
pub mod search;
pub mod setup;
pub mod time;
pub mod vocabulary;
pub mod words;
