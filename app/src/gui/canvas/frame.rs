//! Frames under the pointer and under the keyboard's focus: their titles are what can be touched.

use egui::{CursorIcon, PointerButton, Response, Sense, Ui, WidgetInfo, accesskit::Role};
use plimsoll_models::GroupId;

use super::{
    Canvas, CanvasEvent, CanvasInput, ContextTarget, Selection,
    moving::keep_arrow_keys,
    paint::NORMAL_FROM,
    sentence,
    touch::{Touched, adds},
};
use crate::scene::{Link, Rect, title_rect};

impl Canvas {
    /// Registers the titles of all frames on screen.
    pub(super) fn touch_frames(&mut self, ui: &Ui, input: &CanvasInput<'_>, events: &mut Vec<CanvasEvent>, touched: &mut Touched) {
        if self.camera.zoom < NORMAL_FROM {
            return;
        }
        for (id, frame) in self.visible_frames() {
            let Some(group) = input.diagram.groups.get(&id) else { continue };
            let area = self.camera.screen_rect(title_rect(frame, group)).intersect(self.camera.view);
            let response = ui.interact(area, ui.scope_id().with(("canvas-group", id.as_str())), Sense::click_and_drag());
            let chosen = input.selection.groups.contains(&id);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, sentence::group(input, &id)));
            self.touch_title(ui, input, &id, &response, events, touched);
        }
    }

    fn touch_title(
        &mut self,
        ui: &Ui,
        input: &CanvasInput<'_>,
        id: &GroupId,
        response: &Response,
        events: &mut Vec<CanvasEvent>,
        touched: &mut Touched,
    ) {
        if response.has_focus() {
            touched.focus = Some(Link::Group(id.clone()));
            keep_arrow_keys(ui, response.id);
        }
        if response.hovered() && !self.busy() {
            touched.group = Some(id.clone());
            ui.set_cursor_icon(CursorIcon::Grab);
        }
        if !self.begin_view_gesture(ui, response) && response.drag_started_by(PointerButton::Primary) && !self.busy() {
            self.drag_frame(ui, input, id, events);
        }
        let next = || if adds(ui) { input.selection.toggle_group(id) } else { Selection::group(id.clone()) };
        if response.double_clicked() {
            events.push(CanvasEvent::RenameGroup(id.clone()));
        } else if response.clicked() && !self.busy() {
            events.push(CanvasEvent::Select(next()));
        }
        if response.secondary_clicked() {
            if !input.selection.groups.contains(id) {
                events.push(CanvasEvent::Select(Selection::group(id.clone())));
            }
            let screen = response.interact_pointer_pos().unwrap_or_else(|| response.rect.center());
            events.push(CanvasEvent::ContextMenu { target: ContextTarget::Group(id.clone()), at: self.camera.diagram(screen), screen });
        }
    }

    /// A frame takes everything in it along, and what else is chosen when it is chosen too.
    fn drag_frame(&mut self, ui: &Ui, input: &CanvasInput<'_>, id: &GroupId, events: &mut Vec<CanvasEvent>) {
        let selection = if input.selection.groups.contains(id) { input.selection.clone() } else { Selection::group(id.clone()) };
        if selection != *input.selection {
            events.push(CanvasEvent::Select(selection.clone()));
        }
        self.begin_move(ui, input, &selection);
    }

    /// Frames on screen, the outer ones first.
    pub(super) fn visible_frames(&self) -> Vec<(GroupId, Rect)> {
        let seen = self.camera.seen();
        let parts = self.drawn.iter().flat_map(|drawn| &drawn.scene.parts);
        let frames = parts.map_while(|part| if let Link::Group(id) = &part.link { Some((id.clone(), part.bounds)) } else { None });
        frames.filter(|(_, rect)| rect.intersects(seen)).collect()
    }
}
