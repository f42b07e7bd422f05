//! One document against one version of a checkpoint: the schema's word and serde's, merged. Where documents come
//! from is not known here.

mod fault;
mod locate;
mod nearest;
mod parse;
mod quoting;
pub(crate) mod upgrade;

use std::path::Path;

use checkpoint_schema::keys::{self, Ignored};
use checkpoint_schema::pointer::member;
use checkpoint_schema::registry::Descriptor;
use checkpoint_schema::schema::Contract;
use jsonschema::Validator;
use serde_json::Value;

use self::fault::{Fault, of_schema};
use self::locate::{Target, span};
use self::nearest::nearest;
use self::parse::{parse, parse_quickly};
use self::quoting::{Quoting, within};
use crate::could_not_run::CouldNotRun;
use crate::finding::Finding;
use crate::rule::{Rule, Severity};

pub(crate) use self::quoting::Values;
#[cfg(feature = "postgres")]
pub(crate) use self::quoting::{has_secrets, masked};

/// So many findings of one document are told, and that there are more.
const FINDINGS: usize = 1_000;

/// Of a document with more than so many values only the first few findings are looked for: jsonschema makes all of
/// its errors before it gives the first, and each takes much more room than the value that is wrong.
const VALUES: usize = 50_000;
const FEW: usize = 10;

/// What is known of one version of a job's checkpoint, prepared for many documents.
pub(crate) struct Judge {
    pub(crate) version: u32,
    /// The job and its version, in words of file names: `github-v1`.
    name: String,
    version_key: String,
    /// The type; none where only the schema of an older version is left.
    descriptor: Option<Descriptor>,
    schema: Value,
    has_secrets: bool,
    validator: Validator,
    #[cfg(feature = "postgres")]
    known: std::sync::OnceLock<crate::rows::Schema>,
}

impl Judge {
    /// By the type, and by its schema.
    pub(crate) fn new(descriptor: Descriptor) -> Result<Self, CouldNotRun> {
        let schema = descriptor.document(Contract::Read);
        let validator = validator(&schema).map_err(|error| {
            CouldNotRun(format!("the schema of {descriptor:?} is itself invalid: {error}"))
        })?;
        Ok(Self {
            version: descriptor.version(),
            name: format!("{}-v{}", descriptor.job(), descriptor.version()),
            version_key: descriptor.version_key().to_owned(),
            descriptor: Some(descriptor),
            has_secrets: quoting::has_secrets(&schema),
            schema,
            validator,
            #[cfg(feature = "postgres")]
            known: std::sync::OnceLock::new(),
        })
    }

    /// By the read contract of an older `version` of the job whose newest type is `newest`.
    ///
    /// # Errors
    ///
    /// Why it is no schema.
    pub(crate) fn of_schema(newest: &Descriptor, version: u32, schema: Value) -> Result<Self, String> {
        let validator = validator(&schema).map_err(|error| error.to_string())?;
        Ok(Self {
            version,
            name: format!("{}-v{version}", newest.job()),
            version_key: newest.version_key().to_owned(),
            descriptor: None,
            has_secrets: quoting::has_secrets(&schema),
            schema,
            validator,
            #[cfg(feature = "postgres")]
            known: std::sync::OnceLock::new(),
        })
    }

    /// The key of the version.
    #[cfg(feature = "postgres")]
    pub(crate) fn version_key(&self) -> &str {
        &self.version_key
    }

    /// What stands in the schema.
    #[cfg(feature = "postgres")]
    pub(crate) fn known(&self) -> &crate::rows::Schema {
        self.known.get_or_init(|| crate::rows::Schema::of(&self.schema))
    }

    /// The type, where there is one.
    pub(crate) fn descriptor(&self) -> Option<&Descriptor> {
        self.descriptor.as_ref()
    }

    /// Is there nothing to find in the document? What is not sure is refused: [`judge`](Self::judge) decides.
    pub(crate) fn accepts(&self, document: &Value) -> bool {
        let states = document.get(&self.version_key).is_some();
        if states != (self.version > 1) || !self.validator.is_valid(document) {
            return false;
        }
        let key = states.then_some(self.version_key.as_str());
        self.descriptor.is_none_or(|descriptor| {
            keys::are_known(descriptor.shape(), document, key) && descriptor.read(document).is_ok()
        })
    }

