//! Virtual phones for the people in the set-up and for some customers. They follow the database.

use std::time::Duration;

use crate::desk::Desk;
use crate::domain::pool::life;
use crate::simulator::{PhoneKind, Simulator};
use crate::store::people::{self, phone_codes};
use crate::store::routing::numbers;
use crate::store::{self, lines};

/// How soon a new number or person shows in the simulator.
const EVERY: Duration = Duration::from_secs(2);

/// Customers to begin with; more are added on the page. Fictitious numbers.
const CUSTOMERS: [(&str, &str); 2] = [("+12075550134", "Joel"), ("+12075550128", "Nora")];

/// Adds phones for new people and numbers, until the process ends.
pub(super) async fn keep(simulator: Simulator, desk: Desk) {
    for (phone, name) in CUSTOMERS {
        simulator.introduce(phone, name, PhoneKind::Customer);
    }
    let mut known = Vec::new();
    loop {
        match wanted(&desk).await {
            Ok(wanted) => {
                for one in wanted.iter().filter(|one| !known.contains(*one)) {
                    one.introduce(&simulator);
                }
                known = wanted;
            }
            Err(error) => tracing::warn!(%error, "the simulator's phones could not be read"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

#[derive(PartialEq, Eq)]
enum Wanted {
    Number { number: String, label: String },
    Phone { phone: String, name: String },
}

impl Wanted {
    fn introduce(&self, simulator: &Simulator) {
        match self {
            Wanted::Number { number, label } => drop(simulator.own_number(number, label, None)),
            Wanted::Phone { phone, name } => simulator.introduce(phone, name, PhoneKind::Rep),
        }
    }
}

async fn wanted(desk: &Desk) -> store::Result<Vec<Wanted>> {
    let mut tx = desk.store.read().await?;
    let lines = lines::all(&mut tx).await?;
    let mut wanted = Vec::new();
    for number in numbers::all(&mut tx).await?.into_iter().filter(|number| number.state != life::State::Released) {
        let label = lines.iter().find(|line| line.id == number.id).map(|line| line.name.clone()).unwrap_or_default();
        wanted.push(Wanted::Number { number: number.number, label });
    }
    for person in people::all(&mut tx).await?.into_iter().filter(|person| !person.disabled) {
        wanted.extend(person.phone.map(|phone| Wanted::Phone { phone, name: person.name }));
    }
    // A phone to which a code is on its way is nobody's yet, and shows the code.
    for (phone, name) in phone_codes::open(&mut tx, desk.clock.now()).await? {
        wanted.push(Wanted::Phone { phone, name });
    }
    Ok(wanted)
}
