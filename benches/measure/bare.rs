//! A bare Rocket handler that reads the same form and does nothing with it: what the framework itself costs here.

use std::net::Ipv4Addr;

use rocket::config::LogLevel;
use rocket::form::Form;
use rocket::http::ContentType;
use rocket::{Config, FromForm, post, routes};

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

/// Serves until it is ended.
pub async fn serve(port: u16) {
    let config = Config {
        address: Ipv4Addr::LOCALHOST.into(),
        port,
        log_level: LogLevel::Off,
        cli_colors: false,
        ..Config::default()
    };
    if let Err(error) = rocket::custom(config).mount("/", routes![messages]).launch().await {
        eprintln!("the bare handler: {error}");
    }
}
