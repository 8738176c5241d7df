//! Settings copied from one node to others of its family.

use plimsoll_models::{Edit, ServiceId, catalog::FieldKind, diagram::Fields, edit::Target};

use crate::gui::{App, words::panels as words};

/// The settings of a node.
#[derive(Clone, Debug)]
pub struct CopiedSettings {
    service: ServiceId,
    fields: Fields,
}

impl App {
    /// Keeps the settings of the selected node.
    pub(super) fn copy_settings(&mut self, ctx: &egui::Context) {
        let diagram = self.front.document.diagram();
        let Some((id, node)) = self.front.selection.nodes.first().and_then(|id| diagram.nodes.get_key_value(id)) else { return };
        let text = words::style_copied(diagram.title(id), node.fields.len());
        self.state.copied_settings = Some(CopiedSettings { service: node.service.clone(), fields: node.fields.clone() });
        self.notice(ctx, text);
    }

    /// Gives the kept settings to every selected node that can have them; what the original leaves at its default too.
    pub(super) fn paste_settings(&mut self, ctx: &egui::Context) {
        let Some(copied) = &self.state.copied_settings else { return self.notice(ctx, words::NO_STYLE) };
        let Some(source) = self.catalog.get(&copied.service) else { return };
        let diagram = self.front.document.diagram();
        let (mut edits, mut settings, mut count) = (Vec::new(), 0, 0);
        for (id, node) in self.front.selection.nodes.iter().filter_map(|id| diagram.nodes.get_key_value(id)) {
            let Some(service) = self.catalog.get(&node.service).filter(|service| service.family == source.family) else { continue };
            let fits = |key: &str, kind: FieldKind| service.field(key).is_some_and(|field| field.kind == kind);
            // What a function calls belongs to its place in the drawing.
            let fields = source.fields.iter().filter(|field| field.kind != FieldKind::Work && fits(&field.key, field.kind));
            let mut taken = 0;
            for field in fields {
                let value = copied.fields.get(&field.key).cloned();
                taken += usize::from(value.is_some());
                if value.as_ref() != node.fields.get(&field.key) {
                    edits.push(Edit::SetField { target: Target::Node(id.clone()), key: field.key.clone(), value });
                }
            }
            (settings, count) = (settings.max(taken), count + 1);
        }
        if count == 0 {
            return self.notice(ctx, words::STYLE_FITS_NOTHING);
        }
        self.edit(ctx, &Edit::All(words::PASTE_SETTINGS.to_owned(), edits), None);
        self.front.inspector.typing.clear();
        self.notice(ctx, words::style_pasted(settings, count));
    }
}
