//! The command line: one file for each subcommand. Data go to the standard output, talk goes to the standard error.

pub mod args;
mod canceling;
mod catalog;
mod check;
mod diff;
mod export;
mod new;
mod overrides;
mod run;
pub mod verify;

use std::{
    ffi::OsString,
    fmt,
    io::{self, IsTerminal as _, Write},
    panic,
    process::ExitCode,
};

use clap::Parser as _;
use plimsoll_models::{Diagnostic, Severity};

use crate::report::style::Style;
use args::{Cli, Command};

/// How a command ended, apart from faults of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well, or not decided.
    Fine,
    /// An objective is broken, a check found an error, or two diagrams differ.
    Broken,
    /// Someone pressed Ctrl-C.
    Canceled,
}

impl Outcome {
    fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Broken => 1,
            Self::Canceled => 130,
        }
    }
}

/// Exit code after wrong use or unreadable input.
const WRONG_USE: u8 = 2;

/// Exit code after a fault of ours.
const FAULT: u8 = 3;

/// Why a command could not be carried out: the user's input, with what to do about it.
#[derive(Debug)]
pub struct Refusal {
    message: String,
    hint: String,
}

impl Refusal {
    /// Something that the user can mend.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: String::new() }
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if !self.hint.is_empty() {
            write!(f, "\n  hint: {}", self.hint)?;
        }
        Ok(())
    }
}

/// Why a command ended early.
#[derive(Debug)]
pub enum Stop {
    /// The user's input cannot be used.
    Refused(Refusal),
    /// The output cannot be written.
    Output(io::Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<crate::files::OpenError> for Stop {
    fn from(error: crate::files::OpenError) -> Self {
        let hint = error.hint();
        Self::Refused(Refusal::new(error.to_string()).hint(hint))
    }
}

/// Where a command writes.
pub struct Streams<'a> {
    /// Data.
    pub out: &'a mut dyn Write,
    /// Talk.
    pub talk: &'a mut dyn Write,
    /// How data look.
    pub style: Style,
    /// How talk looks.
    pub talk_style: Style,
    /// Whether someone watches the talk on a terminal.
    pub watched: bool,
}

impl fmt::Debug for Streams<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").field("style", &self.style).field("watched", &self.watched).finish_non_exhaustive()
    }
}

impl Streams<'_> {
    /// Tells what is wrong or odd with the input.
    fn tell(&mut self, diagnostics: &[Diagnostic]) -> io::Result<()> {
        for diagnostic in diagnostics {
            let text = diagnostic.to_string();
            let painted = match diagnostic.severity {
                Severity::Error => self.talk_style.bad(&text),
                Severity::Warning => self.talk_style.warn(&text),
                Severity::Info => text,
            };
            writeln!(self.talk, "{painted}")?;
        }
        Ok(())
    }
}

/// The whole program behind `main`.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe behind `--help` is nobody's fault.
            error.print().unwrap_or_default();
            return ExitCode::from(if error.use_stderr() { WRONG_USE } else { 0 });
        }
    };
    let Some(command) = cli.command else { return window(cli.file) };
    quiet_panics();
    // The standard error stays unlocked: a thread that panics says so there.
    let (out, mut talk) = (io::stdout(), io::stderr());
    let (style, talk_style, watched) = (Style::of(out.is_terminal()), Style::of(talk.is_terminal()), talk.is_terminal());
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let mut out = io::BufWriter::new(out.lock());
        let mut streams = Streams { out: &mut out, talk: &mut talk, style, talk_style, watched };
        let result = perform(command, &mut streams);
        let flushed = out.flush();
        result.and_then(|outcome| flushed.map(|()| outcome).map_err(Stop::from))
    }));
    ExitCode::from(match result {
        Ok(Ok(outcome)) => outcome.code(),
        Ok(Err(Stop::Output(error))) if error.kind() == io::ErrorKind::BrokenPipe => 0,
        Ok(Err(Stop::Output(error))) => say(&format!("error: cannot write: {error}"), WRONG_USE),
        Ok(Err(Stop::Refused(refusal))) => say(&refusal.to_string(), WRONG_USE),
        Err(_) => say("This is a fault of Plimsoll, not of your diagram. Please report it with the lines above and the file.", FAULT),
    })
}

fn perform(command: Command, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    match command {
        Command::Run(args) => run::perform(&args, streams),
        Command::Diff(args) => diff::perform(&args, streams),
        Command::Check(args) => check::perform(&args, streams),
        Command::Export(args) => export::perform(&args, streams),
        Command::Catalog(args) => catalog::perform(&args, streams),
        Command::New(args) => new::perform(&args, streams),
        Command::Verify(args) => verify::perform(&args, streams),
    }
}

/// Says a last word on the standard error; nobody may be there to hear it.
fn say(text: &str, code: u8) -> u8 {
    writeln!(io::stderr(), "{text}").unwrap_or_default();
    code
}

/// A panic becomes one line with its place instead of a stack trace.
fn quiet_panics() {
    panic::set_hook(Box::new(|info| {
        let text = info.payload().downcast_ref::<&str>().copied().or_else(|| info.payload().downcast_ref::<String>().map(String::as_str));
        let place = info.location().map_or_else(String::new, |place| format!(" ({}:{})", place.file(), place.line()));
        say(&format!("fault: {}{place}", text.unwrap_or("unknown")), FAULT);
    }));
}

#[cfg(feature = "gui")]
fn window(file: Option<std::path::PathBuf>) -> ExitCode {
    if let Some(missing) = file.as_ref().filter(|file| !file.exists()) {
        let hint =
            "hint: it is neither a file nor a subcommand; `plimsoll --help` lists the subcommands, without arguments the window opens";
        return ExitCode::from(say(&format!("error: there is no file `{}`\n  {hint}", missing.display()), WRONG_USE));
    }
    match crate::gui::run(file) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let hint = "hint: without a screen use a subcommand, see `plimsoll --help`";
            ExitCode::from(say(&format!("error: the window cannot open: {error:#}\n  {hint}"), WRONG_USE))
        }
    }
}

#[cfg(not(feature = "gui"))]
fn window(_file: Option<std::path::PathBuf>) -> ExitCode {
    ExitCode::from(say("error: this build has no window\n  hint: use a subcommand, see `plimsoll --help`", WRONG_USE))
}
