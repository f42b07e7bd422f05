//! Texts that a pattern matches.

use regex_syntax::hir::{Class, Hir, HirKind};

/// A few texts that `pattern` matches, each part of it in its first forms; none where the pattern is not one that
/// Rust's syntax of regular expressions reads. What stands around an assertion is not weighed: try them.
pub(super) fn matching(pattern: &str) -> Vec<String> {
    let Ok(parsed) = regex_syntax::parse(pattern) else { return Vec::new() };
    let mut texts = of(&parsed, 0);
    texts.truncate(MOST);
    texts
}

/// So many texts are made of one pattern.
const MOST: usize = 24;

fn of(part: &Hir, depth: usize) -> Vec<String> {
    if depth > 24 {
        return Vec::new();
    }
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).into_owned()],
        HirKind::Class(class) => ends(class),
        HirKind::Capture(capture) => of(&capture.sub, depth + 1),
        HirKind::Alternation(parts) => parts.iter().flat_map(|part| of(part, depth + 1)).take(MOST).collect(),
        HirKind::Concat(parts) => parts.iter().fold(vec![String::new()], |texts, part| {
            let next = of(part, depth + 1);
            // Every form of each part once, not every combination.
            let Some(first) = next.first() else { return Vec::new() };
            let mut joined: Vec<String> = texts.iter().map(|text| format!("{text}{first}")).collect();
            let start = texts.first().cloned().unwrap_or_default();
            joined.extend(next.iter().skip(1).map(|more| format!("{start}{more}")));
            joined.truncate(MOST);
            joined
        }),
        HirKind::Repetition(repetition) => {
            let least = repetition.min.min(64);
            let most = repetition.max.unwrap_or(u32::MAX).min(least + 1);
            let inner = of(&repetition.sub, depth + 1);
            let mut texts = Vec::new();
            for count in least..=most {
                let count = usize::try_from(count).unwrap_or(0);
                if count == 0 {
                    texts.push(String::new());
                } else {
                    texts.extend(inner.iter().map(|text| text.repeat(count)));
                }
            }
            texts.truncate(MOST);
            texts
        }
    }
}

/// The first and the last of each range.
fn ends(class: &Class) -> Vec<String> {
    let mut texts: Vec<String> = match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .take(4)
            .flat_map(|range| [range.start(), range.end()])
            .map(String::from)
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .take(4)
            .flat_map(|range| [range.start(), range.end()])
            .filter(u8::is_ascii)
            .map(|byte| char::from(byte).to_string())
            .collect(),
    };
    texts.dedup();
    texts
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn every_form_of_a_pattern_is_made() {
        assert_eq!(matching("^a$"), ["a"]);
        assert_eq!(matching("^[ab]$"), ["a", "b"]);
        assert_eq!(matching("^(x|yy)-[0-9]{2}$"), ["x-00", "yy-00", "x-99"]);
        assert_eq!(matching("a*"), ["", "a"]);
    }

    #[test]
    fn what_is_no_pattern_has_no_text() {
        for pattern in ["(", "(?=a)", "[", "a{9999999999}"] {
            assert!(matching(pattern).is_empty(), "{pattern}");
        }
    }
}
