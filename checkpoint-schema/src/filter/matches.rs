//! A filter's answer for a document in memory: what `render` makes PostgreSQL say.

use std::cmp::Ordering;
use std::ops::Bound;

use serde_json::{Number, Value};

use super::{Atom, Node, Operator};
use crate::field::kind::{Order, Range};
use crate::json::{compare_numbers, equal};

pub(super) fn matches(node: &Node, document: &Value) -> bool {
    match node {
        Node::All(nodes) => nodes.iter().all(|node| matches(node, document)),
        Node::Any(nodes) => nodes.iter().any(|node| matches(node, document)),
        Node::Not(node) => !matches(node, document),
        Node::Atom(atom) => atom.matches(document),
    }
}

impl Atom {
    fn matches(&self, document: &Value) -> bool {
        let Some(value) = self.subject.find(document) else {
            return matches!(self.operator, Operator::Missing);
        };
        match &self.operator {
            Operator::Equals(operand) => equal(value, operand),
            Operator::OneOf(operands) => operands.iter().any(|operand| equal(value, operand)),
            Operator::Between(low, high, order) => {
                let (least, greatest) = ends(*order);
                let low = match (low, &least) {
                    (Bound::Unbounded, Some(least)) => Bound::Included(least),
                    (low, _) => low.as_ref(),
                };
                let high = match (high, &greatest) {
                    (Bound::Unbounded, Some(greatest)) => Bound::Included(greatest),
                    (high, _) => high.as_ref(),
                };
                after(value, low) && before(value, high)
            }
            Operator::StartsWith(prefix) => {
                value.as_str().is_some_and(|text| text.starts_with(prefix.as_str()))
            }
            Operator::Contains(item) => {
                value.as_array().is_some_and(|items| items.iter().any(|each| equal(each, item)))
            }
            Operator::Exists => true,
            Operator::Missing => false,
        }
    }
}

fn after(value: &Value, low: Bound<&Value>) -> bool {
    match low {
        Bound::Included(low) => compare(value, low).is_some_and(Ordering::is_ge),
        Bound::Excluded(low) => compare(value, low).is_some_and(Ordering::is_gt),
        Bound::Unbounded => true,
    }
}

fn before(value: &Value, high: Bound<&Value>) -> bool {
    match high {
        Bound::Included(high) => compare(value, high).is_some_and(Ordering::is_le),
        Bound::Excluded(high) => compare(value, high).is_some_and(Ordering::is_lt),
        Bound::Unbounded => true,
    }
}

/// The order of two numbers, or of two texts by their bytes; others have none.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => Some(compare_numbers(left, right)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

/// The least and the greatest value that a field of this order holds, if there are.
pub(super) fn ends(order: Order) -> (Option<Value>, Option<Value>) {
    let integer = |end| Number::from_i128(end).map(Value::Number);
    match order {
        Order::Number(Range::Integer(of)) => (integer(of.min), integer(of.max)),
        Order::Number(Range::Single | Range::Double) => (Some(f64::MIN.into()), Some(f64::MAX.into())),
        Order::Text => (None, None),
    }
}
