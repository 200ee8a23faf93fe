//! A page: a status and a template.
//!
//! The status stands beside the template, so that no refused form is answered as if it had worked.

use std::io::Cursor;

use askama::Template;
use rocket::Request;
use rocket::http::{ContentType, Header, Status};
use rocket::response::{Responder, Response, Result};

/// HTML made from a template; never kept by caches.
pub struct Page<T>(pub Status, pub T);

impl<T> Page<T> {
    /// A page that answers what was asked.
    pub fn ok(template: T) -> Self {
        Page(Status::Ok, template)
    }

    /// A form again, with what was typed and why it was refused.
    pub fn refused(template: T) -> Self {
        Page(Status::UnprocessableEntity, template)
    }
}

impl<'r, T: Template> Responder<'r, 'static> for Page<T> {
    fn respond_to(self, _: &'r Request<'_>) -> Result<'static> {
        let html = self.1.render().map_err(|error| {
            tracing::error!(%error, "a page could not be rendered");
            Status::InternalServerError
        })?;
        Response::build()
            .status(self.0)
            .header(ContentType::HTML)
            .header(Header::new("Cache-Control", "no-store"))
            .sized_body(html.len(), Cursor::new(html))
            .ok()
    }
}
