/** The only file that reads `process.env` (checked by a test). */
export type Environment = {
  readonly configFile: string | undefined
  readonly port: string | undefined
  readonly data: string
  readonly databaseUrl: string | undefined
  readonly databaseUrlFile: string | undefined
  readonly rootKeyFile: string | undefined
}

const given = (value: string | undefined) => (value === '' ? undefined : value)

export const readEnvironment = (env: NodeJS.ProcessEnv = process.env): Environment => ({
  configFile: given(env.SESAME_CONFIG),
  port: given(env.PORT),
  data: given(env.SESAME_DATA) ?? './data',
  databaseUrl: given(env.DATABASE_URL),
  databaseUrlFile: given(env.DATABASE_URL_FILE),
  rootKeyFile: given(env.SESAME_ROOT_KEY_FILE),
})
