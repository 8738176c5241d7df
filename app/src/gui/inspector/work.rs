//! The steps of a function: compute, calls, and calls in parallel, in order.

use egui::{ComboBox, Frame, RichText, Ui};
use plimsoll_models::{Diagram, NodeId, catalog::Field, edit::Target, units, work};
use serde_json::{Map, Value, json};

use super::{
    Memory,
    field::{self, Change, Editor, Row},
    record::{self, Owner},
};
use crate::{
    gui::{action::Action, tone::Tone, view::View, words::inspector as words},
    icons,
};

/// What the user did to a list of steps.
#[derive(Clone, Copy)]
enum Touch {
    Remove(usize),
    Up(usize),
    Down(usize),
}

/// Shows the steps and lets them be changed.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, owner: &Owner<'_>, field: &Field, actions: &mut Vec<Action>) {
    let Target::Node(node) = &owner.target else { return };
    let stored = owner.fields.get(&field.key);
    let mut steps: Vec<Value> = stored.and_then(Value::as_array).cloned().unwrap_or_default();
    let before = steps.clone();
    ui.label(RichText::new(words::WORK).strong()).on_hover_text(&field.help);
    if stored.is_none() {
        ui.label(RichText::new(words::NO_STEPS).small().color(Tone::Muted.color(view.theme)));
    }
    steps_ui(ui, view, memory, node, &mut steps);
    add_ui(ui, view, node, &mut steps);
    if let Err(why) = work::parse(&Value::Array(steps.clone())) {
        ui.label(RichText::new(why).small().color(Tone::Bad.color(view.theme)));
    }
    if steps != before {
        let change = if steps.is_empty() { Change::Reset } else { Change::Set(Value::Array(steps)) };
        actions.push(record::set(&owner.target, &field.key, change));
    }
}

fn steps_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, node: &NodeId, steps: &mut Vec<Value>) {
    let mut touch = None;
    let count = steps.len();
    for (index, step) in steps.iter_mut().enumerate() {
        ui.push_id(("step", index), |ui| {
            Frame::group(ui.style()).inner_margin(6.0).show(ui, |ui| {
                ui.set_width(ui.available_width());
                head_ui(ui, view.diagram, index, count, step, &mut touch);
                let place = format!("{}.{index}", record::address(&Target::Node(node.clone()), "work"));
                if step.get("compute").is_some() {
                    compute_ui(ui, view, memory, &place, step);
                } else if let Some(branches) = step.get_mut("parallel").and_then(Value::as_array_mut) {
                    parallel_ui(ui, view, memory, node, &place, branches);
                } else {
                    call_ui(ui, view, memory, node, &place, step);
                }
            });
        });
    }
    touched(steps, touch.as_ref());
}

fn touched(steps: &mut Vec<Value>, touch: Option<&Touch>) {
    match touch.copied() {
        Some(Touch::Remove(index)) => {
            steps.remove(index);
        }
        Some(Touch::Up(index)) => steps.swap(index, index - 1),
        Some(Touch::Down(index)) => steps.swap(index, index + 1),
        None => {}
    }
}

fn head_ui(ui: &mut Ui, diagram: &Diagram, index: usize, count: usize, step: &Value, touch: &mut Option<Touch>) {
    ui.horizontal(|ui| {
        let number = index + 1;
        ui.label(RichText::new(format!("{number}  {}", title(diagram, step))).strong());
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            if icons::icon_button(ui, "trash", &words::remove_step(number)).clicked() {
                *touch = Some(Touch::Remove(index));
            }
            ui.add_enabled_ui(number < count, |ui| {
                if icons::icon_button(ui, "chevron-down", &words::move_step_down(number)).clicked() {
                    *touch = Some(Touch::Down(index));
                }
            });
            ui.add_enabled_ui(index > 0, |ui| {
                if icons::icon_button(ui, "chevron-up", &words::move_step_up(number)).clicked() {
                    *touch = Some(Touch::Up(index));
                }
            });
        });
    });
}

fn title(diagram: &Diagram, step: &Value) -> String {
    if step.get("compute").is_some() {
        return words::COMPUTE.to_owned();
    }
    if step.get("parallel").is_some() {
        return words::IN_PARALLEL.to_owned();
    }
    let edge = step.get("call").and_then(Value::as_str).unwrap_or_default();
    words::call(diagram.edges.get(edge).map_or(edge, |edge| diagram.title(&edge.to)))
}

fn compute_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, place: &str, step: &mut Value) {
    let Some(map) = step.as_object_mut() else { return };
    let read = |text: &str| text.parse::<plimsoll_models::Distribution>().map(|_| Value::String(text.trim().to_owned()));
    let row = text_row(place, "compute", words::COMPUTE_TIME, map, "", &read);
    if let Some(Change::Set(value)) = field::row(ui, view.theme, &mut memory.typing, &row) {
        map.insert("compute".to_owned(), value);
    }
    per_ui(ui, view, memory, place, map);
}

