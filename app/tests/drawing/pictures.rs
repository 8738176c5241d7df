//! Exported pictures.

use std::sync::Arc;

use plimsoll::{
    export::{ExportError, ExportTheme, Format, Look, SIDE_MAX, render},
    scene::{self, Link, Rect, Scene, SceneTheme, node_rect},
};
use plimsoll_models::{Catalog, Diagram, Edge, EdgeKind, Edit, Node, Point, edit::apply, formats::native};
use plimsoll_sim::{Input, Progress, RunResult, Traces};

use crate::sample;

fn save(name: &str, bytes: &[u8]) {
    std::fs::write(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), bytes).unwrap();
}

fn svg(diagram: &Diagram) -> String {
    String::from_utf8(render(diagram, Catalog::embedded(), None, ExportTheme::Light, Format::Svg).unwrap()).unwrap()
}

#[test]
fn an_svg_is_well_formed_and_its_labels_are_text() {
    let svg = svg(&sample::checkout());
    let tree = usvg::Tree::from_str(&svg, &usvg::Options::default()).unwrap();
    assert!(tree.size().width() > 1500.0);
    assert!(svg.contains("write &lt;entry&gt; &amp; check") && svg.contains("<title>Checkout &lt;b&gt;2026"));
    assert!(svg.contains("Confirmation") && !svg.contains("foreignObject") && !svg.contains("href"));
    save("checkout.svg", svg.as_bytes());
    let run = render(&sample::checkout(), Catalog::embedded(), Some(&sample::run()), ExportTheme::Light, Format::Svg).unwrap();
    let run = String::from_utf8(run).unwrap();
    for figure in ["12 % throttled", "380/s · 82 %", "oldest 4.2 min", "120 given up", "380/s · p99 31 ms"] {
        assert!(run.contains(figure), "{figure}");
    }
}

#[test]
fn a_png_shows_the_run_in_both_themes() {
    let (diagram, run) = (sample::checkout(), sample::run());
    for (name, theme, result) in [
        ("checkout-dark.png", ExportTheme::Dark, Some(&run)),
        ("checkout-light.png", ExportTheme::Light, Some(&run)),
        ("checkout-before.png", ExportTheme::Light, None),
    ] {
        let png = render(&diagram, Catalog::embedded(), result, theme, Format::Png { scale: 1.0 }).unwrap();
        let image = image::load_from_memory(&png).unwrap().to_rgba8();
        assert!(image.width() > 1500 && image.height() > 300);
        let ground = image.get_pixel(0, 0);
        let drawn = image.pixels().filter(|pixel| *pixel != ground).count();
        assert!(drawn > 100_000, "{drawn} pixels are drawn");
        save(name, &png);
    }
    let png = render(&diagram, Catalog::embedded(), Some(&run), ExportTheme::Dark, Format::Png { scale: 2.0 }).unwrap();
    save("checkout-2x.png", &png);
}

#[test]
fn a_legend_says_what_the_lines_in_use_mean() {
    let picture = |legend, format| {
        let look = Look { theme: ExportTheme::Dark, legend };
        render(&sample::checkout(), Catalog::embedded(), None, look, format).unwrap()
    };
    let svg = String::from_utf8(picture(true, Format::Svg)).unwrap();
    let used = scene::kinds_in_use(&sample::checkout());
    for kind in EdgeKind::ALL {
        assert_eq!(svg.contains(scene::line_words(kind)), used.contains(&kind), "{kind:?}");
    }
    assert!(!String::from_utf8(picture(false, Format::Svg)).unwrap().contains("class=\"legend\""));
    save("legend.png", &picture(true, Format::Png { scale: 1.0 }));
    assert!(scene::legend(&[], Point::default(), &SceneTheme::dark()).is_none());
}

#[test]
fn nothing_and_too_much_are_said() {
    let png = |diagram: &Diagram, scale| render(diagram, Catalog::embedded(), None, ExportTheme::Dark, Format::Png { scale });
    assert_eq!(png(&Diagram::default(), 1.0), Err(ExportError::Empty));
    assert_eq!(png(&sample::checkout(), 0.0), Err(ExportError::Scale(0.0)));
    let Err(ExportError::TooLarge { max, scale_max, .. }) = png(&sample::checkout(), 500.0) else { panic!("made a huge picture") };
    assert_eq!(max, SIDE_MAX);
    assert!(scale_max > 1.0 && scale_max < 500.0);
}

#[test]
fn labels_of_any_script_are_drawn() {
    let node = Node::new("aws/sqs", "注文キュー 🚢 \u{1} é");
    let edits = vec![Edit::AddNode { id: "a".into(), node, at: Point::new(0.0, 0.0) }];
    let diagram = apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap();
    assert!(svg(&diagram).contains("注文キュー"));
    render(&diagram, Catalog::embedded(), None, ExportTheme::Dark, Format::Png { scale: 1.0 }).unwrap();
}

