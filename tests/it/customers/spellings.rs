//! Names and addresses that differ by what nobody can see are one, wherever it matters that they are.

use rocket::http::Status;

use switchboard::desk::conversations::label;
use switchboard::desk::replies::canned;
use switchboard::desk::{Failure, people};
use switchboard::domain::people::person::Role;
use switchboard::store::replies::canned::Owner;

use crate::both_stores;
use crate::house::plan::with_ada;
use crate::web::browser::{Browser, PASSWORD, give_passwords};

both_stores! {
    async fn an_e_mail_address_is_one_however_it_is_spelled(house: with_ada) {
        let ada = house.person("ada@example.com").await;
        for email in ["ana@example.com", " Ana@Example.com\u{200b}", "a\u{2060}na@example.com", "\u{feff}ana@example.com"] {
            let new = people::NewPerson { email: email.to_owned(), name: "Ana".to_owned(), role: Role::Rep };
            let refused = people::invite(&house.desk, ada, new).await.unwrap_err();
            assert!(matches!(&refused, Failure::Refused { field: "email", .. }), "{email:?}: {refused:?}");
        }
        let new = people::NewPerson { email: "Jose\u{301}@example.com".to_owned(), name: "Jo\u{200b}sé".to_owned(), role: Role::Rep };
        people::invite(&house.desk, ada, new).await.unwrap();
        assert_eq!(house.rows("people WHERE email = 'josé@example.com' AND name = 'José'").await, 1);
        give_passwords(house).await;
        for typed in [" ANA@example.com ", "ana@example.com\u{200b}", "\u{200e}ana@example.com"] {
            assert_eq!(Browser::at(house).await.signs_in(typed, PASSWORD).await.status, Status::SeeOther, "{typed:?}");
        }
    }

    async fn labels_and_shortcuts_are_one_however_they_are_spelled(house) {
        let miriam = house.person("miriam@example.com").await;
        label::name(&house.desk, miriam, None, "Cafe\u{301}\u{200b} ").await.unwrap();
        for same in ["Café", "CAFÉ", "Ca\u{200d}fe\u{301}", "\u{feff}café"] {
            let refused = label::name(&house.desk, miriam, None, same).await.unwrap_err();
            assert!(matches!(&refused, Failure::Refused { field: "name", .. }), "{same:?}: {refused:?}");
        }
        assert_eq!(house.words("SELECT name FROM labels").await, ["Café"]);
        let kept = |shortcut: &str| canned::Kept {
            id: None,
            owner: Owner::Company,
            shortcut: shortcut.to_owned(),
            body: "Until six.".to_owned(),
        };
        canned::keep(&house.desk, miriam, kept("/cafe\u{301}")).await.unwrap();
        assert_eq!(house.words("SELECT shortcut FROM canned_replies").await, ["café"]);
        let refused = canned::keep(&house.desk, miriam, kept("Ca\u{200b}fé")).await.unwrap_err();
        assert!(matches!(&refused, Failure::Refused { field: "shortcut", .. }), "{refused:?}");
    }
}
