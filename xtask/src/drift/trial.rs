//! Documents of the writer, held against the reader: what it refuses, and where.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use checkpoint_schema::pointer::member;
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::alone::Alone;
use super::code::Code;
use super::instances::{self, Instance, Varied};
use super::layout::Layout;
use super::parts::{self, Part};
use super::prepare::integer;
use super::together::{self, Asked};
use super::verdict::{Document, Harm, Witness};

/// What one writes, and the other is to read.
pub(super) struct Trial<'a> {
    writer: &'a Layout,
    reader: &'a Layout,
    parts: Vec<Part>,
    /// The smallest document, as the writer's code writes it, where that is at hand.
    as_written: Option<Value>,
}

/// One refusal of a document.
struct Refusal {
    pointer: String,
    /// The reader's words, where they were asked for.
    reason: String,
    /// Does the keyword bound a value that its type could hold?
    is_bound: bool,
    /// The key that must be there, and is not.
    lacks: Option<String>,
}

/// Witnesses by place, and by the reason of the refusal.
#[derive(Default)]
struct Found(BTreeMap<String, BTreeMap<String, Witness>>);

/// The validators of the contracts, what is written and what is read.
///
/// # Errors
///
/// If one of the contracts is no schema.
pub(super) fn validators(
    (writer, written): (&Layout, &Value),
    (reader, accepted): (&Layout, &Value),
) -> Result<(Validator, Validator), String> {
    let build = |layout: &Layout, schema| {
        let built = jsonschema::options().should_validate_formats(true).build(schema);
        built.map_err(|error| format!("the contract of {} is itself invalid: {error}", layout.name))
    };
    Ok((build(writer, written)?, build(reader, accepted)?))
}

