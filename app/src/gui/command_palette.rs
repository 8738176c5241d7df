//! The popup that searches commands, and the places one can go to.

use egui::{Align2, Area, FontId, Frame, Id, Key, Order, Rect, RichText, ScrollArea, Sense, TextEdit, Ui, pos2, text::LayoutJob, vec2};
use plimsoll_models::{BookmarkId, NodeId, Place};

use super::{action::Action, command::Command, theme::Theme, view::View, words::find};
use crate::{
    fuzzy::{self, Fit},
    icons,
    settings::Settings,
};

/// Most rows that are shown.
const ROWS_MAX: usize = 200;
/// Width of the popup, in points.
const WIDTH: f32 = 540.0;
/// How much better a recent command fits.
const RECENT_BONUS: i32 = 12;

/// What the popup searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Commands.
    Commands,
    /// Nodes, bookmarks and files; commands after a `>`.
    Places,
}

/// The open popup.
#[derive(Clone, Debug)]
pub struct CommandPalette {
    scope: Scope,
    query: String,
    chosen: usize,
    fresh: bool,
}

/// Something that can be picked.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pick {
    Command(Command),
    Node(NodeId),
    Bookmark(BookmarkId),
    File(std::path::PathBuf),
}

/// A row of the list.
#[derive(Clone, Debug)]
struct Row {
    pick: Pick,
    icon: String,
    text: String,
    /// What kind of thing it is.
    kind: String,
    /// Its keys, or why it cannot be picked.
    note: String,
    enabled: bool,
    fit: Fit,
}

impl CommandPalette {
    /// Opens the popup.
    pub fn new(scope: Scope) -> Self {
        Self { scope, query: String::new(), chosen: 0, fresh: true }
    }

    /// Shows the popup; false when it is done.
    pub fn ui(&mut self, ctx: &egui::Context, view: &View<'_>, settings: Remembered<'_>, actions: &mut Vec<Action>) -> bool {
        let at = ctx.content_rect().center_top() + vec2(-WIDTH / 2.0, 72.0);
        let mut open = true;
        let response = Area::new(Id::unique("command palette")).order(Order::Foreground).fixed_pos(at).show(ctx, |ui| {
            Frame::popup(ui.style()).inner_margin(10.0).show(ui, |ui| {
                ui.set_width(WIDTH - 20.0);
                open = self.content_ui(ui, view, settings, actions);
            });
        });
        let pressed = ctx.input(|input| input.pointer.any_pressed());
        let outside = pressed && ctx.pointer_interact_pos().is_some_and(|at| !response.response.rect.contains(at));
        let escaped = ctx.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape));
        let fresh = std::mem::take(&mut self.fresh);
        open && !escaped && (fresh || !outside)
    }

    fn content_ui(&mut self, ui: &mut Ui, view: &View<'_>, settings: Remembered<'_>, actions: &mut Vec<Action>) -> bool {
        let (down, up, enter) = ui.input_mut(|input| {
            let none = egui::Modifiers::NONE;
            (input.consume_key(none, Key::ArrowDown), input.consume_key(none, Key::ArrowUp), input.consume_key(none, Key::Enter))
        });
        let (hint, name) = match self.scope {
            Scope::Commands => (find::COMMANDS_HINT, find::COMMANDS_FIELD),
            Scope::Places => (find::GO_TO_HINT, find::GO_TO_FIELD),
        };
        let edit = TextEdit::singleline(&mut self.query).id_salt("commands").hint_text(hint).desired_width(f32::INFINITY);
        let response = ui.add(edit).accessible_name(name);
        if self.fresh {
            response.request_focus();
        }
        if response.changed() {
            self.chosen = 0;
        }
        let mut rows = self.rows(view, settings);
        let hidden = rows.len().saturating_sub(ROWS_MAX);
        rows.truncate(ROWS_MAX);
        self.chosen = (self.chosen + usize::from(down)).saturating_sub(usize::from(up)).min(rows.len().saturating_sub(1));
        let mut picked = if enter { rows.get(self.chosen).cloned() } else { None };
        ui.add_space(4.0);
        ScrollArea::vertical().max_height(360.0).min_scrolled_height(360.0).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            for (index, row) in rows.iter().enumerate() {
                let chosen = index == self.chosen;
                if row.ui(ui, view.theme, chosen, chosen && (down || up)) {
                    picked = Some(row.clone());
                }
            }
            let last = match (rows.is_empty(), hidden, self.searched().0) {
                (true, _, Scope::Commands) => find::NO_COMMAND.to_owned(),
                (true, _, Scope::Places) => find::NO_PLACE.to_owned(),
                (false, 0, _) => return,
                (false, hidden, _) => find::more(hidden),
            };
            ui.label(RichText::new(last).color(view.theme.text_weak));
        });
        let Some(row) = picked.filter(|row| row.enabled) else { return true };
        actions.push(match row.pick {
            Pick::Command(command) => Action::Searched(command),
            Pick::Node(id) => Action::Reveal(Place::Node(id, None)),
            Pick::Bookmark(id) => Action::GoToBookmark(id),
            Pick::File(path) => Action::OpenPath(path),
        });
        false
    }

    /// What is searched, and for what.
    fn searched(&self) -> (Scope, &str) {
        match (self.scope, self.query.strip_prefix('>')) {
            (_, Some(rest)) => (Scope::Commands, rest),
            (scope, None) => (scope, &self.query),
        }
    }

    /// What fits, the best first.
    fn rows(&self, view: &View<'_>, settings: Remembered<'_>) -> Vec<Row> {
        let (scope, query) = self.searched();
        let mut rows = match scope {
            Scope::Commands => {
                let commands = Command::ALL.iter().copied().filter(|command| *command != Command::SearchCommands);
                let mut rows: Vec<Row> = commands.filter_map(|command| command_row(view, settings, query, command)).collect();
                if !query.trim().is_empty() {
                    rows.extend(bookmark_rows(view, query));
                }
                rows
            }
            Scope::Places => {
                let mut rows: Vec<Row> = view.diagram.nodes.keys().filter_map(|id| node_row(view, query, id)).collect();
                rows.extend(bookmark_rows(view, query));
                if !query.trim().is_empty() {
                    rows.extend(settings.recent.iter().filter_map(|path| file_row(query, path)));
                }
                rows
            }
        };
        rows.sort_by_key(|row| (!row.enabled, -row.fit.score));
        rows
    }
}

