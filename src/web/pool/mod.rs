//! The pool of masks, for admins: its masks, what the traffic needs and why, and forms that order and drain masks.
//!
//! A preview is the same page, requested with what was typed, so that looking does nothing.

mod shown;

use askama::Template;
use rocket::{FromForm, Route, routes};

use super::page::failure::Failure;
use super::page::frame::{Frame, Here};
use super::page::stamp::Stamp;
use crate::desk;
use crate::desk::pool::order::{self, Quote};
use crate::desk::pool::{By, drain, plan};
use crate::domain::ids::NumberId;
use crate::domain::money::Cents;
use crate::domain::policy::PoolPolicy;
use crate::domain::pool::fewest::Candidate;
use crate::domain::pool::order::State as Stands;
use crate::domain::words::sentence::sentence;
use crate::http::form::Form;
use crate::http::guards::{AdminOnly, Visit};
use crate::http::page::Page;
use crate::store::pool::orders;
use shown::{Land, Ordered, Row};

/// The page and its forms.
pub(super) fn routes() -> Vec<Route> {
    routes![index, orders_part, grow, shrink, drain_one, reactivate]
}

/// How many of the newest orders are shown.
const ORDERS: i64 = 10;

/// What stands in a form.
#[derive(Clone, Debug, Default, FromForm)]
struct Asked {
    #[field(default = String::new())]
    count: String,
    #[field(default = String::new())]
    country: String,
}

impl Asked {
    /// 0, which is refused, for what is no number.
    fn count(&self) -> i64 {
        self.count.trim().parse().unwrap_or(0)
    }

    fn country(&self) -> Option<&str> {
        Some(self.country.trim()).filter(|country| !country.is_empty())
    }
}

/// A form with what was typed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
struct Sheet {
    asked: Asked,
    count_why: Option<String>,
    country_why: Option<String>,
}

impl Sheet {
    fn refused(asked: Asked, field: &str, why: &str) -> Self {
        let why = Some(sentence(why));
        match field {
            "country" => Sheet { asked, country_why: why, ..Sheet::default() },
            _ => Sheet { asked, count_why: why, ..Sheet::default() },
        }
    }
}

/// What the page is asked for beyond itself.
#[derive(Default)]
struct Wish {
    grow: Sheet,
    shrink: Sheet,
    /// What the masks of the form would cost.
    quote: Option<Quote>,
    /// Which masks would go.
    going: Vec<Candidate>,
    /// Something is wrong that belongs to no form.
    why: Option<String>,
}

#[derive(Template)]
#[template(path = "pool/index.html")]
struct Index {
    frame: Frame,
    now: Stamp,
    lands: Vec<Land>,
    rows: Vec<Row>,
    orders: Vec<Ordered>,
    cost: plan::Cost,
    policy: PoolPolicy,
    wish: Wish,
    /// What those that would go cost a month.
    saved: Cents,
}

impl Index {
    fn active(&self) -> usize {
        self.rows.iter().filter(|row| row.is_active()).count()
    }

    fn leaving(&self) -> usize {
        self.rows.len() - self.active()
    }

    fn open(&self) -> usize {
        self.orders.iter().filter(|order| order.state == Stands::Open).count()
    }

    /// The fewest masks that any country with phones has left for its busiest phone.
    fn free(&self) -> Option<(i64, &str)> {
        let used = self.lands.iter().filter(|land| land.need.demand.phones > 0);
        used.map(|land| (land.need.free(), land.need.country.as_str())).min()
    }

    fn over(&self) -> bool {
        self.cost.budget.is_some_and(|budget| self.cost.this_month > budget)
    }
}

async fn page(visit: Visit<'_>, wish: Wish) -> Result<Index, Failure> {
    let plan = plan::plan(visit.desk).await?;
    let mut tx = visit.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &visit, Here::Pool).await?;
    let orders = orders::newest(&mut tx, ORDERS).await?;
    let rows = shown::rows(&mut tx, &plan).await?;
    let policy = visit.desk.policies.pool.clone();
    let saved = wish.going.iter().fold(Cents(0), |sum, one| sum + policy.prices.of(&one.mask.home()));
    Ok(Index {
        frame,
        now: Stamp(plan.at),
        rows,
        orders: orders.into_iter().map(Ordered::from).collect(),
        cost: plan.cost,
        lands: plan.countries.into_iter().map(Land::from).collect(),
        policy,
        wish,
        saved,
    })
}

