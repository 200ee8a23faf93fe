//! The simulation compared with the allocator itself, under the same traffic, and with the formula where there is one.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::clock::hours;
use crate::domain::ids::NumberId;
use crate::domain::routing::allocation::{Choice, LastLeg, Mask, choose};
use crate::secret::Chance;

fn town(people: u32, jobs_per_hour: f64, life: u64, quarantine: u64, floor: u64) -> Town {
    Town {
        people: People::Alike(people),
        work: hours(24),
        jobs_per_hour,
        life: hours(life),
        quarantine: hours(quarantine),
        floor: hours(floor),
    }
}

/// The town of the example: ten helpers with 3.5 jobs an hour each, a new customer every time, eight hours a day.
fn helpers(quarantine: u64) -> Town {
    Town::of(People::Apart { workers: 10, customers: 20_000 }, 35.0, (3.43, 8.0), hours(quarantine), hours(4))
}

/// One phone, as the database would remember it: for each mask, its newest leg.
#[derive(Clone, Default)]
struct Phone(HashMap<usize, (u32, At, At)>);

impl Phone {
    fn masks(&self, count: usize, now: At) -> Vec<Mask> {
        let last = |(counterpart, ends, rests): &(u32, At, At)| LastLeg {
            used_at: *ends,
            rests_until: Some(*rests),
            counterpart: counterpart.to_string(),
        };
        (0..count)
            .map(|id| Mask {
                id: NumberId(i64::try_from(id).unwrap()),
                active: true,
                near: true,
                live: self.0.get(&id).is_some_and(|(_, ends, _)| *ends > now),
                last: self.0.get(&id).map(last),
            })
            .collect()
    }
}

/// The same traffic through the allocator of the product.
fn played_by_the_allocator(town: &Town, traffic: &Traffic, masks: usize, chance: &Chance) -> Outcome {
    let mut phones = vec![Phone::default(); traffic.people as usize];
    let mut outcome = Outcome { masks, ..Outcome::default() };
    for (place, job) in traffic.jobs.iter().enumerate() {
        let choice = |whose: u32, other: u32| {
            let masks = phones[whose as usize].masks(masks, job.at);
            choose(&masks, &other.to_string(), job.at, town.floor, |n| chance.below(n))
        };
        let choices =
            [(job.pair.0, job.pair.1), (job.pair.1, job.pair.0)].map(|(one, other)| (one, other, choice(one, other)));
        let counted = usize::from(place >= traffic.counted_from);
        outcome.jobs += counted;
        if choices.iter().any(|(_, _, choice)| *choice == Choice::Exhausted) {
            outcome.none += counted;
            continue;
        }
        outcome.early += counted * usize::from(choices.iter().any(|(_, _, choice)| matches!(choice, Choice::Early(_))));
        for (one, other, choice) in choices {
            let mask = usize::try_from(choice.mask().unwrap().0).unwrap();
            let leg = (other, job.at + town.life, job.at + town.life + town.quarantine);
            phones[one as usize].0.insert(mask, leg);
        }
    }
    outcome
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_simulation_agrees_with_the_allocator_job_by_job(
        people in 2_u32..30,
        jobs in 1_u32..40,
        life in 1_u64..6,
        quarantine in 0_u64..20,
        floor in 0_u64..5,
        masks in 1_usize..14,
        seed in any::<u64>(),
    ) {
        let town = town(people, f64::from(jobs), life, quarantine, floor.min(quarantine));
        let chance = Chance::seeded(seed);
        let mut traffic = traffic(&town, |n| chance.below(n)).unwrap();
        traffic.jobs.truncate(400);
        traffic.counted_from = traffic.counted_from.min(100);
        prop_assert_eq!(
            play(&town, &traffic, masks),
            played_by_the_allocator(&town, &traffic, masks, &Chance::seeded(seed + 1))
        );
    }
}

#[test]
fn what_a_phone_has_taken_is_spread_as_the_formula_says() {
    // Two of 2,000 people in each of 200 jobs an hour, 1 + 9 hours each: a Poisson variable of mean 2 · 200 / 2000 · 10 = 2.
    let town = town(2000, 200.0, 1, 9, 9);
    let chance = Chance::seeded(7);
    let traffic = traffic(&town, |n| chance.below(n)).unwrap();
    let (mut sum, mut jobs) = (0, 0);
    each(&town, &traffic, usize::MAX, |counted, _, taken| {
        if counted {
            jobs += 1;
            sum += taken;
        }
    });
    // The greater of two such variables has the mean 2.772 (by summing over its distribution).
    let mean = f64::from(u32::try_from(sum).unwrap()) / f64::from(u32::try_from(jobs).unwrap());
    assert!((mean - 2.772).abs() < 0.1, "{mean}");
}

