//! Writers of two versions of one document: each changes its own version's documents, and no other.

use std::convert::Infallible;

use checkpoint_schema::field::Reason;
use checkpoint_schema::{Checkpoint, FieldError, Update};
use checkpoint_tests::json::same;
use checkpoint_tests::postgres;
use checkpoint_tests::row::Row;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

mod first {
    use super::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "versions", version = 1)]
    pub(super) struct Job {
        #[serde(default)]
        pub(super) cursor: String,
        #[serde(default)]
        pub(super) total: u64,
    }
}

mod second {
    use super::*;

    /// The cursor has gone, and the total counts something else.
    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Checkpoint)]
    #[checkpoint(job = "versions", version = 2, upgrade(from = 1, with = upgraded))]
    pub(super) struct Job {
        #[serde(default)]
        pub(super) cursors: Vec<String>,
        #[serde(default)]
        pub(super) total: u64,
    }

    fn upgraded(old: first::Job) -> Result<Job, Infallible> {
        Ok(Job { cursors: vec![old.cursor], total: 1000 * old.total })
    }
}

/// Every statement of a version, and what is none.
fn stated() -> Vec<Value> {
    vec![
        json!(1),
        json!(1.0),
        json!(2),
        json!(2.0),
        json!(3),
        json!(u32::MAX),
        json!(u64::from(u32::MAX) + 1),
        json!(0),
        json!(-0.0),
        json!(-1),
        json!(1.5),
        json!(1e30),
        json!("2"),
        json!("it's \"2\""),
        json!(true),
        json!(null),
        json!([1]),
        json!({"checkpoint_version": 1}),
    ]
}

/// What may be stored: absent, of each version, of none, and no object at all.
fn documents() -> Vec<Value> {
    let mut documents = vec![json!(null), json!({}), json!([]), json!([2]), json!(2), json!("2"), json!(true)];
    documents.push(json!({"total": 5}));
    documents.extend(stated().into_iter().map(|version| json!({"checkpoint_version": version, "total": 5})));
    documents
}

/// The same in memory and in SQL; and the document is changed only if it is absent or of the version.
fn held<C: Checkpoint>(row: &mut Row, update: &Update<C>, document: &Value) -> Result<Value, FieldError> {
    row.store(document);
    let expected = update.apply(document);
    let statement = update.clone().expression("document").expect("an expression");
    let found = row.update(&statement).unwrap_or_else(|why| panic!("{update:?} of {document}: {why}"));
    match (&expected, &found) {
        (Ok(expected), Ok(found)) => {
            assert!(same(expected, found), "{update:?} of {document}: {expected} in memory, {found} in SQL");
        }
        (expected, found) => {
            assert_eq!(expected, found, "{update:?} of {document}");
            assert!(same(&row.stored(), document), "{update:?} of {document}");
        }
    }
    expected
}

/// What the document states: `None` if that is no version.
fn version(document: &Value) -> Option<u32> {
    let Some(stated) = document.get("checkpoint_version") else { return Some(1) };
    let whole = stated.as_f64().filter(|float| *float >= 1.0 && float.fract() == 0.0)?;
    format!("{whole}").parse().ok()
}

fn tried<C: Checkpoint + Clone>(row: &mut Row, updates: &[Update<C>]) {
    let mut refused = 0;
    for document in documents() {
        for update in updates {
            let result = held(row, update, &document);
            match (&document, version(&document)) {
                (Value::Object(_), Some(found)) if found == C::VERSION => {
                    let after = result.unwrap_or_else(|error| panic!("{update:?} of {document}: {error}"));
                    assert_eq!(version(&after), Some(C::VERSION), "{update:?} of {document}");
                }
                (Value::Object(_), found) => {
                    let error = result.expect_err("it is of another version");
                    assert_eq!(error.pointer(), "/checkpoint_version", "{update:?} of {document}");
                    refused += 1;
                    match (found, error.reason()) {
                        (Some(stated), Reason::Version { found, expected }) => {
                            assert_eq!((stated, C::VERSION), (*found, *expected));
                        }
                        (None, Reason::WrongType { expected: "version", .. }) => {}
                        (_, other) => panic!("{update:?} of {document}: {other:?}"),
                    }
                }
                // Made, with its version; left; or told to be no object.
                _ => match result {
                    Ok(Value::Null) => {}
                    Ok(left) if update.is_empty() => assert!(same(&left, &document), "{document}"),
                    Ok(made) => assert_eq!(version(&made), Some(C::VERSION), "{update:?} of {document}"),
                    Err(error) => assert!(!matches!(error.reason(), Reason::Version { .. }), "{error}"),
                },
            }
        }
    }
    assert!(refused > 10 * updates.len(), "{refused}");
}

#[test]
fn a_change_is_made_to_documents_of_its_own_version_only() {
    postgres::each(|server| {
        let mut row = Row::new(server);
        let f = first::Job::fields();
        let updates = [
            Update::from(f.cursor().set("a")),
            Update::from(f.total().increment(1)),
            Update::from([f.cursor().unset(), f.total().unset()]),
            Update::from([f.cursor().set("a"), f.cursor().set("b")]),
            Update::from(f.replace(&first::Job::default())),
            Update::from(f.merge(&first::Job::default())),
            Update::from(f.total().increment(1)).or_insert(&first::Job::default()),
            Update::from([]),
        ];
        tried(&mut row, &updates);
        let f = second::Job::fields();
        let updates = [
            Update::from(f.cursors().set(vec![])),
            Update::from(f.cursors().push("a")),
            Update::from(f.total().increment(1)),
            Update::from([f.cursors().unset(), f.total().unset()]),
            Update::from([f.cursors().push("a"), f.cursors().push("b")]),
            Update::from(f.replace(&second::Job::default())),
            Update::from(f.merge(&second::Job::default())),
            Update::from(f.total().increment(1)).or_insert(&second::Job::default()),
            Update::from([]),
        ];
        tried(&mut row, &updates);
    });
}
