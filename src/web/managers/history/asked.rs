//! What an address asks of the history, read and written: the same words in the form, in saved searches and in links.

use rocket::FromForm;

use crate::domain::characters::digit;
use crate::domain::ids::{ConversationId, LabelId, NumberId, PersonId};
use crate::domain::search::number;
use crate::domain::search::question::Question;
use crate::domain::time::hours;
use crate::store::views::search::{Fate, Kind, Stage, Wanted};

/// The fields of the form, as they were typed.
#[derive(Clone, Debug, Default, FromForm)]
pub struct Asked {
    /// Words.
    pub q: Option<String>,
    /// Name or number.
    pub who: Option<String>,
    /// A person's row.
    pub rep: Option<String>,
    /// A line's row.
    pub line: Option<String>,
    /// `open` or `closed`.
    pub state: Option<String>,
    /// `texts` or `notes`.
    pub kind: Option<String>,
    /// `held` or `failed`.
    pub fate: Option<String>,
    /// An error code, or words of its reason.
    pub error: Option<String>,
    /// A label's row.
    pub label: Option<String>,
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// The time zone in which days begin.
    pub zone: Option<String>,
}

/// Why what was typed cannot be looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wrong {
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// The time zone.
    pub zone: Option<String>,
}

fn said(field: Option<&String>) -> Option<&str> {
    field.map(|text| text.trim()).filter(|text| !text.is_empty())
}

fn row(field: Option<&String>) -> Option<i64> {
    said(field).map(|text| text.parse().unwrap_or(0))
}

impl Asked {
    /// What was typed into the field of that name; empty if nothing was.
    #[must_use]
    pub fn typed(&self, name: &str) -> &str {
        self.fields().into_iter().find(|(field, _)| *field == name).map_or("", |(_, text)| text)
    }

    /// Nothing was asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields().iter().all(|(name, _)| *name == "zone")
    }

    /// What was typed, with the name of its field.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("q", &self.q),
            ("who", &self.who),
            ("rep", &self.rep),
            ("line", &self.line),
            ("state", &self.state),
            ("kind", &self.kind),
            ("fate", &self.fate),
            ("error", &self.error),
            ("label", &self.label),
            ("from", &self.from),
            ("to", &self.to),
            ("zone", &self.zone),
        ];
        all.into_iter().filter_map(|(name, field)| Some((name, said(field.as_ref())?))).collect()
    }

    /// The address behind the question mark.
    #[must_use]
    pub fn query(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(self.fields()).finish()
    }

    /// As [`Asked::query`], without one field.
    #[must_use]
    pub fn without(&self, name: &str) -> String {
        let rest = self.fields().into_iter().filter(|(field, _)| *field != name);
        form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish()
    }

    /// Reads what [`Asked::query`] wrote; what it does not know is left out.
    #[must_use]
    pub fn read(query: &str) -> Asked {
        let mut asked = Asked::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match name.as_ref() {
                "q" => &mut asked.q,
                "who" => &mut asked.who,
                "rep" => &mut asked.rep,
                "line" => &mut asked.line,
                "state" => &mut asked.state,
                "kind" => &mut asked.kind,
                "fate" => &mut asked.fate,
                "error" => &mut asked.error,
                "label" => &mut asked.label,
                "from" => &mut asked.from,
                "to" => &mut asked.to,
                "zone" => &mut asked.zone,
                _ => continue,
            };
            *field = Some(value.into_owned());
        }
        asked
    }

    /// What is looked for, or why it cannot be. Days begin in `zone` unless the form names another.
    ///
    /// # Errors
    /// The fields that cannot be read.
    pub fn wanted(&self, zone: &str) -> Result<Wanted, Wrong> {
        let zone = said(self.zone.as_ref()).unwrap_or(zone);
        let mut wrong = Wrong::default();
        if let Err(why) = hours::check_zone(zone) {
            wrong.zone = Some(why);
        }
        let day = |field: Option<&String>, wrong: &mut Option<String>| match said(field)
            .map(|day| hours::beginning_of(day, zone))
        {
            Some(Err(why)) => {
                *wrong = Some(why);
                None
            }
            Some(Ok(at)) => Some(at),
            None => None,
        };
        let (from, last) = match wrong.zone {
            None => (day(self.from.as_ref(), &mut wrong.from), day(self.to.as_ref(), &mut wrong.to)),
            Some(_) => (None, None),
        };
        // The last day belongs to it: up to the beginning of the next one.
        let until = last.and_then(|_| {
            let day: chrono::NaiveDate = said(self.to.as_ref())?.parse().ok()?;
            hours::beginning_of(&day.succ_opt()?.to_string(), zone).ok()
        });
        if from.zip(until).is_some_and(|(from, until)| from >= until) {
            wrong.to = Some("the last day comes before the first".to_owned());
        }
        if wrong != Wrong::default() {
            return Err(wrong);
        }
        let (mut question, mut who) = (said(self.q.as_ref()), said(self.who.as_ref()).map(str::to_owned));
        // A whole number, typed into the one box that is at hand.
        if who.is_none()
            && let Some(text) = question.filter(|text| is_somebody(text))
        {
            who = Some(text.to_owned());
            question = None;
        }
        let fate = match (said(self.error.as_ref()), said(self.fate.as_ref())) {
            (Some(error), _) => Some(error.parse().map_or_else(|_| Fate::Reason(error.to_owned()), Fate::Code)),
            (None, Some("held")) => Some(Fate::Held),
            (None, Some("failed")) => Some(Fate::Failed),
            _ => None,
        };
        Ok(Wanted {
            question: Question::read(question.unwrap_or_default()),
            conversation: question.and_then(numbered),
            who,
            person: row(self.rep.as_ref()).map(PersonId),
            line: row(self.line.as_ref()).map(NumberId),
            stage: match said(self.state.as_ref()) {
                Some("open") => Some(Stage::Open),
                Some("closed") => Some(Stage::Closed),
                _ => None,
            },
            kind: match said(self.kind.as_ref()) {
                Some("texts") => Some(Kind::Texts),
                Some("notes") => Some(Kind::Notes),
                _ => None,
            },
            fate,
            label: row(self.label.as_ref()).map(LabelId),
            from,
            until,
        })
    }
}

