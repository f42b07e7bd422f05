//! Texts that begin with another, as a range: what an index can find.

/// The least text that is after every text with the prefix, by their bytes in UTF-8; none where there is
/// none.
pub(super) fn successor(prefix: &str) -> Option<String> {
    let mut kept = prefix.chars();
    while let Some(last) = kept.next_back() {
        if let Some(next) = next(last) {
            let mut successor = kept.as_str().to_owned();
            successor.push(next);
            return Some(successor);
        }
    }
    None
}

/// The next character by code point, which is the next by its bytes.
fn next(c: char) -> Option<char> {
    // Past the surrogates, which are no characters.
    (c..=char::MAX).nth(1)
}

#[cfg(test)]
mod tests {
    use super::successor;

    #[test]
    fn the_successor_is_the_next_text_that_does_not_begin_so() {
        for (prefix, expected) in [
            ("", None),
            ("a", Some("b")),
            ("acme/", Some("acme0")),
            ("é", Some("ê")),
            ("\u{7f}", Some("\u{80}")),
            ("\u{7ff}", Some("\u{800}")),
            ("x\u{d7ff}", Some("x\u{e000}")),
            ("\u{ffff}", Some("\u{10000}")),
            ("a\u{10ffff}", Some("b")),
            ("a\u{10ffff}\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
            ("\u{d7ff}\u{10ffff}", Some("\u{e000}")),
        ] {
            assert_eq!(successor(prefix).as_deref(), expected, "{prefix:?}");
        }
    }

    #[test]
    fn the_range_holds_exactly_the_texts_that_begin_so() {
        let pieces = ["", "a", "b", "\u{7f}", "\u{80}", "\u{d7ff}", "\u{e000}", "\u{ffff}", "\u{10ffff}"];
        let texts = || pieces.iter().flat_map(|a| pieces.iter().map(move |b| format!("{a}{b}")));
        for prefix in texts() {
            for text in texts().chain(texts().map(|text| text + "c")) {
                let inside = text >= prefix && successor(&prefix).is_none_or(|end| text < end);
                assert_eq!(inside, text.starts_with(&prefix), "{text:?} {prefix:?}");
            }
        }
    }
}
