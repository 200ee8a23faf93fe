//! How every run ends: nothing goes wrong any more, nobody says anything more, and all of it has its time. What has then
//! not arrived never will.

use switchboard::domain::outbox::delivery::State;

use super::actions::Action;
use super::bounds::Bounds;
use super::looks::List;
use super::requests::How;
use super::world::World;

/// In so many steps of time everything that was in doubt is settled: five minutes after the last doubt at most.
const STEPS: usize = 40;
/// Far more than anything takes.
const MOST: usize = 4000;

impl World {
    /// Lets everything have its time.
    pub fn calms(&mut self, b: &Bounds) {
        let until = self.now + STEPS;
        let mut actions = Vec::new();
        for _ in 0..MOST {
            actions.clear();
            self.actions(b, &mut actions);
            let any_up = self.nodes.iter().any(|node| node.up);
            let next = actions.iter().copied().find(|action| match *action {
                Action::Starts { .. } => !any_up,
                action => action.goes_well(),
            });
            match next {
                Some(action) => *self = self.after(b, action),
                None if self.now < until && self.is_open() => self.now += 1,
                None => break,
            }
        }
        self.calm = true;
    }

    /// Something may still happen by itself.
    fn is_open(&self) -> bool {
        let open = |state| matches!(state, State::Ready | State::Sending | State::Unknown);
        let waits = (0..self.carrier.said.len()).any(|text| !self.db.relayed.has(text));
        waits || self.db.outbox.iter().any(|one| open(one.state))
    }
}

impl Action {
    /// It is a step of a process, and nothing goes wrong in it.
    pub fn goes_well(self) -> bool {
        match self {
            Action::Notices { .. }
            | Action::TakesIn { answered: true, .. }
            | Action::Marks { .. }
            | Action::Compares { .. }
            | Action::Vouches { .. }
            | Action::Doubts { .. }
            | Action::Requests { how: How::Answered | How::Overdue, .. }
            | Action::Settles { .. }
            | Action::Looks { list: List::Had, .. }
            | Action::Finds { .. }
            | Action::Claims { .. } => true,
            Action::Says(_)
            | Action::Drops { .. }
            | Action::Starts { .. }
            | Action::TakesIn { .. }
            | Action::Requests { .. }
            | Action::Looks { .. }
            | Action::Reports { .. }
            | Action::Dies { .. }
            | Action::BacksUp
            | Action::GoesBack
            | Action::Passes
            | Action::Calms => false,
        }
    }
}
