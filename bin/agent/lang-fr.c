/* French. */
#include "language.h"

static const char *const yes[] = {"oui", "ouais", "ouaip", "oui oui", "^si$", "si si", "mais si",
	"d'accord", "d'ac", "ok", "okay", "entendu", "absolument", "tout à fait", "exact",
	"exactement", "c'est exact", "c'est ça", "voilà", "bien sûr", "évidemment", "certainement",
	"avec plaisir", "volontiers", "carrément", "parfait", "parfaitement", "super", "génial",
	"excellent", "excellente", "très bien", "ça marche", "ça me va", "ça me convient",
	"ça m'intéresse", "m'intéresse", "m'intéresserait", "intéressé", "intéressée",
	"je veux bien", "je suis d'accord", "allez-y", "vas-y", "allons-y", "affirmatif", "correct",
	"c'est bon", "c'est correct", "c'est moi", "moi-même", "lui-même", "elle-même",
	"ça fonctionne", "ça remarche", "ça refonctionne", "c'est réglé", "c'est réparé",
	"c'est revenu", "c'est fait", "bonne idée", "je confirme", "je valide", NULL};

static const char *const no[] = {"non", "nan", "nope", "non non", "non merci", "pas du tout",
	"absolument pas", "certainement pas", "sûrement pas", "surtout pas", "pas question",
	"hors de question", "jamais", "jamais de la vie", "pas intéressé", "pas intéressée",
	"pas intéressés", "pas * intéressé", "pas * intéressée", "m'intéresse pas",
	"m'intéresse plus", "intéresse pas", "m'intéresse * pas", "pas d'accord", "je ne veux pas",
	"veux pas", "ne veux rien", "n'en veux pas", "en veux pas", "en veux plus",
	"pas maintenant", "pas le temps", "pas besoin", "n'ai besoin de rien", "besoin de rien",
	"sans façon", "marche pas", "marche plus", "marche toujours pas", "fonctionne pas",
	"fonctionne plus", "fonctionne toujours pas", "toujours pas", "toujours rien", "pas encore",
	"négatif", "aucun intérêt", "pas envie", "aucune envie", "refuse", "pas bon", "c'est faux",
	"faux", "incorrect", "n'est pas ça", "c'est pas ça", "pas moi", "ne va pas", "va pas",
	"ne me plaît pas", "me plaît pas", "n'aime pas", "aime pas", "ne peux pas", "peux pas",
	"pas possible", "n'est pas correct", "c'est pas correct", "pas exactement",
	"pas tout à fait", "ça m'intéresse pas", "ça m'intéresse plus", "ça marche pas",
	"ça marche plus", "ça me va pas", "ça fonctionne pas", "ça fonctionne plus",
	"ça me convient pas", "me convient pas", "je suis pas intéressé", "c'est pas moi",
	"c'est pas réglé", "ça remarche pas", NULL};

static const char *const operator[] = {"conseiller", "conseillère", "conseillers", "opérateur",
	"opératrice", "technicien", "technicienne", "un humain", "être humain", "vraie personne",
	"une personne réelle", "une personne humaine", "parler à une personne",
	"parler avec une personne", "parler à quelqu'un", "parler avec quelqu'un",
	"avoir quelqu'un", "passez-moi quelqu'un", "passer quelqu'un", "quelqu'un d'autre",
	"un agent", "à l'agent", "l'accueil", "le standard", "standardiste", "service client",
	"service clients", "un responsable", "le responsable", "votre responsable", "un commercial",
	"un collaborateur", "un interlocuteur", "un téléconseiller", "mettez-moi en relation",
	"transférez-moi", "une vraie voix", NULL};

static const char *const repeat[] = {"répéter", "répétez", "répète", "pardon", "^comment$",
	"^quoi$", "hein", "plaît-il", "vous dites", "vous avez dit quoi", "vous avez dit",
	"qu'avez-vous dit", "qu'est-ce que vous dites", "qu'est-ce que vous avez dit",
	"pas compris", "rien compris", "mal compris", "comprends pas", "comprends rien",
	"pas bien compris", "pas entendu", "pas bien entendu", "rien entendu", "entends pas",
	"entends rien", "entends mal", "entends très mal", "encore une fois", "redites", "redire",
	"plus fort", "moins vite", "plus lentement", "^allô$", "^allô allô$", "^allô allô allô$",
	"vous m'entendez", "m'entendez-vous", "ça coupe", NULL};

