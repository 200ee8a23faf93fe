//! Why a PostgreSQL server could not be used, in words: what was tried, where, and the remedy, without the password.

use std::io::ErrorKind;

use sqlx::postgres::PgConnectOptions;

use crate::store::Error;
use crate::store::engine::dialect;

/// Host and port, as people write them.
pub(in crate::store) fn place(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => format!("the socket {}", socket.display()),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

/// Whether waiting a little may help: nobody answers yet, or the server is just starting.
pub(in crate::store) fn may_come(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}

/// `error`, said of the server of `options`.
pub(in crate::store) fn trouble(options: &PgConnectOptions, error: &sqlx::Error) -> Error {
    let (at, user) = (place(options), options.get_username());
    let database = options.get_database().unwrap_or(user);
    let said = dialect::said(error);
    match error {
        sqlx::Error::Io(error) => unreachable(&at, error),
        sqlx::Error::Tls(_) => Error::Refused(format!(
            "PostgreSQL at {at} and this program do not agree on TLS ({said}): see sslmode and sslrootcert in DATABASE_URL"
        )),
        sqlx::Error::Database(error) => by_code(&error.code().unwrap_or_default(), &at, user, database, &said),
        sqlx::Error::Protocol(_) => Error::Refused(format!(
            "what answers at {at} does not speak as PostgreSQL does ({said}): mend host and port in DATABASE_URL"
        )),
        _ => Error::Unreachable(format!("PostgreSQL at {at} cannot be used: {said}")),
    }
}

/// Nothing came back in time.
pub(in crate::store) fn silent(options: &PgConnectOptions) -> Error {
    let at = place(options);
    Error::Unreachable(format!(
        "nothing answers at {at} in time: see whether PostgreSQL runs there, whether a firewall lies between, and whether \
         DATABASE_URL names the right host and port"
    ))
}

fn unreachable(at: &str, error: &std::io::Error) -> Error {
    Error::Unreachable(match error.kind() {
        ErrorKind::ConnectionRefused => {
            format!(
                "no PostgreSQL answers at {at} (the connection is refused): start it, or mend host and port in DATABASE_URL"
            )
        }
        ErrorKind::NotFound => format!("there is no {at}: start PostgreSQL, or mend DATABASE_URL"),
        _ if error.to_string().contains("lookup") => {
            format!("the host of {at} is not known ({error}): mend DATABASE_URL, or the machine's DNS")
        }
        _ => format!("PostgreSQL at {at} cannot be reached ({error}): see whether it runs there, or mend DATABASE_URL"),
    })
}

fn by_code(code: &str, at: &str, user: &str, database: &str, said: &str) -> Error {
    match code {
        "28P01" | "28000" => Error::Refused(format!(
            "PostgreSQL at {at} does not let the user {user} in ({said}): mend user and password in DATABASE_URL, or \
             pg_hba.conf"
        )),
        "3D000" => Error::Refused(format!(
            "PostgreSQL at {at} has no database {database}: make it (`createdb {database}`), or mend DATABASE_URL"
        )),
        "42501" => Error::Refused(format!(
            "the user {user} may not do that in the database {database} ({said}): docs/OPERATIONS.md, \"PostgreSQL\", says \
             which rights are needed"
        )),
        "53300" => Error::Unreachable(format!(
            "PostgreSQL at {at} has no connection left ({said}): raise max_connections; each `serve` takes 17"
        )),
        "57P03" | "57P01" | "57P02" => {
            Error::Unreachable(format!("PostgreSQL at {at} is starting or stopping ({said}): wait, and start again"))
        }
        "08P01" if said.contains("startup parameter") => Error::Refused(format!(
            "the pooler at {at} takes no such session ({said}): let it ignore that parameter (ignore_startup_parameters), or \
             let DATABASE_URL lead to PostgreSQL itself"
        )),
        _ => Error::Refused(format!("PostgreSQL at {at} refuses ({said})")),
    }
}
