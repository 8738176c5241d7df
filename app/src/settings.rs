//! What the program remembers between two starts, and in which folders.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// Most files in the list of recent ones.
pub const RECENT_MAX: usize = 12;

/// Where settings and the crash journal live.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Settings.
    pub config: PathBuf,
    /// Crash journal.
    pub data: PathBuf,
}

impl Folders {
    /// The folders of this platform; `None` where there is no home.
    pub fn of_platform() -> Option<Self> {
        let project = directories::ProjectDirs::from("dev", "plimsoll", "plimsoll")?;
        Some(Self { config: project.config_dir().to_path_buf(), data: project.data_dir().to_path_buf() })
    }
}

/// Most commands in the list of recent ones.
pub const RECENT_COMMANDS_MAX: usize = 8;

/// Light on dark or dark on light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ThemeChoice {
    /// As the system says; light on dark where it says nothing.
    #[default]
    System,
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

/// Whether things on screen move by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Motion {
    /// As the desktop says.
    #[default]
    System,
    /// The view glides, what was found flashes.
    Full,
    /// The view jumps, nothing flashes.
    Reduced,
}

/// What scrolling over the drawing does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wheel {
    /// A wheel with notches zooms, a touchpad pans.
    #[default]
    Device,
    /// Both zoom.
    Zoom,
    /// Both pan.
    Pan,
}

/// From which tool the keys come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Our own.
    #[default]
    Default,
    /// For hands that know draw.io.
    DrawIo,
    /// For hands that know Blender.
    Blender,
}

/// The keys of commands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Keys {
    /// Where they begin.
    pub preset: Preset,
    /// Commands that have other keys than that, by name, with their keys as text such as `Ctrl+Shift+P`.
    pub changed: BTreeMap<String, Vec<String>>,
}

/// What the user prefers, as the settings dialog shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Light on dark or dark on light.
    pub theme: ThemeChoice,
    /// Whether things on screen move by themselves.
    pub motion: Motion,
    /// Whether the desktop asks for less motion; not kept.
    #[serde(skip)]
    pub system_is_calm: bool,
    /// What scrolling over the drawing does.
    pub wheel: Wheel,
    /// Size of everything in the window, in percent.
    pub scale_percent: u16,
    /// What moved boxes snap to, and whether the grid shows.
    pub aids: Aids,
    /// The overview in the corner of the drawing.
    pub minimap: bool,
    /// What the lines mean, in another corner and below exported pictures.
    pub legend: bool,
    /// What is always free is taken off monthly costs.
    pub free_tier: bool,
    /// The keys of commands.
    pub keys: Keys,
}

impl Preferences {
    /// Whether things on screen may move by themselves.
    pub fn moves(&self) -> bool {
        match self.motion {
            Motion::System => !self.system_is_calm,
            Motion::Full => true,
            Motion::Reduced => false,
        }
    }
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            motion: Motion::default(),
            system_is_calm: false,
            wheel: Wheel::default(),
            scale_percent: 100,
            aids: Aids::default(),
            minimap: true,
            legend: false,
            free_tier: false,
            keys: Keys::default(),
        }
    }
}

/// Which panels are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Panels {
    /// The palette at the left.
    pub palette: bool,
    /// The inspector at the right.
    pub inspector: bool,
    /// The results at the bottom.
    pub results: bool,
}

impl Default for Panels {
    fn default() -> Self {
        Self { palette: true, inspector: true, results: false }
    }
}

/// What moved boxes snap to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aids {
    /// The dots of the grid, which are shown too.
    pub grid: bool,
    /// Edges, middles and gaps of neighbors.
    pub objects: bool,
}

impl Default for Aids {
    fn default() -> Self {
        Self { grid: true, objects: true }
    }
}

/// What the user chose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What the user prefers.
    #[serde(flatten)]
    pub preferences: Preferences,
    /// Files that were opened or saved, the latest first.
    pub recent: Vec<PathBuf>,
    /// Which panels are open.
    pub panels: Panels,
    /// Names of commands that were searched for, the latest first.
    pub recent_commands: Vec<String>,
    /// Whether the tour has been taken or refused.
    pub tour_answered: bool,
}

impl Settings {
    /// Reads the settings; the defaults where there are none or they cannot be read.
    pub fn load(folders: &Folders) -> Self {
        let Ok(text) = fs::read_to_string(file(folders)) else { return Self::default() };
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Writes the settings in one step.
    pub fn save(&self, folders: &Folders) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        write_atomically(&file(folders), &text)
    }

    /// Puts a file at the top of the recent ones.
    pub fn remember(&mut self, path: &Path) {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        self.recent.retain(|known| *known != path);
        self.recent.insert(0, path);
        self.recent.truncate(RECENT_MAX);
    }

    /// Puts a command at the top of the recent ones.
    pub fn remember_command(&mut self, name: &str) {
        self.recent_commands.retain(|known| known != name);
        self.recent_commands.insert(0, name.to_owned());
        self.recent_commands.truncate(RECENT_COMMANDS_MAX);
    }

    /// Takes a file off the list of recent ones.
    pub fn forget(&mut self, path: &Path) {
        self.recent.retain(|known| known != path);
    }
}

fn file(folders: &Folders) -> PathBuf {
    folders.config.join("settings.json")
}

/// Writes a file so that it is either the old or the new one, whatever happens; makes its folder where it lacks.
pub(crate) fn write_atomically(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_a_restart_and_nonsense() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders { config: folder.path().join("config"), data: folder.path().join("data") };
        let mut settings = Settings::default();
        settings.preferences.theme = ThemeChoice::Light;
        settings.preferences.keys.changed.insert("Duplicate".to_owned(), vec!["Ctrl+Shift+D".to_owned()]);
        settings.remember_command("Fit");
        settings.remember(Path::new("/a"));
        settings.remember(Path::new("/b"));
        settings.remember(Path::new("/a"));
        settings.save(&folders).unwrap();
        assert_eq!(Settings::load(&folders), settings);
        assert_eq!(settings.recent, [PathBuf::from("/a"), PathBuf::from("/b")]);
        fs::write(folders.config.join("settings.json"), "nonsense").unwrap();
        assert_eq!(Settings::load(&folders), Settings::default());
    }
}
