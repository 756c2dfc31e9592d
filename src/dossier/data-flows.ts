import type { Configuration } from '../config/config.ts'

/** A system or a group of people that exchanges data with the portal. */
export type Endpoint = { readonly name: string; readonly addresses: readonly string[] }

/** One exchange of data, opened by `from`. `people`: whether it carries data about persons. */
export type Flow = {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly protocol: string
  readonly authentication: string
  readonly content: string
}

const nothing = 'aucune'
const ownCertificate = 'certificat du serveur vérifié'

const hostOf = (url: string) => new URL(url).host

const peopleFlows = ({ publicUrl, listen, trustedProxies }: Configuration) => {
  const isSecure = publicUrl.startsWith('https:')
  const people: Endpoint = { name: 'Personnes (navigateur)', addresses: [] }
  const portal: Endpoint = { name: 'Portail Sésame', addresses: [`${listen.host}:${listen.port}`] }
  const proxy: Endpoint = { name: 'Serveur mandataire', addresses: [hostOf(publicUrl)] }
  const content =
    'numéro, date de naissance, réponses, codes, mot de passe saisi ; pages du portail, sans donnée gardée par le navigateur hors cookies'
  const outer = { protocol: isSecure ? 'HTTPS' : 'HTTP', authentication: 'preuves de la politique, session' }
  const flows: Flow[] =
    trustedProxies.length > 0
      ? [
          { from: people, to: proxy, ...outer, content },
          {
            from: proxy,
            to: portal,
            protocol: 'HTTP, bouclage',
            authentication: 'adresse du mandataire (trustedProxies)',
            content: 'de même, avec l’adresse du navigateur',
          },
        ]
      : [{ from: people, to: portal, ...outer, content }]
  return { portal, flows }
}

const operatorFlows = ({ listen }: Configuration, portal: Endpoint): readonly Flow[] =>
  listen.admin === 'off'
    ? []
    : [
        {
          from: { name: 'Supervision', addresses: [] },
          to: { name: portal.name, addresses: [`${listen.admin.host}:${listen.admin.port}`] },
          protocol: 'HTTP, bouclage',
          authentication: 'accès à l’hôte',
          content: 'état des parties et mesures, sans aucune personne',
        },
      ]

type Directory = Exclude<Configuration['directory'], { kind: 'embedded' }>

const directoryProtocol = (directory: Directory) => {
  if (directory.urls.every(url => url.startsWith('ldaps:'))) return 'LDAPS'
  return directory.kind === 'ldap' && directory.startTls ? 'LDAP, StartTLS' : 'LDAP, bouclage'
}

const importFlows = ({ identification }: Configuration, portal: Endpoint): readonly Flow[] =>
  identification === 'directory'
    ? []
    : [
        {
          from: { name: 'Système d’information', addresses: [] },
          to: portal,
          protocol: 'fichier ou entrée standard',
          authentication: 'accès à l’hôte, compte du service',
          content:
            'identifiants stables, numéros et dates de naissance des personnes, gardés en empreintes à clé',
        },
      ]

const directoryFlows = ({ directory, identification }: Configuration, from: Endpoint): readonly Flow[] =>
  directory.kind === 'embedded'
    ? []
    : [
        {
          from,
          to: { name: 'Annuaire de référence', addresses: directory.urls },
          protocol: directoryProtocol(directory),
          authentication: `${directory.bindDn}, droits minimaux ; ${ownCertificate}`,
          content: `lecture des personnes (${identification === 'directory' ? 'numéros, date de naissance, ' : ''}nom, adresses, états) et des groupes à privilèges ; écriture et essai du mot de passe`,
        },
      ]

const storeFlows = ({ databaseUrlFile }: Configuration, from: Endpoint): readonly Flow[] => [
  databaseUrlFile === undefined
    ? {
        from,
        to: { name: 'Base SQLite', addresses: ['dossier de données, même hôte'] },
        protocol: 'fichier local',
        authentication: 'compte du service, fichiers en 0600',
        content: 'tout ce que liste « Ce qui est stocké où » ; secrets scellés ou hachés',
      }
    : {
        from,
        to: { name: 'Base PostgreSQL', addresses: [`adresse dans ${databaseUrlFile}`] },
        protocol: 'PostgreSQL',
        authentication: 'rôle propriétaire de sa seule base, mot de passe ; TLS selon l’adresse',
        content: 'tout ce que liste « Ce qui est stocké où » ; secrets scellés ou hachés',
      },
]

type Service = Configuration['services'][number]

