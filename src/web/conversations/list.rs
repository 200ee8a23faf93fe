//! The list of conversations as a page shows it.

use askama::Template;
use futures_util::future::BoxFuture;
use rocket::FromForm;

use crate::clock::At;
use crate::desk::people::sessions::Who;
use crate::domain::ids::ConversationId;
use crate::domain::routing::waiting::{Wait, wait};
use crate::http::guards::Visit;
use crate::store::conversations::labels::{self, Label};
use crate::store::views::Contact;
use crate::store::views::list::{self, Condition, Counts, Cursor, Rep, Row, Sort, View, ViewContext};
use crate::store::{self, Tx};
use crate::web::page::frame::{Frame, viewer};
use crate::web::page::stamp::{Left, Stamp};
use crate::web::page::words;

/// The view that an address names; all open conversations if it names none.
#[must_use]
pub fn view_of(word: Option<&str>) -> View {
    word.and_then(View::read).unwrap_or_default()
}

/// Which list stands beside what: the parameters that every page of the inbox takes.
#[derive(Clone, Copy, Default, FromForm)]
pub(in crate::web) struct Shown<'r> {
    view: Option<&'r str>,
    line: Option<&'r str>,
    rep: Option<&'r str>,
    label: Option<&'r str>,
    state: Option<&'r str>,
    sort: Option<&'r str>,
    after: Option<&'r str>,
    until: Option<&'r str>,
    q: Option<&'r str>,
}

impl<'r> Shown<'r> {
    /// The list that goes with a form.
    pub(in crate::web) fn of(view: Option<&'r str>) -> Self {
        Shown { view, ..Shown::default() }
    }

    /// The view, narrowed by what stands beside it in the address.
    pub(in crate::web) fn view(&self) -> View {
        let mut view = view_of(self.view);
        let choices =
            [("line", self.line), ("rep", self.rep), ("label", self.label), ("state", self.state), ("sort", self.sort)];
        for (name, value) in choices.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            view.narrow(name, value);
        }
        view
    }

    fn words(&self) -> Option<&'r str> {
        self.q.map(str::trim).filter(|words| !words.is_empty())
    }

    fn beside(&self) -> Option<Cursor> {
        let after = self.after.and_then(|text| Cursor::read(text, false));
        after.or_else(|| self.until.and_then(|text| Cursor::read(text, true)))
    }
}

/// A badge of a row.
struct Badge {
    look: &'static str,
    icon: &'static str,
    hidden: &'static str,
    text: String,
}

/// A row of the list as the page shows it.
struct RowItem {
    row: Row,
    badges: Vec<Badge>,
}

impl RowItem {
    fn of(row: Row, now: At) -> Self {
        let plain = |look, icon, text: &str| Badge { look, icon, hidden: "", text: text.to_owned() };
        let waiting = row.waiting_since.map(|since| Badge {
            look: match wait(since, row.target, now) {
                Wait::Within => "",
                Wait::Close => "warn",
                Wait::Past => "bad",
            },
            icon: "clock",
            hidden: "Waiting ",
            text: Stamp(since).ago(&Stamp(now)).to_string(),
        });
        let all = [
            row.paused_at.map(|_| plain("bad", "alert", "Paused")),
            row.failed_at.map(|_| plain("bad", "alert", "Not delivered")),
            row.opted_out.then(|| plain("", "stop", "Opted out")),
            waiting,
            row.pair.as_ref().filter(|_| !row.closed).map(|pair| ends(pair.ends_at, now)),
        ];
        RowItem { row, badges: all.into_iter().flatten().collect() }
    }

    fn contact(&self) -> &Contact {
        &self.row.contact
    }

    fn at(&self) -> Stamp {
        Stamp(self.row.at)
    }
}

/// When a pair ends.
fn ends(at: At, now: At) -> Badge {
    let badge = |look, hidden, text| Badge { look, icon: "clock", hidden, text };
    match Left::of(at, now) {
        // Over by the clock, whether or not anybody has written it down.
        Left::Over => badge("", "", "Over".to_owned()),
        left @ Left::Seconds(_) => badge(if left.is_short() { "warn" } else { "" }, "Ends ", left.to_string()),
    }
}

/// Something to choose by, as a field of the filter.
struct Choice {
    value: String,
    name: String,
    chosen: bool,
}

/// What the list may be narrowed by.
struct Choices {
    lines: Vec<Choice>,
    reps: Vec<Choice>,
    labels: Vec<Choice>,
    states: Vec<Choice>,
    sorts: Vec<Choice>,
}

impl Choices {
    /// The names of what has been chosen, but for the line, which stands in the title.
    fn narrowed(&self) -> Vec<String> {
        let all = [&self.reps, &self.labels, &self.states].into_iter().flatten();
        all.filter(|one| one.chosen && !one.value.is_empty()).map(|one| one.name.clone()).collect()
    }
}

#[derive(Template)]
#[template(path = "conversations/list.html")]
pub(in crate::web) struct List {
    pub(in crate::web) view: View,
    title: String,
    rows: Vec<RowItem>,
    previous: Option<Cursor>,
    next: Option<Cursor>,
    address: String,
    current: Option<ConversationId>,
    count: Option<String>,
    words: String,
    narrowed: Vec<String>,
    choices: Option<Choices>,
    now: Stamp,
}

