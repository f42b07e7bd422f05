//! One type of the corpus with its type erased.

use std::any::type_name;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::marker::PhantomData;

use checkpoint_schema::field::{Encoding, Entered, Presence, Root, Slot};
use checkpoint_schema::schema::Contract;
use checkpoint_schema::{Field, FieldError, Path};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// One type of the corpus.
pub struct Entry {
    /// The file of the corpus and the type: `presence::Defaults`.
    pub name: String,
    /// The schemas of the type that derives `Checkpoint`.
    pub ours: Schemas,
    /// The schemas of the same definition with schemars' derive.
    pub theirs: Schemas,
    /// What serde reads from a document, written again; or serde's refusal.
    pub read: fn(&Value) -> Result<Value, String>,
    /// Documents as serde writes them. In the first two every field is there, with different values.
    pub samples: Vec<Sample>,
    /// Every field below the root that has a path, and the root.
    pub places: Vec<Place>,
    /// JSON Pointers of what serde writes and no accessor names: the inside of flattened enums, fields that
    /// are written and not read.
    pub nameless: Vec<&'static str>,
}

/// A document of the corpus.
pub struct Sample {
    /// The document.
    pub document: Value,
    /// For each of the entry's places the value of the Rust field, encoded through the path. Only in the
    /// first two samples: in later ones a field may lack what the paths lead to.
    pub fields: Vec<Result<Value, String>>,
}

/// A typed path with its types erased.
pub struct Place {
    /// How the path is made, as the corpus spells it: `cursors{"issues"}.token`, `next?`, `pages[0]`.
    pub notation: String,
    /// The place as a JSON Pointer.
    pub pointer: String,
    /// The place as a `text[]` literal.
    pub text_array: String,
    /// The place as an SQL/JSON path.
    pub jsonpath: String,
    /// How the field stands in its parent.
    pub presence: Presence,
    /// What the handle offers below itself.
    pub shape: Shape,
    /// The value that the path reads from a document, encoded through it again.
    pub get: Get,
}

/// See [`Place::get`].
pub type Get = Box<dyn Fn(&Value) -> Result<Option<Value>, String>>;

/// What a handle offers below itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Accessors of the type's own fields.
    Fields,
    /// `some()`.
    Option,
    /// `at(…)`, or the positions of a tuple.
    Array,
    /// `key(…)`.
    Map,
    /// Nothing.
    Leaf,
}

/// How schemars is asked for a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Draft 2020-12, with definitions: what `checkpoint_schema::schema` uses.
    Draft2020,
    /// The same, with every schema inlined where it stands.
    Inline,
    /// OpenAPI 3.0, which has its own `nullable`.
    OpenApi3,
}

/// All that schemars knows about a type.
#[derive(Clone, Copy)]
pub struct Schemas {
    /// The schema of the type as the root.
    pub document: fn(Style, Contract) -> Value,
    /// The schema of a struct that holds the type as a field in every way that schemars distinguishes.
    pub held: fn(Style, Contract) -> Value,
    /// The name in `$defs`.
    pub name: fn() -> Cow<'static, str>,
    /// What tells the type from others of the same name; starts with the module.
    pub id: fn() -> Cow<'static, str>,
    /// Does the schema stand inline?
    pub inline: fn() -> bool,
    /// Is a field of the type optional?
    pub is_option: fn() -> bool,
}

impl Schemas {
    /// The schemas of `T`.
    pub fn of<T: JsonSchema>() -> Self {
        Self {
            document: document::<T>,
            held: document::<Holder<T>>,
            name: T::schema_name,
            id: T::schema_id,
            inline: T::inline_schema,
            is_option: T::_schemars_private_is_option,
        }
    }
}

fn document<T: JsonSchema>(style: Style, contract: Contract) -> Value {
    let mut settings = match style {
        Style::Draft2020 | Style::Inline => SchemaSettings::draft2020_12(),
        Style::OpenApi3 => SchemaSettings::openapi3(),
    };
    settings.inline_subschemas = style == Style::Inline;
    let settings = match contract {
        Contract::Read => settings.for_deserialize(),
        Contract::Write => settings.for_serialize(),
    };
    SchemaGenerator::new(settings).into_root_schema_for::<T>().to_value()
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema counts")]
struct Holder<T> {
    plain: T,
    option: Option<T>,
    list: Vec<T>,
    /// Its own description.
    described: T,
    #[schemars(required)]
    required: Option<T>,
    #[schemars(required)]
    required_itself: T,
    #[serde(flatten)]
    flattened: T,
}

/// A place and what Rust has in it.
pub(super) struct TypedPlace<R> {
    place: Place,
    field: Rust<R>,
}

/// The value of a Rust field, encoded; `None` where an `Option` on the way is `None`.
type Rust<R> = Box<dyn Fn(&R) -> Option<Result<Value, FieldError>>>;

impl<R: 'static> TypedPlace<R> {
    pub(super) fn new<T: 'static, S>(
        notation: &str,
        shape: Shape,
        path: Path<R, T, S>,
        field: Rust<R>,
    ) -> Self
    where
        S: Slot<Encoding: Encoding<T>> + 'static,
    {
        let spelled = |spelling: Result<String, FieldError>| {
            spelling.unwrap_or_else(|error| format!("no place: {error}"))
        };
        let place = Place {
            notation: notation.split_whitespace().collect(),
            pointer: spelled(path.pointer()),
            text_array: spelled(path.text_array()),
            jsonpath: spelled(path.jsonpath()),
            presence: path.presence(),
            shape,
            get: Box::new(move |document| {
                let value = path.get(document).map_err(|error| error.to_string())?;
                let value = value.map(|value| path.encode(&value)).transpose();
                value.map_err(|error| error.to_string())
            }),
        };
        Self { place, field }
    }
}

