//! The words and phrases, as data. A word may stand in several sets; all are folded as `fold` folds a text: lower case,
//! no accents, no apostrophes.
//!
//! A phrase (`phrases.txt`) is a row of places. `a|b` is one of two words, `<name>` a set, `(…)?` at most once, `(…)*`
//! any number. At its end, `~` allows nothing behind it that narrows it, `;` only courtesy up to the next comma, `$`
//! the same up to the full stop; without these, anything may follow. `!` marks an order, which a subject before it
//! makes a statement; `@` marks a phrase that no "not" or question before it reverses.

/// Sets of words by name; a set may name those above it.
pub(super) const SETS: &[(&str, &str)] = &[
    // Stop words: alone or with courtesy, each is a refusal.
    (
        "unsub",
        "unsubscribe unsub unsuscribe unsubcribe unsubscibe unsubscrib unsuscribed unsubscribing unsubsribe unenroll unenrol deregister",
    ),
    (
        "key",
        "<unsub> stop stopall optout revoke unsubscribed stopp desist cease stpo sotp stoping parar paren pare parad detengan detenganse \
        arret arrete arretez arreter stoppe stopper stoppez desabonner desabonne desabonnez desabonnement desinscrire desinscription \
        desinscrivez desinscris desuscribir desuscribirme desuscribanme desinscribir desinscribirme stoppen stoppt abmelden abmeldung \
        abbestellen austragen descadastrar disiscrivimi disiscrivetemi smettila smettetela cancellami cancellatemi stopt afmelden \
        parem bajarme desactivar dnc donotcontact borreme borrame borrenme parenle parale paralen elimineme eliminame eliminenme",
    ),
    // Words that people also use for bookings, trips and the music: only as the whole text, with courtesy.
    (
        "weak",
        "cancel end quit exit halt remove fin para alto baja basta cancelar cancela cancele cancelen anular anule terminar annuler \
        annulez annule resilier salir sair fim ende beenden annulla arresto ferma fermati fermatevi detener detente eliminar finito enough \
        assez stornieren borrar quitar removeme deleteme delete",
    ),
    ("soft", "remove delete removeme deleteme"),
    (
        "polite",
        "please pls plz plse pleas plese pliz thanks thank thx thnx tnx tks ty you u kindly hi hello hey hiya sorry sir maam madam \
        now immediately asap today tonight right away once again anymore ever forever already just ok okay k cheers regards sincerely folks guys \
        team bye goodbye permanently effective thereafter good day jerk period everyone all hell por favor porfa porfavor gracias \
        hola ya ahora inmediatamente nunca jamas senor senora senores adios mas s il vous te plait svp stp merci bonjour bonsoir \
        maintenant immediatement monsieur madame definitivement bitte danke hallo sofort jetzt mehr obrigado obrigada ola agora mais grazie prego per favore \
        ciao adesso subito piu any more no nada jamais cordialement fuck damn freaking fucking bloody god man dude bro ma mam effect henceforth anyway",
    ),
    (
        "comms",
        "texts messages msgs txts sms smses mms texting messaging alerts spam promos promotions ads advertisements marketing \
        communications communication newsletters solicitations mesages massages messges",
    ),
    ("comm", "<comms> text message msg txt alert notifications notification updates"),
    (
        "det",
        "the these this those that your ur all any more further my such of other more it its every each so many damn fucking \
        stupid annoying constant unwanted unsolicited automated",
    ),
    ("me", "me us myself ourselves"),
    ("once", "once"),
    ("mine", "my our this that the her his their these your same"),
    ("number", "number numbers phone cell cellphone telephone mobile line no # num nbr cel"),
    (
        "kin",
        "mom moms mother mothers dad dads father fathers wife wifes husband husbands son sons daughter daughters kid kids childs office work old s",
    ),
    ("not", "not never nunca n ne sin cannot nicht without wouldnt shouldnt"),
    // What a bare stop word may stand beside.
    (
        "company",
        "<polite> <comm> <det> me us everything both and at so with i it dont im us texts stop don de d les le los las los el vos ces \
        mensajes textos sms message messages texto aux a tous todos todo tout alles alle nachrichten remove immediatly wrong number person yes yeah yep nope nah yo bruh ich von di da",
    ),
    (
        "laugh",
        "haha hahaha hahahaha ha lol lolol lmao lmfao rofl omg jaja jajaja jajajaja jeje mdr ptdr hihi hehe heh kkk",
    ),
    (
        "narrow",
        "before after while during until till til unless when whenever if at the a an about between on in for yet too early late back \
        by with handle where what how whether off to over into every only except there to his her until antes hasta cuando mientras al \
        en el la los las durante sobre acerca si donde de avant apres pendant quand au aux sur si chez le la jusqu jusque vor nach wahrend bis \
        wenn antes quando prima quando books book sign signs lol from as",
    ),
    ("where", "at to on"),
    ("do", "do"),
    (
        "subject",
        "i we he she they it who you did does can could would have had has will cannot nobody somebody someone to",
    ),
    ("i", "i we"),
    ("asks", "how did does was were where which comment como wie has"),
    ("asks_not", "about many often dare"),
    ("asks_i", "do can may should am have if could would shall must when"),
    ("opener", "so and but also hi hello hey ok please then well oh y et und e hola bonjour"),
    (
        "reply",
        "reply text send type txt replied texted typed replying texting texte envoie envoyer envie enviar respond responder repondre answer press hit",
    ),
    ("stop", "stop stops stoping quit cease discontinue halt desist refrain stopping stpo sotp stopp"),
    (
        "texting",
        "texting messaging contacting writing bothering harassing spamming pestering bugging annoying txting txtn txtin textin \
        msging messagin emailing disturbing bombarding hounding smsing replying responding talking answering stalking communicating badgering soliciting",
    ),
    ("verb", "text message contact write txt msg bother sms disturb harass spam pester solicit communicate"),
    ("texted", "texted contacted messaged bothered spammed txted disturbed solicited"),
    ("send", "send sending sent sends snd"),
    ("get", "get receive recieve recive receiving getting have having see getting hear reading"),
    ("want", "want wanted wanna wish need like care desire"),
    (
        "takes",
        "take get leave scratch cross drop pull strike remove delete erase wipe leave purge taken unlist keep taking removing",
    ),
    ("off", "off out from of"),
    (
        "list",
        "list lists database system records record contacts files file group roster rolls books directory address texts",
    ),
    (
        "listed",
        "mailing text texting contact marketing distribution call calling phone sms message customer email subscriber contacts messaging customers",
    ),
    ("consent", "consent permission authorization authorisation approval"),
    ("undo", "revoke withdraw rescind revoking withdrawing withdrawn cancel retract"),
    // Spanish and Portuguese
    (
        "es_write",
        "escriba escriban escribas escribais contacte contacten contactes moleste molesten molestes textee texteen textees \
        mensajee mensajeen acosen acose busquen hablen hable hables hostiguen spameen incomoden",
    ),
    ("es_send", "mande manden mandes mandeis envie envien envies envieis manda envia"),
    (
        "es_inf",
        "escribirme escribirnos escribir molestarme molestar molestarnos contactarme contactarnos textearme textear acosarme hostigarme mensajear mensajearme",
    ),
    ("es_inf2", "mandarme enviarme mandarnos enviarnos mandar enviar"),
    (
        "es_comm",
        "mensaje mensajes textos texto sms mensajitos msjs msj mensages notificaciones avisos publicidad propaganda promociones \
        spam alertas mensajeria",
    ),
    ("es_list", "lista listas base sistema contactos registros grupo directorio datos"),
    (
        "es_det",
        "la el los las su sus tu tus esta este estos estas esos esas mas tantos todos de del mi mis vuestra vuestros ningun ninguno ningunos otro por favor datos",
    ),
    // French
    (
        "fr_write",
        "ecrivez ecris ecrire contactez contacte contacter textez texte derangez derange embetez embete importunez sollicitez sollicite harcelez",
    ),
    ("fr_send", "envoyez envoie envoies envoyer expediez"),
    ("fr_inf", "ecrire contacter envoyer texter deranger embeter harceler importuner solliciter spammer recevoir"),
    (
        "fr_comm",
        "message messages sms texto textos textes texte mms notifications pub pubs publicite publicites spam spams alertes envoi envois",
    ),
    (
        "fr_det",
        "les vos ces tous aux ses tes des de d du l le la un aucun aucuns votre ton cette ce notre nos plus tout autres svp autre",
    ),
    ("fr_list", "liste listes base fichier fichiers contacts repertoire diffusion systeme"),
];

/// What asks for an end, one phrase a line.
pub(super) const PHRASES: &str = include_str!("phrases.txt");
