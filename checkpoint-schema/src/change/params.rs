//! The parameters that an operation binds, by name: so that they are the same when its text is rendered and
//! when a text that is known already is used again.

use serde_json::Value;

use super::edit::Edit;
use super::op::{Op, Outcome, Start};
use super::plain::{Plain, Sign};
use super::word;
use crate::field::step::{Step, To};
use crate::sql::{Param, Sql};

/// Which parameter of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Part {
    Operand,
    /// What a missing value becomes.
    Missing,
    /// What is added, or multiplied with.
    By,
    /// A position in a list.
    Position,
    /// The operand as a time, for a comparison.
    #[cfg(feature = "chrono")]
    Moment,
}

/// Where a parameter comes from: the change, by its number, and what of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// The key or position of a step of its place. It may be taken there if it is not named again.
    Step {
        change: usize,
        step: usize,
        again: bool,
    },
    Part(usize, Part),
}

impl Op {
    /// The parameter. The steps are the operation's.
    #[inline]
    fn param(&self, steps: &[Step], part: Part) -> Param {
        match (part, self) {
            (Part::Missing, _) => Param::Jsonb(self.of_missing(steps)),
            // The amount of a float is one.
            (Part::By, Self::Calculate(_, by, _)) => word::amount(*by),
            (Part::Position, Self::PushCapped(_, cap)) => position(cap.saturating_sub(1)),
            (Part::Position, Self::InsertAt(index, _)) => position(*index),
            #[cfg(feature = "chrono")]
            (Part::Moment, Self::Advance(operand)) => Param::Text(super::moment::spelled(operand)),
            (_, op) => Param::Jsonb(op.clone().take_operand()),
        }
    }

    fn of_missing(&self, steps: &[Step]) -> Value {
        match Start::of(steps).map(|start| self.missing(&start)) {
            Ok(Ok(Outcome::Put(value))) => value,
            // Such a text has no such parameter.
            _ => Value::Null,
        }
    }

    /// The operand where it is one value.
    #[inline]
    fn operand(&mut self) -> Option<&mut Value> {
        match self {
            Self::Set(value)
            | Self::SetDefault(value)
            | Self::PushUnique(value)
            | Self::PushCapped(value, _)
            | Self::InsertAt(_, value)
            | Self::Remove(value)
            | Self::Patch(value) => Some(value),
            _ => None,
        }
    }

    /// Nothing is left of the operand.
    fn take_operand(&mut self) -> Value {
        if let Some(value) = self.operand() {
            return std::mem::take(value);
        }
        match self {
            Self::Bound(_, number, _) => Value::Number(number.clone()),
            #[cfg(feature = "chrono")]
            Self::Advance(text) => Value::String(std::mem::take(text)),
            Self::Push(items) => Value::Array(std::mem::take(items)),
            Self::Merge(merge) => Value::Object(std::mem::take(&mut merge.keys)),
            _ => Value::Null,
        }
    }
}

/// A position as PostgreSQL has them. Greater ones no list has.
pub(crate) fn position(index: usize) -> Param {
    Param::Integer(i32::try_from(index).unwrap_or(i32::MAX))
}

/// The parameter of a step; none where its key is the text's own.
fn step_param(to: &To) -> Option<Param> {
    match to {
        To::Key(key, _) => Some(Param::Text(key.to_string())),
        To::Index(index, _) => Some(position(*index)),
        To::Field(_) | To::Fault(_) => None,
    }
}

impl Origin {
    /// Takes the parameter out of the changes. The operand is the last one of its change. `missing` are numbers of
    /// changes, and what a missing value becomes there, if that is not to be found out again.
    // Not inlined, so that it is made where it stays.
    #[inline(never)]
    pub(crate) fn take(self, edits: &mut [Edit], missing: &mut [(usize, Value)]) -> Param {
        let (Self::Part(change, _) | Self::Step { change, .. }) = self;
        let Some(Edit { steps, op }) = edits.get_mut(change) else { return Param::Jsonb(Value::Null) };
        match self {
            Self::Part(_, Part::Operand) => match op.operand() {
                Some(value) => Param::Jsonb(std::mem::take(value)),
                None => Param::Jsonb(op.take_operand()),
            },
            Self::Part(_, Part::Missing) => match (missing.iter_mut().find(|(at, _)| *at == change), op) {
                (Some((_, value)), _) => Param::Jsonb(std::mem::take(value)),
                (None, op) => Param::Jsonb(op.of_missing(steps)),
            },
            Self::Part(_, part) => op.param(steps, part),
            Self::Step { step, again, .. } => match steps.to_mut().get_mut(step).map(|step| &mut step.to) {
                Some(To::Key(key, _)) if !again => Param::Text(std::mem::take(key).into_string()),
                Some(to) => step_param(to).unwrap_or(Param::Jsonb(Value::Null)),
                None => Param::Jsonb(Value::Null),
            },
        }
    }
}

/// The changes of one update whose text is kept.
pub(crate) const MOST_TRACED: usize = 32;

/// Binds parameters.
pub(crate) struct Binder<'b> {
    pub(super) sql: &'b mut Sql,
    edits: &'b [Edit],
    how: How,
}

