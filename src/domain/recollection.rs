//! How long what a process remembers of a database stays true: until the database goes back to an earlier state.
//!
//! When a lagging standby is promoted, or a copy takes the place of a lost database, everything that was committed in
//! between has not happened, and "this waiting text is known not to be at the carrier" was true only of the old
//! database.

/// Where a database stood when somebody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place<L> {
    /// Which life it was in: another one after every start of its server and every promotion.
    pub life: L,
    /// How far it had come: a position in its log, or a counter that grows with every commit.
    pub position: i64,
}

impl<L: PartialEq> Place<L> {
    /// Whether what was learnt at this place can be untrue at `now`, a later look.
    ///
    /// The position alone does not tell: a database that went back and has gone on since may stand further on than ever. So
    /// another life counts as having gone back, even if nothing was lost; all it costs is to ask the carrier again.
    #[must_use]
    pub fn is_void(&self, now: &Place<L>) -> bool {
        self.life != now.life || self.position > now.position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: Place<i64> = Place { life: 3, position: 700 };

    #[test]
    fn what_is_remembered_holds_while_the_database_goes_on() {
        assert!(!THEN.is_void(&THEN));
        assert!(!THEN.is_void(&Place { position: 701, ..THEN }));
    }

    #[test]
    fn it_ends_when_the_database_goes_back_and_is_not_revived_by_what_follows() {
        assert!(THEN.is_void(&Place { position: 699, ..THEN }));
        assert!(THEN.is_void(&Place { life: 4, position: 650 }));
        assert!(THEN.is_void(&Place { life: 4, position: 900 }), "it has overtaken its former self");
        assert!(THEN.is_void(&Place { life: 2, position: 900 }), "a copy of an earlier life");
    }
}
