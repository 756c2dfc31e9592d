import type { NumberSurvey } from './survey.ts'
import { isReachable } from './survey.ts'

/** More beginnings than an institution has: the values are then no numbers, and must be corrected in the directory. */
const most = 6

const unique = <T>(values: readonly T[]) => [...new Set(values)]

/**
 * The setting by which the numbers that no search includes are found, as it is written below `directory:` in `sesame.yaml`;
 * null when no setting helps. It is computed with the functions of the lookup, so that it is true.
 */
export const numberRemedy = ({ kind, setting, unreachable }: NumberSurvey) => {
  const parts = unreachable.map(value => {
    const [, label = '', rest = ''] = /^(\{[^{}]*\})?(.*)$/.exec(value) ?? []
    const [beginning = ''] = label ? [] : (/^[A-Za-z]+[ .-]+/.exec(rest) ?? [])
    return { label, rest, beginning }
  })
  const prefixes = unique([
    ...setting.prefixes,
    ...parts.flatMap(({ label, beginning }) => [label, beginning].filter(Boolean)),
  ])
  const widths = unique([
    ...setting.widths,
    ...parts.filter(({ rest }) => /^0./.test(rest)).map(({ rest }) => rest.length),
  ]).sort((a, b) => a - b)
  const proposed = { ...setting, prefixes, widths }
  const isCured = (value: string) => isReachable(kind, value, proposed)
  if (prefixes.length > most || widths.length > most || !unreachable.some(isCured)) return null
  const remaining = unreachable.filter(value => !isCured(value)).length
  const given = [
    ...(widths.length > 0 ? [`widths: [${widths.join(', ')}]`] : []),
    ...(prefixes.length > 0
      ? [`prefixes: [${prefixes.map(prefix => JSON.stringify(prefix)).join(', ')}]`]
      : []),
  ]
  return { yaml: `numbers: { ${kind}: { ${given.join(', ')} } }`, remaining }
}
