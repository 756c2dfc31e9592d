import type { Limits } from '../limits/limits.ts'
import type { CookieName, categoryOfTable, DataCategory } from '../statements/retention-periods.ts'
import type { Schema } from '../store/schema.ts'
import type { TextKey } from '../texts/texts.ts'

/** What the dossier calls each category of data. A new category without words does not compile. */
export const categoryWords: Readonly<
  Record<DataCategory, { readonly data: string; readonly purpose: string }>
> = {
  journey: {
    data: 'démarche en cours, sans le numéro ni la date de naissance saisis',
    purpose: 'passer d’une étape à l’autre',
  },
  password: {
    data: 'nouveau mot de passe, scellé sous une clé que la base ne contient pas',
    purpose: 'l’enregistrer malgré une panne',
  },
  deliveries: {
    data: 'services où le mot de passe est arrivé, et quand ; mot de passe scellé tant qu’il attend',
    purpose: 'le dire à la personne, et réparer',
  },
  history: { data: 'empreintes des derniers mots de passe (Argon2id)', purpose: 'refuser qu’ils reviennent' },
  dates: {
    data: 'dates d’un choix ou d’une expiration de mot de passe, d’une récupération, d’un moyen de secours retiré',
    purpose: 'prévenir la personne, et refuser ce qui a été annulé depuis',
  },
  identification: {
    data: 'avec `identification: import`, numéros et date de naissance importés, en empreintes à clé seulement',
    purpose: 'reconnaître la personne quand l’annuaire ne contient pas ces données',
  },
  joker: {
    data: 'question joker, et empreinte de sa réponse (Argon2id)',
    purpose: 'reconnaître la personne',
  },
  tries: {
    data: 'mauvaises réponses au joker : nombre et heures',
    purpose: 'fermer la question à qui devine',
  },
  passwords: {
    data: 'mots de passe refusés : nombre et heures, jamais leur contenu',
    purpose: 'arrêter qui devine, sans verrouiller le compte',
  },
  factors: {
    data: 'codes imprimés (empreintes), clés d’accès (clé publique et nom), secret scellé d’une application',
    purpose: 'demander un second élément et le reconnaître',
  },
  contacts: {
    data: 'adresses et mobiles de secours, scellés',
    purpose: 'prévenir la personne, et la reconnaître',
  },
  codes: {
    data: 'codes envoyés ou remis par l’assistance (empreintes à clé)',
    purpose: 'vérifier que la personne lit à cette adresse, ou que son identité a été contrôlée',
  },
  mails: { data: 'mails et avis à envoyer, adresse scellée', purpose: 'les envoyer encore après une panne' },
  'not-me': {
    data: 'lien « Ce n’est pas moi » de chaque mail (empreinte)',
    purpose: 'laisser la personne arrêter ce qui n’est pas d’elle',
  },
  freezes: { data: 'gel du compte, qui l’a décidé et pourquoi', purpose: 'protéger le compte' },
  sessions: {
    data: 'sessions : navigateur et système, réseau en empreinte à clé ; formulaire refusé à réafficher',
    purpose: 'montrer où le compte est ouvert, et y mettre fin',
  },
  'sign-ins': {
    data: 'connexion qui attend un second élément ou le serveur de l’établissement',
    purpose: 'la terminer',
  },
  browsers: {
    data: 'navigateurs où la personne a réussi (empreinte)',
    purpose: 'lui laisser des essais que des inconnus ne peuvent pas épuiser',
  },
  'activation-code': {
    data: 'code d’activation (empreinte)',
    purpose: 'ouvrir le compte une première fois',
  },
  charter: { data: 'version de la charte acceptée, et heure', purpose: 'prouver l’acceptation' },
  'first-day': {
    data: 'heure de l’activation, et report des réglages du premier jour',
    purpose: 'ne pas les redemander sans fin',
  },
  log: {
    data: 'journal d’audit : événements, auteur, identifiant interne ; détails à part',
    purpose: 'sécurité du compte et recherche d’abus',
  },
  limits: {
    data: 'compteurs par réseau, par personne et par adresse (empreintes à clé)',
    purpose: 'arrêter les attaques',
  },
  directory: { data: 'annuaire inventé de la démonstration', purpose: 'essayer le produit' },
}

/** Periods as a register says them, where the page on personal data speaks to its reader or begins a sentence. */
export const periodWords: Partial<Readonly<Record<TextKey, string>>> = {
  'privacy.account': 'durée du compte, puis {long} après son départ de l’annuaire',
  'privacy.password.long': 'quelques secondes ; {long} au plus en cas de panne',
  'privacy.freezes.long': 'jusqu’à sa réouverture ; {long} pour la fermeture de la récupération',
  'privacy.until-changed': 'jusqu’à ce que la personne la change, ou que l’assistance l’efface',
  'privacy.until-removed': 'jusqu’à ce que la personne les retire',
  'privacy.tries.long': '{long} ; le nombre des suspensions, {suspensions} après la dernière réponse',
  'privacy.passwords.long': '{long} ; une suite de refus, jusqu’à la connexion suivante de la personne',
  'privacy.factors.long': 'jusqu’à ce que la personne les retire ; {long} s’ils n’ont jamais servi',
  'privacy.log.long':
    '{long} pour les détails et pour ce que des inconnus ont essayé ; la chaîne qui prouve le reste ne porte qu’un identifiant interne',
}

export const cookieWords: Readonly<Record<CookieName, string>> = {
  journey: 'démarche en cours',
  receipt: 'reçu d’un changement de mot de passe',
  session: 'session ouverte',
  pending: 'connexion qui attend un second élément',
  external: 'connexion qui passe par le serveur de l’établissement',
  known: 'navigateur reconnu après un succès',
  done: 'changement à confirmer sur la page suivante',
}

/** Tables that hold nothing of a person. */
export const technicalTables = {
  installation: 'empreinte de la clé racine, état de l’installation',
  hosts: 'clé publique de chaque hôte du portail',
  wrapped_keys: 'clés journalières, chiffrées pour un autre hôte',
  kept_keys: 'clés d’une clé racine remplacée, scellées sous la nouvelle',
  key_holders: 'processus en marche, et clés racines qu’ils connaissent',
} as const satisfies Record<Exclude<keyof Schema, keyof typeof categoryOfTable>, string>

/** The limits that a risk analysis asks for. */
export const limitsOfAnalysis = [
  'identificationPerNetwork',
  'identificationWindow',
  'identificationFloor',
  'jokerTries',
  'jokerSuspension',
  'activationTries',
  'activationByMail',
  'activationByLetter',
  'helpdeskCode',
  'codeTries',
  'codeLife',
  'proofCodesPerPerson',
  'messagesPerDay',
  'failedBinds',
  'failedBindsInARow',
  'factorTries',
  'postsPerSecond',
  'postsPerSecondPerNetwork',
  'newContactDelay',
  'recoveryCoolDown',
  'sessionIdle',
  'sessionMaxAge',
  'sessionFresh',
  'notMeToken',
  'sealedPassword',
  'purgeDetails',
  'departedKept',
] as const satisfies readonly (keyof Limits)[]
