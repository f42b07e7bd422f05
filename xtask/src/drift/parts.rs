//! A question about whole documents, taken apart into questions about their parts. Where objects are held against
//! each other key by key, what stands under one key is accepted or refused whatever stands under the others: then a
//! value is tried against the schemas of its place, and a document is made around it when it shows something. In
//! large types that is the difference between a look at each field and a look at all fields for each.

use std::cell::OnceCell;
use std::collections::{BTreeMap, VecDeque};
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
    question: Rc<Question>,
}

/// What may be written at a place and what is read. Where a type stands in many places, all of them put the same.
struct Question {
    /// Each stands alone.
    write: Value,
    read: Value,
    varied: Varied,
    is_same: bool,
    has_names: bool,
    instances: OnceCell<Vec<Instance>>,
    validators: OnceCell<Option<(Validator, Validator)>>,
    least_read: OnceCell<Option<Value>>,
}

/// The schemas of both sides at a place, each within its contract.
struct Pair {
    write: Value,
    read: Value,
    types: Option<Types>,
    taken_apart: OnceCell<Rc<Inside>>,
    /// As a part that is taken no further.
    whole: OnceCell<Rc<Question>>,
    /// As a part that says which keys or elements there are.
    keys: OnceCell<Rc<Question>>,
}

/// What a pair is taken into.
enum Inside {
    /// Nothing: it is a part.
    Whole,
    /// Nothing, and no document shows it: each holds another of its kind, without an end.
    Endless,
    /// Pairs of the same place.
    Choices(Vec<Rc<Pair>>),
    /// What stands under keys: the step as the report says it, the key, and the pair.
    Keys(Rc<Around>, Vec<(String, String, Rc<Pair>)>),
    /// The elements of a list.
    Items(Rc<Pair>),
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
    /// Of the reader's, the keys that have but one value: they say what kind of object it is.
    marks: Map<String, Value>,
}

/// So many parts a question is taken into.
const MOST: usize = 4_000;
/// So deep.
const DEPTH: usize = 7;

