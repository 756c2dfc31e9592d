import type { Configuration } from '../config/config.ts'
import { defaultLimits, type Limits, limitDefinitions } from '../limits/limits.ts'
import {
  type CookieName,
  categoryOfTable,
  cookieLifetimes,
  type DataCategory,
  type RetentionPeriod,
  retentionPeriods,
} from '../statements/retention-periods.ts'
import { transientTables } from '../store/backup.ts'
import type { Schema } from '../store/schema.ts'
import { sayIn } from '../texts/texts.ts'
import { createDateFormats } from '../ui/date-formats.ts'
import { dataFlows } from './data-flows.ts'
import { limitWords } from './limit-words.ts'
import { categoryWords, cookieWords, limitsOfAnalysis, periodWords, technicalTables } from './words.ts'

const say = sayIn('fr')

const table = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
  [columns, columns.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')

type Duration = (ms: number) => string
type Periods = Readonly<Record<DataCategory, RetentionPeriod>>

/** The page on personal data speaks to its reader; a register speaks of people. */
const periodText = (duration: Duration, { key, duration: values = {} }: RetentionPeriod) => {
  const filled = Object.fromEntries(Object.entries(values).map(([name, ms]) => [name, duration(ms)]))
  const words = periodWords[key]
  const text = words ? words.replace(/\{(\w+)\}/g, (_, name: string) => filled[name] ?? '') : say(key, filled)
  if (/\bvo(us|tre|s)\b/i.test(text)) throw new Error(`${key} speaks to the reader: say it in periodWords`)
  return text
}

/** Of the demonstration alone: no institution has these. */
const ofDemonstration: DataCategory = 'directory'

const retentionTable = (periods: Periods, duration: Duration) =>
  table(
    ['donnée', 'pourquoi', 'durée de conservation'],
    (Object.entries(periods) as [DataCategory, RetentionPeriod][])
      .filter(([name]) => name !== ofDemonstration)
      .map(([name, period]) => [
        categoryWords[name].data,
        categoryWords[name].purpose,
        periodText(duration, period),
      ]),
  )

const comesBack = (name: keyof Schema) => (transientTables.includes(name) ? 'non' : 'oui')

const storedTable = (periods: Periods, duration: Duration) => {
  const personal = Object.entries(categoryOfTable) as [keyof typeof categoryOfTable, DataCategory][]
  return table(
    ['table', 'contenu', 'durée', 'restaurée d’une sauvegarde'],
    [
      ...personal
        .filter(([, category]) => category !== ofDemonstration)
        .map(([name, category]) => [
          `\`${name}\``,
          categoryWords[category].data,
          periodText(duration, periods[category]),
          comesBack(name),
        ]),
      ...(Object.entries(technicalTables) as [keyof typeof technicalTables, string][]).map(
        ([name, content]) => [
          `\`${name}\``,
          `${content} (aucune personne)`,
          'tant que le portail en a besoin',
          comesBack(name),
        ],
      ),
    ],
  )
}

const cookieTable = (limits: Limits, duration: Duration) =>
  table(
    ['cookie', 'usage', 'durée au plus'],
    (Object.entries(cookieLifetimes(limits)) as [CookieName, number][]).map(([name, long]) => [
      `\`__Host-${name}\``,
      cookieWords[name],
      duration(long),
    ]),
  )

/** The formats of the pages begin with a second. */
const durationOf = (ms: number, duration: Duration) => (ms < 1000 ? `${ms} ms` : duration(ms))

const limitTable = (names: readonly (keyof Limits)[], limits: Limits, duration: Duration) =>
  table(
    ['réglage', 'valeur', 'ce qu’il limite'],
    names.map(name => [
      `\`${name}\``,
      limitDefinitions[name].unit === 'milliseconds'
        ? durationOf(limits[name], duration)
        : String(limits[name]),
      limitWords[name],
    ]),
  )

/** `docs/reference/limits.md` in French. */
export const frenchLimitsPage = () => `# Limites

Produit d’après \`src/limits/limits.ts\` ; [en anglais](../limits.md). \`limits:\` dans \`sesame.yaml\` remplace chacune (durées en millisecondes). Les réseaux sont des IPv4 /24
et des IPv6 /56, gardés comme empreintes à clé.

${limitTable(Object.keys(limitDefinitions) as (keyof Limits)[], defaultLimits, createDateFormats('fr', 'Europe/Paris', sayIn('fr')).duration)}
`

const flowTable = (config: Configuration) =>
  table(
    ['n°', 'de', 'vers', 'protocole', 'authentification', 'ce qui passe'],
    dataFlows(config).map(({ from, to, protocol, authentication, content }, index) => [
      String(index + 1),
      from.name,
      [to.name, ...to.addresses.map(address => `\`${address}\``)].join(', '),
      protocol,
      authentication,
      content,
    ]),
  )

/** The lists and figures of the dossier, by the name under which its documents ask for them. */
export const dossierSections = (config: Configuration, limits: Limits = defaultLimits) => {
  const { duration } = createDateFormats('fr', config.branding.timeZone, sayIn('fr'))
  const ofPage = retentionPeriods(limits)
  const { tries } = ofPage
  // The page on personal data does not say how long the number of suspensions is kept.
  const periods = {
    ...ofPage,
    tries: { ...tries, duration: { ...tries.duration, suspensions: limits.purgeSuspensions } },
  }
  return {
    durées: retentionTable(periods, duration),
    tables: storedTable(periods, duration),
    cookies: cookieTable(limits, duration),
    limites: limitTable(limitsOfAnalysis, limits, duration),
    flux: flowTable(config),
  }
}

type Sections = ReturnType<typeof dossierSections>

const marked = /^<!-- produit : (\S+) -->\n.*?^<!-- fin -->$/gms

/** A document of the dossier with its lists and figures, between marks that name them, as the code says them. */
export const filledDocument = (text: string, sections: Sections) =>
  text.replace(marked, (_, name: string) => {
    const content = sections[name as keyof Sections]
    if (content === undefined) throw new Error(`« ${name} » is no section of the dossier`)
    return `<!-- produit : ${name} -->\n\n${content}\n\n<!-- fin -->`
  })
