import { describe, expect, it } from 'vitest'
import { parseBirthDate } from '../../src/directory/birth-date.ts'
import { foldNumber } from '../../src/directory/number.ts'
import { foldDigits } from '../../src/proofs/authenticator/authenticator.ts'
import { foldSentCode } from '../../src/proofs/sent-code/digits.ts'
import { parseMobile } from '../../src/proofs/sent-code/mobile.ts'

const today = new Date('2026-11-24T10:00:00Z')
/** Rows of ten digits: Arabic, Persian, Devanagari, Bengali, Thai, N'Ko. */
const zeros = ['٠', '۰', '०', '০', '๐', '߀']

/** The same value as a keyboard of that script types it. */
const inScript = (zero: string, value: string) =>
  value.replace(/\d/g, digit => String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit)))

describe('reports of values that people type', () => {
  it.each(zeros)(
    'the digits of another script are digits: %s (firebase/FirebaseUI-iOS#430, marmelroy/PhoneNumberKit#332)',
    zero => {
      const typed = (value: string) => inScript(zero, value)
      expect(typed('1')).not.toBe('1')
      expect(foldNumber('student-number', typed('22104587'))).toBe('22104587')
      expect(parseBirthDate(typed('03/11/2004'), today)).toEqual(parseBirthDate('03/11/2004', today))
      expect(foldSentCode(typed('1234 5678'))).toBe(foldSentCode('12345678'))
      expect(foldDigits(typed('123456'))).toBe('123456')
      expect(parseMobile(typed('06 12 34 56 78'))).toEqual(parseMobile('06 12 34 56 78'))
    },
  )
})
