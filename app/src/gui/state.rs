//! What the window shows, apart from its documents: nothing here is saved.

use super::{
    canvas::Tool,
    command_palette::CommandPalette,
    dialogs::Dialog,
    offer::Offer,
    palette,
    perform::{offer::Writing, style::CopiedSettings},
    quick_add::QuickAdd,
    search_bar::SearchBar,
    tidy::Tidy,
    tour::Tour,
    welcome,
};
use crate::settings::Panels;

/// What fills the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// Examples and recent files.
    #[default]
    Gallery,
    /// The document in front.
    Document,
}

/// A tab of the results at the bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tab {
    /// The load and the faults over the time of the scenario.
    Scenario,
    /// Does it hold, and what gave first?
    #[default]
    Answer,
    /// Latency over time.
    Latency,
    /// Rates, levels and throttles over time.
    Throughput,
    /// Every limit.
    Limits,
    /// Every producer's journeys.
    Journeys,
    /// The fate of every copy.
    Ledger,
    /// Money.
    Cost,
    /// What the tool has to say.
    Findings,
    /// Inputs of low confidence.
    Assumptions,
    /// Single journeys, step by step.
    Traces,
    /// What is wrong with the diagram.
    Problems,
}

impl Tab {
    /// All tabs, from left to right.
    pub const ALL: [Self; 12] = [
        Self::Scenario,
        Self::Answer,
        Self::Latency,
        Self::Throughput,
        Self::Limits,
        Self::Journeys,
        Self::Ledger,
        Self::Cost,
        Self::Findings,
        Self::Assumptions,
        Self::Traces,
        Self::Problems,
    ];

    /// Whether it can be about a part of the drawing or of the time.
    pub fn has_sight(self) -> bool {
        match self {
            Self::Latency
            | Self::Throughput
            | Self::Limits
            | Self::Journeys
            | Self::Ledger
            | Self::Cost
            | Self::Findings
            | Self::Traces => true,
            Self::Scenario | Self::Answer | Self::Assumptions | Self::Problems => false,
        }
    }

    /// Whether it shows what happened when, so that it can be about a part of the time.
    pub fn has_times(self) -> bool {
        match self {
            Self::Latency | Self::Throughput | Self::Journeys | Self::Traces => true,
            Self::Scenario
            | Self::Answer
            | Self::Limits
            | Self::Ledger
            | Self::Cost
            | Self::Findings
            | Self::Assumptions
            | Self::Problems => false,
        }
    }

    /// What stands on the tab.
    pub fn title(self) -> &'static str {
        match self {
            Self::Scenario => "Scenario",
            Self::Answer => "Answer",
            Self::Latency => "Latency",
            Self::Throughput => "Throughput",
            Self::Limits => "Limits",
            Self::Journeys => "Journeys",
            Self::Ledger => "Ledger",
            Self::Cost => "Cost",
            Self::Findings => "Findings",
            Self::Assumptions => "Assumptions",
            Self::Traces => "Traces",
            Self::Problems => "Problems",
        }
    }
}

/// What the window shows, apart from its documents.
#[derive(Debug, Default)]
pub struct State {
    /// What fills the window.
    pub screen: Screen,
    /// What the pointer does on the canvas.
    pub tool: Tool,
    /// The palette.
    pub palette: palette::Memory,
    /// The gallery.
    pub welcome: welcome::Memory,
    /// The tidy layout that is looked at.
    pub tidy: Option<Tidy>,
    /// The settings that were copied from a node.
    pub copied_settings: Option<CopiedSettings>,
    /// The next paste leads into the copies what leads into their originals.
    pub paste_connected: bool,
    /// The panels that were open before the drawing was shown alone.
    pub panels_before: Option<Panels>,
    /// The popup that adds a node.
    pub quick_add: Option<QuickAdd>,
    /// The popup that searches commands.
    pub command_palette: Option<CommandPalette>,
    /// The search in the corner of the canvas.
    pub search: Option<SearchBar>,
    /// The tour, while it goes on.
    pub tour: Option<Tour>,
    /// The dialog in front of everything.
    pub dialog: Option<Dialog>,
    /// The file whose place is asked for.
    pub offer: Option<Offer>,
    /// Files that are being written.
    pub writing: Vec<Writing>,
    /// What the status bar says, and until when in seconds of the window's clock.
    pub notice: Option<(String, f64)>,
}