/// What the popup needs of what the program remembers.
#[derive(Clone, Copy, Debug)]
pub struct Remembered<'a> {
    /// Files, the latest first.
    pub recent: &'a [std::path::PathBuf],
    /// Names of commands, the latest first.
    pub commands: &'a [String],
}

impl<'a> From<&'a Settings> for Remembered<'a> {
    fn from(settings: &'a Settings) -> Self {
        Self { recent: &settings.recent, commands: &settings.recent_commands }
    }
}

fn command_row(view: &View<'_>, settings: Remembered<'_>, query: &str, command: Command) -> Option<Row> {
    // What it does and its menu may be meant too, but its name comes first.
    let beside = || {
        let text = format!("{} {}", command.help(), command.group().title()).to_lowercase();
        let all = query.to_lowercase().split_whitespace().all(|word| text.contains(word));
        all.then(Fit::default)
    };
    let mut fit = fuzzy::fit(query, command.text()).or_else(beside)?;
    let age = settings.commands.iter().position(|name| name == command.name());
    if let Some(age) = age {
        fit.score += RECENT_BONUS + 8 - i32::try_from(age).unwrap_or(8);
    } else if query.trim().is_empty() {
        fit.score = 0;
    }
    let why_not = command.why_not(&view.now);
    Some(Row {
        pick: Pick::Command(command),
        icon: command.icon().to_owned(),
        text: command.text().to_owned(),
        kind: if age.is_some() && query.trim().is_empty() { find::RECENT } else { command.group().title() }.to_owned(),
        note: why_not.map_or_else(|| view.keys.text(command), str::to_owned),
        enabled: why_not.is_none(),
        fit,
    })
}