/// The conversation that `#1042` is called.
fn numbered(text: &str) -> Option<ConversationId> {
    let digits = text.strip_prefix(['#', '＃'])?.chars().map(digit::ascii).collect::<Option<String>>()?;
    digits.parse().ok().map(ConversationId)
}

fn is_somebody(text: &str) -> bool {
    number::typed(text).is_some_and(|digits| digits.len() >= 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_again_what_it_was_made_of() {
        let asked = Asked {
            q: Some("deposit & refund=1".into()),
            who: Some("+1 505".into()),
            from: Some(" ".into()),
            ..Asked::default()
        };
        assert_eq!(Asked::read(&asked.query()).query(), asked.query());
        assert_eq!(asked.without("who"), "q=deposit+%26+refund%3D1");
        assert!(Asked { zone: Some("UTC".into()), ..Asked::default() }.is_empty() && !asked.is_empty());
    }

    #[test]
    fn days_are_whole_days_of_the_named_zone() {
        let asked = Asked { from: Some("2026-03-01".into()), to: Some("2026-03-31".into()), ..Asked::default() };
        let wanted = asked.wanted("Europe/Berlin").unwrap();
        // From 1 March, an hour before UTC, to the end of 31 March, by then two hours before.
        assert_eq!(wanted.until.unwrap().since(wanted.from.unwrap()).as_secs(), 31 * 86_400 - 3_600);
        let wrong = Asked { to: Some("2026-02-31".into()), ..asked.clone() }.wanted("UTC").unwrap_err();
        assert!(wrong.to.is_some() && wrong.from.is_none(), "{wrong:?}");
        assert!(Asked { zone: Some("Berlin".into()), ..asked.clone() }.wanted("UTC").unwrap_err().zone.is_some());
        assert!(Asked { to: Some("2026-02-01".into()), ..asked }.wanted("UTC").unwrap_err().to.is_some());
    }

    #[test]
    fn a_number_typed_where_words_go_is_still_a_number() {
        let asked = |q: &str| Asked { q: Some(q.into()), ..Asked::default() }.wanted("UTC").unwrap();
        assert_eq!(asked("(505) 555-0121").who.as_deref(), Some("(505) 555-0121"));
        // What stands after a # may be the number of a conversation, or one that was said.
        let both = asked("#1042");
        assert_eq!((both.who.as_deref(), both.conversation), (None, Some(ConversationId(1042))));
        assert_eq!(both.question, Question::read("1042"));
        assert!(asked("1042").conversation.is_none() && asked("#boat").conversation.is_none());
        assert!(asked("20931").who.is_none() && !asked("20931").question.is_empty());
        assert_eq!(
            Asked { error: Some("30005".into()), ..Asked::default() }.wanted("UTC").unwrap().fate,
            Some(Fate::Code(30005))
        );
    }
}
