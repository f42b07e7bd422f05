//! One stored document, for what updates of checkpoint-schema do to it.

use checkpoint_schema::{FieldError, Statement};
use postgres::Client;
use serde_json::Value;

use crate::postgres::Server;
use crate::statements::{borrowed, bound};

/// A table `law` with one row, whose column is `document`.
pub struct Row {
    client: Client,
    store: postgres::Statement,
    sql_null: bool,
    stored: usize,
}

impl Row {
    /// In it, the document is absent.
    ///
    /// # Panics
    ///
    /// If the server does not take it.
    pub fn new(server: &Server) -> Self {
        let mut client = server.connect();
        client
            .batch_execute("CREATE TEMPORARY TABLE law (document jsonb); INSERT INTO law VALUES (NULL)")
            .expect("a table");
        let store = client.prepare("UPDATE law SET document = $1::text::jsonb").expect("a statement");
        Self { client, store, sql_null: false, stored: 0 }
    }

    /// Stores the document. `null` is stored as SQL NULL and as JSON `null` in turn.
    ///
    /// # Panics
    ///
    /// If the server does not take it.
    pub fn store(&mut self, document: &Value) {
        self.sql_null = document.is_null() && !self.sql_null;
        let text = (!self.sql_null).then(|| document.to_string());
        // Nobody else vacuums a temporary table, and each update leaves a dead row to step over.
        self.stored += 1;
        if self.stored.is_multiple_of(250) {
            self.client.batch_execute("VACUUM law").expect("it is vacuumed");
        }
        self.client.execute(&self.store, &[&text]).expect("it is stored");
    }

    /// Does the document meet this condition on the column `document`?
    ///
    /// # Panics
    ///
    /// If the server refuses the condition.
    pub fn meets(&mut self, condition: &Statement) -> bool {
        let text = format!("SELECT ({}) IS TRUE FROM law", condition.text());
        let params = bound(condition.params());
        self.client.query_one(&text, &borrowed(&params)).expect("it is asked").get(0)
    }

    /// The document after an update to this expression over the column `document`, or our error.
    ///
    /// # Errors
    ///
    /// Every other error of the server, with what was sent.
    pub fn update(&mut self, statement: &Statement) -> Result<Result<Value, FieldError>, String> {
        let text = format!("UPDATE law SET document = {} RETURNING document::text", statement.text());
        let params = bound(statement.params());
        match self.client.query_one(&text, &borrowed(&params)) {
            Ok(row) => {
                let text: Option<String> = row.get(0);
                Ok(Ok(text.map_or(Value::Null, |text| serde_json::from_str(&text).expect("JSON"))))
            }
            Err(error) => {
                let told = error
                    .as_db_error()
                    .map(|error| (error.code().code().to_owned(), error.message().to_owned()));
                match told {
                    Some((code, message)) if code == "22023" => match FieldError::from_postgres(&message) {
                        Some(error) => Ok(Err(error)),
                        None => Err(format!("{message}\n{text}")),
                    },
                    _ => Err(format!("{error:?}\n{text}\n{params:?}")),
                }
            }
        }
    }

    /// The document as it is stored; `null` where it is absent.
    ///
    /// # Panics
    ///
    /// If the server does not tell it.
    pub fn stored(&mut self) -> Value {
        let row = self.client.query_one("SELECT document::text FROM law", &[]).expect("a row");
        let text: Option<String> = row.get(0);
        text.map_or(Value::Null, |text| serde_json::from_str(&text).expect("JSON"))
    }

    /// The connection, for what else is done with it.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }
}
