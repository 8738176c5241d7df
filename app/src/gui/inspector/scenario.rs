//! A scenario: how long, how much, how often, and what must hold.

use egui::{RichText, TextEdit, Ui};
use plimsoll_models::{
    Arrivals, Diagram, Edit, Scenario, ScenarioId,
    edit::Target,
    objective::Objective,
    scenario::{FIELDS, ScenarioField},
    workload,
};
use serde_json::{Map, Value};

use super::{
    Memory,
    field::{self, Change, Editor, Row},
    record, section,
};
use crate::{
    gui::{
        action::Action,
        scenarios::manage,
        state::Tab,
        tone::{Tone, glyph},
        view::View,
        words::{inspector as words, panels},
    },
    icons,
};

/// Shows the scenario in use.
pub fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    let empty = Scenario::default();
    let id = view.scenario;
    let scenario = view.diagram.scenarios.get(id).map_or(&empty, |scenario| &**scenario);
    manage::picker_ui(ui, view, actions);
    section(ui, words::RUN, |ui| {
        for field in FIELDS.iter().filter(|field| !matches!(field.key, "load" | "set" | "objectives" | "faults")) {
            plain_ui(ui, view, memory, scenario, field, actions);
        }
    });
    section(ui, words::OBJECTIVES, |ui| objectives_ui(ui, view, memory, scenario, actions));
    section(ui, words::LOAD, |ui| load_ui(ui, view, memory, scenario, actions));
    section(ui, panels::FAULTS, |ui| faults_ui(ui, view, scenario, actions));
    if let Some(Value::Object(changes)) = scenario.fields.get("set") {
        section(ui, words::CHANGES, |ui| changes_ui(ui, view, changes, actions));
    }
}

/// The edit that sets a field of a scenario, which is made where it does not exist yet.
pub fn edit(diagram: &Diagram, id: &ScenarioId, key: &str, value: Option<Value>) -> Edit {
    let set = Edit::SetField { target: Target::Scenario(id.clone()), key: key.to_owned(), value };
    if diagram.scenarios.contains_key(id) {
        return set;
    }
    Edit::All(set.label(), vec![Edit::SetScenario(id.clone(), Some(Scenario::default())), set])
}

fn push(view: &View<'_>, key: &str, value: Option<Value>, actions: &mut Vec<Action>) {
    let address = record::address(&Target::Scenario(view.scenario.clone()), key);
    actions.push(Action::Type(edit(view.diagram, view.scenario, key, value), address));
}

fn plain_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, scenario: &Scenario, field: &ScenarioField, actions: &mut Vec<Action>) {
    let editor = match field.key {
        "until" => Editor::Choice(vec!["duration".to_owned(), "drained".to_owned()]),
        _ => Editor::Text(Vec::new()),
    };
    let read = |text: &str| match field.quantity {
        Some(_) => {
            let value = field::json_of(text);
            let trial = scenario.clone().with(field.key, value.clone());
            let problem = trial.plan(view.scenario).1.into_iter().find(|diagnostic| is_about(diagnostic, field.key));
            problem.map_or(Ok(value), |diagnostic| Err(diagnostic.message))
        }
        None => Ok(Value::String(text.to_owned())),
    };
    let row = Row {
        address: record::address(&Target::Scenario(view.scenario.clone()), field.key),
        title: field.title,
        help: field.help,
        editor,
        value: scenario.fields.get(field.key),
        default: (!field.default.is_empty()).then(|| field.default.to_owned()),
        why: None,
        read: &read,
    };
    match field::row(ui, view.theme, &mut memory.typing, &row) {
        Some(Change::Set(value)) => push(view, field.key, Some(value), actions),
        Some(Change::Reset) => push(view, field.key, None, actions),
        None => {}
    }
}

fn is_about(diagnostic: &plimsoll_models::Diagnostic, key: &str) -> bool {
    matches!(&diagnostic.place, plimsoll_models::Place::Scenario(_, Some(place)) if place == key)
}

fn objectives_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, scenario: &Scenario, actions: &mut Vec<Action>) {
    let list: Vec<Value> = scenario.fields.get("objectives").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut changed = None;
    for (index, item) in list.iter().enumerate() {
        let row = Row {
            address: format!("objective {} {index}", view.scenario),
            title: &words::objective(index),
            help: words::OBJECTIVE_HELP,
            editor: Editor::Text(words::OBJECTIVE_EXAMPLES.map(str::to_owned).to_vec()),
            value: Some(item),
            default: None,
            why: None,
            read: &|text| text.parse::<Objective>().map(|_| Value::String(text.trim().to_owned())),
        };
        if let Some(change) = objective_row(ui, view, memory, &row) {
            let mut list = list.clone();
            match change {
                Change::Set(value) => list[index] = value,
                Change::Reset => {
                    list.remove(index);
                }
            }
            changed = Some(list);
        }
    }
    if list.is_empty() {
        ui.label(RichText::new(words::NO_OBJECTIVES).small().color(view.theme.text_weak));
    }
    if let Some(value) = new_objective_ui(ui, memory, view) {
        changed = Some(list.into_iter().chain([value]).collect());
    }
    if let Some(list) = changed {
        push(view, "objectives", (!list.is_empty()).then_some(Value::Array(list)), actions);
    }
}

