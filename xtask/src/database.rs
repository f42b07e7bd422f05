//! The connection to a PostgreSQL server, encrypted as libpq would, and its errors in words.

use std::env;
use std::error::Error as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use postgres::config::{Host, SslMode};
use postgres::{Client, Config, Error, NoTls};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::could_not_run::{CouldNotRun, cannot};

/// Connects to the server of the URL, or of `DATABASE_URL`, as the program of this name.
///
/// # Errors
///
/// In words without the URL, which may have a password.
pub(crate) fn connect(url: Option<&str>, program: &str) -> Result<Client, CouldNotRun> {
    let from_environment = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let Some(url) = url.map(str::to_owned).or_else(|| from_environment("DATABASE_URL")) else {
        return Err(CouldNotRun(
            "no database is named: give `--database-url URL`, or set DATABASE_URL".to_owned(),
        ));
    };
    // The driver knows neither the certificates nor the modes that check them.
    let (url, mode) = without_option(&url, "sslmode");
    let (url, roots) = without_option(&url, "sslrootcert");
    let mode = Mode::of(mode.or_else(|| from_environment("PGSSLMODE")).as_deref())?;
    let roots = roots.or_else(|| from_environment("PGSSLROOTCERT"));
    let mut config: Config = url.parse().map_err(|error| {
        CouldNotRun(format!(
            "the URL of the database cannot be read: {}; write it as `postgresql://user@host:5432/database`",
            words_of_url(&error)
        ))
    })?;
    config.ssl_mode(mode.of_driver());
    if config.get_application_name().is_none() {
        config.application_name(program);
    }
    let place = place(&config)?;
    let connected = match mode {
        Mode::Disable => config.connect(NoTls),
        _ => config.connect(MakeRustlsConnect::new(tls(mode, roots.as_deref())?)),
    };
    connected
        .map_err(|error| CouldNotRun(format!("cannot connect to the database{place}: {}", words(&error))))
}

/// Where the server is, in words.
fn place(config: &Config) -> Result<String, CouldNotRun> {
    let mut places = Vec::new();
    for (at, host) in config.get_hosts().iter().enumerate() {
        let host = match host {
            Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            Host::Unix(folder) => folder.display().to_string(),
        };
        if host.contains('@') {
            // What was taken for the host is the end of the password.
            return Err(CouldNotRun(
                "the URL of the database cannot be read: it has more than one `@`; write one in a password as `%40`"
                    .to_owned(),
            ));
        }
        // One port is that of all hosts.
        let ports = config.get_ports();
        let port = ports.get(at).or(ports.first()).unwrap_or(&5432);
        places.push(format!("{host}, port {port}"));
    }
    Ok(if places.is_empty() { String::new() } else { format!(" at {}", places.join("; ")) })
}

/// `sslmode`, as libpq has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Disable,
    /// Encrypted if the server can.
    Prefer,
    /// Encrypted, whoever the server is; with a root certificate as `verify-ca`.
    Require,
    /// The server's certificate is signed by a root.
    VerifyCa,
    /// And is that of its host.
    VerifyFull,
}

impl Mode {
    fn of(name: Option<&str>) -> Result<Self, CouldNotRun> {
        Ok(match name {
            None | Some("prefer" | "allow") => Mode::Prefer,
            Some("disable") => Mode::Disable,
            Some("require") => Mode::Require,
            Some("verify-ca") => Mode::VerifyCa,
            Some("verify-full") => Mode::VerifyFull,
            Some(_) => {
                return Err(CouldNotRun(
                    "the `sslmode` is not known: it is `disable`, `prefer`, `require`, `verify-ca` or \
                     `verify-full`"
                        .to_owned(),
                ));
            }
        })
    }

    fn of_driver(self) -> SslMode {
        match self {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        }
    }
}

fn tls(mode: Mode, roots: Option<&str>) -> Result<ClientConfig, CouldNotRun> {
    let provider = Arc::new(ring::default_provider());
    let cannot_begin = |error: rustls::Error| CouldNotRun(format!("TLS cannot be set up: {error}"));
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(cannot_begin)?;
    let verifier: Arc<dyn ServerCertVerifier> = match (mode, roots) {
        (Mode::Disable | Mode::Prefer, _) | (Mode::Require, None) => Arc::new(Anybody(provider)),
        (Mode::Require | Mode::VerifyCa, roots) => Arc::new(AnyHost(by_roots(roots, provider)?)),
        (Mode::VerifyFull, roots) => by_roots(roots, provider)?,
    };
    Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
}

