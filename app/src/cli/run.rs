//! `plimsoll run`: load through a diagram, the answer in words, the result as data.

use std::{
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

use plimsoll_models::{
    Catalog, Diagram, Scenario, ScenarioId,
    diagnostic::{closest, has_errors},
    scenario::Plan,
    validate,
};
use plimsoll_sim::{Input, Progress, RunError, RunResult, Traces, result::Holds};

use super::{Outcome, Refusal, Stop, Streams, args::RunArgs, canceling, overrides::Overrides};
use crate::{
    files,
    report::{Report, csv, json, parquet, text, traces},
};

/// Everything that a run depends on, owned.
struct Prepared {
    diagram: Diagram,
    scenario: ScenarioId,
    plan: Plan,
    traces: Traces,
}

/// Opens, changes, runs, tells.
pub(super) fn perform(args: &RunArgs, streams: &mut Streams<'_>) -> Result<Outcome, Stop> {
    if let Some(path) = args.report.as_deref().filter(|path| !is_report(path)) {
        // Before the run, which may take long.
        return Err(unknown_report(path).into());
    }
    let prepared = prepare(args, streams)?;
    let progress = Progress::new();
    let input = Input {
        diagram: &prepared.diagram,
        catalog: Catalog::embedded(),
        scenario: prepared.scenario.clone(),
        plan: prepared.plan.clone(),
        traces: &prepared.traces,
    };
    let result = canceling::watch(&progress, streams.watched.then_some("simulating"), || simulate(&input, &progress, args.sensitivity));
    let (result, wall) = match result {
        Ok(done) => done,
        Err(RunError::Canceled) => {
            writeln!(streams.talk, "canceled")?;
            return Ok(Outcome::Canceled);
        }
        Err(RunError::Invalid(diagnostics)) => {
            streams.tell(&diagnostics)?;
            return Err(Refusal::new("the diagram cannot be run").hint("mend the errors above").into());
        }
        Err(RunError::TooLarge(why)) => return Err(Refusal::new(why).into()),
    };
    if args.timing {
        writeln!(streams.talk, "{}", timing(&result, wall))?;
    }
    deliver(args, &prepared.diagram, &result, streams)?;
    Ok(if result.verdict.overall == Holds::Broken { Outcome::Broken } else { Outcome::Fine })
}

/// The same as [`plimsoll_sim::run`], with the time that the simulation alone took: without reading the diagram before
/// it, and without looking for the limit to blame after it.
fn simulate(input: &Input<'_>, progress: &Progress, sensitivity: bool) -> Result<(RunResult, Duration), RunError> {
    let program = plimsoll_sim::compile(input)?;
    let started = Instant::now();
    let mut result = plimsoll_sim::run_program(&program, progress)?;
    let wall = started.elapsed();
    plimsoll_sim::explain(input, &mut result, progress)?;
    if sensitivity {
        result.sensitivity = plimsoll_sim::sensitivity(input, &result, progress)?;
    }
    Ok((result, wall))
}

fn prepare(args: &RunArgs, streams: &mut Streams<'_>) -> Result<Prepared, Stop> {
    let opened = files::open(&args.file)?;
    let (scenario_id, scenario) = scenario(&opened.diagram, args.scenario.as_deref())?;
    let mut overrides = Overrides { diagram: opened.diagram, scenario, scenario_id, catalog: Catalog::embedded() };
    for change in &args.changes {
        overrides.apply(change)?;
    }
    let flags = [
        ("seed", args.seed.map(|seed| seed.to_string())),
        ("duration", args.duration.clone()),
        ("replications", args.replications.map(|n| n.to_string())),
    ];
    for (key, value) in flags {
        if let Some(value) = value {
            overrides.apply(&format!("scenario.{key}={value}"))?;
        }
    }
    let Overrides { mut diagram, scenario, scenario_id, catalog } = overrides;
    let (plan, _) = scenario.plan(&scenario_id);
    // The checks and the traces see what is run, not what stands in the file.
    diagram.scenarios.insert(scenario_id.clone(), std::sync::Arc::new(scenario));
    let (traces, trace_diagnostics) = files::load_beside(&mut diagram, args.file.parent().unwrap_or(Path::new(".")));
    let mut diagnostics = opened.diagnostics;
    diagnostics.extend(trace_diagnostics);
    diagnostics.extend(validate::check(&diagram, catalog));
    diagnostics.retain(|diagnostic| diagnostic.severity != plimsoll_models::Severity::Info);
    streams.tell(&diagnostics)?;
    if has_errors(&diagnostics) {
        let hint = format!("mend the errors above; `plimsoll check {}` shows them too", args.file.display());
        return Err(Refusal::new(format!("`{}` cannot be run", args.file.display())).hint(hint).into());
    }
    Ok(Prepared { diagram, scenario: scenario_id, plan, traces })
}

/// The scenario that was asked for, else the diagram's default, else one with all defaults.
fn scenario(diagram: &Diagram, name: Option<&str>) -> Result<(ScenarioId, Scenario), Refusal> {
    let id = match name {
        Some(name) => ScenarioId::new(name),
        None => match diagram.default_scenario() {
            Some(id) => id.clone(),
            None => return Ok((ScenarioId::new("default"), Scenario::default())),
        },
    };
    if let Some(scenario) = diagram.scenarios.get(&id) {
        return Ok((id, (**scenario).clone()));
    }
    let known: Vec<&str> = diagram.scenarios.keys().map(ScenarioId::as_str).collect();
    let hint = match closest(id.as_str(), known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the diagram has no scenarios; leave --scenario out to run with all defaults".to_owned(),
        None => format!("known: {}", known.join(", ")),
    };
    Err(Refusal::new(format!("there is no scenario `{id}`")).hint(hint))
}

fn timing(result: &RunResult, wall: Duration) -> String {
    let (events, seconds) = (result.run.events, wall.as_secs_f64());
    format!("events={events} wall_s={seconds:.3} events_per_s={:.0}", events as f64 / seconds.max(1e-9))
}

/// Writes what was asked for; the summary too, unless the JSON takes the standard output.
fn deliver(args: &RunArgs, diagram: &Diagram, result: &RunResult, streams: &mut Streams<'_>) -> Result<(), Stop> {
    let summary = text::Summary { result, diagram, reproduce: &reproduce(args, result) };
    let to_stdout = args.json.as_deref() == Some(Path::new("-"));
    match &args.json {
        Some(_) if to_stdout => streams.out.write_all(json::text(result).as_bytes())?,
        Some(path) => files::save_atomic(path, json::text(result)).map_err(|error| cannot_write(path, &error))?,
        None => {}
    }
    if let Some(folder) = &args.csv {
        fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
        for (name, table) in csv::files(result) {
            let path = folder.join(name);
            files::save_atomic(&path, &table).map_err(|error| cannot_write(&path, &error))?;
        }
    }
    let traces = [(&args.perfetto, traces::chrome as fn(&_, &_) -> String), (&args.otlp, traces::otlp)];
    for (path, write) in traces.into_iter().filter_map(|(path, write)| Some((path.as_ref()?, write))) {
        files::save_atomic(path, write(result, diagram)).map_err(|error| cannot_write(path, &error))?;
    }
    if let Some(path) = &args.parquet {
        let bytes = parquet::series(result).map_err(|error| cannot_write(path, &io::Error::other(error)))?;
        files::save_atomic(path, bytes).map_err(|error| cannot_write(path, &error))?;
    }
    if let Some(path) = &args.report {
        let report = report(args, path, &summary)?;
        files::save_atomic(path, report).map_err(|error| cannot_write(path, &error))?;
    }
    if to_stdout {
        writeln!(streams.talk, "{}", text::headline(result, streams.talk_style))?;
    } else {
        streams.out.write_all(summary.print(streams.style).as_bytes())?;
    }
    Ok(())
}

/// Whether a name has the extension of a report.
fn is_report(path: &Path) -> bool {
    is_markdown(path) || path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("html"))
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

/// The report in the format that the file's extension names.
fn report(args: &RunArgs, path: &Path, summary: &text::Summary<'_>) -> Result<String, Refusal> {
    let fingerprint = fs::read(&args.file).map(|bytes| files::fingerprint(&bytes)).map_err(|error| cannot_read(&args.file, &error))?;
    let text::Summary { result, diagram, reproduce } = *summary;
    let report = Report { result, diagram, catalog: Catalog::embedded(), reproduce, fingerprint: &fingerprint };
    Ok(if is_markdown(path) { report.markdown() } else { report.html() })
}

fn unknown_report(path: &Path) -> Refusal {
    Refusal::new(format!("`{}` names no format of a report", path.display())).hint("end the name in .html or .md")
}

fn cannot_read(path: &Path, error: &io::Error) -> Refusal {
    Refusal::new(format!("cannot read `{}` again: {error}", path.display())).hint("the report tells the fingerprint of the file")
}

fn cannot_write(path: &Path, error: &io::Error) -> Refusal {
    Refusal::new(format!("cannot write `{}`: {error}", path.display())).hint("look at the path and at the permissions of its folder")
}

/// The command that gives this very result again.
fn reproduce(args: &RunArgs, result: &RunResult) -> String {
    let mut words = vec![
        "plimsoll run".to_owned(),
        files::quoted(&args.file.display().to_string()),
        format!("--scenario {}", result.run.scenario),
        format!("--seed {}", result.run.seed),
    ];
    if let Some(duration) = &args.duration {
        words.push(format!("--duration {}", files::quoted(duration)));
    }
    if result.run.replications > 1 {
        words.push(format!("--replications {}", result.run.replications));
    }
    words.extend(args.changes.iter().map(|change| format!("--set {}", files::quoted(change))));
    words.join(" ")
}
