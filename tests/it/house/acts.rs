//! What people and operators do in a house, each by the verb that the program has for it.

use switchboard::desk::Failure;
use switchboard::desk::consent::block;
use switchboard::desk::conversations::{assign, close, label, note};
use switchboard::desk::customers::contact::{self, Typed};
use switchboard::desk::lines::apply::Apply;
use switchboard::desk::pool::{By, drain};
use switchboard::desk::replies::plan;
use switchboard::desk::replies::reply::Reply;
use switchboard::desk::routing::duty;
use switchboard::domain::ids::{ConversationId, LabelId, PersonId};
use switchboard::domain::people::person::Duty;
use switchboard::simulator::{Fault, Kind};
use switchboard::store::Result;
use switchboard::store::customers::contacts;

use super::House;

const MIRIAM: &str = "miriam@example.com";

impl House {
    /// Applies a set-up file.
    pub async fn applies(&self, setup: &str) {
        Apply { setup: setup.parse().unwrap() }.on(&self.desk, false).await.unwrap();
    }

    /// The newest conversation goes to this person, by whom it is now or a manager.
    pub async fn transfers(&self, by: &str, to: &str) {
        let (by, to, conversation) = (self.person(by).await, self.person(to).await, self.conversation().await);
        assign::transfer(&self.desk, by, conversation, to, None).await.unwrap();
    }

    /// Somebody sets a duty, their own or, as a manager, another's.
    pub async fn takes_duty(&self, by: &str, whose: &str, duty: Duty) {
        let (by, whose) = (self.person(by).await, self.person(whose).await);
        duty::set_duty(&self.desk, by, whose, duty).await.unwrap();
        self.runs_due_work().await;
    }

    /// Hands one conversation on.
    pub async fn transfers_one(&self, by: &str, conversation: i64, to: &str) {
        let (by, to) = (self.person(by).await, self.person(to).await);
        assign::transfer(&self.desk, by, ConversationId(conversation), to, None).await.unwrap();
        self.runs_due_work().await;
    }

    /// Closes one conversation.
    pub async fn closes_one(&self, by: &str, conversation: i64) {
        close::close(&self.desk, self.person(by).await, ConversationId(conversation)).await.unwrap();
        self.runs_due_work().await;
    }

    /// Somebody closes the newest conversation.
    pub async fn closes(&self, by: &str) {
        let (by, conversation) = (self.person(by).await, self.conversation().await);
        close::close(&self.desk, by, conversation).await.unwrap();
        self.runs_due_work().await;
    }

    /// Answers on the web without waiting for anything.
    pub async fn tries_to_reply(&self, by: PersonId, conversation: ConversationId, body: &str) -> Result<(), Failure> {
        let reply = Reply { by, conversation, body: body.to_owned(), form_key: None };
        plan::plan(&self.desk, reply.into()).await.map(drop)
    }

    /// Somebody sets their own duty to away.
    pub async fn goes_away(&self, email: &str) {
        self.takes_duty(email, email, Duty::Away).await;
    }

    /// Somebody sets their own duty to on.
    pub async fn comes_back(&self, email: &str) {
        self.takes_duty(email, email, Duty::On).await;
    }

    /// Every rep who is not away sets their own duty to away.
    pub async fn nobody_answers(&self) {
        for email in self.reps("on").await {
            self.goes_away(&email).await;
        }
    }

    /// Every rep who is away sets their own duty to on.
    pub async fn everybody_answers(&self) {
        for email in self.reps("away").await {
            self.comes_back(&email).await;
        }
    }

    /// The e-mail addresses of reps whose duty is set so.
    async fn reps(&self, duty: &str) -> Vec<String> {
        let of = format!("role = 'rep' AND disabled_at IS NULL AND duty = '{duty}'");
        self.words(&format!("SELECT email FROM people WHERE {of} ORDER BY id")).await
    }

    /// A customer's text opens a conversation for this rep, since every other rep goes away for this moment.
    pub async fn brings(&self, customer: u32, body: &str, email: &str) -> ConversationId {
        let mut others = self.reps("on").await;
        others.retain(|rep| rep != email);
        for other in &others {
            self.goes_away(other).await;
        }
        self.customer(customer).texts(body).await;
        for other in &others {
            self.comes_back(other).await;
        }
        let conversation = self.conversation().await;
        assert_eq!(self.pinned_of(conversation.0).await, email, "who has #{conversation}");
        conversation
    }

    /// An operator gives somebody another role, such as `manager`.
    pub async fn has_role(&self, email: &str, role: &str) {
        self.applies(&format!("[[person]]\nemail = \"{email}\"\nrole = \"{role}\"")).await;
    }

    /// An operator gives somebody another name.
    pub async fn has_name(&self, email: &str, name: &str) {
        self.applies(&format!("[[person]]\nemail = \"{email}\"\nname = \"{name}\"")).await;
    }

