//! Connecting boxes and shaping arrows.

use plimsoll::gui::canvas::Selection;
use plimsoll_models::{EdgeId, LineStyle};

use crate::window::Window;

impl Window {
    fn select_edges(&mut self, ids: &[&str]) {
        self.app().front.selection = Selection { edges: ids.iter().map(|id| EdgeId::new(*id)).collect(), ..Selection::default() };
        self.run();
    }

    fn style(&mut self, id: &str) -> LineStyle {
        self.app().front.document.diagram().lines.get(id).map_or(LineStyle::default(), |line| line.style)
    }
}

#[test]
fn several_arrows_get_another_style_in_one_step() {
    let mut window = Window::shop();
    let before = window.app().front.document.text();
    let ids: Vec<String> = window.app().front.document.diagram().edges.keys().map(ToString::to_string).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    window.select_edges(&ids);
    let ctx = window.harness.ctx.clone();
    window.app().command(&ctx, plimsoll::gui::command::Command::LineCurved);
    window.run();
    assert!(ids.iter().all(|id| window.style(id) == LineStyle::Bezier));
    window.picture("connect-curved");
    window.app().front.document.undo();
    assert_eq!(window.app().front.document.text(), before);
}
