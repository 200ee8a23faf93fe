//! What a password must be like: long, not a common one, and otherwise as its owner likes.

mod common;

/// The fewest characters.
pub const SHORTEST: usize = 12;
/// The most, so that hashing stays cheap.
pub const LONGEST: usize = 256;

/// What somebody who guesses at a person's password knows of the person.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// What they sign in with.
    pub email: String,
    /// As colleagues see them.
    pub name: String,
    /// What the company's lines are called.
    pub company: Vec<String>,
}

/// Whether a password may be used by whom it is about.
///
/// # Errors
/// What is wrong, in words that do not repeat it.
pub fn check(password: &str, about: &About) -> Result<(), String> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        let why = format!("the password has {length} characters: write {SHORTEST} to {LONGEST}");
        return Err(format!("{why}, for instance four or five words"));
    }
    if let Some(why) = common::weakness(password) {
        return Err(format!("{why}: whoever guesses tries that first; write four or five words"));
    }
    if let Some(what) = about.contained_in(password) {
        return Err(format!("the password contains {what}: whoever guesses tries that first; write other words"));
    }
    Ok(())
}

/// Whether a password that was typed twice may be used by whom it is about.
///
/// # Errors
/// The field, `password` or `again`, and what is wrong with it.
pub fn check_twice(password: &str, again: &str, about: &About) -> Result<(), (&'static str, String)> {
    check(password, about).map_err(|why| ("password", why))?;
    if password == again { Ok(()) } else { Err(("again", "it is not the same as above".to_owned())) }
}

impl About {
    /// What of it stands in a password. Short words stand in too many others to be told of.
    fn contained_in(&self, password: &str) -> Option<&'static str> {
        let spellings = [password.to_lowercase(), common::plain(password)];
        let has = |text: &str, shortest: usize| {
            let lower = text.to_lowercase();
            let mut words = lower.split(|c: char| !c.is_alphanumeric());
            words.any(|word| word.chars().count() >= shortest && spellings.iter().any(|one| one.contains(word)))
        };
        let (local, host) = self.email.split_once('@').unwrap_or((&self.email, ""));
        // Of an address's host the last part is a country or a kind.
        let host = host.rsplit_once('.').map_or(host, |(own, _)| own);
        if has(&self.name, 4) {
            Some("your name")
        } else if has(local, 4) || has(host, 5) {
            Some("a part of your e-mail address")
        } else if self.company.iter().any(|line| has(line, 5)) {
            Some("the name of a line")
        } else if spellings.iter().any(|one| one.contains("switchboard")) {
            Some("the name of this program")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(password: &str) -> bool {
        check(password, &About::default()).is_ok()
    }

    #[test]
    fn a_password_is_long_and_typed_the_same_twice() {
        assert!(good("a tide table") && !good("tide table"));
        assert!(!good(&"a".repeat(257)) && good(&"four cormorants on a pier ".repeat(9)));
        let nobody = About::default();
        assert!(check_twice("a tide table", "a tide table", &nobody).is_ok());
        assert_eq!(check_twice("a tide table", "a tide tables", &nobody).unwrap_err().0, "again");
        assert_eq!(check_twice("short", "other", &nobody).unwrap_err().0, "password");
    }

    #[test]
    fn what_is_tried_first_is_refused_however_it_is_dressed_up() {
        for tried in [
            "password1234",
            "Password1234!",
            "P@ssw0rd2026",
            "passwordpassword",
            "letmein12345",
            "iloveyou2026!",
            "Summer2026!!",
            "Winter-2026-",
            "qwertyuiop12",
            "1q2w3e4r5t6y",
            "qwerty123456",
            "asdfghjkl123",
            "123456789012",
            "000000000000",
            "2026-11-29-1",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijkl",
            "zyxwvutsrqpo",
            "administrator",
            "welcome12345",
            "changeme1234",
            "dragonmonkey1",
            "football2026football",
            "            ",
            "111122223333",
        ] {
            assert!(!good(tried), "{tried}");
        }
        for fine in [
            "four cormorants on a pier",
            "a tide table for everybody",
            "kT9#vq2LmZ!x",
            "correct horse battery staple",
            "vier Möwen am Steg",
            "четыре чайки на пирсе",
            "五隻海鷗在碼頭上看著那些船",
            "7f3c9e1ab84d",
        ] {
            assert!(good(fine), "{fine}: {:?}", check(fine, &About::default()));
        }
    }

    #[test]
    fn what_everybody_knows_of_somebody_is_no_password_of_theirs() {
        let about = About {
            email: "miriam.holt@saltmarsh.example".to_owned(),
            name: "Miriam Holt".to_owned(),
            company: vec!["Bait and Tackle".to_owned()],
        };
        for (password, what) in [
            ("miriam of the marshes", "your name"),
            ("the M1r1am of marshes", "your name"),
            ("HOLT am see im november", "your name"),
            ("salty saltmarsh birds", "e-mail"),
            ("tackle four cormorants", "name of a line"),
            ("my switchboard of reeds", "this program"),
        ] {
            let said = check(password, &about).unwrap_err();
            assert!(said.contains(what) && !said.contains(password), "{password}: {said}");
        }
        assert!(check("four cormorants and a pier", &about).is_ok(), "short words stand everywhere");
    }
}
