//! Finds words in the diagram and walks from one to the next on the canvas.

use std::sync::Arc;

use egui::{Align, Area, Frame, Id, Key, Layout, Modifiers, Order, RichText, ScrollArea, TextEdit, Ui, vec2};
use plimsoll_models::{Diagram, Place};

use super::{action::Action, row::Row, view::View, words::find};
use crate::{
    icons,
    scene::frames,
    search::{self, Found, Hit, Part, Spot},
};

/// Width, in points.
const WIDTH: f32 = 360.0;
/// Distance from the corner of the canvas, in points.
const MARGIN: f32 = 12.0;

/// The open bar.
#[derive(Debug, Default)]
pub struct SearchBar {
    query: String,
    /// Which hit is shown on the canvas.
    at: Option<usize>,
    found: Found,
    /// What was searched.
    searched: Option<Searched>,
    focused: bool,
    /// Whether the field had the focus in the frame before.
    typing: bool,
    /// Whether the list should show the hit.
    moved: bool,
}

/// What the hits depend on.
#[derive(Debug)]
struct Searched {
    query: String,
    diagram: Arc<Diagram>,
    problems: (usize, usize),
}

impl SearchBar {
    /// Lets the next frame put the cursor into the field.
    pub fn focus(&mut self) {
        self.focused = false;
    }

    /// Shows the bar in the corner of the canvas; false when it is done.
    pub fn ui(&mut self, ctx: &egui::Context, canvas: egui::Rect, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        self.search(view);
        let at = canvas.right_top() + vec2(-WIDTH - MARGIN, MARGIN);
        let mut open = true;
        Area::new(Id::unique("search bar")).order(Order::Middle).fixed_pos(at).constrain_to(canvas).show(ctx, |ui| {
            Frame::popup(ui.style()).inner_margin(8.0).show(ui, |ui| {
                ui.set_width(WIDTH - 18.0);
                open = self.field_ui(ui, view, actions);
                if !self.found.hits.is_empty() {
                    ui.add_space(4.0);
                    self.list_ui(ui, (canvas.height() - 120.0).clamp(60.0, 280.0), view, actions);
                }
            });
        });
        open
    }

    fn search(&mut self, view: &View<'_>) {
        let problems = (view.problems.as_ptr().addr(), view.problems.len());
        let known = self.searched.as_ref().is_some_and(|searched| {
            searched.query == self.query && Arc::ptr_eq(&searched.diagram, view.diagram) && searched.problems == problems
        });
        if known {
            return;
        }
        if self.searched.as_ref().is_none_or(|searched| searched.query != self.query) {
            self.at = None;
        }
        self.found = search::search(view.diagram, view.catalog, view.problems, &self.query);
        self.searched = Some(Searched { query: self.query.clone(), diagram: Arc::clone(view.diagram), problems });
        self.at = self.at.filter(|at| *at < self.found.hits.len());
    }