enum How {
    /// In the order of the text, with a note where each comes from; `None` where one comes from elsewhere.
    Traced(Option<Vec<Origin>>),
    /// They are there already, and have their numbers.
    Numbered(Numbers),
}

/// The parameters of plain changes.
struct Numbers {
    /// For each change the position of its first parameter, and of the one after its last.
    of_changes: Vec<(usize, usize)>,
    /// Which of them the text names.
    named: Vec<bool>,
}

/// The parameters that a plain change may have: the first, and the last.
enum Plainly {
    Key,
    Operand,
}

impl<'b> Binder<'b> {
    pub(crate) fn new(sql: &'b mut Sql, edits: &'b [Edit]) -> Self {
        Self { sql, edits, how: How::Traced(Some(Vec::new())) }
    }

    /// With the parameters of `plain`, which are the edits, too.
    pub(super) fn numbered(sql: &'b mut Sql, edits: &'b [Edit], plain: &Plain) -> Self {
        let mut next = sql.params.len();
        let mut named = vec![true; next];
        let of_change = |sign: &Sign| {
            let first = next;
            next += sign.params();
            (first, next)
        };
        let of_changes = plain.signs().iter().map(of_change).collect();
        sql.params.extend(plain.params.iter().cloned());
        named.resize(sql.params.len(), false);
        Self { sql, edits, how: How::Numbered(Numbers { of_changes, named }) }
    }

    /// Does the text name the parameters that were there, each of them, and no others?
    pub(super) fn is_as_numbered(&self) -> bool {
        match &self.how {
            How::Numbered(Numbers { named, .. }) => {
                named.len() == self.sql.params.len() && named.iter().all(|named| *named)
            }
            How::Traced(_) => false,
        }
    }

    /// Where the parameters come from, if each comes from a change.
    pub(super) fn into_origins(self) -> Option<Vec<Origin>> {
        match self.how {
            How::Traced(origins) => origins,
            How::Numbered(_) => None,
        }
    }

    /// A parameter of this text only.
    pub(crate) fn other(&mut self, param: Param) -> String {
        self.bind(param, None)
    }

    /// The key, or position, of a step.
    pub(crate) fn step(&mut self, step: &Step) -> String {
        let param = step_param(&step.to).unwrap_or(Param::Jsonb(Value::Null));
        let mut found = None;
        for (at, Edit { steps, .. }) in self.traced().iter().enumerate() {
            if let Some(of) = steps.iter().position(|other| std::ptr::eq(other, step)) {
                found = Some((at, of));
            }
        }
        let Some((at, of)) = found else { return self.other(param) };
        match &mut self.how {
            How::Numbered(_) => return self.number(at, Plainly::Key).unwrap_or_else(|| self.other(param)),
            How::Traced(None) => {}
            How::Traced(Some(origins)) => {
                for origin in origins {
                    if let Origin::Step { change, step, again } = origin {
                        *again |= *change == at && *step == of;
                    }
                }
            }
        }
        self.bind(param, Some(Origin::Step { change: at, step: of, again: false }))
    }

    /// The parameter of a plain change.
    fn number(&mut self, change: usize, which: Plainly) -> Option<String> {
        let How::Numbered(Numbers { of_changes, named }) = &mut self.how else { return None };
        let (first, end) = *of_changes.get(change)?;
        let at = match which {
            Plainly::Key => first,
            Plainly::Operand => end.checked_sub(1)?,
        };
        *named.get_mut(at)? = true;
        Some(format!("${}::{}", at + 1, self.sql.params.get(at)?.type_name()))
    }

    /// The changes among which origins are looked for: a text of very many is not used again.
    fn traced(&self) -> &'b [Edit] {
        if self.edits.len() > MOST_TRACED { &[] } else { self.edits }
    }

    pub(crate) fn part(&mut self, op: &Op, part: Part) -> String {
        if part != Part::Missing && self.edits.len() > MOST_TRACED {
            // Only what a missing value becomes depends on the place.
            return self.other(op.param(&[], part));
        }
        let Some(change) = self.edits.iter().position(|edit| std::ptr::eq(&edit.op, op)) else {
            return self.other(Param::Jsonb(Value::Null));
        };
        if let (How::Numbered(_), Part::Operand | Part::By) = (&self.how, part)
            && let Some(number) = self.number(change, Plainly::Operand)
        {
            return number;
        }
        let param = op.param(&self.edits[change].steps, part);
        self.bind(param, Some(Origin::Part(change, part)))
    }

    fn bind(&mut self, param: Param, origin: Option<Origin>) -> String {
        if let How::Traced(traced) = &mut self.how {
            match (origin, &mut *traced) {
                // When it is taken, the change has nothing more.
                (Some(Origin::Part(change, _)), Some(origins)) if is_taken(origins, change) => *traced = None,
                (Some(origin), Some(origins)) => origins.push(origin),
                _ => *traced = None,
            }
        }
        self.sql.bind(param)
    }
}

/// Has the operand of the change a parameter already?
fn is_taken(origins: &[Origin], change: usize) -> bool {
    origins.iter().any(|origin| matches!(origin, Origin::Part(at, Part::Operand) if *at == change))
}
