//! What is sent to PostgreSQL: text and bound parameters, for any driver.

use std::borrow::Cow;

use crate::sql::{Param, Sql};

/// SQL text and the parameters that its `$1`, `$2`, … stand for.
///
/// It knows nothing of drivers. Each `$n` has a cast to the type of its [`Param`], so a driver that asks the
/// server for parameter types, or sends them all as text, needs no further word.
#[must_use = "a statement does nothing until a driver runs it"]
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub(crate) text: Cow<'static, str>,
    pub(crate) params: Vec<Param>,
}

impl Statement {
    /// The SQL.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters in order: the first is `$1`.
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// Both, for a driver that takes them over. A text that the program keeps for the next statement like it is
    /// borrowed.
    pub fn into_parts(self) -> (Cow<'static, str>, Vec<Param>) {
        (self.text, self.params)
    }
}

impl Statement {
    pub(crate) fn new(text: Cow<'static, str>, params: Vec<Param>) -> Self {
        Self { text, params }
    }

    /// With more parameters, of which the text knows.
    pub(crate) fn with_params(mut self, more: impl IntoIterator<Item = Param>) -> Self {
        self.params.extend(more);
        self
    }
}

impl From<Sql> for Statement {
    fn from(Sql { text, params }: Sql) -> Self {
        Self { text: text.into(), params }
    }
}