    /// Every finding of the document `text`.
    pub(crate) fn judge(&self, path: &Path, text: &str, values: Values) -> Vec<Finding> {
        let parsed = match parse(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                // Nobody knows where in it a secret stands.
                let shown = values == Values::Shown && !self.has_secrets;
                return vec![not_json(path, text, &error, shown)];
            }
        };
        let quoting = self.quoting(&parsed.document, values);
        let twice = !parsed.duplicates.is_empty();
        let mut faults: Vec<Fault> = parsed.duplicates.into_iter().map(duplicate).collect();
        faults.extend(self.faults(parsed.document, &quoting));
        // Of equal keys only the last one is found.
        let all = self.has_secrets && twice;
        let hidden = if all { ALL.to_vec() } else { quoting.hidden(text) };
        let place = |fault| placed(fault, path, text, &hidden, values);
        let mut findings: Vec<_> = faults.into_iter().map(place).collect();
        findings.sort_by_key(|finding| finding.place.excerpt.as_ref().map(|excerpt| excerpt.position));
        findings
    }

    /// The finding that the document `text` is of version `found`, which is newer than this one.
    pub(crate) fn of_newer(&self, path: &Path, text: &str, found: u32, values: Values) -> Finding {
        let pointer = member("", &self.version_key);
        let message = format!(
            "the document is of version {found}, and `{}` is the newest that is registered",
            self.name
        );
        let mut finding = Finding::of_file(Rule::VersionNewer, path, message)
            .help("check it with the program that wrote it, or a newer one");
        if values == Values::Shown {
            let hidden: &[_] = if self.has_secrets { &ALL } else { &[] };
            finding = finding.at_without(text, span(text, &pointer, Target::Value), hidden);
        }
        finding.pointer(pointer)
    }

    /// The version that `document` states; `None` if what stands under its key is none.
    pub(crate) fn version_of(&self, document: &Value) -> Option<u32> {
        let Some(stated) = document.get(&self.version_key) else { return Some(1) };
        let whole = |number: f64| {
            (number.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&number))
                .then(|| format!("{number:.0}"))
        };
        // `2.0` is 2, as for workers.
        whole(stated.as_f64()?)?.parse().ok()
    }

    /// What may be told of `document`.
    fn quoting(&self, document: &Value, values: Values) -> Quoting {
        if !self.has_secrets {
            return Quoting { values, secrets: Vec::new() };
        }
        let mut resolved = document.clone();
        let known = resolved.as_object_mut().and_then(|object| object.remove_entry(&self.version_key));
        let keys = self.descriptor.map(|it| keys::resolve(it.shape(), &mut resolved)).unwrap_or_default();
        if let (Some((key, version)), Some(object)) =
            (known.filter(|_| self.version > 1), resolved.as_object_mut())
        {
            object.insert(key, version);
        }
        let secrets = quoting::secrets(&self.schema, &resolved);
        Quoting { values, secrets: secrets.iter().map(|pointer| keys.written(pointer)).collect() }
    }

    /// The places at which the document, which is of this version, is refused, sorted, each once.
    pub(crate) fn refused_at(&self, document: Value) -> Vec<String> {
        let quoting = Quoting { values: Values::Masked, secrets: Vec::new() };
        let faults = self.faults_up_to(usize::MAX, document, &quoting).into_iter();
        let refused = faults.filter(|fault| fault.rule.severity() == Severity::Error);
        let mut pointers: Vec<String> = refused.map(|fault| fault.pointer).collect();
        pointers.sort();
        pointers.dedup();
        pointers
    }

    fn faults(&self, document: Value, quoting: &Quoting) -> Vec<Fault> {
        if !has_more_values(&document, VALUES) {
            return self.faults_up_to(FINDINGS, document, quoting);
        }
        let mut faults = self.faults_up_to(FEW, document, quoting);
        faults.retain(|fault| fault.rule != Rule::FurtherFindings);
        let words = format!("only the first findings of a document with more than {VALUES} values are told");
        faults.push(further(words));
        faults
    }

    fn faults_up_to(&self, limit: usize, mut document: Value, quoting: &Quoting) -> Vec<Fault> {
        let refused = self.descriptor.and_then(|descriptor| descriptor.read(&document).err());
        // The schema knows no aliases: it sees the document as serde would write it. The type knows no version.
        let key = self.version_key.as_str();
        let version = document.as_object_mut().and_then(|object| object.remove(key));
        let keys = self.descriptor.map(|it| keys::resolve(it.shape(), &mut document)).unwrap_or_default();
        if let (2.., Some(object), Some(version)) = (self.version, document.as_object_mut(), version) {
            object.insert(key.to_owned(), version);
        }
        let mut faults = Vec::new();
        let mut errors: Box<dyn Iterator<Item = _>> = match limit {
            FEW => Box::new(self.validator.validate(&document).err().into_iter()),
            _ => Box::new(self.validator.iter_errors(&document)),
        };
        // The secrets are those of the document as it is written.
        let mut own = Quoting { values: quoting.values, secrets: Vec::new() };
        own.secrets = if self.has_secrets { quoting::secrets(&self.schema, &document) } else { Vec::new() };
        while faults.len() < limit
            && let Some(error) = errors.next()
        {
            faults.extend(of_schema(&error, refused.is_none(), &own));
        }
        let more = errors.count();
        for fault in &mut faults {
            fault.pointer = keys.written(&fault.pointer);
            if fault.pointer == member("", key) {
                fault.help = Some(self.mend_of_version());
            }
        }
        if let (Some(refused), Some(descriptor)) = (refused, &self.descriptor) {
            // serde stops at its first mistake. Where the schema has found one there, or inside, or around
            // it, it is the same one.
            let same = |fault: &&Fault| {
                fault.rule.severity() == Severity::Error
                    && (within(&fault.pointer, refused.pointer())
                        || within(refused.pointer(), &fault.pointer))
            };
            if !faults.iter().any(|fault| same(&fault)) {
                let reason = match quoting.allows(refused.pointer()) {
                    true => refused.reason().to_owned(),
                    // A secret is told by no option.
                    false if quoting.values == Values::Shown => quoting::of_secret(refused.reason()),
                    false => quoting::masked(refused.reason()),
                };
                faults.push(Fault {
                    rule: Rule::Unreadable,
                    pointer: refused.pointer().to_owned(),
                    target: Target::Value,
                    written_as: None,
                    message: format!(
                        "the schema accepts this, and `{}` cannot read it: {reason}",
                        descriptor.type_name(),
                    ),
                    help: Some(
                        "a worker cannot resume from this document: mend it, or make the type read it"
                            .to_owned(),
                    ),
                });
            }
        }
        faults.extend(keys.ignored.into_iter().map(ignored));
        misspelled(&mut faults);
        let more = more + faults.len().saturating_sub(limit);
        faults.truncate(limit);
        faults.extend(
            (more > 0).then(|| further(format!("{more} more findings of this document are not told"))),
        );
        faults
    }
}