#[test]
fn no_arrow_runs_through_a_box_and_no_label_covers_one() {
    let far = Edge::new("n0-0", "n9-7", EdgeKind::Send);
    let back = Edge::new("n9-3", "n0-3", EdgeKind::Deliver);
    let across =
        Edit::All(String::new(), vec![Edit::AddEdge { id: "far".into(), edge: far }, Edit::AddEdge { id: "back".into(), edge: back }]);
    for diagram in [sample::checkout(), lattice(6, 5), apply(&lattice(10, 8), &across).unwrap()] {
        let scene = scene::build(&diagram, Catalog::embedded(), &SceneTheme::light(), None);
        for (id, route) in &scene.routes {
            for node in diagram.nodes.keys() {
                let inner = node_rect(diagram.position(node)).expand(-1.0);
                let hit = route.windows(2).any(|pair| Rect::from_corners(pair[0], pair[1]).intersects(inner));
                assert!(!hit, "{id} runs through {node}: {route:?}");
            }
        }
        for part in scene.parts.iter().filter(|part| matches!(part.link, Link::Label(_))) {
            let covers = |id| node_rect(diagram.position(id)).intersects(part.bounds);
            assert!(!diagram.nodes.keys().any(covers), "{:?} covers a box", part.link);
        }
    }
}

/// Functions in rows and columns, each calling one two columns on and one below.
fn lattice(columns: usize, rows: usize) -> Diagram {
    let id = |x: usize, y: usize| format!("n{x}-{y}");
    let mut edits = Vec::new();
    for (x, y) in (0..columns).flat_map(|x| (0..rows).map(move |y| (x, y))) {
        let at = Point::new(x as f64 * 240.0, y as f64 * 120.0);
        edits.push(Edit::AddNode { id: id(x, y).as_str().into(), node: Node::new("aws/lambda", format!("Step {x} {y}")), at });
    }
    for (x, y) in (0..columns).flat_map(|x| (0..rows).map(move |y| (x, y))) {
        for (to_x, to_y) in [(x + 2, y), (x + 1, y + 1), (x, y + 1)] {
            if to_x < columns && to_y < rows {
                let edge = Edge::new(id(x, y).as_str(), id(to_x, to_y).as_str(), EdgeKind::Request);
                edits.push(Edit::AddEdge { id: format!("{}-{}", id(x, y), id(to_x, to_y)).as_str().into(), edge });
            }
        }
    }
    apply(&Diagram::default(), &Edit::All(String::new(), edits)).unwrap()
}

#[test]
fn a_crowd_is_drawn_in_time() {
    let diagram = lattice(12, 12);
    let mut cache = scene::SceneCache::default();
    let draw = |cache: &mut scene::SceneCache, diagram: &Diagram| cache.build(diagram, Catalog::embedded(), &SceneTheme::light(), None);
    let first = draw(&mut cache, &diagram);
    let moved = apply(&diagram, &Edit::Move(vec![("n3-3".into(), Point::new(733.0, 371.0))])).unwrap();
    let second = draw(&mut cache, &moved);
    assert_eq!(second, scene::build(&moved, Catalog::embedded(), &SceneTheme::light(), None), "what is shared is what would be drawn anew");
    let node = |scene: &Scene, id: &str| {
        scene.parts.iter().find(|part| matches!(&part.link, Link::Node(node) if node.as_str() == id)).unwrap().shapes.clone()
    };
    assert!(Arc::ptr_eq(&node(&first, "n3-3"), &node(&second, "n3-3")), "a moved box is not drawn anew");
    let png = render(&diagram, Catalog::embedded(), None, ExportTheme::Light, Format::Png { scale: 0.6 }).unwrap();
    save("lattice.png", &png);
}

#[test]
fn every_example_is_drawn_with_its_run() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut drawn = 0;
    for folder in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(folder.join(format!("{name}.plimsoll.json"))).unwrap();
        let diagram = native::read(&text).unwrap().diagram;
        let result = quick_run(&diagram);
        let png = render(&diagram, Catalog::embedded(), result.as_ref(), ExportTheme::Dark, Format::Png { scale: 1.0 }).unwrap();
        save(&format!("example-{name}.png"), &png);
        drawn += 1;
    }
    assert!(drawn >= 3);
}

/// The first two minutes of the default scenario; nothing for an example that needs a recording.
fn quick_run(diagram: &Diagram) -> Option<RunResult> {
    let scenario = diagram.default_scenario()?.clone();
    let mut short = (*diagram.scenarios[&scenario]).clone();
    short.fields.insert("duration".to_owned(), "2 min".into());
    let (plan, _) = short.plan(&scenario);
    let traces = Traces::default();
    let input = Input { diagram, catalog: Catalog::embedded(), scenario, plan, traces: &traces };
    let program = plimsoll_sim::compile(&input).ok()?;
    plimsoll_sim::run_program(&program, &Progress::new()).ok()
}

#[test]
fn letters_that_no_font_has_are_told_and_the_others_are_drawn() {
    // The last private letter: no font means anything by it.
    let mut diagram = sample::checkout();
    let id = diagram.nodes.keys().next().unwrap().clone();
    let named = |diagram: &Diagram, name: &str| apply(diagram, &Edit::RenameNode(id.clone(), name.to_owned())).unwrap();
    let draw = |diagram: &Diagram| {
        plimsoll::export::draw(diagram, Catalog::embedded(), None, ExportTheme::Light, Format::Png { scale: 1.0 }).unwrap()
    };
    diagram = named(&diagram, "Ä");
    let plain = draw(&diagram);
    assert!(plain.lacking.is_empty());
    let broken = draw(&named(&diagram, "\u{10FFFD}Ä"));
    assert_eq!(broken.lacking, ["symbols"]);
    assert_ne!(broken.bytes, draw(&named(&diagram, "\u{10FFFD}")).bytes, "what comes after it is drawn");
}
