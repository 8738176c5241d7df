//! What if: turns and buttons for the selected node or connection while a live run plays.

use egui::{Area, Button, Frame as Sheet, Id, Margin, Order as Layer, Rect, RichText, Slider, SliderClamping, Stroke, Ui, vec2};
use plimsoll_models::{
    Edit, Scenario,
    fault::FaultKind,
    scenario::{Plan, Until},
    validate,
};
use serde_json::Value;

use super::LiveRun;
use crate::{
    gui::{action::Action, command::Command, format, inspector::scenario, theme::Theme, view::View, words::live as words},
    live::{Frame, Knob, from},
};

/// Width of the panel, in points.
const WIDTH: f32 = 340.0;
/// Distance from the corner of the canvas, in points.
const MARGIN: f32 = 12.0;
/// Length of a slider, in points.
const SLIDER_WIDTH: f32 = 88.0;
/// Width of the names, in points.
const NAMES_WIDTH: f32 = 146.0;
/// Where the button stands that takes a value back, in points from the left.
const RESET_AT: f32 = 304.0;
/// Where a logarithmic slider that has a zero begins.
const SMALLEST: f64 = 0.5;
/// Most limits of a node that can be turned.
const LIMITS_MAX: usize = 3;

/// What is turned most comes first.
const ORDER: [FaultKind; 8] = [
    FaultKind::Surge,
    FaultKind::Slow,
    FaultKind::Latency,
    FaultKind::Errors,
    FaultKind::Throttle,
    FaultKind::Capacity,
    FaultKind::Batch,
    FaultKind::Duplicates,
];

/// How a knob looks.
struct Turn {
    knob: Knob,
    name: String,
    range: std::ops::RangeInclusive<f64>,
    logarithmic: bool,
    print: fn(f64) -> String,
}

/// What is turned, and when.
struct Now {
    plan: Plan,
    list: Vec<Value>,
    from_s: f64,
}

impl Now {
    fn new(view: &View<'_>, frame: &Frame) -> Self {
        let scenario = view.document.history().present().scenarios.get(view.scenario);
        let plan = scenario.map_or_else(Scenario::default, |scenario| (**scenario).clone()).plan(view.scenario).0;
        let list = scenario.and_then(|scenario| scenario.fields.get("faults")).and_then(Value::as_array).cloned().unwrap_or_default();
        Self { plan, list, from_s: from(frame.at_s()) }
    }

    fn end_s(&self) -> f64 {
        match self.plan.until {
            Until::Duration => self.plan.duration,
            Until::Drained => self.plan.duration + self.plan.drain_limit,
        }
    }

    /// The change of the scenario that gives a knob a value from now on.
    fn turned(&self, view: &View<'_>, knob: &Knob, value: f64) -> Action {
        let mut list = self.list.clone();
        knob.set(&mut list, value, self.from_s, self.end_s());
        let faults = (!list.is_empty()).then_some(Value::Array(list));
        let set = scenario::edit(view.document.history().present(), view.scenario, "faults", faults);
        let edit = Edit::All(words::what_if_step(&knob.on, kind_word(knob.kind)), vec![set]);
        // As long as time stands still it is one step.
        Action::Type(
            edit,
            format!("what-if {} {} {} {}", knob.on, knob.kind.as_str(), knob.limit.as_deref().unwrap_or_default(), self.from_s),
        )
    }
}

/// Shows the panel in the corner of the canvas when a node or connection is selected.
pub fn ui(ctx: &egui::Context, canvas: Rect, view: &View<'_>, live: &LiveRun, actions: &mut Vec<Action>) {
    let Some(frame) = live.frame() else { return };
    let (on, title) = match (view.single_node(), view.single_edge()) {
        (Some(node), _) => (node.as_str(), view.diagram.title(node).to_owned()),
        (None, Some(edge)) => (edge.as_str(), view.diagram.edge_title(edge)),
        (None, None) => return,
    };
    let kinds = validate::possible_faults(view.diagram, view.catalog, on);
    let theme = view.theme;
    let at = canvas.right_top() + vec2(-WIDTH - MARGIN - 16.0, MARGIN);
    Area::new(Id::unique("what-if")).order(Layer::Middle).fixed_pos(at).constrain_to(canvas).show(ctx, |ui| {
        let sheet = Sheet::new().fill(theme.surface).stroke(Stroke::new(1.0, theme.stroke)).corner_radius(8.0);
        sheet.inner_margin(Margin::same(10)).show(ui, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 6.0;
            ui.add(egui::Label::new(RichText::new(words::what_if(&title)).font(Theme::strong())).truncate());
            if kinds.is_empty() {
                ui.add(egui::Label::new(RichText::new(words::NOTHING_TO_TURN).small().color(theme.text_weak)).wrap());
                return;
            }
            let now = Now::new(view, frame);
            if now.from_s >= now.end_s() {
                ui.add(egui::Label::new(RichText::new(words::TOO_LATE).small().color(theme.text_weak)).wrap());
                return;
            }
            for turn in turns(view, on, &kinds) {
                turn_ui(ui, view, &now, &turn, actions);
            }
            buttons_ui(ui, view, &now, on, &kinds, actions);
            ui.horizontal(|ui| {
                if ui.button(words::STEPS).on_hover_text(words::STEPS_HELP).clicked() {
                    actions.push(Action::Command(Command::ShowScenario));
                }
                if ui.button(words::SAVE_AS_SCENARIO).on_hover_text(words::SAVE_AS_SCENARIO_HELP).clicked() {
                    actions.push(Action::SaveLiveScenario);
                }
            });
            ui.add(egui::Label::new(RichText::new(words::WHAT_IF_HELP).small().color(theme.text_weak)).wrap());
        });
    });
}

