/** « Récupérer mon identifiant ». */
export const identifier = {
  'choose.identifier.lead': 'Récupérer mon identifiant',
  'choose.identifier.intro':
    "Vous pouvez récupérer votre identifiant par l'intermédiaire des 4 informations ci-dessous. Celles-ci permettent de vous identifier au sein de notre système d'information.",
  'identifier.step': 'Identifiant',
  'identifier.title': 'Voici votre identifiant',
  'identifier.is': 'Pour vous connecter, saisissez :',
  'identifier.copy': "Copier l'identifiant",
  'identifier.mailed': "Nous vous l'envoyons aussi par mail, à chaque adresse que nous connaissons.",
  'identifier.both': 'Le mot de passe aussi ?',
  'identifier.alone': 'Sur un poste partagé, fermez cette page : elle reste lisible quelques minutes.',
} as const
