import type { FastifyInstance } from 'fastify'
import type { InstallationFiles } from '../ui/installation.ts'

export type InstallationDeps = {
  readonly installation: InstallationFiles
  readonly security: Readonly<Record<string, string>>
}

/** The manifest and the icons, with which a telephone keeps the portal on its home screen, the font of the headings, and the logo. They are the same for everybody. */
export const registerInstallation = (app: FastifyInstance, { installation, security }: InstallationDeps) => {
  const { manifest, icon, icons, headingFont, logo } = installation
  const file = (path: string, type: string, body: string | Buffer, kept = 'max-age=86400') =>
    app.get(path, (_, reply) =>
      reply.headers(security).header('cache-control', `public, ${kept}`).type(type).send(body),
    )
  file('/manifest.webmanifest', 'application/manifest+json', manifest)
  file('/icone.svg', 'image/svg+xml', icon)
  for (const { name, bytes } of icons) file(`/${name}`, 'image/png', bytes)
  // Their names hold their digests.
  const forever = 'max-age=31536000, immutable'
  file(`/${headingFont.name}`, 'font/woff2', headingFont.bytes, forever)
  if (logo) file(`/${logo.name}`, logo.type, logo.bytes, forever)
}
