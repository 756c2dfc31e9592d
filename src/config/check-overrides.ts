import type { Finding } from '../directory/directory.ts'
import { locales } from '../texts/locales.ts'
import { languages } from '../texts/texts.ts'
import type { Log } from '../web/replies.ts'
import type { Settings } from './load.ts'

/** The institution's own words and look: each fault with its file and line, then what is in use. */
export const checkOverrides = ({
  config,
  overrides: { texts, faults },
}: Pick<Settings, 'config' | 'overrides'>): readonly Finding[] => [
  ...faults.map(({ level, file, line, sentence }) => ({
    level,
    what: `overrides ${file}${line === null ? '' : `:${line}`}`,
    detail: sentence,
  })),
  ...(config.overrides === undefined
    ? []
    : [
        {
          level: 'good' as const,
          what: 'overrides',
          detail: `Your own sentences in use: ${languages.map(language => `${texts[language].size} in ${locales[language].name}`).join(', ')}.`,
        },
      ]),
]

/** At the start what is not used is logged. Sentences of one language alone are used: they are left to the command, which may have hundreds. */
export const logOverrideFaults = ({ overrides }: Pick<Settings, 'overrides'>, log: Log) => {
  for (const { file, line, sentence } of overrides.faults.filter(({ level }) => level === 'wrong'))
    log('warn', { check: 'overrides', file, ...(line !== null && { line }), detail: sentence })
}
