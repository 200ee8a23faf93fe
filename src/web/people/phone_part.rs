//! What a person's page, and one's own, say of the phone.

use crate::clock::At;
use crate::domain::numbers::numbering;
use crate::domain::numbers::phone::masked;
use crate::domain::people::phone_code::TRIES;
use crate::store::people::phone_codes;
use crate::store::views::people::Seen;
use crate::store::{self, Tx};
use crate::web::page::fields::{Field, Typed};
use crate::web::page::stamp::Stamp;
use crate::web::page::words::doubtful;

/// What the page says of the phone.
pub(in crate::web) struct PhonePart {
    /// The number, if there is one.
    pub number: Option<String>,
    /// Since when it is known to be theirs.
    pub verified: Option<Stamp>,
    /// Since when texts to it are off.
    pub muted: Option<Stamp>,
    /// The last digits of the phone to which a code is on its way, and until when it counts.
    pub waiting: Option<(String, Stamp)>,
    /// What makes it doubtful that anybody has the phone to which a code is on its way, or else the one that is theirs.
    pub doubt: Option<String>,
    /// Where to text a code.
    pub phone: Field,
    /// The code.
    pub code: Field,
}

impl PhonePart {
    pub(in crate::web) async fn load(tx: &mut Tx, seen: &Seen, typed: &Typed, now: At) -> store::Result<Self> {
        let sent = phone_codes::newest(tx, seen.person.id).await?;
        let counts = sent.filter(|sent| !sent.ended && sent.expires_at > now && sent.failures < TRIES);
        let hint = "As +15055550121. Texts to it come from the line, and a code proves whose it is.";
        Ok(PhonePart {
            doubt: doubt(counts.as_ref().map(|sent| sent.phone.as_str()).or(seen.person.phone.as_deref())),
            number: seen.person.phone.clone(),
            verified: seen.verified_at.map(Stamp),
            muted: seen.muted_at.map(Stamp),
            waiting: counts.map(|sent| (masked(&sent.phone), Stamp(sent.expires_at))),
            phone: typed.field("phone", "phone", "Phone", hint, ""),
            code: typed.field("phone", "code", "Code", "Six digits, from the text.", ""),
        })
    }
}

fn doubt(phone: Option<&str>) -> Option<String> {
    phone.and_then(numbering::doubt).map(doubtful)
}
