/** What each picture of the help shows, for whom does not see it. */
export const helpPictures = {
  'help.picture.sign-in':
    'La page de connexion. Le lien « Mot de passe oublié ? » est sous le bouton « Se connecter ».',
  'help.picture.sign-in-passkey':
    "La page de connexion. Tout en bas, le bouton « Se connecter avec une clé d'accès ».",
  'help.picture.forgotten':
    'La page Identifiants oubliés, avec deux portes : « Récupérer mon mot de passe » est la première.',
  'help.picture.forgotten-identifier':
    'La page Identifiants oubliés, avec deux portes : « Récupérer mon identifiant » est la seconde.',
  'help.picture.choose-student':
    'Les cartes « Numéro étudiant » et « INE » : un dessin montre où lire chacun.',
  'help.picture.choose-staff':
    'La carte « Numéro personnel » : un dessin montre où le lire sur la carte multiservice.',
  'help.picture.choose-external': "La carte « UID » : un dessin montre où le lire sur la lettre d'accueil.",
  'help.picture.identify-student':
    'Étape 1, 25 % : le numéro étudiant, la date de naissance et le bouton « Valider ».',
  'help.picture.identify-staff':
    'Étape 1, 25 % : le numéro personnel, la date de naissance et le bouton « Valider ».',
  'help.picture.identify-external': "Étape 1, 25 % : l'UID, la date de naissance et le bouton « Valider ».",
  'help.picture.joker': 'Étape 2, 50 % : la question joker, la case de la réponse et le bouton « Valider ».',
  'help.picture.new-password':
    'Étape 3, 75 % : les deux cases du mot de passe, ses règles, le règlement intérieur et le bouton « Valider ».',
  'help.picture.done': "Étape 4, 100 % : « C'est fait. », puis le reçu, une ligne pour chaque service.",
  'help.picture.identifier-done': 'La dernière page : « Voici votre identifiant », écrit en grand.',
  'help.picture.activation-code': "La case du code d'activation, de 16 caractères, et le bouton « Valider ».",
  'help.picture.activation-joker':
    'La liste des questions joker, la case de la réponse et le bouton « Valider ».',
  'help.picture.activation-address': "La case de l'adresse de secours, et le bouton pour passer cette étape.",
  'help.picture.activation-done':
    "La dernière page : « Votre compte est activé. », l'identifiant et l'adresse mail.",
  'help.picture.change-password': "La case de l'ancien mot de passe, puis celle du nouveau.",
  'help.picture.second-factor':
    "La case du code de l'application ou de la feuille imprimée, et le bouton « Valider ».",
  'help.picture.account':
    "La page « Gérer mon compte » : ma sécurité d'un coup d'œil, puis comment je me connecte, une ligne pour chaque moyen.",
  'help.picture.addresses':
    'Les moyens de secours : une case pour ajouter une adresse, et le bouton « Recevoir un code ».',
  'help.picture.not-me':
    "La page « Ce n'était pas vous ? » dit ce que fera son bouton, « Geler mon compte ».",
} as const
