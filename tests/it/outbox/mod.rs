//! A text on its way out: when it leaves, what the carrier makes of it, and what is done where nobody knows.

mod carrier_faults;
mod clock_jumps;
mod delivery;
mod doubt;
mod fitness;
mod offsets;
mod outages;
mod receipts;
mod two_nodes;
