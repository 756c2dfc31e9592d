import { z } from 'zod'
import { inEachLanguage } from '../texts/texts.ts'
import { defaultTranslation, translated } from '../texts/translated.ts'

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0c5a48')

const isTimeZone = (name: string) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

const sentencesByLanguage = translated(z.array(z.string()))

const audit = z.strictObject({
  date: z.iso.date().describe('Date on which the audit ended, for example 2026-11-30.'),
  by: z.string().min(1).describe('Who carried out the audit.'),
  rate: z.number().min(0).max(100).describe('Percentage of the RGAA criteria that are met.'),
  inaccessible: sentencesByLanguage
    .default(() => inEachLanguage(() => []))
    .describe(
      'Content that the audit found not to be accessible, one sentence each, with derogations and the reasons for them.',
    ),
})

const optionalLine = () => z.string().default('')

/**
 * The institution's branding: name, logo, two colours, helpdesk. The style sheet derives every shade from the two colours
 * with a fixed lightness, so that the contrast is sufficient for any choice.
 */
export const branding = z.strictObject({
  product: z.string().min(1).default('Sésame').describe('Name of the portal, in the header and in mails.'),
  institution: z.string().min(1).default('Université de Clairval').describe('Name of the institution.'),
  logoFile: z
    .string()
    .optional()
    .describe(
      'SVG, PNG, JPEG or WebP of at most 32 KB, shown on a white background. Absent: `logo.svg` (`.webp`, `.png`, `.jpg`) of the folder of `overrides`, if it is there.',
    ),
  mailLogoFile: z
    .string()
    .optional()
    .describe(
      'PNG or JPEG of at most 32 KB for mails, which show no SVG and no WebP. Absent: `logo.png` or `logo.jpg` of the folder of `overrides`, or `logoFile` where it is one.',
    ),
  primary: colour.default('#0c5a48').describe('Background of the header, and colour of links and buttons.'),
  accent: colour.default('#f0b63c').describe('Accent colour: progress, marks, focus.'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'must be a time zone such as Europe/Paris or Indian/Reunion')
    .default('Europe/Paris')
    .describe('Time zone of the dates and times in pages and mails.'),
  signInUrl: z
    .url()
    .optional()
    .describe('Where people sign in (the ENT, CAS). Absent: the portal’s own page.'),
  eduroamToolUrl: z
    .url()
    .optional()
    .describe('Your page of the eduroam CAT or geteduroam tool: linked, and shown as a QR code.'),
  publisher: optionalLine().describe('Legal notice: who publishes the site, on one line.'),
  publicationDirector: optionalLine().describe('Legal notice: who is responsible for what is published.'),
  host: optionalLine().describe('Legal notice: who hosts the portal, with address and telephone.'),
  dataProtection: optionalLine().describe('Personal data: how to reach the data protection officer.'),
  accessibility: z
    .enum(['no', 'partially', 'fully'])
    .default('no')
    .describe('Conformity with RGAA 4.1: `no` until an audit says otherwise.'),
  audit: audit
    .optional()
    .describe('The audit on which the accessibility statement is based. Absent: no audit took place.'),
  helpdesk: z
    .strictObject({
      phone: z.string().min(3).default('03 53 01 22 33'),
      mail: z.email().default('assistance@clairval.example'),
      hours: translated(z.string()).default(defaultTranslation('helpdesk.hours')),
    })
    .prefault({})
    .describe('Contact of the helpdesk, shown at the bottom of every page and in every mail.'),
})

export type Branding = z.infer<typeof branding>
