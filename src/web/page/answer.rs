//! The answer to a form: what was done, or the page again with what was typed and why it was refused.

use rocket::Request;
use rocket::response::{Redirect, Responder, Result};

use super::failure::Failure;
use crate::http::page::Page;

/// The answer to a form of the page `A`; what is done is seen elsewhere, unless `D` shows it.
pub(in crate::web) enum Answer<A, D = Box<Redirect>> {
    /// It was done.
    Done(D),
    /// It was refused: the page with what was typed, and why.
    Again(Box<Page<A>>),
    /// Neither.
    Failed(Failure),
}

impl<A> Answer<A> {
    /// It was done: see `address`.
    pub(in crate::web) fn see(address: String) -> Self {
        Answer::Done(Box::new(Redirect::to(address)))
    }
}

impl<A, D> Answer<A, D> {
    /// It was refused: the page again, if it can be had.
    pub(in crate::web) fn again(page: std::result::Result<A, Failure>) -> Self {
        page.map_or_else(Answer::Failed, |page| Answer::Again(Box::new(Page::refused(page))))
    }
}

impl<'r, A, D> Responder<'r, 'static> for Answer<A, D>
where
    Page<A>: Responder<'r, 'static>,
    D: Responder<'r, 'static>,
{
    fn respond_to(self, req: &'r Request<'_>) -> Result<'static> {
        match self {
            Answer::Done(done) => done.respond_to(req),
            Answer::Again(page) => page.respond_to(req),
            Answer::Failed(failure) => failure.respond_to(req),
        }
    }
}
