//! The cargo workspace around the tool.

use std::path::{Path, PathBuf};

use crate::could_not_run::CouldNotRun;

/// The cargo that runs this, or the one at hand.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// cargo decides what the root is, as for every other command.
pub(crate) fn workspace_root() -> Result<PathBuf, CouldNotRun> {
    let located = std::process::Command::new(cargo())
        .args(["locate-project", "--workspace", "--message-format", "plain"])
        .output()
        .map_err(|error| CouldNotRun(format!("cargo could not be started to find the workspace: {error}")))?;
    let manifest = String::from_utf8_lossy(&located.stdout);
    match Path::new(manifest.trim_end()).parent() {
        Some(root) if located.status.success() => Ok(root.to_owned()),
        _ => Err(CouldNotRun(
            "this is no cargo workspace: run the command inside one, or name the folder with `--schemas DIR`"
                .to_owned(),
        )),
    }
}

/// What `cargo metadata` tells of the workspace around the manifest, or around the current folder, as far as `T`
/// reads it; else why it tells nothing.
pub(crate) fn metadata<T: serde::de::DeserializeOwned>(manifest: Option<&Path>) -> Result<T, String> {
    let mut command = std::process::Command::new(cargo());
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    if let Some(manifest) = manifest {
        command.arg("--manifest-path").arg(manifest);
    }
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

/// Where cargo builds what is in the workspace.
pub(crate) fn target_dir() -> Result<PathBuf, CouldNotRun> {
    #[derive(serde::Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let metadata: Metadata = metadata(None)
        .map_err(|why| CouldNotRun(format!("`cargo metadata` does not tell the target folder: {why}")))?;
    Ok(metadata.target_directory)
}

/// Relative to the current folder where it lies below, since findings print paths.
pub(crate) fn shorten(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path)
}
