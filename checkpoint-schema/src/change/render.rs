//! Changes as one SQL expression over the stored document, linear in their number.
//!
//! Each touched object is one merge, `object || jsonb_build_object(…)`: no path arrays, so nothing to quote but
//! constants, and no array is ever reached by a key that looks like a number. Errors are raised by
//! `encode('', message)`: immutable, built in, SQLSTATE 22023. Every message ends in what depends on the row,
//! or the planner would raise it beforehand (`eval_const_expressions`). The texts are stable: they change with
//! a version of this crate that says so. The files in `tests/rendered` hold them, one for each operation and
//! for what operations become together.

use serde_json::Value;

use super::guard::Guard;
use super::op::{Bound, Calculation, Op, Outcome};
use super::params::{Binder, Part, position};
use super::plan::{Array, Child, Leaf, Node, Object, Plan};
use crate::field::kind::{Integers, Range};
use crate::field::step::{Step, To};
use crate::field::{Reason, refusal};
use crate::pointer::escape;
use crate::sql::{Param, jsonb_literal, literal};

/// `jsonb_build_object` takes 100 arguments (`FUNC_MAX_ARGS`).
const KEYS_AT_ONCE: usize = 50;

impl Plan<'_> {
    /// The document afterwards; SQL NULL and JSON `null` stay where nothing makes a document. `column` is an
    /// SQL expression.
    pub(crate) fn render(&self, column: &str, sql: &mut Binder) -> String {
        if let ([segment], None) = (self.segments.as_slice(), self.initial)
            && is_cheap(segment)
        {
            let changed = Pass::over(column, sql, self.guard).root(segment);
            return self.guard.render(column, &changed);
        }
        let absent = match self.initial {
            Some(initial) => {
                format!("COALESCE(NULLIF({column},'null'),{})", sql.other(Param::Jsonb(initial.clone())))
            }
            None => column.to_owned(),
        };
        // `|| '{}'` detoasts once; OFFSET 0 keeps the planner from evaluating the subquery at each reference.
        let mut from = format!(
            "(SELECT CASE jsonb_typeof({column}) WHEN 'object' THEN {column} || '{{}}'::jsonb ELSE {absent} END \
             AS d OFFSET 0) s0"
        );
        for (at, segment) in self.segments.iter().enumerate() {
            let stored = format!("s{at}.d");
            let mut pass = Pass::over("r.d", sql, self.guard);
            let mut changed = pass.root(segment);
            let mut document = stored.clone();
            match segment {
                _ if at > 0 => {}
                // A document that is replaced is not looked at.
                Node::Leaf(_) => changed = self.guard.render("r.d", &changed),
                _ => document = self.guard.render(&stored, &stored),
            }
            let is_last = at + 1 == self.segments.len();
            let input = if at == 0 && is_last { from.as_str() } else { "" };
            let read = pass.read(&document, &stored, input);
            if is_last {
                return match at {
                    0 => format!("(SELECT {changed} FROM {read})"),
                    _ => format!("(SELECT (SELECT {changed} FROM {read}) FROM {from})"),
                };
            }
            let next = at + 1;
            from += &format!(", LATERAL (SELECT {changed} AS d FROM {read} OFFSET 0) s{next}");
        }
        // No change at all.
        format!("(SELECT {} FROM {from})", self.guard.render("s0.d", "s0.d"))
    }
}

/// Does the expression read the column only twice?
fn is_cheap(segment: &Node) -> bool {
    let is_set = |child: &Child| {
        matches!(child.node, Node::Leaf(Leaf { op: Op::Set(_), .. })) && child.step.whole.is_none()
    };
    match segment {
        Node::Leaf(leaf) => matches!(leaf.op, Op::Set(_)),
        Node::Object(object) => object.start.is_none() && object.children.iter().all(is_set),
        Node::Array(_) => false,
    }
}

/// One pass over the document.
struct Pass<'s, 'b, 'd> {
    sql: &'s mut Binder<'b>,
    guard: Guard,
    /// As it was before, as the expressions name it; what is copied is read from it.
    document: &'d str,
    /// Values that are named more than once: read once, as the columns `v0`, `v1`, … To read a value fails for
    /// no document, so it may be done beforehand.
    values: Vec<String>,
    /// Numbers among them, by their columns: as the columns `n0`, `n1`, …; NULL where it is no number.
    numbers: Vec<String>,
}

