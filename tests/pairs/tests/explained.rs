//! Each page about drift shows a change: the tool says of it what the page is about, and the document on the page
//! is refused by whom the page says.

use std::fs;
use std::path::Path;

use checkpoint_pairs::explained::{Explained, explained};
use checkpoint_xtask::__private::{Answer, told};
use serde_json::Value;

/// The part of a page that describes the change.
fn page(rule: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/rules").join(format!("{rule}.md"));
    let text = fs::read_to_string(path).unwrap();
    text.split("\n## Why it matters\n").next().unwrap().to_owned()
}

/// The blocks of code in a language, each with the paragraph before it.
fn blocks(page: &str, language: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut before = "";
    for (number, part) in page.split("```").enumerate() {
        match part.strip_prefix(language).filter(|_| number % 2 == 1) {
            Some(code) => {
                blocks.push((before.trim().rsplit("\n\n").next().unwrap().to_owned(), code.to_owned()))
            }
            None => before = part,
        }
    }
    blocks
}

fn without_spaces(code: &str) -> String {
    let code = code.replace("#[derive(Serialize, Deserialize, Checkpoint)]", "");
    // The compiler gives comments as attributes.
    let code: String = code.split_whitespace().collect();
    code.replace("#[doc=r\"", "///").replace("\"]", "")
}

#[test]
fn what_is_compiled_is_what_the_pages_show() {
    for Explained { rule, code, .. } in explained() {
        let shown: Vec<String> =
            blocks(&page(&rule), "rust").iter().map(|(_, code)| without_spaces(code)).collect();
        assert_eq!(shown, code.map(without_spaces), "{rule}");
    }
}

/// What the tool says where the page is not about a change alone, but about what the policy or older revisions
/// make of one, or where a change comes with another.
const OTHERS: &[(&str, &[&str])] = &[
    ("name-reused", &[]),
    ("round-trip-loss", &["field-added"]),
    ("acceptance-expired", &["required-field-removed"]),
    ("acceptance-unused", &["field-became-optional"]),
    ("drift-undecided", &["text-changed"]),
    ("map-keys-changed", &["map-keys-changed", "unknown-keys-refused"]),
    ("field-not-written", &["field-became-optional", "field-not-written"]),
    ("unknown-keys-refused", &["field-removed", "unknown-keys-refused"]),
];

#[test]
fn the_tool_says_of_each_example_what_its_page_is_about() {
    for Explained { rule, before, after, .. } in explained() {
        let told = told(&before, &after, [true, true]);
        let mut rules: Vec<&str> = told.changes.iter().map(|(rule, ..)| rule.as_str()).collect();
        rules.sort_unstable();
        let expected = OTHERS.iter().find(|(page, _)| *page == rule).map(|(_, rules)| rules.to_vec());
        assert_eq!(rules, expected.unwrap_or_else(|| vec![&rule]), "{rule}: {told:?}");
        let page = page(&rule);
        for (direction, answer) in [("backward", &told.backward), ("forward", &told.forward)] {
            let breaks = !matches!(answer, Answer::Safe | Answer::Undecided(_));
            if page.contains(&format!("Breaks **{direction}**."))
                || page.contains("Breaks **both** directions.")
            {
                assert!(breaks, "{rule}, {direction}: {answer:?}");
            }
            if page.contains("Safe in both directions") {
                assert!(matches!(answer, Answer::Safe), "{rule}, {direction}: {answer:?}");
            }
        }
        if rule == "drift-undecided" {
            assert!(matches!(told.backward, Answer::Undecided(_)), "{told:?}");
        }
    }
}

#[test]
fn the_document_on_a_page_is_refused_by_whom_the_page_says() {
    let mut refused = 0;
    for Explained { rule, before, after, .. } in explained() {
        let page = page(&rule);
        for (words, document) in blocks(&page, "json") {
            let document: Value = serde_json::from_str(&document).unwrap();
            let words = words.replace('\n', " ");
            let (writer, reader) = match words.as_str() {
                words if words.starts_with("Stored by a new worker") => (&after, &before),
                _ => (&before, &after),
            };
            assert!(writer.read(&document).is_ok(), "{rule}: {document}");
            let Some((_, why)) =
                words.split_once("refused by a new one").or(words.split_once("refused by an old one"))
            else {
                assert!(reader.read(&document).is_ok(), "{rule}: {document}");
                continue;
            };
            refused += 1;
            let error = reader.read(&document).unwrap_err();
            if let Some(why) = why.strip_prefix(" (") {
                let why = why.trim_end_matches([':', ')']);
                assert!(
                    error.reason().contains(why),
                    "{rule}: the page says {why}, and serde {}",
                    error.reason()
                );
            }
        }
    }
    assert!(refused >= 15, "{refused}");
}
