//! The course of one or several arrows.

use egui::{ComboBox, RichText, Ui};
use plimsoll_models::{EdgeId, LineStyle};

use crate::gui::{
    action::Action,
    command::Command,
    connect::line::{common_style, reset, set_style},
    view::View,
    words::connect as words,
};

/// Shows the style of some arrows, which may differ, and lets it be changed.
pub(super) fn ui<'a>(ui: &mut Ui, view: &View<'_>, edges: impl IntoIterator<Item = &'a EdgeId> + Clone, actions: &mut Vec<Action>) {
    let present = common_style(view.diagram, edges.clone());
    ui.horizontal(|ui| {
        ui.label(RichText::new(words::LINE).color(view.theme.text_weak));
        let text = present.map_or(words::MIXED, words::style);
        let response = ComboBox::from_id_salt("line style").selected_text(text).width(130.0).show_ui(ui, |ui| {
            for style in LineStyle::ALL {
                let row = ui.selectable_label(present == Some(style), words::style(style)).on_hover_text(words::style_help(style));
                if row.clicked() {
                    actions.extend(set_style(view.diagram, edges.clone(), style).map(Action::Edit));
                }
            }
        });
        let _ = response.response.accessible_name(words::LINE);
        if let Some(edit) = reset(view.diagram, edges)
            && ui.button(words::RESET_LINE).on_hover_text(Command::ResetLine.help()).clicked()
        {
            actions.push(Action::Edit(edit));
        }
    });
}