impl<'a> Trial<'a> {
    /// A trial by the contracts, what is written and what is read, with their validators, and by the code that is at
    /// hand.
    pub(super) fn new(
        (writer, written): (&'a Layout, &Value),
        (reader, accepted): (&'a Layout, &Value),
        validators: (Validator, Validator),
        varied: Varied,
    ) -> Self {
        let least = || instances::least(written);
        let as_written = writer.code.as_ref().and_then(|code| code.rewrite(&least()?).ok());
        Self { writer, reader, parts: parts::of((written, accepted), validators, varied), as_written }
    }

    /// Of each place some witnesses, the worst and then the shortest first.
    pub(super) fn run(&self) -> Vec<Witness> {
        let mut found = Found::default();
        // One value of each part after another, so that none goes without.
        for round in 0.. {
            let is_open = |part: &&Part| !found.is_settled(part);
            let live: Vec<(&Part, &Instance)> = self
                .parts
                .iter()
                .filter(is_open)
                .filter_map(|part| Some((part, part.instances().get(round)?)))
                .collect();
            if live.is_empty() {
                break;
            }
            let mut asked = together::ask(&live, self.writer.code.as_ref(), self.reader.code.as_ref());
            for (number, (part, instance)) in live.into_iter().enumerate() {
                self.one(part, instance, asked.remove(&number).unwrap_or_default(), &mut found);
            }
        }
        found.witnesses()
    }

    fn one(&self, part: &Part, instance: &Instance, asked: Asked, found: &mut Found) {
        let Some((writes, reads)) = part.validators() else { return };
        // Another part may have shown meanwhile what this one would.
        if found.is_settled(part) || !writes.is_valid(&instance.value) {
            return;
        }
        // Where the writer's code is at hand, the document is as that writes it.
        let as_written = || match &self.writer.code {
            None => Some(part.written(instance.value.clone())),
            Some(code) => code.rewrite(&part.written(instance.value.clone())).ok(),
        };
        let (mut document, was_asked) = (None, asked.rewritten.is_some());
        let value = match (&self.writer.code, asked.rewritten) {
            (None, _) => Some(instance.value.clone()),
            (Some(_), Some(rewritten)) => Some(rewritten),
            (Some(_), None) => {
                document = as_written();
                // Of what it leaves out the documents around tell.
                document.as_ref().and_then(|it| it.pointer(part.pointer()).cloned())
            }
        };
        let Some(value) = &value else { return };
        let varied = format!("{}{}", part.place(), instance.varied);
        // Where something else is varied, it is the same that is refused.
        let is_news = |pointer: &str| {
            let place = general(pointer, &varied);
            found.is_news(&place, &varied, part.has_inner())
        };
        let mut refusals: Vec<Refusal> =
            reads.iter_errors(value).flat_map(|error| of_schema(&error, part.pointer(), &is_news)).collect();
        if refusals.is_empty() && !asked.is_read {
            refusals.extend(self.refused_by_code(part, value));
        }
        if refusals.iter().all(|refusal| refusal.reason.is_empty()) {
            return;
        }
        let among_others = || {
            let mut document = self.as_written.clone().filter(|_| was_asked)?;
            part.put_into(&mut document, value.clone(), |around| &around.written);
            Some(document)
        };
        let document = document.or_else(among_others).or_else(as_written);
        let Some(document) = document.map(Document::new) else { return };
        let harms = self.harms(part, value, &refusals);
        for (refusal, (harm, reason, executed)) in refusals.iter().zip(harms) {
            if refusal.reason.is_empty() {
                continue;
            }
            found.add(Witness {
                place: general(&refusal.pointer, &varied),
                document: Arc::clone(&document),
                reason,
                harm,
                executed,
            });
        }
    }

    /// What the contract accepts the code may refuse. It is asked in a document that it reads but for this value.
    fn refused_by_code(&self, part: &Part, value: &Value) -> Option<Refusal> {
        let code = self.reader.code.as_ref()?;
        let refused = code.read(&part.read(value.clone())).err()?;
        let reads_another =
            part.least_read().is_some_and(|least| code.read(&part.read(least.clone())).is_ok());
        let refused = match reads_another {
            true => refused,
            false => code.read(&part.written(value.clone())).err()?,
        };
        Some(Refusal { pointer: refused.pointer, reason: refused.reason, is_bound: false, lacks: None })
    }

    /// What each refusal that tells its reason means, in whose words, and whether the code was asked.
    fn harms(&self, part: &Part, value: &Value, refusals: &[Refusal]) -> Vec<(Harm, String, bool)> {
        let Some(code) = &self.reader.code else {
            let harm = |refusal: &Refusal| match refusal.is_bound {
                true => Harm::OutOfContract,
                false => Harm::Unreadable,
            };
            return refusals.iter().map(|it| (harm(it), it.reason.clone(), false)).collect();
        };
        let mut alone = Alone::of(code, part, value);
        alone.without_keys(refusals.iter().filter_map(|refusal| refusal.lacks.as_deref()));
        Self::executed(code, part, value, refusals, &|refusal| {
            alone.reason(&refusal.pointer, refusal.lacks.as_deref())
        })
    }

    /// What the code says of each refusal: by `short`, or where that tells nothing, of a document without another
    /// mistake, since serde stops at its first.
    fn executed(
        code: &Code,
        part: &Part,
        value: &Value,
        refusals: &[Refusal],
        short: &dyn Fn(&Refusal) -> Option<String>,
    ) -> Vec<(Harm, String, bool)> {
        let at = part.pointer();
        // All others are mended.
        let mut mended: Option<Value> = None;
        let judge = |refusal: &Refusal| {
            if refusal.reason.is_empty() {
                return (Harm::OutOfContract, String::new(), false);
            }
            if let Some(reason) = short(refusal) {
                return (Harm::Unreadable, reason, true);
            }
            let document = mended.get_or_insert_with(|| {
                let readable = part.read(part.least_read().cloned().unwrap_or_default());
                let mut document = part.read(value.clone());
                let others =
                    refusals.iter().filter(|other| other.pointer != at && other.pointer.starts_with(at));
                others.for_each(|other| put(&mut document, &other.pointer, readable.pointer(&other.pointer)));
                document
            });
            let before = document.pointer(&refusal.pointer).cloned();
            let refused = refusal.pointer.strip_prefix(at).and_then(|pointer| value.pointer(pointer));
            put(document, &refusal.pointer, refused);
            let reason = code.reason(document);
            put(document, &refusal.pointer, before.as_ref());
            match reason {
                Some(reason) => (Harm::Unreadable, reason, true),
                None => (Harm::OutOfContract, refusal.reason.clone(), true),
            }
        };
        refusals.iter().map(judge).collect()
    }
}

impl Found {
    /// Nothing worse can be found of the part.
    fn is_settled(&self, part: &Part) -> bool {
        let known = self.0.get(part.place());
        known.is_some_and(|known| known.values().any(|it| it.harm == Harm::Unreadable)) && !part.has_names()
    }

    /// May a refusal at the place, in a document that is varied there, show something new? Of values that are parts
    /// of their own these show more.
    fn is_news(&self, place: &str, varied: &str, has_inner: bool) -> bool {
        let known = self.0.get(place).map_or(0, BTreeMap::len);
        known == 0 || (known < EACH && !has_inner && is_near(varied, place))
    }

    fn add(&mut self, witness: Witness) {
        let known = self.0.entry(witness.place.clone()).or_default();
        let better = known.get(&witness.reason).is_none_or(|known| by_rank(&witness, known).is_lt());
        if better {
            known.insert(witness.reason.clone(), witness);
        }
    }

    fn witnesses(self) -> Vec<Witness> {
        let sorted = |known: BTreeMap<String, Witness>| {
            let mut witnesses: Vec<Witness> = known.into_values().collect();
            witnesses.sort_by(by_rank);
            witnesses
        };
        self.0.into_values().flat_map(sorted).collect()
    }
}

/// So many witnesses are kept of a place, each refused for another reason: of several names that are not read, each
/// has its own.
const EACH: usize = 64;

/// Is one of the places at the other, or below?
fn is_near(a: &str, b: &str) -> bool {
    a.split('/').zip(b.split('/')).all(|(a, b)| a == b || a == "*" || b == "*")
}

/// The worst first, then the shortest.
fn by_rank(a: &Witness, b: &Witness) -> Ordering {
    let text = |witness: &Witness| (witness.document.text().len(), witness.document.text().to_owned());
    a.harm.cmp(&b.harm).then_with(|| match Arc::ptr_eq(&a.document, &b.document) {
        true => Ordering::Equal,
        false => text(a).cmp(&text(b)),
    })
}

/// Puts the value at the place, or takes away what is there.
fn put(document: &mut Value, pointer: &str, value: Option<&Value>) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    let Some(parent) = document.pointer_mut(parent) else { return };
    let key = checkpoint_schema::pointer::unescape(key);
    match (parent, value) {
        (Value::Object(object), Some(value)) => {
            object.insert(key, value.clone());
        }
        (Value::Object(object), None) => {
            object.remove(&key);
        }
        (Value::Array(array), Some(value)) => {
            if let Some(element) = key.parse::<usize>().ok().and_then(|at| array.get_mut(at)) {
                *element = value.clone();
            }
        }
        _ => {}
    }
}

/// What a validator refuses of the value at the place `at` of a document.
fn of_schema(error: &ValidationError<'_>, at: &str, is_asked: &dyn Fn(&str) -> bool) -> Vec<Refusal> {
    let pointer = format!("{at}{}", error.instance_path().as_str());
    let refusal = |pointer: String, is_bound| {
        let reason = if is_asked(&pointer) { error.to_string() } else { String::new() };
        Refusal { pointer, reason, is_bound, lacks: None }
    };
    match error.kind() {
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            vec![Refusal { lacks: Some(key.to_owned()), ..refusal(member(&pointer, key), false) }]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|key| refusal(member(&pointer, key), false)).collect()
        }
        Kind::Minimum { limit } | Kind::Maximum { limit } => {
            vec![refusal(pointer, !is_of_a_type(limit))]
        }
        // One character, or as many elements as a tuple has, may be a type's own.
        Kind::MinLength { limit } | Kind::MaxLength { limit } => vec![refusal(pointer, *limit > 1)],
        Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. }
        | Kind::MultipleOf { .. }
        | Kind::MinProperties { .. }
        | Kind::MaxProperties { .. }
        | Kind::Pattern { .. }
        | Kind::UniqueItems => vec![refusal(pointer, true)],
        _ => vec![refusal(pointer, false)],
    }
}

