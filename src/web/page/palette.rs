//! What the palette finds beyond its own page: conversations and, for managers, people.

use rocket::serde::Serialize;
use rocket::serde::json::Json;
use rocket_db_pools::Connection;

use super::failure::Failure;
use super::frame::viewer;
use crate::domain::characters::shown;
use crate::domain::search::fold;
use crate::http::db::Db;
use crate::http::guards::Signed;
use crate::store::views::list::{self, Rep, View, ViewContext, Which};

/// Most conversations, and most people.
const MOST: usize = 8;

/// Something to go to.
#[derive(Serialize)]
#[serde(crate = "rocket::serde")]
pub(in crate::web) struct Found {
    name: String,
    hint: String,
    href: String,
}

#[rocket::get("/palette?<q>")]
pub(in crate::web) async fn index(
    q: Option<&str>,
    me: Signed<'_>,
    mut db: Connection<Db>,
) -> Result<Json<Vec<Found>>, Failure> {
    let words = q.unwrap_or_default().trim();
    if words.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let (reader, view) = (viewer(&me.who), View::default());
    let context = ViewContext::load(&mut db, reader, view, Some(words)).await?;
    let rows = list::list(&mut db, reader, view, &context, None, &me.desk.policies).await?.rows;
    let mut found: Vec<Found> = rows
        .into_iter()
        .take(MOST)
        .map(|row| Found {
            hint: if row.closed {
                format!("#{}, closed", row.id)
            } else {
                format!("#{}, {}", row.id, shown::plain(&row.line))
            },
            href: format!("/conversations/{}#thread", row.id),
            name: shown::plain(row.contact.shown()),
        })
        .collect();
    if reader.sees_all() {
        let near = words.to_lowercase();
        let people = list::people(&mut db).await?.into_iter();
        let fits = |name: &str| name.to_lowercase().contains(&near) || fold::names(name, words);
        found.extend(people.filter(|(_, name)| fits(name)).take(MOST).map(|(id, name)| {
            let view = View { rep: Some(Rep::Person(id)), ..View::of(Which::All) };
            Found {
                name: format!("Conversations of {}", shown::plain(&name)),
                hint: "Person".to_owned(),
                href: format!("/conversations?view={view}"),
            }
        }));
    }
    Ok(Json(found))
}
