//! How one message travelled, as a trace: the leg by which it came, the rule, and every text that it became.

use super::events::{Step, Trace};
use crate::domain::message::{Author, Channel, Outcome};
use crate::store::views::thread::timeline::Text;
use crate::store::views::thread::travel::Travel;
use crate::web::page::stamp::Stamp;
use crate::web::page::words;

/// The trace of a message in the conversation that people call `#id`; `customer` is how the customer is called.
#[must_use]
pub fn trace(travel: &Travel, id: i64, customer: &str) -> Trace {
    let inbound = travel.author.is_outside();
    let named = travel.author_name.as_deref();
    let who = named.unwrap_or(if inbound { customer } else { "Switchboard" });
    let of_pair = travel.author == Author::Party || travel.texts.iter().any(|text| text.to_party.is_some());
    let at = Stamp(travel.at);
    let mut steps = vec![match (travel.way, &travel.leg) {
        (Channel::Phone, Some((ours, _))) => {
            step("Came in", format!("{who} texted {ours} on {}, {}.", at.day(), at.exact()))
        }
        (Channel::Phone, None) => step("Came in", format!("{who} texted on {}, {}.", at.day(), at.exact())),
        (Channel::Web, _) => step("Came in", format!("{who} wrote it in the inbox on {}, {}.", at.day(), at.exact())),
        (way @ (Channel::Api | Channel::System), _) => {
            step("Came in", format!("{who}, by way of the {way}, on {}, {}.", at.day(), at.exact()))
        }
    }];
    steps.push(match &travel.leg {
        Some((ours, since)) => {
            let (day, clock) = (Stamp(*since).day(), Stamp(*since).clock());
            step("Leg", format!("{who}'s phone and {ours} select #{id}. Live since {day}, {clock}."))
        }
        None => step("Leg", format!("The inbox is a way into #{id} without a phone.")),
    });
    let policy = match travel.outcome {
        Outcome::Relayed if of_pair => {
            format!(
                "To the other legs of #{id}. Each hears it from the mask that stands for the others on their phone."
            )
        }
        Outcome::Relayed => format!("To every other leg of #{id}. {customer} hears the line, whoever writes."),
        Outcome::Held => told("Held", travel.why.as_deref()),
        Outcome::Kept => told("Kept, for nobody's phone", travel.why.as_deref()),
        Outcome::Refused => told("Refused", travel.why.as_deref()),
    };
    steps.push(step("Rule", policy));
    for text in &travel.texts {
        let (rep, party) = (text.to_rep.as_ref().map(|rep| format!("{rep}'s phone")), text.to_party.clone());
        let to = rep.or(party).unwrap_or_else(|| customer.to_owned());
        let state = Text { state: text.state, to_rep: None, to_party: None, why: text.why.clone() };
        let requests = if text.tries > 1 { format!(", {} requests", text.tries) } else { String::new() };
        let segments = if text.segments == 1 { "1 segment".to_owned() } else { format!("{} segments", text.segments) };
        let (day, clock) = (Stamp(text.at).day(), Stamp(text.at).exact());
        let fate = words::fate(&state).text;
        let told = format!("{to}, from {}: {fate} ({segments}{requests}; {day}, {clock}).", text.from);
        steps.push(Step { jack: "ours", name: "Went to", text: told });
    }
    if travel.texts.is_empty() && travel.outcome == Outcome::Relayed {
        steps.push(Step { jack: "none", name: "Went to", text: "No phone: it stands in the inbox.".to_owned() });
    }
    Trace { question: "How did this travel?".to_owned(), steps }
}

fn step(name: &'static str, text: String) -> Step {
    Step { jack: "full", name, text }
}

fn told(what: &str, why: Option<&str>) -> String {
    match why.filter(|why| !why.is_empty()) {
        Some(why) => format!("{what}: {why}."),
        None => format!("{what}."),
    }
}