/// Is the limit where a Rust integer ends, so that it may be no `range` but the type?
fn is_of_a_type(limit: &Value) -> bool {
    let ends: [i128; 12] = [
        0,
        1,
        u8::MAX.into(),
        u16::MAX.into(),
        u32::MAX.into(),
        i8::MIN.into(),
        i8::MAX.into(),
        i16::MIN.into(),
        i16::MAX.into(),
        i32::MIN.into(),
        i32::MAX.into(),
        i64::MAX.into(),
    ];
    integer(limit).is_none_or(|limit| ends.contains(&limit))
}

/// The pointer, with `*` where the place that was varied has it.
fn general(pointer: &str, varied: &str) -> String {
    let steps: Vec<&str> = varied.split('/').collect();
    let general: Vec<&str> = pointer
        .split('/')
        .enumerate()
        .map(|(at, step)| if steps.get(at) == Some(&"*") { "*" } else { step })
        .collect();
    general.join("/")
}

#[cfg(test)]
mod tests {
    use super::super::prepare::{Form, read};
    use super::{Alone, Layout, Trial, Varied, of_schema, together};
    use checkpoint_schema::Checkpoint;
    use checkpoint_schema::registry::Descriptor;
    use serde::{Deserialize, Serialize};
    use std::collections::{BTreeMap, BTreeSet};

