//! A connection to the database, by each driver.

use std::time::Duration;

use checkpoint_schema::driver;
use diesel::{Connection as _, PgConnection};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio_postgres::NoTls;

/// A worker that hangs, or whose host is lost, is not to hold its row: the server ends a transaction that does nothing,
/// and notices soon that nobody is there. As a parameter of the URL, which every driver takes.
const LIMITS: &str = "options=-c%20idle_in_transaction_session_timeout%3D10s%20-c%20tcp_keepalives_idle%3D10\
                      %20-c%20tcp_keepalives_interval%3D5%20-c%20tcp_keepalives_count%3D3";

/// The URL, with the limits.
fn limited(url: &str) -> String {
    format!("{url}{}{LIMITS}", if url.contains('?') { '&' } else { '?' })
}

/// A pool of sqlx.
///
/// # Errors
///
/// The driver's: a URL that is none, a server that does not let us in.
pub async fn sqlx(url: &str) -> Result<PgPool, driver::sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(4).acquire_timeout(Duration::from_secs(5));
    Ok(pool.connect(&limited(url)).await?)
}

/// A client of tokio-postgres. Its connection runs on the runtime, until the client is dropped.
///
/// # Errors
///
/// The driver's: a URL that is none, a server that does not let us in.
pub async fn tokio_postgres(url: &str) -> Result<tokio_postgres::Client, driver::tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(&limited(url), NoTls).await?;
    // What goes wrong there, the client is told, too.
    tokio::spawn(async { drop(connection.await) });
    Ok(client)
}

/// A client of postgres.
///
/// # Errors
///
/// The driver's: a URL that is none, a server that does not let us in.
pub fn postgres(url: &str) -> Result<postgres::Client, driver::postgres::Error> {
    Ok(postgres::Client::connect(&limited(url), postgres::NoTls)?)
}

/// A connection of diesel.
///
/// # Errors
///
/// In words, libpq's: a URL that is none, a server that does not let us in.
pub fn diesel(url: &str) -> diesel::ConnectionResult<PgConnection> {
    PgConnection::establish(&limited(url))
}
