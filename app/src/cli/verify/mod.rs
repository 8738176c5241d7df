//! `plimsoll verify`: cases with known answers against the engine.
//!
//! Every case becomes a diagram that runs on the engine like any other; nothing is computed beside it. The rules of
//! agreement are those in the header of the case files.

mod bench;
mod case;
mod experiment;
mod judge;
mod law;
mod models;
mod parameters;
mod probe;
mod student;

use std::{
    fs,
    io::Write,
    panic,
    path::{Path, PathBuf},
    time::Instant,
};

use plimsoll_sim::Progress;
use serde::Deserialize as _;

use super::{Outcome, Refusal, Stop, Streams, args::VerifyArgs, canceling};
use crate::{files, report::style::Style};
use bench::Trouble;
use case::{Case, CaseFile, Figure, Kind, Missing, SCHEMA};
use experiment::{CUSTOMERS_MAX, ENLARGEMENT, ENLARGEMENT_MAX, Experiment, Measured, SEED_SETS};
use judge::{Judgment, judge};

/// What came of a case.
enum Verdict {
    /// It was run; the figures with their judgments.
    Judged { judgments: Vec<Judgment>, repeated: bool },
    /// It could not be measured.
    Failed(String),
    /// The product lacks what it needs.
    NotSupported(String),
    /// Ctrl-C.
    Canceled,
}

impl Verdict {
    /// Whether the case passed; `None` where that cannot be said.
    fn passed(&self) -> Option<bool> {
        match self {
            Self::Judged { judgments, .. } if judgments.iter().any(|judgment| judgment.passed == Some(false)) => Some(false),
            Self::Judged { judgments, .. } if judgments.iter().any(|judgment| judgment.missing) => None,
            Self::Judged { .. } => Some(true),
            Self::Failed(_) => Some(false),
            Self::NotSupported(_) | Self::Canceled => None,
        }
    }
}

/// A case of a file, with the folder that its file names are relative to.
struct Listed {
    id: String,
    title: String,
    case: Result<Case, Missing>,
    folder: PathBuf,
}

impl Listed {
    fn new(value: &serde_json::Value, folder: &Path) -> Self {
        let text = |key: &str| value.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        let case = Case::deserialize(value).map_err(|error| error.to_string());
        Self { id: text("id"), title: text("title"), case, folder: folder.to_owned() }
    }
}

/// Runs the cases and tells what agrees.
pub(super) fn perform(args: &VerifyArgs, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    let cases = select(args)?;
    let (mut passed, mut failed, mut not_supported) = (0_u32, 0_u32, 0_u32);
    for listed in &cases {
        let started = Instant::now();
        if let (Some(target), Ok(case)) = (&args.emit, &listed.case)
            && let Ok(experiment) = models::build(&case.enlarged(ENLARGEMENT), &listed.folder)
        {
            emit(target, case, &experiment)?;
        }
        let verdict = match &listed.case {
            Ok(case) => verdict(case, &listed.folder),
            Err(why) => Verdict::NotSupported(why.clone()),
        };
        if matches!(verdict, Verdict::Canceled) {
            writeln!(streams.talk, "canceled")?;
            return Ok(Outcome::Canceled);
        }
        match verdict.passed() {
            Some(true) => passed += 1,
            Some(false) => failed += 1,
            None => not_supported += 1,
        }
        print(streams.out, streams.style, listed, &verdict, started.elapsed().as_secs_f64())?;
        streams.out.flush()?;
    }
    writeln!(streams.out, "{passed} passed, {failed} failed, {not_supported} not supported")?;
    Ok(if failed > 0 { Outcome::Broken } else { Outcome::Fine })
}

/// Reads the case files.
fn select(args: &VerifyArgs) -> Result<Vec<Listed>, Stop> {
    let mut cases = Vec::new();
    for path in &args.cases {
        let text = fs::read_to_string(path).map_err(|error| Refusal::new(format!("cannot read `{}`: {error}", path.display())))?;
        let file: CaseFile = serde_json::from_str(&text)
            .map_err(|error| Refusal::new(format!("{}: {error}", path.display())).hint(format!("a case file has the schema {SCHEMA}")))?;
        if file.schema != SCHEMA {
            return Err(Refusal::new(format!("{} has the schema `{}`", path.display(), file.schema))
                .hint(format!("{SCHEMA} is read"))
                .into());
        }
        let folder = path.parent().unwrap_or(Path::new("."));
        cases.extend(file.cases.iter().map(|case| Listed::new(case, folder)));
    }
    for id in &args.only {
        if !cases.iter().any(|case| case.id == *id) {
            let near = plimsoll_models::diagnostic::closest(id, cases.iter().map(|case| case.id.as_str()));
            let hint = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
            return Err(Refusal::new(format!("there is no case `{id}`")).hint(hint).into());
        }
    }
    cases.retain(|case| args.only.is_empty() || args.only.contains(&case.id));
    Ok(cases)
}

fn verdict(case: &Case, folder: &Path) -> Verdict {
    let progress = Progress::new();
    // A panic is the fault of one case; the others still count.
    let work = || panic::catch_unwind(panic::AssertUnwindSafe(|| examine(case, folder, &|| progress.is_canceled())));
    canceling::watch(&progress, None, work).unwrap_or_else(|_| Verdict::Failed("the engine panicked, see above".to_owned()))
}

