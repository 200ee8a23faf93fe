//! The views with their counts alone, for pages that fetch nothing else again by themselves.

use rocket_db_pools::Connection;

use crate::http::db::Db;
use crate::http::guards::Signed;
use crate::http::page::Page;
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};

#[rocket::get("/views?<here>")]
pub(in crate::web) async fn index(
    here: Option<&str>,
    me: Signed<'_>,
    mut db: Connection<Db>,
) -> Result<Page<Frame>, Failure> {
    let here = Here::read(here.unwrap_or_default());
    Frame::load(&mut db, &me.0, here).await.map(Page::ok).map_err(Failure::from)
}
