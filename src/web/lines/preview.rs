//! What would become of a text from one number to a line now, and why.

use super::members;
use crate::domain::ids::{ConversationId, NumberId};
use crate::domain::numbers::phone::masked;
use crate::domain::numbers::typed;
use crate::domain::routing::pick::{Pick, Rule, pick};
use crate::http::guards::Visit;
use crate::store::routing::{numbers, queue};
use crate::store::{self, customers, lines, people};
use crate::web::page::failure::Failure;

/// The answer, in words.
pub(super) struct Preview {
    /// Whose text: the last two digits.
    pub from: String,
    /// What becomes of it.
    pub what: String,
    /// Why, a reason each.
    pub why: Vec<String>,
    /// The conversation that it would go to.
    pub conversation: Option<ConversationId>,
}

/// Why there is no answer.
pub(super) enum NoPreview {
    /// What is wrong about the number, in words.
    Number(String),
    /// Something else.
    Failed(Failure),
}

impl From<Failure> for NoPreview {
    fn from(failure: Failure) -> Self {
        NoPreview::Failed(failure)
    }
}

impl From<store::Error> for NoPreview {
    fn from(error: store::Error) -> Self {
        NoPreview::Failed(error.into())
    }
}

impl Preview {
    /// Looks at what holds now, by the same rules as when a text comes in.
    pub(super) async fn of(visit: &Visit<'_>, line: NumberId, phone: &str) -> Result<Preview, NoPreview> {
        let (desk, now) = (visit.desk, visit.now);
        let mut tx = desk.store.read().await?;
        let line = lines::all(&mut tx).await?.into_iter().find(|one| one.id == line).ok_or(Failure::NotFound)?;
        let home = numbers::home(&mut tx, line.id).await?;
        let phone = match typed::read(phone, home.as_deref()) {
            Ok(phone) => phone,
            Err(error) => return Err(NoPreview::Number(error.to_string())),
        };
        let from = masked(phone.as_str());
        let plain = |what: &str, why: &str| {
            Ok(Preview { from: from.clone(), what: what.to_owned(), why: vec![why.to_owned()], conversation: None })
        };
        if numbers::all(&mut tx).await?.iter().any(|number| number.number == phone.as_str()) {
            return plain("It is refused.", "The number is one of ours: our own numbers must not talk to each other.");
        }
        if let Some(colleague) = people::by_phone(&mut tx, phone.as_str()).await? {
            let name = people::by_id(&mut tx, colleague).await?.map(|person| person.name).unwrap_or_default();
            let why =
                format!("The phone is {name}’s: a colleague’s phone that texts a line never opens a conversation.");
            return plain("Nobody gets it; a short help text goes back.", &why);
        }
        if customers::is_blocked(&mut tx, phone.as_str(), Some(line.id)).await? {
            return plain("It is kept, and nobody is told.", "Staff have blocked this sender.");
        }
        if let Some((conversation_id, rep)) = customers::open_with(&mut tx, phone.as_str(), line.id).await? {
            let what = match rep {
                Some(rep) => format!("{rep} gets it."),
                None => "It joins a conversation that waits unassigned; all members see it.".to_owned(),
            };
            let why = vec![format!("Conversation #{conversation_id} is open.")];
            return Ok(Preview { from, what, why, conversation: Some(conversation_id) });
        }
        let policy = line.policies.over(&desk.policies.support);
        let (mut last, mut reopens) = (None, None);
        if let Some(customer) = customers::by_phone(&mut tx, phone.as_str()).await? {
            last = queue::last_rep(&mut tx, customer, now - policy.sticky_for).await?;
            reopens = queue::reopenable(&mut tx, customer, line.id, now - policy.reopen_within).await?;
        }
        let members = members(&mut tx, &line, now).await?;
        let pick = pick(policy.pick, &members, last, |_| 0);
        let mut why = vec![match reopens {
            Some(id) => format!("It reopens conversation #{id}, which was closed lately."),
            None => "It opens a conversation.".to_owned(),
        }];
        let last = match last {
            Some(last) if pick.policy != Rule::Sticky => people::by_id(&mut tx, last).await?.map(|person| person.name),
            _ => None,
        };
        why.extend(last.map(|last| format!("{last} had this customer last, but cannot take them now.")));
        why.extend(reasons(&pick, line.hours.is_some()));
        Ok(Preview { from, what: whom(&pick), why, conversation: reopens })
    }
}

fn whom(pick: &Pick) -> String {
    match (pick.candidates.as_slice(), &pick.chosen_name) {
        ([], _) => "Nobody gets it yet: it waits unassigned, and the customer is told so once a day.".to_owned(),
        (_, Some(chosen)) if pick.policy == Rule::Sticky => format!("{chosen} gets it."),
        ([one], _) => format!("{one} gets it."),
        (several, Some(chosen)) if pick.policy != Rule::Random => {
            format!("{chosen} gets it, of {} who could.", several.len())
        }
        (several, _) => format!("One of {} gets it: {}.", several.len(), several.join(", ")),
    }
}

fn reasons(pick: &Pick, has_hours: bool) -> Vec<String> {
    let mut why = Vec::new();
    match (pick.policy, pick.candidates.len()) {
        (_, 0) if has_hours => why.push("Nobody can take a customer now; the hours of the line count, too.".to_owned()),
        (_, 0) => why.push("Nobody can take a customer now.".to_owned()),
        (Rule::Sticky, _) => why.push("They had this customer last, and can take them.".to_owned()),
        (_, 1) => why.push("Nobody else can take a customer now.".to_owned()),
        (Rule::LeastBusy, _) => why.push("Whoever has the fewest open conversations is chosen.".to_owned()),
        (Rule::RoundRobin, _) => why.push("Whoever was chosen longest ago is chosen.".to_owned()),
        (Rule::Random, _) => why.push("One of them is chosen at random, each equally likely.".to_owned()),
    }
    why.extend(pick.passed_over.iter().map(|(name, obstacle)| format!("{name} is passed over: {obstacle}.")));
    why
}