/// Stands for the document. No key has it: PostgreSQL cannot store one.
const DOCUMENT: &str = "\0";

/// A row has at most 1,664 columns (`MaxTupleAttributeNumber`); what is beyond is read each time.
const VALUES_AT_ONCE: usize = 700;

/// A value in the document.
struct Spot {
    /// The expression of the value; SQL NULL where it is missing.
    value: String,
    /// The same, where values are read beforehand, with [`DOCUMENT`] for the document.
    stored: String,
    /// JSON `null` counts as missing.
    nullable: bool,
    pointer: Vec<Named>,
}

/// A step of the JSON Pointer in a message.
#[derive(Clone)]
enum Named {
    Text(String),
    /// A bound map key.
    Key(String),
    /// A bound position.
    Index(String),
}

impl Spot {
    /// `jsonb_typeof`, and [`missing`](Spot::missing) where the value is missing.
    fn type_of(&self) -> String {
        format!("COALESCE(jsonb_typeof({}),{})", self.value, self.missing())
    }

    /// What [`type_of`](Spot::type_of) gives for a missing value.
    fn missing(&self) -> &'static str {
        if self.nullable { "'null'" } else { "''" }
    }

    /// The value, or `other` where it is missing.
    fn or(&self, other: &str) -> String {
        or(&self.value, self.nullable, other)
    }

    /// The same, where values are read beforehand.
    fn stored_or(&self, other: &str) -> String {
        or(&self.stored, self.nullable, other)
    }

    /// ` at /the/pointer`, the end of a message, as an SQL expression.
    fn place(&self) -> String {
        let mut text = String::from(refusal::AT);
        let mut parts = Vec::new();
        if self.pointer.is_empty() {
            text += refusal::DOCUMENT;
        }
        for part in &self.pointer {
            text.push('/');
            match part {
                Named::Text(key) => text += &escape(key),
                Named::Key(key) => {
                    parts.push(literal(&std::mem::take(&mut text)));
                    parts.push(format!("replace(replace({key},'~','~0'),'/','~1')"));
                }
                Named::Index(index) => {
                    parts.push(literal(&std::mem::take(&mut text)));
                    parts.push(format!("{index}::text"));
                }
            }
        }
        if !text.is_empty() {
            parts.push(literal(&text));
        }
        parts.join("||")
    }

    /// Raises an error about this value.
    fn raise(&self, reason: &Reason) -> String {
        let message = literal(&refusal::message(reason));
        // The type is cut to nothing: only that it depends on the row counts.
        let row = format!("left(COALESCE(jsonb_typeof({}),''),0)", self.value);
        format!("encode('',{message}||{}||{row})::jsonb", self.place())
    }

    /// Raises that the value is not of the type that is needed. It is not missing.
    fn wrong_type(&self, expected: &str) -> String {
        let message = literal(&format!("{}{expected}{}", refusal::EXPECTED, refusal::FOUND));
        format!("encode('',{message}||jsonb_typeof({})||{})::jsonb", self.value, self.place())
    }
}

fn or(value: &str, nullable: bool, other: &str) -> String {
    match nullable {
        true => format!("COALESCE(NULLIF({value},'null'),{other})"),
        false => format!("COALESCE({value},{other})"),
    }
}

/// What a child gives to its object.
enum Piece {
    /// The value of its key.
    Value(String),
    /// An object with the key, or without.
    Object(String),
    Removed,
}

impl<'s, 'b, 'd> Pass<'s, 'b, 'd> {
    fn over(document: &'d str, sql: &'s mut Binder<'b>, guard: Guard) -> Self {
        Self { sql, guard, document, values: Vec::new(), numbers: Vec::new() }
    }

    /// The relation `r` that the expressions name: the document `d`, and what has been read of it.
    fn read(&self, document: &str, stored: &str, from: &str) -> String {
        let from = if from.is_empty() { String::new() } else { format!(" FROM {from}") };
        let mut columns = format!("{document} AS d");
        for (at, value) in self.values.iter().enumerate() {
            columns += &format!(",{} AS v{at}", value.replace(DOCUMENT, stored));
        }
        if self.numbers.is_empty() {
            return format!("(SELECT {columns}{from} OFFSET 0) r");
        }
        let mut numbers = String::new();
        for (at, value) in self.numbers.iter().enumerate() {
            numbers += &format!(
                ",CASE jsonb_typeof(p.{value}) WHEN 'number' THEN (p.{value})::numeric END AS n{at}"
            );
        }
        format!("(SELECT p.*{numbers} FROM (SELECT {columns}{from} OFFSET 0) p OFFSET 0) r")
    }

