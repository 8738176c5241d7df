//! What a file is that is no diagram of ours, for a message that helps.

use std::{fs::File, io::Read as _, path::Path};

/// Bytes at the start that tell what a file is.
const START: u64 = 4096;

/// How files begin, or what they mention early, and what they are.
const SIGNS: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG picture"),
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1F\x8B", "a compressed archive"),
];

/// Words that tell what a text is.
const WORDS: &[(&str, &str)] = &[
    ("<mxfile", "a draw.io diagram"),
    ("<mxGraphModel", "a draw.io diagram"),
    ("\"type\": \"excalidraw\"", "an Excalidraw drawing"),
    ("\"type\":\"excalidraw\"", "an Excalidraw drawing"),
    ("<svg", "an SVG picture"),
    ("AWS::Serverless", "a SAM template"),
    ("AWSTemplateFormatVersion", "a CloudFormation template"),
    ("Type: AWS::", "a CloudFormation template"),
    ("\"StartAt\"", "a Step Functions definition"),
    ("workspace {", "a Structurizr workspace"),
    ("@startuml", "a PlantUML diagram"),
    ("flowchart ", "a Mermaid diagram"),
    ("architecture-beta", "a Mermaid diagram"),
    ("resource \"", "a Terraform configuration"),
];

/// What a file seems to be; `None` when nothing tells.
pub fn what_is(path: &Path) -> Option<&'static str> {
    if path.is_dir() {
        return Some("a folder");
    }
    let mut start = Vec::new();
    File::open(path).ok()?.take(START).read_to_end(&mut start).ok()?;
    if start.is_empty() {
        return Some("an empty file");
    }
    let sign = SIGNS.iter().find(|(sign, _)| start.starts_with(sign)).map(|(_, what)| *what);
    sign.or_else(|| {
        let text = String::from_utf8_lossy(&start);
        WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, what)| *what)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let told = |bytes: &[u8]| {
            let path = folder.path().join("file");
            std::fs::write(&path, bytes).unwrap();
            what_is(&path)
        };
        assert_eq!(told(b"\x89PNG\r\n"), Some("a PNG picture"));
        assert_eq!(told(b"Transform: AWS::Serverless-2016-10-31"), Some("a SAM template"));
        assert_eq!(told(b"<mxfile host=\"x\">"), Some("a draw.io diagram"));
        assert_eq!(told(b""), Some("an empty file"));
        assert_eq!(told(b"{\"plimsoll\": 1"), None);
        assert_eq!(what_is(folder.path()), Some("a folder"));
    }
}
