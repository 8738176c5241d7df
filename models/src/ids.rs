//! Names by which parts of a diagram refer to each other: readable slugs that never change on rename.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Longest identifier that a document may use, in bytes.
pub const ID_BYTES_MAX: usize = 128;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a text that is already known to be a valid identifier, see [`is_valid`].
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// The identifier as written in the file.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    )*};
}

ids! {
    /// A node of a diagram.
    NodeId;
    /// An edge of a diagram.
    EdgeId;
    /// A group (account, region, free box) of a diagram.
    GroupId;
    /// A note on the drawing.
    NoteId;
    /// A bookmark of the drawing.
    BookmarkId;
    /// An event type such as `OrderPlaced`.
    EventTypeId;
    /// A scenario of a diagram.
    ScenarioId;
    /// A service of the catalog, such as `aws/lambda`.
    ServiceId;
}

/// Whether a text may be an identifier: letters, digits, `-` and `_`, not empty, not too long.
///
/// The dot is excluded because `--set` separates node and field by it.
pub fn is_valid(text: &str) -> bool {
    !text.is_empty() && text.len() <= ID_BYTES_MAX && text.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// A readable identifier made from a title, free among `taken`: `Orders queue` becomes `orders-queue`, then
/// `orders-queue-2`.
pub fn fresh(title: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut slug = String::new();
    for c in title.chars().take(ID_BYTES_MAX / 4) {
        if c.is_alphanumeric() {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    let base = if slug.is_empty() { "item" } else { slug };
    if !taken(base) {
        return base.to_owned();
    }
    (2..u64::MAX)
        .map(|n| format!("{base}-{n}"))
        .find(|candidate| !taken(candidate))
        .expect("there are more numbers than identifiers in any diagram")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fresh_ids_are_valid_and_free() {
        assert_eq!(fresh("Orders queue", |_| false), "orders-queue");
        assert_eq!(fresh("Orders queue", |id| id == "orders-queue"), "orders-queue-2");
        assert_eq!(fresh("***", |_| false), "item");
        assert!(is_valid(&fresh("Größe → 注文", |_| false)));
        assert!(!is_valid("a.b"));
        assert!(!is_valid(""));
    }
}
