//! The GitHub job, on sqlx: pages through the pull requests of each repository, and through the commits, reviews and
//! comments of each pull request.
//!
//! Each page is one transaction: its items, and the cursor after it. So it does not matter at which moment the worker
//! is killed: what is stored and where to go on are always of the same moment, and each item is handled once. (A
//! repository that was renamed is another one, and read from its start.)
//!
//! The queries are named, not written out: the local service reads no more. GitHub itself throttles by status 403 and by
//! errors of the type `RATE_LIMITED`, too, which a worker of its own has to know.

use checkpoint_schema::driver::Claim;
use checkpoint_schema::patterns::Batches;
use checkpoint_schema::{Change, Checkpoint, JobTable, Update};
use checkpoint_schemas::GithubCheckpoint;
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};

use crate::connect;
use crate::http::Client;
use crate::settings::{Settings, Stop};

const PAGE: u32 = 10;

struct Worker<'a> {
    settings: &'a Settings,
    pool: PgPool,
    claim: Claim<GithubCheckpoint>,
    http: Client,
}

/// Syncs every repository, from where the checkpoint says.
///
/// # Errors
///
/// Why it does not go on; what was done until then is stored.
pub async fn run(settings: &Settings) -> Result<(), Stop> {
    let pool = connect::sqlx(&settings.database_url).await?;
    let jobs = JobTable::default();
    let claim = loop {
        match jobs.claim(settings.lease).id(settings.row).execute(&pool).await? {
            Some(claim) => break claim,
            None => tokio::time::sleep(settings.turn()).await,
        }
    };
    let worker = Worker { settings, pool, claim, http: Client::new()? };
    worker.repositories().await?;
    worker.claim.release().execute(&worker.pool).await?;
    Ok(())
}

