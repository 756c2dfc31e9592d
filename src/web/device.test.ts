import { expect, it } from 'vitest'
import { deviceOf } from './device.ts'

it.each([
  ['Firefox, Android', 'Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0'],
  [
    'Firefox, iPhone',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 FxiOS/140 Safari/605',
  ],
  [
    'Edge, Windows',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
  ],
  ['Chrome, Linux', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0 Safari/537.36'],
  [
    'Safari, macOS',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18.0 Safari/605.1',
  ],
  ['Windows', 'something on Windows'],
  ['', '<script>alert(1)</script>'],
  ['', undefined],
])('the device is named %j', (name, agent) => {
  expect(deviceOf(agent)).toBe(name)
})

it('uses only words of its own list, whatever is sent', () => {
  const sent = `Firefox/1 (${'x'.repeat(5000)}\r\nSet-Cookie: a) <b>Android</b>`
  expect(deviceOf(sent)).toBe('Firefox')
})
