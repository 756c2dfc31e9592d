/** Signing in at the institution's own server, CAS or OpenID Connect, in place of our page. */
export const external = {
  'external.lead':
    'La connexion se fait sur la page de votre établissement, {host}. Vous reviendrez ici aussitôt après.',
  'external.leaving': 'Vous allez continuer sur {host}',
  'external.leaving.lead':
    'Vérifiez cette adresse dans la barre du navigateur avant de saisir votre mot de passe.',
  'external.leaving.confirm':
    "Cette page va vous redemander qui vous êtes, même si une session y est déjà ouverte. Vérifiez son adresse avant d'y saisir votre mot de passe.",
  'external.go': 'Continuer',
  'external.refused': "La connexion n'a pas abouti",
  'confirm.elsewhere':
    'Cette action protège votre compte. « Valider » vous emmène sur {host}, qui vous redemande qui vous êtes, puis vous ramène ici.',
  'confirm.passkey': "Cette action protège votre compte. Votre clé d'accès suffit.",
  'confirm.otherwise': 'Confirmer autrement',
  'sign-out.there':
    'Votre session de Sésame est fermée. Une session est peut-être encore ouverte sur {host}.',
  'sign-out.there.do': 'Me déconnecter aussi de {host}',
  'problem.identity-unavailable': 'La page de connexion ne répond pas',
  'problem.identity-unavailable.do':
    "Le serveur de connexion de l'établissement est momentanément indisponible. Rien n'a été changé. Réessayez dans quelques minutes. Un mot de passe oublié se récupère sans lui.",
} as const
