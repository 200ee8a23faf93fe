//! How many masks a town would need: so many people, so many jobs an hour, each joining two of them for so many hours,
//! and then a quarantine.
//!
//! Jobs begin at random (Poisson) in working hours, and join two people at random: any two, or a worker and a customer,
//! of whom there are usually many more. What a phone finds free follows the order of
//! [`crate::domain::routing::allocation::choose`], stored in a shorter form: which new mask is drawn makes no
//! difference to how many are left. Only a person's own jobs count, so a town with too many jobs is simulated at a
//! smaller size, with as many jobs for each person.

use std::time::Duration;

use super::simulation_phone::{Found, Handset};
use crate::clock::{At, seconds};

/// Whom the jobs of a town join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum People {
    /// Any two of so many; at least 2.
    Alike(u32),
    /// One of the workers and one of the customers; at least 1 of each.
    Apart {
        /// Who does the jobs.
        workers: u32,
        /// For whom.
        customers: u32,
    },
}

impl People {
    fn all(self) -> u32 {
        match self {
            People::Alike(people) => people,
            People::Apart { workers, customers } => workers.saturating_add(customers),
        }
    }

    /// Those of whom there are fewest: they have the most jobs each.
    fn fewest(self) -> u32 {
        match self {
            People::Alike(people) => people,
            People::Apart { workers, customers } => workers.min(customers),
        }
    }

    /// So many times as many, at least enough for a job.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no more than there are")]
    fn scaled(self, scale: f64) -> People {
        let of = |count: u32, least: u32| ((f64::from(count) * scale).round() as u32).max(least);
        match self {
            People::Alike(people) => People::Alike(of(people, 2)),
            People::Apart { workers, customers } => {
                People::Apart { workers: of(workers, 1), customers: of(customers, 1) }
            }
        }
    }

    /// Two of them; workers come before customers.
    #[expect(clippy::cast_possible_truncation, reason = "drawn below a number of 32 bits")]
    fn two(self, draw: &mut impl FnMut(usize) -> usize) -> (u32, u32) {
        match self {
            People::Alike(people) => {
                let (one, other) = (draw(people as usize) as u32, draw(people as usize - 1) as u32);
                (one, if other >= one { other + 1 } else { other })
            }
            People::Apart { workers, customers } => {
                (draw(workers as usize) as u32, workers + draw(customers as usize) as u32)
            }
        }
    }
}

/// The town.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Town {
    /// Whom jobs join.
    pub people: People,
    /// How long a day's work is, from the beginning of each day on; at most 24 hours. Jobs begin only then.
    pub work: Duration,
    /// Jobs in the whole town, in an hour of work; more than 0.
    pub jobs_per_hour: f64,
    /// How long a job lasts.
    pub life: Duration,
    /// How long its masks rest afterwards.
    pub quarantine: Duration,
    /// The least rest when masks are short; at most `quarantine`.
    pub floor: Duration,
}

/// A job: when it begins, and who the two are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    /// When.
    pub at: At,
    /// The two, by number; never the same.
    pub pair: (u32, u32),
}

/// Jobs in the order of their beginning.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// All of them.
    pub jobs: Vec<Job>,
    /// How many people there are, perhaps fewer than in the town.
    pub people: u32,
    /// Jobs from this one on are counted: before, the town fills.
    pub counted_from: usize,
}

/// The most jobs that are played through, unless the town would be too small then.
pub const MOST_JOBS: usize = 60_000;
/// Even in the smallest town there is an end.
const TOO_MANY_JOBS: f64 = 400_000.0;
/// The fewest jobs that are counted.
const LEAST_COUNTED: f64 = 5_000.0;
/// The fewest people of a town that is played smaller.
const LEAST_PEOPLE: f64 = 50.0;
const STEPS: usize = 1 << 32;
const DAY: Duration = Duration::from_hours(24);

