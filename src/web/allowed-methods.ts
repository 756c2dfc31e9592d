/**
 * The methods of the pages, for the answer to a request with any other method (405). A route for each other method of each page
 * would be most of the routes, and a third of the time that the server takes to start.
 */
export const createAllowedMethods = () => {
  const pages: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = []
  return {
    /** `path`: as in `routes.ts`, with the language before it. */
    add: (path: string, methods: readonly string[]) => {
      pages.push({ pattern: new RegExp(`^${path.replace(/\/$/, '').replace(/:\w+/g, '[^/]+')}/?$`), methods })
    },
    /** The methods of the page at this address; null when there is none. */
    of: (url: string) => {
      const [path = ''] = url.split('?', 1)
      return pages.find(({ pattern }) => pattern.test(path))?.methods ?? null
    },
  }
}

export type AllowedMethods = ReturnType<typeof createAllowedMethods>
