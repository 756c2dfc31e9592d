import { z } from 'zod'

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #0c5a48')

/**
 * The institution's own: name, logo, two colours, whom to call. Every shade is derived from the two colours with its
 * lightness fixed by the style sheet, so that contrast holds whatever is chosen.
 */
export const branding = z.strictObject({
  product: z.string().min(1).default('Sésame').describe('Name of the portal, in the header and in mails.'),
  institution: z.string().min(1).default('Université de Clairval').describe('Name of the institution.'),
  logoFile: z.string().optional().describe('SVG or PNG of at most 8 KB, drawn for a white plate.'),
  house: colour.default('#0c5a48').describe('Colour of walls, links and buttons.'),
  lamp: colour.default('#f0b63c').describe('Colour of light: progress, marks, focus.'),
  signInUrl: z.url().optional().describe('Where people sign in (the ENT, CAS). Absent: the portal’s own page.'),
  publisher: z.string().default('').describe('Legal notice: who publishes the site, on one line.'),
  accessibility: z.enum(['no', 'partially', 'fully']).default('no').describe('Conformity with RGAA 4.1: `no` until an audit says otherwise.'),
  helpdesk: z
    .strictObject({
      phone: z.string().min(3).default('03 53 01 22 33'),
      mail: z.email().default('assistance@clairval.example'),
      hours: z
        .strictObject({ fr: z.string(), en: z.string() })
        .default({ fr: 'du lundi au vendredi, de 8 h à 18 h', en: 'Monday to Friday, 8:00 to 18:00' }),
    })
    .prefault({})
    .describe('Whom to call: shown at the foot of every page and in every mail.'),
})

export type Branding = z.infer<typeof branding>
