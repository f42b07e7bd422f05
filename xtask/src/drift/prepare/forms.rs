//! What is made of a contract, made once: a layout is compared in two directions, and with many others.

use std::cell::OnceCell;
use std::rc::Rc;

use serde_json::Value;

use super::{Form, finished, of_form};

/// One contract in its forms.
#[derive(Default)]
pub(in crate::drift) struct Forms {
    finished: [OnceCell<Rc<Value>>; 2],
    forms: [OnceCell<Rc<Value>>; 3],
}

impl Forms {
    /// The `contract`, which is the same every time, in the form.
    pub(in crate::drift) fn of(&self, contract: &Value, form: Form) -> &Rc<Value> {
        self.forms[form as usize].get_or_init(|| {
            let hides_formats = form != Form::Documents && has_other_formats(contract);
            let finished = self.finished[usize::from(hides_formats)]
                .get_or_init(|| Rc::new(finished(contract.clone(), hides_formats)));
            match form {
                Form::Question if !hides_formats => Rc::clone(self.of(contract, Form::Documents)),
                _ => Rc::new(of_form(Value::clone(finished), form)),
            }
        })
    }
}

/// May there be a format that the engine does not know?
fn has_other_formats(value: &Value) -> bool {
    match value {
        Value::Array(array) => array.iter().any(has_other_formats),
        Value::Object(object) => {
            let format = object.get("format").and_then(Value::as_str);
            format.is_some_and(|format| !super::KNOWN.contains(&format) && !super::numbers::is_bound(format))
                || object.values().any(has_other_formats)
        }
        _ => false,
    }
}
