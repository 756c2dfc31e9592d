import { createHash } from 'node:crypto'
import type { Page } from 'playwright-core'
import type { PictureName } from '../../src/help/pictures.ts'

/** The part of a page that a picture shows, from the first to the last of these elements, and the element to press. */
export type Frame = { readonly shows: readonly string[]; readonly press?: string }

const wholeForm = ['header', '.wall', 'main form'] as const
const card = (nth: number) => `.cards > li:nth-child(${nth})`

export const frames: Readonly<Record<PictureName, Frame>> = {
  'sign-in': { shows: ['header', '.wall', 'main form:nth-of-type(1)'], press: 'main form .go' },
  'sign-in-passkey': {
    shows: ['header', '.wall', 'main form:nth-of-type(1)', 'main form:nth-of-type(2)'],
    press: 'main form:nth-of-type(2) button',
  },
  forgotten: { shows: ['header', '.wall', '.doors'], press: '.doors > li:nth-child(1)' },
  'forgotten-identifier': { shows: ['header', '.wall', '.doors'], press: '.doors > li:nth-child(2)' },
  'choose-student': { shows: [card(1), card(2)], press: card(1) },
  'choose-staff': { shows: [card(3)], press: card(3) },
  'choose-external': { shows: [card(4)], press: card(4) },
  'identify-student': { shows: wholeForm, press: 'main form button' },
  'identify-staff': { shows: wholeForm, press: 'main form button' },
  'identify-external': { shows: wholeForm, press: 'main form button' },
  joker: { shows: wholeForm, press: 'main form button' },
  'new-password': { shows: ['header', '.wall', 'main form'], press: 'main form > button' },
  done: { shows: ['header', '.wall', '.floor > .lead', '.receipt'] },
  'identifier-done': { shows: ['header', '.wall', '#identifiant'] },
  'activation-code': { shows: wholeForm, press: 'main form button' },
  'activation-joker': { shows: wholeForm, press: 'main form button' },
  'activation-address': { shows: wholeForm },
  'activation-done': { shows: ['header', '.wall', '#identifiant', '#identifiant + .copy + p'] },
  'change-password': { shows: ['header', '.wall', '#ancien', '#nouveau'] },
  'second-factor': { shows: ['header', '.wall', 'main form:nth-of-type(1)'] },
  account: {
    shows: ['header', '.wall', '.floor > section:nth-of-type(1)', '.floor > section:nth-of-type(2)'],
  },
  addresses: { shows: ['header', '.wall', '.floor > section:nth-of-type(1)'] },
  'not-me': { shows: ['header', '.wall', 'main form'], press: 'main form button' },
}

/** Text that changes between runs: times, dates, and the address of the portal. */
const steady = (text: string) =>
  text
    .replace(/\d{2}:\d{2}(:\d{2})?/g, '00:00')
    .replace(/\d{1,2}(er)? [\p{L}]+ 20\d\d/gu, '1 janvier 2026')
    .replace(/^\s*- \/url:.*\n?/gm, '')

/**
 * Digest of the accessibility tree of the pictured part of a page: roles, names, text, states. It changes with the words and the
 * structure of the page, not with the clock or the fonts of the machine.
 */
export const pageDigest = async (page: Page, name: PictureName) => {
  const said: string[] = []
  for (const part of frames[name].shows) said.push(await page.locator(part).first().ariaSnapshot())
  return createHash('sha256')
    .update(steady(said.join('\n')))
    .digest('hex')
    .slice(0, 16)
}
