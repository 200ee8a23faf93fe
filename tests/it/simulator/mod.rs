//! The simulator as a client sees it: a real port, real requests, real webhooks.

mod alone;
mod creates;
mod faults;
mod here;
mod inbound;
mod lists;
mod page;
mod receipts;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Client, Response};
use rocket::data::ToByteUnit;
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Status};
use rocket::{Data, Request, Route, Shutdown, State, route};
use serde_json::Value;
use switchboard::clock::{At, Clock};
use switchboard::secret::Chance;
use switchboard::simulator::{self, Settings, Simulator};
use switchboard::wire::twilio::form::Form;
use switchboard::wire::twilio::signature;
use tokio::sync::oneshot;

pub const ACCOUNT: &str = "AC00000000000000000000000000000001";
pub const TOKEN: &str = "12345";
pub const LINE: &str = "+18005550100";
pub const JOEL: &str = "+12075550134";

/// A simulator on a port of its own, and somebody who receives what it posts.
pub struct Stand {
    pub simulator: Simulator,
    pub clock: Clock,
    /// Where the simulator listens.
    pub base: String,
    pub receiver: Receiver,
    pub client: Client,
    shutdowns: Vec<Shutdown>,
}

/// What was posted, in order; and what to answer.
#[derive(Clone, Default)]
pub struct Receiver {
    got: Arc<Mutex<Vec<Posted>>>,
    answers: Arc<Mutex<Vec<Said>>>,
    pub base: String,
}

/// Status, content type and body.
type Said = (u16, &'static str, &'static str);

#[derive(Clone, Debug)]
pub struct Posted {
    pub path: String,
    pub form: Form,
    pub genuine: bool,
}

impl Receiver {
    pub fn got(&self) -> Vec<Posted> {
        self.got.lock().unwrap().clone()
    }

    /// The values of one parameter over all posts, in order.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.got().iter().map(|post| post.form.get(name).unwrap_or("").to_owned()).collect()
    }

    /// Answers the next post so, instead of with an empty response.
    pub fn answers(&self, status: u16, kind: &'static str, body: &'static str) {
        self.answers.lock().unwrap().push((status, kind, body));
    }
}

#[route(POST, uri = "/<_..>", data = "<data>")]
async fn receive(
    data: Data<'_>,
    uri: &rocket::http::uri::Origin<'_>,
    head: Signature,
    receiver: &State<Receiver>,
) -> (Status, (ContentType, &'static str)) {
    let form = Form::parse(&data.open(1.mebibytes()).into_bytes().await.unwrap());
    let url = format!("{}{uri}", head.host);
    let genuine = signature::verify(&[TOKEN], &url, &form, &head.signature);
    receiver.got.lock().unwrap().push(Posted { path: uri.to_string(), form, genuine });
    let mut answers = receiver.answers.lock().unwrap();
    let (status, kind, body) = if answers.is_empty() { (200, "text/xml", "<Response/>") } else { answers.remove(0) };
    (Status::new(status), (ContentType::parse_flexible(kind).unwrap(), body))
}

struct Signature {
    host: String,
    signature: String,
}

#[rocket::async_trait]
impl<'r> rocket::request::FromRequest<'r> for Signature {
    type Error = ();
    async fn from_request(request: &'r Request<'_>) -> rocket::request::Outcome<Self, ()> {
        let header = |name| request.headers().get_one(name).unwrap_or("").to_owned();
        let host = format!("http://{}", header("Host"));
        rocket::request::Outcome::Success(Signature { host, signature: header(signature::HEADER) })
    }
}

/// Launches on a free port; returns the address.
async fn launch(rocket: rocket::Rocket<rocket::Build>) -> (String, Shutdown) {
    let (tell, told) = oneshot::channel();
    let tell = Mutex::new(Some(tell));
    let rocket = rocket.attach(AdHoc::on_liftoff("address", move |rocket| {
        let tell = tell.lock().unwrap().take();
        let port = rocket.config().port;
        Box::pin(async move { drop(tell.map(|tell| tell.send(format!("http://127.0.0.1:{port}")))) })
    }));
    let rocket = rocket.ignite().await.unwrap();
    let shutdown = rocket.shutdown();
    tokio::spawn(rocket.launch());
    (told.await.unwrap(), shutdown)
}

pub fn figment() -> rocket::figment::Figment {
    rocket::Config::figment()
        .merge(("port", 0))
        .merge(("address", "127.0.0.1"))
        .merge(("log_level", "off"))
        .merge(("shutdown.ctrlc", false))
}

impl Stand {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings than: by hand, seeded, a clock that stands.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::new(ACCOUNT, TOKEN);
        settings.clock = Clock::test(At::from_seconds(1_800_000_000));
        settings.chance = Chance::seeded(1);
        settings.by_hand = true;
        change(&mut settings);
        let clock = settings.clock.clone();
        let simulator = Simulator::new(settings).unwrap();
        let (base, shutdown) = launch(simulator::rocket(simulator.clone(), figment())).await;
        let mut receiver = Receiver::default();
        let routes: Vec<Route> = rocket::routes![receive];
        let (address, theirs) = launch(rocket::custom(figment()).manage(receiver.clone()).mount("/", routes)).await;
        receiver.base = address;
        simulator.call_at(&format!("{}/texts", receiver.base));
        let client = Client::builder().timeout(Duration::from_secs(10)).no_proxy().build().unwrap();
        Stand { simulator, clock, base, receiver, client, shutdowns: vec![shutdown, theirs] }
    }

    pub fn messages(&self) -> String {
        format!("{}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", self.base)
    }

    /// Asks the carrier to send a text, as the product would.
    pub async fn try_create(&self, to: &str, body: &str) -> Result<Response, reqwest::Error> {
        let callback = format!("{}/receipts/{to}", self.receiver.base);
        let pairs = [("To", to), ("From", LINE), ("Body", body), ("StatusCallback", callback.as_str())];
        self.post(&self.messages(), &pairs).await
    }

    pub async fn post(&self, url: &str, pairs: &[(&str, &str)]) -> Result<Response, reqwest::Error> {
        let form: Form = pairs.iter().copied().collect();
        self.client
            .post(url)
            .basic_auth(ACCOUNT, Some(TOKEN))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form.encode())
            .send()
            .await
    }

    /// As [`Stand::try_create`], with the status and body of the answer.
    pub async fn create(&self, to: &str, body: &str) -> (u16, Value) {
        read(self.try_create(to, body).await.unwrap()).await
    }

    pub async fn get(&self, url: &str) -> (u16, Value) {
        read(self.client.get(url).basic_auth(ACCOUNT, Some(TOKEN)).send().await.unwrap()).await
    }

    /// Waits until something of this kind has gone over the wire; a client that gave up may be faster than the carrier.
    pub async fn heard(&self, what: &str) {
        let url = format!("{}/simulator/wire", self.base);
        while !self.get(&url).await.1.as_array().unwrap().iter().any(|line| line["what"] == what) {}
    }

    /// The bodies of all texts that the carrier took for `phone`, in its order.
    pub fn bodies_to(&self, phone: &str) -> Vec<String> {
        self.simulator.texts_to(phone).into_iter().map(|text| text.body).collect()
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        for shutdown in self.shutdowns.drain(..) {
            shutdown.notify();
        }
    }
}

pub async fn read(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}
