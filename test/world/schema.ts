/**
 * The SupAnn and Samba attributes that Sésame uses, with their real names and OIDs (SupAnn 2018 revision 2), written
 * for these tests: a real directory loads RENATER's whole schema.
 */
const directoryString = '1.3.6.1.4.1.1466.115.121.1.15'
const printableString = '1.3.6.1.4.1.1466.115.121.1.44'
const generalizedTime = '1.3.6.1.4.1.1466.115.121.1.24'
const ia5String = '1.3.6.1.4.1.1466.115.121.1.26'
const integer = '1.3.6.1.4.1.1466.115.121.1.27'

const exact = (oid: string, name: string, syntax: string, single = false) =>
  `( 1.3.6.1.4.1.7135.1.2.1.${oid} NAME '${name}' EQUALITY caseExactMatch SYNTAX ${syntax}${single ? ' SINGLE-VALUE' : ''} )`
const folded = (oid: string, name: string, syntax: string) =>
  `( 1.3.6.1.4.1.7135.1.2.1.${oid} NAME '${name}' EQUALITY caseIgnoreMatch SYNTAX ${syntax} )`
const endDate = (oid: string, name: string) =>
  `( 1.3.6.1.4.1.7135.1.2.1.${oid} NAME '${name}' EQUALITY generalizedTimeMatch SYNTAX ${generalizedTime} )`

const supannAttributes = [
  exact('10', 'supannEtuId', directoryString),
  folded('9', 'supannCodeINE', printableString),
  exact('11', 'supannEmpId', directoryString),
  exact('40', 'supannOIDCDateDeNaissance', `${printableString}{10}`, true),
  `( 1.3.6.1.4.1.7135.1.2.1.34 NAME 'supannAutreMail' SUP mail )`,
  folded('65', 'supannMailPrive', `${directoryString}{4096}`),
  endDate('59', 'supannEmpDateFin'),
  endDate('60', 'supannEtuDateFin'),
  endDate('61', 'supannExtDateFin'),
  folded('55', 'supannRessourceEtat', `${directoryString}{4096}`),
  folded('54', 'supannRessourceEtatDate', `${directoryString}{4096}`),
]

const supannPerson =
  "( 1.3.6.1.4.1.7135.1.2.2.1 NAME 'supannPerson' SUP top AUXILIARY MAY ( supannEtuId $ supannCodeINE $ supannEmpId $ supannOIDCDateDeNaissance $ supannAutreMail $ supannMailPrive $ supannEmpDateFin $ supannEtuDateFin $ supannExtDateFin $ supannRessourceEtat $ supannRessourceEtatDate ) )"

const sambaAttributes = [
  `( 1.3.6.1.4.1.7165.2.1.25 NAME 'sambaNTPassword' EQUALITY caseIgnoreIA5Match SYNTAX ${ia5String}{32} SINGLE-VALUE )`,
  `( 1.3.6.1.4.1.7165.2.1.27 NAME 'sambaPwdLastSet' EQUALITY integerMatch SYNTAX ${integer} SINGLE-VALUE )`,
  `( 1.3.6.1.4.1.7165.2.1.20 NAME 'sambaSID' EQUALITY caseIgnoreIA5Match SYNTAX ${ia5String}{64} SINGLE-VALUE )`,
]

const sambaAccount =
  "( 1.3.6.1.4.1.7165.2.2.6 NAME 'sambaSamAccount' SUP top AUXILIARY MUST ( uid $ sambaSID ) MAY ( sambaNTPassword $ sambaPwdLastSet ) )"

const lines = (attribute: string, values: readonly string[]) =>
  values.map(value => `${attribute}: ${value}`).join('\n')

/** Two schema entries for `cn=config`; they need core, cosine and inetorgperson. */
export const schemaLdif = `
dn: cn=supann,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: supann
${lines('olcAttributeTypes', supannAttributes)}
olcObjectClasses: ${supannPerson}

dn: cn=samba,cn=schema,cn=config
objectClass: olcSchemaConfig
cn: samba
${lines('olcAttributeTypes', sambaAttributes)}
olcObjectClasses: ${sambaAccount}
`

/** The same for 389 DS, which has the Samba schema already and keeps its schema in one entry. */
export const schemaOf389 = `dn: cn=schema
${lines('attributeTypes', supannAttributes)}
objectClasses: ${supannPerson}
`
