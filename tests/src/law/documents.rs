//! Every state that a stored document can be in.

use serde_json::{Map, Value, json};

use checkpoint_schema::Checkpoint;

use super::subject::{Law, json, key, text, u64s};
use crate::random::Random;

const VERSION: &str = Law::VERSION_KEY;

/// A document: absent, whole, nearly whole, or nothing of the kind.
pub fn documents(random: &mut Random) -> Value {
    let mut document = match random.below(20) {
        0 => return Value::Null,
        1 => return json(random, 0),
        2 => json!({}),
        3 => json!({VERSION: 2}),
        _ => Law::random(random).to_document().expect("it is written"),
    };
    if let (Value::Object(object), true) = (&mut document, random.one_in(12)) {
        match random.below(8) {
            0 => drop(object.remove(VERSION)),
            1 => drop(object.insert(VERSION.to_owned(), json!(2.0))),
            2 => drop(object.insert(VERSION.to_owned(), versions(random))),
            other => drop(object.insert(VERSION.to_owned(), (other - 2).into())),
        }
    }
    for _ in 0..[0, 0, 1, 1, 2, 6][random.below(6)] {
        damage(random, &mut document);
    }
    document
}

/// What is no version, or nearly one.
fn versions(random: &mut Random) -> Value {
    let none =
        [json!("2"), json!(null), json!(1.5), json!(0), json!(-2), json!(1e20), json!([2]), json!(true)];
    let nearly = [json!(u32::MAX), json!(4_294_967_296_u64), json!(3.0), json!(1.0), json!("x'\"y")];
    let values = if random.one_in(2) { &none[..] } else { &nearly };
    random.choose(values).clone()
}

/// Takes away, nulls, renames or mistypes something, at any depth.
fn damage(random: &mut Random, value: &mut Value) {
    let deeper = random.below(3);
    match value {
        Value::Object(object) if !object.is_empty() => {
            let keys: Vec<String> = object.keys().cloned().collect();
            let key = random.choose(&keys).clone();
            if deeper == 0 && (object[&key].is_object() || object[&key].is_array()) {
                return damage(random, &mut object[&key]);
            }
            damage_key(random, object, &key);
        }
        Value::Array(array) if !array.is_empty() => {
            let at = random.below(array.len());
            match random.below(5) {
                0 => drop(array.remove(at)),
                1 => array[at] = json(random, 1),
                2 => array.push(json(random, 1)),
                _ => damage(random, &mut array[at]),
            }
        }
        other => *other = json(random, 1),
    }
}

fn damage_key(random: &mut Random, object: &mut Map<String, Value>, at: &str) {
    let wrong = match random.below(9) {
        0 | 1 => {
            object.remove(at);
            return;
        }
        2 | 3 => Value::Null,
        // A number, and whatever else, as text.
        4 => Value::String(object[at].to_string()),
        // A float that is whole, an integer that is too big.
        5 => random.choose(&[json!(1.0), json!(2.5), json!(-1), json!(1e20), json!(u64::MAX)]).clone(),
        6 => {
            // Under another name: an alias, or one that nobody knows.
            let names = match at {
                "mode" => ["old_mode", "older mode"],
                "seen" => ["seen_at", "seen_at"],
                "page" => ["p", "p"],
                _ => [key(random), "unknown"],
            };
            let name = (*random.choose(&names)).to_owned();
            if let Some(value) = object.remove(at) {
                object.insert(name, value);
            }
            return;
        }
        7 => times(random),
        _ => json(random, 1),
    };
    object.insert(at.to_owned(), wrong);
}

/// Date-times as they may stand in a document, and what is nearly one.
fn times(random: &mut Random) -> Value {
    let times = [
        "2025-01-15T12:00:00Z",
        "2025-01-15T12:00:00.5Z",
        "2025-01-15T12:00:00.123456",
        "2025-01-15T12:00:00.12345678+00:00",
        "2025-01-15T14:00:00+02:00",
        "2025-01-15T12:00:00-15:59",
        "2024-02-29T00:00:00",
        "2023-02-29T00:00:00",
        "0001-01-01T00:00:00+15:00",
        "9999-12-31T23:59:59.999999-15:00",
        "0000-01-01T00:00:00Z",
        "2025-01-15T23:59:60Z",
        "2025-01-15T12:00:00+16:00",
        "2025-01-15 12:00:00",
        "infinity",
        "now",
        "2025-01-15",
    ];
    match random.below(6) {
        0 => u64s(random).into(),
        1 => text(random).into(),
        _ => (*random.choose(&times)).into(),
    }
}
