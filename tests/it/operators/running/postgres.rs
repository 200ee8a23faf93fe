//! PostgreSQL as administrators run it: a role that may change rows alone, and poolers of both kinds.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::ConnectOptions;
use switchboard::store::sql::{query, query_scalar};
use switchboard::store::{self, Job, Opening, State, Store, Tx};
use tempfile::TempDir;

use super::super::looking::run;
use crate::databases;
use crate::house::House;
use crate::processes::{PATIENCE, free_port, until};

/// A role of its own in a database; gone with this value.
struct Clerk {
    owner: String,
    name: String,
}

impl Clerk {
    /// May read and change rows, and nothing else.
    async fn of(owner: &str) -> Clerk {
        let name = format!("clerk_{}", owner.rsplit('/').next().unwrap());
        run(
            owner,
            &format!(
                "CREATE ROLE {name} LOGIN PASSWORD 'tide'; REVOKE CREATE ON SCHEMA public FROM PUBLIC; \
                 GRANT USAGE ON SCHEMA public TO {name}; \
                 GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"
            ),
        )
        .await;
        Clerk { owner: owner.to_owned(), name }
    }

    fn url(&self) -> String {
        let (_, rest) = self.owner.rsplit_once('@').unwrap();
        format!("postgres://{}:tide@{rest}", self.name)
    }

    async fn leaves(self) {
        run(&self.owner, &format!("DROP OWNED BY {0}; DROP ROLE {0}", self.name)).await;
    }
}

#[tokio::test]
async fn a_role_that_may_create_nothing_serves_an_up_to_date_schema() {
    let database = databases::postgres().await;
    Store::open(&database.url).await.unwrap().close().await;
    let clerk = Clerk::of(&database.url).await;
    {
        let house = House::on(databases::lent(clerk.url())).await;
        house.customer(1).texts("Do you rent kayaks?").await;
        assert_eq!(house.messages().await, ["relayed Do you rent kayaks?"]);
        house.replies_on_web(&house.pinned().await, house.conversation().await, "Yes, from 9 to 5.").await;
        assert_eq!(house.customer(1).received().last().unwrap().body, "Yes, from 9 to 5.");
        assert!(house.desk.store.join(house.clock.now()).await.is_ok(), "a node can be announced");
        house.is_left_tidy();
        house.desk.store.close().await;
    }
    run(&database.url, "DELETE FROM _sqlx_migrations WHERE version = 20").await;
    let said = Store::open(&clerk.url()).await.map(drop).unwrap_err().to_string();
    assert!(said.contains("this user may not change it") && said.contains("switchboard migrate"), "{said}");
    assert!(!said.contains("at line"), "{said}");
    clerk.leaves().await;
}

/// A pooler before the server of the tests; ended with this value.
struct Pooler {
    process: Child,
    port: u16,
    // Its files, while it runs.
    _folder: TempDir,
}