    /// The field, the count and the buttons; false when it is done.
    fn field_ui(&mut self, ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) -> bool {
        let mut open = true;
        // Before the field takes them: arrows and Enter walk, as long as one types.
        let (back, on) = ui.input_mut(|input| {
            if !self.typing {
                return (false, false);
            }
            let back = input.consume_key(Modifiers::SHIFT, Key::Enter) | input.consume_key(Modifiers::NONE, Key::ArrowUp);
            (back, input.key_pressed(Key::Enter) | input.consume_key(Modifiers::NONE, Key::ArrowDown))
        });
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let edit = TextEdit::singleline(&mut self.query).hint_text(find::SEARCH_HINT).desired_width(190.0);
            let field = ui.add(edit).accessible_name(find::SEARCH_FIELD);
            let had_focus = field.has_focus() || field.lost_focus();
            if !std::mem::replace(&mut self.focused, true) || (field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))) {
                field.request_focus();
            }
            self.typing = field.has_focus();
            if back {
                self.walk(-1, view, actions);
            } else if on {
                self.walk(1, view, actions);
            }
            if had_focus && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
                open = false;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icons::icon_button(ui, "close", find::SEARCH_CLOSE).clicked() {
                    open = false;
                }
                if icons::icon_button(ui, "chevron-down", find::SEARCH_NEXT).clicked() {
                    self.walk(1, view, actions);
                }
                if icons::icon_button(ui, "chevron-up", find::SEARCH_BACK).clicked() {
                    self.walk(-1, view, actions);
                }
                let text = if self.query.trim().is_empty() { String::new() } else { find::count(self.at, self.found.count) };
                ui.label(RichText::new(text).small().color(view.theme.text_weak));
            });
        });
        open
    }

    /// Shows the next or the one before on the canvas, around the end.
    fn walk(&mut self, by: isize, view: &View<'_>, actions: &mut Vec<Action>) {
        let count = isize::try_from(self.found.hits.len()).unwrap_or(isize::MAX);
        if count == 0 {
            return;
        }
        let at = match self.at {
            Some(at) => isize::try_from(at).unwrap_or(0) + by,
            None if by > 0 => 0,
            None => -1,
        };
        self.show(usize::try_from(at.rem_euclid(count)).unwrap_or(0), view, actions);
    }

    fn show(&mut self, at: usize, view: &View<'_>, actions: &mut Vec<Action>) {
        self.at = Some(at);
        self.moved = true;
        let Some(hit) = self.found.hits.get(at) else { return };
        match &hit.spot {
            Spot::Place(place) => actions.push(Action::Reveal(place.clone())),
            Spot::Note(id) => actions.extend(view.diagram.notes.get(id).map(|note| Action::CenterOn(note.at))),
            Spot::Group(id) => {
                actions.extend(frames(view.diagram).get(id).map(|rect| Action::CenterOn(rect.center())));
            }
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, height: f32, view: &View<'_>, actions: &mut Vec<Action>) {
        let mut picked = None;
        let scrolls = std::mem::take(&mut self.moved);
        // The bar remembers that it was small before anything was found.
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (index, hit) in self.found.hits.iter().enumerate() {
                let response = row_ui(ui, view, hit, self.at == Some(index));
                if response.clicked() {
                    picked = Some(index);
                }
                if scrolls && self.at == Some(index) {
                    response.scroll_to_me(None);
                }
            }
            let hidden = self.found.count - self.found.hits.len();
            if hidden > 0 {
                ui.label(RichText::new(find::more(hidden)).color(view.theme.text_weak));
            }
        });
        if let Some(index) = picked {
            self.show(index, view, actions);
        }
    }
}

/// A hit: whose words, where they stand, the words.
fn row_ui(ui: &mut Ui, view: &View<'_>, hit: &Hit, chosen: bool) -> egui::Response {
    let below = if hit.part == Part::Name { find::part(hit.part).to_owned() } else { format!("{}: {}", find::part(hit.part), hit.text) };
    let row = Row { icon: icon_of(view, hit), title: &hit.title, below: &below, chosen, faint: false };
    row.ui(ui, view.theme, || format!("{}, {below}", hit.title))
}

fn icon_of<'a>(view: &View<'a>, hit: &Hit) -> &'a str {
    match (&hit.spot, hit.part) {
        (_, Part::Problem) => "warning",
        (Spot::Place(Place::Node(id, _)), _) => {
            let service = view.diagram.nodes.get(id).and_then(|node| view.catalog.get(&node.service));
            service.map_or("external", |service| service.icon.as_str())
        }
        (Spot::Place(Place::Edge(..)), _) => "arrow-right",
        (Spot::Place(Place::Scenario(..)), _) => "sliders",
        (Spot::Place(Place::EventType(_)), _) => "list",
        (Spot::Place(Place::Document | Place::Text { .. } | Place::Account(_)), _) => "info",
        (Spot::Note(_), _) => "note",
        (Spot::Group(_), _) => "group",
    }
}
