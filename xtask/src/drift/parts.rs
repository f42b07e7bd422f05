//! A question about whole documents, taken apart into questions about their parts. Where objects are held against
//! each other key by key, what stands under one key is accepted or refused whatever stands under the others: then a
//! value is tried against the schemas of its place, and a document is made around it when it shows something. In
//! large types that is the difference between a look at each field and a look at all fields for each.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::rc::Rc;

use checkpoint_schema::pointer::member;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::glance::{
    ARRAY, OBJECT, are_disjoint, are_of_other_kinds, are_plain, choice, count, only_type, properties,
};
use super::instances::{self, Instance, Varied};
use super::prepare::{resolve, with_definitions};

/// A place of a document, with what may be written there and what is read.
pub(super) struct Part {
    way: Option<Rc<Way>>,
    /// Each stands alone.
    write: Value,
    read: Value,
    varied: Varied,
    /// The keys or elements that are parts of their own.
    instances: OnceCell<Vec<Instance>>,
    validators: OnceCell<Option<(Validator, Validator)>>,
}

/// How a value comes into a document.
struct Way {
    outer: Option<Rc<Way>>,
    step: Step,
    /// Where it stands, as the report says it: `*` is any key or index.
    place: String,
    /// Where it stands in the documents that are made.
    pointer: String,
    depth: usize,
    /// The named types of both sides that it leads out of.
    types: Option<Types>,
}

/// The references to the types of the writer and of the reader.
type Types = (String, String);

enum Step {
    Key(Rc<Around>, String),
    /// The one element of a list.
    Item,
}

/// The smallest objects around a key: of the writer, and of the reader.
pub(super) struct Around {
    pub(super) written: Map<String, Value>,
    pub(super) read: Map<String, Value>,
}

/// So many parts a question is taken into.
const MOST: usize = 4_000;
/// So deep.
const DEPTH: usize = 7;

/// The parts of the question whether what `write` accepts is accepted by `read`, the outer before the inner.
pub(super) fn of(write: &Value, read: &Value, varied: Varied) -> Vec<Part> {
    let mut apart = Apart { write, read, varied, parts: Vec::new(), to_come: VecDeque::new() };
    if names_definitions_alone(write) && names_definitions_alone(read) {
        apart.to_come.push_back((write.clone(), read.clone(), None));
    } else {
        apart.whole(write, read, None, varied);
    }
    while let Some((write, read, way)) = apart.to_come.pop_front() {
        if apart.parts.len() >= MOST {
            break;
        }
        apart.one(&write, &read, way);
    }
    apart.parts
}

/// Does the schema refer to nothing but definitions? Then a part of it can stand alone.
fn names_definitions_alone(value: &Value) -> bool {
    match value {
        Value::Array(array) => array.iter().all(names_definitions_alone),
        Value::Object(object) => {
            let is_known = object
                .get("$ref")
                .and_then(Value::as_str)
                .is_none_or(|reference| reference.starts_with("#/$defs/"));
            is_known && !object.contains_key("$dynamicRef") && object.values().all(names_definitions_alone)
        }
        _ => true,
    }
}

struct Apart<'a> {
    write: &'a Value,
    read: &'a Value,
    varied: Varied,
    parts: Vec<Part>,
    to_come: VecDeque<(Value, Value, Option<Rc<Way>>)>,
}

