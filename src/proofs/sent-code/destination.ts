import { ok, type Result, refused } from '../../result.ts'
import { plainAddress } from '../../texts/mail-address.ts'
import { unified } from '../../texts/unified.ts'

/** An address or a mobile in normal form: `prenom@exemple.fr`, `+33612345678`. */
export type Destination = string & { readonly __brand: 'Destination' }
export type DestinationKind = 'mail' | 'mobile'

export const destinationReasons = [
  'mail-missing',
  'mail-form',
  'mail-not-ascii',
  'mobile-missing',
  'mobile-form',
  'mobile-country',
] as const
export type DestinationReason = (typeof destinationReasons)[number]

export const kindOf = (destination: string): DestinationKind =>
  destination.includes('@') ? 'mail' : 'mobile'

/** The usual addresses of RFC 5321: no quoted local part, no comment, no address literal. */
const mailShape =
  /^[^\s@"(),:;<>[\\\]]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+\p{L}[\p{L}\p{M}]+$/u

export const parseMail = (typed: string): Result<{ to: Destination }, DestinationReason> => {
  const text = plainAddress(unified(typed))
  if (text === '') return refused('mail-missing')
  return mailShape.test(text) && text.length <= 254 && !text.includes('..')
    ? ok({ to: text as Destination })
    : refused('mail-form')
}

/** `c•••@exemple.fr`, `•• •• •• 78`: its owner recognises it, and it reveals little to anybody else. */
export const masked = (destination: Destination) => {
  if (kindOf(destination) === 'mobile') return `•• •• •• ${destination.slice(-2)}`
  const [local = '', domain = ''] = destination.split('@')
  return `${local.slice(0, 1)}•••@${domain}`
}
