//! Everything that a user can tell the window to do by a word or a key.
//!
//! One list feeds the menus, the toolbar, the command palette and the sheet of shortcuts.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::words::find;

const NONE: Modifiers = Modifiers::NONE;
const COMMAND: Modifiers = Modifiers::COMMAND;
const COMMAND_ALT: Modifiers = Modifiers::COMMAND.plus(Modifiers::ALT);
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;
const ALT_SHIFT: Modifiers = Modifiers::ALT.plus(Modifiers::SHIFT);
const COMMAND_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

/// Where commands stand in the menu and on the sheet of shortcuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Documents.
    File,
    /// Changes.
    Edit,
    /// Where nodes stand, and frames around them.
    Arrange,
    /// What is on screen.
    View,
    /// Simulation.
    Run,
    /// The rest.
    Help,
}

impl Group {
    /// All, in the order of the menu bar.
    pub const ALL: [Self; 6] = [Self::File, Self::Edit, Self::Arrange, Self::View, Self::Run, Self::Help];

    /// Title of the menu.
    pub fn title(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Arrange => "Arrange",
            Self::View => "View",
            Self::Run => "Run",
            Self::Help => "Help",
        }
    }
}

/// When a key reaches a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Always.
    Anywhere,
    /// Unless a text field has the focus, which may want the key itself.
    Canvas,
}

/// What a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// An open document.
    Document,
    /// Two open documents.
    Tabs,
    /// A selected node or edge.
    Selection,
    /// Exactly one selected node or edge.
    One,
    /// Exactly one selected node.
    OneNode,
    /// A selected edge, at least one.
    Edges,
    /// A selected node or group.
    Nodes,
    /// At least two selected nodes or groups.
    Two,
    /// At least three selected nodes or groups.
    Three,
    /// A selected group, or a selected node that is in one.
    Group,
    /// Exactly one selected edge.
    OneEdge,
    /// Something to undo.
    Undo,
    /// Something to redo.
    Redo,
    /// A run that goes on.
    Running,
    /// No run that goes on.
    Idle,
    /// A live run.
    Live,
    /// A result.
    Result,
    /// A pinned result.
    Baseline,
}

macro_rules! commands {
    ($($name:ident: $group:ident, $needs:ident, $reach:ident, $icon:literal, $text:literal, $help:literal, [$($modifiers:ident + $key:ident),*];)*) => {
        /// Something that the window can do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Command {
            $(#[doc = $help] $name,)*
        }

        impl Command {
            /// Every command, in the order of the menus.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Which menu it stands in.
            pub fn group(self) -> Group {
                match self { $(Self::$name => Group::$group,)* }
            }

            /// What it needs.
            pub fn needs(self) -> Needs {
                match self { $(Self::$name => Needs::$needs,)* }
            }

            /// When its keys reach it.
            pub fn reach(self) -> Reach {
                match self { $(Self::$name => Reach::$reach,)* }
            }

            /// Key of its glyph; empty when it has none.
            pub fn icon(self) -> &'static str {
                match self { $(Self::$name => $icon,)* }
            }

            /// Its name in the settings.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// What menus and the command palette say.
            pub fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it does, for tooltips.
            pub fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)* }
            }

            /// Its keys unless the user wants others, the one that is shown first; see [`super::keymap`].
            pub fn shortcuts(self) -> &'static [KeyboardShortcut] {
                match self {
                    $(Self::$name => const { &[$(KeyboardShortcut::new($modifiers, Key::$key)),*] },)*
                }
            }
        }
    };
}

