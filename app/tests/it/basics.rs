//! Every subcommand on good input, exit codes, and `--set`.

use std::process::Stdio;

use crate::{SMALL, Said, Sandbox, examples};

#[test]
fn help_and_version_go_to_the_standard_output() {
    let sandbox = Sandbox::new();
    let help = sandbox.run(&["--help"]).ends_with_code(0);
    for word in ["run", "check", "export", "catalog", "new", "verify", "Exit codes"] {
        assert!(help.out.contains(word), "{word} is missing in\n{}", help.out);
    }
    for command in ["run", "check", "export", "catalog", "new", "verify"] {
        assert!(sandbox.run(&[command, "--help"]).ends_with_code(0).out.contains("Usage"), "{command}");
    }
    assert!(sandbox.run(&["--version"]).ends_with_code(0).out.starts_with("plimsoll "));
}

#[test]
fn wrong_use_is_two_with_a_hint() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    for args in [
        &["sail"][..],
        &["run"],
        &["run", "a.plimsoll.json", "--speed", "9"],
        &["run", "missing.plimsoll.json"],
        &["run", "a.plimsoll.json", "--scenario", "defult"],
        &["run", "a.plimsoll.json", "--set", "nonsense"],
        &["run", "a.plimsoll.json", "--duration", "-5 s"],
        &["run", "a.plimsoll.json", "--duration", "soon"],
        &["run", "a.plimsoll.json", "--replications", "0"],
        &["run", "a.plimsoll.json", "--json", "no/such/folder/x.json"],
        &["catalog", "aws/lamda"],
        &["export", "a.plimsoll.json", "-o", "a.gif"],
        &["verify", "missing.json"],
        &["new"],
    ] {
        let said = sandbox.run(args).ends_with_code(2);
        assert!(said.out.is_empty() && said.talk.contains("rror"), "{args:?}: {}", said.talk);
    }
}

#[test]
fn every_example_is_fine_and_runs() {
    let sandbox = Sandbox::new();
    for example in examples() {
        let path = example.to_str().unwrap();
        let checked = sandbox.run(&["check", path]).ends_with_code(0);
        assert!(!checked.out.contains("error") && !checked.out.contains("warning"), "{}", checked.out);
        let said = sandbox.run(&["run", path, "--duration", "20 s", "--set", "scenario.warm_up=0 s"]);
        assert!(said.code == 0 || said.code == 1, "{path}: {}", said.talk);
        assert!(said.out.contains("Ledger, balanced"), "{path}:\n{}", said.out);
        let again = said.out.lines().filter(|line| !line.starts_with("Again:"));
        for line in again {
            assert!(line.chars().count() <= 100, "{path}: a wide line: {line}");
        }
        assert!(!said.out.contains('\u{1b}'), "no color into a pipe");
    }
}

#[test]
fn the_exit_code_tells_whether_the_objectives_hold() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    let holds = sandbox.run(&["run", "a.plimsoll.json"]).ends_with_code(0);
    assert!(holds.out.contains("HOLDS"), "{}", holds.out);
    let broken = sandbox.run(&["run", "a.plimsoll.json", "--scenario", "strict"]).ends_with_code(1);
    assert!(broken.out.contains("DOES NOT HOLD") && broken.out.contains("BROKEN"), "{}", broken.out);
    assert!(broken.out.contains("--scenario strict --seed 1"), "how to reproduce it\n{}", broken.out);
}

#[test]
fn changed_fields_change_the_run_and_unknown_ones_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    let run = |change: &str| sandbox.run(&["run", "a.plimsoll.json", "--set", change]);
    for change in ["desk.service=5 s", "clients.arrivals=poisson(50/s)", "scenario.multiplier=10", "scenario.load.clients=poisson(50/s)"] {
        assert_eq!(run(change).code, 1, "{change} overloads the desk");
    }
    for change in ["ask.attempts=2", "account.aws/lambda.concurrent_executions=3000", "account.region=eu-west-1", "scenario.seed=7"] {
        run(change).ends_with_code(0);
    }
    for (change, hint) in [
        ("dessk.service=1 s", "did you mean `desk`"),
        ("desk.servers_=1", "did you mean `servers`"),
        ("scenario.durration=1 s", "did you mean `duration`"),
        ("account.aws/lambda.concurrent_execution=5", "did you mean `aws/lambda.concurrent_executions`"),
        ("ask.attemps=5", "did you mean `attempts`"),
        ("desk=5", "write node.field"),
    ] {
        let said = run(change).ends_with_code(2);
        assert!(said.talk.contains(hint), "{change}: {}", said.talk);
    }
    let said = run("desk.service=soon").ends_with_code(2);
    assert!(said.talk.contains("node desk.service"), "{}", said.talk);
}