fn call_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, node: &NodeId, place: &str, step: &mut Value) {
    let Some(map) = step.as_object_mut() else { return };
    edge_ui(ui, view.diagram, node, place, map);
    let times = |text: &str| {
        units::parse_count(text)
            .and_then(|n| if (1.0..=10_000.0).contains(&n) { Ok(Value::from(n as u64)) } else { Err(words::TIMES_OUT_OF_RANGE.to_owned()) })
    };
    let share = |text: &str| units::parse_fraction(text).map(|_| Value::String(text.trim().to_owned()));
    let name = |text: &str| Ok(Value::String(text.trim().to_owned()));
    change_ui(ui, view, memory, place, map, ("times", words::TIMES, "1"), &times);
    change_ui(ui, view, memory, place, map, ("probability", words::PROBABILITY, "100 %"), &share);
    choice_ui(ui, view, memory, place, map, ("on_error", words::ON_ERROR), &["fail", "ignore"]);
    per_ui(ui, view, memory, place, map);
    change_ui(ui, view, memory, place, map, ("emit", words::EMITS, words::SAME_AS_CAUSE), &name);
}

fn edge_ui(ui: &mut Ui, diagram: &Diagram, node: &NodeId, place: &str, map: &mut Map<String, Value>) {
    let present = map.get("call").and_then(Value::as_str).unwrap_or_default().to_owned();
    let shown = diagram.edges.get(present.as_str()).map_or(present.as_str(), |edge| diagram.title(&edge.to)).to_owned();
    let response = ComboBox::from_id_salt((place, "edge")).selected_text(shown).width(ui.available_width() - 8.0).show_ui(ui, |ui| {
        for (id, edge) in diagram.outgoing(node) {
            let label = format!("{}  ({})", diagram.title(&edge.to), edge.kind.as_str());
            if ui.selectable_label(id.as_str() == present, label).clicked() {
                map.insert("call".to_owned(), json!(id.as_str()));
            }
        }
    });
    let _ = response.response.accessible_name(words::CALLED_ALONG);
}

fn parallel_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, node: &NodeId, place: &str, branches: &mut Vec<Value>) {
    let mut remove = None;
    for (index, branch) in branches.iter_mut().enumerate() {
        ui.push_id(("branch", index), |ui| {
            ui.horizontal(|ui| {
                ui.label(RichText::new(title(view.diagram, branch)).color(Tone::Muted.color(view.theme)));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if icons::icon_button(ui, "trash", &words::remove_parallel_call(index)).clicked() {
                        remove = Some(index);
                    }
                });
            });
            call_ui(ui, view, memory, node, &format!("{place}.{index}"), branch);
        });
    }
    if let Some(index) = remove {
        branches.remove(index);
    }
    if let Some((id, _)) = view.diagram.outgoing(node).next()
        && ui.button(words::ADD_PARALLEL_CALL).clicked()
    {
        branches.push(json!({"call": id.as_str()}));
    }
}

fn add_ui(ui: &mut Ui, view: &View<'_>, node: &NodeId, steps: &mut Vec<Value>) {
    let first = view.diagram.outgoing(node).next().map(|(id, _)| id.as_str().to_owned());
    ui.horizontal(|ui| {
        if ui.button(words::ADD_COMPUTE).on_hover_text(words::ADD_COMPUTE_HELP).clicked() {
            steps.push(json!({"compute": "20 ms"}));
        }
        let calls = first.is_some();
        if ui.add_enabled(calls, egui::Button::new(words::ADD_CALL)).on_disabled_hover_text(words::NOTHING_TO_CALL).clicked() {
            steps.push(json!({"call": first}));
        }
        if ui.add_enabled(calls, egui::Button::new(words::ADD_PARALLEL)).on_disabled_hover_text(words::NOTHING_TO_CALL).clicked() {
            steps.push(json!({"parallel": [{"call": first}]}));
        }
    });
}

fn per_ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, place: &str, map: &mut Map<String, Value>) {
    choice_ui(ui, view, memory, place, map, ("per", words::PER), &["event", "invocation"]);
}

fn choice_ui(
    ui: &mut Ui,
    view: &View<'_>,
    memory: &mut Memory,
    place: &str,
    map: &mut Map<String, Value>,
    (key, (title, help)): (&str, (&str, &str)),
    words: &[&str],
) {
    let row = Row {
        address: format!("{place}.{key}"),
        title,
        help,
        editor: Editor::Choice(words.iter().map(|word| (*word).to_owned()).collect()),
        value: map.get(key),
        default: words.first().map(|word| (*word).to_owned()),
        why: None,
        read: &|text| Ok(Value::String(text.to_owned())),
    };
    let change = field::row(ui, view.theme, &mut memory.typing, &row);
    put(map, key, change);
}

/// Key, title with help, and default.
type Text<'a> = (&'a str, (&'a str, &'a str), &'a str);

fn change_ui(
    ui: &mut Ui,
    view: &View<'_>,
    memory: &mut Memory,
    place: &str,
    map: &mut Map<String, Value>,
    (key, named, default): Text<'_>,
    read: &dyn Fn(&str) -> Result<Value, String>,
) {
    let row = text_row(place, key, named, map, default, read);
    let change = field::row(ui, view.theme, &mut memory.typing, &row);
    put(map, key, change);
}

fn text_row<'a>(
    place: &str,
    key: &str,
    (title, help): (&'a str, &'a str),
    map: &'a Map<String, Value>,
    default: &str,
    read: &'a dyn Fn(&str) -> Result<Value, String>,
) -> Row<'a> {
    let default = (!default.is_empty()).then(|| default.to_owned());
    Row { address: format!("{place}.{key}"), title, help, editor: Editor::Text(Vec::new()), value: map.get(key), default, why: None, read }
}

fn put(map: &mut Map<String, Value>, key: &str, change: Option<Change>) {
    match change {
        Some(Change::Set(value)) => {
            map.insert(key.to_owned(), value);
        }
        Some(Change::Reset) => {
            map.remove(key);
        }
        None => {}
    }
}
