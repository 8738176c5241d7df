//! What can be typed. The help texts are the manual.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Draw an event-driven architecture, load it, see which limit gives first.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    about,
    long_about = "Draw an event-driven architecture, load it, see which limit gives first.\n\nWithout a subcommand the window opens, with FILE when one is given.",
    after_help = "Exit codes: 0 fine (or inconclusive, said so), 1 an objective broke, a check found an error\n\
                  or two diagrams differ,\n\
                  2 wrong use or unreadable input, 3 a fault of Plimsoll, 130 canceled.",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    max_term_width = 100
)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Option<Command>,
    /// A diagram to open in the window
    pub file: Option<PathBuf>,
}

/// A subcommand.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run load through a diagram and tell what holds and what gives first
    Run(RunArgs),
    /// Tell what is wrong with a diagram, without a run
    Check(CheckArgs),
    /// Tell what is different between two diagrams; the exit code is 1 when they differ
    Diff(DiffArgs),
    /// Write the drawing as SVG or PNG
    Export(ExportArgs),
    /// List the services, or the fields, quotas and prices of one with their sources
    Catalog(CatalogArgs),
    /// Make a new diagram from an example
    New(NewArgs),
    /// Run cases with known answers against the engine
    Verify(VerifyArgs),
}

/// Arguments of `plimsoll run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The diagram
    pub file: PathBuf,
    /// Scenario to run [default: the one called `default`, else the first]
    #[arg(long, value_name = "S")]
    pub scenario: Option<String>,
    /// Seed: the same seed gives the same luck
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How long the load lasts, such as `10 min`
    #[arg(long, value_name = "D")]
    pub duration: Option<String>,
    /// Independent repetitions; two or more give confidence intervals
    #[arg(long, value_name = "N")]
    pub replications: Option<u32>,
    /// Change a field: node.field, edge.field, scenario.field or account.service.quota, spelled as in the file
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub changes: Vec<String>,
    /// Change each number by a tenth, up and down, and tell which one moves loss and p99 most; repeats the run often
    #[arg(long)]
    pub sensitivity: bool,
    /// Write the whole result as JSON to a file, or to the standard output with `-`
    #[arg(long, value_name = "F")]
    pub json: Option<PathBuf>,
    /// Write series.csv, limits.csv, ledger.csv and journeys.csv into a folder
    #[arg(long, value_name = "DIR")]
    pub csv: Option<PathBuf>,
    /// Write every series as one Parquet file, a row for each interval
    #[arg(long, value_name = "F.parquet")]
    pub parquet: Option<PathBuf>,
    /// Write a report for people: a self-contained page (.html), or Markdown for a pull request (.md)
    #[arg(long, value_name = "F")]
    pub report: Option<PathBuf>,
    /// Write the followed journeys for Perfetto and chrome://tracing (Trace Event Format)
    #[arg(long, value_name = "F.json")]
    pub perfetto: Option<PathBuf>,
    /// Write the followed journeys as OpenTelemetry traces (OTLP in JSON)
    #[arg(long, value_name = "F.json")]
    pub otlp: Option<PathBuf>,
    /// Print how fast the simulation itself was, on the standard error
    #[arg(long)]
    pub timing: bool,
}

/// Arguments of `plimsoll check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The diagram
    #[arg(required_unless_present = "rules")]
    pub file: Option<PathBuf>,
    /// List the review rules with their reasons and sources
    #[arg(long, conflicts_with_all = ["file", "json"])]
    pub rules: bool,
    /// Write the diagnostics as JSON
    #[arg(long)]
    pub json: bool,
}

/// How differences are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// One line for each
    Text,
    /// A list for machines
    Json,
}

/// Arguments of `plimsoll diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The older diagram
    #[arg(value_name = "A")]
    pub old: PathBuf,
    /// The newer diagram
    #[arg(value_name = "B")]
    pub new: PathBuf,
    /// How differences are written
    #[arg(long, value_enum, default_value = "text")]
    pub format: DiffFormat,
}

/// Colors of an exported drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Theme {
    /// Dark on light
    Light,
    /// Light on dark
    Dark,
}

/// Arguments of `plimsoll export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The diagram
    pub file: PathBuf,
    /// File to write; its extension, svg or png, says the format
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
    /// Colors
    #[arg(long, value_enum, default_value = "light")]
    pub theme: Theme,
    /// Say below the drawing what its lines mean
    #[arg(long)]
    pub legend: bool,
    /// Pixels per unit of a PNG
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    pub scale: f32,
}

/// Arguments of `plimsoll catalog`.
#[derive(Debug, Args)]
pub struct CatalogArgs {
    /// A service, such as `aws/lambda`; all of them are listed without one
    pub service: Option<String>,
}

/// Arguments of `plimsoll new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// The example to start from
    #[arg(long, value_name = "EXAMPLE", required_unless_present = "list")]
    pub from: Option<String>,
    /// File to write; it must not exist [default: EXAMPLE.plimsoll.json here]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// List the examples
    #[arg(long, conflicts_with_all = ["from", "output"])]
    pub list: bool,
}

/// Arguments of `plimsoll verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Case files of schema verif-cases/1
    #[arg(required = true, value_name = "CASES.json")]
    pub cases: Vec<PathBuf>,
    /// Only these cases, by id
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Write the diagram and the recordings of each case into a folder, for `plimsoll run`
    #[arg(long, value_name = "DIR")]
    pub emit: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_make_sense() {
        super::Cli::command().debug_assert();
    }
}
