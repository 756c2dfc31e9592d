import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

export type Encoding = 'br' | 'gzip' | 'identity'

/** The encodings a browser lists and does not refuse with `q=0` (RFC 9110 §12.5.3), best first. */
export const encodingFor = (accepted: string | undefined): Encoding => {
  const refused = (name: string) =>
    new RegExp(`\\b${name}\\s*;\\s*q=0(\\.0*)?(\\s|,|$)`, 'i').test(accepted ?? '')
  const listed = (name: string) => new RegExp(`(^|[\\s,])${name}\\b`, 'i').test(accepted ?? '')
  if (listed('br') && !refused('br')) return 'br'
  if (listed('gzip') && !refused('gzip')) return 'gzip'
  return 'identity'
}

/** `once`: compressed once and sent many times, so at the slowest level; else at a level that one request can afford. */
export const compress = (text: string, encoding: Encoding, once: boolean): Buffer => {
  const bytes = Buffer.from(text)
  if (encoding === 'identity') return bytes
  if (encoding === 'gzip') return gzipSync(bytes, { level: once ? 9 : 5 })
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: once ? 11 : 3,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
}
