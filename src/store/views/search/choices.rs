//! What a search can be narrowed to: colleagues, lines, labels, each by its name.

use crate::domain::time::hours::Hours;
use crate::store::sql::query_as;
use crate::store::{Result, Tx};

/// Something to choose: its row and its name.
pub type Choice = (i64, String);

/// Everybody who ever worked here, by name.
pub async fn people(tx: &mut Tx) -> Result<Vec<Choice>> {
    let rows = query_as("SELECT id, name FROM people ORDER BY name, id").fetch_all(tx).await?;
    Ok(rows)
}

/// Every line, by name.
pub async fn lines(tx: &mut Tx) -> Result<Vec<Choice>> {
    let rows = query_as("SELECT id, name FROM lines ORDER BY name, id").fetch_all(tx).await?;
    Ok(rows)
}

/// Every label, by name.
pub async fn labels(tx: &mut Tx) -> Result<Vec<Choice>> {
    let rows = query_as("SELECT id, name FROM labels ORDER BY name, id").fetch_all(tx).await?;
    Ok(rows)
}

/// The time zone of the first line that has hours; UTC where none has.
pub async fn zone(tx: &mut Tx) -> Result<String> {
    let hours: Vec<(String,)> =
        query_as("SELECT hours FROM lines WHERE hours IS NOT NULL ORDER BY id").fetch_all(tx).await?;
    let zone = hours.iter().find_map(|(text,)| Some(Hours::read(text).ok()?.zone_name()));
    Ok(zone.unwrap_or("UTC").to_owned())
}
