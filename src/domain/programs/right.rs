//! The right of an endpoint to get events. What somebody made has no more rights than its maker has now: when the
//! maker's rights end, so do its own.

use super::scope::Scopes;

/// What an endpoint rests on, as things stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Somebody made it on the web.
    Person {
        /// Whether they are an enabled admin.
        admin: bool,
    },
    /// A program made it with a token of its app.
    App {
        /// What the app is called.
        name: String,
        /// What those of its tokens that hold may do, together: a token may be replaced by another of the same app.
        may: Scopes,
    },
    /// Nobody is known who made it.
    Nobody,
}

impl Ground {
    /// Why an endpoint that rests on this may not be told what takes `needs` to read; `None` if it may.
    #[must_use]
    pub fn lacks(&self, needs: &Scopes) -> Option<String> {
        match self {
            Ground::Person { admin: true } => None,
            Ground::Person { admin: false } => Some("whoever made it is no admin any more".to_owned()),
            Ground::App { name, may } => needs
                .beyond(may)
                .map(|scope| format!("the app {name} has no token that holds and may {}", scope.word())),
            Ground::Nobody => Some("nobody is known who made it".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::programs::event::Wanted;
    use crate::domain::programs::scope::Scope;

    #[test]
    fn an_endpoint_is_told_as_long_as_what_it_rests_on_may_read_it() {
        let needs = Wanted::All.needs();
        assert_eq!(needs, Scopes::of([Scope::PairsRead]));
        assert_eq!(Wanted::read(["pair.ended"]).unwrap().needs(), needs);
        let app = |may: &[Scope]| Ground::App { name: "crm".to_owned(), may: Scopes::of(may.iter().copied()) };
        assert_eq!(app(&[Scope::PairsRead]).lacks(&needs), None);
        assert!(app(&[Scope::EndpointsWrite, Scope::PairsWrite]).lacks(&needs).unwrap().contains("pairs:read"));
        assert!(app(&[]).lacks(&needs).unwrap().contains("crm"));
        assert_eq!(Ground::Person { admin: true }.lacks(&needs), None);
        assert!(Ground::Person { admin: false }.lacks(&needs).is_some() && Ground::Nobody.lacks(&needs).is_some());
    }
}