/// Verifies by the certificates of a file; by those of the system without one, or where it is `system`.
fn by_roots(
    roots: Option<&str>,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, CouldNotRun> {
    let mut store = RootCertStore::empty();
    match roots.filter(|roots| *roots != "system") {
        Some(file) => {
            let path = Path::new(file);
            let bytes = fs::read(path).map_err(|error| cannot("read", path, &error))?;
            for certificate in CertificateDer::pem_slice_iter(&bytes) {
                let added = certificate.map_err(|error| error.to_string());
                let added = added.and_then(|it| store.add(it).map_err(|error| error.to_string()));
                added.map_err(|why| CouldNotRun(format!("{file} has no root certificate: {why}")))?;
            }
        }
        None => {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider).build().map_err(|error| {
        CouldNotRun(format!(
            "there are no root certificates to check the server by: {error}; name some with `sslrootcert`"
        ))
    })
}

/// Takes any certificate: what is sent is encrypted, and nobody knows to whom. That is what libpq does without a
/// root certificate, up to `sslmode=require`.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Takes a certificate that a root has signed, whatever host it names: `verify-ca`.
#[derive(Debug)]
struct AnyHost(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyHost {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match self.0.verify_server_cert(certificate, between, name, ocsp, now) {
            // The name is looked at last.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// A URL or a list of `key=value` without one of its options, and the value of that option.
fn without_option(url: &str, name: &str) -> (String, Option<String>) {
    let is_url = url.starts_with("postgresql://") || url.starts_with("postgres://");
    if is_url {
        let Some((before, options)) = url.split_once('?') else { return (url.to_owned(), None) };
        let (mut kept, mut value) = (Vec::new(), None);
        for option in options.split('&') {
            match option.split_once('=') {
                Some((key, found)) if key == name => value = Some(percent_decoded(found)),
                _ => kept.push(option),
            }
        }
        let separator = if kept.is_empty() { "" } else { "?" };
        return (format!("{before}{separator}{}", kept.join("&")), value);
    }
    let (mut kept, mut value, mut rest) = (String::new(), None, url.trim_start());
    while let Some((key, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let (length, text) = value_of(after);
        let whole = &rest[..rest.len() - after.len() + length];
        if key.trim() == name {
            value = Some(text);
        } else {
            kept += whole;
            kept.push(' ');
        }
        rest = after[length..].trim_start();
    }
    (kept + rest, value)
}

/// The value at the beginning of `text`, and how many bytes stand for it (libpq, 32.1.1.1).
fn value_of(text: &str) -> (usize, String) {
    let quoted = text.starts_with('\'');
    let (mut value, mut escaped) = (String::new(), false);
    for (at, character) in text.char_indices().skip(usize::from(quoted)) {
        match character {
            _ if escaped => {
                value.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            '\'' if quoted => return (at + 1, value),
            blank if !quoted && blank.is_whitespace() => return (at, value),
            other => value.push(other),
        }
    }
    (text.len(), value)
}

fn percent_decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The driver names an option that it does not know; it may be the end of a password with a space.
fn words_of_url(error: &Error) -> String {
    match words(error) {
        words if words.contains("unknown option") => {
            "it has an option that is not known; a value with a space needs quotes".to_owned()
        }
        words => words,
    }
}

/// What the server says; it never quotes a row in its message, only in its detail, and that is left out. What
/// triggers and constraints raise is another matter.
pub(crate) fn words(error: &Error) -> String {
    if let Some(told) = error.as_db_error() {
        return format!("{} (SQLSTATE {})", told.message(), told.code().code());
    }
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words += &format!(": {inner}");
        source = inner.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::without_option;

    #[test]
    fn an_option_is_taken_out_of_a_url_and_of_pairs_and_the_rest_stays() {
        for (url, rest, value) in [
            ("postgresql://u:p@h/x", "postgresql://u:p@h/x", None),
            ("postgresql://u:p@h/x?sslmode=verify-full", "postgresql://u:p@h/x", Some("verify-full")),
            ("postgres:///x?host=/tmp&sslmode=a%2fb&user=u", "postgres:///x?host=/tmp&user=u", Some("a/b")),
            ("host=h sslmode = require user=u", "host=h user=u ", Some("require")),
            (r"password='a sslmode=b\' c' sslmode='x y'", r"password='a sslmode=b\' c' ", Some("x y")),
            ("host=h", "host=h ", None),
            ("host", "host", None),
        ] {
            let (found_rest, found) = without_option(url, "sslmode");
            assert_eq!((found_rest.as_str(), found.as_deref()), (rest, value), "{url}");
        }
    }
}
