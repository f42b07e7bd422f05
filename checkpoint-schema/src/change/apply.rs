//! Changes in memory, with the same results and the same errors as in SQL.

use serde_json::{Map, Value};

use super::guard::Guard;
use super::op::{Op, Outcome};
use super::plan::{Array, Child, Leaf, Node, Object, Plan};
use crate::field::error::type_name;
use crate::field::path::read_place;
use crate::field::step::{Step, To};
use crate::field::{FieldError, Reason, notation};

impl Plan<'_> {
    /// The document afterwards; `null` stays `null` where nothing makes a document.
    pub(crate) fn apply(&self, document: &Value) -> Result<Value, FieldError> {
        self.guard.check(document)?;
        let mut document = match self.initial {
            Some(initial) if document.is_null() => initial.clone(),
            _ => document.clone(),
        };
        for segment in &self.segments {
            let mut pass = Pass { guard: self.guard, document: &document, way: Vec::new() };
            // A `null` document is an absent one.
            let stored = (!document.is_null()).then_some(&document);
            if let Outcome::Put(changed) = pass.node(segment, stored)? {
                document = changed;
            }
        }
        Ok(document)
    }
}

/// One pass over the document.
struct Pass<'d, 'p> {
    guard: Guard,
    /// As it was before: what is copied is read from it.
    document: &'d Value,
    way: Vec<&'p Step>,
}

impl<'p> Pass<'_, 'p> {
    fn error<T>(&self, reason: Reason) -> Result<T, FieldError> {
        Err(FieldError::new(notation::pointer_of(self.way.iter().copied()), reason))
    }

    /// `stored` is `None` where the value is missing, or counts as missing.
    fn node(&mut self, node: &Node<'p>, stored: Option<&Value>) -> Result<Outcome, FieldError> {
        match node {
            Node::Leaf(leaf) => self.leaf(leaf, stored),
            Node::Object(object) => self.object(node, object, stored),
            Node::Array(array) => self.array(node, array, stored),
        }
    }

    fn leaf(&mut self, leaf: &Leaf<'p>, stored: Option<&Value>) -> Result<Outcome, FieldError> {
        if let Op::CopyFrom(source) | Op::RenameFrom(source) = leaf.op {
            return match (self.source(source)?, stored) {
                (None, _) => Ok(Outcome::Leave),
                (Some(_), Some(_)) if matches!(leaf.op, Op::RenameFrom(_)) => self.error(Reason::Occupied),
                (Some(value), _) => Ok(Outcome::Put(value)),
            };
        }
        let outcome = match stored {
            Some(value) => leaf.op.present(value),
            None => leaf.missing.clone(),
        };
        outcome.or_else(|reason| self.error(reason))
    }

    /// What is copied: nothing where it is missing, or counts as missing.
    fn source(&self, source: &[Step]) -> Result<Option<Value>, FieldError> {
        let value = read_place(self.document, source)?;
        let nullable = source.last().is_none_or(|step| step.nullable);
        Ok(value.filter(|value| !(nullable && value.is_null())).cloned())
    }

    fn object(
        &mut self,
        node: &Node<'p>,
        object: &Object<'p>,
        stored: Option<&Value>,
    ) -> Result<Outcome, FieldError> {
        let mut changed = match stored {
            Some(Value::Object(stored)) => stored.clone(),
            Some(other) => return self.wrong_type("object", other),
            None if !object.creates => return self.left(node),
            None => match &object.start {
                Some(Value::Object(start)) => start.clone(),
                _ if !object.lacks.is_empty() => {
                    let lacks = object.lacks.iter().map(|key| (*key).to_owned()).collect();
                    return self.error(Reason::Missing(lacks));
                }
                _ if self.way.is_empty() => self.guard.empty(),
                _ => Map::new(),
            },
        };
        for names in &object.whole {
            if !names.iter().any(|name| changed.contains_key(*name)) {
                return self.error(Reason::Missing(vec![names[0].to_owned()]));
            }
        }
        // Every member is looked at as it was before: what is done waits.
        let (mut removed, mut puts) = (Vec::new(), Vec::new());
        for child in &object.children {
            let to = &child.step.to;
            let Some(key) = to.key() else { continue };
            let found = to.keys().find_map(|key| changed.get(key));
            match self.child(child, found)? {
                Outcome::Put(value) => puts.push((key.to_owned(), value)),
                Outcome::Remove => removed.push(key),
                // What stood under an alias stands under the name now.
                Outcome::Leave if !to.aliases().is_empty() => {
                    puts.extend(found.map(|value| (key.to_owned(), value.clone())));
                }
                Outcome::Leave => {}
            }
            removed.extend(to.aliases());
        }
        for key in removed {
            changed.remove(key);
        }
        changed.extend(puts);
        Ok(Outcome::Put(Value::Object(changed)))
    }

    fn array(
        &mut self,
        node: &Node<'p>,
        array: &Array<'p>,
        stored: Option<&Value>,
    ) -> Result<Outcome, FieldError> {
        let mut changed = match stored {
            Some(Value::Array(stored)) => stored.clone(),
            Some(other) => return self.wrong_type("array", other),
            None if !array.creates => return self.left(node),
            None => return self.error(Reason::Missing(Vec::new())),
        };
        for child in &array.children {
            let To::Index(index, _) = child.step.to else { continue };
            match changed.get(index) {
                Some(element) => {
                    if let Outcome::Put(value) = self.child(child, Some(&element.clone()))? {
                        changed[index] = value;
                    }
                }
                None if child.creates() => {
                    self.way.push(child.step);
                    return self.error(Reason::NoElement);
                }
                None => {
                    self.way.push(child.step);
                    self.left(&child.node)?;
                    self.way.pop();
                }
            }
        }
        Ok(Outcome::Put(Value::Array(changed)))
    }

    fn child(&mut self, child: &Child<'p>, found: Option<&Value>) -> Result<Outcome, FieldError> {
        self.way.push(child.step);
        let stored = found.filter(|value| !(child.step.nullable && value.is_null()));
        let outcome = self.node(&child.node, stored)?;
        self.way.pop();
        Ok(outcome)
    }

    /// Nothing is there, and nothing is made: unless something would have to be copied into it.
    fn left(&mut self, node: &Node<'p>) -> Result<Outcome, FieldError> {
        let mut copies = Vec::new();
        node.copies(&mut copies);
        for source in copies {
            if self.source(source)?.is_some() {
                return self.error(Reason::Missing(Vec::new()));
            }
        }
        Ok(Outcome::Leave)
    }

    fn wrong_type<T>(&self, expected: &'static str, value: &Value) -> Result<T, FieldError> {
        self.error(Reason::WrongType { expected, found: type_name(value) })
    }
}
