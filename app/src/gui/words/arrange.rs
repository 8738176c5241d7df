//! Arranging: guides, alignment, tidy layout, groups.