impl Pooler {
    async fn with(settings: &str) -> Pooler {
        let server: sqlx::postgres::PgConnectOptions =
            std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL names a server").parse().unwrap();
        let password = std::env::var("TEST_POSTGRES_URL").unwrap();
        let password = password.split(['@']).next().unwrap().rsplit(':').next().unwrap().to_owned();
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let file = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host={} port={} user={} password={password}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nauth_type = any\nunix_socket_dir =\nmax_client_conn = 100\ndefault_pool_size = 40\n{settings}\n",
            server.get_host(),
            server.get_port(),
            server.get_username()
        );
        fs::write(&file, text).unwrap();
        // It refuses to run as root, and then must be able to read its file as somebody else.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new("pgbouncer");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin:/usr/local/sbin"));
        if fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.args(["-u", "nobody"]);
        }
        command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("pgbouncer is installed; scripts/test does so");
        until("the pooler listens", async || tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
        Pooler { process, port, _folder: folder }
    }

    /// `url` by way of it.
    fn before(&self, url: &str) -> String {
        let (_, name) = url.rsplit_once('/').unwrap();
        format!("postgres://anybody:x@127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn a_pooler_that_lends_whole_sessions_is_served_through() {
    let database = databases::postgres().await;
    let pooler = Pooler::with("pool_mode = session").await;
    let url = pooler.before(&database.url);
    let house = House::on(databases::lent(url.clone())).await;
    house.customer(1).texts("Do you rent kayaks?").await;
    assert_eq!(house.messages().await, ["relayed Do you rent kayaks?"]);
    let node = house.desk.store.join(house.clock.now()).await.unwrap();
    assert_eq!(house.desk.store.living().await.unwrap(), [node]);
    assert!(house.desk.store.stay(node).await.unwrap());
    assert_eq!(house.words("SELECT current_setting('jit')").await, ["off"], "settings are made after connecting");
    assert_eq!(Store::state(&url).await.unwrap(), State::Current);
    house.is_left_tidy();
    house.desk.store.close().await;
}

#[tokio::test]
async fn a_pooler_that_lends_sessions_by_the_transaction_is_refused_in_words() {
    let database = databases::postgres().await;
    for settings in
        ["pool_mode = transaction", "pool_mode = transaction\nserver_round_robin = 1", "pool_mode = statement"]
    {
        let pooler = Pooler::with(settings).await;
        let url = pooler.before(&database.url);
        for opening in [Opening::Make, Opening::AsItIs] {
            let said = Store::open_as(&url, opening).await.map(drop).unwrap_err().to_string();
            assert!(said.contains("lends its sessions by the transaction"), "{settings}: {said}");
            assert!(said.contains("pool_mode = session"), "{settings}: {said}");
        }
    }
    assert_eq!(Store::state(&database.url).await.unwrap(), State::Empty, "nothing was made behind the pooler");
}

/// A server's settings may change while the program runs. What its promises rest on is set in each of its sessions.
#[tokio::test]
async fn what_promises_rest_on_is_set_in_every_session() {
    let database = databases::postgres().await;
    let url = database.url.clone();
    let house = House::on(database).await;
    let name = house.words("SELECT current_database()::TEXT").await.remove(0);
    // Sessions of the time before do not see the change.
    run(
        &url,
        &format!(
            "ALTER DATABASE {name} SET synchronous_commit = off; ALTER DATABASE {name} SET lock_timeout = 0; \
             SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ),
    )
    .await;
    for (setting, value) in [
        ("synchronous_commit", "on"),
        ("lock_timeout", "2500ms"),
        ("idle_in_transaction_session_timeout", "3s"),
        ("tcp_user_timeout", "15000"),
        ("tcp_keepalives_idle", "5"),
        ("jit", "off"),
    ] {
        for _ in 0..4 {
            let found = house.words(&format!("SELECT current_setting('{setting}')")).await;
            assert_eq!(found, [value], "{setting}");
        }
    }
}

/// Returns when the server has ended a session.
async fn ends(url: String, session: i32) {
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let mut other = options.connect().await.unwrap();
    let mut there = 1_i64;
    while there > 0 {
        let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = $1";
        there = sqlx::query_scalar(sql).bind(session).fetch_one(&mut other).await.unwrap();
    }
}

/// Stands still in its first transaction until the server has ended the session.
struct StandsStill {
    url: String,
    tries: Arc<AtomicU32>,
}

impl Job for StandsStill {
    type Out = i64;

    async fn run(&self, tx: &mut Tx) -> store::Result<i64> {
        if self.tries.fetch_add(1, Ordering::SeqCst) == 0 {
            let session: i32 = query_scalar("SELECT pg_backend_pid()").fetch_one(tx).await?;
            let short = "SET LOCAL idle_in_transaction_session_timeout = '1ms'";
            query(short).execute(tx).await?;
            // In a task of its own, since it looks by a connection of its own.
            let ended = tokio::spawn(ends(self.url.clone(), session));
            tokio::time::timeout(PATIENCE, ended).await.expect("the server ends the session").unwrap();
        }
        Ok(query_scalar("SELECT COUNT(*) FROM settings").fetch_one(tx).await?)
    }
}

#[tokio::test]
async fn a_write_that_stood_still_until_its_session_was_ended_begins_anew() {
    let database = databases::postgres().await;
    let url = database.url.clone();
    let house = House::on(database).await;
    let tries = Arc::new(AtomicU32::new(0));
    house.desk.store.write(StandsStill { url, tries: Arc::clone(&tries) }).await.unwrap();
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}
