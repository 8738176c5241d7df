//! Definitions that read, and broken ones that say what is wrong.

use serde_json::{Value, json};

use super::*;
use crate::machine::{CountLaw, ErrorMatch, Pattern, StateKind, When};

fn problems(definition: &Value) -> Vec<String> {
    let problems = read(&definition.to_string()).expect_err("the definition is broken");
    problems.into_iter().map(|problem| format!("{}: {}", problem.state.unwrap_or_default(), problem.message)).collect()
}

fn state<'a>(machine: &'a Machine, name: &str) -> &'a crate::machine::State {
    machine.states.iter().find(|state| state.name == name).unwrap()
}

#[test]
fn a_saga_reads() {
    let machine = read(
        &json!({
            "StartAt": "Charge",
            "TimeoutSeconds": 600,
            "States": {
                "Charge": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke",
                    "Parameters": {"FunctionName": "arn:aws:lambda:eu-west-1:123456789012:function:charge-card:live"},
                    "TimeoutSeconds": 5,
                    "Retry": [
                        {"ErrorEquals": ["Lambda.TooManyRequestsException"], "IntervalSeconds": 2, "MaxAttempts": 6, "JitterStrategy": "FULL"},
                        {"ErrorEquals": ["States.ALL"], "BackoffRate": 1.5, "MaxDelaySeconds": 3},
                    ],
                    "Catch": [{"ErrorEquals": ["CardDeclined", "States.Timeout"], "Next": "Refund"}],
                    "Next": "Both",
                },
                "Both": {
                    "Type": "Parallel",
                    "Branches": [
                        {"StartAt": "Store", "States": {"Store": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "End": true}}},
                        {"StartAt": "Nap", "States": {"Nap": {"Type": "Wait", "Seconds": 3, "End": true}}},
                    ],
                    "Next": "Lines",
                },
                "Lines": {
                    "Type": "Map",
                    "Comment": "plimsoll: items=uniform(1, 20)",
                    "MaxConcurrency": 5,
                    "ItemProcessor": {
                        "StartAt": "Pack",
                        "States": {"Pack": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true}},
                    },
                    "Next": "Which",
                },
                "Which": {
                    "Type": "Choice",
                    "Choices": [
                        {"Variable": "$.detail-type", "StringEquals": "Express", "Next": "Done"},
                        {"Variable": "$.total", "NumericGreaterThan": 100, "Comment": "plimsoll: probability=30 %", "Next": "Refund"},
                        {"Condition": "{% $states.input.type = 'Gift' %}", "Next": "Done"},
                        {"Condition": "{% $count($x) > 3 %}", "Next": "Done"},
                    ],
                    "Default": "Done",
                },
                "Refund": {"Type": "Pass", "Next": "Failed"},
                "Failed": {"Type": "Fail", "Error": "OrderFailed"},
                "Done": {"Type": "Succeed"},
            },
        })
        .to_string(),
    )
    .unwrap();
    assert_eq!(machine.states[machine.start as usize].name, "Charge");
    assert_eq!(machine.timeout, Some(600.0));
    let charge = state(&machine, "Charge");
    assert!(matches!(&charge.kind, StateKind::Task(task) if task.target.as_deref() == Some("charge-card") && task.timeout == Some(5.0)));
    assert_eq!(charge.retry[0].errors, [ErrorMatch::Throttled]);
    assert_eq!((charge.retry[0].interval, charge.retry[0].attempts, charge.retry[0].full_jitter), (2.0, 6, true));
    assert_eq!((charge.retry[1].interval, charge.retry[1].rate, charge.retry[1].attempts, charge.retry[1].delay_max), (1.0, 1.5, 3, 3.0));
    assert!(matches!(charge.catch[0].errors[..], [ErrorMatch::Named(_), ErrorMatch::Timeout]));
    let lines = state(&machine, "Lines");
    assert!(matches!(lines.kind, StateKind::Map { items: Some(CountLaw::Uniform { low: 1, high: 20 }), concurrency: 5, .. }));
    assert!(matches!(&state(&machine, "Pack").kind, StateKind::Task(task) if task.pattern == Pattern::Callback && task.service == "sqs"));
    let StateKind::Choice { options, default } = &state(&machine, "Which").kind else { panic!("a choice") };
    assert!(default.is_some());
    assert_eq!(options[0].0, When::Type("Express".to_owned()));
    assert_eq!(options[1].0, When::Share(0.3));
    assert_eq!(options[2].0, When::Type("Gift".to_owned()));
    // What is left is shared equally by the rule without a probability and the default.
    assert!(matches!(options[3].0, When::Share(share) if (share - 0.35).abs() < 1e-12));
    assert_eq!(machine.assumptions.len(), 1);
}