static const char *const wait[] = {"attendez", "attends", "un instant", "une seconde", "une minute",
	"deux secondes", "deux minutes", "un moment", "un petit instant", "une petite minute",
	"patientez", "ne quittez pas", "quittez pas", "je cherche", "je vais chercher",
	"je vais voir", "je regarde", "laissez-moi le temps", "minute", NULL};

static const char *const bye[] = {"au revoir", "bye", "bye-bye", "à bientôt", "à plus tard",
	"bonne journée", "bonne soirée", "bonne fin de journée", "bonne continuation", "adieu",
	"ciao", "je raccroche", "à demain", "c'est tout", "ce sera tout", "rien d'autre", NULL};

static const char *const anger[] = {"merde", "putain", "bordel", "connard*", "connasse*", "con",
	"cons", "conne", "conneries", "enculé*", "salaud*", "salope*", "abruti*", "imbécile*",
	"crétin*", "incompétent*", "débile*", "ta gueule", "vos gueules", "va te faire",
	"allez vous faire", "allez au diable", "fait chier", "faites chier", "me faites chier",
	"emmerde*", "emmerdez", "foutre", "foutez", "je m'en fous", "ras le bol", "ras-le-bol",
	"j'en ai marre", "marre", "plein le dos", "y en a marre", "scandaleux", "scandale",
	"inadmissible", "inacceptable", "honteux", "une honte", "arnaque", "arnaqueurs", "escrocs",
	"escroquerie", "voleurs", "harcèlement", "harceler", "harcelez", "furieux", "furieuse",
	"en colère", "énervé", "énervée", "m'énervez", "m'énerve", "fichez-moi la paix",
	"foutez-moi la paix", "porter plainte", "porte plainte", "mon avocat",
	"c'est insupportable", "vous vous moquez", "vous vous foutez", NULL};

static const char *const opt_out[] = {"m'appelez plus", "m'appelez pas", "n'appelez plus",
	"appelez plus", "me rappelez plus", "me rappelez pas", "rappelez plus", "rappelez pas",
	"arrêtez de m'appeler", "arrêtez de me déranger", "arrêtez d'appeler",
	"arrêter de m'appeler", "cessez de m'appeler", "plus m'appeler", "plus me rappeler",
	"plus me déranger", "plus être appelé*", "plus être contacté*", "plus être dérangé*",
	"plus jamais m'appeler", "retirez-moi * liste*", "retirer * liste*", "enlevez-moi * liste*",
	"rayez-moi", "supprimez mon numéro", "supprimez mes coordonnées", "supprimer mon numéro",
	"supprimez-moi", "retirez mon numéro", "enlevez mon numéro", "effacez mon numéro",
	"désinscri*", "bloctel", "plus recevoir d'appels", "plus recevoir vos appels",
	"opposition au démarchage", NULL};

static const char *const unsure[] = {"je ne sais pas", "je sais pas", "sais pas", "ne sais plus",
	"sais plus", "j'en sais rien", "en sais rien", "aucune idée", "peut-être", "ça dépend",
	"pas sûr", "pas sûre", "pas certain", "pas certaine", "j'hésite", "je verrai", "on verra",
	"faut voir", "à voir", "me souviens plus", "me souviens pas", "rappelle plus",
	"j'ai oublié", "oublié", "connais pas", "ne l'ai pas", "l'ai pas", "je réfléchis",
	"je vais réfléchir", "faut que je réfléchisse", NULL};

static const char *const help[] = {"aide", "aidez-moi", "que puis-je dire",
	"qu'est-ce que je peux dire", "quelles sont les options", "quels sont les choix",
	"les options", "le menu", "comment faire", "je fais comment", "comment ça marche",
	"je suis perdu", "je suis perdue", "que dois-je", "je dois faire quoi", NULL};

/* No "occupé": people say it. */
static const char *const machine[] = {"messagerie", "messagerie vocale", "boîte vocale",
	"répondeur", "laissez un message", "laissez-moi un message", "laissez votre message",
	"laisser un message", "laisser votre message", "laissez-nous un message", "après le bip",
	"après le signal", "bip sonore", "signal sonore", "n'est pas disponible",
	"ne suis pas disponible", "pas disponible pour le moment", "votre correspondant",
	"correspondant", "actuellement absent", "absent pour le moment",
	"ne peux pas vous répondre", "ne pouvons pas vous répondre", "ne peut pas répondre",
	"ne peux pas répondre", "je vous rappellerai", "nous vous rappellerons", "dès que possible",
	"dès mon retour", "numéro que vous avez demandé", "n'est pas attribué",
	"nos bureaux sont fermés", "horaires d'ouverture", "tapez dièse", NULL};

