/** A page without the parts that may differ between two people: the question, random names, the time. */
export const foldedPage = (html: string) =>
  html
    .replace(/«\s[^»]*\s»/g, '«»')
    .replace(/(id="question"[^>]*>)[^<]*/, '$1')
    .replace(/name="demarche" value="[^"]*"/, 'name="demarche"')
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/\d\d:\d\d/g, '00:00')
