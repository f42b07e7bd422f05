//! What serde knows of a type's JSON and no JSON Schema says: which keys are read besides the written ones,
//! what is skipped on one side, which variant takes what no other does.
//!
//! Tools read it: the check for unknown keys, the lock files, the comparison of revisions.

use super::Field;
use super::step::Step;

/// The JSON of a type, as serde writes and reads it. [`Field::SHAPE`] has it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// One piece, or nothing is known of what is inside.
    Leaf,
    /// The JSON of another type: an `Option` (or `null`), a pointer, a newtype, a transparent struct.
    Same(ShapeOf),
    /// An array of any length.
    Sequence(ShapeOf),
    /// An object with any keys.
    Map(ShapeOf),
    /// An array of fixed length.
    Tuple(&'static [ShapeOf]),
    /// An object with the keys of a struct.
    Struct(Struct),
    /// One of several forms.
    Enum(Enum),
}

/// The shape of a type, asked for when it is needed: types may contain themselves.
#[derive(Clone, Copy)]
pub struct ShapeOf {
    shape: fn() -> &'static Shape,
    type_name: fn() -> &'static str,
}

impl ShapeOf {
    /// The shape of `T`.
    pub const fn field<T: Field>() -> Self {
        Self { shape: || T::SHAPE, type_name: std::any::type_name::<T> }
    }

    /// For the derive, which names the type where the user wrote it.
    #[doc(hidden)]
    pub const fn __new(shape: fn() -> &'static Shape, type_name: fn() -> &'static str) -> Self {
        Self { shape, type_name }
    }

    /// One piece.
    #[doc(hidden)]
    pub const fn __leaf() -> Self {
        Self { shape: || &Shape::Leaf, type_name: || "" }
    }

    /// What gives the shape.
    pub(crate) fn function(self) -> fn() -> &'static Shape {
        self.shape
    }

    /// The shape.
    pub fn get(self) -> &'static Shape {
        (self.shape)()
    }

    /// The name of the type whose shape it is, with its module: by it, whoever follows shapes sees that a
    /// type has come round to itself.
    pub fn type_name(self) -> &'static str {
        (self.type_name)()
    }
}

impl std::fmt::Debug for ShapeOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShapeOf(…)")
    }
}

/// A type that may be a [`Field`]: of the two methods `__shape` of a reference to a reference to it, the compiler
/// finds that of [`OfField`] first. For the derive, in types of enums' variants.
#[doc(hidden)]
pub struct Asked<T>(std::marker::PhantomData<fn() -> T>);

impl<T> Asked<T> {
    #[doc(hidden)]
    pub const NEW: Self = Self(std::marker::PhantomData);
}

/// A type that is a field.
#[doc(hidden)]
pub trait OfField {
    fn __shape(&self) -> &'static Shape;
}

impl<T: Field> OfField for &Asked<T> {
    fn __shape(&self) -> &'static Shape {
        T::SHAPE
    }
}

/// Any other.
#[doc(hidden)]
pub trait OfAny {
    fn __shape(&self) -> &'static Shape;
}

impl<T> OfAny for Asked<T> {
    fn __shape(&self) -> &'static Shape {
        &Shape::Leaf
    }
}

/// The fields of a struct, or of a struct variant.
#[derive(Clone, Copy, Debug)]
pub struct Struct {
    /// The name of the Rust type or variant.
    pub name: &'static str,
    /// The fields that serde writes or reads, in order.
    pub members: &'static [Member],
    /// `#[serde(deny_unknown_fields)]`.
    pub deny_unknown_fields: bool,
}

/// A field of a [`Struct`].
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The key. A flattened field has its name in Rust, which no document holds.
    pub key: &'static str,
    /// The other keys under which serde reads it.
    pub aliases: &'static [&'static str],
    /// Written: no `skip_serializing`.
    pub written: bool,
    /// Read: no `skip_deserializing`.
    pub read: bool,
    /// Spread over the object: `#[serde(flatten)]`.
    pub flattened: bool,
    /// What serde fills in where the key is missing: `Default::default`, the path of the function that makes
    /// the value, or `container` for the same field of the container's default.
    pub default: Option<&'static str>,
    /// The path of the function that keeps the key out of what is written: `skip_serializing_if`.
    pub skipped_if: Option<&'static str>,
    /// What serde writes and reads the value with, in place of its type's own implementations: the module of
    /// `with`, or the functions of `serialize_with` and `deserialize_with`.
    pub encoded_by: Option<&'static str>,
    /// serde refuses an object without it. Of a flattened field: without what its type requires.
    pub required: bool,
    /// Makes the JSON of what serde fills in where the key is missing; none for a field without a default,
    /// inside a variant, and in a generic type.
    pub initial: Option<fn() -> Result<serde_json::Value, serde_json::Error>>,
    /// The shape of its value.
    pub shape: ShapeOf,
}

/// The member at `position` of the struct `T`. For accessors, which are made together with the shape.
#[doc(hidden)]
#[expect(clippy::panic, reason = "while the worker compiles: the accessor and the shape are made together")]
pub const fn __member<T: Field>(position: usize) -> &'static Member {
    match T::SHAPE {
        Shape::Struct(shape) => &shape.members[position],
        _ => panic!("only a struct has fields with names"),
    }
}

