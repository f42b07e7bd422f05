//! Which of many places is nearest to one: the same, above it, or below.

use std::collections::BTreeMap;

/// Places of documents as a tree, each with what stands there. `*` is any step.
#[derive(Debug)]
pub(super) struct Places<T> {
    here: Vec<T>,
    below: BTreeMap<String, Places<T>>,
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self { here: Vec::new(), below: BTreeMap::new() }
    }
}

impl<T: Copy + Ord> Places<T> {
    pub(super) fn insert(&mut self, place: &str, what: T) {
        let mut at = self;
        for step in place.split('/').skip(1) {
            at = at.below.entry(step.to_owned()).or_default();
        }
        at.here.push(what);
    }

    /// What stands nearest to the place: at it, or so many steps above or below as nothing else. Sorted.
    pub(super) fn nearest(&self, place: &str) -> Vec<T> {
        let steps: Vec<&str> = place.split('/').skip(1).collect();
        let mut nearest = Nearest { distance: usize::MAX, found: Vec::new() };
        self.look(&steps, &mut nearest);
        nearest.found.sort_unstable();
        nearest.found.dedup();
        nearest.found
    }

    fn look(&self, steps: &[&str], nearest: &mut Nearest<T>) {
        let Some((step, rest)) = steps.split_first() else { return self.below(0, nearest) };
        nearest.add(steps.len(), &self.here);
        if *step == "*" {
            self.below.values().for_each(|it| it.look(rest, nearest));
        } else {
            [*step, "*"]
                .into_iter()
                .filter_map(|step| self.below.get(step))
                .for_each(|it| it.look(rest, nearest));
        }
    }

    fn below(&self, distance: usize, nearest: &mut Nearest<T>) {
        nearest.add(distance, &self.here);
        if distance < nearest.distance {
            self.below.values().for_each(|it| it.below(distance + 1, nearest));
        }
    }
}

struct Nearest<T> {
    distance: usize,
    found: Vec<T>,
}

impl<T: Copy> Nearest<T> {
    fn add(&mut self, distance: usize, here: &[T]) {
        if here.is_empty() || distance > self.distance {
            return;
        }
        if distance < self.distance {
            self.distance = distance;
            self.found.clear();
        }
        self.found.extend(here);
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn what_is_nearest_stands_at_the_place_above_or_below_it() {
        let mut places = Places::default();
        for (what, place) in ["/a", "/a/b", "/a/*/c", "/d/e/f", "/d/g", "/a/b", "/h/*"].iter().enumerate() {
            places.insert(place, what);
        }
        for (place, expected) in [
            ("/a", &[0][..]),
            ("/a/b", &[1, 5]),
            ("/a/b/c", &[2]),
            ("/a/x", &[0, 2]),
            ("/a/*", &[1, 5]),
            ("/a/b/x/y", &[1, 5]),
            ("/d", &[4]),
            ("/d/e", &[3]),
            ("/h/i", &[6]),
            ("/h", &[6]),
            ("", &[0]),
            ("/z", &[]),
        ] {
            assert_eq!(places.nearest(place), expected, "{place}");
        }
        assert_eq!(Places::<u8>::default().nearest(""), [0_u8; 0]);
    }

    #[test]
    fn a_place_at_the_top_is_above_all() {
        let mut places = Places::default();
        places.insert("", 'r');
        places.insert("/a/b", 'b');
        assert_eq!(places.nearest("/x/y"), ['r']);
        assert_eq!(places.nearest("/a/c"), ['r']);
        assert_eq!(places.nearest("/a"), ['b', 'r']);
    }
}
