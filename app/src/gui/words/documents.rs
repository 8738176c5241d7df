//! Documents: tabs, files, versions, differences.