impl Apart<'_> {
    fn one(&mut self, write: &Value, read: &Value, way: Option<Rc<Way>>) {
        let (roots, varied) = ((self.write, self.read), self.varied);
        let types = types(write, read);
        // A type in itself shows what it showed before.
        if types.is_some() && Way::outwards(way.as_ref()).any(|outer| outer.types == types) {
            return;
        }
        let (write, read) = (resolve(roots.0, write), resolve(roots.1, read));
        let is_too_deep = way.as_ref().is_some_and(|way| way.depth >= DEPTH);
        let (Value::Object(ours), Value::Object(theirs), false) = (write, read, is_too_deep) else {
            return self.whole(write, read, way, varied);
        };
        if let Some((branches, _)) = choice(roots.0, ours) {
            let pairs: Option<Vec<_>> = branches
                .into_iter()
                .map(|branch| Some((branch.clone(), self.counterpart(&branch, read)?)))
                .collect();
            return match pairs {
                Some(pairs) if pairs.iter().any(|(branch, _)| has_parts(roots.0, branch)) => {
                    self.to_come.extend(pairs.into_iter().map(|(write, read)| (write, read, way.clone())));
                }
                _ => self.whole(write, read, way, varied),
            };
        }
        if choice(roots.1, theirs).is_some() {
            return match self.counterpart(write, read) {
                Some(read) => self.to_come.push_back((write.clone(), read, way)),
                None => self.whole(write, read, way, varied),
            };
        }
        match (only_type(ours), only_type(theirs)) {
            (Some("object"), Some("object") | None)
                if are_plain(ours, OBJECT) && are_plain(theirs, OBJECT) =>
            {
                self.object((write, ours), (read, theirs), way.as_ref(), types.as_ref());
            }
            (Some("array"), Some("array") | None) if is_list(ours) && is_list(theirs) => {
                self.whole(write, read, way.clone(), Varied::Keys);
                let item =
                    |list: &Map<String, Value>| list.get("items").cloned().unwrap_or(Value::Bool(true));
                let inner = Way::within(way, ("*", "0"), Step::Item, types);
                self.to_come.push_back((item(ours), item(theirs), Some(inner)));
            }
            _ => self.whole(write, read, way, varied),
        }
    }

    /// What is read of the values of `branch`: the only alternative that may accept one, or if none does, the only
    /// one of their kind; the whole, where it is no choice.
    fn counterpart(&self, branch: &Value, read: &Value) -> Option<Value> {
        let Some((alternatives, _)) = read.as_object().and_then(|read| choice(self.read, read)) else {
            return Some(read.clone());
        };
        let near = |are_apart: fn((&Value, &Value), (&Value, &Value)) -> bool| -> Vec<&Value> {
            let is_near = |other: &&Value| !are_apart((self.write, branch), (self.read, other));
            alternatives.iter().filter(is_near).collect()
        };
        let mut found = near(are_disjoint);
        if found.is_empty() {
            found = near(are_of_other_kinds);
        }
        <[&Value; 1]>::try_from(found).ok().map(|[only]| only.clone())
    }

    /// Key by key, after what is said of the keys themselves.
    fn object(
        &mut self,
        (write, ours): (&Value, &Map<String, Value>),
        (read, theirs): (&Value, &Map<String, Value>),
        way: Option<&Rc<Way>>,
        types: Option<&Types>,
    ) {
        let least = |root, schema| match instances::least(&with_definitions(root, schema)) {
            Some(Value::Object(least)) => Some(least),
            _ => None,
        };
        // Each holds another of its kind, without an end.
        let Some(written) = least(self.write, write) else { return };
        let around =
            Rc::new(Around { read: least(self.read, read).unwrap_or_else(|| written.clone()), written });
        self.whole(write, read, way.cloned(), Varied::Keys);
        let (none, everything) = (Map::new(), Value::Bool(true));
        let (described, known) = (properties(ours).unwrap_or(&none), properties(theirs).unwrap_or(&none));
        let rest_is_read = theirs.get("additionalProperties").unwrap_or(&everything);
        for (key, value) in described {
            let inner = Way::within(
                way.cloned(),
                (key, key),
                Step::Key(Rc::clone(&around), key.clone()),
                types.cloned(),
            );
            let read = known.get(key).unwrap_or(rest_is_read);
            self.to_come.push_back((value.clone(), read.clone(), Some(inner)));
        }
        let rest = ours.get("additionalProperties").unwrap_or(&everything);
        let key = ["k", "l", "m"]
            .into_iter()
            .find(|key| !described.contains_key(*key) && !known.contains_key(*key));
        if let (true, Some(key)) = (*rest != Value::Bool(false), key) {
            let inner =
                Way::within(way.cloned(), ("*", key), Step::Key(around, key.to_owned()), types.cloned());
            self.to_come.push_back((rest.clone(), rest_is_read.clone(), Some(inner)));
        }
    }

    /// A part that is taken no further.
    fn whole(&mut self, write: &Value, read: &Value, way: Option<Rc<Way>>, varied: Varied) {
        let (write, read) = (with_definitions(self.write, write), with_definitions(self.read, read));
        // What is the same on both sides stands in the documents around it.
        if varied == Varied::Differences && way.is_some() && write == read {
            return;
        }
        self.parts.push(Part {
            way,
            write,
            read,
            varied,
            instances: OnceCell::new(),
            validators: OnceCell::new(),
        });
    }
}

/// The types that both schemas name.
fn types(write: &Value, read: &Value) -> Option<Types> {
    let named = |schema: &Value| schema.get("$ref").and_then(Value::as_str).map(str::to_owned);
    named(write).zip(named(read))
}

/// Is it an object or a list, which may be taken apart?
fn has_parts(root: &Value, schema: &Value) -> bool {
    let schema = resolve(root, schema).as_object();
    schema.and_then(only_type).is_some_and(|one| matches!(one, "object" | "array"))
}

/// Is it a list that may be of one element, each of which is judged by itself?
fn is_list(schema: &Map<String, Value>) -> bool {
    are_plain(schema, ARRAY)
        && !schema.contains_key("prefixItems")
        && count(schema, "minItems").unwrap_or(0) <= 1
        && count(schema, "maxItems").unwrap_or(u64::MAX) >= 1
}

