//! The versions of a document that this machine keeps.

use std::time::{SystemTime, UNIX_EPOCH};

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

use super::{Decision, buttons, primary, secondary, title_ui};
use crate::{
    gui::{theme::Theme, words::documents as words},
    versions::Version,
};

/// The list as it was when the dialog opened.
#[derive(Clone, Debug)]
pub struct VersionsDialog {
    /// Nothing when the document is no file yet.
    list: Option<Vec<Version>>,
    /// When it opened, in milliseconds since 1970.
    now_ms: u64,
}

impl VersionsDialog {
    /// Shows these; nothing when the document is no file yet.
    pub fn new(list: Option<Vec<Version>>) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { list, now_ms: u64::try_from(now.as_millis()).unwrap_or(u64::MAX) }
    }

    fn age(&self, version: &Version) -> String {
        words::ago(self.now_ms.saturating_sub(version.header.when_ms) / 1_000)
    }

    /// Shows the dialog.
    pub(super) fn ui(&self, ui: &mut Ui, theme: &Theme) -> Option<Decision> {
        ui.set_width(600.0);
        title_ui(ui, words::VERSIONS);
        let mut decision = None;
        let list = self.list.as_deref().unwrap_or_default();
        let told = match &self.list {
            None => words::NO_VERSIONS_WITHOUT_FILE.to_owned(),
            Some(list) if list.is_empty() => words::NO_VERSIONS.to_owned(),
            Some(list) => words::versions_kept(list.len(), list.iter().map(|version| version.bytes).sum()),
        };
        ui.label(RichText::new(told).color(theme.text_weak));
        ScrollArea::vertical().max_height(400.0).auto_shrink([false, true]).show(ui, |ui| {
            for (index, version) in list.iter().enumerate() {
                ui.push_id(index, |ui| decision = self.version_ui(ui, theme, version).or(decision.take()));
            }
        });
        if buttons(ui, |ui| secondary(ui, "Close")) {
            decision = Some(Decision::Close);
        }
        decision
    }

    fn version_ui(&self, ui: &mut Ui, theme: &Theme, version: &Version) -> Option<Decision> {
        let mut decision = None;
        let age = self.age(version);
        ui.separator();
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if primary(ui, theme, words::RESTORE) {
                    decision = Some(Decision::RestoreVersion(Box::new(version.clone()), age.clone()));
                }
                if secondary(ui, words::COMPARE) {
                    decision = Some(Decision::CompareVersion(Box::new(version.clone()), age.clone()));
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.label(RichText::new(format!("{} · {age}", words::reason(version.header.reason))).strong());
                    ui.add(Label::new(RichText::new(&version.header.summary).small().color(theme.text_weak)).truncate());
                });
            });
        });
        decision
    }
}
