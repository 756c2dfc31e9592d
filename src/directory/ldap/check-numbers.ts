import { report } from '../check-lines.ts'
import type { Finding } from '../directory.ts'
import { good } from './check-connection.ts'
import { numberRemedy } from './number-remedy.ts'
import type { NumberSurvey } from './survey.ts'

/** The form of a value without the value: the numbers and the logins of people are not printed. A label in braces is of the institution. */
const formOf = (value: string) =>
  value
    .split(/^(\{[^{}]*\})(?=.)/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replace(/\p{N}/gu, '9')
            .replace(/\p{Lu}/gu, 'A')
            .replace(/\p{L}/gu, letter => (letter === 'A' ? letter : 'a')),
    )
    .join('')

const formFindings = (survey: NumberSurvey): Finding[] => {
  const { kind, setting, values, unreachable } = survey
  const [first] = unreachable
  if (first === undefined) return []
  const remedy = numberRemedy(survey)
  const rest = remedy?.remaining ? ` Then correct the other ${remedy.remaining} in the directory.` : ''
  return [
    report('number-form', {
      subject: kind,
      means: `${unreachable.length} of ${values} values of ${setting.attribute} are found by no search of the portal, such as « ${formOf(first)} »: these people are strangers to it.`,
      values: {
        setting: remedy ? `directory: { ${remedy.yaml} }${rest}` : 'Correct these values in the directory.',
      },
      everybody: unreachable.length === values,
    }),
  ]
}

const characterFindings = ({ kind, setting, values, refused }: NumberSurvey): Finding[] => {
  const [first] = refused
  if (first === undefined) return []
  return [
    report('number-characters', {
      subject: kind,
      means: `${refused.length} of ${values} values of ${setting.attribute} have characters that no number has, such as « ${formOf(first)} »: the form refuses them before any search.`,
      values: { kind },
      everybody: refused.length === values,
    }),
  ]
}

/** The findings on one card: how many people can identify themselves by it, and why the others cannot. */
export const checkNumber = (survey: NumberSurvey): Finding[] => {
  const { kind, setting, values, holders } = survey
  if (values === 0)
    return [
      report('no-number', {
        subject: kind,
        means: `Nobody of this population has ${setting.attribute}: nobody is found by that card.`,
        values: { attribute: setting.attribute, kind },
      }),
    ]
  const held = [...holders.values()]
  const twice = held.filter(({ entries }) => entries > 1)
  const able = held.filter(one => one.entries === 1 && one.able === 1).length
  return [
    able > 0
      ? good(`identification ${kind}`, `${able} people can identify themselves by ${setting.attribute}.`)
      : report('identification', {
          subject: kind,
          means: `None of the people who have ${setting.attribute} can identify themselves by it.`,
        }),
    ...formFindings(survey),
    ...characterFindings(survey),
    ...(twice.length > 0
      ? [
          report('number-twice', {
            subject: kind,
            means: `${twice.length} values of ${setting.attribute} are in several entries: the portal identifies none of these people.`,
          }),
        ]
      : []),
  ]
}
