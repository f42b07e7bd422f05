//! Names that are much like another.

/// The candidate most like `key`, if one is like it at all: a transposition, a letter, another case.
pub(super) fn nearest<'a>(key: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let key = plain(key);
    candidates
        .map(|name| (strsim::damerau_levenshtein(&key, &plain(name)), name))
        .filter(|(distance, name)| *distance <= 1.max(name.chars().count().min(key.chars().count()) / 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_what_is_like_a_key_is_suggested() {
        let known = || ["batch_number", "start_at", "id"].into_iter();
        assert_eq!(nearest("batchNumber", known()), Some("batch_number"));
        assert_eq!(nearest("batch_nubmer", known()), Some("batch_number"));
        assert_eq!(nearest("starts_at", known()), Some("start_at"));
        assert_eq!(nearest("colour", known()), None);
        assert_eq!(nearest("", known()), None);
    }
}