fn validator(schema: &Value) -> Result<Validator, Box<jsonschema::ValidationError<'static>>> {
    jsonschema::options().should_validate_formats(true).build(schema).map_err(Box::new)
}

/// Reads a document in which nothing is lost; `None` if it is no JSON, or if a key stands twice.
pub(crate) fn read_quickly(text: &str) -> Option<Value> {
    parse_quickly(text)
}

impl Judge {
    fn mend_of_version(&self) -> String {
        let (name, version) = (&self.name, self.version);
        let job = name.rsplit_once("-v").map_or(name.as_str(), |(job, _)| job);
        format!(
            "a document without the key is of version 1: write `{:?}: {version}` if it has this layout, or move it to the `{job}-v<N>` of its own",
            self.version_key
        )
    }
}

/// A key that is not known, and a key that is missing and much like it, are one mistake.
fn misspelled(faults: &mut Vec<Fault>) {
    let unknown = |fault: &Fault| matches!(fault.rule, Rule::IgnoredKey | Rule::UnknownKey);
    let parent = |pointer: &str| pointer.rsplit_once('/').map(|(parent, _)| parent.to_owned());
    let key = |fault: &Fault| fault.pointer.rsplit('/').next().unwrap_or_default().to_owned();
    let mut at = 0;
    while at < faults.len() {
        if faults[at].rule != Rule::MissingKey {
            at += 1;
            continue;
        }
        let missing = key(&faults[at]);
        let spelled = faults.iter().position(|other| {
            unknown(other)
                && parent(&other.pointer) == parent(&faults[at].pointer)
                && nearest(&key(other), std::iter::once(missing.as_str())).is_some()
        });
        match spelled {
            None => at += 1,
            Some(spelled) => {
                // The place is that of the key that is there, the rule that of the key that is not.
                let wrong = key(&faults[spelled]);
                let pointer = faults[spelled].pointer.clone();
                faults[at].message = format!("the key {missing:?} is missing, and {wrong:?} is not known");
                faults[at].help = Some(format!("rename {wrong:?} to {missing:?}"));
                faults[at].written_as = Some(pointer);
                faults.remove(spelled);
                at += usize::from(spelled > at);
            }
        }
    }
}

