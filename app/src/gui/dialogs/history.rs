//! Every step of the history with what it changed: go to one, or compare the present state with it.

use std::{collections::BTreeMap, sync::Arc};

use egui::{Align, ScrollArea, Ui, UiBuilder};
use plimsoll_models::{Catalog, Diagram, diff};

use super::{Decision, buttons, primary, title_ui};
use crate::{
    gui::{
        row::{ROW_HEIGHT, Row},
        theme::Theme,
        view::View,
        words::{
            dialogs as texts,
            documents::{self as words, StepState},
        },
    },
    history::Step,
    icons,
};

/// Most changes of one step that its tooltip lists.
const LISTED_MAX: usize = 12;
/// Height of the list, in points.
const LIST_HEIGHT: f32 = 360.0;

/// The open list.
#[derive(Clone, Debug, Default)]
pub struct HistoryDialog {
    /// What steps changed, as far as one has looked at them.
    told: BTreeMap<usize, Told>,
    /// The present step was brought into view.
    shown: bool,
}

/// What a step changed.
#[derive(Clone, Debug)]
struct Told {
    /// The state after it.
    of: Arc<Diagram>,
    /// In a line.
    summary: Option<String>,
    /// In sentences, the first of them.
    listed: String,
}

impl Told {
    fn new(catalog: &Catalog, before: Option<&Step>, step: &Step) -> Self {
        let differences = before.map(|before| diff::diff(&before.diagram, &step.diagram)).unwrap_or_default();
        let sentences: Vec<String> = differences.iter().flat_map(|difference| difference.sentences(catalog)).collect();
        let mut listed = sentences[..sentences.len().min(LISTED_MAX)].join("\n");
        if sentences.len() > LISTED_MAX {
            listed = format!("{listed}\n{}", words::changes_more(sentences.len() - LISTED_MAX));
        }
        Self { of: Arc::clone(&step.diagram), summary: diff::summary(&differences, catalog), listed }
    }
}

impl HistoryDialog {
    /// Shows the list.
    pub(super) fn ui(&mut self, ui: &mut Ui, view: &View<'_>) -> Option<Decision> {
        ui.set_width(520.0);
        title_ui(ui, texts::HISTORY);
        let (steps, at) = view.document.history().steps();
        ui.spacing_mut().item_spacing.y = 1.0;
        let mut area = ScrollArea::vertical().max_height(LIST_HEIGHT).auto_shrink([false, true]);
        if !std::mem::replace(&mut self.shown, true) {
            area = area.vertical_scroll_offset((at as f32 * (ROW_HEIGHT + 1.0) - LIST_HEIGHT / 2.0).max(0.0));
        }
        let mut decision = None;
        area.show_rows(ui, ROW_HEIGHT, steps.len(), |ui, range| {
            for index in range {
                let decided = ui.push_id(index, |ui| self.step_ui(ui, view, index)).inner;
                decision = decided.or(decision.take());
            }
        });
        if buttons(ui, |ui| primary(ui, view.theme, texts::CLOSE)) {
            decision = Some(Decision::Close);
        }
        decision
    }

    fn step_ui(&mut self, ui: &mut Ui, view: &View<'_>, index: usize) -> Option<Decision> {
        let (steps, at) = view.document.history().steps();
        let step = &steps[index];
        let before = index.checked_sub(1).map(|before| &steps[before]);
        let known = self.told.remove(&index).filter(|told| Arc::ptr_eq(&told.of, &step.diagram));
        let told = self.told.entry(index).or_insert(known.unwrap_or_else(|| Told::new(view.catalog, before, step)));
        let state = match index.cmp(&at) {
            std::cmp::Ordering::Less => StepState::Made,
            std::cmp::Ordering::Equal => StepState::Present,
            std::cmp::Ordering::Greater => StepState::Undone,
        };
        let undone = state == StepState::Undone;
        let below = match (&told.summary, undone) {
            (None, false) if index == 0 => words::STEP_OPENED.to_owned(),
            (summary, false) => summary.clone().unwrap_or_default(),
            (summary, true) => words::travelled(words::STEP_UNDONE, summary.as_deref()),
        };
        let title = format!("{index}  {}", step.label);
        let icon = if undone { "redo" } else { "check" };
        let row = Row { icon, title: &title, below: &below, chosen: state == StepState::Present, faint: undone };
        let mut decision = None;
        ui.horizontal(|ui| {
            let side = ui.spacing().interact_size.y;
            let width = ui.available_width() - side - Theme::SPACE_8;
            let room = egui::Rect::from_min_size(ui.cursor().min, egui::vec2(width, ROW_HEIGHT));
            let response = ui
                .scope_builder(UiBuilder::new().max_rect(room), |ui| {
                    row.ui(ui, view.theme, || words::step(index, &step.label, told.summary.as_deref(), state))
                })
                .inner;
            let response = if told.listed.is_empty() { response } else { response.on_hover_text(&told.listed) };
            if response.clicked() {
                decision = Some(Decision::GoTo(index));
            }
            ui.with_layout(egui::Layout::right_to_left(Align::Center), |ui| {
                if icons::icon_button(ui, "duplicate", &words::compare_with_step(index)).clicked() {
                    decision = Some(Decision::CompareWithStep(index));
                }
            });
        });
        decision
    }
}
