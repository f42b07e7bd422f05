//! The changes of an update as trees over the document, one pass each: what `apply.rs` and `render.rs` walk.
//!
//! Changes of different places go into one tree. A change that must see what another wrote goes into a later
//! one.

use serde_json::Value;

use super::edit::Edit;
use super::guard::Guard;
use super::op::{Op, Outcome, Start};
use crate::field::shape::Shape;
use crate::field::step::{ShapeFn, Step, To};
use crate::field::{FieldError, Reason, notation};

pub(crate) struct Plan<'a> {
    pub(crate) guard: Guard,
    /// Stands for a document that is absent.
    pub(crate) initial: Option<&'a Value>,
    pub(crate) segments: Vec<Node<'a>>,
}

/// What happens at one place.
pub(crate) enum Node<'a> {
    Leaf(Leaf<'a>),
    Object(Object<'a>),
    Array(Array<'a>),
}

pub(crate) struct Leaf<'a> {
    pub(crate) op: &'a Op,
    /// What becomes of a missing value.
    pub(crate) missing: Result<Outcome, Reason>,
    /// It becomes what the operation makes of nothing, by its operand alone.
    pub(crate) from_nothing: bool,
}

pub(crate) struct Object<'a> {
    pub(crate) children: Vec<Child<'a>>,
    /// A missing object is made.
    pub(crate) creates: bool,
    /// From this, if serde has a default for it.
    pub(crate) start: Option<Value>,
    /// Else these keys are lacking, without which it could not be read.
    pub(crate) lacks: Vec<&'static str>,
    /// For each of these members of a flattened `Option` one of its names must be there already.
    pub(crate) whole: Vec<Vec<&'static str>>,
}

/// A list or a tuple: missing, it is never made.
pub(crate) struct Array<'a> {
    pub(crate) children: Vec<Child<'a>>,
    pub(crate) creates: bool,
}

pub(crate) struct Child<'a> {
    pub(crate) step: &'a Step,
    pub(crate) node: Node<'a>,
}

/// A value that is read to be written elsewhere: from which place, and in which tree.
struct Source<'a> {
    steps: &'a [Step],
    segment: usize,
}

static UNSET: Op = Op::Unset;

impl<'a> Plan<'a> {
    pub(crate) fn new(
        shape: ShapeFn,
        guard: Guard,
        edits: &'a [Edit],
        initial: Option<&'a Value>,
    ) -> Result<Self, FieldError> {
        let mut segments: Vec<Tree<'a>> = Vec::new();
        let mut sources: Vec<Source<'a>> = Vec::new();
        for Edit { steps, op } in edits {
            // Whatever was done to a document before it was replaced.
            if steps.is_empty() && matches!(op, Op::Set(_)) {
                segments.clear();
                sources.clear();
            }
            let (source, moved) = match op {
                Op::CopyFrom(source) => (Some(&**source), false),
                Op::RenameFrom(source) => (Some(&**source), true),
                _ => (None, false),
            };
            let written = segments
                .iter()
                .rposition(|tree| tree.overlaps(steps) || source.is_some_and(|source| tree.overlaps(source)));
            let read = sources.iter().filter(|read| {
                overlap(read.steps, steps)
                    || (moved && source.is_some_and(|source| overlap(read.steps, source)))
            });
            let at = written.map_or(0, |at| at + 1).max(read.map(|read| read.segment).max().unwrap_or(0));
            if at >= segments.len() {
                segments.push(Tree::default());
            }
            segments[at].insert(steps, op);
            if let Some(source) = source {
                sources.push(Source { steps: source, segment: at });
                if moved {
                    segments[at].insert(source, &UNSET);
                }
            }
        }
        let mut plan = Self { guard, initial, segments: Vec::new() };
        for tree in segments {
            // Where there is an initial document, none is missing.
            plan.segments.push(Finish { way: Vec::new() }.node(tree, shape().resolved(), Start::Empty)?);
        }
        Ok(plan)
    }
}

/// A node while changes come in.
#[derive(Default)]
struct Tree<'a> {
    op: Option<&'a Op>,
    children: Vec<(&'a Step, Tree<'a>)>,
}

impl<'a> Tree<'a> {
    /// Is there a change at the place, above it or below it?
    fn overlaps(&self, steps: &[Step]) -> bool {
        match steps {
            [] => self.op.is_some() || !self.children.is_empty(),
            _ if self.op.is_some() => true,
            [step, rest @ ..] => {
                let mut children = self.children.iter();
                match children.find(|(other, _)| same(other, step)) {
                    Some((_, child)) => child.overlaps(rest),
                    // A place that is an object to one and an array to the other: both are told in turn.
                    None => self.children.first().is_some_and(|(other, _)| is_index(other) != is_index(step)),
                }
            }
        }
    }

    fn insert(&mut self, steps: &'a [Step], op: &'a Op) {
        let mut tree = self;
        for step in steps {
            let at = tree.children.iter().position(|(other, _)| same(other, step));
            let at = at.unwrap_or_else(|| {
                tree.children.push((step, Tree::default()));
                tree.children.len() - 1
            });
            tree = &mut tree.children[at].1;
        }
        tree.op = Some(op);
    }
}

