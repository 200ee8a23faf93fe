//! Enums whose variants the database keeps as words.

/// Defines an enum and the word of each variant: `word` tells it, `read` takes it.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// Every variant, in the order in which they are written down.
            pub const ALL: [Self; [$($word),*].len()] = [$($name::$variant),*];

            /// The word that the database keeps.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// Reads the database's word.
            #[must_use]
            pub fn read(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}
pub(crate) use words;

/// A word that is only shown. A newer version may have added it: then people see it as it stands, and what it stands in
/// can be read all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaybeKnown<T> {
    /// One that this version knows.
    Known(T),
    /// Any other.
    Unknown(String),
}

impl<T> MaybeKnown<T> {
    /// `word`, as `read` reads it.
    pub fn of(word: String, read: impl FnOnce(&str) -> Option<T>) -> Self {
        read(&word).map_or(MaybeKnown::Unknown(word), MaybeKnown::Known)
    }
}
