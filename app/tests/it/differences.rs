//! `plimsoll diff`.

use super::Sandbox;

const OLD: &str = r#"{"plimsoll": 1, "nodes": {"orders": {"service": "aws/sqs", "name": "Orders"}}, "layout": {"orders": [0, 0]}}"#;

#[test]
fn differences_are_told_with_an_exit_code() {
    let sandbox = Sandbox::new();
    let new = OLD.replace("\"Orders\"}", "\"Orders\", \"fields\": {\"visibility_timeout\": \"180 s\"}}");
    sandbox.write("a.plimsoll.json", OLD);
    sandbox.write("b.plimsoll.json", &new);
    let same = sandbox.run(&["diff", "a.plimsoll.json", "a.plimsoll.json"]);
    assert_eq!((same.code, same.out.as_str()), (0, ""));
    let said = sandbox.run(&["diff", "a.plimsoll.json", "b.plimsoll.json"]);
    assert_eq!((said.code, said.out.as_str()), (1, "~ Orders: visibility timeout 30 s (default) → 180 s\n"), "{}", said.talk);
    let said = sandbox.run(&["diff", "a.plimsoll.json", "b.plimsoll.json", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(list[0]["subject"], "node");
    assert_eq!(list[0]["details"][0], serde_json::json!({"key": "visibility_timeout", "old": null, "new": "180 s"}));
    assert_eq!(sandbox.run(&["diff", "a.plimsoll.json", "missing"]).code, 2);
}
