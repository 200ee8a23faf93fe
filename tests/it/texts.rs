//! The words that the system itself texts, as people get them.

use switchboard::desk::notice::words;

#[test]
fn the_systems_own_texts_say_what_happened_and_what_to_do() {
    let texts = [
        words::ENDED,
        words::HELP,
        words::COMMAND_HELP,
        words::COMMAND_LINE,
        words::REMINDER,
        words::REP_ON_LINE,
        words::MOVED,
        words::NOT_DELIVERED,
        words::OPTED_OUT,
        words::PAUSED,
    ];
    insta::assert_snapshot!(texts.concat(), @r"
    This conversation has ended. Your text was kept, but not passed on.
    {line}: people read this number and answer. Reply STOP to get no more texts, START to get them again. Message and data rates may apply.
    #who says whom this is with. #note TEXT is for staff only. #close ends it. #transfer NAME hands it on. #later 2h puts it aside. #away and #on set your duty. ## begins a text with #. All else goes to the customer.
    On this number: #away (no new customers), #on (take them again, and texts on this phone). Other commands work in a customer's thread.
    Reminder: {customer}. You put this conversation aside until now.
    This number is for customers. To answer one, text the number from which their texts reach you, or use the web inbox.
    Not sent: this conversation is with {name} now. It goes on in the web inbox.
    Not delivered to {customer}: {reason}.
    {customer} opted out. Texts to them are not sent until they text START.
    Relaying is paused: this phone and {customer} keep sending each other the same two texts. Answer in the web inbox to go on.
    ");
}