fn placed(
    fault: Fault,
    path: &Path,
    text: &str,
    hidden: &[std::ops::Range<usize>],
    values: Values,
) -> Finding {
    let (at, target) = match &fault.written_as {
        Some(written) => (written, Target::Key),
        None => (&fault.pointer, fault.target),
    };
    let mut finding = Finding::of_file(fault.rule, path, fault.message);
    if values == Values::Shown {
        finding = finding.at_without(text, span(text, at, target), hidden);
    }
    finding.help = Some(fault.help.unwrap_or_else(|| mend(fault.rule).to_owned()));
    finding.pointer(fault.pointer)
}

/// Has it more than so many values in it, however deep?
fn has_more_values(document: &Value, limit: usize) -> bool {
    fn count(value: &Value, left: &mut usize) -> bool {
        let Some(rest) = left.checked_sub(1) else { return false };
        *left = rest;
        match value {
            Value::Array(array) => array.iter().all(|value| count(value, left)),
            Value::Object(object) => object.values().all(|value| count(value, left)),
            _ => true,
        }
    }
    !count(document, &mut limit.saturating_add(1))
}

fn further(message: String) -> Fault {
    Fault {
        rule: Rule::FurtherFindings,
        pointer: String::new(),
        target: Target::Value,
        message,
        help: Some("mend those that are, and check again".to_owned()),
        written_as: None,
    }
}

/// What to do where nothing more exact is known.
fn mend(rule: Rule) -> &'static str {
    match rule {
        Rule::OutOfRange => "mend the value, or widen the bounds of the field",
        Rule::BadFormat => "write the value in this form, or change what the field asks for",
        Rule::NotUnique => "remove one of them; if repetition is meant, make the field a `Vec`",
        Rule::NotAllowed => "write one of these; or add a variant, or `#[serde(alias = \"…\")]` to one",
        Rule::NoMatch => {
            "compare the value with the variants of the enum; a tag (`#[serde(tag = \"…\")]`) would tell more"
        }
        _ => "a worker cannot resume from this document: mend the value, or make the type read it",
    }
}

fn duplicate(pointer: String) -> Fault {
    Fault {
        rule: Rule::DuplicateKey,
        pointer,
        target: Target::Key,
        message: "this key stands twice in its object, and only the last value is kept".to_owned(),
        help: Some("remove the one that is not meant".to_owned()),
        written_as: None,
    }
}

fn ignored(key: Ignored) -> Fault {
    let meant = nearest(&key.key, key.absent.into_iter());
    Fault {
        rule: Rule::IgnoredKey,
        pointer: key.pointer,
        target: Target::Key,
        message: format!("the type has no key {:?}, and serde ignores it", key.key),
        help: Some(match meant {
            Some(meant) => format!("did you mean {meant:?}?"),
            None => "remove the key, or add a field for it".to_owned(),
        }),
        written_as: None,
    }
}

/// Everything is hidden.
#[expect(clippy::single_range_in_vec_init, reason = "it is a list of ranges")]
static ALL: [std::ops::Range<usize>; 1] = [0..usize::MAX];

/// The text is no JSON; `shown` if the line may be told.
fn not_json(path: &Path, text: &str, error: &serde_json::Error, shown: bool) -> Finding {
    // serde_json counts the bytes of a line.
    let line_start = match error.line() {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line - 2).map_or(0, |(at, _)| at + 1),
    };
    let at = line_start + error.column().saturating_sub(1);
    let words = error.to_string();
    let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words);
    let help = if text.trim().is_empty() {
        "the file is empty: write a document to it, or remove it"
    } else if text.starts_with('\u{feff}') {
        "the file starts with a byte order mark, which JSON forbids (RFC 8259, 8.1): save it without"
    } else if words.contains("recursion limit") {
        "serde_json reads documents of at most 128 levels, and so do workers: a checkpoint is flat"
    } else {
        "PostgreSQL would not store this: mend the JSON"
    };
    let finding = Finding::of_file(Rule::NotJson, path, words).help(help);
    // What may not be shown has its position all the same.
    finding.at_without(text, at..at + 1, if shown { &[] } else { &ALL })
}
