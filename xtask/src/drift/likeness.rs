//! How alike two names are: a field that is gone and one that has come may be the same.

/// Names are taken for the same, changed, from this likeness on: 1 is the same, 0 has nothing in common.
pub(super) const LIKE: f64 = 0.6;

/// A place with its name, made ready to be held against many others.
pub(super) struct Name<'a> {
    pub(super) place: &'a str,
    pub(super) name: String,
    letters: Vec<char>,
}

impl<'a> Name<'a> {
    pub(super) fn of(place: &'a str, name: String) -> Self {
        let letters = name.to_lowercase().chars().collect();
        Self { place, name, letters }
    }

    /// How alike the names are, where it is at least so much.
    pub(super) fn likeness(&self, other: &Self, least: f64) -> Option<f64> {
        let longer = self.letters.len().max(other.letters.len());
        if longer == 0 {
            return Some(1.0);
        }
        let share = |edits: usize| 1.0 - edits as f64 / longer as f64;
        // What both begin and end with takes no edit, and each letter that the other has not takes one.
        let (a, b) = without_common_ends(&self.letters, &other.letters);
        if share(a.len().max(b.len()) - common(a, b)) < least {
            return None;
        }
        let edits = strsim::generic_damerau_levenshtein(a, b);
        Some(share(edits)).filter(|likeness| *likeness >= least)
    }
}

fn without_common_ends<'a>(mut a: &'a [char], mut b: &'a [char]) -> (&'a [char], &'a [char]) {
    while let ([first, rest @ ..], [other, others @ ..]) = (a, b)
        && first == other
    {
        (a, b) = (rest, others);
    }
    while let ([rest @ .., last], [others @ .., other]) = (a, b)
        && last == other
    {
        (a, b) = (rest, others);
    }
    (a, b)
}

/// How many letters both have, in whatever order.
fn common(a: &[char], b: &[char]) -> usize {
    let mut left: Vec<char> = b.to_vec();
    let is_there = |letter: &&char| match left.iter().position(|it| it == *letter) {
        Some(at) => {
            left.swap_remove(at);
            true
        }
        None => false,
    };
    a.iter().filter(is_there).count()
}

/// How alike two texts are, whatever they name.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let of = |text: &str| Name::of("", text.to_owned());
    of(a).likeness(&of(b), 0.0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{LIKE, Name, likeness};

    #[test]
    fn it_is_that_of_the_whole_names_however_it_is_reckoned() {
        for (a, b) in [
            ("cursor", "last_cursor"),
            ("last_pr_cursor", "pr_cursor"),
            ("field_a_12", "field_b_345"),
            ("started", "begun"),
            ("ab", "ba"),
            ("aab", "aba"),
            ("Batch", "batch"),
            ("", "a"),
            ("ü", "u"),
        ] {
            let whole = strsim::normalized_damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase());
            assert!((likeness(a, b) - whole).abs() < 1e-12, "{a} and {b}: {} and {whole}", likeness(a, b));
            let found = Name::of("", a.to_owned()).likeness(&Name::of("", b.to_owned()), LIKE);
            assert_eq!(found.is_some(), whole >= LIKE, "{a} and {b}");
        }
    }
}