    /// An operator sets how many open conversations somebody may have; `None` takes the limit away.
    pub async fn has_limit(&self, email: &str, limit: Option<i64>) {
        let limit = limit.map_or_else(|| "\"none\"".to_owned(), |limit| limit.to_string());
        self.applies(&format!("[[person]]\nemail = \"{email}\"\nlimit = {limit}")).await;
    }

    /// An operator says when somebody works, as in `{ zone = "UTC", mon-fri = "9:00-17:00" }`.
    pub async fn works(&self, email: &str, week: &str) {
        self.applies(&format!("[[person]]\nemail = \"{email}\"\nschedule = {week}")).await;
    }

    /// An operator disables somebody.
    pub async fn is_disabled(&self, email: &str) {
        self.applies(&format!("[[person]]\nemail = \"{email}\"\ndisabled = true")).await;
        self.runs_due_work().await;
    }

    /// An operator enables somebody again.
    pub async fn is_enabled(&self, email: &str) {
        self.applies(&format!("[[person]]\nemail = \"{email}\"\ndisabled = false")).await;
        self.runs_due_work().await;
    }

    /// An operator sets who the members of the line are.
    pub async fn has_members(&self, emails: &[&str]) {
        self.line_gets(&format!("members = {emails:?}")).await;
    }

    /// An operator sets one policy of the line, as in `has_policy("countries", "\"GB\"")`.
    pub async fn has_policy(&self, name: &str, value: &str) {
        self.line_gets(&format!("policies = {{ {name} = {value} }}")).await;
    }

    /// An operator says when the line is open, as in `{ zone = "UTC", mon-fri = "9:00-17:00" }`.
    pub async fn opens(&self, week: &str) {
        self.line_gets(&format!("hours = {week}")).await;
    }

    /// An operator changes the line by what stands so in a set-up file.
    pub async fn line_gets(&self, what: &str) {
        let line = super::LINE;
        self.applies(&format!("[[line]]\nnumber = \"{line}\"\n{what}")).await;
        self.runs_due_work().await;
    }

    /// An operator lets a mask drain.
    pub async fn drains(&self, number: &str) {
        let mask = drain::by_number(&self.desk, number).await.unwrap();
        drain::drain(&self.desk, By::Operator, &[mask]).await.unwrap();
    }

    /// Miriam writes this name on the card of the customer of a conversation, and leaves the rest of the card empty.
    pub async fn calls(&self, conversation: ConversationId, name: &str) {
        self.writes_card(conversation, Typed { name: name.to_owned(), ..Typed::default() }).await;
    }

    /// Miriam writes the card of the customer of a conversation. She has just looked at it.
    pub async fn writes_card(&self, conversation: ConversationId, typed: Typed) {
        let mut tx = self.desk.store.read().await.unwrap();
        let customer = contacts::of(&mut tx, conversation).await.unwrap().expect("it has a customer");
        let seen = contacts::card(&mut tx, customer).await.unwrap().version();
        drop(tx);
        let by = self.person(MIRIAM).await;
        contact::edit(&self.desk, by, conversation, &Typed { seen, ..typed }).await.unwrap();
    }

    /// Miriam makes a label.
    pub async fn has_label(&self, name: &str) -> LabelId {
        label::name(&self.desk, self.person(MIRIAM).await, None, name).await.unwrap();
        LabelId(self.number(&format!("SELECT id FROM labels WHERE name = '{name}'")).await)
    }

    /// Miriam puts a label on a conversation.
    pub async fn labels(&self, conversation: ConversationId, label: LabelId) {
        label::put(&self.desk, self.person(MIRIAM).await, conversation, label, true).await.unwrap();
    }

    /// Somebody writes a note, which may call a colleague by `@` and the name.
    pub async fn notes(&self, by: &str, conversation: ConversationId, body: &str) {
        note::note(&self.desk, self.person(by).await, conversation, body.to_owned(), None).await.unwrap();
    }

    /// Miriam blocks the customer of a conversation on every line.
    pub async fn blocks(&self, conversation: ConversationId) {
        block::block(&self.desk, self.person(MIRIAM).await, conversation, "spam").await.unwrap();
        self.runs_due_work().await;
    }

    /// Miriam lets the customer of a conversation in again.
    pub async fn unblocks(&self, conversation: ConversationId) {
        block::unblock(&self.desk, self.person(MIRIAM).await, conversation).await.unwrap();
        self.runs_due_work().await;
    }

    /// Miriam answers a conversation, and the carrier refuses her text.
    pub async fn answers_in_vain(&self, conversation: ConversationId) {
        let sql = "SELECT u.phone FROM conversations c JOIN customers u ON u.id = c.customer_id";
        let phone = self.words(&format!("{sql} WHERE c.id = {conversation}")).await.pop().expect("it has a customer");
        self.simulator.fault(Fault::new(Kind::Refusal).code(21211).to(&phone).times(1));
        self.replies_on_web(MIRIAM, conversation, "This does not arrive").await;
        let failed = format!("conversations WHERE id = {conversation} AND failed_at IS NOT NULL");
        assert_eq!(self.rows(&failed).await, 1, "the text arrived all the same");
    }
}
