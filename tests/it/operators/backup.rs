//! Copies of a database: taken while it is served, put back after a kill, and refused where they would do harm.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::AtomicU32;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::program::Desk;
use crate::databases;
use crate::processes::traffic::{Traffic, say};
use crate::processes::{World, until};

async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

async fn words(connection: &mut SqliteConnection, sql: String) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await
}

/// Every row of every table, as text.
async fn rows(path: &Path) -> sqlx::Result<Vec<String>> {
    let mut connection = connect(path).await;
    let mut all = Vec::new();
    for table in
        words(&mut connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name".into()).await?
    {
        let columns = format!("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}') ORDER BY cid");
        let columns = words(&mut connection, columns).await?.join(" || '|' || ");
        let sql = format!("SELECT '{table}: ' || {columns} FROM \"{table}\" ORDER BY 1");
        all.extend(words(&mut connection, sql).await?);
    }
    connection.close().await?;
    Ok(all)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_backup_is_put_back_after_a_kill_with_nothing_else_in_it_and_texts_flow() {
    let mut world = World::open(databases::sqlite()).await;
    let database = Path::new(world.database.url.trim_start_matches("sqlite:")).to_owned();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("support.backup");
    let sides = world.acquaint(4).await;
    let said = Traffic::of(&world.witness, sides.clone(), 4).ends().await;
    world.settles().await;

    let path = copy.display().to_string();
    assert!(world.start(&["backup", &path], 0, &[]).ends().await.success(), "{}", world.logged());
    assert_eq!(mode(&copy), 0o600);
    let kept = rows(&copy).await.unwrap();

    // What is said after the copy is in the database and its log when the server dies.
    let goes_on =
        said.into_iter().map(|said| crate::processes::traffic::Side { said: said.last, ..said.side }).collect();
    Traffic::of(&world.witness, goes_on, 6).ends().await;
    assert!(world.start(&["restore", &path], 0, &[]).ends().await.code() == Some(1), "it was restored under a server");
    assert!(world.logged().contains("another `switchboard serve` is using this database"), "{}", world.logged());
    world.dies();
    let log = database.with_extension("db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0, "the server left no log behind");
    let at_death = fs::read(&log).unwrap();

    // Copied over it by hand, the log of the dead server goes into the copy: it is another database then, or a broken one.
    let by_hand = folder.path().join("by_hand.db");
    fs::copy(&copy, &by_hand).unwrap();
    fs::copy(&log, folder.path().join("by_hand.db-wal")).unwrap();
    assert!(rows(&by_hand).await.map_or(true, |rows| rows != kept), "the log of another database changes nothing");

    assert!(world.start(&["restore", &path], 0, &[]).ends().await.success(), "{}", world.logged());
    assert!(!log.exists(), "the log of the old database stands beside the new one");
    assert_eq!(mode(&database), 0o600);
    let (told, held): (Vec<_>, Vec<_>) =
        rows(&database).await.unwrap().into_iter().partition(|row| !kept.contains(row));
    assert_eq!(held, kept, "it holds what the copy holds");
    assert!(told.len() == 1 && told[0].starts_with("acts: "), "and nothing else but that it was put back: {told:?}");
    let beside: Vec<_> = fs::read_dir(database.parent().unwrap()).unwrap().map(|one| one.unwrap().path()).collect();
    let old = beside.iter().find(|path| path.display().to_string().ends_with('Z')).expect("the old one is kept");
    let old_log = beside.iter().find(|path| path.display().to_string().ends_with("Z-wal")).expect("with its log");
    assert_eq!(fs::read(old_log).unwrap(), at_death);
    assert!(rows(old).await.unwrap().len() > kept.len(), "the old one is whole");

    world.serves(&[]).await;
    let customer = &sides[0];
    let new = ("Is anybody there again?", "SM0000000000000000000000000000f001");
    say(&world.witness, customer, new, &AtomicU32::new(0)).await;
    until("a text goes its way after the restore", async || {
        let texts = world.witness.texts(0).await?;
        texts.iter().any(|text| text.outbound && text.body == new.0).then_some(())
    })
    .await;
}

/// Kind, origin and particulars of what commands did with copies.
async fn acts(path: &Path) -> Vec<String> {
    let mut connection = connect(path).await;
    let sql =
        "SELECT kind || ' by ' || origin || ' ' || data FROM acts WHERE kind IN ('backed_up', 'restored') ORDER BY id";
    let acts = words(&mut connection, sql.into()).await.unwrap();
    connection.close().await.unwrap();
    acts
}

#[tokio::test]
async fn a_copy_that_was_taken_and_one_that_was_put_back_stand_in_the_audit() {
    let desk = Desk::new();
    let database = desk.path("switchboard.db");
    let (taken, back) =
        (r#"backed_up by command {"messages":0,"newest":null}"#, r#"restored by command {"messages":0,"newest":null}"#);
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    let mut house = desk.starts(&["serve"]);
    house.says("Switchboard");
    assert_eq!(desk.runs(&["backup", "copy.db"]).code, Some(0));
    assert_eq!(desk.runs(&["backup", "copy.db"]).code, Some(2), "nothing was taken");
    assert_eq!(house.stops().code, Some(0));
    assert_eq!(acts(&database).await, [taken]);
    assert_eq!(desk.runs(&["backup", "second.db"]).code, Some(0));
    assert_eq!(acts(&database).await, [taken, taken], "also while nobody serves");

    assert_eq!(desk.runs(&["restore", "second.db"]).code, Some(0));
    assert_eq!(acts(&database).await, [taken, back], "the copy was taken before it could be told of");
    assert_eq!(acts(&desk.path("second.db")).await, [taken], "the copy stays as it is");

    // Of a version before, and of one that had no place for it.
    for (change, told) in [("SELECT 1", &[taken, back][..]), ("DROP TABLE acts", &[])] {
        let mut connection = connect(&desk.path("second.db")).await;
        let older = format!(
            "DELETE FROM _sqlx_migrations WHERE version = (SELECT MAX(version) FROM _sqlx_migrations); {change}"
        );
        sqlx::raw_sql(AssertSqlSafe(older)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let said = desk.runs(&["restore", "second.db"]);
        assert!(said.code == Some(0) && said.out.contains("older than this program"), "{said:?}");
        assert_eq!(said.err.contains("does not tell of this restore"), told.is_empty(), "{said:?}");
        if !told.is_empty() {
            assert_eq!(acts(&database).await, told);
            let copied = desk.runs(&["backup", "third.db"]);
            assert!(copied.code == Some(0) && copied.err.contains("does not tell of this copy"), "{copied:?}");
        }
    }
}

#[test]
fn a_copy_replaces_nothing_unless_told_and_says_what_it_holds() {
    let desk = Desk::new();
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    let first = desk.runs(&["backup", "copy.db"]);
    assert!(first.code == Some(0) && first.out.starts_with("copy.db: sound; 0 messages"), "{first:?}");
    let again = desk.runs(&["backup", "copy.db"]);
    assert!(
        again.code == Some(2) && again.err.contains("is there already") && again.err.contains("--overwrite"),
        "{again:?}"
    );
    assert_eq!(desk.runs(&["backup", "copy.db", "--overwrite"]).code, Some(0));
    let itself = desk.runs(&["backup", "switchboard.db", "--overwrite"]);
    assert!(itself.code == Some(2) && itself.err.contains("is the database itself"), "{itself:?}");
    let nowhere = desk.runs(&["backup", "nowhere/copy.db"]);
    assert!(nowhere.code == Some(2) && nowhere.err.contains("cannot be written"), "{nowhere:?}");
    let folder = desk.runs(&["backup", ".", "--overwrite"]);
    assert!(folder.code == Some(2) && folder.err.contains("is a folder"), "{folder:?}");
    assert!(desk.files().iter().all(|name| !name.contains(".part")), "{:?}", desk.files());
}

#[tokio::test]
async fn what_is_no_sound_copy_of_ours_is_refused_and_nothing_changes() {
    let desk = Desk::new();
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    assert_eq!(desk.runs(&["backup", "copy.db"]).code, Some(0));
    let before = rows(&desk.path("switchboard.db")).await.unwrap();

    let whole = fs::read(desk.path("copy.db")).unwrap();
    let mut holed = whole.clone();
    let middle = holed.len() / 2;
    holed[middle..middle + 8192].fill(0x5a);
    fs::write(desk.path("holed.db"), holed).unwrap();
    fs::write(desk.path("cut.db"), &whole[..whole.len() / 2]).unwrap();
    desk.file("letter.txt", "Dear Sir or Madam");
    desk.file("empty.db", "");
    fs::write(desk.path("live.db"), &whole).unwrap();
    desk.file("live.db-wal", "something");
    for (name, statement) in [
        ("newer.db", "INSERT INTO _sqlx_migrations VALUES (999901, 'later', CURRENT_TIMESTAMP, TRUE, X'00', 0)"),
        ("others.db", "UPDATE _sqlx_migrations SET checksum = X'00' WHERE version = 1"),
    ] {
        fs::write(desk.path(name), &whole).unwrap();
        let mut connection = connect(&desk.path(name)).await;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
    for (name, why) in [
        ("missing.db", "cannot be read"),
        (".", "is no file"),
        ("switchboard.db", "is the database itself"),
        ("letter.txt", "is not a database of this program"),
        ("empty.db", "is empty"),
        ("holed.db", "damaged"),
        ("cut.db", "damaged"),
        ("live.db", "has a log beside it"),
        ("newer.db", "is newer than this program"),
        ("others.db", "made by another program"),
    ] {
        let said = desk.runs(&["restore", name]);
        assert!(said.code == Some(2) && said.err.contains(why), "{name}: {said:?}");
        assert!(!desk.path("switchboard.db.restoring").exists(), "{name} left something behind");
    }
    assert_eq!(rows(&desk.path("switchboard.db")).await.unwrap(), before);
    assert!(desk.files().iter().all(|name| !name.contains("before-restore")), "{:?}", desk.files());
}

#[test]
fn a_restore_that_was_cut_off_is_seen_by_everybody_and_begins_anew() {
    let desk = Desk::new().with("SWITCHBOARD_PUBLIC_URL", "http://127.0.0.1:9");
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    assert_eq!(desk.runs(&["backup", "copy.db"]).code, Some(0));
    // As it is left when the machine stops after the old one was put aside.
    desk.file("switchboard.db.restoring", "half of it");
    fs::hard_link(desk.path("switchboard.db"), desk.path("switchboard.db.before-restore-20261129T000000Z")).unwrap();
    for command in [&["serve"][..], &["migrate"], &["doctor"], &["link", "ana@example.com"], &["backup", "x.db"]] {
        let said = desk.runs(command);
        let told = format!("{}{}", said.out, said.err);
        assert!(
            said.code != Some(0) && told.contains("was cut off") && told.contains("switchboard restore"),
            "{said:?}"
        );
    }
    let done = desk.runs(&["restore", "copy.db"]);
    assert!(done.code == Some(0) && done.out.contains("Next: "), "{done:?}");
    assert!(!desk.path("switchboard.db.restoring").exists());
    assert_eq!(desk.runs(&["pool", "plan"]).code, Some(0));
}

#[test]
fn a_missing_database_can_be_restored_and_what_stood_there_is_named() {
    let desk = Desk::new();
    assert_eq!(desk.runs(&["migrate"]).code, Some(0));
    assert_eq!(desk.runs(&["backup", "copy.db"]).code, Some(0));
    let over = desk.runs(&["restore", "copy.db"]);
    assert!(over.code == Some(0) && over.out.contains("kept as") && over.out.contains("before-restore-"), "{over:?}");
    assert_eq!(desk.files().iter().filter(|name| name.contains("before-restore-")).count(), 1);
    fs::remove_file(desk.path("switchboard.db")).unwrap();
    let new = desk.runs(&["restore", "copy.db"]);
    assert!(new.code == Some(0) && !new.out.contains("kept as"), "{new:?}");
    assert_eq!(desk.runs(&["pool", "plan"]).code, Some(0));
}

#[test]
fn for_postgresql_its_own_programs_are_named_and_no_password() {
    let desk = Desk::new().with("DATABASE_URL", "postgres://ana:tide%20table@127.0.0.1:9/support");
    let copy = desk.runs(&["backup", "copy.dump"]);
    assert!(copy.code == Some(1) && copy.err.contains("pg_dump --format=custom --file=copy.dump"), "{copy:?}");
    let back = desk.runs(&["restore", "copy.dump"]);
    assert!(back.code == Some(1) && back.err.contains("pg_restore --exit-on-error"), "{back:?}");
    for said in [copy, back] {
        assert!(said.err.contains("support at 127.0.0.1:9") && !said.err.contains("tide"), "{said:?}");
    }
}
