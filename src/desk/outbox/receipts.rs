//! Receives what the carrier reports about a text.

use super::deliver::{Taken, take};
use crate::desk::Desk;
use crate::domain::ids::AttemptId;
use crate::domain::outbox::settlement::{News, Report};
use crate::store::{Error, Result};

/// Takes in a report that came to the address with this token.
///
/// # Errors
/// What the database said. A token of nobody's is [`Taken::Stranger`].
pub async fn receipt(desk: &Desk, token: &str, report: Report) -> Result<Taken> {
    let Some((id, secret)) = token.split_once('-') else { return Ok(Taken::Stranger) };
    let Ok(id) = i64::from_str_radix(id, 16) else { return Ok(Taken::Stranger) };
    match take(desk, AttemptId(id), Some(secret.to_owned()), News::Report(report)).await {
        // The carrier's id is another attempt's already: a report cannot move it.
        Err(Error::Conflict(_)) => Ok(Taken::Stranger),
        other => other,
    }
}