impl Worker<'_> {
    async fn repositories(&self) -> Result<(), Stop> {
        let f = GithubCheckpoint::fields();
        let batches = Batches::at(f.batch_number(), f.total_prs_processed(), f.recovery_mode());
        let mut names = self.names().await?;
        let before = self.claim.stored().document();
        if let Some(before) = before {
            if !before.current_repository.is_empty() && !names.contains(&before.current_repository) {
                println!("github: {} is there no more", before.current_repository);
                self.step(&[], Update::from(self.nowhere()).and_all(batches.complete())).await?;
            }
            names.retain(|name| !before.repositories_processed.contains(name));
            // What was begun comes first.
            names.sort_by_key(|name| *name != before.current_repository);
        }
        for name in names {
            let mut at = match before {
                Some(before) if before.current_repository == name => {
                    println!(
                        "github: goes on with {name}, after {} pull requests",
                        before.total_prs_processed
                    );
                    before.clone()
                }
                _ => {
                    println!("github: begins {name}");
                    let changes = [
                        f.current_repository().set(name.as_str()),
                        f.last_pr_cursor().set(""),
                        batches.enter(),
                    ];
                    self.step(&[], changes).await?
                }
            };
            while let Some(next) = self.pull_requests(at).await? {
                at = next;
            }
            let complete = batches
                .complete()
                .and(f.repositories_processed().push_unique(name.as_str()))
                .and_all(self.nowhere());
            let at = self.step(&[], complete).await?;
            println!("github: {name} is done, {} pull requests in all", at.total_prs_processed);
        }
        Ok(())
    }

    /// Between two repositories.
    fn nowhere(&self) -> [Change<GithubCheckpoint>; 6] {
        let f = GithubCheckpoint::fields();
        [
            f.current_repository().set(""),
            f.last_pr_cursor().set(""),
            f.current_pr_node_id().unset(),
            f.last_commit_cursor().unset(),
            f.last_review_cursor().unset(),
            f.last_comment_cursor().unset(),
        ]
    }

    async fn names(&self) -> Result<Vec<String>, Stop> {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let answer = self.ask("Repositories", json!({ "first": PAGE, "after": after })).await?;
            let page = connection(&answer, "/viewer/repositories")?;
            names.extend(page.edges.into_iter().filter_map(|edge| edge.node.name));
            match page.page_info {
                PageInfo { has_next_page: true, end_cursor } => after = end_cursor,
                _ => return Ok(names),
            }
        }
    }

    /// A page of pull requests; `None` if there are no more.
    async fn pull_requests(&self, mut at: GithubCheckpoint) -> Result<Option<GithubCheckpoint>, Stop> {
        let f = GithubCheckpoint::fields();
        let after = Some(&at.last_pr_cursor).filter(|cursor| !cursor.is_empty());
        let variables = json!({ "name": at.current_repository, "first": PAGE, "after": after });
        let answer = self.ask("PullRequests", variables).await?;
        let page = connection(&answer, "/repository/pullRequests")?;
        for Edge { cursor, node } in page.edges {
            if at.current_pr_node_id.as_ref() != Some(&node.id) {
                at = self
                    .step(
                        &[],
                        [
                            f.current_pr_node_id().some().set(node.id.as_str()),
                            f.last_commit_cursor().unset(),
                            f.last_review_cursor().unset(),
                            f.last_comment_cursor().unset(),
                        ],
                    )
                    .await?;
            }
            let (commit, review, comment) =
                (f.last_commit_cursor(), f.last_review_cursor(), f.last_comment_cursor());
            self.parts("Commits", "commits", &node, at.last_commit_cursor, |to| commit.some().set(to))
                .await?;
            self.parts("Reviews", "reviews", &node, at.last_review_cursor, |to| review.some().set(to))
                .await?;
            self.parts("Comments", "comments", &node, at.last_comment_cursor, |to| comment.some().set(to))
                .await?;
            // It is done with all its parts: the next run begins after it.
            at = self
                .step(
                    &[node.id],
                    [
                        f.last_pr_cursor().set(cursor),
                        f.total_prs_processed().increment(1),
                        f.current_pr_node_id().unset(),
                        f.last_commit_cursor().unset(),
                        f.last_review_cursor().unset(),
                        f.last_comment_cursor().unset(),
                    ],
                )
                .await?;
        }
        Ok(page.page_info.has_next_page.then_some(at))
    }

    /// The commits, reviews or comments of a pull request that come after the cursor.
    async fn parts(
        &self,
        operation: &str,
        name: &str,
        pull_request: &Node,
        mut after: Option<String>,
        move_to: impl Fn(&str) -> Change<GithubCheckpoint>,
    ) -> Result<(), Stop> {
        loop {
            let variables = json!({ "id": pull_request.id, "first": PAGE, "after": after });
            let page = connection(&self.ask(operation, variables).await?, &format!("/node/{name}"))?;
            let ids: Vec<String> = page.edges.into_iter().map(|edge| edge.node.id).collect();
            if let Some(end) = &page.page_info.end_cursor {
                self.step(&ids, move_to(end)).await?;
            }
            match page.page_info {
                PageInfo { has_next_page: true, end_cursor } => after = end_cursor,
                _ => return Ok(()),
            }
        }
    }

    /// Stores items, and in the same transaction how far the job has come.
    async fn step(
        &self,
        items: &[String],
        changes: impl Into<Update<GithubCheckpoint>>,
    ) -> Result<GithubCheckpoint, Stop> {
        let mut transaction = self.pool.begin().await?;
        store(&mut transaction, items).await?;
        let stored = self.claim.update(changes).fetch(&mut transaction).await?;
        transaction.commit().await?;
        self.settings.succeeded();
        stored.into_option().ok_or_else(|| Stop::Failed("the checkpoint is gone".into()))
    }

    async fn ask(&self, operation: &str, variables: Value) -> Result<Value, Stop> {
        let query = json!({ "query": format!("query {operation}"), "variables": variables });
        let url = format!("{}/graphql", self.settings.api);
        let renew =
            |pause| async move { self.claim.renew_for(pause).execute(&self.pool).await.map_err(Stop::from) };
        let answer: Value = self.http.post(&url, &query, renew).await?;
        match answer.pointer("/errors/0/message") {
            Some(message) => Err(Stop::Failed(format!("GitHub: {message}").into())),
            None => Ok(answer),
        }
    }
}

async fn store(connection: &mut PgConnection, items: &[String]) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO items (job, item) SELECT 'github', unnest($1::text[]) \
                  ON CONFLICT (job, item) DO UPDATE SET times = items.times + 1";
    sqlx::query(insert).bind(items).execute(connection).await.map(drop)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection {
    edges: Vec<Edge>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct Edge {
    cursor: String,
    node: Node,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    end_cursor: Option<String>,
    has_next_page: bool,
}

fn connection(answer: &Value, place: &str) -> Result<Connection, Stop> {
    let found = answer.pointer(&format!("/data{place}")).cloned().unwrap_or_default();
    serde_json::from_value(found).map_err(|error| Stop::Failed(format!("GitHub, {place}: {error}").into()))
}
