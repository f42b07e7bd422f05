//! `explain` and `rules`: what the findings mean.

use std::io::Write;

use crate::could_not_run::CouldNotRun;
use crate::rule::Rule;

/// Prints the page of one rule.
pub(crate) fn explain(id: &str) -> Result<(), CouldNotRun> {
    let Some(rule) = Rule::find(id) else {
        // Below this two words have little in common.
        let alike = |rule: &Rule| strsim::jaro_winkler(rule.id(), id);
        let near = Rule::ALL.iter().filter(|rule| alike(rule) > 0.8);
        let near = near.max_by(|a, b| alike(a).total_cmp(&alike(b)));
        let near = near.map(|near| format!("did you mean `{}`? ", near.id())).unwrap_or_default();
        return Err(CouldNotRun(format!(
            "there is no rule `{id}`: {near}`cargo xtask rules` lists them all"
        )));
    };
    let _ = writeln!(
        anstream::stdout(),
        "{} ({})\n\n{}",
        rule.id(),
        rule.severity().name(),
        rule.page().trim_end()
    );
    Ok(())
}

/// Lists every rule with its title.
pub(crate) fn rules() {
    let mut out = anstream::stdout().lock();
    for rule in Rule::ALL {
        let _ = writeln!(out, "{:<26} {:<8} {}", rule.id(), rule.severity().name(), rule.title());
    }
}