/// The parts of the question whether what `write` accepts is accepted by `read`, the outer before the inner; both
/// come with their validators.
pub(super) fn of(
    (write, read): (&Value, &Value),
    validators: (Validator, Validator),
    varied: Varied,
) -> Vec<Part> {
    let mut apart =
        Apart { write, read, varied, parts: Vec::new(), to_come: VecDeque::new(), pairs: BTreeMap::new() };
    let whole = Pair::of(write.clone(), read.clone());
    if names_definitions_alone(write) && names_definitions_alone(read) {
        apart.to_come.push_back((whole, None));
    } else {
        apart.whole(&whole, None);
    }
    while let Some((pair, way)) = apart.to_come.pop_front() {
        if apart.parts.len() >= MOST {
            break;
        }
        apart.one(&pair, way);
    }
    if let Some(part) = apart.parts.iter().find(|part| part.way.is_none()) {
        let Question { write: ours, read: theirs, .. } = &*part.question;
        if (ours, theirs) == (write, read) {
            let _ = part.question.validators.set(Some(validators));
        }
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
    to_come: VecDeque<(Rc<Pair>, Option<Rc<Way>>)>,
    /// The pairs so far, by their texts.
    pairs: BTreeMap<(String, String), Rc<Pair>>,
}

impl Apart<'_> {
    /// The pair of these schemas: one and the same, wherever they stand.
    fn pair(&mut self, write: Value, read: Value) -> Rc<Pair> {
        let texts = (write.to_string(), read.to_string());
        Rc::clone(self.pairs.entry(texts).or_insert_with(|| Pair::of(write, read)))
    }

    fn one(&mut self, pair: &Rc<Pair>, way: Option<Rc<Way>>) {
        // A type in itself shows what it showed before.
        if pair.types.is_some() && Way::outwards(way.as_ref()).any(|outer| outer.types == pair.types) {
            return;
        }
        if way.as_ref().is_some_and(|way| way.depth >= DEPTH) {
            return self.whole(pair, way);
        }
        let inside = match pair.taken_apart.get() {
            Some(inside) => Rc::clone(inside),
            None => {
                let inside = Rc::new(self.inside(pair));
                Rc::clone(pair.taken_apart.get_or_init(|| inside))
            }
        };
        match &*inside {
            Inside::Whole => self.whole(pair, way),
            Inside::Endless => {}
            Inside::Choices(pairs) => {
                self.to_come.extend(pairs.iter().map(|pair| (Rc::clone(pair), way.clone())));
            }
            Inside::Keys(around, keys) => {
                self.keys(pair, way.clone());
                for (place, key, inner) in keys {
                    let step = Step::Key(Rc::clone(around), key.clone());
                    let way = Way::within(way.clone(), (place, key), step, pair.types.clone());
                    self.to_come.push_back((Rc::clone(inner), Some(way)));
                }
            }
            Inside::Items(item) => {
                self.keys(pair, way.clone());
                let way = Way::within(way, ("*", "0"), Step::Item, pair.types.clone());
                self.to_come.push_back((Rc::clone(item), Some(way)));
            }
        }
    }

    fn inside(&mut self, pair: &Pair) -> Inside {
        let roots = (self.write, self.read);
        let (write, read) = (resolve(roots.0, &pair.write), resolve(roots.1, &pair.read));
        let (Value::Object(ours), Value::Object(theirs)) = (write, read) else { return Inside::Whole };
        if let Some((branches, _)) = choice(roots.0, ours) {
            let pairs: Option<Vec<_>> = branches
                .into_iter()
                .map(|branch| Some((branch.clone(), self.counterpart(&branch, read)?)))
                .collect();
            return match pairs {
                Some(pairs) if pairs.iter().any(|(branch, _)| has_parts(roots.0, branch)) => {
                    Inside::Choices(pairs.into_iter().map(|(write, read)| self.pair(write, read)).collect())
                }
                _ => Inside::Whole,
            };
        }
        if choice(roots.1, theirs).is_some() {
            return match self.counterpart(write, read) {
                Some(read) => Inside::Choices(vec![self.pair(write.clone(), read)]),
                None => Inside::Whole,
            };
        }
        match (only_type(ours), only_type(theirs)) {
            (Some("object"), Some("object") | None)
                if are_plain(ours, OBJECT) && are_plain(theirs, OBJECT) =>
            {
                self.object((write, ours), (read, theirs))
            }
            (Some("array"), Some("array") | None) if is_list(ours) && is_list(theirs) => {
                let item =
                    |list: &Map<String, Value>| list.get("items").cloned().unwrap_or(Value::Bool(true));
                Inside::Items(self.pair(item(ours), item(theirs)))
            }
            _ => Inside::Whole,
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

    /// Key by key.
    fn object(
        &mut self,
        (write, ours): (&Value, &Map<String, Value>),
        (read, theirs): (&Value, &Map<String, Value>),
    ) -> Inside {
        let least = |root, schema| match instances::least(&with_definitions(root, schema)) {
            Some(Value::Object(least)) => Some(least),
            _ => None,
        };
        let Some(written) = least(self.write, write) else { return Inside::Endless };
        let read_here = least(self.read, read).unwrap_or_else(|| written.clone());
        let (none, everything) = (Map::new(), Value::Bool(true));
        let (described, known) = (properties(ours).unwrap_or(&none), properties(theirs).unwrap_or(&none));
        let is_mark = |key: &str| known.get(key).is_some_and(|schema| schema.get("const").is_some());
        let marks = read_here.iter().filter(|(key, _)| is_mark(key));
        let marks = marks.map(|(key, value)| (key.clone(), value.clone())).collect();
        let around = Around { read: read_here, written, marks };
        let rest_is_read = theirs.get("additionalProperties").unwrap_or(&everything);
        let mut keys = Vec::new();
        for (key, value) in described {
            let read = known.get(key).unwrap_or(rest_is_read);
            keys.push((key.clone(), key.clone(), self.pair(value.clone(), read.clone())));
        }
        let rest = ours.get("additionalProperties").unwrap_or(&everything);
        let key = ["k", "l", "m"]
            .into_iter()
            .find(|key| !described.contains_key(*key) && !known.contains_key(*key));
        if let (true, Some(key)) = (*rest != Value::Bool(false), key) {
            keys.push(("*".to_owned(), key.to_owned(), self.pair(rest.clone(), rest_is_read.clone())));
        }
        Inside::Keys(Rc::new(around), keys)
    }

    /// A part that is taken no further.
    fn whole(&mut self, pair: &Pair, way: Option<Rc<Way>>) {
        let question = pair.whole.get_or_init(|| {
            let (write, read) = self.alone(pair);
            Question::new(write, read, self.varied)
        });
        // What is the same on both sides stands in the documents around it.
        if self.varied == Varied::Differences && way.is_some() && question.is_same {
            return;
        }
        self.parts.push(Part { way, question: Rc::clone(question) });
    }

    /// What is said of the keys or elements themselves: each value is a part of its own.
    fn keys(&mut self, pair: &Pair, way: Option<Rc<Way>>) {
        let question = pair.keys.get_or_init(|| {
            let (write, read) = self.alone(pair);
            Question::new(write, read, Varied::Keys)
        });
        self.parts.push(Part { way, question: Rc::clone(question) });
    }

    /// The schemas of the pair, each with all that it names.
    fn alone(&self, pair: &Pair) -> (Value, Value) {
        let alone = |root, schema| with_definitions(root, resolve(root, schema));
        (alone(self.write, &pair.write), alone(self.read, &pair.read))
    }
}

impl Pair {
    fn of(write: Value, read: Value) -> Rc<Self> {
        Rc::new(Self {
            types: types(&write, &read),
            write,
            read,
            taken_apart: OnceCell::new(),
            whole: OnceCell::new(),
            keys: OnceCell::new(),
        })
    }
}

impl Question {
    fn new(write: Value, read: Value, varied: Varied) -> Rc<Self> {
        Rc::new(Self {
            is_same: write == read,
            has_names: has_names(&write) || has_names(&read),
            write,
            read,
            varied,
            instances: OnceCell::new(),
            validators: OnceCell::new(),
            least_read: OnceCell::new(),
        })
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

    /// The values that are tried, the smallest first. Their places are those within the value.
    pub(super) fn instances(&self) -> &[Instance] {
        let Question { write, read, varied, .. } = &*self.question;
        self.question.instances.get_or_init(|| {
            let mut made = instances::of(write, read, "", *varied);
            made.sort_by_cached_key(|instance| instance.value.to_string().len());
            made
        })
    }

    /// What is written, and what is read; none where a contract is invalid.
    pub(super) fn validators(&self) -> Option<&(Validator, Validator)> {
        let Question { write, read, .. } = &*self.question;
        let build = |schema| jsonschema::options().should_validate_formats(true).build(schema).ok();
        self.question.validators.get_or_init(|| build(write).zip(build(read))).as_ref()
    }

    /// Are the values in it parts of their own?
    pub(super) fn has_inner(&self) -> bool {
        self.question.varied == Varied::Keys
    }

    /// Is there a word that is one of several? Then each may be refused for itself.
    pub(super) fn has_names(&self) -> bool {
        self.question.has_names
    }

    /// A document of the writer that holds the value here.
    pub(super) fn written(&self, value: Value) -> Value {
        self.document(value, |around| &around.written)
    }

    /// A document of the reader that holds the value here.
    pub(super) fn read(&self, value: Value) -> Value {
        self.document(value, |around| &around.read)
    }

    /// A document that holds the value here, and beside it what says of which kind the objects around it are.
    pub(super) fn alone(&self, value: Value) -> Value {
        self.document(value, |around| &around.marks)
    }

    /// The smallest value that the reader reads here.
    pub(super) fn least_read(&self) -> Option<&Value> {
        self.question.least_read.get_or_init(|| instances::least(&self.question.read)).as_ref()
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
    /// The objects and lists that the value stands in, each with its place, the outer before the inner; of a list no
    /// object around. None where it is the document.
    pub(super) fn around(&self) -> Option<Vec<(&str, Option<*const Around>)>> {
        let mut around = Vec::new();
        let mut way = self.way.as_ref();
        while let Some(step) = way {
            let objects = match &step.step {
                Step::Key(objects, _) => Some(Rc::as_ptr(objects)),
                Step::Item => None,
            };
            around.push((step.outer.as_ref().map_or("", |outer| &outer.pointer), objects));
            way = step.outer.as_ref();
        }
        around.reverse();
        Some(around).filter(|around| !around.is_empty())
    }

    /// Puts the value into a document that holds other parts, with the objects and lists that are not there yet.
    pub(super) fn put_into(
        &self,
        document: &mut Value,
        value: Value,
        around: fn(&Around) -> &Map<String, Value>,
    ) {
        let mut steps: Vec<&Step> = Way::outwards(self.way.as_ref()).map(|way| &way.step).collect();
        steps.reverse();
        let mut value = Some(value);
        let mut at = document;
        for (number, step) in steps.iter().enumerate() {
            // What stands at the step: the value, or what the next step leads into.
            let mut new = || match steps.get(number + 1) {
                Some(Step::Key(objects, _)) => Value::Object(around(objects).clone()),
                Some(Step::Item) => Value::Array(Vec::new()),
                None => value.take().unwrap_or_default(),
            };
            let is_last = number + 1 == steps.len();
            at = match (step, at) {
                (Step::Key(_, key), Value::Object(object)) => {
                    if is_last || !object.contains_key(key) {
                        object.insert(key.clone(), new());
                    }
                    let Some(inner) = object.get_mut(key) else { return };
                    inner
                }
                (Step::Item, Value::Array(list)) => {
                    if is_last || list.is_empty() {
                        *list = vec![new()];
                    }
                    let Some(inner) = list.first_mut() else { return };
                    inner
                }
                _ => return,
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
