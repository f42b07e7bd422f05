//! A filter as an SQL condition. Its texts are promised to be stable: indexes depend on them.
//!
//! A condition may be SQL `NULL` where the field is missing, which `WHERE`, `AND` and `OR` take for false;
//! `NOT` is rendered as `IS NOT TRUE`, so that what comes out of it is never `NULL`.

use std::ops::Bound;

use serde_json::Value;

use super::matches::ends;
use super::prefix::successor;
use super::subject::Subject;
use super::{Atom, Node, Operator};
use crate::field::kind::Order;
use crate::sql::{Param, Sql, jsonb_literal};

pub(super) fn render(node: &Node, column: &str, sql: &mut Sql) {
    push(node, column, false, sql);
}

/// `enclosed`: whatever is pushed stands in parentheses already.
fn push(node: &Node, column: &str, enclosed: bool, sql: &mut Sql) {
    match node {
        Node::All(nodes) => push_joined(nodes, (" AND ", "TRUE"), column, enclosed, sql),
        Node::Any(nodes) => push_joined(nodes, (" OR ", "FALSE"), column, enclosed, sql),
        Node::Not(node) => {
            sql.push("(");
            push(node, column, true, sql);
            sql.push(") IS NOT TRUE");
        }
        Node::Atom(atom) => {
            let conditions = atom.conditions(column, sql);
            let text = conditions.join(" AND ");
            match conditions.len() > 1 && !enclosed {
                true => sql.push("(").push(&text).push(")"),
                false => sql.push(&text),
            };
        }
    }
}

fn push_joined(nodes: &[Node], (word, empty): (&str, &str), column: &str, enclosed: bool, sql: &mut Sql) {
    if nodes.is_empty() {
        sql.push(empty);
        return;
    }
    if !enclosed {
        sql.push("(");
    }
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            sql.push(word);
        }
        push(node, column, false, sql);
    }
    if !enclosed {
        sql.push(")");
    }
}

impl Atom {
    /// What must hold together.
    fn conditions(&self, column: &str, sql: &mut Sql) -> Vec<String> {
        let subject = &self.subject;
        let value = || subject.expression(column);
        match &self.operator {
            Operator::Equals(operand) => {
                let operand = sql.bind(Param::Jsonb(operand.clone()));
                // `=` decides, by an index of the field; what is equal is contained, which an index of the
                // document finds.
                let contained = subject.document_of(operand.clone());
                let contained = contained.map(|document| format!("{column} @> {document}"));
                contained.into_iter().chain([format!("{} = {operand}", value())]).collect()
            }
            Operator::OneOf(operands) => {
                let operands = sql.bind(Param::Jsonb(Value::Array(operands.clone())));
                vec![format!("{} = ANY (ARRAY(SELECT jsonb_array_elements({operands})))", value())]
            }
            Operator::Between(low, high, order) => {
                let (least, greatest) = ends(*order);
                let value = ordered(subject, *order, column);
                let low = limit(&value, [">", ">="], low, least, sql);
                let high = limit(&value, ["<", "<="], high, greatest, sql);
                low.into_iter().chain(high).collect()
            }
            Operator::StartsWith(prefix) => {
                let value = ordered(subject, Order::Text, column);
                let from = sql.bind(Param::Text(prefix.clone()));
                let until = successor(prefix).map(|until| sql.bind(Param::Text(until)));
                let until = until.map(|until| format!("{value} < {until}"));
                [format!("{value} >= {from}")].into_iter().chain(until).collect()
            }
            Operator::Contains(item) => {
                let composite = item.is_array() || item.is_object();
                let item = sql.bind(Param::Jsonb(item.clone()));
                let contained = subject.document_of(format!("jsonb_build_array({item})"));
                // `@>` takes an object for one that has more, and an array for one with other elements too.
                let exact = (composite || contained.is_none()).then(|| {
                    let value = value();
                    format!(
                        "{item} IN (SELECT jsonb_array_elements(CASE jsonb_typeof({value}) WHEN 'array' THEN {value} END))"
                    )
                });
                let contained = contained.map(|document| format!("{column} @> {document}"));
                contained.into_iter().chain(exact).collect()
            }
            Operator::Exists => vec![format!("{} IS NOT NULL", value())],
            Operator::Missing => vec![format!("{} IS NULL", value())],
        }
    }
}

/// The expression by which a field is compared and sorted: numbers as `jsonb`, which has them in their order;
/// texts as `text` in the order of their bytes, since `jsonb` has them in that of the database's collation.
pub(super) fn ordered(subject: &Subject, order: Order, column: &str) -> String {
    let value = subject.expression(column);
    match order {
        Order::Number(_) => value,
        Order::Text => {
            format!("(CASE jsonb_typeof({value}) WHEN 'string' THEN {value} #>> '{{}}' END) COLLATE \"C\"")
        }
    }
}

/// One side of a range. `jsonb` orders values of all types (its manual, 8.14.4), empty arrays and strings
/// before numbers, booleans and the rest after them: so a range of numbers needs both sides, and an open one
/// ends with the field's type.
fn limit(
    value: &str,
    [exclusive, inclusive]: [&str; 2],
    bound: &Bound<Value>,
    end: Option<Value>,
    sql: &mut Sql,
) -> Option<String> {
    let mut bind = |operand: &Value| {
        sql.bind(match operand {
            Value::String(text) => Param::Text(text.clone()),
            operand => Param::Jsonb(operand.clone()),
        })
    };
    match bound {
        Bound::Excluded(operand) => Some(format!("{value} {exclusive} {}", bind(operand))),
        Bound::Included(operand) => Some(format!("{value} {inclusive} {}", bind(operand))),
        Bound::Unbounded => end.map(|end| format!("{value} {inclusive} {}", jsonb_literal(&end))),
    }
}
