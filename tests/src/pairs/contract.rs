//! The read contract of a checkpoint, with what serde reads and no schema says: aliases, and the variant that
//! takes what no other does.

use checkpoint_schema::field::shape::{Enum, Shape, Struct, Tagging, Variant};
use checkpoint_schema::keys;
use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::schema::{Contract, finish};
use jsonschema::Validator;
use serde_json::Value;

/// The read contract of a checkpoint.
pub struct ReadContract {
    raw: Validator,
    finished: Validator,
    shape: &'static Shape,
}

impl ReadContract {
    /// The contract of the checkpoint.
    ///
    /// # Panics
    ///
    /// A contract that is no schema.
    pub fn of(descriptor: &Descriptor) -> Self {
        let raw = descriptor.raw_document(Contract::Read);
        Self { raw: validator(&raw), finished: validator(&finish(raw)), shape: descriptor.shape() }
    }

    /// Does the contract, as schemars makes it, accept the document?
    ///
    /// # Errors
    ///
    /// The first thing that it refuses.
    pub fn accepts(&self, document: &Value) -> Result<(), String> {
        self.judge(&self.raw, document)
    }

    /// Does the exported contract accept it, which knows where integers end?
    ///
    /// # Errors
    ///
    /// The first thing that it refuses.
    pub fn finished_accepts(&self, document: &Value) -> Result<(), String> {
        self.judge(&self.finished, document)
    }

    fn judge(&self, validator: &Validator, document: &Value) -> Result<(), String> {
        let mut document = document.clone();
        keys::resolve(self.shape, &mut document);
        name_variants(self.shape, &mut document);
        validator.validate(&document).map_err(|error| format!("{}: {error}", error.instance_path()))
    }
}

/// A validator that asserts formats.
fn validator(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).expect("a contract is a schema")
}

/// Spells every variant by its own name: one that is known by an alias, or that `serde(other)` takes.
fn name_variants(shape: &'static Shape, value: &mut Value) {
    match (shape.resolved(), value) {
        (Shape::Sequence(of), Value::Array(array)) => {
            array.iter_mut().for_each(|value| name_variants(of.get(), value));
        }
        (Shape::Map(of), Value::Object(object)) => {
            object.values_mut().for_each(|value| name_variants(of.get(), value));
        }
        (Shape::Tuple(of), Value::Array(array)) => {
            of.iter().zip(array).for_each(|(of, value)| name_variants(of.get(), value));
        }
        (Shape::Struct(of), value) => in_struct(of, value),
        (Shape::Enum(of), value) => in_enum(of, value),
        _ => {}
    }
}

fn in_struct(of: &'static Struct, object: &mut Value) {
    for member in of.members {
        if member.flattened {
            name_variants(member.shape.get(), object);
        } else if let Some(value) = object.get_mut(member.key) {
            name_variants(member.shape.get(), value);
        }
    }
}

fn in_enum(of: &'static Enum, value: &mut Value) {
    match of.tagging {
        Tagging::External => match value {
            Value::String(name) => {
                rename(of, name);
            }
            Value::Object(object) if object.len() == 1 => {
                let (mut name, mut content) = std::mem::take(object).into_iter().next().expect("one");
                if let Some(variant) = rename(of, &mut name) {
                    name_variants(&variant.content, &mut content);
                }
                object.insert(name, content);
            }
            _ => {}
        },
        Tagging::Internal { tag } => {
            let name = value.get_mut(tag);
            if let Some(variant) = name.and_then(|name| rename_value(of, name)) {
                name_variants(&variant.content, value);
            }
        }
        Tagging::Adjacent { tag, content } => {
            let name = value.get_mut(tag);
            let variant = name.and_then(|name| rename_value(of, name));
            if let (Some(variant), Some(content)) = (variant, value.get_mut(content)) {
                name_variants(&variant.content, content);
            }
        }
        _ => {}
    }
}

fn rename_value(of: &'static Enum, name: &mut Value) -> Option<&'static Variant> {
    match name {
        Value::String(name) => rename(of, name),
        _ => None,
    }
}

/// Gives the variant its own name, and the variant.
fn rename(of: &'static Enum, name: &mut String) -> Option<&'static Variant> {
    let known = |v: &&Variant| !v.untagged && (v.name == *name || v.aliases.contains(&name.as_str()));
    let variant = of.variants.iter().find(known).or_else(|| of.variants.iter().find(|v| v.other))?;
    variant.name.clone_into(name);
    Some(variant)
}
