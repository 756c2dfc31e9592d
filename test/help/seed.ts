/**
 * The guide that a university gave its staff before Sésame, as data: its steps, and what its pictures show at each.
 * The minimum of the product: nothing in it may be missing from the running pages.
 */
export type GuideAction =
  | { readonly press: string; readonly as: 'link' | 'button' }
  | { readonly enter: string; readonly what: 'number' | 'date' | 'answer' | 'password' }
  | { readonly tick: string }

export type SeedStep = {
  /** The sentences of the step. */
  readonly says: readonly string[]
  /** What the page shows at this step; fields by their placeholder. */
  readonly shows: readonly string[]
  readonly acts: readonly GuideAction[]
}

const menu = ['Accueil', 'Activer mon compte', 'Identifiants oubliés', 'Aide']

export const seed = {
  title: 'Personnel - Réinitialiser son mot de passe',
  steps: [
    {
      says: ['Rendez-vous sur la page de connexion à votre ENT'],
      shows: ['Sésame', 'Identifiant', 'Mot de passe', 'Se connecter'],
      acts: [],
    },
    {
      says: ['Cliquez sur Mot de passe oublié ?'],
      shows: ['Mot de passe oublié ?'],
      acts: [{ press: 'Mot de passe oublié ?', as: 'link' }],
    },
    {
      says: ['Cliquez sur Récupérer mon mot de passe'],
      shows: [
        'Sésame',
        ...menu,
        'Récupérer mon mot de passe',
        'Permet de récupérer votre mot de passe en quelques étapes.',
        'Récupérer mon identifiant',
        'Permet de récupérer votre identifiant de connexion en quelques étapes.',
      ],
      acts: [{ press: 'Récupérer mon mot de passe', as: 'link' }],
    },
    {
      says: ['Cliquez sur Numéro personnel'],
      shows: [
        'Accueil',
        'Gérer mon compte',
        'Aide',
        "Vous pouvez récupérer votre mot de passe par l'intermédiaire des 4 informations ci-dessous. Celles-ci permettent de vous identifier au sein de notre système d'information.",
        'Si vous êtes :',
        "étudiant : vous pouvez utiliser votre numéro d'étudiant ou votre INE.",
        'personnel : vous pouvez utiliser votre matricule personnel.',
        "externe : vous pouvez utiliser l'identifiant unique qui vous a été fourni.",
        'Numéro étudiant',
        "Vous l'avez obtenu à la fin de la procédure d'inscription. Il figure sur votre carte multiservice.",
        'INE',
        'Il figure par exemple sur votre relevé de notes du baccalauréat ainsi que sur votre carte multiservice.',
        'Numéro personnel',
        "Numéro d'identification dans la base de gestion du personnel. Il figure sur votre carte multiservice.",
        'UID',
        'UID (Identifiant Unique).',
      ],
      acts: [{ press: 'Numéro personnel', as: 'link' }],
    },
    {
      says: ['Entrez votre Numéro personnel'],
      shows: [...menu, '25 %', 'Numéro personnel :', 'Saisir numéro personnel'],
      acts: [{ enter: 'Numéro personnel :', what: 'number' }],
    },
    {
      says: ['Entrez votre Date de naissance'],
      shows: ['Date de naissance :', 'jj/mm/aaaa'],
      acts: [{ enter: 'Date de naissance :', what: 'date' }],
    },
    {
      says: ['Cliquez sur le bouton Valider'],
      shows: ['Valider'],
      acts: [{ press: 'Valider', as: 'button' }],
    },
    {
      says: ['Entrez la réponse à votre question joker'],
      shows: [...menu, '50 %', 'votre réponse'],
      acts: [{ enter: 'Votre réponse :', what: 'answer' }],
    },
    {
      says: ['Cliquez sur le bouton Valider'],
      shows: ['Valider'],
      acts: [{ press: 'Valider', as: 'button' }],
    },
    {
      says: ['Entrez votre Nouveau mot de passe et confirmez-le dans la case du dessous'],
      shows: [
        ...menu,
        '75 %',
        'Nouveau mot de passe :',
        'Nouveau mot de passe',
        'Confirmation :',
        'Confirmation nouveau mot de passe',
        'Pour être valide, votre mot de passe :',
        'Doit comporter entre 12 et 30 caractères dont au moins une minuscule, une majuscule, un chiffre et un caractère spécial',
        '! " # $ % & ( ) * + , - . / : ; < = > ? @ [ ] ^ _ ` { | } ~',
        'Ne doit comporter aucun espace',
        'Ne doit pas contenir votre login',
        'Doit être différent des 3 derniers mots de passe que vous avez choisis',
      ],
      acts: [
        { enter: 'Nouveau mot de passe :', what: 'password' },
        { enter: 'Confirmation :', what: 'password' },
      ],
    },
    {
      says: [
        'Cochez la case Je reconnais avoir pris connaissance du règlement intérieur',
        'Nous vous invitons fortement à le consulter avant en cliquant sur le lien',
      ],
      shows: [
        'Je reconnais avoir pris connaissance du règlement intérieur.',
        'Nous vous invitons fortement à le consulter avant de valider.',
      ],
      acts: [{ tick: 'Je reconnais avoir pris connaissance du règlement intérieur.' }],
    },
    {
      says: ['Cliquez sur le bouton Valider'],
      shows: ['Valider'],
      acts: [{ press: 'Valider', as: 'button' }],
    },
  ],
  end: {
    says: [
      'Voilà, votre mot de passe a bien été modifié, vous recevrez également un mail de confirmation sur votre boite mail.',
      "N'oubliez pas d'utiliser votre nouveau mot de passe pour vous connecter :",
      'Au réseau Wifi Eduroam',
      "À l'application de téléphonie Cisco",
      "À l'application d'impression Papercut",
      'Aux outils et équipements qui demandent une authentification CAS',
    ],
    shows: [
      '100 %',
      'Votre mot de passe a bien été modifié, vous recevrez également un mail de confirmation sur votre boite mail.',
      "N'oubliez pas d'utiliser votre nouveau mot de passe pour vous connecter :",
      'au réseau Wifi Eduroam',
      "à l'application de téléphonie Cisco",
      "à l'application d'impression Papercut",
      'aux outils et équipements qui demandent une authentification CAS',
    ],
  },
} as const satisfies { title: string; steps: readonly SeedStep[]; end: Omit<SeedStep, 'acts'> }

/** A guide of the same shape, which a test changes to check that differences are reported. */
export type Seed = {
  readonly title: string
  readonly steps: readonly SeedStep[]
  readonly end: Omit<SeedStep, 'acts'>
}