    /// The place of a value that is named more than once.
    fn spot(&mut self, stored: String, nullable: bool, pointer: Vec<Named>) -> Spot {
        let value = if self.values.len() < VALUES_AT_ONCE {
            self.values.push(stored.clone());
            format!("r.v{}", self.values.len() - 1)
        } else {
            stored.replace(DOCUMENT, self.document)
        };
        Spot { value, stored, nullable, pointer }
    }

    /// The number that stands there; NULL if none does.
    fn number(&mut self, spot: &Spot) -> String {
        match spot.value.strip_prefix("r.") {
            Some(column) if column.starts_with('v') => {
                self.numbers.push(column.to_owned());
                format!("r.n{}", self.numbers.len() - 1)
            }
            _ => format!("CASE jsonb_typeof({0}) WHEN 'number' THEN ({0})::numeric END", spot.value),
        }
    }

    fn jsonb(&mut self, value: &Value) -> String {
        self.sql.other(Param::Jsonb(value.clone()))
    }

    fn root(&mut self, node: &Node) -> String {
        let (value, stored) = (self.document.to_owned(), DOCUMENT.to_owned());
        let spot = Spot { value, stored, nullable: true, pointer: Vec::new() };
        self.whole(node, &spot)
    }

    /// What becomes of a value in place: a missing one is missing afterwards, if nothing is made.
    fn whole(&mut self, node: &Node, spot: &Spot) -> String {
        match self.node(node, spot) {
            Ok(changed) => changed,
            Err(present) => self.or_left(node, spot, &spot.value, &present),
        }
    }

    /// The value afterwards; `Err` with the value where one is there, if a missing one is left.
    fn node(&mut self, node: &Node, spot: &Spot) -> Result<String, String> {
        let (changed, creates) = match node {
            Node::Leaf(leaf) => return self.leaf(leaf, spot),
            Node::Object(object) => (self.object(object, spot), object.creates),
            Node::Array(array) => (self.array(array, spot), array.creates),
        };
        if creates { Ok(changed) } else { Err(changed) }
    }

    /// `left` where the value is missing and nothing is made, else `changed`.
    fn or_left(&mut self, node: &Node, spot: &Spot, left: &str, changed: &str) -> String {
        let left = self.unless_copied(node, spot, left);
        format!("CASE {} WHEN {} THEN {left} ELSE {changed} END", spot.type_of(), spot.missing())
    }

    /// `left`, unless something would have to be copied into what is missing: that is an error.
    fn unless_copied(&mut self, node: &Node, spot: &Spot, left: &str) -> String {
        let mut copies = Vec::new();
        node.copies(&mut copies);
        if copies.is_empty() {
            return left.to_owned();
        }
        let sources: Vec<String> =
            copies.into_iter().map(|source| format!("{} IS NOT NULL", self.source(source))).collect();
        let raise = spot.raise(&Reason::Missing(Vec::new()));
        format!("CASE WHEN {} THEN {raise} ELSE {left} END", sources.join(" OR "))
    }

