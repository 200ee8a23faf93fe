//! Buying: within the budget, set up so that texts reach us, and never twice.

use switchboard::clock::{hours, minutes, seconds};
use switchboard::desk::Failure;
use switchboard::desk::pool::{By, buy, order};
use switchboard::domain::money::Cents;
use switchboard::simulator::{Fault, Kind};

use super::{ANA, only_ana};
use crate::both_stores;
use crate::house::{House, Plan};

fn three_masks(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 3;
}

/// Three masks at 1.15 are 3.45: the budget allows two more.
fn little_money(plan: &mut Plan) {
    three_masks(plan);
    plan.policies.pool.monthly_budget = Some(Cents(600));
}

fn no_masks(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 0;
}

fn refused<T>(outcome: Result<T, Failure>) -> (&'static str, String) {
    match outcome {
        Err(Failure::Refused { field, why }) => (field, why),
        _ => panic!("it was not refused"),
    }
}

async fn events_of(house: &House, kind: &str) -> usize {
    house.events(kind).await.len()
}

both_stores! {
    /// Without a setting the masks of a month have an end, too: orders that are repeated end at it.
    async fn without_a_setting_orders_end_at_the_usual_budget(house: no_masks) {
        assert_eq!(house.orders("US", 100).await.unwrap(), 100);
        assert_eq!(house.orders("US", 100).await.unwrap(), 100);
        let (field, why) = refused(house.orders("US", 100).await);
        assert_eq!(field, "count");
        assert!(why.contains("250.00 is the budget") && why.contains("raise SWITCHBOARD_POOL__MONTHLY_BUDGET"), "{why}");
        assert_eq!(house.orders("US", 17).await.unwrap(), 17, "up to it they go on");
    }

    async fn a_mask_that_is_bought_serves_at_once(house: no_masks) {
        house.customer(1).texts("Is the ramp open?").await;
        assert_eq!(house.events("no_mask").await.len(), 1);
        assert_eq!(house.orders("US", 2).await.unwrap(), 2);
        house.buys().await;
        assert_eq!(house.masks().await, ["active US", "active US"]);
        assert_eq!(house.pool_orders().await, ["bought 1", "bought 1"]);
        // Its texts are posted here, by POST, to the address that bridges a restart, and so is their second chance.
        let hook = format!("{}#rc=3&rp=all&rt=4000", house.webhook());
        let numbers = house.simulator.own_numbers();
        assert_eq!(numbers.len(), 2);
        for own in &numbers {
            assert_eq!((own.sms_url.as_str(), own.sms_fallback_url.as_str()), (hook.as_str(), hook.as_str()));
            assert_eq!((own.sms_method.as_str(), own.sms_fallback_method.as_str()), ("POST", "POST"));
        }
        house.customer(2).texts("And the shop?").await;
        assert!(numbers.iter().any(|own| own.number == house.ana().received()[0].from));
        house.ana().texts_back("Until six.").await;
        house.customer(2).shows(&["Until six."]);
    }

    async fn a_lost_answer_is_looked_up_and_nothing_is_bought_twice(house: no_masks) {
        for kind in [Kind::Reset, Kind::Error, Kind::Junk] {
            let before = house.bought().len();
            house.simulator.fault(Fault::new(kind).of_numbers().taken(true).times(1));
            house.orders("US", 1).await.unwrap();
            house.buys().await;
            assert_eq!(house.bought().len(), before + 1, "{kind:?}");
        }
        assert_eq!(house.pool_orders().await, ["bought 1", "bought 1", "bought 1"]);
        assert_eq!(house.masks().await, ["active US", "active US", "active US"]);
    }

    async fn a_purchase_that_nobody_wrote_down_is_found_again(house: no_masks) {
        house.orders("US", 1).await.unwrap();
        house.buys().await;
        house.purchases_were_not_written_down().await;
        house.buys().await;
        assert_eq!(house.bought().len(), 1, "looked up, not bought again");
        assert_eq!((house.masks().await, house.pool_orders().await), (vec!["active US".to_owned()], vec!["bought 1".to_owned()]));
    }

    async fn what_was_surely_not_bought_is_asked_for_again_only_after_a_look(house: no_masks) {
        house.simulator.fault(Fault::new(Kind::Reset).of_numbers().taken(false).times(1));
        house.orders("US", 1).await.unwrap();
        house.buys().await;
        assert_eq!(house.pool_orders().await, ["open 1"]);
        // The carrier may list it late: not yet.
        house.clock.pass(seconds(45));
        house.buys().await;
        assert_eq!(house.pool_orders().await, ["open 1"]);
        house.clock.pass(minutes(2));
        house.buys().await;
        assert_eq!(house.pool_orders().await, ["bought 2"]);
        assert_eq!(house.bought().len(), 1);
    }

    async fn a_number_that_is_gone_is_left_for_another(house: no_masks) {
        house.simulator.fault(Fault::new(Kind::Refusal).of_numbers().code(21422).times(2));
        house.orders("US", 1).await.unwrap();
        house.buys().await;
        assert_eq!(house.pool_orders().await, ["bought 3"]);
        assert_eq!(house.masks().await, ["active US"]);
    }

    async fn what_the_account_may_not_do_ends_the_order_with_the_reason(house: no_masks) {
        house.simulator.fault(Fault::new(Kind::Refusal).of_numbers().code(21404));
        house.orders("US", 3).await.unwrap();
        house.buys().await;
        assert_eq!(house.pool_orders().await, ["failed 1", "failed 0", "failed 0"]);
        let whys = house.words("SELECT why FROM pool_orders").await;
        assert!(whys.iter().all(|why| why.contains("trial account")), "{whys:?}");
        assert_eq!(events_of(house, "masks_refused").await, 1);
        house.orders("DE", 1).await.unwrap();
        house.buys().await;
        let whys = house.words("SELECT why FROM pool_orders WHERE country = 'DE'").await;
        assert_eq!(whys, ["the carrier offers no number of DE that can text"]);
    }

    async fn while_the_carrier_is_away_orders_wait_for_an_hour(house: no_masks) {
        let fault = house.simulator.fault(Fault::new(Kind::Error).everywhere());
        house.orders("US", 1).await.unwrap();
        house.buys().await;
        house.clock.pass(minutes(30));
        house.buys().await;
        assert_eq!(house.pool_orders().await, ["open 0"]);
        house.simulator.mend(fault);
        house.clock.pass(minutes(1));
        house.buys().await;
        assert_eq!(house.pool_orders().await, ["bought 1"]);
        house.simulator.fault(Fault::new(Kind::Error).everywhere());
        house.orders("US", 1).await.unwrap();
        house.buys().await;
        house.clock.pass(hours(1));
        house.buys().await;
        assert_eq!(house.pool_orders().await, ["bought 1", "failed 0"]);
    }

    async fn masks_that_a_restored_backup_does_not_know_are_taken_in_before_others_are_bought(house: no_masks) {
        house.orders("US", 2).await.unwrap();
        house.buys().await;
        let bought = house.bought();
        house.is_as_before_its_purchases().await;
        house.orders("US", 3).await.unwrap();
        house.buys().await;
        assert_eq!(house.bought().len(), 3, "two are found again, one is bought");
        assert!(bought.iter().all(|number| house.bought().contains(number)));
        assert_eq!(house.masks().await.len(), 3);
        assert_eq!(house.rows("pool_orders WHERE tries = 0 AND state = 'bought'").await, 2);
    }

    async fn other_numbers_of_the_account_are_left_alone(house: no_masks) {
        house.simulator.own_number("+12055550100", "Somebody else's line", Some("https://elsewhere.example/sms"));
        house.orders("US", 1).await.unwrap();
        house.buys().await;
        assert_eq!(house.rows("numbers WHERE number = '+12055550100'").await, 0);
        assert_eq!(house.bought().len(), 1);
    }

    async fn the_budget_holds_for_all_masks_and_for_what_is_ordered(house: little_money) {
        let quote = order::quote(&house.desk, "us", 3).await.unwrap();
        assert_eq!((quote.total(), quote.month()), (Cents(345), Cents(690)));
        assert!(quote.obstacle().unwrap().contains("it allows 2 more"), "{:?}", quote.obstacle());
        let (field, why) = refused(house.orders("US", 3).await);
        assert!(field == "count" && why.contains("6.90 a month in all, and 6.00 is the budget"), "{field}: {why}");
        house.orders("US", 2).await.unwrap();
        assert!(refused(house.orders("US", 1).await).1.contains("it allows no more"), "what is ordered counts");
        house.buys().await;
        assert!(refused(house.orders("US", 1).await).1.contains("it allows no more"), "what was bought counts");
        // What was given back this month was paid for; next month it is not.
        house.drains(&house.bought()[0]).await;
        house.pass(minutes(2)).await;
        house.moves_masks().await;
        house.pass(minutes(2)).await;
        house.moves_masks().await;
        assert_eq!(house.bought().len(), 1);
        assert!(refused(house.orders("US", 1).await).1.contains("it allows no more"));
        house.clock.pass(hours(24 * 31));
        house.orders("US", 1).await.unwrap();
        house.buys().await;
        assert_eq!(house.bought().len(), 2);
    }

    async fn two_who_order_at_once_do_not_both_have_the_rest_of_the_budget(house: little_money) {
        let (one, other) = tokio::join!(house.orders("US", 2), house.orders("US", 2));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
        assert_eq!(house.rows("pool_orders").await, 2);
    }

    async fn two_nodes_buy_what_was_ordered_once(house: no_masks) {
        let second = house.second_node().await;
        house.orders("US", 5).await.unwrap();
        let (one, other) = tokio::join!(buy::buy(&house.desk), buy::buy(&second.desk));
        assert_eq!(one.unwrap() + other.unwrap(), 5);
        house.clock.pass(minutes(5));
        house.buys().await;
        assert_eq!(house.bought().len(), 5);
        assert_eq!(house.rows("numbers WHERE role = 'mask' AND state = 'active' AND country = 'US'").await, 5);
        assert_eq!(house.rows("pool_orders WHERE state = 'bought'").await, 5);
    }

    async fn only_admins_order_and_it_is_written_down(house: three_masks) {
        let (ana, ada) = (house.person(ANA).await, house.person("ada@example.com").await);
        assert!(matches!(order::grow(&house.desk, By::Person(ana), "US", 1).await, Err(Failure::NotFound)));
        order::grow(&house.desk, By::Person(ada), "US", 1).await.unwrap();
        assert_eq!(house.rows("audit WHERE kind = 'masks_ordered'").await, 1);
        for (country, count, field) in [("", 1, "country"), ("Canada", 1, "country"), ("US", 0, "count"), ("US", 101, "count")] {
            assert_eq!(refused(house.orders(country, count).await).0, field, "{country} {count}");
        }
    }
}