/// Runs the first seed set, and the second one where a stochastic case disagrees. How wide the intervals of the first
/// one were says how much the second one takes.
fn examine(case: &Case, folder: &Path, canceled: &(dyn Fn() -> bool + Sync)) -> Verdict {
    let mut last = Vec::new();
    let mut enlargement = ENLARGEMENT;
    for (round, first_seed) in SEED_SETS.into_iter().enumerate() {
        let experiment = match models::build(&case.enlarged(enlargement), folder) {
            Ok(experiment) => experiment,
            Err(missing) => return Verdict::NotSupported(missing),
        };
        match experiment.run(first_seed, canceled) {
            Ok(runs) => last = judgments(case, &runs),
            Err(Trouble::Canceled) => return Verdict::Canceled,
            Err(Trouble::Refused(why)) => return Verdict::NotSupported(why),
            Err(Trouble::Broken(why)) => return Verdict::Failed(why),
        }
        let fine = last.iter().all(|judgment| judgment.passed != Some(false));
        if fine || case.kind != Kind::Stochastic {
            return Verdict::Judged { judgments: last, repeated: round > 0 };
        }
        enlargement = enlarged_again(case, enlargement, &last);
    }
    Verdict::Judged { judgments: last, repeated: true }
}

/// How much the second seed set takes: twice as much, or what its widest interval needs, with a margin, as long as that
/// does not take too long.
fn enlarged_again(case: &Case, enlargement: f64, judgments: &[Judgment]) -> f64 {
    let widest = judgments.iter().map(|judgment| judgment.imprecision).fold(1.0, f64::max);
    let most = case.sample.customers_per_replication.map_or(ENLARGEMENT_MAX, |each| CUSTOMERS_MAX / each / f64::from(case.replications()));
    let needed = 2.0 * enlargement * widest * widest;
    needed.min(most.min(ENLARGEMENT_MAX)).max(2.0 * enlargement)
}

fn judgments(case: &Case, runs: &[Measured]) -> Vec<Judgment> {
    case.metrics
        .iter()
        .map(|metric| {
            let values: Vec<Figure> = runs.iter().filter_map(|run| run.get(&metric.name).cloned()).collect();
            judge(metric, &values)
        })
        .collect()
}

fn print(out: &mut dyn Write, style: Style, listed: &Listed, verdict: &Verdict, seconds: f64) -> std::io::Result<()> {
    let word = match verdict.passed() {
        Some(true) => style.good("PASS"),
        Some(false) => style.bad("FAIL"),
        None => style.faint("n/s "),
    };
    let head = format!("{word}  {}: {}", listed.id, listed.title);
    let judgments = match verdict {
        Verdict::NotSupported(why) => return writeln!(out, "{head} [not supported: {why}]"),
        Verdict::Failed(why) => return writeln!(out, "{head} [{why}]"),
        Verdict::Canceled => return Ok(()),
        Verdict::Judged { judgments, repeated } => {
            let missing = if verdict.passed().is_none() { " [not supported: a figure]" } else { "" };
            writeln!(out, "{head}{missing} ({seconds:.1} s{})", if *repeated { ", second seed set" } else { "" })?;
            judgments
        }
    };
    let metrics = listed.case.as_ref().map_or(&[][..], |case| &case.metrics);
    for (metric, judgment) in metrics.iter().zip(judgments) {
        let word = match judgment.passed {
            Some(true) => style.good("ok"),
            Some(false) => style.bad(&format!("FAIL: {}", judgment.why)),
            None if judgment.missing => "n/s: the model has no such figure".to_owned(),
            None => "info".to_owned(),
        };
        let unit = if metric.unit == "1" { "" } else { metric.unit.as_str() };
        let value = measured_text(judgment);
        writeln!(out, "      {:<26} expected {:<14} measured {:<26} {unit:<5} {word}", metric.name, list(metric.expected.values()), value)?;
    }
    Ok(())
}

fn measured_text(judgment: &Judgment) -> String {
    match (&judgment.measured[..], &judgment.half_widths[..]) {
        ([], _) => "-".to_owned(),
        ([value], [half_width]) => format!("{} ± {}", short(*value), short(*half_width)),
        (values, _) => list(values),
    }
}

/// Up to four elements of a list; the rest is counted.
fn list(values: &[f64]) -> String {
    if let [value] = values {
        return short(*value);
    }
    let shown: Vec<String> = values.iter().take(4).map(|value| short(*value)).collect();
    let more = if values.len() > 4 { format!(", …{}", values.len()) } else { String::new() };
    format!("[{}{more}]", shown.join(", "))
}

/// Six significant digits.
fn short(value: f64) -> String {
    if value == 0.0 || (value.fract() == 0.0 && value.abs() < 1e9) {
        return format!("{value}");
    }
    let digits = (5 - value.abs().log10().floor() as i32).clamp(0, 12) as usize;
    if value.abs() < 1e-4 || value.abs() >= 1e9 { format!("{value:.4e}") } else { format!("{value:.digits$}") }
}

/// Writes the diagrams of a case with their recordings.
fn emit(folder: &Path, case: &Case, experiment: &Experiment) -> Result<(), Stop> {
    let write = |path: &Path, text: &str| -> Result<(), Refusal> {
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| files::save_atomic(path, text))
            .map_err(|error| Refusal::new(format!("cannot write `{}`: {error}", path.display())))
    };
    for (index, bench) in experiment.benches.iter().enumerate() {
        let name = if index == 0 { case.id.clone() } else { format!("{}-{}", case.id, index + 1) };
        write(&folder.join(format!("{name}.plimsoll.json")), &bench.document(SEED_SETS[0]))?;
        for (file, text) in &bench.recordings {
            write(&folder.join(file), text)?;
        }
    }
    Ok(())
}
