//! The forms of a person's page: name, role and limit; schedule; lines.

use std::collections::HashMap;

use super::show::{self, Show};
use crate::desk;
use crate::desk::people::{self, Facts};
use crate::domain::ids::{NumberId, PersonId};
use crate::domain::people::person::{Role, check_limit};
use crate::domain::time::hours::Hours;
use crate::http::form::Form;
use crate::http::guards::{AdminOnly, Visit};
use crate::web::page::fields::{Posted, Sent, Typed, Whys};

/// The answer to a form of the page.
pub(in crate::web) type Answer = crate::web::page::answer::Answer<Show>;

/// Where a form is and who sent it.
pub(super) struct Place<'a> {
    pub visit: Visit<'a>,
    pub person: PersonId,
}

impl Place<'_> {
    /// Saves what a form says that `read` finds in it: what it was based on, and what is to be.
    async fn save(
        self,
        part: &'static str,
        form: Form<Posted>,
        read: fn(&Sent) -> Result<(Facts, Facts), Refusal>,
    ) -> Answer {
        let sent = Sent(form.into_inner().field);
        let outcome = match read(&sent) {
            Ok((was, to)) => {
                people::save(self.visit.desk, self.visit.who.id, self.person, was, to).await.map_err(Refusal::from)
            }
            Err(refusal) => Err(refusal),
        };
        self.answer(part, sent, outcome).await
    }

    /// Done, or the page with what was typed and why it was refused.
    pub(super) async fn answer(self, part: &'static str, sent: Sent, outcome: Result<(), Refusal>) -> Answer {
        let whys = match outcome {
            Ok(()) => {
                let back = format!("/people/{}?saved={part}#{part}", self.person);
                return Answer::see(back);
            }
            Err(Refusal::Fields(whys)) => whys,
            Err(Refusal::Desk(desk::Failure::Refused { field, why })) => HashMap::from([(field.to_owned(), why)]),
            Err(Refusal::Desk(failure)) => return Answer::Failed(failure.into()),
        };
        let typed = Typed { part, values: sent.0, whys };
        Answer::again(show::page(self.visit, self.person, (typed, None)).await)
    }
}

/// Why a form was not carried out.
pub(super) enum Refusal {
    /// What was typed makes no sense.
    Fields(Whys),
    /// The desk did not do it.
    Desk(desk::Failure),
}

impl From<desk::Failure> for Refusal {
    fn from(failure: desk::Failure) -> Self {
        Refusal::Desk(failure)
    }
}

fn wrong(field: &str, why: impl ToString) -> Refusal {
    Refusal::Fields(Whys::from([(field.to_owned(), why.to_string())]))
}

/// The form was not one of ours, so nothing can be said about what it was based on.
fn strange() -> Refusal {
    wrong("changed", "the form did not say what it was about: look again, and save once more")
}

fn profile(sent: &Sent) -> Result<(Facts, Facts), Refusal> {
    let read = |name: &str, role: &str, limit: &str| {
        let role: Role = sent.value(role).parse().map_err(|why| wrong("role", why))?;
        let limit = check_limit(sent.value(limit)).map_err(|why| wrong("limit", why))?;
        let name = Some(sent.value(name).to_owned());
        Ok::<_, Refusal>(Facts { name, role: Some(role), limit: Some(limit), ..Facts::default() })
    };
    let was = read("was_name", "was_role", "was_limit").map_err(|_| strange())?;
    Ok((was, read("name", "role", "limit")?))
}

#[rocket::post("/people/<id>/profile", data = "<form>")]
pub(in crate::web) async fn save_profile(id: i64, form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    Place { visit: me.0, person: PersonId(id) }.save("profile", form, profile).await
}

fn schedule(sent: &Sent) -> Result<(Facts, Facts), Refusal> {
    let was = match sent.value("was") {
        "" => None,
        json => Some(Hours::read(json).map_err(|_| strange())?),
    };
    let to = sent.hours().map_err(Refusal::Fields)?;
    let of = |schedule| Facts { schedule: Some(schedule), ..Facts::default() };
    Ok((of(was), of(to)))
}

#[rocket::post("/people/<id>/schedule", data = "<form>")]
pub(in crate::web) async fn save_schedule(id: i64, form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    Place { visit: me.0, person: PersonId(id) }.save("schedule", form, schedule).await
}

fn lines(sent: &Sent) -> Result<(Facts, Facts), Refusal> {
    let was = sent.value("was").split(',').filter(|id| !id.is_empty()).map(str::parse);
    let was: Vec<i64> = was.collect::<Result<_, _>>().map_err(|_| strange())?;
    let of = |ids: Vec<i64>| Facts { lines: Some(ids.into_iter().map(NumberId).collect()), ..Facts::default() };
    Ok((of(was), of(sent.checked("line-"))))
}

#[rocket::post("/people/<id>/lines", data = "<form>")]
pub(in crate::web) async fn save_lines(id: i64, form: Form<Posted>, me: AdminOnly<'_>) -> Answer {
    Place { visit: me.0, person: PersonId(id) }.save("lines", form, lines).await
}
