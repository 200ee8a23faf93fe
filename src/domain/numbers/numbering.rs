//! The world's numbering plans, from the metadata of `phonenumber`: country codes, trunk prefixes, lengths of numbers.
//!
//! The library's own parser is not used: its general descriptions have no lengths, and it removes trunk prefixes only
//! from numbers that somebody has. This module uses the metadata as Google's library does, for which it was made.

use phonenumber::Metadata;
use phonenumber::metadata::{DATABASE, Descriptor};
use regex::RegexBuilder;

/// No prefix can be typed more often than a number has digits.
const LONGEST: usize = 15;

/// The plan of a country, or of a country code that several share.
#[derive(Clone, Copy, Debug)]
pub struct Plan(&'static Metadata);

/// How long a number is in the terms of its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Numbers of the plan are so long.
    Possible,
    /// So long are numbers without their area code.
    Local,
    /// No number of the plan is so short.
    Short,
    /// No number of the plan is so long.
    Long,
    /// There are shorter and longer ones.
    Between,
}

impl Plan {
    /// The plan whose country code these digits begin with, and the digits after the code. Of countries that share a code
    /// it is the largest one's.
    #[must_use]
    pub fn of_code(digits: &str) -> Option<(Plan, &str)> {
        if digits.starts_with('0') {
            return None;
        }
        (1..=3).find_map(|long| {
            let code: u16 = digits.get(..long)?.parse().ok()?;
            let main = DATABASE.by_code(&code)?.into_iter().next()?;
            Some((Plan(main), &digits[long..]))
        })
    }

    /// The plan of a country by its ISO 3166 code.
    #[must_use]
    pub fn of_country(country: &str) -> Option<Plan> {
        DATABASE.by_id(country).map(Plan)
    }

    /// The country code.
    #[must_use]
    pub fn code(self) -> u16 {
        self.0.country_code()
    }

    /// What follows the signs by which somebody in this country dials abroad.
    #[must_use]
    pub fn abroad(self, digits: &str) -> Option<&str> {
        let dialled = self.0.international_prefix()?.find(digits).filter(|found| found.start() == 0)?.end();
        digits.get(dialled..).filter(|rest| !rest.starts_with('0'))
    }

    /// Whether these digits are a whole number of some kind in this country.
    fn has(self, digits: &str) -> bool {
        let pattern = format!(r"\A(?:{})\z", self.0.descriptors().general().national_number().as_str());
        let pattern = RegexBuilder::new(&pattern).ignore_whitespace(true).build();
        pattern.is_ok_and(|pattern| pattern.is_match(digits))
    }

    /// The digits without this country's own code, where they can only be meant with it.
    #[must_use]
    pub fn without_code(self, digits: &str) -> Option<&str> {
        let rest = digits.strip_prefix(self.code().to_string().as_str())?;
        let meant = self.length(digits) == Length::Long || (!self.has(digits) && self.has(&self.significant(rest)));
        meant.then_some(rest)
    }

    /// The digits without the prefix that is dialled within the country alone, as far as a number is left. Where it was
    /// typed twice it goes twice, so that what is left is read again as the same number.
    #[must_use]
    pub fn significant(self, digits: &str) -> String {
        let mut digits = digits.to_owned();
        for _ in 0..LONGEST {
            let shorter = self.without_prefix(&digits).filter(|shorter| *shorter != digits);
            match shorter {
                Some(shorter) if matches!(self.length(&shorter), Length::Possible | Length::Long) => digits = shorter,
                _ => break,
            }
        }
        digits
    }

    fn without_prefix(self, digits: &str) -> Option<String> {
        let shorter = match self.0.national_prefix_for_parsing() {
            None => digits.strip_prefix(self.0.national_prefix()?)?.to_owned(),
            Some(prefix) => {
                let found = prefix.captures(digits)?;
                let whole = found.get(0).filter(|whole| whole.start() == 0)?;
                let group = |n: usize| found.get(n).map_or("", |group| group.as_str());
                let last = found.len() - 1;
                // Some countries write another prefix instead, made of what was found.
                let begins = match self.0.national_prefix_transform_rule() {
                    Some(rule) if last > 0 && found.get(last).is_some() => {
                        (1..=last).fold(rule.to_owned(), |rule, n| rule.replace(&format!("${n}"), group(n)))
                    }
                    _ => String::new(),
                };
                format!("{begins}{}", &digits[whole.end()..])
            }
        };
        // A number that is whole as it stands loses nothing that would leave it none.
        (!self.has(digits) || self.has(&shorter)).then_some(shorter)
    }

