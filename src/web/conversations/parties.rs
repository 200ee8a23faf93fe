//! The parties of a pair, its end, and the app that opened it: what stands beside its thread in the place of a
//! customer.

use askama::Template;

use crate::clock::At;
use crate::domain::ids::LegId;
use crate::domain::numbers::phone::masked;
use crate::domain::pairs::expiry::Ending;
use crate::domain::pairs::expiry::Expiry;
use crate::domain::time::duration;
use crate::store::views::list::View;
use crate::store::views::pairs::PairRow;
use crate::store::views::thread::called::together;
use crate::store::views::thread::party_states::{self, Out, PartyStates};
use crate::store::{self, Tx};
use crate::web::page::refused::Refused;
use crate::web::page::stamp::{Left, Stamp};

#[derive(Template)]
#[template(path = "conversations/parties.html")]
pub(in crate::web) struct Parties {
    pair: PairRow,
    view: View,
    names: String,
    people: Vec<Party>,
    /// Which app opened it.
    app: Option<String>,
    refused: Refused,
    now: At,
}

/// Somebody in the pair.
struct Party {
    leg: LegId,
    alias: String,
    masked: String,
    mask: String,
    /// The whole number, in the answer to the one click that shows it.
    number: Option<String>,
    /// Why nothing is sent to them now.
    out: Option<Out>,
}

impl Party {
    /// Staff may enter that they want no texts, or take back what staff entered.
    fn is_for_staff(&self) -> bool {
        self.out.as_ref().is_none_or(|out| out.by_staff)
    }

    /// What staff entered holds for them.
    fn staff_out(&self) -> bool {
        self.out.as_ref().is_some_and(|out| out.by_staff)
    }
}

impl Parties {
    /// `shown` is the number that the reader asked for, of the leg that it belongs to.
    pub(in crate::web) async fn load(
        tx: &mut Tx,
        pair: &PairRow,
        view: View,
        (shown, refused): (Option<&(Option<LegId>, String)>, &Refused),
        now: At,
    ) -> store::Result<Self> {
        let PartyStates { app, out } = party_states::of(tx, pair.id).await?;
        let party = |one: &store::views::pairs::PartyRow| Party {
            leg: one.leg,
            alias: one.alias.clone(),
            masked: masked(&one.phone),
            mask: one.mask.clone(),
            number: shown.filter(|(leg, _)| *leg == Some(one.leg)).map(|(_, number)| number.clone()),
            out: out.iter().find(|out| out.leg == one.leg).cloned(),
        };
        let people: Vec<Party> = pair.parties.iter().map(party).collect();
        let names = together(&people.iter().map(|one| one.alias.clone()).collect::<Vec<_>>());
        Ok(Parties { pair: pair.clone(), view, names, people, app, refused: refused.clone(), now })
    }

    fn stamp(at: &At) -> Stamp {
        Stamp(*at)
    }

    fn left(&self) -> Left {
        Left::of(self.pair.term().ends_at, self.now)
    }

    /// A number was shown, which a reload hides again, or a form was refused.
    fn shows(&self) -> bool {
        self.refused.is("consent") || self.people.iter().any(|one| one.number.is_some())
    }

    /// The form about this party was refused.
    fn is_refused(&self, party: &Party) -> bool {
        self.refused.is("consent") && self.refused.typed("consent", "party", "") == party.leg.to_string()
    }

    /// Why the words of the form about this party were refused.
    fn evidence_why(&self, party: &Party) -> Option<&str> {
        self.refused.why("consent", "evidence").filter(|_| self.is_refused(party))
    }

    /// What moves its end, in words.
    fn kind(&self) -> String {
        let term = self.pair.term();
        match (term.expiry, term.completed_at) {
            (Expiry::Fixed, _) => "at a fixed time".to_owned(),
            (Expiry::Sliding(idle), _) => format!("{} after the last text", duration::spoken(idle)),
            (Expiry::AfterCompletion(grace), None) => {
                format!("{} after the app says that it is complete", duration::spoken(grace))
            }
            (Expiry::AfterCompletion(grace), Some(_)) => format!("{} after its completion", duration::spoken(grace)),
        }
    }

    /// Why it ended, in words.
    fn why(&self) -> &'static str {
        if self.pair.ended_why == Some(Ending::Expired) { "its time was up" } else { "somebody ended it" }
    }
}