/// What became of the counted jobs with so many masks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Masks in the pool.
    pub masks: usize,
    /// Counted jobs.
    pub jobs: usize,
    /// Those that found a mask for both only because a rest was shortened.
    pub early: usize,
    /// Those that found none for one of the two, and could not begin.
    pub none: usize,
}

/// The result.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Masks that the busier of the two has at the beginning of a job, if there are always enough: at most so many in 50,
    /// 90, 99 and 99.9 of 100 jobs, and in all.
    pub percentiles: [(&'static str, usize); 5],
    /// By number of masks, ascending.
    pub rows: Vec<Outcome>,
    /// People and jobs that were played through and counted.
    pub played: (u32, usize),
    /// The fewest masks with which no more than one job in a thousand finds none.
    pub enough: usize,
    /// The fewest with which no more than one in a thousand has a rest shortened, either.
    pub at_ease: usize,
}

/// Jobs of `town`; `draw(n)` gives a number below `n`.
///
/// # Errors
/// What is wrong with the town, in words.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "bounded by the numbers of jobs and people"
)]
pub fn traffic(town: &Town, mut draw: impl FnMut(usize) -> usize) -> Result<Traffic, String> {
    match town.people {
        People::Alike(0 | 1) => return Err("a job takes two people: write at least 2".to_owned()),
        People::Apart { workers: 0, .. } | People::Apart { customers: 0, .. } => {
            return Err("a job takes a worker and a customer: write at least 1 of each".to_owned());
        }
        _ => {}
    }
    if town.work.is_zero() || town.work > DAY {
        return Err("write how many hours of a day are worked, more than 0 and at most 24".to_owned());
    }
    if !(town.jobs_per_hour.is_finite() && town.jobs_per_hour > 0.0 && town.jobs_per_hour <= 1e9) {
        return Err("write how many jobs begin in an hour, more than 0".to_owned());
    }
    if town.life.is_zero() || town.floor > town.quarantine {
        return Err("a job lasts longer than 0, and the floor is not above the quarantine".to_owned());
    }
    // Of the hours of work: as many as lie within the time that the town remembers.
    let work = town.work.as_secs_f64() / 3600.0;
    let memory = (town.life + town.quarantine).as_secs_f64() / 3600.0;
    let worked = if town.work == DAY { memory } else { (memory / 24.0).ceil() * work };
    let filling = town.jobs_per_hour * worked;
    // As long again as the town remembers, and long enough to count something.
    let counted = filling.max(LEAST_COUNTED);
    let most = MOST_JOBS as f64;
    let fewest = f64::from(town.people.fewest());
    let scale = (most / (filling + counted)).min(1.0).max((LEAST_PEOPLE / fewest).min(1.0));
    let people = town.people.scaled(scale);
    let an_hour = town.jobs_per_hour * f64::from(people.fewest()) / fewest;
    if (filling + counted) * scale > TOO_MANY_JOBS {
        let at_once = 2.0 * filling / fewest;
        return Err(format!("each person would have some {at_once:.0} jobs live or at rest at once: that is no town"));
    }
    let jobs = ((filling + counted) * scale) as usize;
    let counted_from = (filling * scale) as usize;
    // In seconds of work; the days of the wall follow from it.
    let (mut worked, a_day) = (0.0_f64, work * 3600.0);
    let jobs = (0..jobs).map(|_| {
        // Never 0, whose logarithm there is not.
        let chance = (draw(STEPS) as f64 + 1.0) / STEPS as f64;
        worked -= chance.ln() / an_hour * 3600.0;
        let now = (worked / a_day).floor() * DAY.as_secs_f64() + worked % a_day;
        Job { at: At((now * 1e6) as i64), pair: people.two(&mut draw) }
    });
    Ok(Traffic { jobs: jobs.collect(), people: people.all(), counted_from })
}

