//! People with a login and what their rank lets them do.
//!
//! Each rank may do all that the rank below may, so ranks are ordered.

use std::fmt;
use std::str::FromStr;

use crate::domain::vocabulary::words;
use crate::domain::words::name;

/// A person's rank (`rep` < `manager` < `admin`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Answers customers: own and unassigned conversations of own lines.
    Rep,
    /// Sees and reassigns everybody's conversations, and held texts.
    Manager,
    /// Sets up people, lines and numbers.
    Admin,
}

/// Not one of the three words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of rep, manager and admin")]
pub struct NotARole;

impl Role {
    /// The word in the database and in set-up files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Rep => "rep",
            Role::Manager => "manager",
            Role::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        match text {
            "rep" => Ok(Role::Rep),
            "manager" => Ok(Role::Manager),
            "admin" => Ok(Role::Admin),
            _ => Err(NotARole),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

words! {
    /// Whether a person takes customers.
    Duty {
        /// Takes new customers.
        On = "on",
        /// Takes no new ones; texts of own customers still come.
        Away = "away",
        /// Takes none: own customers are given to others.
        AwayReassign = "away_reassign",
    }
}

/// The longest name, in characters: it begins texts, where every character counts.
pub const LONGEST_NAME: usize = 60;
/// The longest e-mail address, in characters (RFC 5321).
const LONGEST_EMAIL: usize = 254;

/// A name as it is kept: in one spelling, without space around it, and one line.
///
/// # Errors
/// What is wrong, in words.
pub fn check_name(name: &str) -> Result<String, String> {
    let name = name::kept(name);
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(format!("it has {length} characters; write 1 to {LONGEST_NAME}, without line breaks"));
    }
    Ok(name)
}

/// An e-mail address as it is kept: in one spelling, lower case, without space around it. Only its shape is checked.
///
/// # Errors
/// What is wrong, in words.
pub fn check_email(email: &str) -> Result<String, String> {
    let email = name::address(email);
    let plain = !email.chars().any(|c| c.is_whitespace() || c.is_control()) && email.chars().count() <= LONGEST_EMAIL;
    let parts = email.split_once('@');
    if !plain || parts.is_none_or(|(name, host)| name.is_empty() || host.is_empty() || host.contains('@')) {
        return Err("write an e-mail address, such as ana@example.com".to_owned());
    }
    Ok(email)
}

/// A limit of open conversations as people write it: a whole number from 1 on, or nothing for no limit.
///
/// # Errors
/// What is wrong, in words.
pub fn check_limit(limit: &str) -> Result<Option<i64>, String> {
    match limit.trim() {
        "" => Ok(None),
        limit => match limit.parse() {
            Ok(limit @ 1..=100_000) => Ok(Some(limit)),
            _ => Err("write a whole number from 1 on, or nothing for no limit".to_owned()),
        },
    }
}

/// Up to two letters that stand for a name where there is no room: `Ana Ruiz` is `AR`.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_ordered_and_keep_their_words() {
        assert!(Role::Rep < Role::Manager && Role::Manager < Role::Admin);
        for role in [Role::Rep, Role::Manager, Role::Admin] {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("owner".parse::<Role>(), Err(NotARole));
    }

    #[test]
    fn every_duty_is_read_by_its_word() {
        for duty in Duty::ALL {
            assert_eq!(Duty::read(duty.word()), Some(duty));
        }
        assert_eq!(Duty::read("off"), None);
    }

    #[test]
    fn names_are_one_line_and_addresses_have_two_sides() {
        assert_eq!(check_name("  Ana Ruiz ").as_deref(), Ok("Ana Ruiz"));
        for bad in ["", "  ", "Ana\r\nlevel=ERROR", &"a".repeat(61)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        assert_eq!(check_email(" Ana@Example.com ").as_deref(), Ok("ana@example.com"));
        for bad in ["", "ana", "@example.com", "ana@", "a b@example.com", "a@b@c", "ana@example.com\nx"] {
            assert!(check_email(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_limit_is_a_whole_number_or_nothing() {
        assert_eq!((check_limit(" 5 "), check_limit("")), (Ok(Some(5)), Ok(None)));
        for bad in ["0", "-1", "many", "1.5", "100001"] {
            assert!(check_limit(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_name() {
        assert_eq!(initials("Ana"), "A");
        assert_eq!(initials("Ana María Ruiz"), "AR");
        assert_eq!(initials("  "), "");
    }
}
