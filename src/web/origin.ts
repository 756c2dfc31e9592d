/**
 * Whether this POST was sent by one of our own pages. `Sec-Fetch-Site` must be exactly `same-origin`; a browser too old to
 * send it must send an `Origin` equal to the public origin. `same-site`, `none`, `null` and missing headers are refused:
 * another host of the university must not be able to post here (ASVS 3.5.1).
 */
export const isFromOurPages = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  publicOrigin: string,
) => {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return headers.origin === publicOrigin
}