    fn object(&mut self, object: &Object, spot: &Spot) -> String {
        let started;
        let mut spot = spot;
        if let (Some(start), true) = (&object.start, object.creates) {
            let start = self.jsonb(start);
            started = self.spot(spot.stored_or(&start), false, spot.pointer.clone());
            spot = &started;
        }
        let value = &spot.value;
        let mut whole = value.clone();
        if !object.whole.is_empty() {
            whole = "CASE".to_owned();
            for names in &object.whole {
                let raise = spot.raise(&Reason::Missing(vec![names[0].to_owned()]));
                let names: Vec<String> = names.iter().map(|name| literal(name)).collect();
                whole +=
                    &format!(" WHEN NOT jsonb_exists_any({value},ARRAY[{}]) THEN {raise}", names.join(","));
            }
            whole += &format!(" ELSE {value} END");
        }
        let wrong_type = spot.wrong_type("object");
        let mut base = if object.creates && object.start.is_none() {
            let first = object.whole.first().map(|names| names[0]);
            let lacks: Vec<String> = match object.lacks.is_empty() {
                true => first.into_iter().map(str::to_owned).collect(),
                false => object.lacks.iter().map(|key| (*key).to_owned()).collect(),
            };
            let made = match lacks.is_empty() {
                true if spot.pointer.is_empty() => jsonb_literal(&Value::Object(self.guard.empty())),
                true => "'{}'::jsonb".to_owned(),
                false => spot.raise(&Reason::Missing(lacks)),
            };
            format!(
                "CASE {} WHEN 'object' THEN {whole} WHEN {} THEN {made} ELSE {wrong_type} END",
                spot.type_of(),
                spot.missing()
            )
        } else {
            format!("CASE jsonb_typeof({value}) WHEN 'object' THEN {whole} ELSE {wrong_type} END")
        };
        base = format!("({base})");

        let mut removed = Vec::new();
        let mut pieces: Vec<(String, Piece)> = Vec::new();
        for child in &object.children {
            let to = &child.step.to;
            let (key, part) = match to {
                To::Field(member) => (literal(member.key), Named::Text(member.key.to_owned())),
                To::Key(..) => {
                    let key = self.sql.step(child.step);
                    (key.clone(), Named::Key(key))
                }
                To::Index(..) | To::Fault(_) => continue,
            };
            let found = member(&spot.stored, &key, to);
            removed.extend(to.aliases().iter().map(|alias| literal(alias)));
            let pointer = spot.pointer.iter().cloned().chain([part]).collect();
            let below = match &child.node {
                // Nobody asks what is there.
                Node::Leaf(Leaf { op: Op::Set(_) | Op::Unset, .. }) => {
                    Spot { value: found.clone(), stored: found, nullable: child.step.nullable, pointer }
                }
                _ => self.spot(found, child.step.nullable, pointer),
            };
            match self.piece(child, &key, &below) {
                Piece::Removed => removed.push(key),
                piece => pieces.push((key, piece)),
            }
        }
        if !removed.is_empty() {
            base = format!("({base} - ARRAY[{}]::text[])", removed.join(","));
        }
        // One value is set in place: a bound one is never NULL, as `jsonb_set` would have the whole document be.
        if let ([(key, Piece::Value(value))], [child]) = (pieces.as_slice(), object.children.as_slice())
            && matches!(child.node, Node::Leaf(Leaf { op: Op::Set(_), .. }))
        {
            return format!("jsonb_set({base},ARRAY[{key}]::text[],{value})");
        }
        merged(base, pieces)
    }

    /// What becomes of one key.
    fn piece(&mut self, child: &Child, key: &str, spot: &Spot) -> Piece {
        let value = &spot.value;
        let put = |value: &str| format!("jsonb_build_object({key},{value})");
        let left = match child.step.to.aliases() {
            [] => "'{}'::jsonb".to_owned(),
            // What stood under an alias stands under the name now.
            _ => format!("CASE WHEN {value} IS NULL THEN '{{}}'::jsonb ELSE {} END", put(value)),
        };
        let present = match &child.node {
            Node::Leaf(Leaf { op: Op::Unset, .. }) => return Piece::Removed,
            Node::Leaf(Leaf { op: Op::RenameFromAliases, .. }) => value.clone(),
            Node::Leaf(Leaf { op: op @ (Op::CopyFrom(source) | Op::RenameFrom(source)), .. }) => {
                let source = self.source(source);
                let occupied = match op {
                    Op::RenameFrom(_) => {
                        let raise = spot.raise(&Reason::Occupied);
                        format!(" WHEN {}<>{} THEN {raise}", spot.type_of(), spot.missing())
                    }
                    _ => String::new(),
                };
                let put = put(&source);
                return Piece::Object(format!(
                    "CASE WHEN {source} IS NULL THEN {left}{occupied} ELSE {put} END"
                ));
            }
            node => match self.node(node, spot) {
                Ok(value) => return Piece::Value(value),
                Err(present) => present,
            },
        };
        Piece::Object(self.or_left(&child.node, spot, &left, &put(&present)))
    }

