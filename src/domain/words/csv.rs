//! Tables as other programs read them (RFC 4180), with no cell that a spreadsheet would run as a formula.

/// What a file begins with, so that spreadsheets read it as UTF-8; it belongs to no cell.
const MARK: &str = "\u{feff}";

/// A whole file: its rows, each with its line end.
#[must_use]
pub fn file(rows: impl IntoIterator<Item = String>) -> String {
    std::iter::once(MARK.to_owned()).chain(rows).collect()
}

/// A row, with its line end.
#[must_use]
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell. One that a spreadsheet would run begins with an apostrophe, which spreadsheets take for "this is text".
#[must_use]
pub fn cell(text: &str) -> String {
    let runs = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠');
    // Some programs drop the space around a cell before they look at it.
    let dangerous = text.starts_with(runs) || text.trim_start().starts_with(runs);
    let safe = if dangerous { format!("'{text}") } else { text.to_owned() };
    let quoted = safe.contains([',', '"', '\r', '\n', ';', '\'']) || safe.starts_with(' ') || safe.ends_with(' ');
    if quoted { format!("\"{}\"", safe.replace('"', "\"\"")) } else { safe }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads one row, as RFC 4180 says.
    fn read(text: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut inside = false;
        let mut chars = text.strip_suffix("\r\n").unwrap().chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if inside && chars.peek() == Some(&'"') => {
                    chars.next();
                    cells.last_mut().unwrap().push('"');
                }
                '"' => inside = !inside,
                ',' if !inside => cells.push(String::new()),
                other => cells.last_mut().unwrap().push(other),
            }
        }
        cells
    }

    #[test]
    fn no_cell_begins_with_what_a_spreadsheet_runs() {
        for text in ["=1+1", "+15055550121", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "＝1", "\n=1"] {
            let cell = cell(text);
            let first = cell.trim_start_matches('"').chars().next().unwrap();
            assert_eq!(first, '\'', "{cell}");
        }
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
    }

    #[test]
    fn a_file_begins_with_the_mark_of_utf_8_and_its_rows_are_as_they_were() {
        let file = file([row(["name", "José"]), row(["", "\u{feff}"])]);
        assert_eq!(file.as_bytes()[..3], [0xef, 0xbb, 0xbf]);
        assert_eq!(file.strip_prefix(MARK).unwrap(), "name,José\r\n,\u{feff}\r\n");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again(cells in proptest::collection::vec("[ -~\t\r\n\"',;=@+ü\u{1f600}-]{0,12}", 1..6)) {
            let back = read(&row(cells.iter().map(String::as_str)));
            prop_assert_eq!(back.len(), cells.len());
            for (was, is) in cells.iter().zip(back) {
                prop_assert!(is == *was || is == format!("'{was}"), "{:?} became {:?}", was, is);
                prop_assert!(!is.starts_with(['=', '+', '-', '@', '\t', '\r']));
            }
        }
    }
}
