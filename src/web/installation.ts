import type { FastifyInstance } from 'fastify'
import type { InstallationFiles } from '../ui/installation.ts'

export type InstallationDeps = {
  readonly installation: InstallationFiles
  readonly security: Readonly<Record<string, string>>
}

/** The manifest and the icon, with which a telephone keeps the portal on its home screen. They are the same for everybody. */
export const registerInstallation = (app: FastifyInstance, { installation, security }: InstallationDeps) => {
  const file = (path: string, type: string, body: string) =>
    app.get(path, (_, reply) =>
      reply.headers(security).header('cache-control', 'public, max-age=86400').type(type).send(body),
    )
  file('/manifest.webmanifest', 'application/manifest+json', installation.manifest)
  file('/icone.svg', 'image/svg+xml', installation.icon)
}