static const char *const idioms_yes[] = {"pourquoi pas", "pas de problème", "pas de problèmes",
	"aucun problème", "sans problème", "pas de souci", "pas de soucis", "aucun souci",
	"sans souci", "pas mal", "pas trop mal", "pas mauvais", "pas bête", "dérange pas",
	"me dérange pas", "gêne pas", "pas d'inconvénient", "n'y vois pas d'inconvénient",
	"dis pas non", "dis pas le contraire", "ne suis pas contre", "suis pas contre",
	"pas contre", "rien contre", "de refus", "pas de refus", "bien sûr que oui", "mais oui",
	"peut m'intéresser", "pourrait m'intéresser", "si vous voulez", "comme vous voulez",
	"et comment", "plutôt oui", "je pense que oui", "je crois que oui", "pas faux",
	"tout va bien", "tant qu'à faire", "ça me dit", "ça me dirait", "je suis preneur",
	"je suis preneuse", "je demande que ça", "demande pas mieux", "plus de problème",
	"plus aucun problème", "tout marche", NULL};

static const char *const idioms_no[] = {"n'importe quoi", "tu parles", "et puis quoi encore",
	"ça suffit", "laissez-moi tranquille", "laissez-nous tranquille*", "bien sûr que non",
	"mais non", "oui mais non", "je pense que non", "je crois que non", "pense pas",
	"crois pas", "plutôt non", "pas trop", "pas vraiment", "pas tellement", "pas spécialement",
	"pas particulièrement", "pas très intéressé*", "bof", "merci mais non", "merci non",
	"ça ira", "ça ira merci", "pas pour moi", "sans moi", "très peu pour moi",
	"ça ne me dit rien", "me dit rien", "ça me dit pas", "j'ai ce qu'il faut",
	"j'ai ce qu'il me faut", "j'ai déjà tout", "déjà ce qu'il faut", "déjà équipé*",
	"c'est bon merci", "vous perdez votre temps", "ça m'est égal", "je m'en passe",
	"une autre fois", "plus intéressé*", "tombez mal", "le moment est mal choisi", NULL};

static const char *const idioms_neutral[] = {"s'il vous plaît", "s'il te plaît", "bonjour",
	"bonsoir", "allô", "je vous écoute", "excusez-moi", "merci", "merci bien", "merci beaucoup",
	"quand même", "bon alors", "bien entendu", "ben", "bon", "bon ben", "eh bien", "ça va",
	"ou bien", "sinon", "n'est-ce pas", "bonne journée", "bonne soirée", "si jamais",
	"j'écoute", NULL};

/* "où" and "ou" are the same when folded, and "qui", "que", "quand" are not only questions. */
static const char *const questions[] = {"c'est qui", "^qui", "qui est-ce", "qui êtes-vous",
	"vous êtes qui", "de qui", "qui est à l'appareil", "qui est à l'appareil", "à qui",
	"de la part de qui", "c'est pour quoi", "c'est pour qui", "à quel sujet",
	"de quoi s'agit-il", "s'agit de quoi", "de quoi", "c'est quoi", "ça veut dire quoi",
	"veut dire", "qu'est-ce que", "qu'est-ce qu", "qu'est-ce qui", "combien", "pourquoi",
	"comment", "^quand", "c'est quand", "depuis quand", "à partir de quand", "^où", "c'est où",
	"vous êtes où", "d'où", "où êtes-vous", "quel", "quelle", "quels", "quelles", "lequel",
	"laquelle", "est-ce que", "est-ce qu", "est-ce", "que voulez-vous", "vous voulez quoi",
	"vous vendez quoi", "vous faites quoi", "vous proposez quoi", "pour quoi faire", "ça coûte",
	"ça consiste", "avez-vous", "pouvez-vous", "peut-on", "êtes-vous", "vous êtes un robot",
	"c'est un robot", "c'est une machine", "c'est payant", NULL};

