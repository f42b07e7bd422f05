//! Sums and products at the ends of every integer type, and beyond them: no calculation of PostgreSQL's own overflows
//! before ours is told.

use checkpoint_schema::{Change, Checkpoint, Update};
use checkpoint_tests::json::same;
use checkpoint_tests::postgres;
use checkpoint_tests::row::Row;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

macro_rules! limits {
    ($($integer:ident)*) => {
        /// Each type of integer, under its own name.
        #[derive(Serialize, Deserialize, Checkpoint)]
        #[checkpoint(job = "limits", version = 1)]
        struct Limits { $(
            #[serde(default)]
            $integer: $integer,
        )* }

        /// For each type its name, its numbers at the ends, and how its field is changed.
        fn types() -> Vec<(&'static str, i128, i128, Vec<Change<Limits>>)> {
            let f = Limits::fields();
            vec![$({
                let mut changes = Vec::new();
                for by in [0, 1, -1, 2, i64::MIN, i64::MIN + 1, i64::MAX] {
                    changes.push(f.$integer().increment(by));
                    changes.push(f.$integer().multiply(by));
                }
                for by in [$integer::MIN, $integer::MAX] {
                    changes.push(f.$integer().increment(by));
                    changes.push(f.$integer().multiply(by));
                }
                changes.push(f.$integer().increment(u64::MAX));
                changes.push(f.$integer().multiply(u64::MAX));
                (stringify!($integer), $integer::MIN as i128, $integer::MAX as i128, changes)
            }),*]
        }
    };
}

limits!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

/// The integer, also one that no Rust type of 64 bits has.
fn number(number: i128) -> Value {
    serde_json::from_str(&number.to_string()).expect("a number")
}

#[test]
fn sums_and_products_at_the_ends_of_a_type_are_the_same_in_sql_and_in_memory() {
    postgres::each(|server| {
        let (mut done, mut refused, mut operands) = (0, 0, 0);
        let mut row = Row::new(server);
        for (name, least, most, changes) in types() {
            let ends = [least, most].into_iter().flat_map(|end| [end - 1, end, end + 1]);
            let stored = ends.chain([-1, 0, 1]).map(|end| Some(number(end))).chain([None, Some(json!("1"))]);
            for value in stored {
                let document: Map<String, Value> =
                    value.map(|value| (name.to_owned(), value)).into_iter().collect();
                row.store(&document.into());
                // As the server has it: a number beyond 64 bits is another one in memory.
                let document = row.stored();
                for change in &changes {
                    let update = Update::from(change.clone());
                    let expected = update.apply(&document);
                    let Ok(statement) = update.clone().expression("document") else {
                        assert!(expected.is_err(), "{change:?}");
                        operands += 1;
                        continue;
                    };
                    row.store(&document);
                    let found = row
                        .update(&statement)
                        .unwrap_or_else(|error| panic!("{change:?} of {document}: {error}"));
                    match (&expected, &found) {
                        (Ok(expected), Ok(found)) if same(expected, found) => done += 1,
                        (Err(expected), Err(found)) if expected == found => refused += 1,
                        _ => panic!("{change:?} of {document}: {expected:?} in memory, {found:?} in SQL"),
                    }
                }
            }
        }
        let told = format!("{done} done, {refused} refused, {operands} operands refused");
        println!("{told}");
        assert!(done > 500 && refused > 500 && operands > 50, "{told}");
    });
}
