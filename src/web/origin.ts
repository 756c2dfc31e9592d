/**
 * Was this POST sent by one of our own pages? `Sec-Fetch-Site` must be exactly `same-origin`; a browser too old to
 * send it must send `Origin` equal to the public origin. `same-site`, `none`, `null` and silence are refused: a
 * neighbouring host of the university must not be able to post here (ASVS 3.5.1).
 */
export const isFromOurPages = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  publicOrigin: string,
) => {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return headers.origin === publicOrigin
}
