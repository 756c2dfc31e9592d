/** All that the added proof adds outside its own folder: lines of existing files, and the file of its table. */

export const texts = {
  fr: {
    'spoken.title': "Code dit par l'assistance",
    'spoken.there': 'Un code vous attend.',
    'spoken.none': 'Aucun code',
    'spoken.void': 'Le code que vous attendiez ne sert plus.',
    'spoken.hint': "Les 14 lettres que l'assistance vous a dites.",
    'mail.spoken-code-added.subject': 'Un code vous a été dit',
    'mail.spoken-code-added': "L'assistance vous a dit un code.",
    'mail.spoken-code-removed.subject': "Le code dit par l'assistance est retiré",
    'mail.spoken-code-removed': 'Ce code ne sert plus.',
    'mail.spoken-code-used.subject': "Le code dit par l'assistance a servi",
    'mail.spoken-code-used': "Le code que l'assistance vous a dit vient de servir.",
  },
  en: {
    'spoken.title': 'Code said by the helpdesk',
    'spoken.there': 'A code waits for you.',
    'spoken.none': 'No code',
    'spoken.void': 'The code that you waited for does not work any more.',
    'spoken.hint': 'The 14 letters that the helpdesk said.',
    'mail.spoken-code-added.subject': 'A code was said to you',
    'mail.spoken-code-added': 'The helpdesk said a code to you.',
    'mail.spoken-code-removed.subject': 'The code said by the helpdesk is removed',
    'mail.spoken-code-removed': 'This code does not work any more.',
    'mail.spoken-code-used.subject': 'The code said by the helpdesk was used',
    'mail.spoken-code-used': 'The code that the helpdesk said was used.',
  },
} as const

export const table =
  'create table spoken_codes (person text primary key, digest text not null, made_at bigint not null)'

const textLines = (own: Readonly<Record<string, string>>) =>
  Object.entries(own)
    .map(([key, text]) => `  ${JSON.stringify(key)}: ${JSON.stringify(text)},\n`)
    .join('')

/** In each file, what comes in front of this text. */
export const additions: readonly {
  readonly file: string
  readonly before: string
  readonly added: string
}[] = [
  {
    file: 'src/proofs/proof-list.ts',
    before: 'import { joker }',
    added: "import { spokenCode } from '../../test/added-proof/spoken-code/descriptor.ts'\n",
  },
  {
    file: 'src/proofs/proof-list.ts',
    before: '} as const satisfies',
    added: '  spokenCodes: spokenCode,\n',
  },
  { file: 'src/texts/fr/factors.ts', before: '} as const', added: textLines(texts.fr) },
  { file: 'src/texts/en/factors.ts', before: '} as const', added: textLines(texts.en) },
  {
    file: 'src/store/schema.ts',
    before: '  jokers: {',
    added: '  spoken_codes: { person: string; digest: string; made_at: number }\n',
  },
]