/// The entry of `Ours`, whose twin has the schemas `theirs`.
///
/// # Errors
///
/// A sample that serde does not read, or does not write back as it stands.
pub(super) fn entry<Ours>(
    name: String,
    theirs: Schemas,
    samples: Vec<Value>,
    mut places: Vec<TypedPlace<Ours>>,
    nameless: Vec<&'static str>,
) -> Result<Entry, String>
where
    Ours: Field + Serialize + DeserializeOwned + JsonSchema + 'static,
{
    fn round_trip<T: Serialize + DeserializeOwned>(document: &Value) -> Result<Value, String> {
        let value: T = serde_json::from_value(document.clone()).map_err(|error| error.to_string())?;
        serde_json::to_value(&value).map_err(|error| error.to_string())
    }

    let root = Path::<Ours, Ours, Root>::root();
    let has_fields = !type_name::<Ours::Handle<Ours, Root>>().starts_with("checkpoint_schema::field::path::");
    let shape = if has_fields { Shape::Fields } else { Shape::Leaf };
    let encoding = root.clone();
    places.insert(0, TypedPlace::new("", shape, root, Box::new(move |value| Some(encoding.encode(value)))));

    let sample = |(at, document): (usize, Value)| -> Result<Sample, String> {
        let value: Ours = serde_json::from_value(document.clone())
            .map_err(|error| format!("{name}: serde does not read {document}: {error}"))?;
        let written = serde_json::to_value(&value).map_err(|error| format!("{name}: {error}"))?;
        if written != document {
            return Err(format!("{name}: the sample is {document}, and serde writes {written}"));
        }
        let populated = if at < 2 { places.as_slice() } else { &[] };
        let fields = populated.iter().map(|place| match (place.field)(&value) {
            Some(encoded) => encoded.map_err(|error| error.to_string()),
            None => Err("an `Option` on the way is `None`".to_owned()),
        });
        let fields = fields.collect();
        Ok(Sample { document, fields })
    };
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for outcome in samples.into_iter().enumerate().map(sample) {
        outcome.map_or_else(|fault| faults.push(fault), |sample| read.push(sample));
    }
    if !faults.is_empty() {
        return Err(faults.join("\n"));
    }
    let places = places.into_iter().map(|place| place.place).collect();
    Ok(Entry {
        name,
        ours: Schemas::of::<Ours>(),
        theirs,
        read: round_trip::<Ours>,
        samples: read,
        places,
        nameless,
    })
}

/// `presence::Defaults`, from the module of one side.
pub(super) fn name(module: &str, ty: &str) -> String {
    let group = module.trim_end_matches("::ours").rsplit("::").next().unwrap_or_default();
    format!("{group}::{ty}")
}

/// The entry of a type that has no samples.
pub(super) fn of_schemas<Ours: JsonSchema>(name: String, theirs: Schemas) -> Entry {
    Entry {
        name,
        ours: Schemas::of::<Ours>(),
        theirs,
        read: |_| Err("it borrows from what it is read from".to_owned()),
        samples: Vec::new(),
        places: Vec::new(),
        nameless: Vec::new(),
    }
}

/// What an `Option` holds, boxed or not.
pub(super) fn held<T>(option: &Option<T>) -> Option<&T> {
    option.as_ref()
}

/// What a `Cow` holds.
#[expect(clippy::ptr_arg, reason = "it is there for the `Cow`")]
pub(super) fn owned<T: ToOwned + ?Sized>(cow: &Cow<'_, T>) -> T::Owned {
    cow.clone().into_owned()
}

/// Tells the shape of a handle: the compiler tries the impls of `&&Probe`, then `&Probe`, then `Probe`.
pub(super) struct Probe<'a, H>(PhantomData<&'a H>);

impl<'a, H> Probe<'a, H> {
    pub(super) fn of(_: &'a H) -> Self {
        Self(PhantomData)
    }
}

pub(super) trait ShapeOfContainer {
    fn shape(&self) -> Shape;
}

macro_rules! containers {
    ($($shape:ident [$($generics:tt)*] $container:ty;)*) => {$(
        impl<R, S: Entered, $($generics)*> ShapeOfContainer for &&Probe<'_, Path<R, $container, S>> {
            fn shape(&self) -> Shape {
                Shape::$shape
            }
        }
    )*};
}

containers! {
    Option [T: Field] Option<T>;
    Array [T: Field] Vec<T>;
    Array [T: Field] VecDeque<T>;
    Array [T: Field] Box<[T]>;
    Array [T: Field, const N: usize] [T; N];
    Array [A: Field, B: Field] (A, B);
    Array [A: Field, B: Field, C: Field] (A, B, C);
    Map [K, V: Field] BTreeMap<K, V>;
    Map [K, V: Field, H] HashMap<K, V, H>;
}

pub(super) trait ShapeOfPath {
    fn shape(&self) -> Shape;
}

impl<R, T, S> ShapeOfPath for &Probe<'_, Path<R, T, S>> {
    fn shape(&self) -> Shape {
        Shape::Leaf
    }
}

pub(super) trait ShapeOfFields {
    fn shape(&self) -> Shape;
}

impl<H> ShapeOfFields for Probe<'_, H> {
    fn shape(&self) -> Shape {
        Shape::Fields
    }
}
