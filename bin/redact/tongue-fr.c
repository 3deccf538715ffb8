/* French. */
#include "tongue.h"

static const char *const name_before[] = {"je m'appelle", "mon nom est", "mon nom c'est", "mon nom",
	"mon prénom est", "mon prénom c'est", "mon nom de famille est", "mon nom de famille c'est",
	"nom de famille", "moi c'est", "au nom de", "au nom d'", "on m'appelle", "je me nomme",
	"le nom est", "le nom c'est", "de la part de", "c'est à quel nom", "nom et prénom",
	"nom du client", "titulaire du compte", "titulaire", NULL};
static const char *const name_maybe[] = {"je suis", "c'est", "ici", "nom", "prénom", "voici",
	"pour", "de la part de", "appelez-moi", NULL};
static const char *const name_title[] = {"monsieur", "madame", "mademoiselle", "M", "Mme", "Mlle",
	"docteur", "Dr", "maître", "professeur", NULL};
static const char *const name_after[] = {
	"à l'appareil", "au téléphone à l'appareil", "c'est mon nom", NULL};
static const char *const name_asked[] = {"votre nom", "votre prénom", "vos nom",
	"vous appelez-vous", "vous vous appelez", "à quel nom", "quel nom", "qui est à l'appareil",
	"c'est de la part de qui", "nom et prénom", "nom de famille", NULL};
static const char *const name_link[] = {
	"de", "du", "des", "la", "le", "van", "von", "ben", "el", "al", "d", "da", "dos", NULL};
static const char *const name_lead[] = {"oui", "ouais", "allô", "bonjour", "bonsoir", "euh", "ben",
	"bah", "alors", "bien sûr", "d'accord", "c'est", "je suis", "je m'appelle", "mon nom c'est",
	"mon nom est", "moi c'est", "voilà", "donc", NULL};
static const char *const spelled[] = {"j'épelle", "je vous l'épelle", "je l'épelle", "ça s'écrit",
	"s'écrit", "épelé", "ça s'épelle", NULL};
static const char *const stop[] = {"à", "a", "abonné", "abonnée", "ai", "aimerais", "allô", "alors",
	"appel", "appelle", "appeler", "après", "as", "au", "aussi", "aux", "avec", "avez", "bien",
	"bonjour", "bonsoir", "bon", "c", "ça", "car", "ce", "cela", "ces", "cet", "cette", "chez",
	"client", "cliente", "combien", "comme", "comment", "compte", "content", "contente", "dans",
	"demain", "depuis", "déjà", "désolé", "désolée", "dit", "donc", "dont", "elle", "en",
	"encore", "est", "et", "étais", "été", "être", "euh", "fait", "faire", "habite", "hier",
	"ici", "il", "ils", "intéressé", "intéressée", "internet", "j", "j'ai", "je", "là", "leur",
	"lui", "ma", "mais", "mal", "me", "même", "merci", "mes", "mon", "moi", "n", "ne", "né",
	"née", "non", "nos", "notre", "nous", "numéro", "on", "ou", "où", "oui", "par", "parce",
	"pas", "perdu", "peut", "peux", "plus", "pour", "pourquoi", "pouvez", "prêt", "prête",
	"problème", "qu", "quand", "que", "quel", "quelle", "qui", "quoi", "rappel", "rappeler",
	"rappelle", "rien", "s", "sa", "sais", "sans", "savoir", "se", "ses", "seulement", "si",
	"son", "sont", "sous", "suis", "sur", "sûr", "sûre", "svp", "t", "télé", "téléphone",
	"toujours", "tout", "toute", "tous", "très", "trop", "un", "une", "va", "vais", "vers",
	"veux", "voilà", "voudrais", "voulais", "vous", "vos", "votre", "vrai", "y", "commande",
	"commander", "rendez", "adresse", "mail", "rue", "avenue", "boulevard", "technicien",
	"quelqu", "quelqu'un", "conseiller", "livraison", "facture", "panne", "épelle", "écrit",
	"épelé", "appareil", "occupé", "occupée", "pressé", "avant", "entre", "pendant",
	"problèmes", "zéro", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf",
	"dix", "retard", "question", "bonne", "journée", "moment", "minute", "service", "possible",
	"vraiment", "disponible", "bug", "deuxième", "première", "premier", "juste", "fini",
	"parti", "partie", "fâché", "fâchée", "énervé", "étage", "code", "appartement", "fois",
	"s'il", "plaît", "accord", NULL};
static const char *const phone_near[] = {"téléphone", "numéro de téléphone", "portable", "mobile",
	"fixe", "tél", "rappelez-moi", "rappeler", "appelez-moi", "joindre", "joignable",
	"me rappeler", "m'appeler", "whatsapp", "coordonnées", "numéro de portable", "mon numéro",
	NULL};