static const char *const positive[] = {"bien", "bonne", "intéressant", "intéressante", "content",
	"contente", "satisfait", "satisfaite", "aime", "j'aime", "adore", "plaît", "plaisir",
	"utile", "pratique", "agréable", "gentil", "gentille", "cool", "top", "nickel",
	"formidable", "magnifique", "impeccable", "rapide", "facile", "curieux", "curieuse",
	"envie", "besoin", "souhaite", "j'aimerais", "aimerais", "voudrais", "possible", "mieux",
	"heureux", "heureuse", "recommande", "confiance", "sympa", "avantageux", "économies",
	"économiser", "curiosité", "chouette", NULL};

static const char *const negative[] = {"mauvais", "mauvaise", "mal", "problème", "problèmes",
	"panne", "cher", "chère", "trop cher", "nul", "nulle", "horrible", "déçu", "déçue",
	"mécontent", "mécontente", "insatisfait", "insatisfaite", "ennui*", "déteste", "horreur",
	"dommage", "malheureusement", "lent", "lente", "difficile", "compliqué", "compliquée",
	"impossible", "occupé", "occupée", "dérange", "dérangez", "désolé", "désolée", "raccrocher",
	"au revoir", "cassé", "cassée", "inutile", "rien", "pire", "catastrophe", "spam",
	"méfiance", "méfie", "retraité", "retraitée", "fatigué", "fatiguée", "publicité",
	"démarchage", NULL};

static const char *const negations[] = {
	"pas", "ne", "n'", "sans", "aucun", "aucune", "guère", "ni", "peu", NULL};

static const char *const backchannels[] = {"oui", "ouais", "ok", "okay", "d'accord", "d'ac", "hum",
	"hm*", "mm*", "mh*", "m", "euh", "ah", "oh", "ah bon", "eh", "je vois", "bien", "bon",
	"très bien", "voilà", "entendu", "c'est ça", "exact", "super", "parfait", "ben", "bah",
	"tout à fait", "allez", "donc", NULL};

static const char *const mailbox_full[] = {"messagerie est pleine", "messagerie saturée",
	"messagerie est saturée", "boîte vocale est pleine", "plus recevoir de messages",
	"plus recevoir de message", NULL};

static const char *const screening[] = {"service de filtrage", "filtrage d'appels",
	"filtre les appels", "dites votre nom", "indiquez votre nom", "annoncez votre nom",
	"annoncer votre nom", "enregistrez votre nom", "raison de votre appel",
	"motif de votre appel", "objet de votre appel", "assistant d'appel", "appels identifiés",
	NULL};

static const char *const voicemail[] = {"laissez un message", "laissez-moi un message",
	"laissez-nous un message", "laissez votre message", "laissez moi votre message",
	"laisser un message", "laisser votre message", "laissez vos coordonnées",
	"laisser vos coordonnées", "après le bip", "après le signal", "bip sonore", "signal sonore",
	"messagerie vocale", "sur la messagerie", "sur le répondeur", "boîte vocale",
	"répondeur automatique", "répondeur téléphonique", NULL};

static const char *const ivr[] = {"tapez", "appuyez sur", "touche étoile", "touche dièse",
	"toutes nos lignes", "nos conseillers", "tous nos conseillers", "votre appel est important",
	"temps d'attente", "peut être enregistré", "peut être enregistrée",
	"susceptible d'être enregistré", "merci de patienter", "veuillez patienter",
	"menu principal", NULL};

static const char *const who_calls[] = {"qui est à l'appareil", "c'est qui", "qui êtes-vous",
	"qui est-ce", "vous êtes qui", "c'est de la part de qui", "de la part de qui", NULL};

const struct language language_fr = {
	.code = "fr",
	.yes = yes,
	.no = no,
	.operator= operator,
	.repeat = repeat,
	.wait = wait,
	.bye = bye,
	.anger = anger,
	.opt_out = opt_out,
	.unsure = unsure,
	.help = help,
	.machine = machine,
	.idioms_yes = idioms_yes,
	.idioms_no = idioms_no,
	.idioms_neutral = idioms_neutral,
	.questions = questions,
	.positive = positive,
	.negative = negative,
	.negations = negations,
	.backchannels = backchannels,
	.mailbox_full = mailbox_full,
	.screening = screening,
	.voicemail = voicemail,
	.ivr = ivr,
	.who_calls = who_calls,
};