    /// Documents of one layout, and of another that reads little of them.
    macro_rules! layout {
        ($name:ident, $value:ty, $unit:ident, { $($field:tt)* } $(, $attribute:meta)*) => {
            mod $name {
                use super::*;

                #[derive(Serialize, Deserialize, Checkpoint)]
                #[checkpoint(job = "any", version = 2, upgrade(from = 1, with = super::none))]
                $(#[$attribute])*
                pub(super) struct Doc {
                    value: $value,
                    optional: Option<$value>,
                    #[serde(default)]
                    defaulted: $value,
                    inner: Inner,
                    list: Vec<Inner>,
                    map: BTreeMap<String, Inner>,
                    tagged: Tagged,
                    adjacent: Adjacent,
                    untagged: Untagged,
                    tree: Tree,
                    $($field)*
                }

                #[derive(Serialize, Deserialize, Checkpoint)]
                $(#[$attribute])*
                struct Inner {
                    value: $value,
                    $($field)*
                }

                #[derive(Serialize, Deserialize, Checkpoint)]
                #[serde(tag = "kind")]
                enum Tagged {
                    One { value: $value, $($field)* },
                    $unit,
                }

                #[derive(Serialize, Deserialize, Checkpoint)]
                #[serde(tag = "kind", content = "content")]
                enum Adjacent {
                    One { value: $value, $($field)* },
                    $unit,
                }

                #[derive(Serialize, Deserialize, Checkpoint)]
                #[serde(untagged)]
                enum Untagged {
                    One { value: $value },
                    Two { other: bool },
                }

                #[derive(Serialize, Deserialize, Checkpoint)]
                struct Tree {
                    value: $value,
                    next: Option<Box<Tree>>,
                    many: Vec<Tree>,
                }
            }
        };
    }

    fn none(old: serde_json::Value) -> Result<serde_json::Value, String> {
        Ok(old)
    }

    layout!(texts, String, Two, { first: u8, second: String, });
    layout!(numbers, i64, Three, { second: bool, third: u8, fourth: Vec<u8>, });
    layout!(strict, i64, Three, { second: bool, third: u8, }, serde(deny_unknown_fields));
    layout!(bounded, u8, Two, { first: u8, second: String, });

    fn layouts() -> [Layout; 4] {
        [
            Descriptor::of::<texts::Doc>(),
            Descriptor::of::<numbers::Doc>(),
            Descriptor::of::<strict::Doc>(),
            Descriptor::of::<bounded::Doc>(),
        ]
        .map(|descriptor| Layout::of_type(&descriptor))
    }

    fn each_trial(mut look: impl FnMut(&Trial<'_>)) {
        let layouts = layouts();
        for (writer, reader) in layouts.iter().flat_map(|one| layouts.iter().map(move |other| (one, other))) {
            let accepted = read(reader, Form::Documents, &BTreeSet::new());
            let sides = ((writer, &**writer.written(Form::Documents)), (reader, &*accepted));
            let validators = super::validators(sides.0, sides.1).unwrap();
            look(&Trial::new(sides.0, sides.1, validators, Varied::Differences));
        }
    }

    #[test]
    fn a_refusal_that_is_asked_alone_is_that_of_the_whole_document() {
        let (mut all, mut alone_told, mut missing, mut unknown) = (0, 0, 0, 0);
        each_trial(|trial| {
            let code = trial.reader.code.as_ref().unwrap();
            for (part, instance) in
                trial.parts.iter().flat_map(|part| part.instances().iter().map(move |one| (part, one)))
            {
                let value = &instance.value;
                let Some((_, reads)) = part.validators() else { continue };
                let refusals: Vec<_> = reads
                    .iter_errors(value)
                    .flat_map(|it| of_schema(&it, part.pointer(), &|_| true))
                    .collect();
                let mut alone = Alone::of(code, part, value);
                alone.without_keys(refusals.iter().filter_map(|refusal| refusal.lacks.as_deref()));
                let whole = Trial::executed(code, part, value, &refusals, &|_| None);
                for (refusal, (harm, reason, _)) in refusals.iter().zip(whole) {
                    all += 1;
                    let Some(short) = alone.reason(&refusal.pointer, refusal.lacks.as_deref()) else {
                        continue;
                    };
                    assert_eq!(short, reason, "{harm:?} at {} of {value}", refusal.pointer);
                    assert_eq!(harm, super::Harm::Unreadable);
                    alone_told += 1;
                    missing += usize::from(short.starts_with("missing field"));
                    unknown += usize::from(short.starts_with("unknown field"));
                }
            }
        });
        println!("{alone_told} of {all} refusals, {missing} of a missing and {unknown} of an unknown key");
        assert!(2 * alone_told > all && missing > 0 && unknown > 0);
    }

    #[test]
    fn what_is_asked_together_is_what_each_is_by_itself() {
        let (mut all, mut keys, mut in_lists) = (0, 0, 0);
        each_trial(|trial| {
            let (writer, reader) = (trial.writer.code.as_ref().unwrap(), trial.reader.code.as_ref().unwrap());
            for round in 0.. {
                let of_round = |part| Some((part, super::Part::instances(part).get(round)?));
                let live: Vec<_> = trial.parts.iter().filter_map(of_round).collect();
                if live.is_empty() {
                    break;
                }
                for (number, asked) in together::ask(&live, Some(writer), Some(reader)) {
                    let (part, instance) = live[number];
                    let written = writer.rewrite(&part.written(instance.value.clone())).unwrap();
                    let value = written.pointer(part.pointer()).cloned();
                    assert_eq!(asked.rewritten, value, "{} of {}", part.pointer(), instance.value);
                    if let (true, Some(value)) = (asked.is_read, value) {
                        assert!(trial.refused_by_code(part, &value).is_none(), "{}", part.pointer());
                    }
                    all += 1;
                    keys += usize::from(part.has_inner());
                    in_lists += usize::from(part.pointer().split('/').any(|step| step == "0"));
                }
            }
        });
        println!("{all} values, {keys} of which say which keys there are, {in_lists} in lists");
        assert!(all > 0 && keys > 0 && in_lists > 0);
    }
}
