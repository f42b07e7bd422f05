//! Contracts made ready for the question whether one is within the other. What is written is never made less
//! than it is, and what is read never more, so that a "yes" is safe.

mod close;
mod forms;
mod merge;
mod numbers;
mod read;
mod write;

use checkpoint_schema::schema::{Place, finish};
use serde_json::{Map, Value, json};

pub(super) use forms::Forms;
pub(super) use merge::merge;
pub(super) use numbers::integer;
pub(super) use read::read;
pub(super) use write::write;

/// What a contract is made ready for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// To hold documents against it: formats are as they are.
    Documents,
    /// To be compared: a format that no draft defines is a text of which nothing else is known.
    Question,
    /// To be told: defaults are there, and every bound.
    Table,
}

/// Bounds in place of integer formats, and no reference with a neighbour.
fn finished(mut contract: Value, hides_formats: bool) -> Value {
    each_schema(&mut contract, Place::Schema, &mut |schema| {
        numbers::bound(schema);
        if hides_formats {
            hide_format(schema);
        }
    });
    finish(contract)
}

/// A finished contract as the form has it, and without a reference to the root.
fn of_form(mut contract: Value, form: Form) -> Value {
    if form != Form::Table {
        each_schema(&mut contract, Place::Schema, &mut |schema| {
            numbers::within_64_bits(schema);
            without_words(schema);
        });
    }
    name_root(&mut contract);
    contract
}

/// Formats that the validator asserts, and the engine knows.
const KNOWN: [&str; 16] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "time",
    "uri",
    "uri-reference",
    "uuid",
    "regex",
];

/// How the pattern begins that stands for a format.
pub(super) const OF_FORMAT: &str = "^of the format ";

fn hide_format(schema: &mut Map<String, Value>) {
    let format = schema.get("format").and_then(Value::as_str);
    let Some(format) = format.filter(|format| !KNOWN.contains(format)).map(str::to_owned) else { return };
    let is_text = match schema.get("type") {
        Some(Value::String(one)) => one == "string",
        Some(Value::Array(types)) => types.iter().any(|one| one == "string"),
        _ => false,
    };
    if is_text && format == "ip" && !schema.contains_key("anyOf") {
        schema.remove("format");
        schema.insert("anyOf".to_owned(), json!([{"format": "ipv4"}, {"format": "ipv6"}]));
    } else if is_text && !schema.contains_key("pattern") {
        let letters: String = format.chars().filter(char::is_ascii_alphanumeric).collect();
        schema.insert("pattern".to_owned(), json!(format!("{OF_FORMAT}{letters}:")));
    }
}

/// Drops what only people read, and what fills in: neither says what a document may be.
fn without_words(schema: &mut Map<String, Value>) {
    for word in
        ["$comment", "default", "deprecated", "description", "examples", "readOnly", "title", "writeOnly"]
    {
        schema.remove(word);
    }
}

/// Moves a root that is named by `#` among the definitions: `#` is another root on the other side.
fn name_root(contract: &mut Value) {
    const ROOT: &str = "the-root";
    let mut is_named = false;
    each_schema(contract, Place::Schema, &mut |schema| {
        if let Some(reference) = schema.get_mut("$ref").filter(|reference| *reference == "#") {
            *reference = json!(format!("#/$defs/{ROOT}"));
            is_named = true;
        }
    });
    let Some(root) = contract.as_object_mut().filter(|_| is_named) else { return };
    let mut named = match root.remove("$defs") {
        Some(Value::Object(named)) => named,
        _ => Map::new(),
    };
    // With its name it would be a document of its own, in which references start anew.
    root.remove("$id");
    root.remove("$schema");
    named.insert(ROOT.to_owned(), Value::Object(std::mem::take(root)));
    root.insert("$ref".to_owned(), json!(format!("#/$defs/{ROOT}")));
    root.insert("$defs".to_owned(), Value::Object(named));
}

/// Calls `visit` on every schema of the document that is an object, the inner before the outer.
pub(super) fn each_schema(value: &mut Value, place: Place, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match (value, place) {
        (_, Place::Names | Place::Data) => {}
        (Value::Array(array), _) => array.iter_mut().for_each(|value| each_schema(value, place, visit)),
        (Value::Object(object), _) => {
            for (key, value) in object.iter_mut() {
                each_schema(value, place.under(key), visit);
            }
            if place == Place::Schema {
                visit(object);
            }
        }
        _ => {}
    }
}

/// What a reference into the document names; past references that name references.
pub(super) fn resolve<'a>(root: &'a Value, mut schema: &'a Value) -> &'a Value {
    // Two that name each other say nothing.
    for _ in 0..64 {
        let target = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| root.pointer(reference.strip_prefix('#')?));
        match target {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// A schema of the document `root` that stands alone: with the definitions that it names, or that these name.
pub(super) fn with_definitions(root: &Value, schema: &Value) -> Value {
    let Some(all) = root.get("$defs").and_then(Value::as_object) else { return schema.clone() };
    let mut named = Map::new();
    let mut to_come = Vec::new();
    references(schema, &mut to_come);
    while let Some(name) = to_come.pop() {
        if let (false, Some(definition)) = (named.contains_key(&name), all.get(&name)) {
            references(definition, &mut to_come);
            named.insert(name, definition.clone());
        }
    }
    let mut schema = schema.clone();
    if let (Some(object), false) = (schema.as_object_mut(), named.is_empty()) {
        object.insert("$defs".to_owned(), Value::Object(named));
    }
    schema
}

/// The names of the definitions that are named in `value`.
fn references(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Array(array) => array.iter().for_each(|value| references(value, names)),
        Value::Object(object) => {
            let pointer =
                object.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix("#/$defs/"));
            let name = pointer.and_then(|rest| rest.split('/').next());
            names.extend(name.map(checkpoint_schema::pointer::unescape));
            object.iter().filter(|(key, _)| *key != "$defs").for_each(|(_, value)| references(value, names));
        }
        _ => {}
    }
}
