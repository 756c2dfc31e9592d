/** Above `warning` and above `critical` the probe says so; without them it only reports the figure. */
export type Thresholds = { readonly warning?: number; readonly critical?: number }

type Figure = {
  /** The series of `/metrics` whose values are added up. */
  readonly series: RegExp
  readonly unit: 's' | 'B' | ''
  readonly what: string
} & Thresholds

const tenMinutes = 600
const oneHour = 3600

/** What the probe reads of `/metrics`, with the thresholds that hold unless others are given. */
export const probeFigures = {
  'delivery-age': {
    series: /^sesame_delivery_oldest_seconds$/,
    ...{ unit: 's', warning: tenMinutes, critical: oneHour },
    what: 'how long the oldest new password has been on its way to a service',
  },
  sealed: {
    ...{ series: /^sesame_sealed_passwords$/, unit: '' },
    what: 'sealed passwords that wait for a service',
  },
  'mail-age': {
    series: /^sesame_mail_oldest_seconds$/,
    ...{ unit: 's', warning: tenMinutes, critical: oneHour },
    what: 'how long the oldest mail or text message has waited',
  },
  mails: {
    ...{ series: /^sesame_(?:mails\{.*\}|notices)$/, unit: '' },
    what: 'mails, text messages and notices that wait',
  },
  hashes: {
    ...{ series: /^sesame_hashes\{state="waiting"\}$/, unit: '' },
    what: 'passwords and answers that wait to be hashed',
  },
  directory: {
    series: /^sesame_part_check_seconds\{part="directory"\}$/,
    ...{ unit: 's', warning: 1, critical: 3 },
    what: 'how long the directory took to answer',
  },
  store: {
    series: /^sesame_part_check_seconds\{part="store"\}$/,
    ...{ unit: 's', warning: 1, critical: 3 },
    what: 'how long a write to the store took',
  },
  checked: {
    series: /^sesame_parts_checked_seconds$/,
    ...{ unit: 's', warning: 20, critical: 60 },
    what: 'how long ago the portal checked its parts',
  },
  memory: {
    ...{ series: /^process_resident_memory_bytes$/, unit: 'B' },
    what: 'memory of the process',
  },
} as const satisfies Readonly<Record<string, Figure>>

export type FigureName = keyof typeof probeFigures

export const figureNames = Object.keys(probeFigures) as FigureName[]

export const figureOf = (name: FigureName): Figure => probeFigures[name]

/** Which thresholds hold: `null` for none. */
export type GivenThresholds = Readonly<Partial<Record<FigureName, number | null>>>

const isFigure = (name: string): name is FigureName => Object.hasOwn(probeFigures, name)

/** Reads `delivery-age=300,memory=600000000,store=off`. The refusal is a sentence. */
export const readThresholds = (
  text: string,
): { readonly given: GivenThresholds } | { readonly refused: string } => {
  const given: Partial<Record<FigureName, number | null>> = {}
  for (const part of text.split(',').filter(Boolean)) {
    const [, name = '', value = ''] = /^([a-z-]+)=(off|\d+(?:\.\d+)?)$/.exec(part.trim()) ?? []
    if (!isFigure(name))
      return {
        refused: `« ${part.trim()} » is no threshold: write FIGURE=NUMBER or FIGURE=off, with one of ${figureNames.join(', ')}`,
      }
    given[name] = value === 'off' ? null : Number(value)
  }
  return { given }
}

const chosen = (given: number | null | undefined, usual: number | undefined) =>
  given === undefined ? usual : (given ?? undefined)

/** The thresholds of a figure: those that are given, and the usual ones otherwise. */
export const thresholdsOf = (
  name: FigureName,
  { warning, critical }: { readonly warning: GivenThresholds; readonly critical: GivenThresholds },
): Thresholds => {
  const usual = figureOf(name)
  const low = chosen(warning[name], usual.warning)
  const high = chosen(critical[name], usual.critical)
  return { ...(low !== undefined && { warning: low }), ...(high !== undefined && { critical: high }) }
}

/** The sum of the series of a figure in the text format of Prometheus; `null`: it has none of them. */
export const figureIn = (text: string, { series }: Figure): number | null => {
  const values = text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(
      line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const,
    )
    .filter(([name]) => series.test(name))
    .map(([, value]) => value)
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}
