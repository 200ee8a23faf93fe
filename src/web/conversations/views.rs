//! The views with their counts alone, for pages that fetch nothing else again by themselves.

use rocket::State;
use rocket_db_pools::Connection;

use crate::desk::Desk;
use crate::http::Site;
use crate::http::db::Db;
use crate::http::guards::Signed;
use crate::http::page::Page;
use crate::web::page::failure::Failure;
use crate::web::page::frame::{Frame, Here};

#[rocket::get("/views?<here>")]
pub(in crate::web) async fn index(
    here: Option<&str>,
    me: Signed,
    desk: &State<Desk>,
    site: &State<Site>,
    mut db: Connection<Db>,
) -> Result<Page<Frame>, Failure> {
    let here = Here::read(here.unwrap_or_default());
    Frame::load(&mut db, me.0, here, site, desk.clock.now()).await.map(Page::ok).map_err(Failure::from)
}
