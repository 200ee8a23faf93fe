//! The words of the audit: what was done, by whose hand, and how somebody came in.
//!
//! Rows of the audit are never changed, so a word that has been released stays.

use crate::domain::vocabulary::words;

words! {
    /// What was done.
    Action {
        /// The database belongs to another account at the carrier.
        AccountMoved = "account_moved",
        /// The whole database was copied.
        BackedUp = "backed_up",
        /// A canned reply says something else, or is somebody else's.
        CannedReplyChanged = "canned_reply_changed",
        /// There is another canned reply.
        CannedReplyMade = "canned_reply_made",
        /// There is a canned reply less.
        CannedReplyRemoved = "canned_reply_removed",
        /// The card of a contact says something else.
        ContactChanged = "contact_changed",
        /// A person takes customers, or does not.
        DutySet = "duty_set",
        /// An endpoint is there no more.
        EndpointDeleted = "endpoint_deleted",
        /// An endpoint gets no events any more.
        EndpointDisabled = "endpoint_disabled",
        /// An endpoint gets events again.
        EndpointEnabled = "endpoint_enabled",
        /// There is another endpoint.
        EndpointMade = "endpoint_made",
        /// An event is posted once more.
        EventReplayed = "event_replayed",
        /// A conversation, or everything with a customer, was taken out.
        Exported = "exported",
        /// Somebody has dealt with texts that failed.
        FailuresSeen = "failures_seen",
        /// The first person is an admin.
        FirstAdmin = "first_admin",
        /// There is another label.
        LabelMade = "label_made",
        /// A label says something else.
        LabelRenamed = "label_renamed",
        /// A person may have more or fewer open conversations.
        LimitChanged = "limit_changed",
        /// A number is a line.
        LineAdded = "line_added",
        /// A line has another name, other rules or texts.
        LineChanged = "line_changed",
        /// A person is a member of a line.
        LineJoined = "line_joined",
        /// A person is no member of a line any more.
        LineLeft = "line_left",
        /// A link signs a person in, once.
        LinkMade = "link_made",
        /// A number is a mask.
        MaskAdded = "mask_added",
        /// A mask was bought.
        MaskBought = "mask_bought",
        /// A mask gets no texts any more, and is given back when it has rested.
        MaskCooling = "mask_cooling",
        /// A mask gets no new legs.
        MaskDraining = "mask_draining",
        /// A mask gets new legs again.
        MaskReactivated = "mask_reactivated",
        /// A mask was given back to the carrier.
        MaskReleased = "mask_released",
        /// Masks were ordered.
        MasksOrdered = "masks_ordered",
        /// Masks were not bought.
        MasksRefused = "masks_refused",
        /// A number that was released is used again.
        NumberBackInService = "number_back_in_service",
        /// A number belongs to another country.
        NumberCountryChanged = "number_country_changed",
        /// Somebody looked at a whole number.
        NumberShown = "number_shown",
        /// A program ended a pair.
        PairClosed = "pair_closed",
        /// A program said that a pair's transaction is complete.
        PairCompleted = "pair_completed",
        /// A program gave a pair more time.
        PairExtended = "pair_extended",
        /// A program gave a party of a pair another phone.
        PartyChanged = "party_changed",
        /// A person has another password.
        PasswordSet = "password_set",
        /// There is another person.
        PersonAdded = "person_added",
        /// A person may sign in no more.
        PersonDisabled = "person_disabled",
        /// A person may sign in again.
        PersonEnabled = "person_enabled",
        /// There is another person, who has a link to choose a password.
        PersonInvited = "person_invited",
        /// A person has another name.
        PersonRenamed = "person_renamed",
        /// A person has another phone.
        PhoneChanged = "phone_changed",
        /// A code was texted to a person's phone.
        PhoneCodeSent = "phone_code_sent",
        /// A person has no phone any more.
        PhoneRemoved = "phone_removed",
        /// Texts to a person's phone are on again.
        PhoneUnmuted = "phone_unmuted",
        /// A copy was put in the place of the database.
        Restored = "restored",
        /// A person has another rank.
        RoleChanged = "role_changed",
        /// A person is on duty at other hours.
        ScheduleChanged = "schedule_changed",
        /// Numbers that stood still send again.
        SendingResumed = "sending_resumed",
        /// A link makes the first admin, once.
        SetupLinkMade = "setup_link_made",
        /// A person came in.
        SignedIn = "signed_in",
        /// A person went out.
        SignedOut = "signed_out",
        /// There is another token.
        TokenMade = "token_made",
        /// A token is good for nothing any more.
        TokenRevoked = "token_revoked",
    }
}

words! {
    /// By whose hand.
    Origin {
        /// A person's.
        Person = "person",
        /// That of a program of an integrator.
        Program = "program",
        /// That of somebody on the command line.
        Command = "command",
        /// Our own.
        House = "house",
    }
}