/// Plays `traffic` through with so many masks. A job that finds no mask for one of the two does not begin.
#[must_use]
pub fn play(town: &Town, traffic: &Traffic, masks: usize) -> Outcome {
    let mut outcome = Outcome { masks, ..Outcome::default() };
    each(town, traffic, masks, |counted, found, _| {
        if counted {
            outcome.jobs += 1;
            outcome.early += usize::from(found == Found::Early);
            outcome.none += usize::from(found == Found::None);
        }
    });
    outcome
}

fn each(town: &Town, traffic: &Traffic, masks: usize, mut see: impl FnMut(bool, Found, usize)) {
    let mut phones: Vec<Handset> = vec![Handset::default(); traffic.people as usize];
    for (place, job) in traffic.jobs.iter().enumerate() {
        let (one, other) = (job.pair.0 as usize, job.pair.1 as usize);
        let now = job.at;
        let taken = phones[one].taken(now).max(phones[other].taken(now));
        let (first, second) = (
            phones[one].find(job.pair.1, masks, now, town.floor),
            phones[other].find(job.pair.0, masks, now, town.floor),
        );
        let found = first.0.max(second.0);
        if found != Found::None {
            let (ends, rests) = (now + town.life, now + town.life + town.quarantine);
            phones[one].take(first.1, job.pair.1, ends, rests);
            phones[other].take(second.1, job.pair.0, ends, rests);
        }
        see(place >= traffic.counted_from, found, taken);
    }
}

/// The answer for a town: how many masks, and what fewer would mean.
///
/// # Errors
/// As [`traffic`].
pub fn forecast(town: &Town, draw: impl FnMut(usize) -> usize) -> Result<Forecast, String> {
    let traffic = traffic(town, draw)?;
    let mut taken = Vec::new();
    each(town, &traffic, usize::MAX, |counted, _, most| {
        if counted {
            // The mask that this job takes is one more.
            taken.push(most + 1);
        }
    });
    taken.sort_unstable();
    let at = |per_mille: usize| {
        let place = (taken.len() * per_mille).div_ceil(1000).clamp(1, taken.len().max(1)) - 1;
        taken.get(place).copied().unwrap_or(0)
    };
    let percentiles = [("50 %", at(500)), ("90 %", at(900)), ("99 %", at(990)), ("99.9 %", at(999)), ("all", at(1000))];
    let most = at(1000).max(1);
    let enough = fewest(most, |masks| few(play(town, &traffic, masks).none, taken.len()));
    let at_ease = fewest(most, |masks| {
        let outcome = play(town, &traffic, masks);
        few(outcome.none + outcome.early, taken.len())
    });
    let (from, to) = (enough.saturating_sub(8).max(1), (at_ease + 2).min(most.max(enough + 1)));
    let step = (to - from).div_ceil(20).max(1);
    let mut wanted: Vec<usize> = (from..=to).step_by(step).chain([enough, at_ease, to]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    Ok(Forecast {
        percentiles,
        rows: wanted.into_iter().map(|masks| play(town, &traffic, masks)).collect(),
        played: (traffic.people, taken.len()),
        enough,
        at_ease,
    })
}

/// One in a thousand.
fn few(count: usize, of: usize) -> bool {
    count * 1000 <= of
}

/// The least number up to `most` for which `is` holds, by halving; what it says is taken to go one way only.
fn fewest(most: usize, is: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (1, most);
    while low < high {
        let middle = low.midpoint(high);
        if is(middle) { high = middle } else { low = middle + 1 }
    }
    high
}

impl Town {
    /// A town in which jobs last so many hours, and which works so many hours a day.
    #[must_use]
    pub fn of(
        people: People,
        jobs_per_hour: f64,
        (hours, work): (f64, f64),
        quarantine: Duration,
        floor: Duration,
    ) -> Self {
        // What is no length of time is refused by [`traffic`], as none at all.
        let long = |hours: f64| Duration::try_from_secs_f64(hours * 3600.0).unwrap_or(seconds(0));
        Town { people, work: long(work), jobs_per_hour, life: long(hours), quarantine, floor: floor.min(quarantine) }
    }
}

#[cfg(test)]
mod tests;