static const char *const phone_asked[] = {"numéro de téléphone", "votre téléphone",
	"votre portable", "vous rappeler", "vous joindre", "votre mobile", "numéro de portable",
	NULL};
static const char *const number_else[] = {"commande", "numéro de commande", "facture", "ticket",
	"dossier", "suivi", "numéro de suivi", "référence", "contrat", "colis", "série",
	"numéro de série", "article", "produit", "modèle", "réservation", "code", "code-barres",
	"compteur", "sinistre", "devis", "euros", "prix", "total", "an", "ans", "année", "version",
	"taille", NULL};
static const char *const customer[] = {"numéro client", "numéro de client", "numéro de compte",
	"numéro d'abonné", "numéro d'adhérent", "identifiant", "code client", "client", NULL};
static const char *const card_near[] = {"carte", "carte bleue", "carte bancaire", "numéro de carte",
	"carte de crédit", "visa", "mastercard", "cb", NULL};
static const char *const iban_near[] = {"iban", "rib", "compte bancaire", "numéro de compte", NULL};
static const char *const plus[] = {"plus", NULL};
static const char *const email_near[] = {"mail", "e-mail", "email", "courriel", "adresse mail",
	"adresse e-mail", "adresse email", "mél", "adresse électronique", "écrivez-moi", "écrire à",
	"envoyez à", "envoyer à", NULL};
static const char *const email_asked[] = {
	"mail", "e-mail", "email", "courriel", "adresse électronique", NULL};
static const char *const email_at[] = {
	"arobase", "at", "arrobas", "arobas", "arrobase", "a commercial", NULL};
static const char *const email_dot[] = {"point", "dot", NULL};
static const char *const email_dash[] = {"tiret", "moins", "tiret du six", NULL};
static const char *const email_underscore[] = {
	"underscore", "tiret bas", "souligné", "tiret du huit", NULL};
static const char *const email_never[] = {NULL};
static const char *const street[] = {"rue", "avenue", "av", "boulevard", "bd", "bld", "place",
	"impasse", "allée", "allées", "chemin", "route", "quai", "cours", "square", "passage",
	"résidence", "lotissement", "faubourg", "sentier", "villa", "cité", "hameau", "ruelle",
	"esplanade", "montée", "rond-point", NULL};
static const char *const house[] = {"numéro", "au", NULL};
static const char *const flat[] = {"appartement", "appt", "étage", "bâtiment", "bat", "escalier",
	"porte", "bis", "ter", "résidence", NULL};
static const char *const city[] = {"à", "ville de", "code postal", "cedex", NULL};
static const char *const address_near[] = {"j'habite au", "j'habite à", "j'habite",
	"mon adresse est", "mon adresse c'est", "l'adresse est", "l'adresse c'est", "livrer au",
	"livrez au", "livrer à", "adresse de livraison", "domicilié au", "domiciliée au",
	"je réside au", "nous habitons", "habite au", "situé au", "je suis au", "on habite", NULL};
static const char *const address_asked[] = {"votre adresse", "l'adresse de livraison",
	"quelle adresse", "où habitez", "adresse postale", "vous habitez où", "l'adresse exacte",
	NULL};
static const char *const unit[] = {"pour cent", "heures", "heure", "h", "fois", "personnes",
	"cartons", "ans", "jours", "semaines", "mois", "minutes", "balles", "pneus", NULL};

static const struct tongue_word letters[] = {{"double v", "w"}, {"double ve", "w"}, {"i grec", "y"},
	{"bé", "b"}, {"be", "b"}, {"ce", "c"}, {"de", "d"}, {"effe", "f"}, {"ge", "g"},
	{"hache", "h"}, {"ji", "j"}, {"ka", "k"}, {"elle", "l"}, {"emme", "m"}, {"enne", "n"},
	{"pe", "p"}, {"erre", "r"}, {"esse", "s"}, {"te", "t"}, {"ve", "v"}, {"ixe", "x"},
	{"zede", "z"}, {"zed", "z"}, {0}};
static const struct tongue_word mail[] = {{"g mail", "gmail"}, {"gé mail", "gmail"},
	{"ge mail", "gmail"}, {"hot mail", "hotmail"}, {"la poste", "laposte"},
	{"out look", "outlook"}, {0}};

const struct tongue_table tongue_fr = {
	.language = &text_fr,
	.script = SCRIPT_LATIN,
	.number_first = true,
	.street_first = true,
	.list = {TONGUE_LIST_ROWS},
	.letters = letters,
	.mail = mail,
};