    fn array(&mut self, array: &Array, spot: &Spot) -> String {
        let value = &spot.value;
        let wrong_type = spot.wrong_type("array");
        let mut changed = if array.creates {
            format!(
                "CASE {} WHEN 'array' THEN {value} WHEN {} THEN {} ELSE {wrong_type} END",
                spot.type_of(),
                spot.missing(),
                spot.raise(&Reason::Missing(Vec::new()))
            )
        } else {
            format!("CASE jsonb_typeof({value}) WHEN 'array' THEN {value} ELSE {wrong_type} END")
        };
        for child in &array.children {
            let To::Index(..) = child.step.to else { continue };
            let index = self.sql.step(child.step);
            let pointer = spot.pointer.iter().cloned().chain([Named::Index(index.clone())]).collect();
            let below = self.spot(format!("{}->{index}", spot.stored), child.step.nullable, pointer);
            let element = self.element(child, &below);
            let there = format!("jsonb_array_length({value})>{index}");
            let element = if child.creates() {
                format!("CASE WHEN {there} THEN {element} ELSE {} END", below.raise(&Reason::NoElement))
            } else {
                let left = self.unless_copied(&child.node, &below, "'null'::jsonb");
                // Where there is no such element, `jsonb_set` takes no notice of what it is given.
                format!("CASE WHEN {there} THEN {element} ELSE {left} END")
            };
            changed = format!("jsonb_set({changed},ARRAY[{index}::text],{element},false)");
        }
        changed
    }

    /// What becomes of an element that is there.
    fn element(&mut self, child: &Child, spot: &Spot) -> String {
        match &child.node {
            Node::Leaf(Leaf { op: Op::CopyFrom(source) | Op::RenameFrom(source), .. }) => {
                format!("COALESCE({},{})", self.source(source), spot.value)
            }
            node => self.whole(node, spot),
        }
    }

    /// The value after an operation; `Err` with the value where one is there, if a missing one is left.
    fn leaf(&mut self, leaf: &Leaf, spot: &Spot) -> Result<String, String> {
        let value = &spot.value;
        let missing = match (leaf.op, &leaf.missing) {
            (Op::Set(_), _) => return Ok(self.sql.part(leaf.op, Part::Operand)),
            (Op::SetDefault(_), _) => {
                let operand = self.sql.part(leaf.op, Part::Operand);
                return Ok(spot.or(&operand));
            }
            // Told with the operation, by its own operand.
            _ if leaf.from_nothing => None,
            (op, Ok(Outcome::Put(_))) => Some(self.sql.part(op, Part::Missing)),
            (_, Ok(Outcome::Leave | Outcome::Remove)) => None,
            (_, Err(reason)) => Some(spot.raise(reason)),
        };
        let Operation { first, stored, expected, from_nothing, result } = self.operation(leaf.op, spot);
        let missing = if leaf.from_nothing { from_nothing } else { missing };
        let (type_of, absent) = match missing {
            Some(missing) => (spot.type_of(), format!(" WHEN {} THEN {missing}", spot.missing())),
            None => (format!("jsonb_typeof({value})"), String::new()),
        };
        let changed = match stored {
            Some(stored) => format!(
                "CASE {type_of} WHEN '{stored}' THEN {result}{absent} ELSE {} END",
                spot.wrong_type(expected)
            ),
            None if absent.is_empty() => result,
            None => format!("CASE {type_of}{absent} ELSE {result} END"),
        };
        let first: String =
            first.iter().map(|(condition, result)| format!(" WHEN {condition} THEN {result}")).collect();
        let changed = if first.is_empty() { changed } else { format!("CASE{first} ELSE {changed} END") };
        if leaf.missing == Ok(Outcome::Leave) { Err(changed) } else { Ok(changed) }
    }

