//! The pool's page, for admins.

use rocket::http::Status;
use switchboard::desk::pool::measure;
use switchboard::domain::money::Cents;

use super::{ANA, only_ana};
use crate::both_stores;
use crate::house::{Plan, mask};
use crate::web::browser::Browser;

const ADA: &str = "ada@example.com";

fn with_a_budget(plan: &mut Plan) {
    only_ana(plan);
    plan.masks = 4;
    plan.policies.pool.monthly_budget = Some(Cents(800));
}

both_stores! {
    async fn the_page_shows_what_there_is_what_is_needed_and_what_it_costs(house: with_a_budget) {
        for n in 1..=2 {
            house.customer(n).texts("hello").await;
        }
        house.closes(ANA).await;
        measure::measure(&house.desk).await.unwrap();
        let ada = Browser::of(house, ADA).await;
        let page = ada.get("/pool").await;
        page.shows(&[
            "What the traffic needs", "Daily peaks, US", "<svg", "lacks 1", "of 8.00", "There are too few whole days",
            &mask(1), "Active", "in US",
        ]);
        ada.get("/conversations").await.shows(&["href=\"/pool\""]);
        for email in [ANA, "miriam@example.com"] {
            let other = Browser::of(house, email).await;
            assert_eq!(other.get("/pool").await.status, Status::NotFound);
            assert_eq!(other.post("/pool/orders", &[("count", "1"), ("country", "US")]).await.status, Status::NotFound);
            other.get("/conversations").await.hides(&["href=\"/pool\""]);
        }
    }

    async fn a_rehearsal_says_the_cost_and_orders_nothing(house: with_a_budget) {
        let ada = Browser::of(house, ADA).await;
        ada.get("/pool?ask=grow&count=2&country=us").await.shows(&[
            "2 of US at 1.15 a month each: <b>2.30</b> a month", "would then cost 6.90 of 8.00", "Nothing is ordered yet",
            "value=\"2\"",
        ]);
        ada.get("/pool?ask=grow&count=4&country=US").await.shows(&["That is refused", "it allows 2 more"]);
        ada.get("/pool?ask=grow&count=x&country=US").await.shows(&["Write how many masks, from 1 to 100."]);
        ada.get("/pool?ask=grow&count=1&country=Xanadu").await.shows(&["Write the code of a country, such as US."]);
        assert_eq!(house.rows("pool_orders").await, 0);
        assert_eq!(house.rows("audit").await, 0);
    }

    async fn masks_that_are_ordered_on_the_page_are_bought_and_written_down(house: with_a_budget) {
        let ada = Browser::of(house, ADA).await;
        let done = ada.post("/pool/orders", &[("count", "2"), ("country", "US")]).await;
        assert_eq!((done.status, done.header("location")), (Status::SeeOther, "/pool#orders"));
        ada.get("/pool").await.shows(&["Being bought", "2 ordered", "An admin"]);
        house.buys().await;
        let page = ada.get("/pool").await;
        page.shows(&["Bought: +1", "none ordered", "6.90"]);
        let refused = ada.post("/pool/orders", &[("count", "1"), ("country", "US")]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity, "8.05 would be more than 8.00");
        assert_eq!(house.rows("audit WHERE kind = 'masks_ordered'").await, 1);
        ada.get("/audit").await.shows(&["ordered 2 masks of US, 1.15 a month each"]);
    }

    async fn a_form_that_is_refused_comes_back_with_the_reason(house: with_a_budget) {
        let ada = Browser::of(house, ADA).await;
        let refused = ada.post("/pool/orders", &[("count", "3"), ("country", "US")]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["8.05 a month in all, and 8.00 is the budget", "it allows 2 more", "value=\"3\""]);
        let refused = ada.post("/pool/drainings", &[("count", "5")]).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        refused.shows(&["Write how many masks, from 1 to 4."]);
    }

    async fn masks_drain_and_come_back_by_the_page(house: with_a_budget) {
        house.customer(1).texts("hello").await;
        let used = house.ana().threads()[0].clone();
        let ada = Browser::of(house, ADA).await;
        let rehearsal = ada.get("/pool?ask=shrink&count=1").await;
        rehearsal.shows(&["These would go, which saves <b>1.15</b> a month", "0 live, 0 at rest"]);
        assert_eq!(house.rows("numbers WHERE state = 'draining'").await, 0);
        assert_eq!(ada.post("/pool/drainings", &[("count", "3"), ("country", "")]).await.status, Status::SeeOther);
        assert_eq!(house.rows("numbers WHERE state = 'draining'").await, 3);
        assert_eq!(house.state_of(&used).await, "active");
        let id = house.mask_id(&used).await;
        ada.post(&format!("/pool/masks/{id}/draining"), &[]).await;
        ada.get("/pool").await.shows(&["until its last live thread has ended", "Active again"]);
        ada.post(&format!("/pool/masks/{id}/activation"), &[]).await;
        assert_eq!(house.state_of(&used).await, "active");
        let twice = ada.post(&format!("/pool/masks/{id}/activation"), &[]).await;
        assert_eq!(twice.status, Status::UnprocessableEntity);
        twice.shows(&["It does not drain: look again where it stands."]);
        assert_eq!(ada.post("/pool/masks/17/draining", &[]).await.status, Status::NotFound);
        assert_eq!(house.rows("audit WHERE kind = 'mask_draining'").await, 4);
        assert_eq!(house.rows("audit WHERE kind = 'mask_reactivated'").await, 1);
        ada.get("/audit").await.shows(&["let a mask drain", "made a mask active again"]);
    }
}