commands! {
    New: File, Nothing, Anywhere, "file", "New", "Begins an empty diagram", [COMMAND + N];
    Open: File, Nothing, Anywhere, "open", "Open…", "Opens a diagram from a file", [COMMAND + O];
    Save: File, Document, Anywhere, "save", "Save", "Writes the diagram to its file", [COMMAND + S];
    SaveAs: File, Document, Anywhere, "save-as", "Save as…", "Writes the diagram to another file", [COMMAND_SHIFT + S];
    Versions: File, Document, Anywhere, "clock", "Versions…", "Lists the versions that this machine keeps, to compare with or to restore", [];
    Compare: File, Document, Anywhere, "duplicate", "Compare with file…", "Shows on the drawing what differs from another file", [];
    ExportSvg: File, Document, Anywhere, "export", "Export SVG…", "Writes the drawing as a vector picture", [];
    ExportPng: File, Document, Anywhere, "export", "Export PNG…", "Writes the drawing as a pixel picture", [COMMAND + E];
    ExportReport: File, Result, Anywhere, "export", "Export report…", "Writes the result as a page, or as Markdown where the name ends in .md", [];
    ExportData: File, Result, Anywhere, "export", "Export data…", "Writes the result as .json, its series as .csv or .parquet, the followed journeys as .otlp.json or .perfetto.json", [];
    CloseTab: File, Document, Anywhere, "close", "Close", "Closes the diagram and asks first when something would be lost", [COMMAND + W];
    NextTab: File, Tabs, Anywhere, "arrow-right", "Next diagram", "Brings the diagram of the next tab to the front", [COMMAND + Tab, COMMAND + PageDown];
    PreviousTab: File, Tabs, Anywhere, "", "Previous diagram", "Brings the diagram of the previous tab to the front", [COMMAND_SHIFT + Tab, COMMAND + PageUp];
    FirstTab: File, Tabs, Anywhere, "", "First diagram", "Brings the diagram of the first tab to the front", [COMMAND + Num1];
    SecondTab: File, Tabs, Anywhere, "", "Second diagram", "Brings the diagram of the second tab to the front", [COMMAND + Num2];
    ThirdTab: File, Tabs, Anywhere, "", "Third diagram", "Brings the diagram of the third tab to the front", [COMMAND + Num3];
    FourthTab: File, Tabs, Anywhere, "", "Fourth diagram", "Brings the diagram of the fourth tab to the front", [COMMAND + Num4];
    FifthTab: File, Tabs, Anywhere, "", "Fifth diagram", "Brings the diagram of the fifth tab to the front", [COMMAND + Num5];
    SixthTab: File, Tabs, Anywhere, "", "Sixth diagram", "Brings the diagram of the sixth tab to the front", [COMMAND + Num6];
    SeventhTab: File, Tabs, Anywhere, "", "Seventh diagram", "Brings the diagram of the seventh tab to the front", [COMMAND + Num7];
    EighthTab: File, Tabs, Anywhere, "", "Eighth diagram", "Brings the diagram of the eighth tab to the front", [COMMAND + Num8];
    NinthTab: File, Tabs, Anywhere, "", "Ninth diagram", "Brings the diagram of the ninth tab to the front", [COMMAND + Num9];
    Gallery: File, Nothing, Anywhere, "grid", "Gallery", "Shows the examples and the recent files", [];
    Preferences: File, Nothing, Anywhere, "settings", "Settings…", "Theme, size, motion, scrolling and keys", [COMMAND + Comma];
    Quit: File, Nothing, Anywhere, "close", "Quit", "Closes the window and asks for what is not saved", [COMMAND + Q];
    Undo: Edit, Undo, Canvas, "undo", "Undo", "Takes back the latest change", [COMMAND + Z];
    Redo: Edit, Redo, Canvas, "redo", "Redo", "Makes the change again", [COMMAND_SHIFT + Z, COMMAND + Y];
    Cut: Edit, Selection, Canvas, "copy", "Cut", "Copies the selection as text and deletes it", [COMMAND + X];
    Copy: Edit, Selection, Canvas, "copy", "Copy", "Copies the selection as text", [COMMAND + C];
    CopyPicture: Edit, Document, Canvas, "copy", "Copy as picture", "Copies the selection, or the whole drawing, as a pixel picture", [COMMAND_SHIFT + C];
    Paste: Edit, Document, Canvas, "paste", "Paste", "Adds what was copied", [COMMAND + V];
    PasteConnected: Edit, Document, Canvas, "paste", "Paste with incoming connections", "Adds what was copied and leads into it what leads into the originals", [COMMAND_SHIFT + V];
    CopySettings: Edit, One, Canvas, "copy", "Copy settings", "Keeps the settings of the selected node", [COMMAND_ALT + C];
    PasteSettings: Edit, Selection, Canvas, "paste", "Paste settings", "Gives the kept settings to the selected nodes of the same family", [COMMAND_ALT + V];
    Duplicate: Edit, Selection, Canvas, "duplicate", "Duplicate", "Adds a copy of the selection beside it", [COMMAND + D];
    Delete: Edit, Selection, Canvas, "trash", "Delete", "Takes the selection away", [NONE + Delete, NONE + Backspace];
    Rename: Edit, One, Canvas, "pencil", "Rename", "Gives the selected node or edge another name", [NONE + F2];
    SelectAll: Edit, Document, Canvas, "", "Select all", "Selects every node and edge", [COMMAND + A];
    Deselect: Edit, Selection, Canvas, "", "Select nothing", "Ends the selection; the inspector shows diagram and scenario", [NONE + Escape];
    DeleteAndHeal: Edit, Selection, Canvas, "trash", "Delete and heal", "Takes the selection away and connects what was before with what came after", [SHIFT + Delete, SHIFT + Backspace];
    ConnectTo: Edit, OneNode, Canvas, "arrow-right", "Connect to…", "Lists the nodes that the selected one may feed, and connects it with one of them", [NONE + C];
    InsertNode: Edit, OneEdge, Canvas, "plus", "Insert a node…", "Lists the services that may stand on the selected connection, and inserts one", [NONE + I];
    AddRight: Edit, OneNode, Canvas, "plus", "Add a node at the right…", "Adds a node at the right of the selected one, and connects it", [COMMAND + ArrowRight];
    AddLeft: Edit, OneNode, Canvas, "plus", "Add a node at the left…", "Adds a node at the left of the selected one that feeds it", [COMMAND + ArrowLeft];
    AddBelow: Edit, OneNode, Canvas, "plus", "Add a node below…", "Adds a node below the selected one, and connects it", [COMMAND + ArrowDown];
    AddAbove: Edit, OneNode, Canvas, "plus", "Add a node above…", "Adds a node above the selected one, and connects it", [COMMAND + ArrowUp];
    WalkRight: Edit, Document, Canvas, "", "Walk to the right", "Selects the connected node at the right, or where the flow goes on", [ALT + ArrowRight];
    WalkLeft: Edit, Document, Canvas, "", "Walk to the left", "Selects the connected node at the left, or where the flow comes from", [ALT + ArrowLeft];
    WalkDown: Edit, Document, Canvas, "", "Walk down", "Selects the connected node below, or one beside in the flow", [ALT + ArrowDown];
    WalkUp: Edit, Document, Canvas, "", "Walk up", "Selects the connected node above, or one beside in the flow", [ALT + ArrowUp];
    LineOrthogonal: Edit, Edges, Canvas, "", "Orthogonal line", "Draws the selected connections in horizontal and vertical pieces around boxes", [];
    LineCurved: Edit, Edges, Canvas, "", "Curved line", "Draws the selected connections as smooth curves", [];
    LineStraight: Edit, Edges, Canvas, "", "Straight line", "Draws the selected connections the shortest way", [];
    ResetLine: Edit, Edges, Canvas, "", "Reset line", "Takes waypoints and label places away from the selected connections", [];
    SelectDownstream: Edit, Selection, Canvas, "", "Select downstream", "Adds every node that events from the selection reach", [ALT_SHIFT + ArrowRight];
    SelectUpstream: Edit, Selection, Canvas, "", "Select upstream", "Adds every node from which events reach the selection", [ALT_SHIFT + ArrowLeft];
    QuickAdd: Edit, Document, Canvas, "plus", "Add a node…", "Searches the services and adds one at the center of the view", [SHIFT + A];
    Find: Edit, Document, Anywhere, "search", "Find…", "Searches names, types, values, event types, notes and problems", [COMMAND + F];
    AddNote: Edit, Document, Canvas, "note", "Add a note", "Puts a note on the drawing, tied to what is selected", [NONE + N, SHIFT + N];
    History: Edit, Document, Anywhere, "clock", "History…", "Lists every step and goes back to any of them", [];
    GroupSelection: Arrange, Nodes, Canvas, "group", "Group", "Draws a frame around the selection", [COMMAND + G];
    Ungroup: Arrange, Group, Canvas, "ungroup", "Ungroup", "Takes the frame away; what is in it stays", [COMMAND_SHIFT + G];
    Collapse: Arrange, Group, Canvas, "minus", "Collapse", "Shows the group as one box", [COMMAND + OpenBracket];
    Expand: Arrange, Group, Canvas, "plus", "Expand", "Shows what is in the group", [COMMAND + CloseBracket];
    Tidy: Arrange, Document, Canvas, "tidy", "Tidy layout…", "Puts the selection or all nodes in layers along the flow, and shows it before it is kept", [ALT_SHIFT + T];
    TogglePin: Arrange, Nodes, Canvas, "pin", "Pin or unpin", "Lets a tidy layout leave the selected nodes where they are, or move them again", [];
    AlignLeft: Arrange, Two, Canvas, "align-left", "Align left", "Puts the left edges on one line", [COMMAND_SHIFT + ArrowLeft];
    AlignCenter: Arrange, Two, Canvas, "align-center", "Align center", "Puts the middles on one vertical line", [];
    AlignRight: Arrange, Two, Canvas, "align-right", "Align right", "Puts the right edges on one line", [COMMAND_SHIFT + ArrowRight];
    AlignTop: Arrange, Two, Canvas, "align-top", "Align top", "Puts the upper edges on one line", [COMMAND_SHIFT + ArrowUp];
    AlignMiddle: Arrange, Two, Canvas, "align-middle", "Align middle", "Puts the middles on one horizontal line", [];
    AlignBottom: Arrange, Two, Canvas, "align-bottom", "Align bottom", "Puts the lower edges on one line", [COMMAND_SHIFT + ArrowDown];
    DistributeHorizontally: Arrange, Three, Canvas, "distribute-horizontal", "Distribute horizontally", "Makes the gaps from left to right equal", [ALT_SHIFT + H];
    DistributeVertically: Arrange, Three, Canvas, "distribute-vertical", "Distribute vertically", "Makes the gaps from top to bottom equal", [ALT_SHIFT + V];
    StackRow: Arrange, Two, Canvas, "", "Stack in a row", "Puts the selection one beside the other", [];
    StackColumn: Arrange, Two, Canvas, "", "Stack in a column", "Puts the selection one below the other", [];
    ZoomIn: View, Document, Anywhere, "zoom-in", "Zoom in", "Shows less, larger", [COMMAND + Plus, COMMAND + Equals];
    ZoomOut: View, Document, Anywhere, "zoom-out", "Zoom out", "Shows more, smaller", [COMMAND + Minus];
    ZoomReset: View, Document, Anywhere, "", "Zoom to 100 %", "Shows one unit of the drawing as one pixel", [COMMAND + Num0];
    Fit: View, Document, Canvas, "fit", "Zoom to fit", "Shows the whole drawing", [SHIFT + Num1];
    FitSelection: View, Selection, Canvas, "target", "Zoom to selection", "Shows the selection as large as it fits", [SHIFT + Num2, NONE + F];
    ToggleGrid: View, Document, Anywhere, "grid", "Grid", "Shows the grid and lets moved nodes snap to it, or not", [COMMAND + Quote];
    ToggleObjectSnap: View, Document, Anywhere, "align-center", "Object snap", "Lets moved nodes snap to their neighbors, or not", [ALT + S];
    TogglePalette: View, Document, Anywhere, "palette", "Palette", "Shows or hides the services at the left", [COMMAND + B];
    ToggleInspector: View, Document, Anywhere, "inspector", "Inspector", "Shows or hides the settings at the right", [COMMAND + I, COMMAND_ALT + B];
    ToggleResults: View, Document, Anywhere, "chart", "Results", "Shows or hides the results at the bottom", [COMMAND + J];
    DrawingAlone: View, Document, Anywhere, "fit", "Drawing alone", "Hides all panels, or brings them back", [ALT + Z];
    ShowScenario: View, Document, Anywhere, "sliders", "Scenario timeline", "Shows the load and the faults of the scenario over its time", [];
    ShowProblems: View, Document, Anywhere, "problems", "Problems", "Shows what is wrong with the diagram", [COMMAND_SHIFT + M];
    NextStep: View, Document, Canvas, "chevron-down", "Next step", "Goes to the next numbered note", [NONE + PageDown];
    PreviousStep: View, Document, Canvas, "chevron-up", "Previous step", "Goes to the numbered note before", [NONE + PageUp];
    ToggleNotes: View, Document, Canvas, "note", "Notes", "Shows or hides the notes on the drawing", [];
    ToggleMinimap: View, Document, Anywhere, "target", "Overview", "Shows or hides the small map of the drawing", [];
    ToggleFreeTier: View, Document, Anywhere, "dollar", "Free tier", "Takes what is always free off monthly costs, or not", [];
    ToggleLegend: View, Document, Anywhere, "info", "Legend", "Shows or hides what the kinds of lines mean, on the drawing and in exports", [];
    AddBookmark: View, Document, Anywhere, "pin", "Bookmark this view…", "Keeps this place and zoom under a name", [COMMAND_SHIFT + B];
    Bookmarks: View, Document, Anywhere, "list", "Bookmarks…", "Goes to, renames and deletes bookmarks", [];
    GoTo: View, Document, Anywhere, "target", "Go to…", "Searches nodes by name and type, bookmarks and recent files", [COMMAND + P];
    ToggleTheme: View, Nothing, Anywhere, "moon", "Dark or light theme", "Switches between the dark and the light theme", [ALT_SHIFT + D];
    Run: Run, Idle, Anywhere, "play", "Run", "Simulates the scenario", [NONE + F5, COMMAND + Enter];
    Cancel: Run, Running, Anywhere, "stop", "Cancel the run", "Stops the simulation", [SHIFT + F5];
    Live: Run, Document, Anywhere, "play", "Live run", "Plays the scenario on the drawing, from the beginning", [COMMAND_SHIFT + Enter];
    LivePause: Run, Live, Canvas, "pause", "Pause or play", "Lets the live run stand still, or go on", [NONE + Space];
    LiveStep: Run, Live, Canvas, "chevron-right", "Step one event", "Handles the next event of the live run alone", [NONE + Period, SHIFT + Period, NONE + F10];
    LiveSlower: Run, Live, Canvas, "minus", "Play slower", "Plays the live run at the next slower pace", [NONE + OpenBracket];
    LiveFaster: Run, Live, Canvas, "plus", "Play faster", "Plays the live run at the next faster pace", [NONE + CloseBracket];
    LiveBegin: Run, Live, Canvas, "", "Go to the beginning", "Shows the live run at its beginning", [NONE + Home, SHIFT + Home];
    LiveToEnd: Run, Live, Canvas, "", "Run to the end", "Plays the live run to its end as fast as possible", [NONE + End, SHIFT + End];
    LiveRepeat: Run, Live, Canvas, "refresh", "Repeat", "Plays the live run, or the chosen part of it, again and again", [NONE + L];
    LiveBookmark: Run, Live, Canvas, "pin", "Mark this moment", "Puts a mark on the timeline of the live run, or takes it away", [NONE + M];
    LiveFirstThrottle: Run, Live, Canvas, "gauge", "Jump to the first throttle", "Shows the moment at which a limit refuses something first", [ALT + Num1];
    LiveFirstDeadLetter: Run, Live, Canvas, "dead-letter", "Jump to the first dead letter", "Shows the moment at which something is dead-lettered first", [ALT + Num2];
    LiveFirstLoss: Run, Live, Canvas, "warning", "Jump to the first loss", "Shows the moment at which a root event is lost first", [ALT + Num3];
    LiveWorstBacklog: Run, Live, Canvas, "queue", "Jump to the worst backlog", "Shows the moment at which most messages and requests wait", [ALT + Num4];
    LiveSlowestJourney: Run, Live, Canvas, "trace", "Jump to the slowest journey", "Shows the moment at which the slowest journey begins", [ALT + Num5];
    LiveStop: Run, Live, Anywhere, "stop", "End the live run", "Takes the live run off the drawing", [COMMAND + Period];
    PinBaseline: Run, Result, Anywhere, "pin", "Pin as baseline", "Keeps this result to compare later ones with", [];
    ClearBaseline: Run, Baseline, Anywhere, "close", "Clear the baseline", "Ends the comparison", [];
    Sensitivity: Run, Result, Anywhere, "target", "What matters most", "Changes each number by a tenth, simulates again and tells which one moves the outcome most", [];
    SearchCommands: Help, Nothing, Anywhere, "search", "Command palette…", "Searches all commands", [COMMAND + K, COMMAND_SHIFT + P];
    Shortcuts: Help, Nothing, Canvas, "help", "Keyboard shortcuts…", "Shows all keys, and changes them", [NONE + F1, SHIFT + Questionmark];
    Tour: Help, Nothing, Anywhere, "sparkle", "Guided tour", "Shows in four steps how to draw, connect, run and read the answer", [];
    About: Help, Nothing, Anywhere, "info", "About Plimsoll", "Version, catalog and licenses", [];
}

