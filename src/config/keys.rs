//! Every key that an operator may set, with its default and its meaning, on one screen.
//! The reader refuses what is not here, and `--help` prints it, so that neither can forget a key.

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the environment.
    pub name: &'static str,
    /// Its name in Rocket.toml; a dot opens a table.
    pub path: &'static str,
    /// What holds without it.
    pub default: &'static str,
    /// What it sets.
    pub meaning: &'static str,
    /// Its value is never repeated.
    pub secret: bool,
}

const fn key(name: &'static str, path: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, path, default, meaning, secret: false }
}

const fn secret(name: &'static str, path: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key { name, path, default, meaning, secret: true }
}

/// The tables of Rocket.toml in which every key is ours.
pub const TABLES: [&str; 6] = ["support", "pool", "inbox", "delivery", "api", "events"];

/// Rocket's own keys of which the environment table tells.
pub const ROCKET: [Key; 2] = [
    key("ROCKET_ADDRESS", "address", "127.0.0.1", "where to listen"),
    key("ROCKET_PORT", "port", "8000", "where to listen; 0 takes a free port"),
];

/// Every key, in the order in which they are explained.
pub const ALL: [Key; 44] = [
    secret("DATABASE_URL", "database_url", "sqlite:switchboard.db", "sqlite:PATH or postgres://…"),
    key("SWITCHBOARD_PUBLIC_URL", "public_url", "http://127.0.0.1:PORT", "where others reach us"),
    key(
        "SWITCHBOARD_TRUSTED_PROXIES",
        "trusted_proxies",
        "none",
        "proxies whose X-Forwarded-For counts: 127.0.0.1, 10.0.0.0/8",
    ),
    key("SWITCHBOARD_CARRIER", "carrier", "simulator", "simulator or twilio"),
    key(
        "SWITCHBOARD_CARRIER_ANSWERS_HELP",
        "carrier_answers_help",
        "true",
        "the carrier answers HELP itself, except on short codes",
    ),
    secret("TWILIO_ACCOUNT_SID", "twilio_account_sid", "", "the account; needed for twilio"),
    secret("TWILIO_AUTH_TOKEN", "twilio_auth_token", "", "its primary token; needed for twilio"),
    secret("TWILIO_AUTH_TOKEN_PREVIOUS", "twilio_auth_token_previous", "", "also verifies webhooks, while rotating"),
    key("TWILIO_API_BASE", "twilio_api_base", "https://api.twilio.com", "where its API is"),
    key(
        "SWITCHBOARD_SIMULATOR_ANYWHERE",
        "simulator_anywhere",
        "false",
        "let other machines reach the simulator, and be posted to",
    ),
    key("SWITCHBOARD_LOG", "log", "info", "a level, or target=level,…"),
    key("SWITCHBOARD_LOG_FORMAT", "log_format", "text", "text or json"),
    key("SWITCHBOARD_SUPPORT__IDLE_CLOSE", "support.idle_close", "72h", "a quiet conversation is closed after it"),
    key("SWITCHBOARD_SUPPORT__REOPEN_WITHIN", "support.reopen_within", "7d", "a new text reopens within it"),
    key("SWITCHBOARD_SUPPORT__STICKY_FOR", "support.sticky_for", "30d", "customers return to the same rep within it"),
    key("SWITCHBOARD_SUPPORT__HAND_OVER_AFTER", "support.hand_over_after", "4h", "an absent rep's customers move on"),
    key("SWITCHBOARD_SUPPORT__ANSWER_TARGET", "support.answer_target", "30m", "longer waits are marked in the inbox"),
    key("SWITCHBOARD_SUPPORT__PICK", "support.pick", "random", "random, least_busy or round_robin"),
    key("SWITCHBOARD_SUPPORT__CONTEXT_LINE", "support.context_line", "true", "begin a rep's thread with who it is"),
    key(
        "SWITCHBOARD_SUPPORT__COUNTRIES",
        "support.countries",
        "home",
        "whom staff may text first: home (our lines' countries), all, or US, CA, …",
    ),
    key(
        "SWITCHBOARD_SUPPORT__FIRST_TEXTS_PER_HOUR",
        "support.first_texts_per_hour",
        "30",
        "so many conversations a person may begin",
    ),
    key("SWITCHBOARD_POOL__QUARANTINE", "pool.quarantine", "72h", "how long a mask rests after use"),
    key("SWITCHBOARD_POOL__QUARANTINE_FLOOR", "pool.quarantine_floor", "4h", "the rest that is always kept"),
    key("SWITCHBOARD_POOL__HEADROOM", "pool.headroom", "20%", "masks on top of what the busiest phone has"),
    key("SWITCHBOARD_POOL__SPARES", "pool.spares", "2", "masks on top of that, kept warm"),
    key("SWITCHBOARD_POOL__LOW_WATERMARK", "pool.low_watermark", "3", "so few masks left: alert, and buy if automatic"),
    key("SWITCHBOARD_POOL__HIGH_WATERMARK", "pool.high_watermark", "20", "more masks left: drain if automatic"),
    key(
        "SWITCHBOARD_POOL__MONTHLY_BUDGET",
        "pool.monthly_budget",
        "250.00",
        "the most for all masks a month; none: no limit",
    ),
    key("SWITCHBOARD_POOL__PRICE", "pool.price", "1.15", "what a number costs a month: 1.15, or 1.15, GB=1.00, …"),
    key("SWITCHBOARD_POOL__AUTOMATIC", "pool.automatic", "false", "let the pool grow and shrink by itself"),
    key("SWITCHBOARD_INBOX__UNDO_WINDOW", "inbox.undo_window", "5s", "how long a reply can be taken back; 0s: never"),
    key("SWITCHBOARD_DELIVERY__REQUEST_TIMEOUT", "delivery.request_timeout", "10s", "longest request to the carrier"),
    key("SWITCHBOARD_DELIVERY__LEASE", "delivery.lease", "30s", "how long a node owns a request"),
    key(
        "SWITCHBOARD_DELIVERY__PROOF_AFTER",
        "delivery.proof_after",
        "60s",
        "first empty look that proves nothing left",
    ),
    key("SWITCHBOARD_DELIVERY__PROOF_AGAIN_AFTER", "delivery.proof_again_after", "60s", "second look after the first"),
    key("SWITCHBOARD_DELIVERY__BACKFILL_EVERY", "delivery.backfill_every", "5m", "asking for texts that were missed"),
    key("SWITCHBOARD_DELIVERY__VALID_FOR", "delivery.valid_for", "4h", "a text not sent by then is given up"),
    key(
        "SWITCHBOARD_DELIVERY__SEGMENTS_PER_SECOND",
        "delivery.segments_per_second",
        "1, 3 or 100",
        "pace, by kind of number",
    ),
    key("SWITCHBOARD_DELIVERY__COUNTRIES", "delivery.countries", "all", "whom texts are sent to: all, or US, CA, …"),
    key(
        "SWITCHBOARD_DELIVERY__SEGMENTS_PER_DAY",
        "delivery.segments_per_day",
        "10000",
        "the most of one day (UTC); none: no limit",
    ),
    key("SWITCHBOARD_API__RATE_LIMIT", "api.rate_limit", "", "requests a minute for each token of the API"),
    key(
        "SWITCHBOARD_API__COUNTRIES",
        "api.countries",
        "home",
        "whom programs may join in pairs: home (our numbers' countries), all, or US, CA, …",
    ),
    key(
        "SWITCHBOARD_API__FIRST_TEXTS_PER_HOUR",
        "api.first_texts_per_hour",
        "1000",
        "so many phones an app may bring into pairs; none: no limit",
    ),
    key(
        "SWITCHBOARD_EVENTS__ALLOW_PRIVATE",
        "events.allow_private",
        "true with the simulator, or false",
        "post events to addresses of this network, and by plain http",
    ),
];