    fn kinds(self) -> impl Iterator<Item = &'static Descriptor> {
        let all = self.0.descriptors();
        let kinds = [
            all.fixed_line(),
            all.mobile(),
            all.toll_free(),
            all.premium_rate(),
            all.shared_cost(),
            all.personal_number(),
            all.voip(),
            all.pager(),
            all.uan(),
            all.voicemail(),
        ];
        kinds.into_iter().flatten()
    }

    /// How many digits numbers of the plan have after the country code, the fewest first.
    #[must_use]
    pub fn lengths(self) -> Vec<usize> {
        let mut all: Vec<usize> = self.kinds().flat_map(Descriptor::possible_length).map(|n| usize::from(*n)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// How long these digits, after the country code and without any prefix, are in the terms of the plan.
    #[must_use]
    pub fn length(self, digits: &str) -> Length {
        let (all, long) = (self.lengths(), digits.len());
        let local = || self.kinds().any(|kind| kind.possible_local_length().iter().any(|n| usize::from(*n) == long));
        match (all.first(), all.last()) {
            _ if all.contains(&long) => Length::Possible,
            _ if local() => Length::Local,
            (Some(least), _) if long < *least => Length::Short,
            (_, Some(most)) if long > *most => Length::Long,
            _ => Length::Between,
        }
    }
}

/// Whether numbers like this E.164 one have been given out, as far as the plans tell. Fictional numbers often have not.
#[must_use]
pub fn is_given_out(number: &str) -> bool {
    phonenumber::parse(None, number).is_ok_and(|number| number.is_valid())
}

/// What is said of a possible number that no plan has given out: a slip of the finger, or one that is kept for fiction. It is
/// no reason to refuse it, since plans change before this program does. Nothing is said of a short code.
#[must_use]
pub fn doubt(number: &str) -> Option<&'static str> {
    let doubted = number.starts_with('+') && !is_given_out(number);
    doubted.then_some("its length is right, but no such number has been given out: look for a slip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_found_by_code_and_by_country() {
        let code = |digits| Plan::of_code(digits).map(|(plan, rest)| (plan.code(), rest.len()));
        assert_eq!(code("15055550121"), Some((1, 10)));
        assert_eq!(code("442079460958"), Some((44, 10)));
        assert_eq!(code("88216123456"), Some((882, 8)));
        for none in ["", "0", "044", "999123456789", "210"] {
            assert_eq!(code(none), None, "{none}");
        }
        assert_eq!(Plan::of_country("GB").map(Plan::code), Some(44));
        assert!(Plan::of_country("XX").is_none());
    }

    #[test]
    fn lengths_are_those_of_all_kinds_of_numbers() {
        assert_eq!(Plan::of_country("US").unwrap().lengths(), [10]);
        assert_eq!(Plan::of_country("US").unwrap().length("5550188"), Length::Local);
        let norway = Plan::of_country("NO").unwrap();
        assert_eq!((norway.length("40612345"), norway.length("4061234")), (Length::Possible, Length::Between));
        assert_eq!((norway.length("406"), norway.length("406123456")), (Length::Short, Length::Long));
    }

    #[test]
    fn what_has_not_been_given_out_is_known() {
        assert!(is_given_out("+15055550121") && is_given_out("+18005550100"));
        assert!(!is_given_out("+15550100000") && !is_given_out("+447700900123") && !is_given_out("hello"));
        assert!(doubt("+447700900123").is_some() && doubt("+15055550121").is_none() && doubt("72345").is_none());
    }

    /// The patterns of the plans are compiled when they are needed: here each is once.
    #[test]
    fn every_plan_can_be_read() {
        let (mut plans, mut given_out) = (0, 0);
        for meta in DATABASE.iter() {
            let plan = Plan::of_country(meta.id()).unwrap();
            assert!(!plan.lengths().is_empty(), "{}", meta.id());
            let example = plan.kinds().find_map(Descriptor::example).unwrap_or_default();
            assert!(plan.has(example), "{} does not have {example}", meta.id());
            assert_eq!(plan.significant(example), example, "{}", meta.id());
            given_out += usize::from(is_given_out(&format!("+{}{example}", plan.code())));
            plans += 1;
        }
        assert!(plans > 200 && given_out > 200, "{plans}, {given_out}");
    }
}