fn turns(view: &View<'_>, on: &str, kinds: &[FaultKind]) -> Vec<Turn> {
    let mut kinds = kinds.to_vec();
    kinds.sort_by_key(|kind| ORDER.iter().position(|known| known == kind));
    let knob = |kind: FaultKind, limit: Option<String>| Knob { on: on.to_owned(), kind, limit };
    let mut turns = Vec::new();
    for kind in &kinds {
        let turn =
            |range, logarithmic, print| Turn { knob: knob(*kind, None), name: kind_word(*kind).to_owned(), range, logarithmic, print };
        match kind {
            FaultKind::Surge => turns.push(turn(0.1..=20.0, true, words::times)),
            FaultKind::Slow => turns.push(turn(0.1..=50.0, true, words::times)),
            FaultKind::Latency => turns.push(turn(0.0..=5.0, false, format::seconds)),
            FaultKind::Errors | FaultKind::Capacity | FaultKind::Duplicates => turns.push(turn(0.0..=1.0, false, format::percent)),
            FaultKind::Batch => turns.push(turn(0.0..=1_000.0, true, words::batch)),
            FaultKind::Throttle => {
                for limit in validate::tightenable(view.diagram, view.catalog, on).into_iter().take(LIMITS_MAX) {
                    let name = words::limit(&limit);
                    turns.push(Turn { knob: knob(*kind, Some(limit)), name, range: 0.1..=10.0, logarithmic: true, print: words::times });
                }
            }
            // These are buttons.
            FaultKind::Outage | FaultKind::Poison | FaultKind::Deploy => {}
        }
    }
    turns
}

fn turn_ui(ui: &mut Ui, view: &View<'_>, now: &Now, turn: &Turn, actions: &mut Vec<Action>) {
    let Turn { knob, name, range, logarithmic, print } = turn;
    let settled = knob.value(&now.list, now.from_s);
    let id = Id::unique(("what-if", &knob.on, knob.kind.as_str(), &knob.limit));
    let print = *print;
    ui.horizontal(|ui| {
        let left = ui.cursor().left();
        let size = vec2(NAMES_WIDTH, ui.spacing().interact_size.y);
        let label = egui::Label::new(RichText::new(name).color(view.theme.text_weak)).truncate();
        ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_min_width(NAMES_WIDTH);
            ui.add(label);
        });
        ui.spacing_mut().slider_width = SLIDER_WIDTH;
        // A drag counts when it ends: a run shall not be changed sixty times a second.
        let mut value = ui.data(|data| data.get_temp::<f64>(id)).unwrap_or(settled);
        let slider = Slider::new(&mut value, range.clone())
            .logarithmic(*logarithmic)
            .smallest_positive(SMALLEST)
            .clamping(SliderClamping::Never)
            .custom_formatter(move |value, _| print(value))
            .custom_parser(|text| plimsoll_models::units::parse_number(text.trim().trim_end_matches(['×', 'x'])).ok());
        let response = ui.name_inputs(name, |ui| ui.add(slider)).on_hover_text(knob.kind.record().help.replace('`', ""));
        if response.dragged() {
            ui.data_mut(|data| data.insert_temp(id, value));
        } else {
            ui.data_mut(|data| data.remove::<f64>(id));
            if (response.changed() || response.drag_stopped()) && (value - settled).abs() > 1e-9 {
                actions.push(now.turned(view, knob, rounded(value)));
            }
        }
        let differs = (settled - knob.neutral()).abs() > 1e-9;
        // The panel keeps its width.
        ui.add_space((RESET_AT - (ui.cursor().left() - left)).max(0.0));
        if differs && crate::icons::icon_button(ui, "refresh", &words::back_to_normal(name)).clicked() {
            actions.push(now.turned(view, knob, knob.neutral()));
        }
    });
}

/// Three digits that count.
fn rounded(value: f64) -> f64 {
    if value == 0.0 {
        return value;
    }
    let scale = 10_f64.powi(2 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}

fn buttons_ui(ui: &mut Ui, view: &View<'_>, now: &Now, on: &str, kinds: &[FaultKind], actions: &mut Vec<Action>) {
    let is_edge = view.single_edge().is_some();
    let mut all = vec![(FaultKind::Outage, 1.0), (FaultKind::Slow, 4.0), (FaultKind::Poison, 0.01), (FaultKind::Deploy, 1.0)];
    all.retain(|(kind, _)| kinds.contains(kind));
    if all.is_empty() {
        return;
    }
    ui.horizontal(|ui| {
        for (kind, value) in all {
            let knob = Knob { on: on.to_owned(), kind, limit: None };
            let is_on = kind != FaultKind::Deploy && (knob.value(&now.list, now.from_s) - knob.neutral()).abs() > 1e-9;
            let (text, help) = words::strike(kind, is_edge, is_on);
            if ui.add(Button::new(text).selected(is_on)).on_hover_text(help).clicked() {
                actions.push(now.turned(view, &knob, if is_on { knob.neutral() } else { value }));
            }
        }
    });
}

fn kind_word(kind: FaultKind) -> &'static str {
    words::knob(kind)
}