    /// What an operation makes of a value that is there.
    fn operation(&mut self, op: &Op, spot: &Spot) -> Operation {
        let value = &spot.value;
        let list = |result| Operation::of("array", "array", result);
        match op {
            Op::Calculate(how, _, range) => self.calculate(op, *how, range, spot),
            Op::Bound(bound, _, range) => {
                let operand = self.sql.part(op, Part::Operand);
                let sign = match bound {
                    Bound::AtLeast => ">=",
                    Bound::AtMost => "<=",
                };
                let keeps = format!("({value})::numeric{sign}({operand})::numeric");
                let (expected, fits) = match range {
                    Range::Integer(Integers { min, max, .. }) => {
                        let unfit = unfit(value, *min, *max);
                        ("integer", format!("WHEN {unfit} THEN {} ", spot.wrong_type("integer")))
                    }
                    Range::Single | Range::Double => ("number", String::new()),
                };
                let result = format!("CASE {fits}WHEN {keeps} THEN {value} ELSE {operand} END");
                let from_nothing = Some(operand);
                Operation { from_nothing, ..Operation::of("number", expected, result) }
            }
            #[cfg(feature = "chrono")]
            Op::Advance(_) => self.advance(op, spot),
            Op::Push(_) => {
                let items = self.sql.part(op, Part::Operand);
                let result = format!("{value}||{items}");
                Operation { from_nothing: Some(items), ..list(result) }
            }
            Op::PushUnique(item) => {
                let is_scalar = !item.is_array() && !item.is_object();
                let item = self.sql.part(op, Part::Operand);
                // Containment is not equality for what has parts.
                let held = match is_scalar {
                    true => format!("{value} @> jsonb_build_array({item})"),
                    false => format!("{item} IN (SELECT jsonb_array_elements({value}))"),
                };
                let one = format!("jsonb_build_array({item})");
                let result = format!("CASE WHEN {held} THEN {value} ELSE {value}||{one} END");
                Operation { from_nothing: Some(one), ..list(result) }
            }
            Op::PushCapped(..) => {
                let before_last = self.sql.part(op, Part::Position);
                let item = self.sql.part(op, Part::Operand);
                let one = format!("jsonb_build_array({item})");
                let result = format!(
                    "jsonb_path_query_array({value}||{one},'$[last - $n to last]',\
                     jsonb_build_object('n',{before_last}))"
                );
                Operation { from_nothing: Some(one), ..list(result) }
            }
            Op::InsertAt(..) => {
                let index = self.sql.part(op, Part::Position);
                let item = self.sql.part(op, Part::Operand);
                list(format!(
                    "CASE WHEN jsonb_array_length({value})>={index} THEN \
                     jsonb_insert({value},ARRAY[{index}::text],{item}) ELSE {} END",
                    spot.raise(&Reason::NoElement)
                ))
            }
            Op::Remove(_) => {
                let item = self.sql.part(op, Part::Operand);
                list(format!(
                    "(SELECT COALESCE(jsonb_agg(e ORDER BY o),'[]'::jsonb) FROM \
                     jsonb_array_elements({value}) WITH ORDINALITY AS t(e,o) WHERE e<>{item})"
                ))
            }
            Op::Pop => list(format!("({value}) - '-1'::integer")),
            Op::Merge(merge) => {
                let keys = self.sql.part(op, Part::Operand);
                let others: Vec<String> = merge.others.iter().map(|key| literal(key)).collect();
                let kept = match others.is_empty() {
                    true => value.clone(),
                    false => format!("(({value}) - ARRAY[{}]::text[])", others.join(",")),
                };
                let result = format!("{kept}||{keys}");
                Operation::of("object", "object", result)
            }
            Op::Patch(patch) => {
                let result = self.patched(value, patch);
                Operation::of_anything(result)
            }
            Op::Set(_)
            | Op::SetDefault(_)
            | Op::Unset
            | Op::CopyFrom(_)
            | Op::RenameFrom(_)
            | Op::RenameFromAliases => Operation::of_anything(value.clone()),
        }
    }

