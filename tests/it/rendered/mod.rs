//! Every template, rendered: in a house with nothing in it, in one that is full of names in six scripts, of long names and
//! of characters that have to be escaped, and in one in which things go wrong. The pages are kept in `tests/snapshots/`.

mod acts;
mod gallery;
mod refused;
mod templates;
mod visits;

use std::collections::BTreeSet;
use std::path::Path;

use rocket::http::Status;
use switchboard::domain::words::text::Wording;
use switchboard::simulator::{Fault, Kind, PhoneKind};

use crate::both_stores;
use crate::floors::files;
use crate::house::plan::only_ana;
use crate::search::catches_up;
use crate::seed::{self, Shape};
use crate::simulator::{JOEL, Stand};
use crate::web::browser::{Answer, Browser};

use acts::{ADA, ANA, little, nobody, six_scripts};
use gallery::Gallery;

both_stores! {
    async fn every_page_of_an_empty_house_is_as_it_was(house: nobody) {
        let mut gallery = Gallery::of("empty");
        let ada = visits::first_run(house, &mut gallery).await;
        visits::walk(house, &ada, &mut gallery, "").await;
        gallery.close();
    }

    async fn every_page_of_a_full_house_is_as_it_was(house: six_scripts) {
        let things = acts::fill(house).await;
        let mut gallery = Gallery::of("full");
        let ada = Browser::of(house, ADA).await;
        visits::walk(house, &ada, &mut gallery, "").await;
        visits::further(house, &ada, &mut gallery, &things).await;
        let ana = Browser::of(house, ANA).await;
        visits::walk(house, &ana, &mut gallery, "rep-").await;
        visits::of_a_rep(&ana, &mut gallery, &things).await;
        visits::of_a_line_that_two_can_answer(house, &ada, &mut gallery).await;
        gallery.close();
        house.runs_due_work().await;
    }

    async fn every_page_that_refuses_something_is_as_it_was(house: six_scripts) {
        let things = acts::fill(house).await;
        let mut gallery = Gallery::of("refused");
        refused::all(house, &mut gallery, &things).await;
        gallery.close();
        house.runs_due_work().await;
    }

    async fn every_page_of_a_house_with_little_in_it_is_as_it_was(house: little) {
        let mut gallery = Gallery::of("sparse");
        visits::of_little(house, &mut gallery).await;
        gallery.close();
        house.runs_due_work().await;
    }

    async fn every_page_with_more_than_it_has_room_for_is_as_it_was(house: only_ana) {
        let mut gallery = Gallery::of("crowd");
        acts::crowd(house).await;
        visits::of_many(house, &mut gallery).await;
        gallery.close();
        house.runs_due_work().await;
    }

    async fn every_page_of_a_house_after_years_is_as_it_was(house: nobody) {
        let shape = Shape { conversations: 1200, messages: 2400, ..Shape::small(house.clock.now()) };
        seed::fill(&house.desk.store, shape).await.unwrap();
        catches_up(house).await;
        let mut gallery = Gallery::of("large");
        visits::of_years(house, &mut gallery).await;
        gallery.close();
    }

    async fn every_page_that_tells_of_trouble_is_as_it_was(house: six_scripts) {
        let mut gallery = Gallery::of("trouble");
        acts::trouble(house).await;
        visits::of_trouble(house, &mut gallery).await;
        gallery.close();
    }
}

#[tokio::test]
async fn the_page_of_the_simulator_is_as_it_was() {
    let stand = Stand::new().await;
    let mut gallery = Gallery::of("simulator");
    gallery.keeps_whole("nothing-yet", &page(&stand, "/simulator").await);
    stand.simulator.own_number("+18005550100", acts::LINE_NAME, None);
    stand.simulator.introduce(JOEL, acts::SCRIPT, PhoneKind::Customer);
    stand.simulator.introduce("+12075550110", acts::NAMES[0], PhoneKind::Rep);
    stand.simulator.text(JOEL, "+18005550100", acts::SCRIPT).await;
    stand.simulator.text("+12075550110", "+18005550100", acts::NAMES[1]).await;
    stand.simulator.text("+12075550110", "+18005550111", acts::NAMES[2]).await;
    stand.simulator.switch(JOEL, true);
    stand.simulator.fault(Fault::new(Kind::Undelivered).to(JOEL).times(2));
    gallery.keeps("full", &page(&stand, "/simulator?wire=all").await);
    let path = "/simulator?with=12075550110.18005550111";
    gallery.keeps("another-thread", &page(&stand, path).await);
    let refused =
        reqwest::Client::builder().no_proxy().build().unwrap().post(format!("{}/simulator/phones", stand.base));
    let refused = refused.header("Sec-Fetch-Site", "same-origin").body("kind=rep&number=%3Cx%3E");
    let refused = refused.header("Content-Type", "application/x-www-form-urlencoded").send().await.unwrap();
    let refused = Answer { status: Status::Ok, headers: Vec::new(), body: refused.text().await.unwrap() };
    gallery.keeps("refused", &refused);
    gallery.close();
}

async fn page(stand: &Stand, path: &str) -> Answer {
    let answer = reqwest::Client::builder().no_proxy().build().unwrap().get(format!("{}{path}", stand.base));
    let answer = answer.send().await.unwrap();
    Answer { status: Status::Ok, headers: Vec::new(), body: answer.text().await.unwrap() }
}

/// Pieces that no act brings about, each with the reason.
const UNSEEN: [(&str, &str, &str); 2] = [
    (
        "templates/conversations/details.html",
        "a colleague",
        "an entry of staff always has its author, who is never deleted",
    ),
    (
        "templates/conversations/details.html",
        "this number of the line",
        "the carrier's refusal of a text that left before the customer's START, told after it",
    ),
];

/// A new template, or a new branch of one, fails here until a page shows it.
#[test]
fn every_piece_of_every_template_is_on_a_page_that_is_kept() {
    let pages: Vec<String> = gallery::all().iter().map(|page| templates::joined(page)).collect();
    let (mut missing, mut used) = (Vec::new(), 0);
    for (path, text) in files("templates", &[".html"]) {
        for piece in templates::pieces(&text) {
            let seen = pages.iter().any(|page| page.contains(&piece));
            let excused = UNSEEN.iter().any(|(file, unseen, _)| *file == path && *unseen == piece);
            if seen == excused {
                missing.push(format!("{path}: {piece}"));
            }
            used += usize::from(excused);
        }
    }
    assert_eq!(used, UNSEEN.len(), "UNSEEN names pieces that no template has");
    assert!(
        missing.is_empty(),
        "{} pieces are on no page of {}, or excused and on one:\n{}",
        missing.len(),
        gallery::FOLDER,
        missing.join("\n")
    );
}

/// Every text that the system sends has a file, and nothing else is there.
#[test]
fn every_template_of_a_text_is_one_that_is_sent() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let there = std::fs::read_dir(root.join("texts")).unwrap();
    let there: BTreeSet<String> =
        there.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(there, Wording::ALL.iter().map(|wording| format!("{}.txt", wording.name())).collect());
    let kinds = |path: &Path| path.extension().unwrap_or_default().to_string_lossy().into_owned();
    for (path, _) in files("templates", &[""]) {
        let kind = kinds(Path::new(&path));
        assert!(kind == "html" || path.starts_with("templates/texts/"), "{path} is no page and no text");
    }
}

#[test]
fn no_folder_of_snapshots_belongs_to_no_house() {
    assert_eq!(gallery::houses(), gallery::HOUSES.map(str::to_owned).into());
}
