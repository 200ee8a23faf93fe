//! What is taken out of the house as a table: no cell of it runs in a spreadsheet.

use rocket::http::Status;

use crate::both_stores;
use crate::web::browser::Browser;

/// The cells of a table, as RFC 4180 says.
fn cells(table: &str) -> Vec<String> {
    let (mut cells, mut inside) = (vec![String::new()], false);
    let mut chars = table.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if inside && chars.peek() == Some(&'"') => {
                chars.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => inside = !inside,
            ',' | '\n' if !inside => cells.push(String::new()),
            '\r' if !inside => {}
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

both_stores! {
    /// CSV cells never start with = + - @ TAB CR: bodies, names and numbers alike.
    async fn case_27_no_cell_of_a_table_runs_in_a_spreadsheet(house) {
        let joel = house.customer(34);
        let bodies = ["=HYPERLINK(\"http://evil.example\")", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "plain, \"quoted\"", " =1"];
        for body in bodies {
            joel.texts(body).await;
        }
        let conversation = house.conversation().await;
        house.calls(conversation, "=cmd|calc").await;
        house.has_name("ana@example.com", "@Ana").await;
        house.has_name("bo@example.com", "-Bo").await;
        house.replies_on_web("miriam@example.com", conversation, "=1+1").await;
        let miriam = Browser::of(house, "miriam@example.com").await;
        for what in ["conversation", "customer"] {
            let fields = [("what", what), ("as", "csv"), ("numbers", "yes")];
            let answer = miriam.post(&format!("/conversations/{conversation}/exports"), &fields).await;
            assert_eq!(answer.status, Status::Ok, "{}", answer.body);
            assert!(answer.header("content-type").starts_with("text/csv"), "{answer:?}");
            let cells = cells(&answer.body);
            assert!(cells.len() > 60, "{cells:?}");
            for cell in &cells {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
                assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell:?}");
            }
            for body in bodies {
                let kept = body.trim_start_matches(['\t', '\r', ' ']);
                assert!(cells.iter().any(|cell| cell.contains(kept)), "{body:?} is not there");
            }
        }
    }
}
