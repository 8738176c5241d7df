//! Undo and the file under random edits of every kind.

use std::{collections::BTreeSet, path::PathBuf};

use plimsoll::{document::Document, examples::EXAMPLES};
use plimsoll_models::{
    About, Bookmark, Diagram, Edge, EdgeId, EdgeKind, Edit, EventType, Group, LabelPlace, Line, LineStyle, Node, NodeId, Note, Point,
    Scenario, diagram::GroupKind, edit::Target, formats::native,
};

/// Edits of one walk.
const EDITS: usize = 1_000;

/// Kinds of edits that a walk draws from.
const KINDS: u64 = 21;

/// A die with a seed: the same walk every time.
struct Die(u64);

impl Die {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (x ^ (x >> 31)) % sides
    }

    fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.below(12))
    }

    fn point(&mut self) -> Point {
        Point::new(self.below(4_000) as f64 / 3.0 - 600.0, self.below(4_000) as f64 / 7.0)
    }

    fn flip(&mut self) -> bool {
        self.below(2) == 0
    }

    fn node(&mut self, diagram: &Diagram) -> NodeId {
        let at = self.below(diagram.nodes.len().max(1) as u64) as usize;
        diagram.nodes.keys().nth(at).cloned().unwrap_or_else(|| "none".into())
    }

    fn edge(&mut self, diagram: &Diagram) -> EdgeId {
        let at = self.below(diagram.edges.len().max(1) as u64) as usize;
        diagram.edges.keys().nth(at).cloned().unwrap_or_else(|| "none".into())
    }

    fn target(&mut self, diagram: &Diagram) -> Target {
        match self.below(6) {
            0 => Target::Edge(self.edge(diagram)),
            1 => Target::Scenario(self.id("s").as_str().into()),
            2 => Target::EventType(self.id("T").as_str().into()),
            3 => Target::AccountQuotas,
            4 => Target::AccountOutside,
            _ => Target::Node(self.node(diagram)),
        }
    }

    fn line(&mut self) -> Line {
        let waypoints = (0..self.below(4)).map(|_| self.point()).collect();
        let label = self.flip().then(|| LabelPlace { along: self.below(100) as f64 / 99.0, offset: self.point() });
        Line { style: LineStyle::ALL[self.below(3) as usize], waypoints, label, ..Line::default() }
    }

    fn group(&mut self, diagram: &Diagram) -> Group {
        let nodes: BTreeSet<NodeId> = (0..self.below(3)).map(|_| self.node(diagram)).collect();
        let kinds = [GroupKind::Account, GroupKind::Region, GroupKind::Vpc, GroupKind::Context, GroupKind::Free];
        let parent = self.flip().then(|| self.id("g").as_str().into()).filter(|id| diagram.groups.contains_key(id));
        Group { kind: kinds[self.below(5) as usize], name: self.id("Group "), nodes, parent, collapsed: self.flip(), ..Group::default() }
    }

    fn note(&mut self, diagram: &Diagram) -> Note {
        let about = match self.below(3) {
            0 => Some(About::Node(self.node(diagram))),
            1 => Some(About::Edge(self.edge(diagram))),
            _ => None,
        };
        let width = self.flip().then(|| 100.0 + self.below(300) as f64);
        let step = self.flip().then(|| 1 + self.below(9) as u32);
        Note { text: format!("# Note\n{}", self.below(99)), at: self.point(), width, about, step, ..Note::default() }
    }

    fn edit(&mut self, diagram: &Diagram, kind: u64) -> Edit {
        match kind {
            0 => Edit::AddNode { id: self.id("n").as_str().into(), node: Node::new("aws/lambda", self.id("N ")), at: self.point() },
            1 => {
                Edit::AddEdge { id: self.id("e").as_str().into(), edge: Edge::new(self.node(diagram), self.node(diagram), EdgeKind::Send) }
            }
            2 => Edit::Remove { nodes: vec![self.node(diagram)], edges: Vec::new() },
            3 => Edit::Move(vec![(self.node(diagram), self.point())]),
            4 => Edit::RenameNode(self.node(diagram), self.id("Name ")),
            5 => Edit::RenameEdge(self.edge(diagram), self.id("Label ")),
            6 => Edit::RenameDiagram(self.id("Diagram ")),
            7 => {
                let value = self.flip().then(|| format!("{} s", self.below(90)).into());
                Edit::SetField { target: self.target(diagram), key: self.id("key"), value }
            }
            8 => Edit::SetEdgeKind(self.edge(diagram), EdgeKind::ALL[self.below(5) as usize]),
            9 => Edit::Reconnect(self.edge(diagram), self.node(diagram), self.node(diagram)),
            10 => Edit::SetService(self.node(diagram), "aws/sqs".into()),
            11 => Edit::SetNodeNote(self.node(diagram), self.id("remark ")),
            12 => Edit::SetEventType(self.id("T").as_str().into(), self.flip().then(EventType::default)),
            13 => {
                let seed = self.below(9);
                Edit::SetScenario(self.id("s").as_str().into(), self.flip().then(|| Scenario::default().with("seed", seed)))
            }
            14 => Edit::SetGroup(self.id("g").as_str().into(), (self.below(4) > 0).then(|| self.group(diagram))),
            15 => Edit::SetLine(self.edge(diagram), (self.below(4) > 0).then(|| self.line())),
            16 => Edit::Pin(vec![self.node(diagram)], self.flip()),
            17 => Edit::SetNote(self.id("o").as_str().into(), (self.below(4) > 0).then(|| self.note(diagram))),
            18 => {
                let bookmark =
                    Bookmark { name: self.id("View "), center: self.point(), zoom: 0.5, unknown: std::collections::BTreeMap::new() };
                Edit::SetBookmark(self.id("b").as_str().into(), self.flip().then_some(bookmark))
            }
            19 => Edit::SetRegion(["us-east-1", "eu-west-1"][self.below(2) as usize].to_owned()),
            _ => {
                let edits = (0..3)
                    .map(|_| {
                        let kind = self.below(KINDS - 1);
                        self.edit(diagram, kind)
                    })
                    .collect();
                Edit::All("Several".to_owned(), edits)
            }
        }
    }
}

