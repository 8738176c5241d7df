//! A scenario over its time: the load as a curve that is drawn by hand, and what goes wrong, as bars under it.

mod axis;
mod bars;
mod fault_fields;
mod faults;
mod load;
mod load_fields;
pub mod manage;
mod plot;
mod targets;

use std::sync::Arc;

use egui::{EventFilter, Key, Modifiers, Rangef, Rect, Response, RichText, ScrollArea, Ui};
use plimsoll_models::{NodeId, Scenario, scenario::Plan};

use self::{axis::TimeAxis, faults::Item, load::Load};
use super::{action::Action, inspector::field::Typing, theme::Theme, view::View};
use crate::gui::words::panels as words;

/// Room for the names of the rows.
const NAMES_WIDTH: f32 = 132.0;

/// Room for the settings of what is chosen.
const DETAILS_WIDTH: f32 = 344.0;

/// Height of the labels of the time axis.
const LABELS_HEIGHT: f32 = 16.0;

/// Least height of the load's plot.
const PLOT_HEIGHT_MIN: f32 = 84.0;

/// What is chosen on the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Chosen {
    /// Nothing: the load as a whole.
    #[default]
    Load,
    /// A point of the load, by its index.
    Point(usize),
    /// A fault, by its index.
    Fault(usize),
}

/// What is being dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    /// A point of the load, by its index.
    Point(usize),
    /// A fault, by its index; the pointer took hold of it so many seconds after it begins.
    Fault(usize, f64),
    /// The beginning of a fault.
    Begin(usize),
    /// The end of a fault.
    End(usize),
}

/// What the timeline remembers between frames.
#[derive(Debug, Default)]
pub struct Memory {
    producer: Option<NodeId>,
    chosen: Chosen,
    drag: Option<Drag>,
    profile: Option<(String, f64, Arc<[f64]>)>,
    naming: Option<String>,
    typing: Typing,
    /// The point or bar that has the keyboard.
    focused: Option<egui::Id>,
    /// Keys for it, taken from the input before commands saw them.
    keys: Vec<(Key, Modifiers)>,
}

impl Memory {
    /// Takes the keys that belong to the point or bar with the focus, so that they do not reach the canvas.
    pub fn take_keys(&mut self, ctx: &egui::Context) {
        self.keys.clear();
        let Some(id) = self.focused.filter(|id| ctx.memory(|memory| memory.has_focus(*id))) else { return };
        ctx.memory_mut(|memory| memory.set_focus_lock_filter(id, FILTER));
        ctx.input_mut(|input| {
            input.events.retain(|event| match event {
                egui::Event::Key { key, pressed: true, modifiers, .. } if OWN_KEYS.contains(key) => {
                    self.keys.push((*key, *modifiers));
                    false
                }
                _ => true,
            });
        });
    }

    /// The keys that were pressed for a point or bar.
    fn keys_for(&mut self, response: &Response) -> Vec<(Key, Modifiers)> {
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        if !response.has_focus() {
            return Vec::new();
        }
        response.ctx.memory_mut(|memory| memory.set_focus_lock_filter(response.id, FILTER));
        if self.focused != Some(response.id) {
            self.focused = Some(response.id);
            return Vec::new();
        }
        std::mem::take(&mut self.keys)
    }

    /// Forgets what is half written and what was chosen, for another scenario or after an undo.
    pub fn clear(&mut self) {
        self.typing.clear();
        self.chosen = Chosen::Load;
        self.drag = None;
    }
}

/// Keys of a point or bar.
const OWN_KEYS: [Key; 7] = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown, Key::Delete, Key::Backspace, Key::Escape];

const FILTER: EventFilter = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };

/// A scenario as the parts of the timeline see it.
struct Sheet<'a> {
    view: &'a View<'a>,
    /// With the gesture that goes on.
    scenario: &'a Scenario,
    /// Before that gesture.
    settled: &'a Scenario,
    plan: Plan,
    items: Vec<Item>,
    axis: TimeAxis,
}

