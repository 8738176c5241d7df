//! Two states of a document side by side in one drawing, with a list of what is different.

use std::sync::Arc;

use egui::{Label, RichText, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role};
use plimsoll_models::{
    Catalog, Diagram,
    diff::{self, Difference, Kind, Subject},
};

use super::{
    action::Action,
    canvas::{Canvas, CanvasInput, Marks, Selection, Tool, mark_color, mark_sign},
    theme::Theme,
    words::documents as words,
};
use crate::settings::Preferences;

/// An older state that the document is compared with, and what is shown of both.
#[derive(Debug)]
pub struct Comparison {
    /// What the older state is, such as `the file on disk`.
    title: String,
    old: Arc<Diagram>,
    canvas: Canvas,
    shown: Option<Shown>,
}

/// What follows from the two states; made anew when the document changes.
#[derive(Debug)]
struct Shown {
    new: Arc<Diagram>,
    both: Arc<Diagram>,
    differences: Vec<Difference>,
    marks: Marks,
}

impl Shown {
    fn new(old: &Diagram, new: &Arc<Diagram>) -> Self {
        let differences = diff::diff(old, new);
        let mut marks = Marks::default();
        for difference in &differences {
            match &difference.subject {
                Subject::Node(id) => {
                    marks.nodes.insert(id.clone(), difference.kind);
                    if difference.details.iter().any(|detail| detail.key == "position") {
                        marks.moved.push((id.clone(), old.position(id)));
                    }
                }
                Subject::Edge(id) => _ = marks.edges.insert(id.clone(), difference.kind),
                Subject::Diagram
                | Subject::Account
                | Subject::EventType(_)
                | Subject::Scenario(_)
                | Subject::Group(_)
                | Subject::Note(_)
                | Subject::Bookmark(_) => {}
            }
        }
        Self { new: Arc::clone(new), both: Arc::new(diff::union(old, new)), differences, marks }
    }
}

impl Comparison {
    /// Compares what a document is now with an older state.
    pub fn new(title: String, old: Diagram) -> Self {
        Self { title, old: Arc::new(old), canvas: Canvas::default(), shown: None }
    }

    /// What is different from the present state.
    pub fn differences(&self) -> &[Difference] {
        self.shown.as_ref().map_or(&[], |shown| &shown.differences)
    }

    /// Looks at the present state.
    pub(super) fn follow(&mut self, present: &Arc<Diagram>) {
        if self.shown.as_ref().is_none_or(|shown| !Arc::ptr_eq(&shown.new, present)) {
            self.shown = Some(Shown::new(&self.old, present));
        }
    }

    /// The bar that says what is compared and how to end it.
    pub(super) fn bar_ui(&self, ui: &mut Ui, theme: &Theme, actions: &mut Vec<Action>) {
        ui.horizontal_centered(|ui| {
            ui.spacing_mut().item_spacing.x = Theme::SPACE_8;
            ui.label(RichText::new(words::compared_with(&self.title)).font(Theme::strong()));
            for kind in [Kind::Added, Kind::Removed, Kind::Changed] {
                let text = format!("{} {}", mark_sign(kind), words::kind(kind));
                ui.label(RichText::new(text).small().color(mark_color(theme, kind)));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if ui.button(words::END_COMPARISON).clicked() {
                    actions.push(Action::EndComparison);
                }
            });
        });
    }

    /// The drawing of both states.
    pub(super) fn canvas_ui(&mut self, ui: &mut Ui, theme: &Theme, catalog: &Catalog, preferences: &Preferences) {
        let Some(shown) = &self.shown else { return };
        let selection = Selection::default();
        let input = CanvasInput {
            diagram: &shown.both,
            catalog,
            theme,
            selection: &selection,
            live: None,
            struck: &[],
            cursor_s: None,
            result: None,
            stale: false,
            problems: &[],
            tool: Tool::Select,
            preferences,
        };
        self.canvas.show_compared(ui, &input, &shown.marks);
    }

    /// The list of what is different; a click shows it on the drawing.
    pub(super) fn list_ui(&mut self, ui: &mut Ui, theme: &Theme, catalog: &Catalog) {
        let Some(shown) = &self.shown else { return };
        ui.spacing_mut().item_spacing.y = 4.0;
        egui::Frame::new().inner_margin(12.0).show(ui, |ui| {
            let count = shown.differences.len();
            ui.label(RichText::new(words::differences(count)).font(Theme::heading()));
            if count == 0 {
                ui.label(RichText::new(words::NO_DIFFERENCES).color(theme.text_weak));
            }
            ScrollArea::vertical().id_salt("differences").auto_shrink([false, false]).show(ui, |ui| {
                let mut picked = None;
                for kind in [Kind::Changed, Kind::Added, Kind::Removed, Kind::Moved] {
                    let of_kind: Vec<&Difference> = shown.differences.iter().filter(|difference| difference.kind == kind).collect();
                    if of_kind.is_empty() {
                        continue;
                    }
                    ui.add_space(Theme::SPACE_8);
                    let heading = format!("{} {} {}", mark_sign(kind), of_kind.len(), words::kind(kind));
                    ui.label(RichText::new(heading).font(Theme::strong()).color(mark_color(theme, kind)));
                    for difference in of_kind {
                        if entry_ui(ui, theme, catalog, difference) {
                            picked = Some(difference.subject.clone());
                        }
                    }
                }
                match picked {
                    Some(Subject::Node(id)) => self.canvas.reveal(&id),
                    Some(Subject::Edge(id)) => self.canvas.reveal_edge(&id),
                    Some(_) | None => {}
                }
            });
        });
    }
}

/// One difference with its values; true when it was clicked.
fn entry_ui(ui: &mut Ui, theme: &Theme, catalog: &Catalog, difference: &Difference) -> bool {
    let frame = egui::Frame::new().fill(theme.surface_raised).corner_radius(6.0).inner_margin(egui::Margin::symmetric(10, 6));
    let shown = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.add(Label::new(RichText::new(difference.heading()).strong()).truncate());
        for detail in &difference.details {
            let text = difference.detail(catalog, detail);
            ui.add(Label::new(RichText::new(text).small().color(theme.text_weak)).wrap());
        }
    });
    let response = ui.interact(shown.response.rect, ui.scope_id().with(difference.subject.words()), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, difference.sentences(catalog).join("; ")));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_stroke(shown.response.rect, 6.0, egui::Stroke::new(1.0, theme.accent), egui::StrokeKind::Inside);
    }
    response.clicked()
}
