import { expect, it } from 'vitest'
import { canonicalMailbox } from './canonical-mailbox.ts'

it.each([
  ['tags', ['victime@exemple.fr', 'victime+b1@exemple.fr', 'Victime+x+y@exemple.fr']],
  [
    'capitals in the domain and the local part',
    ['victime@exemple.fr', 'VICTIME@EXEMPLE.FR', 'Victime@Exemple.fr.'],
  ],
  ['a domain in Unicode and in ASCII', ['a@exämple.fr', 'a@EXÄMPLE.fr', 'a@xn--exmple-cua.fr']],
  ['Gmail’s dots', ['jean.dupont@gmail.com', 'j.e.a.n.dupont+z@googlemail.com', 'jeandupont@gmail.com']],
  ['Proton’s separators', ['jean.dupont@proton.me', 'jean_dupont@pm.me', 'jean-dupont+a@protonmail.com']],
  ['Yahoo’s disposable addresses', ['jdupont@yahoo.fr', 'jdupont-banque@yahoo.fr', 'JDupont-b2@YAHOO.fr']],
  ['the three domains of iCloud', ['jd@icloud.com', 'jd@me.com', 'jd+a@mac.com']],
])('counts addresses of one mailbox as one: %s', (_, addresses) => {
  expect(new Set(addresses.map(canonicalMailbox)).size).toBe(1)
})

it.each([
  ['jean-pierre@exemple.fr', 'jean-paul@exemple.fr'],
  ['jean.dupont@exemple.fr', 'jeandupont@exemple.fr'],
  ['a@exemple.fr', 'a@mail.exemple.fr'],
  ['jd@yahoo.fr', 'jd@yahoo.com'],
  ['+33612345678', '+33612345679'],
])('keeps the mailboxes of two people apart: %s and %s', (one, other) => {
  expect(canonicalMailbox(one)).not.toBe(canonicalMailbox(other))
})