words! {
    /// By which door somebody came in.
    How {
        /// With a password.
        Password = "password",
        /// By a one-time link.
        Link = "link",
        /// By an invitation, with the password that was chosen there.
        Invitation = "invitation",
        /// By a link to choose another password.
        Reset = "reset",
        /// As the first admin.
        Setup = "setup",
        /// Another password was chosen, which ends all sessions and begins this one.
        NewPassword = "new_password",
    }
}

words! {
    /// Whether the person had come in with this browser before.
    Browser {
        /// Yes.
        Known = "known",
        /// No.
        New = "new",
    }
}

words! {
    /// Why somebody was not let in.
    Refused {
        /// The password was wrong.
        Wrong = "wrong",
        /// The attempt came too soon after others, so that no password was looked at.
        TooSoon = "too_soon",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Databases keep these words for good: a new action gets a new row here, and no row is ever changed.
    #[rustfmt::skip]
    const ACTIONS: [(Action, &str); 57] = [
            (Action::AccountMoved, "account_moved"),
            (Action::BackedUp, "backed_up"),
            (Action::CannedReplyChanged, "canned_reply_changed"),
            (Action::CannedReplyMade, "canned_reply_made"),
            (Action::CannedReplyRemoved, "canned_reply_removed"),
            (Action::ContactChanged, "contact_changed"),
            (Action::DutySet, "duty_set"),
            (Action::EndpointDeleted, "endpoint_deleted"),
            (Action::EndpointDisabled, "endpoint_disabled"),
            (Action::EndpointEnabled, "endpoint_enabled"),
            (Action::EndpointMade, "endpoint_made"),
            (Action::EventReplayed, "event_replayed"),
            (Action::Exported, "exported"),
            (Action::FailuresSeen, "failures_seen"),
            (Action::FirstAdmin, "first_admin"),
            (Action::LabelMade, "label_made"),
            (Action::LabelRenamed, "label_renamed"),
            (Action::LimitChanged, "limit_changed"),
            (Action::LineAdded, "line_added"),
            (Action::LineChanged, "line_changed"),
            (Action::LineJoined, "line_joined"),
            (Action::LineLeft, "line_left"),
            (Action::LinkMade, "link_made"),
            (Action::MaskAdded, "mask_added"),
            (Action::MaskBought, "mask_bought"),
            (Action::MaskCooling, "mask_cooling"),
            (Action::MaskDraining, "mask_draining"),
            (Action::MaskReactivated, "mask_reactivated"),
            (Action::MaskReleased, "mask_released"),
            (Action::MasksOrdered, "masks_ordered"),
            (Action::MasksRefused, "masks_refused"),
            (Action::NumberBackInService, "number_back_in_service"),
            (Action::NumberCountryChanged, "number_country_changed"),
            (Action::NumberShown, "number_shown"),
            (Action::PairClosed, "pair_closed"),
            (Action::PairCompleted, "pair_completed"),
            (Action::PairExtended, "pair_extended"),
            (Action::PartyChanged, "party_changed"),
            (Action::PasswordSet, "password_set"),
            (Action::PersonAdded, "person_added"),
            (Action::PersonDisabled, "person_disabled"),
            (Action::PersonEnabled, "person_enabled"),
            (Action::PersonInvited, "person_invited"),
            (Action::PersonRenamed, "person_renamed"),
            (Action::PhoneChanged, "phone_changed"),
            (Action::PhoneCodeSent, "phone_code_sent"),
            (Action::PhoneRemoved, "phone_removed"),
            (Action::PhoneUnmuted, "phone_unmuted"),
            (Action::Restored, "restored"),
            (Action::RoleChanged, "role_changed"),
            (Action::ScheduleChanged, "schedule_changed"),
            (Action::SendingResumed, "sending_resumed"),
            (Action::SetupLinkMade, "setup_link_made"),
            (Action::SignedIn, "signed_in"),
            (Action::SignedOut, "signed_out"),
            (Action::TokenMade, "token_made"),
            (Action::TokenRevoked, "token_revoked"),
    ];

    #[test]
    fn a_word_means_for_good_what_it_has_meant() {
        assert_eq!(Action::ALL.map(|action| (action, action.word())), ACTIONS);
        assert!(ACTIONS.iter().all(|(action, word)| Action::read(word) == Some(*action)));
        assert_eq!(Origin::ALL.map(Origin::word), ["person", "program", "command", "house"]);
        assert_eq!(How::ALL.map(How::word), ["password", "link", "invitation", "reset", "setup", "new_password"]);
        assert_eq!(Browser::ALL.map(Browser::word), ["known", "new"]);
        assert_eq!(Refused::ALL.map(Refused::word), ["wrong", "too_soon"]);
    }
}