    fn calculate(&mut self, op: &Op, how: Calculation, range: &Range, spot: &Spot) -> Operation {
        let sign = match how {
            Calculation::Add => "+",
            Calculation::Multiply => "*",
        };
        let Range::Integer(Integers { min, max, name, .. }) = range else {
            let by = self.sql.part(op, Part::By);
            let result = floating(sign, &by, *range == Range::Single, spot);
            return Operation::of("number", "number", result);
        };
        let number = self.number(spot);
        let by = self.sql.part(op, Part::By);
        let by = if by.ends_with("::text") { format!("{by}::numeric") } else { by };
        let fits = match how {
            // The stored number fits, and so does the sum: both are one comparison. Of the widest types the
            // limits are no `bigint` any more, once the amount is taken away.
            Calculation::Add => {
                let wide = if *max < i64::MAX.into() { "" } else { "::numeric" };
                format!("{number} BETWEEN GREATEST({min},{min}{wide}-{by}) AND LEAST({max},{max}{wide}-{by})")
            }
            Calculation::Multiply => {
                format!("{number} BETWEEN {min} AND {max} AND {number}*{by} BETWEEN {min} AND {max}")
            }
        };
        let from_nothing = Some(format!("to_jsonb({by})"));
        let first = vec![
            (format!("{fits} AND scale({number})=0"), format!("to_jsonb({number}{sign}{by})")),
            (
                format!("{number} BETWEEN {min} AND {max} AND scale({number})=0"),
                spot.raise(&Reason::OutOfRange(name)),
            ),
        ];
        Operation { first, from_nothing, ..Operation::of_anything(spot.wrong_type("integer")) }
    }

    #[cfg(feature = "chrono")]
    fn advance(&mut self, op: &Op, spot: &Spot) -> Operation {
        use super::moment::{OFFSET, PATTERN};

        let value = &spot.value;
        let (moment, operand) = (self.sql.part(op, Part::Moment), self.sql.part(op, Part::Operand));
        let text = format!("({value} #>> '{{}}')");
        let (pattern, offset) = (literal(PATTERN), literal(OFFSET));
        let (fraction, kept) = (literal("([.][0-9]{6})[0-9]+"), literal("\\1"));
        let result = format!(
            "CASE WHEN {text} !~ {pattern} THEN {} \
             WHEN (regexp_replace({text},{fraction},{kept})||CASE WHEN {text} ~ {offset} THEN '' ELSE 'Z' END)\
             ::timestamptz>={moment}::timestamptz THEN {value} ELSE {operand} END",
            spot.wrong_type("date-time"),
        );
        Operation { from_nothing: Some(operand), ..Operation::of("string", "date-time", result) }
    }

    /// RFC 7396, section 2, with the patch spread over the expression.
    fn patched(&mut self, value: &str, patch: &Value) -> String {
        let Value::Object(patch) = patch else { return self.jsonb(patch) };
        let mut result =
            format!("CASE jsonb_typeof({value}) WHEN 'object' THEN {value} ELSE '{{}}'::jsonb END");
        let removed: Vec<String> = patch
            .iter()
            .filter(|(_, new)| new.is_null())
            .map(|(key, _)| self.sql.other(Param::Text(key.clone())))
            .collect();
        result = format!("({result})");
        if !removed.is_empty() {
            result = format!("({result} - ARRAY[{}]::text[])", removed.join(","));
        }
        let whole = patch.iter().filter(|(_, new)| !new.is_null() && !new.is_object());
        let whole: serde_json::Map<String, Value> =
            whole.map(|(key, new)| (key.clone(), new.clone())).collect();
        if !whole.is_empty() {
            result = format!("{result}||{}", self.jsonb(&Value::Object(whole)));
        }
        let mut pieces = Vec::new();
        for (key, new) in patch.iter().filter(|(_, new)| new.is_object()) {
            let key = self.sql.other(Param::Text(key.clone()));
            let new = self.patched(&format!("{value}->{key}"), new);
            pieces.push((key, Piece::Value(new)));
        }
        merged(result, pieces)
    }

    /// What is copied; SQL NULL where it is missing, or counts as missing.
    fn source(&mut self, source: &[Step]) -> String {
        let (value, stored) = (self.document.to_owned(), String::new());
        let mut spot = Spot { value, stored, nullable: true, pointer: Vec::new() };
        let mut checks = String::new();
        for Step { to, nullable, .. } in source {
            let expected = to.container();
            checks += &format!(
                " WHEN jsonb_typeof({}) NOT IN ('{expected}','null') THEN {}",
                spot.value,
                spot.wrong_type(expected)
            );
            let (key, part) = match to {
                To::Field(member) => (literal(member.key), Named::Text(member.key.to_owned())),
                To::Key(key, _) => {
                    let key = self.sql.other(Param::Text(key.to_string()));
                    (key.clone(), Named::Key(key))
                }
                To::Index(index, _) => {
                    let index = self.sql.other(position(*index));
                    (index.clone(), Named::Index(index))
                }
                To::Fault(_) => continue,
            };
            let mut value = member(&spot.value, &key, to);
            if matches!(to, To::Index(..)) {
                // A scalar has itself for an element.
                value = format!("(CASE jsonb_typeof({}) WHEN 'array' THEN {value} END)", spot.value);
            }
            spot = Spot { value, stored: String::new(), nullable: *nullable, pointer: spot.pointer };
            spot.pointer.push(part);
        }
        let value = match spot.nullable {
            true => format!("NULLIF({},'null')", spot.value),
            false => spot.value,
        };
        if checks.is_empty() { value } else { format!("(CASE{checks} ELSE {value} END)") }
    }
}

