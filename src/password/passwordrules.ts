import { type Policy, specials } from './policy.ts'

/** In a character class `-` comes first and `]` last. Signs that HTML would escape are left to those who type. */
const specialClass = `[-${specials.replace(/[-\]<>"&]/g, '')}]]`

/**
 * The attribute by which a password manager learns what to generate (Apple's « Password Rules »). What is required is also all
 * that is used: without such classes, everything that each client types reliably, but for spaces.
 */
export const passwordRulesAttribute = ({ min, max, lower, upper, digit, special }: Policy) => {
  const classes = [
    [lower, 'lower'],
    [upper, 'upper'],
    [digit, 'digit'],
    [special, specialClass],
  ] as const
  const required = classes.filter(([isRequired]) => isRequired).map(([, name]) => `required: ${name};`)
  const allowed = classes.filter(([isRequired]) => !isRequired).map(([, name]) => name)
  return [
    `minlength: ${min};`,
    `maxlength: ${max};`,
    ...required,
    ...(allowed.length > 0 ? [`allowed: ${allowed.join(', ')};`] : []),
  ].join(' ')
}
