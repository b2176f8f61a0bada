//! Words of the platform that form open sets: the known ones have a name here, any other survives as it is.

macro_rules! open_word {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)+
            /// Any other word, lower-cased and trimmed.
            Other(String),
        }

        impl $name {
            /// The words that are known.
            pub const KNOWN: &[&str] = &[$($text),+];

            /// Reads a word in any case; a blank or unheard-of one is kept as [`Self::Other`].
            #[must_use]
            pub fn parse(text: &str) -> Self {
                let word = text.trim().to_lowercase();
                match word.as_str() {
                    $($text => Self::$variant,)+
                    _ => Self::Other(word),
                }
            }

            /// The word as lists, facets and URLs show it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::parse(&<String as ::serde::Deserialize>::deserialize(deserializer)?))
            }
        }
    };
}
pub(crate) use open_word;

open_word! {
    /// What lists, badges and facets show: is the Resource there? (domain.md 2.1)
    State {
        /// Reachable and usable by other Resources.
        Active = "active",
        /// A configuration problem or an operational failure.
        Error = "error",
        /// Not settled yet.
        Pending = "pending",
        /// Nobody has said.
        Unknown = "unknown",
        /// Removed; wins over the last reported status.
        Deleted = "deleted",
    }
}

open_word! {
    /// How far the platform's reconciler has come with a manifest (domain.md 2.5).
    BuilderStage {
        /// The normal resting value of an active Resource.
        Building = "building",
        /// Building failed: the manifest needs fixing.
        Error = "error",
        /// Nothing left to build.
        Complete = "complete",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_words_are_read_in_any_case() {
        assert_eq!(State::parse(" Active "), State::Active);
        assert_eq!(State::parse("warning"), State::Other("warning".to_owned()));
        assert_eq!(BuilderStage::parse("BUILDING"), BuilderStage::Building);
    }

    proptest! {
        #[test]
        fn printing_and_parsing_round_trip(text in ".*") {
            let state = State::parse(&text);
            prop_assert_eq!(State::parse(state.as_str()), state);
            let stage = BuilderStage::parse(&text);
            prop_assert_eq!(BuilderStage::parse(stage.as_str()), stage);
        }
    }
}
