//! Which colleague a name means when a rep types it on a phone.
//!
//! It does not guess: a name that fits two people fits none.

use crate::domain::ids::PersonId;
use crate::domain::search::fold;

/// Why a name means nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unclear {
    /// It fits nobody.
    Nobody,
    /// It fits these.
    Several(Vec<String>),
}

/// The one of `people` whom `name` means, whatever its case and accents: by the whole name, else by the first name, else by how the name begins.
///
/// # Errors
/// [`Unclear`] if it fits nobody or several.
pub fn called(name: &str, people: &[(PersonId, String)]) -> Result<PersonId, Unclear> {
    let wanted = fold::plain(name);
    let fits: [&dyn Fn(&str) -> bool; 3] = [
        &|other| !wanted.is_empty() && other == wanted,
        &|other| other.split(' ').next() == Some(wanted.as_str()),
        &|other| !wanted.is_empty() && other.starts_with(&wanted),
    ];
    for fits in fits {
        let found: Vec<&(PersonId, String)> = people.iter().filter(|(_, other)| fits(&fold::plain(other))).collect();
        match found.as_slice() {
            [] => {}
            [(id, _)] => return Ok(*id),
            several => return Err(Unclear::Several(several.iter().map(|(_, name)| name.clone()).collect())),
        }
    }
    Err(Unclear::Nobody)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn people(names: &[&str]) -> Vec<(PersonId, String)> {
        names.iter().zip(1..).map(|(name, id)| (PersonId(id), (*name).to_owned())).collect()
    }

    #[test]
    fn a_name_means_whoever_it_fits_alone() {
        let team = people(&["Ana Ruiz", "Ana Bell", "Bo", "Boris Lee", "Çağla Öz"]);
        for (name, id) in [
            ("ana ruiz", 1),
            ("ANA  BELL", 2),
            ("bo", 3),
            ("boris", 4),
            ("bor", 4),
            ("ana r", 1),
            ("çağla", 5),
            ("CAGLA", 5),
        ] {
            assert_eq!(called(name, &team), Ok(PersonId(id)), "{name}");
        }
        assert_eq!(called("Ana", &team), Err(Unclear::Several(vec!["Ana Ruiz".into(), "Ana Bell".into()])));
        assert_eq!(called("b", &team), Err(Unclear::Several(vec!["Bo".into(), "Boris Lee".into()])));
        assert_eq!(called("Ruiz", &team), Err(Unclear::Nobody));
        assert_eq!(called("", &team), Err(Unclear::Nobody));
    }

    proptest! {
        #[test]
        fn a_whole_name_that_only_one_has_means_that_one(names in proptest::collection::hash_set("[A-Z][a-z]{1,4}( [A-Z][a-z]{1,4})?", 1..6)) {
            let team: Vec<(PersonId, String)> = names.into_iter().zip(1..).map(|(name, id)| (PersonId(id), name)).collect();
            for (id, name) in &team {
                prop_assert_eq!(called(&name.to_uppercase(), &team), Ok(*id));
            }
        }
    }
}
