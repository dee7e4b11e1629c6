"""Words that people try first when they guess a password, without accents, capitals, spaces or figures.

Short ones count too: `is_obvious` finds them repeated or with figures behind.
"""

_FRENCH = """
abonnement accesreserve administrateur administration administratrice amitie amour amourtoujours
anniversaire arcenciel ardennes association associations azerty azertyazerty azertyqwerty azertyuiop
azertyuiopq azertyuiopqs azertyuiopqsdfghjklm bateau bebe belgique benevole bienvenue bisous bisousbisous
bonjour bonjouratous bonjourbonjour bonnejournee boulanger bruxelles bureau bureautique camille caramel
cestmoi cestunsecret changemoi changezmoi charleroi charlotte chat chaton chaussette chien chocolat
chouchou choucroute citoyen citoyennete coccinelle codesecret coeur comptable connexion coordination
coucou coucoucoucou couleur courage cuisine culture cultures dauphin dimanche directeur direction
directrice diversite doudou ecole egalite elephant enfants ensemble entrezici espace esperance espoir
etoile famille fleur football foret formation fraternite fromage gateau girafe hirondelle identifiant
identite informatique integration intelligent interculturel interculturelle internet invite
jesuislameilleure jesuislemeilleur jetadore jetaime jetaimejetaime jetaimetoujours jeunesse julien justice
laissemoientrer lemotdepasse libellule liberte liberteegalite liberteegalitefraternite libertegalite
libertegalitefraternite licorne loulou louloute lundi lune maillage maison maisonmaison maman mamanpapa
marguerite marmotte marseille medecin meilleur memorandum mercredi merveille migration mirabelle mobilite
monamour monange monchat monchien moncoeur monmotdepasse monsieur montagne montmartre motdepass motdepasse
motdepasseadmin motdepassemotdepasse motdepasseoublie motdepassesecret motsecret moustique musique namur
namurnamur nicolas nounours nounoursnounours nouveaumotdepasse ordinateur ouvretoi paix papa papamaman
papillon parapluie parisparis partenaire passe passepartout patate pingouin plateforme poisson policier
pompier poussin presidence president presidente princesse printemps province qsdfghjklm qsdfghjklmwxcvbn
qwertz recommandation refugie reseau reseauassociatif rossignol samedi secret secretaire secretariat
secretsecret sesame sesameouvretoi soleil soleilsoleil solidaire solidarite sourire standard superman
temporaire toujours tournesol tropfacile utilisateur vacances vendredi vivelavie vivreensemble voiture
wallonie wxcvbn
"""
_OTHERS = """
abc abcabc abcdef abcdefgh abcdefghijkl account admin adminadmin adminadministrator administrator
adminpassword changeit changeme changemenow charlie computer correcthorsebatterystaple default
defaultpassword demo demodemo demonstration donald dragon facebook football footballclub forever freedom
geheim google guest guestguest hello helloworld hunter iloveyou iloveyouforever incorrect internet letmein
letmeinletmein letmeinnow login loginlogin loveyou master mastermaster michael mijnwachtwoord monkey
mynameis mypassword newpassword nopassword nothing ohmygod opensesame pass passpass passphrase passport
passw password passwordadmin passwordpassword passwort pokemon princess qazwsx qazwsxedc qazwsxedcrfv
qwerty qwertyazerty qwertyqwerty qwertyuiop qwertyuiopasdfghjkl root rootroot secretpassword secretword
shadow starwars summer sunshine superuser system temporary temppassword test testtest testtesttest
thisisapassword trustno trustnoone user useruser wachtwoord welcome welcomehome welcomewelcome welkom
welkomwelkom whatever winter zxcvbn zxcvbnm
"""
OBVIOUS = frozenset((_FRENCH + _OTHERS).split())
