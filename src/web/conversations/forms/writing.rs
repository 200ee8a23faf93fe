//! What the forms of a conversation share: back to the thread when it is done, or the page again with what was typed.

use crate::desk;
use crate::domain::ids::ConversationId;
use crate::domain::words::as_typed::line_ends;
use crate::domain::words::sentence::sentence;
use crate::http::guards::Visit;
use crate::web::conversations::list::{Shown, view_of};
use crate::web::conversations::thread::Back;
use crate::web::conversations::{self, Inbox};

/// The answer to a form.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<Inbox>;

/// The pane that is in front of a phone after a form was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Pane {
    Thread,
    Details,
}

/// Answers a form about conversation `id`. `back` puts what was typed and the reason onto the page.
pub(in crate::web) async fn answer<T>(
    outcome: Result<T, desk::Failure>,
    visit: Visit<'_>,
    about: (ConversationId, Option<&str>),
    back: impl FnOnce(&'static str, String) -> Back,
) -> Answer {
    answer_in(Pane::Thread, outcome, visit, about, back).await
}

/// As [`answer`], and back to `pane`.
pub(in crate::web) async fn answer_in<T>(
    pane: Pane,
    outcome: Result<T, desk::Failure>,
    visit: Visit<'_>,
    (id, view): (ConversationId, Option<&str>),
    back: impl FnOnce(&'static str, String) -> Back,
) -> Answer {
    match outcome {
        Ok(_) => {
            let pane = if pane == Pane::Details { "details" } else { "thread" };
            let view = view_of(view);
            Answer::see(format!("/conversations/{id}?view={view}#{pane}"))
        }
        Err(desk::Failure::Refused { field, why }) => {
            let back = back(field, sentence(&why));
            Answer::again(conversations::page(visit, (id, Shown::of(view)), (None, None), back).await)
        }
        Err(failure) => Answer::Failed(failure.into()),
    }
}

/// Done, and back to the list.
pub(in crate::web) fn list(view: Option<&str>) -> Answer {
    Answer::see(format!("/conversations?view={}", view_of(view).word()))
}

/// Text from a form: browsers send line ends as CR LF, a text has LF.
pub(in crate::web) fn lines(text: &str) -> String {
    line_ends(text).into_owned()
}
