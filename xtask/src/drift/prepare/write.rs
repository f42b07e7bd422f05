//! What code writes: its write contract, closed.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::{Form, close};
use crate::drift::layout::Layout;
use crate::drift::places;
use crate::lock::facts::Is;

/// Every document that the code of `layout` writes is accepted by this.
pub(in crate::drift) fn write(layout: &Layout, form: Form) -> Rc<Value> {
    let contract = layout.write_as(form);
    let never_null =
        |place: &str| layout.facts.iter().any(|fact| fact.at == place && fact.is == Is::NeverNull);
    let contract = places::edit(contract, &layout.facts, |is| *is == Is::NeverNull, &mut |place, schema| {
        if never_null(place) {
            drop_null(schema);
        }
    });
    Rc::new(close::close(&contract))
}

/// A choice of which one branch is `null`, or a type beside `null`, without it.
fn drop_null(schema: &mut Map<String, Value>) {
    match schema.get_mut("type") {
        Some(Value::Array(types)) => {
            types.retain(|one| one != "null");
            if let [one] = types.as_slice() {
                let one = one.clone();
                schema.insert("type".to_owned(), one);
            }
        }
        Some(_) => return,
        None => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = schema.get_mut(choice) {
            branches.retain(|branch| branch.get("type").is_none_or(|one| one != "null"));
        }
    }
}
