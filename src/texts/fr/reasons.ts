/** Every refusal, in words that say what to do. The keys are the reasons of the code. */
export const reasons = {
  'number-missing': 'Saisissez votre numéro.',
  'number-form': "Saisissez le numéro tel qu'il est écrit, avec des chiffres et des lettres seulement.",
  'date-missing': 'Saisissez votre date de naissance, par exemple 1/2/1980.',
  'date-form': "Écrivez le jour, le mois et l'année, par exemple 1/2/1980.",
  'date-two-digit-year': "Écrivez l'année avec 4 chiffres, par exemple 1/2/1980.",
  'date-impossible':
    "Cette date n'existe pas. Écrivez le jour, puis le mois, puis l'année, par exemple 1/2/1980.",
  'answer-missing': 'Saisissez votre réponse, avec des lettres ou des chiffres.',
  'answer-wrong':
    'Cette réponse ne correspond pas. {left, plural, one {Il vous reste # essai.} other {Il vous reste # essais.}}',
  'joker-suspended':
    "Il y a eu trop de mauvaises réponses. D'ici là, aucune n'est acceptée, même la bonne. Votre compte, lui, reste ouvert.",
  'password-missing': 'Saisissez un nouveau mot de passe.',
  'confirmation-differs': 'Saisissez deux fois le même mot de passe.',
  'charter-not-accepted': 'Cochez la case du règlement intérieur pour continuer.',
  'password-too-short': 'Allongez votre mot de passe : il lui faut au moins {min} caractères.',
  'password-too-long': 'Raccourcissez votre mot de passe : {max} caractères au plus.',
  'password-lacks-lower': 'Ajoutez une lettre minuscule.',
  'password-lacks-upper': 'Ajoutez une lettre majuscule.',
  'password-lacks-digit': 'Ajoutez un chiffre.',
  'password-lacks-special': 'Ajoutez un caractère spécial, par exemple - ou ?.',
  'password-special-uncounted':
    "Ajoutez un autre caractère spécial : les signes ' et \\ sont acceptés, mais ne comptent pas.",
  'password-has-space': 'Retirez les espaces.',
  'password-edge-space': "Retirez l'espace au début ou à la fin.",
  'password-not-ascii':
    'Retirez « {character} » : ce caractère ne se tape pas de la même façon sur tous les appareils.',
  'password-has-login': 'Retirez votre identifiant de connexion du mot de passe.',
  'password-in-history': "Ce mot de passe est déjà utilisé, ou l'a été il y a peu. Choisissez-en un autre.",
  'password-leaked':
    'Ce mot de passe est trop courant : il figure dans des listes que les pirates essaient. Prenez trois mots sans lien entre eux.',
  'password-has-name': 'Retirez votre nom ou votre prénom du mot de passe.',
  'password-has-birth-date': 'Retirez votre date ou votre année de naissance du mot de passe.',
  'password-has-institution': "Retirez le nom de l'établissement du mot de passe.",
  'password-has-joker-answer': 'Retirez la réponse à votre question joker du mot de passe.',
  'directory-too-short': "L'annuaire demande un mot de passe plus long. Ajoutez quelques caractères.",
  'directory-too-long': "L'annuaire demande un mot de passe plus court. Retirez quelques caractères.",
  'directory-too-young':
    "Votre mot de passe vient déjà d'être changé. L'annuaire demande d'attendre avant un nouveau changement. Si cela vous bloque, contactez l'assistance.",
  'directory-quality':
    "L'annuaire trouve ce mot de passe trop simple. Prenez trois mots sans lien entre eux.",
  'directory-unnamed-rule':
    "L'annuaire refuse ce mot de passe sans dire pourquoi. Il a peut-être déjà servi, ou il est trop simple. Le précédent est peut-être trop récent. Prenez trois mots sans lien entre eux ni avec vos anciens mots de passe.",
  'directory-not-allowed':
    "L'annuaire n'accepte pas ce changement pour votre compte. Contactez l'assistance.",
  'directory-old-password':
    "L'ancien mot de passe n'est plus celui de l'annuaire. Recommencez avec votre mot de passe actuel.",
  'directory-unavailable':
    "L'annuaire n'a pas répondu. Votre mot de passe n'a pas été changé : saisissez-le de nouveau.",
  'identity-refused': "{host} n'a pas confirmé qui vous êtes. Recommencez la connexion.",
  'identity-weak':
    "Votre connexion sur {host} n'a pas le niveau de sécurité que Sésame demande. Recommencez-la avec le moyen le plus sûr que vous avez.",
  'identity-late':
    'Cette connexion a duré trop longtemps, ou elle a commencé dans un autre navigateur. Ou celui-ci refuse les cookies. Recommencez-la ici.',
  'identity-unknown':
    "{host} vous connaît, mais l'annuaire où Sésame lit les comptes ne vous connaît pas. Contactez l'assistance, ou connectez-vous avec un autre compte.",
  'identity-closed':
    "{host} vous connaît, mais ce compte est fermé dans Sésame. Contactez l'assistance : elle vous dira pourquoi et ce qu'il faut faire.",
  'identity-stale':
    'Le mot de passe de ce compte a changé depuis votre connexion sur {host}. Reconnectez-vous avec le nouveau.',
  'identity-other': "Ce n'est pas la personne dont le compte est ouvert ici. Rien n'a été changé.",
  'wrong-password': 'Identifiant ou mot de passe incorrect.',
  'password-expired': 'Votre mot de passe a expiré. Choisissez-en un nouveau.',
  'must-change': 'Votre mot de passe doit être changé avant de servir.',
  'account-locked':
    "Votre compte est verrouillé pour quelques minutes. Si c'est urgent, contactez l'assistance.",
  'outcome-unknown': "Nous vérifions si votre mot de passe a été changé. Ne refaites rien pour l'instant.",
  'hashing-busy': 'Beaucoup de personnes sont là en même temps. Réessayez dans quelques secondes.',
  'address-known': 'Vous avez déjà cette adresse ou ce numéro. Donnez-en un autre.',
  'contacts-unchanged':
    "Vos moyens de secours ne changent pas pour l'instant. Passez cette étape, et revenez plus tard dans « Mon compte ».",
  'address-full': "Vous en avez déjà 3. Retirez-en un d'abord.",
  'password-not-expired':
    "Ce mot de passe n'a pas expiré : rien n'a été changé. Connectez-vous, puis changez-le dans « Gérer mon compte ».",
  'expired-refused':
    "Ce n'est pas un mot de passe expiré : rien n'a été changé. Vérifiez-le. S'il sert encore, connectez-vous, puis changez-le dans « Gérer mon compte ».",
  'password-refused':
    "Ce n'est pas votre mot de passe actuel. Vérifiez les majuscules et la langue du clavier.",
  'sign-in-refused':
    'Cet identifiant et ce mot de passe ne vont pas ensemble. Vérifiez les majuscules, puis réessayez.',
  'too-many-tries': "Il y a eu trop d'essais. Réessayez dans quelques minutes.",
  'password-closed':
    "Il y a eu trop d'essais avec cet identifiant. Passez par « Mot de passe oublié ? ». Une clé d'accès sert aussi, ou un navigateur où votre compte a déjà été ouvert.",
  'password-closed-until':
    "Il y a eu trop d'essais avec cet identifiant. D'ici là, passez par « Mot de passe oublié ? ». Une clé d'accès sert aussi, ou un navigateur où votre compte a déjà été ouvert.",
  'factor-missing': 'Saisissez un code.',
  'factor-first':
    "Un second élément protège votre compte, et vous ne l'avez pas encore donné. Passez par « Mot de passe oublié ? » : la démarche vous le demandera.",
  'factor-needed': 'Un second élément protège votre compte',
  'factor-form': "Saisissez les 6 chiffres de votre application, ou les 16 caractères d'un code imprimé.",
  'factor-wrong':
    "Ce code ne correspond pas, ou il a déjà servi. {left, plural, one {Il vous reste # essai avec l'application.} other {Il vous reste # essais avec l'application.}}",
  'factor-wrong-printed':
    'Ce code ne correspond pas, ou il a déjà servi. Essayez un autre code de votre feuille.',
  'factor-closed':
    "Il y a eu trop d'essais avec l'application. D'ici là, utilisez un code imprimé ou une clé d'accès, si vous en avez.",
  'proof-choice': 'Choisissez un des moyens de cette page.',
  'printed-form': "Saisissez les 16 caractères d'un code de votre feuille imprimée.",
  'factor-restart': "Il y a eu trop d'essais ici. Recommencez depuis le début.",
  'totp-form': 'Saisissez les 6 chiffres que votre application affiche.',
  'totp-wrong':
    "Ces chiffres ne correspondent pas. Attendez les suivants, et vérifiez que l'heure de votre téléphone est réglée automatiquement.",
  'sheet-code-wrong':
    "Ce code n'est pas de la dernière feuille créée. Vérifiez-le, ou créez une nouvelle feuille.",
  'passkey-late': "Votre clé d'accès a répondu trop tard. Recommencez.",
  'passkey-refused': "Cette clé d'accès n'a pas été reconnue. Recommencez, ou prenez un autre moyen.",
  'passkeys-enough': "Vous avez déjà le plus grand nombre de clés d'accès. Retirez-en une d'abord.",
  'journey-other-tab':
    "Cette page venait d'une autre démarche. Voici celle qui est en cours dans ce navigateur.",
  'journey-expired': 'Cette démarche a expiré',
  'journey-superseded': "Votre mot de passe vient d'être modifié",
  'proofs-missing': 'Il manque une preuve à cette démarche',
  'proof-replaced': 'Cette démarche est à recommencer',
  'journey-ended': 'Cette démarche est terminée',
  'too-many-refusals': 'Cette démarche a été arrêtée',
  'account-privileged': "Pour ce compte, passez par l'assistance",
  'account-closed': 'Cette démarche est terminée',
  'closed-by-server': "L'annuaire a fermé ce compte : rien n'y a été changé",
  'token-expired': 'Ce lien ne sert plus',
  'service-no-account': "Cette personne n'a pas de compte dans ce service.",
  'service-privileged':
    'Ce compte a des droits particuliers dans ce service : son mot de passe ne se change pas ici.',
  'service-policy': 'Les règles de ce service refusent ce mot de passe.',
  'service-not-allowed': "Sésame n'a pas le droit d'écrire ce mot de passe dans ce service.",
  'service-login-refused': "Le mot de passe a été écrit, mais la connexion d'essai a été refusée.",
  'service-login-barred':
    'Le mot de passe a été écrit, mais ce service ne laisse pas ce compte se connecter.',
  'service-changed-elsewhere': 'Le mot de passe a été changé ailleurs entre-temps : celui-là est resté.',
  'service-person-closed':
    "L'annuaire a fermé ce compte entre-temps : le mot de passe n'a pas été écrit dans ce service.",
  'service-overwritten':
    'Un ancien mot de passe a peut-être été écrit après le nouveau : il faut le changer encore une fois.',
  'service-expired': "Ce service n'a pas répondu à temps : le mot de passe a été effacé sans y être écrit.",
  'service-gone': "Ce service n'est plus dans la configuration de Sésame.",
  'activation-code-missing': "Saisissez votre code d'activation.",
  'activation-code-form':
    "Un code d'activation a 16 lettres et chiffres, sans 0, 1, I, L, O ni U. Relisez le vôtre : cet essai n'est pas compté.",
  'activation-code-wrong':
    'Ce code ne correspond pas. {left, plural, one {Il vous reste # essai.} other {Il vous reste # essais.}}',
  'activation-code-spent':
    "Il y a eu trop d'essais. D'ici là, même le bon code est refusé. Gardez-le : il servira ensuite.",
  'account-active': 'Votre compte est déjà activé',
  'account-active-first-day': 'Votre compte est déjà activé',
  'activation-elsewhere': 'Continuez dans votre compte',
  'code-missing': 'Saisissez le code à 8 chiffres.',
  'code-wrong':
    'Ce code ne correspond pas. {left, plural, =0 {Demandez-en un nouveau.} one {Il vous reste # essai.} other {Il vous reste # essais.}}',
  'code-expired': 'Ce code ne sert plus. Demandez-en un nouveau.',
  'code-too-many':
    'Trop de codes ont été envoyés à cette adresse ou à ce numéro. Attendez une heure, ou donnez-en un autre.',
  'code-too-many-day':
    "Trop de codes ont été envoyés aujourd'hui à cette adresse ou à ce numéro. Réessayez demain, ou donnez-en un autre.",
  'code-too-many-person': 'Vous avez demandé trop de codes. Réessayez demain.',
  'code-too-many-network':
    'Trop de codes ont été demandés depuis votre réseau. Réessayez demain, ou depuis un autre réseau : chez vous, ou par le téléphone.',
  'proof-code-wrong': 'Ce code ne correspond pas, ou il ne sert plus. Vérifiez-le, ou demandez-en un autre.',
  'helpdesk-code-form': "Saisissez les 12 caractères du code que l'assistance vous a remis.",
  'helpdesk-code-wrong':
    "Ce code ne correspond pas, ou il ne sert plus. Vérifiez-le, ou demandez-en un autre à l'assistance.",
  'proof-code-too-many':
    "Trop de codes ont été demandés pour cette personne. Vous pourrez en demander un autre à partir du {until}. D'ici là, prenez un autre moyen.",
  'proof-messages-spent':
    'Tous les SMS de la journée ont été envoyés. Prenez un autre moyen, ou revenez demain.',
  'messages-spent':
    'Tous les SMS de la journée ont été envoyés : aucun mobile ne peut être ajouté avant demain. Une adresse mail sert aussi à récupérer votre compte.',
  'mail-missing': 'Saisissez une adresse mail.',
  'mail-form': 'Écrivez une adresse mail complète, par exemple prenom@exemple.fr.',
  'mail-not-ascii':
    "Notre serveur de mail n'envoie rien aux adresses qui ont un accent ou une autre écriture avant le @. Donnez une autre adresse.",
  'mail-own': "Choisissez une autre adresse : celle-ci s'ouvre avec le compte que vous pourriez perdre.",
  'mobile-missing': 'Saisissez un numéro de mobile.',
  'mobile-form': "Écrivez le numéro complet d'un mobile, par exemple 06 12 34 56 78 ou +262 692 12 34 56.",
  'mobile-country':
    "Sésame n'envoie pas de SMS vers ce pays. Donnez plutôt une adresse mail : elle sert aussi à récupérer votre compte.",
  'question-missing': 'Choisissez une question.',
  'question-too-short': "Écrivez une question d'au moins 10 caractères.",
  'answer-too-short': 'Choisissez une réponse plus longue : au moins 3 lettres ou chiffres.',
  'answer-has-login': "Choisissez une réponse qui n'est pas votre identifiant.",
  'answer-has-name': "Choisissez une réponse qui n'est pas votre nom ni votre prénom.",
  'answer-has-birth-date': "Choisissez une réponse qui n'est pas votre date de naissance.",
  'answer-in-question': "Choisissez une réponse qui n'est pas un mot de la question.",
  'answer-in-password': "Choisissez une réponse qui n'est pas dans votre mot de passe.",
  'answer-common':
    "Cette réponse est trop courante : quelqu'un d'autre l'essaierait. Ajoutez un détail, ou choisissez une autre question.",
} as const
