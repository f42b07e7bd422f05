//! The law of changes: the same document, or the same error, in memory and in PostgreSQL, whatever is stored.
//!
//! `CHECKPOINT_CASES=100000 cargo xtask test -p checkpoint-tests --test law` runs it at length,
//! `CHECKPOINT_SEED` repeats a run; every failure prints what repeats it alone.

use checkpoint_schema::{FieldError, Stored, Update};
use checkpoint_tests::documents::Run;
use checkpoint_tests::json::same;
use checkpoint_tests::law::{self, Law};
use checkpoint_tests::postgres;
use checkpoint_tests::random::Random;
use checkpoint_tests::row::Row;
use serde_json::Value;

#[test]
fn an_update_does_the_same_in_sql_and_in_memory() {
    let run = Run::from_environment(4_000);
    println!("CHECKPOINT_SEED={} CHECKPOINT_CASES={}", run.seed, run.cases);
    postgres::each(|server| {
        let mut row = Row::new(server);
        let mut told = Told::default();
        for case in 0..run.cases {
            let seed = run.seed.wrapping_mul(0x1_0000_0000).wrapping_add(case as u64);
            let mut random = Random::new(seed);
            let document = law::documents(&mut random);
            let made = law::update(&mut random);
            if let Err(fault) = judge(&mut row, &document, &made.update, &mut told) {
                panic!(
                    "case {case} of seed {}: {fault}\n\nupdate: {:#?}\n\ndocument: {document}",
                    run.seed, made.update
                );
            }
        }
        println!("{told:?}");
        told.assert_all(run.cases);
    });
}

/// How often what happened: a law that is never tried is none.
#[derive(Debug, Default)]
struct Told {
    changed: usize,
    unchanged: usize,
    refused: usize,
    operands: usize,
    kept_readable: usize,
    made: usize,
}

impl Told {
    fn assert_all(&self, cases: usize) {
        let least = cases / 200;
        for (what, count) in [
            ("changed", self.changed),
            ("unchanged", self.unchanged),
            ("refused", self.refused),
            ("refused for an operand", self.operands),
            ("kept readable", self.kept_readable),
            ("made", self.made),
        ] {
            assert!(count > least, "only {count} of {cases} cases were {what}");
        }
    }
}

fn judge(row: &mut Row, document: &Value, update: &Update<Law>, told: &mut Told) -> Result<(), String> {
    row.store(document);
    // As it is stored: `1e17` has come to be an integer there.
    let document = &row.stored();
    let expected = update.apply(document);
    let statement = match update.clone().expression("document") {
        Ok(statement) => statement,
        Err(refused) => {
            told.operands += 1;
            return match expected {
                Err(error) if error == refused => Ok(()),
                other => Err(format!("rendering it says {refused}, applying it {other:?}")),
            };
        }
    };
    let found = row.update(&statement)?;
    match (&expected, &found) {
        (Ok(expected), Ok(found)) if same(expected, found) => {}
        (Err(expected), Err(found)) if expected == found => {
            told.refused += 1;
            let stored = row.stored();
            return match same(&stored, document) {
                true => Ok(()),
                false => Err(format!("after the error {found} the row has {stored}")),
            };
        }
        _ => {
            let show = |result: &Result<Value, FieldError>| match result {
                Ok(value) => value.to_string(),
                Err(error) => format!("the error {error}"),
            };
            return Err(format!(
                "in memory: {}\nin SQL: {}\n\n{}\n{:?}",
                show(&expected),
                show(&found),
                statement.text(),
                statement.params()
            ));
        }
    }
    let Ok(after) = expected else { return Ok(()) };
    if same(&after, document) {
        told.unchanged += 1;
    } else {
        told.changed += 1;
    }
    let readable = |document: &Value| Stored::<Law>::read(Some(document)).map_err(|error| error.to_string());
    match (document.is_null(), readable(document).is_ok(), after.is_null(), readable(&after)) {
        (true, _, true, _) | (false, false, ..) => {}
        (was_absent, _, false, Ok(_)) => {
            told.kept_readable += 1;
            told.made += usize::from(was_absent);
        }
        (.., why) => return Err(format!("afterwards it cannot be read: {after}\n{why:?}")),
    }
    Ok(())
}
