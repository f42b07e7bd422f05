//! One side of a comparison: what the code of one revision writes and reads.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use checkpoint_schema::registry::Descriptor;
use jsonschema::Validator;
use serde_json::Value;

use super::code::Code;
use super::fields::{self, Field};
use super::instances;
use super::prepare::{Form, Forms, read, write};
use crate::lock::facts::Fact;
use crate::lock::file::Revision;
use crate::lock::meaning;

/// Where documents state their version, if no type says otherwise.
const VERSION_KEY: &str = "checkpoint_version";

/// A revision of a checkpoint, locked or as the type is now.
#[derive(Clone)]
pub(crate) struct Layout {
    pub(crate) job: String,
    pub(crate) version: u32,
    /// Where its documents state it.
    pub(crate) version_key: &'static str,
    /// What people call it: `the type`, `revision 2`, `v1.0: revision 1`.
    pub(crate) name: String,
    /// The read contract, as schemars gives it.
    pub(crate) read: Value,
    /// The write contract.
    pub(crate) write: Value,
    /// What serde knows beyond both.
    pub(crate) facts: Vec<Fact>,
    /// The code itself, where it is at hand: what it says of a document counts more than any schema.
    pub(crate) code: Option<Code>,
    /// Of the contracts, which are not changed.
    pub(super) made: Rc<Made>,
}

/// What is made of the contracts, when it is first asked for.
#[derive(Default)]
pub(super) struct Made {
    read: Forms,
    write: Forms,
    written: [OnceCell<Rc<Value>>; 3],
    fields: OnceCell<BTreeMap<String, Field>>,
    meaning: OnceCell<[Value; 2]>,
    least: OnceCell<Option<Value>>,
    validator: OnceCell<Option<Validator>>,
}

impl Layout {
    /// The type as it is now.
    pub(crate) fn of_type(descriptor: &Descriptor) -> Self {
        let revision = Revision::of(descriptor, 0);
        let name = format!("the type `{}`", descriptor.type_name());
        Self {
            code: Some(Code::Here(*descriptor)),
            version_key: descriptor.version_key(),
            ..Self::of_revision(descriptor.job(), descriptor.version(), name, revision)
        }
    }

    /// A revision that was locked.
    pub(crate) fn of_revision(job: &str, version: u32, name: String, revision: Revision) -> Self {
        Self {
            job: job.to_owned(),
            version,
            version_key: VERSION_KEY,
            name,
            read: Value::Object(revision.read),
            write: Value::Object(revision.write),
            facts: revision.facts,
            code: None,
            made: Rc::default(),
        }
    }

    /// A schema of which nothing else is known: whatever it accepts is both written and read.
    pub(crate) fn of_schema(job: &str, version: u32, name: String, schema: Value) -> Self {
        Self {
            job: job.to_owned(),
            version,
            version_key: VERSION_KEY,
            name,
            write: schema.clone(),
            read: schema,
            facts: Vec::new(),
            code: None,
            made: Rc::default(),
        }
    }

    /// The read contract in a form.
    pub(super) fn read_as(&self, form: Form) -> &Rc<Value> {
        self.made.read.of(&self.read, form)
    }

    /// The write contract in a form.
    pub(super) fn write_as(&self, form: Form) -> &Rc<Value> {
        self.made.write.of(&self.write, form)
    }

    /// What its code writes, in a form.
    pub(super) fn written(&self, form: Form) -> &Rc<Value> {
        self.made.written[form as usize].get_or_init(|| match form {
            Form::Question if Rc::ptr_eq(self.write_as(form), self.write_as(Form::Documents)) => {
                Rc::clone(self.written(Form::Documents))
            }
            _ => write(self, form),
        })
    }

    /// Its places, the root under the empty place.
    pub(super) fn fields(&self) -> &BTreeMap<String, Field> {
        self.made.fields.get_or_init(|| fields::of(self))
    }

    /// The smallest document that it reads, under the names that its fields have.
    pub(super) fn least(&self) -> Option<&Value> {
        let least = || instances::least(&read(self, Form::Documents, &BTreeSet::new()));
        self.made.least.get_or_init(least).as_ref()
    }

    /// Does it read the document? Its code tells, or where that is not at hand the contract.
    pub(super) fn reads(&self, document: &Value) -> bool {
        if let Some(code) = &self.code {
            return code.reason(document).is_none();
        }
        let build = || jsonschema::validator_for(&read(self, Form::Documents, &BTreeSet::new())).ok();
        self.made.validator.get_or_init(build).as_ref().is_some_and(|it| it.is_valid(document))
    }

    /// Does it write and read the same as the other, words and names of types apart?
    pub(super) fn means(&self, other: &Self) -> bool {
        let meaning = |layout: &Self| [meaning::of(&layout.read), meaning::of(&layout.write)];
        self.facts == other.facts
            && self.made.meaning.get_or_init(|| meaning(self))
                == other.made.meaning.get_or_init(|| meaning(other))
    }

    /// The name of the Rust type, where it is at hand.
    pub(crate) fn type_name(&self) -> String {
        match &self.code {
            Some(Code::Here(descriptor)) => descriptor.type_name().to_owned(),
            _ => self.name.clone(),
        }
    }
}