#[test]
fn the_catalog_tells_facts_with_sources() {
    let sandbox = Sandbox::new();
    let list = sandbox.run(&["catalog"]).ends_with_code(0);
    assert!(list.out.contains("aws/lambda") && list.out.contains("aws/sqs"));
    for name in ["aws/lambda", "lambda"] {
        let said = sandbox.run(&["catalog", name]).ends_with_code(0);
        for word in ["concurrent_executions", "Source", "Prices", "timeout"] {
            assert!(said.out.contains(word), "{word} is missing in\n{}", said.out);
        }
    }
    assert!(sandbox.run(&["catalog", "aws/lamda"]).talk.contains("did you mean `aws/lambda`"));
}

#[test]
fn diagnostics_are_also_json() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL.replace("exponential(100 ms)", "fast"));
    let said = sandbox.run(&["check", "a.plimsoll.json", "--json"]).ends_with_code(1);
    let list: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(list[0]["code"], "bad-value");
    assert_eq!(list[0]["severity"], "error");
}

#[test]
fn timing_is_one_line_on_the_standard_error() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    let said = sandbox.run(&["run", "a.plimsoll.json", "--timing"]).ends_with_code(0);
    let line = said.talk.trim();
    let words: Vec<&str> = line.split([' ', '=']).collect();
    assert!(matches!(words[..], ["events", _, "wall_s", _, "events_per_s", _]), "{line}");
    assert!(words.iter().skip(1).step_by(2).all(|number| number.parse::<f64>().is_ok()), "{line}");
}

#[test]
fn a_closed_pipe_is_no_fault() {
    let sandbox = Sandbox::new();
    for args in [&["catalog", "aws/lambda"][..], &["--help"], &["run", "a.plimsoll.json", "--json", "-"]] {
        sandbox.write("a.plimsoll.json", SMALL);
        let mut child = sandbox.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let said = Said::of(child.wait_with_output().unwrap());
        assert!(!said.talk.contains("fault") && said.code != 3, "{args:?}: {}", said.talk);
    }
}

#[test]
fn drawings_are_written_by_their_extension() {
    let sandbox = Sandbox::new();
    sandbox.write("a.plimsoll.json", SMALL);
    for (file, start) in [("a.svg", &b"<svg"[..]), ("a.png", &[0x89, b'P', b'N', b'G'])] {
        for theme in ["light", "dark"] {
            sandbox.run(&["export", "a.plimsoll.json", "-o", file, "--theme", theme, "--scale", "1"]).ends_with_code(0);
            let written = std::fs::read(sandbox.path(file)).unwrap();
            assert!(written.windows(start.len()).take(200).any(|part| part == start), "{file}");
        }
    }
    for scale in ["0", "-1", "NaN", "1e9"] {
        sandbox.run(&["export", "a.plimsoll.json", "-o", "b.png", "--scale", scale]).ends_with_code(2);
    }
    sandbox.write("empty.plimsoll.json", "{\"plimsoll\": 1}");
    assert!(sandbox.run(&["export", "empty.plimsoll.json", "-o", "b.svg"]).ends_with_code(2).talk.contains("empty"));
    assert!(!sandbox.path("b.svg").exists() && !sandbox.path("b.png").exists());
}

#[test]
fn new_diagrams_come_from_examples_and_overwrite_nothing() {
    let sandbox = Sandbox::new();
    let list = sandbox.run(&["new", "--list"]).ends_with_code(0);
    for name in ["checkout", "mm1", "trace-replay"] {
        assert!(list.out.contains(name), "{}", list.out);
        sandbox.run(&["new", "--from", name]).ends_with_code(0);
        let file = format!("{name}.plimsoll.json");
        sandbox.run(&["check", &file]).ends_with_code(0);
        let written = std::fs::read(sandbox.path(&file)).unwrap();
        let said = sandbox.run(&["new", "--from", name]).ends_with_code(2);
        assert!(said.talk.contains("exists already"), "{}", said.talk);
        assert_eq!(std::fs::read(sandbox.path(&file)).unwrap(), written);
    }
    sandbox.run(&["new", "--from", "mm1", "-o", "mine.plimsoll.json"]).ends_with_code(0);
    assert!(sandbox.run(&["new", "--from", "mm2"]).ends_with_code(2).talk.contains("did you mean `mm1`"));
}
