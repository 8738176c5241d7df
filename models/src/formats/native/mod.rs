//! Our own file, `*.plimsoll.json`: canonical JSON that is pleasant to write by hand and to compare.
//!
//! Reading never fails on content: what cannot be understood becomes a diagnostic and is kept or left out. `Err` means
//! that the text is not such a file at all.

mod read;
pub(super) mod tree;
mod write;

pub use read::{FormatError, Opened, read};
pub use write::write;

/// The version of the format that this program writes.
pub const VERSION: u64 = 1;

/// Largest file that is read, in bytes.
pub const BYTES_MAX: usize = 64 * 1024 * 1024;

/// Most nodes that a document may have.
pub const NODES_MAX: usize = 50_000;

/// Most edges that a document may have.
pub const EDGES_MAX: usize = 200_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Severity;

    const SMALL: &str = r#"{
  "plimsoll": 1,
  "name": "Small",
  "nodes": {
    "clients": {"service": "generic/client", "fields": {"arrivals": "poisson(5/s)"}},
    "work": {"service": "generic/station", "name": "Work"}
  },
  "edges": {
    "ask": {"from": "clients", "to": "work", "kind": "request"}
  },
  "layout": {
    "clients": [0, 0],
    "work": [240, 0]
  }
}
"#;

    #[test]
    fn the_canonical_text_survives_a_round_trip() {
        let opened = read(SMALL).unwrap();
        assert!(opened.diagnostics.is_empty(), "{:?}", opened.diagnostics);
        let text = write(&opened.diagram);
        let again = read(&text).unwrap();
        assert_eq!(again.diagram, opened.diagram);
        assert_eq!(write(&again.diagram), text);
        assert_eq!(text, SMALL);
    }

    #[test]
    fn unknown_fields_are_kept_and_named() {
        let text = SMALL.replace("\"name\": \"Small\",", "\"name\": \"Small\",\n  \"mood\": {\"b\": 1, \"a\": [2]},");
        let opened = read(&text).unwrap();
        assert!(opened.diagnostics.iter().any(|d| d.code == "unknown-field" && d.message.contains("mood")));
        assert!(write(&opened.diagram).contains("\"mood\": {\"a\": [2], \"b\": 1}"));
    }

    #[test]
    fn what_is_not_such_a_file_is_refused_with_a_place() {
        for text in ["", "{", "[]", "nonsense", "{\"plimsoll\": 1, \"nodes\": ", "{\"plimsoll\": \"x\"}", "{}", "{\"plimsoll\": 99}"] {
            assert!(read(text).is_err(), "{text}");
        }
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        assert!(read(&deep).is_err());
        let deep = format!("{{\"plimsoll\": 1, \"x\": {}1{}}}", "[".repeat(200), "]".repeat(200));
        assert!(read(&deep).is_err());
    }

    #[test]
    fn bad_content_becomes_diagnostics() {
        let text = r#"{"plimsoll": 1, "nodes": {"a": {"service": "generic/client"}, "a": {"service": "x"}, "b c": {"service": "y"}, "n": 5, "m": {}},
            "edges": {"e": {"from": "a", "to": "nowhere", "kind": "request"}, "f": {"from": "a", "to": "a", "kind": "shout"}},
            "layout": {"a": [1e300, 0], "zzz": [0, 0]}}"#;
        let opened = read(text).unwrap();
        let errors: Vec<&str> = opened.diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| d.code).collect();
        for code in ["duplicate-id", "bad-id", "bad-shape", "dangling-edge", "bad-kind"] {
            assert!(errors.contains(&code), "{code} is missing in {:#?}", opened.diagnostics);
        }
    }
}
