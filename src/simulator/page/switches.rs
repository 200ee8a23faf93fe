//! The faults that the page offers as switches. A switch is on when exactly its fault is; the page names other faults,
//! set by tests or over HTTP, below the switches.

use crate::simulator::{Fault, Kind, Simulator};

/// One switch.
pub(in crate::simulator) struct Switch {
    pub(in crate::simulator) name: &'static str,
    pub(in crate::simulator) label: &'static str,
    pub(in crate::simulator) on: bool,
}

/// Name, label, and the faults that it turns on.
fn table() -> Vec<(&'static str, &'static str, Vec<Fault>)> {
    let one = |kind| vec![Fault::new(kind)];
    vec![
        ("refused", "Connection refused", vec![Fault::new(Kind::Refused).everywhere()]),
        ("black-hole", "Black hole: no answer at all", vec![Fault::new(Kind::BlackHole).everywhere()]),
        ("swallowed", "No answer, sent anyway", vec![Fault::new(Kind::BlackHole).taken(true)]),
        ("error-sent", "500, and sent anyway", vec![Fault::new(Kind::Error).taken(true)]),
        ("error", "500, not sent", one(Kind::Error)),
        ("too-many", "Too many requests (429)", vec![Fault::new(Kind::TooMany).millis(2_000)]),
        ("unauthorized", "Credentials refused (401)", vec![Fault::new(Kind::Unauthorized).everywhere()]),
        ("junk", "200 with junk", one(Kind::Junk)),
        ("reset", "Reset after the request", vec![Fault::new(Kind::Reset).taken(true)]),
        ("truncated", "Half an answer", one(Kind::Truncated)),
        ("slow", "Answers take 2 s", vec![Fault::new(Kind::Slow).millis(2_000)]),
        ("accepted-late", "No answer, sent 30 s later", vec![Fault::new(Kind::AcceptedLate).millis(30_000)]),
        ("list-late", "List a minute late", vec![Fault::new(Kind::ListLate).millis(60_000)]),
        ("list-unavailable", "List unavailable", one(Kind::ListUnavailable)),
        ("receipts-lost", "Receipts lost", one(Kind::ReceiptsLost)),
        (
            "receipts-disorder",
            "Receipts doubled and reversed",
            vec![Fault::new(Kind::ReceiptsDoubled), Fault::new(Kind::ReceiptsReversed)],
        ),
        ("receipt-first", "Receipt before the answer", one(Kind::ReceiptFirst)),
        ("undelivered", "Nothing arrives", one(Kind::Undelivered)),
        ("webhook-twice", "Webhook delivered twice", one(Kind::WebhookTwice)),
        ("webhook-lost", "Webhook lost", one(Kind::WebhookLost)),
    ]
}

fn same(one: &Fault, other: &Fault) -> bool {
    Fault { id: 0, ..one.clone() } == *other
}

impl Simulator {
    /// The switches, and the faults that are on without one, in words.
    pub(in crate::simulator) fn switches(&self) -> (Vec<Switch>, Vec<String>) {
        let mut on = self.faults();
        let mut switches = Vec::new();
        for (name, label, faults) in table() {
            let is_on = faults.iter().all(|wanted| on.iter().any(|fault| same(fault, wanted)));
            if is_on {
                on.retain(|fault| !faults.iter().any(|wanted| same(fault, wanted)));
            }
            switches.push(Switch { name, label, on: is_on });
        }
        (switches, on.iter().map(in_words).collect())
    }

    /// Turns on exactly the switches that are named; faults without a switch stay.
    pub(in crate::simulator) fn set_switches(&self, names: &[String]) {
        let (before, _) = self.switches();
        for ((name, _, faults), switch) in table().into_iter().zip(before) {
            let wanted = names.iter().any(|wanted| wanted == name);
            for fault in faults {
                if switch.on && !wanted {
                    self.0.faults.remove(|on| same(on, &fault));
                } else if wanted && !switch.on {
                    self.0.faults.add(fault);
                }
            }
        }
        self.announce();
    }
}

fn in_words(fault: &Fault) -> String {
    let mut words = vec![fault.kind.in_words().to_owned()];
    words.extend(fault.from.as_ref().map(|from| format!("from {from}")));
    words.extend(fault.to.as_ref().map(|to| format!("to {to}")));
    if fault.chance < 1.0 {
        words.push(format!("{:.0} of 100", fault.chance * 100.0));
    }
    words.extend(fault.times.map(|times| format!("{times} times more")));
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::Settings;

    #[test]
    fn a_switch_turns_its_faults_on_and_off_and_leaves_the_others() {
        let simulator = Simulator::new(Settings::new("AC", "t")).unwrap();
        simulator.fault(Fault::new(Kind::Error).times(3).chance(0.25));
        simulator.set_switches(&["receipts-disorder".to_owned(), "junk".to_owned()]);
        assert_eq!(simulator.faults().len(), 4);
        let (switches, others) = simulator.switches();
        let on: Vec<_> = switches.iter().filter(|switch| switch.on).map(|switch| switch.name).collect();
        assert_eq!(on, ["junk", "receipts-disorder"]);
        assert_eq!(others, ["500, 25 of 100, 3 times more"]);
        simulator.set_switches(&["junk".to_owned()]);
        assert_eq!(simulator.faults().len(), 2);
    }
}