#[test]
fn broken_definitions_name_the_state() {
    let end = json!({"Type": "Pass", "End": true});
    let with = |states: Value| json!({"StartAt": "A", "States": states});
    for (definition, wanted) in [
        (json!([]), ": a definition is an object"),
        (json!({"States": {"A": end}}), ": it has no `StartAt`"),
        (json!({"StartAt": "A"}), ": it has no `States`"),
        (json!({"StartAt": "B", "States": {"A": end}}), ": there is no state `B`"),
        (with(json!({"A": 5})), "A: a state is an object"),
        (with(json!({"A": {"Type": "Pass"}})), "A: it has neither `Next` nor"),
        (with(json!({"A": {"Type": "Pass", "Next": "A", "End": true}})), "A: it has both"),
        (with(json!({"A": {"Type": "Pass", "Next": "Nowhere"}})), "A: there is no state `Nowhere`"),
        (with(json!({"A": {"Type": "Tasks", "End": true}})), "A: `Tasks` is not a type of state, did you mean `Task`?"),
        (with(json!({"A": {"Type": "Task", "End": true}})), "A: a Task has a `Resource`"),
        (with(json!({"A": {"Type": "Choice", "Choices": []}})), "A: a Choice has a list"),
        (with(json!({"A": {"Type": "Wait", "SecondsPath": "$.s", "End": true}})), "A: how long it waits depends on the data"),
        (with(json!({"A": {"Type": "Wait", "Seconds": -1, "End": true}})), "A: `Seconds` is -1"),
        (with(json!({"A": {"Type": "Wait", "Seconds": "soon", "End": true}})), "A: how long it waits"),
        (with(json!({"A": {"Type": "Parallel", "Branches": [], "End": true}})), "A: a Parallel has a list"),
        (with(json!({"A": {"Type": "Map", "End": true}})), "A: a Map has an `ItemProcessor`"),
        (with(json!({"A": {"Type": "Pass", "Retry": [], "End": true}})), "A: a Pass state neither retries nor catches"),
        (
            with(json!({"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}})),
            "A: from here the machine runs in a circle",
        ),
        (with(json!({"A": {"Type": "Pass", "Comment": "plimsoll: mood=good", "End": true}})), "A: the comment sets `mood`"),
    ] {
        let found = problems(&definition);
        assert!(found.iter().any(|problem| problem.starts_with(wanted)), "{definition}: {found:?}");
    }
    let choice = |rules: Value| with(json!({"A": {"Type": "Choice", "Choices": rules, "Default": "B"}, "B": end}));
    let likely = json!({"Comment": "plimsoll: probability=70 %", "Next": "B"});
    assert!(problems(&choice(json!([likely, likely])))[0].contains("add up to 140 %"));
    let task =
        |rule: Value| with(json!({"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Retry": rule, "End": true}}));
    for rule in [
        json!({}),
        json!([{}]),
        json!([{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["X"]}]),
        json!([{"ErrorEquals": ["X"], "BackoffRate": 0.5}]),
    ] {
        assert_eq!(problems(&task(rule)).len(), 1);
    }
}

#[test]
fn a_circle_with_a_way_out_is_fine() {
    let polling = json!({"StartAt": "Look", "States": {
        "Look": {"Type": "Wait", "Seconds": 5, "Next": "Ready"},
        "Ready": {"Type": "Choice", "Choices": [{"Comment": "plimsoll: probability=20 %", "Next": "Done"}], "Default": "Look"},
        "Done": {"Type": "Succeed"},
    }});
    assert!(read_value(&polling).is_ok());
    let stuck = polling.to_string().replace("20 %", "0 %");
    assert!(read(&stuck).unwrap_err()[0].message.contains("circle"));
}

#[test]
fn hostile_texts_are_refused() {
    assert!(read(&" ".repeat(BYTES_MAX + 1)).unwrap_err()[0].message.contains("bytes"));
    assert!(read(&"[".repeat(100_000)).unwrap_err()[0].message.contains("not JSON"));
    let twice = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "A": {"Type": "Succeed"}}}"#;
    assert!(read(twice).unwrap_err()[0].message.contains("stands twice"));
    let mut deep = json!({"StartAt": "s", "States": {"s": {"Type": "Succeed"}}});
    for level in 0..=DEPTH_MAX {
        let name = format!("s{level}");
        deep = json!({"StartAt": name, "States": {name.clone(): {"Type": "Parallel", "Branches": [deep], "End": true}}});
    }
    assert!(read_value(&deep).unwrap_err().iter().any(|problem| problem.message.contains("nested")));
    let states: serde_json::Map<String, Value> = (0..3_000).map(|n| (format!("s{n}"), json!({"Type": "Succeed"}))).collect();
    assert!(problems(&json!({"StartAt": "s0", "States": states}))[0].contains("more than"));
    let twin = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}});
    let same = json!({"StartAt": "A", "States": {"A": {"Type": "Parallel", "Branches": [twin], "End": true}}});
    assert!(problems(&same)[0].contains("same name"));
}

/// Every prefix of a definition and every text with a piece cut out ends in a machine or in problems.
#[test]
fn no_mutilated_text_panics() {
    let text = json!({"StartAt": "A", "States": {
        "A": {"Type": "Map", "ItemProcessor": {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 1, "End": true}}}, "Next": "C"},
        "C": {"Type": "Choice", "Choices": [{"Variable": "$.type", "StringEquals": "x", "Next": "D"}], "Default": "D"},
        "D": {"Type": "Fail"},
    }})
    .to_string();
    let mut readable = 0;
    for start in 0..text.len() {
        for length in [1, 2, 7, text.len()] {
            let end = (start + length).min(text.len());
            readable += usize::from(read(&format!("{}{}", &text[..start], &text[end..])).is_ok());
        }
    }
    assert!(readable > 0, "some cuts, such as of a letter of a name, do no harm");
}
