//! The words in place of what cannot be relayed: a picture, a file, or an empty text. Staff read words for staff, and
//! everybody else reads words that need no inbox.

use super::notice::{Whose, say};
use super::relay::Words;
use crate::domain::characters::seen;
use crate::domain::words::files::{Files, noun};
use crate::domain::words::text::Wording;
use crate::store::{Result, Tx};

/// What is said about the part of a text that cannot travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaid {
    /// To staff.
    staff: String,
    /// To customers and parties.
    others: String,
    /// In one line, for lists.
    short: String,
}

impl Unsaid {
    /// What the text of `body`, which came with `files`, leaves unsaid; `None` if it is words alone. `whose` words.
    pub async fn of(tx: &mut Tx, whose: Whose, body: &str, files: &Files) -> Result<Option<Self>> {
        if !files.are_none() {
            let what = what(files);
            let others = say(tx, whose, Wording::NotShown, &[("what", &what)]).await?;
            return Ok(Some(Unsaid { staff: named(files), others, short: format!("[{what}]") }));
        }
        if seen::is_blank(body) {
            let empty = say(tx, whose, Wording::Empty, &[]).await?;
            return Ok(Some(Unsaid { staff: empty.clone(), others: empty.clone(), short: empty }));
        }
        Ok(None)
    }
}

/// What a text of `body` says to those who hear it.
#[must_use]
pub fn words(body: &str, unsaid: Option<&Unsaid>) -> Words {
    let with = |more: &str| {
        if seen::is_blank(body) { more.to_owned() } else { format!("{body}\n{more}") }
    };
    match unsaid {
        Some(unsaid) => Words { staff: with(&unsaid.staff), others: with(&unsaid.others) },
        None => Words::plain(body),
    }
}

/// A text in a list: its words, or what else it was.
#[must_use]
pub fn short<'a>(body: &'a str, unsaid: Option<&'a Unsaid>) -> &'a str {
    unsaid.filter(|_| seen::is_blank(body)).map_or(body, |unsaid| &unsaid.short)
}

/// Pictures and files, each named in a line of its own for staff.
fn named(files: &Files) -> String {
    let Files::Of(types) = files else { return "[something came with it that cannot be read]".to_owned() };
    let lines: Vec<String> = types.iter().map(|kind| format!("[{}: open in the inbox]", noun(kind))).collect();
    lines.join("\n")
}

/// Pictures and files in words: `a photo`, `2 photos and a file`.
#[must_use]
pub(in crate::desk) fn what(files: &Files) -> String {
    let Files::Of(types) = files else { return "a file that cannot be read".to_owned() };
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for noun in types.iter().map(|kind| noun(kind)) {
        match counts.iter_mut().find(|(known, _)| *known == noun) {
            Some((_, count)) => *count += 1,
            None => counts.push((noun, 1)),
        }
    }
    let said: Vec<String> = counts
        .into_iter()
        .map(|(noun, count)| if count == 1 { format!("a {noun}") } else { format!("{count} {noun}s") })
        .collect();
    match said.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        all => all.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(kinds: &[&str]) -> Files {
        Files::Of(kinds.iter().map(|kind| (*kind).to_owned()).collect())
    }

    #[test]
    fn pictures_are_named_where_only_words_travel() {
        let all = types(&["image/jpeg", "application/pdf"]);
        assert_eq!(named(&all), "[photo: open in the inbox]\n[file: open in the inbox]");
        for (kinds, said) in [
            (&["image/png"][..], "a photo"),
            (&["image/png", "image/jpeg"], "2 photos"),
            (&["image/png", "", "image/gif"], "2 photos and a file"),
            (&["video/mp4", "audio/ogg", "text/vcard"], "a video, a recording and a file"),
            (&[], ""),
        ] {
            assert_eq!(what(&types(kinds)), said);
        }
    }

    #[test]
    fn what_was_said_stands_before_what_could_not_be() {
        let unsaid =
            Unsaid { staff: "[photo]".into(), others: "You were sent a photo.".into(), short: "[a photo]".into() };
        let both = words("our map", Some(&unsaid));
        assert_eq!(
            (both.staff.as_str(), both.others.as_str()),
            ("our map\n[photo]", "our map\nYou were sent a photo.")
        );
        assert_eq!(words(" \u{200b}", Some(&unsaid)).others, "You were sent a photo.");
        assert_eq!(
            (short("our map", Some(&unsaid)), short("", Some(&unsaid)), short("hi", None)),
            ("our map", "[a photo]", "hi")
        );
    }
}