/// What there is now, so that commands can tell whether they make sense.
#[derive(Clone, Copy, Debug, Default)]
pub struct Situation {
    /// A document is on screen, not the gallery.
    pub document: bool,
    /// Number of open documents.
    pub tabs: usize,
    /// Number of selected nodes, edges and groups.
    pub selected: usize,
    /// Exactly one node is selected, and nothing else.
    pub one_node: bool,
    /// Number of selected edges alone.
    pub edges: usize,
    /// Number of selected nodes and groups.
    pub boxes: usize,
    /// A selected thing is a group or in one.
    pub grouped: bool,
    /// There is something to undo.
    pub undo: bool,
    /// There is something to redo.
    pub redo: bool,
    /// A run goes on.
    pub running: bool,
    /// There is a live run.
    pub live: bool,
    /// There is a result.
    pub result: bool,
    /// A result is pinned.
    pub baseline: bool,
}

impl Command {
    /// The commands that bring a tab to the front, from left to right.
    pub const TABS: [Self; 9] = [
        Self::FirstTab,
        Self::SecondTab,
        Self::ThirdTab,
        Self::FourthTab,
        Self::FifthTab,
        Self::SixthTab,
        Self::SeventhTab,
        Self::EighthTab,
        Self::NinthTab,
    ];