#[test]
fn more_masks_never_leave_more_jobs_without_one_and_the_answer_is_enough() {
    let town = town(200, 40.0, 2, 72, 4);
    let chance = Chance::seeded(3);
    let forecast = forecast(&town, |n| chance.below(n)).unwrap();
    assert!(forecast.enough <= forecast.at_ease, "{forecast:?}");
    for pair in forecast.rows.windows(2) {
        assert!(pair[0].masks < pair[1].masks && pair[0].none >= pair[1].none, "{forecast:?}");
    }
    let row = |masks| forecast.rows.iter().find(|row| row.masks == masks).unwrap();
    let enough = row(forecast.enough);
    assert!(enough.none * 1000 <= enough.jobs, "{forecast:?}");
    let at_ease = row(forecast.at_ease);
    assert!((at_ease.none + at_ease.early) * 1000 <= at_ease.jobs, "{forecast:?}");
    assert!(forecast.percentiles.windows(2).all(|pair| pair[0].1 <= pair[1].1));
}

#[test]
fn a_town_too_large_to_play_is_played_smaller_with_the_same_answer() {
    let chance = Chance::seeded(5);
    let large = forecast(&town(1_000_000, 100_000.0, 2, 10, 4), |n| chance.below(n)).unwrap();
    let small = forecast(&town(10_000, 1_000.0, 2, 10, 4), |n| chance.below(n)).unwrap();
    assert!(large.played.0 < 1_000_000 && large.played.1 <= MOST_JOBS, "{large:?}");
    assert!(large.at_ease.abs_diff(small.at_ease) <= 1, "{large:?} {small:?}");
}

#[test]
fn the_same_seed_gives_the_same_answer_and_nonsense_is_refused() {
    let town = town(100, 10.0, 2, 24, 4);
    let run = || {
        let chance = Chance::seeded(9);
        forecast(&town, |n| chance.below(n)).unwrap()
    };
    assert_eq!(run(), run());
    for bad in [
        Town { people: People::Alike(1), ..town },
        Town { people: People::Apart { workers: 0, customers: 9 }, ..town },
        Town { people: People::Apart { workers: 9, customers: 0 }, ..town },
        Town { work: hours(0), ..town },
        Town { work: hours(25), ..town },
        Town { jobs_per_hour: 0.0, ..town },
        Town { jobs_per_hour: f64::NAN, ..town },
        Town { life: hours(0), ..town },
        Town { people: People::Alike(60), jobs_per_hour: 100_000.0, ..town },
    ] {
        assert!(forecast(&bad, |n| n / 2).is_err(), "{bad:?}");
    }
}

#[test]
fn workers_decide_how_many_masks_a_town_needs_however_many_customers_there_are() {
    let chance = Chance::seeded(11);
    let apart = forecast(&helpers(72), |n| chance.below(n)).unwrap();
    // A helper has some 28 jobs in a day's eight hours, and no mask is free again before the next day.
    assert!((28..=50).contains(&apart.enough), "{apart:?}");
    let alike = Town { people: People::Alike(2000), work: hours(24), ..helpers(72) };
    let alike = forecast(&alike, |n| chance.below(n)).unwrap();
    assert!(apart.enough > 5 * alike.enough, "apart {}, alike {}", apart.enough, alike.enough);
    // Twenty are too few for many of a day's jobs.
    let traffic = traffic(&helpers(72), |n| chance.below(n)).unwrap();
    let short = play(&helpers(72), &traffic, 20);
    assert!(short.none * 5 > short.jobs, "{short:?}");
    assert_eq!(play(&helpers(72), &traffic, 60).none, 0);
}

#[test]
fn jobs_begin_in_the_hours_of_work_and_join_a_worker_and_a_customer() {
    let chance = Chance::seeded(13);
    let traffic = traffic(&helpers(72), |n| chance.below(n)).unwrap();
    let day = hours(24).as_micros();
    let mut days = std::collections::BTreeSet::new();
    for job in &traffic.jobs {
        let at = u128::try_from(job.at.0).unwrap();
        assert!(at % day < hours(8).as_micros(), "{job:?}");
        assert!(job.pair.0 < 10 && job.pair.1 >= 10, "{job:?}");
        days.insert(at / day);
    }
    // 280 a day: the days follow each other.
    let count = |n: usize| f64::from(u32::try_from(n).unwrap());
    let a_day = count(traffic.jobs.len()) / count(days.len());
    assert!((a_day - 280.0).abs() < 20.0, "{a_day} jobs a day");
}

#[test]
fn a_large_town_of_workers_and_customers_is_played_smaller_with_the_same_answer() {
    let chance = Chance::seeded(17);
    let of = |workers, jobs_per_hour| {
        let people = People::Apart { workers, customers: workers * 10 };
        forecast(&Town { people, jobs_per_hour, ..helpers(10) }, |n| chance.below(n)).unwrap()
    };
    let (large, small) = (of(100_000, 50_000.0), of(1000, 500.0));
    assert!(large.enough.abs_diff(small.enough) <= 1, "{large:?} {small:?}");
}
