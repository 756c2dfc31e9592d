import { checkLines } from '../directory/check-lines.ts'
import { typesetDocument } from '../french-document.ts'
import { cell, type JsonSchema, settingLines } from '../setting-lines.ts'
import { checkWords } from './check-words.ts'
import { frenchLimitsPage } from './dossier.ts'
import { settingWords } from './setting-words.ts'

const levels = {
  wrong: 'faux',
  warning: 'avertissement',
  untried: 'non essayé',
  share: 'avertissement ; faux si c’est toute une population',
} as const

const checkPage = () => `# Ce que trouve \`sesame check\`

Produit d’après \`src/directory/check-lines.ts\` ; [en anglais](../check.md), la langue dans laquelle la commande écrit. Chaque constat est une ligne : son niveau, son nom, pour qui ou pour quoi il est ; puis ce qu’il signifie pour les personnes, et le remède,
dont les accolades ci-dessous sont remplies (\`{setting}\` : le réglage qui convient aux valeurs lues, s’il y en a un). Le code de retour est 0 si rien n’est faux (les avertissements sont admis), 1 si quelque chose est faux, 2 si
quelque chose n’a pas pu être essayé. La commande n’écrit rien sauf, avec \`passwordWrite: modify\`, le mot de passe de \`canaryDn\`. Elle doit s’exécuter sous le compte propriétaire du dossier de données.

| constat | comment | niveau | remède |
|---|---|---|---|
${Object.entries(checkLines)
  .map(([name, { level }]) => {
    const [how, remedy] = checkWords[name as keyof typeof checkLines]
    return `| \`${name}\` | ${cell(how)} | ${levels[level]} | ${cell(remedy)} |`
  })
  .join('\n')}

À côté de ceux-ci, des lignes sur vos mots et votre apparence (\`overrides\`, avec le fichier et la ligne), sur chaque service, le serveur de connexion, le serveur de messagerie, les listes de mots de passe divulgués, les réglages des pages que la loi demande (\`statements\`), les groupes à privilèges (\`privileged\`), le
verrouillage de l’annuaire (\`lock-out\`) et la façon dont il garde un mot de passe (\`password\`) disent en une phrase ce qu’elles ont trouvé.
`

/** `directory.populations.*.base`: the populations, the kinds of numbers and the languages share their words. */
export const keyOfSetting = (path: string) =>
  path
    .replace(/\.(student|staff|external|student-number|ine|staff-number|uid)(?=\.|$)/g, '.*')
    .replace(/\.(fr|en)$/, '.*')

const sayInFrench = (path: string) => {
  const words = settingWords[keyOfSetting(path)]
  if (words === undefined) throw new Error(`${path} has no French words: add them to setting-words.ts`)
  return words
}

const configurationPage = (schema: JsonSchema) => `# Configuration

Produit d’après le schéma de \`sesame.yaml\` (\`src/config/config.ts\`) ; [en anglais](../configuration.md). Les éditeurs lisent \`sesame.schema.json\`, dans le dossier au-dessus : écrivez
\`# yaml-language-server: $schema=…/sesame.schema.json\` sur la première ligne. Les secrets sont des fichiers, jamais des valeurs. \`sesame check\`
signale tous les problèmes d’un coup et essaie chaque connexion ; \`sesame explain\` affiche ce qui est en vigueur.

Environnement : \`SESAME_CONFIG\` (le fichier), \`PORT\`, \`SESAME_DATA\` (dossier de données, \`./data\`), \`DATABASE_URL\` ou
\`DATABASE_URL_FILE\` (PostgreSQL ; absent : SQLite dans le dossier de données), \`SESAME_ROOT_KEY_FILE\`.

| réglage | type | par défaut | quoi |
|---|---|---|---|
${settingLines(schema, { listOf: 'liste de', or: 'ou', say: sayInFrench }).join('\n')}
| \`limits.*\` | integer | | voir les [limites](limits.md) |
`

/** The pages of `docs/reference/fr/`, generated as their English twins are. */
export const frenchReferencePages = (schema: JsonSchema): Readonly<Record<string, string>> => ({
  'fr/configuration.md': typesetDocument(configurationPage(schema)),
  'fr/limits.md': typesetDocument(frenchLimitsPage()),
  'fr/check.md': typesetDocument(checkPage()),
})