/// The orders, for a page that fetches them again, because an order is carried out within seconds. The page does not fetch
/// its other parts again, because these count legs.
#[derive(Template)]
#[template(source = "{{ frame|safe }}{% include \"pool/orders.html\" %}", ext = "html")]
struct OrdersPart {
    frame: Frame,
    orders: Vec<Ordered>,
}

#[rocket::get("/pool/orders")]
async fn orders_part(me: AdminOnly<'_>) -> Result<Page<OrdersPart>, Failure> {
    let mut tx = me.desk.store.read().await?;
    let frame = Frame::load(&mut tx, &me.0, Here::Pool).await?;
    let orders = orders::newest(&mut tx, ORDERS).await?.into_iter().map(Ordered::from).collect();
    Ok(Page::ok(OrdersPart { frame, orders }))
}

type Answer = crate::web::page::answer::Answer<Index>;

#[rocket::get("/pool?<ask>&<count>&<country>")]
async fn index(
    ask: Option<&str>,
    count: Option<&str>,
    country: Option<&str>,
    me: AdminOnly<'_>,
) -> Result<Page<Index>, Failure> {
    let asked = Asked { count: count.unwrap_or_default().to_owned(), country: country.unwrap_or_default().to_owned() };
    let wish = match ask {
        Some("grow") => match order::quote(me.desk, &asked.country, asked.count()).await {
            Ok(quote) => Wish { grow: Sheet { asked, ..Sheet::default() }, quote: Some(quote), ..Wish::default() },
            Err(desk::Failure::Refused { field, why }) => {
                Wish { grow: Sheet::refused(asked, field, &why), ..Wish::default() }
            }
            Err(other) => return Err(other.into()),
        },
        Some("shrink") => match drain::choose(me.desk, asked.country(), asked.count()).await {
            Ok(going) => Wish { shrink: Sheet { asked, ..Sheet::default() }, going, ..Wish::default() },
            Err(desk::Failure::Refused { field, why }) => {
                Wish { shrink: Sheet::refused(asked, field, &why), ..Wish::default() }
            }
            Err(other) => return Err(other.into()),
        },
        _ => Wish::default(),
    };
    page(me.0, wish).await.map(Page::ok)
}

#[rocket::post("/pool/orders", data = "<form>")]
async fn grow(form: Form<Asked>, me: AdminOnly<'_>) -> Answer {
    let asked = form.into_inner();
    match order::grow(me.desk, By::Person(me.who.id), &asked.country, asked.count()).await {
        Ok(_) => Answer::see("/pool#orders".to_owned()),
        Err(desk::Failure::Refused { field, why }) => {
            let wish = Wish { grow: Sheet::refused(asked, field, &why), ..Wish::default() };
            Answer::again(page(me.0, wish).await)
        }
        Err(other) => Answer::Failed(other.into()),
    }
}

#[rocket::post("/pool/drainings", data = "<form>")]
async fn shrink(form: Form<Asked>, me: AdminOnly<'_>) -> Answer {
    let asked = form.into_inner();
    let chosen = match drain::choose(me.desk, asked.country(), asked.count()).await {
        Ok(chosen) => chosen.iter().map(|one| one.id).collect::<Vec<_>>(),
        Err(desk::Failure::Refused { field, why }) => {
            let wish = Wish { shrink: Sheet::refused(asked, field, &why), ..Wish::default() };
            return Answer::again(page(me.0, wish).await);
        }
        Err(other) => return Answer::Failed(other.into()),
    };
    match drain::drain(me.desk, By::Person(me.who.id), &chosen).await {
        Ok(_) => Answer::see("/pool#masks".to_owned()),
        Err(other) => Answer::Failed(other.into()),
    }
}

#[rocket::post("/pool/masks/<id>/draining")]
async fn drain_one(id: i64, me: AdminOnly<'_>) -> Answer {
    match drain::drain(me.desk, By::Person(me.who.id), &[NumberId(id)]).await {
        Ok(_) => Answer::see("/pool#masks".to_owned()),
        Err(other) => Answer::Failed(other.into()),
    }
}

#[rocket::post("/pool/masks/<id>/activation")]
async fn reactivate(id: i64, me: AdminOnly<'_>) -> Answer {
    match drain::reactivate(me.desk, By::Person(me.who.id), NumberId(id)).await {
        Ok(()) => Answer::see("/pool#masks".to_owned()),
        Err(desk::Failure::Refused { why, .. }) => {
            let wish = Wish { why: Some(sentence(&why)), ..Wish::default() };
            Answer::again(page(me.0, wish).await)
        }
        Err(other) => Answer::Failed(other.into()),
    }
}
