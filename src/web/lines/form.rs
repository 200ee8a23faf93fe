//! The fields of a line's forms: what stands in them, what was typed, and why it was refused.

use std::collections::HashMap;

use crate::domain::duration;
use crate::domain::hours::{Holidays, Hours, WEEK, Week, check_zone};
use crate::domain::policy::{LinePolicy, PickPolicy, SupportPolicy};
use crate::domain::text::Wording;
use crate::store::lines::Line;
use crate::web::words::sentence;
use crate::web::writing::lines;

/// A refused form: its part, what was typed, and what is wrong with which field.
#[derive(Default)]
pub(super) struct Typed {
    pub part: &'static str,
    pub values: HashMap<String, String>,
    pub whys: HashMap<String, String>,
}

/// A field on the page.
pub(super) struct Field {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
    pub why: Option<String>,
    /// The words to choose from, each with what it means; free text if there is none.
    pub choices: Vec<(String, String)>,
}

/// All fields of the page.
pub(super) struct Fields {
    pub always: bool,
    pub days: Vec<Field>,
    pub zone: Field,
    pub holidays: Field,
    pub policies: Vec<Field>,
    pub texts: Vec<Field>,
    /// Something is wrong that belongs to no field.
    pub why: Option<String>,
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Fields {
    pub(super) fn of(line: &Line, own: &HashMap<Wording, String>, house: &SupportPolicy, typed: Typed) -> Fields {
        let field = |part: &str, name: &str, label: &str, hint: String, value: String| {
            let again = (part == typed.part).then(|| typed.values.get(name)).flatten();
            Field {
                name: name.to_owned(),
                label: label.to_owned(),
                hint,
                value: again.cloned().unwrap_or(value),
                why: typed.whys.get(name).map(|why| sentence(why)),
                choices: Vec::new(),
            }
        };
        let hours = line.hours.as_ref();
        let day = |index: usize, name: &str| {
            let value = hours.map(|hours| hours.day(index)).unwrap_or_default();
            field("hours", name, DAYS[index], String::new(), value)
        };
        let zone = hours.map_or("", Hours::zone_name).to_owned();
        let holidays = hours.map(|hours| hours.holidays().join("\n")).unwrap_or_default();
        let policy = |key: &str| {
            let (label, hint) = about(key);
            let usual = usual(key, house);
            let choices = match key {
                "pick" => PickPolicy::ALL.map(|pick| pick.word().to_owned()).to_vec(),
                "context_line" | "show_numbers" => vec!["true".to_owned(), "false".to_owned()],
                _ => Vec::new(),
            };
            let value = line.policies.get(key).unwrap_or_default();
            let hint = if choices.is_empty() {
                format!("{hint} Empty: {usual}, as the settings say.")
            } else {
                hint.to_owned()
            };
            let mut field = field("policies", key, label, hint, value);
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
            field("texts", wording.name(), &title(wording.name()), hint, body.to_owned())
        };
        Fields {
            always: if typed.part == "hours" {
                typed.values.get("when").is_some_and(|when| when == "always")
            } else {
                hours.is_none()
            },
            days: WEEK.iter().enumerate().map(|(index, name)| day(index, name)).collect(),
            zone: field(
                "hours",
                "zone",
                "Time zone",
                "A name such as America/New_York or Europe/Berlin.".to_owned(),
                zone,
            ),
            holidays: field(
                "hours",
                "holidays",
                "Holidays",
                "A line each: 2026-12-25, or 12-25 for every year; with other hours, 2026-12-24 9:00-12:00.".to_owned(),
                holidays,
            ),
            policies: LinePolicy::KEYS.iter().map(|key| policy(key)).collect(),
            texts: Wording::ALL.iter().map(text).collect(),
            why: ["week", "text"].into_iter().find_map(|name| typed.whys.get(name)).map(|why| sentence(why)),
        }
    }
}

fn title(name: &str) -> String {
    sentence(&name.replace('_', " ")).trim_end_matches('.').to_owned()
}

fn about(key: &str) -> (&'static str, &'static str) {
    match key {
        "pick" => ("Picking a rep", ""),
        "idle_close" => ("Close when quiet for", "Such as 72h."),
        "reopen_within" => ("Reopen within", "A text so soon after the closing goes on in the same conversation."),
        "sticky_for" => ("Back to the same rep within", "A returning customer goes to the rep who had them last."),
        "hand_over_after" => {
            ("Hand over after", "A rep who is off for so long while the line is open loses the customer.")
        }
        "context_line" => ("Begin a rep's thread with who it is", ""),
        _ => ("Show reps customers' numbers", ""),
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

fn usual(key: &str, house: &SupportPolicy) -> String {
    match key {
        "pick" => house.pick.word().to_owned(),
        "idle_close" => duration::words(house.idle_close),
        "reopen_within" => duration::words(house.reopen_within),
        "sticky_for" => duration::words(house.sticky_for),
        "hand_over_after" => duration::words(house.hand_over_after),
        "context_line" => house.context_line.to_string(),
        _ => house.show_numbers.to_string(),
    }
}

/// What a form brought.
pub(super) struct Sent(pub HashMap<String, String>);

type Whys = HashMap<String, String>;

impl Sent {
    fn value(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// The week, or always.
    pub(super) fn hours(&self) -> Result<Option<Hours>, Whys> {
        if self.value("when") == "always" {
            return Ok(None);
        }
        let (mut week, mut holidays, mut whys) = (Week::default(), Holidays::default(), Whys::new());
        for day in WEEK {
            if let Err(why) = week.add(day, self.value(day)) {
                whys.insert(day.to_owned(), why);
            }
        }
        for date in self.value("holidays").lines().map(str::trim).filter(|date| !date.is_empty()) {
            if let Err(why) = holidays.add(date) {
                whys.entry("holidays".to_owned()).or_insert(why);
            }
        }
        if let Err(why) = check_zone(self.value("zone")) {
            whys.insert("zone".to_owned(), why);
        }
        if !whys.is_empty() {
            return Err(whys);
        }
        let hours = week.of(self.value("zone")).map_err(|_| {
            let why = "no day has hours: give at least one, or choose that it is always open";
            Whys::from([("week".to_owned(), why.to_owned())])
        })?;
        Ok(Some(hours.with_holidays(holidays)))
    }

    /// The policies, all of them: an empty one is as the settings say.
    pub(super) fn policies(&self) -> Result<LinePolicy, Whys> {
        let (mut policies, mut whys) = (LinePolicy::default(), Whys::new());
        for key in LinePolicy::KEYS {
            let words = Some(self.value(key)).filter(|words| !words.is_empty());
            if let Err(why) = policies.set(key, words) {
                whys.insert(key.to_owned(), why);
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
