//! What a password must be like: long, and otherwise as its owner likes.

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most, so that hashing stays cheap.
pub const LONGEST: usize = 256;

/// Whether a password may be used.
///
/// # Errors
/// What is wrong, in words that do not repeat it.
pub fn check(password: &str) -> Result<(), String> {
    let length = password.chars().count();
    if (SHORTEST..=LONGEST).contains(&length) {
        return Ok(());
    }
    Err(format!("the password has {length} characters: write {SHORTEST} to {LONGEST}, for instance four or five words"))
}

/// Whether a password that was typed twice may be used.
///
/// # Errors
/// The field, `password` or `again`, and what is wrong with it.
pub fn check_twice(password: &str, again: &str) -> Result<(), (&'static str, String)> {
    check(password).map_err(|why| ("password", why))?;
    if password == again { Ok(()) } else { Err(("again", "it is not the same as above".to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_typed_the_same_twice() {
        assert!(check("a tide table").is_ok() && check("tide table").is_err() && check(&"a".repeat(257)).is_err());
        assert!(check_twice("a tide table", "a tide table").is_ok());
        assert_eq!(check_twice("a tide table", "a tide tables").unwrap_err().0, "again");
        assert_eq!(check_twice("short", "other").unwrap_err().0, "password");
    }
}
