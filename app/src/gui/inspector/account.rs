//! The account: its region, the quotas that were raised for it, and what else uses them.

use std::collections::BTreeMap;

use egui::{ComboBox, RichText, Ui};
use plimsoll_models::{Edit, Service, edit::Target};

use super::{
    Memory,
    quotas::{self, Place},
    section,
};
use crate::gui::{action::Action, theme::Theme, view::View, words::inspector as words};

/// Regions that are offered; any other can stand in the file.
const REGIONS: &[&str] = &[
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
];

/// Shows region and shared quotas of the services in use.
pub(super) fn ui(ui: &mut Ui, view: &View<'_>, memory: &mut Memory, actions: &mut Vec<Action>) {
    let account = &view.diagram.account;
    ui.horizontal(|ui| {
        ui.label(RichText::new(words::REGION).color(view.theme.text_weak));
        let response =
            ComboBox::from_id_salt("region").selected_text(&account.region).width(ui.available_width() - 8.0).show_ui(ui, |ui| {
                for region in REGIONS {
                    if ui.selectable_label(account.region == *region, *region).clicked() && account.region != *region {
                        actions.push(Action::Edit(Edit::SetRegion((*region).to_owned())));
                    }
                }
            });
        let _ = response.response.accessible_name(words::REGION);
    });
    ui.label(RichText::new(words::REGION_HELP).small().color(view.theme.text_weak));
    let services = services_in_use(view);
    for (target, (title, help), fields) in
        [(Target::AccountQuotas, words::APPLIED_QUOTAS, &account.quotas), (Target::AccountOutside, words::OUTSIDE_USE, &account.outside)]
    {
        section(ui, title, |ui| {
            ui.label(RichText::new(help).small().color(view.theme.text_weak));
            let mut any = false;
            for service in services.values() {
                let shared = service.quotas.iter().filter(|quota| quota.is_shared() && quota.informational.is_none());
                let shared: Vec<_> = shared.filter(|quota| service.quota(&quota.key, &account.region) == Some(*quota)).collect();
                if shared.is_empty() {
                    continue;
                }
                any = true;
                ui.add_space(Theme::SPACE_4);
                ui.label(RichText::new(service.short_title()).strong());
                for quota in shared {
                    let key = quota.account_key(service);
                    let default = if target == Target::AccountQuotas { quota.value.clone() } else { "0".to_owned() };
                    quotas::quota_ui(ui, view, memory, &Place { target: &target, key: &key, fields, default }, quota, actions);
                }
            }
            if !any {
                ui.label(RichText::new(words::NO_SHARED_QUOTA).color(view.theme.text_weak));
            }
        });
    }
}

fn services_in_use<'a>(view: &View<'a>) -> BTreeMap<&'a str, &'a Service> {
    view.diagram.nodes.values().filter_map(|node| view.catalog.get(&node.service)).map(|service| (service.id.as_str(), service)).collect()
}
