//! The field that a filter asks about, read in two ways that must agree: from a value, and by an SQL
//! expression.

use serde_json::Value;

use crate::field::step::{Step, Steps, To};
use crate::field::{FieldError, Path, Slot};
use crate::sql::{jsonb_literal, literal};

/// A field as filters see it: where it is, and what counts as missing.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    steps: Steps,
    /// A stored `null` counts as missing.
    nullable: bool,
    /// For each step what stands where it leads to nothing; none of them, unless defaults stand in.
    defaults: Vec<Option<Value>>,
}

impl Subject {
    pub(super) fn of<R, T, S: Slot>(path: &Path<R, T, S>) -> Result<Self, FieldError> {
        path.checked()?;
        let steps = path.place().to_steps();
        let defaults = if S::DEFAULT_STANDS_IN {
            let fault = |why| FieldError::unwritable(path.to_string(), why);
            steps.iter().map(default).collect::<Result<_, _>>().map_err(fault)?
        } else {
            Vec::new()
        };
        // JSON `null` for the whole document is an absent one.
        let nullable = S::NULL_IS_MISSING || steps.is_empty();
        Ok(Self { steps, nullable, defaults })
    }

    /// What stands where `step` leads to nothing.
    fn default(&self, step: usize) -> Option<&Value> {
        self.defaults.get(step)?.as_ref()
    }

    /// The value in `document`. Never fails: where another type is in the way, there is nothing.
    pub(super) fn find<'a>(&'a self, document: &'a Value) -> Option<&'a Value> {
        let mut here = Some(document);
        for (at, step) in self.steps.iter().enumerate() {
            here = here.and_then(|value| step.to.find(value));
            if let Some(default) = self.default(at) {
                here = here.filter(|value| !(step.nullable && value.is_null())).or(Some(default));
            }
        }
        here.filter(|value| !(self.nullable && value.is_null()))
    }

    /// The expression of the value, `jsonb`, which is SQL `NULL` exactly where [`find`](Self::find) has
    /// nothing. It stands by itself before any operator.
    pub(super) fn expression(&self, column: &str) -> String {
        let mut here = column.to_owned();
        let mut never_null = false;
        for (at, step) in self.steps.iter().enumerate() {
            here = match &step.to {
                // `'5'::jsonb -> 0` is 5: a scalar is stored as an array of one.
                To::Index(index, _) => {
                    format!("(CASE jsonb_typeof({here}) WHEN 'array' THEN {here}->{index} END)")
                }
                to => {
                    let each: Vec<_> = to.keys().map(|key| format!("{here}->{}", literal(key))).collect();
                    if to.aliases().is_empty() {
                        each.concat()
                    } else {
                        format!("COALESCE({})", each.join(", "))
                    }
                }
            };
            if let Some(default) = self.default(at) {
                if step.nullable {
                    here = without_null(&here);
                }
                here = format!("COALESCE({here}, {})", jsonb_literal(default));
            }
            never_null = step.nullable && self.default(at).is_some();
        }
        if self.nullable && !never_null { without_null(&here) } else { here }
    }

    /// The expression of a document that holds `inner`, an SQL expression, at the field. A document contains
    /// (`@>`) it if the field's value contains `inner`. None where that is not so: a key may be another, an
    /// array's elements have no positions for `@>`, and a default is nowhere in the document.
    pub(super) fn document_of(&self, inner: String) -> Option<String> {
        if !self.defaults.is_empty() {
            return None;
        }
        self.steps.iter().rev().try_fold(inner, |inner, step| match (&step.to, step.to.aliases()) {
            (To::Field(_) | To::Key(..), []) => {
                Some(format!("jsonb_build_object({}, {inner})", literal(step.to.key()?)))
            }
            _ => None,
        })
    }

    /// The keys and positions on the way, for people.
    pub(super) fn words(&self) -> Vec<String> {
        let word = |step: &Step| match &step.to {
            To::Index(index, _) => index.to_string(),
            to => to.key().unwrap_or_default().to_owned(),
        };
        self.steps.iter().map(word).collect()
    }
}

fn without_null(expression: &str) -> String {
    format!("NULLIF({expression}, 'null'::jsonb)")
}

/// What serde reads where the key of `step` is missing, if it has a default for it.
fn default(step: &Step) -> Result<Option<Value>, String> {
    let To::Field(member) = &step.to else { return Ok(None) };
    match (member.filled_in().map_err(|error| error.to_string())?, member.default) {
        (Some(value), _) => {
            // Inside the `Option` a `null` is as good as missing.
            Ok(Some(value).filter(|value| !(step.nullable && value.is_null())))
        }
        (None, Some(_)) => Err("what serde fills in for the field is not known".to_owned()),
        (None, None) => Ok(None),
    }
}
