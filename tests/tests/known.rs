//! Texts that the process keeps: each is the one that would be rendered anew, with the parameters of its own update. A
//! program of its own, since what is kept by one test is known to all.

use std::collections::BTreeSet;

use checkpoint_schema::{Checkpoint, Update};
use checkpoint_tests::law;
use checkpoint_tests::random::Random;

#[test]
fn a_text_that_is_used_again_is_the_one_that_would_be_rendered() {
    let mut random = Random::new(7);
    // Few fields, so that many updates are alike but for their values and keys.
    let f = law::Law::fields();
    let few = (0..3_000).map(|_| {
        let mut counted = || {
            let count = f.counts().key(["a", "b", "c"][random.below(3)]);
            match random.below(4) {
                0 => count.increment([1, -1, 7][random.below(3)]),
                1 => count.set(random.bits()),
                2 => f.small().some().increment([1, -1, 200][random.below(3)]),
                _ => f.numbers().remove([1, 2, 3][random.below(3)]),
            }
        };
        Update::from([counted(), counted()])
    });
    let few: Vec<_> = few.collect();
    let any = (0..3_000).map(|_| law::update(&mut random).update);
    let (mut kept, mut texts) = (0, BTreeSet::new());
    for update in few.into_iter().chain(any) {
        let Ok(first) = update.clone().expression("document") else { continue };
        let again = update.clone().expression("document").expect("it did not fail before");
        // The first may have been another update's, too.
        let anew = update.__expression_anew("document").expect("it did not fail before");
        assert_eq!((&first, &again), (&anew, &anew), "{update:?}");
        if first.text().as_ptr() == again.text().as_ptr() {
            kept += 1;
            texts.insert(again.text().as_ptr());
        }
    }
    let shared = kept - texts.len();
    // There are 512 slots.
    assert!(texts.len() > 400 && shared > 2_000, "{} texts were used by {kept} updates", texts.len());
}