/// A wide row: the objective is a sentence of its own.
fn objective_row(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, row: &Row<'_>) -> Option<Change> {
    field::wide_row(ui, view.theme, &mut memory.typing, row)
}

fn new_objective_ui(ui: &mut Ui, memory: &mut Memory, view: &View<'_>) -> Option<Value> {
    let mut added = None;
    let valid = memory.new_objective.parse::<Objective>().is_ok();
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let add = ui.add_enabled(valid, egui::Button::new(words::ADD)).clicked();
        let menu = icons::icon_button(ui, "chevron-down", words::OBJECTIVE_EXAMPLES_HELP);
        egui::Popup::menu(&menu).show(|ui| {
            for example in words::OBJECTIVE_EXAMPLES {
                if ui.button(example).clicked() {
                    added = Some(Value::String(example.to_owned()));
                }
            }
        });
        let width = ui.available_width() - 2.0;
        let edit = TextEdit::singleline(&mut memory.new_objective)
            .id_salt("new objective")
            .hint_text(words::OBJECTIVE_EXAMPLES[0])
            .desired_width(width);
        let response = ui.add(edit).accessible_name(words::NEW_OBJECTIVE);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if valid && (add || entered) {
            added = Some(Value::String(memory.new_objective.trim().to_owned()));
            memory.new_objective.clear();
        }
    });
    if !memory.new_objective.trim().is_empty()
        && let Err(why) = memory.new_objective.parse::<Objective>()
    {
        ui.add(egui::Label::new(RichText::new(why).small().color(Tone::Bad.color(view.theme))).wrap());
    }
    added
}

fn load_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, scenario: &Scenario, actions: &mut Vec<Action>) {
    let own: Map<String, Value> = scenario.fields.get("load").and_then(Value::as_object).cloned().unwrap_or_default();
    let producers: Vec<_> = view
        .diagram
        .nodes
        .iter()
        .filter_map(|(id, node)| Some((id, node, view.catalog.get(&node.service)?)))
        .filter(|(_, _, service)| service.field("arrivals").is_some())
        .collect();
    if producers.is_empty() {
        ui.label(RichText::new(words::NO_PRODUCER).small().color(view.theme.text_weak));
    }
    for (id, node, service) in producers {
        let set = node.fields.get("arrivals").map(plimsoll_models::families::field_value);
        let default = set.or_else(|| {
            service.field("arrivals").and_then(|field| plimsoll_models::families::field_default(service, field, &view.diagram.account))
        });
        let row = Row {
            address: format!("load {} {id}", view.scenario),
            title: view.diagram.title(id),
            help: words::LOAD_HELP,
            editor: Editor::Text(workload::SHAPES.iter().map(|(_, example)| (*example).to_owned()).collect()),
            value: own.get(id.as_str()),
            default,
            why: None,
            read: &|text| text.parse::<Arrivals>().map(|_| Value::String(text.trim().to_owned())),
        };
        if let Some(change) = field::row(ui, view.theme, &mut memory.typing, &row) {
            let mut own = own.clone();
            match change {
                Change::Set(value) => own.insert(id.to_string(), value),
                Change::Reset => own.remove(id.as_str()),
            };
            push(view, "load", (!own.is_empty()).then_some(Value::Object(own)), actions);
        }
    }
}

fn faults_ui(ui: &mut Ui, view: &View<'_>, scenario: &Scenario, actions: &mut Vec<Action>) {
    let (plan, _) = scenario.plan(view.scenario);
    if plan.faults.is_empty() {
        ui.add(egui::Label::new(RichText::new(panels::NO_FAULTS).small().color(view.theme.text_weak)).wrap());
    }
    for fault in &plan.faults {
        ui.horizontal(|ui| {
            glyph(ui, view.theme, Tone::Warn, "warning");
            ui.add(egui::Label::new(RichText::new(fault.sentence(view.diagram)).small()).truncate());
        });
    }
    if ui.button(panels::ON_THE_TIMELINE).clicked() {
        actions.push(Action::Show(Tab::Scenario));
    }
}

fn changes_ui(ui: &mut Ui, view: &View<'_>, changes: &Map<String, Value>, actions: &mut Vec<Action>) {
    for (path, value) in changes {
        ui.horizontal(|ui| {
            glyph(ui, view.theme, Tone::Muted, "sliders");
            ui.label(path);
            ui.label(RichText::new(plimsoll_models::families::field_value(value)).monospace());
            if icons::icon_button(ui, "trash", &words::remove_change(path)).clicked() {
                let mut rest = changes.clone();
                rest.remove(path);
                push(view, "set", (!rest.is_empty()).then_some(Value::Object(rest)), actions);
            }
        });
    }
}
