//! Our own file, `*.plimsoll.json`: canonical JSON that is pleasant to write by hand and to compare.
//!
//! Reading never fails on content: what cannot be understood becomes a diagnostic and is kept or left out. `Err` means
//! that the text is not such a file at all.

mod drawing;
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
    fn what_belongs_to_the_drawing_survives_a_round_trip() {
        let drawing = r#"
  "groups": {
    "inner": {"kind": "context", "nodes": ["work"], "collapsed": true, "parent": "outer"},
    "outer": {"kind": "region", "nodes": ["clients"]}
  },
  "layout": {
    "clients": [0, 0],
    "work": [240, 0]
  },
  "pinned": ["work"],
  "lines": {
    "ask": {"label": {"along": 0.25, "offset": [0, -12.5]}, "style": "bezier", "waypoints": [[120, 40]]}
  },
  "notes": {
    "n1": {"text": "**Why** so", "at": [10, 20], "about": {"edge": "ask"}, "step": 2, "width": 240}
  },
  "bookmarks": {
    "start": {"name": "Start", "center": [1, 2], "zoom": 0.5}
  }"#;
        let at = SMALL.find("\n  \"layout\"").unwrap();
        let text = format!("{}{drawing}\n}}\n", &SMALL[..at]);
        let opened = read(&text).unwrap();
        assert!(opened.diagnostics.is_empty(), "{:?}", opened.diagnostics);
        assert_eq!(write(&opened.diagram), text);
    }

    #[test]
    fn what_the_drawing_says_of_nothing_is_forgotten_with_a_word() {
        let text = SMALL.replace(
            "\"layout\": {",
            r#""groups": {"a": {"nodes": ["work", "gone"], "parent": "b"}, "b": {"nodes": ["work"], "parent": "a"}, "c": {"parent": "c"}},
  "pinned": ["gone", 4], "lines": {"gone": {}, "ask": {"style": "wild", "waypoints": [[1], "x", [2, 3]]}},
  "notes": {"n": {"about": {"node": "gone"}, "step": -1, "width": -3}, "m": 5}, "bookmarks": {"x": {"name": "x", "zoom": 0}},
  "layout": {"#,
        );
        let opened = read(&text).unwrap();
        let diagram = &opened.diagram;
        assert_eq!(diagram.groups["a"].nodes, ["work".into()].into());
        assert!(diagram.groups["b"].nodes.is_empty());
        assert!(diagram.groups.keys().all(|id| diagram.around(id).count() <= 2), "no group is around itself");
        assert!(diagram.pinned.is_empty() && diagram.bookmarks.is_empty());
        assert_eq!(diagram.lines["ask"].waypoints, [crate::Point::new(2.0, 3.0)]);
        assert_eq!((diagram.notes.len(), diagram.notes["n"].about.as_ref(), diagram.notes["n"].step), (1, None, None));
        for code in ["bad-nesting", "stale-layout", "bad-line", "bad-shape"] {
            assert!(opened.diagnostics.iter().any(|d| d.code == code), "{code} is missing in {:#?}", opened.diagnostics);
        }
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
