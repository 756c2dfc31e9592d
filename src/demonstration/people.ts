import type { NumberKind, Population } from '../directory/directory.ts'
import type { QuestionKey } from '../proofs/joker/questions.ts'
import type { TextKey } from '../texts/texts.ts'

/** Six invented people. The home page of the demonstration shows what to type for each. */
export type DemoPerson = {
  readonly id: string
  readonly login: string
  readonly firstName: string
  readonly familyName: string
  readonly population: Population
  readonly numbers: { readonly [kind in NumberKind]?: string }
  readonly born: { readonly year: number; readonly month: number; readonly day: number }
  readonly password: string | null
  readonly joker: { readonly question: QuestionKey; readonly answer: string } | null
  readonly helpdesk: boolean
  /** For a person whose account is not active yet. */
  readonly activationCode?: string
  /** « étudiante », where the population's own word would be wrong. */
  readonly called?: TextKey
}

const person = (one: Omit<DemoPerson, 'id' | 'helpdesk'> & { helpdesk?: boolean }): DemoPerson => ({
  id: `demo-${one.login}`,
  helpdesk: false,
  ...one,
})

export const demoPeople: readonly DemoPerson[] = [
  person({
    login: 'clefevre',
    firstName: 'Camille',
    familyName: 'Lefèvre',
    population: 'staff',
    numbers: { 'staff-number': '204518' },
    born: { year: 1985, month: 7, day: 14 },
    password: 'Bienvenue!2026c',
    joker: { question: 'pet', answer: 'Félix' },
  }),
  person({
    login: 'ybenali',
    firstName: 'Yanis',
    familyName: 'Benali',
    population: 'student',
    numbers: { 'student-number': '22104587', ine: '0123456789M' },
    born: { year: 2004, month: 11, day: 3 },
    password: 'Bienvenue!2026y',
    joker: { question: 'town', answer: 'Saint-Amand-les-Eaux' },
  }),
  person({
    login: 'imoreau',
    firstName: 'Inès',
    familyName: 'Moreau',
    population: 'student',
    numbers: { 'student-number': '22609431', ine: '2598765432K' },
    born: { year: 2008, month: 2, day: 29 },
    password: null,
    activationCode: 'DEMA-RRER-SESA-ME26',
    called: 'demo.student-woman',
    joker: null,
  }),
  person({
    login: 'odubois',
    firstName: 'Olivier',
    familyName: 'Dubois',
    population: 'external',
    numbers: { uid: 'ext-odubois' },
    born: { year: 1979, month: 1, day: 21 },
    password: 'Bienvenue!2026o',
    joker: { question: 'book', answer: 'L’Étranger' },
  }),
  person({
    login: 'nhaddad',
    firstName: 'Nadia',
    familyName: 'Haddad',
    population: 'staff',
    numbers: { 'staff-number': '198077' },
    born: { year: 1972, month: 5, day: 2 },
    password: 'Bienvenue!2026n',
    joker: null,
  }),
  person({
    login: 'tpetit',
    firstName: 'Thomas',
    familyName: 'Petit',
    population: 'staff',
    numbers: { 'staff-number': '175230' },
    born: { year: 1990, month: 9, day: 30 },
    password: 'Bienvenue!2026t',
    joker: { question: 'teacher', answer: 'Madame Girard' },
    helpdesk: true,
  }),
]
