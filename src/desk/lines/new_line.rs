//! Makes a number of the company a line.

use crate::desk::authority::{self, admin};
use crate::desk::work::{UnitOfWork, Verb};
use crate::desk::{Desk, Failure};
use crate::domain::change::Changed;
use crate::domain::conversations::timeline::HouseEvent;
use crate::domain::ids::{ConversationId, NumberId, PersonId};
use crate::domain::numbers::role::Role;
use crate::domain::numbers::typed;
use crate::domain::people::person::check_name;
use crate::domain::pool::life;
use crate::store::routing::numbers::{self, Number};
use crate::store::{Result, Tx, lines, people};

/// Adds a line on `number`: one that is new here, that was released, or a mask that has not stood for anybody yet. `by` an
/// admin.
///
/// # Errors
/// [`Failure::NotFound`] if `by` is no admin; [`Failure::Refused`] for `number` or `name`.
pub async fn add(desk: &Desk, by: PersonId, number: &str, name: &str) -> Result<NumberId, Failure> {
    let number = typed::line(number).map_err(|why| Failure::refused("number", why))?;
    let name = check_name(name).map_err(|why| Failure::refused("name", why))?;
    desk.work(Add { by, number, name }).await
}

struct Add {
    by: PersonId,
    number: String,
    name: String,
}

impl Verb for Add {
    type Out = NumberId;
    type Stop = Failure;

    async fn run(&self, work: &mut UnitOfWork<'_>) -> Result<Self::Out, Self::Stop> {
        if !admin(work.tx, self.by).await? {
            return Err(Failure::NotFound);
        }
        may_add(work.tx, &self.number).await?;
        Ok(add_in(work, self.by, (&self.number, &self.name)).await?)
    }
}

async fn known(tx: &mut Tx, number: &str) -> Result<Option<Number>> {
    Ok(numbers::all(tx).await?.into_iter().find(|known| known.number == number))
}

/// Whether `number` can become a line now.
///
/// # Errors
/// What the database said; the inner error is the refusal.
pub(in crate::desk) async fn may_add(tx: &mut Tx, number: &str) -> Result<(), Failure> {
    let why = match known(tx, number).await? {
        Some(known) if known.is_line && known.state != life::State::Released => "it is a line already",
        Some(known) if !known.is_line && numbers::ever_used(tx, known.id).await? => {
            "it is a mask that has stood for somebody: a late text would open a conversation here. Use another number"
        }
        _ if people::by_phone(tx, number).await?.is_some() => "it is a colleague's phone: write a number that you rent",
        _ => return Ok(()),
    };
    Err(Failure::refused("number", why))
}

/// Makes the line, after [`may_add`]. Nobody is a member yet.
pub(in crate::desk) async fn add_in(
    work: &mut UnitOfWork<'_>,
    by: PersonId,
    (number, name): (&str, &str),
) -> Result<NumberId> {
    let (desk, now) = (work.desk, work.now);
    let id = if let Some(known) = known(work.tx, number).await? {
        if known.state == life::State::Released {
            numbers::back_in_service(work.tx, known.id, now).await?;
        }
        if known.is_line {
            lines::rename(work.tx, known.id, name).await?;
        } else {
            numbers::make_line(work.tx, known.id).await?;
            lines::insert(work.tx, known.id, name).await?;
        }
        known.id
    } else {
        let id = NumberId(desk.ids.next(now));
        numbers::insert(work.tx, id, number, Role::Line, None, now).await?;
        lines::insert(work.tx, id, name).await?;
        id
    };
    let event = HouseEvent::LineAdded { line: id };
    authority::record_house(work, by, &event).await?;
    work.note(&[(ConversationId(0), Changed::Duty)]);
    Ok(id)
}
