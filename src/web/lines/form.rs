//! The fields of a line's forms: their values, what was typed, and why it was refused.

use std::collections::HashMap;

use crate::domain::policy::{Key, LinePolicy, PickPolicy, SupportPolicy};
use crate::domain::time::duration;
use crate::domain::words::sentence::capitalised;
use crate::domain::words::text::Wording;
use crate::store::lines::Line;
use crate::web::conversations::forms::writing::lines;
use crate::web::page::fields::{Field, Sent, Typed, Whys};
use crate::web::page::hours::HoursFields;

/// All fields of the page.
pub(super) struct Fields {
    pub name: Field,
    pub hours: HoursFields,
    pub policies: Vec<Field>,
    pub texts: Vec<Field>,
    /// Something is wrong that belongs to no field.
    pub why: Option<String>,
}

impl Fields {
    pub(super) fn of(line: &Line, own: &HashMap<Wording, String>, house: &SupportPolicy, typed: &Typed) -> Fields {
        let labels = ("Always open", "Open in these hours, by the clock of the time zone", "Holidays");
        let policy = |key: Key| {
            let (label, hint) = about(key);
            let usual = usual(key, house);
            let choices = match key {
                Key::Pick => PickPolicy::ALL.map(|pick| pick.word().to_owned()).to_vec(),
                Key::ContextLine | Key::ShowNumbers => vec!["true".to_owned(), "false".to_owned()],
                Key::IdleClose
                | Key::ReopenWithin
                | Key::StickyFor
                | Key::HandOverAfter
                | Key::AnswerTarget
                | Key::Countries => Vec::new(),
            };
            let value = line.policies.get(key).unwrap_or_default();
            let hint = if choices.is_empty() {
                format!("{hint} Empty: {usual}, as the settings say.")
            } else {
                hint.to_owned()
            };
            let mut field = typed.field("policies", key.word(), label, &hint, &value);
            if !choices.is_empty() {
                field.choices.push((String::new(), format!("as the settings say ({})", said(&usual))));
                field.choices.extend(choices.into_iter().map(|word| (word.clone(), said(&word).to_owned())));
            }
            field
        };
        let text = |wording: &Wording| {
            let fields: Vec<String> = wording.fields().iter().map(|field| format!("{{{field}}}")).collect();
            let mut hint = wording.about().to_owned();
            if !fields.is_empty() {
                hint = format!("{hint} Fields: {}.", fields.join(", "));
            }
            let body = own.get(wording).map_or_else(|| wording.default_text(), String::as_str);
            typed.field("texts", wording.name(), &title(wording.name()), &hint, body)
        };
        Fields {
            name: typed.field("name", "name", "Name", "Customers read it in the greeting.", &line.name),
            hours: HoursFields::of(typed, "hours", line.hours.as_ref(), labels),
            policies: Key::ALL.into_iter().map(policy).collect(),
            texts: Wording::ALL.iter().map(text).collect(),
            why: ["text", "changed"].into_iter().find_map(|name| typed.why(name)),
        }
    }
}

fn title(name: &str) -> String {
    capitalised(&name.replace('_', " "))
}

fn about(key: Key) -> (&'static str, &'static str) {
    match key {
        Key::Pick => ("Picking a rep", ""),
        Key::IdleClose => ("Close when quiet for", "Such as 72 h or 3 d."),
        Key::ReopenWithin => ("Reopen within", "A text so soon after the closing goes on in the same conversation."),
        Key::StickyFor => ("Back to the same rep within", "A returning customer goes to the rep who had them last."),
        Key::HandOverAfter => {
            ("Hand over after", "A rep who is off for so long while the line is open loses the customer.")
        }
        Key::AnswerTarget => {
            ("Answer within", "Whoever waits longer is marked red in the inbox, from three quarters of it amber.")
        }
        Key::ContextLine => ("Begin a rep's thread with who it is", ""),
        Key::Countries => (
            "Start conversations with",
            "Countries whose numbers staff may text first: home (those of our lines), all, or codes such as US, CA.",
        ),
        Key::ShowNumbers => ("Show reps customers' numbers", ""),
    }
}

/// A choice in words.
fn said(word: &str) -> &str {
    match word {
        "random" => "anybody, at random",
        "least_busy" => "whoever is least busy",
        "round_robin" => "in turns",
        "true" => "yes",
        "false" => "no",
        other => other,
    }
}

fn usual(key: Key, house: &SupportPolicy) -> String {
    match key {
        Key::Pick => house.pick.word().to_owned(),
        Key::IdleClose => duration::spoken(house.idle_close),
        Key::ReopenWithin => duration::spoken(house.reopen_within),
        Key::StickyFor => duration::spoken(house.sticky_for),
        Key::HandOverAfter => duration::spoken(house.hand_over_after),
        Key::AnswerTarget => duration::spoken(house.answer_target),
        Key::ContextLine => house.context_line.to_string(),
        Key::Countries => house.countries.to_string(),
        Key::ShowNumbers => house.show_numbers.to_string(),
    }
}

impl Sent {
    /// The policies, all of them: an empty one is as the settings say.
    pub(super) fn policies(&self) -> Result<LinePolicy, Whys> {
        let (mut policies, mut whys) = (LinePolicy::default(), Whys::new());
        for key in Key::ALL {
            let words = Some(self.value(key.word())).filter(|words| !words.is_empty());
            if let Err(why) = policies.set(key, words) {
                whys.insert(key.word().to_owned(), why);
            }
        }
        if whys.is_empty() { Ok(policies) } else { Err(whys) }
    }

    /// The texts that were sent; the usual words are nobody's own.
    pub(super) fn texts(&self) -> Result<Vec<(Wording, Option<String>)>, Whys> {
        let (mut texts, mut whys) = (Vec::new(), Whys::new());
        for (wording, body) in Wording::ALL.iter().filter_map(|wording| Some((*wording, self.0.get(wording.name())?))) {
            let body = lines(body.trim());
            if body == wording.default_text() {
                texts.push((wording, None));
            } else if let Err(why) = wording.check(&body) {
                whys.insert(wording.name().to_owned(), why);
            } else {
                texts.push((wording, Some(body)));
            }
        }
        if whys.is_empty() { Ok(texts) } else { Err(whys) }
    }
}
