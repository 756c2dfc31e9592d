const kinds = 'Sorte de l’annuaire, qui fait foi.'
const authority = 'Fichier PEM de l’autorité privée qui a signé les certificats des serveurs.'

/** How a server of a directory is reached, for the first directory and for a service in Active Directory. */
const connection = {
  urls: 'Serveurs du même annuaire, ou contrôleurs de domaine, le préféré en premier.',
  caFile: authority,
  bindDn:
    'Entrée sous laquelle le portail se connecte. Elle peut lire les personnes et écrire les mots de passe, rien d’autre.',
  passwordFile: 'Fichier du mot de passe de cette entrée.',
  connectTimeout: 'Nombre de millisecondes pour se connecter et négocier TLS.',
  answerTimeout: 'Nombre de millisecondes d’attente d’une réponse.',
  pool: 'Connexions gardées ouvertes.',
  privilegedGroups:
    'DN de groupes. Sésame n’écrit jamais le mot de passe d’un membre, direct ou par un autre groupe. Le portail doit pouvoir lire leurs membres : sinon il répond comme si l’annuaire était indisponible. Active Directory : les comptes dont adminCount=1 sont toujours refusés.',
  enforceHistory:
    'Active Directory vérifie son historique à chaque écriture (contrôle 1.2.840.113556.1.4.2239). Sans ce contrôle, une réinitialisation ignore l’historique.',
  unlock:
    'Un nouveau mot de passe lève aussi le verrou dû à de mauvais mots de passe. False, sur OpenLDAP : un tel compte est traité comme fermé jusqu’à la fin du verrou (pwdLockoutDuration).',
  mustChange:
    'True : Windows demande un autre mot de passe à la connexion suivante (pwdLastSet mis à 0). False : une écriture supprime cette exigence.',
} as const

const under = (path: string) =>
  Object.fromEntries(Object.entries(connection).map(([name, words]) => [`${path}.${name}`, words]))

export const directorySettingWords: Readonly<Record<string, string>> = {
  ...under('directory'),
  ...under('services[].writer'),
  'directory.kind': kinds,
  'directory.startTls':
    'Pour les adresses ldap:// : TLS commence avant tout autre envoi. Exigé sauf sur l’adresse de bouclage.',
  'directory.populations.*.base': 'DN sous lequel sont les entrées de ces personnes.',
  'directory.populations.*.filter': 'Filtre RFC 4515 qui choisit ces personnes.',
  'directory.numbers.*.attribute': 'Attribut qui porte le numéro.',
  'directory.numbers.*.population': 'Population dont la carte montre ce numéro.',
  'directory.numbers.*.widths':
    'Le numéro est aussi cherché avec des zéros ajoutés devant jusqu’à ces longueurs : l’annuaire peut contenir 00204518. Sans effet sur `uid`, qui est un identifiant.',
  'directory.numbers.*.prefixes':
    'Débuts qu’écrit l’annuaire. Avec un séparateur, par exemple `ext-` : les personnes le saisissent, et son séparateur est ignoré. Entre accolades, par exemple `{UAI:0593279U}` : personne ne le saisit, et le numéro est aussi cherché derrière lui. Sans effet sur `uid`, qui est un identifiant.',
  'directory.attributes.id': 'Identifiant stable d’une entrée : entryUUID (OpenLDAP) ou nsUniqueId (389 DS).',
  'directory.attributes.login': 'Ce que les personnes saisissent pour se connecter.',
  'directory.attributes.displayName': 'Nom affiché.',
  'directory.attributes.firstNames': 'Prénoms.',
  'directory.attributes.familyNames': 'Noms de famille.',
  'directory.attributes.birthDate':
    'Date de naissance. Active Directory n’a pas d’attribut à lui : donnez celui qu’a choisi l’établissement.',
  'directory.attributes.addresses':
    'Attributs des adresses connues ; une étiquette `{LABEL}` devant l’adresse est retirée.',
  'directory.attributes.endDates': 'Dates de fin : le compte est fermé quand toutes sont passées.',
  'directory.birthDateFormat':
    'Format des dates de naissance. Une valeur peut être sans jour, ou sans mois non plus, ou les avoir à 00 : ces personnes saisissent 00 pour ce qui est inconnu.',
  'directory.lockout.maxFailures':
    'Mots de passe faux après lesquels l’annuaire verrouille un compte ; 0 : il n’en verrouille aucun.',
  'directory.lockout.interval':
    'Nombre de millisecondes après lequel l’annuaire oublie les échecs ; 0 : seul un succès les fait oublier.',
  'directory.closedStates':
    'Valeurs qui ferment un compte, par attribut : par défaut les états de SupAnn, avec tout sous-état sauf SupannPrecree et SupannCree, et entre leurs dates. Sésame n’écrit jamais son mot de passe. Les verrous et dates de l’annuaire lui-même sont toujours respectés : pwdAccountLockedTime sans fin, pwdStartTime, pwdEndTime, nsAccountLock, shadowExpire.',
  'directory.passwordWrite':
    '`exop` : RFC 3062. `modify` : en clair dans userPassword, seulement si `sesame check` a prouvé que le serveur le hache.',
  'directory.passwordPolicy':
    'DN de la politique de mots de passe des entrées qui n’en ont pas une à elles (olcPPolicyDefault). Nécessaire s’il y a plusieurs politiques : sans elle, seules les personnes qui ont pwdPolicySubentry apprennent que leur mot de passe expire.',
  'directory.expiryNotice.days':
    'Combien de jours avant l’expiration de leur mot de passe les personnes reçoivent un mail, par exemple `[14, 3]` : un par nombre et par expiration. Vide : aucun mail. Le portail le dit à la connexion et dans le compte en tout cas.',
  'directory.canaryDn':
    'Entrée dont `sesame check` peut écrire et relire le mot de passe, pour `passwordWrite: modify`.',
}
