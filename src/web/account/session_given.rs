//! Answers that give a browser its session or take it away.

use rocket::Request;
use rocket::http::{Header, Status};
use rocket::response::{Redirect, Responder, Result};

use crate::desk::people::came::Keys;
use crate::http::{Site, cookie};

/// Signed in: the cookies, and on to the page.
pub(in crate::web) struct Given {
    pub(in crate::web) keys: Keys,
    pub(in crate::web) next: String,
}

/// Signed out: no cookie, and nothing of the pages is left in the browser's caches.
pub(in crate::web) struct Taken;

impl<'r> Responder<'r, 'static> for Given {
    fn respond_to(self, req: &'r Request<'_>) -> Result<'static> {
        let site = req.rocket().state::<Site>().ok_or(Status::InternalServerError)?;
        cookie::give_device(site, req, self.keys.device);
        let mut response = Redirect::to(self.next).respond_to(req)?;
        response.adjoin_header(cookie::give(site, req, self.keys.session));
        Ok(response)
    }
}

impl<'r> Responder<'r, 'static> for Taken {
    fn respond_to(self, req: &'r Request<'_>) -> Result<'static> {
        let site = req.rocket().state::<Site>().ok_or(Status::InternalServerError)?;
        cookie::take(site, req);
        let mut response = Redirect::to("/sign-in").respond_to(req)?;
        response.set_header(Header::new("Clear-Site-Data", "\"cache\""));
        Ok(response)
    }
}