/// Shows the scenario in use.
pub fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    let empty = Scenario::default();
    let of = |diagram: &'_ plimsoll_models::Diagram| diagram.scenarios.get(view.scenario).cloned();
    let (shown, settled) = (of(view.diagram), of(view.document.history().present()));
    let scenario = shown.as_deref().unwrap_or(&empty);
    let settled = settled.as_deref().unwrap_or(&empty);
    manage::bar_ui(ui, view, &mut memory.naming, actions);
    ui.add_space(Theme::SPACE_4);
    let rect = ui.available_rect_before_wrap();
    let details = rect.with_min_x(rect.right() - DETAILS_WIDTH);
    let timeline = rect.with_max_x(details.left() - Theme::SPACE_12);
    let (plan, _) = scenario.plan(view.scenario);
    let items = faults::items(view, scenario, &plan);
    let span = Rangef::new(timeline.left() + NAMES_WIDTH, timeline.right() - 10.0);
    let axis = TimeAxis { span, seconds: shown_time(view, settled) };
    let sheet = Sheet { view, scenario, settled, plan, items, axis };
    let load = memory.load(&sheet);
    timeline_ui(ui, &sheet, load.as_ref(), timeline, memory, actions);
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt("details").max_rect(details));
    child.shrink_clip_rect(details);
    details_ui(&mut child, &sheet, load.as_ref(), memory, actions);
    ui.advance_cursor_after_rect(rect);
    if memory.drag.is_some() && ui.input(|input| input.pointer.any_released() || !input.pointer.any_down()) {
        memory.drag = None;
    }
}

/// How much time is on screen: the run, and what was set after its end as far as that is sensible.
fn shown_time(view: &View<'_>, settled: &Scenario) -> f64 {
    let (plan, _) = settled.plan(view.scenario);
    let latest = plan.faults.iter().map(|fault| fault.to).fold(plan.duration, f64::max);
    latest.min(plan.duration * 2.0)
}

impl Memory {
    /// The load on the plot.
    fn load(&mut self, sheet: &Sheet<'_>) -> Option<Load> {
        let producers = load::producers(sheet.view);
        let selected = sheet.view.single_node().filter(|id| producers.contains(id));
        if let Some(id) = selected
            && self.producer.as_ref() != Some(id)
            && self.drag.is_none()
        {
            self.producer = Some(id.clone());
        }
        if !self.producer.as_ref().is_some_and(|id| producers.contains(id)) {
            self.producer = producers.first().cloned();
        }
        self.producer.as_ref().map(|id| Load::of(sheet.view, sheet.scenario, id))
    }

    /// The expected rate of a load; made anew only when the load or the length of the run changes.
    fn profile(&mut self, load: &Load, seconds: f64) -> Arc<[f64]> {
        if let Some((text, length, profile)) = &self.profile
            && *text == load.text
            && length.to_bits() == seconds.to_bits()
        {
            return Arc::clone(profile);
        }
        let rates = load.arrivals.as_ref().map(|arrivals| arrivals.profile(seconds, plot::PARTS)).unwrap_or_default();
        let rates: Arc<[f64]> = rates.into();
        self.profile = Some((load.text.clone(), seconds, Arc::clone(&rates)));
        rates
    }
}

fn timeline_ui(ui: &mut Ui, sheet: &Sheet<'_>, load: Option<&Load>, rect: Rect, memory: &mut Memory, actions: &mut Vec<Action>) {
    let rows = bars::rows(&sheet.items);
    let wanted = bars::height(&rows);
    let room = (rect.height() - LABELS_HEIGHT - PLOT_HEIGHT_MIN - Theme::SPACE_4).max(bars::HEADING_HEIGHT + bars::LANE_HEIGHT);
    let rows_height = wanted.min(room);
    let plot = rect.with_max_y(rect.bottom() - rows_height - LABELS_HEIGHT - Theme::SPACE_4);
    plot::ui(ui, sheet, load, plot, memory, actions);
    let labels = Rangef::new(plot.bottom(), plot.bottom() + LABELS_HEIGHT);
    sheet.axis.paint(ui.painter(), sheet.view.theme, Rangef::point(plot.bottom()), Some(labels.min + 2.0));
    let area = rect.with_min_y(labels.max + Theme::SPACE_4);
    let mut child = ui.new_child(egui::UiBuilder::new().id_salt("faults").max_rect(area));
    child.shrink_clip_rect(area);
    bars::heading_ui(&mut child, sheet, memory, actions);
    ScrollArea::vertical().id_salt("fault rows").auto_shrink([false, false]).show(&mut child, |ui| {
        bars::ui(ui, sheet, &rows, memory, actions);
    });
}

fn details_ui(ui: &mut Ui, sheet: &Sheet<'_>, load: Option<&Load>, memory: &mut Memory, actions: &mut Vec<Action>) {
    // One that was just added is on the sheet from the next frame on.
    if let Chosen::Fault(index) = memory.chosen
        && let Some(item) = sheet.items.get(index)
    {
        ScrollArea::vertical().id_salt("fault").auto_shrink([false, false]).show(ui, |ui| {
            fault_fields::ui(ui, sheet, index, item, memory, actions);
        });
        return;
    }
    match load {
        Some(load) => load_fields::ui(ui, sheet, load, memory, actions),
        None => {
            ui.label(RichText::new(words::NO_PRODUCER).color(sheet.view.theme.text_weak));
        }
    }
}
