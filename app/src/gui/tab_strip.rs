//! The open documents, side by side below the toolbar.

use egui::{Color32, Id, Pos2, Rect, Response, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, vec2};

use super::{
    action::Action, app::App, command::Command, keymap::Keymap, state::Screen, theme::Theme, words::documents as words,
    workspace::Workspace,
};
use crate::{icons, run::RunState};

/// Height of the strip, in points.
pub const HEIGHT: f32 = 32.0;

/// Widest tab, in points; many tabs share the room.
const WIDTH_MAX: f32 = 220.0;

/// Narrowest tab; more of them scroll.
const WIDTH_MIN: f32 = 116.0;

/// What a tab shows.
#[derive(Clone, Debug)]
pub struct Tab {
    title: String,
    /// The whole path, or where the document comes from.
    hover: String,
    edited: bool,
    /// How far its run is, from 0 to 1.
    running: Option<f32>,
    front: bool,
}

/// The tabs to show: none as long as the toolbar's title says it all.
pub(super) fn tabs(app: &App) -> Vec<Tab> {
    let gallery = app.state.screen == Screen::Gallery;
    if app.left.is_empty() && app.right.is_empty() && (!gallery || app.front.is_untouched()) {
        return Vec::new();
    }
    let titles: Vec<String> = app.workspaces().map(short_title).collect();
    let front = app.left.len();
    let tab = |(index, workspace): (usize, &Workspace)| {
        let twice = titles.iter().filter(|title| **title == titles[index]).count() > 1;
        let path = workspace.document.path.as_deref();
        let folder = path.and_then(|path| path.parent()?.file_name()).filter(|_| twice);
        Tab {
            title: folder.map_or_else(|| titles[index].clone(), |folder| format!("{} · {}", titles[index], folder.display())),
            hover: path.map_or_else(|| words::NO_FILE.to_owned(), |path| path.display().to_string()),
            edited: workspace.document.is_dirty(),
            running: match &workspace.runs.state {
                RunState::Running(running) => Some(running.progress.fraction() as f32),
                RunState::Idle | RunState::Done | RunState::Failed { .. } => None,
            },
            front: index == front && !gallery,
        }
    };
    app.workspaces().enumerate().map(tab).collect()
}

fn short_title(workspace: &Workspace) -> String {
    workspace.document.title().trim_end_matches(".plimsoll.json").to_owned()
}

/// Shows the strip.
pub fn ui(ui: &mut Ui, theme: &Theme, keys: &Keymap, tabs: &[Tab], actions: &mut Vec<Action>) {
    ui.painter().rect_filled(ui.max_rect(), 0.0, theme.surface_sunken);
    ui.spacing_mut().item_spacing.x = 1.0;
    let width = ((ui.available_width() - HEIGHT) / tabs.len() as f32).clamp(WIDTH_MIN, WIDTH_MAX);
    ScrollArea::horizontal().id_salt("tabs").show(ui, |ui| {
        ui.horizontal(|ui| {
            let mut rects = Vec::with_capacity(tabs.len());
            let mut dragged = None;
            for (index, tab) in tabs.iter().enumerate() {
                let (rect, response) = tab_ui(ui, theme, tab, (index, tabs.len()), width, actions);
                if response.dragged() {
                    dragged = response.interact_pointer_pos().map(|at| (index, at));
                }
                rects.push(rect);
            }
            if let Some((from, at)) = dragged
                && let Some(to) = place(&rects, at)
                && to != from
            {
                actions.push(Action::MoveTab(from, to));
                // The tab is another widget now; the drag goes on with it.
                ui.ctx().set_dragged_id(id(to));
            }
            ui.add_space(4.0);
            if icons::icon_button(ui, "plus", &keys.tooltip(Command::New)).clicked() {
                actions.push(Action::Command(Command::New));
            }
        });
    });
}

/// The tab whose place a dragged one takes.
fn place(rects: &[Rect], at: Pos2) -> Option<usize> {
    rects.iter().position(|rect| rect.x_range().contains(at.x))
}

fn id(index: usize) -> Id {
    Id::unique(("tab", index))
}

fn tab_ui(
    ui: &mut Ui,
    theme: &Theme,
    tab: &Tab,
    (index, count): (usize, usize),
    width: f32,
    actions: &mut Vec<Action>,
) -> (Rect, Response) {
    let (_, rect) = ui.allocate_space(vec2(width, HEIGHT));
    let response = ui.interact(rect, id(index), Sense::click_and_drag());
    response.widget_info(|| {
        let text = words::tab(&tab.title, tab.edited, tab.running.is_some(), index, count);
        WidgetInfo::selected(Role::Tab, true, tab.front, text)
    });
    paint(ui, theme, tab, rect, &response);
    let side = 20.0;
    let close = Rect::from_center_size(Pos2::new(rect.right() - side * 0.5 - 6.0, rect.center().y), vec2(side, side));
    let mut button = ui.new_child(egui::UiBuilder::new().max_rect(close).id_salt(index));
    button.spacing_mut().interact_size.y = side;
    let lit = tab.front || response.hovered() || response.contains_pointer();
    if !lit {
        button.set_opacity(0.35);
    }
    let closes = icons::icon_button(&mut button, "close", &words::close_tab(&tab.title)).clicked();
    if closes || response.middle_clicked() {
        actions.push(Action::CloseTab(index));
    } else if response.clicked() {
        actions.push(Action::BringTab(index));
    }
    (rect, response.on_hover_text(&tab.hover))
}

fn paint(ui: &Ui, theme: &Theme, tab: &Tab, rect: Rect, response: &Response) {
    let fill = match (tab.front, response.hovered()) {
        (true, _) => theme.canvas,
        (false, true) => theme.surface_hovered,
        (false, false) => theme.surface,
    };
    let painter = ui.painter();
    painter.rect_filled(rect, 0.0, fill);
    let line = |y: f32, width: f32, color: Color32| {
        let from = Pos2::new(rect.left(), y);
        painter.rect_filled(Rect::from_min_size(from, vec2(width, 2.0)), 0.0, color);
    };
    if tab.front {
        line(rect.top(), rect.width(), theme.accent);
    }
    if let Some(fraction) = tab.running {
        line(rect.bottom() - 2.0, rect.width() * fraction.clamp(0.02, 1.0), theme.calm);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 2.0, egui::Stroke::new(1.0, theme.accent), egui::StrokeKind::Inside);
    }
    let mut left = rect.left() + 12.0;
    if tab.edited {
        painter.circle_filled(Pos2::new(left + 2.0, rect.center().y), 3.0, theme.amber);
        left += 12.0;
    }
    let color = if tab.front { theme.text } else { theme.text_weak };
    let room = (rect.right() - 30.0 - left).max(0.0);
    let mut job = egui::text::LayoutJob::simple_singleline(tab.title.clone(), egui::FontId::proportional(Theme::SIZE_BODY), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room);
    let galley = painter.layout_job(job);
    painter.galley(Pos2::new(left, rect.center().y - galley.size().y / 2.0), galley, color);
}