impl List {
    /// Reads the list that `shown` names, beside `frame`; with what it may be narrowed by, unless it is `again`.
    pub(in crate::web) fn load<'a>(
        tx: &'a mut Tx,
        visit: &'a Visit<'_>,
        frame: &'a Frame,
        shown: Shown<'a>,
        place: (Option<ConversationId>, bool),
    ) -> BoxFuture<'a, store::Result<Self>> {
        Box::pin(Self::read(tx, visit, frame, shown, place))
    }

    async fn read(
        tx: &mut Tx,
        visit: &Visit<'_>,
        frame: &Frame,
        shown: Shown<'_>,
        (current, again): (Option<ConversationId>, bool),
    ) -> store::Result<Self> {
        let (view, now) = (shown.view(), visit.now);
        let words = shown.words();
        let reader = viewer(&frame.who);
        let context = ViewContext::load(tx, reader, view, words).await?;
        let page = list::list(tx, reader, view, &context, shown.beside(), &visit.desk.policies).await?;
        let choices = if again { None } else { Some(choices(tx, &frame.who, view, &frame.counts).await?) };
        let narrowed = choices.as_ref().map(Choices::narrowed).unwrap_or_default();
        let line = frame.counts.lines.iter().find(|line| view.line == Some(line.id));
        let name = words::view(view.which);
        let title = match (words, line) {
            (Some(_), _) => "Found".to_owned(),
            (None, Some(line)) => format!("{name} · {}", line.name),
            (None, None) => name.to_owned(),
        };
        Ok(List {
            title,
            previous: page.previous,
            next: page.next,
            rows: page.rows.into_iter().map(|row| RowItem::of(row, now)).collect(),
            address: address(view, shown, current),
            current,
            count: frame.counts.of(view.which).filter(|_| !view.is_narrowed() && words.is_none()).map(Counts::said),
            words: words.unwrap_or_default().to_owned(),
            narrowed,
            choices,
            now: Stamp(now),
            view,
        })
    }

    /// Whether there is nothing to show.
    pub(in crate::web) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn is_current(&self, item: &RowItem) -> bool {
        self.current == Some(item.row.id)
    }

    /// What is shown.
    pub(in crate::web) fn title(&self) -> &str {
        &self.title
    }

    /// There is more than one line to choose from, or one is chosen. The first choice is all of them.
    fn offers_lines(&self, choices: &Choices) -> bool {
        choices.lines.len() > 2 || self.view.line.is_some()
    }

    /// Words or choices leave out some of the view.
    fn is_narrowed(&self) -> bool {
        !self.words.is_empty() || !self.narrowed.is_empty()
    }

    /// The view without what it is narrowed by.
    fn whole(&self) -> View {
        self.view.beside(self.view.which)
    }

    fn order(&self) -> &'static str {
        words::sort(self.view.order())
    }

    /// What stands there instead of rows.
    fn nothing(&self) -> &'static str {
        match () {
            () if !self.words.is_empty() => {
                "Nobody of that name or number. Try a part of the name, #1042, or the last two digits."
            }
            () if self.view.is_narrowed() => "Nothing here is like that.",
            () => words::empty(self.view.which),
        }
    }

    /// The address of this list alone, by which it is fetched again.
    pub(in crate::web) fn address(&self) -> &str {
        &self.address
    }

    /// The words that were looked for, as a part of an address.
    fn query(&self) -> String {
        if self.words.is_empty() { String::new() } else { format!("&q={}", encoded(&self.words)) }
    }
}

fn encoded(words: &str) -> String {
    rocket::http::RawStr::new(words).percent_encode().to_string()
}

fn address(view: View, shown: Shown<'_>, current: Option<ConversationId>) -> String {
    let mut address = format!("/conversations/list?view={view}");
    let beside = shown.beside().map(|cursor| (if cursor.back { "until" } else { "after" }, cursor.to_string()));
    let words = shown.words().map(|words| ("q", encoded(words)));
    let current = current.map(|id| ("current", id.to_string()));
    for (name, value) in [beside, words, current].into_iter().flatten() {
        address = format!("{address}&{name}={value}");
    }
    address
}

async fn choices(tx: &mut Tx, who: &Who, view: View, counts: &Counts) -> store::Result<Choices> {
    let choice = |value: String, name: &str, chosen: bool| Choice { value, name: name.to_owned(), chosen };
    let mut lines = vec![choice(String::new(), "Any line", view.line.is_none())];
    lines.extend(counts.lines.iter().map(|line| choice(line.id.to_string(), &line.name, view.line == Some(line.id))));
    let mut reps = Vec::new();
    if viewer(who).sees_all() {
        reps.push(choice(String::new(), "Anybody", view.rep.is_none()));
        reps.push(choice("nobody".to_owned(), "Nobody", view.rep == Some(Rep::Nobody)));
        let people = list::people(tx).await?.into_iter();
        reps.extend(people.map(|(id, name)| choice(id.to_string(), &name, view.rep == Some(Rep::Person(id)))));
    }
    let known: Vec<Label> = labels::all(tx).await?;
    let mut labels = Vec::new();
    if !known.is_empty() {
        labels.push(choice(String::new(), "Any label", view.label.is_none()));
        labels
            .extend(known.iter().map(|label| choice(label.id.to_string(), &label.name, view.label == Some(label.id))));
    }
    let mut states = vec![choice(String::new(), "Any state", view.state.is_none())];
    states.extend(
        Condition::EVERY
            .map(|state| choice(state.word().to_owned(), words::condition(state), view.state == Some(state))),
    );
    let sorts = Sort::EVERY.map(|sort| choice(sort.word().to_owned(), words::sort(sort), view.order() == sort));
    Ok(Choices { lines, reps, labels, states, sorts: sorts.into() })
}
