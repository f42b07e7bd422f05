//! The Jira job, on tokio-postgres: syncs the issues updated since the last run, project by project.
//!
//! A run takes a window of whole minutes, since JQL knows no seconds: from where the last one ended to the minute before
//! the service's present one, whose updates its index may not know yet. JQL reads dates in the time zone of the account's
//! profile: that must be UTC. Each page is one transaction: its issues, and the offset after it. Pages by offset move when an
//! issue leaves the window, because it is updated meanwhile: so each page begins with the last issue of the one
//! before, and where that is another one, the project is read again. An issue counts once for each of its updates.

use checkpoint_schema::driver::Claim;
use checkpoint_schema::{Checkpoint, JobTable, Timestamp, Update};
use checkpoint_schemas::JiraCheckpoint;
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio_postgres::Client as Database;

use crate::connect;
use crate::http::Client;
use crate::settings::{Settings, Stop};

const PAGE: u32 = 20;

/// Of `updated`, with its offset.
const DATE: &str = "%Y-%m-%dT%H:%M:%S%.3f%z";

struct Worker<'a> {
    settings: &'a Settings,
    database: Database,
    claim: Claim<JiraCheckpoint>,
    http: Client,
}

/// Syncs what was updated since the last run, or goes on with a run that was begun.
///
/// # Errors
///
/// Why it does not go on; what was done until then is stored.
pub async fn run(settings: &Settings) -> Result<(), Stop> {
    let database = connect::tokio_postgres(&settings.database_url).await?;
    let jobs = JobTable::default();
    let claim = loop {
        match jobs.claim(settings.lease).id(settings.row).execute(&database).await? {
            Some(claim) => break claim,
            None => tokio::time::sleep(settings.turn()).await,
        }
    };
    let mut worker = Worker { settings, database, claim, http: Client::new()? };
    worker.window().await?;
    worker.claim.release().execute(&worker.database).await?;
    Ok(())
}

