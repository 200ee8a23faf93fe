//! A bare Rocket handler that reads the same form and does nothing with it: the cost of the framework itself.

use std::net::Ipv4Addr;

use rocket::config::LogLevel;
use rocket::form::Form;
use rocket::http::ContentType;
use rocket::{Build, Config, FromForm, Rocket, post, routes};
use switchboard::http::front::{Door, House, Limits, raise_file_limit};

/// What a handler would want of a text.
#[derive(FromForm)]
struct Text<'r> {
    #[field(name = "MessageSid")]
    id: &'r str,
    #[field(name = "From")]
    from: &'r str,
    #[field(name = "To")]
    to: &'r str,
    #[field(name = "Body")]
    body: &'r str,
}

#[post("/hooks/twilio/messages", data = "<text>")]
fn messages(text: Form<Text<'_>>) -> (ContentType, &'static str) {
    std::hint::black_box((text.id, text.from, text.to, text.body));
    (ContentType::XML, r#"<?xml version="1.0" encoding="UTF-8"?><Response/>"#)
}

fn rocket(port: u16) -> Rocket<Build> {
    let config = Config {
        address: Ipv4Addr::LOCALHOST.into(),
        port,
        log_level: LogLevel::Off,
        cli_colors: false,
        ..Config::default()
    };
    rocket::custom(config).mount("/", routes![messages])
}

/// Serves behind our own listener until it is ended.
pub async fn serve_fronted(port: u16) -> std::io::Result<()> {
    let door = Door::keep(Ipv4Addr::LOCALHOST.into(), port)?;
    let house = House::of(rocket(port)).await.map_err(std::io::Error::other)?;
    let limits = Limits::of(house.config(), raise_file_limit()?);
    door.open()?.serve(house, limits).await;
    Ok(())
}

/// Serves until it is ended.
pub async fn serve(port: u16) {
    if let Err(error) = rocket(port).launch().await {
        eprintln!("the bare handler: {error}");
    }
}
