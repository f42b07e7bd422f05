//! Other people's code run on one document of many: types' `Deserialize`, and steps of an upgrade chain.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static CATCHES: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What `work` gives, or where in the sources it panicked. The words of the panic are told nowhere: they may quote
/// a value, and nobody wants them once for each of many documents.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| match panic.location() {
            Some(at) if CATCHES.get() => {
                PLACE.with_borrow_mut(|place| *place = format!("{}:{}", at.file(), at.line()));
            }
            _ => usual(panic),
        }));
    });
    CATCHES.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CATCHES.set(false);
    result.map_err(|_| PLACE.take())
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_is_told_by_its_place() {
        assert_eq!(caught(|| 5), Ok(5));
        let place = caught(|| panic!("words")).unwrap_err();
        assert!(place.contains("caught.rs:"), "{place}");
    }
}
