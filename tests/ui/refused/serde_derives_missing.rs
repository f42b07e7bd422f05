use checkpoint_schema::Checkpoint;

#[derive(Checkpoint)]
#[checkpoint(job = "github", version = 1)]
struct GithubCheckpoint {
    cursor: String,
}

fn main() {
    let _ = GithubCheckpoint::fields().cursor();
}
