//! Explores a model breadth first within its bounds, so that what it finds against a property is a shortest trace.

use std::fmt::Write as _;
use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model, Property};
use switchboard::domain::outbox::delivery::State;

use super::actions::Action;
use super::bounds::Bounds;
use super::properties::{DISORDERED, DOUBLED, FELL, LOST, MISDELIVERED, UNWANTED};
use super::rules::{Rule, Rules};
use super::world::World;

/// What a run within its bounds has to show at least once.
pub const ARRIVES: &str = "everything arrives";
pub const SUPPRESSED: &str = "something is suppressed";
pub const PARKED: &str = "something is parked";
pub const DOUBTED: &str = "something is in doubt";
pub const DELIVERED: &str = "something is reported delivered";
pub const WENT_BACK: &str = "the database has gone back, and what was missed is in again";
pub const HELD: &str = "a person has to decide whose customer somebody is";

/// The bounds as a model; `shows` says which of the things that must be seen are looked for.
struct Run {
    bounds: Bounds,
    shows: &'static [&'static str],
}

impl Model for Run {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.bounds.beginning()]
    }

    fn actions(&self, state: &World, actions: &mut Vec<Action>) {
        state.actions(&self.bounds, actions);
    }

    fn next_state(&self, state: &World, action: Action) -> Option<World> {
        let next = state.after(&self.bounds, action);
        (next != *state).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all: Vec<Property<Self>> = vec![
            Property::always(DOUBLED, |run: &Run, state: &World| state.doubles_nothing(&run.bounds)),
            Property::always(MISDELIVERED, |_: &Run, state: &World| state.keeps_to_one_rep()),
            Property::always(DISORDERED, |_: &Run, state: &World| state.keeps_order()),
            Property::always(UNWANTED, |_: &Run, state: &World| state.respects_opt_out()),
            Property::always(FELL, |_: &Run, state: &World| state.never_falls()),
            Property::always(LOST, |run: &Run, state: &World| state.loses_nothing(&run.bounds)),
        ];
        let seen: [Property<Self>; 7] = [
            Property::sometimes(ARRIVES, |run: &Run, state: &World| state.calm && state.arrives(&run.bounds)),
            Property::sometimes(SUPPRESSED, |_: &Run, state: &World| state.has(State::Suppressed)),
            Property::sometimes(PARKED, |_: &Run, state: &World| state.has(State::Parked)),
            Property::sometimes(DOUBTED, |_: &Run, state: &World| state.has(State::Unknown)),
            Property::sometimes(DELIVERED, |_: &Run, state: &World| state.has(State::Delivered)),
            Property::sometimes(WENT_BACK, |_: &Run, state: &World| {
                state.lives > 0 && state.calm && !state.db.outbox.is_empty()
            }),
            Property::sometimes(HELD, |_: &Run, state: &World| {
                (0..state.carrier.said.len()).any(|text| state.db.held.has(text))
            }),
        ];
        all.extend(seen.into_iter().filter(|one| self.shows.contains(&one.name)));
        all
    }
}

fn trace(actions: &[Action]) -> String {
    let mut lines = String::new();
    for (at, action) in actions.iter().enumerate() {
        writeln!(lines, "{:>4}. {action:?}", at + 1).unwrap();
    }
    lines
}

/// Explores all states within the bounds: nothing may be found against any property, and each of `shows` must be seen.
pub fn holds(bounds: Bounds, shows: &'static [&'static str]) {
    let (name, begun) = (bounds.name, Instant::now());
    let checker = Run { bounds, shows }.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    println!(
        "{name}: {} states, {} transitions, {} steps deep, {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        begun.elapsed().as_secs_f64()
    );
    let found = checker.discoveries();
    for against in [DOUBLED, MISDELIVERED, DISORDERED, UNWANTED, FELL, LOST] {
        if let Some(path) = found.get(against) {
            let end = path.last_state().clone();
            panic!("{name}: not true that {against}:\n{}{end:#?}", trace(&path.clone().into_actions()));
        }
    }
    for seen in shows {
        assert!(found.contains_key(seen), "{name}: {seen} was never seen: the bounds prove nothing about it");
    }
}

/// Without this rule the model must find a trace against that property.
pub fn misses(bounds: &Bounds, rule: Rule, against: &'static str) {
    let begun = Instant::now();
    let bounds = Bounds { rules: Rules::without(rule), ..bounds.clone() };
    let name = bounds.name;
    let until = HasDiscoveries::AnyOf([against].into());
    let checker = Run { bounds, shows: &[] }.checker().finish_when(until).spawn_bfs().join();
    let found = checker.discoveries();
    let seconds = begun.elapsed().as_secs_f64();
    let states = checker.unique_state_count();
    for (property, path) in &found {
        let actions = path.clone().into_actions();
        println!(
            "without {rule:?} ({name}): not true that {property}, {} steps, {states} states, {seconds:.1} s",
            actions.len()
        );
        print!("{}", trace(&actions));
    }
    assert!(
        found.contains_key(against),
        "without {rule:?} ({name}): found nothing against \"{against}\" in {states} states"
    );
}
