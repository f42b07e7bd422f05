//! Signs that stored documents are looked through for, and how many have them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// So many documents are named of those that have a sign.
const NAMED: usize = 3;

/// What may be seen in a document. Places are JSON Pointers in which `*` is any key or index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    /// The newest type refuses it at one of these places, or below.
    Refused(Vec<String>),
    /// Something other than `null` stands there.
    Holds(String),
    /// The object that it would stand in is there, and it is not.
    Lacks(String),
}

/// The signs that are looked for, by job.
pub(crate) type Signs = BTreeMap<String, BTreeSet<Sign>>;

/// What was seen in some documents.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    jobs: BTreeMap<&'static str, OfJob>,
}

#[derive(Debug, Default)]
struct OfJob {
    /// Documents of the newest version.
    documents: u64,
    /// Documents of others.
    others: u64,
    hits: BTreeMap<Sign, Hits>,
}

/// The documents that have a sign.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hits {
    pub(crate) count: u64,
    /// The first few, by what they are called.
    pub(crate) named: Vec<String>,
}

impl Sign {
    /// Does the document have it? `refused` are the places at which the newest type refuses it.
    fn is_in(&self, document: &Value, refused: &[String]) -> bool {
        match self {
            Self::Refused(places) => {
                places.iter().any(|place| refused.iter().any(|pointer| is_below(pointer, place)))
            }
            Self::Holds(place) => at(document, steps(place)).iter().any(|value| !value.is_null()),
            Self::Lacks(place) => {
                let mut steps = steps(place);
                let Some(key) = steps.pop() else { return false };
                let objects = at(document, steps);
                objects.iter().filter_map(|it| it.as_object()).any(|it| !it.contains_key(&key))
            }
        }
    }
}

/// Is the pointer at the place, or below?
fn is_below(pointer: &str, place: &str) -> bool {
    let (mut found, mut steps) = (pointer.split('/'), place.split('/'));
    steps.all(|step| found.next().is_some_and(|it| step == "*" || step == it))
}

/// The steps of a place, unescaped; `*` stands for any.
fn steps(place: &str) -> Vec<String> {
    place.split('/').skip(1).map(checkpoint_schema::pointer::unescape).collect()
}

/// The values at a place.
fn at(document: &Value, steps: Vec<String>) -> Vec<&Value> {
    let mut values = vec![document];
    for step in steps {
        values = values.into_iter().flat_map(|value| below(value, &step)).collect();
    }
    values
}

/// The values one step below a value.
fn below<'a>(value: &'a Value, step: &str) -> Vec<&'a Value> {
    match value {
        Value::Object(object) if step == "*" => object.values().collect(),
        Value::Object(object) => object.get(step).into_iter().collect(),
        Value::Array(array) if step == "*" => array.iter().collect(),
        Value::Array(array) => {
            step.parse::<usize>().ok().and_then(|index| array.get(index)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

impl Seen {
    /// Looks at a document of the newest version of `job`, which people know as `name`.
    pub(crate) fn look(
        &mut self,
        signs: &Signs,
        job: &'static str,
        document: &Value,
        refused: &[String],
        name: impl Fn() -> String,
    ) {
        let of_job = self.jobs.entry(job).or_default();
        of_job.documents += 1;
        for sign in signs.get(job).into_iter().flatten().filter(|sign| sign.is_in(document, refused)) {
            if !of_job.hits.contains_key(sign) {
                of_job.hits.insert(sign.clone(), Hits::default());
            }
            if let Some(hits) = of_job.hits.get_mut(sign) {
                hits.count += 1;
                if hits.named.len() < NAMED {
                    hits.named.push(name());
                }
            }
        }
    }

    /// A document of another version of the job: other changes are about it.
    pub(crate) fn pass_over(&mut self, job: &'static str) {
        self.jobs.entry(job).or_default().others += 1;
    }

    /// What was seen after it.
    pub(crate) fn add(&mut self, other: Self) {
        for (job, other) in other.jobs {
            let of_job = self.jobs.entry(job).or_default();
            of_job.documents += other.documents;
            of_job.others += other.others;
            for (sign, other) in other.hits {
                let hits = of_job.hits.entry(sign).or_default();
                hits.count += other.count;
                let room = NAMED.saturating_sub(hits.named.len());
                hits.named.extend(other.named.into_iter().take(room));
            }
        }
    }

    /// How many documents of the newest version of the job were looked at.
    pub(crate) fn looked_at(&self, job: &str) -> u64 {
        self.jobs.get(job).map_or(0, |it| it.documents)
    }

    /// How many documents of other versions were not, of all jobs.
    pub(crate) fn passed_over(&self) -> u64 {
        self.jobs.values().map(|it| it.others).sum()
    }

    /// The documents that have the sign.
    pub(crate) fn hits(&self, job: &str, sign: &Sign) -> Hits {
        self.jobs.get(job).and_then(|it| it.hits.get(sign)).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, Sign, Signs};
    use serde_json::json;

    fn sign(make: fn(String) -> Sign, place: &str) -> Sign {
        make(place.to_owned())
    }

    fn refused(place: &str) -> Sign {
        Sign::Refused(vec!["/elsewhere".to_owned(), place.to_owned()])
    }

    #[test]
    fn a_sign_is_found_wherever_its_place_is() {
        let document = json!({"a": {"x/y": [{"b": 1}, {"c": null}]}, "d": null});
        let places = ["/a/x~1y/1/b".to_owned()];
        for (sign, expected) in [
            (refused("/a"), true),
            (refused("/a/*/*/b"), true),
            (refused("/a/x~1y/0"), false),
            (refused("/a/x~1y/1/b/z"), false),
            (refused(""), true),
            (sign(Sign::Holds, "/a/x~1y/*/b"), true),
            (sign(Sign::Holds, "/a/*/1/b"), false),
            (sign(Sign::Holds, "/a/*/*/c"), false),
            (sign(Sign::Holds, "/d"), false),
            (sign(Sign::Lacks, "/d"), false),
            (sign(Sign::Lacks, "/e"), true),
            (sign(Sign::Lacks, "/a/x~1y/*/b"), true),
            (sign(Sign::Lacks, "/a/x~1y/0/b"), false),
            (sign(Sign::Lacks, "/d/e"), false),
            (sign(Sign::Lacks, ""), false),
        ] {
            assert_eq!(sign.is_in(&document, &places), expected, "{sign:?}");
        }
    }

    #[test]
    fn parts_are_added_in_order_and_the_first_are_named() {
        let holds = sign(Sign::Holds, "/a");
        let signs = Signs::from([("job".to_owned(), [holds.clone()].into())]);
        let mut all = Seen::default();
        for part in 0..3 {
            let mut seen = Seen::default();
            for number in 0..2 {
                seen.look(&signs, "job", &json!({"a": 1}), &[], || format!("{part}.{number}"));
            }
            seen.look(&signs, "job", &json!({"b": 1}), &[], || unreachable!());
            seen.pass_over("job");
            all.add(seen);
        }
        let hits = all.hits("job", &holds);
        assert_eq!((hits.count, all.looked_at("job"), all.passed_over()), (6, 9, 3));
        assert_eq!(hits.named, ["0.0", "0.1", "1.0"]);
        assert_eq!(all.hits("job", &sign(Sign::Holds, "/b")).count, 0);
        assert_eq!(all.looked_at("other"), 0);
    }
}
