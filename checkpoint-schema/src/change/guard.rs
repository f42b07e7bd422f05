//! The guard of the version: changes are made only to documents of the type's own version, and what they make
//! states it.

use serde_json::{Map, Value};

use super::edit::Edit;
use super::op::Op;
use crate::Checkpoint;
use crate::field::error::type_name;
use crate::field::step::{Step, To};
use crate::field::{FieldError, Reason, notation, refusal};
use crate::pointer::member;
use crate::sql::literal;
use crate::stored::version_of;

/// What stands under the key, where a version should.
const VERSION: &str = "version";

/// The version of a type's documents, and where they state it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard {
    key: &'static str,
    version: u32,
}

impl Guard {
    pub(crate) const fn of<C: Checkpoint>() -> Self {
        Self { key: C::VERSION_KEY, version: C::VERSION }
    }

    /// That of a layout whose type is not at hand.
    pub(super) fn of_layout(key: &'static str, version: u32) -> Self {
        Self { key, version }
    }

    /// Does no change write the key? A map that is flattened into the document could hold it.
    pub(super) fn is_kept(self, edits: &[Edit]) -> Result<(), FieldError> {
        for Edit { steps, op } in edits {
            self.keeps(steps)?;
            if let Op::RenameFrom(source) = op {
                self.keeps(source)?;
            }
        }
        Ok(())
    }

    fn keeps(self, steps: &[Step]) -> Result<(), FieldError> {
        match steps.first().map(|step| &step.to) {
            Some(To::Key(key, _)) if self.reserves(key) => {
                let why = format!("the key {key:?} is reserved for the version");
                Err(FieldError::new(notation::pointer(&[]), Reason::Key(why)))
            }
            _ => Ok(()),
        }
    }

    /// Is the key the one of the version?
    pub(super) fn reserves(self, key: &str) -> bool {
        key == self.key
    }

    /// Is the document of the version? One that is absent may be made, and of what is no object the changes
    /// themselves tell.
    pub(super) fn check(self, document: &Value) -> Result<(), FieldError> {
        self.versions(document, |found| found == self.version)
    }

    /// Is the document of the version, or of an older one? Only such a one may be replaced by an upgraded one.
    pub(crate) fn check_up_to(self, document: &Value) -> Result<(), FieldError> {
        self.versions(document, |found| found <= self.version)
    }

    fn versions(self, document: &Value, may: impl Fn(u32) -> bool) -> Result<(), FieldError> {
        let Value::Object(object) = document else { return Ok(()) };
        let reason = match version_of(object, self.key) {
            Ok(found) if may(found) => return Ok(()),
            Ok(found) => Reason::Version { found, expected: self.version },
            Err(_) => {
                Reason::WrongType { expected: VERSION, found: object.get(self.key).map_or("null", type_name) }
            }
        };
        Err(FieldError::new(member("", self.key), reason))
    }

    /// A document that is made from nothing.
    pub(super) fn empty(self) -> Map<String, Value> {
        let mut object = Map::new();
        if self.version > 1 {
            object.insert(self.key.to_owned(), self.version.into());
        }
        object
    }

    /// `result`, if the document that is named is of the version; else the error.
    pub(super) fn render(self, document: &str, result: &str) -> String {
        let Self { key, version } = self;
        let stated = format!("{document}->{}", literal(key));
        let condition = match version {
            // A document without the key is of version 1.
            1 => format!("COALESCE({stated},'1')='1'"),
            _ => format!("COALESCE(jsonb_typeof({document}),'')<>'object' OR {stated}='{version}'"),
        };
        let (expected, found) = (refusal::EXPECTED, refusal::FOUND);
        let (of, not) = (refusal::VERSION, refusal::NOT);
        let number = format!("({stated})::numeric");
        let raise = format!(
            "encode('',CASE WHEN COALESCE(jsonb_typeof({stated}),'number')<>'number' \
             THEN '{expected}{VERSION}{found}'||jsonb_typeof({stated}) \
             WHEN {number} NOT BETWEEN 1 AND {} OR trunc({number})<>{number} \
             THEN '{expected}{VERSION}{found}number' \
             ELSE '{of}'||COALESCE(trunc({number}),1)||'{not}{version}' END||{})::jsonb",
            u32::MAX,
            literal(&format!("{}{}", refusal::AT, member("", key))),
        );
        format!("CASE WHEN {condition} THEN {result} ELSE {raise} END")
    }
}
