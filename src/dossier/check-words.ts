import type { checkLines } from '../directory/check-lines.ts'

type Words = readonly [how: string, remedy: string]

const inPeopleDatabase = 'Dans la base des personnes :'
const historySetting = '{setting} (ou, dans sesame.yaml, password: { history: portal })'
const clocks = 'timedatectl set-ntp true (sur les deux machines)'
const everyEntry = 'Chaque entrée de la population est lue comme la lit une démarche.'
const right389 = '(389 DS : docs/operate/389ds.aci)'

/** How each finding of `sesame check` is made, and its remedy, in French. A new finding without its words does not compile. */
export const checkWords: Readonly<Record<keyof typeof checkLines, Words>> = {
  'secret-file': [
    'Le mode de chaque fichier de secret, de la clé racine et de la base SQLite est lu.',
    'chmod o= {file}',
  ],
  owner: [
    'Le propriétaire du dossier de données est comparé au compte de cette commande, avant toute autre chose.',
    'sudo -u "#{uid}" sesame check',
  ],
  store: [
    'La base est ouverte en lecture seule, et les empreintes de ses tables comparées à celles de cette version.',
    'Suivez docs/operate/upgrade.md : utilisez la version qui a créé cette base, ou restaurez une sauvegarde.',
  ],
  'store-connection': [
    'La base est ouverte en lecture seule.',
    'Corrigez DATABASE_URL ou databaseUrlFile, ou démarrez PostgreSQL ; avec SQLite, restaurez {file} d’une sauvegarde.',
  ],
  'store-clock': ['L’heure du serveur PostgreSQL est comparée à celle de cette machine.', clocks],
  connection: [
    'L’entrée du portail se connecte à chaque serveur de l’annuaire.',
    'Corrigez directory.urls, caFile, bindDn ou passwordFile, ou démarrez le serveur.',
  ],
  server: [
    'L’entrée du portail se connecte à chaque serveur de l’annuaire, et non seulement au premier qui répond.',
    'Démarrez {url}, ou retirez-le de directory.urls.',
  ],
  'directory-clock': [
    'L’heure que publie l’annuaire (currentTime, ou cn=Monitor d’OpenLDAP) est comparée à celle de cette machine.',
    clocks,
  ],
  'directory-clock-unknown': [
    'La même heure est cherchée.',
    'Dans olcDatabase={2}monitor,cn=config (son numéro peut être autre) : add: olcAccess, olcAccess: {0}to dn.subtree="cn=Monitor" by dn.exact="{bindDn}" read by * break. Sans cette entrée, ajoutez-la : dn: olcDatabase=monitor,cn=config, objectClass: olcDatabaseConfig, olcDatabase: monitor, et le même olcAccess. Ou comparez à la main : date -u',
  ],
  people: [
    'Chaque entrée de chaque population est lue, par pages, avec le filtre et les attributs d’une démarche.',
    'Corrigez directory.populations.{population}, ou donnez à l’entrée du portail les droits de docs/operate.',
  ],
  'size-limit': [
    'Chaque entrée de chaque population est lue, par pages. Au-delà d’une limite du serveur (taille, temps, entrées examinées, page), rien n’est compté.',
    `${inPeopleDatabase} add: olcLimits, olcLimits: {0}dn.exact="{bindDn}" size.prtotal=unlimited size.pr=unlimited size.unchecked=unlimited time=unlimited (389 DS : nsSizeLimit, nsLookThroughLimit et nsTimeLimit: -1 dans cette entrée)`,
  ],
  'stable-id': [
    everyEntry,
    'Laissez l’entrée du portail lire {attribute}, ou réglez directory.attributes.id (entryUUID sur OpenLDAP, nsUniqueId sur 389 DS).',
  ],
  'reusable-id': [
    'directory.attributes.id est comparé aux attributs de l’identifiant et des numéros.',
    'Avant que des personnes utilisent le portail : directory: { attributes: { id: entryUUID } } (389 DS : nsUniqueId). Après, tout le monde recommencerait : ne réattribuez aucun {attribute} pendant limits.departedKept.',
  ],
  login: [everyEntry, 'Laissez l’entrée du portail lire {attribute}, ou réglez directory.attributes.login.'],
  'birth-date': [
    everyEntry,
    'Laissez l’entrée du portail lire {attribute}, ou réglez directory.attributes.birthDate, ou complétez les entrées.',
  ],
  'birth-date-form': [
    'Chaque date de naissance est lue au format configuré ; l’exemple en montre la forme, chaque chiffre remplacé par 9.',
    '{setting}',
  ],
  'birth-date-impossible': [
    'Chaque date de naissance au format configuré est essayée par la règle qui refuse une date saisie avant toute recherche.',
    'Corrigez ces valeurs de {attribute} dans l’annuaire ; un jour ou un mois inconnu s’écrit 00.',
  ],
  'end-date-form': [
    'Chaque date de fin est lue comme la lit une démarche ; l’exemple en montre la forme, chaque chiffre remplacé par 9.',
    'Corrigez ces valeurs dans l’annuaire : 20260831215959Z, 2026-08-31 ou 31/08/2026 (Active Directory : accountExpires).',
  ],
  names: [
    everyEntry,
    'Laissez l’entrée du portail lire {attribute}, ou réglez directory.attributes.firstNames et familyNames.',
  ],
  address: [
    'Chaque entrée de la population est lue comme la lit une démarche ; les étiquettes telles que {PERSO} sont retirées.',
    'Laissez l’entrée du portail lire {attribute}, ou réglez directory.attributes.addresses.',
  ],
  'smtp-utf8': [
    'La réponse du serveur de messagerie à EHLO est lue ; s’il n’annonce pas SMTPUTF8 (RFC 6531), les personnes dont une adresse en a besoin sont comptées.',
    'Utilisez un serveur de messagerie qui prend en charge SMTPUTF8 (Postfix : smtputf8_enable = yes), ou donnez à ces personnes une autre adresse dans {attribute}.',
  ],
  'no-number': [
    'L’attribut de chaque carte est lu dans chaque entrée de sa population.',
    'Laissez l’entrée du portail lire {attribute}, ou réglez directory.numbers.{kind}.attribute.',
  ],
  'number-form': [
    'Pour chaque numéro de la population, il est calculé si les recherches d’une démarche le trouvent tel qu’il est enregistré.',
    '{setting}',
  ],
  'number-characters': [
    'Chaque numéro de la population est essayé par la règle qui refuse un numéro saisi avant toute recherche.',
    'Changez ces valeurs dans l’annuaire, ou réglez directory.numbers.{kind}.attribute.',
  ],
  'number-twice': [
    'Les numéros de chaque population sont comparés entre eux.',
    'Corrigez ces entrées dans l’annuaire : un numéro est à une seule personne.',
  ],
  identification: [
    'Pour la carte de chaque numéro sont comptées les personnes de la population qui sont seules à avoir ce numéro, ont une date de naissance, un identifiant stable et un login, et dont le compte n’est ni fermé ni à privilèges.',
    'Suivez les autres lignes sur cette population et ce numéro.',
  ],
  lookup: [
    'La recherche d’une démarche est faite pour quelques personnes de chaque carte ; elle doit trouver la personne, et retrouver l’entrée par son identifiant stable.',
    `${inPeopleDatabase} add: olcAccess, olcAccess: {0}to dn.subtree="{base}" attrs={attribute},{id} by dn.exact="{bindDn}" read by * break ; si le droit y était, vérifiez les règles d’égalité de leur schéma.`,
  ],
  hidden: [
    'Les entrées qui ont l’attribut sont cherchées ; une entrée qui arrive sans lui montre qu’il peut être cherché, mais non lu. Un attribut qui ne peut même pas être comparé (RFC 4511 §4.10) est caché aussi.',
    `${inPeopleDatabase} add: olcAccess, olcAccess: {0}to dn.subtree="{base}" attrs={attribute} by dn.exact="{bindDn}" read by * break ${right389}`,
  ],
  'no-attribute': [
    'Une comparaison LDAP de l’attribut reçoit la réponse undefinedAttributeType (RFC 4511 §A.2).',
    'Donnez à {setting} un attribut du schéma.',
  ],
  'password-right': [
    'D’une entrée de chaque population est retirée une valeur de userPassword qu’aucune entrée n’a. Le serveur refuse, quels que soient les droits, et dit s’ils manquaient : rien n’est écrit.',
    `${inPeopleDatabase} add: olcAccess, olcAccess: {0}to dn.subtree="{base}" attrs=userPassword by dn.exact="{bindDn}" =w by self =xw by anonymous auth by * none ${right389}`,
  ],
  'password-right-unknown': [
    'Le même essai, avec une réponse qui ne dit rien des droits, ou sans personne sur qui essayer.',
    'Réinitialisez par le portail le mot de passe d’un compte d’essai.',
  ],
  'old-password': [
    'pwdSafeModify de chaque politique de mots de passe est comparé à TRUE.',
    'Dans {policy} : replace: pwdSafeModify, pwdSafeModify: FALSE',
  ],
  'old-password-unknown': [
    'Le serveur annonce des politiques de mots de passe (draft-behera-ldap-password-policy), et l’entrée du portail les cherche.',
    'Dans la base des politiques : add: olcAccess, olcAccess: {0}to dn.subtree="{base}" filter=(objectClass=pwdPolicy) attrs=entry,objectClass,pwdAttribute,pwdLockout,pwdMaxFailure,pwdFailureCountInterval,pwdSafeModify by dn.exact="{bindDn}" read by * break',
  ],
  index: [
    'Les index de la base sont lus (olcDbIndex d’OpenLDAP, nsIndex de 389 DS, searchFlags dans le schéma d’Active Directory) pour chaque attribut par lequel cherchent les démarches.',
    `${inPeopleDatabase} add: olcDbIndex, olcDbIndex: {attribute} eq (389 DS : dsconf INSTANCE backend index add --attr {attribute} --index-type eq --reindex userRoot ; Active Directory : bit 1 de searchFlags)`,
  ],
  'index-unknown': [
    'Les mêmes index sont cherchés, et ne sont pas trouvés.',
    'Dans olcDatabase={0}config,cn=config : add: olcAccess, olcAccess: {0}to dn.subtree="cn=config" attrs=entry,olcSuffix,olcDbIndex,olcPPolicyDefault,olcPPolicyDisableWrite by dn.exact="{bindDn}" read by * break (389 DS : docs/operate/389ds.aci), ou cherchez à la main un index d’égalité de {attributes}',
  ],
  expiry: [
    'pwdMaxAge de chaque politique de mots de passe est lu ; de quelques personnes qui ont un mot de passe, pwdChangedTime et la politique qui vaut pour elles.',
    'Donnez à directory.passwordPolicy le DN d’olcPPolicyDefault, et laissez l’entrée du portail lire pwdChangedTime, pwdGraceUseTime et pwdPolicySubentry des personnes (docs/operate/openldap.acl)',
  ],
  'domain-expiry': [
    'De quelques personnes d’un Active Directory qui ont un mot de passe (pwdLastSet), msDS-UserPasswordExpiryTimeComputed est lu.',
    'Laissez {bindDn} lire pwdLastSet et msDS-UserPasswordExpiryTimeComputed des personnes, ce que peut tout compte d’un domaine sauf refus explicite : retirez ce refus, ou placez un droit avant lui : dsacls "OU" /I:S /G "DOMAIN\\ACCOUNT:RP;pwdLastSet;user", et de même pour l’autre',
  ],
  'directory-history': [
    'Avec `password.history: directory` : pour chaque politique de mots de passe qu’a une personne d’une population, le nombre d’anciens mots de passe qu’elle refuse est comparé à celui du portail (pwdInHistory d’OpenLDAP ; passwordHistory et passwordInHistory de 389 DS ; pwdHistoryLength et msDS-PasswordHistoryLength d’Active Directory).',
    historySetting,
  ],
  'directory-history-unknown': [
    'Les mêmes nombres sont lus, ainsi que la politique qu’ont les personnes.',
    historySetting,
  ],
  'directory-history-bypassed': [
    'Si les politiques s’imposent à ce qu’écrit le portail : une comparaison LDAP de userPassword, que peuvent faire la racine et les administrateurs de mots de passe, passwordAdminDN de 389 DS, olcPPolicyDisableWrite d’OpenLDAP ; si `directory.canaryDn` est réglé, un ancien mot de passe y est réécrit au lieu de la comparaison, et doit être refusé.',
    historySetting,
  ],
  'directory-history-unsupported': [
    'Le serveur annonce ses contrôles : les politiques de draft-behera-ldap-password-policy ou, pour un Active Directory, LDAP_SERVER_POLICY_HINTS (1.2.840.113556.1.4.2239), sans lequel une réinitialisation ignore l’historique.',
    'Dans sesame.yaml : password: { history: portal }',
  ],
  'directory-history-untried': [
    'L’annuaire répond pendant que cela est lu.',
    'Démarrez l’annuaire, puis relancez sesame check.',
  ],
  'unwritten-hash': [
    'Sans service de type samba, les personnes qui ont sambaSamAccount ou sambaNTPassword sont comptées.',
    'services: [{ id: eduroam, name: { fr: eduroam, en: eduroam }, use: { fr: au réseau Wifi Eduroam, en: the eduroam Wi-Fi network }, writer: { kind: samba } }] (avec les services que vous avez)',
  ],
  imported: [
    'Avec `identification: import`, les personnes importées dans la base sont comptées.',
    'sesame import people FICHIER (docs/operate/fr/identification.md), ou mettez identification: directory.',
  ],
  'imported-missing': [
    'Avec `identification: import`, les personnes de chaque population dont aucun numéro de cette population n’est importé sont comptées.',
    'Exportez aussi ces personnes, et répétez sesame import people.',
  ],
  'imported-shared': [
    'Avec `identification: import`, les personnes qui ont le numéro d’une autre sont comptées.',
    'Corrigez le fichier, et répétez sesame import people ; avec --remove-missing si l’une d’elles est partie.',
  ],
  'imported-unknown': [
    'Avec `identification: import`, les identifiants importés sont comparés à ceux de toutes les entrées de l’annuaire.',
    'Si ces personnes sont parties, répétez sesame import people avec --remove-missing. Si personne n’est trouvé, le fichier a été fait avec un autre identifiant que directory.attributes.id.',
  ],
  'imported-lookup': [
    'Avec `identification: import`, quelques personnes importées sont lues par leur identifiant, comme dans une démarche.',
    'Permettez à l’entrée du portail de chercher par l’attribut de directory.attributes.id, comme le fait docs/operate/openldap.acl.',
  ],
  'imported-untried': [
    'Avec `identification: import`, tout le monde est lu dans l’annuaire, par pages.',
    'Suivez les lignes sur la connexion et sur size-limit, puis relancez sesame check.',
  ],
}
