//! A connection to the database, by each driver.

use checkpoint_schema::driver;
use diesel::{Connection as _, PgConnection};
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio_postgres::NoTls;

/// A pool of sqlx.
///
/// # Errors
///
/// The driver's: a URL that is none, a server that does not let us in.
pub async fn sqlx(url: &str) -> Result<PgPool, driver::sqlx::Error> {
    Ok(PgPoolOptions::new().max_connections(4).connect(url).await?)
}

/// A client of tokio-postgres. Its connection runs on the runtime, until the client is dropped.
///
/// # Errors
///
/// The driver's: a URL that is none, a server that does not let us in.
pub async fn tokio_postgres(url: &str) -> Result<tokio_postgres::Client, driver::tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
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
    Ok(postgres::Client::connect(url, postgres::NoTls)?)
}

/// A connection of diesel.
///
/// # Errors
///
/// In words, libpq's: a URL that is none, a server that does not let us in.
pub fn diesel(url: &str) -> diesel::ConnectionResult<PgConnection> {
    PgConnection::establish(url)
}
