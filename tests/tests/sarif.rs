//! Reports for code scanning, against the schema of their standard.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The standard's schema comes with a crate that makes its types from it.
#[test]
fn reports_for_code_scanning_meet_the_schema_of_sarif() {
    let manifest = {
        // Packages of other platforms are not there.
        let about = Command::new(env!("CARGO")).arg("-vV").output().unwrap();
        let about = String::from_utf8(about.stdout).unwrap();
        let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
        let metadata = Command::new(env!("CARGO"))
            .args(["metadata", "--offline", "--format-version", "1", "--filter-platform", host])
            .args(["--features", "checkpoint-tests/interop"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
        PathBuf::from(package["manifest_path"].as_str().unwrap())
    };
    let schema = fs::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    // Its patterns of languages have a `]` of its own, which only old engines take for a text.
    let schema = schema.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}\\\\]?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/samples");
    fs::write(folder.path().join("github.ndjson"), "{}\n{\"last_pr_cursor\": 5, \"x\": 1}\n").unwrap();
    let of = |kind: &str| serde_json::json!({"type": "object", "properties": {"a": {"type": kind}, "b": {"type": kind}}});
    fs::write(folder.path().join("old.json"), of("string").to_string()).unwrap();
    fs::write(folder.path().join("new.json"), of("integer").to_string()).unwrap();
    for (args, least) in [
        (vec!["samples", "github.ndjson"], 5),
        (vec!["samples", samples.to_str().unwrap()], 10),
        (vec!["check", "--schemas", "."], 1),
        (vec!["diff", "--schemas", ".", "old.json", "new.json"], 2),
    ] {
        fs::create_dir_all(folder.path().join("samples/other-v1/valid")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tool"));
        let output =
            command.args(args).args(["--format", "sarif"]).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let results = report["runs"][0]["results"].as_array().unwrap();
        assert!(results.len() >= least, "{}", results.len());
        for result in results {
            let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            assert!(uri.as_str().is_some_and(|uri| !uri.is_empty()), "{result}");
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(report["runs"][0]["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
    }
}