impl Way {
    fn within(
        outer: Option<Rc<Way>>,
        (place, key): (&str, &str),
        step: Step,
        types: Option<Types>,
    ) -> Rc<Self> {
        let (before, at, depth) = match &outer {
            Some(outer) => (outer.place.as_str(), outer.pointer.as_str(), outer.depth + 1),
            None => ("", "", 1),
        };
        Rc::new(Self { place: member(before, place), pointer: member(at, key), step, depth, types, outer })
    }

    /// The steps from the innermost on.
    fn outwards(from: Option<&Rc<Self>>) -> impl Iterator<Item = &Rc<Self>> {
        std::iter::successors(from, |way| way.outer.as_ref())
    }
}

impl Part {
    /// Where it is, as the report says it.
    pub(super) fn place(&self) -> &str {
        self.way.as_ref().map_or("", |way| &way.place)
    }

    /// Where it is in its documents.
    pub(super) fn pointer(&self) -> &str {
        self.way.as_ref().map_or("", |way| &way.pointer)
    }

    /// The values that are tried, the smallest first.
    pub(super) fn instances(&self) -> &[Instance] {
        self.instances.get_or_init(|| {
            let mut made = instances::of(&self.write, &self.read, self.place(), self.varied);
            made.sort_by_cached_key(|instance| instance.value.to_string().len());
            made
        })
    }

    /// What is written, and what is read; none where a contract is invalid.
    pub(super) fn validators(&self) -> Option<&(Validator, Validator)> {
        let build = |schema| jsonschema::options().should_validate_formats(true).build(schema).ok();
        self.validators.get_or_init(|| build(&self.write).zip(build(&self.read))).as_ref()
    }

    /// Are the values in it parts of their own?
    pub(super) fn has_inner(&self) -> bool {
        self.varied == Varied::Keys
    }

    /// Is there a word that is one of several? Then each may be refused for itself.
    pub(super) fn has_names(&self) -> bool {
        has_names(&self.write) || has_names(&self.read)
    }

    /// A document of the writer that holds the value here.
    pub(super) fn written(&self, value: Value) -> Value {
        self.document(value, |around| &around.written)
    }

    /// A document of the reader that holds the value here.
    pub(super) fn read(&self, value: Value) -> Value {
        self.document(value, |around| &around.read)
    }

    /// The smallest value that the reader reads here.
    pub(super) fn least_read(&self) -> Option<Value> {
        instances::least(&self.read)
    }

    /// A document that holds the value here, in objects of one side.
    pub(super) fn document(&self, mut value: Value, around: fn(&Around) -> &Map<String, Value>) -> Value {
        let mut way = self.way.as_ref();
        while let Some(step) = way {
            value = match &step.step {
                Step::Key(objects, key) => {
                    let mut object = around(objects).clone();
                    object.insert(key.clone(), value);
                    Value::Object(object)
                }
                Step::Item => json!([value]),
            };
            way = step.outer.as_ref();
        }
        value
    }
}

impl Part {
    /// The objects that the value stands in, each with its place, the outer before the inner; none where it stands
    /// in a list, or is the document.
    pub(super) fn objects_around(&self) -> Option<Vec<(&str, *const Around)>> {
        let mut around = Vec::new();
        let mut way = self.way.as_ref();
        while let Some(step) = way {
            let Step::Key(objects, _) = &step.step else { return None };
            around.push((step.outer.as_ref().map_or("", |outer| &outer.pointer), Rc::as_ptr(objects)));
            way = step.outer.as_ref();
        }
        around.reverse();
        Some(around).filter(|around| !around.is_empty())
    }

    /// Puts the value into a document that holds other parts, with the objects that are not there yet.
    pub(super) fn put_into(
        &self,
        document: &mut Value,
        value: Value,
        around: fn(&Around) -> &Map<String, Value>,
    ) {
        let mut steps = Vec::new();
        let mut way = self.way.as_ref();
        while let Some(step) = way {
            let Step::Key(objects, key) = &step.step else { return };
            steps.push((objects, key));
            way = step.outer.as_ref();
        }
        let mut at = document;
        for (number, (_, key)) in steps.iter().enumerate().rev() {
            let Value::Object(object) = at else { return };
            at = match number.checked_sub(1).map(|inner| steps[inner].0) {
                Some(inner) => {
                    object.entry(key.as_str()).or_insert_with(|| Value::Object(around(inner).clone()))
                }
                None => {
                    object.insert((*key).clone(), value);
                    return;
                }
            };
        }
    }
}

fn has_names(schema: &Value) -> bool {
    match schema {
        Value::Array(array) => array.iter().any(has_names),
        Value::Object(object) => {
            object.contains_key("enum") || object.contains_key("const") || object.values().any(has_names)
        }
        _ => false,
    }
}
