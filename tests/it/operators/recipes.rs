//! The commands of docs/OPERATIONS.md by which a PostgreSQL database is copied and put back, run as they stand there.

use sqlx::postgres::PgConnectOptions;

use crate::databases;
use crate::floors;
use crate::operators::program::Desk;
use crate::processes::World;
use crate::processes::binary;
use crate::processes::traffic::{Side, Traffic};

/// What the page calls the new database.
const NEW: &str = "support_restored";

/// The commands of the recipe, in order.
fn recipe() -> Vec<String> {
    let (_, page) = floors::files("docs", &["OPERATIONS.md"]).remove(0);
    let (_, backups) = page.split_once("\n## Backups\n").unwrap();
    let (_, postgresql) = backups.split_once("**PostgreSQL.**").unwrap();
    let (_, block) = postgresql.split_once("```sh\n").unwrap();
    let (commands, _) = block.split_once("```").unwrap();
    commands.lines().filter(|line| !line.starts_with('#')).map(ToOwned::to_owned).collect()
}

/// A folder in which the program is found by its name, and the settings by which PostgreSQL's programs find the server.
fn folder(server: &PgConnectOptions, password: &str) -> Desk {
    let desk = Desk::new();
    std::os::unix::fs::symlink(binary::path(), desk.path("switchboard")).unwrap();
    let path = format!("{}:{}", desk.folder.path().display(), std::env::var("PATH").unwrap());
    desk.with("PATH", &path)
        .with("PGHOST", server.get_host())
        .with("PGPORT", &server.get_port().to_string())
        .with("PGUSER", server.get_username())
        .with("PGPASSWORD", password)
}

#[tokio::test]
async fn the_recipe_for_postgresql_copies_what_is_served_and_puts_it_back() {
    let mut world = World::open(databases::postgres().await).await;
    let sides = world.acquaint(2).await;
    let texts = Traffic::of(&world.witness, sides, 2).ends().await;
    world.settles().await;
    let server: PgConnectOptions = world.database.url.parse().unwrap();
    let (_, credentials) = world.database.url.split_once("://").unwrap();
    let password = credentials.split('@').next().unwrap().split(':').nth(1).unwrap_or_default();
    let restored = databases::unmade_postgres();
    let name = restored.url.rsplit('/').next().unwrap().to_owned();
    let mut desk = folder(&server, password).with("DATABASE_URL", &world.database.url);

    let recipe = recipe();
    let programs: Vec<&str> = recipe.iter().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(programs, ["pg_dump", "createdb", "pg_restore", "switchboard"]);
    let goes_on: Vec<Side> = texts.into_iter().map(|said| Side { said: said.last, ..said.side }).collect();
    let mut said = Vec::new();
    for (command, program) in recipe.iter().zip(programs) {
        match program {
            // What is said after the copy is not in it.
            "createdb" => {
                let stored = "SELECT COUNT(*) FROM messages";
                said.push(world.number(stored).await);
                Traffic::of(&world.witness, goes_on.clone(), 2).ends().await;
                assert!(world.number(stored).await > said[0]);
                world.dies();
            }
            // "And let DATABASE_URL name it."
            "switchboard" => desk = desk.with("DATABASE_URL", &restored.url),
            _ => {}
        }
        let done = desk.runs_by("bash", &["-c", &command.replace(NEW, &name)]);
        if program == "switchboard" {
            assert!(done.out.contains("ok       database: "), "{command}: {done:?}");
        } else {
            assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{command}");
        }
    }
    assert!(desk.path("support-1129.dump").exists());

    world.set("DATABASE_URL", &restored.url);
    world.serves(&[]).await;
    world.database = restored;
    assert!(world.number("SELECT COUNT(*) FROM messages").await >= said[0]);
}
