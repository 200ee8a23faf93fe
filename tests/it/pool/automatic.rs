//! Automatic mode: one step at a time, between the watermarks, within the budget, never into a new country.

use switchboard::clock::minutes;
use switchboard::desk::pool::measure;
use switchboard::domain::money::Cents;

use super::only_ana;
use crate::both_stores;
use crate::house::{House, Plan};

fn automatic(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 4;
    let pool = &mut plan.policies.pool;
    pool.automatic = true;
    pool.monthly_budget = Some(Cents(10_000));
    (pool.spares, pool.low_watermark, pool.high_watermark, pool.headroom) = (1, 2, 5, 0);
}

fn with_little_money(plan: &mut Plan) {
    automatic(plan);
    plan.policies.pool.monthly_budget = Some(Cents(5 * 115));
}

fn with_too_many(plan: &mut Plan) {
    automatic(plan);
    plan.masks = 10;
}

fn off(plan: &mut Plan) {
    automatic(plan);
    plan.policies.pool.automatic = false;
}

impl House {
    /// A measurement, and what follows from it.
    async fn measures(&self) -> usize {
        let steps = measure::measure(&self.desk).await.unwrap();
        self.buys().await;
        self.clock.pass(minutes(5));
        self.runs_due_work().await;
        self.moves_masks().await;
        steps
    }

    async fn active(&self) -> i64 {
        self.rows("numbers WHERE role = 'mask' AND state = 'active'").await
    }
}

both_stores! {
    async fn it_buys_one_mask_a_turn_until_enough_are_left(house: automatic) {
        house.customer(1).texts("hello").await;
        assert_eq!(house.measures().await, 0, "three are left");
        for n in 2..=4 {
            house.customer(n).texts("hello").await;
        }
        let mut masks = Vec::new();
        for _ in 0..5 {
            house.measures().await;
            masks.push(house.active().await);
        }
        assert_eq!(masks, [5, 6, 7, 7, 7]);
        assert_eq!(house.rows("pool_orders WHERE origin = 'automatic' AND state = 'bought'").await, 3);
    }

    async fn it_never_spends_more_than_the_budget(house: with_little_money) {
        for n in 1..=4 {
            house.customer(n).texts("hello").await;
        }
        for _ in 0..4 {
            house.measures().await;
        }
        assert_eq!(house.active().await, 5);
        assert_eq!(house.rows("pool_orders").await, 1);
    }

    async fn it_lets_one_mask_a_turn_drain_until_few_enough_are_left_and_keeps_spares(house: with_too_many) {
        house.customer(1).texts("hello").await;
        let used = house.ana().threads()[0].clone();
        let mut masks = Vec::new();
        for _ in 0..6 {
            house.measures().await;
            masks.push(house.active().await);
        }
        assert_eq!(masks, [9, 8, 7, 6, 6, 6], "five are left for the busiest phone");
        assert_eq!(house.state_of(&used).await, "active");
    }

    async fn it_does_nothing_where_it_is_off_or_has_no_mask_yet(house: off) {
        for n in 1..=4 {
            house.customer(n).texts("hello").await;
        }
        assert_eq!((house.measures().await, house.active().await), (0, 4));
    }
}
