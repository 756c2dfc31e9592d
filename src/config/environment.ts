/** The only file that reads `process.env` (checked by a test). */
export type Environment = {
  readonly configFile: string | undefined
  readonly port: string | undefined
  readonly data: string
  readonly databaseUrl: string | undefined
  readonly databaseUrlFile: string | undefined
  readonly rootKeyFile: string | undefined
  readonly newRootKeyFile?: string | undefined
}

const nonEmpty = (value: string | undefined) => (value === '' ? undefined : value)

export const readEnvironment = (env: NodeJS.ProcessEnv = process.env): Environment => ({
  configFile: nonEmpty(env.SESAME_CONFIG),
  port: nonEmpty(env.PORT),
  data: nonEmpty(env.SESAME_DATA) ?? './data',
  databaseUrl: nonEmpty(env.DATABASE_URL),
  databaseUrlFile: nonEmpty(env.DATABASE_URL_FILE),
  rootKeyFile: nonEmpty(env.SESAME_ROOT_KEY_FILE),
  newRootKeyFile: nonEmpty(env.SESAME_NEW_ROOT_KEY_FILE),
})
