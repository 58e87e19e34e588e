//! The generated clients, fenced in: no other file knows where they come from.

/// Defines an enum of a vendor's words that keeps the words it does not know.
///
/// progenitor's own enums are closed: one new status word would fail the whole answer.
macro_rules! open_enum {
    ($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $word, "`")]
                $variant,
            )*
            /// A word that the document does not know, as it came.
            Unknown(String),
        }

        impl $name {
            /// The documented words.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word, as the wire spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Unknown(word) => word,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    _ => Self::Unknown(word.to_owned()),
                }
            }
        }

        impl ::std::convert::From<String> for $name {
            fn from(word: String) -> Self {
                Self::from(word.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(word: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(word))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let word: ::std::borrow::Cow<'de, str> = ::serde::Deserialize::deserialize(deserializer)?;
                Ok(Self::from(&*word))
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string", "examples": [$($word),*] })
            }
        }
    };
}
pub(crate) use open_enum;

/// Includes each service's generated client and ties it to the session.
macro_rules! clients {
    ($(
        $(#[$doc:meta])*
        $variant:ident, $feature:literal, $module:ident, $title:literal, [$($part:literal),*];
    )*) => {
        $(
            #[cfg(feature = $feature)]
            #[allow(
                missing_docs,
                unused,
                unreachable_patterns,
                private_interfaces,
                clippy::all,
                clippy::pedantic,
                rustdoc::all
            )]
            pub(crate) mod $module {
                include!(concat!(env!("OUT_DIR"), "/", stringify!($module), ".rs"));

                pub(crate) const DOCUMENT: crate::Document = crate::Document::new(
                    include_bytes!(concat!(env!("OUT_DIR"), "/", stringify!($module), ".packed")),
                );

                /// What makes one call. It is cheap to make: each call has its own.
                #[derive(Clone, Debug)]
                pub struct Client {
                    pub call: crate::client::Call,
                    /// What all paths begin with, below the base URL, in pieces as theirs.
                    pub prefix: &'static [&'static str],
                }

                pub(crate) fn api(call: &crate::client::Call) -> Client {
                    let call = call.clone();
                    Client { call, prefix: &[] }
                }
            }
        )*
    };
}
crate::service::service_table!(clients);
