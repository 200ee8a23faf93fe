//! The forms of pages. A form that this module reads has no null character anywhere: PostgreSQL stores none, so such a
//! value would cause an error of the database. `tests/it/floors.rs` lets no handler read a form in another way.

use rocket::data::{FromData, Limits, Outcome};
use rocket::form::{self, Errors, FromForm};
use rocket::http::{RawStr, Status};
use rocket::{Data, Request};

use super::clean;

/// The body of a form, `application/x-www-form-urlencoded`, read into `T`.
pub struct Form<T>(T);

impl<T> Form<T> {
    /// What was sent.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> std::ops::Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[rocket::async_trait]
impl<'r, T: for<'a> FromForm<'a> + 'static> FromData<'r> for Form<T> {
    type Error = Errors<'static>;

    async fn from_data(req: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        // No page of ours sends a form in parts.
        if !req.content_type().is_some_and(|kind| kind.is_form()) {
            return Outcome::Forward((data, Status::UnsupportedMediaType));
        }
        let limit = req.limits().get("form").unwrap_or(Limits::FORM);
        let refused = |error: form::Error<'static>| Outcome::Error((error.status(), Errors::from(error)));
        let sent = match data.open(limit).into_string().await {
            Ok(sent) if sent.is_complete() => sent.into_inner(),
            Ok(_) => return refused((None, Some(limit.as_u64())).into()),
            Err(error) => return refused(error.into()),
        };
        match form::Form::<T>::parse_encoded(RawStr::new(&clean::encoded(&sent))) {
            Ok(value) => Outcome::Success(Form(value)),
            Err(errors) => Outcome::Error((errors.status(), errors)),
        }
    }
}