const writerFlow = (
  service: Service,
  from: Endpoint,
  directory: Configuration['directory'],
): readonly Flow[] => {
  const { writer } = service
  const name = service.name.fr
  if (writer?.kind === 'active-directory')
    return [
      {
        from,
        to: { name: `${name} : Active Directory`, addresses: writer.urls },
        protocol: 'LDAPS',
        authentication: `${writer.bindDn}, droits minimaux ; ${ownCertificate}`,
        content: 'écriture du mot de passe ; connexion qui le vérifie',
      },
    ]
  if (writer?.kind === 'webhook')
    return [
      {
        from,
        to: { name: `${name} : webhook`, addresses: [hostOf(writer.url)] },
        protocol: 'HTTPS',
        authentication: `message signé (HMAC-SHA-256) ; ${ownCertificate}`,
        content: 'identifiants de la personne et heure du changement, sans le mot de passe',
      },
    ]
  if (writer?.kind === 'samba' && directory.kind === 'ldap')
    return [
      {
        from,
        to: { name: 'Annuaire de référence', addresses: directory.urls },
        protocol: directoryProtocol(directory),
        authentication: `${directory.bindDn}, droits minimaux ; ${ownCertificate}`,
        content: `empreinte NT du mot de passe, pour ${name}`,
      },
    ]
  return []
}

const checkFlow = ({ name, check }: Service, from: Endpoint): readonly Flow[] => {
  if (check?.kind === 'eap')
    return [
      {
        from,
        to: { name: `${name.fr} : RADIUS`, addresses: [`${check.server}:${check.port}`] },
        protocol: 'RADIUS, PEAP',
        authentication: `secret partagé ; ${ownCertificate} (${check.serverName})`,
        content: 'connexion de la personne, mot de passe dans le tunnel TLS',
      },
    ]
  if (check?.kind === 'cas-login')
    return [
      {
        from,
        to: { name: `${name.fr} : CAS`, addresses: [hostOf(check.casUrl)] },
        protocol: 'HTTPS',
        authentication: ownCertificate,
        content: 'connexion complète de la personne, avec son nouveau mot de passe',
      },
    ]
  return []
}

const messageFlows = ({ mail, sms }: Configuration, from: Endpoint): readonly Flow[] => [
  ...(mail.kind === 'smtp'
    ? [
        {
          from,
          to: { name: 'Serveur de messagerie', addresses: [`${mail.host}:${mail.port}`] },
          protocol: mail.tls === 'none' ? 'SMTP, bouclage' : 'SMTP, TLS',
          authentication: mail.user === undefined ? nothing : `compte ${mail.user}, mot de passe`,
          content: 'adresse du destinataire, avertissements, codes ; jamais un mot de passe',
        },
      ]
    : []),
  ...(sms.kind === 'http'
    ? [
        {
          from,
          to: { name: 'Passerelle SMS', addresses: [hostOf(sms.url)] },
          protocol: 'HTTPS',
          authentication: `jeton ; ${ownCertificate}`,
          content: 'numéro de mobile, texte du message avec le code',
        },
      ]
    : []),
]

const signInFlows = ({ signIn: { server } }: Configuration, portal: Endpoint): readonly Flow[] => {
  if (server.kind === 'embedded') return []
  const url = server.kind === 'cas' ? server.url : server.issuer
  const to: Endpoint = {
    name: server.kind === 'cas' ? 'Serveur CAS' : 'Fournisseur OpenID',
    addresses: [hostOf(url)],
  }
  return [
    {
      from: portal,
      to,
      protocol: 'HTTPS',
      authentication: server.kind === 'cas' ? ownCertificate : `client ${server.clientId}, secret ; PKCE`,
      content: 'ticket ou code de la connexion ; identifiant, heure et niveau d’authentification',
    },
    {
      from: to,
      to: portal,
      protocol: 'HTTPS',
      authentication: server.kind === 'cas' ? 'ticket connu du portail' : 'jeton signé par le fournisseur',
      content: 'déconnexion demandée par le serveur',
    },
  ]
}

const logFlows = ({ audit: { syslog } }: Configuration, from: Endpoint): readonly Flow[] =>
  syslog === undefined
    ? []
    : [
        {
          from,
          to: { name: 'Collecteur de journaux', addresses: [`${syslog.host}:${portOf(syslog)}`] },
          protocol: `syslog, ${syslog.transport.toUpperCase()}`,
          authentication: syslog.transport === 'tls' ? ownCertificate : nothing,
          content: 'événements du journal d’audit : identifiants internes, et qui a donné une commande',
        },
      ]

const portOf = ({ port, transport }: NonNullable<Configuration['audit']['syslog']>) =>
  port ?? (transport === 'tls' ? 6514 : 514)

/** Every flow of data of an installation, as its configuration makes it. Those of one system come one after the other. */
export const dataFlows = (config: Configuration): readonly Flow[] => {
  const { portal, flows } = peopleFlows(config)
  const all = [
    ...flows,
    ...operatorFlows(config, portal),
    ...storeFlows(config, portal),
    ...directoryFlows(config, portal),
    ...importFlows(config, portal),
    ...config.services.flatMap(service => [
      ...writerFlow(service, portal, config.directory),
      ...checkFlow(service, portal),
    ]),
    ...signInFlows(config, portal),
    ...messageFlows(config, portal),
    ...logFlows(config, portal),
  ]
  const nameOf = ({ from, to }: Flow) => (from.name === portal.name ? to.name : from.name)
  const order = [...new Set(all.map(nameOf))]
  return order.flatMap(name => all.filter(flow => nameOf(flow) === name))
}
