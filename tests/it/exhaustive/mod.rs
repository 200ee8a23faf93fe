//! The outbox and the pin as a state machine, explored exhaustively within stated bounds: every order of commits,
//! messages, crashes and time, with the program's own decisions (`domain::{settlement, doubt, departure, adoption,
//! recollection, routing, keyword, sending}`) in every step.
//!
//! Each rule is also left out once, and the model must find what then goes wrong: a rule that can be left out unnoticed is
//! not tested. What is modelled and what is not stands in docs/RELIABILITY.md. `scripts/model exhaustive` explores further.

mod actions;
mod bounds;
mod calm;
mod explore;
mod leave;
mod life;
mod looks;
mod mutants;
mod outbox;
mod properties;
mod receive;
mod requests;
mod rules;
mod scenarios;
mod world;

use explore::{ARRIVES, DELIVERED, DOUBTED, HELD, SUPPRESSED, WENT_BACK, holds};

#[test]
fn lost_answers_late_lists_and_a_crash_anywhere() {
    holds(scenarios::answers(), &[ARRIVES, DOUBTED]);
}

#[test]
fn receipts_in_any_order() {
    holds(scenarios::receipts(), &[ARRIVES, DOUBTED, DELIVERED]);
}

#[test]
fn two_nodes_of_which_one_stands_still() {
    holds(scenarios::nodes(), &[ARRIVES, DOUBTED]);
}

#[test]
fn an_opt_out_while_nothing_runs() {
    holds(scenarios::stop(), &[SUPPRESSED]);
}

#[test]
fn texts_that_were_missed_and_texts_that_come_after_a_start() {
    holds(scenarios::restart(), &[ARRIVES, DOUBTED]);
}

#[test]
fn keyed_requests_that_are_repeated() {
    holds(scenarios::keys(), &[ARRIVES, DOUBTED]);
}

#[test]
fn equal_words() {
    holds(scenarios::equal(), &[ARRIVES, DOUBTED]);
}

#[test]
fn a_restored_backup() {
    holds(scenarios::restore(), &[ARRIVES, DOUBTED, WENT_BACK]);
}

#[test]
fn a_restored_backup_and_a_rep_who_has_answered() {
    holds(scenarios::answered(), &[ARRIVES, DOUBTED, WENT_BACK]);
}

#[test]
fn a_restored_backup_in_which_a_text_waited() {
    holds(scenarios::waiting(), &[ARRIVES, DOUBTED, WENT_BACK]);
}

#[test]
fn a_restored_backup_and_a_newcomer() {
    holds(scenarios::newcomer(), &[ARRIVES, WENT_BACK]);
}

#[test]
fn a_restored_backup_and_two_customers_who_began_alike() {
    holds(scenarios::alike(), &[ARRIVES, HELD]);
}

#[test]
fn a_database_that_goes_back_under_a_running_node() {
    holds(scenarios::promotion(), &[ARRIVES, DOUBTED, WENT_BACK]);
}

#[test]
fn a_database_that_goes_back_under_two_running_nodes() {
    holds(scenarios::two_promoted(), &[ARRIVES, DOUBTED, WENT_BACK]);
}

#[test]
fn a_clock_that_is_ahead() {
    holds(scenarios::clock(90), &[ARRIVES, DOUBTED]);
}

#[test]
fn a_clock_that_is_behind() {
    holds(scenarios::clock(-90), &[ARRIVES, DOUBTED]);
}

#[test]
fn answers_that_do_not_say_what_time_it_is() {
    holds(scenarios::undated(), &[ARRIVES, DOUBTED]);
}