struct Operation {
    /// Conditions, NULL where the value is not even of the type, and the result where each holds: before
    /// anything else is asked.
    first: Vec<(String, String)>,
    /// `jsonb_typeof` of what it takes, if not everything.
    stored: Option<&'static str>,
    /// The same in a message.
    expected: &'static str,
    /// What it makes of nothing, if that is told by its operand alone.
    from_nothing: Option<String>,
    result: String,
}

impl Operation {
    fn of(stored: &'static str, expected: &'static str, result: String) -> Self {
        Self { stored: Some(stored), expected, ..Self::of_anything(result) }
    }

    fn of_anything(result: String) -> Self {
        Self { first: Vec::new(), stored: None, expected: "", from_nothing: None, result }
    }
}

/// A member of the object: under its key, or under the first of its aliases that is there.
fn member(object: &str, key: &str, to: &To) -> String {
    let others: String = to.aliases().iter().map(|alias| format!(",{object}->{}", literal(alias))).collect();
    let value = format!("{object}->{key}");
    if others.is_empty() { value } else { format!("COALESCE({value}{others})") }
}

/// The object with the pieces over it, in order.
fn merged(mut object: String, pieces: Vec<(String, Piece)>) -> String {
    let mut values: Vec<String> = Vec::new();
    let flush = |object: &mut String, values: &mut Vec<String>| {
        for values in values.chunks(KEYS_AT_ONCE) {
            *object += &format!("||jsonb_build_object({})", values.join(","));
        }
        values.clear();
    };
    for (key, piece) in pieces {
        match piece {
            Piece::Value(value) => values.push(format!("{key},{value}")),
            Piece::Object(other) => {
                flush(&mut object, &mut values);
                object += &format!("||{other}");
            }
            Piece::Removed => {}
        }
    }
    flush(&mut object, &mut values);
    object
}

/// Is the number no integer of the range? serde takes `1.0` for none either.
fn unfit(value: &str, min: i128, max: i128) -> String {
    format!("scale(({value})::numeric)<>0 OR ({value})::numeric NOT BETWEEN {min} AND {max}")
}

/// A calculation of floats: in `float8`, as in Rust. `numeric` tells beforehand where that would raise an error
/// of its own: for an infinite result, and for one too small to be told from 0.
fn floating(sign: &str, by: &str, single: bool, spot: &Spot) -> String {
    /// Half a step above the greatest `f64`, and half of the least.
    const DOUBLE: (&str, &str) =
        ("179769313486231580793728971405303415079934132710037e258", "2.4703282292062328e-324");
    /// The same of `f32`.
    const SINGLE: (&str, &str) = ("340282356779733661637539395458142568448", "7.0064923216240854e-46");

    let value = &spot.value;
    let (huge, tiny) = if single { SINGLE } else { DOUBLE };
    let stored = format!("({value})::numeric");
    let (limit, least) = DOUBLE;
    let exact = format!("abs({stored}{sign}{by}::numeric)");
    let float = format!("CASE WHEN abs({stored})<={least} THEN 0 ELSE ({value})::float8 END");
    let mut result = format!("(({float}){sign}{by}::float8)");
    if single {
        result = format!("({result}::float4::float8)");
    }
    format!(
        "CASE WHEN abs({stored})>={limit} THEN {} WHEN {exact}>={huge} THEN {} WHEN {exact}<={tiny} THEN \
         '0.0'::jsonb ELSE to_jsonb{result} END",
        spot.wrong_type("number"),
        spot.raise(&Reason::OutOfRange(if single { "f32" } else { "f64" })),
    )
}