/// The JSON of the type's default: what serde fills in for `#[serde(default)]`. For the derive.
///
/// # Errors
///
/// As [`Encoding::encode`](super::Encoding::encode).
#[doc(hidden)]
pub fn __default<T: Default + serde::Serialize>() -> Result<serde_json::Value, serde_json::Error> {
    super::storable::to_value(&T::default())
}

/// The step to the member. For accessors.
#[doc(hidden)]
pub const fn __step(member: &'static Member) -> Step {
    Step::field(member)
}

impl Shape {
    /// What stands for it in a document: past every [`Shape::Same`].
    pub fn resolved(&'static self) -> &'static Self {
        let mut shape = self;
        // A type that is nothing but itself has no document.
        for _ in 0..64 {
            let Self::Same(inner) = shape else { break };
            shape = inner.get();
        }
        shape
    }
}

impl Struct {
    /// Are all its keys known? Not if a map, or an enum, is flattened into it.
    pub(crate) fn is_closed(&self) -> bool {
        self.members
            .iter()
            .filter(|member| member.flattened)
            .all(|member| matches!(member.shape.get().resolved(), Shape::Struct(inner) if inner.is_closed()))
    }

    /// Calls `each` for every member that stands in the object itself, those of flattened structs included,
    /// and says whether serde refuses an object without it.
    pub(crate) fn each_member(&self, each: &mut dyn FnMut(&'static Member, bool)) {
        self.each_member_below(true, 0, each);
    }

    fn each_member_below(&self, required: bool, depth: usize, each: &mut dyn FnMut(&'static Member, bool)) {
        for member in self.members {
            if !member.flattened {
                each(member, required && member.required);
            } else if let Shape::Struct(inner) = member.shape.get().resolved() {
                // A struct that flattens itself has no end, and no document either.
                if depth < 16 {
                    inner.each_member_below(required && member.required, depth + 1, each);
                }
            }
        }
    }
}

/// The forms of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Enum {
    /// The name of the Rust type.
    pub name: &'static str,
    /// How a document tells its variant.
    pub tagging: Tagging,
    /// The variants that serde writes or reads, in order.
    pub variants: &'static [Variant],
}

/// How serde marks the variant of an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagging {
    /// `{"Variant": content}`, or `"Variant"` alone.
    External,
    /// The key `tag` among the content's own.
    Internal {
        /// The key.
        tag: &'static str,
    },
    /// `{tag: "Variant", content: …}`.
    Adjacent {
        /// The key of the variant's name.
        tag: &'static str,
        /// The key of its content.
        content: &'static str,
    },
    /// Nothing: the first variant that fits.
    Untagged,
}

/// A variant of an [`Enum`].
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// The name that serde writes.
    pub name: &'static str,
    /// The other names that serde reads.
    pub aliases: &'static [&'static str],
    /// Written: no `skip_serializing`.
    pub written: bool,
    /// Read: no `skip_deserializing`.
    pub read: bool,
    /// `#[serde(other)]`: read for every name that no variant has.
    pub other: bool,
    /// `#[serde(untagged)]` on the variant: without the enum's mark.
    pub untagged: bool,
    /// What it holds.
    pub content: Shape,
}

/// The keys that stand in one object: those of a type, and of what is flattened into it. A constant can look
/// through them; a [`ShapeOf`] is a function, which no constant calls.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    shape: &'static Shape,
    flattened: &'static [&'static Keys],
}

impl Keys {
    #[doc(hidden)]
    pub const fn __new(shape: &'static Shape, flattened: &'static [&'static Keys]) -> Self {
        Self { shape, flattened }
    }

    /// Is `key` one that serde writes or reads there?
    #[doc(hidden)]
    pub const fn __hold(&self, key: &str) -> bool {
        let mut at = 0;
        while at < self.flattened.len() {
            if self.flattened[at].__hold(key) {
                return true;
            }
            at += 1;
        }
        match self.shape {
            Shape::Struct(one) => one.holds(key),
            Shape::Enum(choice) => choice.holds(key),
            _ => false,
        }
    }
}

impl Struct {
    const fn holds(&self, key: &str) -> bool {
        let mut at = 0;
        while at < self.members.len() {
            let member = &self.members[at];
            if !member.flattened && (same(member.key, key) || among(member.aliases, key)) {
                return true;
            }
            at += 1;
        }
        false
    }
}

impl Enum {
    const fn holds(&self, key: &str) -> bool {
        match self.tagging {
            Tagging::Internal { tag } if same(tag, key) => return true,
            Tagging::Adjacent { tag, content } => return same(tag, key) || same(content, key),
            _ => {}
        }
        let mut at = 0;
        while at < self.variants.len() {
            let variant = &self.variants[at];
            let held = match (self.tagging, &variant.content) {
                (Tagging::External, _) if !variant.untagged => {
                    same(variant.name, key) || among(variant.aliases, key)
                }
                (_, Shape::Struct(one)) => one.holds(key),
                _ => false,
            };
            if held {
                return true;
            }
            at += 1;
        }
        false
    }
}

const fn among(names: &[&str], name: &str) -> bool {
    let mut at = 0;
    while at < names.len() {
        if same(names[at], name) {
            return true;
        }
        at += 1;
    }
    false
}

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}
