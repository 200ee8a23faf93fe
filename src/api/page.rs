//! Long lists in pages: `limit` entries, and a `cursor` that says where the next page begins.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::Request;
use rocket::request::{FromRequest, Outcome};
use utoipa::IntoParams;

use super::problem::{Fault, Problem};

/// Entries of a page, unless asked otherwise.
const USUAL: i64 = 50;
/// Most entries of a page.
const MOST: i64 = 100;

/// Which page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The last entry of the page before, by whatever number the list is in order of.
    pub(super) after: Option<i64>,
    /// Most entries.
    pub(super) limit: i64,
}

/// The parameters of a page, for the description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described, not read: the guard reads them")]
pub(super) struct PageParams {
    /// Where the page begins: `next_cursor` of the page before.
    cursor: Option<String>,
    /// Most entries of the page.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
}

impl Page {
    /// How many entries to look up: one more than are shown, which tells whether there is another page.
    pub(super) fn looks_up(self) -> i64 {
        self.limit + 1
    }

    /// Leaves the entries of this page of those that were looked up. The cursor of the next page, if there is one; `number` is
    /// what the list is in order of.
    pub(super) fn cut<T>(self, entries: &mut Vec<T>, number: impl Fn(&T) -> i64) -> Option<String> {
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = entries.len() > most;
        entries.truncate(most);
        entries.last().filter(|_| more).map(|last| cursor(number(last)))
    }
}

fn cursor(last: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("1:{last}"))
}

fn read(cursor: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("1:")?.parse().ok()
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Page {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> Outcome<Self, ()> {
        match asked(req) {
            Ok(page) => Outcome::Success(page),
            Err(problem) => Outcome::Error((problem.leave(req), ())),
        }
    }
}

fn asked(req: &Request<'_>) -> Result<Page, Problem> {
    let text = |name: &'static str| match req.query_value::<Vec<&str>>(name).and_then(Result::ok).as_deref() {
        None | Some([]) => Ok(None),
        Some([value]) => Ok(Some(*value)),
        Some(_) => Err(Problem::refused([Fault::twice(name)])),
    };
    let after = match text("cursor")?.filter(|cursor| !cursor.is_empty()) {
        None => None,
        Some(cursor) => Some(read(cursor).ok_or_else(|| {
            let why = "this is no cursor of ours: use `next_cursor` of the page before, as it is";
            Problem::refused([Fault::parameter("cursor", why)])
        })?),
    };
    let limit = match text("limit")? {
        None => USUAL,
        Some(limit) => limit.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
            let why = format!("write a whole number from 1 to {MOST}");
            Problem::refused([Fault::parameter("limit", &why)])
        })?,
    };
    Ok(Page { after, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_given_and_nothing_else_is_one() {
        for last in [1, 1043, i64::MAX] {
            assert_eq!(read(&cursor(last)), Some(last));
        }
        for wrong in ["1043", "", "MTA0Mw", "§"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_full_page_that_is_the_last_promises_no_other() {
        let page = Page { after: None, limit: 2 };
        for (mut found, shown, next) in
            [(vec![], 0, None), (vec![5], 1, None), (vec![5, 7], 2, None), (vec![5, 7, 9], 2, Some(cursor(7)))]
        {
            assert!(i64::try_from(found.len()).unwrap() <= page.looks_up());
            assert_eq!(page.cut(&mut found, |entry| *entry), next);
            assert_eq!(found.len(), shown);
        }
    }
}
