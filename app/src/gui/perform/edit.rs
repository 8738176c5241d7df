//! Changes of the document.

use plimsoll_models::{
    Diagram, Edit, Node, NodeId, Point, ServiceId,
    diff::{self, Subject},
    edit::Target,
    ids,
};

use crate::{
    arrange::{self, GRID, Joins},
    gui::{
        App,
        canvas::Selection,
        command::Command,
        connect::join::{self, Join},
        dialogs::{Dialog, HistoryDialog},
        inspector::field,
        part::free_name,
        words::{documents as words, results},
    },
    scene::{Link, NODE_HEIGHT, NODE_WIDTH},
};

/// Distance between neighbors on the drawing, where the user does not say.
pub(super) const STEP_X: f64 = 240.0;

/// See [`STEP_X`].
pub(super) const STEP_Y: f64 = 120.0;

/// How far a free place is looked for, in steps.
const FREE_RINGS: i32 = 20;

impl App {
    pub(super) fn edit_command(&mut self, ctx: &egui::Context, command: Command) {
        match command {
            Command::Undo => {
                let before = self.front.document.history().present().clone();
                if let Some(label) = self.front.document.undo() {
                    self.after_travel(ctx, &words::undone(&label), &before);
                }
            }
            Command::Redo => {
                let before = self.front.document.history().present().clone();
                if let Some(label) = self.front.document.redo() {
                    self.after_travel(ctx, &words::redone(&label), &before);
                }
            }
            Command::Cut => {
                self.copy(ctx);
                self.delete(ctx);
            }
            Command::Copy => self.copy(ctx),
            Command::CopyPicture => self.copy_picture(ctx),
            Command::Paste => ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaste),
            Command::Duplicate => self.duplicate(ctx),
            Command::Delete => self.delete(ctx),
            Command::Rename => {
                self.settings.panels.inspector = true;
                self.front.inspector.focus_name = true;
            }
            Command::SelectAll => {
                let diagram = self.front.document.diagram();
                let (nodes, edges) = (diagram.nodes.keys().cloned().collect(), diagram.edges.keys().cloned().collect());
                self.front.selection = Selection { nodes, edges, ..Selection::default() };
            }
            Command::SelectDownstream => self.select_along(true),
            Command::SelectUpstream => self.select_along(false),
            Command::Deselect => {
                self.front.selection = Selection::default();
                self.front.canvas.choose_note(None);
            }
            Command::AddNote => self.add_note(ctx),
            Command::PasteConnected => {
                self.state.paste_connected = true;
                ctx.send_viewport_cmd(egui::ViewportCommand::RequestPaste);
            }
            Command::CopySettings => self.copy_settings(ctx),
            Command::PasteSettings => self.paste_settings(ctx),
            Command::QuickAdd => self.open_quick_add(),
            Command::Find => self.state.search.get_or_insert_default().focus(),
            Command::History => self.state.dialog = Some(Dialog::History(HistoryDialog::default())),
            _ => self.connect_command(ctx, command),
        }
    }

    /// Makes a change and says so when it cannot be made.
    pub(super) fn edit(&mut self, ctx: &egui::Context, edit: &Edit, key: Option<String>) {
        if let Err(error) = self.front.document.perform(edit, key) {
            self.notice(ctx, words::not_possible(&error.to_string()));
        }
    }

    /// Shows what is different after a way through the history, and says so.
    pub(super) fn after_travel(&mut self, ctx: &egui::Context, what: &str, before: &Diagram) {
        self.front.inspector.typing.clear();
        self.front.results.scenarios.clear();
        let present = self.front.document.history().present();
        let differences = diff::diff(before, present);
        let nodes = differences.iter().filter_map(|difference| match &difference.subject {
            Subject::Node(id) => Some(Link::Node(id.clone())),
            Subject::Edge(id) => Some(Link::Edge(id.clone())),
            Subject::Diagram
            | Subject::Account
            | Subject::EventType(_)
            | Subject::Scenario(_)
            | Subject::Group(_)
            | Subject::Note(_)
            | Subject::Bookmark(_) => None,
        });
        self.front.canvas.point_out(nodes.collect());
        self.notice(ctx, words::travelled(what, diff::summary(&differences, self.catalog).as_deref()));
    }

    pub(super) fn go_to(&mut self, ctx: &egui::Context, index: usize) {
        let before = self.front.document.history().present().clone();
        self.front.document.go_to(index);
        let (steps, at) = self.front.document.history().steps();
        let what = steps.get(at).map(|step| step.label.clone()).unwrap_or_default();
        self.after_travel(ctx, &what, &before);
    }

    fn delete(&mut self, ctx: &egui::Context) {
        if self.delete_note(ctx) {
            return;
        }
        let Selection { nodes, edges, groups } = self.front.selection.clone();
        let remove = arrange::remove(self.front.document.diagram(), &nodes, edges.into_iter().collect(), &groups);
        self.edit(ctx, &remove, None);
        self.front.selection = Selection::default();
    }

    /// Puts a service on the drawing, joins it with what is there, and selects it.
    pub(super) fn add(&mut self, ctx: &egui::Context, service: &ServiceId, at: Option<Point>, join: &Join) {
        let Some(record) = self.catalog.get(service) else { return };
        let diagram = self.front.document.diagram();
        let name = free_name(record.short_title(), |name| diagram.nodes.values().any(|node| node.name == name));
        let id = NodeId::new(ids::fresh(&name, |id| diagram.nodes.contains_key(id)));
        let at = at.unwrap_or_else(|| self.free_place(self.front.canvas.center()));
        let node = Node::new(service.clone(), name);
        let (edit, refused) = match join::add(diagram, self.catalog, (id.clone(), node.clone(), at), join) {
            Ok(edit) => (edit, None),
            Err(reason) => (Edit::AddNode { id: id.clone(), node, at }, Some(reason)),
        };
        let home = arrange::frame_at(diagram, at);
        let joins = Joins { nodes: vec![(id.clone(), home.clone())], ..Joins::default() };
        let edit = if home.is_some() { arrange::rejoin(diagram, edit, &joins) } else { edit };
        self.edit(ctx, &edit, None);
        if let Some(reason) = refused {
            self.notice(ctx, reason);
        }
        self.front.canvas.ensure_seen(self.front.document.diagram(), &id);
        self.front.selection = Selection::node(id);
    }

    /// Whether a node stands so near to a place that another one has no room there.
    pub(super) fn is_taken(&self, at: Point) -> bool {
        let layout = &self.front.document.diagram().layout;
        layout.values().any(|other| (other.x - at.x).abs() < NODE_WIDTH + GRID && (other.y - at.y).abs() < NODE_HEIGHT + GRID)
    }

    /// The nearest place where no node stands, sooner at the right and below than at the left and above.
    pub(super) fn free_place(&self, wanted: Point) -> Point {
        let wanted = Point::new(arrange::to_grid(wanted.x), arrange::to_grid(wanted.y));
        for ring in 0..FREE_RINGS {
            let steps = (-ring..=ring).flat_map(|x| (-ring..=ring).map(move |y| (x, y)));
            let mut places: Vec<(i32, i32)> = steps.filter(|(x, y)| x.abs().max(y.abs()) == ring).collect();
            places.sort_by_key(|(x, y)| (x.abs() + y.abs(), -x, -y));
            let at = |(x, y): (i32, i32)| Point::new(wanted.x + f64::from(x) * STEP_X, wanted.y + f64::from(y) * STEP_Y);
            if let Some(free) = places.into_iter().map(at).find(|at| !self.is_taken(*at)) {
                return free;
            }
        }
        wanted
    }

    /// Applies the fix of a finding: a path such as `worker.timeout`, and a value.
    pub(super) fn fix(&mut self, ctx: &egui::Context, path: &str, value: &str) {
        let diagram = self.front.document.diagram();
        let Some((id, key)) = path.split_once('.') else { return };
        let target = if diagram.nodes.contains_key(id) {
            Target::Node(id.into())
        } else if diagram.edges.contains_key(id) {
            Target::Edge(id.into())
        } else if id == "account" {
            let key = key.strip_prefix("quotas.").unwrap_or(key);
            let edit = Edit::SetField { target: Target::AccountQuotas, key: key.to_owned(), value: Some(field::json_of(value)) };
            return self.edit(ctx, &edit, None);
        } else {
            return self.notice(ctx, results::gone(id));
        };
        self.edit(ctx, &Edit::SetField { target, key: key.to_owned(), value: Some(field::json_of(value)) }, None);
        self.notice(ctx, results::fixed(&path.replace('_', " "), value));
    }
}