/// A document after a thousand random edits, and which kinds of them could be made.
fn walk(seed: u64, text: &str) -> (Document, usize) {
    let mut die = Die(seed);
    let mut made = BTreeSet::new();
    let mut document = Document::opened(native::read(text).unwrap().diagram, PathBuf::from("a.plimsoll.json"), text.to_owned());
    for _ in 0..EDITS {
        let kind = die.below(KINDS);
        let edit = die.edit(document.diagram(), kind);
        let key = (die.below(3) == 0).then(|| die.id("key"));
        if document.perform(&edit, key).is_ok() {
            made.insert(kind);
        }
        match die.below(40) {
            0 => _ = document.undo(),
            1 => _ = document.redo(),
            2 => document.seal(),
            _ => {}
        }
    }
    (document, made.len())
}

#[test]
fn a_thousand_edits_undone_give_the_first_bytes_and_redone_the_last() {
    for (seed, example) in EXAMPLES.iter().enumerate() {
        let (mut document, kinds) = walk(seed as u64, example.document);
        assert_eq!(kinds as u64, KINDS, "every kind of edit was made");
        // The walk may end with steps back.
        while document.redo().is_some() {}
        let last = document.text();
        assert_eq!(native::read(&last).unwrap().diagram, **document.diagram(), "the file says all of it");
        while document.undo().is_some() {}
        assert_eq!(document.text(), example.document);
        assert!(!document.is_dirty());
        while document.redo().is_some() {}
        assert_eq!(document.text(), last);
    }
}

#[test]
fn saving_without_a_change_keeps_every_byte() {
    for (seed, example) in EXAMPLES.iter().enumerate() {
        let (document, _) = walk(seed as u64 + 100, example.document);
        let text = native::write(document.diagram());
        for text in [text.as_str(), example.document] {
            let opened = Document::opened(native::read(text).unwrap().diagram, PathBuf::from("a"), text.to_owned());
            assert_eq!(opened.text(), text);
        }
        assert_eq!(native::write(&native::read(&text).unwrap().diagram), text, "the canonical text is a fixed point");
    }
}

#[test]
fn moving_one_node_changes_at_most_three_lines() {
    for (seed, example) in EXAMPLES.iter().enumerate() {
        let (document, _) = walk(seed as u64 + 200, example.document);
        let crowded = native::write(document.diagram());
        for text in [crowded.as_str(), example.document] {
            let diagram = native::read(text).unwrap().diagram;
            let before = native::write(&diagram);
            for id in diagram.nodes.keys() {
                let mut moved = Document::new(diagram.clone());
                moved.perform(&Edit::Move(vec![(id.clone(), Point::new(12_345.5, -77.25))]), None).unwrap();
                let changed = changed_lines(&before, &moved.text());
                assert!((1..=3).contains(&changed), "{}: moving {id} changes {changed} lines", example.name);
            }
        }
    }
}

/// Lines of the new text that the old one does not have.
fn changed_lines(old: &str, new: &str) -> usize {
    let mut known: Vec<&str> = old.lines().collect();
    known.sort_unstable();
    let fresh = |line: &&str| known.binary_search(line).is_err();
    new.lines().filter(fresh).count().max(new.lines().count().abs_diff(old.lines().count()))
}
