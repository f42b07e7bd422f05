//! Whoever follows a mend that `diff` offers has mended it: the attribute makes the change safe in the direction that
//! broke.

use checkpoint_schema::Checkpoint;
use checkpoint_schema::registry::Descriptor;
use checkpoint_xtask::__private::{Answer, Told, told};
use serde::{Deserialize, Serialize};

/// A checkpoint with these fields, in a module of its own.
macro_rules! checkpoint {
    ($name:ident { $($field:tt)* }) => {
        #[derive(Serialize, Deserialize, Checkpoint)]
        #[checkpoint(job = "mended")]
        #[allow(dead_code, reason = "it is compared, and not used")]
        struct $name { $($field)* }
    };
}

checkpoint! { First { cursor: String } }
checkpoint! { PageRequired { cursor: String, page: u64 } }
checkpoint! { PageDefaulted { cursor: String, #[serde(default)] page: u64 } }
checkpoint! { PageOptional { cursor: String, page: Option<u64> } }
checkpoint! { Renamed { next_cursor: String } }
checkpoint! { Aliased { #[serde(alias = "cursor")] next_cursor: String } }
checkpoint! { MayBeMissing { cursor: Option<String> } }
checkpoint! { MayBeMissingRenamed { next_cursor: Option<String> } }
checkpoint! { MayBeMissingAliased { #[serde(alias = "cursor")] next_cursor: Option<String> } }

fn compared<Old: Checkpoint, New: Checkpoint>() -> Told {
    told(&Descriptor::of::<Old>(), &Descriptor::of::<New>(), [true, true])
}

#[track_caller]
fn has_mended(broken: &Told, mended: &Told) {
    assert!(matches!(broken.backward, Answer::Unreadable(_)), "{broken:?}");
    assert!(matches!(mended.backward, Answer::Safe), "{mended:?}");
}

#[test]
fn a_required_field_that_gets_a_default_or_becomes_an_option() {
    let broken = compared::<First, PageRequired>();
    for mended in [compared::<First, PageDefaulted>(), compared::<First, PageOptional>()] {
        has_mended(&broken, &mended);
        assert!(matches!(mended.forward, Answer::Safe), "{mended:?}");
        assert_eq!(mended.changes, [("field-added".to_owned(), "/page".to_owned(), vec![])]);
    }
}

#[test]
fn a_renamed_field_that_gets_an_alias() {
    has_mended(&compared::<First, Renamed>(), &compared::<First, Aliased>());
    // Its value was lost without a word.
    let lost = compared::<MayBeMissing, MayBeMissingRenamed>();
    assert_eq!(lost.changes[0].0, "value-lost");
    let mended = compared::<MayBeMissing, MayBeMissingAliased>();
    assert!(mended.changes.iter().all(|(rule, ..)| rule != "value-lost"), "{mended:?}");
    assert!(matches!(mended.backward, Answer::Safe), "{mended:?}");
}

#[test]
fn a_field_that_became_required_and_stays_an_option() {
    has_mended(&compared::<PageOptional, PageRequired>(), &compared::<PageOptional, PageOptional>());
}
