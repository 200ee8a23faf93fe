//! Every text that the program itself sends: its name, its default words, and its fields. A line may have words of its
//! own, which are checked when they are saved, so that nobody gets a text with `{custmer}`.

mod check;
mod fill;

pub use check::check_fields;
pub use fill::fill;

macro_rules! wordings {
    ($($(#[doc = $doc:literal])+ $wording:ident = $name:literal $fields:tt $(or $empty:ident)?;)+) => {
        /// A text that the system itself sends. Its usual words stand in `templates/texts/`, in a file of its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Wording {
            $($(#[doc = $doc])+ $wording,)+
        }

        impl Wording {
            /// Every text, in the order in which they are shown.
            pub const ALL: &[Wording] = &[$(Wording::$wording),+];

            /// What it is called in the set-up file and in the database.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Wording::$wording => $name,)+
                }
            }

            /// The words that are sent where the line has none of its own.
            #[must_use]
            pub fn default_text(self) -> &'static str {
                match self {
                    $(Wording::$wording => include_str!(concat!("../../../../templates/texts/", $name, ".txt")),)+
                }
                .trim_end()
            }

            /// The fields that may stand in it, without their braces.
            #[must_use]
            pub const fn fields(self) -> &'static [&'static str] {
                match self {
                    $(Wording::$wording => &$fields,)+
                }
            }

            /// When and to whom it is sent.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self {
                    $(Wording::$wording => concat!($($doc),+).trim_ascii(),)+
                }
            }

            /// Whether it may be empty, which sends nothing.
            #[must_use]
            pub const fn may_be_empty(self) -> bool {
                match self {
                    $(Wording::$wording => wordings!(@empty $($empty)?),)+
                }
            }
        }
    };
    (@empty nothing) => { true };
    (@empty) => { false };
}

wordings! {
    /// To a customer whose first text has opened a conversation.
    Greeting = "greeting" ["line"] or nothing;
    /// To anybody who texts a number on which their conversation has ended.
    Ended = "ended" [] or nothing;
    /// To a customer who writes while nobody can answer, at most once a day.
    AfterHours = "after_hours" [] or nothing;
    /// To a customer's HELP, where the carrier does not answer it.
    Help = "help" ["line"];
    /// Before the first text of a customer's thread on a rep's phone.
    Context = "context" ["customer", "line"];
    /// To a rep who texts a line.
    RepOnLine = "rep_on_line" [];
    /// To a rep who asks in a customer's thread what can be commanded there.
    CommandHelp = "command_help" [];
    /// To a rep who asks the same on a line.
    CommandLine = "command_line" [];
    /// To a rep whose time has come for a conversation that they put aside.
    Reminder = "reminder" ["customer"];
    /// To a rep whose conversation is somebody else's now.
    Moved = "moved" ["name"];
    /// To a rep whose text did not arrive.
    NotDelivered = "not_delivered" ["customer", "reason"];
    /// To a rep who sends a picture or file.
    MediaNotSent = "media_not_sent" ["customer", "what"];
    /// To a rep whose text is empty.
    EmptyNotSent = "empty_not_sent" [];
    /// To a customer or party, in place of a picture or file.
    NotShown = "not_shown" ["what"];
    /// To a customer or party who sends a picture or file, at most once an hour.
    WordsOnly = "words_only" ["what"];
    /// To anybody, in place of a text in which nothing can be seen.
    Empty = "empty" [];
    /// To a rep whose thread is given up for want of masks.
    Rested = "rested" ["customer"];
    /// To a rep whose customer has opted out.
    OptedOut = "opted_out" ["customer"];
    /// To a rep whose phone and the customer's keep answering each other with the same texts.
    Paused = "paused" ["customer"];
}

impl Wording {
    /// The text of that name.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|wording| wording.name() == name)
    }

    /// What to write instead of `name`, which is no text.
    #[must_use]
    pub fn remedy(name: &str) -> String {
        let names: Vec<&str> = Self::ALL.iter().map(|wording| wording.name()).collect();
        format!("`{name}` is no text of the system; they are {}", names.join(", "))
    }

    /// The words to send: the line's own, or else the usual ones.
    #[must_use]
    pub fn say(self, own: Option<&str>, values: &[(&str, &str)]) -> String {
        fill(own.unwrap_or_else(|| self.default_text()), values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_text_could_be_saved_as_a_lines_own() {
        for wording in Wording::ALL {
            assert_eq!(wording.check(wording.default_text()), Ok(()), "{wording:?}");
            assert_eq!(Wording::read(wording.name()), Some(*wording));
            assert!(wording.about().ends_with('.'), "{wording:?}");
        }
        assert!(Wording::remedy("greting").contains("greeting, "));
    }

    #[test]
    fn a_lines_own_words_go_before_the_usual_ones() {
        assert_eq!(Wording::Moved.say(Some("{name} has it."), &[("name", "Bo")]), "Bo has it.");
        assert!(Wording::Moved.say(None, &[("name", "Bo")]).contains("is with Bo now"));
    }
}
