//! Pages as they were rendered, held against the snapshots that are kept of them in `tests/snapshots/`.
//!
//! `INSTA_UPDATE=always` writes them anew, so that a change of a page is seen where it is reviewed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use crate::web::browser::Answer;

/// Where the snapshots are.
pub const FOLDER: &str = "tests/snapshots";

/// The houses of which pages are kept, each in a folder.
pub const HOUSES: [&str; 8] = ["crowd", "empty", "full", "large", "refused", "simulator", "sparse", "trouble"];

/// What nearly every page repeats, as it begins and ends; it is kept of the pages that are kept whole.
const REPEATED: [(&str, &str); 4] = [
    ("<svg class=\"sprite\"", "</svg>"),
    ("<nav class=\"pane\" id=\"views\"", "</nav>"),
    ("<dialog class=\"sheet-of-keys\"", "</dialog>"),
    ("<dialog class=\"palette\"", "</dialog>"),
];

/// What is another in every run: the words before it, and what ends it.
const CHANCE: [(&str, &[char]); 8] = [
    // A letter after the key says which form of the page it is.
    ("name=\"form_key\" value=\"", &['n', 'r', 's']),
    ("id=\"token\" readonly value=\"", &['"']),
    ("id=\"secret\" readonly value=\"", &['"']),
    ("id=\"link\" readonly value=\"", &['"']),
    ("<small>Request ", &['<']),
    // Which version of a style sheet or script it is.
    ("?v=", &['"']),
    // The port of a server of the tests.
    ("http://127.0.0.1:", &['/']),
    // How long it took by the machine's clock.
    (" taken in ", &[' ']),
];

/// A number with so many digits is an id or an instant in microseconds.
const LONG: usize = 15;

/// All pages of one house.
pub struct Gallery {
    house: &'static str,
    names: BTreeSet<String>,
    broken: Vec<String>,
}

impl Gallery {
    pub fn of(house: &'static str) -> Gallery {
        assert!(HOUSES.contains(&house));
        Gallery { house, names: BTreeSet::new(), broken: Vec::new() }
    }

    /// A page without what nearly every page repeats.
    pub fn keeps(&mut self, name: &str, answer: &Answer) {
        self.compares(name, &without_repetition(&answer.body));
    }

    /// Of a page that refuses something, what it says of that: the forms that are wrong, and what stands above them;
    /// the page where it has no form.
    pub fn keeps_refusal(&mut self, name: &str, answer: &Answer) {
        let mut wrong = elements(&answer.body, "form");
        wrong.retain(|form| form.contains("class=\"refused\"") || form.contains("aria-invalid"));
        wrong.extend(elements(&answer.body, "div").into_iter().filter(|div| div.starts_with("<div class=\"callout")));
        wrong.extend(elements(&answer.body, "p").into_iter().filter(|p| p.contains("role=\"alert\">")));
        if wrong.is_empty() {
            self.keeps(name, answer);
        } else {
            self.compares(name, &wrong.join("\n"));
        }
    }

    /// A page from its first line to its last.
    pub fn keeps_whole(&mut self, name: &str, answer: &Answer) {
        self.compares(name, &answer.body);
    }

    fn compares(&mut self, name: &str, page: &str) {
        assert!(self.names.insert(name.to_owned()), "two pages of the house {} are called {name}", self.house);
        assert!(!page.trim().is_empty(), "{name} is no page");
        let page = settled(page);
        let mut settings = insta::Settings::new();
        settings.set_snapshot_path(folder().join(self.house));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        // Every page is looked at before the test fails.
        let same = catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name, page))));
        if same.is_err() {
            self.broken.push(name.to_owned());
        }
    }

    /// Fails if a page is another than its snapshot, and if there is a snapshot of no page.
    pub fn close(self) {
        let kept: BTreeSet<String> = snapshots(self.house).into_iter().map(|(name, _)| name).collect();
        let idle: Vec<&String> = kept.difference(&self.names).collect();
        assert!(
            self.broken.is_empty() && idle.is_empty(),
            "of the house {}, these pages are not as {FOLDER} has them: {:?}; snapshots of no page: {idle:?}.\n\
             To write them anew: INSTA_UPDATE=always cargo test --features faults --test it -- rendered::\n\
             Then delete the idle ones, and read what has changed.",
            self.house,
            self.broken
        );
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(FOLDER)
}

/// Name and page of each snapshot of a house.
fn snapshots(house: &str) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder().join(house)) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().trim_end_matches(".snap").to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The names of the houses that have snapshots.
pub fn houses() -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// Every page of every house.
pub fn all() -> Vec<String> {
    houses().iter().flat_map(|house| snapshots(house)).map(|(_, page)| page).collect()
}

/// Every element of that name that has none of its name in it.
fn elements<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let (begin, end) = (format!("<{name} "), format!("</{name}>"));
    page.match_indices(&begin)
        .filter_map(|(from, _)| {
            let to = from + page[from..].find(&end)? + end.len();
            Some(&page[from..to])
        })
        .collect()
}

fn without_repetition(page: &str) -> String {
    let mut page = page.to_owned();
    for (begin, end) in REPEATED {
        let Some(from) = page.find(begin) else { continue };
        let to = from + page[from..].find(end).expect("what begins ends") + end.len();
        page.replace_range(from..to, "<!-- as on every page -->");
    }
    page
}

/// The page without what is another in every run: random values, ids, and instants as numbers.
fn settled(page: &str) -> String {
    let mut page = page.to_owned();
    for (begin, ends) in CHANCE {
        let mut after = 0;
        while let Some(found) = page[after..].find(begin) {
            let from = after + found + begin.len();
            let quoted = page[from..].find(['"', '<', ' ']).expect("a value ends");
            let to = from + page[from..from + quoted].rfind(ends).unwrap_or(quoted);
            page.replace_range(from..to, "(random)");
            after = from;
        }
    }
    numbered(&page)
}

/// The page with the first long number of it as `(number 1)`, the next one as `(number 2)`.
fn numbered(page: &str) -> String {
    let mut known: Vec<&str> = Vec::new();
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(from) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[from..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - from);
        let number = &rest[from..from + digits];
        out.push_str(&rest[..from]);
        if digits >= LONG {
            let place = known.iter().position(|known| *known == number).unwrap_or_else(|| {
                known.push(number);
                known.len() - 1
            });
            write!(out, "(number {})", place + 1).unwrap();
        } else {
            out.push_str(number);
        }
        rest = &rest[from + digits..];
    }
    out.push_str(rest);
    out
}

#[test]
fn what_is_another_in_every_run_is_not_kept() {
    let page = "<a href=\"/c/7000000000000001\"></a> 12 of 7000000000000002, 7000000000000001 \
                <input name=\"form_key\" value=\"nx7r\"><small>Request 9</small> : taken in 3 ms";
    assert_eq!(
        settled(page),
        "<a href=\"/c/(number 1)\"></a> 12 of (number 2), (number 1) \
         <input name=\"form_key\" value=\"(random)r\"><small>Request (random)</small> : taken in (random) ms"
    );
}