    /// The index of the tab that it brings to the front.
    pub fn tab(self) -> Option<usize> {
        Self::TABS.iter().position(|command| *command == self)
    }

    /// Whether it can be done now.
    pub fn is_enabled(self, now: &Situation) -> bool {
        if self.tab().is_some_and(|index| index >= now.tabs) {
            return false;
        }
        match self.needs() {
            Needs::Nothing => true,
            Needs::Document => now.document,
            Needs::Tabs => now.tabs > 1,
            Needs::Selection => now.document && now.selected > 0,
            Needs::One => now.document && now.selected == 1,
            Needs::OneNode => now.document && now.one_node,
            Needs::Edges => now.document && now.edges > 0,
            Needs::Nodes => now.document && now.boxes > 0,
            Needs::Two => now.document && now.boxes > 1,
            Needs::Three => now.document && now.boxes > 2,
            Needs::Group => now.document && now.grouped,
            Needs::OneEdge => now.document && now.selected == 1 && now.edges == 1,
            Needs::Undo => now.document && now.undo,
            Needs::Redo => now.document && now.redo,
            Needs::Running => now.running,
            Needs::Idle => now.document && !now.running,
            Needs::Live => now.document && now.live,
            Needs::Result => now.document && now.result,
            Needs::Baseline => now.document && now.baseline,
        }
    }

