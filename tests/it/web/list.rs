//! The lists of the inbox: what each view shows and counts, how it is narrowed and ordered, and that its pages stay where
//! they are.

use rocket::http::Status;

use switchboard::clock::{days, minutes, seconds};
use switchboard::desk::conversations::snooze;
use switchboard::domain::ids::ConversationId;

use crate::both_stores;
use crate::house::{House, Plan};
use crate::web::browser::Browser;

const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const MIRIAM: &str = "miriam@example.com";
const VIEWS: [&str; 9] = ["all", "mine", "unassigned", "unread", "waiting", "mentions", "snoozed", "failed", "closed"];

fn two_lines(plan: &mut Plan) {
    plan.setup.push_str("\n[[line]]\nnumber = \"+18005550101\"\nname = \"Tours\"\nmembers = [\"bo@example.com\"]\n");
}

/// Somebody texts the usual line and goes to `email`; or to nobody, as every rep is away from then on.
async fn talks(house: &House, n: u32, body: &str, email: Option<&str>) -> ConversationId {
    if let Some(email) = email {
        return house.brings(n, body, email).await;
    }
    house.nobody_answers().await;
    house.customer(n).texts(body).await;
    house.conversation().await
}

/// The conversations that a list shows, in its order.
async fn listed(browser: &Browser, address: &str) -> Vec<String> {
    let page = browser.get(address).await;
    assert_eq!(page.status, Status::Ok, "{address}");
    page.body.split("data-row=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The number that stands beside a view.
async fn counted(browser: &Browser, view: &str) -> String {
    let page = browser.get("/conversations").await.body;
    let Some((_, rest)) = page.split_once(&format!("data-go=\"{view}\"")) else { return String::new() };
    let entry = rest.split("</li>").next().unwrap();
    entry.split("class=\"n").nth(1).and_then(|n| n.split(['>', '<']).nth(1)).unwrap_or_default().to_owned()
}

fn link(page: &str, rel: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
    Some(rest.split('"').next().unwrap().replace("&amp;", "&"))
}

both_stores! {
    async fn each_view_shows_and_counts_what_belongs_there(house) {
        let anas = talks(house, 34, "one", Some(ANA)).await;
        let bos = talks(house, 36, "three", Some(BO)).await;
        let (done, aside, broken) = (
            talks(house, 37, "four", Some(ANA)).await,
            talks(house, 38, "five", Some(ANA)).await,
            talks(house, 39, "six", Some(ANA)).await,
        );
        house.closes_one(ANA, done.0).await;
        let (ana, later) = (house.person(ANA).await, house.clock.now() + days(2));
        snooze::snooze(&house.desk, ana, aside, later).await.unwrap();
        house.answers_in_vain(broken).await;
        house.notes(MIRIAM, anas, "@Ana, is it open?").await;
        // The last one, since nobody answers any more.
        let nobodys = talks(house, 35, "two", None).await;
        let ids = |ids: &[ConversationId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let of_ana: [(&str, Vec<String>); 9] = [
            ("all", ids(&[nobodys, broken, anas])),
            ("mine", ids(&[broken, anas])),
            ("unassigned", ids(&[nobodys])),
            ("unread", ids(&[nobodys, anas])),
            ("waiting", ids(&[anas, nobodys])),
            ("mentions", ids(&[anas])),
            ("snoozed", ids(&[aside])),
            ("failed", ids(&[broken])),
            ("closed", ids(&[done])),
        ];
        let browser = Browser::of(house, ANA).await;
        for (view, expected) in &of_ana {
            assert_eq!(listed(&browser, &format!("/conversations?view={view}")).await, *expected, "{view} of Ana");
            let count = if *view == "closed" { String::new() } else { expected.len().to_string() };
            assert_eq!(counted(&browser, view).await, count, "{view} of Ana");
        }
        let manager = Browser::of(house, MIRIAM).await;
        for (view, expected) in [
            ("all", ids(&[nobodys, broken, bos, anas])),
            ("mine", vec![]),
            ("unassigned", ids(&[nobodys])),
            ("unread", ids(&[nobodys, bos, anas])),
            ("waiting", ids(&[anas, bos, nobodys])),
            ("mentions", vec![]),
            ("failed", ids(&[broken])),
        ] {
            assert_eq!(listed(&manager, &format!("/conversations?view={view}")).await, expected, "{view} of Miriam");
        }
        manager.get("/conversations").await.shows(&["<title>(3) All open"]);
    }

    async fn no_view_and_no_choice_shows_a_rep_what_is_not_theirs(house: two_lines) {
        let bos = talks(house, 34, "secret of Bo", Some(BO)).await;
        house.nobody_answers().await;
        house.customer(35).texts_to("+18005550101", "secret of Tours: please stop texting me").await;
        let tours = house.conversation().await;
        house.answers_in_vain(tours).await;
        house.is_paused(tours).await;
        let signs = "pinned_to IS NULL AND failed_at IS NOT NULL AND paused_at IS NOT NULL AND flagged_at IS NOT NULL";
        assert_eq!(house.rows(&format!("conversations WHERE id = {tours} AND {signs}")).await, 1);
        let vip = house.has_label("vip").await;
        house.labels(bos, vip).await;
        house.labels(tours, vip).await;
        let bo = house.person(BO).await;
        let line = house.number("SELECT id FROM lines WHERE name = 'Tours'").await;
        let (ana, theirs) = (Browser::of(house, ANA).await, Browser::of(house, BO).await);
        assert_eq!(listed(&theirs, "/conversations?view=all").await.len(), 2, "Bo has both");
        let choices = [
            String::new(),
            format!("&line={line}"),
            format!("&rep={bo}"),
            "&rep=nobody".to_owned(),
            format!("&label={vip}"),
            format!("&label={vip}&line={line}&sort=waiting"),
            "&state=failed".to_owned(),
            "&state=paused".to_owned(),
            "&state=refusal".to_owned(),
            "&q=secret".to_owned(),
            format!("&q=%23{tours}"),
            "&q=35".to_owned(),
        ];
        for closed in [false, true] {
            if closed {
                for id in [bos, tours] {
                    house.closes_one(MIRIAM, id.0).await;
                }
                // As a fault could leave them: closed, with all signs of what calls for attention.
                house.every_conversation_has_a_failure().await;
                house.is_paused(tours).await;
                house.looks_like_a_refusal(tours).await;
            }
            for view in VIEWS {
                for choice in &choices {
                    for page in ["/conversations", "/conversations/list"] {
                        let list = ana.get(&format!("{page}?view={view}{choice}")).await;
                        assert_eq!(list.status, Status::Ok, "{page}?view={view}{choice}");
                        list.hides(&["secret of", "data-row", "Tours"]);
                    }
                }
            }
        }
    }

    async fn a_list_is_narrowed_by_line_rep_label_and_state(house: two_lines) {
        let one = talks(house, 34, "one", Some(ANA)).await;
        let two = talks(house, 35, "two", Some(BO)).await;
        house.nobody_answers().await;
        house.customer(36).texts_to("+18005550101", "three").await;
        let three = house.conversation().await;
        house.is_paused(two).await;
        let deposit = house.has_label("deposit").await;
        house.labels(one, deposit).await;
        let line = house.number("SELECT id FROM lines WHERE name = 'Tours'").await;
        let ana = house.person(ANA).await;
        let miriam = Browser::of(house, MIRIAM).await;
        for (choice, expected) in [
            (format!("line={line}"), vec![three]),
            (format!("rep={ana}"), vec![one]),
            ("rep=nobody".to_owned(), vec![three]),
            (format!("label={deposit}"), vec![one]),
            ("state=paused".to_owned(), vec![two]),
            ("state=unread".to_owned(), vec![three, two, one]),
            ("sort=oldest".to_owned(), vec![one, two, three]),
            (format!("label={deposit}&rep={ana}&state=waiting"), vec![one]),
            (format!("label={deposit}&line={line}"), vec![]),
        ] {
            let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
            let page = miriam.get(&format!("/conversations?view=all&{choice}")).await;
            assert_eq!(listed(&miriam, &format!("/conversations?view=all&{choice}")).await, expected, "{choice}");
            // Whoever opens one and acts comes back to the same list.
            let word = page.body.split("data-list=\"/conversations/list?view=").nth(1).unwrap();
            let word = word.split(['"', '&']).next().unwrap();
            assert_eq!(listed(&miriam, &format!("/conversations?view={word}")).await, expected, "{word}");
            let done = miriam.post(&format!("/conversations/{one}/reading?view={word}"), &[]).await;
            assert_eq!(done.header("location"), format!("/conversations/{one}?view={word}#thread"));
        }
        miriam.get(&format!("/conversations?view=unread&line={line}")).await
            .shows(&["Unread · Tours", "view=mine.line-", "Show all lines"]);
    }

    async fn pages_go_both_ways_and_stay_where_they_are_while_texts_come_in(house) {
        for n in 0..65 {
            let id = talks(house, 100 + n, "hello", None).await;
            if n % 2 == 0 {
                house.replies_on_web(MIRIAM, id, "We have seen it").await;
            }
        }
        let miriam = Browser::of(house, MIRIAM).await;
        for order in ["newest", "oldest", "waiting"] {
            let mut pages = Vec::new();
            let mut address = format!("/conversations?view=all&sort={order}");
            let last = loop {
                pages.push(listed(&miriam, &address).await);
                let page = miriam.get(&address).await.body;
                match link(&page, "next") {
                    Some(next) => address = next,
                    None => break address,
                }
            };
            assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [30, 30, 5], "{order}");
            let mut all: Vec<&String> = pages.iter().flatten().collect();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), 65, "{order}: nobody is missed and nobody comes twice");
            let back = link(&miriam.get(&last).await.body, "prev").unwrap();
            assert_eq!(listed(&miriam, &back).await, pages[1], "{order}");
            let first = link(&miriam.get(&back).await.body, "prev").unwrap();
            assert_eq!(listed(&miriam, &first).await, pages[0], "{order}");
            let second = link(&miriam.get(&first).await.body, "next").unwrap();
            assert_eq!(listed(&miriam, &second).await, pages[1], "{order}");
        }
        let second = link(&miriam.get("/conversations?view=all").await.body, "next").unwrap();
        let before = listed(&miriam, &second).await;
        house.clock.pass(minutes(1));
        talks(house, 300, "and another", None).await;
        assert_eq!(listed(&miriam, &second).await, before, "a new text does not push the page on");
        let back = link(&miriam.get(&second).await.body, "prev").unwrap();
        assert_eq!(listed(&miriam, &back).await.len(), 30);
    }

    async fn whoever_waits_longest_comes_first_and_the_others_after_them(house) {
        let mut ids = Vec::new();
        for n in 0..4 {
            ids.push(talks(house, 34 + n, "hello", Some(ANA)).await);
            house.clock.pass(minutes(1));
        }
        for id in &ids[..2] {
            house.replies_on_web(ANA, *id, "Hello!").await;
            house.clock.pass(seconds(1));
        }
        let ana = Browser::of(house, ANA).await;
        let expected = [ids[2], ids[3], ids[1], ids[0]].map(|id| id.to_string());
        assert_eq!(listed(&ana, "/conversations?view=mine&sort=waiting").await, expected);
        assert_eq!(listed(&ana, "/conversations?view=waiting").await, expected[..2]);
    }

    async fn counts_are_exact_up_to_999_and_say_more_beyond(house) {
        talks(house, 34, "hello", None).await;
        house.has_forgotten_conversations(998).await;
        let miriam = Browser::of(house, MIRIAM).await;
        assert_eq!(counted(&miriam, "unassigned").await, "999");
        assert_eq!(counted(&miriam, "unread").await, "1");
        house.has_forgotten_conversations(1).await;
        assert_eq!(counted(&miriam, "unassigned").await, "999+");
        assert_eq!(counted(&miriam, "all").await, "999+");
        miriam.get("/conversations?view=all").await.shows(&["id=\"view-count\" data-part>999+<"]);
    }

    async fn a_wait_is_marked_against_the_target_of_its_line(house) {
        talks(house, 34, "hello", Some(ANA)).await;
        let ana = Browser::of(house, ANA).await;
        ana.get("/conversations").await.shows(&["class=\"badge \"", "<span class=\"vh\">Waiting </span>now"]);
        house.clock.pass(minutes(23));
        ana.get("/conversations").await.shows(&["class=\"badge warn\"", "</span>23 m"]);
        house.clock.pass(minutes(8));
        ana.get("/conversations").await.shows(&["class=\"badge bad\"", "</span>31 m"]);
        house.applies("[[line]]\nnumber = \"+18005550100\"\npolicies = { answer_target = \"2h\" }").await;
        ana.get("/conversations").await.shows(&["class=\"badge \"", "</span>31 m"]);
    }

    async fn a_row_says_all_that_is_wrong_and_then_how_long_somebody_waits(house) {
        let id = talks(house, 34, "hello", Some(ANA)).await;
        let ana = Browser::of(house, ANA).await;
        let mut told = Vec::new();
        for word in ["Waiting ", "Opted out", "Not delivered", "Paused"] {
            match word {
                "Opted out" => {
                    let said = [("given", "no"), ("evidence", "rang us")];
                    let done = ana.post(&format!("/conversations/{id}/consent"), &said).await;
                    assert_eq!(done.status, Status::SeeOther);
                }
                "Not delivered" => house.every_conversation_has_a_failure().await,
                "Paused" => house.is_paused(id).await,
                _ => {}
            }
            let page = ana.get("/conversations").await;
            let row = page.body.split(&format!("data-row=\"{id}\"")).nth(1).unwrap().split("</li>").next().unwrap();
            told.insert(0, word);
            assert_eq!(row.matches("class=\"badge").count(), told.len(), "{row}");
            let places: Vec<usize> = told.iter().map(|word| row.find(word).unwrap_or_else(|| panic!("{word}: {row}"))).collect();
            assert!(places.is_sorted(), "{told:?} stand at {places:?}");
        }
    }

    async fn a_name_is_found_whatever_its_accents_case_and_width(house) {
        let one = talks(house, 34, "one", Some(ANA)).await;
        talks(house, 56, "two", Some(ANA)).await;
        house.calls(one, "Çağla İ. Øst-Мой").await;
        house.has_name(BO, "Zoë Đorđe").await;
        let one = one.to_string();
        crate::search::catches_up(house).await;
        let miriam = Browser::of(house, MIRIAM).await;
        for words in ["cagla", "ÇAĞLA", "cag ost", "Ｃａｇｌａ", "c\u{327}agla", "мой", "МОЙ"] {
            let words: String = form_urlencoded::byte_serialize(words.as_bytes()).collect();
            assert_eq!(listed(&miriam, &format!("/conversations?q={words}")).await, [one.as_str()], "{words}");
            miriam.get(&format!("/palette?q={words}")).await.shows(&[&format!("/conversations/{one}")]);
        }
        for words in ["мои", "cagla bell", "ost x"] {
            let words: String = form_urlencoded::byte_serialize(words.as_bytes()).collect();
            assert!(!listed(&miriam, &format!("/conversations?q={words}")).await.contains(&one), "{words}");
        }
        miriam.get("/palette?q=zoe%20dor").await.shows(&["Zoë Đorđe"]);
    }

    async fn a_conversation_is_found_by_name_number_or_the_last_two_digits_and_by_no_more_of_them(house) {
        let one = talks(house, 34, "one", Some(ANA)).await;
        let two = talks(house, 56, "two", Some(BO)).await.to_string();
        house.calls(one, "Joel_Märsh 100%").await;
        house.closes_one(ANA, one.0).await;
        let one = one.to_string();
        let (ana, miriam) = (Browser::of(house, ANA).await, Browser::of(house, MIRIAM).await);
        for words in ["joel", "oel_m", "M%C3%A4rsh", "100%25", "34", "%E2%80%A2%E2%80%A234", &format!("%23{one}"), &one] {
            assert_eq!(listed(&ana, &format!("/conversations?q={words}")).await, [one.as_str()], "{words}");
            assert_eq!(listed(&miriam, &format!("/conversations?q={words}")).await, [one.as_str()], "{words}");
        }
        for words in ["oel%25m", "joelx", "2034", "552034", "%2B15055552034", "034", "-1"] {
            assert!(listed(&miriam, &format!("/conversations?q={words}")).await.is_empty(), "{words}");
        }
        assert_eq!(listed(&miriam, "/conversations?q=56").await, [two.as_str()]);
        assert!(listed(&ana, &format!("/conversations?q=%23{two}")).await.is_empty());
    }
}
