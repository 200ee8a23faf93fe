//! The plan: what phones have, what that means for each country, and what is missing when none is free.

use switchboard::clock::{days, hours};
use switchboard::desk::pool::{measure, missing, plan};
use switchboard::store::pool::demand;

use super::{ANA, only_ana};
use crate::both_stores;
use crate::house::{House, Plan, mask};

fn five_masks(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 5;
}

fn one_mask(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 1;
}

/// (busiest now, peak, masks, wanted, lacking)
async fn figures(house: &House, country: &str) -> (i64, i64, i64, i64, i64) {
    let plan = plan::plan(&house.desk).await.unwrap();
    let need = plan.countries.into_iter().find(|one| one.need.country == country).unwrap().need;
    (need.demand.busiest, need.peak, need.masks, need.wanted(), need.lacks())
}

both_stores! {
    async fn live_and_resting_legs_of_the_busiest_phone_are_what_is_needed(house: five_masks) {
        for n in 1..=3 {
            house.customer(n).texts("hello").await;
        }
        // Three live, one more as headroom, two spare.
        assert_eq!(figures(house, "US").await, (3, 3, 5, 6, 1));
        house.closes_one(ANA, 1001).await;
        assert_eq!(figures(house, "US").await, (3, 3, 5, 6, 1), "a mask at rest is as good as taken");
        house.customer(1).texts("me again").await;
        assert_eq!(figures(house, "US").await.0, 3, "the same two people on the same mask count once");
        measure::measure(&house.desk).await.unwrap();
        house.closes(ANA).await;
        house.closes_one(ANA, 1002).await;
        house.closes_one(ANA, 1001).await;
        house.clock.pass(hours(73));
        assert_eq!(figures(house, "US").await, (0, 3, 5, 6, 1), "the peak is remembered");
        house.clock.pass(days(14));
        assert_eq!(figures(house, "US").await, (0, 0, 5, 2, 0), "for fourteen days");
    }

    async fn customers_on_the_line_need_no_masks(house: five_masks) {
        house.customer(1).texts("hello").await;
        let mut tx = house.desk.store.read().await.unwrap();
        let taken = demand::taken(&mut tx, house.clock.now()).await.unwrap();
        assert_eq!(taken.len(), 1, "{taken:?}");
        assert_eq!((taken[0].0.as_str(), taken[0].1.phones, taken[0].1.taken), ("+1505", 1, 1));
    }

    async fn many_phones_are_counted_in_pieces_and_each_once(house: five_masks) {
        house.customer(1).texts("hello").await;
        house.crowd_has_masks(6000).await;
        let mut tx = house.desk.store.read().await.unwrap();
        let taken = demand::taken(&mut tx, house.clock.now()).await.unwrap();
        assert_eq!(taken.len(), 1, "{taken:?}");
        let demand = taken[0].1;
        assert_eq!((demand.busiest, demand.phones, demand.taken), (2, 6001, 12_001), "Ana's phone has one");
    }

    async fn a_days_peak_only_rises_and_old_days_are_forgotten(house: five_masks) {
        for n in 1..=2 {
            house.customer(n).texts("hello").await;
        }
        measure::measure(&house.desk).await.unwrap();
        house.all_masks_are_free().await;
        measure::measure(&house.desk).await.unwrap();
        let row = "pool_peaks WHERE country = 'US' AND peak = 2 AND latest = 0";
        assert_eq!(house.rows(row).await, 1);
        house.clock.pass(days(401));
        measure::measure(&house.desk).await.unwrap();
        assert_eq!(house.rows("pool_peaks").await, 1);
    }

    async fn the_trend_rests_on_whole_days_and_says_when_masks_run_out(house: five_masks) {
        let today = house.clock.now().day();
        for n in 0..10 {
            let (day, peak) = (today - 10 + n, 1 + n / 3);
            house.had_peak(day, peak).await;
        }
        let plan = plan::plan(&house.desk).await.unwrap();
        let us = plan.countries.iter().find(|one| one.need.country == "US").unwrap();
        assert_eq!((us.need.peak, us.days.len()), (4, 10));
        let trend = us.trend.as_ref().unwrap();
        assert_eq!(trend.days, 10);
        let (middle, early) = (trend.outgrows(5).unwrap(), trend.may_outgrow(5).unwrap());
        assert!(today <= early && early <= middle && middle < today + 10, "{early} {middle} {today}");
    }

    async fn a_country_that_runs_low_is_told_to_managers_before_it_is_empty(house: five_masks) {
        let miriam = crate::web::browser::Browser::of(house, "miriam@example.com").await;
        house.customer(1).texts("hello").await;
        measure::measure(&house.desk).await.unwrap();
        miriam.get("/conversations").await.hides(&["Masks run low"]);
        house.customer(2).texts("hello").await;
        measure::measure(&house.desk).await.unwrap();
        miriam.get("/conversations").await.shows(&["Masks run low in US: the busiest phone has 2 of 5"]);
        let ana = crate::web::browser::Browser::of(house, ANA).await;
        ana.get("/conversations").await.hides(&["Masks run low"]);
        house.clock.pass(hours(2));
        miriam.get("/conversations").await.hides(&["Masks run low"]);
    }

    async fn what_is_missing_is_said_by_country(house: one_mask) {
        let now = house.clock.now();
        let ask = async |phones: &[&str]| {
            let mut tx = house.desk.store.read().await.unwrap();
            let found = missing::missing(&house.desk, &mut tx, phones, now).await.unwrap();
            found.into_iter().map(|one| (one.country.unwrap_or_default(), one.masks)).collect::<Vec<_>>()
        };
        assert!(ask(&["+15055550131", "+15055550132"]).await.is_empty(), "one mask serves two phones");
        assert_eq!(ask(&["+15055550131", "+15055550131"]).await, [("US".to_owned(), 1)]);
        house.customer(1).texts("hello").await;
        // Ana's phone has the only mask.
        assert_eq!(ask(&["+15055550121", "+15055550132"]).await, [("US".to_owned(), 1)]);
        house.drains(&mask(1)).await;
        let found = ask(&["+15055550131", "+15055550132", "+442079460000"]).await;
        assert_eq!(found, [("GB".to_owned(), 1), ("US".to_owned(), 1)]);
    }
}
