//! What the window says stands in one place, where it can be translated.

use std::path::{Path, PathBuf};

/// The one list of commands with their texts: a place of words itself.
const COMMANDS: &str = "command.rs";

/// Calls whose text nobody reads on screen.
const INNER: &[&str] = &["Id::", "id_salt(", "Grid::new(", "expect(", "debug_assert", "reason =", "env!", "include_", "unique("];

#[test]
fn no_panel_says_something_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gui");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 40, "the panels are where they were");
    let mut wrong = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        if name.starts_with("words/") || name == COMMANDS {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        wrong.extend(sentences(&text).into_iter().map(|sentence| format!("{name}: {sentence}")));
    }
    assert!(wrong.is_empty(), "move these to app/src/gui/words:\n{}", wrong.join("\n"));
}

#[test]
fn the_scan_knows_a_sentence_from_a_name() {
    let code = "// \"not this one\"\nlet a = \"Open a file\";\nlet b = Id::unique(\"quick add\"); let c = '\"'; let d = \"{} x\";\n\
        let e = r#\"Say \"hi\" now\"#;\n#[cfg(test)]\nmod tests { \"Not this either\" }";
    assert_eq!(sentences(code), ["Open a file", "Say \"hi\" now"]);
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            collect(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

/// Text in quotes, of two or more words, before the tests of a file.
fn sentences(code: &str) -> Vec<String> {
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    for line in code.lines() {
        let line = line.split_at(comment(line)).0;
        if !INNER.iter().any(|call| line.contains(call)) {
            found.extend(quoted(line).into_iter().filter(|text| is_sentence(text)));
        }
    }
    found
}

/// Where a comment begins that is not within quotes.
fn comment(line: &str) -> usize {
    let quotes = |before: &str| before.matches('"').count() - before.matches("\\\"").count() - before.matches("'\"'").count();
    line.match_indices("//").map(|(at, _)| at).find(|at| quotes(&line[..*at]).is_multiple_of(2)).unwrap_or(line.len())
}

fn quoted(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(begin) = rest.find('"') {
        if rest[..begin].ends_with('\'') {
            rest = &rest[begin + 1..];
            continue;
        }
        let raw = rest[..begin].ends_with("r#");
        let text = &rest[begin + 1..];
        let ends = |at: &usize| if raw { text[*at..].starts_with("\"#") } else { !text[..*at].ends_with('\\') };
        let Some(end) = text.match_indices('"').map(|(at, _)| at).find(ends) else { break };
        found.push(text[..end].to_owned());
        rest = &text[end + 1..];
    }
    found
}

/// Two or more words with letters, apart from what is filled in.
fn is_sentence(text: &str) -> bool {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2).count() >= 2
}
