//! What the RFCs say of patches, and what an update does: the same, or why not.
//!
//! JSON Merge Patch (RFC 7396) is `merge` on a `serde_json::Value`. JSON Patch (RFC 6902) is no format of ours,
//! but most of its operations have one of ours for a counterpart: `json-patch-test-suite`, which `cargo xtask
//! test` installs, tells what they should do.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use checkpoint_schema::field::{Element, Entry, Required};
use checkpoint_schema::{Change, Checkpoint, FieldError, Path, Update, pointer};
use checkpoint_tests::json::same;
use checkpoint_tests::postgres;
use checkpoint_tests::row::Row;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What is patched stands inside.
#[derive(Serialize, Deserialize, Checkpoint)]
#[checkpoint(job = "patched", version = 1)]
struct Patched {
    document: Value,
}

/// Appendix A: a document, a patch, and the result.
const RFC_7396: [(&str, &str, &str); 15] = [
    (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
    (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
    (r#"{"a":"b"}"#, r#"{"a":null}"#, r#"{}"#),
    (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
    (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
    (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
    (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
    (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
    (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
    (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
    (r#"{"a":"foo"}"#, "null", "null"),
    (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
    (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
    ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
    ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
];

#[test]
fn merge_is_rfc_7396() {
    postgres::each(|server| {
        let mut row = Row::new(server);
        for (document, patch, expected) in RFC_7396 {
            let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            let update = Update::from(Patched::fields().document().merge(read(patch)));
            let found = both(&mut row, &read(document), &update);
            let expected = json!({"document": read(expected)});
            assert_eq!(found, Ok(expected), "{document} merged with {patch}");
        }
    });
}

/// Cases of the suite that no operations stand for: by name, with the reason.
const UNMAPPED: [(&str, &str); 14] = [
    ("test remove on array", BY_POSITION),
    ("test repeated removes", BY_POSITION),
    ("A.4.  Removing an Array Element", BY_POSITION),
    ("A.7.  Moving an Array Element", BY_POSITION),
    ("move /baz/0/qux /baz/1", "nothing inserts into a list what is stored elsewhere"),
    ("missing 'value' parameter to add", MALFORMED),
    ("missing 'value' parameter to replace", MALFORMED),
    ("missing 'value' parameter to test", MALFORMED),
    ("missing value parameter to test - where undef is falsy", MALFORMED),
    ("missing from parameter to copy", MALFORMED),
    ("missing from parameter to move", MALFORMED),
    ("unrecognized op should fail", MALFORMED),
    ("duplicate ops", TWO_OPS),
    ("A.13 Invalid JSON Patch Document", TWO_OPS),
];

const BY_POSITION: &str = "nothing takes an element away by its position, which another worker may have moved: \
                           `remove` takes it by its value, `pop` takes the last";
const MALFORMED: &str = "nobody reads patches: such a call does not compile";
const TWO_OPS: &str = "disabled in the suite: of its two `op` a JSON parser gives one";

/// Cases with a `test`, which is a filter: their operations are done one by one.
const TESTS: [&str; 15] = [
    "test against implementation-specific numeric parsing",
    "test with bad number should fail",
    "spurious patch properties",
    "null value should be valid obj property",
    "test should pass despite rearrangement",
    "test should pass despite (nested) rearrangement",
    "test should pass - no error",
    "test op should fail",
    "Whole document",
    "Empty-string element",
    "test /foo, test /foo/0, test /, test /a~1b, test /c%d, test /e^f, test /g|h, test /i\\j, test /k\"l, test / , \
     test /m~0n",
    "A.8.  Testing a Value: Success",
    "A.9.  Testing a Value: Error",
    "A.14. ~ Escape Ordering",
    "A.15. Comparing Strings and Numbers",
];

/// Cases where our operations mean to do something else: by name, with the reason, and what they give.
const DIFFERENT: [(&str, &str, &str); 3] = [
    (
        "Move to same location has no effect",
        "to rename a field to itself is taken for a slip, and refused before anything is sent",
        "/document/foo: `rename_from` moves a value within one object, and /document/foo is not beside it: use \
         `copy_from` and `unset`",
    ),
    ("4.1. add with missing object", MADE, r#"{"document":{"a":{"b":1},"q":{"bar":2}}}"#),
    ("A.12.  Adding to a Non-existent Target", MADE, r#"{"document":{"baz":{"bat":"qux"},"foo":"bar"}}"#),
];

const MADE: &str =
    "a missing object on the way is made where its type can be read afterwards, as a map always can";

#[test]
fn what_has_a_counterpart_in_rfc_6902_does_the_same() {
    let cases = cases();
    let count = |wanted: &str| cases.iter().filter(|case| case.name() == wanted).count();
    let unmapped: BTreeMap<_, _> = UNMAPPED.into();
    let different: BTreeMap<_, _> = DIFFERENT.map(|(name, why, ours)| (name, (why, ours))).into();
    let tests: BTreeSet<_> = TESTS.into();
    for name in unmapped.keys().chain(different.keys()).chain(&tests) {
        assert_eq!(count(name), 1, "the cases that are called {name:?}");
    }
    postgres::each(|server| {
        let mut row = Row::new(server);
        let mut same_as_rfc = 0;
        for case in &cases {
            let name = case.name();
            let update = case.update();
            if let Some(why) = unmapped.get(name.as_str()) {
                assert!(update.is_none() || case.disabled, "{name} is mapped, but should not be: {why}");
                continue;
            }
            if tests.contains(name.as_str()) {
                assert!(case.has_tests(), "{name} tests nothing");
                match (&case.expected, &case.error, case.tested(&mut row)) {
                    (Some(expected), None, Ok(found)) if same(expected, &found) => {}
                    // The suite leaves the result out where nothing is changed.
                    (None, None, Ok(found)) if same(&case.doc, &found) => {}
                    (None, Some(_), Err(_)) => {}
                    (.., found) => panic!("{name}: {found:?}\n{case:?}"),
                }
                continue;
            }
            let update =
                update.unwrap_or_else(|| panic!("no operations stand for {name}, and no list has it"));
            let found = both(&mut row, &case.doc, &update);
            if let Some((why, ours)) = different.get(name.as_str()) {
                let found = found.map_or_else(|error| error.to_string(), |document| document.to_string());
                assert_eq!(found, *ours, "{name} is meant to be different: {why}");
                continue;
            }
            match (&case.expected, &case.error, &found) {
                (Some(expected), None, Ok(found)) if same(&json!({"document": expected}), found) => {}
                (None, Some(_), Err(_)) => {}
                _ => panic!("{name}: {update:?} gave {found:?}\n{case:?}"),
            }
            same_as_rfc += 1;
        }
        println!(
            "{same_as_rfc} of {} cases as in RFC 6902, {} meant to be different, {} without a counterpart, {} are \
             filters",
            cases.len(),
            different.len(),
            unmapped.len(),
            tests.len()
        );
        assert_eq!(same_as_rfc + different.len() + unmapped.len() + tests.len(), cases.len());
    });
}

/// The document after the update, or the error: the same in memory and in SQL. After an error it is as before.
fn both(row: &mut Row, document: &Value, update: &Update<Patched>) -> Result<Value, FieldError> {
    let document = json!({"document": document});
    let expected = update.apply(&document);
    row.store(&document);
    let found = match update.clone().expression("document") {
        Ok(statement) => row.update(&statement).unwrap_or_else(|fault| panic!("{update:?}: {fault}")),
        Err(error) => Err(error),
    };
    match (&expected, &found) {
        (Ok(expected), Ok(found)) if same(expected, found) => {}
        (Err(expected), Err(found)) if expected == found => {
            assert!(same(&row.stored(), &document), "{update:?}")
        }
        _ => panic!("{update:?} of {document}: in memory {expected:?}, in SQL {found:?}"),
    }
    found
}

/// A case of the suite.
#[derive(Debug, Deserialize)]
struct Case {
    comment: Option<String>,
    doc: Value,
    patch: Vec<Operation>,
    expected: Option<Value>,
    error: Option<String>,
    #[serde(default)]
    disabled: bool,
}

#[derive(Debug, Deserialize)]
struct Operation {
    op: String,
    path: String,
    from: Option<String>,
    #[serde(default, deserialize_with = "present")]
    value: Option<Value>,
}

/// `null` is a value, too.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Both files of the suite.
fn cases() -> Vec<Case> {
    let installed = std::env::var_os("CHECKPOINT_INTEROP").map(PathBuf::from).expect(
        "CHECKPOINT_INTEROP is not set: `cargo xtask test` installs what this test needs, and sets it",
    );
    let mut cases = Vec::new();
    for file in ["tests.json", "spec_tests.json"] {
        let path = installed.join("node_modules/json-patch-test-suite").join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // Of two equal keys, which one case has, a `Value` takes the last.
        let of_file: Value = serde_json::from_str(&text).unwrap();
        let of_file: Vec<Case> = serde_json::from_value(of_file).unwrap();
        assert!(!of_file.is_empty(), "{} has no cases", path.display());
        cases.extend(of_file);
    }
    cases
}

impl Case {
    /// What the suite says it is about, else what it does.
    fn name(&self) -> String {
        if let Some(name) = self.comment.as_ref().or(self.error.as_ref()) {
            return name.clone();
        }
        let told = |operation: &Operation| match &operation.from {
            Some(from) => format!("{} {from} {}", operation.op, operation.path),
            None => format!("{} {}", operation.op, operation.path),
        };
        self.patch.iter().map(told).collect::<Vec<_>>().join(", ")
    }

    fn has_tests(&self) -> bool {
        self.patch.iter().any(|operation| operation.op == "test")
    }

    /// The document after the operations, or the first that fails; a `test` is a filter, asked in memory and in
    /// SQL.
    fn tested(&self, row: &mut Row) -> Result<Value, String> {
        let mut document = json!({"document": self.doc});
        for operation in &self.patch {
            let inner = &document["document"];
            if operation.op != "test" {
                let changes = operation.changes(inner).ok_or("nothing stands for it")?;
                let update = changes.into_iter().collect();
                document = both(row, inner, &update).map_err(|error| error.to_string())?;
                continue;
            }
            let place = Target::new(inner, &operation.path).source().ok_or("there is no such place")?;
            let filter = place.eq(operation.value.as_ref().ok_or("there is no value")?);
            let matches = filter.matches(&document).map_err(|error| error.to_string())?;
            row.store(&document);
            let condition = filter.condition("document").map_err(|error| error.to_string())?;
            assert_eq!(row.meets(&condition), matches, "{filter:?} of {document}");
            if !matches {
                return Err(format!("{} is another", operation.path));
            }
        }
        Ok(document["document"].take())
    }

    /// The operations that stand for the patch, if all of its operations have one.
    fn update(&self) -> Option<Update<Patched>> {
        let changes: Option<Vec<_>> =
            self.patch.iter().map(|operation| operation.changes(&self.doc)).collect();
        Some(changes?.into_iter().flatten().collect())
    }
}

/// A place that a JSON Pointer leads to. A patch has no types: each value on the way is taken for a list if
/// that is what the document has there and the pointer has a position, else for a map.
enum Target {
    Whole(Path<Patched, Value, Required>),
    Member { path: Path<Patched, Value, Entry>, parent: String },
    Element { list: Path<Patched, Vec<Value>, Entry>, index: usize },
    End { list: Path<Patched, Vec<Value>, Entry> },
}

impl Target {
    fn new(document: &Value, pointer: &str) -> Self {
        let whole = Patched::fields().document();
        let Some((parent, last)) = pointer.rsplit_once('/') else { return Self::Whole(whole) };
        let above: Path<Patched, Value, Entry> = match Self::new(document, parent) {
            Self::Whole(path) => path.__retype(),
            Self::Member { path, .. } => path,
            Self::Element { list, index } => list.at(index).__retype(),
            Self::End { .. } => panic!("{pointer} leads into what is not there yet"),
        };
        let is_list = document.pointer(parent).is_some_and(Value::is_array);
        match last.parse() {
            Ok(index) if is_list => Self::Element { list: above.__retype(), index },
            _ if is_list && last == "-" => Self::End { list: above.__retype() },
            _ => {
                let map: Path<Patched, BTreeMap<String, Value>, Entry> = above.__retype();
                Self::Member { path: map.key(&pointer::unescape(last)), parent: parent.to_owned() }
            }
        }
    }

    /// The place of a value that is there.
    fn source(self) -> Option<Path<Patched, Value, Element>> {
        match self {
            Self::Whole(path) => Some(path.__retype()),
            Self::Member { path, .. } => Some(path.__retype()),
            Self::Element { list, index } => Some(list.at(index)),
            Self::End { .. } => None,
        }
    }
}

impl Operation {
    /// What stands for it; `None` if nothing does.
    fn changes(&self, document: &Value) -> Option<Vec<Change<Patched>>> {
        let target = Target::new(document, &self.path);
        let value = || self.value.as_ref();
        let from = || self.from.as_ref().map(|from| Target::new(document, from));
        let change = match (self.op.as_str(), target) {
            ("add" | "replace", Target::Whole(path)) => path.set(value()?),
            ("add" | "replace", Target::Member { path, .. }) => path.set(value()?),
            ("add", Target::Element { list, index }) => list.insert_at(index, value()?),
            ("add", Target::End { list }) => list.push(value()?),
            ("replace", Target::Element { list, index }) => list.at(index).set(value()?),
            ("remove", Target::Member { path, .. }) => path.unset(),
            ("copy", Target::Member { path, .. }) => path.copy_from(&from()?.source()?),
            ("move", Target::Member { path, parent }) => match from()? {
                Target::Member { path: from, parent: other } if parent == other => path.rename_from(&from),
                Target::Member { path: from, .. } => return Some(vec![path.copy_from(&from), from.unset()]),
                _ => return None,
            },
            _ => return None,
        };
        Some(vec![change])
    }
}
