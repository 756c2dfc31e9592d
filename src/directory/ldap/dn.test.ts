import { describe, expect, it } from 'vitest'
import { isSameDn, isWithin, parseDn, rdnValue } from './dn.ts'

describe('a distinguished name', () => {
  it.each([
    ['cn=Admins\\, DSI,ou=groups,dc=univ', 'cn=Admins\\2C DSI,ou=groups,dc=univ'],
    ['cn=R\\+D,ou=groups', 'cn=R\\2BD,ou=groups'],
    ['cn=A  B,ou=groups', 'CN=a b , OU=groups'],
    ['cn=\\ spaces\\ ,ou=groups', 'cn=spaces,ou=groups'],
    ['cn=Délégués,ou=groups', 'cn=D\\c3\\A9l\\C3\\a9gu\\c3\\a9s,ou=groups'],
    ['uid=a+cn=b,dc=univ', 'cn=B + uid=A,dc=univ'],
    ['2.5.4.3=admins,0.9.2342.19200300.100.1.25=univ', 'cn=admins,dc=univ'],
    ['cn=a;ou=b', 'cn=a,ou=b'],
    ['cn=\u{1F600},ou=b', 'cn=\\F0\\9F\\98\\80,ou=b'],
    ['cn=\\#1,ou=b', 'cn=\\231,ou=b'],
    ['cn=a\\\\b,ou=c', 'cn=a\\5cb,ou=c'],
    ['cn=a\\=b,ou=c', 'cn=a=b,ou=c'],
  ])('« %s » is « %s »', (a, b) => {
    expect(parseDn(a)).not.toBe(null)
    expect(isSameDn(a, b)).toBe(true)
  })

  it.each([
    ['cn=admins\\,ou=groups', 'cn=admins,ou=groups'],
    ['cn=admins,ou=groups', 'cn=admins,ou=groups,dc=univ'],
    ['cn=a+cn=b', 'cn=a,cn=b'],
    ['cn=ab', 'cn=a b'],
    ['cn=\u{1F600}', 'cn=\u{1F601}'],
    ['', 'cn=a'],
  ])('« %s » is not « %s »', (a, b) => expect(isSameDn(a, b)).toBe(false))

  it.each(['admins', 'cn', 'cn=a,', 'cn=a,,ou=b', '=a', 'cn=a"b', 'cn=a\\'])('« %s » is none', text => {
    expect(parseDn(text)).toBe(null)
    expect(isSameDn(text, text)).toBe(false)
  })

  it('lies within its base, however that is written', () => {
    expect(isWithin('uid=a,ou=People, dc=univ', 'OU=people,dc=univ')).toBe(true)
    expect(isWithin('ou=people,dc=univ', 'ou=people,dc=univ')).toBe(true)
    expect(isWithin('uid=a,ou=other\\,ou=people,dc=univ', 'ou=people,dc=univ')).toBe(false)
    expect(isWithin('dc=univ', 'ou=people,dc=univ')).toBe(false)
  })

  it('has the login in its relative name, also beside another value', () => {
    expect(rdnValue('uid=aa\\2Cbb,ou=people', 'uid')).toBe('aa,bb')
    expect(rdnValue('cn=Camille+uid=Clefevre,ou=people', 'UID')).toBe('clefevre')
    expect(rdnValue('cn=Camille,uid=x', 'uid')).toBe(undefined)
  })
})
