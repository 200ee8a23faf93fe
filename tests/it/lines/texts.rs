//! The words that the system itself texts, as people get them, and as a line may say them instead.

use std::fmt::Write;

use switchboard::clock::hours;
use switchboard::desk::conversations::close;
use switchboard::domain::words::text::Wording;

use crate::both_stores;

#[test]
fn the_systems_own_texts_say_what_happened_and_what_to_do() {
    let mut texts = String::new();
    for wording in Wording::ALL {
        writeln!(texts, "{}: {}", wording.name(), wording.default_text()).unwrap();
    }
    insta::assert_snapshot!(texts, @r"
    greeting: 
    ended: This conversation has ended. Your text was kept, but not passed on.
    after_hours: Thanks for your text. Nobody can answer right now; you will hear from us as soon as somebody can.
    help: {line}: people read this number and answer. Reply STOP to get no more texts, START to get them again. Message and data rates may apply.
    context: {customer}, {line}:
    rep_on_line: This number is for customers. To answer one, text the number from which their texts reach you, or use the web inbox.
    command_help: #who says whom this is with. #note TEXT is for staff only. #close ends it. #transfer NAME hands it on. #later 2h puts it aside. #away and #on set your duty. ## begins a text with #. All else goes to the customer.
    command_line: On this number: #away (no new customers), #on (take them again, and texts on this phone). Other commands work in a customer's thread.
    reminder: Reminder: {customer}. You put this conversation aside until now.
    moved: Not sent: this conversation is with {name} now. It goes on in the web inbox.
    not_delivered: Not delivered to {customer}: {reason}.
    media_not_sent: Not sent to {customer}: {what}. Only words can be sent from here; please put it into words.
    empty_not_sent: Not sent: your text is empty.
    not_shown: You were sent {what}, but only words can be passed on here.
    words_only: Only words can be passed on here, not {what}. Please put it into words.
    empty: [empty text]
    rested: Your thread with {customer} rests: masks are short. It goes on in the inbox; a text here still takes it up again.
    opted_out: {customer} opted out. Texts to them are not sent until they text START.
    paused: Relaying is paused: this phone and {customer} keep answering each other with the same texts. Answer in the web inbox to go on.
    ");
}

const OWN: &str = r#"
[[line]]
number = "+18005550100"
hours = { zone = "UTC", mon-sun = "18:00-20:00" }
policies = { context_line = true }
[line.texts]
greeting = "Ahoy! This is {line}."
after_hours = "The shop opens at 18:00."
context = "** {customer} **"
moved = "{name} took over."
command_line = "Only #away and #on."
rep_on_line = "Wrong number, colleague."
ended = ""
"#;

both_stores! {
    async fn a_line_says_the_systems_texts_in_its_own_words(house) {
        house.applies(OWN).await;
        let joel = house.customer(34);
        joel.texts("anybody?").await;
        joel.shows(&["Ahoy! This is Bait and Tackle.", "The shop opens at 18:00."]);
        house.pass(hours(10)).await;
        assert_eq!(house.chosen().bodies(), ["** ••34 **\nanybody?"]);
        house.ana().texts("#help").await;
        house.bo().texts("hello?").await;
        assert!(house.ana().bodies().contains(&"Only #away and #on.".to_owned()));
        assert!(house.bo().bodies().contains(&"Wrong number, colleague.".to_owned()));
    }

    async fn the_greeting_comes_once_a_day_and_only_where_the_line_has_one(house) {
        house.customer(35).texts("hello").await;
        house.customer(35).shows(&[]);
        house.applies("[[line]]\nnumber = \"+18005550100\"\ntexts = { greeting = \"Ahoy!\" }\npolicies = { reopen_within = \"0s\" }").await;
        let joel = house.customer(34);
        joel.texts("hello").await;
        let conversation = house.conversation().await;
        close::close(&house.desk, house.person("miriam@example.com").await, conversation).await.unwrap();
        joel.texts("hello again").await;
        assert_ne!(house.conversation().await, conversation);
        joel.shows(&["Ahoy!"]);
    }

    async fn a_line_without_context_lines_begins_threads_with_the_text_itself(house) {
        house.applies("[[line]]\nnumber = \"+18005550100\"\npolicies = { context_line = false }").await;
        house.customer(34).texts("hello").await;
        assert_eq!(house.chosen().bodies(), ["hello"]);
    }

    async fn a_text_left_empty_is_not_sent(house) {
        house.applies("[[line]]\nnumber = \"+18005550100\"\nhours = { zone = \"UTC\", mon-sun = \"18:00-20:00\" }\ntexts = { after_hours = \"\" }").await;
        house.customer(34).texts("anybody?").await;
        house.customer(34).shows(&[]);
    }
}
