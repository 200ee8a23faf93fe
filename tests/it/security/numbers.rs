//! Real numbers stay hidden: whatever a rep can fetch, no customer's and no colleague's number is in it.

use rocket::http::{Method, Status};

use crate::both_stores;
use crate::house::House;
use crate::house::plan::with_ada;
use crate::web::browser::{Answer, Browser};
use crate::{addresses, search};

const ANA: &str = "ana@example.com";

/// The ways in which a number may be written: digits alone betray it, whatever stands between them.
fn betrays(answer: &Answer, number: &str) -> Option<String> {
    let digits = number.trim_start_matches("+1");
    let headers = answer.headers.iter().map(|(_, value)| value.as_str());
    std::iter::once(answer.body.as_str()).chain(headers).find_map(|text| {
        // Marks, blanks and tags between digits hide nothing from whoever reads the page.
        let plain: String =
            text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '\u{a0}')).collect();
        let at = plain.find(digits).or_else(|| plain.find(&digits[3..]))?;
        Some(plain[at.saturating_sub(60)..].chars().take(140).collect())
    })
}

/// The numbers that Ana must not learn: of customers, hers or not, and of a colleague.
async fn hidden(house: &House) -> Vec<String> {
    let mut numbers = house.words("SELECT phone FROM customers").await;
    numbers.extend(house.words("SELECT phone FROM people WHERE phone IS NOT NULL AND name <> 'Ana'").await);
    numbers
}

fn shows_none(answers: &[(String, Answer)], hidden: &[String]) {
    for (page, answer) in answers {
        for number in hidden {
            let told = betrays(answer, number);
            assert!(told.is_none(), "{page} tells {number}: {told:?}");
        }
    }
}

both_stores! {
    /// Every page, every answer to a form and what is live, byte by byte.
    async fn no_page_and_no_answer_tells_a_rep_a_number(house: with_ada) {
        let examples = addresses::furnish(house, ANA).await;
        house.customer(41).texts("Do you rent kayaks?").await;
        search::catches_up(house).await;
        let hidden = hidden(house).await;
        assert!(hidden.len() >= 4, "{hidden:?}");
        let ana = Browser::of(house, ANA).await;
        let mut answers = addresses::pages(&ana, &examples).await;
        assert!(answers.len() >= 15, "only {} pages could be opened", answers.len());
        let conversation = examples.fill("/conversations/<id>");
        for path in [
            "/conversations?view=all", "/conversations?view=closed", "/conversations?q=34", "/history?q=ramp", "/history?who=34",
            "/palette?q=34", "/palette?q=a", &format!("{conversation}?travel={}", house.number("SELECT MIN(id) FROM messages").await),
        ] {
            let answer = ana.get(path).await;
            assert_eq!(answer.status, Status::Ok, "{path}");
            answers.push((path.to_owned(), answer));
        }
        for (method, address) in addresses::routes(&ana) {
            if method == Method::Post && address != "/sign-out" {
                let path = examples.fill(&address);
                answers.push((format!("POST {path}"), ana.post(&path, &[]).await));
            }
        }
        answers.extend(addresses::pages(&ana, &examples).await);
        shows_none(&answers, &hidden);
        house.runs_due_work().await;
        // The search would find a number, if there were one: a manager is shown it by a click.
        let miriam = Browser::of(house, "miriam@example.com").await;
        let shown = miriam.post(&format!("{conversation}/number"), &[]).await;
        assert!(hidden.iter().any(|number| betrays(&shown, number).is_some()), "{shown:?}");
        // What comes to the rep's phone tells none either.
        for text in house.ana().received() {
            assert!(hidden.iter().all(|number| !text.body.contains(&number[5..])), "{}", text.body);
        }
    }
}
