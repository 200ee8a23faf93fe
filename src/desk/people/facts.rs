//! The values that a form about a person showed, and which of them have changed since.

use crate::domain::ids::NumberId;
use crate::domain::people::person::Role;
use crate::domain::time::hours::Hours;
use crate::store::people::Person;

/// What can be said of a person; what is `None` is not spoken of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// As colleagues see it.
    pub name: Option<String>,
    /// Rank.
    pub role: Option<Role>,
    /// Most open conversations; `Some(None)` is no limit.
    pub limit: Option<Option<i64>>,
    /// When they work; `Some(None)` is whenever the line is open.
    pub schedule: Option<Option<Hours>>,
    /// Their lines, in the order of their ids.
    pub lines: Option<Vec<NumberId>>,
}

impl Facts {
    /// A person as they are, in the respects in which `like` speaks.
    #[must_use]
    pub fn of(person: &Person, lines: &[NumberId], like: &Facts) -> Facts {
        Facts {
            name: like.name.as_ref().map(|_| person.name.clone()),
            role: like.role.map(|_| person.role),
            limit: like.limit.map(|_| person.limit),
            schedule: like.schedule.as_ref().map(|_| person.schedule.clone()),
            lines: like.lines.as_ref().map(|_| lines.to_vec()),
        }
    }

    /// What differs between two, in words of what it is now; nothing if they are the same.
    #[must_use]
    pub fn changed(was: &Facts, now: &Facts) -> Option<String> {
        let mut changes = Vec::new();
        if was.name != now.name {
            changes.push(format!("the name is now {}", now.name.as_deref().unwrap_or_default()));
        }
        if was.role != now.role {
            changes.push(format!("the role is now {}", now.role.map(Role::as_str).unwrap_or_default()));
        }
        if was.limit != now.limit {
            let limit = now.limit.flatten().map_or_else(|| "none".to_owned(), |limit| limit.to_string());
            changes.push(format!("the limit is now {limit}"));
        }
        if was.schedule != now.schedule {
            changes.push("the schedule is another".to_owned());
        }
        if was.lines != now.lines {
            changes.push("the lines are others".to_owned());
        }
        (!changes.is_empty()).then(|| changes.join(", and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_meanwhile_is_said_and_nothing_else() {
        let was = Facts { role: Some(Role::Rep), limit: Some(Some(5)), ..Facts::default() };
        assert_eq!(Facts::changed(&was, &was), None);
        let now = Facts { role: Some(Role::Manager), limit: Some(None), ..Facts::default() };
        let said = Facts::changed(&was, &now);
        assert_eq!(said.as_deref(), Some("the role is now manager, and the limit is now none"));
    }
}
