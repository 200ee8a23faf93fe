//! A phone changes hands: whoever had it as a customer is a colleague now, and a colleague's threads move along.

use serde_json::json;

use super::Apply;
use crate::desk::legs;
use crate::domain::ids::PersonId;
use crate::domain::phone::Phone;
use crate::store::phones::{self, Thread};
use crate::store::{Result, Tx, changes, opening, people, pins, routes};

impl Apply {
    /// Gives `person` the phone `to` in place of `from`.
    pub(super) async fn give_phone(
        &self,
        tx: &mut Tx,
        person: PersonId,
        from: Option<&str>,
        to: Option<&Phone>,
    ) -> Result<()> {
        if let Some(phone) = to {
            for thread in
                phones::threads(tx, phone.as_str()).await?.into_iter().filter(|thread| thread.person.is_none())
            {
                self.end_customer(tx, &thread).await?;
            }
            people::set_phone(tx, person, Some(phone), self.now).await?;
        }
        let Some(from) = from else { return Ok(()) };
        for thread in phones::threads(tx, from).await?.into_iter().filter(|thread| thread.person == Some(person)) {
            self.move_thread(tx, person, &thread, to).await?;
        }
        Ok(())
    }

    /// Closes the conversation of a customer whose phone is a colleague's from now on.
    async fn end_customer(&self, tx: &mut Tx, thread: &Thread) -> Result<()> {
        routes::talks(tx, &[thread.conversation]).await?;
        let rests_until = self.now + self.quarantine;
        opening::end_legs(tx, thread.conversation, None, "phone_given", self.now, rests_until).await?;
        pins::close(tx, thread.conversation, self.now).await?;
        let data = json!({ "why": "the customer's phone was given to a colleague" });
        changes::event(tx, self.ids.next(self.now), Some(thread.conversation), self.now, "closed", None, &data).await?;
        changes::note(tx, &[(thread.conversation, "conversation")], self.now).await
    }

    /// Ends a colleague's thread on the old phone and opens it on the new one. What still waited for the old phone
    /// stands in the inbox.
    async fn move_thread(&self, tx: &mut Tx, person: PersonId, thread: &Thread, to: Option<&Phone>) -> Result<()> {
        routes::talks(tx, &[thread.conversation]).await?;
        let rests_until = self.now + self.quarantine;
        opening::end_legs(tx, thread.conversation, Some(person), "phone_changed", self.now, rests_until).await?;
        pins::take_back(tx, thread.conversation, person, "the phone was changed", self.now).await?;
        if let (Some(phone), Some(counterpart)) = (to, &thread.counterpart) {
            let rep = (person, phone.as_str());
            let tools = (&self.ids, &self.chance, self.quarantine);
            legs::open_with(tools, tx, thread.conversation, rep, counterpart, self.now).await?;
        }
        changes::note(tx, &[(thread.conversation, "conversation")], self.now).await
    }
}