    /// The command of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|command| command.name() == name)
    }

    /// Why it cannot be done now; `None` when it can.
    pub fn why_not(self, now: &Situation) -> Option<&'static str> {
        if self.is_enabled(now) {
            return None;
        }
        let document = |why| if now.document { why } else { find::NEEDS_DOCUMENT };
        Some(match self.needs() {
            Needs::Nothing | Needs::Document => find::NEEDS_DOCUMENT,
            Needs::Selection => document(find::NEEDS_SELECTION),
            Needs::One => document(find::NEEDS_ONE),
            Needs::Edges => document(find::NEEDS_EDGES),
            Needs::OneNode => document(find::NEEDS_ONE_NODE),
            Needs::OneEdge => document(find::NEEDS_ONE_EDGE),
            Needs::Nodes => document(find::NEEDS_NODES),
            Needs::Two => document(find::NEEDS_TWO),
            Needs::Three => document(find::NEEDS_THREE),
            Needs::Group => document(find::NEEDS_GROUP),
            Needs::Tabs if now.tabs > 1 => find::NEEDS_THAT_TAB,
            Needs::Tabs => find::NEEDS_TABS,
            Needs::Undo => document(find::NEEDS_UNDO),
            Needs::Redo => document(find::NEEDS_REDO),
            Needs::Running => find::NEEDS_RUNNING,
            Needs::Idle => document(find::NEEDS_IDLE),
            Needs::Live => document(super::words::live::NEEDS_LIVE),
            Needs::Result => document(find::NEEDS_RESULT),
            Needs::Baseline => document(find::NEEDS_BASELINE),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_text_and_no_two_share_a_shortcut() {
        let mut seen: Vec<(KeyboardShortcut, Command)> = Vec::new();
        for command in Command::ALL {
            assert!(!command.text().is_empty() && !command.help().is_empty(), "{command:?}");
            for shortcut in command.shortcuts() {
                if let Some((_, other)) = seen.iter().find(|(known, _)| known == shortcut) {
                    panic!("{command:?} and {other:?} share {shortcut:?}");
                }
                seen.push((*shortcut, *command));
            }
        }
    }
}