impl Worker<'_> {
    async fn window(&mut self) -> Result<(), Stop> {
        let f = JiraCheckpoint::fields();
        let stored = self.claim.stored().document().cloned();
        let mut at = match stored {
            Some(at) if at.last_jql.is_some() => {
                println!("jira: goes on, after {} issues", at.total_issues_processed);
                at
            }
            stored => {
                let from = stored.map_or(Timestamp::UNIX_EPOCH, |at| at.last_sync_date);
                let server: ServerInfo = self.get("serverInfo", &[]).await?;
                let now = date(&server.server_time)?;
                let to = (now - TimeDelta::minutes(1)).duration_trunc(TimeDelta::minutes(1));
                let to = to.map_err(|error| Stop::Failed(error.into()))?;
                let jql = format!("updated >= '{}' AND updated < '{}'", minute(*from), minute(to));
                println!("jira: begins {jql}");
                let changes = [
                    f.last_sync_date().set_default(from),
                    f.last_issue_key().set_default(""),
                    f.last_jql().some().set(jql),
                ];
                self.step(&[], |_| changes.into()).await?
            }
        };
        let projects: Vec<Project> = self.get("project", &[]).await?;
        let left = |at: &JiraCheckpoint| {
            let mut keys = projects.iter().map(|project| project.key.as_str());
            let begun = keys.clone().find(|key| at.current_project.as_deref() == Some(key));
            begun
                .or_else(|| keys.find(|key| !at.projects_processed.iter().any(|done| done == key)))
                .map(str::to_owned)
        };
        while let Some(project) = left(&at) {
            if at.current_project.as_ref() != Some(&project) {
                at = self
                    .step(&[], |_| {
                        Update::from([f.current_project().some().set(project.as_str()), f.start_at().set(0)])
                    })
                    .await?;
            }
            while let Some(next) = self.page(&project, &at).await? {
                at = next;
            }
            at = self
                .step(&[], |_| {
                    Update::from([
                        f.projects_processed().push_unique(project.as_str()),
                        f.current_project().unset(),
                        f.start_at().set(0),
                    ])
                })
                .await?;
            println!("jira: {project} is done, {} issues in all", at.total_issues_processed);
        }
        let jql = at.last_jql.unwrap_or_default();
        let end =
            jql.rsplit_once("updated < '").and_then(|(_, end)| end.strip_suffix('\'')).unwrap_or_default();
        let end = chrono::NaiveDateTime::parse_from_str(end, "%Y-%m-%d %H:%M");
        let end = end.map_err(|error| Stop::Failed(format!("last_jql {jql:?}: {error}").into()))?.and_utc();
        let done = [
            f.last_sync_date().advance(Timestamp::from(end)),
            f.projects_processed().set(Vec::<String>::new()),
            f.last_jql().unset(),
            f.batch_number().increment(1),
        ];
        self.step(&[], |_| done.into()).await.map(drop)
    }

    /// A page of a project; `None` if there are no more.
    async fn page(&mut self, project: &str, at: &JiraCheckpoint) -> Result<Option<JiraCheckpoint>, Stop> {
        let f = JiraCheckpoint::fields();
        let window = at.last_jql.as_deref().unwrap_or_default();
        let jql = format!("project = \"{project}\" AND {window} ORDER BY updated ASC, key ASC");
        let overlap = at.start_at.min(1);
        let start_at = (at.start_at - overlap).to_string();
        let max_results = (u64::from(at.max_results.unwrap_or(PAGE).max(1)) + overlap).to_string();
        let query = [("jql", jql.as_str()), ("startAt", &start_at), ("maxResults", &max_results)];
        let mut page: Page = self.get("search", &query).await?;
        if overlap == 1 {
            if page.issues.first().is_none_or(|first| first.key != at.last_issue_key) {
                println!("jira: {project} has moved, and is read again");
                return self.step(&[], |_| f.start_at().set(0).into()).await.map(Some);
            }
            page.issues.remove(0);
        }
        let Some(last) = page.issues.last().map(|issue| issue.key.clone()) else { return Ok(None) };
        let end = page.start_at + overlap + page.issues.len() as u64;
        self.step(&page.issues, |new| {
            Update::from([
                f.start_at().set(end),
                f.last_issue_key().set(last),
                f.total_issues_processed().increment(new),
            ])
        })
        .await
        .map(Some)
    }

    /// Stores issues, and in the same transaction how far the job has come. The changes are told how many of the
    /// issues were stored for the first time in this state.
    async fn step(
        &mut self,
        issues: &[Issue],
        changes: impl FnOnce(u64) -> Update<JiraCheckpoint>,
    ) -> Result<JiraCheckpoint, Stop> {
        let transaction = self.database.transaction().await?;
        let (keys, updates): (Vec<&str>, Vec<&str>) =
            issues.iter().map(|issue| (issue.key.as_str(), issue.fields.updated.as_str())).unzip();
        let insert = "INSERT INTO items (job, item, state) \
                      SELECT 'jira', * FROM unnest($1::text[], $2::text[]) \
                      ON CONFLICT (job, item) DO UPDATE SET times = items.times + 1, state = EXCLUDED.state \
                      WHERE items.state IS DISTINCT FROM EXCLUDED.state";
        let new = transaction.execute(insert, &[&keys, &updates]).await?;
        let stored = self.claim.update(changes(new)).fetch(&transaction).await?;
        transaction.commit().await?;
        self.settings.succeeded();
        stored.into_option().ok_or_else(|| Stop::Failed("the checkpoint is gone".into()))
    }

    async fn get<T: DeserializeOwned>(&self, what: &str, query: &[(&str, &str)]) -> Result<T, Stop> {
        let url = format!("{}/rest/api/2/{what}", self.settings.api);
        let renew = |pause| async move {
            self.claim.renew_for(pause).execute(&self.database).await.map_err(Stop::from)
        };
        Ok(self.http.get(&url, query, renew).await?)
    }
}

fn minute(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M").to_string()
}

fn date(text: &str) -> Result<DateTime<Utc>, Stop> {
    let date = DateTime::parse_from_str(text, DATE);
    date.map(Into::into).map_err(|error| Stop::Failed(format!("Jira's date {text:?}: {error}").into()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServerInfo {
    server_time: String,
}

#[derive(Deserialize)]
struct Project {
    key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    start_at: u64,
    issues: Vec<Issue>,
}

#[derive(Deserialize)]
struct Issue {
    key: String,
    fields: Fields,
}

#[derive(Deserialize)]
struct Fields {
    updated: String,
}
