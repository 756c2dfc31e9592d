import { describe, expect, it } from 'vitest'
import { readResponse } from './response.ts'

const success = (inner: string) =>
  `<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess>${inner}</cas:authenticationSuccess></cas:serviceResponse>`

describe('the answer of a CAS server', () => {
  it('names the user and gives attributes, one or several, as texts', () => {
    const read = readResponse(
      success(
        '<cas:user> 0204518 </cas:user><cas:attributes><cas:mail>a@b.c</cas:mail><cas:group>x</cas:group><cas:group>1e3</cas:group><cas:cn>L&amp;fèvre</cas:cn></cas:attributes>',
      ),
    )
    expect(read).toEqual({
      success: {
        user: '0204518',
        attributes: new Map([
          ['mail', ['a@b.c']],
          ['group', ['x', '1e3']],
          ['cn', ['L&fèvre']],
        ]),
      },
    })
  })
  it.each([
    ['o&#39;neill', "o'neill"],
    ['o&#x27;neill', "o'neill"],
    ['o&apos;neill', "o'neill"],
    ['ren&#233;', 'rené'],
    ['ren&#xE9;', 'rené'],
    ['&#x1D7D8;', '𝟘'],
    ['a&amp;#39;b', 'a&#39;b'],
    ['a&amp;lt;b', 'a&lt;b'],
    ['<![CDATA[a&#39;b]]>', 'a&#39;b'],
  ])('reads characters by number: « %s » is « %s »', (written, user) => {
    const read = readResponse(
      success(`<cas:user>${written}</cas:user><cas:attributes><cas:cn>${written}</cas:cn></cas:attributes>`),
    )
    expect(read).toEqual({ success: { user, attributes: new Map([['cn', [user]]]) } })
  })
  it('reads an answer in which every letter is written by its number', () => {
    const letters = '&#233;'.repeat(2000)
    const read = readResponse(
      success(`<cas:user>a</cas:user><cas:attributes><cas:cn>${letters}</cas:cn></cas:attributes>`),
    )
    expect(read).toEqual({ success: { user: 'a', attributes: new Map([['cn', ['é'.repeat(2000)]]]) } })
  })
  it('gives the code of a failure', () => {
    const failure =
      '<cas:serviceResponse xmlns:cas="x"><cas:authenticationFailure code="INVALID_TICKET">no</cas:authenticationFailure></cas:serviceResponse>'
    expect(readResponse(failure)).toEqual({ failure: 'INVALID_TICKET' })
  })
  it('takes a refusal in the words of CAS 1.0 for one, and nothing else of that age', () => {
    expect(readResponse('no\n\n')).toEqual({ failure: 'INVALID_TICKET' })
    expect(readResponse('yes\nclefevre\n')).toBeNull()
  })
  it('a comment within the name does not cut it short', () => {
    const read = readResponse(success('<cas:user>admin<!-- -->istrator</cas:user>'))
    expect(read).toEqual({ success: { user: 'administrator', attributes: new Map() } })
  })
  it.each([
    '',
    'yes\nclefevre',
    '{"serviceResponse":{}}',
    '<serviceResponse/>',
    success(''),
    success('<cas:user></cas:user>'),
    success('<cas:user>admin&#0;</cas:user>'),
    success('<cas:user>admin&#x110000;</cas:user>'),
    success('<cas:user>admin&#xD800;</cas:user>'),
    success('<cas:user>admin&#8;</cas:user>'),
    success('<cas:user>a</cas:user><cas:user>b</cas:user>'),
    success('<cas:user>a</cas:user>').replace('</cas:serviceResponse>', ''),
    success(
      '<cas:user>a</cas:user></cas:authenticationSuccess><cas:authenticationSuccess><cas:user>b</cas:user>',
    ),
    success(
      '<cas:user>a</cas:user></cas:authenticationSuccess><cas:authenticationFailure code="X"/><cas:authenticationSuccess>',
    ),
    `<!DOCTYPE x [<!ENTITY u "admin">]>${success('<cas:user>&u;</cas:user>')}`,
  ])('« %s » says nothing', xml => {
    expect(readResponse(xml)).toBeNull()
  })
})
