//! The scenarios of a document: choosing, adding, naming, removing.

use egui::{Align, ComboBox, Key, Layout, TextEdit, Ui};
use plimsoll_models::{Diagram, Edit, Scenario, ScenarioId, ids};
use serde_json::Value;

use crate::{
    gui::{
        action::Action,
        inspector::scenario,
        view::View,
        words::{panels as words, scenarios as texts},
    },
    icons,
};

/// The id of the scenario that runs when none is named.
const DEFAULT: &str = "default";

/// Width of the list of scenarios.
const LIST_WIDTH: f32 = 220.0;

/// The name of a scenario, or its id when it has none.
pub fn title(diagram: &Diagram, id: &ScenarioId) -> String {
    let name = diagram.scenarios.get(id).and_then(|scenario| scenario.fields.get("name")).and_then(Value::as_str);
    name.filter(|name| !name.is_empty()).map_or_else(|| id.to_string(), ToOwned::to_owned)
}

/// The list of scenarios and what can be done with them, as one line.
pub(super) fn bar_ui(ui: &mut Ui, view: &View<'_>, naming: &mut Option<String>, actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        if naming.is_some() {
            name_ui(ui, view, naming, actions);
        } else {
            list_ui(ui, view, LIST_WIDTH, actions);
        }
        ui.add_space(4.0);
        if icons::icon_button(ui, "pencil", words::RENAME_SCENARIO).clicked() {
            *naming = Some(title(view.diagram, view.scenario));
        }
        buttons_ui(ui, view, actions);
        let is_default = view.diagram.default_scenario() == Some(view.scenario);
        ui.add_enabled_ui(!is_default, |ui| {
            if icons::icon_button(ui, "pin", words::MAKE_DEFAULT).clicked() {
                actions.push(Action::Edit(made_default(view.diagram, view.scenario)));
                actions.push(Action::UseScenario(DEFAULT.into()));
            }
        });
    });
}

/// The list of scenarios with its buttons at the right, as wide as there is room.
pub fn picker_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let size = egui::vec2(ui.available_width(), ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        buttons_ui(ui, view, actions);
        let width = ui.available_width() - 2.0;
        list_ui(ui, view, width, actions);
    });
}

fn list_ui(ui: &mut Ui, view: &View<'_>, width: f32, actions: &mut Vec<Action>) {
    let default = view.diagram.default_scenario();
    let selected = title(view.diagram, view.scenario);
    let response = ComboBox::from_id_salt("scenario").selected_text(selected).width(width).truncate().show_ui(ui, |ui| {
        for id in view.diagram.scenarios.keys() {
            let name = title(view.diagram, id);
            let name = if default == Some(id) { words::default_scenario(&name) } else { name };
            if ui.selectable_label(id == view.scenario, name).clicked() {
                actions.push(Action::UseScenario(id.clone()));
            }
        }
    });
    let _ = response.response.accessible_name(texts::SCENARIO_TO_EDIT);
}

fn buttons_ui(ui: &mut Ui, view: &View<'_>, actions: &mut Vec<Action>) {
    let remove = |ui: &mut Ui, actions: &mut Vec<Action>| {
        ui.add_enabled_ui(view.diagram.scenarios.len() > 1, |ui| {
            if icons::icon_button(ui, "trash", words::REMOVE_SCENARIO).clicked() {
                actions.push(Action::Edit(Edit::SetScenario(view.scenario.clone(), None)));
            }
        });
    };
    let right_to_left = ui.layout().prefer_right_to_left();
    if right_to_left {
        remove(ui, actions);
    }
    if icons::icon_button(ui, "duplicate", words::COPY_SCENARIO).clicked() {
        let present = view.diagram.scenarios.get(view.scenario);
        let name = words::copy_of(&title(view.diagram, view.scenario));
        let copy = present.map_or_else(Scenario::default, |scenario| (**scenario).clone()).with("name", name);
        add(view, view.scenario.as_str(), copy, actions);
    }
    if icons::icon_button(ui, "plus", words::NEW_SCENARIO).clicked() {
        let name = words::new_scenario(view.diagram.scenarios.len() + 1);
        add(view, "scenario", Scenario::default().with("name", name), actions);
    }
    if !right_to_left {
        remove(ui, actions);
    }
}

fn add(view: &View<'_>, stem: &str, scenario: Scenario, actions: &mut Vec<Action>) {
    let id = ids::fresh(stem, |id| id == view.scenario.as_str() || view.diagram.scenarios.contains_key(id));
    actions.push(Action::Edit(Edit::SetScenario(id.as_str().into(), Some(scenario))));
    actions.push(Action::UseScenario(id.as_str().into()));
}

/// A field for the name; Enter or leaving it takes the name, Escape does not.
fn name_ui(ui: &mut Ui, view: &View<'_>, naming: &mut Option<String>, actions: &mut Vec<Action>) {
    let Some(name) = naming else { return };
    let response = ui.add(TextEdit::singleline(name).id_salt("scenario name").desired_width(LIST_WIDTH - 2.0));
    let response = response.accessible_name(words::SCENARIO_NAME);
    if response.lost_focus() {
        let escaped = ui.input(|input| input.key_pressed(Key::Escape));
        let name = name.trim().to_owned();
        *naming = None;
        if !escaped && name != title(view.diagram, view.scenario) {
            let value = (!name.is_empty()).then_some(Value::String(name));
            actions.push(Action::Edit(scenario::edit(view.diagram, view.scenario, "name", value)));
        }
    } else if !response.has_focus() {
        response.request_focus();
    }
}

/// The default is the scenario with a certain id: the two change places.
fn made_default(diagram: &Diagram, id: &ScenarioId) -> Edit {
    let named = |id: &ScenarioId| {
        let scenario = diagram.scenarios.get(id).map(|scenario| (**scenario).clone()).unwrap_or_default();
        scenario.with("name", title(diagram, id))
    };
    let default = ScenarioId::new(DEFAULT);
    let before = diagram.scenarios.contains_key(&default).then(|| named(&default));
    let label = texts::MAKE_DEFAULT_SCENARIO.to_owned();
    Edit::All(label, vec![Edit::SetScenario(default, Some(named(id))), Edit::SetScenario(id.clone(), before)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_models::edit;

    #[test]
    fn the_default_changes_places_with_another_scenario() {
        let mut diagram = Diagram::default();
        for (id, name) in [("default", ""), ("peak", "Peak day")] {
            let scenario = if name.is_empty() { Scenario::default() } else { Scenario::default().with("name", name) };
            diagram = edit::apply(&diagram, &Edit::SetScenario(id.into(), Some(scenario))).unwrap();
        }
        let changed = edit::apply(&diagram, &made_default(&diagram, &"peak".into())).unwrap();
        let titles = |diagram: &Diagram| ["default", "peak"].map(|id| title(diagram, &id.into()));
        assert_eq!(titles(&changed), ["Peak day", "default"]);
        assert_eq!(changed.default_scenario().map(ToString::to_string).as_deref(), Some("default"));
    }
}