fn node_row(view: &View<'_>, query: &str, id: &NodeId) -> Option<Row> {
    let node = view.diagram.nodes.get(id)?;
    let service = view.catalog.get(&node.service);
    let title = view.diagram.title(id);
    let kind = service.map_or_else(|| node.service.to_string(), |service| service.short_title().to_owned());
    let of_type = || fuzzy::fit(query, &kind).map(|fit| Fit { score: fit.score / 2, letters: Vec::new() });
    let fit = fuzzy::fit(query, title).or_else(of_type)?;
    let icon = service.map_or("", |service| service.icon.as_str()).to_owned();
    Some(Row { pick: Pick::Node(id.clone()), icon, text: title.to_owned(), kind, note: String::new(), enabled: true, fit })
}

fn bookmark_rows(view: &View<'_>, query: &str) -> Vec<Row> {
    let rows = view.diagram.bookmarks.iter().filter_map(|(id, bookmark)| {
        let (text, kind) = (bookmark.name.clone(), find::BOOKMARK.to_owned());
        let fit = fuzzy::fit(query, &text)?;
        Some(Row { pick: Pick::Bookmark(id.clone()), icon: "pin".to_owned(), text, kind, note: String::new(), enabled: true, fit })
    });
    rows.collect()
}

fn file_row(query: &str, path: &std::path::Path) -> Option<Row> {
    let name = path.file_name()?.to_string_lossy();
    let text = name.trim_end_matches(".plimsoll.json").to_owned();
    let fit = fuzzy::fit(query, &text)?;
    let folder = path.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let (pick, kind) = (Pick::File(path.to_path_buf()), find::FILE.to_owned());
    Some(Row { pick, icon: "file".to_owned(), text, kind, note: folder, enabled: true, fit })
}

impl Row {
    /// Shows the row; true when it was clicked.
    fn ui(&self, ui: &mut Ui, theme: &Theme, chosen: bool, scroll: bool) -> bool {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
        response.widget_info(|| {
            let words = if self.enabled { self.text.clone() } else { format!("{}: {}", self.text, self.note) };
            egui::WidgetInfo::selected(egui::accesskit::Role::Button, self.enabled, chosen, words)
        });
        if scroll {
            response.scroll_to_me(None);
        }
        if !ui.is_rect_visible(rect) {
            return response.clicked();
        }
        let painter = ui.painter_at(rect);
        if chosen || response.hovered() {
            let fill = if chosen { theme.selection } else { theme.surface_hovered };
            painter.rect_filled(rect, f32::from(Theme::RADIUS), fill);
        }
        let color = if self.enabled { theme.text } else { theme.text_weak };
        if !self.icon.is_empty() {
            let icon = Rect::from_center_size(pos2(rect.left() + 16.0, rect.center().y), vec2(16.0, 16.0));
            icons::paint(&painter, &self.icon, icon, theme.text_weak);
        }
        let small = FontId::proportional(Theme::SIZE_SMALL);
        let right = pos2(rect.right() - 10.0, rect.center().y);
        let note = painter.layout(self.note.clone(), small.clone(), theme.text_weak, rect.width() * 0.45);
        let note_at = Align2::RIGHT_CENTER.anchor_size(right, note.size());
        painter.galley(note_at.min, note, theme.text_weak);
        let mut name = LayoutJob::single_section(String::new(), egui::TextFormat::default());
        name.sections.clear();
        for (at, c) in self.text.chars().enumerate() {
            let meant = self.fit.letters.binary_search(&at).is_ok();
            let color = if meant { theme.accent } else { color };
            name.append(c.encode_utf8(&mut [0; 4]), 0.0, egui::TextFormat::simple(FontId::proportional(Theme::SIZE_BODY), color));
        }
        name.append(&self.kind, 8.0, egui::TextFormat::simple(small, theme.text_weak));
        name.wrap = egui::text::TextWrapping::truncate_at_width((note_at.left() - rect.left() - 44.0).max(60.0));
        let name = painter.layout_job(name);
        let at = pos2(rect.left() + 34.0, rect.center().y - name.size().y / 2.0);
        painter.galley(at, name, color);
        response.clicked()
    }
}
