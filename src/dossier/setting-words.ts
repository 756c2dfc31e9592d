import { directorySettingWords } from './directory-setting-words.ts'

const recoveryLine =
  'Ce que demande la démarche, au lieu du préréglage. Chaque élément de la liste suffit : une preuve, une classe de preuves (known, held, sent, issued), ou la liste de celles qui sont demandées ensemble.'
const authority = 'Fichier PEM de l’autorité privée qui a signé le certificat de ce serveur.'
const abandoned = 'Nombre de millisecondes après lequel l’échange est abandonné et sa connexion fermée.'

/** What each setting does, in French. `*`: a population, a kind of number or a language. A test compares them with the settings. */
export const settingWords: Readonly<Record<string, string>> = {
  ...directorySettingWords,
  publicUrl:
    'Adresse à laquelle les personnes joignent le portail. Les liens des mails et la vérification d’origine des formulaires s’en servent, jamais l’en-tête Host.',
  'listen.host': 'Adresse d’écoute.',
  'listen.port': 'Port d’écoute ; PORT l’emporte.',
  'listen.admin.host': 'Adresse d’écoute ; jamais publiée par le serveur mandataire.',
  'listen.admin.port': '0 : n’importe quel port libre. Absent, si PORT est donné : PORT plus 900.',
  trustedProxies: 'Adresses ou réseaux des serveurs mandataires dont X-Forwarded-For est cru.',
  campusNetworks:
    'Réseaux en notation CIDR qui ont des limites plus hautes, parce que tout un campus peut être derrière une adresse.',
  rootKeyFile:
    'Fichier d’au moins 32 octets aléatoires, dont dérivent toutes les clés du portail. SESAME_ROOT_KEY_FILE l’emporte.',
  newRootKeyFile:
    'Fichier de la clé racine qui doit remplacer la présente. Chaque processus du portail l’a avant que `sesame key rotate` soit lancé. SESAME_NEW_ROOT_KEY_FILE l’emporte.',
  databaseUrlFile:
    'Fichier de l’adresse d’une base PostgreSQL 15 ou plus récente. Absent : SQLite dans le dossier de données.',
  'branding.product': 'Nom du portail, dans l’en-tête et les mails.',
  'branding.institution': 'Nom de l’établissement.',
  'branding.logoFile':
    'SVG, PNG, JPEG ou WebP de 32 Ko au plus, montré sur fond blanc. Absent : `logo.svg` (`.webp`, `.png`, `.jpg`) du dossier de `overrides`, s’il y est.',
  'branding.mailLogoFile':
    'PNG ou JPEG de 32 Ko au plus pour les mails, qui n’affichent ni SVG ni WebP. Absent : `logo.png` ou `logo.jpg` du dossier de `overrides`, ou `logoFile` si c’en est un.',
  'branding.primary': 'Fond de l’en-tête, couleur des liens et des boutons.',
  'branding.accent': 'Couleur d’accent : progression, repères, focus.',
  'branding.timeZone': 'Fuseau horaire des dates et heures des pages et des mails.',
  'branding.signInUrl': 'Où l’on se connecte (l’ENT, CAS). Absent : la page du portail.',
  'branding.eduroamToolUrl': 'Votre page de l’outil eduroam CAT ou geteduroam : en lien, et en code QR.',
  'branding.publisher': 'Mentions légales : qui publie le site, sur une ligne.',
  'branding.publicationDirector': 'Mentions légales : qui répond de ce qui est publié.',
  'branding.host': 'Mentions légales : qui héberge le portail, avec adresse et téléphone.',
  'branding.dataProtection': 'Données personnelles : comment joindre le délégué à la protection des données.',
  'branding.accessibility': 'Conformité au RGAA 4.1 : `no` tant qu’un audit ne dit pas autre chose.',
  'branding.audit.date': 'Date de fin de l’audit, par exemple 2026-11-30.',
  'branding.audit.by': 'Qui a mené l’audit.',
  'branding.audit.rate': 'Pourcentage des critères du RGAA respectés.',
  'branding.audit.inaccessible.*': 'Ce qui n’est pas accessible, une ligne par élément.',
  'branding.helpdesk.phone': 'Téléphone de l’assistance.',
  'branding.helpdesk.mail': 'Adresse de l’assistance ; les mails du portail à l’assistance y vont.',
  'branding.helpdesk.hours.*': 'Horaires de l’assistance.',
  overrides:
    'Dossier de vos propres phrases, de votre logo et de votre charte ; voir docs/operate/fr/overrides.md.',
  identification:
    'Où sont les numéros et les dates de naissance par lesquels les personnes s’identifient. `directory` : dans les attributs que nomme `directory`. `import` : dans la base, d’après le fichier de `sesame import people` ; les attributs des numéros et de la date de naissance ne servent alors pas (docs/operate/fr/identification.md).',
  'securityText.contact':
    'Où signaler une vulnérabilité, l’adresse préférée en premier : `mailto:securite@univ.example`, `https://…` ou `tel:+33…`.',
  'securityText.expires':
    'Jusqu’à quand cela est vrai, par exemple `2027-06-30T00:00:00Z`, un an au plus. Ensuite le fichier n’est plus envoyé, et `sesame check` le dit.',
  'securityText.policy': 'Page qui dit comment l’établissement traite les signalements.',
  'mail.kind': 'Comment partent les mails.',
  'mail.host': 'Nom d’hôte du serveur SMTP.',
  'mail.port': '465 pour TLS implicite, 587 pour STARTTLS.',
  'mail.tls':
    '`none` n’est accepté que sur l’adresse de bouclage : les mails portent des liens « Ce n’est pas moi ».',
  'mail.caFile': authority,
  'mail.user': 'Compte du portail sur le serveur SMTP.',
  'mail.passwordFile': 'Fichier du mot de passe de ce compte.',
  'mail.from': 'Expéditeur, par exemple « Sésame <ne-pas-repondre@univ.example> ».',
  'mail.clientName':
    'Nom d’hôte complet par lequel le portail salue le serveur (EHLO). Absent : le nom de cette machine ; s’il n’a pas de point, comme dans un conteneur, le domaine de `from`, car beaucoup de serveurs refusent un client sans nom complet.',
  'audit.headMail':
    'Adresse qui reçoit une fois par jour la tête du journal d’audit, à comparer par `sesame audit verify --head`. Le portail la journalise aussi chaque minute.',
  'audit.syslog.host': 'Collecteur qui reçoit chaque événement du journal d’audit (RFC 5424).',
  'audit.syslog.port': 'Absent : 6514 pour `tls`, 514 pour `tcp` et `udp`.',
  'audit.syslog.transport':
    '`tls` (RFC 5425) et `tcp` ne perdent aucun événement quand le collecteur est indisponible. `udp` ne peut pas savoir si quelque chose arrive.',
  'audit.syslog.caFile': 'Fichier PEM de l’autorité privée qui a signé le certificat du collecteur.',
  'sms.kind': 'Comment partent les SMS.',
  'sms.url': 'Adresse de la passerelle : un POST de JSON `{ "id", "to", "text" }`, auquel répond un 2xx.',
  'sms.tokenFile': 'Fichier du jeton envoyé comme `Authorization: Bearer`.',
  'sms.caFile': 'Fichier PEM de l’autorité privée qui a signé le certificat de la passerelle.',
  'sms.countries':
    'Préfixes des numéros auxquels partent des SMS : la France et ses outre-mer par défaut. Les autres numéros sont refusés, ainsi que les numéros français qui ne sont pas des mobiles. La personne peut prendre une adresse de messagerie à la place.',
  'password.preset':
    '`uphf` : 12 à 30 caractères de quatre classes. `nist` : 15 à 64, sans règle de composition.',
  'password.min': 'Longueur minimale.',
  'password.max': 'Longueur maximale. Active Directory en accepte 128 au plus.',
  'password.lower': 'Exiger une minuscule.',
  'password.upper': 'Exiger une majuscule.',
  'password.digit': 'Exiger un chiffre.',
  'password.special': 'Exiger un caractère spécial.',
  'password.spaces': '`none` : aucune espace. `inner` : aucune espace au début ni à la fin.',
  'password.login': 'Refuser un mot de passe qui contient l’identifiant.',
  'password.history':
    '`portal` : le portail refuse les trois derniers mots de passe, dont il garde des empreintes. Un nombre : autant au lieu de trois. `directory` : l’annuaire les refuse, et le portail n’en garde aucune ; voir docs/decisions/025-history-by-the-directory.md. Le portail ne démarre pas ainsi si l’annuaire ne refuse pas les trois derniers à chaque écriture du portail, et `sesame check` dit pourquoi.',
  'password.institutionWords':
    'Noms et sigles de l’établissement, refusés dans les mots de passe (ASVS 6.1.2).',
  'recovery.preset':
    'Par quelles preuves une personne récupère un mot de passe ou un identifiant, après le numéro et la date de naissance ; voir docs/operate/fr/recovery.md. Ce qui est écrit en dessous est refusé si c’est plus faible que le préréglage.',
  'recovery.password.*': recoveryLine,
  'recovery.identifier.*': recoveryLine,
  'joker.freeQuestions':
    'Les personnes peuvent écrire leur propre question. Le prix : une question hors de la liste révèle que son compte existe.',
  leakedFilter: 'Filtre construit par `sesame leaked build FILE` d’après la liste de Have I Been Pwned.',
  'charter.version': 'Enregistrée avec chaque acceptation.',
  'charter.*':
    'Fichier texte, un paragraphe entre deux lignes vides ; une ligne qui commence par « # » est un titre.',
  'signIn.server.kind': 'Où l’on se connecte au portail ; voir docs/operate/fr/sign-in.md.',
  'signIn.server.url': 'Adresse du serveur CAS, avant /login : https://sso.univ.example/cas.',
  'signIn.server.loginAttribute':
    'Attribut qui porte l’identifiant de l’annuaire. Absent : l’utilisateur que nomme le ticket.',
  'signIn.server.dateAttribute':
    'Attribut qui dit quand la personne s’y est connectée : une date ISO, ou un nombre de secondes depuis 1970. Sans lui, la connexion compte comme ancienne, et les changements sensibles en redemandent une.',
  'signIn.server.secondFactorAttribute': 'Attribut qui dit comment la personne s’est connectée.',
  'signIn.server.secondFactorValues':
    'Valeurs de cet attribut qui signifient que le serveur a demandé un second élément. Sésame ne demande alors pas le sien.',
  'signIn.server.caFile': authority,
  'signIn.server.timeout': abandoned,
  'signIn.server.issuer': 'Émetteur. Sa configuration est en dessous, à /.well-known/openid-configuration.',
  'signIn.server.clientId': 'Nom du portail chez le fournisseur.',
  'signIn.server.clientSecretFile': 'Fichier du secret du portail chez le fournisseur.',
  'signIn.server.clientAuthentication': 'Comment le portail envoie le secret.',
  'signIn.server.scope': 'Portées que demande le portail ; la première est `openid`.',
  'signIn.server.loginClaim':
    'Revendication qui porte l’identifiant de l’annuaire, dans le jeton d’identité ou au point d’accès userinfo.',
  'signIn.server.acrValues':
    'Niveaux (`acr`) que demande le portail. Une connexion qui n’en a aucun est refusée.',
  'signIn.server.secondFactorAcr':
    'Niveaux qui signifient que le fournisseur a demandé un second élément. Sésame ne demande alors pas le sien. Nommez-les aussi dans `acrValues` : un fournisseur n’a pas à indiquer un niveau qui n’a pas été demandé.',
  'signIn.returns':
    'Adresses extérieures auxquelles une connexion peut revenir, chacune sous un nom court : avec `ent: https://ent.univ.example/`, `/connexion/vers/ent` y revient.',
  services:
    'Les services où le mot de passe fonctionne, dans l’ordre de la dernière page ; voir docs/operate/fr/services.md.',
  'services[].id': 'Nom court, pour les journaux et la base.',
  'services[].name.*': 'Le nom que les personnes lui donnent.',
  'services[].use.*': 'À quoi le mot de passe donne accès, comme le dit la dernière page.',
  'services[].help.*': 'Une phrase en dessous, qui dit ce que les personnes doivent y faire.',
  'services[].helpUrl': 'Page de l’établissement sur ce service.',
  'services[].reads':
    '`source` : il lit le premier annuaire. L’identifiant d’un autre service : il lit ce qui y est écrit.',
  'services[].writer.kind': 'Ce qui y écrit le mot de passe. Absent avec `reads`.',
  'services[].writer.domainSid':
    'SID du domaine. S’il est donné, les personnes sans sambaSamAccount le reçoivent, avec leur propre SID. Sinon elles sont refusées, et `sesame check` les compte.',
  'services[].writer.rid.attribute': 'Attribut dont le nombre diffère pour chaque personne.',
  'services[].writer.rid.multiply':
    'Facteur dont ce nombre est multiplié pour donner la dernière partie du SID.',
  'services[].writer.rid.add': 'Nombre qui y est ajouté. Par défaut, la règle de Samba.',
  'services[].writer.timeout': abandoned,
  'services[].writer.base': 'DN sous lequel sont les comptes.',
  'services[].writer.filter': 'Filtre RFC 4515 qui choisit les comptes des personnes.',
  'services[].writer.login': 'Attribut qui porte l’identifiant de la personne.',
  'services[].writer.url':
    'Adresse à laquelle chaque changement est signalé ; voir docs/operate/fr/webhook.md pour ce qu’elle reçoit.',
  'services[].writer.secretFile': 'Fichier du secret qui signe les messages.',
  'services[].check.kind':
    'La connexion réelle qui le prouve. Absente : une connexion LDAP si possible, sinon la réponse de l’écriture.',
  'services[].check.server': 'Serveur RADIUS.',
  'services[].check.port': 'Son port.',
  'services[].check.secretFile': 'Fichier du secret que le serveur RADIUS partage avec le portail.',
  'services[].check.realm': 'Royaume : les personnes se connectent comme login@realm.',
  'services[].check.anonymousIdentity': 'Identité envoyée hors du tunnel. Absente : anonymous@realm.',
  'services[].check.caFile': authority,
  'services[].check.serverName':
    'Nom inscrit dans ce certificat. Un serveur d’un autre nom ne reçoit aucun mot de passe.',
  'services[].check.program':
    'Chemin d’eapol_test (paquet Debian : eapoltest). Absent : cherché dans /usr/sbin et /usr/bin.',
  'services[].check.timeout': abandoned,
  'services[].check.casUrl': 'Adresse du serveur CAS, avant /login : https://sso.univ.example/cas.',
  'services[].check.service':
    'Service que le serveur CAS connaît et auquel le portail se connecte, par exemple sa propre adresse.',
  'services[].check.userField':
    'Champ de l’identifiant dans le formulaire. Absent : le premier champ de texte du formulaire qui a un champ de mot de passe.',
  'services[].check.refusedMark':
    'Texte auquel on reconnaît la page qui refuse un mot de passe, par exemple `trmsg="5"` de LemonLDAP::NG. Un formulaire affiché de nouveau sans ce texte ne prouve rien. Absent : un formulaire affiché de nouveau est un refus.',
  'services[].expiresAfterHours':
    'Nombre d’heures après lequel un mot de passe qui n’a pas pu y être écrit est effacé, et l’assistance prévenue.',
}
