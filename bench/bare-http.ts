import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

/** The baseline: Node's own HTTP server, which sends the same bytes and headers to everybody. */
const { BARE_PORT = '0', BARE_ANSWER = '' } = process.env
const { headers, body } = JSON.parse(readFileSync(BARE_ANSWER, 'utf8')) as { headers: string[]; body: string }
const bytes = Buffer.from(body, 'base64')

createServer((_, response) => {
  response.writeHead(200, headers)
  response.end(bytes)
}).listen(Number(BARE_PORT), '127.0.0.1', () => console.log('ready'))