fn is_index(step: &Step) -> bool {
    matches!(step.to, To::Index(..))
}

/// Do both go to the same value?
pub(crate) fn same(a: &Step, b: &Step) -> bool {
    match (&a.to, &b.to) {
        (To::Index(a, _), To::Index(b, _)) => a == b,
        (a, b) => a.key().is_some_and(|key| b.key() == Some(key)),
    }
}

fn overlap(a: &[Step], b: &[Step]) -> bool {
    a.iter().zip(b).all(|(a, b)| same(a, b))
}

/// Turns trees into nodes, which know what to do where nothing is.
struct Finish<'a> {
    way: Vec<&'a Step>,
}

impl<'a> Finish<'a> {
    fn node(&mut self, tree: Tree<'a>, shape: &'static Shape, start: Start) -> Result<Node<'a>, FieldError> {
        if let Some(op) = tree.op {
            let missing = op.missing(&start);
            let from_nothing = op.makes_of_nothing(&start) && matches!(missing, Ok(Outcome::Put(_)));
            return Ok(Node::Leaf(Leaf { op, missing, from_nothing }));
        }
        let is_array = tree.children.first().is_some_and(|(step, _)| is_index(step));
        let mut children = Vec::with_capacity(tree.children.len());
        for (step, tree) in tree.children {
            self.way.push(step);
            let start = match tree.op {
                // Nobody asks.
                Some(Op::Set(_) | Op::SetDefault(_) | Op::Unset | Op::RenameFromAliases) => Start::Empty,
                _ => Start::at(step).map_err(|error| {
                    let pointer = notation::pointer_of(self.way.iter().copied());
                    FieldError::unwritable(pointer, format_args!("its default: {error}"))
                })?,
            };
            let node = self.node(tree, step.to.shape(), start)?;
            children.push(Child { step, node });
            self.way.pop();
        }
        let creates = children.iter().any(Child::creates);
        if is_array {
            return Ok(Node::Array(Array { children, creates }));
        }
        let mut object = Object { creates, start: None, lacks: Vec::new(), whole: Vec::new(), children };
        match start {
            Start::Default(Value::Object(default)) if default.is_empty() => {}
            Start::Default(value @ Value::Object(_)) => object.start = Some(value),
            _ => object.lacks = object.lacking(shape).into_iter().map(|names| names[0]).collect(),
        }
        let whole: Vec<ShapeFn> = object
            .children
            .iter()
            .filter(|child| child.creates())
            .filter_map(|child| child.step.whole)
            .collect();
        for shape in whole {
            for names in object.lacking(shape().resolved()) {
                if !object.whole.contains(&names) {
                    object.whole.push(names);
                }
            }
        }
        if let Some(start) = &object.start
            && !object.creates
        {
            object.creates = object.changes(start);
        }
        Ok(Node::Object(object))
    }
}

impl Object<'_> {
    /// The members of the struct, by all of their names, that serde requires and the update does not set.
    fn lacking(&self, shape: &'static Shape) -> Vec<Vec<&'static str>> {
        let Shape::Struct(shape) = shape else { return Vec::new() };
        let mut lacking = Vec::new();
        shape.each_member(&mut |member, required| {
            let is_set = self
                .children
                .iter()
                .any(|child| child.step.to.key() == Some(member.key) && child.is_set_where_missing());
            if required && !is_set {
                let names = std::iter::once(member.key).chain(member.aliases.iter().copied());
                lacking.push(names.collect());
            }
        });
        lacking
    }

    /// Would anything be another in `start` afterwards?
    fn changes(&self, start: &Value) -> bool {
        let Value::Object(object) = start else { return false };
        self.children.iter().any(|child| {
            let Some(value) = child.step.to.key().and_then(|key| object.get(key)) else { return false };
            match &child.node {
                Node::Leaf(leaf) => {
                    !matches!(leaf.op.present(value), Ok(Outcome::Put(same)) if same == *value)
                }
                Node::Object(inner) => inner.changes(value),
                Node::Array(_) => true,
            }
        })
    }
}

impl Child<'_> {
    /// Where the value is missing, is there one afterwards, or an error?
    pub(crate) fn creates(&self) -> bool {
        match &self.node {
            Node::Leaf(leaf) => !matches!(leaf.missing, Ok(Outcome::Leave | Outcome::Remove)),
            Node::Object(object) => object.creates,
            Node::Array(array) => array.creates,
        }
    }

    fn is_set_where_missing(&self) -> bool {
        match &self.node {
            Node::Leaf(leaf) => matches!(leaf.missing, Ok(Outcome::Put(_))),
            Node::Object(object) => object.creates,
            Node::Array(_) => false,
        }
    }
}

impl<'a> Node<'a> {
    /// The sources of what is copied here and below, in order.
    pub(crate) fn copies(&self, found: &mut Vec<&'a [Step]>) {
        match self {
            Node::Leaf(Leaf { op: Op::CopyFrom(source) | Op::RenameFrom(source), .. }) => found.push(source),
            Node::Leaf(_) => {}
            Node::Object(Object { children, .. }) | Node::Array(Array { children, .. }) => {
                for child in children {
                    child.node.copies(found);
                }
            }
        }
    }
}
