/** An invented règlement intérieur, for the demonstration alone: a real portal is given the institution's own. */
export const charter = `# Un compte, une personne

Votre compte est personnel. Vous ne prêtez ni votre identifiant ni votre mot de passe, même à un collègue, même à l’assistance.

# Ce que vous pouvez faire

Vous utilisez les outils numériques pour étudier, enseigner, chercher ou travailler. Un usage privé raisonnable est accepté.

# Ce que vous ne faites pas

Vous ne cherchez pas à entrer là où vous n’avez pas le droit d’aller. Vous respectez les autres, le droit d’auteur et la loi.

# Ce que l’établissement fait

L’établissement protège vos données et dit ce qu’il garde. Il peut suspendre un compte qui met les autres en danger, et vous le dit.

# Si quelque chose ne va pas

Vous signalez tout de suite à l’assistance un mot de passe perdu, un mail étrange ou un appareil volé.`
