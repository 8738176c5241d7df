//! Finding: search, commands, keys, bookmarks, the overview.
